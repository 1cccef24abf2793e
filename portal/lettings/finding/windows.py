"""When else a group could meet: the days and hours that would do, best first. Pure."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import time

from portal.lettings.rules import Wish
from portal.lettings.walltime import minutes_between
from portal.venues.rules import minute_of

STEP = 5  # minutes between two beginnings that are tried


def slots(wish: Wish) -> Iterator[Wish]:
    """Every day and time at which a group could meet, the one it likes best first, as wishes for just that time.

    First its day, then the other days as they were said; on each day the nearest to the liked hour first, and of two
    that are as near the earlier one. Beginnings lie `STEP` minutes apart from the liked one, and at both ends of the
    window.
    """
    for day in dict.fromkeys((wish.weekday, *wish.other_days)):
        for start in _starts(wish):
            yield at(wish, day, start)


def at(wish: Wish, day: int, start: int) -> Wish:
    """The wish for one day and one beginning, in minutes since midnight; nothing else would do any more."""
    end = start + minutes_between(wish.starts, wish.ends)
    return replace(
        wish,
        weekday=day,
        starts=_clock(start),
        ends=_clock(end),
        other_days=(),
        earliest=None,
        latest=None,
    )


def _starts(wish: Wish) -> list[int]:
    liked = minute_of(wish.starts)
    low = liked if wish.earliest is None else min(liked, minute_of(wish.earliest))
    high = liked
    if wish.latest is not None:
        high = max(liked, minute_of(wish.latest) - minutes_between(wish.starts, wish.ends))
    grid = {low, high, *range(liked, low - 1, -STEP), *range(liked, high + 1, STEP)}
    return sorted(grid, key=lambda start: (abs(start - liked), start))


def _clock(minutes: int) -> time:
    return time(minutes // 60, minutes % 60)


def shift(wish: Wish, slot: Wish) -> int:
    """How many minutes later a slot begins than the group likes best; negative for earlier."""
    return minutes_between(wish.starts, slot.starts)
