"""What the pages of finding show: rooms with their reasons, repairs with their dates, and the links that ask for them."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from flask import request, url_for

from portal.areas.queries import current_area
from portal.lettings import queries, search, walltime, words
from portal.lettings.finding import links, offers
from portal.lettings.finding import words as said
from portal.lettings.finding.forms import FindForm
from portal.lettings.rules import Wish
from portal.lettings.search import Answer, Match
from portal.register.models import Asset
from portal.venues import stops
from portal.web import page_with, row_id

PAGE = 12
FEW = 3


def found(form: FindForm, room: Asset | None) -> dict[str, Any]:
    """What was found for a need that holds together."""
    wish = form.wish
    answer = search.find(current_area(), wish, only=room and room.id)
    pages = -(-len(answer.matches) // PAGE)
    page = min(max(request.args.get("page", 1, type=int), 1), max(pages, 1))
    shown = answer.matches[(page - 1) * PAGE : page * PAGE]
    # With rooms to choose from, those that do not quite do are noise.
    nearly = answer.nearly if room or len(answer.matches) < FEW else ()
    need = links.need_of(request.args)
    return about(wish) | {
        "room": room,
        "count": len(answer.matches),
        "nearly": nearly,
        "cards": cards((*shown, *nearly)),
        "options": _options(wish, answer, room),
        "travel": said.travel(stops.as_of(current_area().id)),
        "shown": shown,
        "page": page,
        "pages": pages,
        "args": need,
        "saved": request.args.get("saved", type=row_id),
        "dates": [words.short(day) for day in answer.dates],
        "ask": _ask(wish, need, (*shown, *nearly)),
    }


def _ask(wish: Wish, need: links.Args, matches: Iterable[Match]) -> dict[int, str]:
    """Where each room is asked for; the long rest of the address is written once for each day and hour."""
    rest: dict[Wish, str] = {}
    found = {}
    for match in matches:
        path = url_for("lettings.ask", room_id=match.room.id)
        if match.wish not in rest:
            args = need | links.of_slot(wish, match.wish)
            rest[match.wish] = page_with("lettings.ask", args, room_id=match.room.id)[len(path) :]
        found[match.room.id] = path + rest[match.wish]
    return found


def _options(
    wish: Wish, answer: Answer, room: Asset | None
) -> list[tuple[offers.Option, said.Offer, str]]:
    """Repairs, only where no room is free for the whole time."""
    if answer.matches:
        return []
    need = links.need_of(request.args)
    return [
        (
            option,
            said.offer(wish, option),
            page_with("lettings.ask", need | links.of_option(wish, option), room_id=option.room.id),
        )
        for option in offers.options(current_area(), wish, only=room and room.id)
    ]


def about(wish: Wish) -> dict[str, Any]:
    """A need in words."""
    return {
        "term": words.term(wish),
        "wishes": words.wishes(wish),
        "would_do": said.would_do(wish),
    }


def cards(matches: Iterable[Match]) -> dict[int, words.Card]:
    """What a card says of each room: reasons with the day they were checked, and how many others ask."""
    matches = list(matches)
    checked = queries.checked_on([match.room.id for match in matches])
    others: dict[int, int] = {}
    for slot in {match.wish for match in matches}:
        ids = [match.room.id for match in matches if match.wish == slot]
        others |= queries.others_asking(ids, _spans(slot, search.dates_of(slot)))
    return {m.room.id: words.card(m, checked, others.get(m.room.id, 0)) for m in matches}


def _spans(slot: Wish, dates: Sequence[date]) -> list[Any]:
    return [walltime.instants(day, slot.starts, slot.ends) for day in dates]


def asked_for(room: Asset, wish: Wish, elsewhere: dict[date, int]) -> dict[str, Any]:
    """What the page says of the room, the dates and what is in the way, before one asks."""
    dates = search.dates_of(wish)
    names = {number: queries.room_of(number).name for number in set(elsewhere.values())}
    found = search.rooms_for_hire(room.area_id, Asset.id == room.id)
    judged = search.judge(current_area(), wish, found, [d for d in dates if d not in elsewhere])
    need = links.need_of(request.args)
    return about(wish) | {
        "cards": cards(judged),
        "dates": dates,
        "plan": [(words.short(day), names.get(elsewhere.get(day, 0), room.name)) for day in dates],
        "elsewhere": len(elsewhere),
        "back": page_with("lettings.find", need),
    }
