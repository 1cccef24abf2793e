"""One application per engine, an empty database per test, and a client that reads every page as a parser does."""

import os
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import html5lib
import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, settings
from sqlalchemy import create_engine, event, make_url, text, update
from sqlalchemy.engine import Engine

from portal import clock
from portal.app import create_app
from portal.db import db
from portal.errors import PortalError
from portal.migrate import upgrade
from portal.models import Model
from portal.money import govuk_pay
from portal.people.links import hashed
from portal.people.models import SignedIn
from portal.web import limiter
from tests import requirements
from tests.lettings.paying.stand_in import KEY, SECRET, StandIn

# Tests of the second step turn it on; the others sign in by the link alone, and so do the commands that they start.
os.environ.setdefault("SECOND_STEP", "off")
# A Monday morning; tests that need another day say so.
THE_DAY = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
HTML_QUIRKS: set[str] = set()
TOKEN = re.compile(r'(<input [^>]*name="csrf_token"[^>]*value=)"([\w.-]*)"')
NONCE = re.compile(r' nonce="[\w-]*"')
passed: set[int] = set()  # pages that check_html found nothing to say of, by their hash

# How long an example takes says something of the machine, nothing of the code; in CI each run tries the same ones.
settings.register_profile(
    "patient",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize="CI" in os.environ,
)
settings.load_profile("patient")


@pytest.fixture(scope="session")
def open_data() -> Path:
    """The real open data that lies beside the checkout."""
    folder = Path(__file__).resolve().parents[2] / "shared" / "data"
    if not folder.is_dir():
        # Beside the checkout, not in it: a clean machine may lack it, so CI may not ask for it.
        pytest.skip("the open data in ../shared/data is not there")
    return folder


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty migrated file, copied for each test."""
    path = tmp_path_factory.mktemp("sqlite") / "template.sqlite3"
    app = create_app(DATABASE_URL=f"sqlite:///{path}", SECRET_KEY="test", TESTING=True)
    with app.app_context():
        upgrade(db.engine)
        db.engine.dispose()
    return path


@pytest.fixture(scope="session")
def sqlite_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Where each test finds a fresh copy of the template."""
    return f"sqlite:///{tmp_path_factory.mktemp('sqlite') / 'portal.sqlite3'}"


@pytest.fixture(scope="session")
def postgresql_url(worker_id: str) -> Iterator[str]:
    """A migrated database of this worker's own on the test server, dropped at the end."""
    server = os.environ.get("TEST_DATABASE_URL", "")
    requirements.need(bool(server), "PostgreSQL with PostGIS (TEST_DATABASE_URL)")
    url = make_url(server).set(drivername="postgresql+psycopg")
    name = f"meanwhile_{os.getpid()}_{worker_id}"
    admin = create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    own = url.set(database=name).render_as_string(hide_password=False)
    app = create_app(DATABASE_URL=own, SECRET_KEY="test", TESTING=True)
    with app.app_context():
        upgrade(db.engine)
        db.engine.dispose()
    yield own
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture(scope="session")
def worker_id(request: pytest.FixtureRequest) -> str:
    """Which xdist worker this is; `main` without xdist."""
    return getattr(request.config, "workerinput", {}).get("workerid", "main")


@pytest.fixture(params=["sqlite", "postgresql"])
def engine_name(request: pytest.FixtureRequest) -> str:
    """Each test that asks for `app` runs once on each engine."""
    return request.param


@pytest.fixture(scope="session")
def applications(request: pytest.FixtureRequest) -> Iterator[Callable[[str], Flask]]:
    """The application on an engine: one for all tests, so that templates and statements are compiled once."""
    made: dict[str, Flask] = {}

    def on(engine_name: str) -> Flask:
        if engine_name not in made:
            url = request.getfixturevalue(f"{engine_name}_url")
            app = create_app(
                DATABASE_URL=url,
                SECRET_KEY="test",
                TESTING=True,
                RATELIMIT_ENABLED=True,  # so that a test can turn it on, whichever came before it
                PROPAGATE_EXCEPTIONS=False,
            )
            limiter.enabled = False
            app.test_client_class = CheckedClient
            with app.app_context():
                if engine_name == "sqlite":
                    event.listen(db.engine, "connect", _turn_around)
            made[engine_name] = app
        return made[engine_name]

    yield on
    for app in made.values():
        with app.app_context():
            db.engine.dispose()


@pytest.fixture
def app(
    engine_name: str, applications: Callable[[str], Flask], sqlite_template: Path
) -> Iterator[Flask]:
    """The application on an empty database, its clock at THE_DAY, inside an application context."""
    app = applications(engine_name)
    before = dict(app.config)
    limiter.enabled = False  # one for all applications; the last one made has set it
    with app.app_context(), clock.at(THE_DAY):
        if engine_name == "sqlite":
            _copy(sqlite_template, Path(db.engine.url.database))
        yield app
        db.session.close()
        if engine_name == "postgresql":
            _empty(db.engine)
        else:
            db.engine.dispose()  # the next test's file is another one
    app.config.clear()
    app.config.update(before)


@pytest.fixture(scope="session")
def filled_world(
    applications: Callable[[str], Flask],
    sqlite_template: Path,
    tmp_path_factory: pytest.TempPathFactory,
):
    """The whole portal with something of everything and somebody in each role, made once."""
    from tests import matrix

    app = applications("sqlite")
    with app.app_context(), clock.at(THE_DAY):
        db.engine.dispose()
        _copy(sqlite_template, Path(db.engine.url.database))
        return matrix.World(app, tmp_path_factory.mktemp("world") / "kept.sqlite3")


