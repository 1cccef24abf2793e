"""One step of a question: lock it, ask the table, write state, history and letters, all or nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from portal import clock
from portal.areas import profile as profiles
from portal.areas.queries import current_area
from portal.db import transaction
from portal.errors import NotFound
from portal.ownership import letters
from portal.ownership.models import AskedBody, Listener, Question, QuestionEvent
from portal.ownership.queries import facts_of
from portal.ownership.rules import CLAUSE, OPEN, Action, Step, step_for
from portal.people.access import roles_for
from portal.people.models import User
from portal.people.rules import Role

# Two clicks on one button; whoever means it twice waits that long.
TWICE = timedelta(minutes=1)


@dataclass
class Turn:
    """Somebody's turn at a locked question: a broker, who asked or joined (`listener`), or the clock."""

    session: Session
    question: Question
    user: User | None = None
    listener: Listener | None = None
    clock_acts: bool = False

    @property
    def roles(self) -> set[Role]:
        return {Role.PORTAL} if self.clock_acts else roles_for(self.user)

    def allowed(self, action: Action, **typed: object) -> Step:
        """The row that would be taken; raises what the table says against it."""
        facts = facts_of(self.question, self.listener, **typed)
        return step_for(self.question.state, action, self.roles, facts)

    def take(
        self, action: Action, *, why: str = "", body: AskedBody | None = None, **typed: object
    ) -> QuestionEvent:
        """Take the step: new state, one row of history, letters; or the table's refusal."""
        step = self.allowed(action, **typed)
        role = next(role for role in Role if role in step.roles & self.roles)
        return record(
            self.session, self.question, step, role=role, user=self.user, why=why, body=body
        )

    def done_already(self, action: Action, why: str, body: str = "") -> bool:
        """Whether the same was done within a minute: the second of two clicks."""
        last = self.question.events[-1]
        same = (last.action, last.why, last.body.name if last.body else "") == (action, why, body)
        return same and last.at > clock.now() - TWICE


@contextmanager
def turn(question_id: int, user_id: int | None = None, *, clock_acts: bool = False) -> Iterator[Turn]:  # fmt: skip
    """Lock a question and act on it in one transaction; whoever comes second decides on what the first left."""
    with transaction() as session:
        question = locked(session, question_id)
        user = session.get_one(User, user_id) if user_id else None
        yield Turn(session, question, user, clock_acts=clock_acts)


def locked(session: Session, question_id: int) -> Question:
    """The question, nobody else writing to it. Raises NotFound for one of another area too."""
    question = session.get(Question, question_id, with_for_update=True)
    if question is None or question.area_id != current_area().id:
        raise NotFound("no-question", "There is no question with this number here.")
    return question


def record(  # noqa: PLR0913 - a row of history is this wide
    session: Session,
    question: Question,
    step: Step,
    *,
    role: Role,
    user: User | None = None,
    why: str = "",
    body: AskedBody | None = None,
) -> QuestionEvent:
    """Go to the step's state, write the history and the letters. Whoever acts as a resident is kept with the listeners only."""
    question.state = step.to
    if step.to is not step.state:
        question.ended_on = None if step.to in OPEN else clock.today()
    profile = profiles.version(question.profile, question.profile_from)
    event = QuestionEvent(
        question=question,
        at=clock.now(),
        user_id=user.id if user is not None and role is Role.BROKER else None,
        role=role,
        action=step.action,
        before=step.state,
        after=step.to,
        body=body,
        why=why,
        clause=profile.cite(CLAUSE),
    )
    session.add(event)
    session.flush()
    letters.tell(question, event)
    return event
