"""What people do in the walks, each by the service that the page calls."""

import re
from collections.abc import Callable
from datetime import time, timedelta

from sqlalchemy import select

from portal import clock
from portal.agreements import deposits, negotiating, terms
from portal.agreements import service as agreements
from portal.agreements.rules import Route
from portal.areas.calendar import working_day
from portal.db import db
from portal.hearings import service as hearings
from portal.hearings.rules import Outcome, Plan
from portal.money.rules import Paid
from portal.notices.models import Letter
from portal.petitions import counting
from portal.petitions import service as petitions
from portal.proposals import service
from portal.proposals.conditions import applies, panel_size
from portal.proposals.files import Sent
from portal.proposals.judging import holder, panel
from portal.proposals.judging.benefit import Side
from portal.proposals.recourse import reviewing
from portal.proposals.standing import profile_of, sides_of
from portal.proposals.writing import declaring
from portal.snapshots import snapshot
from portal.walks.cast import Cast
from portal.walks.stories import RIVAL, Story

Deed = Callable[[Cast, Story], None]
# Each panel of the walks has so many members at most: the first three judge, the next three review.
MOST_MEMBERS = 3


def declare(cast: Cast, story: Story) -> None:
    """The group begins to write, and says in public that it will ask."""
    rosa = cast.people["rosa"]
    cast.case_id = service.start(cast.asset_id, rosa, cast.group_id).id
    service.save_draft(cast.case_id, rosa, story.proposal, story.benefits)
    if cast.case.track in profile_of(cast.case).interest_first:
        declaring.register_interest(cast.case_id, rosa)


def lodge(cast: Cast, _story: Story) -> None:
    service.lodge(cast.case_id, cast.people["rosa"])


def rival_lodges(cast: Cast, story: Story) -> None:
    """Another group wants the same place, writes, lodges, and is found complete the same day."""
    ed = cast.people["rival"]
    cast.rival_id = service.start(cast.asset_id, ed, cast.rival_group_id).id
    service.save_draft(cast.rival_id, ed, story.proposal | RIVAL, story.benefits)
    if cast.rival.track in profile_of(cast.rival).interest_first:
        declaring.register_interest(cast.rival_id, ed)
    service.lodge(cast.rival_id, ed)
    service.validate(cast.rival_id, cast.people["broker"])
    _put_up_sign(cast, cast.rival_id, ed)


def validate(cast: Cast, _story: Story) -> None:
    service.validate(cast.case_id, cast.people["broker"])


def show_sign(cast: Cast, _story: Story) -> None:
    _put_up_sign(cast, cast.case_id, cast.people["rosa"])


def _put_up_sign(cast: Cast, case_id: int, organiser: int) -> None:
    if applies(cast.case, "site_sign"):
        photo = Sent(snapshot("the sign at the gate"), "sign.jpg", "The sign at the gate.")
        declaring.show_sign(case_id, organiser, photo, clock.today())


def open_petition(cast: Cast, _story: Story) -> None:
    last = petitions.longest_day(cast.case)
    petitions.open_petition(cast.case_id, cast.people["rosa"], "Let us open the house.", last)


def neighbours_sign(first: int, last: int) -> Deed:
    """Neighbours sign, and each answers the letter that asks whether it was them."""

    def act(cast: Cast, _story: Story) -> None:
        for number in range(first, last):
            email = f"neighbour{number}@walk.example"
            signer = petitions.Signer(f"Neighbour {number}", email, "MW1 1AA")
            petitions.sign(cast.case_id, signer)
            query = select(Letter.body).where(Letter.to == email).order_by(Letter.id.desc())
            token = re.search(r"/petitions/([\w-]+)", db.session.scalars(query).first() or "")
            db.session.rollback()
            petitions.confirm(token.group(1) if token else "")

    return act


def count_paper(cast: Cast, _story: Story) -> None:
    scan = Sent(snapshot("the sheets of signatures"), "sheets.jpg", "Five sheets of signatures.")
    counted = counting.OnPaper(valid=145, double=3, outside=2, unreadable=1)
    counting.count_paper(cast.case_id, cast.people["broker"], scan, counted)


def set_hearing(days_ahead: int) -> Deed:
    """The chair gives notice of the hearing, so many working days ahead."""

    def act(cast: Cast, _story: Story) -> None:
        on = working_day(days_ahead, clock.today(), cast.nation).due
        plan = Plan(
            on,
            time(19),
            time(20, 30),
            "The school hall, Station Road",
            "Who is here\nThe proposal\nThe holder\nQuestions and voices\nWhat was heard",
            access=("step_free", "hearing_loop"),
            remote_link="https://meet.walk.example/station-house",
        )
        hearings.set_hearing(cast.case_id, cast.people["chair"], plan)

    return act


def record_hearing(cast: Cast, _story: Story) -> None:
    record = hearings.Record(
        Outcome.SUPPORTS, "Forty came. Nine spoke for it, one asked about noise.", 40
    )
    hearings.record_hearing(cast.case_id, cast.people["chair"], record)


def say_open_space(cast: Cast, _story: Story) -> None:
    """Where the rules ask for it, the broker has looked: this plot is no open space."""
    if applies(cast.case, "open_space_notices"):
        holder.record_notice(cast.case_id, cast.people["broker"], open_space=False)


