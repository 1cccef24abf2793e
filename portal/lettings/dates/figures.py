"""Room hours offered, booked and attended: numbers only, no names and no single room."""

from collections import Counter
from datetime import date, time, timedelta
from typing import NamedTuple

from sqlalchemy import select

from portal.areas.calendar import bank_holidays
from portal.areas.queries import current_area
from portal.db import db
from portal.lettings.dates.rules import DAY
from portal.lettings.models import Let, Occurrence
from portal.lettings.rules import Attended, LetState, OccurrenceState
from portal.lettings.walltime import instants
from portal.venues.hours import hire_minutes, readable
from portal.venues.rooms import rooms_for_hire

# Lets whose dates took place, or will; a cancelled let keeps the dates that had gone by.
TOOK_PLACE = (LetState.CONFIRMED, LetState.RUNNING, LetState.ENDED, LetState.CANCELLED)
HOUR = timedelta(hours=1)


class Figures(NamedTuple):
    """Room hours of a time. `unknown`: booked hours of which nobody has said whether the group came."""

    offered: float
    booked: float
    attended: float
    unused: float
    unknown: float


def figures(first: date, last: date) -> Figures:
    """The room hours of this area from one day to another, both included."""
    since, until = (instants(day, time(), time(1))[0] for day in (first, last + DAY))
    query = (
        select(Occurrence.starts, Occurrence.ends, Occurrence.attended)
        .join(Let)
        .where(
            Let.area_id == current_area().id,
            Let.state.in_(TOOK_PLACE),
            Occurrence.state == OccurrenceState.PLANNED,
            Occurrence.starts >= since,
            Occurrence.starts < until,
        )
    )
    hours: Counter[Attended | None] = Counter()
    for starts, ends, attended in db.session.execute(query):
        hours[attended] += (ends - starts) / HOUR
    came, unused, unknown = hours[Attended.CAME], hours[Attended.UNUSED], hours[None]
    return Figures(_offered(first, last), came + unused + unknown, came, unused, unknown)


def _offered(first: date, last: date) -> float:
    """Hours in which rooms can be hired; a hall with halves is counted as its halves. Like hours are counted once."""
    area = current_area()
    rooms = (r for r in rooms_for_hire(area.id) if r.leaves == (r.id,))
    alike = Counter(room.hours for room in rooms if room.hours.hire and readable(room.hours.hire))
    days = [first + DAY * n for n in range((last - first).days + 1)]
    holidays = {d for year in {d.year for d in days} for d in bank_holidays(area.nation, year)}
    minutes = sum(
        count
        * sum(end - start for day in days for start, end in hire_minutes(hours, day, holidays))
        for hours, count in alike.items()
    )
    return minutes / 60
