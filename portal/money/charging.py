"""What groups owe and what becomes of it: charged, paid, written off, paid out to the holder. A broker's action is one
function here and one transaction; `charge` and `take` work inside their caller's.
"""

from datetime import timedelta

from flask_babel import LazyString
from flask_babel import gettext as _
from sqlalchemy import func, select

from portal import clock
from portal.areas.models import Area
from portal.areas.queries import current_area
from portal.db import db, transaction
from portal.errors import NotFound, RuleBroken
from portal.money import letters, queries, rules, service
from portal.money.models import Charge, Entry, Posting
from portal.money.rules import Account, ChargeKind, Paid, PostingKind
from portal.people.models import Holder

# How long a group has to pay, from the day on which it is asked.
PAY_WITHIN = timedelta(days=14)


def charge(  # noqa: PLR0913 - what is owed, by whom and for what is said by name
    kind: ChargeKind,
    *,
    key: str,
    pence: int,
    holder_id: int,
    group_id: int,
    about: str,
    path: str,
    words: str | LazyString,
) -> Charge | None:
    """Ask a group for money and tell it so, for what in its own language; None where this key was charged before."""
    rules.check_amount(pence)
    if db.session.scalar(select(Charge.id).where(Charge.key == key)) is not None:
        return None
    made = Charge(
        area_id=current_area().id,
        holder_id=holder_id,
        group_id=group_id,
        kind=kind,
        key=key,
        about=about,
        path=path,
        words=str(words),
        pence=pence,
        raised_on=clock.today(),
        due_on=clock.today() + PAY_WITHIN,
    )
    db.session.add(made)
    db.session.flush()
    service.post(rules.charge(pence), what="Asked for", by=None, kind=PostingKind.CHARGED, charge=made)  # fmt: skip
    letters.asked_for(made, words)
    return made


def take(owed: Charge, pence: int, *, paid_by: Paid, by: int | None) -> Posting:
    """Money for a charge has come: commission to the broker, the rest is owed to the holder; the group gets a receipt."""
    rules.check_payment(pence, open_of(owed))
    posting = service.post(
        rules.paid(pence, _commission(owed, pence), rules.LIES_IN[paid_by]),
        what="Paid",
        by=by,
        kind=PostingKind.PAID,
        charge=owed,
    )
    letters.received(owed, posting, pence)
    return posting


def open_of(owed: Charge) -> int:
    """Pence that are still open of a charge, as the ledger has it."""
    query = (
        select(func.coalesce(func.sum(Entry.pence), 0))
        .join(Posting)
        .where(Posting.charge_id == owed.id, Entry.account == Account.DUE)
    )
    return int(db.session.scalar(query))


def record_payment(
    by: int, charge_id: int, *, pence: int, paid_by: Paid, shown: int | None = None
) -> Posting:
    """The broker has the money. `shown` is what the page said is open: two who record it at once record it once."""
    with transaction():
        owed = _charge(charge_id)
        if paid_by not in rules.BY_HAND:
            raise RuleBroken("by-hand", "Only cash and transfers are recorded by hand.")
        rules.check_payment(pence, open_of(owed), shown)
        return take(owed, pence, paid_by=paid_by, by=by)


def write_off(by: int, charge_id: int, *, why: str) -> Posting:
    """What is open of a charge will not be paid; the broker says why."""
    with transaction():
        owed = _charge(charge_id)
        rules.check_why(why)
        left = open_of(owed)
        if left <= 0:
            raise RuleBroken("paid-already", "Nothing is open here any more: it has been paid or written off already.")  # fmt: skip
        posting = service.post(
            rules.write_off(left), what=why[:200], by=by, kind=PostingKind.WRITTEN_OFF, charge=owed
        )
        letters.written_off(owed, posting, posting.what)
        return posting


