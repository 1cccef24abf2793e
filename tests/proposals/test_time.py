"""More time by agreement: who asks, who gives, and that silence's clock follows the day that was agreed."""

from datetime import date, timedelta

import pytest

from portal.db import db
from portal.people.rules import Role
from portal.proposals import conditions, service
from portal.proposals import tick as clockwork
from portal.proposals.judging import holder, panel
from portal.proposals.models import Extension
from portal.proposals.recourse import more_time, reviewing
from portal.proposals.rules import Action, State
from portal.proposals.tick import tick
from tests import factories
from tests.conftest import broken
from tests.proposals.stage import Stage, after_day, to_day


@pytest.fixture
def stage(app):
    return Stage()


def ask(stage, who, period, until, why="The survey is late."):
    more_time.ask(stage.case_id, stage.ids[who], period=period, until=until, why=why)


def give(stage, who, *, given=True):
    more_time.answer(stage.case_id, stage.ids[who], given=given)


def test_the_last_day_moves_when_the_other_side_agrees(stage):
    stage.on_notice()
    before = stage.case.due["holder_response"]
    ask(stage, "officer", "holder_response", before + timedelta(days=7))
    assert stage.case.due["holder_response"] == before, "asking moves nothing"
    with broken("no-time-asked"):
        give(stage, "officer")
    give(stage, "organiser")
    assert stage.case.due["holder_response"] == before + timedelta(days=7)
    event = stage.case.events[-1]
    assert (event.action, event.role) == (Action.GIVE_MORE_TIME, Role.ORGANISER)
    assert "instead of" in event.why
    to_day(before + timedelta(days=7))
    holder.agree(stage.case_id, stage.officer)


def test_no_means_no_and_can_be_asked_again(stage):
    stage.on_notice()
    before = dict(stage.case.due)
    ask(stage, "officer", "holder_response", before["holder_response"] + timedelta(days=7))
    with broken("asked-for-time"):
        ask(stage, "officer", "holder_response", before["holder_response"] + timedelta(days=9))
    give(stage, "organiser", given=False)
    assert stage.case.due == before
    ask(stage, "organiser", "answers", before["answers"] + timedelta(days=2))
    with broken("no-time-asked"):
        give(stage, "organiser")
    give(stage, "officer")
    assert stage.case.due["answers"] == before["answers"] + timedelta(days=2)


def test_the_decision_never_moves_beyond_six_months(stage):
    stage.under_test()
    due = stage.case.due
    for until, code in (
        (due["decision"], "too-early"),
        (due["decision_latest"] + timedelta(days=1), "too-late"),
    ):
        with broken(code):
            ask(stage, "chair", "decision", until)
    with broken("no-words"):
        ask(stage, "chair", "decision", due["decision_latest"], why="")
    with broken("no-period"):
        ask(stage, "chair", "holder_response", due["decision_latest"])
    ask(stage, "chair", "decision", due["decision_latest"])
    give(stage, "organiser")
    assert stage.case.due["decision"] == due["decision_latest"]


def test_silence_counts_from_the_day_that_was_agreed(stage):
    stage.under_test()
    first = stage.case.due["decision"]
    later = first + timedelta(days=14)
    ask(stage, "chair", "decision", later)
    give(stage, "organiser")
    to_day(first + timedelta(days=1))
    tick()
    assert stage.case.state is State.UNDER_TEST
    to_day(later + timedelta(days=1))
    tick()
    assert stage.case.state is State.GRANTED_BY_DEFAULT


def test_a_request_that_nobody_answers_changes_nothing(stage):
    stage.under_test()
    due = stage.case.due["decision"]
    ask(stage, "chair", "decision", due + timedelta(days=14))
    after_day("decision", stage.case)
    with broken("too-late"):
        give(stage, "organiser")
    tick()
    assert stage.case.state is State.GRANTED_BY_DEFAULT
    assert db.session.query(Extension).one().answered_on is None


def refused(stage):
    stage.scored(ours=0)
    panel.decide(
        stage.case_id, stage.chair, ground="benefit_not_shown", evidence="The panel gave nothing."
    )
    return stage


