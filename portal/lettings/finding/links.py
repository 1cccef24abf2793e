"""A need, and what of it is asked for, as the address of a page: so that nothing is kept, and nothing lost through sign-in."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, time
from typing import Any

from werkzeug.datastructures import MultiDict

from portal.errors import BadInput
from portal.lettings.finding import windows
from portal.lettings.finding.offers import Option
from portal.lettings.rules import ACCESS, Wish
from portal.lettings.walltime import WEEK, stretch
from portal.venues.rules import minute_of
from portal.web import LARGEST_ID

Args = dict[str, list[str]]
MOST_ELSEWHERE = 60  # dates of a term

# What a link to ask has beside the need: another day or hour, part of the term, dates left out, dates elsewhere.
CHOICE = ("on", "at", "part", "leave", "other")


def args_of(wish: Wish) -> Args:
    """The need as FindForm reads it."""
    said: dict[str, Any] = {
        "day": wish.weekday,
        "starts": wish.starts.strftime("%H:%M"),
        "ends": wish.ends.strftime("%H:%M"),
        "people": wish.people,
        "near": wish.near,
        "within": f"{wish.within_m / 1000:g}",
        "pay": f"{wish.max_pence / 100:.2f}" if wish.max_pence else "",
        "first": wish.first,
        "last": wish.last,
        "every": wish.every_weeks,
        "other_days": wish.other_days,
        "earliest": wish.earliest and wish.earliest.strftime("%H:%M"),
        "latest": wish.latest and wish.latest.strftime("%H:%M"),
        "access": tuple(name for name in ACCESS if getattr(wish, name)),
        "facilities": wish.facilities,
        "without": wish.without,
        "group_kind": wish.group_kind and wish.group_kind.value,
    }
    listed = {name: _listed(value) for name, value in said.items()}
    return {name: values for name, values in listed.items() if values}


def _listed(value: Any) -> list[str]:
    values = value if isinstance(value, tuple) else (value,)
    return [str(one) for one in values if one not in (None, "")]


def need_of(args: MultiDict[str, str]) -> Args:
    """The need in an address, without what was chosen."""
    return {k: v for k, v in args.to_dict(flat=False).items() if k not in CHOICE}


def of_slot(wish: Wish, slot: Wish) -> Args:
    """The day and hour of a match, where they are not those liked best."""
    if (wish.weekday, wish.starts) == (slot.weekday, slot.starts):
        return {}
    return {"on": [str(slot.weekday)], "at": [slot.starts.strftime("%H:%M")]}


def of_option(wish: Wish, option: Option) -> Args:
    """What to ask for so that just these dates, rooms and times come of it."""
    asked = option.wish
    part = (asked.first, asked.last) != (wish.first, wish.last)
    return of_slot(wish, asked) | {
        "part": [f"{asked.first}/{asked.last}"] if part else [],
        "leave": [one for one in asked.without if one not in wish.without],
        "other": [f"{day}:{room.id}" for day, room in option.elsewhere],
    }


def chosen(wish: Wish, args: MultiDict[str, str]) -> tuple[Wish, dict[date, int]]:
    """What is asked for of a need: at one time of one day, and which dates are in which other rooms.

    Raises BadInput for an address that nobody was given here.
    """
    try:
        day = int(args.get("on", wish.weekday))
        start = time.fromisoformat(args["at"]) if "at" in args else wish.starts
        asked = windows.at(wish, day % WEEK, minute_of(start))
        if "part" in args:
            first, last = stretch(args["part"])
            asked = replace(asked, first=first, last=last)
        leave = args.getlist("leave")
        elsewhere = dict(map(_elsewhere, args.getlist("other")[:MOST_ELSEWHERE]))
        _known(leave)
    except ValueError as wrong:
        raise BadInput(
            "link-cut",
            "This link is not whole. What you need is still here: look for rooms again.",
        ) from wrong
    return replace(asked, without=(*asked.without, *leave)), elsewhere


def _known(stretches: Iterable[str]) -> None:
    for text in stretches:
        stretch(text)


def _elsewhere(text: str) -> tuple[date, int]:
    day, _, room_id = text.partition(":")
    number = int(room_id)
    if not 0 < number <= LARGEST_ID:
        raise ValueError(text)
    return date.fromisoformat(day), number
