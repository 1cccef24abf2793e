"""The outbox: a letter is written in the transaction that causes it and sent after the commit."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Instant, Model


class Letter(Model):
    """One letter to one address; `key` is unique, so that the same cause never writes twice."""

    __tablename__ = "letter"
    __table_args__ = (
        # What waits is looked for every few seconds, among years of what has gone.
        Index(
            "ix_letter_waiting",
            "id",
            sqlite_where=text("sent_at IS NULL AND gave_up_at IS NULL"),
            postgresql_where=text("sent_at IS NULL AND gave_up_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(200), unique=True)
    to: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime] = mapped_column(Instant)
    sent_at: Mapped[datetime | None] = mapped_column(Instant)
    claimed_until: Mapped[datetime | None] = mapped_column(
        Instant
    )  # a sender is at work, or it rests
    tries: Mapped[int] = mapped_column(default=0)
    leave_url: Mapped[str | None] = mapped_column(String(500))  # where letters like it are stopped
    last_error: Mapped[str | None] = mapped_column(String(500))
    area_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))
    language: Mapped[str | None] = mapped_column(String(10))
    gave_up_at: Mapped[datetime | None] = mapped_column(Instant)  # it is not sent, or it came back


class Mailbox(Model):
    """What is known of an address: the language of its reader, and whether letters to it come back."""

    __tablename__ = "mailbox"

    address: Mapped[str] = mapped_column(String(254), primary_key=True)  # lower case
    language: Mapped[str | None] = mapped_column(String(10))
    returned_at: Mapped[datetime | None] = mapped_column(Instant)
    returned_why: Mapped[str | None] = mapped_column(String(300))
