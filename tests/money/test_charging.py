"""Rent and what becomes of it, against an obvious model; two at once; what the books say whatever happens."""

import random
import threading
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from portal.areas.models import Area
from portal.db import db, transaction
from portal.money import charging, queries, rules
from portal.money.models import Charge, Posting
from portal.money.rules import Account, ChargeKind, Paid, PostingKind
from portal.notices.models import Letter
from portal.people.rules import Role
from tests import factories
from tests.conftest import broken


@pytest.fixture
def here(app):
    area = factories.area()
    holder = factories.holder(area)
    organiser = factories.user("ruth@example.org")
    group = factories.group(area, organiser, name="The Stroke Circle", private=True)
    broker = factories.with_role(area, Role.BROKER)
    factories.with_role(area, Role.OFFICER, holder=holder)
    return SimpleNamespace(
        area_id=area.id, holder_id=holder.id, group_id=group.id, broker=broker.id
    )


def asked(here, pence=20_00, key="date:1", kind=ChargeKind.RENT):
    with transaction():
        made = charging.charge(
            kind,
            key=key,
            pence=pence,
            holder_id=here.holder_id,
            group_id=here.group_id,
            about="Let 1",
            path="/lets/1",
            words="2 dates in March 2026",
        )
        return made and made.id


def rate(here, basis_points):
    with transaction() as session:
        session.get_one(Area, here.area_id).commission_basis_points = basis_points


def pay(here, charge_id, pence, **more):
    return charging.record_payment(
        here.broker, charge_id, pence=pence, **{"paid_by": Paid.CASH} | more
    )


@given(st.integers(1, 10**7), st.integers(0, 10_000))
def test_commission_is_within_a_penny_and_never_too_much(pence, basis_points):
    commission = rules.commission_of(pence, basis_points)
    assert 0 <= commission <= pence
    assert 0 <= pence * basis_points / 10_000 - commission < 1
    assert sum(line.pence for line in rules.paid(pence, commission, Account.BANK)) == 0


def test_rent_is_charged_once_received_once_and_shared(here):
    rate(here, 1250)
    charge_id = asked(here)
    assert asked(here) is None
    assert [(o.charge.id, o.pence, o.overdue) for o in queries.open_charges()] == [(charge_id, 20_00, False)]  # fmt: skip
    posting = pay(here, charge_id, 20_00, shown=20_00)
    assert posting.receipt == f"2026-{posting.id:06d}"
    with broken("paid-already"):
        pay(here, charge_id, 20_00, shown=20_00)
    assert queries.balances() == {
        Account.CASH: 20_00,
        Account.DUE: 0,
        Account.AWAITED: 0,
        Account.COMMISSION: -2_50,
        Account.HOLDERS: -17_50,
    }
    assert [c.pence for c in queries.creditors()] == [17_50]
    subjects = db.session.scalars(select(Letter.subject).order_by(Letter.id)).all()
    assert subjects == ["A payment is due", "A payment has arrived"]


def test_a_payment_that_the_page_did_not_know_is_not_recorded_twice(here):
    charge_id = asked(here)
    pay(here, charge_id, 5_00, shown=20_00)
    with broken("amount-changed"):
        pay(here, charge_id, 5_00, shown=20_00)
    with broken("paid-too-much"):
        pay(here, charge_id, 15_01)
    with broken("by-hand"):
        pay(here, charge_id, 1, paid_by=Paid.CARD)
    pay(here, charge_id, 15_00, shown=15_00, paid_by=Paid.TRANSFER)
    assert queries.open_charges() == []


def test_what_is_taken_back_is_open_again_and_only_once(here):
    rate(here, 1000)
    charge_id = asked(here)
    posting = pay(here, charge_id, 20_00)
    with broken("no-why"):
        charging.reverse(here.broker, posting.id, why="")
    charging.reverse(here.broker, posting.id, why="It was another group's money.")
    with broken("reversed-already"):
        charging.reverse(here.broker, posting.id, why="Again.")
    assert [o.pence for o in queries.open_charges()] == [20_00]
    assert queries.creditors() == []
    assert db.session.get(Posting, posting.id).reversed_by.what == "It was another group's money."
    charging.write_off(here.broker, charge_id, why="The group has dissolved.")
    with broken("paid-already"):
        charging.write_off(here.broker, charge_id, why="Twice.")
    assert {a: p for a, p in queries.balances().items() if p} == {}
    first = db.session.scalars(select(Posting).order_by(Posting.id)).first()
    with broken("not-reversible"):
        charging.reverse(here.broker, first.id, why="No.")


