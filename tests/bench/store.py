"""The benchmark's register in migrated databases of both engines, and in a table for the other servers.

Written past the portal, because this is not what is measured: by COPY, and on SQLite with the triggers taken off for
the time. What triggers would have kept is brought up to date at the end.
"""

import hashlib
import io
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import lru_cache
from pathlib import Path

import pandas as pd
import psycopg
import shapely
from sqlalchemy import make_url

from portal.app import create_app
from portal.config import ROOT
from portal.db import db
from portal.migrate import upgrade
from portal.register.rules import tokens
from tests.bench import data

PEERS_TABLE = "peers.place"
# What a place of ours says about itself, as the other servers' table holds it.
PEERS_COLUMNS = (
    "id", "name", "kind", "status", "holder", "ward", "capacity", "step_free", "postcode", "land_m2", "shape",
)  # fmt: skip
CONSTANTS = {
    "area_id": 1, "outlier": False, "buffer_before_minutes": 0, "buffer_after_minutes": 0, "source_id": 1,
}  # fmt: skip
make = lru_cache(maxsize=2)(data.make)


@contextmanager
def databases(rows: int, engines: list[str], folder: Path, *, keep: bool) -> Iterator[dict]:
    """engine -> DATABASE_URL of a portal that holds the register; built when it is not there yet."""
    urls = {engine: BUILD[engine](rows, folder) for engine in engines}
    try:
        yield urls
    finally:
        if not keep:
            drop(rows, folder)


def drop(rows: int, folder: Path) -> None:
    """Take away what was built."""
    for path in folder.glob(f"register-{rows}.sqlite3*"):
        path.unlink()
    if server():
        with closing(psycopg.connect(server(), autocommit=True)) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {_name(rows, folder)} WITH (FORCE)")


def server() -> str:
    """The PostgreSQL server with PostGIS to build on; empty without one."""
    return os.environ.get("BENCH_DATABASE_URL") or os.environ.get("TEST_DATABASE_URL", "")


def _name(rows: int, folder: Path) -> str:
    return (
        f"meanwhile_bench_{rows}_{hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:6]}"
    )


def _stamp() -> str:
    """What the built data depends on: these programs, and the tables."""
    files = [
        *(Path(__file__).parent / name for name in ("data.py", "store.py")),
        *sorted((ROOT / "migrations" / "versions").glob("*.py")),
    ]
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


def _sqlite(rows: int, folder: Path) -> str:
    path = folder / f"register-{rows}.sqlite3"
    done = path.with_suffix(".stamp")
    url = f"sqlite:///{path}"
    if path.exists() and done.exists() and done.read_text() == _stamp():
        return url
    for old in (*folder.glob(path.name + "*"), done):
        old.unlink(missing_ok=True)
    _migrate(url)
    register = make(rows)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA synchronous=OFF")
        triggers = connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'asset'"
        ).fetchall()
        for name, _ in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        frame = _frame(register, shapely.to_wkb(register.shapes))
        columns = [frame[name].astype(object).where(frame[name].notna(), None) for name in frame]
        _insert(connection, "asset", list(frame), zip(*columns, strict=True))
        for _, sql in triggers:
            connection.execute(sql)
        connection.execute("INSERT INTO asset_words (asset_words) VALUES ('rebuild')")
        connection.execute("UPDATE register_state SET version = version + 1")
        connection.execute("UPDATE register_state SET whole_at = version")
        connection.execute("ANALYZE")
    done.write_text(_stamp())
    return url


def _insert(connection: sqlite3.Connection, table: str, columns: list[str], rows) -> None:
    marks = ", ".join("?" * len(columns))
    connection.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", rows)


