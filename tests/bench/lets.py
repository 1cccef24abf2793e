"""Rooms and what is booked in them: seeded, ten thousand rooms with a million holds by default.

Rooms stand in buildings of four, around one town; every tenth is a hall with two halves. Each hold is one date of a
weekly booking of 20 to 80 weeks within two years, in the evening more often than not, at any five minutes. Written past
the portal, by COPY and with SQLite's triggers off, because this is not what is measured.
"""

import hashlib
import sqlite3
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import psycopg
import shapely
from sqlalchemy import make_url

from portal.config import ROOT
from tests.bench import data, store

SEED = 20260302
LONDON = ZoneInfo("Europe/London")
TOWN = (-2.35, 53.40)
SPREAD = (0.09, 0.05)  # degrees
ROOMS_A_BUILDING = 4
HALLS = 0.1
FIRST_MONDAY, WEEKS = date(2026, 9, 7), 104
SLOTS = (time(9), time(11), time(13, 30), time(16), time(18), time(20))
WANTED = (1, 1, 1, 2, 6, 3)  # how often each is asked for
HIRE = ("Mo-Su 08:00-22:30", "Mo-Fr 08:00-22:30; PH off", "Mo-Sa 09:00-22:15", "Mo-Su 08:00-23:00; PH off",
        "Mo,We,Th 17:00-22:30", "Mo-Fr 17:00-22:00; Sa,Su 08:00-22:00")  # fmt: skip
PUBLIC = ("Mo-Fr 09:00-17:00; PH off", "Mo-Sa 09:00-18:00; PH off", "Mo-Fr 08:30-20:00; PH off")
POSTCODES = 400


@dataclass(frozen=True)
class Lets:
    """What is written into a portal's database. `holds` are room, starts and ends, in seconds since 1970."""

    assets: pd.DataFrame
    shapes: np.ndarray
    holds: np.ndarray
    postcodes: list[tuple[str, float, float]]

    @property
    def rooms(self) -> pd.DataFrame:
        return self.assets[self.assets["kind"] == "room"]


