"""Reads about single dates, one function a question."""

from datetime import time

from sqlalchemy import or_, select

from portal import clock
from portal.areas.queries import current_area
from portal.db import db
from portal.errors import NotFound
from portal.lettings.dates.rules import DAY
from portal.lettings.hosting import agenda
from portal.lettings.hosting.access import holders_of, runs
from portal.lettings.hosting.feeds import rooms_opened_by
from portal.lettings.models import DateOffer, Let, Occurrence, Waiting
from portal.lettings.queries import roles_towards
from portal.lettings.rules import LetState
from portal.lettings.walltime import instants
from portal.people.access import group_ids
from portal.people.models import User
from portal.people.rules import Role

# Lets of whose dates it can be said whether the group came.
TOLD = (LetState.CONFIRMED, LetState.RUNNING, LetState.ENDED)


def offer_for(user: User, offer_id: int) -> DateOffer:
    """An offer to a group of somebody's. Raises NotFound for everybody else."""
    offer = db.session.get(DateOffer, offer_id)
    if offer is None or not _ours(user, offer.waiting):
        raise NotFound("no-offer", "There is no such offer here, or it is not yours to see.")
    return offer


def waiting_for(user: User, waiting_id: int) -> Waiting:
    """A place on a waiting list of a group of somebody's. Raises NotFound for everybody else."""
    waiting = db.session.get(Waiting, waiting_id)
    if waiting is None or not _ours(user, waiting):
        raise NotFound(
            "no-waiting", "There is no such place on a waiting list, or it is not yours."
        )
    return waiting


def _ours(user: User, waiting: Waiting) -> bool:
    return waiting.area_id == current_area().id and waiting.group_id in group_ids(user)


def my_waiting(user: User) -> list[Waiting]:
    """What somebody's groups wait for, oldest first."""
    query = (
        select(Waiting)
        .where(
            Waiting.group_id.in_(group_ids(user)),
            Waiting.left_at.is_(None),
            Waiting.area_id == current_area().id,
        )
        .order_by(Waiting.since, Waiting.id)
    )
    return list(db.session.scalars(query))


def my_offers(user: User) -> list[DateOffer]:
    """The dates that somebody's groups can take now, nearest first."""
    query = (
        select(DateOffer)
        .join(Waiting)
        .where(
            Waiting.group_id.in_(group_ids(user)),
            Waiting.area_id == current_area().id,
            DateOffer.answered_at.is_(None),
            DateOffer.answer_by > clock.now(),
        )
        .order_by(DateOffer.starts)
    )
    return list(db.session.scalars(query))


def near_dates(user: User) -> list[Occurrence]:
    """Today's dates and yesterday's whose attendance somebody may say: of their groups, in rooms they run or open."""
    today = clock.today()
    rooms, holders = rooms_opened_by(user), {holder.id for holder in holders_of(user)}
    ours = or_(Let.group_id.in_(group_ids(user)), agenda.theirs(rooms, holders))
    since, until = (instants(day, time(), time(1))[0] for day in (today - DAY, today + DAY))
    found = agenda.dates(ours, Let.state.in_(TOLD), since=since, until=until)
    told = [one for one in found if agenda.stands(one) and today - DAY <= one.on <= today]
    return sorted(told, key=lambda one: (-one.on.toordinal(), one.starts))


def roles_on_the_day(user: User, one: Occurrence) -> set[Role]:
    """What somebody is to a date: as to its let, and whoever runs or opens the room it is in speaks for the holder."""
    if roles := roles_towards(user, one.let):
        return roles
    staff = one.room_id in rooms_opened_by(user) or runs(user, one.room.holder_id)
    return {Role.OFFICER} if staff else set()


def date_for(user: User, let_id: int, date_id: int) -> Occurrence:
    """A date of which somebody may say whether the group came. Raises NotFound for everybody else."""
    one = db.session.get(Occurrence, date_id)
    if one is None or one.let_id != let_id or one.let.area_id != current_area().id:
        raise NotFound("no-date", "There is no such date in this let.")
    if not roles_on_the_day(user, one):
        raise NotFound("no-let", "There is no such let here, or it is not yours to see.")
    return one
