"""How the outbox stands: for the administrator's page, for brokers, and for whoever watches the machine."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, or_, select

from portal import clock
from portal.db import db
from portal.notices.models import Letter, Mailbox

SHOWN = 100
RECENT = timedelta(days=30)
WAITS = (Letter.sent_at.is_(None), Letter.gave_up_at.is_(None))


class Standing(NamedTuple):
    """How many letters wait and since when, and how many were given up or came back in the last thirty days."""

    waiting: int
    since: datetime | None
    failed: int


def standing(area_id: int | None = None) -> Standing:
    """The whole outbox, or one area's."""
    here = _of(area_id)
    waiting, since = db.session.execute(
        select(func.count(Letter.id), func.min(Letter.written_at)).where(*WAITS, *here)
    ).one()
    failed = select(func.count(Letter.id)).where(*_failed(), *here)
    return Standing(waiting, since, db.session.scalar(failed) or 0)


def waiting(area_id: int) -> Sequence[Letter]:
    """The letters that wait, the oldest first."""
    query = select(Letter).where(*WAITS, *_of(area_id)).order_by(Letter.id).limit(SHOWN)
    return db.session.scalars(query).all()


def failed(area_id: int) -> Sequence[Letter]:
    """The letters that were given up or came back in the last thirty days, the newest first."""
    query = (
        select(Letter)
        .where(*_failed(), *_of(area_id))
        .order_by(Letter.gave_up_at.desc(), Letter.id)
    )
    return db.session.scalars(query.limit(SHOWN)).all()


def mailbox(address: str) -> Mailbox | None:
    """What is known of an address."""
    return db.session.get(Mailbox, address.strip().lower())


def _failed() -> tuple[ColumnElement[bool], ...]:
    # What was held back because of the address is the address's matter, not one letter's.
    return (Letter.gave_up_at > clock.now() - RECENT, Letter.body != "")


def _of(area_id: int | None) -> tuple[ColumnElement[bool], ...]:
    return (or_(Letter.area_id == area_id, Letter.area_id.is_(None)),) if area_id else ()
