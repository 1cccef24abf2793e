"""What a standing approval allows, which part of a blocking is free, and who may know the way in when. Pure.

Source: COMPACT.md, Track 3: states, occurrences, keys, insurance. Days are Monday 0 to Sunday 6; times are wall time,
instants aware; money is whole pence.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from portal.errors import N_, RuleBroken
from portal.lettings.rules import Insurance, LetState
from portal.lettings.walltime import instants
from portal.people.rules import GroupKind

Span = tuple[datetime, datetime]

ENTRY_OPENS = timedelta(hours=48)  # before a date begins its group may know the way in [default]
RUNS_OUT_DAYS = 28  # before a paper runs out the broker is told [default]
KEY_DAYS = 1  # after a date its key should be back [default]
LONGEST_BLOCKING_DAYS = 366


class Scope(StrEnum):
    """Whose dates a calendar feed shows."""

    GROUP = "group"
    HOLDER = "holder"
    KEYHOLDER = "keyholder"


class Paper(StrEnum):
    """What a broker or officer can have seen of a group."""

    INSURANCE = "insurance"
    SAFEGUARDING = "safeguarding"
    SPONSOR = "sponsor"


@dataclass(frozen=True)
class Approval:
    """A holder's yes in advance. `places` are buildings and rooms, none: all of the holder. What is empty limits nothing.

    `most_pence` is for one meeting, 0 means only free ones; every date must lie from `first` to `last`.
    """

    places: frozenset[int] = frozenset()
    most_people: int | None = None
    most_pence: int | None = None
    days: tuple[int, ...] = ()
    starts: time | None = None
    ends: time | None = None
    kinds: tuple[GroupKind, ...] = ()
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True)
class Asked:
    """What a group asks for, as an approval looks at it. `lineage`: the room, its hall, its building."""

    lineage: frozenset[int]
    people: int
    pence: int
    dates: tuple[date, ...]
    starts: time
    ends: time
    kind: GroupKind
    insured: bool = True  # by the venue's cover, or by papers that somebody has seen


def fits(rule: Approval, asked: Asked) -> bool:
    """Whether a request lies wholly within a standing approval. A request without dates, or not insured, never does."""
    return (
        asked.insured
        and bool(asked.dates)
        and (not rule.places or bool(rule.places & asked.lineage))
        and (rule.most_people is None or asked.people <= rule.most_people)
        and (rule.most_pence is None or asked.pence <= rule.most_pence)
        and (not rule.days or all(day.weekday() in rule.days for day in asked.dates))
        and (rule.starts is None or rule.starts <= asked.starts)
        and (rule.ends is None or asked.ends <= rule.ends)
        and (not rule.kinds or asked.kind in rule.kinds)
        and (rule.first is None or rule.first <= min(asked.dates))
        and (rule.last is None or max(asked.dates) <= rule.last)
    )


def check_approval(rule: Approval, today: date) -> None:
    """Whether anything could ever fit a rule. Raises RuleBroken."""
    faults = (
        (_backwards(rule.starts, rule.ends), "ends-before-start", N_("The time must end later than it begins.")),
        (rule.first is not None and rule.last is not None and rule.last < rule.first, "last-before-first", N_("The last day must not be before the first day.")),
        (rule.last is not None and rule.last < today, "in-the-past", N_("The last day has gone by. Choose a later one, or leave it empty.")),
        (rule.most_people is not None and rule.most_people < 1, "nobody", N_("Write how many people at most: 1 or more, or leave it empty.")),
    )  # fmt: skip
    for broken, code, sentence in faults:
        if broken:
            raise RuleBroken(code, sentence)


@dataclass(frozen=True)
class Stretch:
    """What a holder blocks: from `first` to `last`, on some weekdays or all; whole days where there are no hours."""

    first: date
    last: date
    days: tuple[int, ...] = ()
    starts: time | None = None
    ends: time | None = None


def check_stretch(stretch: Stretch, today: date) -> None:
    """Whether a blocking can be made at all. Raises RuleBroken."""
    half = (stretch.starts is None) != (stretch.ends is None)
    faults = (
        (half, "half-hours", N_("Write both times, or neither to block whole days.")),
        (_backwards(stretch.starts, stretch.ends), "ends-before-start", N_("The time must end later than it begins.")),
        (stretch.last < stretch.first, "last-before-first", N_("The last day must not be before the first day.")),
        (stretch.first < today, "in-the-past", N_("The first day has gone by. Choose today or a later day.")),
        ((stretch.last - stretch.first).days > LONGEST_BLOCKING_DAYS, "too-long", N_("A room can be blocked for a year at most. Choose an earlier last day.")),
    )  # fmt: skip
    for broken, code, sentence in faults:
        if broken:
            raise RuleBroken(code, sentence)
    if not spans_of(stretch):
        raise RuleBroken(
            "no-such-day", N_("There is no such weekday between the first and the last day.")
        )


def spans_of(stretch: Stretch) -> list[Span]:
    """The blocked times as instants in order; whole days that follow each other are one. A day ends at midnight on the wall."""
    count = (stretch.last - stretch.first).days + 1
    days = [stretch.first + timedelta(days=n) for n in range(max(count, 0))]
    days = [day for day in days if not stretch.days or day.weekday() in stretch.days]
    if stretch.starts is not None and stretch.ends is not None:
        return [instants(day, stretch.starts, stretch.ends) for day in days]
    return joined([(_midnight(day), _midnight(day + timedelta(days=1))) for day in days])


def joined(spans: Iterable[Span]) -> list[Span]:
    """Spans in order, those that touch or overlap made one."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def without(wanted: Iterable[Span], taken: Iterable[Span]) -> list[Span]:
    """What is left of the wanted times where nothing else is; both may come in any order."""
    busy, left = joined(taken), []
    for start, end in joined(wanted):
        at = start
        for low, high in busy:
            if high <= at or low >= end:
                continue
            if low > at:
                left.append((at, low))
            at = max(at, high)
        if at < end:
            left.append((at, end))
    return left


