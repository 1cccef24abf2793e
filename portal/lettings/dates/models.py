"""A time that became free, for those who wait. Tables only."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Instant, Model
from portal.lettings.models import Occurrence
from portal.register.models import Asset


class Freed(Model):
    """A time that a date of a let gave up: by release, by cancelling, or because it moved elsewhere.

    It is offered to those who wait, one after the other, until somebody takes it or nobody is left; then it is closed,
    and whatever is not held is everybody's.
    """

    __tablename__ = "freed"
    __table_args__ = (Index("ix_freed_area_id_closed_at", "area_id", "closed_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    occurrence_id: Mapped[int] = mapped_column(ForeignKey("occurrence.id"), index=True)
    room_id: Mapped[int] = mapped_column(ForeignKey("asset.id"))
    starts: Mapped[datetime] = mapped_column(
        Instant
    )  # of the meeting, without the time before and after
    ends: Mapped[datetime] = mapped_column(Instant)
    freed_at: Mapped[datetime] = mapped_column(Instant)
    closed_at: Mapped[datetime | None] = mapped_column(Instant)

    occurrence: Mapped[Occurrence] = relationship()
    room: Mapped[Asset] = relationship()
