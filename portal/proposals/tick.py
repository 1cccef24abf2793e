"""What happens because a day has passed. May run late, twice, or on two machines: each thing is done once."""

from typing import NamedTuple

from flask import current_app
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select, tuple_
from sqlalchemy.orm import aliased

from portal import clock
from portal.areas.models import Area
from portal.areas.queries import current_area
from portal.db import db
from portal.errors import RuleBroken
from portal.people.rules import Role
from portal.proposals import moves
from portal.proposals.judging.panel import as_json
from portal.proposals.knowing import facts_of
from portal.proposals.letters import senior_name
from portal.proposals.models import Deadline, Decision, Proposal
from portal.proposals.rules import TRANSITIONS, Action, Transition, find
from portal.proposals.standing import result_of
from portal.register.models import Asset
from portal.web import day

# In which states the end of which period has something follow, as the table says.
CLOCKED = {
    (row.state, row.clock.period) for row in TRANSITIONS if Role.PORTAL in row.roles and row.clock
}


class Done(NamedTuple):
    """One thing that the clock did."""

    case_id: int
    action: Action


def tick() -> list[Done]:
    """Do all that is due now, each case in its own transaction; one that fails does not hold up the others."""
    done: list[Done] = []
    for case_id in _clocked():
        try:
            done += _catch_up(case_id)
        except Exception:  # one broken case must not stop the clock of all others
            current_app.logger.exception("tick: case %s", case_id)
    return done


def _clocked() -> list[int]:
    """The cases of this area for which a period is over; what waits for no day has followed when it could (`moves.settle`)."""
    ended, decision = aliased(Deadline), aliased(Deadline)
    over = (
        select(ended.proposal_id)
        .where(ended.proposal_id == Proposal.id, ended.due < clock.today())
        .where(tuple_(Proposal.state, ended.period).in_(CLOCKED))
    )
    query = (
        select(Proposal.id)
        .join(Asset)
        .where(Asset.area_id == current_area().id, over.exists())
        .outerjoin(
            decision, (decision.proposal_id == Proposal.id) & (decision.period == "decision")
        )
        # Of two that are due on the same night, the one whose last day came first has the place.
        .order_by(decision.due.is_(None), decision.due, Proposal.id)
    )
    return list(db.session.scalars(query))


def _catch_up(case_id: int) -> list[Done]:
    """A late tick may have several steps to do: one after the other, until none is due."""
    done = []
    while (action := step(case_id)) is not None:
        done.append(Done(case_id, action))
    return done


def step(case_id: int) -> Action | None:
    """The next step that the clock takes with a case, if one is due."""
    try:
        with moves.turn(case_id, None) as turn:
            row = _due(turn)
            if row is None:
                return None
            STEPS.get(row.action, _plain)(turn, row)
            return row.action
    except RuleBroken:
        return None  # somebody was quicker between the look and the step


def _due(turn: moves.Turn) -> Transition | None:
    facts = facts_of(turn.case, None)
    for row in TRANSITIONS:
        if row.state is turn.case.state and Role.PORTAL in row.roles:
            try:
                return find(turn.case.state, row.action, {Role.PORTAL}, facts)
            except RuleBroken:
                continue
    return None


def _plain(turn: moves.Turn, row: Transition) -> None:
    period = row.clock.period if row.clock else None
    last = turn.case.due.get(period) if period else None
    why = _l("The last day was %(day)s.", day=LazyString(day, last)) if last else ""
    turn.take(row.action, why=why)


def _default_grant(turn: moves.Turn, row: Transition) -> None:
    """Silence is a grant here: the council's resolution is copied, so that it stays what it was."""
    area = turn.session.get_one(Area, turn.case.asset.area_id)
    why = _l(
        "The last day was %(day)s. By resolution %(reference)s of %(on)s the council adopted the compact, "
        "under which silence is a grant.",
        day=LazyString(day, turn.case.due[row.clock.period]),
        reference=area.resolution_reference,
        on=LazyString(lambda: day(area.resolution_on) or _("no recorded day")),
    )
    turn.take(row.action, why=why)
    turn.session.add(
        Decision(
            proposal_id=turn.case.id,
            round=turn.case.round,
            outcome=row.to,
            on=clock.today(),
            reasons=str(why),
            result=as_json(result_of(turn.case)),
            resolution_reference=area.resolution_reference,
            resolution_on=area.resolution_on,
        )
    )


def _escalate(turn: moves.Turn, row: Transition) -> None:
    area = turn.session.get_one(Area, turn.case.asset.area_id)
    why = _l(
        "The last day was %(day)s. It is now with %(officer)s.",
        day=LazyString(day, turn.case.due[row.clock.period]),
        # The name only: the address is for the letter, this is public.
        officer=senior_name(area) or _l("the senior officer"),
    )
    turn.take(row.action, why=why)


STEPS = {
    Action.DEFAULT_GRANT: _default_grant,
    Action.ESCALATE: _escalate,
}
