"""Needs that somebody keeps until a room becomes free, and the rooms it has been told of. Tables only."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Instant, Model
from portal.lettings.models import Need
from portal.people.models import User


class SavedNeed(Model):
    """A need whose owner gets a letter when a room becomes free for all of it. Nobody else sees it."""

    __tablename__ = "saved_need"

    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    need_id: Mapped[int] = mapped_column(ForeignKey("need.id"), unique=True)
    token: Mapped[str] = mapped_column(String(43), unique=True)  # in the links that end it
    since: Mapped[datetime] = mapped_column(Instant)
    looked_at: Mapped[datetime] = mapped_column(Instant)
    # What the register and the bookings were like when it last looked: nothing to do while they are the same.
    looked: Mapped[str] = mapped_column(String(100), default="")

    user: Mapped[User] = relationship()
    need: Mapped[Need] = relationship()
    told: Mapped[list["SavedNeedRoom"]] = relationship(
        cascade="all, delete-orphan", passive_deletes=True
    )


class SavedNeedRoom(Model):
    """A room that the owner of a need knows of already: shown when it was saved, or told by letter."""

    __tablename__ = "saved_need_room"

    saved_need_id: Mapped[int] = mapped_column(
        ForeignKey("saved_need.id", ondelete="CASCADE"), primary_key=True
    )
    room_id: Mapped[int] = mapped_column(
        ForeignKey("asset.id", ondelete="CASCADE"), primary_key=True
    )
