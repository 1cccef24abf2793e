"""Blockings: a holder needs its room itself, or nobody can use it. What is booked already stays and is named."""

from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import clock
from portal.db import db, transaction
from portal.errors import NotFound, RuleBroken
from portal.lettings import holding
from portal.lettings.holding import Claim
from portal.lettings.hosting import rules
from portal.lettings.hosting.access import run_place
from portal.lettings.hosting.rules import Span, Stretch
from portal.lettings.models import Blocking, Hold, Occurrence
from portal.people.models import User
from portal.register.models import Asset
from portal.register.rules import Kind
from portal.venues import rooms


def block(by: int, room_id: int, stretch: Stretch, *, why: str) -> Blocking:
    """Take whatever is free of a stretch; what is booked stays. Raises RuleBroken where nothing of it is free."""
    with transaction() as session:
        room = _room(session.get_one(User, by), room_id)
        if not why:
            raise RuleBroken("reason", "Give the reason. Only the holder and the broker read it.")
        rules.check_stretch(stretch, clock.today())
        held = holding.lock(session, {room.id})[room.id]
        if (before := _same(room, stretch)) is not None:
            return before
        row = Blocking(
            **asdict(stretch),
            area_id=room.area_id,
            room_id=room.id,
            why=why,
            made_at=clock.now(),
            made_by_id=by,
        )
        session.add(row)
        session.flush()
        claims = _claims(session, row, held)
        if not claims:
            raise RuleBroken(
                "nothing-free",
                "All of that time is booked or blocked already, so nothing is left to block.",
            )
        holding.take_all(session, claims)
    return row


def lift(by: int, blocking_id: int) -> Blocking:
    """Give the time back. Twice is once."""
    with transaction() as session:
        row = session.get(Blocking, blocking_id, with_for_update=True)
        if row is None:
            raise NotFound("no-blocking", "There is no such blocking here.")
        _room(session.get_one(User, by), row.room_id)
        if row.lifted_at is None:
            row.lifted_at, row.lifted_by_id = clock.now(), by
            holding.release(session, row)
    return row


def of_holder(holder_id: int) -> list[Blocking]:
    """The blockings of a holder's rooms that are not over and not lifted, the first to begin first."""
    query = (
        select(Blocking)
        .join(Asset, Asset.id == Blocking.room_id)
        .where(
            Asset.holder_id == holder_id,
            Blocking.lifted_at.is_(None),
            Blocking.last >= clock.today(),
        )
    )
    return list(db.session.scalars(query.order_by(Blocking.first, Blocking.id)))


def of_room(user: User, blocking_id: int) -> Blocking:
    """A blocking, for who runs its room. Raises NotFound."""
    row = db.session.get(Blocking, blocking_id)
    if row is None:
        raise NotFound("no-blocking", "There is no such blocking here.")
    _room(user, row.room_id)
    return row


def staying(row: Blocking) -> list[Occurrence]:
    """The dates of lets that are booked within a blocking, in order: they stay until somebody cancels them."""
    spans = rules.spans_of(_stretch(row))
    parts = rooms.leaves_of(row.room_id, rooms.parts_of(row.area_id))
    query = (
        select(Occurrence, Hold.starts, Hold.ends)
        .join(Hold, Hold.occurrence_id == Occurrence.id)
        .where(Hold.room_id.in_(parts), Hold.starts < spans[-1][1], Hold.ends > spans[0][0])
        .order_by(Hold.starts, Hold.id)
    )
    found = {
        occurrence.id: occurrence
        for occurrence, starts, ends in db.session.execute(query)
        if any(starts < high and ends > low for low, high in spans)
    }
    return list(found.values())


def _claims(session: Session, row: Blocking, held: Sequence[int]) -> list[Claim]:
    """What is free, of the whole room; and where only a part of it is free, of that part."""
    wanted = rules.spans_of(_stretch(row))
    taken = _taken(session, held, wanted)
    whole = rules.without(wanted, [span for spans in taken.values() for span in spans])
    claims = [Claim(row.room_id, *span, blocking_id=row.id) for span in whole]
    if len(held) > 1:
        parents = set(session.scalars(select(Asset.parent_id).where(Asset.id.in_(held))))
        for leaf in (part for part in held if part not in parents):
            left = rules.without(rules.without(wanted, whole), taken.get(leaf, ()))
            claims += [Claim(leaf, *span, blocking_id=row.id) for span in left]
    return claims


def _taken(
    session: Session, room_ids: Sequence[int], wanted: Sequence[Span]
) -> dict[int, list[Span]]:
    query = select(Hold.room_id, Hold.starts, Hold.ends).where(
        Hold.room_id.in_(room_ids), Hold.starts < wanted[-1][1], Hold.ends > wanted[0][0]
    )
    taken: dict[int, list[Span]] = {}
    for room_id, starts, ends in session.execute(query):
        taken.setdefault(room_id, []).append((starts, ends))
    return taken


def _same(room: Asset, stretch: Stretch) -> Blocking | None:
    """The live blocking of the same stretch: a second click finds the first."""
    query = select(Blocking).where(Blocking.room_id == room.id, Blocking.lifted_at.is_(None))
    return next((row for row in db.session.scalars(query) if _stretch(row) == stretch), None)


def _stretch(row: Blocking) -> Stretch:
    return Stretch(row.first, row.last, tuple(row.days), row.starts, row.ends)


def _room(user: User, room_id: int) -> Asset:
    room = run_place(user, room_id)
    if room.kind is not Kind.ROOM:
        raise NotFound("no-place", "There is no such room here, or it is not yours to run.")
    return room
