"""Tables of agreements: editions, their terms and who accepted them, the stored papers, signatures, and what was recorded."""

from datetime import date, datetime

from sqlalchemy import (
    ForeignKey,
    ForeignKeyConstraint,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.agreements.rules import Form, Moment, PaperKind, Route
from portal.db import Instant, Model, choice
from portal.money.models import Claimed, Deposit
from portal.people.rules import Role
from portal.proposals.models import CaseFile


def _of_edition() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["proposal_id", "edition"], ["agreement.proposal_id", "agreement.edition"]
    )


class Agreement(Model):
    """One edition of a case's agreement: the first, and one for each renewal. Form and dates follow its terms."""

    __tablename__ = "agreement"

    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), primary_key=True)
    edition: Mapped[int] = mapped_column(primary_key=True)
    form: Mapped[Form] = mapped_column(choice(Form))
    starts_on: Mapped[date]
    term_months: Mapped[int]
    ends_on: Mapped[date]  # the last day; a notice moves it
    drafted_at: Mapped[datetime] = mapped_column(Instant)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    deposit_id: Mapped[int | None] = mapped_column(ForeignKey("deposit.id"), unique=True)
    begun_on: Mapped[date | None]  # handed over, or gone on with
    given_up_on: Mapped[date | None]  # a renewal that did not come about
    notice_role: Mapped[Role | None] = mapped_column(choice(Role))
    notice_on: Mapped[date | None]
    # The last letter that went out because the end, or the holder's right to break, is near: tick.py.
    told_end: Mapped[str | None] = mapped_column(String(40))
    told_break: Mapped[str | None] = mapped_column(String(40))

    deposit: Mapped[Deposit | None] = relationship()
    terms: Mapped[list["AgreementTerm"]] = relationship(order_by="AgreementTerm.id")
    papers: Mapped[list["AgreementPaper"]] = relationship(cascade="all, delete-orphan")
    signatures: Mapped[list["Signature"]] = relationship(order_by="Signature.at")
    contracting_out: Mapped["ContractingOut | None"] = relationship()

    @property
    def sha256(self) -> str:
        """The fingerprint of the paper that is to be signed; "" while there is none."""
        return next((p.sha256 for p in self.papers if p.kind is PaperKind.FOR_SIGNING), "")

    @property
    def paper(self) -> "AgreementPaper | None":
        """The last paper there is: with the signatures, or to be signed."""
        kinds = {paper.kind: paper for paper in self.papers}
        return kinds.get(PaperKind.SIGNED) or kinds.get(PaperKind.FOR_SIGNING)

    @property
    def signed_by(self) -> set[Role]:
        """The sides that have signed."""
        return {signature.role for signature in self.signatures}


class AgreementTerm(Model):
    """What one of the terms says, as somebody proposed it; the newest version counts, the older ones are kept."""

    __tablename__ = "agreement_term"
    __table_args__ = (
        _of_edition(),
        UniqueConstraint("proposal_id", "edition", "key", "version"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int]
    edition: Mapped[int]
    key: Mapped[str] = mapped_column(String(40))
    version: Mapped[int]
    value: Mapped[str] = mapped_column(Text)  # as rules.checked gives it
    role: Mapped[Role] = mapped_column(choice(Role))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(Instant)

    acceptances: Mapped[list["TermAcceptance"]] = relationship(order_by="TermAcceptance.at")


class TermAcceptance(Model):
    """One side accepts what a term says now."""

    __tablename__ = "term_acceptance"

    term_id: Mapped[int] = mapped_column(ForeignKey("agreement_term.id"), primary_key=True)
    role: Mapped[Role] = mapped_column(choice(Role), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(Instant)


class AgreementPaper(Model):
    """The exact bytes that are signed, and those that show the signatures. Never changed once somebody has signed."""

    __tablename__ = "agreement_paper"
    __table_args__ = (_of_edition(),)

    proposal_id: Mapped[int] = mapped_column(primary_key=True)
    edition: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[PaperKind] = mapped_column(choice(PaperKind), primary_key=True)
    mime: Mapped[str] = mapped_column(String(60))
    data: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    sha256: Mapped[str] = mapped_column(String(64))  # of exactly these bytes
    made_at: Mapped[datetime] = mapped_column(Instant)


class Signature(Model):
    """One side's signature: who, for whom, when, and over exactly which bytes."""

    __tablename__ = "signature"
    __table_args__ = (_of_edition(),)

    proposal_id: Mapped[int] = mapped_column(primary_key=True)
    edition: Mapped[int] = mapped_column(primary_key=True)
    role: Mapped[Role] = mapped_column(choice(Role), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    name: Mapped[str] = mapped_column(String(120))
    position: Mapped[str] = mapped_column(String(120), default="")  # "Treasurer", "Estates manager"
    at: Mapped[datetime] = mapped_column(Instant)
    sha256: Mapped[str] = mapped_column(String(64))


class ContractingOut(Model):
    """What shows that security of tenure was contracted out: Landlord and Tenant Act 1954 s.38A."""

    __tablename__ = "contracting_out"
    __table_args__ = (_of_edition(),)

    proposal_id: Mapped[int] = mapped_column(primary_key=True)
    edition: Mapped[int] = mapped_column(primary_key=True)
    route: Mapped[Route] = mapped_column(choice(Route))
    notice_on: Mapped[date]
    declared_on: Mapped[date]
    declared_by: Mapped[str] = mapped_column(String(120))
    file_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(Instant)

    file: Mapped[CaseFile] = relationship()


class Condition(Model):
    """How the place was when it was handed over, or given back; the photos are files of the case."""

    __tablename__ = "place_condition"

    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), primary_key=True)
    moment: Mapped[Moment] = mapped_column(choice(Moment), primary_key=True)
    words: Mapped[str] = mapped_column(Text)
    keys: Mapped[str] = mapped_column(Text, default="")
    meters: Mapped[str] = mapped_column(Text, default="")
    on: Mapped[date]
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))


class DepositClaim(Claimed, Model):
    """What the broker means to keep of the deposits of a case, and what the group says to it."""

    __tablename__ = "deposit_claim"

    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), primary_key=True)
