"""Reads for the pages about cases, one function a question."""

from dataclasses import dataclass, field
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import func, or_, select

from portal import clock
from portal.areas import profile as profiles
from portal.areas.calendar import Counted, moved
from portal.areas.models import Area
from portal.areas.profile import Period, Profile
from portal.areas.queries import current_area
from portal.areas.rules import Nation
from portal.db import db
from portal.errors import NotFound
from portal.people import access
from portal.people.models import User
from portal.people.rules import Role
from portal.proposals.filing import BROKER_ONLY
from portal.proposals.knowing import facts_of
from portal.proposals.models import (
    CaseEvent,
    CaseFile,
    Deadline,
    Extension,
    Proposal,
    Representation,
)
from portal.proposals.rules import (
    HOLDS_THE_PLACE,
    OVER,
    TRANSITIONS,
    Action,
    Runs,
    State,
    open_to,
)
from portal.proposals.standing import profile_of, roles_of
from portal.register.models import Asset

# Before it is published a case is its group's and the broker's; afterwards everybody's.
SEE_EARLY = {Role.ORGANISER, Role.BROKER, Role.ADMINISTRATOR}
# Who learns the name of a private group, and reads the agreement.
INSIDERS = SEE_EARLY | {Role.OFFICER}
# Who goes on with a published case about a place that is withheld from everybody else.
TAKE_PART = INSIDERS | {Role.PANEL, Role.CHAIR}


def case_for(case_id: int, user: User | None) -> Proposal:
    """A case that this person may read; one they may not is as if it were not there."""
    case = db.session.get(Proposal, case_id)
    if (
        case is None
        or case.asset.area_id != current_area().id
        or not (is_public(case) or roles_of(case, user) & _first_readers(case))
    ):
        raise NotFound("no-case", "There is no such case, or it has not been published yet.")
    return case


def is_public(case: Proposal) -> bool:
    """Whether anybody may read it: the interest in short, everything once it is published.

    A place that is withheld since takes its cases along: what they say of it would tell where it is.
    """
    return bool(case.declared_on or case.published_on) and not case.asset.withheld_why


def _first_readers(case: Proposal) -> set[Role]:
    """Who reads a case before it is published; what a group has not handed in is the group's alone."""
    if case.published_on:
        return TAKE_PART
    handed_in = any(event.action is Action.LODGE for event in case.events)
    return SEE_EARLY if handed_in else {Role.ORGANISER}


def reads_whole(case: Proposal, user: User | None) -> bool:
    """Whether somebody reads all of it; an interest is told to the others in short, to the holder too."""
    return bool(case.published_on or roles_of(case, user) & _first_readers(case))


def may_open(case: Proposal, file: CaseFile, user: User | None) -> bool:
    """Whether somebody may open a file: signatories are known to the broker alone, some papers to the two sides."""
    if file.kind in BROKER_ONLY:
        return Role.BROKER in roles_of(case, user)
    return reads_whole(case, user) and (file.public or is_insider(case, user))


def is_insider(case: Proposal, user: User | None) -> bool:
    """Whether somebody is on one of the sides, or the broker between them."""
    return bool(roles_of(case, user) & INSIDERS)


def mine(user: User | None) -> list[Proposal]:
    """The cases of somebody's groups that are not over; for a broker also those that wait for their check."""
    if user is None or not user.is_authenticated:
        return []
    theirs = Proposal.group_id.in_(access.group_ids(user)) & Proposal.state.not_in(OVER)
    if access.area_roles() & {Role.BROKER}:
        theirs = or_(theirs, Proposal.state == State.LODGED)
    query = select(Proposal).join(Asset).where(Asset.area_id == current_area().id, theirs)
    return list(db.session.scalars(query.order_by(Proposal.id.desc())))


def cases_of_asset(asset_id: int, user: User | None) -> list[Proposal]:
    """The cases about a place that this person may read and that are not over, newest first."""
    groups = access.group_ids(user) if user is not None and user.is_authenticated else set()
    query = select(Proposal).where(
        Proposal.asset_id == asset_id,
        Proposal.state.not_in(OVER),
        or_(
            Proposal.published_on.is_not(None),
            Proposal.declared_on.is_not(None),
            Proposal.group_id.in_(groups),
        ),
    )
    return list(db.session.scalars(query.order_by(Proposal.id.desc())))


def live_case(asset_id: int) -> Proposal | None:
    """The case that holds a place now."""
    query = select(Proposal).where(
        Proposal.asset_id == asset_id, Proposal.state.in_(HOLDS_THE_PLACE)
    )
    return db.session.scalar(query)


def can_do(case: Proposal, user: User | None) -> list[Action]:
    """What this person can do with the case now, from the table."""
    return open_to(case.state, roles_of(case, user), facts_of(case, user))


def missing_list(case: Proposal) -> str:
    """What the broker said was missing when the case was last returned; "" if it never was."""
    query = (
        select(CaseEvent.why)
        .where(CaseEvent.proposal_id == case.id, CaseEvent.action == Action.RETURN_INCOMPLETE)
        .order_by(CaseEvent.id.desc())
        .limit(1)
    )
    return db.session.scalar(query) or ""


