"""What makes a hearing lawful and fair: its notice, its hours, who speaks in which order. Pure.

Source: COMPACT, "hearing"; the length of notice is the profile's period `hearing_notice`.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, time, timedelta
from enum import StrEnum
from itertools import count
from typing import NamedTuple, Protocol, TypeVar

from portal.areas.calendar import Counted, is_working_day
from portal.areas.rules import Nation
from portal.errors import N_, RuleBroken
from portal.people.rules import Role
from portal.proposals.rules import TRANSITIONS, Action

T = TypeVar("T")


class Outcome(StrEnum):
    """What a hearing came to: a closed list, from which the chair chooses."""

    SUPPORTS = "supports"
    WITH_CONDITIONS = "with_conditions"
    DOES_NOT_SUPPORT = "does_not_support"
    NO_VIEW = "no_view"


class Side(StrEnum):
    """On which side somebody wants to speak."""

    FOR = "for"
    AGAINST = "against"
    NEITHER = "neither"


class Coming(StrEnum):
    """How somebody who speaks takes part."""

    ROOM = "room"
    VIDEO = "video"
    PHONE = "phone"


class Stands(StrEnum):
    """How a hearing stands."""

    COMING = "coming"
    OVER = "over"  # held, or not: its minutes are waited for
    HEARD = "heard"
    OFF = "off"


# What people ask about a place before they come; a broker ticks what somebody has checked.
ACCESS = ("step_free", "hearing_loop", "accessible_toilet", "parking", "bsl")
# The states in which a hearing is ahead: those in which it can be recorded.
LIVE = frozenset(row.state for row in TRANSITIONS if row.action is Action.RECORD_HEARING)
# Within these hours people can come, and no clock change makes an hour twice or not at all.
FIRST_HOUR, LAST_HOUR = time(7), time(23)
MOST_POINTS = 30
MOST_MINUTES = 60
REMIND_WORKING_DAYS = 3
ASK_WORKING_DAYS = 2  # where the chair names no last day to ask to speak
SPEAKERS_LIVE = timedelta(days=30)  # how long a hearing that is over remembers who spoke
# Who begins, of two who asked as early.
ORDER = {Side.FOR: 0, Side.AGAINST: 1, Side.NEITHER: 2}
# These have their own time at a hearing, or lead it.
NO_SPEAKERS = frozenset({Role.ORGANISER, Role.OFFICER, Role.PANEL, Role.CHAIR, Role.BROKER})
# A change of these is another hearing to those who come: it needs lawful notice again.
NOTICED = ("on", "starts", "ends", "place")


@dataclass(frozen=True)
class Plan:
    """What the chair sets: when, where, how one gets in or takes part from home, and in which order it runs."""

    on: date
    starts: time
    ends: time
    place: str
    agenda: str  # a point a line
    access: tuple[str, ...] = ()
    access_note: str = ""
    remote_link: str = ""
    phone_in: str = ""
    speak_until: date | None = None
    side_minutes: int = 10
    other_minutes: int = 3


class Window(NamedTuple):
    """Between which days a hearing may be: the first with lawful notice, the last that a period allows.

    `missed` are the periods that end before lawful notice allows a hearing at all: notice wins.
    """

    notice: Counted
    latest: date | None
    missed: tuple[str, ...]


class Slot(NamedTuple):
    """A turn to speak: whose ("group", "holder" or a side), how long, and of which row of the list."""

    who: str
    minutes: int
    number: int | None = None


def window(notice: Counted, lasts: Mapping[str, date]) -> Window:
    """The days on which a hearing may be, from the count of its notice and the last days that bind it, first to last.

    Source: COMPACT, "public notice 5 clear days in England, 3 in Wales" [law]; "within 30 working days" [default].
    """
    in_time = [last for last in lasts.values() if last >= notice.due]
    missed = tuple(name for name, last in lasts.items() if last < notice.due)
    return Window(notice, next(iter(in_time), None), missed)


def working_days_before(number: int, day: date, nation: Nation) -> date:
    """The working day so many working days before a day, that day not counted.

    >>> working_days_before(3, date(2026, 4, 7), Nation.ENGLAND)  # over Easter
    datetime.date(2026, 3, 31)
    """
    while number:
        day -= timedelta(days=1)
        number -= is_working_day(day, nation)
    return day


def completed(plan: Plan, nation: Nation, today: date) -> Plan:
    """The plan with a last day to ask to speak, where none was named: two working days before it, not in the past."""
    if plan.speak_until is not None:
        return plan
    last = working_days_before(ASK_WORKING_DAYS, plan.on, nation)
    return replace(plan, speak_until=min(max(last, today), plan.on))


def changed(before: Plan, after: Plan) -> list[str]:
    """The names of what is different."""
    new = asdict(after)
    return [name for name, value in asdict(before).items() if value != new[name]]


def needs_notice(changes: Collection[str]) -> bool:
    """Whether such changes make it another hearing: another day, hour or place."""
    return bool(set(NOTICED) & set(changes))


def hours_are_right(starts: time, ends: time) -> bool:
    """Whether it begins and ends on one day, at hours at which people can come."""
    return FIRST_HOUR <= starts < ends <= LAST_HOUR


def last_day_is_right(until: date | None, on: date) -> bool:
    """Whether the last day to ask to speak is not after the hearing."""
    return until is None or until <= on


def points(agenda: str) -> list[str]:
    r"""The points of an agenda, one a line; numbers that somebody typed before them are left out.

    >>> points("1. Opening\n\n2) The group speaks")
    ['Opening', 'The group speaks']
    """
    lines = (line.strip() for line in agenda.splitlines())
    return [_without_number(line) for line in lines if line]


def _without_number(line: str) -> str:
    number, dot, rest = line.partition(" ")
    is_number = dot and number[:-1].isdecimal() and number[-1] in ".)"
    return rest.strip() if is_number and rest.strip() else line


def check(plan: Plan) -> None:
    """Refuse a plan that cannot be kept. Raises RuleBroken."""
    for fine, code, sentence in (
        (hours_are_right(plan.starts, plan.ends), "hours", WRONG_HOURS),
        (last_day_is_right(plan.speak_until, plan.on), "speak-until", WRONG_LAST_DAY),
        (0 < len(points(plan.agenda)) <= MOST_POINTS, "agenda", WRONG_AGENDA),
        (set(plan.access) <= set(ACCESS), "access", N_("Choose one of the answers shown.")),
    ):
        if not fine:
            raise RuleBroken(code, sentence)


WRONG_HOURS = N_("A hearing begins at 07:00 at the earliest and ends later on that day, by 23:00.")
WRONG_LAST_DAY = N_("The last day to ask to speak cannot be after the hearing.")
WRONG_AGENDA = N_("Write the agenda, one point a line, at most 30 points.")


def check_may_speak(roles: Collection[Role]) -> None:
    """Refuse somebody who has a time of their own at the hearing, or hears it. Raises RuleBroken("party")."""
    if NO_SPEAKERS & set(roles):
        raise RuleBroken(
            "party",
            "The group, the holder and those who lead the hearing have their own time. You need not ask to speak.",
        )


def in_turn(asked: Sequence[tuple[T, Side]]) -> list[T]:
    """Who speaks after whom: for and against in turn, each in the order in which they asked; the others last.

    >>> in_turn([("a", Side.FOR), ("b", Side.FOR), ("c", Side.NEITHER), ("d", Side.AGAINST)])
    ['a', 'd', 'b', 'c']
    """
    place = {side: count() for side in Side}
    ranked = [(side is Side.NEITHER, next(place[side]), ORDER[side], who) for who, side in asked]
    return [who for *_rank, who in sorted(ranked, key=lambda one: one[:3])]


class Asking(Protocol):
    """Somebody who asked to speak, as far as their turn is concerned."""

    id: int
    side: Side
    place: int | None


def in_order(asked: Iterable[Asking]) -> list[tuple[int, Side]]:
    """(number, side) of who asked, in the order of speaking: the chair's own order first, the others in turn after it."""
    everybody = list(asked)
    placed = sorted(
        (one for one in everybody if one.place is not None), key=lambda one: one.place or 0
    )
    others = [one for one in everybody if one.place is None]
    turns = [*placed, *in_turn([(one, one.side) for one in others])]
    return [(one.id, one.side) for one in turns]


