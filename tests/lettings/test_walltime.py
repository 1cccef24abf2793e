"""Weekly dates and wall time, against a slow and obvious model: every minute of the day, looked at on the wall."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.lettings import walltime
from portal.lettings.walltime import LONDON

SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)
days = st.dates(date(2020, 1, 1), date(2035, 12, 31))
change_days = st.sampled_from([SPRING, AUTUMN, date(2027, 3, 28), date(2027, 10, 31)])
minutes = st.integers(0, 1439).map(lambda m: time(m // 60, m % 60))


def slow_dates(weekday, first, last, every):
    found = [
        first + timedelta(days=n)
        for n in range((last - first).days + 1)
        if (first + timedelta(days=n)).weekday() == weekday
    ]
    return [day for number, day in enumerate(found) if number % every == 0]


def slow_instant(day, at):
    """The first minute at which the wall shows this; a time that is skipped is read as the hour before the change says."""
    midnight = datetime.combine(day, time(), tzinfo=LONDON).astimezone(UTC)
    shown = [midnight + timedelta(minutes=m) for m in range(25 * 60)]
    for instant in shown:
        wall = instant.astimezone(LONDON)
        if (wall.date(), wall.time()) == (day, at):
            return instant
    offset = midnight.astimezone(LONDON).utcoffset()
    return (datetime.combine(day, at) - offset).replace(tzinfo=UTC)


@given(st.integers(0, 6), days, st.integers(-10, 500), st.integers(1, 5))
def test_weekly_dates(weekday, first, length, every):
    last = first + timedelta(days=length)
    assert walltime.weekly_dates(weekday, first, last, every) == slow_dates(
        weekday, first, last, every
    )


@settings(max_examples=150, deadline=None)
@given(st.one_of(days, change_days), minutes, minutes)
def test_instants(day, one, other):
    starts, ends = sorted((one, other))
    if starts == ends:
        return
    begin, end = walltime.instants(day, starts, ends)
    assert begin == slow_instant(day, starts)
    assert begin < end
    obvious = slow_instant(day, ends)
    length = timedelta(minutes=walltime.minutes_between(starts, ends))
    assert end == (obvious if obvious > begin else begin + length)


def test_six_in_the_evening_stays_six_in_the_evening():
    for first, last in (
        (date(2026, 3, 19), date(2026, 4, 9)),
        (date(2026, 10, 15), date(2026, 11, 5)),
    ):
        for day in walltime.weekly_dates(3, first, last):
            begin, end = walltime.instants(day, time(18), time(20))
            assert walltime.wall(begin).replace(tzinfo=None) == datetime.combine(day, time(18))
            assert end - begin == timedelta(hours=2)


@pytest.mark.parametrize(
    ("day", "starts", "ends", "begin", "length"),
    [
        # The hour from 1 to 2 does not exist: half past one is half past two.
        (SPRING, time(1, 30), time(3), "2026-03-29T02:30:00+01:00", 30),
        (SPRING, time(1, 15), time(1, 45), "2026-03-29T02:15:00+01:00", 30),
        # It would end before it begins, so it keeps its length.
        (SPRING, time(1, 30), time(2, 15), "2026-03-29T02:30:00+01:00", 45),
        (SPRING, time(0, 30), time(2, 30), "2026-03-29T00:30:00+00:00", 60),
        # It exists twice: the first one counts, and an evening that spans both is an hour longer.
        (AUTUMN, time(1, 30), time(1, 45), "2026-10-25T01:30:00+01:00", 15),
        (AUTUMN, time(0, 30), time(1, 30), "2026-10-25T00:30:00+01:00", 60),
        (AUTUMN, time(0, 30), time(2, 30), "2026-10-25T00:30:00+01:00", 180),
    ],
)
def test_in_the_hour_of_the_change(day, starts, ends, begin, length):
    found, end = walltime.instants(day, starts, ends)
    assert walltime.wall(found).isoformat() == begin
    assert end - found == timedelta(minutes=length)
