"""What groups need, the lets they get, each date of a let, and what those dates hold. Tables only."""

from datetime import date, datetime, time

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Instant, Listed, Model, choice
from portal.lettings.rules import Action, Attended, Insurance, LetState, OccurrenceState
from portal.money.models import Deposit
from portal.people.models import Group, User
from portal.people.rules import GroupKind, Role
from portal.register.models import Asset

ONE_CAUSE = (
    " + ".join(
        f"CASE WHEN {name} IS NULL THEN 0 ELSE 1 END"
        for name in ("occurrence_id", "blocking_id", "offer_id")
    )
    + " = 1"
)


class Need(Model):
    """What a group said it needs. Days and times are wall time; who, where and when together are never public.

    `weekday`, `starts` and `ends` are what it would like best; `other_days` would do too, and so would the same length
    anywhere between `earliest` and `latest`.
    """

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
    other_days: Mapped[tuple[int, ...]] = mapped_column(Listed(int), default=(), server_default="")
    earliest: Mapped[time | None]
    latest: Mapped[time | None]
    people: Mapped[int]
    step_free: Mapped[bool] = mapped_column(default=False)
    hearing_loop: Mapped[bool] = mapped_column(default=False)
    accessible_toilet: Mapped[bool] = mapped_column(default=False)
    changing_place: Mapped[bool] = mapped_column(default=False, server_default=false())
    parking: Mapped[bool] = mapped_column(default=False, server_default=false())
    facilities: Mapped[tuple[str, ...]] = mapped_column(Listed(), default=(), server_default="")
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    # Days on which it does not meet, single ones and stretches as ISO 8601 writes them.
    without: Mapped[tuple[str, ...]] = mapped_column(Listed(), default=(), server_default="")
    group_kind: Mapped[GroupKind | None] = mapped_column(choice(GroupKind))
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
    # Unused three times running: until when the group can say that it still needs the room, and when it last said so.
    keep_by: Mapped[datetime | None] = mapped_column(Instant)
    kept_at: Mapped[datetime | None] = mapped_column(Instant)

    room: Mapped[Asset] = relationship()
    group: Mapped[Group] = relationship()
    need: Mapped[Need] = relationship()
    deposit: Mapped[Deposit | None] = relationship()
    occurrences: Mapped[list["Occurrence"]] = relationship(
        back_populates="let", order_by="Occurrence.starts"
    )
    events: Mapped[list["LetEvent"]] = relationship(back_populates="let", order_by="LetEvent.id")


class Occurrence(Model):
    """One date of a let: when the group meets, without the time before and after.

    `other_room` where this one date is in another room than the let's. What was not said at the door is not known:
    `attended` is empty then.
    """

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
    other_room_id: Mapped[int | None] = mapped_column(ForeignKey("asset.id"), index=True)
    attended: Mapped[Attended | None] = mapped_column(choice(Attended))
    people_came: Mapped[int | None]  # if somebody counted
    moved_from: Mapped[datetime | None] = mapped_column(Instant)  # when it was to begin at first

    let: Mapped[Let] = relationship(back_populates="occurrences")
    other_room: Mapped[Asset | None] = relationship()
    holds: Mapped[list["Hold"]] = relationship(
        back_populates="occurrence", cascade="all, delete-orphan"
    )

    @property
    def room_id(self) -> int:
        """In which room the group meets on this date."""
        return self.other_room_id or self.let.room_id

    @property
    def room(self) -> Asset:
        """In which room the group meets on this date."""
        return self.other_room or self.let.room


