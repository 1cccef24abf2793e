"""The panel: nobody sees what others gave before giving their own; drafts, the summary, the result for everybody."""

import json
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from portal.areas.profile import in_force
from portal.db import db, transaction
from portal.people.models import RoleGrant, User
from portal.people.rules import Role
from portal.proposals import conditions, service
from portal.proposals.facts import Facts
from portal.proposals.judging import findings, holder, panel, verdict
from portal.proposals.judging.benefit import Sheet, Side, weigh
from portal.proposals.judging.outlook import Outlook, outlook
from portal.proposals.models import ScoreDraft, SummingUp
from portal.proposals.recourse import reviewing
from portal.proposals.rules import Action, State
from portal.proposals.tick import tick
from tests import factories
from tests.conftest import THE_DAY, broken, csrf_token
from tests.proposals.stage import OFFICER, Stage, after_day

PROFILE = in_force("pilot_compact", THE_DAY.date())
SECRET, THEIR_SECRET = "The soil is the best of the borough.", "Nobody would ever go there."


@pytest.fixture
def stage(app):
    return Stage()


def page(client, path: str) -> str:
    return client.get(path).get_data(as_text=True)


def sheet_of(stage: Stage, points: int, reason: str) -> dict:
    return dict.fromkeys(stage.sheet(), (points, reason))


# ---- the rule


@given(
    st.lists(
        st.tuples(
            st.lists(st.integers(0, 4), min_size=7, max_size=7),
            st.lists(st.integers(0, 4), min_size=7, max_size=7),
        ),
        min_size=1,
        max_size=7,
    ),
    st.booleans(),
    st.booleans(),
)
def test_what_must_be_true_of_any_test(given_, capacity, alternative):
    """Totals lie between the lowest and highest points, the order of the members is nothing, and it survives keeping."""
    sheets = [
        Sheet(
            {
                (Side.PROPOSAL, name): points
                for name, points in zip(PROFILE.criteria, ours, strict=True)
            }
            | {
                (Side.ALTERNATIVE, name): p
                for name, p in zip(PROFILE.criteria, theirs, strict=True)
            }
        )
        for ours, theirs in given_
    ]
    result = weigh(PROFILE, sheets, capacity=capacity, alternative=alternative)
    assert result == weigh(PROFILE, sheets[::-1], capacity=capacity, alternative=alternative)
    assert min(line.ours.low for line in result.lines) <= result.ours
    assert result.ours <= max(line.ours.high for line in result.lines)
    assert (result.theirs is not None) is alternative
    assert not result.passed or (capacity and result.ours > Fraction(PROFILE.floor))
    assert not (alternative and result.passed) or result.theirs <= result.ours
    kept = json.loads(json.dumps(findings.as_json(result)))
    assert findings.read(kept, PROFILE) == result


@given(st.integers(0, 6), st.integers(1, 4))
def test_one_point_more_never_brings_less(which, more):
    name = list(PROFILE.criteria)[which]
    flat = {(Side.PROPOSAL, criterion): 4 - more for criterion in PROFILE.criteria}
    raised = flat | {(Side.PROPOSAL, name): 4}
    low, high = (
        weigh(PROFILE, [Sheet(points)], capacity=True, alternative=False)
        for points in (flat, raised)
    )
    assert high.ours > low.ours


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        ({"passed": False}, Outlook.FAILED),
        ({"passed": False, "beaten": True, "place_free": False}, Outlook.FAILED),
        ({"place_free": False}, Outlook.TAKEN),
        ({"beaten": True}, Outlook.BEATEN),
        ({"beaten": True, "objection": "unsafe"}, Outlook.BEATEN),
        ({"objection": "unsafe"}, Outlook.OBJECTION),
        ({"objection": "unsafe", "blocked": ("site_sign",)}, Outlook.OBJECTION),
        ({"blocked": ("site_sign",)}, Outlook.BLOCKED),
        ({}, Outlook.GRANT),
    ],
)
def test_where_the_decision_points(facts, found):
    assert outlook(Facts(**{"today": THE_DAY.date(), "passed": True} | facts)) is found


# ---- blind scoring

PAGES = (
    "", "/result", "/holder", "/score", "/decide", "/sum-up", "/check-capacity", "/declare-interest", "/edit",
)  # fmt: skip
ELSEWHERE = ("/cases", "/desk", "/account", "/cases.atom", "/cases.json", "/cases.csv")
EVERYBODY = (None, "organiser", "resident", "broker", "officer", "panel2", "chair")


