"""Holding rooms: the one place that writes holds, and turns the database's refusal into a sentence."""

from datetime import datetime, timedelta

from flask_babel import LazyString
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.errors import RuleBroken
from portal.lettings import words
from portal.lettings.models import Hold, Let, Occurrence
from portal.lettings.rules import OccurrenceState
from portal.venues import rooms

# Advisory locks are numbers for the whole database: the first says what is locked, the second which.
ROOM_LOCK = 7_001


def hold(session: Session, let: Let) -> None:
    """Hold every leaf of the room on every planned date. Raises RuleBroken("room-taken"); then nothing is held.

    PostgreSQL's constraint alone would let two writers wait for each other until one is killed, so each takes the
    rooms' locks first, in the order of their keys. SQLite has one writer at a time.
    """
    leaves = rooms.leaves_of(let.room_id, rooms.parts_of(let.area_id))
    if session.get_bind().dialect.name == "postgresql":
        for leaf in leaves:
            session.execute(select(func.pg_advisory_xact_lock(ROOM_LOCK, leaf)))
    before = timedelta(minutes=let.room.buffer_before_minutes)
    after = timedelta(minutes=let.room.buffer_after_minutes)
    spans = [
        (occurrence, occurrence.starts - before, occurrence.ends + after)
        for occurrence in let.occurrences
        if occurrence.state is OccurrenceState.PLANNED
    ]
    try:
        with session.begin_nested():
            session.add_all(
                Hold(occurrence_id=occurrence.id, room_id=leaf, starts=starts, ends=ends)
                for occurrence, starts, ends in spans
                for leaf in leaves
            )
    except IntegrityError as refusal:
        clash = _first_clash(session, leaves, spans)
        if clash is None:
            raise
        raise _taken(clash) from refusal


def release(session: Session, occurrence: Occurrence) -> None:
    """Give the time of one date back."""
    occurrence.holds.clear()
    session.flush()


def _first_clash(
    session: Session, leaves: tuple[int, ...], spans: list[tuple[Occurrence, datetime, datetime]]
) -> Occurrence | None:
    """The first date on which somebody else holds one of the rooms."""
    query = select(Hold.starts, Hold.ends).where(
        Hold.room_id.in_(leaves),
        Hold.starts < max(ends for _, _, ends in spans),
        Hold.ends > min(starts for _, starts, _ in spans),
    )
    held = session.execute(query).all()
    for occurrence, starts, ends in spans:
        if any(start < ends and end > starts for start, end in held):
            return occurrence
    return None


def _taken(occurrence: Occurrence) -> RuleBroken:
    return RuleBroken(
        "room-taken",
        "The room is taken on %(when)s. Nothing was held. Decline the request, or look for another room.",
        when=LazyString(words.local, occurrence.starts),
    )
