"""One ledger in whole pence, the deposits that it holds, what groups owe, and what was paid by card."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Instant, Model, choice
from portal.money.rules import WITH_RECEIPT, Account, ChargeKind, DepositState, Paid, PostingKind
from portal.money.steps import CardState, RefundState
from portal.people.models import Group, Holder, User


class Deposit(Model):
    """What a group leaves with the broker and gets back, or what is promised instead.

    `about` is what papers call it ("Let 12"); `path` is the page where all of it is told.
    """

    __tablename__ = "deposit"
    __table_args__ = (
        CheckConstraint("pence > 0", name="pence_positive"),
        CheckConstraint("retained_pence BETWEEN 0 AND pence", name="retained_within"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), index=True)
    holder_id: Mapped[int | None] = mapped_column(ForeignKey("holder.id"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("community_group.id"))
    about: Mapped[str] = mapped_column(String(100), default="", server_default="")
    path: Mapped[str] = mapped_column(String(100), default="", server_default="")
    pence: Mapped[int]
    state: Mapped[DepositState] = mapped_column(choice(DepositState), default=DepositState.DUE)
    paid_by: Mapped[Paid | None] = mapped_column(choice(Paid))
    receipt: Mapped[str | None] = mapped_column(String(20), unique=True)
    waived_why: Mapped[str | None] = mapped_column(Text)
    pledged_by: Mapped[str | None] = mapped_column(String(300))  # who promised, in words
    retained_pence: Mapped[int] = mapped_column(default=0)
    retained_why: Mapped[str | None] = mapped_column(Text)
    evidence: Mapped[str | None] = mapped_column(Text)

    group: Mapped[Group | None] = relationship()
    postings: Mapped[list["Posting"]] = relationship(
        back_populates="deposit", order_by="Posting.id"
    )
    retention: Mapped["Retention | None"] = relationship(back_populates="deposit", lazy="joined")


class Claimed:
    """What the broker means to keep of a deposit and why, and what the group says to it: columns for each wing's table."""

    pence: Mapped[int]
    why: Mapped[str] = mapped_column(Text)
    evidence: Mapped[str] = mapped_column(Text)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    asked_on: Mapped[date]
    answer: Mapped[str | None] = mapped_column(Text)
    agrees: Mapped[bool | None]
    answered_on: Mapped[date | None]


class Retention(Claimed, Model):
    """Such a claim on one deposit, with the last day on which the group can answer it."""

    __tablename__ = "retention"

    deposit_id: Mapped[int] = mapped_column(ForeignKey("deposit.id"), primary_key=True)
    answer_by: Mapped[date] = mapped_column(index=True)
    told_on: Mapped[date | None]  # when the broker was told that no answer came

    deposit: Mapped[Deposit] = relationship(back_populates="retention")

    def waits(self, today: date) -> bool:
        """Whether the group may still answer and has not."""
        return self.answered_on is None and today <= self.answer_by


class Charge(Model):
    """What a group owes. How much of it is open the ledger knows; nothing here changes after it was made.

    `key` names its cause, so that nothing is charged twice. Papers for a holder call it `about`: a private group's
    name with its room is nobody's to read.
    """

    __tablename__ = "charge"
    __table_args__ = (CheckConstraint("pence > 0", name="pence_positive"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), index=True)
    holder_id: Mapped[int] = mapped_column(ForeignKey("holder.id"), index=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("community_group.id"), index=True)
    kind: Mapped[ChargeKind] = mapped_column(choice(ChargeKind))
    key: Mapped[str] = mapped_column(String(100), unique=True)
    about: Mapped[str] = mapped_column(String(100))
    path: Mapped[str] = mapped_column(String(100), index=True)
    words: Mapped[str] = mapped_column(String(200), default="")  # for what, without a name
    pence: Mapped[int]
    raised_on: Mapped[date]
    due_on: Mapped[date] = mapped_column(index=True)

    holder: Mapped[Holder] = relationship()
    group: Mapped[Group] = relationship()
    postings: Mapped[list["Posting"]] = relationship(back_populates="charge", order_by="Posting.id")


