"""What people watch, and what is news of the register. Tables only."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Instant, Model, choice
from portal.watches.rules import Often, Why


class Watch(Model):
    """A search that somebody without an account asked to be told about. The address is never shown to others."""

    __tablename__ = "watch"
    __table_args__ = (
        UniqueConstraint("area_id", "email", "query_hash"),
        Index("ix_watch_area_due", "area_id", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    token: Mapped[str] = mapped_column(String(43), unique=True)  # in the links of its letters
    email: Mapped[str] = mapped_column(String(254))
    query: Mapped[str] = mapped_column(Text)  # the search as the list's address has it
    query_hash: Mapped[str] = mapped_column(
        String(64)
    )  # a drawn area is longer than an index takes
    often: Mapped[Often] = mapped_column(choice(Often))
    asked_at: Mapped[datetime] = mapped_column(Instant)
    confirmed_at: Mapped[datetime | None] = mapped_column(Instant)
    touched_at: Mapped[datetime] = mapped_column(Instant)  # when its watcher last said anything
    asked_again_at: Mapped[datetime | None] = mapped_column(Instant)  # whether it is still wanted
    looked_at: Mapped[datetime] = mapped_column(Instant)  # all news until then has been told
    due_at: Mapped[datetime] = mapped_column(Instant)


class AssetNews(Model):
    """When a place last became worth telling, and why; kept by a trigger. That it is new its own row says."""

    __tablename__ = "asset_news"
    __table_args__ = (Index("ix_asset_news_area_at", "area_id", "at"),)

    asset_id: Mapped[int] = mapped_column(
        ForeignKey("asset.id", ondelete="CASCADE"), primary_key=True
    )
    area_id: Mapped[int]
    at: Mapped[datetime] = mapped_column(Instant)
    why: Mapped[Why] = mapped_column(choice(Why))
