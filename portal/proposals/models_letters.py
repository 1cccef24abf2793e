"""The letters of a case's steps, kept as they were written."""

from typing import Any

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Model


class CaseLetter(Model):
    """What the letter of one step says. Kept whole, so that no later step, rule or new look changes an old letter."""

    __tablename__ = "case_letter"

    event_id: Mapped[int] = mapped_column(ForeignKey("case_event.id"), primary_key=True)
    said: Mapped[dict[str, Any]] = mapped_column(JSON)  # as documents.shapes.Letter, and `next`
