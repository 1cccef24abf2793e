"""What groups do in a round: ask, name rooms and times, put them in order, step back. One function a user action."""

from datetime import time

from flask_babel import LazyString
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import clock
from portal.db import transaction
from portal.errors import NotFound, RuleBroken
from portal.lettings import queries as lettings
from portal.lettings import words as let_words
from portal.lettings.dates.choices import room_for_hire
from portal.lettings.models import Need
from portal.lettings.rules import Insurance
from portal.lettings.service import check_terms
from portal.people.access import group_ids, roles_for
from portal.people.models import Group, User
from portal.rounds import queries, rules, weighing
from portal.rounds.models import Request, Round, RoundWish
from portal.rounds.rules import Action

# What a request says of its group's need; days, hours and the term come from its wishes and from the round.
ASKED = (
    "people", "step_free", "hearing_loop", "accessible_toilet", "changing_place", "parking", "facilities",
    "lon", "lat", "near", "within_m", "max_pence",
)  # fmt: skip
ANY_TIME = {"weekday": 0, "starts": time(18), "ends": time(20)}


def ask(  # noqa: PLR0913 - what is agreed to when asking is said by name
    by: int,
    round_id: int,
    group_id: int,
    *,
    need: dict[str, object],
    times: int,
    insurance: Insurance,
    safeguarding: bool,
) -> Request:
    """A group asks in a round, or changes what it asked: there is one request a group. `need`: the fields of ASKED."""
    with transaction() as session:
        there = _open(session, round_id)
        user, group = session.get_one(User, by), session.get(Group, group_id)
        if group is None or group.area_id != there.area_id or group.id not in group_ids(user):
            raise NotFound("no-group", "There is no such group here.")
        rules.step_for(there.state, Action.WISH, roles_for(user, group_id=group.id))
        check_terms(group, insurance, safeguarding=safeguarding)
        found = session.scalar(
            select(Request).where(Request.round_id == there.id, Request.group_id == group.id)
        )
        if found is None:
            found = Request(round=there, group=group, need=_need(there, group))
            session.add(found)
        elif found.withdrawn_at:
            found.wishes.clear()
        for name in ASKED:
            setattr(found.need, name, need[name])
        found.times, found.insurance, found.user_id = times, insurance, by
        found.asked_at, found.withdrawn_at = clock.now(), None
        there.version += 1
    return found


def _need(there: Round, group: Group) -> Need:
    return Need(
        area_id=there.area_id,
        group=group,
        first=there.first,
        last=there.last,
        created_at=clock.now(),
        group_kind=group.kind,
        **ANY_TIME,
    )


def add_wish(
    by: int, request_id: int, room_id: int, weekday: int, starts: time, ends: time
) -> RoundWish:
    """One room and time more, as the last of the list. Naming it twice is naming it once."""
    with transaction() as session:
        request = _mine(session, by, request_id)
        room = lettings.room_of(room_id)
        _check_room(request, room.id)
        if ends <= starts:
            raise RuleBroken(
                "ends-before-start", "The meeting must end later than it begins, on the same day."
            )
        same = (room.id, weekday, starts, ends)
        for wish in request.wishes:
            if (wish.room_id, wish.weekday, wish.starts, wish.ends) == same:
                return wish
        rules.check_wishes(len(request.wishes))
        rank = len(request.wishes) + 1
        wish = RoundWish(rank=rank, room=room, weekday=weekday, starts=starts, ends=ends)
        request.wishes.append(wish)
        request.round.version += 1
    return wish


def _check_room(request: Request, room_id: int) -> None:
    """Whether a room is let at all, and has what the group must have. Raises RuleBroken."""
    for obstacle in weighing.lacking(request, room_for_hire(room_id)):
        raise RuleBroken(obstacle.code, "%(why)s", why=LazyString(let_words.say, obstacle))


def raise_wish(by: int, request_id: int, wish_id: int) -> None:
    """A wish changes places with the one above it; the first stays."""
    with transaction() as session:
        request = _mine(session, by, request_id)
        wish = _wish(request, wish_id)
        above = next((w for w in request.wishes if w.rank == wish.rank - 1), None)
        if above is not None:
            wish.rank, above.rank = above.rank, wish.rank
            request.round.version += 1


def drop_wish(by: int, request_id: int, wish_id: int) -> None:
    """A wish is taken away; those below it move up."""
    with transaction() as session:
        request = _mine(session, by, request_id)
        request.wishes.remove(_wish(request, wish_id))
        for rank, wish in enumerate(request.wishes, 1):
            wish.rank = rank
        request.round.version += 1


def step_back(by: int, request_id: int) -> None:
    """The group asks for nothing in this round any more."""
    with transaction() as session:
        request = _mine(session, by, request_id)
        request.withdrawn_at = clock.now()
        request.round.version += 1


def _open(session: Session, round_id: int) -> Round:
    """The round, locked. Whoever comes after its last day is told so, though the clock may not have closed it yet."""
    session.get(Round, round_id, with_for_update=True)
    there = queries.round_of(round_id)
    if there.closes_on < clock.today():
        raise RuleBroken("not-now", rules.NOT_NOW[Action.WISH])
    return there


def _mine(session: Session, by: int, request_id: int) -> Request:
    user = session.get_one(User, by)
    request = queries.request_for(user, request_id)
    there = _open(session, request.round_id)
    rules.step_for(there.state, Action.WISH, roles_for(user, group_id=request.group_id))
    return request


def _wish(request: Request, wish_id: int) -> RoundWish:
    found = next((wish for wish in request.wishes if wish.id == wish_id), None)
    if found is None:
        raise NotFound("no-wish", "This is not on your list any more.")
    return found
