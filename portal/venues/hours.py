"""When a building is open and a room may be hired, from OSM `opening_hours` text; wall time. Pure but for its parser.

Bank holidays follow OSM's own grammar: "PH off" closes them, "PH 10:00-12:00" gives them other hours, and a rule that
does not mention PH holds on a bank holiday as on any other day. Which days those are is the nation's business; the
parser's own British calendar lacks England's August bank holiday, so it is not asked: on a bank holiday every PH of the
text is read as the name of that weekday, on any other day no PH ever comes true.
"""

import re
from collections.abc import Container
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from opening_hours import OpeningHours, validate

from portal.venues.rules import MIDNIGHT, Key, Span, is_shut, latest, minute_of, who_opens

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
ONE_DAY = timedelta(days=1)
WEEKLY = {*DAYS, "PH", "off", "closed"}  # the words of hours that are the same every week
Stretches = tuple[tuple[int, int], ...]
A_MONDAY = date(2026, 3, 2)  # any


class Door(StrEnum):
    """Whether a room can be used for the whole of a time, and who opens it."""

    OPEN = "open"  # the building is open to the public all the while
    OPENED = "opened"  # out of hours for some of it, and somebody lets people in
    NOBODY = "nobody"  # hire hours allow it, but nobody is named who could let people in
    CLOSED = "closed"  # outside the hire hours
    BANK_HOLIDAY = "bank_holiday"  # closed because of a bank holiday; the week before would do
    CLOSURE = "closure"  # its holder lets nothing on that day, or not in that part of the year
    UNKNOWN = "unknown"  # nobody has said when it may be hired, or the text cannot be read


class Hours(NamedTuple):
    """What is known of a room's door: hire hours, its building's public hours, whether somebody opens, who and until
    when, and the days on which its holder lets nothing. Two rooms with the same hours are open at the same times.
    """

    hire: str | None
    public: str | None
    opener: bool
    keys: tuple[
        Key, ...
    ] = ()  # where there are any, they decide when and at what cost somebody opens
    shut: tuple[Span, ...] = ()


@lru_cache(maxsize=4096)
def readable(text: str) -> bool:
    """Whether a text is opening hours at all, in the part of OSM's grammar that `open_minutes` reads."""
    return validate(text) and validate(_on_holiday(text, DAYS[0]))


@lru_cache(maxsize=65_536)
def open_minutes(text: str, day: date, *, holiday: bool = False) -> tuple[tuple[int, int], ...]:
    """The open stretches of a day as minutes since midnight on the wall, 0 to 1440, in order.

    Raises the parser's own error for a text that is not `readable`.
    """
    midnight = datetime.combine(day, time())
    if holiday:
        text = _on_holiday(text, DAYS[day.weekday()])
    found = _parsed(text).intervals(midnight, midnight + timedelta(days=1))
    return tuple(
        (_minute(start, midnight), _minute(end, midnight))
        for start, end, state, _comment in found
        if str(state) == "open"
    )


def covers(text: str, start: datetime, end: datetime, holidays: Container[date]) -> bool:
    """Whether one is open all the time from `start` to `end` (naive, wall time; may pass midnight)."""
    day = start.date()
    while datetime.combine(day, time()) < end:
        midnight = datetime.combine(day, time())
        low, high = max(0, _minute(start, midnight)), min(MIDNIGHT, _minute(end, midnight))
        stretches = open_minutes(text, day, holiday=day in holidays)
        if not any(opens <= low and high <= closes for opens, closes in stretches):
            return False
        day += timedelta(days=1)
    return True


def door(hours: Hours, start: datetime, end: datetime, holidays: Container[date]) -> Door:
    """Whether a room can be used from `start` to `end`, its time before and after included.

    The hire hours are the holder's word on when anybody may be inside through a hire, and they end with the alarm: so
    setting up and clearing away must lie within them too, or a group would be locked in. Public hours only say whether
    the door stands open anyway; where they end, hiring goes on if somebody is named who lets people in.
    """
    if not hours.hire or not readable(hours.hire):
        return Door.UNKNOWN
    if not covers(hours.hire, start, end, holidays):
        return Door.BANK_HOLIDAY if covers(hours.hire, start, end, ()) else Door.CLOSED
    if is_shut(hours.shut, start, end):
        return Door.CLOSURE
    if _open_anyway(hours, start, end, holidays):
        return Door.OPEN
    return _by_hand(hours, start, end)


@lru_cache(maxsize=4096)
def weekly(text: str) -> bool:
    """Whether hours are the same every week but for bank holidays: no dates, weeks, years or the sun in them."""
    return not re.search(r"\b\d{4}\b", text) and WEEKLY.issuperset(
        re.findall(r"[A-Za-z]+|\[", text)
    )


@lru_cache(maxsize=4096)
def week_of(text: str) -> tuple[tuple[Stretches, Stretches], ...]:
    """The open stretches of each weekday and of a bank holiday on it, for hours that are the same every week."""
    days = [A_MONDAY + timedelta(days=number) for number in range(len(DAYS))]
    return tuple(
        (open_minutes(text, day, holiday=False), open_minutes(text, day, holiday=True))
        for day in days
    )


def same_every_week(hours: Hours) -> bool:
    """Whether a room's door has readable hours that are the same every week; its holder's closures are another matter."""
    texts = [text for text in (hours.hire, hours.public) if text]
    return bool(hours.hire) and all(readable(text) and weekly(text) for text in texts)


