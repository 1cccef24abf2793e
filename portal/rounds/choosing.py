"""Which rooms would do for a group at a time of the week, before it names one."""

from dataclasses import replace
from datetime import time
from itertools import islice

from portal.areas.queries import current_area
from portal.lettings import queries as lettings
from portal.lettings import search
from portal.rounds.models import Request
from portal.rounds.rules import FREE_SHARE

MOST_ROOMS = 12


def rooms_at(asked: Request, at: tuple[int, time, time] | None) -> list[search.Match]:
    """Rooms for a weekday, from and until, best first; those that are shut or taken now and then come after.

    Without those that the group has named for that time.
    """
    if at is None:
        return []
    weekday, starts, ends = at
    wish = replace(lettings.wish_of(asked.need), weekday=weekday, starts=starts, ends=ends)
    found = search.find(current_area(), wish)
    enough = [
        match
        for match in found.nearly
        if search.only_dates(match) and len(match.free_dates) >= len(found.dates) * FREE_SHARE
    ]
    named = {w.room_id for w in asked.wishes if (w.weekday, w.starts, w.ends) == at}
    rooms = (match for match in (*found.matches, *enough) if match.room.id not in named)
    return list(islice(rooms, MOST_ROOMS))
