"""A week of opening hours as a table, and as OSM `opening_hours` text: there and back. Pure but for the parser in hours.py.

A table knows whole days only: hours past midnight are the end of one day and the beginning of the next. Days without
stretches are closed. Text that says more than a table can (seasons, comments, the first Monday of the month) is not
weekly: `read` gives None, and whoever asks shows it as it is.
"""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from portal.errors import N_, RuleBroken
from portal.venues import hours
from portal.venues.hours import (
    A_MONDAY,
    DAYS,
    MIDNIGHT,
    ONE_DAY,
    WEEKLY,
    Stretches,
    open_minutes,
    readable,
)

MOST_STRETCHES = 3
LONGEST = 300  # of the column
# What hours that are the same every week are written with; anything else is for somebody who knows the syntax.
TOKENS = re.compile(r"24/7|\d{1,2}:\d{2}|[A-Za-z]+|[,;\- ]|.")
NOBODY_WRITES = re.compile(r"^\d{1,2}:\d{2}$")


class Week(NamedTuple):
    """Seven days, Monday first, each its stretches as minutes since midnight; and bank holidays: None is "as usual"."""

    days: tuple[Stretches, ...]
    holidays: Stretches | None = None


CLOSED = Week(((),) * len(DAYS), None)


def is_weekly(text: str) -> bool:
    """Whether a text speaks of weekdays, times and bank holidays only."""
    known = WEEKLY | set(",;- ") | {"24/7"}
    return (
        readable(text)
        and hours.weekly(text)
        and all(token in known or NOBODY_WRITES.match(token) for token in TOKENS.findall(text))
    )


def read(text: str) -> Week | None:
    """The week that a text says; None where it says more, or other, than a table of three stretches a day can."""
    if not is_weekly(text):
        return None
    dates = [A_MONDAY + n * ONE_DAY for n in range(len(DAYS))]
    usual = tuple(open_minutes(text, day) for day in dates)
    kept = tuple(open_minutes(text, day, holiday=True) for day in dates)
    same = len(set(kept)) == 1
    if kept == usual and not (same and "PH" in text):
        week = Week(usual)
    elif same:
        week = Week(usual, kept[0])
    else:
        return None
    fits = all(len(stretches) <= MOST_STRETCHES for stretches in (*usual, kept[0]))
    return week if fits else None


def write(week: Week) -> str:
    """The text of a week; days with the same hours are named together. Raises RuleBroken("too-much") where it is too long."""
    named: dict[Stretches, list[int]] = {}
    for number, stretches in enumerate(week.days):
        if stretches:
            named.setdefault(stretches, []).append(number)
    rules = [f"{_days(numbers)} {_times(stretches)}" for stretches, numbers in named.items()]
    if not rules:
        rules = ["Mo-Su off"]
    if week.holidays is not None:
        rules.append(f"PH {_times(week.holidays)}" if week.holidays else "PH off")
    text = "; ".join(rules)
    if len(text) > LONGEST:
        raise RuleBroken(
            "too-much",
            "That is more than can be kept: each day of the week has several hours of its own. Give some days the same hours.",
        )
    return text


def check(week: Week) -> dict[str, str]:
    """What is wrong with a table, by the day ("Mo" to "Su", "PH") it is about; nothing where all is well."""
    rows = zip((*DAYS, "PH"), (*week.days, week.holidays or ()), strict=True)
    return {day: wrong for day, stretches in rows if (wrong := _wrong(stretches))}


def _wrong(stretches: Stretches) -> str | None:
    if any(opens >= closes for opens, closes in stretches):
        return PAST_MIDNIGHT
    if any(closes > opens for (_, closes), (opens, _) in pairwise(sorted(stretches))):
        return OVERLAP
    return None


PAST_MIDNIGHT = N_(
    "It must end later than it begins. For hours past midnight end this day at 00:00 and begin the next day at 00:00."
)
OVERLAP = N_("Two of these overlap. Write each hour once.")


def joined(stretches: Sequence[tuple[int, int]]) -> Stretches:
    """The same hours in order, with those that meet made one."""
    found: list[tuple[int, int]] = []
    for opens, closes in sorted(stretches):
        if found and opens <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], closes))
        else:
            found.append((opens, closes))
    return tuple(found)


def _days(numbers: Sequence[int]) -> str:
    """Mo-Fr,Su: runs of three or more as a range, and two as well."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ",".join(
        DAYS[run[0]] if len(run) == 1 else f"{DAYS[run[0]]}-{DAYS[run[-1]]}" for run in runs
    )


def _times(stretches: Stretches) -> str:
    return ",".join(f"{_clock(opens)}-{_clock(closes)}" for opens, closes in stretches)


def _clock(minute: int) -> str:
    """08:30; the end of a day is 24:00."""
    assert 0 <= minute <= MIDNIGHT  # noqa: S101 - a table has no other minutes
    return f"{minute // 60:02}:{minute % 60:02}"
