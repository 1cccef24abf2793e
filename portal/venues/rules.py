"""When a holder lets at all, who opens until when and at what cost. Pure: days and times on the wall. Source: COMPACT.md, Track 3."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import NamedTuple

from portal.errors import RuleBroken
from portal.register.rules import HireWhen

DAY = timedelta(days=1)


class Span(NamedTuple):
    """Days from `first` to `last`, both included."""

    first: date
    last: date


class Key(NamedTuple):
    """Somebody who opens, as far as matching needs to know: on which weekdays (none: every day), until when, at what cost."""

    days: tuple[int, ...] = ()  # Monday is 0
    until: time | None = None  # the alarm; midnight is the end of the day
    pence: int = 0  # for one opening


def merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The same days in order, with spans that meet or overlap made one."""
    found: list[Span] = []
    for span in sorted(spans):
        if found and (found[-1].last == date.max or span.first <= found[-1].last + DAY):
            found[-1] = Span(found[-1].first, max(found[-1].last, span.last))
        else:
            found.append(span)
    return tuple(found)


def between(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The days between spans; not those before the first or after the last."""
    known = merged(spans)
    return tuple(Span(one.last + DAY, other.first - DAY) for one, other in pairwise(known))


def shut_days(when: HireWhen, terms: Iterable[Span], closures: Iterable[Span]) -> tuple[Span, ...]:
    """The days on which a place is not let: its holder's closures, and the part of the year that is not for hire.

    What lies beyond the terms that are known may be either, so it is let neither "in term" nor "out of term": a room
    promised for a day that turns out to be a school day would have to be taken back.
    """
    if when is HireWhen.ALWAYS:
        return merged(closures)
    let = merged(terms) if when is HireWhen.IN_TERM else between(terms)
    return merged([*closures, *_others(let)])


def _others(spans: Sequence[Span]) -> list[Span]:
    """All days of the calendar that are not among these, which are in order and do not meet."""
    found, first = [], date.min
    for span in spans:
        if first < span.first:
            found.append(Span(first, span.first - DAY))
        first = span.last + DAY
    return [*found, Span(first, date.max)]


def is_shut(shut: Sequence[Span], start: datetime, end: datetime) -> bool:
    """Whether any part of the time from `start` to `end` (naive, wall time) lies on one of those days."""
    last = (end - timedelta(microseconds=1)).date()
    return any(span.first <= last and span.last >= start.date() for span in shut)


MIDNIGHT = 24 * 60  # minutes


def minute_of(at: time) -> int:
    """A time of the day in minutes since midnight, seconds left out."""
    return at.hour * 60 + at.minute


def until_minute(key: Key) -> int | None:
    """When somebody who opens locks up again, in minutes since midnight; None where nothing is said."""
    if key.until is None:
        return None
    return minute_of(key.until) or MIDNIGHT


def opens(key: Key, start: datetime, end: datetime) -> bool:
    """Whether somebody comes on the day of `start` and stays until `end` (naive, wall time)."""
    if key.days and start.weekday() not in key.days:
        return False
    until = until_minute(key)
    midnight = datetime.combine(start.date(), time())
    return until is None or end <= midnight + timedelta(minutes=until)


def who_opens(keys: Iterable[Key], start: datetime, end: datetime) -> Key | None:
    """Of those who would open from `start` to `end`, one who costs least; None where nobody does."""
    return min((key for key in keys if opens(key, start, end)), key=lambda k: k.pence, default=None)


def latest(keys: Iterable[Key], weekday: int) -> int | None:
    """Until when, in minutes since midnight, somebody is there on a weekday; None where nobody comes."""
    there = [key for key in keys if not key.days or weekday in key.days]
    if not there:
        return None
    return max(MIDNIGHT if (m := until_minute(key)) is None else m for key in there)


def check_span(first: date, last: date) -> None:
    """Refuse days in the wrong order, and more of them than any term or closure has. Raises RuleBroken."""
    if last < first:
        raise RuleBroken("last-before-first", "The last day must not be before the first day.")
    if (last - first).days > LONGEST_DAYS:
        raise RuleBroken(
            "too-long",
            "That is more than two years. Check the years of the first and the last day.",
        )


LONGEST_DAYS = 731
