"""Cards, against a stand-in of GOV.UK Pay: slow, broken, wrong, twice; the money is booked once or not at all."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from portal import clock
from portal.db import db
from portal.errors import Forbidden, RuleBroken
from portal.lettings import service
from portal.lettings.models import Let
from portal.lettings.paying import cards, deposits
from portal.lettings.paying.tick import tick as let_tick
from portal.lettings.rules import LetState
from portal.money import cards as money_cards
from portal.money import charging, queries, settling
from portal.money.models import CardPayment, CardRefund, Charge, Posting
from portal.money.rules import Account, DepositState, Paid, PostingKind
from portal.money.steps import CardState, RefundState
from portal.notices.models import Letter
from tests.conftest import THE_DAY, broken
from tests.lettings import make


@pytest.fixture
def here(app):
    return make.place()


@pytest.fixture
def let(here):
    return make.deposit_due(here, make.room(here))


def tick():
    return let_tick() + settling.tick()


def payment(number=None):
    rows = db.session.scalars(select(CardPayment).order_by(CardPayment.id)).all()
    return rows[-1] if number is None else rows[number]


def kinds():
    return [kind.value for kind in db.session.scalars(select(Posting.kind).order_by(Posting.id))]


def state(let):
    return db.session.get(Let, let.id).state


def money():
    assert queries.faults() == []
    return {account: pence for account, pence in queries.balances().items() if pence}


def test_without_a_key_no_cards_are_taken(here, let):
    with broken("no-cards"):
        cards.start(here.ids.organiser, let.id)
    assert db.session.scalars(select(CardPayment)).all() == []


def test_a_deposit_by_card_confirms_the_let_once(here, let, pay):
    number = cards.start(here.ids.organiser, let.id)
    assert cards.start(here.ids.organiser, let.id) == number
    assert len(pay.payments) == 1
    sent = pay.payments[payment().provider_id]
    assert (sent["amount"], sent["reference"]) == (20_00, f"MW-{number}")
    assert sent["return_url"].endswith(f"/lets/{let.id}/card/{number}")
    assert "Stroke" not in str(sent)
    assert "Sale" not in str(sent)
    assert settling.settle(number).next_url
    pay.pays()
    settling.settle(number)
    settling.settle(number)
    assert tick() == 0
    assert state(let) is LetState.CONFIRMED
    assert kinds() == ["deposit_in"]
    assert money() == {Account.CARDS: 20_00, Account.DEPOSITS: -20_00}
    with broken("no-deposit-due"):
        cards.start(here.ids.organiser, let.id)


@pytest.mark.parametrize("status", ["failed", "expired", "cancelled", "error"])
def test_what_was_not_paid_leaves_the_deposit_due_and_can_be_tried_again(here, let, pay, status):
    number = cards.start(here.ids.organiser, let.id)
    pay.pays(status)
    settling.settle(number)
    assert payment().state == status
    assert (state(let), kinds()) == (LetState.DEPOSIT_DUE, [])
    assert cards.start(here.ids.organiser, let.id) != number
    assert len(pay.payments) == 2


@pytest.mark.parametrize("wrong", ["500", "429", "slow", "no json", "lost"])
def test_a_provider_that_does_not_answer_leaves_nothing_half_done(here, let, pay, wrong):
    pay.wrong = [wrong]
    with broken("card-service-silent"):
        cards.start(here.ids.organiser, let.id)
    assert (payment().state, payment().provider_id, kinds()) == (CardState.OPEN, None, [])
    number = cards.start(here.ids.organiser, let.id)  # the same payment, under the same key
    assert len(pay.payments) == 1
    pay.pays()
    pay.wrong = [wrong]
    with broken("card-service-silent"):
        settling.settle(number)
    assert (payment().state, kinds()) == (CardState.OPEN, [])
    assert tick() == 1
    assert kinds() == ["deposit_in"]


def test_a_refused_payment_is_over_and_said_so(here, let, pay):
    pay.wrong = ["400"]
    with broken("card-service-refused"):
        cards.start(here.ids.organiser, let.id)
    assert payment().state is CardState.ERROR


def test_another_amount_than_asked_for_books_nothing_and_tells_the_broker(here, let, pay):
    number = cards.start(here.ids.organiser, let.id)
    pay.payments[payment().provider_id]["amount"] = 1
    pay.pays()
    settling.settle(number)
    assert (payment().state, kinds(), state(let)) == (CardState.ERROR, [], LetState.DEPOSIT_DUE)
    assert "A card payment needs a look" in db.session.scalars(select(Letter.subject)).all()


def test_return_page_and_clock_at_once_book_it_once(here, let, pay, app):
    number = cards.start(here.ids.organiser, let.id)
    pay.pays()
    faults = []
    start = threading.Barrier(4)

    def go():
        with app.app_context(), clock.at(THE_DAY):
            start.wait()
            try:
                settling.settle(number)
            except Exception as fault:  # noqa: BLE001 - the test reads it
                faults.append(fault)
            finally:
                db.session.close()

    threads = [threading.Thread(target=go) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.rollback()
    assert (faults, kinds(), payment().state) == ([], ["deposit_in"], CardState.SUCCESS)


def test_paid_in_cash_meanwhile_it_goes_back_to_the_card(here, let, pay):
    number = cards.start(here.ids.organiser, let.id)
    deposits.record_deposit(here.ids.broker, let.id, paid_by=Paid.CASH)
    pay.pays()
    settling.settle(number)
    assert payment().state is CardState.SURPLUS
    assert kinds() == ["deposit_in", "surplus_in", "surplus_back"]
    assert money() == {Account.CASH: 20_00, Account.DEPOSITS: -20_00}
    assert tick() == 1
    assert [r["amount"] for r in pay.payments[payment().provider_id]["refunds"]] == [20_00]


def paid_deposit(here, let, pay):
    number = cards.start(here.ids.organiser, let.id)
    pay.pays()
    settling.settle(number)
    service.cancel(here.ids.broker, let.id, why="The roof leaks.")


def refunds(pay):
    return [one["amount"] for p in pay.payments.values() for one in p["refunds"]]


def refund():
    return db.session.scalars(select(CardRefund)).one()


def test_a_deposit_goes_back_to_its_card_less_what_is_kept(here, let, pay):
    paid_deposit(here, let, pay)
    with broken("came-by-card"):
        deposits.undo_deposit(here.ids.broker, let.id, why="No.")
    deposits.claim_deposit(here.ids.broker, let.id, pence=5_00, why="A chair.", evidence="Bill.")
    deposits.answer_claim(here.ids.organiser, let.id, agrees=True)
    deposits.return_deposit(here.ids.broker, let.id, kept_pence=5_00)
    assert refund().state is RefundState.WAITING
    tick()
    assert (refunds(pay), refund().state) == ([15_00], RefundState.SUBMITTED)
    next(iter(pay.payments.values()))["refunds"][0]["status"] = "success"
    tick()
    tick()
    assert (refunds(pay), refund().state) == ([15_00], RefundState.SUCCESS)
    assert money() == {Account.CARDS: 5_00, Account.RETAINED: -5_00}


@pytest.mark.parametrize("wrong", [["500"], ["", "500"], ["", "lost"], ["", "slow"], ["", "412"]])
def test_a_refund_whose_answer_is_lost_is_found_and_never_sent_twice(here, let, pay, wrong):
    paid_deposit(here, let, pay)
    deposits.return_deposit(here.ids.broker, let.id)
    pay.wrong = list(wrong)
    tick()
    assert refund().state is RefundState.WAITING
    assert tick() == 0  # it waits before it tries again
    for minutes in (6, 20, 60):
        with clock.at(THE_DAY + timedelta(minutes=minutes)):
            tick()
    assert (refunds(pay), refund().state) == ([20_00], RefundState.SUBMITTED)


def test_a_refund_that_is_refused_is_for_the_broker_to_do(here, let, pay):
    paid_deposit(here, let, pay)
    deposits.return_deposit(here.ids.broker, let.id)
    pay.wrong = ["", "400"]
    tick()
    assert refund().state is RefundState.FAILED
    assert "A card took no money back" in db.session.scalars(select(Letter.subject)).all()
    assert len(queries.refunds_that_failed()) == 1
    money_cards.given_back_by_hand(here.ids.broker, refund().id)
    with broken("refund-done"):
        money_cards.given_back_by_hand(here.ids.broker, refund().id)
    # The provider pays out what it still has, and then all is even.
    charging.move(here.ids.broker, pence=20_00, source=Account.CARDS, target=Account.BANK)
    assert money() == {}


def test_who_is_not_of_the_group_begins_nothing(here, let, pay):
    with pytest.raises(Forbidden):
        cards.start(here.ids.broker, let.id)
    with broken("no-let"):
        cards.start(here.ids.stranger, let.id)
    with broken("no-charge"):
        cards.start(here.ids.organiser, let.id, 77)


def test_rent_by_card_is_shared_like_any_other(here, pay):
    room = make.room(here, price_pence_hour=3_00)
    let = service.approve(here.ids.broker, make.requested(here, room, max_pence=10_00).id)
    with clock.at(datetime(2026, 4, 1, 8, tzinfo=UTC)):
        tick()
        charge_id = db.session.scalars(select(Charge.id)).one()
        number = cards.start(here.ids.organiser, let.id, charge_id)
        pay.pays()
        settling.settle(number)
        with broken("paid-already"):
            cards.start(here.ids.organiser, let.id, charge_id)
    assert money() == {Account.CARDS: 24_00, Account.HOLDERS: -24_00}


@pytest.mark.parametrize("wrong", [[], ["500"], ["", "lost"], ["", "400"]])
def test_rent_that_is_taken_back_goes_back_to_its_card_once(here, pay, wrong):
    room = make.room(here, price_pence_hour=3_00)
    let = service.approve(here.ids.broker, make.requested(here, room, max_pence=10_00).id)
    with clock.at(datetime(2026, 4, 1, 8, tzinfo=UTC)):
        tick()
        charge_id = db.session.scalars(select(Charge.id)).one()
        number = cards.start(here.ids.organiser, let.id, charge_id)
        pay.pays()
        settling.settle(number)
        paid = db.session.scalars(select(Posting).where(Posting.kind == PostingKind.PAID)).one()
        charging.reverse(here.ids.broker, paid.id, why="The room was cold.")
        with broken("reversed-already"):
            charging.reverse(here.ids.broker, paid.id, why="The room was cold.")
        assert money() == {Account.DUE: 24_00, Account.AWAITED: -24_00}
        assert "goes back to the card" in db.session.scalars(
            select(Letter.body).where(Letter.subject == "A receipt is void")
        ).one()  # fmt: skip
        pay.wrong = list(wrong)
        tick()
    with clock.at(datetime(2026, 4, 1, 9, tzinfo=UTC)):
        tick()
        expected = [] if wrong == ["", "400"] else [24_00]
        assert (refunds(pay), refund().state) == (expected, RefundState.SUBMITTED if expected else RefundState.FAILED)  # fmt: skip
        assert [owed.pence for owed in queries.open_charges()] == [24_00]
        assert cards.start(here.ids.organiser, let.id, charge_id) != number


def test_a_part_paid_in_cash_meanwhile_sends_the_card_payment_back(here, pay):
    room = make.room(here, price_pence_hour=3_00)
    let = service.approve(here.ids.broker, make.requested(here, room, max_pence=10_00).id)
    with clock.at(datetime(2026, 4, 1, 8, tzinfo=UTC)):
        tick()
        charge_id = db.session.scalars(select(Charge.id)).one()
        number = cards.start(here.ids.organiser, let.id, charge_id)
        charging.record_payment(here.ids.broker, charge_id, pence=4_00, paid_by=Paid.CASH)
        with broken("card-begun"):
            cards.start(here.ids.organiser, let.id, charge_id)
        pay.pays()
        settling.settle(number)
        tick()
        assert refunds(pay) == [24_00]
        assert [o.pence for o in queries.open_charges()] == [20_00]


def test_what_was_never_announced_is_forgotten(here, let, pay):
    pay.wrong = ["500"]
    with pytest.raises(RuleBroken):
        cards.start(here.ids.organiser, let.id)
    with clock.at(THE_DAY + timedelta(hours=4)):
        tick()
    assert payment().state is CardState.EXPIRED


def test_the_pages_lead_there_and_back(here, let, pay, client):
    client.sign_in("ruth@example.org")
    page = f"/lets/{let.id}"
    assert "Pay the deposit by card" in client.get(page).text
    begun = post(client, page, f"{page}/card")
    assert begun.status_code == 302
    card = begun.headers["Location"]
    shown = client.get(card).text
    assert "Go to the payment" in shown
    assert "Nothing has been taken" in shown
    pay.wrong = ["500"]
    assert "nothing is lost" in client.get(card).text
    pay.pays()
    assert "Paid. Thank you." in client.get(card).text
    assert "Paid. Thank you." in client.get(card).text
    assert kinds() == ["deposit_in"]
    told = client.get(page).text
    assert "Receipt 2026-" in told
    assert "Pay the deposit by card" not in told
    posting_id = db.session.scalars(select(Posting.id)).one()
    paper = client.get(f"/money/receipts/{posting_id}.pdf")
    assert paper.data.startswith(b"%PDF")
    assert db.session.get(Let, let.id).deposit.state is DepositState.HELD
    pay.wrong = ["500"]
    other = client.application.test_client().sign_in("stranger@example.org")
    assert other.get(card).status_code == 404
    assert other.get(f"/money/receipts/{posting_id}.pdf").status_code == 404


def post(client, page, path):
    from tests.conftest import csrf_token

    return client.post(path, data={"csrf_token": csrf_token(client.get(page).text)})


def test_a_message_of_theirs_is_trusted_only_when_it_is_signed(here, let, pay, client):
    cards.start(here.ids.organiser, let.id)
    pay.pays()
    body, signature = pay.signed(payment().provider_id)
    hear = "/webhooks/govuk-pay"
    for wrong in ("", "0" * 64, signature.upper(), "é"):
        assert client.post(hear, data=body, headers={"Pay-Signature": wrong}).status_code == 400
    assert client.post(hear, data=body + b" ", headers={"Pay-Signature": signature}).status_code == 400  # fmt: skip
    assert kinds() == []
    for _ in range(2):
        assert client.post(hear, data=body, headers={"Pay-Signature": signature}).status_code == 204
    assert kinds() == ["deposit_in"]
    unknown, signed = pay.signed("somebody-elses")
    assert client.post(hear, data=unknown, headers={"Pay-Signature": signed}).status_code == 204