def way_in_open(spans: Iterable[Span], now: datetime) -> bool:
    """Whether a group may know the way in now: from 48 hours before one of its dates until that date's end."""
    return any(start - ENTRY_OPENS <= now < end for start, end in spans)


def way_in_from(spans: Iterable[Span], now: datetime) -> datetime | None:
    """When the group may next know the way in; None if no date is ahead."""
    ahead = [start - ENTRY_OPENS for start, end in spans if now < end]
    return min(ahead, default=None)


def due_after(on: date) -> date:
    """The last day to bring a key back that was given out for the date `on`."""
    return on + timedelta(days=KEY_DAYS)


# What somebody must have seen before a group's own word about insurance counts.
NEEDED: dict[Insurance, tuple[Paper, ...]] = {
    Insurance.OWN: (Paper.INSURANCE,),
    Insurance.VENUE: (),
    Insurance.SPONSOR: (Paper.SPONSOR,),
}


def check_seen(seen_on: date, valid_until: date | None, today: date) -> None:
    """Whether a paper can have been seen like that. Raises RuleBroken."""
    if seen_on > today:
        raise RuleBroken("in-the-future", N_("The day on which you saw it has not come yet."))
    if valid_until is not None and valid_until < max(seen_on, today):
        raise RuleBroken("run-out", N_("That paper has run out. Ask the group for a newer one."))


class Shown(StrEnum):
    """How a calendar shows the dates of a let."""

    NOT = "not"  # it has held nothing yet
    TENTATIVE = "tentative"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"


SHOWN = {
    LetState.OFFERED: Shown.TENTATIVE,
    LetState.DEPOSIT_DUE: Shown.TENTATIVE,
    LetState.CONFIRMED: Shown.CONFIRMED,
    LetState.RUNNING: Shown.CONFIRMED,
    LetState.ENDED: Shown.CONFIRMED,
    LetState.CANCELLED: Shown.CANCELLED,
    LetState.WITHDRAWN: Shown.CANCELLED,
}


def shown_as(state: LetState | None) -> Shown:
    """How a calendar shows the dates of a let in this state; before and without any state not at all."""
    return SHOWN.get(state, Shown.NOT) if state is not None else Shown.NOT


def is_tentative(state: LetState) -> bool:
    """Whether a let's dates are held but not settled yet."""
    return shown_as(state) is Shown.TENTATIVE


def runs_out_soon(valid_until: date | None, today: date) -> bool:
    """Whether a paper runs out within the next weeks and has not run out yet."""
    last = today + timedelta(days=RUNS_OUT_DAYS)
    return valid_until is not None and today <= valid_until <= last


def _backwards(starts: time | None, ends: time | None) -> bool:
    return starts is not None and ends is not None and ends <= starts


def _midnight(day: date) -> datetime:
    return instants(day, time(), time(1))[0]
