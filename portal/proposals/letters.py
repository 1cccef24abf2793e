"""Who is told of a step of a case, and in which words; written in the step's own transaction."""

from email.utils import parseaddr

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select

from portal.areas.queries import current_area
from portal.db import db
from portal.notices.service import write
from portal.people.models import User
from portal.people.queries import emails_with_role, organiser_emails
from portal.people.rules import Role
from portal.proposals.models import CaseEvent, Proposal, Representation
from portal.proposals.rules import Action, Transition
from portal.web import day


def tell(case: Proposal, row: Transition, event: CaseEvent) -> None:
    """A letter to everybody whom the table names for this step, each once."""
    told = {email for role in row.tells for email in _addresses(case, role)}
    if row.action is Action.ESCALATE and (officer := senior_officer()):
        told.add(officer)
    for email in sorted(told):
        write(
            to=email,
            subject=_("Case %(number)s: %(title)s", number=case.id, title=case.shown_title)[:200],
            body=_body(case, event),
            key=f"case:{case.id}:{event.id}:{email}",
        )


def senior_officer() -> str:
    """The address of the officer whom overdue cases go to, if the area has one on record."""
    address = parseaddr(current_area().senior_officer or "")[1]
    return address if "@" in address else ""


def _addresses(case: Proposal, role: Role) -> list[str]:
    if role is Role.ORGANISER:
        return organiser_emails(case.group_id)
    if role is Role.OFFICER:
        return emails_with_role(role, holder_id=case.asset.holder_id)
    if role is Role.RESIDENT:
        query = select(User.email).join(Representation, Representation.user_id == User.id)
        return list(db.session.scalars(query.where(Representation.proposal_id == case.id)))
    return emails_with_role(role)


def _body(case: Proposal, event: CaseEvent) -> str:
    parts = [_(event.sentence), event.why, *_dates(case, event)]
    link = f"{current_app.config['BASE_URL'].rstrip('/')}/cases/{case.id}"
    parts.append(_("The case, and what can be done now: %(link)s", link=link))
    return "\n\n".join(part for part in parts if part)


def _dates(case: Proposal, event: CaseEvent) -> list[str]:
    """When a case is published everybody learns the days that count."""
    if event.action is not Action.PUBLISH:
        return []
    due = case.due
    return [
        _(
            "Anybody may speak for or against it until %(spoken)s. The holder answers by %(answered)s. "
            "It is decided by %(decided)s.",
            spoken=day(due.get("representations")),
            answered=day(due.get("holder_response")),
            decided=day(due.get("decision")),
        )
    ]
