"""Reads of the ledger: balances, what is open, what is wrong with the books."""

from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from portal import clock
from portal.areas.queries import current_area
from portal.db import db
from portal.money import rules
from portal.money.models import CardPayment, CardRefund, Charge, Deposit, Entry, Posting
from portal.money.rules import Account
from portal.money.steps import RefundState
from portal.people.models import Holder


def balances(holder_id: int | None = None) -> dict[Account, int]:
    """Pence in each account of this area, or of what is about one holder; together always zero."""
    query = (
        select(Entry.account, func.sum(Entry.pence))
        .join(Posting)
        .where(Posting.area_id == current_area().id)
        .group_by(Entry.account)
    )
    if holder_id is not None:
        query = query.where(Posting.holder_id == holder_id)
    return {account: int(pence) for account, pence in db.session.execute(query)}


class Owed(NamedTuple):
    """A charge of which something is open."""

    charge: Charge
    pence: int
    overdue: bool


def open_charges(path: str | None = None) -> list[Owed]:
    """Charges that are not paid, those that are due first before the others; of one page only where it is named."""
    left = func.sum(Entry.pence)
    query = (
        select(Charge, left)
        .join(Posting, Posting.charge_id == Charge.id)
        .join(Entry)
        .where(Charge.area_id == current_area().id, Entry.account == Account.DUE)
        .group_by(Charge)
        .having(left > 0)
        .order_by(Charge.due_on, Charge.id)
    )
    if path is not None:
        query = query.where(Charge.path == path)
    today = clock.today()
    return [Owed(charge, int(p), charge.due_on < today) for charge, p in db.session.execute(query)]


def charges_of(path: str) -> list[Charge]:
    """Everything that was asked for on one page, oldest first."""
    query = select(Charge).where(Charge.path == path, Charge.area_id == current_area().id)
    return list(db.session.scalars(query.order_by(Charge.id)))


def surplus(charge_id: int | None = None) -> list[Owed]:
    """What was paid and is not owed after all, and has not gone back yet."""
    left = -func.sum(Entry.pence)
    query = (
        select(Charge, left)
        .join(Posting, Posting.charge_id == Charge.id)
        .join(Entry)
        .where(Charge.area_id == current_area().id, Entry.account == Account.SURPLUS)
        .group_by(Charge)
        .having(left > 0)
        .order_by(Charge.id)
    )
    if charge_id is not None:
        query = query.where(Charge.id == charge_id)
    return [Owed(charge, int(pence), False) for charge, pence in db.session.execute(query)]


class Creditor(NamedTuple):
    """A holder to whom money is owed."""

    holder: Holder
    pence: int


def creditors() -> list[Creditor]:
    """The holders who are owed money, by name."""
    owed = -func.sum(Entry.pence)
    query = (
        select(Holder, owed)
        .join(Posting, Posting.holder_id == Holder.id)
        .join(Entry)
        .where(Holder.area_id == current_area().id, Entry.account.in_(rules.OWED_TO_HOLDERS))
        .group_by(Holder)
        .having(owed > 0)
        .order_by(Holder.name)
    )
    return [Creditor(holder, int(pence)) for holder, pence in db.session.execute(query)]


def with_money() -> list[Holder]:
    """The holders about whom there is anything in the books."""
    query = (
        select(Holder)
        .where(Holder.area_id == current_area().id)
        .where(Holder.id.in_(select(Posting.holder_id)))
        .order_by(Holder.name)
    )
    return list(db.session.scalars(query))


def latest(limit: int = 30) -> list[Posting]:
    """What was written into the books last."""
    query = (
        select(Posting)
        .where(Posting.area_id == current_area().id)
        .options(joinedload(Posting.charge), joinedload(Posting.deposit))
        .order_by(Posting.id.desc())
        .limit(limit)
    )
    return list(db.session.scalars(query))


def refunds_that_failed() -> list[CardRefund]:
    """What the card provider would not give back: the broker does it another way."""
    query = (
        select(CardRefund)
        .join(CardPayment)
        .where(CardPayment.area_id == current_area().id, CardRefund.state == RefundState.FAILED)
    )
    return list(db.session.scalars(query.order_by(CardRefund.id)))


def receipts_of(path: str) -> list[Posting]:
    """The receipts for what was paid on one page, oldest first."""
    query = (
        select(Posting)
        .outerjoin(Charge, Charge.id == Posting.charge_id)
        .outerjoin(Deposit, Deposit.id == Posting.deposit_id)
        .where(Posting.kind.in_(rules.WITH_RECEIPT), Posting.area_id == current_area().id)
        .where((Charge.path == path) | (Deposit.path == path))
        .order_by(Posting.id)
    )
    return list(db.session.scalars(query))


def faults() -> list[str]:
    """What is wrong with the books of this area: nothing, unless somebody wrote into the database by hand."""
    area_id = current_area().id
    total = func.coalesce(func.sum(Entry.pence), 0)
    uneven = (
        select(Posting.id)
        .outerjoin(Entry)
        .where(Posting.area_id == area_id)
        .group_by(Posting.id)
        .having((total != 0) | (func.count(Entry.id) == 0))
    )
    found = [f"posting {posting_id} does not sum to zero" for posting_id in db.session.scalars(uneven)]  # fmt: skip
    held = select(func.sum(Deposit.pence - Deposit.retained_pence)).where(
        Deposit.area_id == area_id, Deposit.state.in_(rules.WITH_BROKER)
    )
    if -balances().get(Account.DEPOSITS, 0) != (db.session.scalar(held) or 0):
        found.append("what is held in deposits is not what the ledger says")
    return found
