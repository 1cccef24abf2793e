"""The outbox: a letter is written in the transaction that causes it and sent after the commit."""

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Instant, Model


class Letter(Model):
    """One letter to one address; `key` is unique, so that the same cause never writes twice."""

    __tablename__ = "letter"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(200), unique=True)
    to: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime] = mapped_column(Instant)
    sent_at: Mapped[datetime | None] = mapped_column(Instant)
    claimed_until: Mapped[datetime | None] = mapped_column(Instant)  # a sender is at work
    tries: Mapped[int] = mapped_column(default=0)
    leave_url: Mapped[str | None] = mapped_column(String(500))  # where letters like it are stopped
    last_error: Mapped[str | None] = mapped_column(String(500))
