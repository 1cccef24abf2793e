"""Needs and what was found for them in a reader's words: what else would do, and the repairs of a term with their dates."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from babel.dates import get_day_names
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from portal.lettings import words
from portal.lettings.finding import windows
from portal.lettings.finding.offers import Option
from portal.lettings.finding.repairs import Way
from portal.lettings.rules import Wish
from portal.lettings.words import PLURAL_DAYS
from portal.venues.rules import minute_of


def would_do(wish: Wish) -> str:
    """What else would do, and what is left out: "Wednesdays would do too. Between 17:00 and 21:00.", or nothing."""
    said = []
    if wish.other_days:
        days = ", ".join(str(PLURAL_DAYS[day]) for day in wish.other_days)
        said.append(_("%(days)s would do too.", days=days))
    if wish.earliest or wish.latest:
        slots = [minute_of(slot.starts) for slot in windows.slots(wish)]
        low, high = (windows.at(wish, 0, find(slots)) for find in (min, max))
        said.append(
            _(
                "Any time between %(starts)s and %(ends)s would do.",
                starts=words.clock(low.starts),
                ends=words.clock(high.ends),
            )
        )
    if wish.without:
        said.append(_("Not on %(dates)s.", dates=words.left_out(wish)))
    return " ".join(said)


def travel(stops: date | None) -> str:
    """How distances were measured, and what is known of stops."""
    line = _("Distances are in a straight line.")
    if stops is None:
        return line
    known = _("Bus and tram stops are those of %(day)s.", day=words.full(stops))
    return f"{line} {known}"


class Offer(NamedTuple):
    """A repair of a term: what changes, why the room suits, and every date with its time and room."""

    title: str
    changes: str
    reasons: list[str]
    dates: list[str]
    count: str


def offer(wish: Wish, option: Option) -> Offer:
    """A repair in the reader's words."""
    title, changes = TOLD[option.way](wish, option)
    # Why it suits is said of the room; when it is free is said by the dates.
    reasons = [words.say(r) for r in option.match.reasons if r.code not in ("when", "free-dates")]
    return Offer(
        title,
        changes,
        reasons,
        _dates(option),
        ngettext("%(num)s date", "%(num)s dates", len(option.dates)),
    )


def _dates(option: Option) -> list[str]:
    others = dict(option.elsewhere)
    return [
        _(
            "%(day)s, %(starts)s to %(ends)s: %(room)s",
            day=words.short(day),
            starts=words.clock(option.wish.starts),
            ends=words.clock(option.wish.ends),
            room=others[day].name if day in others else option.room.name,
        )
        for day in option.dates
    ]


def _hours(slot: Wish) -> str:
    return _(
        "%(day)s %(starts)s to %(ends)s",
        day=str(PLURAL_DAYS[slot.weekday]),
        starts=words.clock(slot.starts),
        ends=words.clock(slot.ends),
    )


def _other_room(_wish: Wish, option: Option) -> tuple[str, str]:
    by_room: dict[int, list[int]] = {}
    for place, (_day, room) in enumerate(option.elsewhere):
        by_room.setdefault(room.id, []).append(place)
    changes = []
    for places in by_room.values():
        room = option.elsewhere[places[0]][1]
        days = ", ".join(words.full(option.elsewhere[place][0]) for place in places)
        changes.append(
            _("%(dates)s in %(room)s (%(holder)s)", dates=days, room=room.name, holder=room.holder)
        )
    title = ngettext(
        "%(room)s, and %(num)s date in another room",
        "%(room)s, and %(num)s dates in other rooms",
        len(option.elsewhere),
        room=option.room.name,
    )
    return title, "; ".join(changes)


def _shifted(wish: Wish, option: Option) -> tuple[str, str]:
    minutes = windows.shift(wish, option.wish)
    length = words.length(abs(minutes))
    said = (
        _("%(room)s, %(length)s earlier", room=option.room.name, length=length)
        if minutes < 0
        else _("%(room)s, %(length)s later", room=option.room.name, length=length)
    )
    return said, _hours(option.wish)


def _other_day(_wish: Wish, option: Option) -> tuple[str, str]:
    names = get_day_names("wide", locale=get_locale() or "en")
    title = _("%(room)s, on another day: %(day)s", room=option.room.name, day=names[option.wish.weekday])  # fmt: skip
    return title, _hours(option.wish)


def _left_out(wish: Wish, option: Option) -> tuple[str, str]:
    gone = tuple(one for one in option.wish.without if one not in wish.without)
    dates = words.left_out(replace(wish, without=gone))
    return (
        _("%(room)s, with dates left out", room=option.room.name),
        _("Not on %(dates)s.", dates=dates),
    )


def _part(_wish: Wish, option: Option) -> tuple[str, str]:
    return (
        _("%(room)s, for part of the time", room=option.room.name),
        _("%(first)s to %(last)s", first=words.full(option.wish.first), last=words.full(option.wish.last)),
    )  # fmt: skip


TOLD: dict[Way, Callable[[Wish, Option], tuple[str, str]]] = {
    Way.OTHER_ROOM: _other_room,
    Way.SHIFTED: _shifted,
    Way.OTHER_DAY: _other_day,
    Way.LEFT_OUT: _left_out,
    Way.PART: _part,
}
