"""The table of a round, what may be planned, and the sentence that every group gets."""

from datetime import date, timedelta
from itertools import product

import pytest

from portal.errors import Forbidden, RuleBroken
from portal.people.rules import Role
from portal.rounds import rules
from portal.rounds.rules import TABLE, Action, Outcome, RoundState

TODAY = date(2026, 11, 20)
TERM = {"first": date(2027, 1, 4), "last": date(2027, 3, 31), "closes_on": date(2026, 12, 18)}


@pytest.mark.parametrize("state", [None, *RoundState])
@pytest.mark.parametrize("action", Action)
def test_each_cell_allows_what_a_row_allows_and_refuses_the_rest(state, action):
    for role in Role:
        row = next(
            (r for r in TABLE if r.state is state and r.action is action and role in r.roles), None
        )
        if row is not None:
            assert rules.step_for(state, action, {role}) is row
        else:
            with pytest.raises((Forbidden, RuleBroken)):
                rules.step_for(state, action, {role})


def test_nothing_leads_out_of_an_end_and_every_state_is_reached():
    ends = {RoundState.PUBLISHED, RoundState.GIVEN_UP}
    assert not [row for row in TABLE if row.state in ends]
    assert {row.to for row in TABLE} == set(RoundState)


def test_one_row_a_cell():
    cells = [(row.state, row.action, role) for row in TABLE for role in row.roles]
    assert len(cells) == len(set(cells))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"last": date(2027, 1, 3)}, "last-before-first"),
        ({"last": date(2028, 1, 6)}, "too-long"),
        ({"closes_on": TODAY - timedelta(1)}, "closes-in-the-past"),
        ({"closes_on": date(2027, 1, 4)}, "closes-too-late"),
    ],
)
def test_a_round_that_cannot_be_held_is_refused(change, code):
    with pytest.raises(RuleBroken) as refusal:
        rules.check_round(**{**TERM, **change}, today=TODAY)
    assert refusal.value.code == code


def test_a_round_may_close_today_and_the_day_before_its_term():
    rules.check_round(**TERM | {"closes_on": TODAY}, today=TODAY)
    rules.check_round(**TERM | {"closes_on": date(2027, 1, 3)}, today=TODAY)


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (Outcome(1, [1, 2], [1, 2], [1]), "what you liked best"),
        (Outcome(1, [1, 2, 3], [1, 2, 3], [3]), "number %(rank)s. Number %(before)s went to other"),
        (Outcome(1, [1, 2], [2], [2]), "does not suit what you need, or is not free"),
        (Outcome(1, [1, 2], [1, 2], []), "went to other groups"),
        (Outcome(1, [1, 2], [], []), "suits what you need and is free"),
        (Outcome(1, [], [], []), "named no room"),
        (Outcome(1, [1], [1], [0], by_broker=[0]), "The broker chose"),
        (Outcome(2, [1, 2], [1, 2], [1, 2]), "what you liked best"),
    ],
)
def test_every_group_hears_why(outcome, words):
    first = rules.why(outcome)[0]
    assert words in first.sentence
    assert first.sentence % dict(first.values)


def test_who_has_less_than_it_asked_for_hears_that_too():
    said = rules.why(Outcome(2, [1, 2], [1, 2], [1]))
    assert said[1].values == {"times": 2, "given": 1}


def test_there_is_a_sentence_for_whatever_happens():
    sets = [[], [1], [2], [1, 2]]
    for times, named, weighed, given in product((1, 2), sets, sets, sets):
        for why in rules.why(Outcome(times, named, weighed, given)):
            assert why.sentence % dict(why.values)
