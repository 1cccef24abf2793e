"""The ledger, deposits and rent. Money is whole pence; nothing is edited, only reversed. Source: COMPACT.md, Track 3."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from portal.errors import N_, RuleBroken


class Account(StrEnum):
    """Where money stands. What is at hand or due from others is positive, what is owed to others negative."""

    CASH = "cash"  # the broker's cash box
    BANK = "bank"
    CARDS = "cards"  # paid by card, on its way from the card provider to the bank
    DUE = "due"  # from groups
    AWAITED = "awaited"  # the other side of what is due: nobody's until it is paid
    DEPOSITS = "deposits"  # held for groups
    RETAINED = "retained"  # owed to holders: kept from deposits, for what was damaged
    HOLDERS = "holders"  # owed to holders: rent received, less commission
    COMMISSION = "commission"  # the broker's own
    SURPLUS = "surplus"  # paid though nothing was due any more: it goes back


# Money that somebody could count; it moves between these without being anybody else's.
AT_HAND = (Account.CASH, Account.BANK, Account.CARDS)
# Whose that money is.
WHOSE = (Account.DEPOSITS, Account.HOLDERS, Account.RETAINED, Account.SURPLUS, Account.COMMISSION)
OWED_TO_HOLDERS = (Account.HOLDERS, Account.RETAINED)


class PostingKind(StrEnum):
    """What a posting is about; a statement counts by it."""

    DEPOSIT_IN = "deposit_in"
    DEPOSIT_KEPT = "deposit_kept"
    DEPOSIT_BACK = "deposit_back"
    CHARGED = "charged"
    PAID = "paid"
    WRITTEN_OFF = "written_off"
    PAID_OUT = "paid_out"
    MOVED = "moved"
    SURPLUS_IN = "surplus_in"
    SURPLUS_BACK = "surplus_back"
    CREDITED = "credited"  # paid in advance for what did not take place after all
    GIVEN_BACK = "given_back"  # of that, by the broker's hand
    REVERSAL = "reversal"
    OTHER = "other"


# Somebody has handed over money, so there is a receipt.
WITH_RECEIPT = frozenset({PostingKind.DEPOSIT_IN, PostingKind.PAID, PostingKind.SURPLUS_IN})
# What the broker may take back on the money pages. A deposit's postings are undone where its let is.
REVERSIBLE = frozenset(
    {PostingKind.PAID, PostingKind.WRITTEN_OFF, PostingKind.PAID_OUT, PostingKind.MOVED}
)


class ChargeKind(StrEnum):
    """What a group owes money for."""

    RENT = "rent"
    DAMAGE = "damage"  # up to what was pledged instead of a deposit


class Paid(StrEnum):
    """How money was handed over, and so where it lies."""

    CASH = "cash"
    TRANSFER = "transfer"
    CARD = "card"


LIES_IN = {Paid.CASH: Account.CASH, Paid.TRANSFER: Account.BANK, Paid.CARD: Account.CARDS}
BY_HAND = (Paid.CASH, Paid.TRANSFER)  # what a broker records


class DepositState(StrEnum):
    """The life of a deposit: due, held, maybe part retained, returned; or waived; or a promise instead of money."""

    DUE = "due"
    HELD = "held"
    PART_RETAINED = "part_retained"
    RETURNED = "returned"
    WAIVED = "waived"
    PLEDGED = "pledged"  # somebody promises to pay up to the amount; no money moves
    RELEASED = "released"  # the promise is over


class DepositAction(StrEnum):
    """What can be done with a deposit."""

    RECEIVE = "receive"
    WAIVE = "waive"
    RETAIN = "retain"
    RETURN = "return"
    UNDO = "undo"
    PLEDGE = "pledge"
    RELEASE = "release"


# state, action -> state
DEPOSIT_STEPS = {
    (DepositState.DUE, DepositAction.RECEIVE): DepositState.HELD,
    (DepositState.DUE, DepositAction.WAIVE): DepositState.WAIVED,
    (DepositState.HELD, DepositAction.RETAIN): DepositState.PART_RETAINED,
    (DepositState.HELD, DepositAction.RETURN): DepositState.RETURNED,
    (DepositState.PART_RETAINED, DepositAction.RETURN): DepositState.RETURNED,
    (DepositState.HELD, DepositAction.UNDO): DepositState.DUE,
    (DepositState.DUE, DepositAction.PLEDGE): DepositState.PLEDGED,
    (DepositState.PLEDGED, DepositAction.RELEASE): DepositState.RELEASED,
}
# States in which somebody's money lies with the broker.
WITH_BROKER = frozenset({DepositState.HELD, DepositState.PART_RETAINED})
# States that wait for a settlement once the use is over.
UNSETTLED = WITH_BROKER | {DepositState.PLEDGED}
# How long a group has to answer what is to be kept of its deposit.
ANSWER_WORKING_DAYS = 10
# Days after the last day to pay on which a reminder goes.
REMINDERS = (1, 14, 28)
WHOLE_BASIS_POINTS = 10_000  # a basis point is a hundredth of a percent


class Line(NamedTuple):
    """One line of a posting: pence into an account, or out of it when negative."""

    account: Account
    pence: int


def next_state(state: DepositState, action: DepositAction) -> DepositState:
    """The state a deposit goes to. Raises RuleBroken("deposit-not-now")."""
    try:
        return DEPOSIT_STEPS[state, action]
    except KeyError:
        raise RuleBroken(
            "deposit-not-now",
            "That cannot be done with this deposit now. Look at the let again: somebody may have done it already.",
        ) from None


def check_amount(pence: int) -> None:
    """An amount that moves is more than nothing. Raises RuleBroken("amount")."""
    if pence <= 0:
        raise RuleBroken("amount", "Write an amount of more than £0.")


def check_retained(pence: int, held: int, reason: str, evidence: str) -> None:
    """What is kept is at most what is held, with a reason and evidence. Raises RuleBroken."""
    check_amount(pence)
    if pence > held:
        raise RuleBroken("retained-too-much", "You can keep at most the deposit itself.")
    if not (reason and evidence):
        raise RuleBroken(
            "retained-why",
            "To keep a part of the deposit, say why and what shows it, for example photos and a bill.",
        )


def move(pence: int, *, source: Account, target: Account) -> tuple[Line, Line]:
    """Pence from one account to another, as two lines that sum to zero."""
    return Line(target, pence), Line(source, -pence)


def reverse(lines: Iterable[Line]) -> tuple[Line, ...]:
    """The lines that undo a posting."""
    return tuple(Line(line.account, -line.pence) for line in lines)


def balanced(lines: Iterable[Line]) -> tuple[Line, ...]:
    """The lines, if they sum to zero. Raises ValueError: that is a fault of ours, not a person's."""
    lines = tuple(lines)
    if not lines or sum(line.pence for line in lines) != 0:
        raise ValueError(f"a posting sums to zero: {lines}")
    return lines


