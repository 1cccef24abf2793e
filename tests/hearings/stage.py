"""A case whose hearing is open, brought on through the services."""

from datetime import date, time

from sqlalchemy import select

from portal.db import db
from portal.hearings import service, speaking
from portal.hearings.models import Hearing
from portal.hearings.queries import of_round, window_of
from portal.hearings.rules import Coming, Outcome, Plan, Side
from portal.hearings.speaking import Wish
from portal.notices.models import Letter
from portal.proposals.judging import holder
from portal.proposals.judging.holder import Officer
from portal.proposals.tick import tick
from tests.proposals.stage import Stage, after_day, to_day

PLAN = Plan(
    on=date(2026, 5, 20),
    starts=time(18, 30),
    ends=time(20, 30),
    place="Small hall, Town Hall, Talbot Road, M32 0TH",
    agenda="Opening\nThe group speaks\nThe holder answers",
    access=("step_free", "parking"),
    remote_link="https://meet.example.org/mill-lane",
)


class Open(Stage):
    """A case under test in which the holder objected, so that a hearing is open."""

    def to_test(self) -> "Open":
        self.on_notice()
        holder.object_to(
            self.case_id,
            self.officer,
            ground="unsafe",
            evidence="Survey.",
            officer=Officer("Olu", "Estates manager"),
        )
        after_day("answers", self.case)
        tick()
        return self

    def plan(self, **changes) -> Plan:
        """A plan for the first lawful day."""
        values = {name: getattr(PLAN, name) for name in Plan.__dataclass_fields__}
        return Plan(**values | {"on": window_of(self.case).notice.due} | changes)

    def set(self, **changes) -> Hearing:
        service.set_hearing(self.case_id, self.chair, self.plan(**changes))
        return self.hearing

    @property
    def hearing(self) -> Hearing:
        return of_round(self.case)

    def held(self) -> "Open":
        """The day of the hearing has come."""
        self.set()
        to_day(self.hearing.on)
        return self

    def minuted(self) -> "Open":
        """Its minutes are on record."""
        self.held()
        record = service.Record(Outcome.SUPPORTS, "All spoke.")
        service.record_hearing(self.case_id, self.chair, record)
        return self

    def listed(self) -> "Open":
        """Somebody is on the list of speakers."""
        self.set()
        self.asks()
        return self

    def asks(self, who: str = "resident", **changes) -> None:
        wish = Wish("Anil Shah", Side.AGAINST, Coming.ROOM, "A chair with arms.")
        speaking.ask(self.case_id, self.ids[who], wish._replace(**changes))

    def letters(self, *, key: str = "hearing:") -> list[Letter]:
        query = select(Letter).where(Letter.key.startswith(key)).order_by(Letter.id)
        return list(db.session.scalars(query))
