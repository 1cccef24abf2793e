"""Which dates of a let rent has looked at, what was asked for in advance, and what deposit a room asks for."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Model
from portal.lettings.models import Occurrence
from portal.money.models import Charge
from portal.register.models import Asset


class ChargedDate(Model):
    """A date that rent has looked at: asked for by a charge, or without one where it costs nothing.

    Its key is the date's own, so none is ever charged twice.
    """

    __tablename__ = "charged_date"

    occurrence_id: Mapped[int] = mapped_column(ForeignKey("occurrence.id"), primary_key=True)
    charge_id: Mapped[int | None] = mapped_column(ForeignKey("charge.id"), index=True)

    occurrence: Mapped[Occurrence] = relationship()
    charge: Mapped[Charge | None] = relationship()


class RentAhead(Model):
    """Rent that was asked for before its dates. When its month is over, what was given up in time is taken off again."""

    __tablename__ = "rent_ahead"

    charge_id: Mapped[int] = mapped_column(ForeignKey("charge.id"), primary_key=True)
    settled_on: Mapped[date | None]

    charge: Mapped[Charge] = relationship()


class RoomDeposit(Model):
    """What deposit a room asks for. The broker can ask for another one; without a row it asks for none."""

    __tablename__ = "room_deposit"
    __table_args__ = (CheckConstraint("pence > 0", name="pence"),)

    room_id: Mapped[int] = mapped_column(
        ForeignKey("asset.id", ondelete="CASCADE"), primary_key=True
    )
    pence: Mapped[int]

    room: Mapped[Asset] = relationship()
