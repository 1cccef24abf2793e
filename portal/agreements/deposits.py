"""The deposit of an agreement: asked for when the terms are agreed, held by the broker, settled after the return."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.agreements import terms
from portal.agreements.models import Agreement, DepositClaim
from portal.db import db
from portal.money import claims
from portal.money import rules as money_rules
from portal.money import service as money
from portal.money.models import Deposit
from portal.money.rules import WITH_BROKER, DepositState, Paid
from portal.proposals import moves
from portal.proposals.models import Proposal
from portal.proposals.rules import Action
from portal.web import pounds


def ask(agreement: Agreement, pence: int) -> None:
    """Ask for what the terms name, less what the broker holds already from an edition before."""
    wanted = pence - sum(one.pence for one in held(agreement.proposal_id))
    due = agreement.deposit if is_open(agreement) else None
    if due and due.pence == wanted:
        return
    forget(agreement, _("The terms were changed."))
    if wanted > 0 and agreement.deposit is None:
        case = db.session.get_one(Proposal, agreement.proposal_id)
        agreement.deposit = money.ask_deposit(
            wanted,
            holder_id=case.asset.holder_id,
            group_id=case.group_id,
            about=_("Case %(number)s", number=case.id),
            path=f"/cases/{case.id}",
        )


def forget(agreement: Agreement, why: str) -> None:
    """Ask no more for a deposit that has not been paid."""
    if is_open(agreement):
        money.waive(agreement.deposit, why=why)
        agreement.deposit = None


def is_open(agreement: Agreement) -> bool:
    """Whether a deposit is asked for and neither paid nor waived."""
    return agreement.deposit is not None and agreement.deposit.state is DepositState.DUE


def held(case_id: int) -> list[Deposit]:
    """The deposits that the broker holds for a case."""
    found = [one.deposit for one in terms.every(case_id) if one.deposit is not None]
    return [deposit for deposit in found if deposit.state in WITH_BROKER]


def claim_of(case_id: int) -> DepositClaim | None:
    """What the broker means to keep, if that was said."""
    return db.session.get(DepositClaim, case_id)


def take(case_id: int, user_id: int, *, paid_by: Paid) -> str:
    """The money is with the broker; returns the receipt's number."""
    with moves.turn(case_id, user_id) as turn:
        turn.allowed(Action.TAKE_DEPOSIT)
        deposit = terms.current(case_id).deposit
        receipt = money.receive(deposit, paid_by=paid_by, by=user_id)
        # The guard has been asked above; by now the answer would be that it is no longer open.
        said = _l("%(amount)s. Receipt %(number)s.", amount=pounds(deposit.pence), number=receipt)
        turn.take(Action.TAKE_DEPOSIT, why=said, deposit_open=True)
    return receipt


def take_by_card(turn: moves.Turn, deposit: Deposit) -> None:
    """The card provider says that it is paid; in the caller's turn."""
    turn.allowed(Action.TAKE_DEPOSIT, paid_by_card=True)
    receipt = money.receive(deposit, paid_by=Paid.CARD, by=None)
    said = _l("%(amount)s. Receipt %(number)s.", amount=pounds(deposit.pence), number=receipt)
    turn.take(Action.TAKE_DEPOSIT, why=said, deposit_open=True, paid_by_card=True)


def waive(case_id: int, user_id: int, why: str) -> None:
    """The broker does without the deposit, and says why."""
    with moves.turn(case_id, user_id) as turn:
        turn.take(Action.WAIVE_DEPOSIT, words=why)
        money.waive(terms.current(case_id).deposit, why=why)


def claim(case_id: int, user_id: int, *, pence: int, why: str, evidence: str) -> None:
    """The broker says what is to be kept, why, and what shows it; the group is asked first."""
    with moves.turn(case_id, user_id) as turn:
        turn.allowed(Action.CLAIM_DEPOSIT)
        turn.take(Action.CLAIM_DEPOSIT)
        row = DepositClaim(proposal_id=case_id)
        claims.claim(row, held(case_id), pence=pence, why=why, evidence=evidence, by=user_id)


def answer(case_id: int, user_id: int, *, agrees: bool, words: str) -> None:
    """The group says what it thinks of that."""
    with moves.turn(case_id, user_id) as turn:
        turn.allowed(Action.ANSWER_CLAIM)
        money_rules.check_answer(words, agrees=agrees)
        turn.take(Action.ANSWER_CLAIM)
        claims.answer(claim_of(case_id), agrees=agrees, words=words)


def settle(case_id: int, user_id: int, *, kept_pence: int = 0) -> int:
    """Give back what is left, after keeping at most what was said before; returns the pence given back."""
    with moves.turn(case_id, user_id) as turn:
        turn.allowed(Action.SETTLE_DEPOSIT)
        back = claims.settle(held(case_id), claim_of(case_id), kept_pence, by=user_id)
        given = _l("Given back: %(back)s. Kept: %(kept)s.", back=pounds(back), kept=pounds(kept_pence))  # fmt: skip
        turn.take(Action.SETTLE_DEPOSIT, why=given, deposit_held=True)
    return back
