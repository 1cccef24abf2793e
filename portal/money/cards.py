"""Payments by card as the books know them. What the provider says is asked for outside of any transaction, and written
down in one: so a slow or broken provider holds nobody up, and being asked twice writes once.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from secrets import token_urlsafe

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from portal import clock
from portal.areas.queries import current_area
from portal.db import db, transaction
from portal.errors import NotFound, RuleBroken
from portal.money import govuk_pay, letters, rules, service
from portal.money.govuk_pay import Answer, Refused, Unreachable
from portal.money.models import CardPayment, CardRefund, Charge, Deposit, Posting
from portal.money.rules import Account, PostingKind
from portal.money.steps import CardState, RefundState
from portal.web import pounds

# The provider lets a payment lie for 90 minutes; one of which it never told us an address nobody can have paid.
FORGOTTEN = timedelta(hours=3)
CLAIM = timedelta(minutes=5)
MOST_TRIES = 10
MISMATCH = 412  # it knows another sum that can still go back than we said
Cause = Deposit | Charge


def begin(session: Session, cause: Cause, pence: int, *, by: int) -> CardPayment:
    """The open payment for this, or a new one; in the caller's transaction, which has locked the cause."""
    if not govuk_pay.is_on():
        raise RuleBroken("no-cards", "Cards are not taken here. Pay in cash or by bank transfer.")
    column = CardPayment.deposit_id if isinstance(cause, Deposit) else CardPayment.charge_id
    found = session.scalar(
        select(CardPayment).where(column == cause.id, CardPayment.state == CardState.OPEN)
    )
    if found is not None:
        if found.pence != pence:
            raise RuleBroken("card-begun", "A card payment of another amount was begun and is not finished. Wait until it has run out, at most 90 minutes, then begin again.")  # fmt: skip
        return found
    made = CardPayment(
        area_id=cause.area_id,
        deposit_id=cause.id if isinstance(cause, Deposit) else None,
        charge_id=cause.id if isinstance(cause, Charge) else None,
        path=cause.path,
        pence=pence,
        token=token_urlsafe(24),
        user_id=by,
        started_at=clock.now(),
    )
    session.add(made)
    session.flush()
    return made


def announce(payment_id: int) -> None:
    """Tell the provider of a payment, if it does not know yet. Raises Unreachable: then asking again is safe."""
    payment = db.session.get_one(CardPayment, payment_id)
    if payment.provider_id or payment.state is not CardState.OPEN:
        return
    cause = payment.deposit or payment.charge
    asked = {
        "reference": reference(payment),
        "words": _("%(about)s: %(amount)s", about=cause.about, amount=pounds(payment.pence)),
        "return_url": letters.link(f"{payment.path}/card/{payment.id}"),
        "token": payment.token,
    }
    try:
        answer = govuk_pay.start(payment.pence, **asked)
    except Refused as refusal:
        with transaction() as session:
            row = session.get_one(CardPayment, payment_id, with_for_update=True)
            if row.state is CardState.OPEN and not row.provider_id:
                row.state, row.said = CardState.ERROR, refusal.said
        raise
    with transaction() as session:
        row = session.get_one(CardPayment, payment_id, with_for_update=True)
        row.provider_id = row.provider_id or answer.id


def reference(payment: CardPayment) -> str:
    """What the provider's own lists call a payment: no name, no place."""
    return f"MW-{payment.id}"


def asked(payment: CardPayment) -> Answer | None:
    """What the provider says of an open payment; None where there is nothing to ask. Raises Unreachable or Refused."""
    if payment.state is not CardState.OPEN or not payment.provider_id:
        return None
    return govuk_pay.ask(payment.provider_id)


def conclude(
    session: Session, payment_id: int, answer: Answer, take: Callable[[CardPayment], Posting | None]
) -> CardPayment:
    """Write down how a payment ended, once. `take` books the money and gives None where nothing is due any more."""
    payment = session.get_one(CardPayment, payment_id, with_for_update=True)
    if payment.state is not CardState.OPEN or answer.state is CardState.OPEN:
        return payment
    payment.said = answer.said
    if answer.state is not CardState.SUCCESS:
        payment.state = answer.state
    elif (answer.id, answer.pence, answer.reference) != (
        payment.provider_id,
        payment.pence,
        reference(payment),
    ):
        _doubtful(payment, answer)
    elif posting := take(payment):
        payment.state, payment.posting_id = CardState.SUCCESS, posting.id
    else:
        _surplus(payment)
    return payment


def _doubtful(payment: CardPayment, answer: Answer) -> None:
    """Not what was asked for: nothing is booked, and the broker looks into it."""
    payment.state = CardState.ERROR

    def say() -> list[str]:
        return [_("The card service says that %(paid)s were paid, but %(asked)s had been asked for (%(number)s). Nothing was booked. Look at it in GOV.UK Pay.", paid=pounds(answer.pence), asked=pounds(payment.pence), number=reference(payment))]  # fmt: skip

    letters.to_brokers(_l("A card payment needs a look"), say, key=f"card:{payment.id}:doubtful")


def _surplus(payment: CardPayment) -> None:
    """Paid though nothing was due any more: it is booked as theirs and goes back."""
    cause = {"deposit": payment.deposit, "charge": payment.charge}
    came = service.post(
        rules.move(payment.pence, source=Account.SURPLUS, target=Account.CARDS),
        what="Paid by card though nothing was due",
        by=None,
        kind=PostingKind.SURPLUS_IN,
        **cause,
    )
    goes = service.post(
        rules.move(payment.pence, source=Account.CARDS, target=Account.SURPLUS),
        what="Goes back to the card",
        by=None,
        kind=PostingKind.SURPLUS_BACK,
        **cause,
    )
    payment.state, payment.posting_id = CardState.SURPLUS, came.id
    service.refund(payment, goes, payment.pence)


