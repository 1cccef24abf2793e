"""Letters of money, rounds, lets, groups and accounts: each kind, on both engines, with nothing left in English."""

import re
from datetime import UTC, date, datetime, time, timedelta
from fnmatch import fnmatchcase

import pyotp
import pytest
from flask import current_app
from flask_babel import LazyString
from sqlalchemy import delete, select, update

from portal import clock
from portal.areas.models import Ward
from portal.db import db, transaction
from portal.lettings import service as lets
from portal.lettings.dates import service as dates
from portal.lettings.dates import tick as dates_tick
from portal.lettings.dates import waiting
from portal.lettings.finding import saving
from portal.lettings.hosting import entry, evidence, keys, standing
from portal.lettings.hosting.rules import Approval, Paper
from portal.lettings.hosting.tick import tick as hosting_tick
from portal.lettings.models import Let, Occurrence
from portal.lettings.paying import cards as let_cards
from portal.lettings.paying import deposits, rent
from portal.lettings.paying.tick import tick as paying_tick
from portal.lettings.rules import Insurance
from portal.money import charging, settling
from portal.money.models import CardPayment, CardRefund, Charge, Posting
from portal.money.rules import Paid, PostingKind
from portal.money.tick import tick as money_tick
from portal.notices import rules
from portal.notices.service import write
from portal.people import organisers, second_step
from portal.people import service as people
from portal.people.models import SignedIn, User
from portal.people.rules import Role
from portal.petitions import counting, queries
from portal.petitions.tick import tick as petitions_tick
from portal.privacy import unused
from portal.rounds import publishing
from portal.rounds import service as rounds
from portal.rounds.models import Round
from portal.sightings import answering
from portal.sightings.rules import Reason
from portal.watches.rules import MOST
from tests import factories
from tests.conftest import THE_DAY
from tests.lettings import make
from tests.notices.languages import marked, unsaid, written
from tests.petitions import make as petitions
from tests.rounds import make as round_make
from tests.sightings import make as sightings
from tests.watches import make as watches

MARCH, THURSDAY = date(2026, 3, 1), 3
WHY = "«Because.»"
WISH = {"insurance": Insurance.VENUE, "safeguarding": True}


def on(month, day, hour=12):
    return clock.at(datetime(2026, month, day, hour, tzinfo=UTC))


def priced(here, name="Hall"):
    """A let of Thursdays at £6."""
    let = make.requested(here, make.room(here, name=name, price_pence_hour=3_00), max_pence=10_00)
    return lets.approve(here.ids.broker, let.id)


def rent_is_asked_for(_pay):
    """In advance, paid, partly given up, given back; a second month late, written off; paid out."""
    here = make.place()
    let = priced(here)
    rent.ask_ahead(here.ids.broker, let.id, month=MARCH)
    rent.ask_ahead(here.ids.broker, let.id, month=date(2026, 4, 1))
    first, second = (one.id for one in db.session.scalars(select(Charge).order_by(Charge.id)))
    paid = charging.record_payment(here.ids.broker, first, pence=24_00, paid_by=Paid.CASH)
    charging.reverse(here.ids.broker, paid.id, why=WHY)
    charging.record_payment(here.ids.broker, first, pence=24_00, paid_by=Paid.CASH)
    ids = [one.id for one in db.session.get_one(Let, let.id).occurrences]
    dates.release(here.ids.organiser, let.id, [ids[3], ids[4]], why=WHY)
    with on(5, 1):
        lets.tick()
        paying_tick()
        money_tick()
        charging.write_off(here.ids.broker, second, why=WHY)
        charging.pay_out(here.ids.broker, here.holder.id, pence=1_00)


