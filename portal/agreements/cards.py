"""Paying the deposit of a case by card. Asking the provider and writing down are kept apart."""

from portal.agreements import deposits, terms
from portal.db import transaction
from portal.errors import Forbidden, RuleBroken
from portal.money import cards, settling
from portal.money.govuk_pay import Answer
from portal.money.models import CardPayment, Deposit, Posting
from portal.money.rules import PostingKind
from portal.people.models import User
from portal.people.rules import Role
from portal.proposals import moves
from portal.proposals.models import Proposal
from portal.proposals.rules import State
from portal.proposals.standing import roles_of


def path(case: Proposal) -> str:
    """The page of a case, under which its payments are."""
    return f"/cases/{case.id}"


def may_pay(case: Proposal, user: User) -> bool:
    """Whether somebody can pay a deposit of this case now: an organiser, while one is waited for."""
    return Role.ORGANISER in roles_of(case, user) and due(case) is not None


def due(case: Proposal) -> Deposit | None:
    """The deposit that is waited for."""
    agreement = terms.current(case.id) if case.state is State.AGREEMENT else None
    return agreement.deposit if agreement and deposits.is_open(agreement) else None


def start(by: int, case_id: int) -> int:
    """The group begins to pay the deposit; a second click finds the first. Returns the payment's number."""
    with transaction() as session:
        case = session.get_one(Proposal, case_id, with_for_update=True)
        if Role.ORGANISER not in roles_of(case, session.get_one(User, by)):
            raise Forbidden("not-yours", "This is for somebody in another role to do.")
        if (deposit := due(case)) is None:
            raise RuleBroken("no-deposit-due", "No deposit is due.")
        payment_id = cards.begin(session, deposit, deposit.pence, by=by).id
    cards.announce(payment_id)
    return payment_id


@settling.books("cases")
def book(case_id: int, payment_id: int, answer: Answer) -> None:
    """Write down the end of a payment for a case, in the portal's turn."""
    with moves.turn(case_id, None) as turn:
        cards.conclude(turn.session, payment_id, answer, lambda paid: _take(turn, paid))


def _take(turn: moves.Turn, payment: CardPayment) -> Posting | None:
    deposit = due(turn.case)
    if deposit is None or deposit.id != payment.deposit_id:
        return None
    deposits.take_by_card(turn, deposit)
    received = [p for p in deposit.postings if p.kind is PostingKind.DEPOSIT_IN]
    return received[-1]
