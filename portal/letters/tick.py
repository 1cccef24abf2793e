"""Reminders: before a last day, and each week while a case is overdue. May run late, twice, or on two machines."""

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from flask import current_app
from flask_babel import LazyString
from flask_babel import gettext as _
from sqlalchemy import select

from portal import clock
from portal.areas.calendar import working_day
from portal.areas.models import Area
from portal.areas.queries import current_area
from portal.db import db
from portal.errors import N_
from portal.letters.queries import have_not_scored
from portal.notices.models import Letter
from portal.notices.service import write
from portal.people.rules import Role
from portal.proposals import letters, moves
from portal.proposals.knowing import facts_of
from portal.proposals.models import Proposal
from portal.proposals.rules import Action, State
from portal.proposals.says import SENIOR
from portal.register.models import Asset
from portal.web import day

A_WEEK = 7


class Reminder(NamedTuple):
    """A letter that goes so many working days before the last day of a period to whoever has still something to do."""

    name: str
    states: tuple[State, ...]
    period: str
    working_days: int
    to: Callable[[Proposal], list[str]]
    subject: str
    body: str


def _officers(case: Proposal) -> list[str]:
    return [] if case.response else letters.addresses(case, Role.OFFICER)


def _unsigned(case: Proposal) -> list[str]:
    facts = facts_of(case, None)
    done = Role.ORGANISER in facts.signed or facts.renewing
    return [] if done else letters.addresses(case, Role.ORGANISER)


SCORE = N_("You have not scored this case yet. It has to be decided by %(day)s, and enough members must have scored before. Score it, or declare an interest so that somebody else can.")  # fmt: skip
REMINDERS = (
    Reminder(
        "answer", (State.ON_NOTICE,), "holder_response", 5, _officers,
        N_("Your answer is due"),
        N_("You have not answered this proposal yet. Agree, object, or name another use by %(day)s. After that the test begins without your side."),
    ),
    Reminder(
        "score", (State.UNDER_TEST, State.HEARING), "decision", 5, have_not_scored,
        N_("Your scores are due"), SCORE,
    ),
    Reminder(
        "score", (State.REVIEW,), "review", 5, have_not_scored, N_("Your scores are due"), SCORE,
    ),
    Reminder(
        "sign", (State.GRANTED, State.GRANTED_BY_DEFAULT, State.AGREEMENT), "agreement", 20, _unsigned,
        N_("The grant lapses if it is not signed"),
        N_("Your group may use this place, but it has not signed the agreement. If it has not signed by %(day)s, the grant lapses and others can ask for the place. Ask the broker if something holds you up."),
    ),
)  # fmt: skip
REMINDED = tuple({state for one in REMINDERS for state in one.states} | {State.ESCALATED})


class Due(NamedTuple):
    """One e-mail that is due: to whom, what it says, and the key by which it goes once."""

    to: str
    subject: LazyString
    body: LazyString
    key: str


def tick() -> int:
    """Write the reminders that are due now; returns how many."""
    done = 0
    for case_id in _candidates():
        try:
            done += remind(case_id)
        except Exception:  # one broken case must not hold up the others
            current_app.logger.exception("tick: reminders of case %s", case_id)
    return done


def remind(case_id: int) -> int:
    """Write what is due in one case, under its lock if there is something; returns how many letters."""
    case = db.session.get_one(Proposal, case_id)
    if not _new(list(due(case))):
        return 0
    with moves.turn(case_id, None) as turn:
        found = _new(list(due(turn.case)))
        for one in found:
            write(**one._asdict())
        return len(found)


def due(case: Proposal) -> list[Due]:
    """The reminders that a case stands at now, written already or not."""
    nation = db.session.get_one(Area, case.asset.area_id).nation
    today, found = clock.today(), _overdue(case)
    for one in REMINDERS:
        last = case.due.get(one.period)
        if last is None or case.state not in one.states or last < today:
            continue
        if last <= working_day(one.working_days, today, nation).due:
            body = LazyString(_body, case, one.body, last)
            subject = letters.subject(case, one.subject)
            # The last day is part of the key: one that was moved is reminded of anew.
            found += [Due(to, subject, body, f"reminder:{case.id}:{one.name}:{last}:{to}"[:200]) for to in one.to(case)]  # fmt: skip
    return found


def _overdue(case: Proposal) -> list[Due]:
    """Once a week after the letter that it is overdue: the senior officer, those who can decide, and the broker."""
    since = _escalated_on(case)
    weeks = (clock.today() - since).days // A_WEEK if since else 0
    if weeks < 1:
        return []
    to = {
        one for role in (SENIOR, Role.CHAIR, Role.BROKER) for one in letters.addresses(case, role)
    }
    told = N_("This case should have been decided long since. It went to the senior officer on %(day)s, and nobody has decided it. The chair can still decide; see on the page of the case what is missing.")  # fmt: skip
    why = N_("You get this letter each week until it is decided, as the senior officer, a chair or a broker.")  # fmt: skip
    subject, body = letters.subject(case, N_("Still overdue")), LazyString(_body, case, told, since, why)  # fmt: skip
    return [
        Due(one, subject, body, f"overdue:{case.id}:{since}:{weeks}:{one}"[:200])
        for one in sorted(to)
    ]


def _escalated_on(case: Proposal) -> date | None:
    if case.state is not State.ESCALATED:
        return None
    return max(event.on for event in case.events if event.action is Action.ESCALATE)


def _body(case: Proposal, told: str, on: date, why: str = "") -> str:
    about = _("%(title)s, at %(place)s", title=case.shown_title, place=case.asset.name)
    link = _("The case, and what can be done now: %(link)s", link=letters.address(case))
    return "\n\n".join(filter(None, (about, _(told, day=day(on)), why and _(why), link)))


def _new(found: list[Due]) -> list[Due]:
    """Those that were not written before."""
    keys = [one.key for one in found]
    written = set(db.session.scalars(select(Letter.key).where(Letter.key.in_(keys)))) if keys else set()  # fmt: skip
    return [one for one in found if one.key not in written]


def _candidates() -> list[int]:
    query = (
        select(Proposal.id)
        .join(Asset)
        .where(Asset.area_id == current_area().id, Proposal.state.in_(REMINDED))
        .order_by(Proposal.id)
    )
    return list(db.session.scalars(query))
