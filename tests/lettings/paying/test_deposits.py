"""A deposit's whole way: taken, promised, corrected; claimed, answered, settled; late and twice."""

import threading
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from portal import clock
from portal.db import db
from portal.errors import Forbidden, RuleBroken
from portal.lettings import queries, service
from portal.lettings.models import Let
from portal.lettings.paying import deposits
from portal.lettings.paying.tick import tick
from portal.lettings.rules import Action, LetState
from portal.money import queries as money
from portal.money.models import Charge, Retention
from portal.money.rules import Account, DepositState, Paid
from portal.notices.models import Letter
from tests.conftest import THE_DAY, broken
from tests.lettings import make

LATER = datetime(2026, 3, 18, 12, tzinfo=UTC)


@pytest.fixture
def here(app):
    return make.place()


@pytest.fixture
def room(here):
    return make.room(here)


def deposit(let):
    return db.session.get(Let, let.id).deposit


def over(here, let):
    return service.cancel(here.ids.broker, let.id, why="The roof leaks.")


def letters():
    return db.session.scalars(select(Letter).order_by(Letter.id)).all()


def test_nothing_is_kept_before_the_group_was_heard(here, room):
    let = make.confirmed_with_deposit(here, room)
    with broken("not-now"):
        deposits.claim_deposit(here.ids.broker, let.id, pence=5_00, why="Chair", evidence="Bill")
    over(here, let)
    with broken("kept-unsaid"):
        deposits.return_deposit(here.ids.broker, let.id, kept_pence=1)
    with broken("retained-too-much"):
        deposits.claim_deposit(here.ids.broker, let.id, pence=20_01, why="Chair", evidence="Bill")
    deposits.claim_deposit(here.ids.broker, let.id, pence=5_00, why="A chair.", evidence="Bill 3.")
    with broken("deposit-claimed"):
        deposits.claim_deposit(here.ids.broker, let.id, pence=6_00, why="Chair", evidence="Bill")
    with broken("no-deposit-held"):
        deposits.return_deposit(here.ids.broker, let.id)
    claim = deposit(let).retention
    assert claim.answer_by == date(2026, 3, 16)  # ten working days
    asked = letters()[-1]
    assert "A chair." in asked.body
    assert "Stroke" not in asked.subject
    with pytest.raises(Forbidden):
        deposits.answer_claim(here.ids.broker, let.id, agrees=True)
    with broken("no-words"):
        deposits.answer_claim(here.ids.organiser, let.id, agrees=False)
    deposits.answer_claim(here.ids.organiser, let.id, agrees=False, words="It was broken before.")
    with broken("no-claim"):
        deposits.answer_claim(here.ids.organiser, let.id, agrees=True)
    with broken("kept-unsaid"):
        deposits.return_deposit(here.ids.broker, let.id, kept_pence=5_01)
    deposits.return_deposit(here.ids.broker, let.id, kept_pence=2_00)
    assert money.balances() == {Account.CASH: 2_00, Account.RETAINED: -2_00, Account.DEPOSITS: 0}
    assert [(one.holder.id, one.pence) for one in money.creditors()] == [(here.holder.id, 2_00)]
    assert deposit(let).state is DepositState.RETURNED


def test_a_group_that_does_not_answer_has_until_its_last_day(here, room):
    let = make.confirmed_with_deposit(here, room)
    over(here, let)
    deposits.claim_deposit(here.ids.broker, let.id, pence=5_00, why="A chair.", evidence="Bill 3.")
    with clock.at(datetime(2026, 3, 16, 23, 0, tzinfo=UTC)):
        assert tick() == 0
        with broken("no-deposit-held"):
            deposits.return_deposit(here.ids.broker, let.id)
    with clock.at(LATER):
        before = len(letters())
        assert tick() == 1
        assert tick() == 0
        assert [one.subject for one in letters()[before:]] == ["A deposit can be settled"]
        deposits.return_deposit(here.ids.broker, let.id, kept_pence=5_00)
    assert db.session.scalars(select(Retention.told_on)).all() == [LATER.date()]


def test_a_promise_confirms_and_ends_by_itself(here, room):
    let = make.deposit_due(here, room)
    with broken("pledge-who"):
        deposits.pledge_deposit(here.ids.broker, let.id, who="")
    deposits.pledge_deposit(here.ids.broker, let.id, who="Sale Parish Council")
    assert queries.let_for(here.organiser, let.id)[0].state is LetState.CONFIRMED
    assert money.balances() == {}
    over(here, let)
    with broken("no-deposit-held"):
        deposits.return_deposit(here.ids.broker, let.id)
    assert tick() == 0
    with clock.at(LATER):
        assert tick() == 1
        assert tick() == 0
    assert deposit(let).state is DepositState.RELEASED
    assert money.balances() == {}


def test_what_a_promise_answers_for_becomes_a_charge(here, room):
    let = make.deposit_due(here, room)
    deposits.pledge_deposit(here.ids.broker, let.id, who="Sale Parish Council")
    over(here, let)
    deposits.claim_deposit(here.ids.broker, let.id, pence=7_00, why="A window.", evidence="Bill 9.")
    with clock.at(LATER):
        tick()
        deposits.return_deposit(here.ids.broker, let.id, kept_pence=7_00)
        assert deposit(let).state is DepositState.RELEASED
        assert [(o.pence, o.charge.kind.value) for o in money.open_charges()] == [(7_00, "damage")]
        charge = db.session.scalars(select(Charge)).one()
        assert (charge.about, charge.path) == (f"Let {let.id}", f"/lets/{let.id}")


def test_a_deposit_written_down_by_mistake_is_due_again(here, room):
    let = make.confirmed_with_deposit(here, room)
    first = deposit(let).receipt
    deposits.undo_deposit(here.ids.broker, let.id, why="It was another group's.")
    assert (deposit(let).state, deposit(let).receipt) == (DepositState.DUE, None)
    assert set(money.balances().values()) == {0}
    assert db.session.get(Let, let.id).state is LetState.CONFIRMED
    with broken("no-deposit-held"):
        deposits.undo_deposit(here.ids.broker, let.id, why="Twice.")
    second = deposits.record_deposit(here.ids.broker, let.id, paid_by=Paid.TRANSFER)
    assert second != first
    assert deposit(let).state is DepositState.HELD
    history = [event.action for event in queries.steps_of(let.id)]
    assert history[-2:] == [Action.UNDO_DEPOSIT, Action.RECORD_DEPOSIT]
    assert [posting.reversed_by is None for posting in money.receipts_of(f"/lets/{let.id}")] == [False, True]  # fmt: skip


def test_a_second_click_finds_the_deposit_recorded(here, room):
    let = make.confirmed_with_deposit(here, room)
    with broken("no-deposit-due"):
        deposits.record_deposit(here.ids.broker, let.id, paid_by=Paid.CASH)
    assert money.balances()[Account.CASH] == 20_00


def test_clicks_at_once_book_one_deposit(here, room, app):
    let = make.deposit_due(here, room)
    let_id, broker = let.id, here.ids.broker
    results, start = [], threading.Barrier(4)

    def click():
        with app.app_context(), clock.at(THE_DAY):
            start.wait()
            try:
                results.append(deposits.record_deposit(broker, let_id, paid_by=Paid.CASH)[:5])
            except RuleBroken as refusal:
                results.append(refusal.code)
            finally:
                db.session.close()

    threads = [threading.Thread(target=click) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.rollback()
    assert sorted(results) == ["2026-", *["no-deposit-due"] * 3]
    assert money.balances() == {Account.CASH: 20_00, Account.DEPOSITS: -20_00}
