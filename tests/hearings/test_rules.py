"""Lawful notice by a table worked out by hand, and what must hold on any day; the order of those who speak."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal import clock
from portal.areas.calendar import is_working_day
from portal.areas.profile import in_force
from portal.areas.rules import Nation
from portal.hearings import rules
from portal.hearings.rules import ACCESS, Outcome, Plan, Side, Stands
from portal.hearings.words import ACCESS as ACCESS_WORDS
from portal.hearings.words import CHANGED, OUTCOMES, ROLES, SIDES, STANDS
from portal.people.rules import Role
from tests.conftest import broken

NOTICE = in_force("pilot_compact", date(2026, 3, 2)).periods["hearing_notice"]
ENG, WAL, SCO, NIR = Nation.ENGLAND, Nation.WALES, Nation.SCOTLAND, Nation.NORTHERN_IRELAND
DAY = timedelta(days=1)
PLAN = Plan(date(2026, 5, 20), time(18, 30), time(20, 30), "Hall", "Opening")

# (nation, notice given, first lawful day), counted by hand: neither end, no weekend, no bank holiday.
BY_HAND = [
    (ENG, (2026, 3, 2), (2026, 3, 10)),  # a week with nothing in it
    (WAL, (2026, 3, 2), (2026, 3, 6)),
    (SCO, (2026, 3, 2), (2026, 3, 6)),
    (NIR, (2026, 3, 2), (2026, 3, 10)),
    (ENG, (2026, 4, 2), (2026, 4, 14)),  # over Easter
    (WAL, (2026, 4, 2), (2026, 4, 10)),
    (SCO, (2026, 4, 2), (2026, 4, 9)),  # no Easter Monday there
    (NIR, (2026, 4, 2), (2026, 4, 14)),
    (ENG, (2026, 12, 22), (2027, 1, 1)),  # Boxing Day is kept on the Monday
    (WAL, (2026, 12, 22), (2026, 12, 30)),
    (SCO, (2026, 12, 30), (2027, 1, 7)),  # 1 January, and 2 January kept on the Monday
    (NIR, (2026, 3, 16), (2026, 3, 25)),  # Saint Patrick's Day
    (NIR, (2026, 7, 10), (2026, 7, 21)),  # the Boyne, kept on the Monday
    (ENG, (2026, 3, 27), (2026, 4, 8)),  # the clocks go forward in it
    (ENG, (2026, 10, 23), (2026, 10, 31)),  # and back
    (ENG, (2026, 5, 1), (2026, 5, 12)),  # May Day
    (SCO, (2026, 11, 27), (2026, 12, 4)),  # Saint Andrew's Day
    (ENG, (2026, 8, 28), (2026, 9, 8)),  # the last Monday of August
]


@pytest.mark.parametrize(("nation", "given_on", "first"), BY_HAND)
def test_the_first_lawful_day_is_as_counted_by_hand(nation, given_on, first):
    assert NOTICE.counted(date(*given_on), nation).due == date(*first)


@given(st.dates(date(2024, 1, 1), date(2035, 12, 31)), st.sampled_from(Nation))
def test_so_many_working_days_lie_between_and_one_day_less_is_too_few(given_on, nation):
    number = 5 if nation in (ENG, NIR) else 3
    counted = NOTICE.counted(given_on, nation)
    between = [given_on + DAY * n for n in range(1, (counted.due - given_on).days)]
    assert sum(is_working_day(day, nation) for day in between) == number
    assert sum(is_working_day(day, nation) for day in between[:-1]) == number - 1


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        ((2026, 3, 29, 0, 30), (2026, 3, 29)),  # half an hour before the clocks go forward
        ((2026, 6, 1, 23, 30), (2026, 6, 2)),  # past midnight in summer
        ((2026, 10, 25, 0, 30), (2026, 10, 25)),
        ((2026, 12, 1, 23, 30), (2026, 12, 1)),
    ],
)
def test_notice_is_given_on_the_day_on_the_wall(instant, day):
    with clock.at(datetime(*instant, tzinfo=clock.UTC)):
        assert clock.today() == date(*day)


@given(
    st.dates(date(2024, 1, 1), date(2035, 12, 31)),
    st.sampled_from(Nation),
    st.lists(st.integers(-30, 90), max_size=2),
)
def test_lawful_notice_wins_and_the_last_day_binds_where_it_can(given_on, nation, ahead):
    lasts = {f"period {n}": given_on + DAY * days for n, days in enumerate(ahead)}
    found = rules.window(NOTICE.counted(given_on, nation), lasts)
    assert set(found.missed) == {name for name, last in lasts.items() if last < found.notice.due}
    if found.latest is None:
        assert set(found.missed) == set(lasts)
    else:
        assert found.latest >= found.notice.due


@given(st.dates(date(2024, 1, 1), date(2035, 12, 31)), st.sampled_from(Nation), st.integers(1, 9))
def test_so_many_working_days_before_is_found(day, nation, number):
    before = rules.working_days_before(number, day, nation)
    between = [before + DAY * n for n in range((day - before).days)]
    assert is_working_day(before, nation)
    assert sum(is_working_day(one, nation) for one in between) == number


def test_where_no_last_day_to_ask_is_named_it_is_two_working_days_before():
    assert rules.completed(PLAN, ENG, date(2026, 5, 1)).speak_until == date(2026, 5, 18)
    assert rules.completed(PLAN, ENG, date(2026, 5, 19)).speak_until == date(2026, 5, 19)
    named = rules.completed(PLAN, ENG, date(2026, 5, 1))
    assert rules.completed(named, ENG, date(2026, 5, 10)) == named


@given(st.lists(st.sampled_from(Side), max_size=30))
def test_for_and_against_speak_in_turn_and_nobody_is_left_out(sides):
    asked = list(enumerate(sides))
    order = rules.in_turn(asked)
    assert sorted(order) == list(range(len(sides)))
    for side in Side:
        own = [who for who in order if sides[who] is side]
        assert own == sorted(own)
    pairs = min(sides.count(Side.FOR), sides.count(Side.AGAINST))
    assert [sides[who] for who in order[: 2 * pairs]] == [Side.FOR, Side.AGAINST] * pairs
    assert all(
        sides[who] is Side.NEITHER for who in order[len(order) - sides.count(Side.NEITHER) :]
    )


class Asked(NamedTuple):
    """Somebody who asked to speak, with a place in the chair's order or none."""

    id: int
    side: Side
    place: int | None = None


