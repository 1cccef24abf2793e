"""What is held, in each process's memory: two sorted arrays of numbers, true the moment anybody commits.

A hold is two numbers: its room's key and the second at which it ends, and the same with its start, the key in the
upper bits. Holds of one room never overlap, so in order of their ends they are in order of their starts too, and
whether a room is held between two instants is one look into a sorted array: the first hold that ends after the one
begins before the other, or nothing is in the way. A million holds are sixteen megabytes; nothing is rounded.

The database's triggers write down when a room's holds last changed (hold_change), and each search asks what has since.
On PostgreSQL these are numbers of transactions: they are committed in any order, so what is asked for begins at the
first one that was not yet over when it was asked last. What has changed is read again before anything is answered.
"""

from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from sqlalchemy import URL, select

from portal.db import alone, db, writing
from portal.lettings.models import Hold
from portal.venues.picture import Places, places
from portal.venues.rooms import Room

Bools = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.int64]

BITS = 33  # of the seconds since 1970: until the year 2242
LAST = np.iinfo(np.int64).max
MOST_CHANGES = 2000  # rooms; more are quicker read whole
MOST_KEPT = 4  # areas kept in memory
CHUNK = 50_000

# How far things are, then each room that has changed since.
CHANGES = """SELECT 0, born, {now} FROM rooms_state WHERE area_id = ?
 UNION ALL SELECT room_id, at, 0 FROM hold_change WHERE at >= ?"""
NOW = {
    "postgresql": "pg_snapshot_xmin(pg_current_snapshot())::text::bigint",
    "sqlite": "(SELECT COALESCE(MAX(at), 0) + 1 FROM hold_change)",
}
SECOND = {
    "postgresql": "floor(extract(epoch FROM h.{}))::bigint",
    "sqlite": "CAST(strftime('%s', h.{}) AS INTEGER)",
}
HOLDS = """SELECT (CAST(h.room_id AS bigint) << {bits}) + {ends}, (CAST(h.room_id AS bigint) << {bits}) + {starts}
 FROM hold h {which}"""
OF_AREA = "JOIN asset a ON a.id = h.room_id WHERE a.area_id = {}"
OF_ROOMS = "WHERE h.room_id IN ({})"


class _Changes(NamedTuple):
    """How far the database is, and the rooms that have changed, each with when it last did."""

    born: int
    now: int
    rooms: dict[int, int]


@dataclass(frozen=True)
class Slots:
    """The holds of an area. All that was committed before `since` is in them, and of what came later what is `seen`."""

    born: int
    since: int
    seen: dict[int, int]
    ends: Numbers
    starts: Numbers  # of the same holds, and one that nothing comes after

    def held(self, rooms: Numbers, lows: Numbers, highs: Numbers) -> Bools:
        """Whether each room (which cannot be divided) is held between these seconds: one row for each."""
        key = (rooms << BITS)[:, None]
        first = np.searchsorted(self.ends, key + lows, side="right")
        clash: Bools = self.starts[first] < key + highs
        return clash


_kept: dict[tuple[URL, int], Slots] = {}
_lock = Lock()


def taken(area_id: int, rooms: Sequence[Room], spans: Sequence[tuple[datetime, datetime]]) -> Bools:
    """Whether each room (row) is held by others in each span (column), its own time before and after included.

    Raises nothing. Spans are (starts, ends) in UTC. Inside a transaction that writes the database itself is asked, so
    that what was written before counts.
    """
    if not (rooms and spans):
        return np.zeros((len(rooms), len(spans)), dtype=bool)
    if writing():
        return _asked(rooms, spans)
    return taken_at(current(area_id), places(rooms), spans)


def taken_at(slots: Slots, at: Places, spans: Sequence[tuple[datetime, datetime]]) -> Bools:
    """The same for places that are known already."""
    starts, ends = (
        np.array([int(i.timestamp()) for i in side], np.int64).reshape(1, -1)
        for side in (zip(*spans, strict=True) if spans else ((), ()))
    )
    count = np.diff(at.first)
    before, after = (np.repeat(b * 60, count)[:, None] for b in (at.before, at.after))
    held = slots.held(at.leaves, starts - before, ends + after)
    if len(at.leaves) == len(count) or not len(count):
        return held
    return np.logical_or.reduceat(held, at.first[:-1], axis=0)


