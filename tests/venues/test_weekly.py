"""The table of a week and its text, there and back, against the parser and against a minute-by-minute model."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.areas.calendar import bank_holidays
from portal.areas.rules import Nation
from portal.errors import RuleBroken
from portal.lettings.walltime import instants, wall
from portal.venues import weekly
from portal.venues.hours import DAYS, MIDNIGHT, covers, open_minutes
from portal.venues.weekly import Week, joined, read, write

MONDAY = date(2026, 8, 24)
AUGUST = date(2026, 8, 31)  # a bank holiday


def at(day: date, hour: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour)  # noqa: DTZ001 - wall time


QUARTERS = st.integers(0, MIDNIGHT // 15).map(lambda n: n * 15)


@st.composite
def days(draw):
    """Up to three stretches of a day, as `joined` leaves them."""
    edges = draw(st.lists(QUARTERS, max_size=6, unique=True).map(sorted))
    return joined(list(zip(edges[::2], edges[1::2], strict=False)))


weeks = st.builds(Week, st.tuples(*[days()] * 7), st.none() | days())


def written(week: Week) -> str | None:
    try:
        return write(week)
    except RuleBroken:
        return None


@given(weeks)
def test_the_text_says_what_the_table_says(week):
    text = written(week)
    if text is None:
        return
    for number, stretches in enumerate(week.days):
        day = MONDAY + timedelta(days=number)
        assert open_minutes(text, day) == stretches
        assert open_minutes(text, day, holiday=True) == (
            stretches if week.holidays is None else week.holidays
        )


@given(weeks)
def test_there_and_back(week):
    text = written(week)
    if text is not None:
        assert read(text) == week
        assert write(read(text)) == text


def open_at(week: Week, moment: datetime, holidays) -> bool:
    """The slow model: is this one minute open?"""
    day, minute = moment.date(), moment.hour * 60 + moment.minute
    usual = week.days[day.weekday()]
    stretches = week.holidays if day in holidays and week.holidays is not None else usual
    return any(low <= minute < high for low, high in stretches)


@given(
    weeks,
    st.datetimes(at(MONDAY), at(date(2026, 9, 6))),
    st.integers(1, 40),
)
def test_covers_is_every_minute_open(week, start, quarters):
    text = written(week)
    if text is None:
        return
    start = start.replace(minute=start.minute // 15 * 15, second=0, microsecond=0)
    end = start + timedelta(minutes=15 * quarters)
    minutes = (start + timedelta(minutes=n) for n in range(15 * quarters))
    expected = all(open_at(week, moment, {AUGUST}) for moment in minutes)
    assert covers(text, start, end, {AUGUST}) is expected


@pytest.mark.parametrize("change", [date(2026, 3, 29), date(2026, 10, 25)])
@given(week=weeks, starts=st.integers(0, 80), quarters=st.integers(1, 15))
def test_hours_are_wall_time_when_the_clocks_change(change, week, starts, quarters):
    """A meeting that is stored as instants and read back as wall time meets the same door, clock change or not."""
    text = written(week)
    start = datetime.combine(change, datetime.min.time()) + timedelta(minutes=15 * starts)
    end = start + timedelta(minutes=15 * quarters)
    if text is None or end.date() != change or 1 <= start.hour < 3 or 1 <= end.hour < 3:
        return  # within the hour that is skipped or comes twice the wall itself is in doubt
    stored = [wall(i).replace(tzinfo=None) for i in instants(change, start.time(), end.time())]
    assert stored == [start, end]
    week_before = [moment - timedelta(weeks=1) for moment in (start, end)]
    assert covers(text, *stored, ()) == covers(text, *week_before, ())


@pytest.mark.parametrize(
    ("text", "week"),
    [
        ("Mo-Fr 09:00-17:00; PH off", Week((((540, 1020),),) * 5 + ((), ()), ())),
        ("24/7", Week((((0, 1440),),) * 7)),
        ("Mo 20:00-02:00", Week((((1200, 1440),), ((0, 120),), (), (), (), (), ()))),
        ("off", Week(((),) * 7)),
        ("Mo-Su 10:00-12:00; PH 10:00-12:00", Week((((600, 720),),) * 7, ((600, 720),))),
    ],
)
def test_what_a_table_can_show(text, week):
    assert read(text) == week
    assert read(write(week)) == week


@pytest.mark.parametrize(
    "text",
    [
        "Jan-Mar Mo 10:00-12:00",
        "2027 Mo 10:00-12:00",
        "Mo[1] 10:00-12:00",
        'Mo 10:00-12:00 "ring the bell"',
        "Mo 10:00+",
        "sunrise-sunset",
        "Mo 08:00-09:00,10:00-11:00,12:00-13:00,14:00-15:00",
        "Mo,PH 09:00-12:00",  # open on Tuesday's holiday too, but every holiday the same: it is a table
        "ask at the desk",
    ],
)
def test_what_a_table_cannot_show_is_left_as_it_is(text):
    expected = text.startswith("Mo,PH")
    assert (read(text) is not None) is expected


def test_a_table_that_contradicts_itself_is_told_by_its_day():
    ends_first, twice = ((1020, 540),), ((540, 720), (660, 800))
    wrong = weekly.check(Week((ends_first, (), twice, (), (), (), ()), ((60, 60),)))
    assert wrong == {
        "Mo": weekly.PAST_MIDNIGHT,
        "We": weekly.OVERLAP,
        "PH": weekly.PAST_MIDNIGHT,
    }
    assert not weekly.check(Week((((540, 720), (720, 800)),) + ((),) * 6))


def test_days_of_the_same_hours_are_named_together():
    same, other = ((540, 1020),), ((600, 780),)
    assert write(Week((same, same, (), same, other, (), same), ())) == (
        "Mo-Tu,Th,Su 09:00-17:00; Fr 10:00-13:00; PH off"
    )
    assert write(Week(((),) * 7)) == "Mo-Su off"


def test_more_than_the_column_holds_is_refused_in_words():
    busy = tuple(tuple((n + 60 * h, n + 60 * h + 30) for h in (8, 12, 16)) for n in range(7))
    assert len(write(Week(busy))) <= weekly.LONGEST
    with pytest.raises(RuleBroken) as refused:
        write(Week(busy, ((1, 2), (3, 4), (5, 6))))
    assert refused.value.code == "too-much"


def test_the_august_bank_holiday_of_england_closes_no_door_in_scotland():
    text = write(Week((((540, 1020),),) * 7, ()))
    evening = at(AUGUST, 10), at(AUGUST, 12)
    assert not covers(text, *evening, bank_holidays(Nation.ENGLAND, 2026))
    assert covers(text, *evening, bank_holidays(Nation.SCOTLAND, 2026))
    assert DAYS[0] == "Mo"
