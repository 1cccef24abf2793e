"""One step of a case: lock it, ask the table, write state, deadlines, history and letters, all or nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal import clock
from portal.areas.models import Area
from portal.areas.profile import Profile
from portal.areas.queries import current_area
from portal.db import transaction
from portal.errors import NotFound, RuleBroken
from portal.people.models import User
from portal.people.rules import Role
from portal.proposals import letters
from portal.proposals.deadlines import starting
from portal.proposals.models import CaseEvent, Deadline, Proposal
from portal.proposals.rules import Action, State, Transition, find
from portal.proposals.standing import facts_of, profile_of, roles_of
from portal.register.models import Asset
from portal.register.rules import Status

# What a state of the case makes of the asset in the register.
ASSET_BECOMES = {
    State.GRANTED: Status.GRANTED,
    State.GRANTED_BY_DEFAULT: Status.GRANTED,
    State.IN_USE: Status.IN_USE,
    State.ENDED: Status.VACANT,
}


@dataclass
class Turn:
    """Somebody's turn at a locked case; `user` is None when the clock acts."""

    session: Session
    case: Proposal
    user: User | None

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

    def take(self, action: Action, *, why: str = "", **typed: object) -> Transition:
        """Take the step: new state, its deadlines, one row of history, letters."""
        row = self.allowed(action, **typed)
        self.case.state = row.to
        if row.to is not row.state:
            self._flush_or_taken()
            self._start_periods(row.to)
            if row.to in ASSET_BECOMES:
                self.case.asset.status = ASSET_BECOMES[row.to]
                self.case.asset.changed_at = clock.now()
        event = record(self.session, self.case, row, user=self.user, roles=self.roles, why=why)
        letters.tell(self.case, row, event)
        return row

    def _start_periods(self, state: State) -> None:
        area = self.session.get_one(Area, self.case.asset.area_id)
        today = clock.today()
        for name, counted in starting(state.value, today, self.profile, area.nation).items():
            self.session.merge(
                Deadline(
                    proposal_id=self.case.id, period=name, after=counted.after, due=counted.due
                )
            )
        self.session.flush()
        self.session.expire(self.case, ["deadlines"])

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
    """Lock a case and act on it in one transaction; whoever comes second decides on what the first left."""
    with transaction() as session:
        case = session.get(Proposal, case_id, with_for_update=True)
        if case is None or case.asset.area_id != current_area().id:
            raise NotFound("no-case", "There is no such case.")
        yield Turn(session, case, session.get_one(User, user_id) if user_id else None)


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
    return event


def lock_asset(session: Session, asset_id: int) -> Asset:
    """The asset of a new case."""
    asset = session.get(Asset, asset_id)
    if asset is None or asset.withheld_why or asset.area_id != current_area().id:
        raise NotFound("no-asset", "There is no such place in the register.")
    return asset
