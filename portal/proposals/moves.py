"""One step of a case: lock it, ask the table, write state, deadlines, history and letters, all or nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal import clock
from portal.areas.models import Area
from portal.areas.profile import Profile
from portal.areas.queries import current_area
from portal.audit.rules import Act, weighty
from portal.audit.service import note
from portal.db import transaction
from portal.errors import NotFound, RuleBroken
from portal.language import sentences
from portal.people.models import User
from portal.people.rules import Role
from portal.proposals import letters
from portal.proposals.deadlines import starting
from portal.proposals.knowing import facts_of
from portal.proposals.models import CaseEvent, Deadline, Proposal
from portal.proposals.rules import HOLDS_THE_PLACE, TRANSITIONS, Action, State, Transition, find
from portal.proposals.standing import profile_of, roles_of
from portal.register.models import Asset
from portal.register.rules import Status

# What a state of the case makes of the asset in the register.
ASSET_BECOMES = {
    State.GRANTED: Status.GRANTED,
    State.GRANTED_BY_DEFAULT: Status.GRANTED,
    State.IN_USE: Status.IN_USE,
    State.ENDED: Status.VACANT,
}
# From which day on who may read what.
FIRST_READ = {State.INTEREST: "declared_on", State.ON_NOTICE: "published_on"}
# Steps that start periods without changing the state, by the names that profiles use.
EVENTS = {
    Action.SHOW_SIGN: "sign_shown",
    Action.OPEN_HEARING: "hearing_opened",
    Action.SET_HEARING: "hearing_set",
}
WITH_HEARING = "decision_with_hearing"
AT_ONCE = tuple(row for row in TRANSITIONS if Role.PORTAL in row.roles and row.clock is None)
CALLED_BY = {
    "petition": _l("The petition has as many signatures as it needs."),
    "objection": _l("The holder objected."),
    "land": _l("The rules of this area ask for a hearing about every such place."),
    "building": _l("The rules of this area ask for a hearing about every such place."),
}


@dataclass
class Turn:
    """Somebody's turn at a locked case; `user` is None when the clock acts."""

    session: Session
    case: Proposal
    user: User | None
    taken: list[tuple[Transition, CaseEvent, str | LazyString]] = field(default_factory=list)

    @property
    def profile(self) -> Profile:
        return profile_of(self.case)

    @property
    def roles(self) -> set[Role]:
        return {Role.PORTAL} if self.user is None else roles_of(self.case, self.user)

    def allowed(self, action: Action, **typed: object) -> Transition:
        """The row that would be taken; raises what the table says against it."""
        facts = facts_of(self.case, self.user, **typed)
        return find(self.case.state, action, self.roles, facts)

    def take(
        self, action: Action, *, why: str | LazyString = "", on: date | None = None, **typed: object
    ) -> Transition:
        """Take the step: new state, its deadlines, one row of history; letters at the end. `on`: the day its periods run from,
        if not today. A lazy `why` is kept in the first language and said in each letter in its reader's.
        """
        row = self.allowed(action, **typed)
        case, today = self.case, clock.today()
        case.state = row.to
        if row.to in FIRST_READ:
            setattr(case, FIRST_READ[row.to], getattr(case, FIRST_READ[row.to]) or today)
        if action is Action.OPEN_HEARING:
            case.hearing_opened_on = today
        if action is Action.ASK_REVIEW:
            case.round += 1
        if row.to is not row.state:
            self._flush_or_taken()
            self._start_periods(row.to.value, today)
            lapsed = row.to is State.LAPSED and row.state in HOLDS_THE_PLACE
            if lapsed or row.to in ASSET_BECOMES:
                # A grant that lapses frees its place; a claim that lapses had none.
                case.asset.status = Status.VACANT if lapsed else ASSET_BECOMES[row.to]
                case.asset.changed_at = clock.now()
        # A hearing that is opened before the test has its own time only from the test on.
        if action in EVENTS and not (action is Action.OPEN_HEARING and row.to is State.ON_NOTICE):
            self._start_periods(EVENTS[action], on or today)
        self._hearing_periods(action, today)
        event = record(self.session, case, row, user=self.user, roles=self.roles, why=str(why))
        self.taken.append((row, event, why))
        return row

    def _start_periods(self, event: str, on: date) -> None:
        area = self.session.get_one(Area, self.case.asset.area_id)
        for name, counted in starting(event, on, self.profile, area.nation).items():
            self.session.merge(
                Deadline(
                    proposal_id=self.case.id, period=name, after=counted.after, due=counted.due
                )
            )
        self.session.flush()
        self.session.expire(self.case, ["deadlines"])

    def _hearing_periods(self, action: Action, today: date) -> None:
        """A hearing gives the decision its longer time; its own time runs from the test at the earliest."""
        if action is Action.OPEN_HEARING and {"decision", WITH_HEARING} <= self.case.due.keys():
            decision, longer = (
                self.session.get_one(Deadline, (self.case.id, name))
                for name in ("decision", WITH_HEARING)
            )
            decision.due = max(decision.due, longer.due)
        if action is Action.OPEN_TEST and self.case.hearing_opened_on:
            self._start_periods(EVENTS[Action.OPEN_HEARING], today)

    def _flush_or_taken(self) -> None:
        """Two grants of one place at the same moment: the database lets one through, the other hears why."""
        try:
            self.session.flush()
        except IntegrityError as refused:
            if "uq_proposal_one_grant" in str(refused) or "proposal.asset_id" in str(refused):
                raise RuleBroken(
                    "place-taken", "Another proposal for this place has been granted."
                ) from refused
            raise


