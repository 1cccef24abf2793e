"""What the broker and the clock do with a round. One function a user action; each is one transaction."""

from collections.abc import Sequence
from datetime import date, time

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal import clock
from portal.areas.queries import current_area
from portal.audit.rules import Act
from portal.audit.service import note
from portal.db import db, transaction
from portal.errors import RuleBroken
from portal.lettings import queries as lettings
from portal.notices import service as notices
from portal.people import queries as people
from portal.people.access import roles_for
from portal.people.models import User
from portal.people.rules import Role
from portal.rounds import allocation, queries, rules, weighing, words
from portal.rounds.models import Place, PlaceDate, Request, Round, RoundWish
from portal.rounds.rules import Action, RoundState
from portal.rounds.weighing import Candidate


def open_round(by: int, *, name: str, first: date, last: date, closes_on: date) -> Round:
    """The broker opens a round for a term. The same again, by a second click, is the first."""
    with transaction() as session:
        user = session.get_one(User, by)
        step = rules.step_for(None, Action.OPEN, roles_for(user))
        rules.check_round(first, last, closes_on, clock.today())
        said = {"name": name, "first": first, "last": last, "closes_on": closes_on}
        area_id = current_area().id
        same = select(Round).filter_by(area_id=area_id, state=RoundState.OPEN, **said)
        found = session.scalar(same)
        if found is None:
            found = Round(area_id=area_id, state=step.to, made_at=clock.now(), made_by=user, **said)
            session.add(found)
    return found


def close(by: int, round_id: int) -> None:
    """No wish more, before the day has come."""
    with transaction() as session:
        _take(session, round_id, by, Action.CLOSE)


def reopen(by: int, round_id: int, *, closes_on: date) -> None:
    """Groups can ask again until a later day; a proposal that was made is forgotten, what was pinned too."""
    with transaction() as session:
        there = _take(session, round_id, by, Action.REOPEN)
        rules.check_round(there.first, there.last, closes_on, clock.today())
        there.closes_on, there.proposed_version = closes_on, None
        _forget(session, _places(session, there))


def give_up(by: int, round_id: int, *, why: str) -> None:
    """The round is not held after all; every group that asked hears why."""
    with transaction() as session:
        if not why:
            raise RuleBroken("reason", "Give the reason: the groups will read it.")
        there = _take(session, round_id, by, Action.GIVE_UP)
        for request in queries.requests_of(round_id):
            body = LazyString(words.letter_given_up, request, why)
            _tell(request, _l("The round you asked in is not held"), body, "given-up")
        _forget(session, _places(session, there))


def propose(by: int, round_id: int) -> Round:
    """The best allocation of what is wished for, with what is pinned kept. Groups see nothing of it yet.

    It is worked out without a lock, for that can take seconds; if anything was changed meanwhile it is not kept.
    """
    db.session.rollback()
    there = queries.round_of(round_id)
    rules.step_for(there.state, Action.PROPOSE, roles_for(db.session.get_one(User, by)))
    version = there.version
    requests = queries.requests_of(round_id)
    pinned = [place for request in requests for place in request.places if place.pinned]
    wishes = [wish for request in requests for wish in request.wishes]
    weighed = weighing.candidates(there, requests, [*pinned, *wishes])
    if {id(c.thing) for c in weighed if isinstance(c.thing, Place)} != {id(p) for p in pinned}:
        raise RuleBroken("pinned-taken", words.PINNED_TAKEN)
    fixed = [n for n, c in enumerate(weighed) if isinstance(c.thing, Place)]
    options, wants = [c.option for c in weighed], {r.id: r.times for r in requests}
    chosen = [weighed[n] for n in allocation.solve(options, wants, pinned=fixed)]
    found = [(c.thing.id, c) for c in chosen if isinstance(c.thing, RoundWish)]
    known = {c.thing.id for c in weighed if isinstance(c.thing, RoundWish)}
    return _keep(by, round_id, version, found, known)


def _keep(
    by: int, round_id: int, version: int, found: Sequence[tuple[int, Candidate]], weighed: set[int]
) -> Round:
    with transaction() as session:
        there = _take(session, round_id, by, Action.PROPOSE)
        if there.version != version:
            raise RuleBroken("changed-meanwhile", words.CHANGED_MEANWHILE)
        _forget(session, [place for place in _places(session, there) if not place.pinned])
        for request in queries.requests_of(round_id):
            for wish in request.wishes:
                wish.weighed = wish.id in weighed
        for wish_id, candidate in found:
            session.add(_place(session.get_one(RoundWish, wish_id), candidate))
        there.proposed_version = version
    return there


def _place(wish: RoundWish, candidate: Candidate) -> Place:
    return Place(
        request=wish.request,
        rank=wish.rank,
        room=wish.room,
        weekday=wish.weekday,
        starts=wish.starts,
        ends=wish.ends,
        price_pence=candidate.price_pence,
        dates=[PlaceDate(on=on) for on in candidate.dates],
    )


