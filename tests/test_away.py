"""The database goes away, the disk is full, somebody writes for long, the clock jumps: clear pages, and work goes on."""

import socket
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from fcntl import LOCK_EX, flock
from pathlib import Path

import psycopg
import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import create_engine, event, func, select, text
from sqlalchemy.orm import Session

from portal import away, clock
from portal import db as database
from portal.app import create_app
from portal.backup.postgresql import HOMES
from portal.db import db, transaction
from portal.migrate import upgrade
from portal.notices.models import Letter
from portal.notices.service import send_waiting, write
from portal.people.access import PUBLIC
from portal.people.models import User
from portal.proposals.models import CaseEvent, Representation
from portal.proposals.rules import State
from portal.ticks import tick
from tests import cluster, factories, requirements
from tests.conftest import THE_DAY, CheckedClient, csrf_token
from tests.killed.test_killed import Mailbox
from tests.proposals.stage import Stage


@pytest.fixture
def mailbox() -> Iterator[Controller]:
    """A mail server that keeps what it accepts."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    post = Controller(Mailbox(), hostname="127.0.0.1", port=port)
    post.start()
    yield post
    post.stop()


ASKED = {"email": "rosa@example.org"}


def token_of(client) -> str:
    return csrf_token(client.get("/sign-in").get_data(as_text=True))


def links() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count(Letter.id)))


def is_told(answer, *words: str) -> None:
    """A page of its own for this, with what was typed, and when to come again."""
    page = answer.get_data(as_text=True)
    assert answer.status_code == 503, page
    assert int(answer.headers["Retry-After"]) >= 30
    for word in words:
        assert word in page


# ---- PostgreSQL is stopped


@pytest.fixture(scope="module")
def server() -> Iterator[cluster.Cluster]:
    requirements.need(cluster.binaries() is not None, f"PostgreSQL's own programs ({HOMES[0]})")
    with cluster.Cluster() as made:
        requirements.need(made.has("postgis"), "PostGIS")
        admin = create_engine(made.url("postgres"), isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(text("CREATE DATABASE meanwhile"))
        admin.dispose()
        yield made


@pytest.fixture
def on_server(server) -> Iterator[CheckedClient]:
    """A visitor of a portal on a server that can be stopped."""
    app = create_app(
        DATABASE_URL=server.url("meanwhile"), SECRET_KEY="test", TESTING=True, RATELIMIT_ENABLED=False,
        PROPAGATE_EXCEPTIONS=False,
    )  # fmt: skip
    app.test_client_class = CheckedClient
    with app.app_context(), clock.at(THE_DAY):
        upgrade(db.engine)
        if not db.session.scalar(text("SELECT count(*) FROM area")):
            factories.area()
        db.session.close()
        yield app.test_client()
        db.session.close()
        db.engine.dispose()


@pytest.mark.xdist_group("cluster")
def test_a_database_that_stops_and_comes_back(on_server, server):
    token = token_of(on_server)
    before = links()
    db.session.close()
    server.stop()
    try:
        for path in ("/", "/assets", "/cases", "/sign-in"):
            is_told(on_server.get(path), "cannot reach its records", "Try again in a minute")
        answer = on_server.post("/sign-in", data=ASKED | {"csrf_token": token})
        is_told(answer, "What you sent was not kept", "rosa@example.org")
        answer = on_server.get("/cases", headers={"Accept": "application/json"})
        assert (answer.status_code, answer.mimetype) == (503, "application/problem+json")
        assert answer.json["code"] == "away"
        assert on_server.get("/healthz").status_code == 503
        is_told(on_server.get("/no-such-page"), "cannot reach its records")
        assert on_server.get("/ping").status_code == 200
        signed_in = on_server.get("/account", headers={"Cookie": "session=nonsense"})
        assert signed_in.status_code in (302, 503)
    finally:
        server.start()
    # No worker was started anew.
    assert on_server.get("/healthz").status_code == 200
    assert on_server.get("/cases").status_code == 200
    assert on_server.post("/sign-in", data=ASKED | {"csrf_token": token}).status_code < 400
    assert links() == before + 1


@pytest.mark.xdist_group("cluster")
def test_a_database_that_is_started_anew_between_two_pages(on_server, server):
    """Connections that were good a moment ago are not: at most one page says so."""
    for path in ("/", "/cases"):
        assert on_server.get(path).status_code == 200
    server.stop()
    server.start()
    told = [on_server.get(path).status_code for path in ("/cases", "/cases", "/", "/assets")]
    assert told[1:] == [200, 200, 200]
    assert told[0] in (200, 503)


@pytest.mark.xdist_group("cluster")
def test_cut_off_while_it_is_written_the_page_does_not_claim_to_know(on_server):
    token = token_of(on_server)

    once = [1]

    def cut(connection) -> None:
        if not once or not once.pop():
            return
        pid = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar()
        other = create_engine(db.engine.url)
        with other.begin() as killer:
            killer.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})
        other.dispose()

    event.listen(db.engine, "commit", cut)
    answer = on_server.post("/sign-in", data=ASKED | {"csrf_token": token})
    is_told(answer, "cannot tell whether what you sent was kept", "rosa@example.org")
    assert "Nothing of this is kept" not in answer.get_data(as_text=True)
    assert on_server.get("/cases").status_code == 200


def test_cut_off_after_it_was_written_the_page_does_not_say_that_nothing_was(app, client):
    """Two forms of five read once more after their commit, to say what comes next."""
    stage = Stage()
    stage.draft()
    client.sign_in(stage.emails["organiser"])
    token = token_of(client)

    def cut_off(*_what) -> None:
        raise psycopg.OperationalError("server closed the connection unexpectedly")

    def once_it_is_kept(_session) -> None:
        event.listen(db.engine, "before_cursor_execute", cut_off, once=True)

    event.listen(Session, "after_commit", once_it_is_kept, once=True)
    answer = client.post(f"/cases/{stage.case_id}/lodge", data={"csrf_token": token})
    is_told(answer, "cannot tell whether what you sent was kept")
    assert "was not kept" not in answer.get_data(as_text=True)
    assert stage.case.state is State.LODGED


# ---- no room

SAID = {
    "stance": "for",
    "words": "Green. " * 700,
}  # more than the room that is left in pages that are begun


@pytest.fixture
def neighbour(app, client):
    """Somebody who may speak about a case."""
    stage = Stage()
    stage.on_notice()
    client.sign_in(stage.emails["resident"])
    client.path = f"/cases/{stage.case_id}/represent"
    client.data = SAID | {"csrf_token": csrf_token(client.get("/account").get_data(as_text=True))}
    db.session.close()
    db.engine.dispose()
    return client


def voices() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count(Representation.id)))


@contextmanager
def no_room_on_sqlite() -> Iterator[None]:
    """The file may not grow."""
    with closing(sqlite3.connect(db.engine.url.database)) as connection:
        connection.execute("VACUUM")

    def full(connection) -> None:
        connection.exec_driver_sql("PRAGMA max_page_count=1")  # no more than there are

    event.listen(db.engine, "begin", full, insert=True)
    try:
        yield
    finally:
        event.remove(db.engine, "begin", full)
        db.engine.dispose()


@contextmanager
def no_room_on_postgresql() -> Iterator[None]:
    """The server says what it says when its disk is full."""
    with db.engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$;"
            "CREATE TRIGGER full_disk BEFORE INSERT ON representation FOR EACH ROW EXECUTE FUNCTION full_disk()"
        )
    try:
        yield
    finally:
        with db.engine.begin() as connection:
            connection.exec_driver_sql("DROP FUNCTION full_disk() CASCADE")


NO_ROOM = {"sqlite": no_room_on_sqlite, "postgresql": no_room_on_postgresql}


def test_a_full_disk_is_said_and_reading_goes_on(neighbour, engine_name):
    letters = links()
    db.session.close()
    with NO_ROOM[engine_name]():
        answer = neighbour.post(neighbour.path, data=neighbour.data)
        is_told(answer, "no room left", "What you sent was not kept", SAID["words"].strip())
        assert answer.headers["Retry-After"] == "600"
        assert neighbour.get("/cases").status_code == 200
        assert (voices(), links()) == (0, letters)
        db.session.close()
    assert neighbour.post(neighbour.path, data=neighbour.data).status_code == 302
    assert voices() == 1


def test_a_disk_that_is_full_for_what_is_sent(app, client, monkeypatch):
    """A large file is put aside on the disk while it arrives."""

    def full(*_args) -> None:
        raise OSError(28, "No space left on device")

    full.allowed = frozenset({PUBLIC})
    monkeypatch.setitem(app.view_functions, "home.how_it_works", full)
    is_told(client.get("/how-it-works"), "no room left")


# ---- somebody writes for long


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_who_waits_too_long_for_a_turn_is_told(neighbour, monkeypatch):
    monkeypatch.setattr(database, "MOST_WAIT", 0.1)
    with Path(f"{db.engine.url.database}-queue").open("a") as queue:
        flock(queue, LOCK_EX)
        answer = neighbour.post(neighbour.path, data=neighbour.data)
        is_told(answer, "very busy", "What you sent was not kept", SAID["words"].strip())
        assert neighbour.get("/cases").status_code == 200
    assert neighbour.post(neighbour.path, data=neighbour.data).status_code == 302
    assert voices() == 1


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_a_database_that_somebody_locks_by_hand(neighbour):
    def impatient(connection, _record) -> None:
        connection.execute("PRAGMA busy_timeout=50")

    event.listen(db.engine, "connect", impatient)
    with closing(sqlite3.connect(db.engine.url.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        answer = neighbour.post(neighbour.path, data=neighbour.data)
        is_told(answer, "very busy", SAID["words"].strip())
        other.execute("ROLLBACK")
    assert neighbour.post(neighbour.path, data=neighbour.data).status_code == 302
    event.remove(db.engine, "connect", impatient)
    db.engine.dispose()


def test_a_page_that_waits_for_its_turn_gets_it(neighbour, app):
    """Ten pages at once behind somebody who takes a while."""
    begun, now = threading.Event(), clock.now()

    def hold() -> None:
        with app.app_context(), clock.at(now), transaction() as session:
            session.add(User(email="slow@example.org", created_at=now))
            session.flush()
            begun.set()
            threading.Event().wait(0.3)

    other = threading.Thread(target=hold)
    other.start()
    begun.wait()
    assert neighbour.post(neighbour.path, data=neighbour.data).status_code == 302
    other.join()
    assert voices() == 1


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (psycopg.errors.DiskFull(), away.Trouble.FULL),
        (psycopg.errors.TooManyConnections(), away.Trouble.BUSY),
        (psycopg.errors.DeadlockDetected(), away.Trouble.BUSY),
        (psycopg.errors.AdminShutdown(), away.Trouble.AWAY),
        (psycopg.errors.ReadOnlySqlTransaction(), away.Trouble.AWAY),
        (psycopg.OperationalError("connection refused"), away.Trouble.AWAY),
        (psycopg.errors.UndefinedTable(), None),
        (psycopg.errors.UniqueViolation(), None),
        (sqlite3.OperationalError("no such table: x"), None),
        (OSError(28, "No space left on device"), away.Trouble.FULL),
        (OSError(2, "No such file"), None),
        (ValueError(), None),
    ],
)
def test_which_errors_are_troubles_and_which_are_ours(error, kind):
    assert away.trouble_of(error) is kind


# ---- the clock jumps


def seen() -> tuple[int, int]:
    db.session.rollback()
    return (
        db.session.scalar(select(func.count(CaseEvent.id))),
        db.session.scalar(select(func.count(Letter.id))),
    )


def test_a_clock_that_goes_back_an_hour_does_nothing_twice(app, client):
    stage = Stage()
    stage.under_test()
    there = clock.now()
    tick()
    client.sign_in(stage.emails["broker"])
    before = seen()
    for jump in (-timedelta(hours=1), timedelta(0), timedelta(hours=1), -timedelta(days=1)):
        with clock.at(there + jump):
            tick()
            assert seen() == before
            assert client.get("/desk").status_code == 200, "who is signed in stays so"


def test_a_clock_that_was_a_month_ahead_leaves_nothing_stuck(app, client):
    """What fell due in that month is done and stays done, once; afterwards everything goes on as before."""
    stage = Stage()
    stage.on_notice()
    client.sign_in(stage.emails["broker"])
    there = clock.now()
    tick()
    with clock.at(there + timedelta(days=31)):
        tick()
        ahead = seen()
        assert client.get("/").status_code == 200
    with clock.at(there):
        tick()
        assert seen() == ahead
        client.sign_in(stage.emails["resident"])
        sent = client.send(
            f"/cases/{stage.case_id}/represent", {"stance": "for", "words": "Green."}
        )
        assert sent.status_code == 302
    with clock.at(there + timedelta(days=32)):
        tick()
        tick()
        done = db.session.execute(
            select(CaseEvent.action, func.count()).group_by(CaseEvent.proposal_id, CaseEvent.action)
        )
        assert {number for _, number in done} == {1}


def test_a_letter_that_was_tried_while_the_clock_was_ahead_does_not_wait_for_that_month(
    app, mailbox
):
    port = mailbox.port
    app.config["SMTP_URL"] = "smtp://127.0.0.1:1"  # nobody there
    with transaction():
        write(to="a@example.org", subject="S", body="B", key="test:1")
    with clock.at(THE_DAY + timedelta(days=31)):
        assert send_waiting() == 0
    app.config["SMTP_URL"] = f"smtp://127.0.0.1:{port}"
    assert send_waiting() == 1
    assert [to for to, _ in mailbox.handler.accepted] == ["a@example.org"]


# ---- the mail server is away


def test_letters_wait_for_their_server_and_everything_else_goes_on(neighbour, app, mailbox):
    """A server that takes the call and says nothing: the page's sender gives up soon, and leaves the rest to the clock."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        app.config["SMTP_URL"] = f"smtp://127.0.0.1:{silent.getsockname()[1]}"
        begun = time.monotonic()
        assert neighbour.post("/sign-in", data=neighbour.data | ASKED).status_code < 400
        assert neighbour.get("/cases").status_code == 200
        assert neighbour.post("/sign-in", data=neighbour.data | ASKED).status_code < 400
        assert time.monotonic() - begun < 15, "one page's sender waited, and the next one's did not"
    waiting = links()
    app.config["SMTP_URL"] = f"smtp://127.0.0.1:{mailbox.port}"
    with clock.at(clock.now() + timedelta(hours=6)):
        assert send_waiting() == waiting
    assert len(set(mailbox.handler.accepted)) == waiting
