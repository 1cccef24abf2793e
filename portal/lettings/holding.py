"""Holding rooms: the one place that writes holds, and turns the database's refusal into a sentence.

A room is held together with all its parts, and itself too, so that a part which is added later finds what it must be
held for. The constraint alone would let two writers wait for each other until one is killed; so on PostgreSQL whoever
takes or frees time locks all rooms concerned first, in the order of their keys. SQLite has one writer at a time.

An action that takes or frees more than once in one transaction calls `lock` first, with all rooms it will touch.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from flask_babel import LazyString
from sqlalchemy import (
    ARRAY,
    Integer,
    bindparam,
    delete,
    func,
    insert,
    inspect,
    or_,
    select,
    text,
    true,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.util import identity_key

from portal.errors import RuleBroken
from portal.lettings import words
from portal.lettings.models import Blocking, DateOffer, Hold, Let, Occurrence
from portal.lettings.rules import OccurrenceState
from portal.register.models import Asset

# Advisory locks are numbers for the whole database: the first says what is locked, the second which.
ROOM_LOCK = 7_001
# How rooms are divided: shared by all who hold, alone to who divides one (the database's trigger hold_in_parts).
PARTS_LOCK = 7_002

Cause = Occurrence | Blocking | DateOffer

COLUMN_OF = {
    Occurrence: Hold.occurrence_id,
    Blocking: Hold.blocking_id,
    DateOffer: Hold.offer_id,
}


# As text: a select of aliased assets takes longer to put together than to answer.
WITH_PARTS = text(
    """WITH RECURSIVE tree (room_id, part_id) AS (
         SELECT id, id FROM asset WHERE id IN :ids
         UNION SELECT tree.room_id, part.id FROM tree JOIN asset part ON part.parent_id = tree.part_id
           WHERE part.kind = 'room')
       SELECT room_id, part_id FROM tree ORDER BY part_id"""
).bindparams(bindparam("ids", expanding=True))


class Claim(NamedTuple):
    """A time in a room, without the time before and after, and what it is for: one of the three."""

    room_id: int
    starts: datetime
    ends: datetime
    occurrence_id: int | None = None
    blocking_id: int | None = None
    offer_id: int | None = None


def hold(session: Session, let: Let) -> None:
    """Hold every planned date of a let. Raises RuleBroken("room-taken"); then nothing is held."""
    planned = [o for o in let.occurrences if o.state is OccurrenceState.PLANNED]
    take_all(session, [claim(o) for o in planned])


def claim(occurrence: Occurrence) -> Claim:
    """What one date of a let needs, in the room where it is."""
    room_id = occurrence.room_id
    return Claim(room_id, occurrence.starts, occurrence.ends, occurrence_id=occurrence.id)


def take(
    session: Session,
    room_id: int,
    spans: Iterable[tuple[datetime, datetime]],
    *,
    occurrence_id: int | None = None,
    blocking_id: int | None = None,
    offer_id: int | None = None,
) -> None:
    """Hold a room for one cause. Raises RuleBroken("room-taken"); then nothing is held.

    Spans are (starts, ends) without the room's time before and after: that is added, but not to a blocking, which is
    just as long as was said.
    """
    cause = occurrence_id, blocking_id, offer_id
    take_all(session, [Claim(room_id, starts, ends, *cause) for starts, ends in spans])


def take_all(session: Session, claims: Sequence[Claim]) -> None:
    """Hold all of these, of any rooms and causes, or nothing: then RuleBroken("room-taken") names the first clash."""
    _write(session, claims, [])


def move(session: Session, claims: Sequence[Claim], *causes: Cause) -> None:
    """Give up what these causes hold and hold the claims instead; when that is refused all is as it was."""
    _write(session, claims, causes)


def release(session: Session, *causes: Cause) -> None:
    """Give back whatever is held for dates, blockings or offers; in one call, whatever rooms they are in."""
    if causes:
        lock(session, _rooms_of(session, causes))
        session.execute(delete(Hold).where(_held_for(causes)))
        _reread(session, causes)


def lock(session: Session, room_ids: Collection[int]) -> dict[int, tuple[int, ...]]:
    """Wait until nobody else takes or frees time in these rooms; says of each what is held with it: itself, its parts."""
    postgresql = session.get_bind().dialect.name == "postgresql"
    if postgresql:
        session.execute(select(func.pg_advisory_xact_lock_shared(PARTS_LOCK, 0)))
    held = _with_parts(session, room_ids)
    if postgresql and held:
        keys = sorted({room for rooms in held.values() for room in rooms})
        key = func.unnest(func.cast(keys, ARRAY(Integer))).column_valued("key")
        session.execute(select(func.pg_advisory_xact_lock(ROOM_LOCK, key)))
    return held


def clashes(session: Session, claims: Sequence[Claim], *but: Cause) -> list[Claim]:
    """Those claims that cannot be held now: somebody has the time, or a claim before it. `but`: holds that do not count."""
    if not claims:
        return []
    spans = _spans(session, claims, _with_parts(session, {c.room_id for c in claims}))
    query = select(Hold.room_id, Hold.starts, Hold.ends).where(
        Hold.room_id.in_({room for rooms, _, _ in spans for room in rooms}),
        Hold.starts < max(ends for _, _, ends in spans),
        Hold.ends > min(starts for _, starts, _ in spans),
        *([_held_for(but).is_not(true())] if but else []),
    )
    held: dict[int, list[tuple[datetime, datetime]]] = {}
    for room_id, starts, ends in session.execute(query):
        held.setdefault(room_id, []).append((starts, ends))
    refused = []
    for one, (rooms, starts, ends) in zip(claims, spans, strict=True):
        if any(s < ends and e > starts for room in rooms for s, e in held.get(room, ())):
            refused.append(one)
            continue
        for room in rooms:
            held.setdefault(room, []).append((starts, ends))
    return refused


def _write(session: Session, claims: Sequence[Claim], instead_of: Sequence[Cause]) -> None:
    session.flush()
    before = _rooms_of(session, instead_of) if instead_of else set()
    held = lock(session, {c.room_id for c in claims} | before)
    rows = [
        {**_cause(one), "room_id": room, "starts": starts, "ends": ends}
        for one, (rooms, starts, ends) in zip(claims, _spans(session, claims, held), strict=True)
        for room in rooms
    ]
    try:
        with session.begin_nested():
            if instead_of:
                session.execute(delete(Hold).where(_held_for(instead_of)))
            if rows:
                # One statement for many rows; asking for their keys makes it so.
                session.execute(insert(Hold).returning(Hold.id), rows).all()
    except IntegrityError as refusal:
        refused = clashes(session, claims, *instead_of)
        if not refused:
            raise
        raise _taken(session, refused[0]) from refusal
    _reread(session, [*instead_of, *_loaded(session, claims)])


def _with_parts(session: Session, room_ids: Collection[int]) -> dict[int, tuple[int, ...]]:
    """Each room with everything that is part of it, in the order of their keys."""
    found: dict[int, list[int]] = {}
    for room_id, part_id in session.execute(WITH_PARTS, {"ids": list(room_ids)}):
        found.setdefault(room_id, []).append(part_id)
    return {room_id: tuple(parts) for room_id, parts in found.items()}


def _spans(
    session: Session, claims: Sequence[Claim], held: dict[int, tuple[int, ...]]
) -> list[tuple[tuple[int, ...], datetime, datetime]]:
    """Of each claim: the rooms that are held for it, from when to when, the time before and after included."""
    columns = select(Asset.id, Asset.buffer_before_minutes, Asset.buffer_after_minutes)
    rooms = columns.where(Asset.id.in_({c.room_id for c in claims}))
    around = {
        room_id: (timedelta(minutes=before), timedelta(minutes=after))
        for room_id, before, after in session.execute(rooms)
    }
    nothing = timedelta(0), timedelta(0)
    spans = []
    for one in claims:
        before, after = nothing if one.blocking_id is not None else around[one.room_id]
        spans.append((held[one.room_id], one.starts - before, one.ends + after))
    return spans


def _cause(one: Claim) -> dict[str, int | None]:
    return {column.key: getattr(one, column.key) for column in COLUMN_OF.values()}


def _held_for(causes: Sequence[Cause]):
    return or_(
        *(
            column.in_([cause.id for cause in causes if isinstance(cause, kind)])
            for kind, column in COLUMN_OF.items()
        )
    )


def _rooms_of(session: Session, causes: Sequence[Cause]) -> set[int]:
    session.flush()
    return set(session.scalars(select(Hold.room_id).where(_held_for(causes)).distinct()))


def _loaded(session: Session, claims: Sequence[Claim]) -> list[Cause]:
    """The objects of this session that stand for what the claims are for."""
    keys = {
        (kind, getattr(one, column.key))
        for one in claims
        for kind, column in COLUMN_OF.items()
        if getattr(one, column.key) is not None
    }
    found = (session.identity_map.get(identity_key(kind, key)) for kind, key in keys)
    return [cause for cause in found if cause is not None]


def _reread(session: Session, causes: Sequence[Cause]) -> None:
    """What these objects know of their holds is old now."""
    for cause in causes:
        if inspect(cause).persistent:
            session.expire(cause, ["holds"])


def _taken(session: Session, refused: Claim) -> RuleBroken:
    return RuleBroken(
        "room-taken",
        "%(room)s is taken on %(when)s, so nothing was held. Choose another time or another room.",
        room=session.scalars(select(Asset.name).where(Asset.id == refused.room_id)).one(),
        when=LazyString(words.local, refused.starts),
    )
