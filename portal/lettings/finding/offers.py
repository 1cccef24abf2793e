"""Where no room is free for the whole term: the few things that nearly do, each with its exact dates, rooms and times."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from geo.shapes import distances, inner_point
from portal.areas.models import Area
from portal.lettings import search
from portal.lettings.finding import repairs
from portal.lettings.finding.repairs import Way
from portal.lettings.rules import LONGEST_WITHOUT, Wish
from portal.lettings.search import Match
from portal.register.models import Asset
from portal.venues.rooms import Room, rooms_for_hire

HOMES = 2  # so many rooms are offered with some dates in other rooms
FEWEST_DATES = 2  # a part of the term is at least so many dates
MOST = 300  # rooms that are looked at
NEIGHBOURS_M = 3000


@dataclass(frozen=True)
class Option:
    """A room on days and at times of its own (`wish`), some dates perhaps in other rooms. It can be asked for as it is."""

    way: Way
    match: Match
    wish: Wish
    dates: tuple[date, ...]
    elsewhere: tuple[tuple[date, Room], ...] = ()

    @property
    def room(self) -> Room:
        """The room in which the group meets on most dates."""
        return self.match.room


def options(area: Area, wish: Wish, *, only: int | None = None) -> list[Option]:
    """The repairs of a term, those that change least first. `only`: the one room that is asked about."""
    dates = search.dates_of(wish)
    homes, others = _hopeful(area, wish, dates, only)
    homes.sort(key=lambda match: len(dates) - len(match.free_dates))
    rooms = [match.room for match in homes]
    found = [
        *_other_rooms(area, homes, others, dates),
        *_moved(area, wish, Way.SHIFTED, rooms),
        *_moved(area, wish, Way.OTHER_DAY, rooms),
        *_left_out(homes, dates),
        *_part(homes, dates),
    ]
    return _told_once(found)


def _hopeful(
    area: Area, wish: Wish, dates: Sequence[date], only: int | None
) -> tuple[list[Match], list[Match]]:
    """The rooms in whose way are only dates, best first, and those that could stand in for them."""
    if only is None:
        found = search.Sieved(area, wish)
        homes = list(found.by_date[:MOST])
        return homes, [*found.whole[:MOST], *homes]
    rooms = rooms_for_hire(area.id, Asset.id == only)
    homes = [m for m in search.judge(area, wish, rooms, dates) if search.only_dates(m)]
    if not homes or homes[0].room.shape is None:
        return homes, []
    # Seen from the room itself, whose neighbours are wanted.
    lon, lat = inner_point(homes[0].room.shape)
    found = search.Sieved(area, replace(wish, lon=lon, lat=lat, within_m=NEIGHBOURS_M))
    return homes, [*found.whole[:MOST], *found.by_date[:MOST]]


def _told_once(found: Iterable[Option]) -> list[Option]:
    """Without a part of the term that is no longer than the term with dates left out."""
    listed = list(found)
    most = max((len(o.dates) for o in listed if o.way is Way.LEFT_OUT), default=0)
    return [o for o in listed if o.way is not Way.PART or len(o.dates) > most]


def _other_rooms(
    area: Area, homes: Sequence[Match], judged: Sequence[Match], dates: Sequence[date]
) -> list[Option]:
    """The rooms with the fewest broken dates, these dates in other rooms that suit as well and cost no more."""
    found = []
    for home in homes:
        if len(found) == HOMES:
            break
        others = _nearest(area, home, [m for m in judged if _stands_in(m, home)])
        free = [_free(match, dates) for match in others]
        placed = repairs.patch(_free(home, dates), free) if home.free_dates else None
        if placed is not None:
            elsewhere = tuple(
                (day, others[where].room)
                for day, where in zip(dates, placed, strict=True)
                if where is not None
            )
            found.append(Option(Way.OTHER_ROOM, home, home.wish, tuple(dates), elsewhere))
    return found


def _stands_in(match: Match, home: Match) -> bool:
    """Whether a room could stand in for another on some dates: it suits, costs no more, and is another."""
    suits = not match.obstacles or search.only_dates(match)
    same = match.room.id == home.room.id
    return suits and not same and match.price_pence <= home.price_pence


def _nearest(area: Area, home: Match, others: list[Match]) -> list[Match]:
    """From the room that is home; where nobody knows where that is, as they come."""
    if home.room.shape is None or not others:
        return others
    lon, lat = inner_point(home.room.shape)
    metres = distances(lon, lat, [m.room.shape for m in others], area.nation.metric_epsg)
    far = {m.room.id: float(d) for m, d in zip(others, metres, strict=True) if d == d}  # noqa: PLR0124 - not NaN
    return sorted(
        (m for m in others if m.room.id in far), key=lambda m: (far[m.room.id], m.room.id)
    )


def _free(match: Match, dates: Sequence[date]) -> list[bool]:
    free = set(match.free_dates)
    return [day in free for day in dates]


def _moved(area: Area, wish: Wish, way: Way, rooms: Sequence[Room]) -> list[Option]:
    """The best room at the first other time at which any is free for the whole term."""
    slots = list(repairs.shifted(wish) if way is Way.SHIFTED else repairs.other_days(wish))
    for slot, free in search.free_slots(area, slots, rooms):
        dates = tuple(search.dates_of(slot))
        if matches := [m for m in search.judge(area, slot, free, dates) if not m.obstacles]:
            best = min(matches, key=lambda match: search.rank(match, wish))
            return [Option(way, search.told_when(wish, best), slot, dates)]
    return []


def _left_out(homes: Sequence[Match], dates: Sequence[date]) -> list[Option]:
    """The room with the fewest broken dates, without them; never more than half of the term."""
    for home in homes[:1]:
        wish = repairs.leaving_out(home.wish, dates, _free(home, dates))
        enough = len(home.free_dates) >= max(FEWEST_DATES, len(dates) / 2)
        if enough and len(" ".join(wish.without)) <= LONGEST_WITHOUT:
            return [Option(Way.LEFT_OUT, home, wish, home.free_dates)]
    return []


def _part(homes: Sequence[Match], dates: Sequence[date]) -> list[Option]:
    """The room with the longest stretch of free dates."""
    runs = [(home, repairs.longest_run(_free(home, dates))) for home in homes]
    home, run = max(runs, key=lambda one: one[1][1] - one[1][0], default=(None, (0, 0)))
    if home is None or run[1] - run[0] < FEWEST_DATES:
        return []
    wish = repairs.part_of(home.wish, dates, run)
    return [Option(Way.PART, replace(home, wish=wish), wish, tuple(dates[run[0] : run[1]]))]
