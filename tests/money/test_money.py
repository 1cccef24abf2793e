"""The ledger sums to zero whatever happens, and nothing in it is edited."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from portal.db import db, transaction
from portal.money import rules, service
from portal.money.models import Deposit, Posting
from portal.money.queries import balances, faults
from portal.money.rules import Account, DepositAction, DepositState, Line, Paid
from tests import factories
from tests.conftest import broken

pence = st.integers(1, 500_00)


@given(pence, st.sampled_from(list(Account)), st.sampled_from(list(Account)))
def test_a_move_and_its_reverse_leave_nothing(amount, source, target):
    lines = rules.move(amount, source=source, target=target)
    assert sum(line.pence for line in rules.balanced(lines)) == 0
    assert [a.pence + b.pence for a, b in zip(lines, rules.reverse(lines), strict=True)] == [0, 0]


def test_what_does_not_balance_is_our_fault():
    for lines in ([], [Line(Account.CASH, 1)], [Line(Account.CASH, 1), Line(Account.BANK, -2)]):
        with pytest.raises(ValueError, match="zero"):
            rules.balanced(lines)


def test_each_cell_of_a_deposits_life():
    for state in DepositState:
        for action in DepositAction:
            if (state, action) in rules.DEPOSIT_STEPS:
                assert rules.next_state(state, action) is rules.DEPOSIT_STEPS[state, action]
            else:
                with broken("deposit-not-now"):
                    rules.next_state(state, action)


@pytest.fixture
def somebody(app):
    factories.area()
    return factories.user().id


def act(deposit, action, amount, by):
    {
        DepositAction.RECEIVE: lambda: service.receive(deposit, paid_by=Paid.TRANSFER, by=by),
        DepositAction.WAIVE: lambda: service.waive(deposit, why="No money."),
        DepositAction.RETAIN: lambda: service.retain(
            deposit, amount, why="A chair.", evidence="Photo", by=by
        ),
        DepositAction.RETURN: lambda: service.give_back(deposit, by=by),
        DepositAction.UNDO: lambda: service.undo_receipt(deposit, why="Not ours.", by=by),
        DepositAction.PLEDGE: lambda: service.pledge(deposit, who="The parish council"),
        DepositAction.RELEASE: lambda: service.release(deposit),
    }[action]()


def test_any_order_of_steps_keeps_the_books(somebody):
    """Many random lives of deposits in one ledger; after each step the whole sums to zero."""
    import random

    rng = random.Random(2)
    for _life in range(25):
        with transaction():
            deposit_id = service.ask_deposit(rng.randint(1, 50_00)).id
        for _step in range(6):
            action, amount = rng.choice(list(DepositAction)), rng.randint(1, 60_00)
            try:
                with transaction() as session:
                    act(session.get_one(Deposit, deposit_id), action, amount, somebody)
            except rules.RuleBroken:
                pass
            assert sum(balances().values()) == 0
            assert faults() == []
    held = sum(
        d.pence - d.retained_pence
        for d in db.session.scalars(select(Deposit))
        if d.state in rules.WITH_BROKER
    )
    assert -balances().get(Account.DEPOSITS, 0) == held


def test_cash_received_has_a_receipt_and_a_mistake_is_reversed_once(somebody):
    with transaction():
        deposit = service.ask_deposit(20_00)
        receipt = service.receive(deposit, paid_by=Paid.CASH, by=somebody)
        posting_id = deposit.postings[0].id
    assert receipt == f"2026-{posting_id:06d}"
    with transaction() as session:
        service.reverse(session.get_one(Posting, posting_id), why="Wrong group", by=somebody)
    assert set(balances().values()) == {0}
    with pytest.raises(IntegrityError), transaction() as session:
        service.reverse(session.get_one(Posting, posting_id), why="Again", by=somebody)


def test_what_is_kept_needs_reason_evidence_and_measure(somebody):
    with transaction():
        deposit = service.ask_deposit(20_00)
        service.receive(deposit, paid_by=Paid.CASH, by=somebody)
        for code, amount, why, evidence in (
            ("retained-too-much", 20_01, "A chair", "Photo"),
            ("retained-why", 1_00, "", "Photo"),
            ("retained-why", 1_00, "A chair", ""),
            ("amount", 0, "A chair", "Photo"),
        ):
            with broken(code):
                service.retain(deposit, amount, why=why, evidence=evidence, by=somebody)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entry SET pence = 1",
        "DELETE FROM entry",
        "UPDATE posting SET what = 'else'",
        "DELETE FROM posting",
    ],
)
def test_the_database_lets_nobody_edit_the_books(somebody, statement):
    with transaction():
        service.receive(service.ask_deposit(20_00), paid_by=Paid.CASH, by=somebody)
    with pytest.raises(IntegrityError), db.engine.begin() as connection:
        connection.execute(text(statement))


def test_what_does_not_balance_is_refused_by_postgresql_and_found_on_sqlite(somebody, engine_name):
    with transaction():
        deposit = service.ask_deposit(20_00)
        service.receive(deposit, paid_by=Paid.CASH, by=somebody)
        posting_id = deposit.postings[0].id
    statement = text("INSERT INTO entry (posting_id, account, pence) VALUES (:id, 'cash', 1)")
    if engine_name == "postgresql":
        with pytest.raises(IntegrityError), db.engine.begin() as connection:
            connection.execute(statement, {"id": posting_id})
        return
    with db.engine.begin() as connection:
        connection.execute(statement, {"id": posting_id})
    db.session.rollback()
    assert faults() == [f"posting {posting_id} does not sum to zero"]
