"""Reads for the pages of an agreement: for the two sides and the broker, and for nobody else."""

from sqlalchemy import select

from portal.agreements import terms
from portal.agreements.models import Agreement
from portal.areas.queries import current_area
from portal.db import db
from portal.errors import NotFound
from portal.money.models import Deposit
from portal.money.rules import WITH_BROKER
from portal.people.models import User
from portal.proposals import queries
from portal.proposals.models import Proposal
from portal.proposals.rules import State
from portal.register.models import Asset

HANDED_BACK = (State.ENDED, State.LAPSED)
NONE = "There is no agreement here that you can read."


def for_insider(case_id: int, user: User) -> tuple[Proposal, Agreement]:
    """A case and its current edition. Raises NotFound for everybody who is on neither side."""
    case = queries.case_for(case_id, user)
    agreement = terms.current(case_id)
    if agreement is None or not queries.is_insider(case, user):
        raise NotFound("no-agreement", NONE)
    return case, agreement


def edition_for_insider(case_id: int, edition: int, user: User) -> tuple[Proposal, Agreement]:
    """A case and one of its editions, those that were given up too."""
    case = queries.case_for(case_id, user)
    agreement = db.session.get(Agreement, (case_id, edition))
    if agreement is None or not queries.is_insider(case, user):
        raise NotFound("no-agreement", NONE)
    return case, agreement


def with_deposit_to_settle() -> list[Proposal]:
    """The cases that are over while the broker still holds a deposit of theirs."""
    query = (
        select(Proposal)
        .join(Asset)
        .join(Agreement, Agreement.proposal_id == Proposal.id)
        .join(Deposit, Agreement.deposit_id == Deposit.id)
        .where(
            Asset.area_id == current_area().id,
            Proposal.state.in_(HANDED_BACK),
            Deposit.state.in_(WITH_BROKER),
        )
        .distinct()
        .order_by(Proposal.id)
    )
    return list(db.session.scalars(query))