def leaks(client, stage, who) -> list[str]:
    """The pages on which somebody reads what the first member gave."""
    client.get("/sign-out")
    if who:
        client.sign_in(stage.emails[who])
    paths = [f"/cases/{stage.case_id}{slug}" for slug in PAGES] + list(ELSEWHERE)
    paths.append(f"/assets/{stage.asset_id}")
    found = [path for path in paths if SECRET in page(client, path)]
    token = {"csrf_token": "old"}
    for slug in ("/score", "/decide", "/sum-up", "/score/later"):
        answer = client.post(f"/cases/{stage.case_id}{slug}", data=token)
        if SECRET in answer.get_data(as_text=True):
            found.append(f"POST {slug}")
    return found


def test_nobody_reads_what_was_given_before_giving_their_own(app, stage):
    stage.under_test()
    panel.score(stage.case_id, stage.panel, sheet_of(stage, 4, SECRET))
    for who in EVERYBODY:
        client = app.test_client()
        assert not leaks(client, stage, who), who
    client = app.test_client()
    client.sign_in(stage.emails["panel"])
    assert SECRET in page(client, f"/cases/{stage.case_id}/result")
    panel.score(stage.case_id, stage.panel2, sheet_of(stage, 2, THEIR_SECRET))
    stage.capacity()
    for who in EVERYBODY:
        client = app.test_client()
        assert bool(leaks(client, stage, who)) is (who in {"panel2", "chair"}), who


def test_the_history_and_the_letters_do_not_tell_it(stage):
    stage.under_test()
    panel.score(stage.case_id, stage.panel, sheet_of(stage, 4, SECRET))
    panel.score(stage.case_id, stage.panel2, sheet_of(stage, 2, THEIR_SECRET))
    panel.sum_up(stage.case_id, stage.chair, "A rare chance.")
    with db.engine.connect() as connection:
        told = connection.execute(text("SELECT * FROM case_event")).all()
        sent = connection.execute(text("SELECT * FROM letter")).all()
    for words in (SECRET, THEIR_SECRET, "A rare chance."):
        assert words not in str(told)
        assert words not in str(sent)


def test_a_chair_of_the_panel_scores_first(stage):
    """Whoever is both sees the others' scores only after giving their own, so they give them before they decide."""
    db.session.add(RoleGrant(user_id=stage.chair, area_id=stage.area_id, role=Role.PANEL))
    db.session.commit()
    stage.scored()
    assert not verdict.may_see_scores(stage.case, the_user(stage.chair))
    with broken("score-first"):
        panel.sum_up(stage.case_id, stage.chair, "Good.")
    with broken("score-first"):
        panel.decide(stage.case_id, stage.chair)
    panel.score(stage.case_id, stage.chair, stage.sheet())
    assert panel.decide(stage.case_id, stage.chair) is State.GRANTED


def the_user(number: int):

    return db.session.get_one(User, number)


def test_the_form_of_a_decision_tells_nothing_to_one_who_may_not_know(client, stage):
    db.session.add(RoleGrant(user_id=stage.chair, area_id=stage.area_id, role=Role.PANEL))
    db.session.commit()
    stage.scored(ours=0)
    client.sign_in(stage.emails["chair"])
    token = {"csrf_token": _token(client)}
    refused = client.post(f"/cases/{stage.case_id}/decide", data=token).get_data(as_text=True)
    assert "give your own scores before" in refused
    assert "On which ground is it refused?" not in refused


def _token(client) -> str:

    return csrf_token(page(client, "/account"))


def test_an_interest_keeps_the_scores_hidden(client, stage):
    stage.under_test()
    panel.declare_interest(stage.case_id, stage.panel2)
    panel.score(stage.case_id, stage.panel, sheet_of(stage, 4, SECRET))
    client.sign_in(stage.emails["panel2"])
    assert SECRET not in page(client, f"/cases/{stage.case_id}/result")
    with broken("interest"):
        panel.score(stage.case_id, stage.panel2, stage.sheet())


# ---- a sheet for later


def test_a_sheet_is_kept_for_its_writer_alone(client, stage):
    stage.under_test()
    client.sign_in(stage.emails["panel"])
    path = f"/cases/{stage.case_id}/score"
    typed = {"reason_proposal_social": "Half a thought", "points_proposal_social": "3"}
    token = {"csrf_token": _token(client)}
    kept = client.post(f"{path}/later", data=typed | token)
    assert kept.location == path
    again = page(client, path)
    assert "Half a thought" in again
    assert 'value="3" checked' in again
    client.sign_in(stage.emails["panel2"])
    assert "Half a thought" not in page(client, path)
    client.sign_in(stage.emails["chair"])
    assert (
        client.post(f"{path}/later", data=typed | {"csrf_token": _token(client)}).status_code == 403
    )
    panel.score(stage.case_id, stage.panel, stage.sheet())
    assert db.session.scalar(select(func.count()).select_from(ScoreDraft)) == 0


