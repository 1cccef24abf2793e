"""Every form of the portal with a case or let brought to where it can be sent: what test_hostile.py sends badly."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import delete, insert, select

from portal import clock
from portal.agreements import deposits, negotiating
from portal.agreements import service as agreements
from portal.areas.profile import in_force
from portal.db import db, transaction
from portal.lettings import service as lettings
from portal.lettings.finding import saving
from portal.lettings.paying import deposits as let_deposits
from portal.models import Model
from portal.money.rules import Paid
from portal.notices.models import Letter
from portal.notices.service import write
from portal.people import organisers, second_step
from portal.people import service as people
from portal.people.models import Membership, RoleGrant, SecondStep
from portal.people.rules import Role
from portal.petitions import service as petitions
from portal.proposals import files
from portal.proposals import service as cases
from portal.proposals.uses import UseKind
from portal.proposals.writing import declaring
from portal.register.rules import Opener
from portal.venues import opening
from portal.venues.opening import Opens
from tests import factories
from tests.hearings.stage import Open
from tests.lettings import make
from tests.lettings.dates import worlds
from tests.money import books
from tests.proposals.stage import BENEFITS, PLAN, Stage
from tests.rounds import make as rounds


class Sent(NamedTuple):
    """A form that can be sent: brings the world there and gives (path, who may send it); what a good answer is."""

    bring: Callable[[], tuple[str, str]]
    good: dict[str, Any]
    files: tuple[str, ...] = ()  # fields that take a file


def day(name: str, when: date) -> dict[str, str]:
    return {f"{name}-{part}": str(getattr(when, part)) for part in ("day", "month", "year")}


def at_case(bring: Callable[[Stage], object], slug: str, who: str) -> Callable[[], tuple[str, str]]:
    """A case brought to where `who` can take the action of that address."""

    def brought() -> tuple[str, str]:
        stage = Stage()
        bring(stage)
        return f"/cases/{stage.case_id}/{slug}", stage.emails[who]

    return brought


def claim() -> tuple[str, str]:
    stage = Stage()
    return f"/assets/{stage.asset_id}/claim", stage.emails["organiser"]


def spoken_about(stage: Stage) -> None:
    cases.represent(stage.on_notice().case_id, stage.resident, supports=False, words="Too loud.")


def petitioned(stage: Stage) -> None:
    stage.on_notice()
    petitions.open_petition(stage.case_id, stage.organiser, "Open it.", date(2026, 6, 1))


def hearing(bring: Callable[[Open], object], slug: str, who: str) -> Callable[[], tuple[str, str]]:
    """A case whose hearing is open, brought to where `who` can send that page."""

    def brought() -> tuple[str, str]:
        stage = Open().to_test()
        bring(stage)
        return f"/cases/{stage.case_id}/{slug}", stage.emails[who]

    return brought


def checked_and_scored(stage: Stage, points: int) -> None:
    stage.scored(ours=points)


def ended_with_deposit(stage: Stage) -> None:
    stage.agreed(deposit=5000)
    deposits.take(stage.case_id, stage.broker, paid_by=Paid.CASH)
    stage.sign("organiser")
    stage.sign("officer")
    agreements.hand_over(stage.case_id, stage.broker, "Sound.")
    agreements.end(stage.case_id, stage.broker, "A broken gate.")


def claimed(stage: Stage) -> None:
    ended_with_deposit(stage)
    deposits.claim(stage.case_id, stage.broker, pence=2000, why="The gate.", evidence="A bill.")


def renewing(stage: Stage) -> None:
    stage.in_use()
    negotiating.renew(stage.case_id, stage.organiser, term_months=12)


SHOWN = "as the page shows it"
WEEKLY = {
    "Mo_0_from": "09:00",
    "Mo_0_to": "12:00",
    "PH_0_from": "10:00",
    "PH_0_to": "11:00",
    "holidays": "other",
}
DETAILS = {
    "name": "Attic", "capacity": "12", "buffer_before_minutes": "15", "buffer_after_minutes": "5", "facilities": "piano",
    "hire_when": "in_term",
}  # fmt: skip
OPENS = {
    "role": "caretaker", "name": "Mo Khan", "email": "mo@example.org", "phone": "0161", "days": "3", "until": "21:00",
    "cost_pence": "15",
}  # fmt: skip


def at_venue(path: str) -> Callable[[], tuple[str, str]]:
    """A page of those who keep a building with a room that a caretaker opens."""

    def brought() -> tuple[str, str]:
        here = make.place()
        room = make.room(here)
        opens = Opens(Opener.STAFF, "Jo")
        one = opening.add_keyholder(here.ids.broker, here.building.id, opens)
        ids = {
            "room": room.id,
            "building": here.building.id,
            "holder": here.holder.id,
            "one": one.id,
        }
        return path.format(**ids), here.officer.email

    return brought


def at_let(bring: Callable[..., Any], name: str, who: str) -> Callable[[], tuple[str, str]]:
    """A let brought to where `who` can do the deed of that name."""

    def brought() -> tuple[str, str]:
        here = make.place()
        let = bring(here, make.room(here))
        return f"/lets/{let.id}/{name.format(date=let.occurrences[-1].id)}", getattr(
            here, who
        ).email

    return brought


def claimed_at_let(here: Any, room: Any) -> Any:
    let = cancelled_with_deposit(here, room)
    return let_deposits.claim_deposit(
        here.ids.broker, let.id, pence=500, why="A chair.", evidence="A photo."
    )


def dear(here, room):
    """A confirmed let that costs £6 a meeting."""
    asked = make.requested(here, room, max_pence=10_00)
    return lettings.approve(here.ids.broker, asked.id, price_pence=6_00)


def promised(here: Any, room: Any) -> Any:
    let = make.deposit_due(here, room)
    let_deposits.pledge_deposit(here.ids.broker, let.id, who="The parish council")
    return lettings.cancel(here.ids.broker, let.id, why="The roof leaks.")


def cancelled_with_deposit(here: Any, room: Any) -> Any:
    let = make.confirmed_with_deposit(here, room)
    return lettings.cancel(here.ids.broker, let.id, why="The roof leaks.")


def at_english_case() -> tuple[str, str]:
    """Where open space has to be told in a newspaper."""
    stage = Stage(profile="england_cat").draft()
    more = {"use_kind": UseKind.GROWING, "safeguarding": "Two adults."}
    cases.save_draft(stage.case_id, stage.organiser, more, BENEFITS)
    declaring.register_interest(stage.case_id, stage.organiser)
    cases.lodge(stage.case_id, stage.organiser)
    cases.validate(stage.case_id, stage.broker)
    return f"/cases/{stage.case_id}/record-notice", stage.emails["broker"]


def with_a_file(stage: Stage) -> None:
    ready = files.ready(files.Sent(factories.photo(), "plot.jpg"))
    files.add(stage.draft().case_id, stage.organiser, [ready])


def a_repeat(stage: Stage) -> None:
    stage.refused_and_lodged_again()


def own_group(end: str) -> Callable[[], tuple[str, str]]:
    """The page of a group that two people organise."""

    def brought() -> tuple[str, str]:
        area = factories.area()
        person, other = factories.user(), factories.user()
        group = factories.group(area, person)
        db.session.add(Membership(user_id=other.id, group_id=group.id))
        db.session.commit()
        return f"/groups/{group.id}{end}", person.email

    return brought


def invitation() -> tuple[str, str]:
    area = factories.area()
    person = factories.user()
    group_id, email = factories.group(area, person).id, "new@example.org"
    organisers.invite(person.id, group_id, email)
    body = db.session.scalars(select(Letter.body).where(Letter.to == email)).one()
    return re.search(r"/groups/join/\S+", body)[0], email


def at_holder(path: str) -> Callable[[], tuple[str, str]]:
    """A page of a holder, with one room, for its officer."""

    def brought() -> tuple[str, str]:
        here = make.place()
        place = make.room(here).id
        return path.format(holder=here.holder.id, place=place), here.officer.email

    return brought


def in_round(path: str, who: str, *, solved: bool = False) -> Callable[[], tuple[str, str]]:
    """A page of a round in which a group has named a room; `solved`, it is closed and proposed."""

    def brought() -> tuple[str, str]:
        here = make.place()
        hall = make.room(here, name="Hall")
        make.room(here, name="Parlour")
        there = rounds.spring(here)
        asked = rounds.asked(here.ids.organiser, here.group_id, there.id, (hall, 3), times=2)
        if solved:
            rounds.proposed(here, there.id)
        return path.format(round=there.id, asked=asked.id), getattr(here, who).email

    return brought


PROFILE = in_force("pilot_compact", date(2026, 3, 2))

NEED = {
    "day": "3", "starts": "18:00", "ends": "20:00", "every": "1", "people": "15", "within": "3", "near": "M33 2AA",
    "first-day": "5", "first-month": "3", "first-year": "2026", "last-day": "31", "last-month": "5", "last-year": "2026",
}  # fmt: skip


def ask() -> tuple[str, str]:
    here = make.place()
    room = make.room(here)
    query = "&".join(f"{name}={value.replace(' ', '+')}" for name, value in NEED.items())
    return f"/rooms/{room.id}/ask?{query}", here.organiser.email


def need() -> tuple[str, str]:
    path, who = ask()
    return f"/needs/new?{path.partition('?')[2]}", who


def need_to_stop() -> tuple[str, str]:
    here = make.place()
    return f"/needs/{saving.save(here.ids.organiser, make.wish()).id}/stop", here.organiser.email


def page_of(path: str, role: Role | None = None) -> Callable[[], tuple[str, str]]:
    """A page that needs nothing but an area, for somebody with a role."""

    def brought() -> tuple[str, str]:
        area = factories.area()
        factories.holder(area)
        person = factories.with_role(area, role) if role else factories.user()
        return path, person.email

    return brought


def grant_to_take() -> tuple[str, str]:
    area = factories.area()
    admin = factories.with_role(area, Role.ADMINISTRATOR)
    other = factories.with_role(area, Role.PANEL)
    taken = db.session.scalar(select(RoleGrant.id).where(RoleGrant.user_id == other.id))
    return f"/setup/roles/{taken}/take", admin.email


def signed_in_twice() -> tuple[str, str]:
    factories.area()
    person = factories.user()
    return f"/account/sign-out/{factories.signed_in(person.id).id}", person.email


def letter_to_send() -> tuple[str, str]:
    admin = factories.with_role(factories.area(), Role.ADMINISTRATOR)
    with transaction() as session:
        write(to="gone@example.org", subject="Hello", body="Hello", key="paper:1")
        letter = session.scalars(select(Letter)).one()
        letter.gave_up_at = clock.now()
    return f"/setup/letters/{letter.id}/again", admin.email


def link_to_use() -> tuple[str, str]:
    factories.area()
    return "/sign-in/" + people.make_link("new@example.org").rpartition("/")[2], "other@example.org"


def lost_telephone() -> tuple[str, str]:
    area = factories.area()
    person = factories.with_role(area, Role.PANEL, email="pat@example.org")
    salt = second_step.new_salt()
    db.session.add(SecondStep(user_id=person.id, salt=salt, made_at=clock.now(), last_counter=0))
    db.session.commit()
    return "/people/second-step", factories.with_role(area, Role.ADMINISTRATOR).email


def sheet() -> dict[str, str]:
    names = PROFILE.criteria
    given = {f"points_proposal_{name}": "3" for name in names}
    return given | {f"reason_proposal_{name}": "It helps." for name in names}


def capacity() -> dict[str, str]:
    items = PROFILE.capacity
    return {f"holds_{i}": "yes" for i in items} | {f"evidence_{i}": "Seen." for i in items}


SETTINGS = {
    "product_name": "Meanwhile", "colour": "#1d5c4d", "mark": "", "basemap_url": "", "basemap_attribution": "",
    "data_attribution": "ONS", "resolution_reference": "", "senior_officer": "Ada Hill",
    "commission_basis_points": "12.5",
}  # fmt: skip

HEARING = {
    "shown": "", "starts": "18:30", "ends": "20:30", "place": "Town Hall", "access": "step_free", "access_note": "Ring.",
    "remote_link": "https://meet.example.org/x", "phone_in": "0161 496 0000", "agenda": "Opening", "side_minutes": "10",
    "other_minutes": "3",
}  # fmt: skip

FORMS: dict[str, Sent] = {
    "sign in": Sent(page_of("/sign-in"), {"email": "rosa@example.org", "next": "/desk"}),
    "use a link": Sent(link_to_use, {}),
    "sign out others": Sent(page_of("/account/sign-out-others"), {}),
    "sign out another": Sent(signed_in_twice, {}),
    "take a second step off": Sent(
        lost_telephone, {"email": "pat@example.org", "why": "Lost on a bus."}
    ),
    "group": Sent(own_group("/invite"), {"email": "pat@example.org"}),
    "leave": Sent(own_group("/leave"), {}),
    "join": Sent(invitation, {}),
    "account": Sent(page_of("/account"), {"name": "Rosa"}),
    "new group": Sent(page_of("/groups/new"), {"name": "Menders", "kind": "charity", "sponsor": "Church"}),
    "keep a need": Sent(need, {}),
    "stop a need": Sent(need_to_stop, {}),
    "settings": Sent(page_of("/setup", Role.ADMINISTRATOR), SETTINGS),
    "give a role": Sent(
        page_of("/setup/roles", Role.ADMINISTRATOR), {"email": "pat@example.org", "name": "Pat", "role": "panel", "holder": "0"}
    ),
    "take a role": Sent(grant_to_take, {}),
    "claim": Sent(claim, {"group": "1"}),
    "write what": Sent(at_case(Stage.draft, "edit/what", "organiser"), {"title": "Beds", "use_kind": "growing", "use": "Raised beds."}),
    "write when": Sent(at_case(Stage.draft, "edit/when", "organiser"), {"timescale": "In March.", "term_months": "24"}),
    "write means": Sent(at_case(Stage.draft, "edit/means", "organiser"), {"costs": "A raffle.", "insurance": "The church."}),
    "write who": Sent(at_case(Stage.draft, "edit/who", "organiser"), {"responsible": "Rosa.", "backing": "The school.", "safeguarding": "Two adults."}),
    "write brings": Sent(at_case(Stage.draft, "edit/brings", "organiser"), {"gain_social": "They meet.", "evidence_social": "Parties."}),
    "files": Sent(at_case(with_a_file, "files", "organiser"), {"shows": "The plot.", "shows_1": "The gate."}),
    "register interest": Sent(at_case(Stage.draft, "register-interest", "organiser"), {}),
    "lodge": Sent(at_case(Stage.draft, "lodge", "organiser"), {}),
    "return": Sent(at_case(Stage.lodged, "return-incomplete", "broker"), {"which": "costs", "words": "The costs."}),
    "validate": Sent(at_case(Stage.lodged, "validate", "broker"), {}),
    "decline a repeat": Sent(at_case(a_repeat, "decline-repeat", "broker"), {"words": "It is the same."}),
    "validate a repeat": Sent(at_case(a_repeat, "validate", "broker"), {"words": "The wall was mended."}),
    "moderate": Sent(at_case(spoken_about, "moderate", "broker"), {"which": "1", "reason": "abusive", "words": "It insults."}),
    "represent": Sent(at_case(Stage.on_notice, "represent", "resident"), {"stance": "for", "words": "Green."}),
    "answer": Sent(at_case(spoken_about, "answer", "organiser"), {"answer_1": "Only until eight."}),
    "agree": Sent(at_case(Stage.on_notice, "agree", "officer"), {"words": "Gladly."}),
    "object": Sent(at_case(Stage.on_notice, "object", "officer"), {"ground": "operational_need", "evidence": "Plan.", "officer": "Olu", "post": "Head"}),
    "alternative": Sent(
        at_case(Stage.on_notice, "name-alternative", "officer"),
        {k: str(v) for k, v in PLAN.items() if k != "begins"} | day("begins", PLAN["begins"]) | {"planned": "plans", "gain_social": "Cars.", "evidence_social": "Counts."},
    ),
    "declare": Sent(at_case(Stage.under_test, "declare-interest", "panel"), {}),
    "score": Sent(at_case(Stage.under_test, "score", "panel"), sheet()),
    "keep scores": Sent(at_case(Stage.under_test, "score/later", "panel"), sheet()),
    "sum up": Sent(at_case(Stage.scored, "sum-up", "chair"), {"words": "It spoke to us."}),
    "open space": Sent(at_english_case, {"open_space": "no", "words": "The register.", "newspaper": ""}),
    "capacity": Sent(at_case(Stage.under_test, "check-capacity", "broker"), capacity()),
    "grant": Sent(at_case(lambda s: checked_and_scored(s, 4), "decide", "chair"), {"reasons": "Good."}),
    "refuse": Sent(at_case(lambda s: checked_and_scored(s, 0), "decide", "chair"), {"ground": "benefit_not_shown", "evidence": "None.", "reasons": "No."}),
    "show the sign": Sent(
        at_case(Stage.lodged, "show-sign", "organiser"), {"shows": "At the gate."} | day("taken_on", date(2026, 3, 2)), ("photo",)
    ),
    "withdraw": Sent(at_case(Stage.on_notice, "withdraw", "organiser"), {"words": "Moved."}),
    "open a petition": Sent(at_case(Stage.on_notice, "open-petition", "organiser"), {"words": "Open it."} | day("closes_on", date(2026, 6, 1))),
    "count paper": Sent(
        at_case(petitioned, "count-paper", "broker"), {"valid": "34", "double": "2", "outside": "1", "unreadable": "3"}, ("scan",)
    ),
    "send a letter again": Sent(letter_to_send, {}),
    "residents": Sent(page_of("/setup/residents", Role.ADMINISTRATOR), {"whole": "8431", "source": "Census 2021"}),
    "set a hearing": Sent(hearing(lambda _stage: None, "set-hearing", "chair"), HEARING | day("on", date(2026, 5, 6)) | day("speak_until", date(2026, 5, 4))),
    "record a hearing": Sent(hearing(Open.held, "record-hearing", "chair"), {"outcome": "with_conditions", "conditions": "Quiet.", "attendance": "31", "minutes": "All spoke."}, ("paper",)),
    "add to the minutes": Sent(hearing(Open.minuted, "add-to-minutes", "chair"), {"words": "The holder said May."}),
    "put speakers in order": Sent(hearing(Open.listed, "hearing/speakers", "chair"), {"speaker": "1", "to": "later"}),
    "speak at a hearing": Sent(hearing(Open.set, "hearing/speak", "resident"), {"name": "Anil", "side": "for", "coming": "room", "needs": "A chair."}),
    "terms": Sent(
        at_case(Stage.granted, "draft-agreement", "broker"),
        {"form": "licence", "term_months": "36", "rent": "120", "deposit": "50", "permitted_use": "Beds.", "further": "None."} | day("starts_on", date(2026, 9, 1)),
    ),
    "change a term": Sent(at_case(Stage.in_agreement, "change-terms?term=rent", "organiser"), {"value": "12", "version": "1"}),
    "accept terms": Sent(at_case(Stage.in_agreement, "accept-terms", "officer"), {"which": "rent:1", "shown": "rent:1"}),
    "contract out": Sent(
        at_case(lambda s: s.granted().terms(form="lease"), "contract-out", "broker"),
        {"route": "simple", "declared_by": "Rosa Hill"} | day("notice_on", date(2026, 4, 30)) | day("declared_on", date(2026, 4, 30)),
        ("scan",),
    ),
    "take a deposit": Sent(at_case(lambda s: s.agreed(deposit=5000), "take-deposit", "broker"), {"paid_by": "transfer"}),
    "waive a deposit": Sent(at_case(lambda s: s.agreed(deposit=5000), "waive-deposit", "broker"), {"why": "A poor group."}),
    "sign": Sent(at_case(Stage.agreed, "sign", "organiser"), {"name": "Rosa Hill", "position": "Treasurer", "read": "y"}),
    "hand over": Sent(at_case(Stage.signed, "hand-over", "broker"), {"words": "Sound.", "keys": "Two.", "meters": "00123"}),
    "give notice": Sent(at_case(Stage.in_use, "give-notice", "organiser"), {"why": "We move."} | day("ends_on", date(2026, 12, 1))),
    "renew": Sent(at_case(Stage.in_use, "renew", "organiser"), {"term_months": "12"}),
    "keep on": Sent(at_case(renewing, "keep-on", "officer"), {}),
    "condition photos": Sent(at_case(Stage.signed, "agreement/photos", "officer"), {}),
    "end": Sent(at_case(Stage.in_use, "end", "organiser"), {"words": "Clean.", "keys": "Two back.", "meters": "00456"}),
    "claim of a deposit": Sent(at_case(ended_with_deposit, "claim-deposit", "broker"), {"pence": "20", "why": "The gate.", "evidence": "A bill."}),
    "answer a claim": Sent(at_case(claimed, "answer-claim", "organiser"), {"agrees": "no", "words": "It was broken before."}),
    "settle a deposit": Sent(at_case(ended_with_deposit, "settle-deposit", "broker"), {}),
    "ask": Sent(ask, {"group": "1", "insurance": "venue", "safeguarding": "y", "note": "Wheelchairs."}),
    "week": Sent(at_venue("/venues/{building}/hours/public"), WEEKLY | {"shown": SHOWN}),
    "week as text": Sent(at_venue("/venues/{room}/hours/hire/text"), {"text": "Mo 10:00-12:00", "shown": SHOWN}),
    "details": Sent(at_venue("/venues/{room}/details"), DETAILS | {"shown": SHOWN}),
    "prices": Sent(at_venue("/venues/{room}/prices"), {"standard": "5", "rate_charity": "2", "shown": SHOWN}),
    "access": Sent(at_venue("/venues/{room}/access"), {"parking": "yes"} | day("on", date(2026, 3, 1))),
    "add a room": Sent(at_venue("/venues/{building}/room"), {"name": "Attic", "capacity": "12"}),
    "divide": Sent(at_venue("/venues/{room}/divide"), {"first": "North", "first_capacity": "10", "second": "South", "second_capacity": "12"}),
    "name who opens": Sent(at_venue("/venues/{room}/openers/new"), OPENS),
    "change who opens": Sent(at_venue("/openers/{one}"), OPENS | {"shown": SHOWN}),
    "take out who opens": Sent(at_venue("/openers/{one}/remove"), {}),
    "term dates": Sent(at_venue("/holders/{holder}/terms"), {"text": "Autumn, 1 September 2026 to 18 December 2026"}),
    "close": Sent(at_venue("/holders/{holder}/closures"), {"place": "0", "why": "Works."} | day("first", date(2026, 4, 1)) | day("last", date(2026, 4, 3))),
    "approve": Sent(at_let(make.requested, "approve", "broker"), {"price_pence": "0", "deposit_pence": "20", "waiver": ""}),
    "decline": Sent(at_let(make.requested, "decline", "broker"), {"why": "A wedding."}),
    "accept": Sent(at_let(make.offered, "accept", "organiser"), {}),
    "deposit": Sent(at_let(make.deposit_due, "record_deposit", "broker"), {"paid_by": "cash"}),
    "waive": Sent(at_let(make.deposit_due, "waive_deposit", "broker"), {"why": "Poor."}),
    "take back": Sent(at_let(make.requested, "withdraw", "organiser"), {"why": "Moved."}),
    "cancel a let": Sent(at_let(make.confirmed, "cancel", "organiser"), {"why": "Ill."}),
    "cancel a date": Sent(at_let(make.confirmed, "dates/cancel?date={date}", "broker"), {"dates": "1", "why": "Easter."}),
    "give a date up": Sent(at_let(make.confirmed, "dates/give-up", "organiser"), {"dates": "1", "why": "Easter."}),
    "take a date back": Sent(worlds.given_up, {"dates": "1"}),
    "move a date": Sent(at_let(make.confirmed, "dates/{date}/move", "organiser"), {"to": "2@18:30"}),
    "say who came": Sent(worlds.today, {"came": "yes", "people": "14"}),
    "keep a room": Sent(worlds.asked_to_keep, {}),
    "wait": Sent(lambda: worlds.wait(NEED), {"group": "2", "insurance": "venue", "safeguarding": "y", "note": "Wheelchairs."}),
    "wait no longer": Sent(worlds.waits, {}),
    "answer an offer": Sent(worlds.offered, {"answer": "take"}),
    "give back": Sent(at_let(cancelled_with_deposit, "return_deposit", "broker"), {}),
    "keep a part": Sent(at_let(cancelled_with_deposit, "claim_deposit", "broker"), {"pence": "5", "why": "A chair.", "evidence": "Photo."}),
    "answer the claim": Sent(at_let(claimed_at_let, "answer_claim", "organiser"), {"agrees": "no", "words": "It was broken before."}),
    "promise": Sent(at_let(make.deposit_due, "pledge_deposit", "broker"), {"who": "The parish council"}),
    "deposit by mistake": Sent(at_let(make.confirmed_with_deposit, "undo_deposit", "broker"), {"why": "Another group."}),
    "end the promise": Sent(at_let(promised, "end_pledge", "broker"), {}),
    "record a payment": Sent(books.charged("/money/charges/{charge}/pay"), {"pence": "20", "paid_by": "cash", "shown": SHOWN}),
    "give back what was too much": Sent(books.too_much("/money/charges/{charge}/give-back"), {"paid_by": "cash", "shown": SHOWN}),
    "ask for rent": Sent(at_let(dear, "ask_rent", "broker"), {"month": "2026-03-01"}),
    "write off": Sent(books.charged("/money/charges/{charge}/write-off"), {"why": "The group is no more."}),
    "take an entry back": Sent(books.paid("/money/entries/{posting}/take-back"), {"why": "Another group's."}),
    "pay a holder out": Sent(books.paid("/money/holders/{holder}/pay-out"), {"pence": "20", "shown": SHOWN}),
    "move money": Sent(books.paid("/money/move"), {"pence": "20", "source": "bank", "target": "cash", "shown": SHOWN}),
    "refund by hand": Sent(books.failed_refund("/money/refunds/{refund}/by-hand"), {}),
    "approve in advance": Sent(at_holder("/hosting/{holder}/approvals/new"), {"place": "0", "most_people": "20", "most_pence": "0", "days": "3", "starts": "17:00", "ends": "22:00", "kinds": "charity"} | day("last", date(2027, 3, 1))),
    "block a room": Sent(at_holder("/hosting/rooms/{place}/block"), {"why": "Exams.", "days": "3", "starts": "09:00", "ends": "12:00"} | day("first", date(2026, 3, 3)) | day("last", date(2026, 5, 1))),
    "deposit of a room": Sent(at_holder("/hosting/rooms/{place}/deposit"), {"pence": "20"}),
    "way in": Sent(at_holder("/hosting/places/{place}/way-in"), {"words": "The code is 4711.", "version": "0"}),
    "give a key": Sent(at_let(make.confirmed, "keys", "broker"), {"key_what": "Front door", "key_to": "Ruth"} | day("key_due", date(2026, 3, 6))),
    "whose insurance": Sent(at_let(make.requested, "cover", "organiser"), {"insurance": "sponsor", "sponsor": "St Paul"}),
    "paper seen": Sent(at_let(make.confirmed, "papers", "broker"), {"kind": "insurance", "what": "Liability."} | day("seen_on", date(2026, 3, 1)) | day("valid_until", date(2027, 3, 1))),
    "open a round": Sent(in_round("/rounds/new", "broker"), {"name": "Autumn"} | day("first", date(2026, 9, 1)) | day("last", date(2026, 12, 18)) | day("closes_on", date(2026, 8, 1))),
    "ask in a round": Sent(in_round("/rounds/{round}/ask?group=1", "organiser"), {"group": "1", "people": "15", "times": "2", "near": "M33 2AA", "within": "3", "pay": "4", "insurance": "venue", "safeguarding": "y"}),
    "name a room": Sent(in_round("/rounds/requests/{asked}/wishes", "organiser"), {"room": "3", "day": "2", "starts": "18:00", "ends": "20:00"}),
    "leave a round": Sent(in_round("/rounds/requests/{asked}/leave", "organiser"), {}),
    "give a round up": Sent(in_round("/rounds/{round}/give-up", "broker"), {"why": "The halls are painted."}),
    "open a round again": Sent(in_round("/rounds/{round}/reopen", "broker", solved=True), day("closes_on", date(2026, 3, 25))),
    "give a room by hand": Sent(in_round("/rounds/{round}/requests/{asked}/place?day=1&starts=18:00&ends=20:00", "broker", solved=True), {"room": "3"}),
    "publish a round": Sent(in_round("/rounds/{round}/publish", "broker", solved=True), {"version": "3"}),
}  # fmt: skip


KEEPERS = r"""SELECT name, sql FROM sqlite_master WHERE type = 'trigger'
             AND (sql LIKE '%RAISE%' OR name LIKE 'register_%' OR name LIKE 'asset_changed%'
                  OR name LIKE 'rooms_begin%' OR name LIKE 'hold_changed%' OR name LIKE '%\_said\_%' ESCAPE '\')"""


def everything() -> dict[str, list[dict[str, Any]]]:
    """All rows of all tables."""
    with db.engine.connect() as connection:
        return {
            table.name: sorted(
                (dict(row._mapping) for row in connection.execute(select(table))), key=str
            )
            for table in Model.metadata.sorted_tables
        }


def put_back(rows: dict[str, list[dict[str, Any]]]) -> None:
    """The database as it was when `everything` was taken; round the triggers that keep signed and paid things."""
    db.session.rollback()
    db.session.expunge_all()
    tables = Model.metadata.sorted_tables
    with db.engine.begin() as connection:
        if db.engine.dialect.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        else:
            kept = connection.exec_driver_sql(KEEPERS).all()
            for name, _sql in kept:
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
        for table in reversed(tables):
            connection.execute(delete(table))
        for table in tables:
            if rows[table.name]:
                connection.execute(insert(table), rows[table.name])
        if db.engine.dialect.name == "sqlite":
            for _name, sql in kept:
                connection.exec_driver_sql(sql)


def counts(rows: dict[str, list[dict[str, Any]]]) -> dict[str, int]:
    """How many rows there are. Of the audit log not: what is refused is written down there too."""
    return {name: len(found) for name, found in rows.items() if name != "audit_entry"}
