"""What can be done with one date of a let, who is offered a date that became free and for how long, what unused means.

Pure. Source: COMPACT.md, Track 3: occurrences, "a released date is offered to those who wait", "unused three times
running". Instants are aware and in UTC; days and times of day are what the clock on the wall shows.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from portal.areas.calendar import end_of
from portal.errors import N_, RuleBroken
from portal.lettings.rules import Action, Attended, OccurrenceState, Wish
from portal.lettings.walltime import instants, left_out, wall

Span = tuple[datetime, datetime]

DAY = timedelta(days=1)


@dataclass(frozen=True)
class DateFacts:
    """What a guard may ask about one date now."""

    ahead: bool = False  # it has not begun
    near: bool = False  # its day has come, and the day after it is not over yet


class DateGuard(NamedTuple):
    """A condition, and the refusal when it does not hold."""

    holds: Callable[[DateFacts], bool]
    code: str
    sentence: str


AHEAD = DateGuard(
    lambda facts: facts.ahead, "date-gone-by", N_("This date has begun or gone by already.")
)
NEAR = DateGuard(
    lambda facts: facts.near,
    "not-the-day",
    N_("This can be said on the day itself, and corrected until the end of the next day."),
)
NEAR_AND_BEGUN = DateGuard(
    lambda facts: facts.near and not facts.ahead,
    "not-the-day",
    N_(
        "This can be said once the meeting should have begun, and corrected until the end of the next day."
    ),
)


class DateStep(NamedTuple):
    """One row: `action` on a date in `state` leads to `to` if `guard` holds. Who may, and in which let, says table.py."""

    state: OccurrenceState
    action: Action
    to: OccurrenceState
    guard: DateGuard


_S, _A = OccurrenceState, Action

DATES: tuple[DateStep, ...] = (
    DateStep(_S.PLANNED, _A.SKIP, _S.RELEASED, AHEAD),
    DateStep(_S.PLANNED, _A.RELEASE, _S.RELEASED, AHEAD),
    DateStep(_S.PLANNED, _A.CANCEL_DATE, _S.CANCELLED, AHEAD),
    DateStep(_S.PLANNED, _A.MOVE, _S.PLANNED, AHEAD),
    DateStep(_S.PLANNED, _A.CAME, _S.PLANNED, NEAR),
    DateStep(_S.PLANNED, _A.NOBODY_CAME, _S.PLANNED, NEAR_AND_BEGUN),
    DateStep(_S.RELEASED, _A.TAKE_BACK, _S.PLANNED, AHEAD),
    DateStep(_S.RELEASED, _A.MOVE, _S.PLANNED, AHEAD),
    DateStep(_S.CANCELLED, _A.MOVE, _S.PLANNED, AHEAD),
)

# Why there is no row.
AS_IT_IS = {
    _S.PLANNED: ("date-stands", N_("This date was not given up: it stands as planned.")),
    _S.RELEASED: ("date-released", N_("This date has been given up already.")),
    _S.CANCELLED: ("date-cancelled", N_("This date has been cancelled already.")),
}


def date_step(state: OccurrenceState, action: Action, facts: DateFacts) -> DateStep:
    """The row that allows an action on a date. Raises RuleBroken: the guard's refusal, or how the date stands."""
    row = next((row for row in DATES if (row.state, row.action) == (state, action)), None)
    if row is None:
        raise RuleBroken(*AS_IT_IS[state])
    if not row.guard.holds(facts):
        raise RuleBroken(row.guard.code, row.guard.sentence)
    return row


def open_on_date(state: OccurrenceState, facts: DateFacts) -> set[Action]:
    """What can be done with a date now, whoever may do it."""
    return {row.action for row in DATES if row.state is state and row.guard.holds(facts)}


def date_facts(on: date, starts: datetime, now: datetime) -> DateFacts:
    """How a date lies to the present."""
    near = wall(now).date() >= on and now < settled_at(on)
    return DateFacts(ahead=starts > now, near=near)


def settled_at(on: date) -> datetime:
    """The instant from which what was said about a date's attendance stands: the end of the next day."""
    return end_of(on + DAY)


def rest(was: Span, now: Span) -> list[Span]:
    """What is left of a time in the same room when a date has moved a little."""
    parts = (was[0], min(was[1], now[0])), (max(was[0], now[1]), was[1])
    return [(starts, ends) for starts, ends in parts if starts < ends]


# --- who waits ---

TAKEN = "taken"
# What a group that knows the room, or has it, need not be kept from it by.
NO_MATTER = frozenset({"too-far", "no-place", "size-unknown"})


def waiting_helps(in_the_way: Collection[str]) -> bool:
    """Whether a room would do if others gave it up: the codes of what is in the way are known."""
    return TAKEN in in_the_way and {TAKEN, *NO_MATTER}.issuperset(in_the_way)


# A date that begins in so long or more is offered for so long; a nearer one goes to whoever is first. [default]
TO_ANSWER = (
    (timedelta(days=4), timedelta(hours=24)),
    (timedelta(days=2), timedelta(hours=12)),
    (timedelta(days=1), timedelta(hours=6)),
    (timedelta(hours=6), timedelta(hours=2)),
)


def answer_by(starts: datetime, now: datetime) -> datetime | None:
    """Until when a group may think about a date that begins at `starts`; None: too late to ask one after the other."""
    left = starts - now
    hours = next((hours for least, hours in TO_ANSWER if left >= least), None)
    return None if hours is None else now + hours


def part_for(wish: Wish, starts: datetime, ends: datetime) -> Span | None:
    """The part of a free time that a group would take, or None where it does not fit its need.

    The time it likes best if that lies within; else, where it gave a window, the earliest of the same length.
    """
    on = wall(starts).date()
    if not (wish.first <= on <= wish.last) or on.weekday() not in (wish.weekday, *wish.other_days):
        return None
    if left_out(on, wish.without):
        return None
    for begin, end in _times(wish, wall(starts).time()):
        span = instants(on, begin, end)
        if starts <= span[0] and span[1] <= ends:
            return span
    return None


def _times(wish: Wish, free_from: time) -> list[tuple[time, time]]:
    """The times of day to try, best first."""
    best = (wish.starts, wish.ends)
    if wish.earliest is None and wish.latest is None:
        return [best]
    begin = max(wish.earliest or wish.starts, free_from.replace(tzinfo=None))
    length = datetime.combine(date.min, wish.ends) - datetime.combine(date.min, wish.starts)
    end = datetime.combine(date.min, begin) + length
    if end.date() > date.min or end.time() > (wish.latest or wish.ends):
        return [best]
    return [best, (begin, end.time())]


def for_one_date(wish: Wish, starts: datetime, ends: datetime) -> Wish:
    """The same need for one meeting at that time."""
    on = wall(starts).date()
    return replace(
        wish,
        weekday=on.weekday(),
        starts=wall(starts).time().replace(tzinfo=None),
        ends=wall(ends).time().replace(tzinfo=None),
        first=on,
        last=on,
        every_weeks=1,
        other_days=(),
        earliest=None,
        latest=None,
        without=(),
    )


# --- unused ---

UNUSED_RUNNING = 3
KEEP_DAYS = 5  # working days to say that the room is still needed [default]


def unused_running(said: Sequence[Attended | None]) -> int:
    """How many of the last dates, oldest first, nobody used. What nobody said is not unused."""
    count = 0
    for one in reversed(said):
        if one is not Attended.UNUSED:
            break
        count += 1
    return count
