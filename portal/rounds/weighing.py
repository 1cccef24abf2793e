"""From wishes to options: on which dates each room is free, what it costs, how near it is, who met there last term."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

import numpy as np
from sqlalchemy import select

from geo.shapes import distances
from portal.areas.models import Area
from portal.areas.queries import current_area
from portal.db import db
from portal.lettings import queries as lettings
from portal.lettings import search, walltime
from portal.lettings.models import Let, Occurrence
from portal.lettings.reasons import Because
from portal.lettings.rules import LetState, Reason, Wish
from portal.people.rules import GroupKind
from portal.register.models import Asset
from portal.rounds.allocation import Option
from portal.rounds.models import Place, Request, Round, RoundWish
from portal.rounds.rules import FREE_SHARE, LAST_TERM, SAME_MINUTES
from portal.venues.rooms import Room, rooms_for_hire
from portal.venues.rules import minute_of

When = tuple[int, time, time]  # weekday, from, to
# A room, a time of the week, and who asks: the price hangs on that.
Key = tuple[int, When, GroupKind]
HELD_ONCE = (LetState.CONFIRMED, LetState.RUNNING, LetState.ENDED)


@dataclass(frozen=True)
class Candidate:
    """A wish or a place that can be weighed: with its dates, its price for one meeting, and as the allocation sees it."""

    thing: RoundWish | Place
    dates: tuple[date, ...]
    price_pence: int
    option: Option


def candidates(
    there: Round, requests: Sequence[Request], things: Sequence[RoundWish | Place]
) -> list[Candidate]:
    """Those of some wishes and places whose room suits, is there to be let, and is free on enough of the term's dates.

    A group may have changed what it must have since it named a room.
    """
    area = current_area()
    free = _free(area, there, things)
    metres = _metres(area, requests, {key[0]: match.room for key, match in free.items()})
    before = _last_term(there, requests)
    found = []
    for thing in things:
        match = free.get(_key(thing))
        if match is not None and not lacking(thing.request, match.room):
            away = metres.get((thing.request.id, thing.room_id))
            option = _option(thing, match.room, away, before)
            found.append(Candidate(thing, match.free_dates, match.price_pence, option))
    return found


def lacking(request: Request, room: Room) -> list[Reason]:
    """What a group must have and a room has not, or is not known to have: places for all, access, what is in it."""
    because, wish = Because(), lettings.wish_of(request.need)
    because.access(wish, room)
    because.facilities(wish, room)
    because.size(wish, room)
    return because.obstacles


def when(thing: RoundWish | Place) -> When:
    """The time of the week of a wish or a place."""
    return thing.weekday, thing.starts, thing.ends


def _key(thing: RoundWish | Place) -> Key:
    return thing.room_id, when(thing), thing.request.group.kind


def _free(area: Area, there: Round, things: Iterable[RoundWish | Place]) -> dict[Key, search.Match]:
    """For each room, time and kind of group that is named: what is known of it, if it is free on enough dates."""
    rooms_at: dict[tuple[When, GroupKind], set[int]] = defaultdict(set)
    for room_id, at, kind in map(_key, things):
        rooms_at[at, kind].add(room_id)
    named = set().union(*rooms_at.values()) if rooms_at else set()
    rooms = {room.id: room for room in rooms_for_hire(area.id, Asset.id.in_(named))}
    found = {}
    for (at, kind), ids in rooms_at.items():
        wish = Wish(*at, there.first, there.last, people=1, group_kind=kind)
        dates = search.dates_of(wish)
        wanted = [rooms[room_id] for room_id in sorted(ids) if room_id in rooms]
        for match in search.judge(area, wish, wanted, dates):
            if len(match.free_dates) >= max(len(dates) * FREE_SHARE, 1):
                found[match.room.id, at, kind] = match
    return found


def _metres(
    area: Area, requests: Iterable[Request], rooms: dict[int, Room]
) -> dict[tuple[int, int], float]:
    """From where each group is to each room that it could get; nothing where either place is unknown."""
    found = {}
    shapes = [room.shape for room in rooms.values()]
    for request in requests:
        need = request.need
        if need.lon is None or need.lat is None or not shapes:
            continue
        measured = distances(need.lon, need.lat, shapes, area.nation.metric_epsg)
        found |= {
            (request.id, room_id): float(metres)
            for room_id, metres in zip(rooms, measured, strict=True)
            if not np.isnan(metres)
        }
    return found


def _option(
    thing: RoundWish | Place, room: Room, metres: float | None, before: dict[int, list[Let]]
) -> Option:
    """As the allocation sees it; the time before and after belongs to it."""
    request = thing.request
    return Option(
        request=request.id,
        rank=max(thing.rank, 1),
        leaves=room.leaves,
        weekday=thing.weekday,
        starts=minute_of(thing.starts) - room.before,
        ends=minute_of(thing.ends) + room.after,
        metres=metres,
        kept=any(_same(thing, let) for let in before.get(request.group_id, ())),
    )


def _last_term(there: Round, requests: Sequence[Request]) -> dict[int, list[Let]]:
    """The lets that the groups had in the months before the term, by group."""
    since = datetime.combine(there.first - LAST_TERM, time(), tzinfo=walltime.LONDON)
    query = select(Let).where(
        Let.group_id.in_({request.group_id for request in requests}),
        Let.state.in_(HELD_ONCE),
        Let.occurrences.any(Occurrence.starts >= since),
    )
    found: dict[int, list[Let]] = defaultdict(list)
    for let in db.session.scalars(query):
        found[let.group_id].append(let)
    return found


def _same(thing: RoundWish | Place, let: Let) -> bool:
    apart = abs(minute_of(let.need.starts) - minute_of(thing.starts))
    same_day = let.need.weekday == thing.weekday
    return let.room_id == thing.room_id and same_day and apart <= SAME_MINUTES