def test_a_holder_gets_what_it_is_owed_and_no_more(here):
    charge_id = asked(here)
    pay(here, charge_id, 20_00, paid_by=Paid.TRANSFER)
    with broken("paid-too-much"):
        charging.pay_out(here.broker, here.holder_id, pence=20_01)
    charging.pay_out(here.broker, here.holder_id, pence=20_00, shown=20_00)
    with broken("paid-already"):
        charging.pay_out(here.broker, here.holder_id, pence=20_00, shown=20_00)
    assert {a: p for a, p in queries.balances().items() if p} == {}
    told = db.session.scalars(select(Letter).order_by(Letter.id.desc())).first()
    assert told.subject == "Money has been paid out to you"
    assert "Stroke" not in told.body


def test_cash_goes_to_the_bank_and_no_more_than_there_is(here):
    pay(here, asked(here), 20_00)
    move = {"source": Account.CASH, "target": Account.BANK}
    with broken("not-there"):
        charging.move(here.broker, pence=20_01, **move)
    with broken("same-place"):
        charging.move(here.broker, pence=1, source=Account.CASH, target=Account.CASH)
    with broken("same-place"):
        charging.move(here.broker, pence=1, source=Account.CASH, target=Account.HOLDERS)
    charging.move(here.broker, pence=20_00, **move)
    assert queries.balances()[Account.BANK] == 20_00


class Model:
    """The same money as plain numbers."""

    def __init__(self):
        self.open: dict[int, int] = {}
        self.at_hand = self.owed = self.commission = 0

    def same_as_books(self):
        found = queries.balances()
        at_hand = sum(found.get(account, 0) for account in rules.AT_HAND)
        assert at_hand == self.at_hand
        assert found.get(Account.DUE, 0) == sum(self.open.values()) == -found.get(Account.AWAITED, 0)  # fmt: skip
        assert -found.get(Account.HOLDERS, 0) == self.owed
        assert -found.get(Account.COMMISSION, 0) == self.commission
        assert {o.charge.id: o.pence for o in queries.open_charges()} == {k: v for k, v in self.open.items() if v}  # fmt: skip
        assert sum(found.values()) == 0
        assert queries.faults() == []


@pytest.mark.parametrize("seed", range(3))
def test_any_sequence_is_explained_by_the_obvious_model(here, seed):
    rng, model = random.Random(seed), Model()
    rate(here, points := rng.choice((0, 1250, 3333)))
    undoable: dict[int, tuple[int, int, int]] = {}
    for step in range(40):
        action = rng.choice(("ask", "pay", "pay", "pay", "write off", "reverse", "out", "move"))
        amount = rng.randint(1, 30_00)
        charge_id = rng.choice(sorted(model.open)) if model.open else None
        try:
            if action == "ask":
                model.open[asked(here, amount, key=f"k{step}")] = amount
            elif action == "pay" and charge_id:
                done = pay(here, charge_id, amount, paid_by=rng.choice(rules.BY_HAND))
                share = rules.commission_of(amount, points)
                model.open[charge_id] -= amount
                model.at_hand += amount
                model.commission += share
                model.owed += amount - share
                undoable[done.id] = charge_id, amount, share
            elif action == "write off" and charge_id:
                charging.write_off(here.broker, charge_id, why="Gone.")
                model.open[charge_id] = 0
            elif action == "reverse" and undoable:
                number = rng.choice(sorted(undoable))
                charging.reverse(here.broker, number, why="A mistake.")
                of, amount, share = undoable.pop(number)
                model.open[of] += amount
                model.at_hand -= amount
                model.commission -= share
                model.owed -= amount - share
            elif action == "out":
                charging.pay_out(here.broker, here.holder_id, pence=amount)
                model.at_hand -= amount
                model.owed -= amount
            elif action == "move":
                charging.move(here.broker, pence=amount, source=Account.CASH, target=Account.BANK)
        except rules.RuleBroken:
            db.session.rollback()
        model.same_as_books()


def test_two_clicks_at_once_record_one_payment(here, app):
    charge_id = asked(here)
    results = []
    start = threading.Barrier(4)

    def click():
        with app.app_context():
            start.wait()
            try:
                pay(here, charge_id, 20_00, shown=20_00)
                results.append("recorded")
            except rules.RuleBroken as refusal:
                results.append(refusal.code)
            finally:
                db.session.close()

    threads = [threading.Thread(target=click) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["paid-already"] * 3 + ["recorded"]
    db.session.rollback()
    kinds = db.session.scalars(select(Posting.kind)).all()
    assert kinds.count(PostingKind.PAID) == 1
    assert charging.open_of(db.session.get(Charge, charge_id)) == 0
