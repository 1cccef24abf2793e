"""What holders and keyholders keep about lets: standing approvals, the way in, keys, calendars, papers seen. Tables only."""

from datetime import date, datetime, time

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Instant, Listed, Model, choice
from portal.lettings.hosting.rules import Paper, Scope
from portal.lettings.models import Let
from portal.people.models import Group, Holder, User
from portal.people.rules import GroupKind
from portal.register.models import Asset


class StandingApproval(Model):
    """A holder's yes in advance: a request that fits it is approved at once. What is left empty limits nothing."""

    __tablename__ = "standing_approval"

    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), index=True)
    holder_id: Mapped[int] = mapped_column(ForeignKey("holder.id"), index=True)
    place_id: Mapped[int | None] = mapped_column(ForeignKey("asset.id"), index=True)
    most_people: Mapped[int | None]
    most_pence: Mapped[int | None]  # for one meeting; 0: only free lets
    days: Mapped[tuple[int, ...]] = mapped_column(Listed(int), default=())  # Monday is 0
    starts: Mapped[time | None]
    ends: Mapped[time | None]
    kinds: Mapped[tuple[GroupKind, ...]] = mapped_column(Listed(GroupKind), default=())
    first: Mapped[date | None]  # every date of the let lies between these
    last: Mapped[date | None]
    made_at: Mapped[datetime] = mapped_column(Instant)
    made_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    holder: Mapped[Holder] = relationship()
    place: Mapped[Asset | None] = relationship()
    made_by: Mapped[User] = relationship(foreign_keys=[made_by_id])


class EntryNote(Model):
    """How one gets into a building or a room: a door code, where the key is, the alarm. Only the newest is kept."""

    __tablename__ = "entry_note"
    __table_args__ = (UniqueConstraint("place_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), index=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("asset.id"))
    words: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(default=1)  # so that two who write hear of each other
    written_at: Mapped[datetime] = mapped_column(Instant)
    written_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))

    place: Mapped[Asset] = relationship()
    written_by: Mapped[User] = relationship()


class KeyLoan(Model):
    """A key that was given to somebody of a let's group, until it is back."""

    __tablename__ = "key_loan"
    __table_args__ = (Index("ix_key_loan_area_due", "area_id", "back_at", "due_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    let_id: Mapped[int] = mapped_column(ForeignKey("room_let.id"), index=True)
    what: Mapped[str] = mapped_column(String(200))  # which key
    holder_name: Mapped[str] = mapped_column(String(200))  # who has it
    out_at: Mapped[datetime] = mapped_column(Instant)
    out_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    due_on: Mapped[date]
    back_at: Mapped[datetime | None] = mapped_column(Instant)
    back_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    let: Mapped[Let] = relationship()
    out_by: Mapped[User] = relationship(foreign_keys=[out_by_id])
    back_by: Mapped[User | None] = relationship(foreign_keys=[back_by_id])


class CalendarKey(Model):
    """Opens one calendar feed for one person, without a session: kept as a hash. Without a hash it is stopped."""

    __tablename__ = "calendar_key"
    __table_args__ = (UniqueConstraint("area_id", "user_id", "scope", "scope_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    scope: Mapped[Scope] = mapped_column(choice(Scope))
    scope_id: Mapped[int]  # the group's or the holder's; 0 where the scope is the person
    key_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime] = mapped_column(Instant)

    user: Mapped[User] = relationship()


class EvidenceSeen(Model):
    """That somebody has seen a group's paper: what, when, good until when. Never a copy. The newest of a kind counts."""

    __tablename__ = "evidence_seen"
    __table_args__ = (
        CheckConstraint("valid_until IS NULL OR valid_until >= seen_on", name="order"),
        Index("ix_evidence_seen_group_kind", "group_id", "kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), index=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("community_group.id"))
    kind: Mapped[Paper] = mapped_column(choice(Paper))
    what: Mapped[str] = mapped_column(String(300))
    seen_on: Mapped[date]
    seen_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    valid_until: Mapped[date | None]
    written_at: Mapped[datetime] = mapped_column(Instant)
    taken_back_at: Mapped[datetime | None] = mapped_column(Instant)  # it was a mistake

    group: Mapped[Group] = relationship()
    seen_by: Mapped[User] = relationship()
