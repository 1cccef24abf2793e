"""Letters before the holder's right to break begins and before the end. Safe late, twice, on two machines, killed anywhere."""

from collections.abc import Callable, Iterator
from datetime import date

from flask import current_app
from flask_babel import LazyString, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal import clock
from portal.agreements import rules, terms
from portal.agreements.models import Agreement
from portal.areas.queries import current_area
from portal.db import db
from portal.notices.service import write
from portal.people.queries import emails_with_role, organiser_emails
from portal.people.rules import Role
from portal.proposals import moves
from portal.proposals.models import Proposal
from portal.proposals.rules import State
from portal.register.models import Asset
from portal.web import day

RUNNING = (State.IN_USE, State.AGREEMENT)


def tick() -> int:
    """Write the letters that are due now, each case in its own transaction; returns how many cases had one."""
    done = 0
    for case_id in list(_candidates()):
        try:
            done += _tell(case_id)
        except Exception:  # one broken case must not stop the letters of all others
            current_app.logger.exception("tick: agreement of case %s", case_id)
    return done


def _candidates() -> Iterator[int]:
    """The cases in which a letter is due that has not gone: a look without a lock."""
    query = (
        select(Proposal.id)
        .join(Asset)
        .join(Agreement, Agreement.proposal_id == Proposal.id)
        .where(
            Asset.area_id == current_area().id,
            Proposal.state.in_(RUNNING),
            Agreement.begun_on.is_not(None),
        )
        .distinct()
        .order_by(Proposal.id)
    )
    for case_id in db.session.scalars(query):
        agreement = terms.in_force(case_id)
        if agreement and (_end_due(agreement) or _break_due(agreement)):
            yield case_id


def _tell(case_id: int) -> int:
    """Look again under the lock, write, and note what was written in the same transaction."""
    with moves.turn(case_id, None) as turn:
        agreement = terms.in_force(case_id)
        if turn.case.state not in RUNNING or agreement is None:
            return 0
        told = 0
        if due := _end_due(agreement):
            _write(turn.case, agreement, due, _about_end)
            agreement.told_end, told = due, 1
        if due := _break_due(agreement):
            _write(turn.case, agreement, due, _about_break)
            agreement.told_break, told = due, 1
        return told


def _end_due(agreement: Agreement) -> str | None:
    """The name and last day of the reminder that is due and has not gone. A notice moves the day, so it counts anew."""
    days = rules.reminders(terms.use_began(agreement), agreement.ends_on)
    name = rules.latest_due(days, clock.today())
    due = name and f"{name}:{agreement.ends_on}"
    return due if due != agreement.told_end else None


def _break_due(agreement: Agreement) -> str | None:
    found = _break(agreement)
    if found is None or agreement.notice_on or not found[0] <= clock.today() < found[1]:
        return None
    due = f"break:{found[1]}"
    return due if due != agreement.told_break else None


def _break(agreement: Agreement) -> tuple[date, date] | None:
    after = int(terms.values_of(agreement)["break_after"])
    return rules.break_reminder(agreement.starts_on, agreement.ends_on, after)


def _about_end(case: Proposal, agreement: Agreement) -> list[str]:
    ends = day(agreement.ends_on)
    if clock.today() >= agreement.ends_on:
        first = _("The agreement ends today, %(day)s.", day=ends) if clock.today() == agreement.ends_on else _("The agreement ended on %(day)s.", day=ends)  # fmt: skip
        return [
            first,
            _("Walk round the place together, then record its return in the portal: its condition with photos, keys and meters. The deposit is settled after that."),
        ]  # fmt: skip
    if case.state is State.AGREEMENT:
        return [
            _("The agreement ends on %(day)s.", day=ends),
            _("A renewal is being agreed. Nothing goes on before both sides have signed it."),
        ]
    return [
        _("The agreement ends on %(day)s.", day=ends),
        _("Either side or the broker can ask to renew it on the page of the case. If nobody does, the group gives the place back on that day, as it was found."),
    ]  # fmt: skip


def _about_break(_case: Proposal, agreement: Agreement) -> list[str]:
    _told, begins = _break(agreement)
    months = int(terms.values_of(agreement)["break_holder"])
    return [
        ngettext("From %(day)s on the holder may end the agreement early, with %(num)s month's notice.", "From %(day)s on the holder may end the agreement early, with %(num)s months' notice.", months, day=day(begins)),
        _("Nothing has to be done. If you know that the place will be needed, or hear that it may be, talk about it now."),
    ]  # fmt: skip


def _body(
    case: Proposal, agreement: Agreement, told: Callable[[Proposal, Agreement], list[str]]
) -> str:
    link = f"{current_app.config['BASE_URL']}/cases/{case.id}/agreement"
    why = _("You get this letter because you organise the group, act for the holder, or are the broker of this area.")  # fmt: skip
    return "\n\n".join([*told(case, agreement), _("The agreement: %(link)s", link=link), why])


def _write(
    case: Proposal,
    agreement: Agreement,
    due: str,
    told: Callable[[Proposal, Agreement], list[str]],
) -> None:
    to = {
        *organiser_emails(case.group_id),
        *emails_with_role(Role.OFFICER, holder_id=case.asset.holder_id),
        *emails_with_role(Role.BROKER),
    }
    for email in sorted(to):
        write(
            to=email,
            subject=_l("Case %(number)s: The agreement", number=case.id),
            body=LazyString(_body, case, agreement, told),
            key=f"agreement:{case.id}:{agreement.edition}:{due}:{email}"[:200],
        )
