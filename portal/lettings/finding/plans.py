"""What a group asks for, date by date: a room on days and at times, some dates perhaps in other rooms.

The wish has the days, those left out too, and one time of the day; `elsewhere` names the dates in another room.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from flask_babel import LazyString
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import clock
from portal.areas.queries import current_area
from portal.errors import RuleBroken
from portal.lettings import queries, rules, search, walltime, words
from portal.lettings.models import Let, Occurrence
from portal.lettings.rules import OccurrenceState, Wish
from portal.lettings.search import Match
from portal.people.models import Group
from portal.register.models import Asset
from portal.venues import rooms

Elsewhere = Mapping[date, int]


def price_of(room: Asset, wish: Wish, elsewhere: Elsewhere) -> int:
    """Pence for one meeting. Raises RuleBroken where the room, or another that stands in for it, cannot be asked for.

    The broker can settle what stands against the room itself but for dates; one that stands in must suit altogether.
    """
    dates = search.dates_of(wish)
    rules.check_wish(wish, dates, clock.now())
    here = [day for day in dates if day not in elsewhere]
    if not here or len(here) + len(elsewhere) != len(dates):
        raise RuleBroken("changed", "The dates do not fit together any more. Look for rooms again.")
    match = _judged(room, room.id, wish, here)
    for obstacle in match.obstacles:
        if obstacle.code in rules.BLOCKING:
            raise _refused(obstacle)
    for other_id in sorted(set(elsewhere.values())):
        days = [day for day in dates if elsewhere.get(day) == other_id]
        other = _judged(room, other_id, wish, days)
        for obstacle in other.obstacles:
            raise _refused(obstacle)
        if other.price_pence > match.price_pence:
            raise RuleBroken("dearer", "The other room costs more by now. Look for rooms again.")
    return match.price_pence


def _judged(room: Asset, room_id: int, wish: Wish, dates: Sequence[date]) -> Match:
    found = rooms.rooms_for_hire(room.area_id, Asset.id == room_id)
    if not found:
        raise RuleBroken("not-for-hire", "This room is not let by the hour now.")
    return search.judge(current_area(), wish, found, dates)[0]


def _refused(obstacle: rules.Reason) -> RuleBroken:
    return RuleBroken(obstacle.code, "%(why)s", why=LazyString(words.say, obstacle))


def asked_already(
    session: Session, room: Asset, group: Group, wish: Wish, elsewhere: Elsewhere
) -> Let | None:
    """The live let of the same group for the same room and need: a second click finds the first."""
    query = select(Let).where(
        Let.room_id == room.id, Let.group_id == group.id, Let.state.in_(rules.LIVE)
    )
    return next(
        (
            let
            for let in session.scalars(query)
            if queries.wish_of(let.need) == wish and elsewhere_of(let) == dict(elsewhere)
        ),
        None,
    )


def elsewhere_of(let: Let) -> dict[date, int]:
    """The dates of a let that are in another room."""
    return {o.on: o.other_room_id for o in let.occurrences if o.other_room_id is not None}


def occurrences(wish: Wish, elsewhere: Elsewhere) -> list[Occurrence]:
    """The dates of a let that is asked for."""
    made = []
    for on in search.dates_of(wish):
        starts, ends = walltime.instants(on, wish.starts, wish.ends)
        made.append(
            Occurrence(
                on=on,
                starts=starts,
                ends=ends,
                state=OccurrenceState.PLANNED,
                other_room_id=elsewhere.get(on),
            )
        )
    return made
