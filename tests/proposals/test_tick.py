"""What the clock does: once, late, twice, killed midway."""

import pytest
from sqlalchemy import func, select

from portal import clock
from portal.db import db
from portal.notices.models import Letter
from portal.people.rules import Role
from portal.proposals import letters, tick
from portal.proposals.judging import holder, panel
from portal.proposals.models import CaseEvent, Proposal
from portal.proposals.rules import Action, State
from portal.register.models import Asset
from portal.register.rules import Status
from tests.proposals.stage import Stage, after_day, on_working_day, to_day


@pytest.fixture
def stage(app):
    return Stage()


def counts() -> tuple[int, int]:
    return (
        db.session.scalar(select(func.count(CaseEvent.id))),
        db.session.scalar(select(func.count(Letter.id))),
    )


def test_nothing_is_due_before_its_day(stage):
    stage.on_notice()
    to_day(stage.case.due["holder_response"])
    assert tick.tick() == []
    after_day("holder_response", stage.case)
    assert tick.tick() == [(stage.case_id, Action.OPEN_TEST)]


def test_the_test_opens_when_the_holder_answered_and_all_were_heard(stage):
    stage.on_notice()
    on_working_day(4)
    holder.agree(stage.case_id, stage.officer)
    to_day(stage.case.due["answers"])
    assert tick.tick() == []
    after_day("answers", stage.case)
    assert tick.tick() == [(stage.case_id, Action.OPEN_TEST)]
    assert stage.case.state is State.UNDER_TEST


def test_silence_grants_by_default_with_the_resolution_copied(stage):
    stage.under_test()
    to_day(stage.case.due["decision"])
    assert tick.tick() == []
    after_day("decision", stage.case)
    assert tick.tick() == [(stage.case_id, Action.DEFAULT_GRANT)]
    decision = stage.case.decision
    assert decision.outcome is State.GRANTED_BY_DEFAULT
    assert decision.resolution_reference == "Minute 12"
    assert decision.resolution_on == stage.area.resolution_on
    assert db.session.get(Asset, stage.asset_id).status is Status.GRANTED
    stage.terms()  # the agreement follows as after any grant
    assert stage.case.state is State.AGREEMENT


def test_without_a_resolution_it_goes_to_the_senior_officer(app):
    stage = Stage(resolution=False).under_test()
    after_day("decision", stage.case)
    assert tick.tick() == [(stage.case_id, Action.ESCALATE)]
    assert stage.case.state is State.ESCALATED
    assert stage.case.decision is None
    written = select(Letter).where(Letter.to == "ada.hill@council.example")
    assert db.session.scalars(written).one().body.count("Ada Hill") == 1
    assert "ada.hill@" not in stage.case.events[-1].why
    assert tick.tick() == []


def test_a_tick_that_comes_late_catches_up_and_a_second_does_nothing(stage):
    stage.on_notice()
    after_day("decision", stage.case)
    assert [done.action for done in tick.tick()] == [Action.OPEN_TEST, Action.DEFAULT_GRANT]
    before = counts()
    assert tick.tick() == []
    assert counts() == before


def test_killed_midway_leaves_nothing_half_done(stage, monkeypatch):
    stage.under_test()
    after_day("decision", stage.case)
    before = counts()
    with monkeypatch.context() as patch:
        patch.setattr(letters, "tell", _dies)
        with pytest.raises(KeyboardInterrupt):
            tick.tick()
    assert stage.case.state is State.UNDER_TEST
    assert stage.case.decision is None
    assert counts() == before
    assert db.session.get(Asset, stage.asset_id).status is Status.VACANT
    assert [done.action for done in tick.tick()] == [Action.DEFAULT_GRANT]


def _dies(*_args):
    raise KeyboardInterrupt


def test_one_broken_case_does_not_stop_the_others(stage, monkeypatch):
    stage.on_notice()
    first = stage.case_id
    second = stage.rival()
    after_day("holder_response", stage.case)
    real = tick.step
    monkeypatch.setattr(tick, "step", lambda case_id: 1 / 0 if case_id == first else real(case_id))
    assert tick.tick() == [(second, Action.OPEN_TEST)]


def test_of_two_proposals_one_is_granted_and_the_other_lapses(stage):
    stage.on_notice()
    rival = stage.rival()
    after_day("holder_response", stage.case)
    tick.tick()
    stage.capacity()
    for case_id in (stage.case_id, rival):
        for member in (stage.panel, stage.panel2):
            panel.score(case_id, member, stage.sheet())
    panel.decide(stage.case_id, stage.chair)
    after_day("decision", stage.case)
    assert tick.tick() == [(rival, Action.LAPSE)]
    assert db.session.get(Proposal, rival).state is State.LAPSED


def test_two_silent_proposals_make_one_grant(stage):
    stage.on_notice()
    rival = stage.rival()
    after_day("decision", stage.case)
    tick.tick()
    assert stage.case.state is State.GRANTED_BY_DEFAULT
    assert db.session.get(Proposal, rival, populate_existing=True).state is State.LAPSED


def test_filling_the_place_does_not_stop_the_clock(stage):
    """A holder that moves in while the clock runs against it gains nothing by it."""
    stage.under_test()
    db.session.get(Asset, stage.asset_id).status = Status.OCCUPIED
    db.session.commit()
    after_day("decision", stage.case)
    assert tick.tick() == [(stage.case_id, Action.DEFAULT_GRANT)]


def test_everybody_who_should_know_is_told_once(stage):
    stage.under_test()
    after_day("decision", stage.case)
    with clock.at(clock.now()):
        tick.tick()
    bodies = select(Letter.to).where(Letter.body.contains("The use was granted by default"))
    told = sorted(db.session.scalars(bodies))
    assert told == sorted(stage.emails[who] for who in ("organiser", "officer", "broker"))


def test_the_portal_is_the_actor(stage):
    stage.under_test()
    last = stage.case.events[-1]
    assert (last.role, last.user_id) == (Role.PORTAL, None)
