"""What came in a year and how it ended, counted from the history of every case.

Source: Community Empowerment (Scotland) Act 2015 s.95: each body reports, for 1 April to 31 March, the requests it
received, agreed to and refused, and the reviews with their outcome.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from sqlalchemy import func, select

from portal import clock
from portal.areas.queries import current_area
from portal.db import db
from portal.proposals.models import CaseEvent, Proposal
from portal.proposals.rules import Action, State, Track
from portal.register.models import Asset

A, S = Action, State
# The steps that are counted.
COUNTED = (A.LODGE, A.DECIDE, A.DEFAULT_GRANT, A.ESCALATE, A.ASK_REVIEW)
AGREED = (S.GRANTED, S.GRANTED_BY_DEFAULT)
APRIL = 4


class Step(NamedTuple):
    """One step as it is counted."""

    case_id: int
    track: Track
    action: Action
    to: State
    on: date


@dataclass
class Figures:
    """How many in a year, by kind of place; reviews apart."""

    received: Counter[Track] = field(default_factory=Counter)
    agreed: Counter[Track] = field(default_factory=Counter)
    by_default: Counter[Track] = field(default_factory=Counter)
    refused: Counter[Track] = field(default_factory=Counter)
    overdue: Counter[Track] = field(default_factory=Counter)
    reviews: Counter[Track] = field(default_factory=Counter)
    reviews_agreed: Counter[Track] = field(default_factory=Counter)
    reviews_refused: Counter[Track] = field(default_factory=Counter)


def year_of(day: date) -> int:
    """The year, by the number of its April, that a day falls into."""
    return day.year if day.month >= APRIL else day.year - 1


def years() -> tuple[int, int]:
    """The first year in which anything was counted here, and the one that runs."""
    query = (
        select(func.min(CaseEvent.on))
        .join(Proposal, Proposal.id == CaseEvent.proposal_id)
        .join(Asset, Asset.id == Proposal.asset_id)
        .where(Asset.area_id == current_area().id, CaseEvent.action.in_(COUNTED))
    )
    this = year_of(clock.today())
    first = db.session.scalar(query)
    return (min(year_of(first), this) if first else this), this


def of_year(year: int, holder_id: int | None = None) -> Figures:
    """The figures of the year that begins on 1 April, of one holder or of all."""
    query = (
        select(
            CaseEvent.proposal_id,
            Proposal.track,
            CaseEvent.action,
            CaseEvent.to_state,
            CaseEvent.on,
        )
        .join(Proposal, Proposal.id == CaseEvent.proposal_id)
        .join(Asset, Asset.id == Proposal.asset_id)
        .where(
            Asset.area_id == current_area().id,
            CaseEvent.action.in_(COUNTED),
            CaseEvent.on < date(year + 1, APRIL, 1),
        )
        .order_by(CaseEvent.id)
    )
    if holder_id is not None:
        query = query.where(Asset.holder_id == holder_id)
    return counted((Step(*row) for row in db.session.execute(query)), date(year, APRIL, 1))


def counted(steps: Iterable[Step], since: date) -> Figures:
    """Count the steps from a day on, each case's in their order; what came before tells a review from a first decision.

    A request counts as received on the day it is first lodged: one that is returned and lodged again is one request.
    """
    found = Figures()
    lodged: set[int] = set()
    reviewed: set[int] = set()
    for step in steps:
        again = step.case_id in reviewed
        for counter in _of(step, found, again=again, new=step.case_id not in lodged):
            counter[step.track] += step.on >= since
        if step.action is A.LODGE:
            lodged.add(step.case_id)
        if step.action is A.ASK_REVIEW:
            reviewed.add(step.case_id)
    return found


def _of(step: Step, found: Figures, *, again: bool, new: bool) -> list[Counter[Track]]:
    """The figures that a step belongs to."""
    if step.action is A.LODGE:
        return [found.received] if new else []
    if step.action is A.ASK_REVIEW:
        return [found.reviews]
    if step.action is A.ESCALATE:
        return [found.overdue]
    if step.to is S.REFUSED:
        return [found.reviews_refused if again else found.refused]
    if again:
        return [found.reviews_agreed]
    return [found.agreed, found.by_default] if step.to is S.GRANTED_BY_DEFAULT else [found.agreed]
