"""Which of an area's rooms suit a wish, for all of them at once; only the rooms that are shown get their sentences.

What is in a room's way is said by `reasons.Because` and nowhere else. Here it is only counted: what many rooms have in
common (what is in them, their doors, their price) is asked of one room of each kind, and what differs from room to room
(place, size, what is taken) is compared as numbers. A test holds both against each other, room by room.
"""

from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol, overload

import numpy as np
import numpy.typing as npt

from portal.lettings.reasons import AT_THE_DOOR, Because
from portal.lettings.rules import ACCESS, Wish, price_of
from portal.lettings.walltime import minutes_between
from portal.venues.hours import Door
from portal.venues.picture import UNKNOWN, Picture
from portal.venues.rooms import Room

Rows = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Metres = npt.NDArray[np.float64]


class Doors(Protocol):
    """What the doors of a room do on every date."""

    def of(self, room: Room) -> Sequence[Door]:
        """Of each date."""

    def lets_in(self, room: Room) -> bool:
        """Whether they let people in on every one."""


@dataclass(frozen=True)
class Asked:
    """What a search asks of rooms: the dates, and what is said of a room's doors on each and of its price."""

    wish: Wish
    dates: Sequence[date]
    doors: Doors
    price: Callable[[Room], int]
    step_m: int  # distances are compared in these steps
    some_dates: Container[str]  # what is in the way on some dates only
    by_date: Container[str]  # what another day or hour may mend


@dataclass(frozen=True)
class Sifted:
    """Of some rooms: how much is in the way of each, on how many dates it cannot be had, and whether dates alone are it:
    in one respect, or in any that another day or hour may mend.
    """

    obstacles: Rows
    lost: Rows
    dated: Bools
    by_date: Bools
    metres: Metres
    order: Rows  # their places, best first

    def those(self, wanted: Bools) -> Rows:
        """The places of those that are wanted, best first."""
        found: Rows = self.order[wanted[self.order]]
        return found


def sift(picture: Picture, rows: Rows, asked: Asked, metres: Metres, held: Bools) -> Sifted:
    """What is in the way of these rooms, and which of them come first."""
    wish = asked.wish
    price, kind = np.unique(prices(picture, rows, asked), return_inverse=True)
    dear = np.array([_count(wish, int(one), "price") for one in price], np.int64)[kind]
    people = picture.capacity[rows]
    door, gone = _at_the_doors(picture, rows, asked), held.any(axis=1)
    others = (
        picture.inside.each(lambda room: _count(wish, room, "access", "facilities"), rows)
        + dear
        + ((people == UNKNOWN) | (people < wish.people))
        + (np.zeros(len(rows), bool) if wish.lon is None else ~(metres <= wish.within_m))
    )
    obstacles = others + gone + door.obstacles
    lost = (held | ~door.open).sum(axis=1)
    dated = (gone & (door.obstacles == 0)) | (~gone & door.dated)
    by_date = (others == 0) & (obstacles > 0) & door.by_date
    order = best_first(picture, rows, asked, metres)
    return Sifted(obstacles, lost, dated, by_date, metres, order)


