"""What happens to dates by the clock: free times go to who waits, unused rooms are asked after.

Safe late, twice, on two machines, killed anywhere: each step takes its row, looks again, acts, and writes its letters in
the same transaction.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from flask import current_app
from flask_babel import LazyString
from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from portal import clock
from portal.areas.calendar import end_of, working_day
from portal.areas.queries import current_area
from portal.db import db, transaction
from portal.errors import RuleBroken
from portal.lettings import holding, letters, moves, queries, table
from portal.lettings.dates import choices, freeing, rules
from portal.lettings.dates.letters import offer as write_offer
from portal.lettings.dates.letters import still_needed
from portal.lettings.dates.models import Freed
from portal.lettings.models import DateOffer, Let, Occurrence, Waiting
from portal.lettings.rules import Action, Attended, LetState, OccurrenceState
from portal.people import queries as people
from portal.people.rules import Role
from portal.venues import rooms


def tick() -> int:
    """Take every step that is due; returns how many were taken."""
    return _each(_freed(), _offer) + _each(_unused(), _ask_or_end)


def _each(ids: Iterable[Any], act: Callable[[Any], int]) -> int:
    done = 0
    for one in list(ids):
        try:
            done += act(one)
        except Exception:  # one broken row must not stop all others
            current_app.logger.exception("tick: %s of %s", act.__name__, one)
    return done


def _freed() -> list[list[int]]:
    """The free times of which nobody thinks just now, those given up together in one list: a look without a lock."""
    thinks = select(DateOffer.freed_id).where(
        DateOffer.freed_id.is_not(None),
        DateOffer.answered_at.is_(None),
        DateOffer.answer_by > clock.now(),
    )
    query = select(Freed.id, Freed.freed_at, Freed.room_id).where(
        Freed.area_id == current_area().id, Freed.closed_at.is_(None), Freed.id.not_in(thinks)
    )
    together: dict[tuple[datetime, int], list[int]] = {}
    for freed_id, at, room_id in db.session.execute(query.order_by(Freed.freed_at, Freed.id)):
        together.setdefault((at, room_id), []).append(freed_id)
    return list(together.values())


def _offer(freed_ids: list[int]) -> int:
    """Ask the next group that waits, of several dates in one letter; where it is too late for that, tell all of them."""
    done, offers = 0, dict[Waiting, list[DateOffer]]()
    with transaction() as session:
        for freed in _locked(session, freed_ids):
            if freed.closed_at is not None or _still_thinks(session, freed):
                continue
            done += 1
            until = rules.answer_by(freed.starts, clock.now())
            made = _to_next(session, freed, until) if until else _to_all(session, freed)
            if not until or not made:
                freed.closed_at = clock.now()
            for one in made:
                offers.setdefault(one.waiting, []).append(one)
        for waiting, made in offers.items():
            write_offer(waiting, made)
    return done


def _locked(session: Session, freed_ids: list[int]) -> list[Freed]:
    """The free times, then their rooms: all locks before anything is done, in the order in which others take them."""
    query = select(Freed).where(Freed.id.in_(freed_ids)).order_by(Freed.id).with_for_update()
    found = list(session.scalars(query.execution_options(populate_existing=True)))
    parts = rooms.parts_of(current_area().id)
    holding.lock(session, {room for one in found for room in rooms.related_to(one.room_id, parts)})
    return found


def _to_next(session: Session, freed: Freed, until: datetime) -> list[DateOffer]:
    """The offer to the first group whose need it fits; none where nobody is left."""
    for waiting in _waiting(session, freed):
        if (made := _keep(session, freed, waiting, until)) is not None:
            return [made]
    return []


def _to_all(session: Session, freed: Freed) -> list[DateOffer]:
    """Offers that hold nothing: whoever takes it first has it."""
    if freed.starts <= clock.now():
        return []
    made = [_made(freed, waiting, freed.starts) for waiting in _waiting(session, freed)]
    offers = [one for one in made if one is not None]
    for one in offers:
        _replace(session, one)
    session.add_all(offers)
    session.flush()
    return offers


def _still_thinks(session: Session, freed: Freed) -> bool:
    """Whether a group has still time to answer; one that let it go by holds nothing any more. A taken time is closed."""
    for made in session.scalars(select(DateOffer).where(DateOffer.freed_id == freed.id)):
        if made.let_id is not None:
            freed.closed_at = clock.now()
        elif made.answered_at is None and made.answer_by > clock.now():
            return True
        elif made.answered_at is None:
            made.answered_at = clock.now()
            holding.release(session, made)
    return freed.closed_at is not None


def _waiting(session: Session, freed: Freed) -> list[Waiting]:
    """Who waits for this room or one that shares it, in order, was not asked since it became free, and has no part of it."""
    related = rooms.related_to(freed.room_id, rooms.parts_of(freed.area_id))
    holds = (DateOffer.occurrence_id == freed.occurrence_id) & DateOffer.holds.any()
    asked = select(DateOffer.waiting_id).where((DateOffer.freed_id == freed.id) | holds)
    query = (
        select(Waiting)
        .where(
            Waiting.room_id.in_(related),
            Waiting.left_at.is_(None),
            Waiting.group_id != freed.occurrence.let.group_id,
            Waiting.id.not_in(asked),
        )
        .order_by(Waiting.since, Waiting.id)
    )
    return list(session.scalars(query))


def _keep(session: Session, freed: Freed, waiting: Waiting, until: datetime) -> DateOffer | None:
    """Offer the time to a group and hold it; None where it does not fit the group, or is taken."""
    made = _made(freed, waiting, until)
    if made is None:
        return None
    _replace(session, made)
    session.add(made)
    session.flush()
    try:
        holding.take(session, waiting.room_id, [(made.starts, made.ends)], offer_id=made.id)
    except RuleBroken:
        session.delete(made)
        session.flush()
        return None
    return made


def _replace(session: Session, made: DateOffer) -> None:
    """What a group was told of this date when it was free before, and did not answer, is over: it holds nothing."""
    session.execute(
        update(DateOffer)
        .where(
            DateOffer.waiting_id == made.waiting_id,
            DateOffer.occurrence_id == made.occurrence_id,
            DateOffer.answered_at.is_(None),
        )
        .values(answered_at=clock.now())
    )


def _made(freed: Freed, waiting: Waiting, until: datetime) -> DateOffer | None:
    """What a group would get of a free time, if that fits its need and the room is there for it."""
    wish = queries.wish_of(waiting.need)
    span = rules.part_for(wish, freed.starts, freed.ends)
    if span is None or not people.organiser_emails(waiting.group_id):  # nobody there to answer
        return None
    try:
        room = choices.room_for_hire(waiting.room_id)
    except RuleBroken:
        return None
    if choices.in_the_way(rules.for_one_date(wish, *span), room):
        return None
    return DateOffer(
        waiting_id=waiting.id,
        waiting=waiting,
        occurrence_id=freed.occurrence_id,
        freed_id=freed.id,
        starts=span[0],
        ends=span[1],
        offered_at=clock.now(),
        answer_by=until,
    )


def _unused() -> list[int]:
    """Lets that may have to be asked after, or that gave no answer: a look without a lock."""
    unused = (
        select(Occurrence.let_id)
        .where(Occurrence.attended == Attended.UNUSED, Occurrence.state == OccurrenceState.PLANNED)
        .group_by(Occurrence.let_id)
        .having(func.count() >= rules.UNUSED_RUNNING)
    )
    asked = Let.keep_by <= clock.now()
    not_asked = Let.keep_by.is_(None) & Let.id.in_(unused)
    query = select(Let.id).where(
        Let.area_id == current_area().id, Let.state == LetState.RUNNING, or_(asked, not_asked)
    )
    return list(db.session.scalars(query.order_by(Let.id)))


def _ask_or_end(let_id: int) -> int:
    with transaction() as session:
        let = session.get_one(Let, let_id, with_for_update=True)
        ready = table.open_to(let.state, {Role.PORTAL}, queries.facts_of(let))
        for action, act in ((Action.LAPSE, _end), (Action.QUERY, _ask)):
            if action in ready:
                act(session, let)
                return 1
    return 0


def _ask(session: Session, let: Let) -> None:
    step, role = moves.allowed(let, Action.QUERY, None)
    last = working_day(rules.KEEP_DAYS, clock.today(), current_area().nation).due
    let.keep_by = end_of(last)
    event = moves.record(session, let, let.state, step, None, role)
    letters.tell(let, event, more={Role.ORGANISER: LazyString(still_needed, let, last)})


def _end(session: Session, let: Let) -> None:
    moves.act(session, let, Action.LAPSE, None)
    let.keep_by = None
    ahead = [one for one in let.occurrences if queries.is_ahead(one)]
    freeing.give_up(session, ahead, OccurrenceState.RELEASED)
