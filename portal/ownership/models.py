"""Questions about who owns a place, every step of them, whom they were sent to, and the answers. Tables only.

Who asked stands in one table, `ownership_listener`, whose rows are erased a year after the end; the rest is public.
"""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Instant, Model, choice
from portal.ownership.rules import Action, AskedThrough, OwnerKind, QuestionState
from portal.people.models import Group, Holder, User
from portal.people.rules import Role
from portal.register.models import Asset


class Question(Model):
    """What somebody wants to know about a place. Its number is its id."""

    __tablename__ = "ownership_question"
    __table_args__ = (
        Index("ix_ownership_question_area_state_due", "area_id", "state", "due"),
        Index("ix_ownership_question_area_address", "area_id", "address"),
        Index("ix_ownership_question_area_lat", "area_id", "lat"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    state: Mapped[QuestionState] = mapped_column(choice(QuestionState))
    asked_at: Mapped[datetime] = mapped_column(Instant)
    through: Mapped[AskedThrough] = mapped_column(choice(AskedThrough))
    once: Mapped[str | None] = mapped_column(String(64), unique=True)  # of the form it was sent by

    # What it is about: an asset of the register, or a place that is not in it.
    asset_id: Mapped[int | None] = mapped_column(ForeignKey("asset.id"), index=True)
    place: Mapped[str] = mapped_column(String(300))  # the asset's name then, or as it was typed
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    address: Mapped[str | None] = mapped_column(String(200))  # postcode and street, to compare

    words: Mapped[str] = mapped_column(Text)  # without addresses and numbers of people
    hidden_why: Mapped[str | None] = mapped_column(String(300))  # then nobody reads the words
    group_id: Mapped[int | None] = mapped_column(ForeignKey("community_group.id"))

    due: Mapped[date]
    asked_on: Mapped[date]
    profile: Mapped[str] = mapped_column(String(60))
    profile_from: Mapped[date]
    ended_on: Mapped[date | None] = mapped_column(index=True)
    joined_to_id: Mapped[int | None] = mapped_column(
        ForeignKey("ownership_question.id"), index=True
    )

    asset: Mapped[Asset | None] = relationship()
    group: Mapped[Group | None] = relationship()
    joined_to: Mapped["Question | None"] = relationship(remote_side=[id])
    events: Mapped[list["QuestionEvent"]] = relationship(
        back_populates="question", order_by="QuestionEvent.id"
    )
    bodies: Mapped[list["AskedBody"]] = relationship(order_by="AskedBody.id")
    answers: Mapped[list["Answer"]] = relationship(order_by="Answer.id")
    listeners: Mapped[list["Listener"]] = relationship(
        back_populates="question", order_by="Listener.id", passive_deletes=True
    )

    @property
    def answer(self) -> "Answer | None":
        """What holds now; earlier answers were corrected."""
        return self.answers[-1] if self.answers else None


class Listener(Model):
    """Somebody who hears of each step. Never public, and gone twelve months after the end."""

    __tablename__ = "ownership_listener"
    __table_args__ = (UniqueConstraint("question_id", "email"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(
        ForeignKey("ownership_question.id", ondelete="CASCADE")
    )
    asked: Mapped[bool] = mapped_column(default=False, server_default=false())  # or joined later
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    name: Mapped[str | None] = mapped_column(String(120))
    email: Mapped[str | None] = mapped_column(String(254))
    since: Mapped[datetime] = mapped_column(Instant)
    confirmed_at: Mapped[datetime | None] = mapped_column(Instant)

    question: Mapped[Question] = relationship(back_populates="listeners")


class AskedBody(Model):
    """A body that the broker sent the question on to. Its name is public, its address is not."""

    __tablename__ = "ownership_body"

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("ownership_question.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str | None] = mapped_column(String(254))
    sent_at: Mapped[datetime] = mapped_column(Instant)
    chased: Mapped[int] = mapped_column(default=0)


class Answer(Model):
    """Who owns the place and what shows it. A private person is told of as such, without a name."""

    __tablename__ = "ownership_answer"

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("ownership_question.id"), index=True)
    kind: Mapped[OwnerKind] = mapped_column(choice(OwnerKind))
    owner: Mapped[str] = mapped_column(String(200))  # "" for a private person
    holder_id: Mapped[int | None] = mapped_column(ForeignKey("holder.id"))
    title_number: Mapped[str] = mapped_column(String(40))
    said_by: Mapped[str] = mapped_column(String(200))
    document: Mapped[str] = mapped_column(String(300))
    as_of: Mapped[date]
    more: Mapped[str] = mapped_column(Text)  # who may use it, and whom to talk to
    in_register: Mapped[bool] = mapped_column(default=False, server_default=false())

    holder: Mapped[Holder | None] = relationship()


class QuestionEvent(Model):
    """One step in the life of a question: who in what role did what, when and why. All of it is public but the user."""

    __tablename__ = "ownership_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("ownership_question.id"), index=True)
    at: Mapped[datetime] = mapped_column(Instant)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    role: Mapped[Role] = mapped_column(choice(Role))
    action: Mapped[Action] = mapped_column(choice(Action))
    before: Mapped[QuestionState | None] = mapped_column(choice(QuestionState))
    after: Mapped[QuestionState] = mapped_column(choice(QuestionState))
    body_id: Mapped[int | None] = mapped_column(ForeignKey("ownership_body.id"))
    why: Mapped[str] = mapped_column(Text, default="")
    clause: Mapped[str] = mapped_column(String(100))

    question: Mapped[Question] = relationship(back_populates="events")
    user: Mapped[User | None] = relationship()
    body: Mapped[AskedBody | None] = relationship()
