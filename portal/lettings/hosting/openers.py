"""Who opens for a date: those who come on its weekday and stay to its end. And the dates that nobody opens for."""

from collections.abc import Container, Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from flask_babel import gettext as _
from sqlalchemy import select

from portal import clock
from portal.areas.calendar import bank_holidays
from portal.areas.queries import current_area
from portal.db import db
from portal.lettings import doors, words
from portal.lettings.hosting import agenda
from portal.lettings.hosting.access import holders_of, lineage
from portal.lettings.models import Let, Occurrence
from portal.lettings.queries import is_ahead
from portal.lettings.rules import LIVE
from portal.lettings.walltime import wall
from portal.people.models import User
from portal.register.models import Asset
from portal.venues.hours import Hours, covers, readable
from portal.venues.models import Keyholder
from portal.venues.rooms import rooms_for_hire
from portal.venues.rules import Key, opens

LOOK_AHEAD = timedelta(weeks=8)


class Openers(NamedTuple):
    """Who can open for a date. `nobody`: the building is closed then, and nobody who is named comes."""

    who: tuple[Keyholder, ...] = ()
    nobody: bool = False


def of(dates: Sequence[Occurrence]) -> list[Openers]:
    """For each date who can open for it."""
    area = current_area()
    hours = {
        room.id: room.hours
        for room in rooms_for_hire(area.id, Asset.id.in_({one.room_id for one in dates}))
    }
    named = _named({place.id for one in dates for place in lineage(one.room)})
    return [_of(agenda.opening(one), hours.get(one.room_id), named) for one in dates]


def theirs(user: User, dates: Sequence[Occurrence]) -> list[Occurrence]:
    """The dates for which a keyholder comes: on their days, and where nobody comes, so that somebody hears of it."""
    return [one for one, who in zip(dates, of(dates), strict=True) if comes(user, who)]


def comes(user: User, who: Openers) -> bool:
    """Whether somebody is to hear of a date as one of those who open."""
    return who.nobody or user.id in {one.user_id for one in who.who}


def without(user: User) -> list[Occurrence]:
    """The dates of the next weeks in the rooms that somebody runs for which nobody opens."""
    now, holders = clock.now(), {holder.id for holder in holders_of(user)}
    found = agenda.dates(
        agenda.theirs((), holders), Let.state.in_(LIVE), since=now, until=now + LOOK_AHEAD
    )
    ahead = [one for one in found if agenda.stands(one) and one.room.holder_id in holders]
    return [one for one, who in zip(ahead, of(ahead), strict=True) if who.nobody]


@doors.warning
def nobody_opens(let: Let) -> list[str]:
    """For the broker who approves: dates for which nobody would open."""
    ahead = [one for one in let.occurrences if is_ahead(one)]
    found = [one.on for one, who in zip(ahead, of(ahead), strict=True) if who.nobody]
    if not found:
        return []
    return [_("Nobody is named who lets the group in on these dates: %(dates)s. Ask the holder who opens.", dates=words.days(found))]  # fmt: skip


def among(
    named: Iterable[Keyholder],
    hours: Hours | None,
    start: datetime,
    end: datetime,
    holidays: Container[date],
) -> Openers:
    """Who of these opens from `start` to `end` (naive, wall time). Where the building is open anyway nobody has to."""
    who = tuple(one for one in named if opens(Key(one.days, one.until), start, end))
    if who or hours is None:
        return Openers(who)
    public = hours.public
    if public and readable(public) and covers(public, start, end, holidays):
        return Openers()
    return Openers(nobody=bool(hours.keys) or not hours.opener)


def _of(opening: agenda.Opening, hours: Hours | None, named: dict[int, list[Keyholder]]) -> Openers:
    start, end = (wall(at).replace(tzinfo=None) for at in (opening.opens, opening.closes))
    near = next((named[p.id] for p in lineage(opening.room) if p.id in named), [])
    nation = current_area().nation
    holidays = {day for year in {start.year, end.year} for day in bank_holidays(nation, year)}
    return among(near, hours, start, end, holidays)


def _named(place_ids: Iterable[int]) -> dict[int, list[Keyholder]]:
    query = select(Keyholder).where(Keyholder.asset_id.in_(place_ids), Keyholder.left_at.is_(None))
    found: dict[int, list[Keyholder]] = {}
    for one in db.session.scalars(query.order_by(Keyholder.id)):
        found.setdefault(one.asset_id, []).append(one)
    return found
