"""Postings and deposits. Every function works inside the caller's transaction: money moves with its cause, or not."""

from collections.abc import Iterable

from sqlalchemy import select

from portal import clock
from portal.areas.queries import current_area
from portal.audit.rules import Act
from portal.audit.service import note
from portal.db import db
from portal.errors import RuleBroken
from portal.money import rules
from portal.money.models import CardPayment, CardRefund, Charge, Deposit, Entry, Posting
from portal.money.rules import Account, DepositAction, DepositState, Line, Paid, PostingKind
from portal.money.steps import CardState
from portal.people.access import roles_for
from portal.people.models import User
from portal.people.rules import Role


def post(  # noqa: PLR0913 - what a posting is about is said by name
    lines: Iterable[Line],
    *,
    what: str,
    by: int | None,
    kind: PostingKind = PostingKind.OTHER,
    deposit: Deposit | None = None,
    charge: Charge | None = None,
    holder_id: int | None = None,
    reverses: Posting | None = None,
) -> Posting:
    """Write a posting; its lines sum to zero."""
    cause = deposit or charge
    posting = Posting(
        area_id=cause.area_id if cause else current_area().id,
        deposit=deposit,
        charge=charge,
        holder_id=holder_id or (cause.holder_id if cause else None),
        user_id=by,
        kind=kind,
        at=clock.now(),
        what=what,
        reverses_id=reverses and reverses.id,
        entries=[Entry(account=line.account, pence=line.pence) for line in rules.balanced(lines)],
    )
    db.session.add(posting)
    db.session.flush()
    pence = sum(entry.pence for entry in posting.entries if entry.pence > 0)
    about = ("posting", posting.id)
    note(Act.POSTED, area_id=posting.area_id, by=by, role=_role(by), about=about, kind=kind, pence=pence)  # fmt: skip
    return posting


def _role(by: int | None) -> Role:
    """In what role money is moved: most of it by the broker, some by an organiser's answer, some by the clock."""
    if by is None:
        return Role.PORTAL
    roles = roles_for(db.session.get_one(User, by))
    return Role.BROKER if Role.BROKER in roles else Role.ORGANISER


def reverse(posting: Posting, *, why: str, by: int | None) -> Posting:
    """Undo a posting by its opposite, once: the database refuses a second time."""
    lines = rules.reverse(Line(entry.account, entry.pence) for entry in posting.entries)
    return post(
        lines,
        what=why[:200],
        by=by,
        kind=PostingKind.REVERSAL,
        deposit=posting.deposit,
        charge=posting.charge,
        holder_id=posting.holder_id,
        reverses=posting,
    )


def ask_deposit(
    pence: int,
    *,
    holder_id: int | None = None,
    group_id: int | None = None,
    about: str = "",
    path: str = "",
) -> Deposit:
    """A new deposit that is due; `about` is what papers call it, `path` the page where it is told."""
    rules.check_amount(pence)
    deposit = Deposit(
        area_id=current_area().id,
        pence=pence,
        state=DepositState.DUE,
        holder_id=holder_id,
        group_id=group_id,
        about=about,
        path=path,
    )
    db.session.add(deposit)
    db.session.flush()
    return deposit


def receive(deposit: Deposit, *, paid_by: Paid, by: int | None) -> str:
    """The money is there; returns the receipt's number."""
    _step(deposit, DepositAction.RECEIVE)
    lines = rules.move(deposit.pence, source=Account.DEPOSITS, target=rules.LIES_IN[paid_by])
    posting = post(
        lines, what="Deposit received", by=by, kind=PostingKind.DEPOSIT_IN, deposit=deposit
    )
    deposit.paid_by = paid_by
    deposit.receipt = posting.receipt
    return posting.receipt


def undo_receipt(deposit: Deposit, *, why: str, by: int) -> Posting:
    """The deposit was recorded by mistake: it is due again, and its receipt is void."""
    rules.check_why(why)
    if deposit.paid_by is Paid.CARD:
        raise RuleBroken("came-by-card", "This deposit came by card, so it is no mistake of writing. Return it instead.")  # fmt: skip
    _step(deposit, DepositAction.UNDO)
    received = next(
        posting
        for posting in reversed(deposit.postings)
        if posting.kind is PostingKind.DEPOSIT_IN and posting.reversed_by is None
    )
    deposit.paid_by = deposit.receipt = None
    return reverse(received, why=why, by=by)


def waive(deposit: Deposit, *, why: str) -> None:
    """Do without a deposit that is due; no money moves."""
    if not why:
        raise RuleBroken("waiver-why", "Say why no deposit is asked for.")
    _step(deposit, DepositAction.WAIVE)
    deposit.waived_why = why


def pledge(deposit: Deposit, *, who: str) -> None:
    """Somebody promises to pay up to the amount if there is damage; no money moves."""
    if not who:
        raise RuleBroken("pledge-who", "Say who promises to pay, for example “Sale Parish Council, Ada Hill”.")  # fmt: skip
    _step(deposit, DepositAction.PLEDGE)
    deposit.pledged_by = who[:300]


def release(deposit: Deposit) -> None:
    """The promise is over."""
    _step(deposit, DepositAction.RELEASE)


def retain(deposit: Deposit, pence: int, *, why: str, evidence: str, by: int) -> None:
    """Keep a part, or all, of a deposit; the group is told why and on what evidence."""
    rules.check_retained(pence, deposit.pence, why, evidence)
    _step(deposit, DepositAction.RETAIN)
    # Both accounts are negative, what is owed: less is owed to the group, more to whoever bears the damage.
    lines = rules.move(pence, source=Account.RETAINED, target=Account.DEPOSITS)
    kind = PostingKind.DEPOSIT_KEPT
    post(lines, what="Part of the deposit kept", by=by, kind=kind, deposit=deposit)
    deposit.retained_pence, deposit.retained_why, deposit.evidence = pence, why, evidence


def give_back(deposit: Deposit, *, by: int) -> int:
    """Return what is left of a deposit the way it came; returns the pence. To a card it goes after this transaction."""
    left = deposit.pence - deposit.retained_pence
    _step(deposit, DepositAction.RETURN)
    if left:
        lines = rules.move(left, source=_lies_in(deposit), target=Account.DEPOSITS)
        kind = PostingKind.DEPOSIT_BACK
        posting = post(lines, what="Deposit returned", by=by, kind=kind, deposit=deposit)
        if deposit.paid_by is Paid.CARD:
            refund(_card_payment(deposit), posting, left)
    return left


def refund(payment: CardPayment, posting: Posting, pence: int) -> None:
    """Write down that so much has to go back to a card; `cards.send_refunds` sends it."""
    db.session.add(CardRefund(payment=payment, posting_id=posting.id, pence=pence))
    db.session.flush()


def payment_by(posting: Posting) -> CardPayment | None:
    """The card payment that a posting books; None for one in cash or by transfer."""
    return db.session.scalar(select(CardPayment).where(CardPayment.posting_id == posting.id))


def _card_payment(deposit: Deposit) -> CardPayment:
    return db.session.scalars(
        select(CardPayment).where(
            CardPayment.deposit_id == deposit.id, CardPayment.state == CardState.SUCCESS
        )
    ).one()


def _step(deposit: Deposit, action: DepositAction) -> None:
    deposit.state = rules.next_state(deposit.state, action)


def _lies_in(deposit: Deposit) -> Account:
    if deposit.paid_by is None:
        raise ValueError("money that lies nowhere cannot be returned")
    return rules.LIES_IN[deposit.paid_by]