def moved(order: Sequence[int], number: int, steps: int) -> list[int]:
    """The order with one turn put so many steps later (less than 0: earlier); at either end it stays there.

    >>> moved([1, 2, 3], 3, -1)
    [1, 3, 2]
    """
    place = order.index(number)
    rest = [one for one in order if one != number]
    there = min(max(place + steps, 0), len(rest))
    return [*rest[:there], number, *rest[there:]]


def slots(plan: Plan, turns: Sequence[tuple[int, Side]]) -> list[Slot]:
    """Every turn to speak: the group, the holder, then who asked, as (number, side) in the order of speaking."""
    sides = [Slot(who, plan.side_minutes) for who in ("group", "holder")]
    return sides + [Slot(side, plan.other_minutes, number) for number, side in turns]


def is_too_long(plan: Plan, turns: Collection[Slot]) -> bool:
    """Whether those who speak need more minutes than there are between its beginning and its end."""
    minutes = (plan.ends.hour - plan.starts.hour) * 60 + plan.ends.minute - plan.starts.minute
    return sum(slot.minutes for slot in turns) > minutes


def stands(*, heard: bool, live: bool, day_has_come: bool) -> Stands:
    """How a hearing stands; `live`: its case still waits for it."""
    if heard:
        return Stands.HEARD
    if not live:
        return Stands.OFF
    return Stands.OVER if day_has_come else Stands.COMING
