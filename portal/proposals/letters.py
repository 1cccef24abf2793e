"""Who is told of a step of a case: letters are kept and e-mails written in the step's own transaction."""

from collections import defaultdict
from collections.abc import Callable
from email.utils import parseaddr
from functools import cache
from typing import Any

from flask import current_app
from flask_babel import LazyString, get_locale
from flask_babel import gettext as _
from sqlalchemy import select

from portal.areas.models import Area
from portal.areas.queries import current_area
from portal.db import db
from portal.notices.service import write
from portal.people.models import User
from portal.people.queries import emails_with_role, organiser_emails
from portal.people.rules import Role
from portal.proposals import saying
from portal.proposals.models import CaseEvent, Proposal, Representation
from portal.proposals.models_letters import CaseLetter
from portal.proposals.rules import Transition
from portal.proposals.says import SENIOR
from portal.proposals.words_letters import says_of


def tell(case: Proposal, row: Transition, event: CaseEvent, why: str | LazyString) -> None:
    """Keep the letter of a step, and write it to everybody whom the table names, each once and in their language."""
    if not row.tells:
        return
    db.session.flush()
    # Put together once for each language, however many read it.
    say = cache(lambda _language: saying.of_step(case, row, event, str(why)))
    db.session.add(CaseLetter(event_id=event.id, said=say(str(get_locale()))))
    here = address(case)
    for email, roles in sorted(told_by(case, row).items()):
        write(
            to=email,
            subject=subject(case, says_of(row).subject),
            body=LazyString(_body, say, roles, f"{here}/letters/{event.id}.pdf", here),
            key=f"case:{case.id}:{event.id}:{email}",
        )


def _body(say: Callable[[str], dict[str, Any]], roles: set[str], letter: str, page: str) -> str:
    return saying.as_text(say(str(get_locale())), roles, letter, page)


def told_by(case: Proposal, row: Transition) -> dict[str, set[str]]:
    """Whom the table names for a step: address -> in which roles."""
    found: dict[str, set[str]] = defaultdict(set)
    for role in saying.tells(row):
        for email in addresses(case, role):
            found[email].add(role)
    return found


def subject(case: Proposal, what: str) -> LazyString:
    """The subject of an e-mail about a case; `what` is a text that the translators know."""
    return LazyString(lambda: _("Case %(number)s: %(what)s", number=case.id, what=_(what)))


def address(case: Proposal) -> str:
    """The page of a case."""
    return f"{current_app.config['BASE_URL']}/cases/{case.id}"


def addresses(case: Proposal, role: str) -> list[str]:
    """The addresses of everybody who is this to a case."""
    if role == SENIOR:
        return [officer] if (officer := senior_officer()) else []
    if role is Role.ORGANISER:
        return organiser_emails(case.group_id)
    if role is Role.OFFICER:
        return emails_with_role(role, holder_id=case.asset.holder_id)
    if role is Role.RESIDENT:
        # Once a place is withheld its case is not public, and a letter would say where it is.
        if case.asset.withheld_why:
            return []
        query = select(User.email).join(Representation, Representation.user_id == User.id)
        return list(db.session.scalars(query.where(Representation.proposal_id == case.id)))
    return emails_with_role(Role(role))


def senior_name(area: Area) -> str:
    """What the public learns of that officer: the name or the post, never the address."""
    written = area.senior_officer or ""
    return parseaddr(written)[0] if "@" in written else written


def senior_officer() -> str:
    """The address of the officer whom overdue cases go to, if the area has one on record."""
    written = parseaddr(current_area().senior_officer or "")[1]
    return written if "@" in written else ""
