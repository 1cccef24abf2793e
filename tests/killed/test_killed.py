"""kill -9 of web worker, clock, sender, import and database in the middle of each way to write, at moments drawn by lot.

Afterwards all of a write is there or nothing of it; what was acknowledged is there; who presses again does nothing twice.
A letter is with the mail server once; twice only where the plug was pulled between its "250" and our note of it, which no
sender can close: then both have one Message-ID.
"""

import shutil
import socket
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes
from itertools import cycle
from types import SimpleNamespace

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import create_engine, func, select, text

from portal import clock
from portal.app import create_app
from portal.audit import queries as audit
from portal.db import db, transaction
from portal.migrate import upgrade
from portal.money.models import Entry
from portal.notices.models import Letter
from portal.notices.service import write
from portal.register.models import Asset
from tests import cluster, conftest, factories, requirements
from tests.conftest import THE_DAY, CheckedClient, csrf_token
from tests.hostile import FORMS, SHOWN
from tests.killed.house import INSIDE, Kept, Machine, Plugs, Shot, content, moving, settle, told
from tests.petitions import make as petitions
from tests.proposals.stage import Stage, after_day

SEED = 20261121
# How often each plug is pulled: on SQLite the worker's, on PostgreSQL the server's too.
EACH = {"sqlite": 8, "postgresql": 6}
LETTERS = 12
WRITTEN_TO: dict[str, set[str]] = {"sqlite": set(), "postgresql": set()}
WRITES = (
    "lodge", "grant", "sign", "hand over", "ask", "approve", "cancel a let", "give a date up", "answer an offer",
    "record a payment", "pay a holder out", "publish a round",
)  # fmt: skip


