"""When the database or the disk will not: what kind of trouble it is, and what a page says of it, without the database."""

import errno
import sqlite3
from collections.abc import Callable
from enum import Enum, auto
from typing import NamedTuple

import psycopg
from flask import current_app, g, request
from flask_babel import gettext
from sqlalchemy import exc

from portal.db import AT_COMMIT


class Trouble(Enum):
    """What keeps the portal from its records."""

    AWAY = auto()
    BUSY = auto()
    FULL = auto()


class Told(NamedTuple):
    """What a page says of it: its title, what happened, and after how many seconds to try again."""

    title: Callable[[], str]
    sentence: Callable[[], str]
    seconds: int


TOLD = {
    Trouble.AWAY: Told(
        lambda: gettext("The portal cannot reach its records just now"),
        lambda: gettext(
            "This usually passes within minutes, and nothing that was kept is lost. Try again in a minute."
        ),
        30,
    ),
    Trouble.BUSY: Told(
        lambda: gettext("The portal is very busy just now"),
        lambda: gettext("Something large is being written, and this had to wait too long. Try again in a minute."),
        30,
    ),
    Trouble.FULL: Told(
        lambda: gettext("The portal has no room left to write"),
        lambda: gettext(
            "You can still read everything. Nothing new can be kept until whoever runs the portal has made room; "
            "their log says so. Try again later."
        ),
        600,
    ),
}  # fmt: skip

# By SQLite's own codes and PostgreSQL's classes of states; whatever stands in neither is a fault of ours.
SQLITE = {
    sqlite3.SQLITE_FULL: Trouble.FULL,
    sqlite3.SQLITE_IOERR_WRITE: Trouble.FULL,
    sqlite3.SQLITE_IOERR_FSYNC: Trouble.FULL,
    sqlite3.SQLITE_BUSY: Trouble.BUSY,
    sqlite3.SQLITE_BUSY_SNAPSHOT: Trouble.BUSY,
    sqlite3.SQLITE_BUSY_RECOVERY: Trouble.BUSY,
    sqlite3.SQLITE_LOCKED: Trouble.BUSY,
    sqlite3.SQLITE_CANTOPEN: Trouble.AWAY,
    sqlite3.SQLITE_IOERR: Trouble.AWAY,
    sqlite3.SQLITE_READONLY: Trouble.AWAY,
    sqlite3.SQLITE_CORRUPT: Trouble.AWAY,
    sqlite3.SQLITE_NOTADB: Trouble.AWAY,
}
POSTGRESQL = {
    "53100": Trouble.FULL,  # disk full
    "53": Trouble.BUSY,  # no connection or memory to spare
    "40": Trouble.BUSY,  # two writers in each other's way
    "55P03": Trouble.BUSY,  # a lock that did not come free
    "57014": Trouble.BUSY,  # taken longer than allowed
    "57P": Trouble.AWAY,  # shutting down, crashed, starting up
    "08": Trouble.AWAY,  # the connection
    "25006": Trouble.AWAY,  # a copy that may only be read: the servers are changing places
    "58": Trouble.AWAY,  # its own disk
    "XX": Trouble.AWAY,
}
NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def trouble_of(error: BaseException) -> Trouble | None:
    """What kind of trouble an error tells of; None where the fault is ours."""
    if isinstance(error, OSError) and error.errno in NO_ROOM:
        return Trouble.FULL
    if isinstance(error, exc.TimeoutError):
        return Trouble.BUSY
    if isinstance(error, exc.InvalidatePoolError):
        return Trouble.AWAY
    said = getattr(error, "orig", error)
    if isinstance(said, sqlite3.Error):
        code = getattr(said, "sqlite_errorcode", 0)
        return SQLITE.get(code, SQLITE.get(code & 0xFF))
    if isinstance(said, psycopg.Error):
        return _of_postgresql(said)
    return None


def said_by(error: BaseException) -> str:
    """What the database's driver said, in one line, for whoever runs the portal."""
    return str(getattr(error, "orig", error)).strip().partition("\n")[0]


def _of_postgresql(said: psycopg.Error) -> Trouble | None:
    if said.sqlstate is None:
        # The driver's own word: it could not connect, or was cut off.
        lost = isinstance(said, (psycopg.OperationalError, psycopg.InterfaceError))
        return Trouble.AWAY if lost else None
    states = (said.sqlstate, said.sqlstate[:3], said.sqlstate[:2])
    return next((POSTGRESQL[state] for state in states if state in POSTGRESQL), None)


def page_of(error: BaseException, trouble: Trouble) -> tuple[str, str, int, bool]:
    """Title, sentence, seconds to wait; whether we cannot know if what was sent is kept."""
    level = "critical" if trouble is Trouble.FULL else "error"
    getattr(current_app.logger, level)("%s at %s: %s", trouble.name, request.path, error)
    g.records_away = True
    told, sentences = TOLD[trouble], []
    writes = request.method not in ("GET", "HEAD")
    # What was asked to be kept when the connection broke may be kept or not; nobody here knows. And a page that reads
    # once more after its writing may break then.
    at_commit = trouble is Trouble.AWAY and AT_COMMIT in getattr(error, "__notes__", ())
    unsure = at_commit or (writes and g.get("kept", False))
    if unsure:
        sentences.append(
            gettext("We cannot tell whether what you sent was kept: look whether it is there before you send it again.")
        )  # fmt: skip
    elif writes:
        sentences.append(gettext("What you sent was not kept, nor any part of it."))
    return told.title(), " ".join([*sentences, told.sentence()]), told.seconds, unsure
