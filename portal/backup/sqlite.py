"""Backups of SQLite: by its online backup, which gives one moment of a database that others go on writing to."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import create_engine, event
from sqlalchemy.engine import Connection, Engine

from portal import clock
from portal.backup import archive
from portal.db import prepare
from portal.errors import BadInput, RuleBroken

PART = "database.sqlite3"
# What each table that is ours holds; the index of words is made of tables of its own, which hold nothing else.
TABLES = "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"


@contextmanager
def dumped(engine: Engine, folder: Path) -> Iterator[tuple[Path, Connection]]:
    """(The part, a connection that sees what is in it)."""
    copy = folder / PART
    copy.touch(mode=0o600)
    with (
        closing(engine.raw_connection()) as source,
        closing(sqlite3.connect(copy)) as target,
    ):
        source.driver_connection.backup(target)  # in one go: one moment, and no writer waits for it
        target.execute("PRAGMA journal_mode=DELETE")
    with _opened(copy) as connection:
        yield copy, connection


def tables(connection: Connection) -> list[str]:
    """The names of the tables."""
    return sorted(connection.exec_driver_sql(TABLES).scalars())


@contextmanager
def scratch(engine: Engine, part: Path) -> Iterator[Engine]:  # noqa: ARG001 - as the other engine's
    """A database of the part's own, gone afterwards: the part itself is one."""
    with _engine(part) as made:
        yield made


def faults(connection: Connection) -> list[str]:
    """What SQLite itself finds wrong."""
    found = list(connection.exec_driver_sql("PRAGMA integrity_check").scalars())
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    return [row for row in found if row != "ok"] + [str(tuple(row)) for row in broken[:5]]


@contextmanager
def restored(engine: Engine, part: Path, *, empty: bool) -> Iterator[Engine]:
    """The part as a database beside the present one; it takes its place when the block ends well."""
    place = Path(engine.url.database or "")
    new = place.with_name(f".{place.name}.restoring")
    part.replace(new)
    try:
        with _engine(new) as made:
            yield made
        _alone(place)
        _settle(new)
        if not empty:
            os.link(place, kept := _free_name(place))
            archive.sync_folder(place.parent)
            made.update_execution_options(kept=str(kept))
        new.replace(place)
        archive.sync_folder(place.parent)
    finally:
        new.unlink(missing_ok=True)


def _free_name(place: Path) -> Path:
    return place.with_name(f"{place.name}.before-{clock.now():%Y-%m-%dT%H%M%SZ}")


def _alone(place: Path) -> None:
    """Make sure that nobody has the database open, and that all of it is in its one file."""
    beside = [place.with_name(place.name + end) for end in ("-wal", "-shm")]
    try:
        with closing(sqlite3.connect(place, timeout=2)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
            raise RuleBroken(
                "database-in-use",
                "Something still has the database open. Stop the workers and the timer, then try again.",
            ) from error
        raise
    except sqlite3.DatabaseError:
        # It is damaged, which is why a backup is put back. What lies beside it must never be taken for the new one's.
        for path in beside:
            if path.exists():
                path.replace(_free_name(place).with_name(path.name + ".damaged"))


def _settle(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
    with path.open("rb") as file:
        os.fsync(file.fileno())


def is_empty(engine: Engine) -> bool:
    """Whether there is nothing to lose: no file, or one without tables. A file that cannot be read is not empty."""
    if not Path(engine.url.database or "").exists():
        return True
    try:
        with engine.connect() as connection:
            return not tables(connection)
    except Exception as error:
        if isinstance(getattr(error, "orig", None), sqlite3.DatabaseError):
            return False
        raise


@contextmanager
def _opened(path: Path) -> Iterator[Connection]:
    with _engine(path) as engine, engine.connect() as connection:
        yield connection


@contextmanager
def _engine(path: Path) -> Iterator[Engine]:
    engine = create_engine(f"sqlite:///{path}")
    prepare(engine)
    event.listen(engine, "connect", lambda raw, _record: raw.execute("PRAGMA journal_mode=DELETE"))
    try:
        yield engine
    finally:
        engine.dispose()


def ready(engine: Engine) -> None:
    """What must hold before anything is begun: a database in a file."""
    if not engine.url.database or engine.url.database == ":memory:":
        raise BadInput("no-file", "DATABASE_URL names no file: there is nothing to keep.")
