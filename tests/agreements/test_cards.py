"""The deposit of a case by card, against the stand-in of GOV.UK Pay: booked once or not at all, and back the way it came."""

import pytest
from sqlalchemy import select

from portal.agreements import cards, deposits, service
from portal.db import db
from portal.errors import Forbidden
from portal.money import govuk_pay, queries, settling
from portal.money.models import CardPayment, CardRefund, Deposit, Posting
from portal.money.rules import Account, DepositState, Paid
from portal.money.steps import CardState, RefundState
from portal.proposals.models import CaseEvent
from portal.proposals.rules import Action
from tests.conftest import broken, csrf_token
from tests.proposals.stage import Stage


@pytest.fixture
def stage(app):
    stage = Stage()
    stage.agreed(deposit=5000)
    return stage


def deposit():
    db.session.rollback()
    return db.session.scalars(select(Deposit)).one()


def payment():
    return db.session.scalars(select(CardPayment).order_by(CardPayment.id.desc())).first()


def money():
    assert queries.faults() == []
    return {account: pence for account, pence in queries.balances().items() if pence}


def test_it_is_booked_once_whoever_asks_and_goes_back_to_the_card(stage, pay):
    number = cards.start(stage.organiser, stage.case_id)
    assert cards.start(stage.organiser, stage.case_id) == number
    (sent,) = pay.payments.values()
    assert (sent["amount"], sent["reference"]) == (5000, f"MW-{number}")
    assert sent["return_url"].endswith(f"/cases/{stage.case_id}/card/{number}")
    assert settling.tick() == 1
    assert deposit().state is DepositState.DUE
    pay.pays()
    body, signature = pay.signed(payment().provider_id)
    assert govuk_pay.is_signed(body, signature)
    settling.hear(payment().provider_id)
    settling.settle(number)
    assert settling.tick() == 0
    assert (deposit().state, deposit().paid_by) == (DepositState.HELD, Paid.CARD)
    assert money() == {Account.CARDS: 5000, Account.DEPOSITS: -5000}
    taken = db.session.scalars(select(CaseEvent).where(CaseEvent.action == Action.TAKE_DEPOSIT)).one()  # fmt: skip
    assert (taken.role.value, taken.user_id) == ("portal", None)
    with broken("no-deposit-due"):
        cards.start(stage.organiser, stage.case_id)
    stage.sign("organiser")
    stage.sign("officer")
    service.hand_over(stage.case_id, stage.broker, "Sound.")
    service.end(stage.case_id, stage.broker, "Clean.")
    deposits.settle(stage.case_id, stage.broker)
    settling.tick()
    assert [one["amount"] for one in sent["refunds"]] == [5000]
    assert db.session.scalars(select(CardRefund)).one().state is RefundState.SUBMITTED
    assert money() == {}


def test_paid_in_cash_meanwhile_it_goes_back(stage, pay):
    number = cards.start(stage.organiser, stage.case_id)
    deposits.take(stage.case_id, stage.broker, paid_by=Paid.CASH)
    pay.pays()
    settling.settle(number)
    settling.tick()
    assert payment().state is CardState.SURPLUS
    assert money() == {Account.CASH: 5000, Account.DEPOSITS: -5000}
    assert [one["amount"] for one in pay.payments[payment().provider_id]["refunds"]] == [5000]


@pytest.mark.parametrize("wrong", ["500", "slow", "lost"])
def test_a_provider_that_does_not_answer_leaves_nothing_half_done(stage, pay, wrong):
    pay.wrong = [wrong]
    with broken("card-service-silent"):
        cards.start(stage.organiser, stage.case_id)
    number = cards.start(stage.organiser, stage.case_id)
    assert len(pay.payments) == 1
    pay.pays()
    pay.wrong = [wrong]
    with broken("card-service-silent"):
        settling.settle(number)
    assert deposit().state is DepositState.DUE
    settling.settle(number)
    assert deposit().state is DepositState.HELD


def test_only_the_group_begins(stage, pay):
    for who in (stage.broker, stage.officer):
        with pytest.raises(Forbidden):
            cards.start(who, stage.case_id)
    assert not pay.payments


def test_the_pages_lead_there_and_back(stage, pay, client):
    page = f"/cases/{stage.case_id}/agreement"
    client.sign_in(stage.emails["organiser"])
    shown = client.get(page).text
    assert "Pay the deposit by card" in shown
    begun = client.post(f"/cases/{stage.case_id}/card", data={"csrf_token": csrf_token(shown)})
    card = begun.headers["Location"]
    assert "Go to the payment" in client.get(card).text
    pay.pays()
    assert "Paid. Thank you." in client.get(card).text
    posting_id = db.session.scalars(select(Posting.id)).one()
    assert f"/money/receipts/{posting_id}.pdf" in client.get(page).text
    assert client.get(f"/money/receipts/{posting_id}.pdf").data.startswith(b"%PDF")
    other = client.application.test_client().sign_in("stranger@example.org")
    for path in (card, f"/lets/1/card/{payment().id}"):
        assert other.get(path).status_code == 404
    assert other.post(f"/cases/{stage.case_id}/card").status_code == 404