def door_on(hours: Hours, day: date, low: int, high: int, *, holiday: bool) -> Door:
    """What `door` says of a time within one day, in minutes since midnight, where hours are the same every week."""
    hire = week_of(hours.hire or "")[day.weekday()]
    if not _lies_in(hire[holiday], low, high):
        return Door.BANK_HOLIDAY if _lies_in(hire[False], low, high) else Door.CLOSED
    if hours.shut and _is_shut_on(hours, day):
        return Door.CLOSURE
    if hours.public and _lies_in(week_of(hours.public)[day.weekday()][holiday], low, high):
        return Door.OPEN
    if not hours.keys:
        return Door.OPENED if hours.opener else Door.NOBODY
    midnight = datetime.combine(day, time())
    return _by_hand(hours, midnight + timedelta(minutes=low), midnight + timedelta(minutes=high))


def _lies_in(stretches: Stretches, low: int, high: int) -> bool:
    return any(opens <= low and high <= closes for opens, closes in stretches)


def _by_hand(hours: Hours, start: datetime, end: datetime) -> Door:
    """Whether somebody opens a building that is closed to the public then."""
    if not hours.keys:
        return Door.OPENED if hours.opener else Door.NOBODY
    if who_opens(hours.keys, start, end):
        return Door.OPENED
    # Who comes but sets the alarm before the end has ended the hire hours by that.
    return Door.NOBODY if latest(hours.keys, start.weekday()) is None else Door.CLOSED


def opening_cost(hours: Hours, start: datetime, end: datetime, holidays: Container[date]) -> int:
    """Pence for somebody to open from `start` to `end` (naive, wall time, the time before and after included).

    0 while the building is open to the public all the while, where nobody opens at all, and where it costs nothing;
    of several who could, the one who costs least. It is for one opening, however long: add it to the price of the hours.
    """
    if _open_anyway(hours, start, end, holidays):
        return 0
    key = who_opens(hours.keys, start, end)
    return key.pence if key else 0


def hire_minutes(hours: Hours, day: date, holidays: Container[date]) -> tuple[tuple[int, int], ...]:
    """When a room can be hired on a day, as minutes since midnight on the wall, 0 to 1440, in order.

    The hire hours, where the building is open or somebody is there; nothing on a day that is shut or not known.
    """
    if not hours.hire or not readable(hours.hire) or _is_shut_on(hours, day):
        return ()
    hire = open_minutes(hours.hire, day, holiday=day in holidays)
    public = public_minutes(hours, day, holidays)
    there = latest(hours.keys, day.weekday()) if hours.keys else MIDNIGHT if hours.opener else None
    return _both(hire, _either(public, ((0, there),) if there else ()))


def public_minutes(
    hours: Hours, day: date, holidays: Container[date]
) -> tuple[tuple[int, int], ...]:
    """When its building is open to the public on a day, as minutes since midnight."""
    if not hours.public or not readable(hours.public):
        return ()
    return open_minutes(hours.public, day, holiday=day in holidays)


def _is_shut_on(hours: Hours, day: date) -> bool:
    return any(span.first <= day <= span.last for span in hours.shut)


def _open_anyway(hours: Hours, start: datetime, end: datetime, holidays: Container[date]) -> bool:
    public = hours.public
    if not public or not readable(public):
        return False
    return covers(public, start, end, holidays)


def _either(*lists: Stretches) -> Stretches:
    """The time in any of these, stretches that meet made one."""
    found: list[tuple[int, int]] = []
    for low, high in sorted(chain(*lists)):
        if found and low <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], high))
        else:
            found.append((low, high))
    return tuple(found)


def _both(ones: Stretches, others: Stretches) -> Stretches:
    """The time in both."""
    shared = ((max(a, c), min(b, d)) for a, b in ones for c, d in others)
    return tuple(sorted(span for span in shared if span[0] < span[1]))


# Before and after these nobody is asked to come and open, unless a holder says so. [default]
FIRST, LAST = time(8), time(22)


def hire_hours(said: str | None, public: str | None, *, opener: bool) -> str | None:
    """When a room can be hired: as its holder said, else out of its building's public hours if somebody opens."""
    if said or not public or not opener:
        return said
    return out_of_hours(public, FIRST, LAST)


@lru_cache(maxsize=4096)
def out_of_hours(public: str, first: time, last: time) -> str | None:
    """The hours from `first` to `last` of each day in which a building is closed to the public, in OSM syntax.

    What a room can be offered for when somebody lets people in and its holder has said no hire hours. Nobody is asked
    to come on a bank holiday. None where nothing is left, or where the public hours are not the same every week.
    """
    if not readable(public) or not weekly(public):
        return None
    opens, closes = minute_of(first), minute_of(last)
    rules = []
    for number, name in enumerate(DAYS):
        edges = [0, *chain(*open_minutes(public, A_MONDAY + timedelta(days=number))), MIDNIGHT]
        shut = [
            f"{_clock(max(start, opens))}-{_clock(min(end, closes))}"
            for start, end in zip(edges[::2], edges[1::2], strict=True)
            if max(start, opens) < min(end, closes)
        ]
        rules += [f"{name} {','.join(shut)}"] if shut else []
    return "; ".join([*rules, "PH off"]) if rules else None


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _on_holiday(text: str, weekday: str) -> str:
    return re.sub(r"\bPH\b", weekday, text)


@lru_cache(maxsize=4096)
def _parsed(text: str) -> OpeningHours:
    return OpeningHours(text, auto_country=False, auto_timezone=False)


def _minute(moment: datetime, midnight: datetime) -> int:
    return int((moment - midnight).total_seconds()) // 60