def a_card_is_used(pay):
    """For a deposit and for rent; back to the card; another amount than was asked for; a card that takes nothing back."""
    here = make.place()
    let = make.deposit_due(here, make.room(here, name="Parlour"))
    _paid_by_card(pay, here, let.id)
    let = priced(here)
    rent.ask_ahead(here.ids.broker, let.id, month=MARCH)
    charge_id = db.session.scalars(select(Charge.id)).one()
    _paid_by_card(pay, here, let.id, charge_id)
    dates.release(here.ids.organiser, let.id, [_date(let.id, 3)])
    with on(4, 2):
        lets.tick()
        paying_tick()
        paid = select(Posting.id).where(Posting.kind == PostingKind.PAID)
        pay.wrong = ["", "400"]
        settling.tick()
        assert db.session.scalars(select(CardRefund)).one().said
    other = make.deposit_due(here, make.room(here, name="Attic"))
    _paid_by_card(pay, here, other.id, amount=1)
    assert db.session.scalars(paid).all()


def a_payment_by_card_is_taken_back(pay):
    here = make.place()
    let = priced(here)
    rent.ask_ahead(here.ids.broker, let.id, month=MARCH)
    _paid_by_card(pay, here, let.id, db.session.scalars(select(Charge.id)).one())
    paid = db.session.scalars(select(Posting.id).where(Posting.kind == PostingKind.PAID)).one()
    charging.reverse(here.ids.broker, paid, why=WHY)


def _paid_by_card(pay, here, let_id, charge_id=None, amount=None):
    number = let_cards.start(here.ids.organiser, let_id, charge_id)
    if amount:
        pay.payments[db.session.get_one(CardPayment, number).provider_id]["amount"] = amount
    pay.pays()
    settling.settle(number)


def _date(let_id, number):
    return db.session.get_one(Let, let_id).occurrences[number].id


def a_part_of_a_deposit_is_kept(_pay):
    here = make.place()
    said = {"pence": 5_00, "why": WHY, "evidence": "«Bill»"}
    answered, silent = (make.confirmed_with_deposit(here, make.room(here)) for _ in range(2))
    for let in (answered, silent):
        lets.cancel(here.ids.broker, let.id, why=WHY)
        deposits.claim_deposit(here.ids.broker, let.id, **said)
    deposits.answer_claim(here.ids.organiser, answered.id, agrees=False, words=WHY)
    deposits.return_deposit(here.ids.broker, answered.id, kept_pence=5_00)
    mistaken = make.confirmed_with_deposit(here, make.room(here))
    deposits.undo_deposit(here.ids.broker, mistaken.id, why=WHY)
    deposits.pledge_deposit(here.ids.broker, mistaken.id, who="«Sale Parish»")
    with on(3, 18):
        paying_tick()


def a_let_goes_its_way(_pay):
    """Asked for, approved in advance, dates moved to another holder's room, cancelled, offered, unused."""
    here = make.place()
    home, chapel = make.room(here, name="Hall"), make.room(here, name="Chapel")
    other = factories.holder(here.area)
    chapel.holder_id = other.id
    db.session.commit()
    factories.with_role(here.area, Role.OFFICER, holder=other)
    lets.withdraw(here.ids.organiser, make.requested(here, home).id)
    standing.add(here.ids.officer, here.holder.id, Approval(most_people=20, days=(3,)))
    let = make.requested(here, home)
    make.room(here, name="Green room")
    to = {"on": date(2026, 3, 19), "begins": time(18)}
    for room in (chapel, home):
        dates.move(here.ids.broker, let.id, _date(let.id, 2), room_id=room.id, **to)
    dates.move(here.ids.broker, let.id, _date(let.id, 4), room_id=chapel.id, on=date(2026, 4, 2), begins=time(19))  # fmt: skip
    dates.cancel(here.ids.officer, let.id, [_date(let.id, 3)], why=WHY)
    organiser, group = make.another_group(here, 1)
    waiting.join(organiser, home.id, group, make.wish(), **WISH)
    dates.release(here.ids.organiser, let.id, [_date(let.id, 10)])
    dates_tick.tick()
    for number in range(3):
        with clock.at(db.session.get_one(Occurrence, _date(let.id, number)).ends):
            lets.tick()
            dates.attend(here.ids.officer, let.id, _date(let.id, number), came=False)
    with on(3, 21):
        dates_tick.tick()
    with on(3, 30):
        dates_tick.tick()


