"""Every cell of the table: what is legal, for whom, and that nothing else is."""

from itertools import product

import pytest

from portal.errors import Forbidden, RuleBroken
from portal.lettings import rules, table
from portal.lettings.rules import Action, LetState
from portal.lettings.table import TABLE, Facts
from portal.money.rules import DepositState
from portal.people.rules import Role

SITUATIONS = [
    Facts(
        begun=b,
        over=o,
        within_means=w,
        deposit=d,
        dates_ahead=n,
        dates=n,
        unused=o,
        asked=b,
        unanswered=b and o,
    )
    for b, o, w, d, n in product(
        (False, True), (False, True), (False, True), (None, *DepositState), (0, 1, 2)
    )
]


@pytest.mark.parametrize("state", [None, *LetState])
@pytest.mark.parametrize("action", Action)
def test_each_cell_allows_what_a_row_allows_and_refuses_the_rest(state, action):
    for role, facts in product(Role, SITUATIONS):
        rows = [
            row
            for row in TABLE
            if row.state is state
            and row.action is action
            and role in row.roles
            and (row.guard is None or row.guard.holds(facts))
        ]
        if rows:
            assert table.step_for(state, action, {role}, facts) is rows[0]
        else:
            with pytest.raises((Forbidden, RuleBroken)):
                table.step_for(state, action, {role}, facts)


def test_nobody_without_a_part_in_a_let_can_do_anything():
    for state, action, role in product(LetState, Action, (Role.RESIDENT, Role.PANEL, Role.CHAIR)):
        with pytest.raises(Forbidden):
            table.step_for(state, action, {role})


def test_rows_of_one_cell_exclude_each_other():
    """Whatever the facts, one role finds at most one way on from a state by an action."""
    for state, action, role, facts in product(LetState, Action, Role, SITUATIONS):
        ways = [
            row
            for row in TABLE
            if (row.state, row.action) == (state, action)
            and role in row.roles
            and (row.guard is None or row.guard.holds(facts))
        ]
        assert len(ways) <= 1, (state, action, role)


def test_every_state_can_be_reached_and_only_ends_are_dead_ends():
    reached, before = {LetState.REQUESTED}, set()
    while reached != before:
        before = set(reached)
        reached |= {row.to for row in TABLE if row.state in reached}
    assert reached == set(LetState)
    leads_on = {row.state for row in TABLE if row.to is not row.state}
    assert set(LetState) - leads_on == {
        LetState.ENDED,
        LetState.DECLINED,
        LetState.WITHDRAWN,
        LetState.CANCELLED,
    }


def test_only_the_portal_moves_by_the_clock():
    by_clock = {row.action for row in TABLE if row.roles == {Role.PORTAL}}
    assert by_clock == {
        Action.PRE_APPROVE,
        Action.SETTLE,
        Action.BEGIN,
        Action.END,
        Action.QUERY,
        Action.LAPSE,
    }
    assert all(row.roles == {Role.PORTAL} for row in TABLE if row.action in by_clock)


def test_a_step_is_told_by_one_sentence():
    for row in TABLE:
        assert table.told(row.state, row.action, row.to) == row.sentence


def test_the_guards_refuse_in_a_sentence():
    with pytest.raises(RuleBroken) as refusal:
        table.step_for(LetState.REQUESTED, Action.APPROVE, {Role.BROKER}, Facts(begun=True))
    assert refusal.value.code == "dates-gone-by"
    with pytest.raises(RuleBroken) as refusal:
        table.step_for(LetState.REQUESTED, Action.SKIP, {Role.ORGANISER}, Facts(dates_ahead=1))
    assert refusal.value.code == "last-date"
    with pytest.raises(RuleBroken):
        table.step_for(
            LetState.OFFERED, Action.SKIP, {Role.ORGANISER}, Facts(dates_ahead=3, giving_up=3)
        )


def test_parts_of_a_penny_are_not_asked_for():
    assert rules.price_of(None, 120) == 0
    assert rules.price_of(1001, 90) == 1501