class Posting(Model):
    """One movement of money; its entries sum to zero. Never edited: a mistake is undone by a posting that reverses it.

    `holder_id` is whose money it is about, where it is about one holder's.
    """

    __tablename__ = "posting"

    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), index=True)
    deposit_id: Mapped[int | None] = mapped_column(ForeignKey("deposit.id"), index=True)
    charge_id: Mapped[int | None] = mapped_column(ForeignKey("charge.id"), index=True)
    holder_id: Mapped[int | None] = mapped_column(ForeignKey("holder.id"), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    kind: Mapped[PostingKind] = mapped_column(
        choice(PostingKind), default=PostingKind.OTHER, server_default=PostingKind.OTHER.value
    )
    at: Mapped[datetime] = mapped_column(Instant)
    what: Mapped[str] = mapped_column(String(200))
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("posting.id"), unique=True)

    deposit: Mapped[Deposit | None] = relationship(back_populates="postings")
    charge: Mapped[Charge | None] = relationship(back_populates="postings")
    holder: Mapped[Holder | None] = relationship()
    user: Mapped[User | None] = relationship()
    entries: Mapped[list["Entry"]] = relationship(back_populates="posting", order_by="Entry.id")
    reversed_by: Mapped["Posting | None"] = relationship(remote_side=[reverses_id], uselist=False)

    @property
    def receipt(self) -> str | None:
        """The receipt's number, where somebody has handed over money."""
        return f"{self.at.year}-{self.id:06d}" if self.kind in WITH_RECEIPT else None


class Entry(Model):
    """One line of a posting."""

    __tablename__ = "entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    posting_id: Mapped[int] = mapped_column(ForeignKey("posting.id"), index=True)
    account: Mapped[Account] = mapped_column(choice(Account))
    pence: Mapped[int]

    posting: Mapped[Posting] = relationship(back_populates="entries")


class CardPayment(Model):
    """One attempt to pay by card. `token` makes asking the provider twice asking once; one is open at most."""

    __tablename__ = "card_payment"
    __table_args__ = (
        CheckConstraint("(deposit_id IS NULL) <> (charge_id IS NULL)", name="one_cause"),
        *(
            Index(
                f"uq_card_payment_open_{name}", f"{name}_id", unique=True,
                sqlite_where=text("state = 'open'"), postgresql_where=text("state = 'open'"),
            )
            for name in ("deposit", "charge")
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), index=True)
    deposit_id: Mapped[int | None] = mapped_column(ForeignKey("deposit.id"))
    charge_id: Mapped[int | None] = mapped_column(ForeignKey("charge.id"))
    path: Mapped[str] = mapped_column(String(100), index=True)
    pence: Mapped[int]
    state: Mapped[CardState] = mapped_column(choice(CardState), default=CardState.OPEN)
    token: Mapped[str] = mapped_column(String(40), unique=True)
    provider_id: Mapped[str | None] = mapped_column(String(60), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    started_at: Mapped[datetime] = mapped_column(Instant)
    said: Mapped[str] = mapped_column(String(200), default="")  # by the provider
    posting_id: Mapped[int | None] = mapped_column(ForeignKey("posting.id"), unique=True)

    deposit: Mapped[Deposit | None] = relationship()
    charge: Mapped[Charge | None] = relationship()
    posting: Mapped[Posting | None] = relationship()


class CardRefund(Model):
    """What goes back to a card: written with the posting that owes it, sent after it, once."""

    __tablename__ = "card_refund"
    __table_args__ = (CheckConstraint("pence > 0", name="pence_positive"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    payment_id: Mapped[int] = mapped_column(ForeignKey("card_payment.id"), index=True)
    posting_id: Mapped[int] = mapped_column(ForeignKey("posting.id"), unique=True)
    pence: Mapped[int]
    state: Mapped[RefundState] = mapped_column(choice(RefundState), default=RefundState.WAITING)
    provider_id: Mapped[str | None] = mapped_column(String(60), unique=True)
    claimed_until: Mapped[datetime | None] = mapped_column(Instant)
    tries: Mapped[int] = mapped_column(default=0)
    said: Mapped[str] = mapped_column(String(200), default="")

    payment: Mapped[CardPayment] = relationship()
