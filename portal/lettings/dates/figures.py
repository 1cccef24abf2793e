"""Room hours offered, booked and attended: numbers only, no names of groups and no single room."""

import csv
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, time, timedelta
from io import StringIO
from itertools import groupby
from typing import Any, NamedTuple

from flask_babel import gettext as _
from sqlalchemy import select

from portal.areas.calendar import bank_holidays
from portal.areas.queries import current_area
from portal.db import db
from portal.documents.spreadsheets import harmless
from portal.lettings.dates.rules import DAY
from portal.lettings.models import Let, Occurrence
from portal.lettings.rules import Attended, LetState, OccurrenceState
from portal.lettings.walltime import instants
from portal.register.models import Asset
from portal.register.rules import Kind
from portal.venues.hours import Hours, hire_minutes, readable
from portal.venues.rooms import rooms_for_hire

# Lets whose dates took place, or will; a cancelled let keeps the dates that had gone by.
TOOK_PLACE = (LetState.CONFIRMED, LetState.RUNNING, LetState.ENDED, LetState.CANCELLED)
HOUR = timedelta(hours=1)
Month = tuple[int, int]


class Figures(NamedTuple):
    """Room hours of a time. `unknown`: booked hours of which nobody has said whether the group came."""

    offered: float
    booked: float
    attended: float
    unused: float
    unknown: float


class Row(NamedTuple):
    """The room hours of one building in one month; `month` is its first day that is counted."""

    month: date
    building: str
    hours: Figures


def figures(first: date, last: date) -> Figures:
    """The room hours of this area from one day to another, both included."""
    return total(by_building(first, last))


def total(rows: Sequence[Row]) -> Figures:
    """All of them together."""
    return Figures(*(sum(row.hours[n] for row in rows) for n in range(len(Figures._fields))))


def by_building(first: date, last: date) -> list[Row]:
    """The same by month and building, in order; a building of which nothing is offered or booked is left out."""
    at, names = _buildings()
    booked, offered = _booked(first, last, at), _offered(first, last, at)
    known = sorted({*booked, *offered}, key=lambda key: (key[0], names.get(key[1], ""), key[1]))
    return [
        Row(
            max(first, date(*month, 1)),
            names.get(building, ""),
            _figures(offered.get((month, building), 0), booked.get((month, building), Counter())),
        )
        for month, building in known
    ]


def together(rows: Sequence[Row], of: Callable[[Row], Any]) -> list[tuple[Any, Figures]]:
    """The rows that share a month, or a building, added up."""
    ordered = sorted(rows, key=of)
    return [(key, total(list(some))) for key, some in groupby(ordered, key=of)]


def as_csv(rows: Iterable[Row]) -> str:
    """A table for other programs: hours with one place behind the point."""
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow([_("Month"), _("Building"), _("Offered"), _("Booked"), _("Came"), _("Nobody came"), _("Not known")])  # fmt: skip
    for row in rows:
        hours = [f"{hours:.1f}" for hours in row.hours]
        writer.writerow([f"{row.month:%Y-%m}", harmless(row.building), *hours])
    return out.getvalue()


def _figures(offered: float, hours: Mapping[Attended | None, float]) -> Figures:
    came, unused, unknown = (hours[said] for said in (Attended.CAME, Attended.UNUSED, None))
    return Figures(offered, came + unused + unknown, came, unused, unknown)


def _buildings() -> tuple[dict[int, int], dict[int, str]]:
    """In which building each room is, and what buildings are called; a room without one is its own."""
    query = select(Asset.id, Asset.parent_id, Asset.kind, Asset.name).where(
        Asset.area_id == current_area().id, Asset.kind.in_((Kind.BUILDING, Kind.ROOM))
    )
    known = {row.id: row for row in db.session.execute(query)}
    at = {}
    for number, row in known.items():
        while row.kind is Kind.ROOM and row.parent_id in known:
            row = known[row.parent_id]  # noqa: PLW2901 - up the tree
        at[number] = row.id
    return at, {number: row.name for number, row in known.items()}


def _booked(
    first: date, last: date, at: Mapping[int, int]
) -> dict[tuple[Month, int], Counter[Attended | None]]:
    since, until = (instants(day, time(), time(1))[0] for day in (first, last + DAY))
    query = (
        select(Occurrence, Let.room_id)
        .join(Let)
        .where(
            Let.area_id == current_area().id,
            Let.state.in_(TOOK_PLACE),
            Occurrence.state == OccurrenceState.PLANNED,
            Occurrence.starts >= since,
            Occurrence.starts < until,
        )
    )
    hours: dict[tuple[Month, int], Counter[Attended | None]] = defaultdict(Counter)
    for one, room_id in db.session.execute(query):
        room = one.other_room_id or room_id
        month = (one.on.year, one.on.month)
        hours[month, at.get(room, room)][one.attended] += (one.ends - one.starts) / HOUR
    return hours


def _offered(first: date, last: date, at: Mapping[int, int]) -> dict[tuple[Month, int], float]:
    """Hours in which rooms can be hired; a hall with halves is counted as its halves. Like hours are counted once."""
    area = current_area()
    rooms = (r for r in rooms_for_hire(area.id) if r.leaves == (r.id,))
    hired = [room for room in rooms if room.hours.hire and readable(room.hours.hire)]
    alike: Counter[tuple[int, Hours]] = Counter((at.get(r.id, r.id), r.hours) for r in hired)
    days = [first + DAY * n for n in range((last - first).days + 1)]
    holidays = {d for year in {d.year for d in days} for d in bank_holidays(area.nation, year)}
    found: dict[tuple[Month, int], float] = defaultdict(float)
    for month, group in groupby(days, key=lambda day: (day.year, day.month)):
        within = list(group)
        minutes = {hours: _minutes(hours, within, holidays) for _at, hours in alike}
        for (building, hours), count in alike.items():
            found[month, building] += count * minutes[hours] / 60
    return {key: hours for key, hours in found.items() if hours}


def _minutes(hours: Hours, days: Iterable[date], holidays: set[date]) -> int:
    return sum(end - start for day in days for start, end in hire_minutes(hours, day, holidays))
