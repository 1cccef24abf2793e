"""Every cell of the transition table, and its guards one by one. Pure: no database."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import product

import pytest

from portal.errors import Forbidden, RuleBroken
from portal.people.rules import Role
from portal.proposals.guards import Facts
from portal.proposals.rules import (
    HOLDS_THE_PLACE,
    OVER,
    TRANSITIONS,
    Action,
    Runs,
    State,
    find,
    open_to,
    road,
)

A, S, R = Action, State, Role
TODAY = date(2026, 6, 1)
EARLY, LATE = TODAY - timedelta(days=1), TODAY + timedelta(days=1)

# Written a second time, by hand from COMPACT: (state, action) -> who may, and where it leads.
EXPECTED = {
    (S.DRAFT, A.LODGE): ({R.ORGANISER}, {S.LODGED}),
    (S.DRAFT, A.WITHDRAW): ({R.ORGANISER}, {S.WITHDRAWN}),
    (S.LODGED, A.RETURN_INCOMPLETE): ({R.BROKER}, {S.RETURNED}),
    (S.LODGED, A.VALIDATE): ({R.BROKER}, {S.VALIDATED}),
    (S.LODGED, A.WITHDRAW): ({R.ORGANISER}, {S.WITHDRAWN}),
    (S.RETURNED, A.LODGE): ({R.ORGANISER}, {S.LODGED}),
    (S.RETURNED, A.WITHDRAW): ({R.ORGANISER}, {S.WITHDRAWN}),
    (S.VALIDATED, A.PUBLISH): ({R.PORTAL}, {S.ON_NOTICE}),
    (S.ON_NOTICE, A.REPRESENT): ({R.RESIDENT}, {S.ON_NOTICE}),
    (S.ON_NOTICE, A.ANSWER): ({R.ORGANISER}, {S.ON_NOTICE}),
    (S.ON_NOTICE, A.AGREE): ({R.OFFICER}, {S.ON_NOTICE}),
    (S.ON_NOTICE, A.OBJECT): ({R.OFFICER}, {S.ON_NOTICE}),
    (S.ON_NOTICE, A.NAME_ALTERNATIVE): ({R.OFFICER}, {S.ON_NOTICE}),
    (S.ON_NOTICE, A.DECLARE_INTEREST): ({R.PANEL, R.CHAIR}, {S.ON_NOTICE}),
    (S.ON_NOTICE, A.OPEN_TEST): ({R.PORTAL}, {S.UNDER_TEST}),
    (S.ON_NOTICE, A.WITHDRAW): ({R.ORGANISER}, {S.WITHDRAWN}),
    (S.UNDER_TEST, A.DECLARE_INTEREST): ({R.PANEL, R.CHAIR}, {S.UNDER_TEST}),
    (S.UNDER_TEST, A.SCORE): ({R.PANEL}, {S.UNDER_TEST}),
    (S.UNDER_TEST, A.CHECK_CAPACITY): ({R.BROKER, R.CHAIR}, {S.UNDER_TEST}),
    (S.UNDER_TEST, A.DECIDE): ({R.CHAIR}, {S.GRANTED, S.REFUSED}),
    (S.UNDER_TEST, A.DEFAULT_GRANT): ({R.PORTAL}, {S.GRANTED_BY_DEFAULT}),
    (S.UNDER_TEST, A.ESCALATE): ({R.PORTAL}, {S.ESCALATED}),
    (S.UNDER_TEST, A.LAPSE): ({R.PORTAL}, {S.LAPSED}),
    (S.UNDER_TEST, A.WITHDRAW): ({R.ORGANISER}, {S.WITHDRAWN}),
    (S.ESCALATED, A.DECLARE_INTEREST): ({R.PANEL, R.CHAIR}, {S.ESCALATED}),
    (S.ESCALATED, A.SCORE): ({R.PANEL}, {S.ESCALATED}),
    (S.ESCALATED, A.CHECK_CAPACITY): ({R.BROKER, R.CHAIR}, {S.ESCALATED}),
    (S.ESCALATED, A.DECIDE): ({R.CHAIR}, {S.GRANTED, S.REFUSED}),
    (S.ESCALATED, A.WITHDRAW): ({R.ORGANISER}, {S.WITHDRAWN}),
    (S.GRANTED, A.DRAFT_AGREEMENT): ({R.BROKER}, {S.AGREEMENT}),
    (S.GRANTED_BY_DEFAULT, A.DRAFT_AGREEMENT): ({R.BROKER}, {S.AGREEMENT}),
    (S.AGREEMENT, A.DRAFT_AGREEMENT): ({R.BROKER}, {S.AGREEMENT}),
    (S.AGREEMENT, A.SIGN): ({R.ORGANISER, R.OFFICER}, {S.AGREEMENT}),
    (S.AGREEMENT, A.HAND_OVER): ({R.BROKER, R.OFFICER}, {S.IN_USE}),
    (S.IN_USE, A.END): ({R.ORGANISER, R.BROKER}, {S.ENDED}),
}


@pytest.mark.parametrize("state", State)
def test_every_cell_is_as_expected(state):
    """For all actions and roles: allowed (whatever the guards say), forbidden, or unknown to the state."""
    for action, role in product(Action, Role):
        roles, _leads_to = EXPECTED.get((state, action), (set(), set()))
        try:
            find(state, action, {role}, Facts(today=TODAY))
            answer = "yes"
        except Forbidden:
            answer = "forbidden"
        except RuleBroken as refusal:
            answer = "unknown" if refusal.code == "not-now" else "yes"
        wanted = "yes" if role in roles else "forbidden" if roles else "unknown"
        assert answer == wanted, (state, action, role)


def test_every_row_leads_where_expected():
    leads_to: dict = {}
    for row in TRANSITIONS:
        leads_to.setdefault((row.state, row.action), set()).add(row.to)
    assert leads_to.pop((None, A.START)) == {S.DRAFT}
    assert leads_to == {cell: states for cell, (_roles, states) in EXPECTED.items()}


def test_every_state_can_be_reached_and_left_or_is_the_end():
    reached, more = {S.DRAFT}, True
    while more:
        found = {row.to for row in TRANSITIONS if row.state in reached}
        more = not found <= reached
        reached |= found
    assert reached == set(State)
    left = {row.state for row in TRANSITIONS if row.state}
    assert set(State) - left == set(OVER)
    assert not set(OVER) & set(HOLDS_THE_PLACE)


def test_the_straight_road_runs_from_draft_to_the_end_of_use():
    assert [row.to for row in road()] == [
        S.LODGED,
        S.VALIDATED,
        S.ON_NOTICE,
        S.UNDER_TEST,
        S.GRANTED,
        S.AGREEMENT,
        S.IN_USE,
        S.ENDED,
    ]


def test_every_clause_and_period_of_the_table_is_in_the_profile():
    from portal.areas import profile

    held = profile.in_force("pilot_compact", TODAY)
    assert {row.clause for row in TRANSITIONS} <= held.clauses.keys()
    assert {row.clock.period for row in TRANSITIONS if row.clock} <= held.periods.keys()


DUE = dict.fromkeys(
    ("validation", "representations", "answers", "holder_response", "decision"), LATE
)
# Facts under which each action goes through; each guard test below spoils one of them.
READY = Facts(
    today=TODAY,
    due=DUE,
    holder_answered=False,
    unanswered=1,
    scores=2,
    capacity_checked=True,
    passed=True,
    silence_grants=True,
    words="why",
    ground="unsafe",
    grounds=("unsafe",),
    evidence="shown",
    officer="Olu",
    whole=True,
    signs_as=R.OFFICER,
    signer="Olu",
    shown_hash="h",
    text_hash="h",
    term=12,
    longest_term=36,
)
OVERDUE = dict.fromkeys(DUE, EARLY)
GUARDS = [
    (S.DRAFT, A.LODGE, {"missing": ("title",)}, "incomplete"),
    (S.DRAFT, A.LODGE, {"vacant": False}, "not-vacant"),
    (S.DRAFT, A.LODGE, {"place_free": False}, "not-vacant"),
    (S.LODGED, A.VALIDATE, {"place_free": False}, "not-vacant"),
    (S.LODGED, A.RETURN_INCOMPLETE, {"words": ""}, "nothing-named"),
    (S.ON_NOTICE, A.REPRESENT, {"words": ""}, "no-words"),
    (S.ON_NOTICE, A.REPRESENT, {"represented": True}, "represented"),
    (S.ON_NOTICE, A.REPRESENT, {"interest": True}, "party"),
    (S.ON_NOTICE, A.REPRESENT, {"due": OVERDUE}, "too-late"),
    (S.ON_NOTICE, A.ANSWER, {"due": OVERDUE}, "too-late"),
    (S.ON_NOTICE, A.ANSWER, {"unanswered": 0}, "nothing-to-answer"),
    (S.ON_NOTICE, A.AGREE, {"holder_answered": True}, "holder-answered"),
    (S.ON_NOTICE, A.AGREE, {"due": OVERDUE}, "too-late"),
    (S.ON_NOTICE, A.OBJECT, {"ground": "we-may-need-it"}, "no-ground"),
    (S.ON_NOTICE, A.OBJECT, {"evidence": ""}, "no-evidence"),
    (S.ON_NOTICE, A.OBJECT, {"officer": ""}, "no-officer"),
    (S.ON_NOTICE, A.NAME_ALTERNATIVE, {"plan_missing": ("budget_line",)}, "no-plan"),
    (S.ON_NOTICE, A.OPEN_TEST, {}, "too-early"),
    (S.ON_NOTICE, A.OPEN_TEST, {"holder_answered": True}, "too-early"),
    (S.UNDER_TEST, A.DECLARE_INTEREST, {"scored": True}, "scored"),
    (S.UNDER_TEST, A.DECLARE_INTEREST, {"declared": True}, "interest-declared"),
    (S.UNDER_TEST, A.SCORE, {"interest": True}, "interest"),
    (S.UNDER_TEST, A.SCORE, {"declared": True}, "interest"),
    (S.UNDER_TEST, A.SCORE, {"scored": True}, "scored"),
    (S.UNDER_TEST, A.SCORE, {"whole": False}, "scores-missing"),
    (S.UNDER_TEST, A.CHECK_CAPACITY, {"whole": False}, "capacity-evidence"),
    (S.UNDER_TEST, A.DECIDE, {"scores": 1}, "scores-wanting"),
    (S.UNDER_TEST, A.DECIDE, {"capacity_checked": False}, "capacity-unchecked"),
    (S.UNDER_TEST, A.DECIDE, {"interest": True}, "interest"),
    (S.UNDER_TEST, A.DECIDE, {"due": OVERDUE}, "too-late"),
    (S.UNDER_TEST, A.DECIDE, {"passed": False, "ground": ""}, "no-ground"),
    (S.UNDER_TEST, A.DECIDE, {"passed": False, "evidence": ""}, "no-evidence"),
    (S.UNDER_TEST, A.DEFAULT_GRANT, {}, "too-early"),
    (S.UNDER_TEST, A.DEFAULT_GRANT, {"due": OVERDUE, "silence_grants": False}, "no-resolution"),
    (S.UNDER_TEST, A.DEFAULT_GRANT, {"due": OVERDUE, "place_free": False}, "place-taken"),
    (S.UNDER_TEST, A.ESCALATE, {"due": OVERDUE}, "resolution"),
    (S.UNDER_TEST, A.LAPSE, {"due": OVERDUE}, "place-free"),
    (S.GRANTED, A.DRAFT_AGREEMENT, {"term": 37}, "term-too-long"),
    (S.GRANTED, A.DRAFT_AGREEMENT, {"term": 0}, "term-too-long"),
    (S.AGREEMENT, A.DRAFT_AGREEMENT, {"signed": {R.OFFICER}}, "already-signed"),
    (S.AGREEMENT, A.SIGN, {"signed": {R.OFFICER}}, "side-signed"),
    (S.AGREEMENT, A.SIGN, {"signer": ""}, "no-name"),
    (S.AGREEMENT, A.SIGN, {"shown_hash": "older"}, "text-changed"),
    (S.AGREEMENT, A.HAND_OVER, {"signed": {R.OFFICER}}, "unsigned"),
]


@pytest.mark.parametrize(("state", "action", "spoilt", "code"), GUARDS)
def test_each_guard_stops_its_action(state, action, spoilt, code):
    with pytest.raises(RuleBroken) as caught:
        find(state, action, set(Role), replace(READY, **spoilt))
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("state", "action", "changes", "to"),
    [
        (S.DRAFT, A.LODGE, {}, S.LODGED),
        (S.ON_NOTICE, A.REPRESENT, {"due": DUE | {"representations": TODAY}}, S.ON_NOTICE),
        (S.ON_NOTICE, A.OPEN_TEST, {"due": DUE | {"holder_response": EARLY}}, S.UNDER_TEST),
        (
            S.ON_NOTICE,
            A.OPEN_TEST,
            {"due": DUE | {"answers": EARLY}, "holder_answered": True},
            S.UNDER_TEST,
        ),
        (S.UNDER_TEST, A.DECIDE, {}, S.GRANTED),
        (S.UNDER_TEST, A.DECIDE, {"passed": False}, S.REFUSED),
        (S.UNDER_TEST, A.DECIDE, {"place_free": False}, S.REFUSED),
        (S.UNDER_TEST, A.DECIDE, {"due": DUE | {"decision": TODAY}}, S.GRANTED),
        (S.ESCALATED, A.DECIDE, {"due": OVERDUE}, S.GRANTED),
        (S.UNDER_TEST, A.DEFAULT_GRANT, {"due": OVERDUE}, S.GRANTED_BY_DEFAULT),
        (S.UNDER_TEST, A.ESCALATE, {"due": OVERDUE, "silence_grants": False}, S.ESCALATED),
        (S.UNDER_TEST, A.LAPSE, {"due": OVERDUE, "place_free": False}, S.LAPSED),
        (S.AGREEMENT, A.HAND_OVER, {"signed": {R.OFFICER, R.ORGANISER}}, S.IN_USE),
        (S.LODGED, A.VALIDATE, {"due": OVERDUE}, S.VALIDATED),  # late, but never too late
    ],
)
def test_the_clock_and_the_facts_lead_on(state, action, changes, to):
    assert find(state, action, set(Role), replace(READY, **changes)).to is to


def test_a_passed_test_cannot_be_refused():
    """The first row that holds is taken: with a ground or without one, a passed test is a grant."""
    assert find(S.UNDER_TEST, A.DECIDE, {R.CHAIR}, READY).to is S.GRANTED
    with pytest.raises(RuleBroken) as caught:
        find(S.UNDER_TEST, A.DECIDE, {R.CHAIR}, replace(READY, upheld=True))
    assert caught.value.code == "test-passed"


@pytest.mark.parametrize(("upheld", "to"), [(True, S.REFUSED), (False, S.GRANTED)])
def test_an_objection_beside_the_test_is_upheld_or_not(upheld, to):
    facts = replace(READY, objection="legal_bar", upheld=upheld)
    assert find(S.UNDER_TEST, A.DECIDE, {R.CHAIR}, facts).to is to


def test_buttons_are_shown_before_the_form_is_filled_in():
    empty = Facts(today=TODAY, due=DUE)
    assert open_to(S.ON_NOTICE, {R.OFFICER}, empty) == [A.AGREE, A.OBJECT, A.NAME_ALTERNATIVE]
    assert open_to(S.ON_NOTICE, {R.OFFICER}, replace(empty, holder_answered=True)) == []
    assert open_to(S.UNDER_TEST, {R.CHAIR}, empty) == [A.DECLARE_INTEREST, A.CHECK_CAPACITY]


def test_no_person_can_do_what_the_clock_does():
    for row in TRANSITIONS:
        if R.PORTAL in row.roles:
            assert row.roles == (R.PORTAL,)
        if row.clock and row.clock.runs is Runs.AFTER:
            assert row.roles == (R.PORTAL,)
