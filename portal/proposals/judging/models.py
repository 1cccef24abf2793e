"""What the holder, the panel and its chair said of a case: the answer, scores, checks, summing up, decision."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Instant, Model, choice
from portal.people.models import User
from portal.proposals.judging.benefit import Side
from portal.proposals.rules import Action, State

# A JSON column may hold the word null, which is not NULL.
HAS_CAUSE = (
    "outcome <> 'refused' OR (ground IS NOT NULL AND trim(ground) <> '' AND evidence IS NOT NULL "
    "AND trim(evidence) <> '' AND result IS NOT NULL AND CAST(result AS TEXT) <> 'null')"
)


class SummingUp(Model):
    """What the chair made of the panel's scores, for each round."""

    __tablename__ = "summing_up"

    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), primary_key=True)
    round: Mapped[int] = mapped_column(primary_key=True)
    words: Mapped[str] = mapped_column(Text)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    on: Mapped[date]


class HolderResponse(Model):
    """The holder's answer: agree, object on a ground, or name an alternative."""

    __tablename__ = "holder_response"

    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), primary_key=True)
    action: Mapped[Action] = mapped_column(choice(Action))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    on: Mapped[date]
    officer: Mapped[str | None] = mapped_column(String(120))
    post: Mapped[str | None] = mapped_column(String(120))  # the officer's
    ground: Mapped[str | None] = mapped_column(String(40))
    evidence: Mapped[str | None] = mapped_column(Text)
    # The alternative: a use the holder has, or plans.
    planned: Mapped[bool | None]
    name: Mapped[str | None] = mapped_column(String(200))
    use: Mapped[str | None] = mapped_column(Text)
    begins: Mapped[date | None]
    budget_line: Mapped[str | None] = mapped_column(String(200))
    document: Mapped[str | None] = mapped_column(String(500))


class Score(Model):
    """One panel member's points for one side and criterion, with the reason. Final."""

    __tablename__ = "score"
    __table_args__ = (UniqueConstraint("proposal_id", "user_id", "side", "criterion"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    round: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    side: Mapped[Side] = mapped_column(choice(Side))
    criterion: Mapped[str] = mapped_column(String(40))
    points: Mapped[int]
    reason: Mapped[str] = mapped_column(Text)


class ScoreDraft(Model):
    """A sheet of scores that its writer has not given yet. Nobody else ever reads it."""

    __tablename__ = "score_draft"

    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), primary_key=True)
    round: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    said: Mapped[dict[str, str]] = mapped_column(
        JSON
    )  # as the form has it: field -> what was typed
    saved_at: Mapped[datetime] = mapped_column(Instant)


class CapacityCheck(Model):
    """Whether one point of capacity holds, and what shows it."""

    __tablename__ = "capacity_check"
    __table_args__ = (UniqueConstraint("proposal_id", "item"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    item: Mapped[str] = mapped_column(String(40))
    holds: Mapped[bool]
    evidence: Mapped[str] = mapped_column(Text)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))


class Decision(Model):
    """How a case was decided, by whom or by what silence, with the result of the test as it stood."""

    __tablename__ = "decision"
    # Whatever the code does, the database keeps no refusal without ground, evidence and the two columns.
    __table_args__ = (CheckConstraint(HAS_CAUSE, name="refusal_has_cause"),)

    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), primary_key=True)
    round: Mapped[int] = mapped_column(primary_key=True)
    outcome: Mapped[State] = mapped_column(choice(State))
    on: Mapped[date]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    reasons: Mapped[str] = mapped_column(Text, default="")
    ground: Mapped[str | None] = mapped_column(String(40))
    evidence: Mapped[str | None] = mapped_column(Text)
    # Per criterion: points of both columns; None where silence decided before anybody scored.
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    # The council's resolution that makes silence a grant, copied so that it stays what it was.
    resolution_reference: Mapped[str | None] = mapped_column(String(120))
    resolution_on: Mapped[date | None]

    user: Mapped[User | None] = relationship()
