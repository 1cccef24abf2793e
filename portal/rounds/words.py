"""Rounds in a reader's words: times of the week, why, letters."""

from datetime import time
from typing import Any

from flask import current_app
from flask_babel import format_time, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.errors import N_
from portal.lettings.rules import LetState
from portal.lettings.words import PLURAL_DAYS
from portal.rounds import rules
from portal.rounds.models import Place, Request, Round, RoundWish
from portal.rounds.rules import Outcome, RoundState
from portal.web import day, pounds

CHANGED_MEANWHILE = N_("Something was changed while this was worked out. Look at the round and propose again.")  # fmt: skip
PINNED_TAKEN = N_("A room that you have pinned is not free any more. Take that place away, or move it, and propose again.")  # fmt: skip
GONE = N_("This group has taken its request back.")
NOT_FREE = N_("The room is not free at that time on enough dates of this term. Choose another.")
CLASH = N_("%(group)s has the room at that time, or has this place already on that day. Take that away first.")  # fmt: skip
GONE_BY = N_("All dates of one place have gone by: %(place)s. Take it away, then publish the rest.")
TOO_MANY = N_("The group asked for no more than %(times)s times a week, and has them.")

ENDS_LATER = _l("The meeting must end later than it begins, on the same day.")

STANDS = {
    RoundState.OPEN: _l("Groups can ask until %(day)s."),
    RoundState.CLOSED: _l("No wish can be changed any more. The broker now proposes who gets which room."),
    RoundState.PROPOSED: _l("The broker has a proposal and looks at it. It is not final."),
    RoundState.PUBLISHED: _l("The rooms are given out."),
    RoundState.GIVEN_UP: _l("This round was not held."),
}  # fmt: skip


def stands(there: Round) -> str:
    """How a round stands, in a sentence for everybody."""
    return str(STANDS[there.state]) % {"day": day(there.closes_on)}


def time_of_week(weekday: int, starts: time, ends: time) -> str:
    """Thursdays, 18:00 to 20:00."""
    return _(
        "%(days)s, %(starts)s to %(ends)s",
        days=PLURAL_DAYS[weekday],
        starts=format_time(starts, "HH:mm"),
        ends=format_time(ends, "HH:mm"),
    )


def when(thing: RoundWish | Place) -> str:
    """When: a wish, or a place."""
    return time_of_week(thing.weekday, thing.starts, thing.ends)


def at(thing: RoundWish | Place) -> str:
    """Where and when."""
    return _("%(room)s, %(when)s", room=thing.room.name, when=when(thing))


def dates_of(place: Place) -> str:
    """On how many dates, and from when."""
    number = len(place.dates)
    said = ngettext("%(num)s date", "%(num)s dates", number)
    return _("%(dates)s from %(day)s", dates=said, day=day(place.dates[0].on)) if number else said


def price(place: Place) -> str:
    """What a meeting costs."""
    return _("%(amount)s a meeting", amount=pounds(place.price_pence)) if place.price_pence else _("free")  # fmt: skip


def figures(requests: list[Request]) -> list[tuple[int, str]]:
    """How a round stands in numbers: groups, those with a place, those with all they need, first wishes."""
    housed = [request for request in requests if request.places]
    whole = [request for request in housed if len(request.places) >= request.times]
    firsts = sum(place.rank == 1 for request in requests for place in request.places)
    return [
        (len(requests), _("groups ask")),
        (len(housed), _("have a room")),
        (len(whole), _("have all they need")),
        (firsts, _("have what they like best")),
    ]


def outcome(request: Request) -> Outcome:
    """What became of a group's wishes."""
    return Outcome(
        times=request.times,
        named=[wish.rank for wish in request.wishes],
        weighed=[wish.rank for wish in request.wishes if wish.weighed],
        given=[place.rank for place in request.places],
        by_broker=[place.rank for place in request.places if place.pinned],
    )


def why(request: Request) -> list[str]:
    """Why a group got what it got."""
    return [_said(one.sentence, dict(one.values)) for one in rules.why(outcome(request))]


def _said(sentence: str, values: dict[str, Any]) -> str:
    return _(sentence, **values) if values else _(sentence)


def _link(path: str) -> str:
    return f"{current_app.config['BASE_URL']}{path}"


def letter_result(request: Request) -> str:
    """To one group: what it got, why, and what to do next."""
    got = [
        "\n".join((at(place), f"{dates_of(place)}, {price(place)}", _link(f"/lets/{place.let_id}")))
        for place in request.places
    ]
    dear = any(place.price_pence > request.need.max_pence for place in request.places)
    due = any(place.let and place.let.state is LetState.DEPOSIT_DUE for place in request.places)
    next_steps = (
        _("The price is more than you said you can pay. The room is held for you: accept it or leave it on its page.")
        if dear
        else _("The room is held for you. It asks for a deposit, which you get back afterwards: it is yours as soon as the broker has it. How to pay stands on its page.")
        if due
        else _("It is yours. If you do not need it after all, say so on its page, so that others can have it.")
        if got
        else _("Rooms that stay free can be asked for at any time: %(link)s", link=_link("/rooms/find"))
    )  # fmt: skip
    head = _("You asked in the round “%(name)s” for %(group)s.", name=request.round.name, group=request.group.name)  # fmt: skip
    return "\n\n".join([head, *got, *why(request), next_steps])


def letter_given_up(request: Request, reason: str) -> str:
    """To one group: the round is off."""
    head = _("The round “%(name)s”, in which you asked for %(group)s, is not held.", name=request.round.name, group=request.group.name)  # fmt: skip
    after = _("Rooms can be asked for as always: %(link)s", link=_link("/rooms/find"))
    return f"{head}\n\n{reason}\n\n{after}"


def letter_closed(there: Round) -> str:
    """To the broker: nobody can ask any more."""
    head = _("The last day to ask in the round “%(name)s” has gone by.", name=there.name)
    return "\n\n".join([head, _link(f"/rounds/{there.id}/desk")])


def letter_holder(there: Round, places: list[Place]) -> str:
    """To a holder's officers: how many of their rooms are let, without the groups."""
    head = _("In the round “%(name)s” these rooms of yours were let:", name=there.name)
    lines = [f"{at(place)}: {dates_of(place)}, {_link(f'/lets/{place.let_id}')}" for place in places]  # fmt: skip
    return "\n\n".join([head, "\n".join(sorted(lines)), _("Who meets there you see on each let's page. It is not public.")])  # fmt: skip
