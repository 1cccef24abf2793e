"""What was asked for in advance and is not owed after all: written off, or given back the way it came."""

from flask_babel import LazyString
from sqlalchemy import func, select

from portal.areas.queries import current_area
from portal.db import db, transaction
from portal.errors import NotFound, RuleBroken
from portal.money import charging, letters, queries, rules, service
from portal.money.models import CardPayment, Charge, Entry, Posting
from portal.money.rules import LIES_IN, Account, Paid, PostingKind
from portal.money.steps import CardState


def credit(
    owed: Charge, pence: int, *, why: str | LazyString, words: str | LazyString = ""
) -> None:
    """So much of a charge is not owed after all, in the caller's transaction: first what is open, then what was paid.

    `why` and `words`, for what it was asked, are lazy where the group shall read them in its own language.
    """
    rules.check_amount(pence)
    off = min(pence, max(charging.open_of(owed), 0))
    if off:
        posting = service.post(
            rules.write_off(off), what=str(why)[:200], by=None, kind=PostingKind.WRITTEN_OFF, charge=owed
        )  # fmt: skip
        letters.written_off(owed, posting, why, off)
    if back := pence - off:
        _give_back(owed, back, words or owed.words)


def give_back(by: int, charge_id: int, *, paid_by: Paid, shown: int | None = None) -> Posting:
    """The broker has given back what was paid too much. `shown` is what the page said: twice is once."""
    with transaction() as session:
        owed = session.get(Charge, charge_id, with_for_update=True)
        if owed is None or owed.area_id != current_area().id:
            raise NotFound("no-charge", "There is no such amount here.")
        left = sum(one.pence for one in queries.surplus(charge_id))
        if not left or (shown is not None and shown != left):
            raise RuleBroken("given-back", "This has been given back already, or the amount has changed. Look at it again.")  # fmt: skip
        if paid_by not in rules.BY_HAND:
            raise RuleBroken("by-hand", "Only cash and transfers are recorded by hand.")
        lines = rules.move(left, source=LIES_IN[paid_by], target=Account.SURPLUS)
        return service.post(
            lines, what="Given back", by=by, kind=PostingKind.GIVEN_BACK, charge=owed
        )


def _give_back(owed: Charge, pence: int, words: str | LazyString) -> None:
    paid, commission = (-_sum(owed, account) for account in (Account.HOLDERS, Account.COMMISSION))
    posting = service.post(
        rules.credit(pence, commission * pence // (paid + commission)),
        what="Paid in advance and not needed",
        by=None,
        kind=PostingKind.CREDITED,
        charge=owed,
    )
    card = _whole_by_card(owed)
    if card is not None:
        lines = rules.move(pence, source=Account.CARDS, target=Account.SURPLUS)
        kind = PostingKind.SURPLUS_BACK
        goes = service.post(lines, what="Goes back to the card", by=None, kind=kind, charge=owed)
        service.refund(card, goes, pence)
    letters.credited(owed, posting, pence, words, by_card=card is not None)


def _whole_by_card(owed: Charge) -> CardPayment | None:
    """The card payment with which all of it was paid; what came in parts is given back by hand."""
    query = select(CardPayment).where(
        CardPayment.charge_id == owed.id, CardPayment.state == CardState.SUCCESS
    )
    whole = (card for card in db.session.scalars(query) if card.pence == owed.pence)
    return next((c for c in whole if c.posting and c.posting.reversed_by is None), None)


def _sum(owed: Charge, account: Account) -> int:
    query = (
        select(func.coalesce(func.sum(Entry.pence), 0))
        .join(Posting)
        .where(Posting.charge_id == owed.id, Entry.account == account)
    )
    return int(db.session.scalar(query))
