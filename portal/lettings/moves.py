"""Taking one step of a let: the let locked, the row of the table that allows it, the state, its history, its letters."""

from flask_babel import LazyString
from sqlalchemy.orm import Session

from portal import clock
from portal.audit.rules import Act, weighty
from portal.audit.service import note
from portal.lettings import letters, queries, table
from portal.lettings.models import Let, LetEvent, Occurrence
from portal.lettings.rules import Action, LetState
from portal.lettings.table import Step
from portal.people.models import User
from portal.people.rules import Role


def load(session: Session, let_id: int, by: int) -> tuple[Let, User]:
    """The let, locked, and who acts; NotFound for who is nothing to it."""
    session.get(Let, let_id, with_for_update=True)
    user = session.get_one(User, by)
    let, _roles = queries.let_for(user, let_id)
    return let, user


def allowed(
    let: Let, action: Action, user: User | None, *, giving_up: int = 0
) -> tuple[Step, Role]:
    """The row of the table that allows this, and in which role; or the refusal. `giving_up`: dates the step gives up."""
    roles = queries.roles_towards(user, let) if user else {Role.PORTAL}
    step = table.step_for(let.state, action, roles, queries.facts_of(let, giving_up=giving_up))
    return step, next(role for role in Role if role in step.roles & roles)


def act(
    session: Session,
    let: Let,
    action: Action,
    user: User | None,
    *,
    why: str = "",
    told: str | LazyString = "",
) -> None:
    """Take a step that needs nothing but its row."""
    step, role = allowed(let, action, user)
    record(session, let, let.state, step, user, role, why=why, told=told)


def record(  # noqa: PLR0913 - a row of history is this wide
    session: Session,
    let: Let,
    before: LetState | None,
    step: Step,
    user: User | None,
    role: Role,
    *,
    why: str | LazyString = "",
    told: str | LazyString = "",
    occurrence: Occurrence | None = None,
) -> LetEvent:
    """Go to the step's state, write the history and the letters.

    `why` is kept, and lazy where letters shall say it in their reader's language; `told` stands in letters only.
    """
    let.state = step.to
    event = LetEvent(
        let=let,
        occurrence=occurrence,
        at=clock.now(),
        user=user,
        role=role,
        action=step.action,
        before=before,
        after=step.to,
        why=str(why),
        clause=step.clause,
    )
    session.add(event)
    session.flush()
    if weighty(role, changes=step.to is not before):
        by = user and user.id
        note(Act.LET_STEP, area_id=let.area_id, by=by, role=role, about=("let", let.id), step=step.action, to=step.to)  # fmt: skip
    if step.action not in letters.TOLD_APART:
        letters.tell(let, event, why=why or told)
    return event