def make(rooms: int, holds: int) -> Lets:
    """The same each time for the same numbers."""
    rng = np.random.default_rng((SEED, rooms))
    buildings = -(-rooms // ROOMS_A_BUILDING)
    spots = rng.normal(TOWN, SPREAD, (buildings, 2)).round(6)
    frame = pd.concat([_buildings(rng, buildings), _rooms(rng, rooms, buildings)])
    frame = frame.reset_index(drop=True)
    home = np.concatenate((np.arange(buildings), np.arange(rooms) // ROOMS_A_BUILDING))
    shapes = np.asarray(shapely.points(spots[home]), dtype=object)
    outline = shapely.box(*(spots - 0.0002).T, *(spots + 0.0002).T)
    shapes[:buildings] = outline
    for side, column in zip(
        ("west", "south", "east", "north"), shapely.bounds(shapes).T, strict=True
    ):
        frame[side] = column
    around = rng.normal(TOWN, SPREAD, (POSTCODES, 2)).round(6)
    postcodes = [(f"M{n // 10 + 1}{n % 10}AA", *spot) for n, spot in enumerate(around.tolist())]
    halls = set(frame["parent_id"].dropna()) - set(range(1, buildings + 1))
    leaves = np.array([key for key in frame["id"][buildings:] if key not in halls])
    return Lets(frame, shapes, _holds(rng, leaves, holds), postcodes)


def _buildings(rng: np.random.Generator, count: int) -> pd.DataFrame:
    key = np.arange(1, count + 1)
    return pd.DataFrame(
        {
            "id": key, "kind": "building", "status": "occupied", "code": [f"B{n:06}" for n in key],
            "name": [f"Building {n}" for n in key], "holder_id": rng.integers(1, data.HOLDERS + 1, count),
            "public_hours": rng.choice(PUBLIC, count), "opener": "caretaker",
        }
    )  # fmt: skip


def _rooms(rng: np.random.Generator, count: int, buildings: int) -> pd.DataFrame:
    number = np.arange(count)
    key, home = number + buildings + 1, number // ROOMS_A_BUILDING + 1
    # Every tenth building but one room: a hall, and the two rooms after it are its halves.
    hall = (number % ROOMS_A_BUILDING == 0) & (rng.random(count) < HALLS * ROOMS_A_BUILDING)
    hall &= number + 2 < count
    parent = home.copy()
    for half in (1, 2):
        parent[half:] = np.where(hall[:-half], key[:-half], parent[half:])
    capacity = pd.array(rng.integers(5, 120, count)).astype("Int64")
    capacity[rng.random(count) < 0.05] = pd.NA
    checked = rng.random((3, count))
    facts = [np.where(one < 0.5, True, np.where(one < 0.8, False, None)) for one in checked]
    return pd.DataFrame(
        {
            "id": key, "kind": "room", "status": "under_used", "code": [f"R{n:06}" for n in key],
            "name": rng.choice(data.THINGS["room"], count) + [f" {n}" for n in key],
            "holder_id": rng.integers(1, data.HOLDERS + 1, count), "parent_id": parent, "capacity": capacity,
            "step_free": facts[0], "hearing_loop": facts[1], "accessible_toilet": facts[2],
            "hire_hours": rng.choice(HIRE, count), "opener": "caretaker",
            "price_pence_hour": rng.choice((0, 0, 0, 500, 1200), count),
            "buffer_before_minutes": rng.choice((0, 0, 15), count),
            "buffer_after_minutes": rng.choice((0, 0, 30), count),
        }
    )  # fmt: skip


def _holds(rng: np.random.Generator, leaves: np.ndarray, count: int) -> np.ndarray:
    """Weekly bookings of different rooms, days and hours, so that none meets another."""
    each_week = [(day, slot) for day in range(7) for slot in range(len(SLOTS))]
    weight = np.tile([WANTED[slot] for _, slot in each_week], len(leaves)).astype(float)
    series = min(len(weight), count // 50 * 12 // 10 + 1)
    chosen = rng.choice(len(weight), series, replace=False, p=weight / weight.sum())
    weeks = rng.integers(20, 81, series)
    begin = (rng.random(series) * (WEEKS - weeks)).astype(int)
    late, long = rng.integers(0, 4, series) * 5, rng.choice((60, 90, 105), series)
    instants = _instants()
    parts = []
    for which, first, number, minutes, length in zip(chosen, begin, weeks, late, long, strict=True):
        day, slot = each_week[which % len(each_week)]
        starts = (
            instants[slot, first * 7 + day : (first + number) * 7 + day : 7][:number] + minutes * 60
        )
        room = np.full(len(starts), leaves[which // len(each_week)])
        parts.append(np.column_stack((room, starts, starts + length * 60)))
    return np.concatenate(parts)[:count]


def _instants() -> np.ndarray:
    """When each slot begins on each day, in seconds since 1970: wall time, through the changes of the clocks."""
    days = [FIRST_MONDAY + timedelta(days=n) for n in range((WEEKS + 1) * 7)]
    return np.array(
        [[int(datetime.combine(day, slot, LONDON).timestamp()) for day in days] for slot in SLOTS]
    )


@contextmanager
def databases(rooms: int, holds: int, engines: list[str], folder: Path, *, keep: bool):
    """engine -> DATABASE_URL of a portal that holds them; built when it is not there yet."""
    name = f"lets-{rooms}-{holds}"
    urls = {engine: BUILD[engine](name, rooms, holds, folder) for engine in engines}
    try:
        yield urls
    finally:
        if not keep:
            drop(name, folder)


def drop(name: str, folder: Path) -> None:
    """Take away what was built."""
    for path in folder.glob(f"{name}.*"):
        path.unlink()
    if store.server():
        with closing(psycopg.connect(store.server(), autocommit=True)) as admin:
            admin.execute(f"DROP DATABASE IF EXISTS {_database(name, folder)} WITH (FORCE)")


def _database(name: str, folder: Path) -> str:
    mark = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:6]
    return f"meanwhile_bench_{name.replace('-', '_')}_{mark}"


def _stamp() -> str:
    files = [Path(__file__), *sorted((ROOT / "migrations" / "versions").glob("*.py"))]
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


def _frame(made: Lets, shapes) -> pd.DataFrame:
    moment = data.NOW.replace(tzinfo=None).isoformat(" ") + ".000000"
    zero = {
        name: made.assets[name].fillna(0).astype(int)
        for name in ("buffer_before_minutes", "buffer_after_minutes")
    }
    whole = {
        name: made.assets[name].astype("Int64")
        for name in ("parent_id", "capacity", "price_pence_hour")
    }
    return made.assets.assign(
        **zero, **whole, area_id=1, outlier=False, source_id=1, located_by="coordinates", shape=shapes,
        words=made.assets["name"].str.lower(), name_key=made.assets["name"].str.lower(),
        created_at=moment, changed_at=moment,
    )  # fmt: skip


def _sqlite(name: str, rooms: int, holds: int, folder: Path) -> str:
    path, done = folder / f"{name}.sqlite3", folder / f"{name}.stamp"
    url = f"sqlite:///{path}"
    if path.exists() and done.exists() and done.read_text() == _stamp():
        return url
    for old in folder.glob(f"{name}.*"):
        old.unlink()
    store._migrate(url)
    made = make(rooms, holds)
    cause = _cause(url)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA synchronous=OFF")
        triggers = connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN ('asset', 'hold')"
        ).fetchall()
        for trigger, _ in triggers:
            connection.execute(f"DROP TRIGGER {trigger}")
        frame = _frame(made, shapely.to_wkb(made.shapes))
        columns = [frame[c].astype(object).where(frame[c].notna(), None) for c in frame]
        store._insert(connection, "asset", list(frame), zip(*columns, strict=True))
        rows = ((cause, int(room), _text(starts), _text(ends)) for room, starts, ends in made.holds)
        store._insert(connection, "hold", ["occurrence_id", "room_id", "starts", "ends"], rows)
        store._insert(
            connection,
            "postcode",
            ["area_id", "code", "lon", "lat"],
            [(1, *p) for p in made.postcodes],
        )
        for _, sql in triggers:
            connection.execute(sql)
        connection.execute(
            "UPDATE register_state SET whole_at = version + 1, version = version + 1"
        )
        connection.execute("UPDATE rooms_state SET born = born + 1")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("ANALYZE")
    done.write_text(_stamp())
    return url


def _text(seconds: int) -> str:
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


def _postgresql(name: str, rooms: int, holds: int, folder: Path) -> str:
    database = _database(name, folder)
    url = make_url(store.server()).set(database=database).render_as_string(hide_password=False)
    with closing(psycopg.connect(store.server(), autocommit=True)) as admin:
        query = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s"
        found = admin.execute(query, (database,)).fetchone()
        if found and found[0] == _stamp():
            return url
        admin.execute(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")
        admin.execute(f"CREATE DATABASE {database}")
        store._migrate(url)
        made, cause = make(rooms, holds), _cause(url)
        shapes = shapely.to_wkb(shapely.set_srid(made.shapes, 4326), hex=True, include_srid=True)
        with closing(psycopg.connect(url)) as connection, connection:
            connection.execute("SET meanwhile.whole = 'on'")
            store._copy(connection, "asset", _frame(made, shapes))
            table = pd.DataFrame(made.holds, columns=["room_id", "starts", "ends"])
            for side in ("starts", "ends"):
                table[side] = pd.to_datetime(table[side], unit="s", utc=True)
            store._copy(connection, "hold", table.assign(occurrence_id=cause))
            store._copy(
                connection,
                "postcode",
                pd.DataFrame(made.postcodes, columns=["code", "lon", "lat"]).assign(area_id=1),
            )
            connection.execute(
                "UPDATE register_state SET whole_at = version + 1, version = version + 1"
            )
            connection.execute("SELECT setval('asset_id_seq', max(id)) FROM asset")
        with closing(psycopg.connect(url, autocommit=True)) as connection:
            connection.execute("VACUUM ANALYZE")
        admin.execute(f"COMMENT ON DATABASE {database} IS '{_stamp()}'")
    return url


def _cause(url: str) -> int:
    """A date of a let, which every hold of the benchmark is for."""
    from portal.app import create_app
    from portal.db import db
    from portal.lettings.models import Let, Need, Occurrence
    from portal.lettings.rules import Insurance, LetState
    from portal.people.models import Group, User
    from portal.people.rules import GroupKind
    from portal.register.models import Asset
    from portal.register.rules import Kind, Status

    moment, day = data.NOW, FIRST_MONDAY
    with create_app(DATABASE_URL=url, SECRET_KEY="bench").app_context():
        session = db.session
        user = User(email="bench@example.org", created_at=moment)
        group = Group(
            area_id=1, name="Bench", kind=GroupKind.UNCONSTITUTED, private=True, created_at=moment
        )
        room = Asset(
            id=9_000_000, area_id=1, holder_id=1, kind=Kind.LAND, status=Status.OCCUPIED, code="NONE", name="None",
            created_at=moment, changed_at=moment,
        )  # fmt: skip
        session.add_all((user, group, room))
        session.flush()
        need = Need(
            area_id=1, group_id=group.id, weekday=0, starts=time(9), ends=time(10), first=day, last=day, people=1,
            created_at=moment,
        )  # fmt: skip
        let = Let(
            area_id=1, room_id=room.id, group_id=group.id, need=need, asked_by_id=user.id, asked_at=moment,
            state=LetState.CONFIRMED, price_pence=0, insurance=Insurance.VENUE, safeguarding_at=moment,
            occurrences=[Occurrence(on=day, starts=moment, ends=moment + timedelta(hours=1))],
        )  # fmt: skip
        session.add(let)
        session.commit()
        found = let.occurrences[0].id
        session.close()
        db.engine.dispose()
    return found


BUILD = {"postgresql": _postgresql, "sqlite": _sqlite}
