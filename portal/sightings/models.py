"""Reports that a place stands empty, and their photos. Tables only."""

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.areas.models import Ward
from portal.db import Instant, Model, choice
from portal.people.models import User
from portal.register.models import Asset
from portal.sightings.rules import HowLong, Reason, SightingState


class Sighting(Model):
    """What one resident reported. The address is never public; the words are what the broker published."""

    __tablename__ = "sighting"
    __table_args__ = (
        CheckConstraint("lon BETWEEN -180 AND 180", name="lon"),
        CheckConstraint("lat BETWEEN -90 AND 90", name="lat"),
        Index("ix_sighting_area_state", "area_id", "state", "reported_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    token: Mapped[str] = mapped_column(String(43), unique=True)  # in the reporter's own links
    state: Mapped[SightingState] = mapped_column(choice(SightingState), default=SightingState.DRAFT)
    lon: Mapped[float]
    lat: Mapped[float]
    called: Mapped[str] = mapped_column(String(200))  # the place as the portal understood it
    ward_id: Mapped[int | None] = mapped_column(ForeignKey("ward.id"))
    exactly: Mapped[str] = mapped_column(String(300), default="")  # where, in the reporter's words
    words: Mapped[str] = mapped_column(Text, default="")
    how_long: Mapped[HowLong] = mapped_column(choice(HowLong), default=HowLong.UNKNOWN)
    email: Mapped[str | None] = mapped_column(String(254))

    # Which place it is: as the reporter says until the broker has answered.
    asset_id: Mapped[int | None] = mapped_column(ForeignKey("asset.id"), index=True)
    same_as_id: Mapped[int | None] = mapped_column(ForeignKey("sighting.id"), index=True)

    begun_at: Mapped[datetime] = mapped_column(Instant)
    reported_at: Mapped[datetime | None] = mapped_column(Instant)
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    reason: Mapped[Reason | None] = mapped_column(choice(Reason))  # why it was declined
    answer: Mapped[str] = mapped_column(Text, default="")  # what the broker says to the reporter
    shown_words: Mapped[str] = mapped_column(Text, default="")  # what the public reads

    asset: Mapped[Asset | None] = relationship()
    ward: Mapped[Ward | None] = relationship()
    decided_by: Mapped[User | None] = relationship()
    same_as: Mapped["Sighting | None"] = relationship(remote_side=[id], back_populates="joined")
    joined: Mapped[list["Sighting"]] = relationship(
        back_populates="same_as", order_by="Sighting.id"
    )
    photos: Mapped[list["Photo"]] = relationship(
        back_populates="sighting",
        order_by="Photo.id",
        cascade="all, delete-orphan",
        passive_deletes=True,
    )


class Photo(Model):
    """One photo of a report, repainted. In the database, so that every worker and every backup has it."""

    __tablename__ = "sighting_photo"
    # The same photo sent twice is one photo.
    __table_args__ = (UniqueConstraint("sighting_id", "digest"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sighting_id: Mapped[int] = mapped_column(ForeignKey("sighting.id", ondelete="CASCADE"))
    digest: Mapped[str] = mapped_column(String(64))
    # Read only where they are sent: a page that lists photos does not carry them.
    webp: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    thumb: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    width: Mapped[int]
    height: Mapped[int]
    alt: Mapped[str] = mapped_column(String(300), default="")  # for those who do not see it
    added_at: Mapped[datetime] = mapped_column(Instant)
    shown_at: Mapped[datetime | None] = mapped_column(Instant)  # public since; None: staff only
    shown_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    sighting: Mapped[Sighting] = relationship(back_populates="photos")
