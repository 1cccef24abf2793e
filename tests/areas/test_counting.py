"""What holds for every count whatever the dates, the days proclaimed for one year, and how a count is told."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.areas import calendar
from portal.areas.calendar import COUNTERS, LONDON, count, end_of, is_working_day, moved
from portal.areas.counting import FIRST_AND_LAST, UNITS, how_counted
from portal.areas.rules import Nation

E, W, S, N = Nation.ENGLAND, Nation.WALES, Nation.SCOTLAND, Nation.NORTHERN_IRELAND
DAY = timedelta(days=1)
WITH = [unit for unit in COUNTERS if unit != "clear days"]

numbers = st.integers(1, 130)
dates = st.dates(date(2011, 1, 1), date(2035, 1, 1))
nations = st.sampled_from(list(Nation))
units = st.sampled_from(list(COUNTERS))
many = settings(max_examples=150, deadline=None)


@given(numbers, units, dates, nations)
@many
def test_a_later_event_or_a_longer_period_never_ends_earlier(number, unit, after, nation):
    due = count(number, unit, after, nation).due
    assert due > after
    assert count(number, unit, after + DAY, nation).due >= due
    assert count(number + 1, unit, after, nation).due > due


@given(numbers, dates, nations, st.booleans())
@many
def test_working_days_never_end_on_a_day_that_is_none(number, after, nation, beginning_with):
    counted = count(number, "working days", after, nation, beginning_with=beginning_with)
    assert is_working_day(counted.due, nation)
    days = (counted.due - after).days + (1 if beginning_with else 0)
    assert days == number + len(counted.excluded)


@given(st.integers(1, 30), dates, nations)
@many
def test_clear_days_leave_both_ends_out(number, given_on, nation):
    due = count(number, "clear days", given_on, nation).due
    between = [given_on + n * DAY for n in range(1, (due - given_on).days)]
    assert sum(is_working_day(day, nation) for day in between) == number
    earlier = between[:-1]  # a meeting one day earlier would have had one clear day less
    assert sum(is_working_day(day, nation) for day in earlier) == number - 1


@given(numbers, dates, nations)
@many
def test_beginning_with_an_event_ends_one_day_earlier(number, on, nation):
    after, beginning = (
        count(number, "days", on, nation, beginning_with=flag).due for flag in (False, True)
    )
    assert beginning == after - DAY
    worked = count(number, "working days", on, nation, beginning_with=True).due
    if is_working_day(on, nation):
        assert count(1, "working days", worked, nation).due == (
            count(number, "working days", on, nation).due
        )
    else:  # day 1 is the next working day either way
        assert worked == count(number, "working days", on, nation).due


@given(st.integers(1, 120), dates)
@many
def test_months_end_on_the_same_date_or_the_last_and_beginning_with_the_day_before(number, on):
    after = count(number, "months", on, E).due
    total = on.year * 12 + on.month - 1 + number
    assert (after.year, after.month) == (total // 12, total % 12 + 1)
    same_date = after.day == on.day
    assert same_date or (after + DAY).day == 1
    beginning = count(number, "months", on, E, beginning_with=True).due
    assert beginning == (after - DAY if same_date else after)


@pytest.mark.parametrize(
    ("on", "number", "due"),
    [
        (date(2026, 3, 1), 6, date(2026, 8, 31)),  # not the 28th, as counting from 28 February gave
        (date(2026, 8, 31), 1, date(2026, 9, 30)),
        (date(2026, 8, 30), 6, date(2027, 2, 28)),
        (date(2027, 8, 29), 6, date(2028, 2, 28)),
        (date(2026, 12, 1), 24, date(2028, 11, 30)),
    ],
)
def test_months_beginning_with_a_day_counted_by_hand(on, number, due):
    assert count(number, "months", on, S, beginning_with=True).due == due


@pytest.mark.parametrize(
    ("nation", "off", "why"),
    [
        (E, date(2023, 5, 8), "Coronation"),
        (S, date(2023, 5, 8), "Coronation"),
        (N, date(2023, 5, 8), "Coronation"),
        (E, date(2022, 9, 19), "Funeral"),
        (S, date(2022, 9, 19), "Funeral"),
        (W, date(2022, 6, 3), "Platinum Jubilee"),
        (S, date(2026, 1, 2), "New Year Holiday"),
        (S, date(2027, 1, 4), "New Year Holiday"),  # 2 January 2027 is a Saturday
        (S, date(2022, 1, 4), "New Year Holiday"),  # 1 and 2 January 2022: 3 and 4 instead
        (N, date(2026, 7, 13), "Boyne"),
        (E, date(2020, 5, 8), "May Day"),  # moved for VE day
    ],
)
def test_days_off_of_one_year_or_one_nation_are_not_counted(nation, off, why):
    counted = count(1, "working days", off - DAY, nation)
    assert counted.due > off
    assert why in dict(counted.excluded)[off]


@pytest.mark.parametrize(
    ("nation", "day"),
    [
        (E, date(2026, 1, 2)),
        (S, date(2026, 4, 6)),  # no Easter Monday in Scotland
        (E, date(2026, 11, 30)),
        (W, date(2026, 3, 17)),
        (S, date(2026, 7, 13)),
        (E, date(2020, 5, 4)),  # the day that VE day took
    ],
)
def test_another_nations_day_off_is_a_working_day(nation, day):
    assert is_working_day(day, nation)


@given(dates)
@many
def test_every_day_ends_at_its_own_midnight_whatever_the_clocks_do(on):
    wall = end_of(on).astimezone(LONDON)
    assert (wall.date(), wall.hour, wall.minute) == (on + DAY, 0, 0)
    assert end_of(on + DAY) - end_of(on) in {timedelta(hours=h) for h in (23, 24, 25)}


def test_clear_days_cannot_begin_with_the_event():
    with pytest.raises(ValueError, match="clear days"):
        count(3, "clear days", date(2026, 3, 2), E, beginning_with=True)
    for unit in WITH:
        with pytest.raises(ValueError, match="at least one"):
            count(0, unit, date(2026, 3, 2), E, beginning_with=True)


def test_every_way_of_counting_is_told(app):
    ways = {(unit, False) for unit in COUNTERS} | {(unit, True) for unit in WITH}
    assert set(FIRST_AND_LAST) == ways
    assert set(UNITS) == set(COUNTERS)
    with app.test_request_context():
        for unit, beginning_with in ways:
            counted = count(20, unit, date(2026, 12, 18), S, beginning_with=beginning_with)
            told = how_counted(counted)
            assert "20" in told[0]
            assert "18 December 2026" in told[0]
            assert ("beginning with" in told[0]) is beginning_with


def test_a_count_across_christmas_is_told_day_by_day(app):
    with app.test_request_context():
        told = how_counted(count(5, "working days", date(2026, 12, 23), S))
    assert told[0] == "5 working days after Wednesday 23 December 2026."
    assert any("Christmas Day" in sentence for sentence in told)
    assert any("New Year" in sentence for sentence in told)
    assert sum(sentence.startswith("Not counted") for sentence in told) == 5


def test_a_date_that_was_moved_says_when_and_instead_of_what(app):
    first = count(65, "working days", date(2026, 3, 2), E)
    later = moved(first, date(2026, 7, 1), agreed_on=date(2026, 5, 5))
    again = moved(later, date(2026, 8, 3), agreed_on=date(2026, 6, 30))
    assert (again.due, again.instead_of) == (date(2026, 8, 3), first.due)
    with app.test_request_context():
        told = how_counted(again)
    assert "30 June 2026" in told[0]
    assert "3 August 2026" in told[0]
    assert calendar.count(65, "working days", date(2026, 3, 2), E).due == first.due
    assert "counted like this" in told[1]
