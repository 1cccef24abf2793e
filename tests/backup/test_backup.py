"""A backup holds everything, of one moment; it is put back whole or not at all."""

import json
import os
import signal
import stat
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from random import Random
from threading import Event

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from portal import cli, clock, config, runs
from portal.app import create_app
from portal.backup import archive, postgresql, service
from portal.cli import main
from portal.db import db, transaction
from portal.errors import RuleBroken
from portal.money.models import Entry, Posting
from portal.money.rules import Account, move
from portal.money.service import post
from portal.people.models import User
from tests import factories
from tests.backup.conftest import beside, rows, shapes
from tests.conftest import THE_DAY, broken
from tests.lettings import make
from tests.proposals.stage import Stage


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "backups"


def world():
    """A case with photos, papers and signatures; a let with money."""
    stage = Stage()
    stage.in_use()
    stage.asset = factories.asset(stage.holder)
    stage.asset_id = stage.asset.id
    stage.lodged()
    db.session.rollback()


def test_what_comes_out_is_what_went_in(own, folder, tmp_path):
    world()
    before, guards = rows(db.engine), shapes(db.engine)
    told = service.backup(folder)
    assert told["tried"]
    assert told["rows"] == sum(len(found) for found in before.values()) - 1, "but for the revision"
    new = create_app(DATABASE_URL=beside(db.engine, tmp_path), SECRET_KEY="test", TESTING=True)
    with new.app_context():
        service.restore(folder / told["backup"])
        assert rows(db.engine) == before
        assert shapes(db.engine) == guards
        page = new.test_client().get("/cases")
        assert page.status_code == 200
        db.session.close()
        factories.user("after@example.org")  # numbers go on where they were
        db.session.close()
        db.engine.dispose()
    assert sorted(path.name for path in folder.iterdir()) == [Path(told["backup"]).name]


