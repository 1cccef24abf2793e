"""What waits for whom: read off both wings' tables, for brokers and for everybody else who has something to do."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, NamedTuple

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal import clock
from portal.agreements import queries as agreements
from portal.agreements.words import ACTIONS as AGREEMENT
from portal.areas.models import Area
from portal.areas.queries import current_area
from portal.db import db
from portal.hearings import queries as hearings
from portal.hearings.words import ACTIONS as HEARING
from portal.letters import queries as letters
from portal.lettings import queries as lettings
from portal.lettings import table as let_table
from portal.lettings.acts import ACTS
from portal.lettings.dates import queries as dates
from portal.lettings.models import Let
from portal.lettings.rules import Action as LetAction
from portal.lettings.walltime import wall
from portal.locating import queries as locating
from portal.money import queries as money
from portal.notices import queries as outbox
from portal.ownership import queries as ownership
from portal.people import post
from portal.people.access import area_roles
from portal.people.models import User
from portal.people.rules import Role
from portal.petitions import queries as petitions
from portal.proposals import queries as proposals
from portal.proposals.conditions import blocks_of
from portal.proposals.models import Proposal
from portal.proposals.rules import OVER, State
from portal.proposals.rules import Action as CaseAction
from portal.proposals.standing import roles_of
from portal.proposals.words import ACTIONS
from portal.register.models import Asset
from portal.rounds import queries as rounds
from portal.sightings import queries as sightings

LATE = timedelta(hours=1)


class Task(NamedTuple):
    """One thing that waits for somebody. `due` is its last day, if it has one."""

    what: Any
    about: str
    url: str
    due: date | None
    overdue: bool


# What a case waits for, and the period by whose last day it should be done. Whoever may speak, answer or
# withdraw may also leave it, so that is not here.
CASE_DUTIES: dict[CaseAction, tuple[Any, str]] = {
    CaseAction.LODGE: (_l("Finish and lodge the proposal"), ""),
    CaseAction.VALIDATE: (_l("Check whether the proposal is complete"), "validation"),
    CaseAction.AGREE: (_l("Answer the proposal for the holder"), "holder_response"),
    CaseAction.RECORD_NOTICE: (ACTIONS[CaseAction.RECORD_NOTICE].title, "decision"),
    CaseAction.SCORE: (ACTIONS[CaseAction.SCORE].title, "decision"),
    CaseAction.CHECK_CAPACITY: (ACTIONS[CaseAction.CHECK_CAPACITY].title, "decision"),
    CaseAction.SET_HEARING: (HEARING[CaseAction.SET_HEARING].title, "hearing"),
    CaseAction.RECORD_HEARING: (HEARING[CaseAction.RECORD_HEARING].title, "hearing"),
    CaseAction.DECIDE: (_l("Decide the case"), "decision"),
    CaseAction.DRAFT_AGREEMENT: (AGREEMENT[CaseAction.DRAFT_AGREEMENT].title, ""),
    CaseAction.ACCEPT_TERMS: (AGREEMENT[CaseAction.ACCEPT_TERMS].title, "agreement"),
    CaseAction.CONTRACT_OUT: (AGREEMENT[CaseAction.CONTRACT_OUT].title, ""),
    CaseAction.TAKE_DEPOSIT: (AGREEMENT[CaseAction.TAKE_DEPOSIT].title, ""),
    CaseAction.SIGN: (AGREEMENT[CaseAction.SIGN].title, "agreement"),
    CaseAction.HAND_OVER: (AGREEMENT[CaseAction.HAND_OVER].title, ""),
    CaseAction.GO_ON: (AGREEMENT[CaseAction.GO_ON].title, ""),
    CaseAction.ANSWER_CLAIM: (AGREEMENT[CaseAction.ANSWER_CLAIM].title, ""),
    CaseAction.SETTLE_DEPOSIT: (AGREEMENT[CaseAction.SETTLE_DEPOSIT].title, "handback"),
}
# These can be done again after they were done; then nothing waits any more.
DONE = {
    CaseAction.SET_HEARING: lambda case: hearings.of_round(case) is not None,
    CaseAction.CHECK_CAPACITY: lambda case: bool(case.capacity),
    CaseAction.RECORD_NOTICE: lambda case: "open_space_notices" not in blocks_of(case),
    CaseAction.DRAFT_AGREEMENT: lambda case: case.state is State.AGREEMENT,
}
# Whose desk shows the published cases in which they have a part.
OFFICES = {Role.OFFICER, Role.PANEL, Role.CHAIR}
LET_DUTIES = (
    LetAction.APPROVE,
    LetAction.ACCEPT,
    LetAction.RECORD_DEPOSIT,
    LetAction.ANSWER_CLAIM,
    LetAction.RETURN_DEPOSIT,
    LetAction.KEEP,
)
STILL_NEEDED = _l("Say whether you still need the room")  # has a page of its own
# These have their day before the let's first date; the others are done when they are done.
BEFORE_IT_BEGINS = {LetAction.APPROVE, LetAction.ACCEPT, LetAction.RECORD_DEPOSIT}


def waiting_for(user: User) -> list[Task]:
    """What waits for this person: overdue first, then by last day, then what has none."""
    found = (*open_cases(), *proposals.mine(user), *agreements.with_deposit_to_settle())
    cases = {case.id: case for case in found}
    tasks = [
        *(task for case in cases.values() for task in _of_case(case, user)),
        *(task for let in lettings.my_lets(user) for task in _of_let(let, user)),
        *_of_offers(user),
        *_of_petitions(),
        *_of_late(),
        *_of_judges(),
    ]
    return sorted(tasks, key=lambda task: (task.due or date.max, task.about))


def open_cases() -> list[Proposal]:
    """The cases of the area that were handed in and are not over, those whose decision is due first."""
    query = (
        select(Proposal)
        .join(Asset)
        .where(Asset.area_id == current_area().id, Proposal.state.not_in((State.DRAFT, *OVER)))
        .order_by(Proposal.id)
    )
    found = db.session.scalars(query).all()
    return sorted(found, key=lambda case: (case.due.get("decision") or date.max, case.id))


def cases_of(user: User) -> list[Proposal]:
    """The cases of somebody's groups, and those that their office answers for, decides or looks after."""
    if Role.BROKER in area_roles():
        return open_cases()
    theirs = [case for case in open_cases() if case.published_on and roles_of(case, user) & OFFICES]
    return list(dict.fromkeys((*proposals.mine(user), *theirs)))


