"""The life of a let, in one table: who may do what in which state, and what stands in the way. Pure. Source: COMPACT.md, Track 3.

Sentences are English source text with %(name)s; whoever shows them translates them.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from portal.errors import N_, Forbidden, RuleBroken
from portal.lettings.rules import Action, LetState
from portal.money.rules import UNSETTLED, WITH_BROKER, DepositState
from portal.people.rules import Role


@dataclass(frozen=True)
class Facts:
    """What a guard may ask about a let now."""

    begun: bool = False  # its first date has come
    over: bool = False  # its last date has gone by
    within_means: bool = True  # the price is no more than the group said it can pay
    deposit: DepositState | None = None
    claimed: bool = False  # the broker has said what is to be kept of the deposit
    claim_open: bool = False  # and the group has not answered
    claim_waits: bool = False  # though it still has time to
    dates: int = 0  # that still stand or have gone by
    dates_ahead: int = 0  # dates still planned that have not begun
    costs: bool = False  # it is not free of charge
    giving_up: int = 0  # how many of those this step gives up
    unused: bool = False  # three times running
    asked: bool = False  # whether the group still needs the room
    unanswered: bool = False  # and the last day to say so has gone by


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
    lambda facts: facts.dates_ahead > max(1, facts.giving_up),
    "last-date",
    N_("That would leave no date. Take the whole request back instead."),
)
RENT_AHEAD = Guard(
    lambda facts: facts.costs and facts.dates_ahead > 0,
    "no-rent",
    N_("This let costs nothing, or all its dates have gone by."),
)
NO_DATE = Guard(lambda facts: facts.dates == 0, "not-over", N_("There are dates left."))
UNUSED = Guard(
    lambda facts: facts.unused and not facts.asked and facts.dates_ahead > 0,
    "not-unused",
    N_("The room was not unused three times running."),
)
ASKED = Guard(
    lambda facts: facts.asked,
    "not-asked",
    N_("The room is yours. Nobody waits for this answer, or you have given it already."),
)
UNANSWERED = Guard(
    lambda facts: facts.unanswered, "not-unanswered", N_("The last day has not gone by yet.")
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
DEARER = Guard(lambda facts: not facts.within_means, "not-yet", N_("Not yet."))
DEPOSIT_HELD = Guard(
    lambda facts: facts.deposit is DepositState.HELD,
    "no-deposit-held",
    N_("No deposit is held for this let."),
)
NOT_CLAIMED = Guard(
    lambda facts: facts.deposit in UNSETTLED and not facts.claimed,
    "deposit-claimed",
    N_(
        "Nothing is held that could be kept, or the group has been told already what is to be kept."
    ),
)
CLAIM_OPEN = Guard(
    lambda facts: facts.deposit in UNSETTLED and facts.claim_open,
    "no-claim",
    N_("There is nothing about the deposit to answer."),
)
# A promise of which nothing is claimed ends by itself.
TO_SETTLE = Guard(
    lambda facts: (
        not facts.claim_waits and facts.deposit in (UNSETTLED if facts.claimed else WITH_BROKER)
    ),
    "no-deposit-held",
    N_("No deposit is held, or the group still has time to answer what is to be kept of it."),
)
PROMISED = Guard(
    lambda facts: facts.deposit is DepositState.PLEDGED and not facts.claimed,
    "no-pledge",
    N_("There is no promise that could end now."),
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


NEED, LIFE, ROUND = "Track 3: need", "Track 3: states", "Track 3: needs and matches"
DEPOSIT, DATES = "Track 3: deposit", "Track 3: occurrences"
RENT = "Track 3: rent"
UNUSED_CLAUSE = "Track 3: unused three times running"
_S, _A = LetState, Action
STANDS = (LetState.CONFIRMED, LetState.RUNNING)

TABLE: tuple[Step, ...] = (
    Step(None, _A.ASK, GROUP, _S.REQUESTED, N_("The group asked for the room."), NEED),
    Step(None, _A.ALLOT, BROKER, _S.DEPOSIT_DUE, N_("The room was given to the group in a round; every date is held for it until the deposit is paid."), ROUND, DUE_WITHIN_MEANS),
    Step(None, _A.ALLOT, BROKER, _S.CONFIRMED, N_("The room was given to the group in a round; every date is held for it."), ROUND, FREE_WITHIN_MEANS),
    Step(None, _A.ALLOT, BROKER, _S.OFFERED, N_("The room was given to the group in a round, at a price above what it had said it can pay."), ROUND, DEARER),
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
    Step(_S.DEPOSIT_DUE, _A.RECORD_DEPOSIT, BROKER | PORTAL, _S.CONFIRMED, N_("The deposit was paid, so the let is confirmed."), DEPOSIT, DEPOSIT_DUE),
    Step(_S.DEPOSIT_DUE, _A.PLEDGE_DEPOSIT, BROKER, _S.CONFIRMED, N_("Somebody promised to pay for damage, instead of a deposit, so the let is confirmed."), DEPOSIT, DEPOSIT_DUE),
    Step(_S.DEPOSIT_DUE, _A.WAIVE_DEPOSIT, BROKER, _S.CONFIRMED, N_("The broker waived the deposit, so the let is confirmed."), DEPOSIT, DEPOSIT_DUE),
    Step(_S.DEPOSIT_DUE, _A.WITHDRAW, GROUP, _S.WITHDRAWN, N_("The group did not take the offer."), LIFE),
    Step(_S.DEPOSIT_DUE, _A.CANCEL, THEIR_SIDE, _S.CANCELLED, N_("The offer was taken back."), LIFE),
    Step(_S.DEPOSIT_DUE, _A.END, PORTAL, _S.CANCELLED, N_("All dates went by before the deposit was paid."), DEPOSIT, OVER),
    Step(_S.CONFIRMED, _A.BEGIN, PORTAL, _S.RUNNING, N_("The first date has come."), DATES, BEGUN),
    *(Step(s, _A.SKIP, GROUP, s, N_("The group does not meet on one date."), DATES, DATES_LEFT) for s in (_S.REQUESTED, _S.OFFERED, _S.DEPOSIT_DUE)),
    *(Step(s, _A.RELEASE, GROUP, s, N_("The group cannot come on one date; others can use the room then."), DATES, DATES_AHEAD) for s in STANDS),
    *(Step(s, _A.TAKE_BACK, GROUP, s, N_("The group took one date back."), DATES) for s in (_S.REQUESTED, _S.OFFERED, _S.DEPOSIT_DUE, *STANDS)),
    *(Step(s, _A.MOVE, GROUP | BROKER, s, N_("One date was moved."), DATES) for s in STANDS),
    *(Step(s, _A.CANCEL_DATE, THEIR_SIDE, s, N_("One date was cancelled; the others stay."), DATES, DATES_AHEAD) for s in STANDS),
    Step(None, _A.TAKE_OFFER, GROUP, _S.DEPOSIT_DUE, N_("The group took a date that had become free. It is held; the room asks for a deposit."), DEPOSIT, DEPOSIT_DUE),
    Step(None, _A.TAKE_OFFER, GROUP, _S.CONFIRMED, N_("The group took a date that had become free."), DATES, NOTHING_DUE),
    *(Step(s, _A.TAKE_OFFER, GROUP, s, N_("The group took one more date, which had become free."), DATES) for s in STANDS),
    *(Step(s, _A.ASK_RENT, BROKER, s, N_("The broker asked for the rent of a month in advance."), RENT, RENT_AHEAD) for s in STANDS),
    *(Step(s, _A.CAME, ALL_SIDES, s, N_("The group came."), DATES) for s in (*STANDS, _S.ENDED)),
    *(Step(s, _A.NOBODY_CAME, ALL_SIDES, s, N_("Nobody came."), DATES) for s in (*STANDS, _S.ENDED)),
    Step(_S.CONFIRMED, _A.END, PORTAL, _S.ENDED, N_("No date is left."), DATES, NO_DATE),
    Step(_S.RUNNING, _A.QUERY, PORTAL, _S.RUNNING, N_("The room was not used three times running, so the group is asked whether it still needs it."), UNUSED_CLAUSE, UNUSED),
    Step(_S.RUNNING, _A.KEEP, GROUP, _S.RUNNING, N_("The group still needs the room."), UNUSED_CLAUSE, ASKED),
    Step(_S.RUNNING, _A.LAPSE, PORTAL, _S.ENDED, N_("The room was not used three times running and nobody said that it is still needed. The dates ahead are free for others."), UNUSED_CLAUSE, UNANSWERED),
    Step(_S.CONFIRMED, _A.CANCEL, ALL_SIDES, _S.CANCELLED, N_("The let was cancelled."), LIFE),
    Step(_S.RUNNING, _A.CANCEL, ALL_SIDES, _S.CANCELLED, N_("The let was cancelled; dates gone by stay as they were."), LIFE),
    Step(_S.RUNNING, _A.END, PORTAL, _S.ENDED, N_("The last date has gone by."), DATES, OVER),
    # A deposit that was recorded by mistake is due again, and the let goes on.
    *(
        row
        for state in (_S.CONFIRMED, _S.RUNNING)
        for row in (
            Step(state, _A.UNDO_DEPOSIT, BROKER, state, N_("The deposit had been recorded by mistake: it is due again."), DEPOSIT, DEPOSIT_HELD),
            Step(state, _A.RECORD_DEPOSIT, BROKER | PORTAL, state, N_("The deposit was paid."), DEPOSIT, DEPOSIT_DUE),
            Step(state, _A.PLEDGE_DEPOSIT, BROKER, state, N_("Somebody promised to pay for damage, instead of a deposit."), DEPOSIT, DEPOSIT_DUE),
            Step(state, _A.WAIVE_DEPOSIT, BROKER, state, N_("The broker waived the deposit."), DEPOSIT, DEPOSIT_DUE),
        )
    ),
    *(
        row
        for state in (_S.ENDED, _S.CANCELLED)
        for row in (
            Step(state, _A.RETURN_DEPOSIT, BROKER, state, N_("The broker returned the deposit."), DEPOSIT, TO_SETTLE),
            Step(state, _A.CLAIM_DEPOSIT, BROKER, state, N_("The broker said what is to be kept of the deposit, and asked the group."), DEPOSIT, NOT_CLAIMED),
            Step(state, _A.ANSWER_CLAIM, GROUP, state, N_("The group answered about the deposit."), DEPOSIT, CLAIM_OPEN),
            Step(state, _A.END_PLEDGE, BROKER | PORTAL, state, N_("The promise instead of a deposit is over."), DEPOSIT, PROMISED),
            Step(state, _A.UNDO_DEPOSIT, BROKER, state, N_("The deposit had been recorded by mistake: there is nothing to return."), DEPOSIT, DEPOSIT_HELD),
        )
    ),
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
