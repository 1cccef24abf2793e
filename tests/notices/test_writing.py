"""What is written: in the reader's language, once, with why one gets it; as text and as HTML that says the same."""

import ast
import re
from datetime import date
from pathlib import Path

import html5lib
import pytest
from flask_babel import LazyString, force_locale
from flask_babel import gettext as _
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from portal.db import db, transaction
from portal.notices import layout, post, rules, service
from portal.notices.models import Letter, Mailbox
from portal.notices.service import write
from portal.people.rules import Role
from portal.watches import service as watches
from portal.watches.rules import Often
from tests import factories

BASE = "http://127.0.0.1:8000"
PORTAL = Path(__file__).parents[2] / "portal"
WELSH = {"Accept-Language": "cy"}


@pytest.fixture
def area(app):
    return factories.area()


def letters():
    db.session.rollback()
    return list(db.session.scalars(select(Letter).order_by(Letter.id)))


def hello():
    return _("There is nothing at this address. Check it, or start from the first page.")


# ---- languages


def test_each_reads_their_own_language_whoever_writes(area):
    with transaction():
        service.read_in("gwen@example.org", "cy")
    # A broker who reads Welsh presses the button.
    with force_locale("cy"), transaction():
        for to in ("gwen@example.org", "rosa@example.org"):
            write(to=to, subject=LazyString(hello), body=LazyString(hello), key=f"paper:1:{to}")
            write(to=to, subject=hello(), body=hello(), key=f"case:1:{to}")
    welsh, plain, english, _plain = letters()
    assert "Nid oes dim" in welsh.body
    assert welsh.language == "cy"
    assert "There is nothing" in english.body
    # What is kept for the record is in the first language, with its reason in the same.
    assert (plain.language, "There is nothing" in plain.body) == ("en", True)


def test_an_unknown_language_is_the_first(area):
    with transaction():
        service.read_in("gwen@example.org", "xx")
        write(to="gwen@example.org", subject=LazyString(hello), body=LazyString(hello), key="x")
    assert letters()[0].language == "en"


def test_the_language_of_the_page_is_the_language_of_the_letters(area, client):
    client.get("/language/cy")
    client.sign_in("gwen@example.org")
    assert db.session.get(Mailbox, "gwen@example.org").language == "cy"
    client.get("/language/en")
    db.session.rollback()
    assert db.session.get(Mailbox, "gwen@example.org").language == "en"


def test_who_asks_for_a_letter_gets_it_in_the_language_of_the_page(area, client):
    page = client.get("/sign-in", headers=WELSH).text
    token = re.search(r'csrf_token" [^>]*value="([^"]+)"', page)[1]
    client.post("/sign-in", data={"email": "gwen@example.org", "csrf_token": token}, headers=WELSH)
    [letter] = letters()
    assert letter.language == "cy"
    # Nothing is remembered of an address that anybody may have typed.
    assert db.session.get(Mailbox, "gwen@example.org") is None


def test_what_is_known_of_a_watcher_goes_with_the_watch(app, area):
    watches.ask("gwen@example.org", "kind=land", Often.DAILY)
    token = re.search(r"/watches/([\w-]+)", letters()[0].body)[1]
    with app.test_request_context(headers=WELSH):
        watches.keep(token, Often.DAILY)
    db.session.rollback()
    assert db.session.get(Mailbox, "gwen@example.org").language == "cy"
    watches.leave(token)
    assert db.session.get(Mailbox, "gwen@example.org") is None
    assert letters() == []


# ---- why one gets it


def test_each_letter_says_why_once_and_how_it_ends(area):
    with transaction():
        write(to="a@example.org", subject="x", body="Words.", key="left:1:2:3")
        write(to="a@example.org", subject="x", body="Words.", key="posting:1")
        write(to="a@example.org", subject="x", body="Words.", key="left:1:2:3")
    first, second = letters()
    assert first.body.startswith("Words.\n\nYou get this letter because you organise the group. ")
    assert first.body.endswith(f"{BASE}/account")
    assert "You get this" not in second.body  # its own words say so