def others(stage):
    """Another panel and another chair."""
    made = [factories.with_role(stage.area, role) for role in (Role.PANEL, Role.PANEL, Role.CHAIR)]
    return [user.id for user in made]


def test_a_review_is_for_others_and_its_decision_stands_beside_the_first(stage):
    refused(stage)
    one, two, chair = others(stage)
    reviewing.ask_review(stage.case_id, stage.organiser, "The letters were overlooked.")
    assert stage.case.state is State.REVIEW
    assert stage.case.round == 2
    with broken("first-panel"):
        panel.score(stage.case_id, stage.panel, stage.sheet())
    for member in (one, two):
        panel.score(stage.case_id, member, stage.sheet(3))
    with broken("first-panel"):
        panel.decide(stage.case_id, stage.chair)
    assert panel.decide(stage.case_id, chair) is State.GRANTED
    assert [d.outcome for d in stage.case.decisions] == [State.REFUSED, State.GRANTED]
    assert stage.case.decision.round == 2


def test_a_refusal_is_reviewed_once_and_in_time(stage):
    refused(stage)
    one, two, chair = others(stage)
    last = stage.case.due["review_request"]
    to_day(last + timedelta(days=1))
    with broken("too-late"):
        reviewing.ask_review(stage.case_id, stage.organiser, "Please look again.")
    to_day(last)
    reviewing.ask_review(stage.case_id, stage.organiser, "Please look again.")
    for member in (one, two):
        panel.score(stage.case_id, member, stage.sheet(0))
    panel.decide(stage.case_id, chair, ground="benefit_not_shown", evidence="Nothing again.")
    with broken("reviewed"):
        reviewing.ask_review(stage.case_id, stage.organiser, "And again.")


@pytest.mark.parametrize(
    ("resolution", "state"), [(True, State.GRANTED_BY_DEFAULT), (False, State.ESCALATED)]
)
def test_silence_in_a_review_means_what_silence_means(app, resolution, state):
    stage = refused(Stage(resolution=resolution))
    reviewing.ask_review(stage.case_id, stage.organiser, "Please look again.")
    after_day("review", stage.case)
    tick()
    assert stage.case.state is state


def test_the_same_use_refused_within_two_years_is_a_repeat(stage):
    stage.draft()
    first = stage.case_id
    assert conditions.refused_before(stage.case) is None
    _refuse_drafted(stage)
    again = service.start(stage.asset_id, stage.organiser, stage.group_id).id
    assert again != first
    service.save_draft(again, stage.organiser, {"use_kind": "growing"}, {})
    stage.case_id = again
    assert conditions.refused_before(stage.case).id == first
    to_day(date(2029, 1, 8))
    assert conditions.refused_before(stage.case) is None


def test_a_repeat_cannot_be_hidden_by_leaving_its_kind_of_use_out(stage):
    """The pilot's rules ask for it before a proposal is handed in."""
    stage.draft()
    service.save_draft(stage.case_id, stage.organiser, {"use_kind": None}, {})
    with broken("incomplete"):
        service.lodge(stage.case_id, stage.organiser)
    service.save_draft(stage.case_id, stage.organiser, {"use_kind": "growing"}, {})
    service.lodge(stage.case_id, stage.organiser)


def _refuse_drafted(stage):
    service.lodge(stage.case_id, stage.organiser)
    service.validate(stage.case_id, stage.broker)
    after_day("holder_response", stage.case)
    tick()
    stage.capacity()
    for member in (stage.panel, stage.panel2):
        panel.score(stage.case_id, member, stage.sheet(0))
    panel.decide(
        stage.case_id, stage.chair, ground="benefit_not_shown", evidence="The panel gave nothing."
    )


def test_the_clock_looks_only_at_cases_for_which_a_period_is_over(stage, monkeypatch):
    stage.on_notice()
    seen = []
    monkeypatch.setattr(clockwork, "_catch_up", lambda case_id: seen.append(case_id) or [])
    due = stage.case.due
    first = min(due[period] for state, period in clockwork.CLOCKED if state is stage.case.state)
    to_day(first)
    tick()
    assert not seen
    to_day(first + timedelta(days=1))
    tick()
    assert seen == [stage.case_id]
