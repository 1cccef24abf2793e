"""Which dates of a let rent has looked at."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Model
from portal.lettings.models import Occurrence
from portal.money.models import Charge


class ChargedDate(Model):
    """A date that rent has looked at: asked for by a charge, or without one where it costs nothing.

    Its key is the date's own, so none is ever charged twice.
    """

    __tablename__ = "charged_date"

    occurrence_id: Mapped[int] = mapped_column(ForeignKey("occurrence.id"), primary_key=True)
    charge_id: Mapped[int | None] = mapped_column(ForeignKey("charge.id"), index=True)

    occurrence: Mapped[Occurrence] = relationship()
    charge: Mapped[Charge | None] = relationship()
