"""The rooms of an area in each process's memory, true the moment anybody commits: as plain rows and as columns of numbers.

Asking the database for ten thousand rooms takes a second, and what is said of them changes a few times a day. So they
are kept, and every search asks one question: how the register stands (its version, as `register.glance` does) and when
anything was last said of rooms beside it (`rooms_state`). Of a register that has changed only the rooms concerned are
read again.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from threading import Lock
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import shapely
from sqlalchemy import URL, select, text

from geo.crs import STORED
from geo.shapes import project
from portal.areas.rules import Nation
from portal.db import db, writing
from portal.register.models import Asset, AssetChange
from portal.venues.rooms import Room, rooms_for_hire, touching

Numbers = npt.NDArray[np.int64]
MOST_CHANGES = 500  # assets; more are quicker read whole
MOST_KEPT = 4  # areas kept in memory
UNKNOWN = -1

STATE = text(
    """SELECT a.nation, g.whole_at, g.version, r.born, r.at
       FROM area a JOIN register_state g ON g.area_id = a.id JOIN rooms_state r ON r.area_id = a.id WHERE a.id = :area"""
)


class State(NamedTuple):
    """How the register of an area stands, and what is said of rooms beside it."""

    nation: str
    whole_at: int
    version: int
    born: int
    said: int


class Places(NamedTuple):
    """What is held for rooms: of room n `leaves[first[n]:first[n + 1]]`, with minutes before and after."""

    first: Numbers
    leaves: Numbers
    before: Numbers
    after: Numbers

    def of(self, rows: Numbers) -> "Places":
        """Some of the rooms, in the order asked for."""
        count = np.diff(self.first)[rows]
        first = np.concatenate(([0], np.cumsum(count)))
        at = np.arange(first[-1]) + np.repeat(self.first[:-1][rows] - first[:-1], count)
        return Places(first, self.leaves[at], self.before[rows], self.after[rows])


def places(rooms: Sequence[Room]) -> Places:
    """What is held for these rooms."""
    first = np.concatenate(([0], np.cumsum([len(room.leaves) for room in rooms]))).astype(np.int64)
    leaves = np.array([leaf for room in rooms for leaf in room.leaves], np.int64)
    around = np.array([(room.before, room.after) for room in rooms], np.int64).reshape(-1, 2)
    return Places(first, leaves, around[:, 0], around[:, 1])


class Alike(NamedTuple):
    """Rooms that are the same in some respect: which kind each is of, and one room of each kind."""

    kind: Numbers
    examples: list[Room]

    def each(self, value: Callable[[Room], int], rows: Numbers) -> Numbers:
        """What a function of the rooms' likeness says of some rooms, asked once for each kind."""
        kind = self.kind[rows]
        found = np.zeros(len(self.examples), np.int64)
        there = np.flatnonzero(np.bincount(kind, minlength=len(found)))
        found[there] = [value(self.examples[one]) for one in there.tolist()]
        return found[kind]


@dataclass(frozen=True)
class Picture:
    """The rooms for hire, in the order of their keys, and the same as columns. UNKNOWN is what nobody has said."""

    state: State
    rooms: list[Room]
    capacity: Numbers
    by_name: Numbers  # each room's place among the names
    places: Places
    homes: Alike  # where it stands; many rooms are in one building
    shapes: npt.NDArray[np.object_]  # of each home, in metres; None where nobody has said
    stop_m: npt.NDArray[np.float64]  # metres to the nearest stop; NaN where none is near or known
    near: npt.NDArray[np.float64]  # the box around it: west, south, east, north
    inside: Alike  # what is in it: access and facilities
    doors: Alike  # its hours, with the time before and after
    prices: Alike

    def metres(self, lon: float, lat: float, rows: Numbers) -> npt.NDArray[np.float64]:
        """From a point (degrees) to the buildings of some rooms; NaN where nobody has said where it is."""
        epsg = Nation(self.state.nation).metric_epsg
        homes, where = np.unique(self.homes.kind[rows], return_inverse=True)
        point = project([shapely.Point(lon, lat)], STORED, epsg)[0]
        measured: npt.NDArray[np.float64] = shapely.distance(self.shapes[homes], point)[where]
        return measured

    def within(self, lon: float, lat: float, metres: float) -> npt.NDArray[np.bool_]:
        """Rooms whose building's box is that near, and those of which nobody has said where they are."""
        point = project([shapely.Point(lon, lat)], STORED, Nation(self.state.nation).metric_epsg)[0]
        west, south, east, north = self.near.T
        away = (
            np.maximum(np.maximum(west - point.x, point.x - east), 0),
            np.maximum(np.maximum(south - point.y, point.y - north), 0),
        )
        far: npt.NDArray[np.bool_] = np.hypot(*away) > metres
        return ~far


