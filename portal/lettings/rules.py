"""The life of a let, in one table; what a group asks for; and what may be said of a room. Source: COMPACT.md, Track 3.

Sentences are English source text with %(name)s; whoever shows them translates them.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from typing import NamedTuple

from portal.errors import N_, Forbidden, RuleBroken
from portal.lettings.walltime import instants, wall
from portal.money.rules import WITH_BROKER, DepositState
from portal.people.rules import Role


class LetState(StrEnum):
    """How a let stands."""

    REQUESTED = "requested"  # holds nothing: others may ask too
    OFFERED = "offered"  # dearer than the group said it can pay: it is held while the group thinks
    DEPOSIT_DUE = "deposit_due"  # held while the deposit is paid
    CONFIRMED = "confirmed"
    RUNNING = "running"
    ENDED = "ended"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"


class OccurrenceState(StrEnum):
    """How one date of a let stands."""

    PLANNED = "planned"
    CANCELLED = "cancelled"


class Insurance(StrEnum):
    """Whose insurance answers for the group."""

    OWN = "own"
    VENUE = "venue"
    SPONSOR = "sponsor"


class Action(StrEnum):
    """What can be done with a let."""

    ASK = "ask"
    WITHDRAW = "withdraw"
    APPROVE = "approve"
    DECLINE = "decline"
    SETTLE = "settle"
    ACCEPT = "accept"
    RECORD_DEPOSIT = "record_deposit"
    WAIVE_DEPOSIT = "waive_deposit"
    CANCEL_DATE = "cancel_date"
    CANCEL = "cancel"
    BEGIN = "begin"
    END = "end"
    RETURN_DEPOSIT = "return_deposit"


# States in which the database holds the room for the let.
HOLDING = frozenset({LetState.OFFERED, LetState.DEPOSIT_DUE, LetState.CONFIRMED, LetState.RUNNING})
LIVE = HOLDING | {LetState.REQUESTED}


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


@dataclass(frozen=True)
class Wish:
    """What a group needs: a weekday (Monday is 0) and time on the wall, a term, people, access, place and means.

    `within_m` in metres from (lon, lat) in degrees; `max_pence` is for one meeting.
    """

    weekday: int
    starts: time
    ends: time
    first: date
    last: date
    people: int
    every_weeks: int = 1
    step_free: bool = False
    hearing_loop: bool = False
    accessible_toilet: bool = False
    lon: float | None = None
    lat: float | None = None
    near: str = ""
    within_m: int = 3000
    max_pence: int = 0


ACCESS = ("step_free", "hearing_loop", "accessible_toilet")
LONGEST_TERM_DAYS = 366


def check_wish(wish: Wish, dates: list[date], now: datetime) -> None:
    """Whether a wish can be met by any room at all; `now` is an aware instant. Raises RuleBroken."""
    today = wall(now).date()
    gone_by = bool(dates) and instants(dates[0], wish.starts, wish.ends)[0] <= now
    faults = (
        (wish.ends <= wish.starts, "ends-before-start", N_("The meeting must end later than it begins, on the same day.")),
        (wish.last < wish.first, "last-before-first", N_("The last day must not be before the first day.")),
        (wish.first < today, "in-the-past", N_("The first day has gone by. Choose today or a later day.")),
        ((wish.last - wish.first).days > LONGEST_TERM_DAYS, "too-long", N_("A let is for a year at most. Choose an earlier last day; you can ask again.")),
        (wish.people < 1, "nobody", N_("Say how many people come: at least 1.")),
        (not dates, "no-such-day", N_("There is no such weekday between the first and the last day.")),
        (gone_by, "in-the-past", N_("The first meeting would have begun already. Choose a later first day.")),
    )  # fmt: skip
    for broken, code, sentence in faults:
        if broken:
            raise RuleBroken(code, sentence)


@dataclass(frozen=True)
class Reason:
    """Why a room suits or does not: a code, a sentence with %(name)s, and its values (dates, metres, pence)."""

    code: str
    sentence: str
    values: Mapping[str, object] = field(default_factory=dict)


# What stands in the way of asking at all. Anything else, a fact nobody has checked or a price, the broker can settle.
BLOCKING = frozenset(
    {"taken", "too-small", "closed", "bank-holiday", "nobody-opens", "hours-unknown"}
)


def price_of(pence_hour: int | None, minutes: int) -> int:
    """Pence for one meeting; parts of a penny are not asked for, and no price is none."""
    return (pence_hour or 0) * minutes // 60