@pytest.fixture
def world(app: Flask, filled_world):
    """That world as it was made. Ask for `engine_name` to be "sqlite": who may do what is asked of no engine."""
    with clock.at(filled_world.now):
        filled_world.put_back()
        yield filled_world


def _turn_around(connection: sqlite3.Connection, _record: object) -> None:
    """Give rows last to first where nobody asked for an order: PostgreSQL may give them in any. And wait for no disk."""
    connection.execute("PRAGMA reverse_unordered_selects=ON")
    connection.execute("PRAGMA synchronous=OFF")  # no test outlives its machine


def _copy(template: Path, path: Path) -> None:
    """Begin from the empty file, without what an earlier test's connections left beside it."""
    for end in ("-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)
    shutil.copyfile(template, path)


def _empty(engine: Engine) -> None:
    """Delete all rows and count from 1 again: twenty times as fast as TRUNCATE on tables as small as these.

    As a replica, so that no trigger keeps what is kept for ever and no table must come before another.
    """
    deletes = "".join(f'DELETE FROM "{table.name}";' for table in Model.metadata.sorted_tables)
    with engine.begin() as connection:
        connection.exec_driver_sql(
            f"SET LOCAL session_replication_role = replica; {deletes}"
            "SELECT setval((quote_ident(schemaname) || '.' || quote_ident(sequencename))::regclass, start_value, false)"
            " FROM pg_sequences WHERE last_value IS NOT NULL"
        )


@pytest.fixture
def pay(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    """Payments by card are taken, by a stand-in of GOV.UK Pay that answers within a moment or counts as silent."""
    stand_in = StandIn()
    app.config |= {
        "GOVUK_PAY_KEY": KEY,
        "GOVUK_PAY_URL": stand_in.url,
        "GOVUK_PAY_WEBHOOK_SECRET": SECRET,
    }
    monkeypatch.setattr(govuk_pay, "SECONDS", 0.3)
    yield stand_in
    stand_in.close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without JavaScript."""
    return app.test_client()


class CheckedClient(FlaskClient):
    """A test client that fails on any page a strict HTML parser would complain about, and on any 500."""

    signs_in_again = True  # a test of how long a sign-in lasts sets this to False

    def open(self, *args, **kwargs):
        if self.signs_in_again:
            self._stay_signed_in()
        # A context of its own, as in a server: without it the request would share the test's session and `g`.
        with self.application.app_context():
            response = super().open(*args, **kwargs)
        db.session.rollback()  # what the test reads next is what the request wrote, not an older snapshot
        assert response.status_code != 500, "the page broke; the log says why"
        if (
            response.mimetype == "text/html"
            and response.data
            and response.status_code not in (301, 302, 303, 308)
        ):
            check_html(response.get_data(as_text=True))
        return response

    def _stay_signed_in(self) -> None:
        """Tests move the clock by weeks between two pages; a person would sign in again."""
        now = clock.now()
        if now - getattr(self, "signed_in_at", now) > timedelta(hours=1):
            self.signed_in_at = now
            with self.session_transaction() as kept:
                mine = SignedIn.key_hash == hashed(kept.get("_user_id", ""))
            db.session.rollback()
            db.session.execute(update(SignedIn).where(mine).values(begun_at=now, seen_at=now))
            db.session.commit()

    def sign_in(self, email: str) -> "CheckedClient":
        """Sign in the way a person does: by the link."""
        from portal.people import service

        link = service.make_link(email)
        path = link.removeprefix(self.application.config["BASE_URL"])
        page = self.get(path)
        token = csrf_token(page.get_data(as_text=True))
        assert self.post(path, data={"csrf_token": token}).status_code == 302
        self.signed_in_at = clock.now()
        return self

    def send(self, path: str, data: dict, **kwargs):
        """GET the page of a form, then POST it with its token."""
        page = self.get(path)
        return self.post(
            path, data=data | {"csrf_token": csrf_token(page.get_data(as_text=True))}, **kwargs
        )


@contextmanager
def broken(code: str) -> Iterator[None]:
    """Expect a refusal with this code."""
    with pytest.raises(PortalError) as caught:
        yield
    assert caught.value.code == code, str(caught.value)


def csrf_token(html: str) -> str:
    """The first form token on a page. The page has been parsed already: see check_html."""
    found = TOKEN.search(html)
    return found[2] if found else ""


def check_html(html: str) -> None:
    """Fail on a parse error, a doubled id, a missing title or a missing language.

    A page that differs from one that passed in its nonces and tokens only is not parsed again: a parser in Python takes as
    long for a page as making it does, and many tests meet the same pages.
    """
    same = hash(TOKEN.sub(r"\1", NONCE.sub("", html)))
    if same not in passed:
        _check_html(html)
        passed.add(same)


def _check_html(html: str) -> None:
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    document = parser.parse(html)
    faults = [
        f"line {place[0]}: {code} {values}"
        for place, code, values in parser.errors
        if code not in HTML_QUIRKS
    ]
    assert not faults, faults[:5]
    ids = [element.get("id") for element in document.iter() if element.get("id")]
    assert len(ids) == len(set(ids)), sorted({i for i in ids if ids.count(i) > 1})
    assert document.get("lang"), "a page says its language"
    assert (document.findtext("head/title") or "").strip(), "a page has a title"
    assert sum(1 for _ in document.iter("h1")) == 1, "a page has one main heading"
