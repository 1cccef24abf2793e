"""Opening hours with the nation's bank holidays, and what the door does."""

from datetime import date, datetime, time, timedelta
from itertools import product

import pytest

from portal.areas.calendar import bank_holidays
from portal.areas.rules import Nation
from portal.venues.hours import (
    DAYS,
    Door,
    Hours,
    covers,
    door,
    door_on,
    hire_hours,
    open_minutes,
    out_of_hours,
    readable,
    same_every_week,
)
from portal.venues.rules import Key, Span

AUGUST = date(2026, 8, 31)  # a Monday; England's and Wales's bank holiday, not Scotland's
MONDAY = date(2026, 8, 24)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute)  # noqa: DTZ001 - wall time


@pytest.mark.parametrize(
    ("text", "usual", "holiday"),
    [
        ("Mo-Su 17:00-22:00", ((1020, 1320),), ((1020, 1320),)),
        ("Mo-Su 17:00-22:00; PH off", ((1020, 1320),), ()),
        ("Mo-Fr 09:00-17:00; PH 10:00-12:00", ((540, 1020),), ((600, 720),)),
        ("Tu-Fr,PH 09:00-12:00", (), ((540, 720),)),
        ("PH,Su 09:00-12:00", (), ((540, 720),)),
        ("24/7; PH off", ((0, 1440),), ()),
        ("Mo 09:00-10:00 unknown, 10:00-11:00", ((600, 660),), ((600, 660),)),
    ],
)
def test_a_bank_holiday_is_what_the_text_says_of_it(text, usual, holiday):
    assert open_minutes(text, MONDAY) == usual
    assert open_minutes(text, AUGUST, holiday=True) == holiday


def test_the_nation_says_which_days_are_bank_holidays():
    hours = Hours("Mo-Su 17:00-22:00; PH off", None, opener=True)
    england, scotland = (bank_holidays(n, 2026) for n in (Nation.ENGLAND, Nation.SCOTLAND))
    evening = at(AUGUST, 18), at(AUGUST, 20)
    assert door(hours, *evening, england) is Door.BANK_HOLIDAY
    assert door(hours, *evening, scotland) is Door.OPENED


def test_hours_past_midnight_are_one_stretch():
    assert covers("Mo 20:00-02:00", at(MONDAY, 21), at(date(2026, 8, 25), 1), ())
    assert not covers("Mo 20:00-02:00", at(MONDAY, 21), at(date(2026, 8, 25), 3), ())


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        (Hours("Mo-Fr 17:00-22:00", "Mo-Fr 09:00-17:00", opener=True), Door.OPENED),
        (Hours("Mo-Fr 17:00-22:00", "Mo-Fr 09:00-17:00", opener=False), Door.NOBODY),
        (Hours("Mo-Fr 09:00-22:00", "Mo-Fr 09:00-21:00", opener=False), Door.OPEN),
        (Hours("Mo-Fr 09:00-22:00", "Mo-Fr 09:00-19:00", opener=True), Door.OPENED),
        (Hours("Mo-Fr 09:00-19:30", "Mo-Fr 09:00-22:00", opener=True), Door.CLOSED),
        (Hours("Mo-Fr 18:00-20:00", None, opener=True), Door.OPENED),
        (Hours("Mo-Fr 18:01-20:00", None, opener=True), Door.CLOSED),
        (Hours(None, "Mo-Fr 09:00-22:00", opener=True), Door.UNKNOWN),
        (Hours("when the caretaker is in", None, opener=True), Door.UNKNOWN),
        (Hours("Mo-Fr 17:00-22:00", "ask at the desk", opener=True), Door.OPENED),
    ],
)
def test_the_door_from_six_to_eight(hours, expected):
    assert door(hours, at(MONDAY, 18), at(MONDAY, 20), ()) is expected


def test_what_cannot_be_read():
    assert readable("Mo-Fr 09:00-17:00; PH off")
    assert not readable("ask at the desk")
    assert not readable("PH -1 day 08:00-10:00")


@pytest.mark.parametrize(
    ("public", "offered"),
    [
        (
            "Mo-Fr 09:00-17:00; Sa 10:00-13:00,14:00-16:00; PH off",
            "; ".join(f"{d} 08:00-09:00,17:00-22:00" for d in DAYS[:5])
            + "; Sa 08:00-10:00,13:00-14:00,16:00-22:00; Su 08:00-22:00; PH off",
        ),
        ("Mo-Su 07:00-21:00", "; ".join(f"{d} 21:00-22:00" for d in DAYS) + "; PH off"),
        ("Mo-Su 06:00-07:00,21:00-23:00", "; ".join(f"{d} 08:00-21:00" for d in DAYS) + "; PH off"),
        ("24/7", None),
        ("Mo-Su 18:00-09:00", "; ".join(f"{d} 09:00-18:00" for d in DAYS) + "; PH off"),
        ("Jan-Mar: Mo-Fr 09:00-17:00", None),  # not the same every week
        ("Mo[1] 10:00-12:00", None),
        ("now and then", None),
    ],
)
def test_out_of_hours_is_the_day_without_the_public_hours(public, offered):
    assert out_of_hours(public, time(8), time(22)) == offered
    if offered:
        assert readable(offered)


def test_without_hire_hours_a_room_is_offered_only_where_somebody_opens():
    public = "Mo-Fr 09:00-17:00"
    assert hire_hours("Sa 10:00-12:00", public, opener=True) == "Sa 10:00-12:00"
    assert hire_hours(None, public, opener=False) is None
    assert hire_hours(None, None, opener=True) is None
    offered = hire_hours(None, public, opener=True)
    rules = Hours(offered, public, opener=True)
    assert door(rules, at(MONDAY, 18), at(MONDAY, 20), ()) is Door.OPENED
    assert door(rules, at(MONDAY, 12), at(MONDAY, 14), ()) is Door.CLOSED, "nobody has offered that"
    assert door(rules, at(MONDAY, 21), at(MONDAY, 23), ()) is Door.CLOSED
    assert door(rules, at(AUGUST, 18), at(AUGUST, 20), {AUGUST}) is Door.BANK_HOLIDAY


def test_a_door_by_its_weekday_says_the_same_as_by_its_date():
    keys = (Key((0, 3), time(21), 500), Key((4,)))
    shut = (Span(date(2026, 4, 1), date(2026, 4, 4)),)
    days = [date(2026, 3, 30) + timedelta(days=n) for n in range(10)]  # with Easter
    holidays = {date(2026, 4, 3), date(2026, 4, 6)}
    for hire, public, opener, key, closed in product(
        ("Mo-Fr 08:00-22:00; PH off", "Mo-Su 17:00-24:00; PH 10:00-12:00"),
        (None, "Mo-Fr 09:00-18:30; PH off"), (True, False), ((), keys), ((), shut),
    ):  # fmt: skip
        one = Hours(hire, public, opener, key, closed)
        assert same_every_week(one)
        for day, (low, high) in product(
            days, ((600, 700), (1050, 1100), (1080, 1290), (1200, 1440))
        ):
            midnight = datetime.combine(day, time())
            span = midnight + timedelta(minutes=low), midnight + timedelta(minutes=high)
            said = door_on(one, day, low, high, holiday=day in holidays)
            assert said == door(one, *span, holidays), (one, day, low, high)