class Hold(Model):
    """A stretch of time in one room that cannot be divided, buffers included. The database refuses an overlap.

    A hall is held through its halves, so two halves can be let together, and a half and the hall never. What holds
    it is a date of a let, a blocking, or a released date while it is offered to who waits: exactly one of them.
    """

    __tablename__ = "hold"
    __table_args__ = (
        CheckConstraint("starts < ends", name="order"),
        CheckConstraint(ONE_CAUSE, name="one_cause"),
        Index("ix_hold_room_starts", "room_id", "starts"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    occurrence_id: Mapped[int | None] = mapped_column(ForeignKey("occurrence.id"), index=True)
    blocking_id: Mapped[int | None] = mapped_column(ForeignKey("blocking.id"), index=True)
    offer_id: Mapped[int | None] = mapped_column(ForeignKey("date_offer.id"), index=True)
    room_id: Mapped[int] = mapped_column(ForeignKey("asset.id"))
    starts: Mapped[datetime] = mapped_column(Instant)
    ends: Mapped[datetime] = mapped_column(Instant)

    occurrence: Mapped[Occurrence | None] = relationship(back_populates="holds")
    blocking: Mapped["Blocking | None"] = relationship(back_populates="holds")
    offer: Mapped["DateOffer | None"] = relationship(back_populates="holds")


class HoldChange(Model):
    """When the holds of a room last changed, as the database itself counts (its triggers): see slots.py."""

    __tablename__ = "hold_change"

    room_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[int] = mapped_column(BigInteger, index=True)


class Blocking(Model):
    """A room that its holder needs itself, or that cannot be used: one stretch, or the same hours on some weekdays.

    Without hours whole days are blocked. The reason is for the holder and the broker; the public sees "booked".
    """

    __tablename__ = "blocking"

    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), index=True)
    room_id: Mapped[int] = mapped_column(ForeignKey("asset.id"), index=True)
    first: Mapped[date]
    last: Mapped[date]
    days: Mapped[tuple[int, ...]] = mapped_column(Listed(int), default=())  # none: every day
    starts: Mapped[time | None]
    ends: Mapped[time | None]
    why: Mapped[str] = mapped_column(String(300))
    made_at: Mapped[datetime] = mapped_column(Instant)
    made_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    lifted_at: Mapped[datetime | None] = mapped_column(Instant)
    lifted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    room: Mapped[Asset] = relationship()
    holds: Mapped[list[Hold]] = relationship(
        back_populates="blocking", cascade="all, delete-orphan"
    )


class Waiting(Model):
    """A group that waits for dates of a room that is let to others, with the terms it has agreed to."""

    __tablename__ = "waiting"

    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), index=True)
    room_id: Mapped[int] = mapped_column(ForeignKey("asset.id"), index=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("community_group.id"), index=True)
    need_id: Mapped[int] = mapped_column(ForeignKey("need.id"), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    insurance: Mapped[Insurance] = mapped_column(choice(Insurance))
    since: Mapped[datetime] = mapped_column(Instant)  # also when the conditions were accepted
    left_at: Mapped[datetime | None] = mapped_column(Instant)

    room: Mapped[Asset] = relationship()
    group: Mapped[Group] = relationship()
    need: Mapped[Need] = relationship()


class DateOffer(Model):
    """A released date, offered to one group that waits; it is held for that group until `answer_by`."""

    __tablename__ = "date_offer"
    __table_args__ = (  # what became free again is offered again, but never while an offer of it is open
        Index(
            "uq_date_offer_live", "waiting_id", "occurrence_id", unique=True,
            sqlite_where=text("answered_at IS NULL"), postgresql_where=text("answered_at IS NULL"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    waiting_id: Mapped[int] = mapped_column(ForeignKey("waiting.id"), index=True)
    occurrence_id: Mapped[int] = mapped_column(ForeignKey("occurrence.id"), index=True)
    freed_id: Mapped[int | None] = mapped_column(ForeignKey("freed.id"), index=True)
    starts: Mapped[datetime] = mapped_column(Instant)  # what this group would get of the time
    ends: Mapped[datetime] = mapped_column(Instant)
    offered_at: Mapped[datetime] = mapped_column(Instant)
    answer_by: Mapped[datetime] = mapped_column(Instant, index=True)
    answered_at: Mapped[datetime | None] = mapped_column(
        Instant
    )  # or when the time to answer ran out
    let_id: Mapped[int | None] = mapped_column(
        ForeignKey("room_let.id")
    )  # taken: the let it became

    waiting: Mapped[Waiting] = relationship()
    occurrence: Mapped[Occurrence] = relationship()
    let: Mapped[Let | None] = relationship()
    holds: Mapped[list[Hold]] = relationship(back_populates="offer", cascade="all, delete-orphan")


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
