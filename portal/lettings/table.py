"""The life of a let, in one table: who may do what in which state, and what stands in the way. Pure. Source: COMPACT.md, Track 3.

Sentences are English source text with %(name)s; whoever shows them translates them.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from portal.errors import N_, Forbidden, RuleBroken
from portal.lettings.rules import Action, LetState
from portal.money.rules import WITH_BROKER, DepositState
from portal.people.rules import Role


@dataclass(frozen=True)
class Facts:
    """What a guard may ask about a let now."""

    begun: bool = False  # its first date has come
    over: bool = False  # its last date has gone by
    within_means: bool = True  # the price is no more than the group said it can pay
    deposit: DepositState | None = None
    dates_ahead: int = 0  # dates still planned that have not begun


class Guard(NamedTuple):
    """A condition, and the refusal when it does not hold."""

    holds: Callable[[Facts], bool]
    code: str
    sentence: str


NOT_BEGUN = Guard(
    lambda facts: not facts.begun,
    "dates-gone-by",
    N_(
        "The first date has gone by already. Decline it, and ask the group to ask again from a later day."
    ),
)
BEGUN = Guard(lambda facts: facts.begun, "not-begun", N_("The first date has not come yet."))
OVER = Guard(lambda facts: facts.over, "not-over", N_("The last date has not gone by yet."))
DATES_AHEAD = Guard(
    lambda facts: facts.dates_ahead > 0, "no-date-ahead", N_("All dates of this let have gone by.")
)
DATES_LEFT = Guard(
    lambda facts: facts.dates_ahead > 1,
    "last-date",
    N_("This is the only date left. Cancel the whole let instead."),
)
DEPOSIT_DUE = Guard(
    lambda facts: facts.deposit is DepositState.DUE, "no-deposit-due", N_("No deposit is due.")
)
NOTHING_DUE = Guard(
    lambda facts: facts.deposit is not DepositState.DUE,
    "deposit-due",
    N_("The deposit is still due."),
)
DUE_WITHIN_MEANS = Guard(
    lambda facts: facts.within_means and facts.deposit is DepositState.DUE,
    "not-yet",
    N_("Not yet."),
)
FREE_WITHIN_MEANS = Guard(
    lambda facts: facts.within_means and facts.deposit is not DepositState.DUE,
    "not-yet",
    N_("Not yet."),
)
DEPOSIT_HELD = Guard(
    lambda facts: facts.deposit in WITH_BROKER,
    "no-deposit-held",
    N_("No deposit is held for this let."),
)

GROUP = frozenset({Role.ORGANISER})
BROKER = frozenset({Role.BROKER})
PORTAL = frozenset({Role.PORTAL})
ALL_SIDES = frozenset({Role.ORGANISER, Role.BROKER, Role.OFFICER})
THEIR_SIDE = frozenset({Role.BROKER, Role.OFFICER})


class Step(NamedTuple):
    """One row of the table: in `state`, `action` by one of `roles` leads to `to` if `guard` holds."""

    state: LetState | None
    action: Action
    roles: frozenset[Role]
    to: LetState
    sentence: str  # how the history tells it
    clause: str  # of COMPACT.md
    guard: Guard | None = None


NEED, LIFE = "Track 3: need", "Track 3: states"
DEPOSIT, DATES, HOURS = "Track 3: deposit", "Track 3: occurrences", "Track 3: hours"
_S, _A = LetState, Action

TABLE: tuple[Step, ...] = (
    Step(None, _A.ASK, GROUP, _S.REQUESTED, N_("The group asked for the room."), NEED),
    Step(_S.REQUESTED, _A.APPROVE, BROKER, _S.OFFERED, N_("The broker approved; every date is now held for the group."), LIFE, NOT_BEGUN),
    Step(_S.REQUESTED, _A.PRE_APPROVE, PORTAL, _S.OFFERED, N_("A standing approval of the holder fits; every date is now held for the group."), LIFE, NOT_BEGUN),
    Step(_S.REQUESTED, _A.DECLINE, BROKER, _S.DECLINED, N_("The broker declined the request."), LIFE),
    Step(_S.REQUESTED, _A.WITHDRAW, GROUP, _S.WITHDRAWN, N_("The group took its request back."), LIFE),
    Step(_S.OFFERED, _A.SETTLE, PORTAL, _S.DEPOSIT_DUE, N_("The let is confirmed when the deposit is paid."), DEPOSIT, DUE_WITHIN_MEANS),
    Step(_S.OFFERED, _A.SETTLE, PORTAL, _S.CONFIRMED, N_("Nothing is left to pay, so the let is confirmed."), LIFE, FREE_WITHIN_MEANS),
    Step(_S.OFFERED, _A.ACCEPT, GROUP, _S.DEPOSIT_DUE, N_("The group accepted the price; the deposit is due."), DEPOSIT, DEPOSIT_DUE),
    Step(_S.OFFERED, _A.ACCEPT, GROUP, _S.CONFIRMED, N_("The group accepted the price; the let is confirmed."), LIFE, NOTHING_DUE),
    Step(_S.OFFERED, _A.WITHDRAW, GROUP, _S.WITHDRAWN, N_("The group did not take the offer."), LIFE),
    Step(_S.OFFERED, _A.CANCEL, THEIR_SIDE, _S.CANCELLED, N_("The offer was taken back."), LIFE),
    Step(_S.DEPOSIT_DUE, _A.RECORD_DEPOSIT, BROKER, _S.CONFIRMED, N_("The deposit was paid, so the let is confirmed."), DEPOSIT, DEPOSIT_DUE),
    Step(_S.DEPOSIT_DUE, _A.WAIVE_DEPOSIT, BROKER, _S.CONFIRMED, N_("The broker waived the deposit, so the let is confirmed."), DEPOSIT, DEPOSIT_DUE),
    Step(_S.DEPOSIT_DUE, _A.WITHDRAW, GROUP, _S.WITHDRAWN, N_("The group did not take the offer."), LIFE),
    Step(_S.DEPOSIT_DUE, _A.CANCEL, THEIR_SIDE, _S.CANCELLED, N_("The offer was taken back."), LIFE),
    Step(_S.CONFIRMED, _A.BEGIN, PORTAL, _S.RUNNING, N_("The first date has come."), DATES, BEGUN),
    Step(_S.CONFIRMED, _A.CANCEL_DATE, ALL_SIDES, _S.CONFIRMED, N_("One date was cancelled; the others stay."), DATES, DATES_LEFT),
    Step(_S.CONFIRMED, _A.CANCEL, ALL_SIDES, _S.CANCELLED, N_("The let was cancelled."), LIFE),
    Step(_S.RUNNING, _A.CANCEL_DATE, ALL_SIDES, _S.RUNNING, N_("One date was cancelled; the others stay."), DATES, DATES_AHEAD),
    Step(_S.RUNNING, _A.CANCEL, ALL_SIDES, _S.CANCELLED, N_("The let was cancelled; dates gone by stay as they were."), LIFE),
    Step(_S.RUNNING, _A.END, PORTAL, _S.ENDED, N_("The last date has gone by."), DATES, OVER),
    Step(_S.ENDED, _A.RETURN_DEPOSIT, BROKER, _S.ENDED, N_("The broker returned the deposit."), DEPOSIT, DEPOSIT_HELD),
    Step(_S.CANCELLED, _A.RETURN_DEPOSIT, BROKER, _S.CANCELLED, N_("The broker returned the deposit."), DEPOSIT, DEPOSIT_HELD),
)  # fmt: skip


def step_for(
    state: LetState | None, action: Action, roles: Iterable[Role], facts: Facts = Facts()
) -> Step:
    """The row that allows an action. Raises Forbidden("not-yours"), RuleBroken("not-now") or the guard's refusal."""
    roles = frozenset(roles)
    if not any(row.action is action and row.roles & roles for row in TABLE):
        raise Forbidden("not-yours", "This is for somebody in another role to do.")
    rows = [row for row in TABLE if row.state is state and row.action is action]
    if not rows:
        raise RuleBroken(
            "not-now",
            "That cannot be done now. Look at the let again: it has moved on since you opened the page.",
        )
    mine = [row for row in rows if row.roles & roles]
    if not mine:
        raise Forbidden("not-yours", "This is for somebody in another role to do.")
    for row in mine:
        if row.guard is None or row.guard.holds(facts):
            return row
    guard = mine[0].guard
    assert guard is not None  # noqa: S101 - a row without a guard was returned above
    raise RuleBroken(guard.code, guard.sentence)


def open_to(state: LetState, roles: Iterable[Role], facts: Facts) -> list[Action]:
    """What somebody in these roles can do now, in the order of the table."""
    roles = frozenset(roles)
    rows = (row for row in TABLE if row.state is state and row.roles & roles)
    found = [row.action for row in rows if row.guard is None or row.guard.holds(facts)]
    return list(dict.fromkeys(found))


def told(before: LetState | None, action: Action, after: LetState) -> str:
    """How the history tells a step that was taken."""
    return next(
        row.sentence for row in TABLE if (row.state, row.action, row.to) == (before, action, after)
    )
