"""What is held, in each process's memory: three columns of numbers in the order of time, true the moment anybody commits.

Whoever asks about thirteen Thursdays looks at the holds of thirteen Thursdays, a few hundred each, wherever the rooms
are; that takes less than a millisecond of a million holds. Holds are kept to the minute, outwards; the few that are
longer than a day's use (blockings) stand apart, for they may have begun any time before.

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

LONG = 8 * 60  # minutes; holds that are longer stand apart
NEVER = np.iinfo(np.int64).max
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
MINUTE = {
    "postgresql": "floor(extract(epoch FROM h.starts) / 60)::int, ceil(extract(epoch FROM h.ends) / 60)::int",
    "sqlite": "CAST(strftime('%s', h.starts) AS INTEGER) / 60, (CAST(strftime('%s', h.ends) AS INTEGER) + 59) / 60",
}
HOLDS = "SELECT h.room_id, {minutes} FROM hold h {which}"
OF_AREA = "JOIN asset a ON a.id = h.room_id WHERE a.area_id = {}"
OF_ROOMS = "WHERE h.room_id IN ({})"


class _Changes(NamedTuple):
    """How far the database is, and the rooms that have changed, each with when it last did."""

    born: int
    now: int
    rooms: dict[int, int]


class Holds(NamedTuple):
    """Holds in the order in which they begin, in minutes since 1970."""

    rooms: Numbers
    starts: Numbers
    ends: Numbers

    def where(self, mask: Bools) -> "Holds":
        """Some of them."""
        return Holds(*(column[mask] for column in self))

    @property
    def longest(self) -> int:
        """Minutes that the longest of them takes."""
        return int((self.ends - self.starts).max(initial=0))

    def between(
        self, lows: Numbers, highs: Numbers, longest: int, leaves: Bools
    ) -> tuple[Numbers, Numbers]:
        """Those of these rooms that may meet one of these spans, when none is longer than that: which hold, which span."""
        first = np.searchsorted(self.starts, lows - longest + 1).tolist()
        after = np.searchsorted(self.starts, highs).tolist()
        slices = [slice(*edges) for edges in zip(first, after, strict=True)]
        rooms = np.concatenate([self.rooms[one] for one in slices])
        mine = np.flatnonzero(leaves.take(rooms, mode="clip"))
        # How far each slice is from where it comes to lie, and which of them a hold is in.
        count = np.array(after) - first
        ends = np.cumsum(count)
        span = np.searchsorted(ends, mine, side="right")
        found = mine + (np.array(after) - ends)[span]
        meets = self.ends[found] > lows[span]
        return found[meets], span[meets]


@dataclass(frozen=True)
class Slots:
    """The holds of an area. All that was committed before `since` is in them, and of what came later what is `seen`."""

    born: int
    since: int
    seen: dict[int, int]
    short: Holds
    long: Holds
    longest: tuple[int, int]  # minutes; none of either is longer

    def held(self, at: Places, starts: Numbers, ends: Numbers) -> Bools:
        """Whether each place (row) is held in each span (column; minutes since 1970), its time before and after included."""
        result = np.zeros((len(at.before), len(starts)), bool)
        if not result.size:
            return result
        row_of = np.repeat(np.arange(len(at.before)), np.diff(at.first))
        order = np.argsort(at.leaves, kind="stable")
        leaves, row_of = at.leaves[order], row_of[order]
        wanted = np.zeros(leaves[-1] + 2, bool)  # the last stands for all rooms with a higher key
        wanted[leaves] = True
        lows, highs = starts - at.before.max(), ends + at.after.max()
        for holds, longest in zip((self.short, self.long), self.longest, strict=True):
            if not longest:
                continue
            which, span = holds.between(lows, highs, longest, wanted)
            # A half is a place of its own and part of its hall.
            first = np.searchsorted(leaves, holds.rooms[which])
            count = np.searchsorted(leaves, holds.rooms[which], side="right") - first
            which, span = np.repeat(which, count), np.repeat(span, count)
            turn = np.arange(len(which)) - np.repeat(np.cumsum(count) - count, count)
            row = row_of[np.repeat(first, count) + turn]
            clash = (holds.starts[which] < ends[span] + at.after[row]) & (
                holds.ends[which] > starts[span] - at.before[row]
            )
            result[row[clash], span[clash]] = True
        return result


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
    return current(area_id).held(places(rooms), *minutes(spans))


def minutes(spans: Sequence[tuple[datetime, datetime]]) -> tuple[Numbers, Numbers]:
    """When spans begin and end in minutes since 1970, outwards."""
    starts = np.array([int(start.timestamp()) // 60 for start, _ in spans], np.int64)
    ends = np.array([-(int(-end.timestamp()) // 60) for _, end in spans], np.int64)
    return starts, ends


def current(area_id: int) -> Slots:
    """What is held in an area, true now."""
    key = db.engine.url, area_id
    with _lock:
        known = _kept.pop(key, None)
        found = _changes(area_id, known.since if known else NEVER)
        if known is None or found.born != known.born or found.now < known.since:
            known = None
        elif news := [r for r, at in found.rooms.items() if known.seen.get(r) != at]:
            known = _changed(known, news) if len(news) <= MOST_CHANGES else None
        known = known or _whole(area_id, found.born)
        seen = {room: at for room, at in found.rooms.items() if at >= found.now}
        if (known.since, known.seen) != (found.now, seen):
            known = replace(known, since=found.now, seen=seen)
        _kept[key] = known
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
    holds = _read(OF_AREA.format(area_id))
    short, long = _apart(holds)
    return Slots(born, 0, {}, short, long, (short.longest, long.longest))


def _apart(holds: Holds) -> tuple[Holds, Holds]:
    long = holds.ends - holds.starts > LONG
    return holds.where(~long), holds.where(long)


def _changed(known: Slots, rooms: Iterable[int]) -> Slots:
    """The holds of these rooms read again."""
    keys = np.array(sorted(rooms), np.int64)
    short, long = _apart(_read(OF_ROOMS.format(", ".join(map(str, keys)))))
    return replace(
        known,
        short=_instead(known.short, keys, short),
        long=_instead(known.long, keys, long),
        longest=(max(known.longest[0], short.longest), max(known.longest[1], long.longest)),
    )


def _instead(old: Holds, keys: Numbers, fresh: Holds) -> Holds:
    at = np.minimum(np.searchsorted(keys, old.rooms), len(keys) - 1)
    stay = old.where(keys[at] != old.rooms)
    places = np.searchsorted(stay.starts, fresh.starts)
    return Holds(*(np.insert(mine, places, new) for mine, new in zip(stay, fresh, strict=True)))


def _read(which: str) -> Holds:
    """These holds, in order."""
    dialect = db.engine.dialect.name
    query = HOLDS.format(minutes=MINUTE[dialect], which=which)
    parts = [np.empty((0, 3), np.int64)]
    # A connection of its own, for the session's transaction may end; and the driver's own rows, which need no names.
    with db.engine.connect() as connection:
        driver = connection.connection.driver_connection
        stream: dict[str, Any] = {"name": "holds"} if dialect == "postgresql" else {}
        with closing(driver.cursor(**stream)) as cursor:
            cursor.execute(query)
            while rows := cursor.fetchmany(CHUNK):
                parts.append(np.array(rows, np.int64))
    holds = np.concatenate(parts)
    holds = holds[np.argsort(holds[:, 1], kind="stable")]
    return Holds(*(np.ascontiguousarray(column) for column in holds.T))


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
