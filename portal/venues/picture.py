"""The rooms of an area in each process's memory, true the moment anybody commits: as plain rows and as columns of numbers.

Asking the database for ten thousand rooms takes a second, and what is said of them changes a few times a day. So they
are kept, and every search asks one question: how the register stands (its version, as `register.glance` does) and when
anything was last said of rooms beside it (`rooms_state`). Of a register that has changed only the rooms concerned are
read again.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from threading import Lock
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import shapely
from sqlalchemy import URL, select

from geo.crs import STORED, transformer
from geo.shapes import project
from portal.areas.rules import Nation
from portal.db import db, writing
from portal.register.models import Asset, AssetChange
from portal.venues.rooms import Room, rooms_for_hire, touching

Numbers = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
MOST_CHANGES = 500  # assets; more are quicker read whole
MOST_KEPT = 4  # areas kept in memory
MOST_COLUMNS = 64
UNKNOWN = -1
A_MILLIMETRE = 0.001

STATE = """SELECT a.nation, g.whole_at, g.version, r.born, r.at
 FROM area a JOIN register_state g ON g.area_id = a.id JOIN rooms_state r ON r.area_id = a.id WHERE a.id = {:d}"""


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
    boxes: npt.NDArray[np.float64]  # of each home, in metres: west, south, east, north
    inside: Alike  # what is in it: access and facilities
    doors: Alike  # its hours, with the time before and after
    entries: Alike  # the same as far as it decides whether one gets in
    tariffs: Alike  # what an hour costs, and for whom
    prices: Alike  # the same with its doors, for somebody may ask money for opening them
    columns: dict[Hashable, npt.NDArray[Any]] = field(default_factory=dict)  # what was asked before

    def metres(self, lon: float, lat: float, rows: Numbers) -> npt.NDArray[np.float64]:
        """From a point (degrees) to the buildings of some rooms; NaN where nobody has said where it is."""
        homes, where = np.unique(self.homes.kind[rows], return_inverse=True)
        point = self._point(lon, lat)
        measured: npt.NDArray[np.float64] = shapely.distance(self.shapes[homes], point)[where]
        return measured

    def may_be_within(self, lon: float, lat: float, metres: float) -> Bools:
        """Rooms whose building's box is that near, and those of which nobody has said where they are."""
        point = self._point(lon, lat)
        return ~(self._to_boxes(point.x, point.y) > metres**2)[self.homes.kind]

    def within(self, lon: float, lat: float, metres: float) -> Bools:
        """Rooms whose building is that near; measured where the boxes alone do not say so."""
        point = self._point(lon, lat)
        x, y = point.x, point.y
        near = self._to_boxes(x, y) <= (metres + A_MILLIMETRE) ** 2
        some = np.flatnonzero(near)
        west, south, east, north = self.boxes[:, some]
        corner = np.maximum(x - west, east - x) ** 2 + np.maximum(y - south, north - y) ** 2
        edge = some[corner > max(metres - A_MILLIMETRE, 0) ** 2]
        near[edge] = shapely.distance(self.shapes[edge], point) <= metres
        found: Bools = near[self.homes.kind]
        return found

    def _to_boxes(self, x: float, y: float) -> npt.NDArray[np.float64]:
        """Square metres: how far each home's box is, squared."""
        west, south, east, north = self.boxes
        across = np.maximum(np.maximum(west - x, x - east), 0)
        along = np.maximum(np.maximum(south - y, y - north), 0)
        squared: npt.NDArray[np.float64] = across**2 + along**2
        return squared

    def _point(self, lon: float, lat: float) -> shapely.Point:
        pair = transformer(STORED, Nation(self.state.nation).metric_epsg).transform(lon, lat)
        return shapely.Point(*pair)

    @cached_property
    def keys(self) -> Numbers:
        """The rooms' keys."""
        return np.array([room.id for room in self.rooms], np.int64)

    @cached_property
    def for_nothing(self) -> Bools:
        """Of each kind of door: nobody asks money for opening it."""
        return np.array(
            [not any(key.pence for key in room.hours.keys) for room in self.doors.examples], bool
        )

    def has(self, facts: tuple[str, ...], facilities: tuple[str, ...]) -> Bools:
        """Rooms of which somebody has said that they have all of this."""
        wanted = facts, facilities
        found = self.columns.get(wanted)
        if found is None:
            each = [
                all(getattr(room, name) for name in facts)
                and room.facilities.issuperset(facilities)
                for room in self.inside.examples
            ]
            found = np.array(each, bool)[self.inside.kind]
            if len(self.columns) < MOST_COLUMNS:
                self.columns[wanted] = found
        return found


_kept: dict[tuple[URL, int], Picture] = {}
_lock = Lock()


def picture(area_id: int) -> Picture:
    """The rooms of an area, true now."""
    # By the session, not beside it: on SQLite what is read next is as old as the session's transaction, and must be
    # kept as what it is.
    state = State(*db.session.connection().exec_driver_sql(STATE.format(area_id)).one())
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
        np.ascontiguousarray(shapely.bounds(shapes).reshape(-1, 4).T),
        _alike(rooms, _inside),
        _alike(rooms, _door),
        _alike(rooms, _entry),
        _alike(rooms, lambda room: (room.pence_hour, room.rates)),
        _alike(rooms, lambda room: (room.pence_hour, room.rates, _door(room))),
    )


def _inside(room: Room) -> Hashable:
    access = room.step_free, room.hearing_loop, room.accessible_toilet
    return *access, room.changing_place, room.parking, room.facilities


def _door(room: Room) -> Hashable:
    return room.hours, room.before, room.after


def _entry(room: Room) -> Hashable:
    # Where somebody always opens it is all the same when the building is open anyway.
    hours = room.hours
    public = None if hours.opener and not hours.keys else hours.public
    return hours._replace(public=public), room.before, room.after


def _alike(rooms: Sequence[Room], key: Callable[[Room], Hashable]) -> Alike:
    kinds: dict[Hashable, int] = {}
    kind = np.array([kinds.setdefault(key(room), len(kinds)) for room in rooms], np.int64)
    first = np.unique(kind, return_index=True)[1] if len(kind) else ()
    return Alike(kind, [rooms[n] for n in first])