def best_first(picture: Picture, rows: Rows, asked: Asked, metres: Metres) -> Rows:
    """The places of these rooms: the least to walk, the nearest, the cheapest, the one that fits closest, by name."""
    wish, people = asked.wish, picture.capacity[rows]
    steps = np.nan_to_num(metres // asked.step_m)
    spare = np.where(people == UNKNOWN, 0, people) - wish.people
    # Who needs a step-free way comes by bus or tram, or from nearby: what is left to walk counts first.
    walk = np.fmin(metres, picture.stop_m[rows]) if wish.step_free else metres
    walks = np.nan_to_num(walk // asked.step_m)
    order: Rows = np.lexsort(
        (picture.by_name[rows], spare, prices(picture, rows, asked), steps, walks)
    )
    return order


def prices(picture: Picture, rows: Rows, asked: Asked) -> Rows:
    """Pence for one meeting in each of these rooms."""
    minutes = minutes_between(asked.wish.starts, asked.wish.ends)
    pence = picture.tariffs.each(
        lambda room: price_of(room.pence_for(asked.wish.group_kind), minutes), rows
    )
    if not picture.for_nothing.all():
        paid = np.flatnonzero(~picture.for_nothing[picture.doors.kind[rows]])
        pence[paid] = picture.prices.each(asked.price, rows[paid])
    return pence


def willing(picture: Picture, asked: Asked) -> Rows:
    """The rows of rooms that have nothing in their way, whoever holds them."""
    wish = asked.wish
    facts = tuple(name for name in ACCESS if getattr(wish, name))
    suits = picture.has(facts, wish.facilities) & (picture.capacity >= max(wish.people, 0))
    if wish.lon is not None and wish.lat is not None:
        suits &= picture.within(wish.lon, wish.lat, wish.within_m)
    rows = np.flatnonzero(suits)
    price = prices(picture, rows, asked)
    rows = rows[(price == 0) | (price <= wish.max_pence)]
    found: Rows = rows[picture.entries.each(asked.doors.lets_in, rows).astype(bool)]
    return found


@dataclass(frozen=True)
class _Doors:
    open: Bools  # of each room on each date
    obstacles: Rows
    dated: Bools
    by_date: Bools  # nothing, or what another day or hour may mend


def _at_the_doors(picture: Picture, rows: Rows, asked: Asked) -> _Doors:
    """Most rooms have the same few patterns of dates on which their doors are shut: each is told of once."""
    patterns: dict[tuple[Door, ...], int] = {}
    pattern = picture.doors.each(
        lambda room: patterns.setdefault(tuple(asked.doors.of(room)), len(patterns)), rows
    )
    codes = [_shut(asked, doors) for doors in patterns]
    opens = [[one in AT_THE_DOOR for one in doors] for doors in patterns]
    some = [bool(said) and all(code in asked.some_dates for code in said) for said in codes]
    mend = [all(code in asked.by_date for code in said) for said in codes]
    return _Doors(
        np.array(opens, bool).reshape(len(patterns), len(asked.dates))[pattern],
        np.array([len(said) for said in codes], np.int64)[pattern],
        np.array(some, bool)[pattern],
        np.array(mend, bool)[pattern],
    )


def _shut(asked: Asked, doors: Sequence[Door]) -> list[str]:
    because = Because()
    because.dates(asked.dates, [False] * len(asked.dates), doors)
    return [obstacle.code for obstacle in because.obstacles]


def _count(wish: Wish, what: Any, *aspects: str) -> int:
    because = Because()
    for aspect in aspects:
        getattr(because, aspect)(wish, what)
    return len(because.obstacles)


class Lazily(Sequence[Any]):
    """As many as there are rows, each made when somebody looks at it."""

    def __init__(self, rows: Rows, make: Callable[[Rows], Sequence[Any]]) -> None:
        self.rows, self.make = rows, make

    def __len__(self) -> int:
        return len(self.rows)

    @overload
    def __getitem__(self, at: int) -> Any: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Any, ...]: ...
    def __getitem__(self, at: int | slice) -> Any:
        if isinstance(at, slice):
            return tuple(self.make(self.rows[at]))
        return self.make(self.rows[at : at + 1 or None])[0]

    def __iter__(self) -> Iterator[Any]:
        return iter(self[:])

    def __eq__(self, other: object) -> bool:
        return self[:] == tuple(other) if isinstance(other, Sequence) else NotImplemented

    __hash__ = None  # type: ignore[assignment]


class Joined(Lazily):
    """One after the other; the first is not looked at before it must be."""

    def __init__(self, first: Sequence[Any], then: Sequence[Any]) -> None:
        def make(places: Rows) -> list[Any]:
            cut = len(first)
            return [first[at] if at < cut else then[at - cut] for at in places.tolist()]

        super().__init__(np.arange(len(first) + len(then)), make)


def hopeful(picture: Picture, wish: Wish, reach: float) -> Rows:
    """The rows of rooms that may be near at least: neither too small, nor surely without the access, nor farther away."""
    far = np.zeros(len(picture.rooms), bool)
    if wish.lon is not None and wish.lat is not None:
        far = ~picture.may_be_within(wish.lon, wish.lat, reach)
    small = (picture.capacity != UNKNOWN) & (picture.capacity < wish.people)
    rows = np.flatnonzero(~(far | small))
    return rows[~picture.inside.each(lambda room: _lacks(wish, room), rows).astype(bool)]


def _lacks(wish: Wish, room: Room) -> bool:
    because = Because()
    because.access(wish, room)
    return any(obstacle.code == "no-access" for obstacle in because.obstacles)
