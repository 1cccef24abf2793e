"""The demonstration: built the same twice, kept when started again, and every printed link signs in."""

import socket
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from threading import Event
from threading import enumerate as enumerate_threads

import pytest

from portal import clock, config
from portal.demo import build, start
from portal.demo.cast import GROUPS
from portal.errors import BadInput
from tests.conftest import CheckedClient

# All in one worker, where the demonstration is built once for them.
pytestmark = pytest.mark.xdist_group("demo")

THE_DAY = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
# Tokens are secrets, and so differ; all else must not.
# A register's version begins at a number that no earlier database had.
SECRET = ("sign_in_link", "register_state", "asset_change", "rooms_state")
BASE_URL = "http://127.0.0.1:8123"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """One built demonstration, for all tests of this file to read."""
    return _build(tmp_path_factory.mktemp("instance"))


def _build(instance):
    with pytest.MonkeyPatch.context() as patch, clock.at(THE_DAY):
        patch.setattr(config, "INSTANCE", instance)
        slug, files = build.files_of(None, None, None, None, None)
        build.application(slug, files, BASE_URL)
        return instance / f"demo-{slug}.sqlite3"


def _rows(path):
    with sqlite3.connect(path) as database:
        named = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        tables = sorted(name for (name,) in named if name not in SECRET)
        return {name: database.execute(f'SELECT * FROM "{name}"').fetchall() for name in tables}


def test_is_built_the_same_twice(made, tmp_path):
    first, second = _rows(made), _rows(_build(tmp_path))
    assert first.keys() == second.keys()
    for table, rows in first.items():
        assert rows == second[table], table


def test_cases_and_lets_stand_in_many_states(made):
    rows = _rows(made)
    cases = [row[_column(made, "proposal", "state")] for row in rows["proposal"]]
    assert cases == [
        "in_use", "refused", "granted_by_default", "agreement", "under_test", "on_notice",
        "returned", "lodged", "draft",
    ]  # fmt: skip
    lets = [row[_column(made, "room_let", "state")] for row in rows["room_let"]]
    assert lets == ["ended", "running", "confirmed", "deposit_due", "declined", "requested"]
    asked = [
        row[_column(made, "ownership_question", "state")] for row in rows["ownership_question"]
    ]
    assert asked == ["answered", "not_established", "overdue", "sent_on", "asked"]


def _column(path, table, name):
    with sqlite3.connect(path) as database:
        columns = database.execute(f"PRAGMA table_info({table})").fetchall()
    return next(number for number, column, *_ in columns if column == name)


def test_a_start_that_was_interrupted_leaves_no_half_built_town(tmp_path, monkeypatch):
    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(build, "fill", stop)
    with pytest.raises(KeyboardInterrupt):
        _build(tmp_path)
    assert not list(tmp_path.glob("*.sqlite3"))


def test_every_printed_link_signs_somebody_in(made):
    app = build.app_on(made, "thornmere", BASE_URL)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.test_client_class = CheckedClient
    found = list(start.links(app))
    assert {role for role, _, _ in found} == {
        "Administrator", "Broker", "Officer", "Panel", "Chair", "Organiser", "Resident",
        "Keyholder",
    }  # fmt: skip
    assert len(found) == 8 + len(GROUPS)
    for _, who, link in found:
        assert link.startswith(f"{BASE_URL}/")
        with app.app_context():
            _signs_in(app.test_client(), link.removeprefix(BASE_URL), who)


def _signs_in(client, path, who):
    assert client.send(path, {}).status_code == 302
    assert who.split(",")[0] in client.get("/account").get_data(as_text=True)


def test_a_second_start_goes_on_where_the_first_was_left(made, monkeypatch, capsys):
    monkeypatch.setattr(config, "INSTANCE", made.parent)
    before = _rows(made)
    with clock.at(THE_DAY):
        build.application("thornmere", None, BASE_URL)
    assert "Going on where" in capsys.readouterr().out
    assert _rows(made) == before


@pytest.mark.parametrize(
    "harm",
    [
        "ALTER TABLE proposal DROP COLUMN costs",
        "DROP TABLE signature",
        "UPDATE alembic_version SET version_num = '0999'",
    ],
)
def test_a_database_of_another_version_is_put_aside(made, tmp_path, monkeypatch, capsys, harm):
    path = tmp_path / made.name
    with closing(sqlite3.connect(made)) as whole, closing(sqlite3.connect(path)) as other:
        whole.backup(other)
        other.execute(harm)
        other.commit()
    monkeypatch.setattr(build, "fill", lambda *_: None)
    _build(tmp_path)
    assert "of another version" in capsys.readouterr().out
    assert path.exists()
    assert path.with_suffix(".old.sqlite3").exists()


def test_deadlines_happen_while_it_is_shown_and_one_fault_does_not_stop_them(
    made, monkeypatch, caplog
):
    thrice, times = Event(), []

    def tick():
        times.append(1)
        if len(times) == 1:
            raise ZeroDivisionError
        if len(times) == 3:
            thrice.set()

    monkeypatch.setattr(build, "tick", tick)
    with start.ticking(build.app_on(made, "thornmere", BASE_URL), every=0.01):
        assert thrice.wait(10)
    so_far = len(times)
    assert "ZeroDivisionError" in caplog.text
    assert "ticker" not in {thread.name for thread in enumerate_threads()}
    assert len(times) == so_far


def test_a_taken_port_is_told_in_a_sentence():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(BadInput, match="something else may be using it"):
            start.listen(other.getsockname()[1])


def test_real_files_need_a_register():
    with pytest.raises(BadInput):
        build.files_of("Somewhere", None, None, None, None)


@pytest.mark.data
def test_real_files_get_invented_rooms_marked_as_such(open_data, tmp_path, monkeypatch):
    monkeypatch.setattr(config, "INSTANCE", tmp_path)
    folder = open_data / "trafford"
    slug, files = build.files_of(
        "Trafford",
        folder / "local_authority_2023_generalised.geojson",
        folder / "wards_2023_generalised.geojson",
        folder / "postcodes_onspd_2025.csv",
        folder / "land_and_building_assets.csv",
    )
    build.application(slug, files)
    rows = _rows(tmp_path / f"demo-{slug}.sqlite3")
    assert len(rows["asset"]) > 608
    assert len(rows["proposal"]) == 9
    assert len(rows["room_let"]) == 6
    assert any("invented for the demonstration" in str(row) for row in rows["source"])
