"""Cases about land and buildings: the proposal, its history, what was said, the test, the decision."""

from datetime import date, datetime

from sqlalchemy import (
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Instant, Model, choice
from portal.people.models import Group, User
from portal.people.rules import Role
from portal.proposals.filing import FileKind
from portal.proposals.judging.benefit import Side
from portal.proposals.judging.models import (
    CapacityCheck,
    Decision,
    HolderResponse,
    Score,
    ScoreDraft,
    SummingUp,
)
from portal.proposals.rules import HOLDS_THE_PLACE, Action, State, Track
from portal.proposals.uses import UseKind
from portal.proposals.writing.models import WrittenSection
from portal.register.models import Asset

__all__ = [
    "Benefit",
    "CapacityCheck",
    "CaseEvent",
    "CaseFile",
    "Deadline",
    "Decision",
    "Extension",
    "HolderResponse",
    "Proposal",
    "Representation",
    "Score",
    "ScoreDraft",
    "SpaceNotice",
    "SummingUp",
    "WrittenSection",
]

_HOLDS = text(f"state IN ({', '.join(repr(state.value) for state in HOLDS_THE_PLACE)})")


class Proposal(Model):
    """One group's claim on one asset."""

    __tablename__ = "proposal"
    __table_args__ = (
        # One asset, one live grant: whatever the code does, the database refuses the second.
        Index(
            "uq_proposal_one_grant",
            "asset_id",
            unique=True,
            sqlite_where=_HOLDS,
            postgresql_where=_HOLDS,
        ),
        Index("ix_proposal_state", "state"),
        Index("uq_proposal_sign_token", "sign_token", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    asset_id: Mapped[int] = mapped_column(ForeignKey("asset.id"), index=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("community_group.id"), index=True)
    organiser_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    track: Mapped[Track] = mapped_column(choice(Track))
    state: Mapped[State] = mapped_column(choice(State))
    profile: Mapped[str] = mapped_column(
        String(60)
    )  # with profile_from: the version it began under
    profile_from: Mapped[date]
    created_at: Mapped[datetime] = mapped_column(Instant)
    # The first day on which anybody may read that the group intends to ask; then on which all of the case is public.
    declared_on: Mapped[date | None]
    published_on: Mapped[date | None]
    hearing_opened_on: Mapped[date | None]
    round: Mapped[int] = mapped_column(
        default=1, server_default=text("1")
    )  # 2 is the review by another panel
    open_space: Mapped[bool | None]  # as the broker found; None while nobody has looked
    sign_shown_on: Mapped[date | None]
    sign_token: Mapped[str | None] = mapped_column(String(20))  # the sign's address

    title: Mapped[str | None] = mapped_column(String(200))
    use: Mapped[str | None] = mapped_column(Text)
    use_kind: Mapped[UseKind | None] = mapped_column(choice(UseKind))
    backing: Mapped[str | None] = mapped_column(Text)  # who stands behind it, in the group's words
    timescale: Mapped[str | None] = mapped_column(Text)
    term_months: Mapped[int | None]
    costs: Mapped[str | None] = mapped_column(Text)
    insurance: Mapped[str | None] = mapped_column(Text)
    responsible: Mapped[str | None] = mapped_column(Text)
    safeguarding: Mapped[str | None] = mapped_column(Text)

    asset: Mapped[Asset] = relationship()
    group: Mapped[Group] = relationship()
    organiser: Mapped[User] = relationship()
    deadlines: Mapped[list["Deadline"]] = relationship(
        cascade="all, delete-orphan", order_by="Deadline.due"
    )
    benefits: Mapped[list["Benefit"]] = relationship(cascade="all, delete-orphan")
    events: Mapped[list["CaseEvent"]] = relationship(order_by="CaseEvent.id")
    representations: Mapped[list["Representation"]] = relationship(order_by="Representation.id")
    response: Mapped["HolderResponse | None"] = relationship()
    scores: Mapped[list["Score"]] = relationship(order_by="Score.id")
    capacity: Mapped[list["CapacityCheck"]] = relationship(order_by="CapacityCheck.id")
    decisions: Mapped[list["Decision"]] = relationship(order_by="Decision.round")
    extensions: Mapped[list["Extension"]] = relationship(order_by="Extension.id")
    notices: Mapped[list["SpaceNotice"]] = relationship(order_by="SpaceNotice.on")
    files: Mapped[list["CaseFile"]] = relationship(order_by="CaseFile.id")

    @property
    def due(self) -> dict[str, date]:
        """Period -> its last day, as far as they have begun."""
        return {deadline.period: deadline.due for deadline in self.deadlines}

    @property
    def decision(self) -> "Decision | None":
        """The last one: a review's stands in place of the first."""
        return self.decisions[-1] if self.decisions else None

    @property
    def shown_title(self) -> str:
        """What the case is called, while it has no title of its own too."""
        return self.title or self.asset.name


class Deadline(Model):
    """The last day of a period of a case, and the day it is counted from."""

    __tablename__ = "deadline"

    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), primary_key=True)
    period: Mapped[str] = mapped_column(String(40), primary_key=True)
    after: Mapped[date]
    due: Mapped[date] = mapped_column(index=True)


class Benefit(Model):
    """What one side says it would bring for one criterion, and what shows it."""

    __tablename__ = "benefit"

    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), primary_key=True)
    side: Mapped[Side] = mapped_column(choice(Side), primary_key=True)
    criterion: Mapped[str] = mapped_column(String(40), primary_key=True)
    gain: Mapped[str] = mapped_column(Text, default="")
    evidence: Mapped[str] = mapped_column(Text, default="")


