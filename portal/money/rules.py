"""Deposits and the ledger. Money is whole pence; nothing is edited, only reversed. Source: COMPACT.md, Track 3."""

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from portal.errors import RuleBroken


class Account(StrEnum):
    """Where money stands. What is owed to others is negative, what is at hand positive."""

    CASH = "cash"  # the broker's cash box
    BANK = "bank"
    DEPOSITS = "deposits"  # held for groups
    RETAINED = "retained"  # kept from deposits, for what was damaged


class Paid(StrEnum):
    """How a deposit was handed over, and so where it lies."""

    CASH = "cash"
    TRANSFER = "transfer"


LIES_IN = {Paid.CASH: Account.CASH, Paid.TRANSFER: Account.BANK}


class DepositState(StrEnum):
    """The life of a deposit: due, held, maybe part retained, returned; or waived."""

    DUE = "due"
    HELD = "held"
    PART_RETAINED = "part_retained"
    RETURNED = "returned"
    WAIVED = "waived"


class DepositAction(StrEnum):
    """What can be done with a deposit."""

    RECEIVE = "receive"
    WAIVE = "waive"
    RETAIN = "retain"
    RETURN = "return"


# state, action -> state
DEPOSIT_STEPS = {
    (DepositState.DUE, DepositAction.RECEIVE): DepositState.HELD,
    (DepositState.DUE, DepositAction.WAIVE): DepositState.WAIVED,
    (DepositState.HELD, DepositAction.RETAIN): DepositState.PART_RETAINED,
    (DepositState.HELD, DepositAction.RETURN): DepositState.RETURNED,
    (DepositState.PART_RETAINED, DepositAction.RETURN): DepositState.RETURNED,
}
# States in which somebody's money lies with the broker.
WITH_BROKER = frozenset({DepositState.HELD, DepositState.PART_RETAINED})


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