def last_event(case_id: int, action: Action) -> CaseEvent:
    """The newest step of this kind in a case; what followed from it by itself may be newer."""
    query = select(CaseEvent).where(CaseEvent.proposal_id == case_id, CaseEvent.action == action)
    return db.session.scalars(query.order_by(CaseEvent.id.desc()).limit(1)).one()


def voices(case: Proposal) -> tuple[int, int]:
    """How many spoke for it, and how many against; whoever's words were taken out has spoken all the same."""
    query = (
        select(Representation.supports, func.count())
        .where(Representation.proposal_id == case.id)
        .group_by(Representation.supports)
    )
    counted = {bool(supports): number for supports, number in db.session.execute(query)}
    return counted.get(True, 0), counted.get(False, 0)


def files_by_kind(case: Proposal, user: User | None) -> dict[str, list[CaseFile]]:
    """The files that this reader may open, by what they are for, in the order in which they came."""
    found: dict[str, list[CaseFile]] = {}
    for file in case.files:
        if may_open(case, file, user):
            found.setdefault(file.kind.value, []).append(file)
    return found


@dataclass(frozen=True)
class Due:
    """A last day on the timeline, how it was counted, and the clause and source of its length."""

    period: str
    day: date
    over: bool
    counted: Counted | None
    clause: str
    source: str


@dataclass(frozen=True)
class Step:
    """A stop on the case's road: behind, where it stands, or ahead."""

    state: State
    on: date | None = None
    now: bool = False
    dues: list[Due] = field(default_factory=list)


# A hearing gives the decision this longer time.
WITH_HEARING = "decision_with_hearing"
# The last days that belong to a state: those that its actions answer to, as the table says.
PERIODS_OF = {
    state: list(
        dict.fromkeys(
            row.clock.period
            for row in TRANSITIONS
            if row.state is state and row.clock and row.clock.runs is not Runs.AFTER
        )
    )
    for state in State
}


def where_it_stands(case: Proposal) -> list[Step]:
    """The stops behind the case, from its history, and those ahead, from the table's straight road."""
    entered: list[tuple[State, date]] = []
    for event in case.events:
        if not entered or entered[-1][0] is not event.to_state:
            entered.append((event.to_state, event.on))
    dues = dues_of(case)
    steps = [
        Step(state, on, now=number == len(entered), dues=_of(state, dues))
        for number, (state, on) in enumerate(entered, 1)
        if state is not State.VALIDATED or number == len(entered)
    ]
    return steps + [Step(state, dues=_of(state, dues)) for state in _ahead(case.state)]


def _ahead(state: State) -> list[State]:
    found: list[State] = []
    while row := next((row for row in TRANSITIONS if row.state is state and row.road), None):
        state = row.to
        if state not in (State.VALIDATED, State.ENDED):
            found.append(state)
    return found


def _of(state: State, dues: dict[str, Due]) -> list[Due]:
    return [dues[period] for period in PERIODS_OF[state] if period in dues]


def dues_of(case: Proposal) -> dict[str, Due]:
    """Every last day of a case that has been counted, and how it was."""
    profile, today = profile_of(case), clock.today()
    nation = db.session.get_one(Area, case.asset.area_id).nation
    found = {}
    for deadline in case.deadlines:
        period, counted = _count_of(deadline, case, profile, nation)
        found[deadline.period] = Due(
            deadline.period,
            deadline.due,
            today > deadline.due,
            counted,
            profile.clauses[period.clause].text,
            period.source,
        )
    return found


def _count_of(
    deadline: Deadline, case: Proposal, profile: Profile, nation: Nation
) -> tuple[Period, Counted | None]:
    """The period that a last day comes from, and how it was counted. A bank holiday that is proclaimed later changes
    no date that stands: then there is no count to show.
    """
    agreed, stood = _agreed(deadline, case)
    for period in _lengths(deadline.period, profile):
        counted = period.counted(deadline.after, nation)
        if counted.due == stood:
            return period, moved(
                counted, agreed.until, agreed_on=agreed.answered_on
            ) if agreed else counted
    return profile.periods[deadline.period], None


def _agreed(deadline: Deadline, case: Proposal) -> tuple[Extension | None, date]:
    """What both sides agreed last about a last day, and the day that it was before they ever did."""
    last, stood = None, deadline.due
    for one in reversed(case.extensions):
        if one.given and one.period == deadline.period and one.until == stood:
            last, stood = last or one, one.instead_of
    return last, stood


def _lengths(name: str, profile: Profile) -> list[Period]:
    """The lengths that a period can have: its own, a hearing's, and the one that it never goes beyond."""
    longer = profile.periods.get(WITH_HEARING) if name == "decision" else None
    own = [period for period in (profile.periods[name], longer) if period]
    return own + [profile.periods[period.never_after] for period in own if period.never_after]


def ground_words() -> dict[str, str]:
    """The grounds of refusal in words, by their names, of all the rules that cases here began under."""
    area = current_area()
    query = select(Proposal.profile).join(Asset).where(Asset.area_id == area.id).distinct()
    found: dict[str, str] = {}
    for name in sorted({area.profile, *db.session.scalars(query)}):
        for one in profiles.versions(name):
            found |= {ground: _(words) for ground, words in one.grounds.items()}
    return found
