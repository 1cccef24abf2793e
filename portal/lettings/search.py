"""Which rooms meet a need for its whole term, why, and which come near.

`find` is the one door. Behind it `taken` says for every room and date whether it is held; that function is the place
for a faster index, and nothing else changes then. The database still decides when a room is booked.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import or_, select

from geo.shapes import distances
from portal import clock
from portal.areas.calendar import bank_holidays
from portal.areas.models import Area
from portal.areas.rules import Nation
from portal.db import db
from portal.lettings import walltime
from portal.lettings.finding import windows
from portal.lettings.models import Hold
from portal.lettings.reasons import ACCESS_REASONS, AT_THE_DOOR, Because
from portal.lettings.rules import Reason, Wish, price_of
from portal.register.models import Asset
from portal.venues.hours import Door, Hours, door, opening_cost
from portal.venues.rooms import Room, near_box, rooms_for_hire

Bools = npt.NDArray[np.bool_]

# A near miss has one thing in its way, and not by much: at most half of the dates, at most twice as far or 1 km more.
DATES_SHARE = 0.5
SOME_DATES = ("taken", "closed", "bank-holiday", "closure")
# What another day or hour, or another room now and then, can mend.
BY_DATE = (*SOME_DATES, "nobody-opens")
TIMES_AS_FAR, MORE_M = 2, 1000
MOST_NEARLY = 5
# Up to so many rooms are named in the query for holds; beyond, all holds of the area are looked at.
MOST_NAMED = 2000
# Nearer is better, but not by a few steps: distances are compared in these steps, then price, then fit. So are hours.
STEP_M = 250
STEP_MINUTES = 30
# So many other days and hours are looked at together; rooms for which one was found are left out of the next.
SLOTS = 64


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
    matches: tuple[Match, ...]
    nearly: tuple[Match, ...]


def find(area: Area, wish: Wish, *, only: int | None = None) -> Answer:
    """All rooms of the area that meet a wish for its whole term, best first, and the few that nearly do.

    `only`: the key of the one room that is asked about; then whatever is in its way is told, however much it is.
    """
    dates = dates_of(wish)
    rooms = candidates(area, wish) if only is None else rooms_for_hire(area.id, Asset.id == only)
    judged = judge(area, wish, rooms, dates)
    judged = _elsewhen(area, wish, judged)
    matches = [m for m in judged if not m.obstacles]
    nearly = [m for m in judged if m.obstacles and (only or _is_near(m, wish, len(dates)))]
    nearly.sort(key=lambda m: (len(dates) - len(m.free_dates), rank(m, wish)))
    return Answer(
        tuple(dates),
        tuple(sorted(matches, key=lambda m: rank(m, wish))),
        tuple(nearly[:MOST_NEARLY]),
    )


def candidates(area: Area, wish: Wish) -> list[Room]:
    """The rooms that the database cannot rule out."""
    return rooms_for_hire(area.id, *_conditions(wish))


def dates_of(wish: Wish) -> list[date]:
    """The days on which the group would meet."""
    days = walltime.weekly_dates(wish.weekday, wish.first, wish.last, wish.every_weeks)
    return [day for day in days if not walltime.left_out(day, wish.without)]


def judge(area: Area, wish: Wish, rooms: Sequence[Room], dates: Sequence[date]) -> list[Match]:
    """Each room with all that speaks for it and all that is in its way."""
    metres = _metres(area, wish, rooms)
    held = taken(area.id, rooms, [walltime.instants(d, wish.starts, wish.ends) for d in dates])
    doors = _Doors(area.nation, wish, dates)
    minutes = walltime.minutes_between(wish.starts, wish.ends)
    prices = [price_of(r.pence_for(wish.group_kind), minutes) + doors.cost(r) for r in rooms]
    return [
        _match(
            (wish, room, float(m), price),
            (dates, h, doors.of(room), [d for d in dates if d in doors.holidays]),
        )
        for room, m, h, price in zip(rooms, metres, held, prices, strict=True)
    ]


def only_dates(match: Match) -> bool:
    """Whether nothing but dates is in the way: at another time, or with another room now and then, it may do."""
    return bool(match.obstacles) and all(o.code in BY_DATE for o in match.obstacles)


def _elsewhen(area: Area, wish: Wish, judged: list[Match]) -> list[Match]:
    """Those that are not free when the group likes it best, at the nearest day and hour that would do."""
    moved: dict[int, Match] = {}
    rooms = [match.room for match in judged if only_dates(match)]
    slots = list(windows.slots(wish))[1:]
    for begin in range(0, len(slots), SLOTS):
        for slot, free in free_slots(area, slots[begin : begin + SLOTS], rooms):
            dates = dates_of(slot)
            for match in judge(area, slot, [r for r in free if r.id not in moved], dates):
                moved[match.room.id] = told_when(wish, match)
        rooms = [room for room in rooms if room.id not in moved]
        if not rooms:
            break
    return [moved.get(match.room.id, match) for match in judged]


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
        doors = _Doors(area.nation, slot, days)
        free = [room for room, h in zip(rooms, part, strict=True) if not h.any()]
        if days and spans[at - len(days)][0] > clock.now():
            yield slot, [room for room in free if set(doors.of(room)) <= set(AT_THE_DOOR)]


def told_when(wish: Wish, match: Match) -> Match:
    """The match with a sentence on how its day or hour differs from those liked best."""
    because = Because()
    because.when(wish, match.wish)
    return replace(match, reasons=(*because.reasons, *match.reasons))


def taken(area_id: int, rooms: Sequence[Room], spans: Sequence[tuple[datetime, datetime]]) -> Bools:
    """Whether each room (row) is held by others in each span (column), its own time before and after included.

    One query for all rooms; raises nothing. Spans are (starts, ends) in UTC.
    """
    result = np.zeros((len(rooms), len(spans)), dtype=bool)
    if not (rooms and spans):
        return result
    most = timedelta(minutes=max(max(room.before, room.after) for room in rooms))
    query = (
        select(Hold.room_id, Hold.starts, Hold.ends)
        .join(Asset, Asset.id == Hold.room_id)
        .where(
            Asset.area_id == area_id,
            Hold.starts < max(end for _, end in spans) + most,
            Hold.ends > min(start for start, _ in spans) - most,
        )
    )
    row_of = _rows_by_leaf(rooms)
    if len(row_of) <= MOST_NAMED:
        query = query.where(Hold.room_id.in_(row_of))
    pairs = [
        (row, starts.timestamp(), ends.timestamp())
        for leaf, starts, ends in db.session.execute(query)
        for row in row_of.get(leaf, ())
    ]
    if not pairs:
        return result
    row, hold_starts, hold_ends = (np.array(column) for column in zip(*pairs, strict=True))
    before = np.array([room.before * 60 for room in rooms])[row]
    after = np.array([room.after * 60 for room in rooms])[row]
    starts = np.array([start.timestamp() for start, _ in spans])
    ends = np.array([end.timestamp() for _, end in spans])
    clash = (hold_starts[:, None] < ends + after[:, None]) & (
        hold_ends[:, None] > starts - before[:, None]
    )
    np.logical_or.at(result, row, clash)
    return result


def _rows_by_leaf(rooms: Sequence[Room]) -> dict[int, list[int]]:
    rows: dict[int, list[int]] = {}
    for row, room in enumerate(rooms):
        for leaf in room.leaves:
            rows.setdefault(leaf, []).append(row)
    return rows


class _Doors:
    """What the doors do on every date; rooms with the same hours are looked up once."""

    def __init__(self, nation: Nation, wish: Wish, dates: Sequence[date]) -> None:
        years = {d.year + n for d in dates for n in (-1, 0, 1)}
        self.holidays = {day for year in years for day in bank_holidays(nation, year)}
        self.spans = [
            (datetime.combine(d, wish.starts), datetime.combine(d, wish.ends)) for d in dates
        ]
        self.known: dict[tuple[Hours, int, int], list[Door]] = {}

    def of(self, room: Room) -> list[Door]:
        key = (room.hours, room.before, room.after)
        if key not in self.known:
            before, after = timedelta(minutes=room.before), timedelta(minutes=room.after)
            self.known[key] = [
                door(room.hours, start - before, end + after, self.holidays)
                for start, end in self.spans
            ]
        return self.known[key]

    def cost(self, room: Room) -> int:
        """Pence for somebody to open at a meeting: what it costs on most of the dates, for a let has one price."""
        if not any(key.pence for key in room.hours.keys):
            return 0
        before, after = timedelta(minutes=room.before), timedelta(minutes=room.after)
        costs = Counter(
            opening_cost(room.hours, start - before, end + after, self.holidays)
            for start, end in self.spans
        )
        return max(costs, key=lambda pence: (costs[pence], -pence), default=0)


def _conditions(wish: Wish) -> list[Any]:
    """What the database can rule out for good: too small, surely without the access, far away."""
    conditions: list[Any] = [or_(Asset.capacity.is_(None), Asset.capacity >= wish.people)]
    for name in ACCESS_REASONS:
        if getattr(wish, name):
            column = getattr(Asset, name)
            conditions.append(or_(column.is_(None), column.is_(True)))
    if wish.lon is not None and wish.lat is not None:
        conditions.append(near_box(wish.lon, wish.lat, _reach(wish)))
    return conditions


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
    spare = (match.room.capacity or 0) - wish.people
    return day, hours, steps, match.price_pence, spare, match.room.name, match.room.id