def test_every_key_in_the_portal_is_of_a_kind():
    """A new letter needs a line in `rules.KINDS`, and a line there has letters."""
    sources = {p: p.read_text() for p in PORTAL.rglob("*.py") if p.parent.name != "notices"}
    found = {key for text in sources.values() if "notices" in text for key in _keys(text)}
    assert len(found) > 15
    unknown = [key for key in found if rules.kind_of(f"{key}x:x") is rules.OTHER]
    assert not unknown, unknown
    whole = "\n".join(sources.values())
    for pattern, _kind in rules.KINDS:
        assert f'"{pattern.split("*")[0]}' in whole, pattern


def _keys(text):
    """How the keys that a module gives to `write` begin, and what its key_of and prefix_of answer."""
    for node in ast.walk(ast.parse(text)):
        given = []
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("write", "notices.write"):
            given = [word.value for word in node.keywords if word.arg == "key"]
        if isinstance(node, ast.FunctionDef) and node.name in ("key_of", "prefix_of"):
            given = [one.value for one in node.body if isinstance(one, ast.Return)]
        for one in given:
            if isinstance(one, ast.JoinedStr) and isinstance(one.values[0], ast.Constant):
                yield str(one.values[0].value)


# ---- as HTML


TEXT = """Dear all,

WHAT YOU CAN DO NOW

- Score it by 3 March, on http://127.0.0.1:8000/cases/1.
- Say no
  * nested

First line
http://127.0.0.1:8000/cases/1?a=1&b=2

See https://evil.example/<script> and http://127.0.0.1:8000.evil.example/x

--
You get this letter because."""


def test_a_text_becomes_paragraphs_headings_lists_and_links():
    found = layout.blocks(TEXT, BASE)
    assert [block.kind for block in found] == [
        "paragraph",
        "heading",
        "list",
        "paragraph",
        "paragraph",
        "paragraph",
    ]
    assert [len(block.lines) for block in found] == [1, 1, 3, 2, 1, 1]
    links = [
        piece.address for block in found for line in block.lines for piece in line if piece.address
    ]
    assert links == [f"{BASE}/cases/1", f"{BASE}/cases/1?a=1&b=2"]


def item(body, **more):
    area = {"sender": "Meanwhile", "area": "Testing", "colour": "#1d5c4d", "reply_to": None}
    told = {
        "id": 1,
        "name": "1-a",
        "to": "a@example.org",
        "subject": "Hello",
        "language": "en",
        "leave_url": None,
        "tries": 1,
    }
    return post.Item(**(told | area | more), body=body)


def test_the_html_is_sound_and_loads_nothing(app):
    page = post.as_html(item(TEXT, language="cy", sender="M & Co <b>", area="Môn"))
    html5lib.HTMLParser(strict=True).parse(page)
    assert '<html lang="cy">' in page
    assert "M &amp; Co &lt;b&gt;, Môn" in page
    assert "&lt;script&gt;" in page
    assert not re.search(
        r"<(?:img|script|link|iframe|object|form|input)\b|url\(|@import|\bsrc=", page
    )


@given(st.text(max_size=300))
def test_no_text_is_lost_or_becomes_markup(text):
    told = "".join(
        piece.text for block in layout.blocks(text, BASE) for line in block.lines for piece in line
    )
    kept = set(told.split())
    for word in text.split():
        # Dashes and the marks of a list are drawn, not said.
        assert any(word in one or one in word for one in kept) or not word.strip("-*.0123456789")


def test_header_injection_by_any_text(area):
    for number, text in enumerate(
        ("a\r\nBcc: x@example.org", "a\nb", "a\x0bb\x0cc", "a\u2028b\x00c")
    ):
        with transaction():
            write(to="a@example.org", subject=text, body="x", key=f"paper:{number}")
    for letter in letters():
        assert letter.subject.isprintable()


def test_a_letter_to_a_broker_of_the_day(area):
    """An area without a contact, a portal without a domain: the message is whole."""
    factories.with_role(area, Role.BROKER)
    made = post.message(item("Words."))
    assert made["Reply-To"] is None
    assert made["From"] == "Meanwhile <portal@localhost>"
    assert date.fromisoformat(str(made["Date"].datetime.date()))