def the_clock_of_hosting(_pay):
    here = make.place()
    room = make.room(here, name="Garden room")
    entry.write(here.ids.officer, here.building.id, words="«The code is 4711.»", version=0)
    let = make.confirmed(here, room)
    keys.give(here.ids.broker, let.id, what="«Door 3»", to="«Ruth»", due_on=date(2026, 3, 4))
    evidence.note(here.ids.broker, let.id, kind=Paper.INSURANCE, what="«Liability»", seen_on=MARCH, valid_until=date(2026, 3, 20))  # fmt: skip
    with on(3, 5):
        hosting_tick()


def a_round(_pay):
    """What a group gets: its first wish, at a price that is too much, with a deposit, nothing; or there is no round."""
    here = make.place()
    hall, dear = (
        make.room(here, name="Hall"),
        make.room(here, name="Ballroom", price_pence_hour=9_00),
    )
    off = round_make.spring(here, name="«Winter»")
    round_make.asked(here.ids.organiser, here.group_id, off.id, (hall, THURSDAY))
    rounds.give_up(here.ids.broker, off.id, why=WHY)
    there = round_make.spring(here, name="«Spring»")
    round_make.asked(here.ids.organiser, here.group_id, there.id, (hall, THURSDAY))
    for number, room in ((1, hall), (2, dear)):
        round_make.asked(*make.another_group(here, number), there.id, (room, THURSDAY))
    with on(3, 21):
        rounds.tick()
        rounds.propose(here.ids.broker, there.id)
        version = db.session.get_one(Round, there.id).version
        publishing.publish(here.ids.broker, there.id, version=version)


def a_group_is_organised_together(_pay):
    here = make.place()
    organisers.invite(here.ids.organiser, here.group_id, here.stranger.email)
    [letter] = written().values()
    organisers.accept(here.ids.stranger, re.search(r"/groups/join/([\w-]+)", letter)[1])
    organisers.leave(here.ids.stranger, here.group_id)


def an_account_is_looked_after(_pay):
    area = factories.area()
    factories.holder(area)
    person = people.give_role("«new»@example.org", Role.PANEL)
    codes = _second_step(person.id)
    second_step.pass_step(person.id, codes[0], here=_browser(person.id))
    second_step.new_codes(person.id)
    second_step.turn_off(person.id)
    _second_step(person.id)
    second_step.reset(person.email, WHY)
    with transaction() as session:
        session.execute(update(User).values(created_at=clock.now() - timedelta(days=2000)))
    unused.tick(clock.today() - timedelta(days=1000))


def _browser(user_id):
    now = clock.now()
    made = SignedIn(user_id=user_id, key_hash=str(now), browser="", staff=True, begun_at=now, seen_at=now)  # fmt: skip
    with transaction() as session:
        session.execute(delete(SignedIn))
        session.add(made)
        session.flush()
        return made.id


def _second_step(user_id):
    code = pyotp.TOTP(second_step.secret_of(user_id, "salt")).at(clock.now())
    return second_step.set_up(user_id, "salt", code, here=_browser(user_id))[0]


def what_is_watched_is_new_or_lost(_pay):
    """A search, a need, a report: each asked for, answered, and ended."""
    here = sightings.place()
    ward = factories.ward(here.area, name="«West»").id
    with current_app.test_request_context(headers={"Accept-Language": "cy"}):
        for query in ("kind=land&kind=room", f"ward={ward}"):
            watches.confirmed(query, email=here.emails.stranger)
        one, other = (sightings.sent(here, email="n1@example.org").id for _ in range(2))
    with clock.at(THE_DAY + timedelta(hours=1)):
        plot = sightings.plot(here, name="Plot").id
        answering.merge(here.ids.broker, one, plot)
        answering.decline(here.ids.broker, other, Reason.NOT_FOUND, answer=WHY)
        with transaction() as session:
            session.delete(session.get_one(Ward, ward))
    watches.ticks(2)
    watches.ticks(800)
    for number in range(MOST + 1):
        watches.asked(f"words=«w{number}»", email=here.emails.officer)