def test_the_chairs_own_order_comes_before_the_turns_of_those_who_came_later():
    asked = [
        Asked(1, Side.FOR, 1),
        Asked(2, Side.FOR, 0),
        Asked(3, Side.FOR),
        Asked(4, Side.AGAINST),
    ]
    assert [number for number, _side in rules.in_order(asked)] == [2, 1, 3, 4]


def test_the_group_and_the_holder_have_their_time_first():
    asked = [Asked(7, Side.AGAINST), Asked(9, Side.FOR)]
    slots = rules.slots(PLAN, rules.in_order(asked))
    assert [(slot.who, slot.minutes, slot.number) for slot in slots] == [
        ("group", 10, None), ("holder", 10, None), (Side.FOR, 3, 9), (Side.AGAINST, 3, 7),
    ]  # fmt: skip
    assert not rules.is_too_long(PLAN, slots)
    assert rules.is_too_long(PLAN, slots * 5)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"starts": time(20, 30)}, "hours"),
        ({"starts": time(6, 59)}, "hours"),
        ({"ends": time(23, 30)}, "hours"),
        ({"starts": time(21), "ends": time(9)}, "hours"),
        ({"speak_until": date(2026, 5, 21)}, "speak-until"),
        ({"agenda": " \n 1. "[:2]}, "agenda"),
        ({"agenda": "x\n" * 31}, "agenda"),
        ({"access": ("magic",)}, "access"),
    ],
)
def test_a_plan_that_cannot_be_kept_is_refused(changes, code):
    rules.check(PLAN)
    with broken(code):
        rules.check(replace(PLAN, **changes))


def test_another_day_hour_or_place_needs_notice_again_and_nothing_else():
    for name in Plan.__dataclass_fields__:
        assert rules.needs_notice([name]) is (name in ("on", "starts", "ends", "place"))
    assert rules.changed(PLAN, PLAN) == []


def test_an_agenda_is_its_lines_without_the_numbers_typed_before_them():
    text = "1. Opening\n\n  2) The group\n3 steps to the garden\n10.\nEnd"
    assert rules.points(text) == ["Opening", "The group", "3 steps to the garden", "10.", "End"]


OWN_TIME = {Role.ORGANISER, Role.OFFICER, Role.PANEL, Role.CHAIR, Role.BROKER}


@pytest.mark.parametrize("role", sorted(OWN_TIME))
def test_who_has_time_of_their_own_need_not_ask(role):
    with broken("party"):
        rules.check_may_speak({Role.RESIDENT, role})


@pytest.mark.parametrize("role", sorted(set(Role) - OWN_TIME))
def test_everybody_else_may_ask(role):
    rules.check_may_speak({Role.RESIDENT, role})


def test_how_a_hearing_stands():
    assert rules.stands(heard=True, live=False, day_has_come=True) is Stands.HEARD
    assert rules.stands(heard=False, live=False, day_has_come=True) is Stands.OFF
    assert rules.stands(heard=False, live=True, day_has_come=True) is Stands.OVER
    assert rules.stands(heard=False, live=True, day_has_come=False) is Stands.COMING


def test_every_choice_has_its_words():
    assert set(OUTCOMES) == set(Outcome)
    assert set(SIDES) == set(Side)
    assert set(ROLES) == {"group", "holder", *Side}
    assert set(STANDS) == set(Stands)
    assert set(ACCESS_WORDS) == set(ACCESS)
    assert set(CHANGED) == set(Plan.__dataclass_fields__)
