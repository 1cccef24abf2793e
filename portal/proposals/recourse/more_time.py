"""More time by agreement: one side asks, the other gives it or not, and the last day moves in the same transaction."""

from datetime import date, timedelta
from typing import NamedTuple

from flask_babel import LazyString

from portal import clock
from portal.errors import RuleBroken
from portal.language import sentences
from portal.people.rules import Role
from portal.proposals import moves
from portal.proposals.models import Deadline, Extension, Proposal
from portal.proposals.rules import Action, State
from portal.proposals.words import MOVED
from portal.web import day

# Which last days can be moved in which state, and which other last day none of them may pass.
STRETCHES: dict[State, tuple[str, ...]] = {
    State.ON_NOTICE: ("holder_response", "answers"),
    State.UNDER_TEST: ("decision", "hearing"),
    State.HEARING: ("decision", "hearing"),
    State.REVIEW: ("review",),
}
NEVER_AFTER = {
    "holder_response": "decision",
    "answers": "decision",
    "hearing": "decision",
    "decision": "decision_latest",
}
SIDES = (Role.ORGANISER, Role.OFFICER, Role.CHAIR)


class Stretch(NamedTuple):
    """A last day that can be moved: to `earliest` at least, to `latest` at most (None: no such limit)."""

    period: str
    due: date
    latest: date | None


def stretches(case: Proposal) -> list[Stretch]:
    """The last days of a case that still lie ahead and that both sides may agree to move."""
    due = case.due
    return [
        Stretch(period, due[period], due.get(NEVER_AFTER.get(period, "")))
        for period in STRETCHES.get(case.state, ())
        if period in due and due[period] >= clock.today()
    ]


def ask(case_id: int, user_id: int, *, period: str, until: date | None, why: str) -> None:
    """Ask the other side for more time. Nothing moves before it answers."""
    with moves.turn(case_id, user_id) as turn:
        stretch = next((s for s in stretches(turn.case) if s.period == period), None)
        row = turn.allowed(Action.ASK_MORE_TIME, words=why, day=until)
        if stretch is None:
            raise RuleBroken("no-period", "Choose one of the last days that still lie ahead.")
        told = _sentence(period, until, stretch.due) if until else ""
        turn.take(
            Action.ASK_MORE_TIME,
            why=sentences(told, why),
            words=why,
            day=until,
            earliest=stretch.due + timedelta(days=1),
            latest=stretch.latest,
        )
        turn.session.add(
            Extension(
                proposal_id=case_id,
                period=period,
                until=until,
                instead_of=stretch.due,
                why=why,
                role=next(role for role in SIDES if role in turn.roles and role in row.roles),
                user_id=user_id,
                asked_on=clock.today(),
            )
        )


def answer(case_id: int, user_id: int, *, given: bool, words: str = "") -> None:
    """Give more time or not. Once the old last day has passed there is nothing left to give."""
    with moves.turn(case_id, user_id) as turn:
        waiting = next((one for one in turn.case.extensions if one.answered_on is None), None)
        action = Action.GIVE_MORE_TIME if given else Action.REFUSE_MORE_TIME
        turn.allowed(action)
        if given and clock.today() > waiting.instead_of:
            raise RuleBroken(
                "too-late", "The last day for this was %(day)s. It is over.", day=waiting.instead_of
            )
        why = _sentence(waiting.period, waiting.until, waiting.instead_of) if given else ""
        turn.take(action, why=sentences(why, words))
        waiting.answered_on, waiting.given = clock.today(), given
        if given:
            key = {"proposal_id": case_id, "period": waiting.period}
            turn.session.get_one(Deadline, key).due = waiting.until


def _sentence(period: str, until: date, instead_of: date) -> LazyString:
    return LazyString(lambda: MOVED[period] % {"until": day(until), "before": day(instead_of)})
