"""Where else one date of a let could be: other times in its room, other rooms at its time. The database still decides."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from flask_babel import LazyString
from sqlalchemy import select

from portal.areas.queries import current_area
from portal.db import db
from portal.errors import RuleBroken
from portal.lettings import queries, search, walltime, words
from portal.lettings.dates.rules import NO_MATTER, TAKEN, Span, for_one_date
from portal.lettings.models import Hold, Occurrence
from portal.lettings.rules import Reason, Wish
from portal.people.rules import Role
from portal.register.models import Asset
from portal.venues import rooms
from portal.venues.rooms import Room
from portal.venues.rules import minute_of

HALF_HOUR = 30  # minutes
FIRST, LAST = 6 * 60, 23 * 60  # minutes since midnight between which times are looked at
MOST_TIMES = 12
MOST_ROOMS = 6


class Choice(NamedTuple):
    """A room that is free at a time, and how far away where that is known (metres)."""

    room: Room
    starts: datetime
    ends: datetime
    metres: float | None = None


def in_the_way(wish: Wish, room: Room, *, but: Iterable[str] = ()) -> list[Reason]:
    """What keeps a group with this need out of a room on the dates of its need."""
    match = search.judge(current_area(), wish, [room], search.dates_of(wish))[0]
    return [o for o in match.obstacles if o.code not in NO_MATTER | set(but)]


def room_for_hire(room_id: int) -> Room:
    """The room as matching sees it. Raises RuleBroken where it is not let by the hour now."""
    found = rooms.rooms_for_hire(current_area().id, Asset.id == room_id)
    if not found:
        raise RuleBroken("not-for-hire", "This room is not let by the hour now.")
    return found[0]


def wish_for(moving: Occurrence, starts: datetime, ends: datetime) -> Wish:
    """What the group needs of one date at that time; it costs no more than was agreed."""
    wish = for_one_date(queries.wish_of(moving.let.need), starts, ends)
    return replace(wish, max_pence=max(moving.let.price_pence, 0))


def span_on(moving: Occurrence, on: date, begins: time) -> Span:
    """The same length on another day or at another time; RuleBroken where it would not end on that day."""
    begin = datetime.combine(on, begins)
    end = begin + _length(moving)
    if end.date() != on:
        raise RuleBroken("over-midnight", "The meeting must end on the day on which it begins.")
    return walltime.instants(on, begins, end.time())


def same_room(moving: Occurrence, on: date, now: datetime) -> list[Choice]:
    """Free times of the same length in the date's room on a day, those nearest to the usual time of day."""
    room = room_for_hire(moving.room_id)
    held = _held(room, on, moving)
    usual = _minute(moving.starts)
    spans = {}
    for minute in sorted({usual, *range(FIRST, LAST, HALF_HOUR)}, key=lambda m: abs(m - usual)):
        try:
            span = span_on(moving, on, time(minute // 60, minute % 60))
        except RuleBroken:
            continue
        if span[0] > now and span != (moving.starts, moving.ends) and _is_free(span, room, held):
            spans[span] = None
    fit = (span for span in spans if not in_the_way(wish_for(moving, *span), room, but=[TAKEN]))
    found = [Choice(room, *span) for span, _ in zip(fit, range(MOST_TIMES), strict=False)]
    return sorted(found, key=lambda choice: choice.starts)


def other_rooms(moving: Occurrence, on: date, now: datetime, roles: set[Role]) -> list[Choice]:
    """Rooms that are free at the date's time of day on a day, the best first."""
    span = span_on(moving, on, walltime.wall(moving.starts).time().replace(tzinfo=None))
    if span[0] <= now:
        return []
    here = moving.room_id
    answer = search.find(current_area(), wish_for(moving, *span))
    found = (m for m in answer.matches if m.room.id != here and may_choose(moving, m.room, roles))
    return [Choice(m.room, *span, m.metres) for m, _ in zip(found, range(MOST_ROOMS), strict=False)]


def may_choose(moving: Occurrence, room: Room, roles: set[Role]) -> bool:
    """A group stays with the holder that agreed to it; the broker acts for all holders."""
    return Role.BROKER in roles or room.holder == moving.let.room.holder.name


def check(moving: Occurrence, room_id: int, span: Span, roles: set[Role]) -> Room:
    """Whether a date may be there, but for others who hold it: that the database says. Raises RuleBroken."""
    room = room_for_hire(room_id)
    if not may_choose(moving, room, roles):
        raise RuleBroken(
            "other-holder",
            "This room belongs to another holder. Ask the broker to move the date there.",
        )
    for obstacle in in_the_way(wish_for(moving, *span), room, but=_settled(moving, room)):
        raise RuleBroken(obstacle.code, "%(why)s", why=LazyString(words.say, obstacle))
    return room


def _settled(moving: Occurrence, room: Room) -> set[str]:
    """What is not asked again: whether it is taken the database says; in the let's own room the price was agreed."""
    return {TAKEN, "too-dear"} if room.id == moving.let.room_id else {TAKEN}


def _length(moving: Occurrence) -> timedelta:
    """How long it is on the wall."""
    starts, ends = (walltime.wall(i).replace(tzinfo=None) for i in (moving.starts, moving.ends))
    return ends - starts


def _minute(instant: datetime) -> int:
    return minute_of(walltime.wall(instant).time())


def _held(room: Room, on: date, moving: Occurrence) -> list[Span]:
    """When others hold the room, or a part of it, around a day."""
    midnight, _ = walltime.instants(on, time(), time(1))
    query = select(Hold.starts, Hold.ends).where(
        Hold.room_id.in_({room.id, *room.leaves}),
        Hold.starts < midnight + timedelta(days=2),
        Hold.ends > midnight - timedelta(days=1),
        (Hold.occurrence_id != moving.id) | Hold.occurrence_id.is_(None),
    )
    return [(starts, ends) for starts, ends in db.session.execute(query)]


def _is_free(span: Span, room: Room, held: list[Span]) -> bool:
    starts = span[0] - timedelta(minutes=room.before)
    ends = span[1] + timedelta(minutes=room.after)
    return not any(start < ends and end > starts for start, end in held)
