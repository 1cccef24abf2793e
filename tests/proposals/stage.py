"""Cases brought to a named state through the services, as a day's work would."""

from datetime import date, datetime, timedelta

from portal import clock
from portal.agreements import negotiating, terms
from portal.agreements import service as agreement
from portal.agreements.models import Agreement
from portal.areas.calendar import working_day
from portal.areas.rules import Nation
from portal.db import db
from portal.people.rules import Role
from portal.proposals import service
from portal.proposals.files import Sent
from portal.proposals.judging import holder, panel
from portal.proposals.judging.benefit import Side
from portal.proposals.models import Proposal
from portal.proposals.rules import Track
from portal.proposals.tick import tick
from portal.proposals.writing import declaring
from tests import factories

WRITTEN = {
    "title": "A garden for the street",
    "use_kind": "growing",
    "use": "Raised beds and a bench.",
    "timescale": "Clear in March, plant in April.",
    "term_months": 36,
    "costs": "£600 collected.",
    "insurance": "The church's cover.",
    "responsible": "Two key holders.",
    "safeguarding": "",
}
BENEFITS = {"social": ("Neighbours meet.", "Twelve street parties.")}
PLAN = {
    "name": "Car park",
    "use": "Thirty spaces.",
    "begins": date(2028, 1, 1),
    "budget_line": "Capital, line 14",
    "document": "Parking strategy, page 31",
}
OFFICER = holder.Officer("Olu Ade", "Head of property")
THEIRS = {"regeneration": ("Thirty spaces.", "Traffic counts.")}