def test_an_expired_page_loses_no_sheet(client, stage):
    stage.under_test()
    client.sign_in(stage.emails["panel"])
    typed = {"reason_proposal_social": "Half a thought", "csrf_token": "old"}
    answer = client.post(f"/cases/{stage.case_id}/score/later", data=typed)
    shown = answer.get_data(as_text=True)
    assert "open for a long time" in shown
    assert "Half a thought" in shown
    long = {"reason_proposal_social": "x" * 6000, "csrf_token": _token(client)}
    answer = client.post(f"/cases/{stage.case_id}/score/later", data=long)
    assert answer.status_code == 422
    assert "too long" in answer.get_data(as_text=True)
    assert db.session.scalar(select(func.count()).select_from(ScoreDraft)) == 0


def test_declaring_an_interest_forgets_the_sheet(stage):
    stage.under_test()
    panel.keep_draft(stage.case_id, stage.panel, {"reason_proposal_social": "Half"})
    panel.keep_draft(stage.case_id, stage.panel, {"reason_proposal_social": "More"})
    assert db.session.scalars(select(ScoreDraft)).one().said == {"reason_proposal_social": "More"}
    db.session.rollback()
    panel.declare_interest(stage.case_id, stage.panel)
    assert db.session.scalars(select(ScoreDraft)).all() == []


# ---- the chair's summary


def test_the_summary_is_shown_with_the_result(client, stage):
    stage.scored()
    with broken("no-words"):
        panel.sum_up(stage.case_id, stage.chair, "")
    for words in ("It spoke to us.", "It spoke to all of us.", "It spoke to all of us."):
        panel.sum_up(stage.case_id, stage.chair, words)
    assert [e.action for e in stage.case.events].count(Action.SUM_UP) == 2
    result = f"/cases/{stage.case_id}/result"
    assert "It spoke" not in page(client, result)
    panel.decide(stage.case_id, stage.chair)
    shown = page(client, result)
    assert "It spoke to all of us." in shown
    assert db.session.scalars(select(SummingUp)).one().round == 1


def test_the_chair_sums_up_only_when_all_have_scored(stage):
    stage.under_test()
    panel.score(stage.case_id, stage.panel, stage.sheet())
    with broken("scores-wanting"):
        panel.sum_up(stage.case_id, stage.chair, "Good.")


# ---- the result


def test_the_result_says_it_to_somebody_who_never_heard_of_it(client, stage):
    path = f"/cases/{stage.scored(ours=3, theirs=1, alternative=True).case_id}/result"
    assert "There is no result to see yet" in page(client, path)
    panel.decide(stage.case_id, stage.chair, reasons="Well shown.")
    shown = page(client, path)
    for words in (
        "The use was granted on",
        "The proposal would bring more (3) than the holder&#39;s use (1).",
        "No: it would bring 1, the proposal 3.",
        "Yes: 3 of 4. It has to be more than 1.",
        "2 members of the panel gave",
        "The group would bring more: 3 against 1 of 4.",
        "Well shown.",
    ):
        assert words in shown, words
    assert shown.count('<svg class="mw-dots" viewBox="0 0 224') == len(stage.profile.criteria)


def test_a_review_by_another_panel_is_blind_again(client, stage):
    """The first decision is public; what the second panel gives is not, until it has decided too."""

    stage.scored(ours=0)
    panel.decide(stage.case_id, stage.chair, ground="benefit_not_shown", evidence="Nothing.")
    reviewing.ask_review(stage.case_id, stage.organiser, "Look again.")
    second = factories.with_role(stage.area, Role.PANEL, name="Sam")
    email = second.email
    panel.score(stage.case_id, second.id, sheet_of(stage, 4, SECRET))
    result = f"/cases/{stage.case_id}/result"
    shown = page(client, result)
    assert "The use was refused on" in shown
    assert SECRET not in shown
    for who in ("panel", "chair"):  # judged it the first time
        client.sign_in(stage.emails[who])
        assert SECRET not in page(client, result), who
    client.sign_in(email)
    shown = page(client, result)
    assert SECRET in shown
    assert "The review by another panel" in shown
    assert "The first time" in shown


# ---- no refusal without cause, whatever the code does

ROW = (
    'INSERT INTO decision (proposal_id, round, outcome, "on", reasons, ground, evidence, result) '
    "VALUES (:case, 1, :outcome, '2026-05-01', '', :ground, :evidence, :result)"
)
WHOLE = {"outcome": "refused", "ground": "unsafe", "evidence": "Survey.", "result": '{"ours": "1"}'}