def open_payments() -> list[int]:
    """The payments whose end is not known."""
    query = select(CardPayment.id).where(
        CardPayment.area_id == current_area().id, CardPayment.state == CardState.OPEN
    )
    return list(db.session.scalars(query.order_by(CardPayment.id)))


def forget(payment_id: int) -> None:
    """Close a payment that the provider never told us an address of: nobody can have paid it."""
    with transaction() as session:
        row = session.get_one(CardPayment, payment_id, with_for_update=True)
        old = row.started_at < clock.now() - FORGOTTEN
        if row.state is CardState.OPEN and not row.provider_id and old:
            row.state = CardState.EXPIRED


def send_refunds() -> int:
    """Send what waits to go back to cards, each by one sender only; returns how many the provider took."""
    sent = 0
    while (refund_id := _claim()) is not None:
        sent += _send(refund_id)
    for refund_id in list(db.session.scalars(_refunds(RefundState.SUBMITTED))):
        _follow(refund_id)
    return sent


def _refunds(state: RefundState):
    return (
        select(CardRefund.id)
        .join(CardPayment)
        .where(CardPayment.area_id == current_area().id, CardRefund.state == state)
        .order_by(CardRefund.id)
    )


def _claim() -> int | None:
    """Take the next refund for a few minutes, so that nobody else sends it."""
    with transaction() as session:
        now: datetime = clock.now()
        query = _refunds(RefundState.WAITING).where(
            or_(CardRefund.claimed_until.is_(None), CardRefund.claimed_until < now)
        )
        refund_id = session.scalar(query.limit(1).with_for_update(skip_locked=True, of=CardRefund))
        if refund_id is not None:
            row = session.get_one(CardRefund, refund_id)
            row.tries += 1
            row.claimed_until = now + CLAIM * min(2 ** (row.tries - 1), 64)
        return refund_id


def _send(refund_id: int) -> int:
    row = db.session.get_one(CardRefund, refund_id)
    payment_id, pence, tries = row.payment.provider_id or "", row.pence, row.tries
    try:
        # An answer that never reached us: what went back then is found, not sent again.
        done = _found(row) if tries > 1 else None
        if done is None:
            refundable = govuk_pay.ask(payment_id).refundable
            done = govuk_pay.give_back(payment_id, pence, refundable=refundable)
    except Unreachable:
        if tries >= MOST_TRIES:
            _note(refund_id, RefundState.FAILED, said="no answer")
        return 0
    except Refused as refusal:
        if refusal.status != MISMATCH or tries >= MOST_TRIES:
            _note(refund_id, RefundState.FAILED, said=refusal.said)
        return 0
    _note(refund_id, done.state, provider_id=done.id)
    return 1


def _found(row: CardRefund) -> govuk_pay.Refund | None:
    """A refund that the provider knows and we do not: ours, whose answer was lost."""
    ours = select(CardRefund.provider_id).where(CardRefund.provider_id.is_not(None))
    known, wanted = set(db.session.scalars(ours)), row.pence
    listed = govuk_pay.refunds(row.payment.provider_id or "")
    return next((one for one in listed if one.id not in known and one.pence == wanted), None)


def _follow(refund_id: int) -> None:
    """Whether what the provider took has arrived."""
    row = db.session.get_one(CardRefund, refund_id)
    provider_id = row.provider_id
    try:
        listed = govuk_pay.refunds(row.payment.provider_id or "")
    except (Unreachable, Refused):
        return
    now = next((one for one in listed if one.id == provider_id), None)
    if now is not None and now.state is not RefundState.SUBMITTED:
        _note(refund_id, now.state, said="error" if now.state is RefundState.FAILED else "")


def _note(refund_id: int, state: RefundState, *, provider_id: str = "", said: str = "") -> None:
    with transaction() as session:
        row = session.get_one(CardRefund, refund_id, with_for_update=True)
        if row.state in (RefundState.SUCCESS, RefundState.FAILED):
            return
        row.state, row.said = state, said[:200]
        row.provider_id = provider_id or row.provider_id
        if state is RefundState.FAILED:
            letters.to_brokers(
                _l("A card took no money back"),
                lambda: [
                    _("%(amount)s could not go back to the card. Give it back by bank transfer, and record that on the page “Money”.", amount=pounds(row.pence)),
                    letters.link("/money"),
                ],
                key=f"refund:{row.id}:failed",
            )  # fmt: skip


def refund_of(refund_id: int, *, locked: bool = False) -> CardRefund:
    """What goes back to a card, of this area. Raises NotFound."""
    row = db.session.get(CardRefund, refund_id, with_for_update=locked)
    if row is None or row.payment.area_id != current_area().id:
        raise NotFound("no-refund", "There is no such amount here.")
    return row


def given_back_by_hand(by: int, refund_id: int) -> None:
    """The broker has given back by transfer what the card would not take: the bank has less, the provider owes it."""
    with transaction():
        row = refund_of(refund_id, locked=True)
        if row.state is not RefundState.FAILED:
            raise RuleBroken("refund-done", "This has been given back already.")
        service.post(
            rules.move(row.pence, source=Account.BANK, target=Account.CARDS),
            what="Given back by transfer, not to the card",
            by=by,
            kind=PostingKind.MOVED,
        )
        row.state = RefundState.SUCCESS
