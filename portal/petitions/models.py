"""A case's petition, who signed it, and what was counted on paper. Tables only.

Names, addresses and postcodes are never public, and are emptied some months after the case is decided; numbers and
wards stay.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.areas.models import Ward
from portal.db import Instant, Model, choice
from portal.petitions.rules import Where
from portal.proposals.models import CaseFile, Proposal


class Petition(Model):
    """What a group asks its neighbours to sign. How many are needed is counted once, when it opens."""

    __tablename__ = "petition"

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), unique=True)
    words: Mapped[str] = mapped_column(Text)
    opened_on: Mapped[date]
    closes_on: Mapped[date]  # the last day
    needed: Mapped[int]
    counted: Mapped[dict[str, Any]] = mapped_column(JSON)  # rules.Count: how `needed` came about
    eligible: Mapped[Where] = mapped_column(choice(Where))
    ward_id: Mapped[int | None] = mapped_column(ForeignKey("ward.id"))  # where `eligible` is one
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    reached_at: Mapped[datetime | None] = mapped_column(Instant)
    told_at: Mapped[datetime | None] = mapped_column(Instant)  # who signed has heard of the hearing
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
    forgotten_at: Mapped[datetime | None] = mapped_column(Instant)  # names and addresses are gone

    proposal: Mapped[Proposal] = relationship()
    ward: Mapped[Ward | None] = relationship()
    papers: Mapped[list["PaperCount"]] = relationship(order_by="PaperCount.id")


class PetitionSignature(Model):
    """One person's signature; it counts once the letter has been answered."""

    __tablename__ = "petition_signature"
    __table_args__ = (
        # One person, one signature. Emptied addresses are no longer compared.
        UniqueConstraint("petition_id", "email"),
        Index("ix_petition_signature_same_person", "petition_id", "same_person"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    petition_id: Mapped[int] = mapped_column(ForeignKey("petition.id"))
    email: Mapped[str | None] = mapped_column(String(254))
    name: Mapped[str | None] = mapped_column(String(120))
    postcode: Mapped[str | None] = mapped_column(String(8))
    same_person: Mapped[str | None] = mapped_column(String(64))  # a hash of name and postcode
    ward_id: Mapped[int | None] = mapped_column(ForeignKey("ward.id"))
    eligible: Mapped[bool]  # the others are counted apart
    wants_news: Mapped[bool] = mapped_column(default=False)
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    written_at: Mapped[datetime] = mapped_column(Instant)  # the last letter with a link
    confirmed_at: Mapped[datetime | None] = mapped_column(Instant)
    # A likely double that the broker has looked at: kept, or struck out.
    looked_at: Mapped[datetime | None] = mapped_column(Instant)
    looked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    struck_at: Mapped[datetime | None] = mapped_column(Instant)

    petition: Mapped[Petition] = relationship()
    ward: Mapped[Ward | None] = relationship()


class PaperCount(Model):
    """What the broker counted on paper. A wrong count stays, and a later one says that it stands in its place."""

    __tablename__ = "petition_paper"
    __table_args__ = (UniqueConstraint("petition_id", "sha256"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    petition_id: Mapped[int] = mapped_column(ForeignKey("petition.id"))
    valid: Mapped[int]
    double: Mapped[int]
    outside: Mapped[int]
    unreadable: Mapped[int]
    file_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id"))
    sha256: Mapped[str | None] = mapped_column(String(64))  # of the scan; a correction has none
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("petition_paper.id"), unique=True)
    why: Mapped[str] = mapped_column(String(300), default="")  # why it is corrected
    on: Mapped[date]
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))

    file: Mapped[CaseFile | None] = relationship()