def current(area_id: int) -> Slots:
    """What is held in an area, true now."""
    key = db.engine.url, area_id
    with _lock:
        known = _kept.pop(key, None)
        found = _changes(area_id, known.since if known else LAST)
        if known is None or found.born != known.born or found.now < known.since:
            known = None
        elif news := [r for r, at in found.rooms.items() if known.seen.get(r) != at]:
            known = _changed(known, news) if len(news) <= MOST_CHANGES else None
        known = known or _whole(area_id, found.born)
        seen = {room: at for room, at in found.rooms.items() if at >= found.now}
        known = _kept[key] = replace(known, since=found.now, seen=seen)
        for old in list(_kept)[:-MOST_KEPT]:
            del _kept[old]
    return known


def _changes(area_id: int, since: int) -> _Changes:
    query = CHANGES.format(now=NOW[db.engine.dialect.name])
    born, now, rooms = 0, 0, {}
    for room_id, at, how_far in alone(query, (area_id, since)):
        if room_id:
            rooms[room_id] = at
        else:
            born, now = at, how_far
    return _Changes(born, now, rooms)


def _whole(area_id: int, born: int) -> Slots:
    ends, starts = _read(OF_AREA.format(area_id))
    return Slots(born, 0, {}, ends, np.append(starts, LAST))


def _changed(known: Slots, rooms: Iterable[int]) -> Slots:
    """The holds of these rooms read again."""
    keys = np.array(sorted(rooms), np.int64)
    ends, starts = _read(OF_ROOMS.format(", ".join(map(str, keys))))
    stay = np.ones(len(known.ends), bool)
    edges = np.searchsorted(known.ends, np.stack((keys, keys + 1)) << BITS)
    for low, high in edges.T.tolist():
        stay[low:high] = False
    old = known.ends[stay]
    places = np.searchsorted(old, ends)
    old_starts = known.starts[:-1][stay]
    return replace(
        known,
        ends=np.insert(old, places, ends),
        starts=np.append(np.insert(old_starts, places, starts), LAST),
    )


def _read(which: str) -> tuple[Numbers, Numbers]:
    """Two numbers of each of these holds, in order."""
    dialect = db.engine.dialect.name
    starts, ends = (SECOND[dialect].format(column) for column in ("starts", "ends"))
    query = HOLDS.format(bits=BITS, starts=starts, ends=ends, which=which)
    parts = [np.empty((0, 2), np.int64)]
    # A connection of its own, for the session's transaction may end; and the driver's own rows, which need no names.
    with db.engine.connect() as connection:
        driver = connection.connection.driver_connection
        stream: dict[str, Any] = {"name": "holds"} if dialect == "postgresql" else {}
        with closing(driver.cursor(**stream)) as cursor:
            cursor.execute(query)
            while rows := cursor.fetchmany(CHUNK):
                parts.append(np.array(rows, np.int64))
    both = np.concatenate(parts)
    both = both[np.argsort(both[:, 0], kind="stable")]
    return np.ascontiguousarray(both[:, 0]), np.ascontiguousarray(both[:, 1])


def _asked(rooms: Sequence[Room], spans: Sequence[tuple[datetime, datetime]]) -> Bools:
    """The same answer from the database as this transaction sees it, for the few rooms that an action asks about."""
    most = timedelta(minutes=max(max(room.before, room.after) for room in rooms))
    query = select(Hold.room_id, Hold.starts, Hold.ends).where(
        Hold.room_id.in_({leaf for room in rooms for leaf in room.leaves}),
        Hold.starts < max(end for _, end in spans) + most,
        Hold.ends > min(start for start, _ in spans) - most,
    )
    held: dict[int, list[tuple[datetime, datetime]]] = {}
    for leaf, starts, ends in db.session.execute(query):
        held.setdefault(leaf, []).append((starts, ends))
    return np.array([[_clash(room, span, held) for span in spans] for room in rooms], bool)


def _clash(
    room: Room,
    span: tuple[datetime, datetime],
    held: dict[int, list[tuple[datetime, datetime]]],
) -> bool:
    low = span[0] - timedelta(minutes=room.before)
    high = span[1] + timedelta(minutes=room.after)
    return any(s < high and e > low for leaf in room.leaves for s, e in held.get(leaf, ()))
