"""Counting days: tables made by hand from the published bank holidays, and a slow obvious model."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.areas import calendar
from portal.areas.calendar import WEEKEND, clear_days, count, end_of, months, working_day
from portal.areas.rules import Nation

E, W, S, N = Nation.ENGLAND, Nation.WALES, Nation.SCOTLAND, Nation.NORTHERN_IRELAND

# Counted on paper with gov.uk/bank-holidays, nidirect and mygov.scot beside it: nation, after, number, due.
GOLDEN = [
    # plain weeks
    (E, date(2026, 3, 2), 1, date(2026, 3, 3)),
    (E, date(2026, 3, 6), 1, date(2026, 3, 9)),  # Friday: day 1 is Monday
    (E, date(2026, 3, 7), 1, date(2026, 3, 9)),  # the event itself on a Saturday
    (E, date(2026, 3, 2), 20, date(2026, 3, 30)),
    # Easter 2026: Good Friday 3 April, Easter Monday 6 April (not in Scotland)
    (E, date(2026, 4, 2), 1, date(2026, 4, 7)),
    (W, date(2026, 4, 2), 1, date(2026, 4, 7)),
    (N, date(2026, 4, 2), 1, date(2026, 4, 7)),
    (S, date(2026, 4, 2), 1, date(2026, 4, 6)),
    # Christmas 2026: 26 December is a Saturday, so Monday 28 is the substitute; Scotland's 2 January 2027
    # is a Saturday, so Monday 4 is the substitute.
    (E, date(2026, 12, 24), 1, date(2026, 12, 29)),
    (E, date(2026, 12, 24), 4, date(2027, 1, 4)),
    (S, date(2026, 12, 24), 4, date(2027, 1, 5)),
    (N, date(2026, 12, 24), 4, date(2027, 1, 4)),
    # Christmas 2027: 25 and 26 are Saturday and Sunday, so Monday 27 and Tuesday 28.
    (E, date(2027, 12, 24), 1, date(2027, 12, 29)),
    # Saint Patrick's Day and 12 July (a Sunday in 2026: Monday 13) only in Northern Ireland
    (N, date(2026, 3, 16), 1, date(2026, 3, 18)),
    (E, date(2026, 3, 16), 1, date(2026, 3, 17)),
    (N, date(2026, 7, 10), 1, date(2026, 7, 14)),
    (E, date(2026, 7, 10), 1, date(2026, 7, 13)),
    # the summer holiday: first Monday of August in Scotland, last one elsewhere
    (S, date(2026, 7, 31), 1, date(2026, 8, 4)),
    (E, date(2026, 7, 31), 1, date(2026, 8, 3)),
    (S, date(2026, 8, 28), 1, date(2026, 8, 31)),
    (W, date(2026, 8, 28), 1, date(2026, 9, 1)),
    # Saint Andrew's Day, a Monday in 2026
    (S, date(2026, 11, 27), 1, date(2026, 12, 1)),
    # across both clock changes: a day is a day
    (E, date(2026, 3, 27), 1, date(2026, 3, 30)),
    (E, date(2026, 10, 23), 1, date(2026, 10, 26)),
    (N, date(2026, 10, 23), 1, date(2026, 10, 26)),
    # the compact's own periods from Friday 20 November 2026
    (E, date(2026, 11, 20), 20, date(2026, 12, 18)),
    (E, date(2026, 11, 20), 30, date(2027, 1, 6)),
    (E, date(2026, 11, 20), 40, date(2027, 1, 20)),
    (E, date(2026, 11, 20), 65, date(2027, 2, 24)),
]


@pytest.mark.parametrize(("nation", "after", "number", "due"), GOLDEN)
def test_working_days_as_counted_by_hand(nation, after, number, due):
    assert working_day(number, after, nation).due == due


@pytest.mark.parametrize(
    ("after", "number", "due"),
    [
        (date(2026, 1, 15), 6, date(2026, 7, 15)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2026, 2, 28), 6, date(2026, 8, 28)),  # the corresponding date, not the last one
    ],
)
def test_months_end_on_the_corresponding_date_or_the_last(after, number, due):
    assert months(number, after).due == due


@pytest.mark.parametrize(
    ("nation", "after", "number", "due"),
    [
        (E, date(2026, 3, 2), 5, date(2026, 3, 10)),  # 3, 4, 5, 6, 9 March lie between
        (E, date(2026, 3, 31), 5, date(2026, 4, 10)),  # 1, 2, 7, 8 and 9 April
        (W, date(2026, 3, 31), 3, date(2026, 4, 8)),  # 1, 2 and 7 April
    ],
)
def test_clear_days_leave_out_both_ends(nation, after, number, due):
    counted = clear_days(number, after, nation)
    between = [after + timedelta(days=n) for n in range(1, (counted.due - after).days)]
    assert sum(calendar.is_working_day(day, nation) for day in between) == number
    assert counted.due == due


def slow(number: int, after: date, nation: Nation) -> date:
    """All days one after the other, weekends and holidays struck out."""
    days = [after + timedelta(days=n) for n in range(1, 2 * number + 40)]
    worked = [
        day
        for day in days
        if day.strftime("%a") not in ("Sat", "Sun")
        and day not in calendar.bank_holidays(nation, day.year)
    ]
    return worked[number - 1]


@given(
    number=st.integers(1, 130),
    after=st.dates(date(2011, 1, 1), date(2035, 1, 1)),
    nation=st.sampled_from(list(Nation)),
)
@settings(max_examples=150, deadline=None)
def test_working_days_agree_with_the_slow_model(number, after, nation):
    counted = working_day(number, after, nation)
    assert counted.due == slow(number, after, nation)
    assert (counted.due - after).days == number + len(counted.excluded)
    assert all(after < left.day < counted.due for left in counted.excluded)


@given(after=st.dates(date(2011, 1, 1), date(2035, 1, 1)), nation=st.sampled_from(list(Nation)))
@settings(max_examples=60, deadline=None)
def test_two_periods_after_each_other_are_one(after, nation):
    half = working_day(20, after, nation).due
    assert working_day(10, half, nation).due == working_day(30, after, nation).due


def test_a_count_tells_how_it_was_made():
    counted = working_day(3, date(2026, 4, 2), E)
    assert [(left.day.day, left.why) for left in counted.excluded] == [
        (3, "Good Friday"),
        (4, WEEKEND),
        (5, WEEKEND),
        (6, "Easter Monday"),
    ]
    assert [left.why for left in counted.holidays] == ["Good Friday", "Easter Monday"]
    assert counted.weekend_days == 2


def test_a_day_ends_at_its_own_midnight_on_both_sides_of_the_clock_change():
    assert end_of(date(2026, 3, 28)) == datetime(2026, 3, 29, 0, 0, tzinfo=UTC)
    assert end_of(date(2026, 3, 29)) == datetime(2026, 3, 29, 23, 0, tzinfo=UTC)  # 23 hours long
    assert end_of(date(2026, 10, 24)) == datetime(2026, 10, 24, 23, 0, tzinfo=UTC)
    assert end_of(date(2026, 10, 25)) == datetime(2026, 10, 26, 0, 0, tzinfo=UTC)  # 25 hours long


def test_every_unit_of_the_table_counts_and_nothing_is_no_period():
    for unit in calendar.COUNTERS:
        assert count(1, unit, date(2026, 3, 2), E).due > date(2026, 3, 2)
        with pytest.raises(ValueError, match="at least one"):
            count(0, unit, date(2026, 3, 2), E)
