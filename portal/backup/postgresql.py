"""Backups of PostgreSQL: pg_dump and pg_restore of its own version, all of it as of one moment."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import sleep

from sqlalchemy import create_engine, text
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DBAPIError

from portal import clock
from portal.db import prepare
from portal.errors import RuleBroken

PART = "database.dump"
# Where Debian, Red Hat and Homebrew put the tools of several versions side by side.
HOMES = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/*postgres*/bin")
TABLES = """
SELECT c.relname FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace
AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.classid = 'pg_class'::regclass AND d.deptype = 'e')
"""
EXTENSIONS = ("postgis", "btree_gist")
# What of a dump is PostGIS's own, and may not be written by whoever owns the database.
NOT_OURS = (" EXTENSION ", " spatial_ref_sys ")
TRIES = 20  # to have a database for ourselves


def tool(name: str, server: int) -> str:
    """The newest tool that is no older than the server; its own version before any other."""
    found = {}
    places = [Path(path) for home in HOMES for path in sorted(Path("/").glob(home[1:]))]
    if on_path := shutil.which(name):
        places.insert(0, Path(on_path).parent)
    for place in places:
        if (place / name).exists():
            said = _said([str(place / name), "--version"])
            if version := re.search(r"(\d+)(?:\.|\s|$)", said):
                found.setdefault(int(version[1]), str(place / name))
    newer = sorted(version for version in found if version >= server)
    if not newer:
        raise RuleBroken(
            "no-client-tools",
            "%(name)s %(server)s or newer is needed for this server; here is %(found)s. On Debian: apt-get install "
            "postgresql-client-%(server)s.",
            name=name, server=server, found=max(found, default="none"),
        )  # fmt: skip
    return found[newer[0]]


def _said(command: list[str], **more: str) -> str:
    """What a tool of PostgreSQL's prints; what it finds wrong, as our refusal."""
    done = subprocess.run(  # noqa: S603 - a tool that we found, with words of our own
        command, env=os.environ | more, capture_output=True, text=True, check=False
    )
    if done.returncode:
        lines = done.stderr.splitlines()
        told = [line for line in lines if "error" in line.lower()] or lines or [""]
        name = Path(command[0]).name
        raise RuleBroken("tool-failed", "%(tool)s says: %(told)s", tool=name, told=told[0].strip())
    return done.stdout


def _major(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.exec_driver_sql("SHOW server_version_num").scalar_one()) // 10000


def _run(engine: Engine, command: list[str]) -> None:
    """Run a tool on a database; its password goes where no list of processes shows it."""
    _, said = engine.dialect.create_connect_args(engine.url)
    known = {
        "host": "PGHOST",
        "port": "PGPORT",
        "user": "PGUSER",
        "password": "PGPASSWORD",
        "dbname": "PGDATABASE",
    }
    more = {
        "sslmode": "PGSSLMODE",
        "sslrootcert": "PGSSLROOTCERT",
        "sslcert": "PGSSLCERT",
        "sslkey": "PGSSLKEY",
    }
    names = known | more
    _said(command, **{names[key]: str(value) for key, value in said.items() if key in names})


@contextmanager
def dumped(engine: Engine, folder: Path) -> Iterator[tuple[Path, Connection]]:
    """(The part, a connection that sees what is in it): both look at one snapshot."""
    pg_dump = tool("pg_dump", _major(engine))
    out = folder / PART
    out.touch(mode=0o600)
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        snapshot = connection.exec_driver_sql("SELECT pg_export_snapshot()").scalar_one()
        _run(
            engine,
            [pg_dump, "--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}", f"--file={out}",
             f"--dbname={engine.url.database}"],
        )  # fmt: skip
        yield out, connection


def tables(connection: Connection) -> list[str]:
    """The names of the tables, without those of PostGIS."""
    return sorted(connection.exec_driver_sql(TABLES).scalars())


def is_empty(engine: Engine) -> bool:
    """Whether there is nothing to lose."""
    with engine.connect() as connection:
        return not tables(connection)


def faults(connection: Connection) -> list[str]:  # noqa: ARG001 - as the other engine's
    """PostgreSQL checks all it is told as it is told it."""
    return []


