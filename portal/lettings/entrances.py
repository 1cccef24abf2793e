"""What the doors of rooms do on the dates of a term; rooms with the same hours are looked up once."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from portal.areas.calendar import bank_holidays
from portal.areas.models import Area
from portal.areas.rules import Nation
from portal.lettings.reasons import AT_THE_DOOR
from portal.lettings.rules import Wish
from portal.venues.hours import Door, Hours, door, door_on, opening_cost, same_every_week
from portal.venues.rooms import Room
from portal.venues.rules import MIDNIGHT, minute_of


class Doors:
    """What the doors do on every date; rooms with the same hours are looked up once."""

    def __init__(self, nation: Nation, starts: time, ends: time, dates: Sequence[date]) -> None:
        self.holidays = _holidays(nation, frozenset(d.year for d in dates))
        self.spans = [(datetime.combine(d, starts), datetime.combine(d, ends)) for d in dates]
        self.low, self.high = minute_of(starts), minute_of(ends)
        self.like = [(d.weekday(), d in self.holidays) for d in dates]
        self.one = dict(zip(self.like, dates, strict=True))
        self.known: dict[tuple[Hours, int, int], list[Door]] = {}

    def of(self, room: Room) -> list[Door]:
        key = (room.hours, room.before, room.after)
        found = self.known.get(key)
        if found is None:
            found = self.known[key] = self._of(*key)
        return found

    def lets_in(self, room: Room) -> bool:
        """Whether it lets people in on every date."""
        return all(at in AT_THE_DOOR for at in self.of(room))

    def _of(self, hours: Hours, before: int, after: int) -> list[Door]:
        low, high = self.low - before, self.high + after
        if 0 <= low < high <= MIDNIGHT and same_every_week(hours):
            if hours.shut:
                days = [span[0].date() for span in self.spans]
                return [door_on(hours, d, low, high, holiday=d in self.holidays) for d in days]
            told = {
                like: door_on(hours, day, low, high, holiday=like[1])
                for like, day in self.one.items()
            }
            return [told[like] for like in self.like]
        earlier, later = timedelta(minutes=before), timedelta(minutes=after)
        return [door(hours, s - earlier, e + later, self.holidays) for s, e in self.spans]

    def cost(self, room: Room) -> int:
        """Pence for somebody to open at a meeting: what it costs on most of the dates, for a let has one price."""
        if not any(key.pence for key in room.hours.keys):
            return 0
        before, after = timedelta(minutes=room.before), timedelta(minutes=room.after)
        costs = Counter(
            opening_cost(room.hours, start - before, end + after, self.holidays)
            for start, end in self.spans
        )
        return max(costs, key=lambda pence: (costs[pence], -pence), default=0)


@lru_cache(maxsize=64)
def _holidays(nation: Nation, years: frozenset[int]) -> frozenset[date]:
    """The bank holidays of these years and those next to them."""
    around = {year + n for year in years for n in (-1, 0, 1)}
    return frozenset(day for year in around for day in bank_holidays(nation, year))


# Many ask for the same evenings of the same term.
_known = lru_cache(maxsize=32)(Doors)


def doors(area: Area, wish: Wish, dates: Sequence[date]) -> Doors:
    """The doors of an area on these dates at the day and hour of a wish."""
    return _known(area.nation, wish.starts, wish.ends, tuple(dates))
