"""Weekly dates, and wall time as instants: a weekly 18:00 stays 18:00 when the clocks change. Pure.

Sources: RFC 5545, 3.3.5 (a wall time that a clock change skips is read with the offset before the change; one that
comes twice is the first) and PEP 495, which gives Python's zoneinfo the same reading with `fold=0`.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from portal.areas.calendar import LONDON

WEEK = 7


def weekly_dates(weekday: int, first: date, last: date, every_weeks: int = 1) -> list[date]:
    """Every n-th such weekday (Monday is 0) from `first` to `last`, both included; may be empty.

    The first date is the first such weekday on or after `first`; n is counted from there.
    """
    start = first + timedelta(days=(weekday - first.weekday()) % WEEK)
    weeks = (last - start).days // WEEK
    return [start + timedelta(weeks=n) for n in range(0, weeks + 1, every_weeks)]


def stretch(text: str) -> tuple[date, date]:
    """The first and last day that 2027-02-15/2027-02-19 or 2027-04-08 stands for. Raises ValueError for other text."""
    first, _, last = text.partition("/")
    return date.fromisoformat(first), date.fromisoformat(last or first)


def left_out(day: date, without: tuple[str, ...]) -> bool:
    """Whether a day lies in one of the stretches."""
    return any(first <= day <= last for first, last in map(stretch, without))


def instants(
    on: date, starts: time, ends: time, zone: ZoneInfo = LONDON
) -> tuple[datetime, datetime]:
    """When a meeting on that day begins and ends, in UTC.

    Only a meeting in the hour of a clock change can end before it begins; it keeps its length on the wall instead.
    """
    begin = datetime.combine(on, starts, tzinfo=zone).astimezone(UTC)
    end = datetime.combine(on, ends, tzinfo=zone).astimezone(UTC)
    if end <= begin:
        end = begin + (datetime.combine(on, ends) - datetime.combine(on, starts))
    return begin, end


def monday_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def wall(instant: datetime, zone: ZoneInfo = LONDON) -> datetime:
    """What the clock on the wall shows at an instant, with its offset."""
    return instant.astimezone(zone)


def minutes_between(starts: time, ends: time) -> int:
    """Minutes on the wall from one time to a later one of the same day."""
    return (ends.hour - starts.hour) * 60 + ends.minute - starts.minute
