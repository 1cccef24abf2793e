"""What is offered where no room is free for the whole term: which dates go where, and which are left out. Pure.

Source: COMPACT.md, Track 3: "the nearest misses: the same room with named dates in another room, twenty minutes
earlier, one day over". Dates come as a list in order, and what is free as booleans beside it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from enum import StrEnum
from itertools import combinations

from portal.lettings.finding.windows import at, slots
from portal.lettings.rules import Wish
from portal.lettings.walltime import WEEK, minutes_between
from portal.venues.rules import minute_of

MIDNIGHT = 24 * 60
SHIFT, STEP = 30, 5  # minutes: at most so much beside the times that would do, in such steps
# A group that moves again and again has no home: at most so many other rooms, looked for among the nearest few.
MOST_ROOMS, NEAREST = 3, 24


class Way(StrEnum):
    """How a term that no room is free for can be met nearly."""

    OTHER_ROOM = "other_room"
    SHIFTED = "shifted"
    OTHER_DAY = "other_day"
    LEFT_OUT = "left_out"
    PART = "part"


def patch(home: Sequence[bool], others: Sequence[Sequence[bool]]) -> list[int | None] | None:
    """Where each date is: None for at home, else the place in `others`; None altogether when some date is nowhere.

    `home` says on which dates the room is free, `others` the same of other rooms, the nearest first. As few other
    rooms as can be (at most MOST_ROOMS, of the NEAREST that help at all), then the nearest ones.
    """
    broken = [n for n, free in enumerate(home) if not free]
    helps = [k for k, free in enumerate(others) if any(free[n] for n in broken)][:NEAREST]
    for size in range(min(MOST_ROOMS, len(helps)) + 1):
        found = [
            (where, sum(where))
            for chosen in combinations(helps, size)
            if (where := _cover(broken, chosen, others)) is not None
        ]
        if found:
            where, _far = min(found, key=lambda one: one[1])
            placed = iter(where)
            return [None if free else next(placed) for free in home]
    return None


def _cover(
    broken: Sequence[int], chosen: Sequence[int], others: Sequence[Sequence[bool]]
) -> list[int] | None:
    """For each broken date the nearest of the chosen rooms that is free on it."""
    where = [next((k for k in chosen if others[k][n]), None) for n in broken]
    return None if None in where else [k for k in where if k is not None]


def longest_run(free: Sequence[bool]) -> tuple[int, int]:
    """The longest stretch of dates one after the other that are free, as [begin, end); of two as long the earlier."""
    best, begin = (0, 0), 0
    for n, one in enumerate((*free, False)):
        if not one:
            best = max(best, (begin, n), key=lambda run: run[1] - run[0])
            begin = n + 1
    return best


def part_of(wish: Wish, dates: Sequence[date], run: tuple[int, int]) -> Wish:
    """The wish for those dates only."""
    return replace(wish, first=dates[run[0]], last=dates[run[1] - 1])


def leaving_out(wish: Wish, dates: Sequence[date], free: Sequence[bool]) -> Wish:
    """The wish without the dates that are not free; those that follow one another are one stretch."""
    gone: list[list[date]] = []
    for n, day in enumerate(dates):
        if free[n]:
            continue
        if n and not free[n - 1]:
            gone[-1][-1:] = [day] if len(gone[-1]) > 1 else [gone[-1][0], day]
        else:
            gone.append([day])
    return replace(wish, without=(*wish.without, *("/".join(map(str, one)) for one in gone)))


def shifted(wish: Wish) -> Iterator[Wish]:
    """The same days up to SHIFT minutes before or after the times that would do, the smallest step first."""
    length = minutes_between(wish.starts, wish.ends)
    would_do = sorted(minute_of(slot.starts) for slot in slots(replace(wish, other_days=())))
    for step in range(STEP, SHIFT + 1, STEP):
        for start in (would_do[0] - step, would_do[-1] + step):
            if start >= 0 and start + length < MIDNIGHT:
                for day in dict.fromkeys((wish.weekday, *wish.other_days)):
                    yield at(wish, day, start)


def other_days(wish: Wish) -> Iterator[Wish]:
    """The hour liked best on days that were not said to do, the nearest first: one day over, then two."""
    would_do = {wish.weekday, *wish.other_days}
    for over in (1, -1, 2, -2, 3, -3):
        if (day := (wish.weekday + over) % WEEK) not in would_do:
            yield at(wish, day, minute_of(wish.starts))
