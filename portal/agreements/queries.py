"""Reads for the pages of an agreement: for the two sides and the broker, and for nobody else."""

from portal.agreements import terms
from portal.agreements.models import Agreement
from portal.db import db
from portal.errors import NotFound
from portal.people.models import User
from portal.proposals import queries
from portal.proposals.models import Proposal

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