class CaseEvent(Model):
    """One step of a case's public history. Never changed, never deleted."""

    __tablename__ = "case_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), index=True)
    at: Mapped[datetime] = mapped_column(Instant)
    on: Mapped[date]  # the day on the wall
    role: Mapped[Role] = mapped_column(choice(Role))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    action: Mapped[Action] = mapped_column(choice(Action))
    from_state: Mapped[State | None] = mapped_column(choice(State))
    to_state: Mapped[State] = mapped_column(choice(State))
    sentence: Mapped[str] = mapped_column(String(300))  # the table's, as it stood then
    why: Mapped[str] = mapped_column(Text, default="")
    clause: Mapped[str] = mapped_column(String(80))

    user: Mapped[User | None] = relationship()


class Representation(Model):
    """What somebody said for or against a case. The words are public, the name is not."""

    __tablename__ = "representation"
    __table_args__ = (UniqueConstraint("proposal_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    supports: Mapped[bool]
    words: Mapped[str] = mapped_column(Text)
    on: Mapped[date]
    answer: Mapped[str | None] = mapped_column(Text)
    answered_on: Mapped[date | None]
    # Taken out by the broker: the words are kept for an appeal, and nobody else reads them.
    hidden_on: Mapped[date | None]
    hidden_why: Mapped[str | None] = mapped_column(Text)


class CaseFile(Model):
    """A photo, a scan or a document of a case, made harmless before it is kept."""

    __tablename__ = "case_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), index=True)
    kind: Mapped[FileKind] = mapped_column(choice(FileKind))
    name: Mapped[str] = mapped_column(String(200))  # as the file was called, without its path
    shows: Mapped[str] = mapped_column(String(300))  # in words: what a screen reader says
    mime: Mapped[str] = mapped_column(String(60))
    size: Mapped[int]  # bytes
    data: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    thumb: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    public: Mapped[bool] = mapped_column(default=False)
    taken_on: Mapped[date | None]  # the day that a photo shows, as the sender says
    added_at: Mapped[datetime] = mapped_column(Instant)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))


class Extension(Model):
    """More time, asked for by one side and given or not by the other."""

    __tablename__ = "extension"
    # One request waits for its answer at a time, whatever the code does.
    __table_args__ = (
        Index(
            "uq_extension_one_open",
            "proposal_id",
            unique=True,
            sqlite_where=text("answered_on IS NULL"),
            postgresql_where=text("answered_on IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), index=True)
    period: Mapped[str] = mapped_column(String(40))
    until: Mapped[date]
    instead_of: Mapped[date]  # the last day as it was
    why: Mapped[str] = mapped_column(Text)
    role: Mapped[Role] = mapped_column(choice(Role))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    asked_on: Mapped[date]
    answered_on: Mapped[date | None]
    given: Mapped[bool | None]


class SpaceNotice(Model):
    """A notice in a newspaper that open space is to be let (Local Government Act 1972 s.123(2A))."""

    __tablename__ = "space_notice"
    __table_args__ = (UniqueConstraint("proposal_id", "newspaper", "on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), index=True)
    newspaper: Mapped[str] = mapped_column(String(120))
    on: Mapped[date]
    file_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