@contextmanager
def turn(case_id: int, user_id: int | None) -> Iterator[Turn]:
    """Lock a case and act on it in one transaction; whoever comes second decides on what the first left.

    What follows from the step by itself (publishing, a hearing that is called for) follows before it ends.
    """
    with transaction() as session:
        case = session.get(Proposal, case_id, with_for_update=True)
        if case is None or case.asset.area_id != current_area().id:
            raise NotFound("no-case", "There is no such case.")
        mine = Turn(session, case, session.get_one(User, user_id) if user_id else None)
        yield mine
        settle(mine)
        # Last of all, when everything stands that the letters tell of.
        for row, event, why in mine.taken:
            letters.tell(mine.case, row, event, why)


def settle(mine: Turn) -> None:
    """Take the steps that wait for nobody and for no day."""
    portal = Turn(mine.session, mine.case, None, mine.taken)
    while True:
        waiting = [row for row in AT_ONCE if row.state is mine.case.state]
        facts = facts_of(mine.case, None) if waiting else None
        row = next((row for row in waiting if row.broken(facts) is None), None)
        if row is None:
            return
        why = sentences(*(CALLED_BY[name] for name in sorted(facts.hearing_called_by)))
        portal.take(row.action, why=why if row.action is Action.OPEN_HEARING else "")
        mine.session.flush()


def record(
    session: Session,
    case: Proposal,
    row: Transition,
    *,
    user: User | None,
    roles: set[Role],
    why: str = "",
) -> CaseEvent:
    """One row of the public history."""
    event = CaseEvent(
        proposal_id=case.id,
        at=clock.now(),
        on=clock.today(),
        role=next(role for role in row.roles if role in roles),
        user_id=user.id if user else None,
        action=row.action,
        from_state=row.state,
        to_state=row.to,
        sentence=row.sentence,
        why=why,
        clause=profile_of(case).cite(row.clause),
    )
    session.add(event)
    session.flush()
    if weighty(event.role, changes=row.to is not row.state):
        about = ("case", case.id)
        note(Act.CASE_STEP, area_id=case.asset.area_id, by=event.user_id, role=event.role, about=about, step=row.action, to=row.to)  # fmt: skip
    return event


def lock_asset(session: Session, asset_id: int) -> Asset:
    """The asset of a new case."""
    asset = session.get(Asset, asset_id)
    if asset is None or asset.withheld_why or asset.area_id != current_area().id:
        raise NotFound("no-asset", "There is no such place in the register.")
    return asset
