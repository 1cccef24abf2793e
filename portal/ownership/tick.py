"""What happens to questions because a day has passed. May run late, twice, or on two machines: each thing is done once."""

from datetime import timedelta

from dateutil.relativedelta import relativedelta
from flask import current_app
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from portal import clock
from portal.areas.queries import current_area
from portal.db import db, transaction
from portal.errors import RuleBroken
from portal.notices.service import forget
from portal.ownership import letters, moves, queries
from portal.ownership.models import AskedBody, Listener, Question
from portal.ownership.rules import OPEN, Action, QuestionState

# What is open and not overdue yet.
IN_TIME = OPEN - {QuestionState.OVERDUE}
KEPT_MONTHS = 12
UNCONFIRMED = timedelta(days=14)


def tick() -> int:
    """Mark what is overdue, remind the brokers, erase who asked when it is over. Returns how many steps were taken."""
    steps = 0
    for question_id in _ids(Question.state.in_(IN_TIME), Question.due < clock.today()):
        steps += _alone(question_id, _mark_overdue)
    soon = queries.next_working_day(current_area())
    for question_id in _ids(Question.state.in_(IN_TIME), Question.due.between(clock.today(), soon)):
        _alone(question_id, _remind)
    _forget_unconfirmed()
    over = clock.today() - relativedelta(months=KEPT_MONTHS)
    kept = or_(Question.listeners.any(), Question.bodies.any(AskedBody.email.is_not(None)))
    for question_id in _ids(Question.ended_on < over, kept):
        steps += _alone(question_id, _erase)
    return steps


def _alone(question_id: int, act) -> int:
    """Each question in its own transaction; one that fails does not hold up the others."""
    try:
        with moves.turn(question_id, clock_acts=True) as turn:
            act(turn)
    except RuleBroken:
        return 0  # somebody was quicker between the look and the step
    except Exception:  # one broken question must not stop the clock of all others
        current_app.logger.exception("tick: question %s", question_id)
        return 0
    return 1


def _ids(*clauses) -> list[int]:
    query = select(Question.id).where(Question.area_id == current_area().id, *clauses)
    return list(db.session.scalars(query.order_by(Question.id)))


def _mark_overdue(turn: moves.Turn) -> None:
    turn.take(Action.MARK_OVERDUE)


def _remind(turn: moves.Turn) -> None:
    if turn.question.state in IN_TIME:
        letters.remind(turn.question)


def _erase(turn: moves.Turn) -> None:
    """Who asked, whom the brokers wrote to, and those letters; what was asked and answered stays public."""
    for listener in list(turn.question.listeners):
        _forget(turn.session, listener)
    for body in turn.question.bodies:
        body.email = None
    forget(f"ownership:{turn.question.id}:body:")


def _forget_unconfirmed() -> None:
    """An address whose owner did not say that letters may come."""
    late = (
        Listener.email.is_not(None),
        Listener.confirmed_at.is_(None),
        Listener.since < clock.now() - UNCONFIRMED,
        Listener.question.has(Question.area_id == current_area().id),
    )
    with transaction() as session:
        for listener in session.scalars(select(Listener).where(*late).with_for_update()):
            _forget(session, listener)


def _forget(session: Session, listener: Listener) -> None:
    forget(letters.key_of(listener))
    session.delete(listener)