def queues(area: Area) -> list[tuple[str, str, int]]:
    """What waits about places and money: (what, its page, how many), nothing that is done."""
    found = (
        (
            _("Groups that our letters do not reach"),
            "broker.unreached",
            len({p.group for p in post.unreached()}),
        ),
        (_("Rounds to propose or publish"), "rounds.index", len(rounds.waiting_for_broker())),
        (_("Rent that is overdue"), "money.index", sum(o.overdue for o in money.open_charges())),
        (_("Holders to pay out"), "money.index", len(money.creditors())),
        (_("Refunds that failed"), "money.index", len(money.refunds_that_failed())),
        (_("Questions about who owns a place"), "ownership.queue", len(ownership.waiting(area))),
        (_("Reports of empty places"), "sightings.queue", sightings.waiting(area)),
        (_("Places to locate or to check"), "locating.queue", locating.waiting(area)),
        (_("Opening hours to read"), "locating.hours_queue", locating.count_without_hours(area)),
    )
    return [(what, url_for(page), number) for what, page, number in found if number]


def undelivered() -> list[tuple[str, str, int]]:
    """The same about letters, for the administrator: what was given up, and what waits for longer than it should."""
    if Role.ADMINISTRATOR not in area_roles():
        return []
    there = outbox.standing(current_area().id)
    late = there.since is not None and there.since < clock.now() - LATE
    found = (
        (_("Letters that did not arrive"), there.failed),
        (_("Letters that have waited for more than an hour"), there.waiting if late else 0),
    )
    return [(what, url_for("setup.letters"), number) for what, number in found if number]


def _of_case(case: Proposal, user: User) -> Iterator[Task]:
    for action in proposals.can_do(case, user):
        if action not in CASE_DUTIES or DONE.get(action, lambda _case: False)(case):
            continue
        what, period = CASE_DUTIES[action]
        # A second panel has a last day of its own.
        again = case.state is State.REVIEW and period == "decision"
        due = case.due.get("review" if again else period)
        page = "holder" if action is CaseAction.AGREE else "case"
        url = url_for(f"proposals.{page}", case_id=case.id)
        yield Task(what, _about(case), url, due, _is_over(due))


def _of_petitions() -> Iterator[Task]:
    """Signatures that the broker has to look at."""
    for petition, number in petitions.to_look_at() if Role.BROKER in area_roles() else ():
        url = url_for("petitions.look", case_id=petition.proposal_id)
        about = f"{petition.proposal.shown_title} · {number}"
        yield Task(_l("Look at likely doubles of a petition"), about, url, None, overdue=False)


def _of_late() -> Iterator[Task]:
    """Cases that nobody decided in time."""
    for case in open_cases() if Role.BROKER in area_roles() else ():
        if case.state is State.ESCALATED:
            due = case.due.get("review" if case.round > 1 else "decision")
            url, about = url_for("proposals.case", case_id=case.id), _about(case)
            yield Task(_l("See that it is decided"), about, url, due, _is_over(due))


def _of_judges() -> Iterator[Task]:
    """Reviews whose judges are too few: whoever judged the first time takes no part."""
    for case in open_cases() if Role.ADMINISTRATOR in area_roles() else ():
        if letters.wants_judges(case):
            due = case.due.get("review")
            what = _l("Name other panel members and another chair for a review")
            yield Task(what, _about(case), url_for("setup.roles"), due, _is_over(due))


def _about(case: Proposal) -> str:
    return f"{case.shown_title} · {case.asset.name}"


def _of_let(let: Let, user: User) -> Iterator[Task]:
    roles, facts = lettings.roles_towards(user, let), lettings.facts_of(let)
    for action in let_table.open_to(let.state, roles, facts):
        if action in LET_DUTIES:
            due = let.occurrences[0].on if action in BEFORE_IT_BEGINS else None
            url = url_for("lettings.let", let_id=let.id)
            what = ACTS[action].title if action in ACTS else STILL_NEEDED
            yield Task(what, _room_and_group(let), url, due, _is_over(due))


def _room_and_group(let: Let) -> str:
    return f"{let.room.name} · {let.group.name}"


def _of_offers(user: User) -> Iterator[Task]:
    """Free dates that somebody's groups can take, as long as they are kept for them."""
    for offer in dates.my_offers(user):
        url = url_for("dates.offer", offer_id=offer.id)
        about, until = offer.waiting.room.name, wall(offer.answer_by).date()
        yield Task(_l("Take a date that became free"), about, url, until, overdue=False)


def _is_over(due: date | None) -> bool:
    return due is not None and due < clock.today()