def a_room_is_looked_for(_pay):
    here = make.place()
    let = make.confirmed(here, make.room(here))
    saving.save(here.ids.stranger, make.wish(every_weeks=5))
    lets.cancel(here.ids.broker, let.id, why=WHY)
    saving.tick()


def a_petition_is_signed(_pay):
    """By neighbours without an account: confirmed, twice under one name, closed; they hear of the hearing."""
    stage = petitions.stage().on_notice()
    petitions.opened(stage)
    with current_app.test_request_context(headers={"Accept-Language": "cy"}):
        petitions.confirmed(stage, 1, 2, name="«Anil Rao»", wants_news=True)
        petitions.signed(stage, 1)
        petition = queries.petition_of(stage.case_id)
        [pair] = queries.doubles(petition)
        counting.look(stage.case_id, stage.broker, [one.id for one in pair], strike=pair[1].id)
        petitions.confirmed(stage, 3, 4)
    petitions_tick()
    with on(6, 2):
        petitions_tick()


# Each story with the kinds of letters that it brings about.
STORIES = {
    rent_is_asked_for: ("charge:*:asked:*", "charge:*", "posting:*", "let-event:*"),
    a_card_is_used: ("card:*", "refund:*", "posting:*"),
    a_payment_by_card_is_taken_back: ("posting:*",),
    a_part_of_a_deposit_is_kept: ("retention:*", "let-event:*"),
    a_let_goes_its_way: ("let-event:*:lent:*", "let-event:*", "date-offer:*"),
    the_clock_of_hosting: ("way-in:*", "key-overdue:*", "paper:*"),
    a_round: ("round-closed:*", "round-result:*", "round-holder:*", "round-given-up:*"),
    a_group_is_organised_together: ("organise:*", "organises:*", "left:*"),
    what_is_watched_is_new_or_lost: ("sighting*", "watch:*:ask:*", "watch:*:many:*", "watch:*:news:*", "watch:*:lost", "watch:*:doubt:*"),
    a_room_is_looked_for: ("need:*",),
    a_petition_is_signed: ("petition-signature:*:struck", "petition-signature:*:hearing", "petition-closed:*"),
    an_account_is_looked_after: ("role:*", "second-step:*", "unused:*"),
}  # fmt: skip


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_nothing_is_left_in_english(app, pay, monkeypatch, story):
    monkeypatch.setitem(second_step.SCRYPT, "n", 2)
    with marked():
        story(pay)
    letters = {key: text for key, text in written().items() if not key.startswith("case:")}
    assert {key: unsaid(text) for key, text in letters.items() if unsaid(text)} == {}
    for pattern in STORIES[story]:
        assert any(fnmatchcase(key, pattern) for key in letters), (pattern, list(letters))


def test_a_letter_written_as_plain_text_is_found(app):
    with marked():
        factories.user("gwen@example.org")
        with transaction():
            words = LazyString("Pay {} now".format, rules.MONEY)
            write(to="gwen@example.org", subject=words, body=words, key="posting:1")
            write(to="gwen@example.org", subject=rules.MONEY, body=rules.MONEY, key="posting:2")
    lazy, plain = (unsaid(text) for text in written().values())
    assert lazy == ["Pay", "Money", "now"] * 2
    assert plain[:6] == ["Money", "Money", "Letters", "like", "this", "end"]


def test_every_kind_of_these_letters_is_tried():
    tried = {pattern for patterns in STORIES.values() for pattern in patterns}
    names = {rules.MONEY, rules.LETS, rules.ROUNDS, rules.GROUPS, rules.ACCOUNTS}
    kinds = {pattern for pattern, kind in rules.KINDS if kind.name in names}
    assert not {one for one in kinds if not any(fnmatchcase(t, one) for t in tried)}
