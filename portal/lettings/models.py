"""What groups need, the lets they get, each date of a let, and what those dates hold. Tables only."""

from datetime import date, datetime, time

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Instant, Model, choice
from portal.lettings.rules import Action, Insurance, LetState, OccurrenceState
from portal.money.models import Deposit
from portal.people.models import Group, User
from portal.people.rules import Role
from portal.register.models import Asset


class Need(Model):
    """What a group said it needs. Days and times are wall time; who, where and when together are never public."""

    __tablename__ = "need"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("every_weeks > 0", name="every_weeks"),
        CheckConstraint("people > 0", name="people"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), index=True)
    group_id: Mapped[int | None] = mapped_column(ForeignKey("community_group.id"), index=True)
    weekday: Mapped[int]  # Monday is 0
    starts: Mapped[time]
    ends: Mapped[time]
    first: Mapped[date]
    last: Mapped[date]
    every_weeks: Mapped[int] = mapped_column(default=1)
    people: Mapped[int]
    step_free: Mapped[bool] = mapped_column(default=False)
    hearing_loop: Mapped[bool] = mapped_column(default=False)
    accessible_toilet: Mapped[bool] = mapped_column(default=False)
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    near: Mapped[str] = mapped_column(String(100), default="")  # as it was typed
    within_m: Mapped[int] = mapped_column(default=3000)
    max_pence: Mapped[int] = mapped_column(default=0)  # for one meeting
    words: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(Instant)

    group: Mapped[Group | None] = relationship()


class Let(Model):
    """A room for a group, week after week: a series of occurrences."""

    __tablename__ = "room_let"
    __table_args__ = (Index("ix_room_let_area_state", "area_id", "state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    room_id: Mapped[int] = mapped_column(ForeignKey("asset.id"), index=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("community_group.id"), index=True)
    need_id: Mapped[int] = mapped_column(ForeignKey("need.id"), index=True)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    asked_at: Mapped[datetime] = mapped_column(Instant)
    state: Mapped[LetState] = mapped_column(choice(LetState), default=LetState.REQUESTED)
    price_pence: Mapped[int]  # for one meeting: as shown when asked, then as offered
    insurance: Mapped[Insurance] = mapped_column(choice(Insurance))
    safeguarding_at: Mapped[datetime] = mapped_column(Instant)  # when the condition was accepted
    deposit_id: Mapped[int | None] = mapped_column(ForeignKey("deposit.id"), unique=True)
    waiver: Mapped[str | None] = mapped_column(Text)  # why no deposit was asked for

    room: Mapped[Asset] = relationship()
    group: Mapped[Group] = relationship()
    need: Mapped[Need] = relationship()
    deposit: Mapped[Deposit | None] = relationship()
    occurrences: Mapped[list["Occurrence"]] = relationship(
        back_populates="let", order_by="Occurrence.starts"
    )
    events: Mapped[list["LetEvent"]] = relationship(back_populates="let", order_by="LetEvent.id")


class Occurrence(Model):
    """One date of a let: when the group meets, without the time before and after."""

    __tablename__ = "occurrence"
    __table_args__ = (
        UniqueConstraint("let_id", "on"),
        CheckConstraint("starts < ends", name="order"),
        Index("ix_occurrence_starts", "starts"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    let_id: Mapped[int] = mapped_column(ForeignKey("room_let.id"))
    on: Mapped[date]
    starts: Mapped[datetime] = mapped_column(Instant)
    ends: Mapped[datetime] = mapped_column(Instant)
    state: Mapped[OccurrenceState] = mapped_column(
        choice(OccurrenceState), default=OccurrenceState.PLANNED
    )

    let: Mapped[Let] = relationship(back_populates="occurrences")
    holds: Mapped[list["Hold"]] = relationship(
        back_populates="occurrence", cascade="all, delete-orphan"
    )


class Hold(Model):
    """A stretch of time in one room that cannot be divided, buffers included. The database refuses an overlap.

    A hall is held through its halves, so two halves can be let together, and a half and the hall never.
    """

    __tablename__ = "hold"
    __table_args__ = (
        CheckConstraint("starts < ends", name="order"),
        Index("ix_hold_room_starts", "room_id", "starts"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    occurrence_id: Mapped[int] = mapped_column(ForeignKey("occurrence.id"), index=True)
    room_id: Mapped[int] = mapped_column(ForeignKey("asset.id"))
    starts: Mapped[datetime] = mapped_column(Instant)
    ends: Mapped[datetime] = mapped_column(Instant)

    occurrence: Mapped[Occurrence] = relationship(back_populates="holds")


class LetEvent(Model):
    """One step in the life of a let: who, in what role, what, why, when."""

    __tablename__ = "let_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    let_id: Mapped[int] = mapped_column(ForeignKey("room_let.id"), index=True)
    occurrence_id: Mapped[int | None] = mapped_column(ForeignKey("occurrence.id"))
    at: Mapped[datetime] = mapped_column(Instant)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    role: Mapped[Role] = mapped_column(choice(Role))
    action: Mapped[Action] = mapped_column(choice(Action))
    before: Mapped[LetState | None] = mapped_column(choice(LetState))
    after: Mapped[LetState] = mapped_column(choice(LetState))
    why: Mapped[str] = mapped_column(Text, default="")
    clause: Mapped[str] = mapped_column(String(100))

    let: Mapped[Let] = relationship(back_populates="events")
    user: Mapped[User | None] = relationship()
    occurrence: Mapped[Occurrence | None] = relationship()
