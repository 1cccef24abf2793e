"""Rounds, what groups ask for in them, and the places that are proposed. Tables only."""

from datetime import date, datetime, time

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Instant, Model, choice
from portal.lettings.models import Let, Need
from portal.lettings.rules import Insurance
from portal.people.models import Group, User
from portal.register.models import Asset
from portal.rounds.rules import RoundState


class Round(Model):
    """One term's rooms, asked for until a day and then given to all groups at once.

    `version` counts every change of what is asked for and what is fixed, so that a proposal knows what it was made from.
    """

    __tablename__ = "round"
    __table_args__ = (CheckConstraint("first <= last", name="order"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    first: Mapped[date]
    last: Mapped[date]
    closes_on: Mapped[date]  # the last day to ask
    state: Mapped[RoundState] = mapped_column(choice(RoundState), default=RoundState.OPEN)
    version: Mapped[int] = mapped_column(default=1)
    made_at: Mapped[datetime] = mapped_column(Instant)
    made_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    proposed_version: Mapped[int | None]  # of the last proposal
    published_at: Mapped[datetime | None] = mapped_column(Instant)

    made_by: Mapped[User] = relationship()
    requests: Mapped[list["Request"]] = relationship(
        back_populates="round", order_by="Request.asked_at, Request.id"
    )


class Request(Model):
    """What one group asks for in a round: `times` a week, somewhere among its wishes."""

    __tablename__ = "round_request"
    __table_args__ = (
        UniqueConstraint("round_id", "group_id"),
        CheckConstraint("times BETWEEN 1 AND 3", name="times"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    group_id: Mapped[int] = mapped_column(ForeignKey("community_group.id"), index=True)
    need_id: Mapped[int] = mapped_column(ForeignKey("need.id"), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    times: Mapped[int] = mapped_column(default=1)
    insurance: Mapped[Insurance] = mapped_column(choice(Insurance))
    asked_at: Mapped[datetime] = mapped_column(Instant)  # also when the conditions were accepted
    withdrawn_at: Mapped[datetime | None] = mapped_column(Instant)

    round: Mapped[Round] = relationship(back_populates="requests")
    group: Mapped[Group] = relationship()
    need: Mapped[Need] = relationship()
    wishes: Mapped[list["RoundWish"]] = relationship(
        back_populates="request", order_by="RoundWish.rank", cascade="all, delete-orphan"
    )
    places: Mapped[list["Place"]] = relationship(
        back_populates="request", order_by="Place.weekday, Place.starts"
    )


class RoundWish(Model):
    """A room and a time of the week that would do; 1 is liked best."""

    __tablename__ = "round_wish"

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("round_request.id"), index=True)
    rank: Mapped[int]
    room_id: Mapped[int] = mapped_column(ForeignKey("asset.id"))
    weekday: Mapped[int]
    starts: Mapped[time]
    ends: Mapped[time]
    weighed: Mapped[bool] = mapped_column(default=True)  # the room was free enough at the proposal

    request: Mapped[Request] = relationship(back_populates="wishes")
    room: Mapped[Asset] = relationship()


class Place(Model):
    """A room and time that is proposed for a group, then its let. `dates` are those on which the room is free."""

    __tablename__ = "round_place"

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("round_request.id"), index=True)
    rank: Mapped[int]  # of the wish; 0 where the group had not named it
    room_id: Mapped[int] = mapped_column(ForeignKey("asset.id"), index=True)
    weekday: Mapped[int]
    starts: Mapped[time]
    ends: Mapped[time]
    pinned: Mapped[bool] = mapped_column(default=False)  # the broker's: solving again keeps it
    price_pence: Mapped[int]  # for one meeting
    let_id: Mapped[int | None] = mapped_column(ForeignKey("room_let.id"), unique=True)

    request: Mapped[Request] = relationship(back_populates="places")
    room: Mapped[Asset] = relationship()
    let: Mapped[Let | None] = relationship()
    dates: Mapped[list["PlaceDate"]] = relationship(
        order_by="PlaceDate.on", cascade="all, delete-orphan"
    )


class PlaceDate(Model):
    """One date of a proposed place."""

    __tablename__ = "round_place_date"

    place_id: Mapped[int] = mapped_column(
        ForeignKey("round_place.id", ondelete="CASCADE"), primary_key=True
    )
    on: Mapped[date] = mapped_column(primary_key=True)
