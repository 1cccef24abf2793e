"""What is logged says what happened and never who: no address, no key, no question, whoever's code it comes from."""

import io
import logging
import re

import pytest
from sqlalchemy import text

from portal import logs, statics
from portal.app import create_app
from portal.db import db
from portal.people import service
from tests import factories
from tests.conftest import CheckedClient

KEY = "c2VjcmV0LWtleS1vZi1zb21lYm9keQ"


@pytest.fixture
def told(app, monkeypatch):
    """An application that logs as the real one does, and what it has said so far."""
    factories.area()
    logging_app = create_app(
        DATABASE_URL=app.config["DATABASE_URL"], SECRET_KEY="test", RATELIMIT_ENABLED=False, PROPAGATE_EXCEPTIONS=False, TESTING=True
    )  # fmt: skip
    said = io.StringIO()
    monkeypatch.setattr("sys.stderr", said)
    root, before = logging.getLogger(), logging.getLogger().handlers[:]
    level = root.level
    logs.configure(logging_app)
    logging_app.after_request(logs.answered)
    yield logging_app, said
    root.handlers[:] = before
    root.setLevel(level)
    logs.access.setLevel(logging.NOTSET)
    with logging_app.app_context():
        db.engine.dispose()


def test_keys_addresses_and_questions_stay_out_of_it(told):
    app, said = told
    app.test_client_class = CheckedClient
    client = app.test_client()
    link = service.make_link("rosa@example.org")
    token = link.rpartition("/")[2]
    client.get(link.removeprefix(app.config["BASE_URL"]))
    client.send("/sign-in", {"email": "rosa@example.org"})
    client.get(f"/calendar/{KEY}.ics")
    client.get(f"/s/{KEY}")
    client.get("/assets?near=M33+2AA&q=rosa")
    client.get("/cases/7")
    client.get(f"/sign-im/{KEY}", headers={"Referer": link, "User-Agent": "rosa@example.org"})
    log = said.getvalue()
    for secret in (token, "rosa", "example.org", KEY, "M33", "127.0.0.1"):
        assert secret not in log
    for line in ("GET /sign-in/… 200", "POST /sign-in ", "GET /calendar/….ics 404", "GET /assets ", "GET /cases/7 404",
                 "GET (no such address) 404"):  # fmt: skip
        assert line in log
    whole = re.compile(r"^\S+Z INFO portal\.access \[[0-9a-f]{8}\] [A-Z]+ \S.* \d{3} \d+ ms$")
    assert not [line for line in log.splitlines() if not whole.match(line)]


def test_a_fault_is_one_line_with_the_number_that_the_page_shows(told):
    app, said = told

    def broken():
        with db.engine.connect() as connection:
            connection.execute(
                text("SELECT nothing FROM nowhere WHERE x = :who"), {"who": "Rosa Marchetti"}
            )

    app.view_functions["home.how_it_works"] = broken
    broken.allowed = frozenset({"public"})
    with app.app_context():
        answer = app.test_client().get(f"/how-it-works?next=/sign-in/{KEY}")
    number = answer.headers["X-Request-Id"]
    assert number in answer.get_data(as_text=True)
    lines = [line for line in said.getvalue().splitlines() if number in line]
    assert len(lines) == len(said.getvalue().splitlines()) == 2  # the fault, the answer
    assert "Traceback" in lines[0]
    assert "nowhere" in lines[0]
    assert "Marchetti" not in lines[0]
    assert KEY not in lines[0]


def test_what_other_code_says_is_scrubbed(told):
    _, said = told
    other = logging.getLogger("somebody.else")
    other.warning("Error handling request /sign-in/%s?next=/x", KEY)
    other.error("refused: rosa.m@example.org, see https://x.example/calendar/%s.ics", KEY)
    other.error("duplicate key\nDETAIL:  Failing row contains (7, Rosa, M33 2AA).\nCONTEXT: y")
    log = said.getvalue()
    assert len(log.splitlines()) == 3
    for secret in (KEY, "rosa", "Rosa", "M33", "next"):
        assert secret not in log
    assert "/sign-in/…" in log
    assert "…@…" in log


def test_every_text_in_an_address_is_known_to_be_a_key_or_not(app):
    """Somebody who makes a new kind of address says here, once, whether what is in it is for everybody's eyes."""
    texts = {
        name
        for rule in app.url_map.iter_rules()
        for name, kind in rule._converters.items()
        if type(kind).__name__ in ("UnicodeConverter", "PathConverter")
    }
    assert not texts - logs.KEYS - logs.NO_KEYS
    keyed = logs.key_addresses(app.url_map)
    for path in ("/sign-in/", "/calendar/", "/watches/", "/petitions/", "/questions/letters/"):
        assert keyed.sub(r"\1…", path + KEY) == path + "…"


def test_the_mark_of_the_files_changes_with_any_of_them(tmp_path, monkeypatch):
    (tmp_path / "css").mkdir()
    monkeypatch.setattr(statics, "SOURCE", tmp_path)
    marks = set()
    for name, content in (("a.css", "1"), ("a.css", "2"), ("b.css", ""), ("b.css", "3")):
        (tmp_path / "css" / name).write_text(content)
        statics.mark.cache_clear()
        marks.add(statics.mark())
    made = tmp_path / "instance" / "static"
    statics.make(made)
    statics.make(made)
    assert [path.name for path in made.iterdir()] == [statics.mark()]
    for other in ("1", "2", "3", "4"):
        (made / other).mkdir()
    statics.forget_old(made)
    assert len(list(made.iterdir())) == statics.KEPT
    statics.mark.cache_clear()
    assert len(marks) == 4
