"""Reads about single dates, one function a question."""

from sqlalchemy import or_, select
from sqlalchemy.orm import selectinload

from portal import clock
from portal.areas.queries import current_area
from portal.db import db
from portal.errors import NotFound
from portal.lettings.dates.rules import DAY
from portal.lettings.models import DateOffer, Let, Occurrence, Waiting
from portal.lettings.rules import LetState, OccurrenceState
from portal.people.access import group_ids
from portal.people.models import RoleGrant, User
from portal.people.rules import Role
from portal.register.models import Asset


def offer_for(user: User, offer_id: int) -> DateOffer:
    """An offer to a group of somebody's. Raises NotFound for everybody else."""
    offer = db.session.get(DateOffer, offer_id)
    if offer is None or offer.waiting.group_id not in group_ids(user):
        raise NotFound("no-offer", "There is no such offer here, or it is not yours to see.")
    return offer


def waiting_for(user: User, waiting_id: int) -> Waiting:
    """A place on a waiting list of a group of somebody's. Raises NotFound for everybody else."""
    waiting = db.session.get(Waiting, waiting_id)
    if waiting is None or waiting.group_id not in group_ids(user):
        raise NotFound(
            "no-waiting", "There is no such place on a waiting list, or it is not yours."
        )
    return waiting


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
            DateOffer.answered_at.is_(None),
            DateOffer.answer_by > clock.now(),
        )
        .order_by(DateOffer.starts)
    )
    return list(db.session.scalars(query))


def near_dates(user: User) -> list[Occurrence]:
    """Today's dates and yesterday's, whose attendance somebody may say: of their groups, their body; a broker's are all."""
    today = clock.today()
    query = (
        select(Occurrence)
        .join(Let)
        .join(Asset, Asset.id == Let.room_id)
        .where(
            Let.area_id == current_area().id,
            Let.state.in_((LetState.CONFIRMED, LetState.RUNNING, LetState.ENDED)),
            Occurrence.state == OccurrenceState.PLANNED,
            Occurrence.on.in_((today, today - DAY)),
        )
        .options(selectinload(Occurrence.let), selectinload(Occurrence.other_room))
        .order_by(Occurrence.on.desc(), Occurrence.starts, Occurrence.id)
    )
    grants = db.session.scalars(
        select(RoleGrant).where(
            RoleGrant.user_id == user.id, RoleGrant.area_id == current_area().id
        )
    ).all()
    if not any(grant.role is Role.BROKER for grant in grants):
        holders = [g.holder_id for g in grants if g.role is Role.OFFICER]
        query = query.where(or_(Let.group_id.in_(group_ids(user)), Asset.holder_id.in_(holders)))
    return list(db.session.scalars(query))
