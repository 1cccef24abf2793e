"""Which dates lie in some rooms or are of some group: what calendars and the keyholder's week are made of."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import aliased, selectinload

from portal.areas.queries import current_area
from portal.db import db
from portal.lettings.hosting.access import lineage
from portal.lettings.models import Let, LetEvent, Occurrence
from portal.lettings.rules import HOLDING, OccurrenceState
from portal.register.models import Asset

_Room, _Other = aliased(Asset), aliased(Asset)


class Opening(NamedTuple):
    """One date as whoever opens needs it: the room, and from when to when it is open, the time before and after included."""

    date: Occurrence
    room: Asset
    opens: datetime
    closes: datetime


def dates(
    *conditions: ColumnElement[bool], since: datetime, until: datetime | None = None
) -> list[Occurrence]:
    """Dates of lets that hold a room or have held one, given up or not, by when they begin.

    A condition may speak of Let and Occurrence; `theirs` speaks of the rooms.
    """
    held = exists().where(LetEvent.let_id == Let.id, LetEvent.after.in_(HOLDING))
    query = (
        select(Occurrence)
        .join(Let, Let.id == Occurrence.let_id)
        .join(_Room, _Room.id == Let.room_id)
        .outerjoin(_Other, _Other.id == Occurrence.other_room_id)
        .where(Let.area_id == current_area().id, Occurrence.ends > since, held, *conditions)
        .options(
            selectinload(Occurrence.other_room),
            selectinload(Occurrence.let).options(
                selectinload(Let.room), selectinload(Let.group), selectinload(Let.need)
            ),
        )
    )
    if until is not None:
        query = query.where(Occurrence.starts < until)
    return list(db.session.scalars(query.order_by(Occurrence.starts, Occurrence.id)))


def theirs(room_ids: Collection[int], holder_ids: Collection[int]) -> ColumnElement[bool]:
    """Dates in these rooms or in rooms of these holders, or of lets of such rooms."""
    return or_(
        Let.room_id.in_(room_ids),
        Occurrence.other_room_id.in_(room_ids),
        _Room.holder_id.in_(holder_ids),
        _Other.holder_id.in_(holder_ids),
    )


def stands(date: Occurrence) -> bool:
    """Whether a date is to take place, or took place: giving up a let gives up its dates ahead, one by one."""
    return date.state is OccurrenceState.PLANNED


def opening(date: Occurrence) -> Opening:
    """When somebody has to open and to lock for a date."""
    room = date.room
    before = timedelta(minutes=room.buffer_before_minutes)
    after = timedelta(minutes=room.buffer_after_minutes)
    return Opening(date, room, date.starts - before, date.ends + after)


def who(let: Let) -> str:
    """What staff who need not know call the group: a private one has no name here."""
    return _("A group (let %(number)s)", number=let.id) if let.group.private else let.group.name


def where(room: Asset) -> str:
    """Garden room, Sale Library."""
    return ", ".join(place.name for place in lineage(room))
