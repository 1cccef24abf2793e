"""What people do with single dates of a let. One function a user action; each is one transaction."""

from collections.abc import Collection, Sequence
from datetime import date, time

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from portal import clock
from portal.db import transaction
from portal.errors import NotFound, RuleBroken
from portal.lettings import holding, letters, moves, queries, table, words
from portal.lettings.dates import choices, freeing, rules
from portal.lettings.dates.letters import elsewhere, to_other_holders
from portal.lettings.dates.queries import date_for, roles_on_the_day
from portal.lettings.models import Let, LetEvent, Occurrence
from portal.lettings.rules import (
    HOLDING,
    LONGEST_TERM_DAYS,
    Action,
    Attended,
    LetState,
    OccurrenceState,
)
from portal.people.models import User
from portal.people.rules import Role

# Before a let is confirmed a group chooses its dates; after that it gives them up.
CHOOSING = (LetState.REQUESTED, LetState.OFFERED, LetState.DEPOSIT_DUE)


def release(by: int, let_id: int, date_ids: Collection[int], *, why: str = "") -> Let:
    """The group does not come on these dates: the room is for others then. A let without a date left ends."""
    with transaction() as session:
        let, user = moves.load(session, let_id, by)
        action = Action.SKIP if let.state in CHOOSING else Action.RELEASE
        dates = _dates(let, date_ids, action)
        _write(session, let, action, user, dates, why=why)
        freeing.give_up(session, dates, OccurrenceState.RELEASED)
        _end_if_empty(session, let)
    return let


def take_back(by: int, let_id: int, date_ids: Collection[int]) -> Let:
    """The group comes after all, as long as nobody else has the room. Raises RuleBroken("room-taken"): nothing is done."""
    with transaction() as session:
        let, user = moves.load(session, let_id, by)
        dates = _dates(let, date_ids, Action.TAKE_BACK)
        if let.state in HOLDING:
            holding.take_all(session, [holding.claim(one) for one in dates])
        for one in dates:
            one.state = OccurrenceState.PLANNED
        _write(session, let, Action.TAKE_BACK, user, dates)
    return let


def cancel(
    by: int, let_id: int, date_ids: Collection[int], *, why: str, offer: bool = False
) -> Let:
    """The broker or the holder cancels dates, with a reason. `offer`: others can use the room then."""
    with transaction() as session:
        let, user = moves.load(session, let_id, by)
        moves.allowed(let, Action.CANCEL_DATE, user)
        dates = _dates(let, date_ids, Action.CANCEL_DATE)
        if not why:
            raise RuleBroken("reason", "Give the reason: the group will read it.")
        more = {Role.ORGANISER: elsewhere(dates)}
        _write(session, let, Action.CANCEL_DATE, user, dates, why=why, more=more)
        freeing.give_up(session, dates, OccurrenceState.CANCELLED, offer=offer)
        _end_if_empty(session, let)
    return let


def move(by: int, let_id: int, date_id: int, *, room_id: int, on: date, begins: time) -> Let:
    """One date at another time, day or room. When somebody has it already all stays as it was."""
    with transaction() as session:
        let, user = moves.load(session, let_id, by)
        (moving,) = _dates(let, [date_id], Action.MOVE)
        step, role = moves.allowed(let, Action.MOVE, user)
        span = _span(let, moving, on, begins)
        if _is_there(moving, room_id, span):
            return let
        choices.check(moving, room_id, span, queries.roles_towards(user, let))
        was = words.Was(moving.on, moving.starts, moving.ends, moving.other_room)
        old_room = moving.room_id
        held = moving.state is OccurrenceState.PLANNED
        moving.moved_from = moving.moved_from or moving.starts
        moving.on, (moving.starts, moving.ends) = on, span
        moving.state = OccurrenceState.PLANNED
        moving.other_room_id = None if room_id == let.room_id else room_id
        session.flush()
        session.refresh(moving, ["other_room"])
        holding.move(session, [holding.claim(moving)], moving)
        if held:
            free = was.starts, was.ends
            spare = [free] if old_room != room_id else rules.rest(free, span)
            freeing.remember(session, moving, old_room, spare, clock.now())
        why = _l("It was %(before)s.", before=LazyString(words.date_and_room, was))
        event = moves.record(session, let, let.state, step, user, role, why=why, occurrence=moving)
        letters.tell(let, event, why=why)
        to_other_holders(let, event, was)
    return let


