"""Groups that wait for dates of a room: join, leave, take a date that became free, or pass. Each is one transaction.

Whoever takes is served in the order of the database: the freed time is locked first, then what is read is true.
"""

from dataclasses import asdict, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import clock
from portal.areas.queries import current_area
from portal.db import db, transaction
from portal.errors import N_, NotFound, RuleBroken
from portal.lettings import holding, moves, queries, search, table, words
from portal.lettings import service as lets
from portal.lettings.dates import choices, rules
from portal.lettings.dates.models import Freed
from portal.lettings.dates.queries import offer_for, waiting_for
from portal.lettings.models import DateOffer, Let, Need, Occurrence, Waiting
from portal.lettings.paying import usual
from portal.lettings.rules import Action, Insurance, OccurrenceState, Wish
from portal.lettings.table import STANDS
from portal.lettings.walltime import wall
from portal.money.rules import UNSETTLED
from portal.people.access import roles_for
from portal.people.models import Group, User
from portal.people.rules import Role
from portal.venues.rooms import Room

NO_DEPOSIT = N_("The room asks for none.")
HELD_ALREADY = N_("A deposit of this group for this room is held already.")


def join(  # noqa: PLR0913 - what is agreed to is said by name
    by: int,
    room_id: int,
    group_id: int,
    wish: Wish,
    *,
    insurance: Insurance,
    safeguarding: bool,
    note: str = "",
) -> Waiting:
    """A group waits for dates of a room that others have. Joining twice is joining once."""
    with transaction() as session:
        group = session.get(Group, group_id, with_for_update=True)
        room = queries.room_of(room_id)
        if group is None or group.area_id != room.area_id:
            raise NotFound("no-group", "There is no such group here.")
        _may(session.get_one(User, by), group_id)
        lets.check_terms(group, insurance, safeguarding=safeguarding)
        wish = replace(wish, group_kind=group.kind)
        if (before := _waits_already(session, room_id, group_id, wish)) is not None:
            return before
        _check_room(wish, choices.room_for_hire(room_id))
        now = clock.now()
        need = Need(
            **asdict(wish), area_id=room.area_id, group_id=group_id, words=note, created_at=now
        )
        waiting = Waiting(
            area_id=room.area_id, room_id=room_id, group_id=group_id, need=need, user_id=by,
            insurance=insurance, since=now,
        )  # fmt: skip
        session.add(waiting)
        session.flush()
    return waiting


def leave(by: int, waiting_id: int) -> Waiting:
    """The group waits no longer. A date that is offered to it just now it can still take or pass."""
    with transaction() as session:
        session.get(Waiting, waiting_id, with_for_update=True)
        waiting = waiting_for(session.get_one(User, by), waiting_id)
        waiting.left_at = waiting.left_at or clock.now()
    return waiting


def take(by: int, offer_id: int) -> Let:
    """The group takes the date: it joins the group's own let of that room, or becomes a let of one date."""
    with transaction() as session:
        offer, user = _open_offer(session, by, offer_id)
        let = _own_let(session, offer) or _new_let(session, offer)
        before = let.state if let.events else None
        step = table.step_for(before, Action.TAKE_OFFER, {Role.ORGANISER}, queries.facts_of(let))
        one = Occurrence(
            let=let, on=wall(offer.starts).date(), starts=offer.starts, ends=offer.ends, state=OccurrenceState.PLANNED,
            other_room_id=None,
        )  # fmt: skip
        session.add(one)
        session.flush()
        try:
            holding.move(session, [holding.claim(one)], offer)
        except RuleBroken as refusal:
            raise RuleBroken("offer-gone", "Another group was faster, so this date is taken now.") from refusal  # fmt: skip
        offer.answered_at, offer.let = clock.now(), let
        moves.record(session, let, before, step, user, Role.ORGANISER, occurrence=one)
    return let


def pass_on(by: int, offer_id: int) -> DateOffer:
    """The group does not want this date; the clock asks the next one. Passing twice is passing once."""
    with transaction() as session:
        offer, _user = _open_offer(session, by, offer_id)
        offer.answered_at = clock.now()
        holding.release(session, offer)
    return offer


