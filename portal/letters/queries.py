"""Reads of kept letters, and who has still something to do before a last day."""

from flask import url_for
from sqlalchemy import select

from portal.db import db
from portal.errors import NotFound
from portal.people.models import RoleGrant, User
from portal.people.rules import Role
from portal.proposals.conditions import panel_size
from portal.proposals.knowing import facts_of
from portal.proposals.models import CaseEvent, Proposal
from portal.proposals.models_letters import CaseLetter
from portal.proposals.rules import UNDECIDED


def letter_of(case: Proposal, event_id: int) -> tuple[CaseEvent, CaseLetter]:
    """The letter of a step of this case. Raises NotFound("no-letter")."""
    event, letter = db.session.get(CaseEvent, event_id), db.session.get(CaseLetter, event_id)
    if event is None or letter is None or event.proposal_id != case.id:
        raise NotFound("no-letter", "There is no such letter in this case.")
    return event, letter


def letters_of(case: Proposal) -> dict[int, str]:
    """Step -> where its letter is, for the history on a case's page."""
    query = select(CaseLetter.event_id).join(CaseEvent).where(CaseEvent.proposal_id == case.id)
    return {
        event_id: url_for("letters.letter", case_id=case.id, event_id=event_id)
        for event_id in db.session.scalars(query)
    }


def free_to_judge(case: Proposal, role: Role) -> list[User]:
    """Whoever has this role and may take part in this round: no interest, and no part in the round before."""
    query = (
        select(User)
        .join(RoleGrant)
        .where(
            RoleGrant.role == role,
            RoleGrant.area_id == case.asset.area_id,
            User.closed_at.is_(None),
        )
        .order_by(User.email)
    )
    return [user for user in db.session.scalars(query) if _may_judge(case, user)]


def _may_judge(case: Proposal, user: User) -> bool:
    facts = facts_of(case, user)
    return not (facts.interest or facts.declared or (facts.reviewed and facts.judged_before))


def wants_judges(case: Proposal) -> bool:
    """Whether a review has fewer members of the panel than must score, or no chair, who took no part the first time."""
    if case.round == 1 or case.state not in UNDECIDED:
        return False
    members = free_to_judge(case, Role.PANEL)
    return len(members) < panel_size(case) or not free_to_judge(case, Role.CHAIR)


def have_not_scored(case: Proposal) -> list[str]:
    """The addresses of the members of the panel who could score this case and have not."""
    members = free_to_judge(case, Role.PANEL)
    return [user.email for user in members if not facts_of(case, user).scored]