_kept: dict[tuple[URL, int], Picture] = {}
_lock = Lock()


def picture(area_id: int) -> Picture:
    """The rooms of an area, true now."""
    # By the session, not beside it: on SQLite what is read next is as old as the session's transaction, and must be
    # kept as what it is.
    state = State(*db.session.execute(STATE, {"area": area_id}).one())
    if writing():  # what is not committed yet is for nobody else
        return _seen(state, rooms_for_hire(area_id))
    key = db.engine.url, area_id
    known = _kept.get(key)
    if known is not None and _true(known.state, state):
        return known
    with _lock:
        known = _kept.get(key)
        if known is None or not _true(known.state, state):
            known = _changed(area_id, known, state) if known is not None else None
            known = known or _seen(state, rooms_for_hire(area_id))
            _kept.pop(key, None)
            _kept[key] = known
            for old in list(_kept)[:-MOST_KEPT]:
                del _kept[old]
    return known


def _true(mine: State, state: State) -> bool:
    """Whether what is in memory is as new as this state, or newer: then somebody else has looked since."""
    # The register counts up; `said` is a transaction's number on PostgreSQL, and the later of two may have the smaller.
    return mine == state._replace(version=mine.version) and mine.version >= state.version


def _changed(area_id: int, known: Picture, state: State) -> Picture | None:
    """The picture with what has changed read again; None when it must be read whole."""
    mine = known.state
    if state._replace(version=mine.version, whole_at=mine.whole_at) != mine:
        return None
    if not state.whole_at <= mine.version <= state.version:
        return None
    query = select(AssetChange.asset_id).distinct().where(AssetChange.area_id == area_id)
    since = AssetChange.version > mine.version, AssetChange.version <= state.version
    ids = set(db.session.scalars(query.where(*since).limit(MOST_CHANGES + 1)))
    if len(ids) > MOST_CHANGES:
        return None
    halls = {room.id for room in known.rooms if not ids.isdisjoint(room.leaves)}
    ids |= halls | _above(_above(ids) | ids)
    fresh = rooms_for_hire(area_id, touching(ids))
    gone = ids | {room.id for room in fresh}
    stay = [room for room in known.rooms if room.id not in gone]
    if not fresh and len(stay) == len(known.rooms):
        return replace(known, state=state)
    return _seen(state, sorted([*stay, *fresh], key=lambda room: room.id))


def _above(ids: Iterable[int]) -> set[int]:
    query = select(Asset.parent_id).where(Asset.id.in_(ids), Asset.parent_id.is_not(None))
    return set(db.session.scalars(query))


def _seen(state: State, rooms: list[Room]) -> Picture:
    homes = _alike(rooms, lambda room: room.shape)
    shapes = project([r.shape for r in homes.examples], STORED, Nation(state.nation).metric_epsg)
    by_name = np.empty(len(rooms), np.int64)
    by_name[sorted(range(len(rooms)), key=lambda n: rooms[n].name)] = np.arange(len(rooms))
    return Picture(
        state,
        rooms,
        np.array([UNKNOWN if r.capacity is None else r.capacity for r in rooms], np.int64),
        by_name,
        places(rooms),
        homes,
        shapes,
        np.array([room.stop.metres if room.stop else np.nan for room in rooms], float),
        shapely.bounds(shapes).reshape(-1, 4)[homes.kind],
        _alike(rooms, _inside),
        _alike(rooms, _door),
        _alike(rooms, lambda room: (room.pence_hour, room.rates, _door(room))),
    )


def _inside(room: Room) -> Hashable:
    access = room.step_free, room.hearing_loop, room.accessible_toilet
    return *access, room.changing_place, room.parking, room.facilities


def _door(room: Room) -> Hashable:
    return room.hours, room.before, room.after


def _alike(rooms: Sequence[Room], key: Callable[[Room], Hashable]) -> Alike:
    kinds: dict[Hashable, int] = {}
    kind = np.array([kinds.setdefault(key(room), len(kinds)) for room in rooms], np.int64)
    first = np.unique(kind, return_index=True)[1] if len(kind) else ()
    return Alike(kind, [rooms[n] for n in first])
