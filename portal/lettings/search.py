"""Which rooms meet a need for its whole term, why, and which come near.

`find` is the one door. Rooms and what is held come from memory (venues/picture.py, slots.py), true as of this search;
the database still decides when a room is booked. A wish for one day and hour is sifted as numbers for all rooms at once
(sieve.py), and only those that are looked at get their sentences.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property, partial
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt

from geo.shapes import distances
from portal import clock
from portal.areas.models import Area
from portal.lettings import sieve, slots, walltime
from portal.lettings.entrances import Doors, doors
from portal.lettings.finding import windows
from portal.lettings.reasons import AT_THE_DOOR, Because
from portal.lettings.rules import Reason, Wish, price_of
from portal.lettings.slots import taken
from portal.register.models import Asset
from portal.venues.picture import picture
from portal.venues.rooms import Room, rooms_for_hire

Bools = npt.NDArray[np.bool_]

# A near miss has one thing in its way, and not by much: at most half of the dates, at most twice as far or 1 km more.
DATES_SHARE = 0.5
SOME_DATES = ("taken", "closed", "bank-holiday", "closure")
# What another day or hour, or another room now and then, can mend.
BY_DATE = (*SOME_DATES, "nobody-opens")
TIMES_AS_FAR, MORE_M = 2, 1000
MOST_NEARLY = 5
# Nearer is better, but not by a few steps: distances are compared in these steps, then price, then fit. So are hours.
STEP_M = 250
STEP_MINUTES = 30
# So many other days and hours are looked at together; rooms for which one was found are left out of the next.
SLOTS = 64
# Another day or hour is looked for in so many rooms, the nearest first: nobody reads more.
MOST_MOVED = 300


@dataclass(frozen=True)
class Match:
    """A room with why it suits (`reasons`) and what is in the way (`obstacles`, none for a full match).

    `wish` has the day and time this is said of: those liked best, or others that would do.
    """

    room: Room
    wish: Wish
    metres: float | None
    price_pence: int
    reasons: tuple[Reason, ...]
    obstacles: tuple[Reason, ...]
    free_dates: tuple[date, ...]


@dataclass(frozen=True)
class Answer:
    """What was found for a need: all matches, best first, and the nearest misses."""

    dates: tuple[date, ...]
    matches: Sequence[Match]  # each made when it is looked at
    misses: Callable[[], Iterable[Match]]

    @cached_property
    def nearly(self) -> tuple[Match, ...]:
        """Looked for when somebody asks: who has rooms to choose from does not."""
        return tuple(self.misses())


def find(area: Area, wish: Wish, *, only: int | None = None) -> Answer:
    """All rooms of the area that meet a wish for its whole term, best first, and the few that nearly do.

    `only`: the key of the one room that is asked about; then whatever is in its way is told, however much it is.
    """
    dates = tuple(dates_of(wish))
    if only is not None:
        found = judge(area, wish, rooms_for_hire(area.id, Asset.id == only), dates)
        found = [_elsewhen(area, wish, [m]).get(only, m) if only_dates(m) else m for m in found]
        suits = tuple(m for m in found if not m.obstacles)
        return Answer(dates, suits, lambda: [m for m in found if m.obstacles])
    sieved = Sieved(area, wish)
    moved = _elsewhen(area, wish, sieved.by_date[:MOST_MOVED]) if _has_choice(wish) else {}
    later = sorted(moved.values(), key=lambda match: rank(match, wish))
    # What is free at the day and hour liked best comes first anyway.
    matches = sieve.Joined(sieved.whole, later) if later else sieved.whole

    def misses() -> Iterable[Match]:
        return islice((m for m in sieved.nearly if m.room.id not in moved), MOST_NEARLY)

    return Answer(dates, matches, misses)


def free(area: Area, wish: Wish) -> list[int]:
    """The keys of the rooms with nothing in their way at the day and hour liked best, in no order: what a bare statement
    in SQL would tell.
    """
    sieved = Sieved(area, wish)
    return sieved.known.keys[sieved.free].tolist()


def _has_choice(wish: Wish) -> bool:
    return next(islice(windows.slots(wish), 1, None), None) is not None


class Sieved:
    """All rooms for one day and hour, as they stood when it was asked for: `free` those without anything in their way, and
    as matches, best first, those, `by_date` those for which another time may do and `nearly` those with one thing in
    their way. Each is found when somebody looks, and said when somebody looks at it.
    """

    def __init__(self, area: Area, wish: Wish) -> None:
        self.wish, self.dates = wish, dates_of(wish)
        self.known, self.slots = picture(area.id), slots.current(area.id)
        self.doors = doors(area, wish, self.dates)
        self.minutes = slots.minutes(_spans(wish, self.dates))
        price = partial(_price, wish, doors=self.doors)
        self.asked = sieve.Asked(wish, self.dates, self.doors, price, STEP_M, SOME_DATES, BY_DATE)

    @cached_property
    def free(self) -> sieve.Rows:
        """The rows of the picture that nothing speaks against."""
        rows = sieve.willing(self.known, self.asked)
        return rows[~self._held(rows).any(axis=1)]

    @cached_property
    def whole(self) -> Sequence[Match]:
        held = np.zeros((len(self.free), len(self.dates)), bool)
        metres = self._metres(self.free)
        order = sieve.best_first(self.known, self.free, self.asked, metres)
        return sieve.Lazily(order, partial(self._judged, self.free, metres, held))

    @property
    def by_date(self) -> Sequence[Match]:
        sifted, judged = self._all
        return sieve.Lazily(sifted.those(sifted.by_date), judged)

    @property
    def nearly(self) -> Iterator[Match]:
        (sifted, judged), dates = self._all, len(self.dates)
        too_many = sifted.dated & (sifted.lost > dates * DATES_SHARE)
        near = sifted.those(
            (sifted.obstacles == 1) & ~too_many & ~(sifted.metres > _reach(self.wish))
        )
        near = near[np.argsort(sifted.lost[near], kind="stable")]
        return (m for at in near for m in judged(at[None]) if _is_near(m, self.wish, dates))

    @cached_property
    def _all(self) -> tuple[sieve.Sifted, Callable[[sieve.Rows], list[Match]]]:
        rows = sieve.hopeful(self.known, self.wish, _reach(self.wish))
        metres, held = self._metres(rows), self._held(rows)
        sifted = sieve.sift(self.known, rows, self.asked, metres, held)
        return sifted, partial(self._judged, rows, metres, held)

    def _held(self, rows: sieve.Rows) -> Bools:
        return self.slots.held(self.known.places.of(rows), *self.minutes)

    def _metres(self, rows: sieve.Rows) -> npt.NDArray[np.float64]:
        if self.wish.lon is None or self.wish.lat is None:
            return np.full(len(rows), np.nan)
        return self.known.metres(self.wish.lon, self.wish.lat, rows)

    def _judged(
        self, rows: sieve.Rows, metres: npt.NDArray[np.float64], held: Bools, at: sieve.Rows
    ) -> list[Match]:
        rooms = [self.known.rooms[row] for row in rows[at].tolist()]
        return _judged(self.wish, rooms, self.dates, (metres[at], held[at], self.doors))


def candidates(area: Area, wish: Wish) -> list[Room]:
    """The rooms that cannot be ruled out at once."""
    known = picture(area.id)
    return [known.rooms[row] for row in sieve.hopeful(known, wish, _reach(wish))]


def dates_of(wish: Wish) -> list[date]:
    """The days on which the group would meet."""
    days = walltime.weekly_dates(wish.weekday, wish.first, wish.last, wish.every_weeks)
    return [d for d in days if not walltime.left_out(d, wish.without)] if wish.without else days


def judge(area: Area, wish: Wish, rooms: Sequence[Room], dates: Sequence[date]) -> list[Match]:
    """Each room with all that speaks for it and all that is in its way."""
    metres, held = _metres(area, wish, rooms), taken(area.id, rooms, _spans(wish, dates))
    return _judged(wish, rooms, dates, (metres, held, doors(area, wish, dates)))


def _spans(wish: Wish, dates: Sequence[date]) -> list[tuple[datetime, datetime]]:
    return [walltime.instants(d, wish.starts, wish.ends) for d in dates]


def _judged(
    wish: Wish, rooms: Sequence[Room], dates: Sequence[date], known: tuple[Any, Any, Doors]
) -> list[Match]:
    metres, held, doors = known
    return [
        _match(
            (wish, room, float(m), _price(wish, room, doors)),
            (dates, h, doors.of(room), [d for d in dates if d in doors.holidays]),
        )
        for room, m, h in zip(rooms, metres, held, strict=True)
    ]


def _price(wish: Wish, room: Room, doors: Doors) -> int:
    """Pence for one meeting, somebody who opens included."""
    minutes = walltime.minutes_between(wish.starts, wish.ends)
    return price_of(room.pence_for(wish.group_kind), minutes) + doors.cost(room)


def only_dates(match: Match) -> bool:
    """Whether nothing but dates is in the way: at another time, or with another room now and then, it may do."""
    return bool(match.obstacles) and all(o.code in BY_DATE for o in match.obstacles)


def _elsewhen(area: Area, wish: Wish, matches: Sequence[Match]) -> dict[int, Match]:
    """Those that are not free when the group likes it best, at the nearest day and hour that would do; by room."""
    moved: dict[int, Match] = {}
    rooms = [match.room for match in matches]
    others = list(windows.slots(wish))[1:]
    for begin in range(0, len(others) if rooms else 0, SLOTS):
        for slot, free in free_slots(area, others[begin : begin + SLOTS], rooms):
            if new := [room for room in free if room.id not in moved]:
                for match in judge(area, slot, new, dates_of(slot)):
                    moved[match.room.id] = told_when(wish, match)
        rooms = [room for room in rooms if room.id not in moved]
        if not rooms:
            break
    return moved


def free_slots(
    area: Area, slots: Sequence[Wish], rooms: Sequence[Room]
) -> Iterator[tuple[Wish, list[Room]]]:
    """Each slot that has not begun with the rooms that nobody holds and that can be opened on all its dates."""
    dates = [dates_of(slot) for slot in slots]
    spans = [
        walltime.instants(day, slot.starts, slot.ends)
        for slot, days in zip(slots, dates, strict=True)
        for day in days
    ]
    held = taken(area.id, rooms, spans)
    at = 0
    for slot, days in zip(slots, dates, strict=True):
        part, at = held[:, at : at + len(days)], at + len(days)
        at_doors = doors(area, slot, days)
        free = [room for room, h in zip(rooms, part, strict=True) if not h.any()]
        if days and spans[at - len(days)][0] > clock.now():
            yield slot, [room for room in free if at_doors.lets_in(room)]


def told_when(wish: Wish, match: Match) -> Match:
    """The match with a sentence on how its day or hour differs from those liked best."""
    because = Because()
    because.when(wish, match.wish)
    return replace(match, reasons=(*because.reasons, *match.reasons))


def _reach(wish: Wish) -> float:
    """How many metres away a room may be to be told of at all."""
    return max(wish.within_m * TIMES_AS_FAR, wish.within_m + MORE_M)


def _metres(area: Area, wish: Wish, rooms: Sequence[Room]) -> npt.NDArray[np.float64]:
    """Metres from where the group is to each room's building; NaN where either is unknown."""
    if wish.lon is None or wish.lat is None or not rooms:
        return np.full(len(rooms), np.nan)
    return distances(wish.lon, wish.lat, [room.shape for room in rooms], area.nation.metric_epsg)