def _load(engine: Engine, part: Path) -> None:
    """Everything of the part, or nothing. Extensions are made by us: an owner may use what only others may make."""
    pg_restore = tool("pg_restore", _major(engine))
    with _allowed(), engine.begin() as connection:
        for extension in EXTENSIONS:
            connection.exec_driver_sql(f"CREATE EXTENSION IF NOT EXISTS {extension}")
    listed = _said([pg_restore, "--list", str(part)])
    wanted = part.with_suffix(".list")
    lines = (line for line in listed.splitlines() if not any(word in line for word in NOT_OURS))
    wanted.write_text("\n".join(lines))
    _run(
        engine,
        [pg_restore, "--single-transaction", "--no-owner", "--no-privileges", f"--use-list={wanted}",
         f"--dbname={engine.url.database}", str(part)],
    )  # fmt: skip


@contextmanager
def scratch(engine: Engine, part: Path) -> Iterator[Engine]:
    """A database of the part's own, gone afterwards."""
    name = f"{engine.url.database}_scratch_{os.getpid()}"
    with _admin(engine) as admin:
        _create(admin, name)
        made = _engine(engine, name)
        try:
            _load(made, part)
            yield made
        finally:
            made.dispose()
            admin.exec_driver_sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@contextmanager
def restored(engine: Engine, part: Path, *, empty: bool) -> Iterator[Engine]:
    """The part in a database beside the present one; the two change names when the block ends well."""
    if empty:
        engine.dispose()
        _load(engine, part)
        yield engine
        return
    name = str(engine.url.database)
    new = f"{name}_restoring_{os.getpid()}"
    with _admin(engine) as admin:
        _create(admin, new)
        made = _engine(engine, new)
        try:
            _load(made, part)
            yield made
            made.dispose()
            engine.dispose()
            kept = f"{name}_before_{clock.now():%Y%m%dT%H%M%SZ}"
            _swap(admin, name, new, kept)
            made.update_execution_options(kept=kept)
        finally:
            made.dispose()
            admin.exec_driver_sql(f'DROP DATABASE IF EXISTS "{new}" WITH (FORCE)')


def _swap(admin: Connection, name: str, new: str, kept: str) -> None:
    """Both names in one transaction. Whoever is connected is sent away first, since a database in use keeps its name."""
    away = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name")
    for left in reversed(range(TRIES)):
        admin.execute(away, {"name": name})
        try:
            admin.exec_driver_sql("BEGIN")
            admin.exec_driver_sql(f'ALTER DATABASE "{name}" RENAME TO "{kept}"')
            admin.exec_driver_sql(f'ALTER DATABASE "{new}" RENAME TO "{name}"')
            admin.exec_driver_sql("COMMIT")
        except DBAPIError as error:
            admin.exec_driver_sql("ROLLBACK")
            if not left or getattr(error.orig, "sqlstate", "") != "55006":
                raise
            sleep(0.2)
        else:
            return


def _create(admin: Connection, name: str) -> None:
    """From the server's usual template, in which somebody who may has put PostGIS."""
    with _allowed():
        admin.exec_driver_sql(f'CREATE DATABASE "{name}"')


@contextmanager
def _allowed() -> Iterator[None]:
    """What the user may not do, in a sentence."""
    try:
        yield
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", "") != "42501":
            raise
        raise RuleBroken(
            "may-not-create",
            "The user of DATABASE_URL may not make a second database to work in. An administrator of the server lets it: "
            "ALTER ROLE … CREATEDB, and in template1: CREATE EXTENSION postgis, CREATE EXTENSION btree_gist. Or restore "
            "to an empty database that they have made.",
        ) from error


@contextmanager
def _admin(engine: Engine) -> Iterator[Connection]:
    """A connection beside the database, which no transaction of ours is around."""
    beside = _engine(engine, "postgres", isolation_level="AUTOCOMMIT")
    try:
        with beside.connect() as connection:
            yield connection
    finally:
        beside.dispose()


def _engine(engine: Engine, name: str, **options: str) -> Engine:
    made = create_engine(engine.url.set(database=name), **options)
    prepare(made)
    return made


def ready(engine: Engine) -> None:
    """What must hold before anything is begun: tools that are no older than the server."""
    for name in ("pg_dump", "pg_restore"):
        tool(name, _major(engine))