def test_only_its_owner_may_read_it_and_it_is_noted(own, folder):
    assert runs.last(runs.BACKUP) is None
    path = folder / service.backup(folder)["backup"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert runs.last(runs.BACKUP) == THE_DAY


def test_a_full_portal_is_not_written_over_unless_asked_and_then_kept(own, folder):
    factories.user("before@example.org")
    path = folder / service.backup(folder, tried=False)["backup"]
    factories.user("after@example.org")
    with broken("not-empty"):
        service.restore(path)
    assert _emails() == {"before@example.org", "after@example.org"}
    db.session.close()
    told = service.restore(path, replace=True)
    assert _emails() == {"before@example.org"}
    db.session.close()
    kept = told["what was there is now"]
    old = f"sqlite:///{kept}" if os.sep in kept else db.engine.url.set(database=kept)
    old = old if isinstance(old, str) else old.render_as_string(hide_password=False)
    with create_app(DATABASE_URL=old, SECRET_KEY="test").app_context():
        assert _emails() == {"before@example.org", "after@example.org"}
        db.session.close()
        db.engine.dispose()


def _emails():
    return set(db.session.scalars(select(User.email)))


def test_a_backup_is_good_although_the_database_has_no_room_to_note_it(own, folder, monkeypatch):
    def full(_what):
        raise OperationalError("UPDATE", {}, Exception("database or disk is full"))

    monkeypatch.setattr(runs, "ran", full)
    told = service.backup(folder)
    assert told["tried"]
    assert told["not noted because"] == "database or disk is full"
    assert Path(told["backup"]).exists()


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_a_folder_that_is_not_there_yet_is_made_and_closed_to_others(own, folder, tmp_path):
    path = folder / service.backup(folder, tried=False)["backup"]
    db.session.close()
    home = tmp_path / "new" / "house"
    new = create_app(DATABASE_URL=f"sqlite:///{home / 'p.sqlite3'}", SECRET_KEY="test")
    with new.app_context():
        assert service.restore(path)["what was there is now"] is None
        db.engine.dispose()
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert stat.S_IMODE((home / "p.sqlite3").stat().st_mode) == 0o600


# ---- while others write


def test_a_backup_in_the_middle_of_writing_is_of_one_moment(own, folder, tmp_path):
    here = make.place()
    by, now = here.ids.organiser, clock.now()
    db.session.close()
    stop, told = Event(), []

    def write(number):
        with own.app_context(), clock.at(now):
            turn = 0
            while not stop.is_set():
                turn += 1
                with transaction() as session:
                    post(
                        move(turn * 100, source=Account.CASH, target=Account.SURPLUS),
                        what=f"{number} {turn}",
                        by=by,
                    )
                    session.add(User(email=f"w{number}.{turn}@example.org", created_at=now))
                told.append(f"w{number}.{turn}@example.org")
            db.session.close()

    with ThreadPoolExecutor(3) as pool:
        writers = [pool.submit(write, number) for number in range(3)]
        while len(told) < 20:
            time.sleep(0.01)
        acknowledged = set(told)
        path = folder / service.backup(folder, tried=False)["backup"]
        stop.set()
        for one in writers:
            one.result()
    new = create_app(DATABASE_URL=beside(db.engine, tmp_path), SECRET_KEY="test", TESTING=True)
    with new.app_context():
        service.restore(path)
        emails = _emails()
        assert acknowledged <= emails
        assert emails < acknowledged | set(told) | emails
        sums = select(func.sum(Entry.pence)).group_by(Entry.posting_id)
        assert set(db.session.scalars(sums)) == {0}
        written = db.session.scalar(select(func.count(User.id)).where(User.email.startswith("w")))
        assert db.session.scalar(select(func.count(Posting.id))) == written, "both or neither"
        db.session.close()
        db.engine.dispose()


# ---- what must not happen


def test_a_restore_that_is_killed_leaves_what_was_there(own, folder, engine_name):
    """Killed at any moment: afterwards either all of the old is there or all of the new."""
    factories.user("before@example.org")
    path = folder / service.backup(folder, tried=False)["backup"]
    factories.user("after@example.org")
    old, new = {"before@example.org", "after@example.org"}, {"before@example.org"}
    db.session.close()
    db.engine.dispose()
    began = time.monotonic()
    assert _restoring(own, path, 60) == 0
    took, chance, seen = time.monotonic() - began, Random(20261121), []
    assert _emails() == new
    for _ in range(KILLS[engine_name]):
        if _emails() == new:
            factories.user("after@example.org")
        db.session.close()
        db.engine.dispose()
        _restoring(own, path, chance.uniform(0, took))
        seen.append(_emails())
        assert seen[-1] in (old, new)
    assert old in seen
    db.session.close()
    db.engine.dispose()
    assert _restoring(own, path, 60) == 0
    assert _emails() == new, "what the killed ones left lying does not stop the next"


KILLS = {"sqlite": 8, "postgresql": 4}


def _restoring(app, path, seconds):
    """Restore in a process of its own, killed after so long; how it ended."""
    child = os.fork()
    if not child:
        with app.app_context(), clock.at(clock.now() + timedelta(seconds=os.getpid())):
            service.restore(path, replace=True)
        os._exit(0)
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.002)
    os.kill(child, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_a_damaged_file_is_refused_and_touches_nothing(own, folder):
    factories.user("before@example.org")
    path = folder / service.backup(folder, tried=False)["backup"]
    whole = path.read_bytes()
    db.session.close()
    for damaged in (
        whole[: len(whole) // 2],
        whole[:2000] + b"\xff\x00" + whole[2002:],
        b"",
        b"no zip",
    ):
        path.write_bytes(damaged)
        with broken("backup-damaged"):
            service.restore(path, replace=True)
        with broken("backup-damaged"):
            service.check(path)
    path.write_bytes(whole)
    assert service.check(path)["tried"]
    assert _emails() == {"before@example.org"}


@pytest.mark.parametrize("engine_name", ["sqlite"])
@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"revision": "9999"}, "from-newer"),
        ({"format": 99}, "backup-newer"),
        ({"engine": "postgresql"}, "other-engine"),
        ({"tables": {"app_user": 7}}, "backup-differs"),
    ],
)
def test_a_backup_that_does_not_fit_is_refused_and_touches_nothing(own, folder, changed, code):
    factories.user("before@example.org")
    path = folder / service.backup(folder, tried=False)["backup"]
    db.session.close()
    _forge(path, changed)
    with broken(code):
        service.restore(path, replace=True)
    assert _emails() == {"before@example.org"}
    assert not list(folder.parent.glob("home/*before*"))


