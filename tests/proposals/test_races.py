"""Two at the same moment, on both engines: one does it, the other hears a clear sentence."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from portal import clock
from portal.db import db, transaction
from portal.errors import PortalError
from portal.notices.models import Letter
from portal.proposals import service, tick
from portal.proposals.judging import panel
from portal.proposals.models import CaseEvent, Proposal
from portal.proposals.rules import HOLDS_THE_PLACE, Action, State
from tests.proposals.stage import Stage, after_day


@pytest.fixture
def stage(app):
    return Stage()


def at_once(app, *calls):
    """Run the calls in threads that start together; each gives its result or its refusal's code."""
    now, barrier = clock.now(), Barrier(len(calls))
    db.session.close()

    def run(call):
        with app.app_context(), clock.at(now):
            barrier.wait()
            try:
                return call()
            except PortalError as refusal:
                return refusal.code
            finally:
                db.session.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def two_ready(stage: Stage) -> list[int]:
    """Two proposals for one place, both tested and ready to be granted."""
    stage.on_notice()
    both = [stage.case_id, stage.rival()]
    after_day("holder_response", stage.case)
    tick.tick()
    for case_id in both:
        stage.case_id = case_id
        stage.capacity()
        for member in (stage.panel, stage.panel2):
            panel.score(case_id, member, stage.sheet())
    return both


def live() -> int:
    query = select(func.count(Proposal.id)).where(Proposal.state.in_(HOLDS_THE_PLACE))
    return db.session.scalar(query)


def test_two_grants_of_one_place_race_and_one_wins(app, stage):
    first, second = two_ready(stage)
    answers = at_once(
        app,
        lambda: panel.decide(first, stage.chair),
        lambda: panel.decide(second, stage.chair),
    )
    assert answers.count(State.GRANTED) == 1
    # The loser either met the database's refusal, or looked a moment later and saw the place taken.
    assert set(answers) - {State.GRANTED} <= {"place-taken", "no-ground"}
    assert live() == 1


def test_the_database_itself_refuses_a_second_live_grant(stage):
    first, second = two_ready(stage)
    panel.decide(first, stage.chair)
    with pytest.raises(IntegrityError), transaction() as session:
        session.execute(update(Proposal).where(Proposal.id == second).values(state=State.GRANTED))
    assert live() == 1


def test_the_refusal_of_the_database_is_told_in_a_sentence(stage, monkeypatch):
    """As if both had looked before either wrote."""
    from portal.proposals import knowing

    first, second = two_ready(stage)
    panel.decide(first, stage.chair)
    monkeypatch.setattr(knowing, "rival_holds_place", lambda *_args: False)
    with pytest.raises(PortalError) as caught:
        panel.decide(second, stage.chair)
    assert caught.value.code == "place-taken"
    assert live() == 1


def test_a_double_click_lodges_once(app, stage):
    case_id, organiser = stage.draft().case_id, stage.organiser
    answers = at_once(app, *[lambda: service.lodge(case_id, organiser)] * 3)
    assert sorted(answers, key=str) == [None, "not-now", "not-now"]
    lodged = select(func.count(CaseEvent.id)).where(CaseEvent.action == Action.LODGE)
    assert db.session.scalar(lodged) == 1


def test_a_double_click_starts_one_draft(app, stage):
    start = (stage.asset_id, stage.organiser, stage.group_id)
    ids = at_once(app, *[lambda: service.start(*start).id] * 3)
    assert len(set(ids)) == 1


def test_two_machines_tick_and_each_thing_is_done_once(app, stage):
    stage.on_notice()
    after_day("decision", stage.case)
    done = at_once(app, tick.tick, tick.tick)
    assert sorted(one.action for found in done for one in found) == [
        Action.DEFAULT_GRANT,
        Action.OPEN_TEST,
    ]
    keys = list(db.session.scalars(select(Letter.key)))
    assert len(keys) == len(set(keys))


def test_withdrawing_while_the_chair_decides_ends_in_one_state(app, stage):
    stage.scored()
    case_id, chair, organiser = stage.case_id, stage.chair, stage.organiser
    answers = at_once(
        app,
        lambda: panel.decide(case_id, chair),
        lambda: service.withdraw(case_id, organiser, "Moved."),
    )
    assert "not-now" in answers
    assert stage.case.state in (State.GRANTED, State.WITHDRAWN)
    assert (stage.case.decision is not None) is (stage.case.state is State.GRANTED)