def pin(by: int, round_id: int, place_id: int, *, pinned: bool) -> None:
    """A place stays whatever else is solved again; or no longer."""
    with transaction() as session:
        _arranging(session, round_id, by)
        queries.place_of(round_id, place_id).pinned = pinned


def take_away(by: int, round_id: int, place_id: int) -> None:
    """A place is taken out of the proposal; the next solving may give it again."""
    with transaction() as session:
        _arranging(session, round_id, by)
        _forget(session, [queries.place_of(round_id, place_id)])


def give_place(
    by: int, round_id: int, request_id: int, at: tuple[int, int, time, time], *, instead: int | None
) -> Place:
    """The broker gives a group a room (key), weekday and time by hand, pinned; `instead` of a place it has."""
    with transaction() as session:
        there = _arranging(session, round_id, by)
        requests = {request.id: request for request in queries.requests_of(round_id)}
        if request_id not in requests:
            raise RuleBroken("no-request", words.GONE)
        request = requests[request_id]
        if instead is not None:
            _forget(session, [queries.place_of(round_id, instead)])
        room_id, weekday, starts, ends = at
        room = lettings.room_of(room_id)
        place = Place(
            room=room, weekday=weekday, starts=starts, ends=ends, pinned=True, price_pence=0
        )
        named = {(w.room_id, w.weekday, w.starts, w.ends): w.rank for w in request.wishes}
        place.rank = named.get(at, 0)
        place.request = request
        session.add(place)
        session.flush()  # what it is weighed by are its keys
        _check_place(there, list(requests.values()), place)
    return place


def _check_place(there: Round, requests: list[Request], place: Place) -> None:
    """Whether a place given by hand is free, and fits beside what else is pinned or proposed. Raises RuleBroken."""
    others = [p for request in requests for p in request.places if p is not place]
    weighed = {id(c.thing): c for c in weighing.candidates(there, requests, [place, *others])}
    mine = weighed.get(id(place))
    if mine is None:
        raise RuleBroken("not-free", words.NOT_FREE)
    for other in others:
        known = weighed.get(id(other))
        if known and allocation.clash(mine.option, known.option):
            raise RuleBroken("clash", words.CLASH, group=other.request.group.name)
    if sum(p.request is place.request for p in others) >= place.request.times:
        raise RuleBroken("too-many-times", words.TOO_MANY, times=place.request.times)
    place.price_pence = mine.price_pence
    place.dates = [PlaceDate(on=on) for on in mine.dates]


def tick() -> int:
    """Close the rounds whose last day to ask has gone by. Safe twice and late. Returns how many were closed."""
    query = select(Round.id).where(
        Round.area_id == current_area().id,
        Round.state == RoundState.OPEN,
        Round.closes_on < clock.today(),
    )
    return sum(_close_late(round_id) for round_id in db.session.scalars(query).all())


def _close_late(round_id: int) -> bool:
    with transaction() as session:
        there = session.get_one(Round, round_id, with_for_update=True)
        if there.state is not RoundState.OPEN or there.closes_on >= clock.today():
            return False
        there.state = rules.step_for(there.state, Action.CLOSE, {Role.PORTAL}).to
        for address in people.emails_with_role(Role.BROKER):
            notices.write(
                to=address,
                subject=_l("A round is closed: propose who gets which room"),
                body=LazyString(words.letter_closed, there),
                key=f"round-closed:{round_id}:{there.closes_on}:{address}",
            )
    return True


def _take(session: Session, round_id: int, by: int, action: Action) -> Round:
    """The round, locked, in the state to which an action leads."""
    session.get(Round, round_id, with_for_update=True)
    there = queries.round_of(round_id)
    there.state = rules.step_for(there.state, action, roles_for(session.get_one(User, by))).to
    note_step(there, by, action)
    return there


def note_step(there: Round, by: int, action: Action) -> None:
    """The broker's step of a round, for the audit log."""
    about = ("round", there.id)
    note(Act.ROUND_STEP, area_id=there.area_id, by=by, role=Role.BROKER, about=about, step=action, to=there.state)  # fmt: skip


def _arranging(session: Session, round_id: int, by: int) -> Round:
    there = _take(session, round_id, by, Action.ARRANGE)
    there.version += 1
    return there


def _places(session: Session, there: Round) -> list[Place]:
    query = select(Place).join(Request).where(Request.round_id == there.id)
    return list(session.scalars(query))


def _forget(session: Session, places: Sequence[Place]) -> None:
    ids = [place.id for place in places]
    session.execute(delete(PlaceDate).where(PlaceDate.place_id.in_(ids)))
    session.execute(delete(Place).where(Place.id.in_(ids)))
    session.expire_all()


def _tell(request: Request, subject: LazyString, body: LazyString, key: str) -> None:
    for address in people.organiser_emails(request.group_id):
        notices.write(
            to=address, subject=subject, body=body, key=f"round-{key}:{request.id}:{address}"
        )