def commission_of(pence: int, basis_points: int) -> int:
    """The broker's commission on rent received, in pence; a part of a penny stays with the holder."""
    return pence * basis_points // WHOLE_BASIS_POINTS


def charge(pence: int) -> tuple[Line, ...]:
    """A group owes so much; nobody has it yet."""
    return move(pence, source=Account.AWAITED, target=Account.DUE)


def paid(pence: int, commission: int, into: Account) -> tuple[Line, ...]:
    """A group has paid: it owes less, the broker has its commission and the holder is owed the rest."""
    check_amount(pence)
    lines = (
        *move(pence, source=Account.DUE, target=into),
        Line(Account.AWAITED, pence),
        Line(Account.COMMISSION, -commission),
        Line(Account.HOLDERS, commission - pence),
    )
    return tuple(line for line in lines if line.pence)


def credit(pence: int, commission: int) -> tuple[Line, ...]:
    """What was paid is not owed after all: holder and broker have less of it, and it goes back to the group."""
    check_amount(pence)
    lines = (
        Line(Account.HOLDERS, pence - commission),
        Line(Account.COMMISSION, commission),
        Line(Account.SURPLUS, -pence),
    )
    return tuple(line for line in lines if line.pence)


def write_off(pence: int) -> tuple[Line, ...]:
    """What is due will not be paid."""
    return move(pence, source=Account.DUE, target=Account.AWAITED)


def pay_out(pence: int, rent: int, out_of: Account) -> tuple[Line, ...]:
    """Money goes to a holder, from what rent it is owed first (`rent`, pence), then from what was kept for damage."""
    check_amount(pence)
    from_rent = min(pence, max(rent, 0))
    lines = (
        Line(Account.HOLDERS, from_rent),
        Line(Account.RETAINED, pence - from_rent),
        Line(out_of, -pence),
    )
    return tuple(line for line in lines if line.pence)


def check_payment(pence: int, open_pence: int, shown_pence: int | None = None) -> None:
    """What is paid of a charge is at most what is open of it; `shown_pence` is what the page said is open.

    Raises RuleBroken("paid-already"), RuleBroken("amount-changed") or RuleBroken("paid-too-much").
    """
    check_amount(pence)
    if open_pence <= 0:
        raise RuleBroken(
            "paid-already",
            "Nothing is open here any more: it has been paid or written off already.",
        )
    if shown_pence is not None and shown_pence != open_pence:
        raise RuleBroken("amount-changed", "Somebody has recorded a payment since you opened this page. Look at what is open now.")  # fmt: skip
    if pence > open_pence:
        raise RuleBroken(
            "paid-too-much",
            "That is more than is open. Record what is open, and give back the rest.",
        )


def check_why(why: str) -> None:
    """Whatever takes something back says why. Raises RuleBroken("no-why")."""
    if not why:
        raise RuleBroken("no-why", "Say why. Whoever reads the books later will ask.")


def check_answer(words: str, *, agrees: bool) -> None:
    """Who does not agree says why. Raises RuleBroken("no-words")."""
    if not agrees and not words:
        raise RuleBroken("no-words", "Say why, in a few words.")


def check_kept(kept: int, claimed: int) -> None:
    """No more is kept than the group was told before. Raises RuleBroken("kept-unsaid")."""
    if kept > claimed:
        raise RuleBroken(
            "kept-unsaid",
            "You can keep at most what you have told the group before. Say first what is to be kept, and why.",
        )


def reminder_due(due_on: date, today: date) -> str | None:
    """The name of the latest reminder whose day has come, or None."""
    gone = [number for number in REMINDERS if (today - due_on).days >= number]
    return f"reminder-{gone[-1]}" if gone else None


# How a deposit stands, in one sentence.
DEPOSIT_WORDS = {
    DepositState.DUE: N_("%(amount)s, not paid yet"),
    DepositState.HELD: N_("%(amount)s, with the broker (receipt %(receipt)s)"),
    DepositState.PART_RETAINED: N_("%(amount)s, of which %(kept)s is kept: %(why)s"),
    DepositState.RETURNED: N_("%(amount)s, returned; %(kept)s was kept"),
    DepositState.WAIVED: N_("%(amount)s, not asked for any more: %(why)s"),
    DepositState.PLEDGED: N_("Up to %(amount)s is promised instead of a deposit: %(who)s"),
    DepositState.RELEASED: N_(
        "%(amount)s was promised instead of a deposit (%(who)s); the promise is over"
    ),
}