def _postgresql(rows: int, folder: Path) -> str:
    name = _name(rows, folder)
    url = make_url(server()).set(database=name).render_as_string(hide_password=False)
    with closing(psycopg.connect(server(), autocommit=True)) as admin:
        found = admin.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s",
            (name,),
        ).fetchone()
        if found and found[0] == _stamp():
            return url
        admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        admin.execute(f"CREATE DATABASE {name}")
        _migrate(url)
        register = make(rows)
        with closing(psycopg.connect(url)) as connection, connection:
            # As an import does: the register says once that all is new.
            connection.execute("SET meanwhile.whole = 'on'")
            _copy(connection, "asset", _frame(register, _hex(register)))
            connection.execute("UPDATE register_state SET version = version + 1")
            connection.execute("UPDATE register_state SET whole_at = version")
            connection.execute(
                "SELECT setval('asset_id_seq', max(id)), setval('holder_id_seq', 1000) FROM asset"
            )
            _peers(connection)
        with closing(psycopg.connect(url, autocommit=True)) as connection:
            connection.execute("VACUUM ANALYZE")
        # Compiling takes longer than these queries; without it the other servers are half as fast again.
        admin.execute(f"ALTER DATABASE {name} SET jit = off")
        admin.execute(f"COMMENT ON DATABASE {name} IS '{_stamp()}'")
    return url


def _peers(connection: psycopg.Connection) -> None:
    """The same places with all that makes the other servers fast: a key, the GiST index, rows that lie near
    each other kept together, an index for the filters. They need no join for a holder's name.
    """
    connection.execute("CREATE SCHEMA peers")
    connection.execute(
        f"CREATE TABLE {PEERS_TABLE} AS SELECT a.id, a.name, a.kind, a.status, h.name AS holder, w.name AS ward, "
        "a.capacity, a.step_free, a.postcode, a.land_m2, a.shape "
        "FROM asset a JOIN holder h ON h.id = a.holder_id LEFT JOIN ward w ON w.id = a.ward_id "
        "WHERE a.shape IS NOT NULL ORDER BY ST_GeoHash(ST_Centroid(a.shape), 8)"
    )
    connection.execute(f"ALTER TABLE {PEERS_TABLE} ADD PRIMARY KEY (id)")
    connection.execute(f"CREATE INDEX place_shape ON {PEERS_TABLE} USING gist (shape)")
    connection.execute(f"CREATE INDEX place_kind_status ON {PEERS_TABLE} (kind, status)")


def _hex(register: data.Register):
    return shapely.to_wkb(shapely.set_srid(register.shapes, 4326), hex=True, include_srid=True)


def _copy(connection: psycopg.Connection, table: str, frame: pd.DataFrame) -> None:
    """A part at a time, so that the text of a million rows never stands in memory at once."""
    with connection.cursor().copy(f"COPY {table} ({', '.join(frame)}) FROM STDIN CSV") as copy:
        for start in range(0, len(frame), 100_000):
            out = io.StringIO()
            frame[start : start + 100_000].to_csv(out, index=False, header=False)
            copy.write(out.getvalue())


def _frame(register: data.Register, shapes) -> pd.DataFrame:
    """The rows of the table `asset`, with the words that are looked up."""
    assets = register.assets
    holders = pd.Series(data.holders(), index=range(1, data.HOLDERS + 1))
    said = (
        assets["name"]
        + " " + assets["street_number"] + " " + assets["street"] + " " + assets["postcode"]
        + " " + assets["holder_id"].map(holders) + " " + assets["code"]
    )  # fmt: skip
    moment = data.NOW.replace(tzinfo=None).isoformat(" ") + ".000000"
    return assets.assign(
        shape=shapes,
        words=[" ".join(tokens(text)) for text in said],
        name_key=assets["name"].str.lower().str[:80],
        created_at=moment,
        changed_at=moment,
        **CONSTANTS,
    )


def _migrate(url: str) -> None:
    """The tables; and the area with its holders and wards, through the portal's own models."""
    from portal.areas.models import Area, Ward
    from portal.people.models import Holder
    from portal.register.models import Source

    app = create_app(DATABASE_URL=url, SECRET_KEY="bench")
    with app.app_context():
        upgrade(db.engine)
        session = db.session
        session.add(Area(**data.AREA, boundary=data.ENGLAND))
        session.flush()
        session.add_all(Holder(area_id=1, name=name) for name in data.holders())
        session.add(Source(area_id=1, label="Benchmark", as_of=data.AS_OF, read_at=data.NOW))
        for number, (name, shape) in enumerate(data.wards(), 1):
            session.add(Ward(area_id=1, code=f"W{number}", name=name, shape=shape))
        session.commit()
        db.engine.dispose()


BUILD = {"postgresql": _postgresql, "sqlite": _sqlite}
