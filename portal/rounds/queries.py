"""Reads about rounds. What a group asks for is seen by that group and by brokers; the public sees that a round is open."""

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from portal import clock
from portal.areas.queries import current_area
from portal.db import db
from portal.errors import NotFound
from portal.people.access import group_ids
from portal.people.models import User
from portal.rounds.models import Place, Request, Round, RoundWish
from portal.rounds.rules import RoundState


def round_of(round_id: int) -> Round:
    """A round of this area. Raises NotFound."""
    found = db.session.get(Round, round_id)
    if found is None or found.area_id != current_area().id:
        raise NotFound("no-round", "There is no such round here.")
    return found


def rounds() -> list[Round]:
    """All rounds of the area, those of the latest term first."""
    query = select(Round).where(Round.area_id == current_area().id)
    return list(db.session.scalars(query.order_by(Round.first.desc(), Round.id.desc())))


def open_rounds() -> list[Round]:
    """The rounds in which groups can ask now, the one that closes first at the top."""
    query = select(Round).where(
        Round.area_id == current_area().id,
        Round.state == RoundState.OPEN,
        Round.closes_on >= clock.today(),
    )
    return list(db.session.scalars(query.order_by(Round.closes_on, Round.id)))


def waiting_for_broker() -> list[Round]:
    """The rounds that wait for the broker: closed, or with a proposal that is not published."""
    query = select(Round).where(
        Round.area_id == current_area().id,
        Round.state.in_((RoundState.CLOSED, RoundState.PROPOSED)),
    )
    return list(db.session.scalars(query.order_by(Round.first, Round.id)))


def requests_of(round_id: int) -> list[Request]:
    """What is asked for in a round by groups that have not stepped back, in the order of asking, with all it holds."""
    query = (
        select(Request)
        .where(Request.round_id == round_id, Request.withdrawn_at.is_(None))
        .options(
            selectinload(Request.group),
            selectinload(Request.need),
            selectinload(Request.wishes).selectinload(RoundWish.room),
            selectinload(Request.places).selectinload(Place.room),
            selectinload(Request.places).selectinload(Place.dates),
        )
        .order_by(Request.asked_at, Request.id)
    )
    return list(db.session.scalars(query))


def mine(round_id: int, user: User | None) -> list[Request]:
    """What the groups of somebody ask for in a round."""
    if user is None:
        return []
    query = select(Request).where(
        Request.round_id == round_id,
        Request.withdrawn_at.is_(None),
        Request.group_id.in_(group_ids(user)),
    )
    return list(db.session.scalars(query.order_by(Request.id)))


def request_for(user: User, request_id: int) -> Request:
    """A request of one of somebody's groups. Raises NotFound for everybody else."""
    found = db.session.get(Request, request_id)
    ours = found is not None and found.group_id in group_ids(user)
    if not ours or found.withdrawn_at or found.round.area_id != current_area().id:
        raise NotFound("no-request", "There is no such request here, or it is not yours to see.")
    return found


def place_of(round_id: int, place_id: int) -> Place:
    """A proposed place of a round. Raises NotFound."""
    found = db.session.get(Place, place_id)
    if found is None or found.request.round_id != round_id:
        raise NotFound(
            "no-place", "This place is not in the proposal any more. Look at the round again."
        )
    return found