def attend(by: int, let_id: int, date_id: int, *, came: bool, people: int | None = None) -> Let:
    """Somebody says on the day that the group came, or that nobody did; corrected until the end of the next day."""
    action = Action.CAME if came else Action.NOBODY_CAME
    said = Attended.CAME if came else Attended.UNUSED
    with transaction() as session:
        session.get(Let, let_id, with_for_update=True)
        user = session.get_one(User, by)
        one = date_for(user, let_id, date_id)
        let, roles = one.let, roles_on_the_day(user, one)
        check(one, action)
        step = table.step_for(let.state, action, roles, queries.facts_of(let))
        role = next(role for role in Role if role in step.roles & roles)
        one.people_came = people if came else None
        if one.attended is not said:
            one.attended = said
            moves.record(session, let, let.state, step, user, role, occurrence=one)
        if came and let.keep_by:  # coming is an answer to whether the room is still needed
            let.keep_by, let.kept_at = None, clock.now()
    return let


def keep(by: int, let_id: int) -> Let:
    """The group was asked because its room stood empty three times, and says that it still needs it."""
    with transaction() as session:
        let, user = moves.load(session, let_id, by)
        moves.act(session, let, Action.KEEP, user)
        let.keep_by, let.kept_at = None, clock.now()
    return let


def facts_of(one: Occurrence) -> rules.DateFacts:
    """How a date lies to the present."""
    return rules.date_facts(one.on, one.starts, clock.now())


def _dates(let: Let, date_ids: Collection[int], action: Action) -> list[Occurrence]:
    """These dates of the let, each ready for the action. Raises NotFound, or RuleBroken that names the date."""
    found = {one.id: one for one in let.occurrences if one.id in set(date_ids)}
    if not found or len(found) != len(set(date_ids)):
        raise NotFound("no-date", "There is no such date in this let.")
    for one in found.values():
        try:
            rules.date_step(one.state, action, facts_of(one))
        except RuleBroken as refusal:
            if len(found) == 1:
                raise
            raise RuleBroken(
                "one-of-them",
                "Nothing was changed, because of one of these dates: %(when)s. It has begun, or was changed meanwhile.",
                when=one.on,
            ) from refusal
    return list(found.values())


def _write(  # noqa: PLR0913 - a row of history is this wide
    session: Session,
    let: Let,
    action: Action,
    user: User,
    dates: Sequence[Occurrence],
    *,
    why: str = "",
    more: dict[Role, str | LazyString] | None = None,
) -> None:
    """One row of history for each date, and one letter for all of them."""
    step, role = moves.allowed(let, action, user, giving_up=len(dates))
    events: list[LetEvent] = [
        moves.record(session, let, let.state, step, user, role, why=why, occurrence=one)
        for one in dates
    ]
    letters.tell(let, events[0], why=why, dates=dates, more=more or {})


def _span(let: Let, moving: Occurrence, on: date, begins: time) -> rules.Span:
    """When the date would be; RuleBroken where that cannot be whatever the room."""
    span = choices.span_on(moving, on, begins)
    if span[0] <= clock.now():
        raise RuleBroken("in-the-past", "That time has gone by. Choose a later one.")
    if (on - clock.today()).days > LONGEST_TERM_DAYS:
        raise RuleBroken("too-far-ahead", "Choose a day within a year from now.")
    if any(one.on == on for one in let.occurrences if one is not moving):
        raise RuleBroken("same-day", "This let has another date on that day. Choose another day.")
    return span


def _is_there(moving: Occurrence, room_id: int, span: rules.Span) -> bool:
    """Whether the date is there already: a second click moves nothing."""
    there = (moving.room_id, moving.starts, moving.ends) == (room_id, *span)
    return there and moving.state is OccurrenceState.PLANNED


def _end_if_empty(session: Session, let: Let) -> None:
    """A let whose last date was given up is over."""
    if Action.END in table.open_to(let.state, {Role.PORTAL}, queries.facts_of(let)):
        moves.act(session, let, Action.END, None)


def check(one: Occurrence, action: Action) -> None:
    """Whether this can be done with a date now. Raises RuleBroken."""
    rules.date_step(one.state, action, facts_of(one))
