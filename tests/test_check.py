"""`portal check`: each thing that is missing or unsafe is told by a sentence, and nothing else is."""

import json
from datetime import timedelta
from types import SimpleNamespace

import pytest
from click.testing import CliRunner
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from portal import checks, clock, config, migrate, runs
from portal.app import create_app
from portal.checks import around as around_us
from portal.cli import main
from portal.db import db, transaction
from portal.notices.models import Letter
from portal.people import service
from portal.people.models import RoleGrant
from portal.people.rules import Role
from tests import factories

KEY = "a-key-that-is-long-and-not-to-be-guessed-by-trying"
GOOD = {
    "SECRET_KEY": KEY,
    "BASE_URL": "https://rooms.town.test",
    "DATABASE_URL": "postgresql+psycopg://portal@db/portal",
    "POOLER_URL": "",
    "AREA": "",
    "BIND": "127.0.0.1:8000",
    "DEMO": "",
    "PROXIES": "1",
    "SMTP_URL": "smtp://mail.town.test:587",
    "MAIL_FROM": "rooms@town.test",
    "REDIS_URL": "redis://redis/0",
    "WORKERS": "4",
    "THREADS": "4",
    "TIMEOUT": "60",
    "CONTROLLER": "Thornmere Council, Town Hall, Thornmere TH1 1AA",
    "DATA_PROTECTION_OFFICER": "dpo@thornmere.example",
}
# What is changed in good settings, what is found, how bad it is.
BAD = (
    ({"SECRET_KEY": "short"}, "short-key", checks.UNSAFE),
    ({"SECRET_KEY": "changeme" * 8}, "short-key", checks.UNSAFE),
    ({"BASE_URL": "http://rooms.town.test"}, "not-https", checks.UNSAFE),
    ({"BASE_URL": "rooms.town.test"}, "not-https", checks.UNSAFE),
    ({"BASE_URL": "https://[rooms"}, "not-https", checks.UNSAFE),
    ({"BASE_URL": "https://rooms.town.test/portal"}, "not-an-address", checks.BROKEN),
    ({"BASE_URL": "https://rooms.example.org"}, "example", checks.BROKEN),
    ({"SMTP_URL": "smtp://USER:PASSWORD@mail.example.org:587"}, "example", checks.BROKEN),
    ({"SMTP_URL": "mail.town.test:587"}, "not-an-address", checks.BROKEN),
    ({"MAIL_FROM": "The rooms <rooms@example.org>"}, "example", checks.BROKEN),
    ({"MAIL_FROM": "rooms"}, "not-an-address", checks.BROKEN),
    ({"MAIL_BOUNCES": "bounces"}, "not-an-address", checks.BROKEN),
    ({"NOTIFY_KEY": "key"}, "no-template", checks.BROKEN),
    ({"NOTIFY_URL": "http://notify.town.test"}, "not-https", checks.UNSAFE),
    ({"GOVUK_PAY_URL": "http://pay.town.test"}, "not-https", checks.UNSAFE),
    ({"SECOND_STEP": "of"}, "not-a-choice", checks.WRONG),
    ({"REDIS_URL": "127.0.0.1:6379"}, "not-an-address", checks.WRONG),
    ({"BIND": "0.0.0.0:8000"}, "open-port", checks.ADVICE),
    ({"DATABASE_URL": "sqlite:///portal.sqlite3"}, "relative-path", checks.BROKEN),
    (
        {"DATABASE_URL": "postgresql+psycopg://u@db.town.test/p"},
        "database-in-the-clear",
        checks.ADVICE,
    ),
    ({"BASE_URL": "http://127.0.0.1:8000"}, "base-url-here", checks.ADVICE),
    ({"DEMO": "1"}, "demo", checks.UNSAFE),
    ({"PROXIES": "0"}, "no-proxies", checks.UNSAFE),
    ({"PROXIES": "nginx"}, "not-a-number", checks.WRONG),
    ({"THREADS": "0"}, "not-a-number", checks.WRONG),
    ({"TIMEOUT": "long"}, "not-a-number", checks.WRONG),
    ({"SMTP_URL": ""}, "no-smtp", checks.BROKEN),
    ({"MAIL_FROM": "portal@localhost"}, "mail-from", checks.BROKEN),
    ({"REDIS_URL": ""}, "limits-apart", checks.ADVICE),
    ({"CONTROLLER": ""}, "nobody-named", checks.ADVICE),
    ({"DATA_PROTECTION_OFFICER": ""}, "nobody-named", checks.ADVICE),
    ({"SECOND_STEP": "off"}, "no-second-step", checks.ADVICE),
)


@pytest.fixture(autouse=True)
def instance(tmp_path, monkeypatch):
    """A folder of its own, closed to others."""
    folder = tmp_path / "instance"
    folder.mkdir(mode=0o700)
    monkeypatch.setattr(config, "INSTANCE", folder)
    return folder