@pytest.fixture(scope="module", params=[
    pytest.param("sqlite", marks=pytest.mark.xdist_group("killed")),
    pytest.param("postgresql", marks=pytest.mark.xdist_group("cluster")),
])  # fmt: skip
def house(request, tmp_path_factory) -> Iterator[SimpleNamespace]:
    """The portal on a database of its own, and a machine whose plugs can be pulled."""
    folder = tmp_path_factory.mktemp("killed")
    server = None
    if request.param == "sqlite":
        url = f"sqlite:///{folder / 'portal.sqlite3'}"
    else:
        requirements.need(cluster.binaries() is not None, "PostgreSQL's own programs")
        server = cluster.Cluster()
        server.start()
        requirements.need(server.has("postgis"), "PostGIS")
        admin = create_engine(server.url("postgres"), isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(text("CREATE DATABASE meanwhile"))
        admin.dispose()
        url = server.url("meanwhile")
    app = create_app(DATABASE_URL=url, SECRET_KEY="test", TESTING=True, RATELIMIT_ENABLED=False)
    app.test_client_class = CheckedClient
    with app.app_context():
        upgrade(db.engine)
        db.engine.dispose()
    if not server:
        shutil.copy(folder / "portal.sqlite3", folder / "empty.sqlite3")
    machine = Machine(url, folder)
    plugs = Plugs(machine, server, SEED)
    yield SimpleNamespace(
        app=app, machine=machine, plugs=plugs, folder=folder, engine=request.param, server=server
    )
    machine.close()
    with app.app_context():
        db.engine.dispose()
    if server:
        server.__exit__()
    print(  # noqa: T201
        f"\n{request.param}, seed {SEED}: {dict(plugs.pulled)}"
    )


@pytest.fixture
def stage(house) -> Iterator[SimpleNamespace]:
    """An empty database, the clock at the first day."""
    with house.app.app_context(), clock.at(THE_DAY):
        settle()
        if house.server:
            conftest._empty(db.engine)
        else:
            conftest._copy(house.folder / "empty.sqlite3", house.folder / "portal.sqlite3")
        yield house
        house.machine.end()
        assert set(
            db.session.scalars(select(func.sum(Entry.pence)).group_by(Entry.posting_id))
        ) <= {0}
        assert audit.verify().whole
        settle()


def shot_of(house, name: str) -> Shot:
    """A form of the portal, its world brought to where it can be sent, by who may send it."""
    form = FORMS[name]
    path, who = form.bring()
    client = house.app.test_client().sign_in(who)
    token = csrf_token(client.get("/account").get_data(as_text=True))
    data = dict(form.good) | {"csrf_token": token}
    page = client.get(path).get_data(as_text=True) if {"shown", "read"} & set(data) else ""
    if data.get("shown") == SHOWN:
        data["shown"] = page.split('name="shown"')[1].split('value="')[1].split('"')[0]
    if name == "sign":
        data["shown_hash"] = page.split('name="shown_hash"')[1].split('value="')[1].split('"')[0]
    return Shot(path, data, cookie_of(client))


def cookie_of(client) -> str:
    return f"session={client.get_cookie('session').value}"


def tried(house, shot: Shot, at, *, pressed_again: bool = True, most: int = 0) -> None:
    """Pull plugs while it is written: afterwards everything is there, or nothing."""
    machine, plugs, start = house.machine, house.plugs, Kept()
    assert machine.here(shot, at) < 400
    one = content()
    start.put_back()
    machine.end()
    machine.fork()
    began = time.monotonic()
    answer = machine.send(shot, at)
    took, statements = time.monotonic() - began, machine.seen.read()[1]
    assert answer.acknowledged, answer.body
    same = moving(one, content())
    nothing, done = told(start.content, same), told(one, same)
    assert done != nothing, "it does write something"
    start.put_back()
    for way, _ in zip(cycle(plugs.ways()), range(most or EACH[house.engine]), strict=False):
        answer = plugs.pull(way, shot, at, took, statements)
        found = told(standing(house, way), same)
        what = f"{way} at {shot.path}, answered {answer.status}"
        assert found in (nothing, done), f"{what}: half of it: {differing(found, nothing, done)}"
        assert found == done or not answer.acknowledged, f"{what}: what was acknowledged is lost"
        if answer.status == 503:
            assert found == nothing or "cannot tell" in answer.body, f"{what}: the page was wrong"
        if found == done:
            if pressed_again:
                again = machine.send(shot, at)
                assert again.status is not None, what
                assert again.status < 500, what
                found = told(content(), same)
                assert found == done, f"{what}: twice: {differing(found, nothing, done)}"
            start.put_back()
    assert machine.send(shot, at).acknowledged
    assert told(content(), same) == done


def standing(house, way: str):
    """The content now; after a server's death also whether its worker goes on by itself."""
    if way in ("backend", "server"):
        settle()
        look = Shot("/healthz", method="GET")
        deadline = time.monotonic() + cluster.PATIENCE
        while house.machine.send(look, THE_DAY).status != 200:
            assert time.monotonic() < deadline, "the worker does not find its database again"
            time.sleep(0.05)
    return content()


def differing(found, nothing, done) -> dict[str, tuple[int, int, int]]:
    return {
        name: tuple(sum(one[name].values()) for one in (nothing, found, done))
        for name in found
        if not found[name] == nothing[name] == done[name]
    }


@pytest.mark.parametrize("name", WRITES)
def test_a_form(stage, name):
    shot = shot_of(stage, name)
    tried(stage, shot, clock.now())
    WRITTEN_TO[stage.engine].add(name)


def test_a_signature_and_the_answer_to_its_letter(stage):
    made = petitions.stage()
    made.on_notice()
    petitions.opened(made, needed=1)  # so that the one signature opens the hearing by itself
    client = stage.app.test_client()
    path = f"/cases/{made.case_id}/petition"
    signer = {
        "name": "Neighbour",
        "email": "n@example.org",
        "postcode": petitions.INSIDE,
        "here": "y",
    }
    token = {"csrf_token": csrf_token(client.get(path).get_data(as_text=True))}
    # Whoever presses again gets the letter again: that is for people whose letter was lost.
    tried(stage, Shot(path, signer | token, cookie_of(client)), clock.now(), pressed_again=False)
    link = f"/petitions/{petitions.token_of('n@example.org')}"
    page = client.get(link)
    token = {"csrf_token": csrf_token(page.get_data(as_text=True))}
    tried(stage, Shot(link, token, cookie_of(client)), clock.now())


def test_a_register_is_read_in_whole_or_not_at_all(stage):
    factories.area()
    file = stage.folder / "register.csv"
    rows = [f"A{n},Plot {n},Mill Lane" for n in range(60)]
    file.write_text("\n".join(["Asset code,Property name,Street", *rows]))
    tried(stage, Shot(f"/-/import?{file}"), clock.now(), pressed_again=False, most=10)
    assert db.session.scalar(select(func.count(Asset.id))) == 60


def test_the_clock_does_each_thing_once(stage):
    """`portal tick`, killed again and again: when one run comes to its end, all is as after one quiet night."""
    world = Stage()
    for number in range(3):
        world.asset = factories.asset(world.holder, name=f"Place {number}")
        world.asset_id = world.asset.id
        world.on_notice() if number else world.lodged()
    after_day("holder_response", world.case)
    at, shot = clock.now() + timedelta(days=3), Shot("/-/tick")
    machine, plugs, start = stage.machine, stage.plugs, Kept()
    assert machine.here(shot, at) == 200
    one = content()
    start.put_back()
    machine.end()
    machine.fork()
    began = time.monotonic()
    assert machine.send(shot, at).acknowledged
    took, statements = time.monotonic() - began, machine.seen.read()[1]
    same = moving(one, content())
    done = told(one, same)
    start.put_back()
    for way, number in zip(cycle(plugs.ways()), range(12), strict=False):
        plugs.pull(way, shot, at, took, statements)
        standing(stage, way)
        if number % 3 == 2:
            assert machine.send(shot, at).acknowledged
            found = told(content(), same)
            assert found == done, differing(found, told(start.content, same), done)
            start.put_back()


class Mailbox:
    """A mail server that keeps what it has accepted."""

    def __init__(self) -> None:
        self.accepted: list[tuple[str, str]] = []

    async def handle_DATA(self, _server, _session, envelope) -> str:  # noqa: N802 - its name
        said = message_from_bytes(envelope.content)
        self.accepted.append((envelope.rcpt_tos[0], said["Message-ID"]))
        return "250 taken"


def test_each_letter_goes_once(stage):
    factories.area()
    mailbox = Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    post = Controller(mailbox, hostname="127.0.0.1", port=port)
    post.start()
    try:
        _letters(stage, mailbox, port)
    finally:
        post.stop()


def _letters(stage, mailbox: Mailbox, port: int) -> None:
    def written(batch: str) -> None:
        with transaction():
            for number in range(LETTERS):
                write(
                    to=f"{batch}{number}@example.org",
                    subject="S",
                    body="B",
                    key=f"{batch}:{number}",
                )
        settle()

    machine, plugs, at = stage.machine, stage.plugs, clock.now()
    shot = Shot(f"/-/send?smtp://127.0.0.1:{port}")
    written("quiet")
    machine.end()
    machine.fork()
    began = time.monotonic()
    assert machine.send(shot, at).acknowledged
    took, statements = time.monotonic() - began, machine.seen.read()[1]
    mailbox.accepted.clear()
    written("w")
    under_way: Counter[int] = Counter()
    for way, _ in zip(cycle(plugs.ways()), range(12), strict=False):
        machine.seen.write(letter=0)
        plugs.pull(way, shot, at, took, statements)
        under_way[machine.seen.read()[3]] += 1
        standing(stage, way)
        at += timedelta(days=1)  # claims run out, pauses pass
    machine.seen.write(letter=0)
    for _ in range(3):
        assert machine.send(shot, at).acknowledged
        at += timedelta(days=1)
    settle()
    went = Counter(to for to, _ in mailbox.accepted)
    assert len(set(mailbox.accepted)) == LETTERS, "all went, and one letter has one Message-ID"
    letters = db.session.scalars(select(Letter).where(Letter.key.startswith("w:"))).all()
    assert all(letter.sent_at for letter in letters)
    twice = {letter.id: went[letter.to] for letter in letters if went[letter.to] > 1}
    assert all(times <= 1 + under_way[number] for number, times in twice.items()), (
        twice,
        under_way,
    )
    print(  # noqa: T201
        f"\n{stage.engine}: {len(twice)} of {LETTERS} letters went twice, each when its note was not yet written"
    )


def test_enough_plugs_were_pulled(house):
    """Last: so that nobody makes it easy for these tests."""
    requirements.need(
        WRITTEN_TO[house.engine] >= {*WRITES},
        "all tests of pulled plugs in one process (--dist loadgroup)",
    )
    inside = house.plugs.pulled[INSIDE]
    pulled = house.plugs.pulled.total() - inside
    assert pulled >= 100
    assert inside >= pulled / 3, "most are pulled in the middle, or nearly"
