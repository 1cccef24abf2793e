"""What holders say of their rooms: rates by kind of group, who opens, term dates and closures. Tables only."""

from datetime import date, datetime, time

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Instant, Listed, Model, choice
from portal.people.models import Holder, User
from portal.people.rules import GroupKind
from portal.register.models import Asset
from portal.register.rules import Opener


class RoomsState(Model):
    """When what is said of an area's rooms beside the register last changed, as the database itself counts (its triggers).

    `born` is a number that no earlier database had.
    """

    __tablename__ = "rooms_state"

    area_id: Mapped[int] = mapped_column(
        ForeignKey("area.id"), primary_key=True, autoincrement=False
    )
    born: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[int] = mapped_column(BigInteger)


class RoomRate(Model):
    """What an hour costs one kind of group; 0 is free. Any other group pays the asset's `price_pence_hour`."""

    __tablename__ = "room_rate"
    __table_args__ = (CheckConstraint("pence >= 0", name="pence"),)

    room_id: Mapped[int] = mapped_column(
        ForeignKey("asset.id", ondelete="CASCADE"), primary_key=True
    )
    kind: Mapped[GroupKind] = mapped_column(choice(GroupKind), primary_key=True)
    pence: Mapped[int]


class Keyholder(Model):
    """Somebody who lets people in, to a building or a room. Never public; who has left keeps no name.

    With `user` they can sign in and see what they have to open.
    """

    __tablename__ = "keyholder"
    __table_args__ = (
        CheckConstraint("cost_pence >= 0", name="cost_pence"),
        Index("ix_keyholder_asset_id", "asset_id"),
        Index("ix_keyholder_user_id", "user_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), index=True)
    asset_id: Mapped[int] = mapped_column(ForeignKey("asset.id"))
    role: Mapped[Opener] = mapped_column(choice(Opener))
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str | None] = mapped_column(String(254))  # lower case
    phone: Mapped[str | None] = mapped_column(String(40))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    days: Mapped[tuple[int, ...]] = mapped_column(Listed(int), default=())  # none: every day
    until: Mapped[time | None]  # when the alarm is set; midnight is the end of the day
    cost_pence: Mapped[int] = mapped_column(default=0)  # for one opening
    changed_at: Mapped[datetime] = mapped_column(Instant)
    left_at: Mapped[datetime | None] = mapped_column(Instant)

    asset: Mapped[Asset] = relationship()
    user: Mapped[User | None] = relationship()


class HolderTerm(Model):
    """A term of a school or college, first and last day included."""

    __tablename__ = "holder_term"
    __table_args__ = (
        UniqueConstraint("holder_id", "first"),
        CheckConstraint("first <= last", name="order"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    holder_id: Mapped[int] = mapped_column(ForeignKey("holder.id"))
    name: Mapped[str] = mapped_column(String(100))
    first: Mapped[date]
    last: Mapped[date]

    holder: Mapped[Holder] = relationship()


class Closure(Model):
    """Days on which nothing of a holder is let, or one building or room of it. The public reads "closed", staff the reason."""

    __tablename__ = "closure"
    __table_args__ = (
        CheckConstraint("first <= last", name="order"),
        Index("ix_closure_holder_id", "holder_id"),
        Index("ix_closure_asset_id", "asset_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    holder_id: Mapped[int] = mapped_column(ForeignKey("holder.id"))
    asset_id: Mapped[int | None] = mapped_column(ForeignKey("asset.id"))
    first: Mapped[date]
    last: Mapped[date]
    why: Mapped[str] = mapped_column(String(300))
    made_at: Mapped[datetime] = mapped_column(Instant)
    made_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))

    holder: Mapped[Holder] = relationship()
    asset: Mapped[Asset | None] = relationship()
    made_by: Mapped[User] = relationship()
