"""Every cell of the table: what is legal, for whom, and that nothing else is; days; what is never published."""

from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.areas import profile
from portal.areas.rules import Nation
from portal.errors import Forbidden, RuleBroken
from portal.ownership import rules
from portal.ownership.rules import (
    OPEN,
    TABLE,
    TELLING,
    Action,
    Facts,
    QuestionState,
    address_key,
)
from portal.people.rules import Role

BOTH = (False, True)
NAMES = ("is_asker", "others_wait", "over", "sent_on", "hidden", "said", "owner", "evidence")
SITUATIONS = [
    Facts(**dict(zip(NAMES, values, strict=True)), tried=tried, goes_to=goes_to)
    for values in product(BOTH, repeat=len(NAMES))
    for tried, goes_to in ((0, None), (1, QuestionState.JOINED), (2, QuestionState.ANSWERED))
]


@pytest.mark.parametrize("state", [None, *QuestionState])
@pytest.mark.parametrize("action", Action)
def test_each_cell_allows_what_its_row_allows_and_refuses_the_rest(state, action):
    rows = [row for row in TABLE if row.state is state and row.action is action]
    assert len(rows) <= 1, "one cell, one row"
    for role, facts in product(Role, SITUATIONS):
        good = [
            row for row in rows if role in row.roles and all(g.holds(facts) for g in row.guards)
        ]
        if good:
            assert rules.step_for(state, action, {role}, facts) is good[0]
        else:
            with pytest.raises((Forbidden, RuleBroken)):
                rules.step_for(state, action, {role}, facts)


def test_what_is_offered_is_what_a_good_form_can_do():
    for state, role in product(QuestionState, Role):
        for facts in SITUATIONS[:: len(SITUATIONS) // 40]:
            for action in rules.open_to(state, {role}, facts):
                row = next(row for row in TABLE if (row.state, row.action) == (state, action))
                assert role in row.roles
                assert all(guard.holds(facts) for guard in row.guards if not guard.about_input)


def test_who_has_no_part_can_do_nothing():
    for state, action, role in product(QuestionState, Action, (Role.PANEL, Role.CHAIR, Role.OFFICER)):  # fmt: skip
        with pytest.raises(Forbidden):
            rules.step_for(state, action, {role})


def test_every_state_can_be_reached_and_no_open_question_is_a_dead_end():
    reached = {QuestionState.ASKED}
    for _round in QuestionState:
        reached |= {row.to for row in TABLE if row.state in reached}
    assert reached == set(QuestionState)
    for state in OPEN:
        assert {row.to for row in TABLE if row.state is state} & (TELLING - OPEN)


def test_every_refusal_has_a_code_and_every_row_a_sentence():
    assert all(row.sentence.endswith(".") for row in TABLE)
    assert all(guard.code and guard.sentence for row in TABLE for guard in row.guards)
    assert rules.told(None, Action.ASK) == "The question was asked."
    assert rules.told(QuestionState.JOINED, Action.ANSWER) == "Answer"


def test_the_period_is_the_profile_s_and_tells_how_it_was_counted():
    held = profile.in_force("pilot_compact", date(2026, 3, 2))
    counted = rules.due_of(date(2026, 12, 21), held, Nation.ENGLAND)
    assert counted.due == date(2027, 1, 7)
    assert [day.why for day in counted.holidays] == [
        "Christmas Day",
        "Boxing Day (observed)",
        "New Year's Day",
    ]
    assert rules.due_of(date(2026, 12, 21), held, Nation.SCOTLAND).due > counted.due


@given(
    st.dates(date(2024, 1, 1), date(2030, 1, 1)), st.integers(1, 60), st.sampled_from(list(Nation))
)
def test_counting_back_gives_the_number_counted_forward(asked, number, nation):
    from portal.areas.calendar import working_day

    due = working_day(number, asked, nation).due
    assert rules.working_days(asked, due, nation) == number
    assert rules.working_days(due, asked, nation) == 0


@pytest.mark.parametrize(
    ("numbers", "median", "most"),
    [([], None, None), ([3], 3, 3), ([1, 9], 5, 9), ([1, 2, 9], 2, 9), (list(range(20)), 9.5, 18)],
)
def test_the_middle_of_numbers(numbers, median, most):
    assert rules.middle(numbers) == median
    assert rules.middle(numbers, 0.9) == most


def test_streets_are_compared_without_their_house_numbers():
    same = {address_key(text) for text in ("12 Ayres Road, M16 7GP", "14a AYRES ROAD m167gp")}
    assert same == {"M167GP ayres road"}
    assert address_key("M16 7GP") is None
    assert address_key("Ayres Road") is None
