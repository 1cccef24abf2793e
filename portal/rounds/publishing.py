"""A proposal becomes lets: all of them in one transaction, or none."""

from collections import defaultdict
from dataclasses import asdict, replace

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import clock
from portal.db import transaction
from portal.errors import RuleBroken
from portal.lettings import holding, moves, table, walltime
from portal.lettings import queries as lettings
from portal.lettings.models import Let, Need, Occurrence
from portal.lettings.paying import usual
from portal.lettings.rules import Action as LetAction
from portal.lettings.rules import OccurrenceState
from portal.notices import service as notices
from portal.people import queries as people
from portal.people.access import roles_for
from portal.people.models import Group, User
from portal.people.rules import Role
from portal.rounds import queries, rules, words
from portal.rounds.models import Place, Request, Round
from portal.rounds.rules import Action
from portal.rounds.service import note_step


def publish(by: int, round_id: int, *, version: int) -> int:
    """Every proposed place becomes a let with its dates held; every group hears what it got and why.

    `version` is that of the proposal which the broker has seen. Raises RuleBroken where it is not the newest, or where
    a room was taken meanwhile: then nothing is done. Returns how many lets were made.
    """
    with transaction() as session:
        session.get(Round, round_id, with_for_update=True)
        there, user = queries.round_of(round_id), session.get_one(User, by)
        step = rules.step_for(there.state, Action.PUBLISH, roles_for(user))
        if there.version != version or there.proposed_version is None:
            raise RuleBroken("changed-meanwhile", words.CHANGED_MEANWHILE)
        requests = queries.requests_of(round_id)
        places = [place for request in requests for place in request.places]
        _wait_for_groups(session, requests)
        for place in places:
            place.let = _let(session, there, place, user)
        session.flush()
        holding.take_all(
            session, [holding.claim(date) for place in places for date in place.let.occurrences]
        )
        there.state, there.published_at = step.to, clock.now()
        note_step(there, by, Action.PUBLISH)
        session.flush()
        _tell_groups(requests)
        _tell_officers(there, places)
    return len(places)


def _wait_for_groups(session: Session, requests: list[Request]) -> None:
    """Whoever asks for a room for a group locks it, so nothing of theirs is between."""
    ids = sorted(request.group_id for request in requests)
    session.execute(select(Group.id).where(Group.id.in_(ids)).order_by(Group.id).with_for_update())


def _let(session: Session, there: Round, place: Place, user: User) -> Let:
    """The let of one place: dearer than the group said it can pay it is offered, where the room asks for a deposit it
    waits for that, and all else is confirmed.
    """
    request = place.request
    wish = replace(
        lettings.wish_of(request.need), weekday=place.weekday, starts=place.starts, ends=place.ends
    )
    need = Need(
        **asdict(wish), area_id=there.area_id, group_id=request.group_id, created_at=clock.now()
    )
    let = Let(
        area_id=there.area_id,
        room=place.room,
        group=request.group,
        need=need,
        asked_by_id=request.user_id,
        asked_at=request.asked_at,
        price_pence=place.price_pence,
        insurance=request.insurance,
        safeguarding_at=request.asked_at,
        occurrences=_ahead(place),
    )
    session.add(let)
    session.flush()
    usual.ask(let)
    step = table.step_for(None, LetAction.ALLOT, {Role.BROKER}, lettings.facts_of(let))
    moves.record(session, let, None, step, user, Role.BROKER, why=there.name)
    return let


def _ahead(place: Place) -> list[Occurrence]:
    """The dates of a place that have not begun: a round may be published late. Raises RuleBroken where none is left."""
    spans = ((d.on, walltime.instants(d.on, place.starts, place.ends)) for d in place.dates)
    ahead = [(on, starts, ends) for on, (starts, ends) in spans if starts > clock.now()]
    if not ahead:
        raise RuleBroken("dates-gone-by", words.GONE_BY, place=LazyString(words.at, place))
    return [
        Occurrence(on=on, starts=starts, ends=ends, state=OccurrenceState.PLANNED)
        for on, starts, ends in ahead
    ]


def _tell_groups(requests: list[Request]) -> None:
    for request in requests:
        for address in people.organiser_emails(request.group_id):
            notices.write(
                to=address,
                subject=_l("The rooms of the next term are given out"),
                body=LazyString(words.letter_result, request),
                key=f"round-result:{request.id}:{address}",
            )


def _tell_officers(there: Round, places: list[Place]) -> None:
    """One letter for each holder, however many rooms it lets."""
    of_holder: dict[int, list[Place]] = defaultdict(list)
    for place in places:
        of_holder[place.room.holder_id].append(place)
    for holder_id, theirs in of_holder.items():
        for address in people.emails_with_role(Role.OFFICER, holder_id=holder_id):
            notices.write(
                to=address,
                subject=_l("Rooms of yours are let for the next term"),
                body=LazyString(words.letter_holder, there, theirs),
                key=f"round-holder:{there.id}:{holder_id}:{address}",
            )