def reverse(by: int, posting_id: int, *, why: str) -> Posting:
    """Take back what was recorded by mistake, once; the receipt is void and the group is told.

    What came by card goes back to the card; what it was for is open again, to be paid another way or written off.
    """
    with transaction() as session:
        posting = session.get(Posting, posting_id, with_for_update=True)
        if posting is None or posting.area_id != current_area().id:
            raise NotFound("no-posting", "There is no such entry in the books.")
        rules.check_why(why)
        if posting.reversed_by is not None:
            raise RuleBroken("reversed-already", "This has been taken back already.")
        kept = [one.kind for one in posting.charge.postings] if posting.charge else []
        if posting.kind is PostingKind.PAID and PostingKind.CREDITED in kept:
            raise RuleBroken("credited-already", "A part of this is on its way back to the group already. Give back the rest in the same way.")  # fmt: skip
        if posting.kind not in rules.REVERSIBLE:
            raise RuleBroken("not-reversible", "This cannot be taken back here. A deposit is corrected on the page of its let.")  # fmt: skip
        undone = service.reverse(posting, why=why, by=by)
        if posting.kind is PostingKind.PAID:
            paid = service.payment_by(posting)
            if paid is not None:
                service.refund(paid, undone, paid.pence)
            letters.taken_back(posting, undone, by_card=paid is not None)
        return undone


def pay_out(by: int, holder_id: int, *, pence: int, shown: int | None = None) -> Posting:
    """The broker has paid a holder what it is owed, or a part, from the bank."""
    with transaction() as session:
        holder = session.get(Holder, holder_id, with_for_update=True)
        if holder is None or holder.area_id != current_area().id:
            raise NotFound("no-holder", "There is no such holder here.")
        balances = queries.balances(holder.id)
        owed = -sum(balances.get(account, 0) for account in rules.OWED_TO_HOLDERS)
        rules.check_payment(pence, owed, shown)
        rent = -balances.get(Account.HOLDERS, 0)
        posting = service.post(
            rules.pay_out(pence, rent, Account.BANK),
            what="Paid out to the holder",
            by=by,
            kind=PostingKind.PAID_OUT,
            holder_id=holder.id,
        )
        letters.paid_out(holder, posting, pence)
        return posting


def last_move() -> int:
    """The number of the latest posting that moved money; 0 for none."""
    query = select(func.max(Posting.id)).where(
        Posting.area_id == current_area().id, Posting.kind == PostingKind.MOVED
    )
    return db.session.scalar(query) or 0


def move(
    by: int, *, pence: int, source: Account, target: Account, shown: int | None = None
) -> Posting:
    """Money that the broker has goes elsewhere: cash into the bank, or what the card provider pays out.

    `shown` is the last such move when the page was opened: a second click moves nothing.
    """
    area_id = current_area().id
    with transaction() as session:
        session.execute(select(Area.id).where(Area.id == area_id).with_for_update())
        if shown is not None and shown != last_move():
            raise RuleBroken("moved-already", "Money has been moved since you opened this page. Look at where it is now.")  # fmt: skip
        if source is target or {source, target} - set(rules.AT_HAND):
            raise RuleBroken("same-place", "Choose two different places.")
        if pence > queries.balances().get(source, 0):
            raise RuleBroken("not-there", "There is less than that in that place. Look at the balance above.")  # fmt: skip
        rules.check_amount(pence)
        lines = rules.move(pence, source=source, target=target)
        return service.post(lines, what=_("Moved"), by=by, kind=PostingKind.MOVED)


def _charge(charge_id: int) -> Charge:
    """A charge of this area, locked. Raises NotFound."""
    found = db.session.get(Charge, charge_id, with_for_update=True)
    if found is None or found.area_id != current_area().id:
        raise NotFound("no-charge", "There is no such amount here.")
    return found


def _commission(owed: Charge, pence: int) -> int:
    """On rent only, by the area's rate on the day on which the money comes."""
    if owed.kind is not ChargeKind.RENT:
        return 0
    rate = db.session.get_one(Area, owed.area_id).commission_basis_points
    return rules.commission_of(pence, rate)