def _match(what: tuple[Wish, Room, float, int], when: tuple[Any, Any, Any, Any]) -> Match:
    wish, room, metres, price = what
    dates, held, doors, holidays = when
    known = None if np.isnan(metres) else metres
    because = Because()
    because.place(wish, known)
    because.stop(room)
    because.access(wish, room)
    because.facilities(wish, room)
    because.price(wish, price)
    because.size(wish, room)
    because.dates(dates, held, doors)
    because.holidays(holidays)
    free = tuple(
        d for d, h, at in zip(dates, held, doors, strict=True) if not h and at in AT_THE_DOOR
    )
    return Match(room, wish, known, price, tuple(because.reasons), tuple(because.obstacles), free)


def _is_near(match: Match, wish: Wish, dates: int) -> bool:
    """Whether there is one thing in the way, and one that could be talked about."""
    if len(match.obstacles) > 1:
        return False
    code = match.obstacles[0].code
    if code == "too-far":
        return (match.metres or 0) <= _reach(wish)
    if code in SOME_DATES:
        return len(match.free_dates) >= dates * (1 - DATES_SHARE)
    return code != "too-small"


def rank(match: Match, wish: Wish) -> tuple[Any, ...]:
    """What comes first: the day and the hour liked best, then the nearest, the cheapest, the one that fits closest."""
    days = (wish.weekday, *wish.other_days)
    day = days.index(match.wish.weekday) if match.wish.weekday in days else len(days)
    hours = -(-abs(windows.shift(wish, match.wish)) // STEP_MINUTES)
    steps = 0 if match.metres is None else int(match.metres // STEP_M)
    ways = [match.metres, match.room.stop and match.room.stop.metres if wish.step_free else None]
    walk = min((int(way // STEP_M) for way in ways if way is not None), default=0)
    spare = (match.room.capacity or 0) - wish.people
    return day, hours, walk, steps, match.price_pence, spare, match.room.name, match.room.id
