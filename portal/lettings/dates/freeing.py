"""Giving dates up: what was held is free again, and the time is remembered for those who wait."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import clock
from portal.lettings import holding
from portal.lettings.dates.models import Freed
from portal.lettings.dates.rules import Span
from portal.lettings.models import Hold, Occurrence
from portal.lettings.rules import OccurrenceState


def give_up(
    session: Session, dates: Sequence[Occurrence], to: OccurrenceState, *, offer: bool = True
) -> None:
    """Free these dates; `offer`: to the groups that wait for the room. What held nothing frees nothing."""
    held = _held(session, dates) if offer else set()
    now = clock.now()  # one for all: what was given up together is offered together
    for date in dates:
        if date.id in held:
            remember(session, date, date.room_id, [(date.starts, date.ends)], now)
        date.state = to
    holding.release(session, *dates)


def remember(
    session: Session, date: Occurrence, room_id: int, spans: Iterable[Span], now: datetime
) -> None:
    """These times of a room are not needed any more for this date; the clock offers them to who waits.

    What became free before, and was taken back unseen, is offered once: as what becomes free now.
    """
    spans = list(spans)
    before = select(Freed).where(
        Freed.occurrence_id == date.id, Freed.room_id == room_id, Freed.closed_at.is_(None)
    )
    for old in session.scalars(before):
        if any(old.starts < ends and old.ends > starts for starts, ends in spans):
            old.closed_at = now
    session.add_all(
        Freed(
            area_id=date.let.area_id,
            occurrence_id=date.id,
            room_id=room_id,
            starts=starts,
            ends=ends,
            freed_at=now,
        )
        for starts, ends in spans
    )


def _held(session: Session, dates: Sequence[Occurrence]) -> set[int | None]:
    """Which of these dates hold a room."""
    ids = [date.id for date in dates]
    return set(session.scalars(select(Hold.occurrence_id).where(Hold.occurrence_id.in_(ids))))
