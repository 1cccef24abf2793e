"""Reads of the ledger."""

from sqlalchemy import func, select

from portal.areas.queries import current_area
from portal.db import db
from portal.money.models import Entry, Posting
from portal.money.rules import Account


def balances() -> dict[Account, int]:
    """Pence in each account of this area; together always zero."""
    query = (
        select(Entry.account, func.sum(Entry.pence))
        .join(Posting)
        .where(Posting.area_id == current_area().id)
        .group_by(Entry.account)
    )
    return {account: int(pence) for account, pence in db.session.execute(query)}
