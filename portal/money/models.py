"""One ledger in whole pence, and the deposits that it holds."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Instant, Model, choice
from portal.money.rules import Account, DepositState, Paid


class Deposit(Model):
    """What a group leaves with the broker and gets back. Whose and what for is known to who points here."""

    __tablename__ = "deposit"
    __table_args__ = (
        CheckConstraint("pence > 0", name="pence_positive"),
        CheckConstraint("retained_pence BETWEEN 0 AND pence", name="retained_within"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), index=True)
    pence: Mapped[int]
    state: Mapped[DepositState] = mapped_column(choice(DepositState), default=DepositState.DUE)
    paid_by: Mapped[Paid | None] = mapped_column(choice(Paid))
    receipt: Mapped[str | None] = mapped_column(String(20), unique=True)
    waived_why: Mapped[str | None] = mapped_column(Text)
    retained_pence: Mapped[int] = mapped_column(default=0)
    retained_why: Mapped[str | None] = mapped_column(Text)
    evidence: Mapped[str | None] = mapped_column(Text)

    postings: Mapped[list["Posting"]] = relationship(
        back_populates="deposit", order_by="Posting.id"
    )


class Posting(Model):
    """One movement of money; its entries sum to zero. Never edited: a mistake is undone by a posting that reverses it."""

    __tablename__ = "posting"

    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), index=True)
    deposit_id: Mapped[int | None] = mapped_column(ForeignKey("deposit.id"), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(Instant)
    what: Mapped[str] = mapped_column(String(200))
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("posting.id"), unique=True)

    deposit: Mapped[Deposit | None] = relationship(back_populates="postings")
    entries: Mapped[list["Entry"]] = relationship(back_populates="posting", order_by="Entry.id")


class Entry(Model):
    """One line of a posting."""

    __tablename__ = "entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    posting_id: Mapped[int] = mapped_column(ForeignKey("posting.id"), index=True)
    account: Mapped[Account] = mapped_column(choice(Account))
    pence: Mapped[int]

    posting: Mapped[Posting] = relationship(back_populates="entries")