@pytest.mark.parametrize(
    "lacks",
    [
        {"ground": None},
        {"ground": " "},
        {"evidence": None},
        {"evidence": ""},
        {"result": None},
        {"result": "null"},
    ],
)
def test_the_database_refuses_a_refusal_without_cause(stage, lacks):
    stage.under_test()
    with pytest.raises(IntegrityError), transaction() as session:
        session.execute(text(ROW), {"case": stage.case_id} | WHOLE | lacks)
    with transaction() as session:
        session.execute(text(ROW), {"case": stage.case_id} | WHOLE)
    with pytest.raises(IntegrityError), transaction() as session:
        session.execute(text("UPDATE decision SET evidence = NULL"))


def test_a_grant_by_silence_needs_no_result(stage):
    stage.under_test()
    with transaction() as session:
        silent = {"outcome": "granted_by_default", "ground": None, "evidence": None, "result": None}
        session.execute(text(ROW), {"case": stage.case_id} | silent)


@pytest.mark.parametrize(
    ("given_", "code"),
    [
        ({"ground": "", "evidence": "x"}, "no-ground"),
        ({"ground": "we may need it", "evidence": "x"}, "no-ground"),
        ({"ground": "benefit_not_shown", "evidence": ""}, "no-evidence"),
        ({"ground": "legal_bar", "evidence": "A covenant."}, "ground-not-shown"),
        ({"ground": "capacity_not_shown", "evidence": "A guess."}, "ground-not-shown"),
    ],
)
def test_the_service_refuses_a_refusal_without_cause(stage, given_, code):
    stage.scored(ours=0)
    with broken(code):
        panel.decide(stage.case_id, stage.chair, **given_)
    assert stage.case.decision is None


def test_the_chair_is_offered_the_grounds_that_the_result_shows(client, stage):
    stage.scored(ours=0)
    client.sign_in(stage.emails["chair"])
    page = client.get(f"/cases/{stage.case_id}/decide").get_data(as_text=True)
    assert 'value="benefit_not_shown"' in page
    assert 'value="legal_bar"' not in page


def test_a_ground_on_which_the_holder_objected_can_be_chosen_when_the_test_fails(stage):
    stage.on_notice()
    said = {"ground": "legal_bar", "evidence": "The covenant.", "officer": OFFICER}
    holder.object_to(stage.case_id, stage.officer, **said)
    assert set(conditions.grounds_borne_out(stage.case)) == {"legal_bar"}


def test_a_decision_keeps_its_checks(stage):
    """A review may check the capacity anew; what was decided the first time stays as it was."""
    stage.scored(ours=0)
    panel.decide(stage.case_id, stage.chair, ground="benefit_not_shown", evidence="Nothing.")
    checks = stage.case.decision.result["checks"]
    assert {one["item"] for one in checks} == set(stage.profile.capacity)
    assert all(one["holds"] and one["evidence"] == "Seen." for one in checks)


def test_a_block_leaves_a_refusal_that_has_a_cause(stage):
    """A passed test waits for the block; one that is not passed is refused all the same."""
    stage.lodged()

    service.validate(stage.case_id, stage.broker)  # no sign is up
    after_day("holder_response", stage.case)

    tick()
    stage.capacity()
    for member in (stage.panel, stage.panel2):
        panel.score(stage.case_id, member, stage.sheet(3))
    with broken("blocked"):
        panel.decide(stage.case_id, stage.chair)


def test_a_grant_by_silence_that_nobody_scored_says_so(client, stage):
    stage.under_test()
    after_day("decision", stage.case)
    tick()
    assert stage.case.state is State.GRANTED_BY_DEFAULT
    shown = page(client, f"/cases/{stage.case_id}/result")
    assert "Nobody decided in time, so the use was granted by default on" in shown
    assert "Nobody had scored the test by then" in shown


@pytest.mark.parametrize(
    ("means", "blocked", "number", "now"),
    [
        ("grant", [], 1, "grant"),
        ("grant", ["site_sign"], 1, "escalate"),
        ("escalate", [], 1, "escalate"),
        ("review", [], 1, "review"),
        ("review", [], 2, "escalate"),
    ],
)
def test_what_silence_would_be_now(stage, monkeypatch, means, blocked, number, now):
    monkeypatch.setattr(conditions, "silence_means", lambda _case: means)
    monkeypatch.setattr(conditions, "blocks_of", lambda _case: blocked)
    case = stage.under_test().case
    case.round = number
    assert conditions.silence_now(case) == now
    db.session.rollback()
