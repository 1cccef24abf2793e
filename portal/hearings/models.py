"""Tables of hearings: what was set, what came of it, and who asked to speak."""

from datetime import date, datetime, time

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.db import Instant, Model, choice
from portal.hearings import rules
from portal.hearings.rules import Coming, Outcome, Plan, Side, Stands
from portal.people.models import User
from portal.proposals.models import CaseFile, Proposal


class Hearing(Model):
    """The hearing of a case in one of its rounds. Day and hours are wall time, so that no clock change moves them."""

    __tablename__ = "hearing"
    __table_args__ = (
        UniqueConstraint("proposal_id", "round"),
        CheckConstraint("starts < ends", name="hours"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    round: Mapped[int]
    uid: Mapped[str] = mapped_column(String(36), unique=True)  # what calendars know it by
    on: Mapped[date] = mapped_column(index=True)
    starts: Mapped[time]
    ends: Mapped[time]
    place: Mapped[str] = mapped_column(Text)
    access: Mapped[list[str]] = mapped_column(JSON)  # of rules.ACCESS, what somebody has checked
    access_note: Mapped[str] = mapped_column(Text, default="")
    remote_link: Mapped[str] = mapped_column(String(500), default="")
    phone_in: Mapped[str] = mapped_column(String(200), default="")
    agenda: Mapped[str] = mapped_column(Text)
    speak_until: Mapped[date]
    side_minutes: Mapped[int]
    other_minutes: Mapped[int]
    # Notice was given on one day and makes the other the first lawful one.
    noticed_on: Mapped[date]
    lawful_from: Mapped[date]
    changes: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime] = mapped_column(Instant)
    set_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    reminded_for: Mapped[date | None]  # the day that letters have reminded of
    off_on: Mapped[date | None]  # people were told on this day that it does not take place
    # What came of it.
    heard_on: Mapped[date | None]  # the day on which it was put on record
    outcome: Mapped[Outcome | None] = mapped_column(choice(Outcome))
    conditions: Mapped[str] = mapped_column(Text, default="")
    minutes: Mapped[str] = mapped_column(Text, default="")
    attendance: Mapped[int | None]
    file_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id"))
    heard_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    case: Mapped[Proposal] = relationship()
    file: Mapped[CaseFile | None] = relationship()
    set_by: Mapped[User] = relationship(foreign_keys=[set_by_id])
    speakers: Mapped[list["Speaker"]] = relationship(order_by="Speaker.id")

    @property
    def plan(self) -> Plan:
        """What was set, as the rules know it."""
        values = {name: getattr(self, name) for name in Plan.__dataclass_fields__}
        return Plan(**values | {"access": tuple(self.access)})

    @property
    def live(self) -> bool:
        """Whether the case still waits for it."""
        return (
            self.off_on is None and self.case.state in rules.LIVE and self.round == self.case.round
        )

    @property
    def stands(self) -> Stands:
        """How it stands now."""
        return rules.stands(
            heard=self.outcome is not None, live=self.live, day_has_come=clock.today() >= self.on
        )

    @property
    def sequence(self) -> int:
        """How often calendars were told something new; that it is off is one time more."""
        return self.changes + (self.stands is Stands.OFF)

    @property
    def slots(self) -> list[rules.Slot]:
        """Every turn to speak, in order."""
        return rules.slots(self.plan, rules.in_order(self.speakers))


class Speaker(Model):
    """Somebody who asked to speak. Only the side is public; the list is for the chair and the broker."""

    __tablename__ = "hearing_speaker"
    __table_args__ = (UniqueConstraint("hearing_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    hearing_id: Mapped[int] = mapped_column(ForeignKey("hearing.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    name: Mapped[str] = mapped_column(String(120))
    side: Mapped[Side] = mapped_column(choice(Side))
    coming: Mapped[Coming] = mapped_column(choice(Coming))
    needs: Mapped[str] = mapped_column(Text, default="")
    asked_at: Mapped[datetime] = mapped_column(Instant)
    place: Mapped[int | None]  # in the chair's own order, where the chair has made one

    user: Mapped[User] = relationship()
