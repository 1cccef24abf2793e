"""The way in: door codes and where the key is. For staff of the place, and for a let's organisers near its dates."""

from collections.abc import Collection, Iterator
from datetime import datetime

from sqlalchemy import select

from portal import clock
from portal.areas.queries import current_area
from portal.db import db, transaction
from portal.errors import NotFound, RuleBroken
from portal.lettings.hosting import rules
from portal.lettings.hosting.access import PLACES, lineage, staff_of
from portal.lettings.hosting.models import EntryNote
from portal.lettings.models import Let
from portal.lettings.rules import LetState, OccurrenceState
from portal.people.models import User
from portal.people.rules import Role
from portal.register.models import Asset

# Only these lets' groups go in: an offer that nobody has accepted opens no door.
GO_IN = frozenset({LetState.CONFIRMED, LetState.RUNNING})


def place_for(user: User, place_id: int) -> Asset:
    """A building or room, for who runs or opens it. Raises NotFound."""
    place = db.session.get(Asset, place_id)
    here = place is not None and place.area_id == current_area().id and place.kind in PLACES
    if not here or not staff_of(user, place):
        raise NotFound("no-place", "There is no such room here, or it is not yours to run.")
    return place


def write(by: int, place_id: int, *, words: str, version: int) -> EntryNote | None:
    """Say how one gets in, at once instead of what was said before; no words take it away.

    `version` is what the writer had read, 0 for nothing: who writes at the same time hears of the other.
    """
    with transaction() as session:
        session.get(Asset, place_id, with_for_update=True)
        place = place_for(session.get_one(User, by), place_id)
        note = at_place(place.id)
        if note is not None and note.words == words:
            return note
        if version != (note.version if note else 0):
            raise RuleBroken(
                "written-meanwhile",
                "Somebody else has changed this since you opened the page. Open it again in another tab, compare, and send yours from there.",
            )
        if note is None:
            note = EntryNote(area_id=place.area_id, place_id=place.id, version=0)
            session.add(note)
        note.words, note.version = words, note.version + 1
        note.written_at, note.written_by_id = clock.now(), by
    return note


def at_places(place_ids: Collection[int]) -> dict[int, EntryNote]:
    """What is written about each of these places itself."""
    query = select(EntryNote).where(EntryNote.place_id.in_(place_ids))
    return {note.place_id: note for note in db.session.scalars(query)}


def at_place(place_id: int) -> EntryNote | None:
    """What is written about a place itself."""
    return db.session.scalar(select(EntryNote).where(EntryNote.place_id == place_id))


def notes_of(room: Asset) -> list[EntryNote]:
    """What is written about the way to a room: its building first, then its hall, then itself."""
    found = [at_place(place.id) for place in lineage(room)]
    return [note for note in reversed(found) if note is not None and note.words]


def rooms_open_now(let: Let, now: datetime) -> list[Asset]:
    """The rooms that the let's group may know the way into now."""
    return [room for room, spans in _by_room(let) if rules.way_in_open(spans, now)]


def opens_at(let: Let, now: datetime) -> datetime | None:
    """When its group may next know the way in; None when no date is ahead."""
    return rules.way_in_from([span for _, spans in _by_room(let) for span in spans], now)


def may_read(let: Let, user: User, roles: set[Role]) -> list[Asset]:
    """The rooms of a let whose way in somebody may read now: staff always, the group near its dates, others never."""
    rooms = [room for room, _ in _by_room(let)] or [let.room]
    mine = [room for room in rooms if staff_of(user, room)]
    if mine or Role.ORGANISER not in roles:
        return mine
    return rooms_open_now(let, clock.now())


def _by_room(let: Let) -> Iterator[tuple[Asset, list[rules.Span]]]:
    """Each room of a let whose group goes in, with when it is there."""
    spans: dict[int, tuple[Asset, list[rules.Span]]] = {}
    for occurrence in let.occurrences if let.state in GO_IN else ():
        if occurrence.state is OccurrenceState.PLANNED:
            room = occurrence.room
            spans.setdefault(room.id, (room, []))[1].append((occurrence.starts, occurrence.ends))
    yield from spans.values()