def _forge(path, changed):
    with zipfile.ZipFile(path) as archive_file:
        parts = {name: archive_file.read(name) for name in archive_file.namelist()}
    said = json.loads(parts[archive.MANIFEST]) | changed
    with zipfile.ZipFile(path, "w") as archive_file:
        for name, part in parts.items():
            is_manifest = name == archive.MANIFEST
            archive_file.writestr(name, json.dumps(said) if is_manifest else part)


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_a_database_that_is_open_is_not_taken_from_under_the_workers(own, folder):
    path = folder / service.backup(folder, tried=False)["backup"]
    worker = create_app(DATABASE_URL=own.config["DATABASE_URL"], SECRET_KEY="test")
    with worker.app_context():
        factories.user("kept@example.org")
        with own.app_context(), broken("database-in-use"):
            service.restore(path, replace=True)
        assert _emails() == {"kept@example.org"}
        db.session.close()
        db.engine.dispose()


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_a_database_that_is_rubbish_can_be_replaced(own, folder, tmp_path):
    factories.user("before@example.org")
    path = folder / service.backup(folder, tried=False)["backup"]
    db.session.close()
    db.engine.dispose()
    home = tmp_path / "home" / "own.sqlite3"
    home.write_bytes(b"rubbish" * 1000)
    with broken("not-empty"):
        service.restore(path)
    service.restore(path, replace=True)
    assert _emails() == {"before@example.org"}
    assert [kept.read_bytes()[:7] for kept in home.parent.glob("*.before-*")] == [b"rubbish"]


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_only_the_newest_are_kept_and_only_once_the_new_one_is_good(own, folder, monkeypatch):
    made = []
    for day in range(4):
        with clock.at(THE_DAY + timedelta(days=day)):
            made.append(folder / service.backup(folder, keep=2)["backup"])
    (folder / "notes.txt").write_text("mine")
    assert sorted(folder.glob("*.zip")) == made[2:]

    def full(*_args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(archive, "read", full)
    with clock.at(THE_DAY + timedelta(days=9)), pytest.raises(OSError, match="No space"):
        service.backup(folder, keep=1)
    assert sorted(folder.iterdir()) == [*made[2:], folder / "notes.txt"]
    assert runs.last(runs.BACKUP) == THE_DAY + timedelta(days=3)


@pytest.mark.parametrize("engine_name", ["postgresql"])
def test_without_tools_it_says_what_to_install(own, folder, monkeypatch):
    monkeypatch.setattr(postgresql, "HOMES", ())
    monkeypatch.setenv("PATH", "")
    with pytest.raises(RuleBroken) as refused:
        service.backup(folder)
    assert "postgresql-client-" in str(refused.value)
    assert not list(folder.iterdir())


def test_tools_older_than_the_server_are_not_used(monkeypatch, tmp_path):
    (tmp_path / "pg_dump").touch(mode=0o700)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(postgresql, "HOMES", ())
    monkeypatch.setattr(postgresql, "_said", lambda *_: "pg_dump (PostgreSQL) 13.4")
    with broken("no-client-tools"):
        postgresql.tool("pg_dump", 15)
    assert postgresql.tool("pg_dump", 12).endswith("pg_dump")


@pytest.mark.parametrize("engine_name", ["postgresql"])
def test_a_user_who_may_make_no_database_has_a_backup_that_says_it_was_not_tried(
    own, folder, monkeypatch
):
    def refused(*_args):
        raise RuleBroken("may-not-create", "May not.")

    monkeypatch.setattr(postgresql, "_create", refused)
    told = service.backup(folder)
    assert not told["tried"]
    with broken("may-not-create"):
        service.restore(folder / told["backup"], replace=True)


# ---- by its commands


def test_the_commands_by_file_and_by_pipe(own, url, folder, tmp_path, monkeypatch):
    factories.user("before@example.org")
    another = beside(db.engine, tmp_path)
    db.session.close()
    db.engine.dispose()
    run, made = CliRunner().invoke, []
    monkeypatch.setattr(cli, "_app", lambda: made.append(create_app()) or made[-1])
    monkeypatch.setenv("SECRET_KEY", "test")
    monkeypatch.setenv("DATABASE_URL", url)
    done = run(main, ["backup", "--to", str(folder), "--keep", "3"])
    assert done.exit_code == 0, done.output
    path = json.loads(done.stdout)["backup"]
    assert run(main, ["backup", "--check", path]).exit_code == 0
    assert run(main, ["restore", path]).exit_code == 2
    absent = run(main, ["restore", str(folder / "none.zip")])
    assert (absent.exit_code, "none.zip: No such file" in absent.stderr) == (2, True)
    piped = run(main, ["backup", "--to", "-"])
    assert piped.exit_code == 0
    assert json.loads(piped.stderr)["tried"]
    monkeypatch.setenv("DATABASE_URL", another)
    done = run(main, ["restore", "-"], input=piped.stdout_bytes)
    assert done.exit_code == 0, done.output
    with create_app(DATABASE_URL=another, SECRET_KEY="test").app_context():
        assert _emails() == {"before@example.org"}
        db.session.close()
        db.engine.dispose()
    for app in made:
        with app.app_context():
            db.engine.dispose()
    assert not list(config.INSTANCE.iterdir())
