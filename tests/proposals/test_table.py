"""Every cell of the transition table, and its guards one by one. Pure: no database."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import product

import pytest

from portal.errors import Forbidden, RuleBroken
from portal.people.rules import Role
from portal.proposals.facts import Facts
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
ORG, BRO, OFF, PAN, CHA, CLOCK, RES = (
    {R.ORGANISER}, {R.BROKER}, {R.OFFICER}, {R.PANEL}, {R.CHAIR}, {R.PORTAL}, {R.RESIDENT},
)  # fmt: skip
BEFORE = (S.INTEREST, S.LODGED, S.RETURNED)
JUDGING = (S.UNDER_TEST, S.HEARING, S.ESCALATED, S.REVIEW)
OPEN = (S.ON_NOTICE, *JUDGING)
STAYS = {
    A.SHOW_SIGN: (ORG, (*BEFORE, *OPEN)),
    A.REPRESENT: (RES, (S.ON_NOTICE,)),
    A.MODERATE: (BRO, OPEN),
    A.ANSWER: (ORG, (S.ON_NOTICE,)),
    A.OPEN_PETITION: (ORG, (S.INTEREST, S.ON_NOTICE, S.UNDER_TEST)),
    A.SIGN_PETITION: (RES, (*BEFORE, S.ON_NOTICE, S.UNDER_TEST)),
    A.COUNT_PAPER: (BRO, (*BEFORE, S.ON_NOTICE, S.UNDER_TEST)),
    A.RECORD_NOTICE: (BRO, OPEN),
    A.AGREE: (OFF, (S.ON_NOTICE,)),
    A.OBJECT: (OFF, (S.ON_NOTICE,)),
    A.NAME_ALTERNATIVE: (OFF, (S.ON_NOTICE,)),
    A.ASK_MORE_TIME: (ORG | OFF | CHA, (S.ON_NOTICE, S.UNDER_TEST, S.HEARING, S.REVIEW)),
    A.GIVE_MORE_TIME: (ORG | OFF, (S.ON_NOTICE, S.UNDER_TEST, S.HEARING, S.REVIEW)),
    A.REFUSE_MORE_TIME: (ORG | OFF, (S.ON_NOTICE, S.UNDER_TEST, S.HEARING, S.REVIEW)),
    A.OPEN_HEARING: (CLOCK, (S.ON_NOTICE, S.UNDER_TEST)),
    A.DECLARE_INTEREST: (PAN | CHA, OPEN),
    A.SCORE: (PAN, JUDGING),
    A.CHECK_CAPACITY: (BRO | CHA, JUDGING),
    A.SUM_UP: (CHA, JUDGING),
    A.SET_HEARING: (CHA | BRO, (S.HEARING, S.ESCALATED, S.REVIEW)),
    A.RECORD_HEARING: (CHA, (S.HEARING, S.ESCALATED, S.REVIEW)),
    A.ADD_TO_MINUTES: (
        CHA,
        (
            S.HEARING,
            S.ESCALATED,
            S.REVIEW,
            S.GRANTED,
            S.GRANTED_BY_DEFAULT,
            S.REFUSED,
            S.AGREEMENT,
            S.IN_USE,
        ),
    ),
    A.CHANGE_TERMS: (ORG | OFF | BRO, (S.AGREEMENT,)),
    A.ACCEPT_TERMS: (ORG | OFF, (S.AGREEMENT,)),
    A.CONTRACT_OUT: (BRO | OFF, (S.AGREEMENT,)),
    A.TAKE_DEPOSIT: (BRO | CLOCK, (S.AGREEMENT,)),  # the portal: when the card provider says so
    A.WAIVE_DEPOSIT: (BRO, (S.AGREEMENT,)),
    A.DRAFT_AGREEMENT: (BRO, (S.AGREEMENT,)),
    A.SIGN: (ORG | OFF, (S.AGREEMENT,)),
    A.GIVE_NOTICE: (ORG | OFF, (S.IN_USE,)),
    A.CLAIM_DEPOSIT: (BRO, (S.ENDED, S.LAPSED)),
    A.ANSWER_CLAIM: (ORG, (S.ENDED, S.LAPSED)),
    A.SETTLE_DEPOSIT: (BRO, (S.ENDED, S.LAPSED)),
}
LEADS = {
    (S.DRAFT, A.REGISTER_INTEREST): (ORG, {S.INTEREST}),
    (S.DRAFT, A.LODGE): (ORG, {S.LODGED}),
    (S.INTEREST, A.LODGE): (ORG, {S.LODGED}),
    (S.RETURNED, A.LODGE): (ORG, {S.LODGED}),
    (S.LODGED, A.RETURN_INCOMPLETE): (BRO, {S.RETURNED}),
    (S.LODGED, A.DECLINE_REPEAT): (BRO, {S.LAPSED}),
    (S.LODGED, A.VALIDATE): (BRO, {S.VALIDATED}),
    (S.VALIDATED, A.PUBLISH): (CLOCK, {S.ON_NOTICE}),
    (S.ON_NOTICE, A.OPEN_TEST): (CLOCK, {S.UNDER_TEST}),
    (S.UNDER_TEST, A.SET_HEARING): (CHA | BRO, {S.HEARING}),
    **{(state, A.DECIDE): (CHA, {S.GRANTED, S.REFUSED}) for state in JUDGING},
    **{
        (state, action): (CLOCK, {to})
        for state in (S.UNDER_TEST, S.HEARING, S.REVIEW)
        for action, to in (
            (A.DEFAULT_GRANT, S.GRANTED_BY_DEFAULT),
            (A.ESCALATE, S.ESCALATED),
            (A.LAPSE, S.LAPSED),
        )
    },
    (S.REFUSED, A.ASK_REVIEW): (ORG, {S.REVIEW}),
    (S.ESCALATED, A.ASK_REVIEW): (ORG, {S.REVIEW}),
    **{(state, A.WITHDRAW): (ORG, {S.WITHDRAWN}) for state in (S.DRAFT, *BEFORE, *OPEN)},
    (S.GRANTED, A.DRAFT_AGREEMENT): (BRO, {S.AGREEMENT}),
    (S.GRANTED_BY_DEFAULT, A.DRAFT_AGREEMENT): (BRO, {S.AGREEMENT}),
    **{
        (state, A.LAPSE): (CLOCK, {S.LAPSED})
        for state in (S.GRANTED, S.GRANTED_BY_DEFAULT, S.AGREEMENT)
    },
    (S.AGREEMENT, A.HAND_OVER): (BRO | OFF, {S.IN_USE}),
    (S.AGREEMENT, A.GO_ON): (BRO | OFF, {S.IN_USE}),
    (S.AGREEMENT, A.KEEP_ON): (ORG | OFF | BRO, {S.IN_USE}),
    (S.IN_USE, A.RENEW): (ORG | OFF | BRO, {S.AGREEMENT}),
    (S.IN_USE, A.END): (ORG | BRO, {S.ENDED}),
}
EXPECTED = LEADS | {
    (state, action): (roles, {state})
    for action, (roles, states) in STAYS.items()
    for state in states
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
    # From a refusal a review leads on, and a deposit is settled after the end.
    assert set(State) - left == set(OVER) - {S.REFUSED, S.ENDED, S.LAPSED}
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
    ("validation", "representations", "answers", "holder_response", "decision", "hearing", "review",
     "review_request", "agreement"), LATE
)  # fmt: skip
# Facts under which each action goes through; each guard test below spoils one of them.
READY = Facts(
    today=TODAY,
    due=DUE,
    holder_answered=False,
    unanswered=1,
    scores=2,
    capacity_checked=True,
    passed=True,
    silence="grant",
    needs_notices=True,
    voices=1,
    petition_open=True,
    may_petition=True,
    paper=True,
    day=TODAY,
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
    (S.UNDER_TEST, A.DECIDE, {"passed": False, "not_borne_out": ("unsafe",)}, "ground-not-shown"),
    (S.UNDER_TEST, A.DEFAULT_GRANT, {}, "too-early"),
    (S.UNDER_TEST, A.DEFAULT_GRANT, {"due": OVERDUE, "silence": "escalate"}, "no-resolution"),
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
    (S.AGREEMENT, A.HAND_OVER, {"signed": {R.OFFICER, R.ORGANISER}, "deposit_open": True}, "deposit-due"),
    # Before the proposal
    (S.DRAFT, A.REGISTER_INTEREST, {"missing": ("use",)}, "no-title"),
    (S.DRAFT, A.LODGE, {"needs_interest": True}, "interest-first"),
    (S.DRAFT, A.LODGE, {"may_ask": False}, "kind-of-group"),
    (S.DRAFT, A.LODGE, {"term": 37}, "term-too-long"),
    (S.LODGED, A.DECLINE_REPEAT, {}, "no-repeat"),
    (S.LODGED, A.VALIDATE, {"repeat": True, "words": ""}, "repeat"),
    (S.ON_NOTICE, A.SHOW_SIGN, {"needs_sign": False}, "no-sign"),
    (S.ON_NOTICE, A.SHOW_SIGN, {"paper": False}, "no-paper"),
    (S.ON_NOTICE, A.SHOW_SIGN, {"earliest": LATE}, "too-early"),
    (S.ON_NOTICE, A.SHOW_SIGN, {"latest": EARLY}, "too-late"),
    # What was said, petitions, hearings
    (S.ON_NOTICE, A.MODERATE, {"voices": 0}, "nothing-said"),
    (S.ON_NOTICE, A.MODERATE, {"words": ""}, "no-words"),
    (S.INTEREST, A.OPEN_PETITION, {"may_petition": False}, "petition"),
    (S.INTEREST, A.SIGN_PETITION, {"petition_open": False}, "petition-closed"),
    (S.ON_NOTICE, A.COUNT_PAPER, {"paper": False}, "no-paper"),
    (S.ON_NOTICE, A.RECORD_NOTICE, {"needs_notices": False}, "no-notices"),
    (S.ON_NOTICE, A.ASK_MORE_TIME, {"asked_for_time_as": R.OFFICER}, "asked-for-time"),
    (S.ON_NOTICE, A.GIVE_MORE_TIME, {}, "no-time-asked"),
    (S.ON_NOTICE, A.GIVE_MORE_TIME, {"asked_for_time_as": R.OFFICER, "acts_as": R.OFFICER}, "no-time-asked"),
    (S.ON_NOTICE, A.OPEN_HEARING, {}, "no-hearing"),
    (S.ON_NOTICE, A.OPEN_HEARING, {"hearing_called_by": {"petition"}, "hearing_opened": True}, "hearing-open"),
    (S.UNDER_TEST, A.SET_HEARING, {}, "no-hearing"),
    (S.UNDER_TEST, A.SET_HEARING, {"hearing_opened": True, "earliest": LATE}, "too-early"),
    (S.HEARING, A.SET_HEARING, {"hearing_opened": True, "heard": True}, "heard"),
    (S.HEARING, A.RECORD_HEARING, {}, "hearing-unset"),
    (S.HEARING, A.RECORD_HEARING, {"hearing_set": True}, "hearing-ahead"),
    (S.UNDER_TEST, A.DECIDE, {"hearing_opened": True}, "unheard"),
    # Rivals, blocks, review
    (S.UNDER_TEST, A.DECIDE, {"rivals_untested": 1}, "rivals"),
    (S.UNDER_TEST, A.DECIDE, {"beaten": True, "ground": ""}, "no-ground"),
    (S.UNDER_TEST, A.DECIDE, {"blocked": ("site_sign",)}, "blocked"),
    (S.UNDER_TEST, A.DEFAULT_GRANT, {"due": OVERDUE, "blocked": ("site_sign",)}, "blocked"),
    (S.REFUSED, A.ASK_REVIEW, {"reviewed": True}, "reviewed"),
    (S.REFUSED, A.ASK_REVIEW, {"due": OVERDUE}, "too-late"),
    (S.REFUSED, A.ASK_REVIEW, {"words": ""}, "no-words"),
    (S.ESCALATED, A.ASK_REVIEW, {}, "no-review-yet"),
    (S.REVIEW, A.SCORE, {"reviewed": True, "judged_before": True}, "first-panel"),
    (S.REVIEW, A.DECIDE, {"reviewed": True, "judged_before": True}, "first-panel"),
    # The agreement and after
    (S.AGREEMENT, A.ACCEPT_TERMS, {}, "nothing-to-accept"),
    (S.AGREEMENT, A.SIGN, {"terms_agreed": False}, "terms-open"),
    (S.AGREEMENT, A.SIGN, {"contracting_out_missing": True}, "contracting-out"),
    (S.AGREEMENT, A.SIGN, {"sign_from": LATE}, "warning-period"),
    (S.AGREEMENT, A.CONTRACT_OUT, {}, "no-contracting-out"),
    (S.AGREEMENT, A.TAKE_DEPOSIT, {}, "no-deposit"),
    (S.AGREEMENT, A.KEEP_ON, {}, "no-renewal"),
    (S.AGREEMENT, A.GO_ON, {}, "no-renewal"),
    (S.AGREEMENT, A.HAND_OVER, {"renewing": True}, "renewal"),
    (S.REFUSED, A.ADD_TO_MINUTES, {}, "no-minutes"),
    (S.AGREEMENT, A.LAPSE, {"due": OVERDUE, "signed": {R.ORGANISER}}, "group-signed"),
    (S.AGREEMENT, A.LAPSE, {"due": OVERDUE, "renewing": True}, "renewal"),
    (S.IN_USE, A.GIVE_NOTICE, {"notice_given": True}, "notice-given"),
    (S.IN_USE, A.GIVE_NOTICE, {"notice_from": LATE}, "notice-later"),
    (S.ENDED, A.SETTLE_DEPOSIT, {}, "deposit-not-held"),
    (S.ENDED, A.SETTLE_DEPOSIT, {"deposit_held": True, "claim_waits": True}, "claim-waits"),
    (S.ENDED, A.CLAIM_DEPOSIT, {"deposit_held": True, "deposit_claimed": True}, "deposit-claimed"),
    (S.ENDED, A.ANSWER_CLAIM, {"deposit_held": True}, "no-claim"),
    (S.LAPSED, A.SETTLE_DEPOSIT, {}, "deposit-not-held"),
]  # fmt: skip


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
        (S.UNDER_TEST, A.ESCALATE, {"due": OVERDUE, "silence": "escalate"}, S.ESCALATED),
        (S.UNDER_TEST, A.LAPSE, {"due": OVERDUE, "place_free": False}, S.LAPSED),
        (S.AGREEMENT, A.HAND_OVER, {"signed": {R.OFFICER, R.ORGANISER}}, S.IN_USE),
        (S.UNDER_TEST, A.DECIDE, {"beaten": True}, S.REFUSED),
        (S.UNDER_TEST, A.ESCALATE, {"due": OVERDUE, "blocked": ("site_sign",)}, S.ESCALATED),
        (S.HEARING, A.DEFAULT_GRANT, {"due": OVERDUE}, S.GRANTED_BY_DEFAULT),
        (S.HEARING, A.DECIDE, {"hearing_opened": True, "heard": True}, S.GRANTED),
        (S.ESCALATED, A.ASK_REVIEW, {"silence": "review"}, S.REVIEW),
        (S.REVIEW, A.DEFAULT_GRANT, {"due": OVERDUE}, S.GRANTED_BY_DEFAULT),
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
    answers = [A.AGREE, A.OBJECT, A.NAME_ALTERNATIVE]
    # Who asks for more time says why in a form, so the button is there before.
    assert open_to(S.ON_NOTICE, {R.OFFICER}, empty) == [*answers, A.ASK_MORE_TIME]
    waits = {"asked_for_time_as": R.OFFICER, "acts_as": R.OFFICER}
    answered = replace(empty, holder_answered=True, **waits)
    assert open_to(S.ON_NOTICE, {R.OFFICER}, answered) == []
    assert open_to(S.UNDER_TEST, {R.CHAIR}, empty) == [
        A.ASK_MORE_TIME,
        A.DECLARE_INTEREST,
        A.CHECK_CAPACITY,
    ]


def test_a_profile_may_name_fewer_people_and_never_more():
    chair_only = replace(READY, who={A.CHECK_CAPACITY: ("chair", "resident")})
    assert A.CHECK_CAPACITY not in open_to(S.UNDER_TEST, {R.BROKER, R.RESIDENT}, chair_only)
    assert A.CHECK_CAPACITY in open_to(S.UNDER_TEST, {R.CHAIR}, chair_only)
    with pytest.raises(RuleBroken) as caught:
        find(S.INTEREST, A.OPEN_PETITION, set(R), replace(READY, who={A.OPEN_PETITION: ()}))
    assert caught.value.code == "not-now"


def test_no_person_can_do_what_the_clock_does():
    for row in TRANSITIONS:
        if R.PORTAL in row.roles:
            assert row.roles == (R.PORTAL,)
        if row.clock and row.clock.runs is Runs.AFTER:
            assert row.roles == (R.PORTAL,)
