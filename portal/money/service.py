"""Postings and deposits. Every function works inside the caller's transaction: money moves with its cause, or not."""

from collections.abc import Iterable

from portal import clock
from portal.areas.queries import current_area
from portal.db import db
from portal.errors import RuleBroken
from portal.money import rules
from portal.money.models import Deposit, Entry, Posting
from portal.money.rules import Account, DepositAction, Line, Paid


def post(
    lines: Iterable[Line],
    *,
    what: str,
    by: int | None,
    deposit: Deposit | None = None,
    reverses: Posting | None = None,
) -> Posting:
    """Write a posting; its lines sum to zero."""
    posting = Posting(
        area_id=deposit.area_id if deposit else current_area().id,
        deposit=deposit,
        user_id=by,
        at=clock.now(),
        what=what,
        reverses_id=reverses and reverses.id,
        entries=[Entry(account=line.account, pence=line.pence) for line in rules.balanced(lines)],
    )
    db.session.add(posting)
    db.session.flush()
    return posting


def reverse(posting: Posting, *, why: str, by: int | None) -> Posting:
    """Undo a posting by its opposite, once."""
    lines = rules.reverse(Line(entry.account, entry.pence) for entry in posting.entries)
    return post(lines, what=why, by=by, deposit=posting.deposit, reverses=posting)


def ask_deposit(pence: int) -> Deposit:
    """A new deposit that is due."""
    rules.check_amount(pence)
    deposit = Deposit(area_id=current_area().id, pence=pence)
    db.session.add(deposit)
    db.session.flush()
    return deposit


def receive(deposit: Deposit, *, paid_by: Paid, by: int) -> str:
    """The money is with the broker; returns the receipt's number."""
    _step(deposit, DepositAction.RECEIVE)
    lines = rules.move(deposit.pence, source=Account.DEPOSITS, target=rules.LIES_IN[paid_by])
    posting = post(lines, what="Deposit received", by=by, deposit=deposit)
    deposit.paid_by = paid_by
    deposit.receipt = f"{clock.today().year}-{posting.id:06d}"
    return deposit.receipt


def waive(deposit: Deposit, *, why: str) -> None:
    """Do without a deposit that is due; no money moves."""
    if not why:
        raise RuleBroken("waiver-why", "Say why no deposit is asked for.")
    _step(deposit, DepositAction.WAIVE)
    deposit.waived_why = why


def retain(deposit: Deposit, pence: int, *, why: str, evidence: str, by: int) -> None:
    """Keep a part, or all, of a deposit; the group is told why and on what evidence."""
    rules.check_retained(pence, deposit.pence, why, evidence)
    _step(deposit, DepositAction.RETAIN)
    # Both accounts are negative, what is owed: less is owed to the group, more to whoever bears the damage.
    lines = rules.move(pence, source=Account.RETAINED, target=Account.DEPOSITS)
    post(lines, what="Part of the deposit kept", by=by, deposit=deposit)
    deposit.retained_pence, deposit.retained_why, deposit.evidence = pence, why, evidence


def give_back(deposit: Deposit, *, by: int) -> int:
    """Return what is left of a deposit the way it came; returns the pence."""
    left = deposit.pence - deposit.retained_pence
    _step(deposit, DepositAction.RETURN)
    if left:
        lines = rules.move(left, source=_lies_in(deposit), target=Account.DEPOSITS)
        post(lines, what="Deposit returned", by=by, deposit=deposit)
    return left


def _step(deposit: Deposit, action: DepositAction) -> None:
    deposit.state = rules.next_state(deposit.state, action)


def _lies_in(deposit: Deposit) -> Account:
    if deposit.paid_by is None:
        raise ValueError("money that lies nowhere cannot be returned")
    return rules.LIES_IN[deposit.paid_by]