def found(changed=None, chosen=None):
    settings = GOOD | (changed or {})
    chosen = {"SECRET_KEY": KEY} if chosen is None else chosen
    return {one.code: one for one in checks.of_settings(settings, chosen)}


def test_a_good_set_up_has_nothing_to_mend():
    assert found() == {}
    assert found({"REDIS_URL": "", "WORKERS": "1"}) == {}
    assert found({"BIND": "unix:/run/meanwhile/web.sock"}) == {}
    assert found({"DATABASE_URL": "postgresql+psycopg://u@db.town.test/p?sslmode=require"}) == {}


@pytest.mark.parametrize(("changed", "code", "level"), BAD, ids=[str(bad[0]) for bad in BAD])
def test_each_bad_setting_is_told_alone(changed, code, level):
    told = found(changed)
    assert {one: told[one].level for one in told} == {code: level}
    assert told[code].sentence.endswith((".", "?"))
    assert next(iter(changed)) in told[code].sentence


def test_a_key_that_one_machine_made_for_itself_is_told_where_there_may_be_more():
    assert found(chosen={})["own-key"].level == checks.ADVICE
    alone = {"DATABASE_URL": "sqlite:////srv/portal.sqlite3", "REDIS_URL": "", "WORKERS": "1"}
    assert found(alone, chosen={}) == {}


def test_a_folder_or_file_that_others_may_read_is_unsafe(instance):
    instance.chmod(0o755)
    (instance / "secret-key").touch(mode=0o644)
    told = checks.of_settings(GOOD, {"SECRET_KEY": KEY})
    assert [(one.code, one.level) for one in told] == [("open-folder", checks.UNSAFE)] * 2
    assert f"chmod o= {instance}" in told[0].sentence


def test_only_what_is_unsafe_forbids_and_only_for_the_public():
    demo = GOOD | {"DEMO": "1"}
    assert [one.code for one in checks.forbidding(demo)] == ["demo"]
    assert checks.forbidding(demo | {"BASE_URL": "http://localhost:8000"}) == []
    assert checks.forbidding(GOOD | {"SMTP_URL": ""}) == []
    here = {"BASE_URL": "http://localhost:8000", "WORKERS": "many", "REDIS_URL": ""}
    assert [one.code for one in checks.forbidding(GOOD | here)] == ["not-a-number"]
    reached = {"BASE_URL": "http://localhost:8000", "BIND": "0.0.0.0:8000", "DEMO": "1"}
    assert [one.code for one in checks.forbidding(GOOD | reached)] == ["demo"]


def test_the_public_is_not_served_with_unsafe_settings(monkeypatch):
    served = []
    monkeypatch.setattr("portal.serving.run", lambda: served.append(True))
    for name, value in (GOOD | {"DATABASE_URL": "sqlite:////nowhere/p.sqlite3"}).items():
        monkeypatch.setenv(name, value)
    assert CliRunner().invoke(main, ["run"]).exit_code == 0
    monkeypatch.setenv("BASE_URL", "http://rooms.town.test")
    told = CliRunner().invoke(main, ["run"])
    assert (told.exit_code, served) == (1, [True])
    assert "https://" in told.stderr
    assert told.stderr.endswith("Not started. Mend these settings first.\n")


@pytest.fixture
def around(app):
    """What is found around an area in use, in which the timers have just run."""
    factories.area()
    service.give_role("ada@town.test", Role.ADMINISTRATOR)
    with transaction() as session:
        session.execute(text("DELETE FROM letter"))
    for what in (runs.TICK, runs.BACKUP):
        runs.ran(what)

    def look(**changed):
        settings = app.config | {"REDIS_URL": "", "WORKERS": "1"} | changed
        return {one.code: one for one in checks.of_surroundings(settings)}

    # The tests' clock stands still on a day in March; the database's does not.
    with clock.at(db.session.scalar(text("SELECT now()")) if postgresql() else clock.now()):
        for what in (runs.TICK, runs.BACKUP):
            runs.ran(what)
        yield look


def postgresql() -> bool:
    return db.engine.dialect.name == "postgresql"


def test_nothing_is_found_where_all_is_well(around, plenty):
    assert around() == {}


@pytest.fixture
def plenty(monkeypatch):
    """A disk with room."""
    disk(monkeypatch, free=50e9)


def disk(monkeypatch, free):
    usage = SimpleNamespace(total=100e9, used=100e9 - free, free=free)
    monkeypatch.setattr(around_us.shutil, "disk_usage", lambda _: usage)


def test_a_disk_that_is_nearly_full(around, monkeypatch):
    disk(monkeypatch, free=9e9)
    assert "9.0 GB of 100" in around()["disk-full"].sentence


def test_a_tick_that_has_not_run_for_an_hour(around, plenty):
    with clock.at(clock.now() + timedelta(minutes=59)):
        assert "no-tick" not in around()
    with clock.at(clock.now() + timedelta(minutes=61)):
        assert around()["no-tick"].level == checks.BROKEN


def test_timers_that_never_ran(around, plenty):
    with transaction() as session:
        session.execute(text("DELETE FROM last_run"))
    assert set(around()) == {"no-tick", "no-backup"}