def support(cast: Cast, _story: Story) -> None:
    words = "I live next door and would rather look at beans than at fly-tipping."
    service.represent(cast.case_id, cast.people["neighbour"], supports=True, words=words)


def oppose(cast: Cast, _story: Story) -> None:
    words = "Where will the cars of the visitors stand?"
    service.represent(cast.case_id, cast.people["critic"], supports=False, words=words)


def answer(cast: Cast, _story: Story) -> None:
    words = "Everybody comes on foot: the garden is for the four streets around it."
    answers = {r.id: words for r in cast.case.representations if not r.supports}
    service.answer(cast.case_id, cast.people["rosa"], answers)


def name_alternative(cast: Cast, _story: Story) -> None:
    plan = {
        "name": "Overflow car park",
        "use": "Parking for the leisure centre on event days.",
        "begins": clock.today() + timedelta(days=700),
        "budget_line": "Transport capital 2027, line 14",
        "document": "Parking strategy 2025, page 31",
    }
    benefits = {"regeneration": ("Thirty spaces on ten days a year.", "Counts of event traffic.")}
    officer = cast.people["officer"]
    holder.name_alternative(cast.case_id, officer, planned=True, plan=plan, benefits=benefits)


def scores(who: str, *, rival: bool = False, little: bool = False) -> Deed:
    """A panel member's sheet for a case; `little`: where nothing convinces."""
    number = int(who.removeprefix("panel"))
    column, place = number % 2, (number - 1) % MOST_MEMBERS

    def act(cast: Cast, story: Story) -> None:
        case = cast.rival if rival else cast.case
        if place >= panel_size(case):
            return  # this panel is complete without
        sheet = {}
        for criterion in profile_of(case).criteria:
            ours, theirs = story.points.get(criterion, ((1, 1), (1, 1)))
            mine = 0 if little else ours[column] - (1 if rival and ours[column] else 0)
            said = {Side.PROPOSAL: mine, Side.ALTERNATIVE: theirs[column]}
            for side in sides_of(case):
                sheet[side, criterion] = (said[side], "From what was written and its evidence.")
        panel.score(case.id, cast.people[who], sheet)

    return act


def check(cast: Cast, _story: Story) -> None:
    _check(cast, cast.case_id)


def check_rival(cast: Cast, _story: Story) -> None:
    _check(cast, cast.rival_id)


def _check(cast: Cast, case_id: int) -> None:
    answers = dict.fromkeys(profile_of(cast.case).capacity, (True, "Seen by the broker."))
    panel.check_capacity(case_id, cast.people["broker"], answers)


def decide(who: str = "chair") -> Deed:
    """The chair decides as the test came out."""

    def act(cast: Cast, _story: Story) -> None:
        panel.decide(cast.case_id, cast.people[who], reasons="As the panel found.")

    return act


def refuse(cast: Cast, _story: Story) -> None:
    panel.decide(
        cast.case_id,
        cast.people["chair"],
        reasons="The panel was not convinced.",
        ground="benefit_not_shown",
        evidence="The panel's sheets: no criterion was given a point.",
    )


def refuse_rival(cast: Cast, _story: Story) -> None:
    panel.decide(
        cast.rival_id,
        cast.people["chair"],
        reasons="The other group's proposal brings more.",
        ground="better_alternative",
        evidence="Both tests, side by side.",
    )


def ask_review(cast: Cast, _story: Story) -> None:
    words = "The letters of forty households were not before the panel."
    reviewing.ask_review(cast.case_id, cast.people["rosa"], words)


def draft(cast: Cast, story: Story) -> None:
    said = {
        "starts_on": clock.today() + timedelta(days=14),
        "term_months": story.proposal["term_months"],
    } | story.terms
    negotiating.draft_agreement(cast.case_id, cast.people["broker"], said)


def accepts(who: str) -> Deed:
    """One side accepts every term that is on the table."""

    def act(cast: Cast, _story: Story) -> None:
        there = terms.now_of(terms.current(cast.case_id))
        shown = {key: now.row.version for key, now in there.items()}
        negotiating.accept_terms(cast.case_id, cast.people[who], shown)

    return act


def contract_out(cast: Cast, _story: Story) -> None:
    scan = Sent(snapshot("notice and declaration"), "notice.jpg", "The notice and declaration.")
    negotiating.contract_out(
        cast.case_id,
        cast.people["officer"],
        route=Route.SIMPLE,
        notice_on=clock.today() - timedelta(days=15),
        declared_on=clock.today(),
        declared_by="Rosa",
        scan=scan,
    )


def signs(who: str, name: str) -> Deed:
    """One side signs the bytes it was shown."""

    def act(cast: Cast, _story: Story) -> None:
        shown_hash = terms.current(cast.case_id).sha256
        agreements.sign(cast.case_id, cast.people[who], name=name, shown_hash=shown_hash)

    return act


def take_deposit(cast: Cast, _story: Story) -> None:
    deposits.take(cast.case_id, cast.people["broker"], paid_by=Paid.CASH)


def hand_over(cast: Cast, _story: Story) -> None:
    agreements.hand_over(cast.case_id, cast.people["broker"], "Keys and photographs exchanged.")


def give_back(cast: Cast, _story: Story) -> None:
    agreements.end(cast.case_id, cast.people["broker"], "Swept clean; walls as they were found.")


def settle_deposit(cast: Cast, _story: Story) -> None:
    deposits.settle(cast.case_id, cast.people["broker"])
