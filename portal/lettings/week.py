"""A room's week as everybody may see it: when it can be hired, when its building is open, when it is booked; never by whom.

The same days make the picture and the table beside it.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from flask_babel import format_date
from flask_babel import gettext as _

from portal.areas.calendar import bank_holidays
from portal.areas.queries import current_area
from portal.lettings import queries, walltime
from portal.register.models import Asset
from portal.venues.hours import (
    MIDNIGHT,
    Hours,
    Stretches,
    hire_minutes,
    public_minutes,
    readable,
)
from portal.venues.rooms import rooms_for_hire

# The picture, in its own units: the hours down the side, a column for each day.
LEFT, TOP, COLUMN, HOUR = 70, 66, 90, 26
GAP, STRIPE = 6, 14
EARLIEST, LATEST = 8, 22  # shown at least
HOUR_MINUTES = 60


class Day(NamedTuple):
    """One day: stretches are minutes since midnight on the wall."""

    on: date
    holiday: str  # the bank holiday's name
    shut: bool  # a closure, or not the part of the year in which it is let
    known: bool  # whether anybody has said when it can be hired
    hire: Stretches
    public: Stretches
    booked: Stretches


def days_of(room: Asset, monday: date) -> list[Day]:
    """Seven days of a room."""
    found = next(iter(rooms_for_hire(room.area_id, Asset.id == room.id)), None)
    hours = found.hours if found else Hours(room.hire_hours, None, opener=room.opener is not None)
    week = [monday + timedelta(days=n) for n in range(walltime.WEEK)]
    since, until = (_midnight(day) for day in (monday, monday + timedelta(days=walltime.WEEK)))
    booked = [
        tuple(walltime.wall(instant).replace(tzinfo=None) for instant in span)
        for span in queries.booked_times(room.id, since, until)
    ]
    return [_day(hours, booked, day) for day in week]


def _midnight(day: date) -> datetime:
    return walltime.instants(day, time(), time(1))[0]


def _day(hours: Hours, booked: Sequence[tuple[datetime, ...]], day: date) -> Day:
    holidays = bank_holidays(current_area().nation, day.year)
    return Day(
        day,
        holidays.get(day, ""),
        any(span.first <= day <= span.last for span in hours.shut),
        bool(hours.hire) and readable(hours.hire or ""),
        hire_minutes(hours, day, holidays),
        public_minutes(hours, day, holidays),
        tuple(_on_day(booked, day)),
    )


def _on_day(booked: Sequence[tuple[datetime, ...]], day: date) -> Iterator[tuple[int, int]]:
    """The part of each booking that lies on this day."""
    midnight = datetime.combine(day, time())
    for span in booked:
        low, high = (
            max(0, min(MIDNIGHT, int((at - midnight).total_seconds()) // 60)) for at in span
        )
        if low < high:
            yield low, high


class Row(NamedTuple):
    """A day of the table, in words."""

    day: str
    public: str
    hire: str
    booked: str


def rows(days: Sequence[Day]) -> list[Row]:
    """The table."""
    return [Row(_name(day), _times(day.public), _for_hire(day), _times(day.booked)) for day in days]


def _name(day: Day) -> str:
    named = format_date(day.on, "EEE d MMM")
    return f"{named}, {day.holiday}" if day.holiday else named


def _for_hire(day: Day) -> str:
    if not day.known:
        return _("Ask the broker")
    return _("Closed") if day.shut else _times(day.hire) or _("Not for hire")


def _times(stretches: Stretches) -> str:
    return ", ".join(
        _("%(starts)s to %(ends)s", starts=clock(low), ends=clock(high)) for low, high in stretches
    )


def clock(minute: int) -> str:
    """18:00; the end of a day is 24:00."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


class Box(NamedTuple):
    """A stretch in the picture."""

    kind: str
    x: int
    y: float
    width: int
    height: float


class Picture(NamedTuple):
    """What the template draws."""

    width: int
    height: int
    hours: list[tuple[str, float]]  # a line, with its words
    heads: list[tuple[str, str, int]]  # weekday, day of the month, where
    boxes: list[Box]
    shut: list[int]  # where a column says that the day is closed


def picture(days: Sequence[Day]) -> Picture:
    """The week as boxes: as many hours as are needed, eight in the morning to ten at night at least."""
    every = [m for d in days for s in (d.hire, d.public, d.booked) for span in s for m in span]
    first = min([EARLIEST, *(minute // HOUR_MINUTES for minute in every)])
    last = max([LATEST, *(-(-minute // HOUR_MINUTES) for minute in every)])
    boxes = [box for n, day in enumerate(days) for box in _boxes(n, day, first, last)]
    return Picture(
        LEFT + COLUMN * len(days) + GAP,
        TOP + HOUR * (last - first) + 2 * GAP,
        [(f"{hour:02d}:00", _y(hour * 60, first)) for hour in range(first, last + 1, 2)],
        [
            (format_date(day.on, "EEE"), format_date(day.on, "d.M."), _x(n) + (COLUMN - GAP) // 2)
            for n, day in enumerate(days)
        ],
        boxes,
        [_x(n) + (COLUMN - GAP) // 2 for n, day in enumerate(days) if day.shut],
    )


def _x(column: int) -> int:
    return LEFT + COLUMN * column


def _y(minute: float, first: int) -> float:
    return TOP + HOUR * (minute / HOUR_MINUTES - first)


def _boxes(column: int, day: Day, first: int, last: int) -> Iterator[Box]:
    """From the ground up: closed, for hire, open to the public as a stripe at its side, booked on top."""
    x, width = _x(column), COLUMN - GAP
    whole = ((first * 60, last * 60),)
    inner = x + STRIPE + 4, width - STRIPE - 8
    for kind, stretches, (left, wide) in (
        ("shut", whole, (x, width)),
        ("hire", day.hire, (x, width)),
        ("public", day.public, (x + 3, STRIPE)),
        ("booked", day.booked, inner),
    ):
        for low, high in stretches:
            yield Box(kind, left, _y(low, first) + 1, wide, HOUR * (high - low) / 60 - 2)