def test_a_backup_of_the_day_before_yesterday(around, plenty):
    with transaction() as session:
        session.execute(
            runs.LastRun.__table__.update()
            .where(runs.LastRun.what == runs.BACKUP)
            .values(at=clock.now() - timedelta(days=2))
        )
    assert {code: one.level for code, one in around().items()} == {"no-backup": checks.ADVICE}


def test_letters_that_wait_although_there_is_a_mail_server(around, plenty):
    with transaction() as session:
        old = clock.now() - timedelta(hours=2)
        session.add(Letter(key="k", to="rosa@example.org", subject="s", body="b", written_at=old))
    assert "an hour: 1." in around(SMTP_URL="smtp://mail")["letters-wait"].sentence
    assert around(SMTP_URL="") == {}


def test_a_redis_that_is_away(around, plenty):
    assert set(around(REDIS_URL="redis://127.0.0.1:1/0")) == {"no-redis"}
    assert set(around(REDIS_URL="nonsense")) == {"no-redis"}


def test_a_database_of_another_revision(around, plenty):
    with transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0027'"))
    try:
        assert "portal migrate" in around()["not-migrated"].sentence
    finally:
        with transaction() as session:
            session.execute(
                text("UPDATE alembic_version SET version_num = :head"),
                {"head": migrate.head()},
            )


def test_an_area_that_is_not_there_or_has_nobody_to_run_it(around, plenty):
    assert "testing" in around(AREA="elsewhere")["no-area"].sentence
    assert around(AREA="testing") == {}
    with transaction() as session:
        session.execute(RoleGrant.__table__.delete())
    assert {code: one.level for code, one in around().items()} == {
        "no-administrator": checks.BROKEN
    }


def test_a_portal_that_has_no_area_yet(app):
    told = [one.sentence for one in around_us._area(app.config)]
    assert len(told) == 1
    assert "portal import-places" in told[0]


def test_more_workers_than_the_database_has_connections_for(around, plenty):
    told = around(WORKERS="200", THREADS="4")
    assert set(told) == ({"few-connections"} if postgresql() else set())


def test_a_pooler_that_is_away(around, plenty):
    if postgresql():
        away = "postgresql+psycopg://nobody@127.0.0.1:1/portal"
        assert set(around(POOLER_URL=away)) == {"no-pooler"}
        assert around(POOLER_URL=db.engine.url.render_as_string(hide_password=False)) == {}


def test_clocks_that_differ_and_an_extension_that_is_not_there(around, plenty, monkeypatch):
    if not postgresql():
        return  # SQLite has neither a clock nor extensions of its own
    monkeypatch.setattr(around_us, "EXTENSIONS", {"postgis", "btree_gist", "cheese"})
    with clock.at(clock.now() + timedelta(seconds=45)):
        told = around()
    assert set(told) == {"clocks-apart", "no-extension"}
    assert "45 seconds apart" in told["clocks-apart"].sentence
    assert "CREATE EXTENSION cheese" in told["no-extension"].sentence


def test_a_database_that_does_not_answer(around, plenty, monkeypatch):
    def away(*_):
        raise OperationalError("SELECT 1", {}, Exception("connection refused"))

    monkeypatch.setattr(db.session, "execute", away)
    assert around()["no-database"].sentence.endswith("connection refused.")


@pytest.fixture
def closed(monkeypatch):
    """Each command makes an application of its own; here they share a process, so their connections are closed."""
    made = []
    monkeypatch.setattr("portal.app.create_app", lambda: made.append(create_app()) or made[-1])
    yield
    for app in made:
        with app.app_context():
            db.engine.dispose()


def test_the_command_tells_all_as_sentences_and_as_json(app, monkeypatch, closed):
    for name, value in (GOOD | {"DEMO": "1", "REDIS_URL": ""}).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("DATABASE_URL", app.config["DATABASE_URL"])
    told = CliRunner().invoke(main, ["check"])
    assert told.exit_code == 1
    assert "unsafe: DEMO is on" in told.stdout
    listed = CliRunner().invoke(main, ["check", "--json"])
    assert listed.exit_code == 1
    report = json.loads(listed.stdout)
    assert report["well"] is False
    assert {"demo", "limits-apart", "no-tick"} <= {one["code"] for one in report["findings"]}


def test_two_machines_that_note_a_run_in_the_same_moment(app, monkeypatch):
    real = runs.update
    later = clock.now() + timedelta(minutes=1)

    def overtaken(table):
        monkeypatch.setattr(runs, "update", real)
        db.session.add(runs.LastRun(what=runs.TICK, at=later))
        db.session.flush()
        return real(table).where(table.what == "")

    runs.ran(runs.TICK)
    assert runs.last(runs.TICK) == clock.now()
    with transaction() as session:
        session.execute(text("DELETE FROM last_run"))
    monkeypatch.setattr(runs, "update", overtaken)
    runs.ran(runs.TICK)  # refused by the key, and quiet about it
