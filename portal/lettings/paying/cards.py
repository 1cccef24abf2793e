"""Paying for a let by card: the deposit, or what was asked for. Asking the provider and writing down are kept apart."""

from sqlalchemy.orm import Session

from portal.db import transaction
from portal.errors import Forbidden, NotFound, RuleBroken
from portal.lettings import moves, queries, table
from portal.lettings.models import Let
from portal.lettings.paying import deposits
from portal.lettings.rules import Action
from portal.money import cards, charging, settling
from portal.money.govuk_pay import Answer
from portal.money.models import CardPayment, Charge, Deposit, Posting
from portal.money.rules import DepositState, Paid, PostingKind
from portal.people.rules import Role


def start(by: int, let_id: int, charge_id: int | None = None) -> int:
    """The group begins to pay the deposit, or one charge; a second click finds the first. Returns the payment's number."""
    with transaction() as session:
        let, user = moves.load(session, let_id, by)
        if Role.ORGANISER not in queries.roles_towards(user, let):
            raise Forbidden("not-yours", "This is for somebody in another role to do.")
        cause, pence = _due(session, let, charge_id)
        payment_id = cards.begin(session, cause, pence, by=by).id
    cards.announce(payment_id)
    return payment_id


@settling.books("lets")
def book(let_id: int, payment_id: int, answer: Answer) -> None:
    """Write down the end of a payment for a let, under the let's lock."""
    with transaction() as session:
        # The let before the payment, always; and the payment not read before it is locked.
        let = session.get_one(Let, let_id, with_for_update=True)
        cards.conclude(session, payment_id, answer, lambda paid: _take(session, let, paid))


def may_pay_deposit(let: Let) -> bool:
    """Whether the deposit is due and a payment by card would be taken now."""
    due = let.deposit is not None and let.deposit.state is DepositState.DUE
    facts = queries.facts_of(let)
    return due and Action.RECORD_DEPOSIT in table.open_to(let.state, {Role.PORTAL}, facts)


def _due(session: Session, let: Let, charge_id: int | None) -> tuple[Deposit | Charge, int]:
    if charge_id is None:
        if not may_pay_deposit(let) or let.deposit is None:
            raise RuleBroken("no-deposit-due", "No deposit is due.")
        return let.deposit, let.deposit.pence
    charge = session.get(Charge, charge_id, with_for_update=True)
    if charge is None or charge.path != deposits.path(let):
        raise NotFound("no-charge", "There is no such amount here.")
    left = charging.open_of(charge)
    if left <= 0:
        raise RuleBroken("paid-already", "Nothing is open here any more: it has been paid or written off already.")  # fmt: skip
    return charge, left


def _take(session: Session, let: Let, payment: CardPayment) -> Posting | None:
    if payment.charge_id is not None:
        charge = session.get_one(Charge, payment.charge_id, with_for_update=True)
        if charging.open_of(charge) < payment.pence:
            return None
        return charging.take(charge, payment.pence, paid_by=Paid.CARD, by=None)
    if payment.deposit_id != let.deposit_id or not may_pay_deposit(let):
        return None
    deposits.take_by_card(session, let)
    received = [p for p in let.deposit.postings if p.kind is PostingKind.DEPOSIT_IN]
    return received[-1]