def is_open(offer: DateOffer) -> bool:
    """Whether an offer can still be answered."""
    return offer.answered_at is None and offer.answer_by > clock.now()


def _check_room(wish: Wish, room: Room) -> None:
    match = search.judge(current_area(), wish, [room], search.dates_of(wish))[0]
    if not any(o.code == rules.TAKEN for o in match.obstacles):
        raise RuleBroken("not-taken", "Nobody else has this room then. Ask for it instead.")
    for obstacle in choices.in_the_way(wish, room, but=[rules.TAKEN]):
        raise RuleBroken(obstacle.code, "%(why)s", why=words.say(obstacle))


def _waits_already(session: Session, room_id: int, group_id: int, wish: Wish) -> Waiting | None:
    query = select(Waiting).where(
        Waiting.room_id == room_id, Waiting.group_id == group_id, Waiting.left_at.is_(None)
    )
    return next((w for w in session.scalars(query) if queries.wish_of(w.need) == wish), None)


def _may(user: User, group_id: int) -> None:
    table.step_for(None, Action.TAKE_OFFER, roles_for(user, group_id=group_id) & queries.PARTIES)


def _open_offer(session: Session, by: int, offer_id: int) -> tuple[DateOffer, User]:
    """The offer, its time locked, if it can still be answered; who is not of the group learns nothing of it."""
    user = session.get_one(User, by)
    freed_id = offer_for(user, offer_id).freed_id
    if freed_id is not None:
        session.get(Freed, freed_id, with_for_update=True)
    offer = session.get_one(DateOffer, offer_id, with_for_update=True, populate_existing=True)
    if not is_open(offer):
        raise RuleBroken(
            "offer-over",
            "This offer is over: it was answered already, or the time to answer has gone by.",
        )
    return offer, user


def asks_for(offer: DateOffer) -> int:
    """The pence of the deposit that taking this date would ask for; 0 for none."""
    own = any(_fits(let, offer) for let in _lets(offer))
    return 0 if own or _deposit_held(offer) else usual.of_room(offer.waiting.room_id)


def _lets(offer: DateOffer) -> list[Let]:
    """The lets that the group has of that room."""
    waiting = offer.waiting
    query = select(Let).where(
        Let.room_id == waiting.room_id, Let.group_id == waiting.group_id, Let.state.in_(STANDS)
    )
    return list(db.session.scalars(query.order_by(Let.id)))


def _own_let(session: Session, offer: DateOffer) -> Let | None:
    """The group's own let of that room, which the date can join."""
    for known in _lets(offer):
        let = session.get_one(Let, known.id, with_for_update=True, populate_existing=True)
        if _fits(let, offer):
            return let
    return None


def _fits(let: Let, offer: DateOffer) -> bool:
    on = wall(offer.starts).date()
    return let.state in STANDS and all(one.on != on for one in let.occurrences)


def _deposit_held(offer: DateOffer) -> bool:
    return any(let.deposit and let.deposit.state in UNSETTLED for let in _lets(offer))


def _new_let(session: Session, offer: DateOffer) -> Let:
    """A let of that one date. It asks for a deposit where the room does and none of the group is held for it."""
    waiting, now = offer.waiting, clock.now()
    wish = rules.for_one_date(queries.wish_of(waiting.need), offer.starts, offer.ends)
    price = search.judge(
        current_area(), wish, [choices.room_for_hire(waiting.room_id)], search.dates_of(wish)
    )[0].price_pence
    need = Need(
        **asdict(wish), area_id=waiting.area_id, group_id=waiting.group_id, words=waiting.need.words, created_at=now,
    )  # fmt: skip
    let = Let(
        area_id=waiting.area_id, room=waiting.room, group=waiting.group, need=need, asked_by_id=waiting.user_id,
        asked_at=now, price_pence=price, insurance=waiting.insurance, safeguarding_at=waiting.since,
    )  # fmt: skip
    held = _deposit_held(offer)
    session.add(let)
    session.flush()
    if not held:
        usual.ask(let)
    if let.deposit is None:
        let.waiver = str(HELD_ALREADY if held else NO_DEPOSIT)
    return let
