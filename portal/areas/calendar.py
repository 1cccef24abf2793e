"""Counting days as the compact and the law count them: working days, months, clear days. Pure.

A working day is Monday to Friday and no bank holiday of the nation. A period in working days counts the first
working day after the event as day 1 and ends at midnight, local time, at the end of its last day. Every count
comes back as a `Counted`, which can tell how it was made.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

import holidays
from dateutil.relativedelta import relativedelta

from portal.areas.rules import Nation

Unit = Literal["working days", "days", "months", "clear days"]

LONDON = ZoneInfo("Europe/London")
SATURDAY = 5
DAY = timedelta(days=1)
WEEKEND = "weekend"

# As the `holidays` library names the parts of the kingdom; Scotland has no Easter Monday, but 2 January.
SUBDIVISIONS = {
    Nation.ENGLAND: "ENG",
    Nation.WALES: "WLS",
    Nation.SCOTLAND: "SCT",
    Nation.NORTHERN_IRELAND: "NIR",
}


class Excluded(NamedTuple):
    """A day that was not counted, and why: "weekend" or the bank holiday's name."""

    day: date
    why: str


@dataclass(frozen=True)
class Counted:
    """A date and how it was counted: `number` of `unit` from the day `after` end with the day `due`.

    `after` is the day of the event: the day before day 1, or, where the period is "beginning with" it, day 1 itself.
    One that both sides moved says when they agreed and which day it had been.
    """

    number: int
    unit: Unit
    after: date
    due: date
    excluded: tuple[Excluded, ...] = ()
    beginning_with: bool = False
    agreed_on: date | None = None
    instead_of: date | None = None

    @property
    def holidays(self) -> tuple[Excluded, ...]:
        """The bank holidays among the days left out; weekends explain themselves."""
        return tuple(day for day in self.excluded if day.why != WEEKEND)

    @property
    def weekend_days(self) -> int:
        """How many Saturdays and Sundays were left out."""
        return len(self.excluded) - len(self.holidays)


@lru_cache(maxsize=256)
def bank_holidays(nation: Nation, year: int) -> dict[date, str]:
    """The bank holidays of a nation in a year: date to name, substitute days included.

    Source: the Banking and Financial Dealings Act 1971 and royal proclamations, as the `holidays` library keeps them.
    """
    # A year at a time and never growing: the library's self-filling calendar is not safe between threads.
    found = holidays.country_holidays(
        "GB", subdiv=SUBDIVISIONS[nation], years=year, expand=False, language="en_GB"
    )
    return dict(found.items())


def not_counted(day: date, nation: Nation) -> str | None:
    """Why a day is no working day ("weekend" or the bank holiday's name); None when it is one."""
    if day.weekday() >= SATURDAY:
        return WEEKEND
    return bank_holidays(nation, day.year).get(day)


def is_working_day(day: date, nation: Nation) -> bool:
    """Whether a day is Monday to Friday and no bank holiday of the nation."""
    return not_counted(day, nation) is None


def working_day(number: int, after: date, nation: Nation) -> Counted:
    """The last day of a period of working days: the first working day after `after` is day 1.

    Raises ValueError for fewer than one day. Source: COMPACT, "Every period is counted by one function".
    """
    _at_least_one(number)
    excluded, day, counted = [], after, 0
    while counted < number:
        day += DAY
        if (why := not_counted(day, nation)) is None:
            counted += 1
        else:
            excluded.append(Excluded(day, why))
    return Counted(number, "working days", after, day, tuple(excluded))


def days(number: int, after: date, nation: Nation | None = None) -> Counted:  # noqa: ARG001 - all counters take the same
    """So many days later on the calendar; weekends and holidays count like any day.

    Raises ValueError for fewer than one.
    """
    _at_least_one(number)
    return Counted(number, "days", after, after + number * DAY)


def months(number: int, after: date, nation: Nation | None = None) -> Counted:  # noqa: ARG001 - all counters take the same
    """The corresponding date so many months later, or that month's last day where there is none.

    Source: the corresponding date rule (Dodds v Walker [1981] UKHL 3). Weekends and holidays make no difference.
    """
    _at_least_one(number)
    return Counted(number, "months", after, after + relativedelta(months=number))


def clear_days(number: int, after: date, nation: Nation) -> Counted:
    """The first day that has so many clear days before it: both end days and non-working days are left out.

    Notice given on `after` allows a meeting on `due` at the earliest. Source: Local Government Act 1972
    s.100A(6)(a), read as in R v Swansea City Council ex p Elitestone (1993): both end days and days on which the
    council's offices are closed are left out.
    """
    last_between = working_day(number, after, nation)
    return Counted(number, "clear days", after, last_between.due + DAY, last_between.excluded)


# A new way of counting is one function and one row here; profiles name the unit.
COUNTERS: dict[Unit, Callable[[int, date, Nation], Counted]] = {
    "working days": working_day,
    "days": days,
    "months": months,
    "clear days": clear_days,
}


def count(
    number: int, unit: Unit, after: date, nation: Nation, *, beginning_with: bool = False
) -> Counted:
    """Count a period of any unit in `COUNTERS`; `beginning_with`: the day of the event is day 1.

    Raises ValueError for less than one of anything, and for clear days that begin with the event.
    """
    if not beginning_with:
        return COUNTERS[unit](number, after, nation)
    if unit == "clear days":
        raise ValueError("clear days leave the day of the event out")
    counted = COUNTERS[unit](number, after - DAY, nation)
    due = counted.due if unit != "months" else _months_beginning_with(number, after)
    return replace(counted, after=after, due=due, beginning_with=True)


def _months_beginning_with(number: int, first: date) -> date:
    """The day before the corresponding date; the month's last day where that month has no such date."""
    corresponding = first + relativedelta(months=number)
    return corresponding - DAY if corresponding.day == first.day else corresponding


def moved(counted: Counted, to: date, *, agreed_on: date) -> Counted:
    """The same period with another last day that both sides agreed; it remembers the day it had been first."""
    first = counted.instead_of or counted.due
    return replace(counted, due=to, agreed_on=agreed_on, instead_of=first)


def _at_least_one(number: int) -> None:
    if number < 1:
        raise ValueError("a period has at least one day")


def end_of(day: date, zone: ZoneInfo = LONDON) -> datetime:
    """The instant, in UTC, at which a day ends on the wall: its last midnight, clock changes and all."""
    return datetime.combine(day + DAY, time.min, zone).astimezone(UTC)