class Stage:
    """An area with everybody in it, one vacant plot, and one case that can be brought on."""

    def __init__(self, *, resolution: bool = True, **area_values) -> None:
        on_record = {
            "resolution_reference": "Minute 12" if resolution else None,
            "resolution_on": date(2025, 12, 1) if resolution else None,
            "senior_officer": "Ada Hill <ada.hill@council.example>",
        }
        self.area = factories.area(**on_record | area_values)
        self.holder = factories.holder(self.area)
        self.asset = factories.asset(self.holder)
        made = {
            "organiser": factories.user("rosa@example.org", name="Rosa"),
            "resident": factories.user("anil@example.org", name="Anil"),
            "broker": factories.with_role(self.area, Role.BROKER, name="Bea"),
            "officer": factories.with_role(self.area, Role.OFFICER, holder=self.holder, name="Olu"),
            "panel": factories.with_role(self.area, Role.PANEL, name="Pia"),
            "panel2": factories.with_role(self.area, Role.PANEL, name="Pat"),
            "chair": factories.with_role(self.area, Role.CHAIR, name="Cy"),
        }
        self.group = factories.group(self.area, made["organiser"], name="Mill Lane neighbours")
        self.ids = {key: user.id for key, user in made.items()}
        self.emails = {key: user.email for key, user in made.items()}
        self.asset_id, self.group_id, self.area_id = self.asset.id, self.group.id, self.area.id
        self.case_id = 0

    def __getattr__(self, name: str) -> int:
        ids = self.__dict__.get("ids", {})
        if name in ids:
            return ids[name]
        raise AttributeError(name)

    @property
    def case(self) -> Proposal:
        return db.session.get_one(Proposal, self.case_id, populate_existing=True)

    # ---- each brings the case one step further

    def draft(self) -> "Stage":
        self.case_id = service.start(self.asset_id, self.organiser, self.group_id).id
        service.save_draft(self.case_id, self.organiser, WRITTEN, BENEFITS)
        return self

    def lodged(self) -> "Stage":
        service.lodge(self.draft().case_id, self.organiser)
        return self

    def returned(self) -> "Stage":
        service.return_incomplete(self.lodged().case_id, self.broker, "The costs, please.")
        return self

    def on_notice(self) -> "Stage":
        service.validate(self.lodged().case_id, self.broker)
        if self.case.track is Track.LAND:
            self.sign_shown()
        return self

    def sign_shown(self) -> "Stage":
        sent = Sent(factories.photo(), "sign.png", "The sign at the gate.")
        declaring.show_sign(self.case_id, self.organiser, sent, clock.today())
        return self

    def rival(self) -> int:
        """Another group's proposal for the same place, on notice."""
        rival = factories.user()
        group = factories.group(self.area, rival)
        case_id = service.start(self.asset_id, rival.id, group.id).id
        service.save_draft(case_id, rival.id, WRITTEN, BENEFITS)
        service.lodge(case_id, rival.id)
        service.validate(case_id, self.broker)
        sent = Sent(factories.photo(), "sign.png", "The other sign.")
        declaring.show_sign(case_id, rival.id, sent, clock.today())
        return case_id

    def under_test(self, *, alternative: bool = False) -> "Stage":
        self.on_notice()
        if alternative:
            holder.name_alternative(
                self.case_id, self.officer, planned=True, plan=PLAN, benefits=THEIRS
            )
        after_day("answers" if alternative else "holder_response", self.case)
        tick()
        return self

    def scored(self, ours: int = 3, theirs: int = 1, *, alternative: bool = False) -> "Stage":
        self.under_test(alternative=alternative)
        self.capacity()
        for member in (self.panel, self.panel2):
            panel.score(self.case_id, member, self.sheet(ours, theirs))
        return self

    def capacity(self, *, holds: bool = True) -> None:
        answers = dict.fromkeys(self.profile.capacity, (holds, "Seen."))
        panel.check_capacity(self.case_id, self.broker, answers)

    def granted(self) -> "Stage":
        panel.decide(self.scored().case_id, self.chair)
        return self

    def refused_and_lodged_again(self) -> "Stage":
        """Gardening was refused; the group asks for the same place and the same use again."""
        self.lodged()
        service.validate(self.case_id, self.broker)
        after_day("holder_response", self.case)
        tick()
        self.capacity()
        for member in (self.panel, self.panel2):
            panel.score(self.case_id, member, self.sheet(0))
        cause = {"ground": "benefit_not_shown", "evidence": "The panel gave nothing."}
        panel.decide(self.case_id, self.chair, **cause)
        self.refused_id = self.case_id
        return self.lodged()

    def escalated(self) -> "Stage":
        self.under_test()
        after_day("decision", self.case)
        tick()
        return self

    def in_agreement(self) -> "Stage":
        self.granted()
        self.terms()
        return self

    def terms(self, months: int = 36, **more) -> None:
        said = {"starts_on": date(2026, 9, 1), "term_months": months} | more
        negotiating.draft_agreement(self.case_id, self.broker, said)

    @property
    def agreement(self) -> Agreement:
        db.session.expire_all()
        return terms.current(self.case_id)

    def accept(self, who: str) -> None:
        """One side accepts every term."""
        there = terms.now_of(self.agreement)
        shown = {key: now.row.version for key, now in there.items()}
        negotiating.accept_terms(self.case_id, self.ids[who], shown)

    def agreed(self, **more) -> "Stage":
        """Every term is accepted by both sides; nobody has signed."""
        self.granted()
        self.terms(**more)
        self.accept("organiser")
        self.accept("officer")
        return self

    def sign(self, who: str) -> None:
        shown = self.agreement.sha256
        agreement.sign(self.case_id, self.ids[who], name=who, shown_hash=shown)

    def signed(self, **more) -> "Stage":
        """Both sides have signed; the place is not handed over."""
        self.agreed(**more)
        self.sign("organiser")
        self.sign("officer")
        return self

    def in_use(self, **more) -> "Stage":
        self.signed(**more)
        agreement.hand_over(self.case_id, self.broker, "Keys.")
        return self

    @property
    def profile(self):
        from portal.proposals.standing import profile_of

        return profile_of(self.case)

    def sheet(self, ours: int = 3, theirs: int = 1):
        from portal.proposals.standing import sides_of

        points = {Side.PROPOSAL: ours, Side.ALTERNATIVE: theirs}
        return {
            (side, criterion): (points[side], "Because.")
            for side in sides_of(self.case)
            for criterion in self.profile.criteria
        }


def on_working_day(number: int, after: date = date(2026, 3, 2)) -> None:
    """Move the clock to the morning of a working day after the tests' first day."""
    to_day(working_day(number, after, Nation.ENGLAND).due)


def after_day(period: str, case: Proposal) -> None:
    """Move the clock to the morning after a period's last day."""
    to_day(case.due[period] + timedelta(days=1))


def to_day(day: date) -> None:
    clock.move_to(datetime(day.year, day.month, day.day, 10, tzinfo=clock.LONDON))
