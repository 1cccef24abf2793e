"""Rent asked for before its dates: each date once, and what is not owed after all goes back."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from portal import clock
from portal.db import db
from portal.errors import Forbidden
from portal.lettings import service
from portal.lettings.dates import service as dates
from portal.lettings.models import Let
from portal.lettings.paying import cards, rent
from portal.lettings.paying.tick import tick
from portal.money import charging, crediting, queries, settling, statements
from portal.money.models import CardRefund, Charge, Posting
from portal.money.rules import Account, Paid, PostingKind
from portal.notices.models import Letter
from tests.conftest import broken
from tests.lettings import make
from tests.test_many_at_once import at_once

MARCH, APRIL = date(2026, 3, 1), datetime(2026, 4, 1, 8, tzinfo=UTC)


@pytest.fixture
def here(app):
    return make.place()


@pytest.fixture
def let(here):
    """Thursdays from 5 March 2026 at £6: four in March, five in April, four in May."""
    here.area.commission_basis_points = 1000
    room = make.room(here, price_pence_hour=3_00)
    made = make.requested(here, room, max_pence=10_00)
    return service.approve(here.ids.broker, made.id)


def charges():
    db.session.rollback()
    return [(c.words, c.pence) for c in db.session.scalars(select(Charge).order_by(Charge.id))]


def charge_id():
    return db.session.scalars(select(Charge.id).order_by(Charge.id)).first()


def money():
    assert queries.faults() == []
    return {account: pence for account, pence in queries.balances().items() if pence}


def give_up(here, let, day, by="broker"):
    """In good time."""
    one = next(o for o in db.session.get(Let, let.id).occurrences if o.on == day)
    if by == "broker":
        dates.cancel(here.ids.broker, let.id, [one.id], why="Water.")
    else:
        dates.release(here.ids.organiser, let.id, [one.id])


def test_a_month_is_asked_for_once_and_not_again_when_it_is_over(here, let):
    rent.ask_ahead(here.ids.broker, let.id, month=MARCH)
    assert charges() == [("4 dates in March 2026", 24_00)]
    with broken("no-rent"):
        rent.ask_ahead(here.ids.broker, let.id, month=MARCH)
    with clock.at(APRIL):
        tick()
        assert tick() == 0
        assert charges() == [("4 dates in March 2026", 24_00)]
    assert money() == {Account.DUE: 24_00, Account.AWAITED: -24_00}


def test_asked_for_twice_at_once_it_is_asked_for_once(app, here, let):
    let_id = let.id

    def ask():
        try:
            rent.ask_ahead(here.ids.broker, let_id, month=MARCH)
        except Exception as refusal:  # noqa: BLE001 - a deadlock must show as what it is
            return getattr(refusal, "code", repr(refusal))
        return "asked"

    assert sorted(at_once(app, [ask] * 4), key=str) == ["asked", *["no-rent"] * 3]
    assert len(charges()) == 1


def test_in_the_middle_of_a_month_only_what_is_ahead(here, let):
    with clock.at(datetime(2026, 3, 13, 12, tzinfo=UTC)):
        service.tick()
        rent.ask_ahead(here.ids.broker, let.id, month=MARCH)
    with clock.at(APRIL):
        tick()
    assert charges() == [("2 dates in March 2026", 12_00), ("2 dates in March 2026", 12_00)]


def test_nobody_but_the_broker_and_nothing_for_a_free_let(here, let):
    for who in (here.ids.organiser, here.ids.officer):
        with pytest.raises(Forbidden):
            rent.ask_ahead(who, let.id, month=MARCH)
    free = make.confirmed(here, make.room(here, name="Free"))
    with broken("no-rent"):
        rent.ask_ahead(here.ids.broker, free.id, month=MARCH)
    with broken("no-rent"):
        rent.ask_ahead(here.ids.broker, let.id, month=date(2027, 3, 1))


def test_what_was_given_up_in_time_and_not_paid_is_written_off(here, let):
    rent.ask_ahead(here.ids.broker, let.id, month=MARCH)
    give_up(here, let, date(2026, 3, 26), by="group")
    with clock.at(APRIL):
        assert tick() == 1
        assert tick() == 0
    assert [owed.pence for owed in queries.open_charges()] == [18_00]
    assert "you pay £6 less" in "".join(db.session.scalars(select(Letter.body)))


def test_what_was_paid_in_cash_is_given_back_by_hand_once(here, let):
    rent.ask_ahead(here.ids.broker, let.id, month=MARCH)
    charging.record_payment(here.ids.broker, charge_id(), pence=24_00, paid_by=Paid.CASH)
    give_up(here, let, date(2026, 3, 26))
    with clock.at(APRIL):
        tick()
        assert money() == {
            Account.CASH: 24_00, Account.SURPLUS: -6_00, Account.COMMISSION: -1_80, Account.HOLDERS: -16_20,
        }  # fmt: skip
        paid = db.session.scalars(select(Posting).where(Posting.kind == PostingKind.PAID)).one()
        with broken("credited-already"):
            charging.reverse(here.ids.broker, paid.id, why="No.")
        give = (here.ids.broker, charge_id())
        crediting.give_back(*give, paid_by=Paid.CASH, shown=6_00)
        with broken("given-back"):
            crediting.give_back(*give, paid_by=Paid.CASH, shown=6_00)
        found = statements.of_holder(here.holder, statements.Period(MARCH, date(2026, 4, 30)))
        assert (found.total("charged"), found.total("received"), found.total("commission"), found.closing) == (18_00, 18_00, 1_80, 16_20)  # fmt: skip
    assert money() == {Account.CASH: 18_00, Account.COMMISSION: -1_80, Account.HOLDERS: -16_20}


def test_half_paid_first_the_open_half_is_taken_off(here, let):
    rent.ask_ahead(here.ids.broker, let.id, month=MARCH)
    charging.record_payment(here.ids.broker, charge_id(), pence=20_00, paid_by=Paid.TRANSFER)
    for day in (19, 26):
        give_up(here, let, date(2026, 3, day))
    with clock.at(APRIL):
        tick()
    assert queries.open_charges() == []
    assert [one.pence for one in queries.surplus()] == [8_00]


def test_what_was_paid_by_card_goes_back_to_the_card(here, let, pay):
    rent.ask_ahead(here.ids.broker, let.id, month=MARCH)
    number = cards.start(here.ids.organiser, let.id, charge_id())
    pay.pays()
    settling.settle(number)
    give_up(here, let, date(2026, 3, 26))
    with clock.at(APRIL):
        tick()
        settling.tick()
    assert [one["amount"] for p in pay.payments.values() for one in p["refunds"]] == [6_00]
    assert db.session.scalars(select(CardRefund.pence)).one() == 6_00
    assert (queries.surplus(), money()[Account.CARDS]) == ([], 18_00)


def test_the_broker_asks_and_gives_back_on_its_pages(client, here, let):
    client.sign_in(here.broker.email)
    page = f"/lets/{let.id}"
    assert "Ask for rent in advance" in client.get(page).text
    client.send(f"{page}/ask_rent", {"month": "2026-03-01"})
    assert charges() == [("4 dates in March 2026", 24_00)]
    assert "4 dates in March 2026" in client.get(page).text
    charging.record_payment(here.ids.broker, charge_id(), pence=24_00, paid_by=Paid.CASH)
    give_up(here, let, date(2026, 3, 26))
    with clock.at(APRIL):
        tick()
        assert "Paid too much, to give back" in client.get("/money").text
        path = f"/money/charges/{charge_id()}/give-back"
        assert "£6 was paid too much" in client.get(path).text
        client.send(path, {"paid_by": "cash", "shown": "600"})
        assert "Paid too much, to give back" not in client.get("/money").text
