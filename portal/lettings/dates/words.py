"""Single dates in a reader's words: the table on a let's page, where a date could go, what attendance was said."""

from collections.abc import Iterable
from datetime import timedelta
from typing import NamedTuple

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal import web
from portal.lettings import words
from portal.lettings.dates import rules
from portal.lettings.dates.choices import Choice
from portal.lettings.dates.service import CHOOSING, facts_of
from portal.lettings.models import DateOffer, Let, Occurrence, Waiting
from portal.lettings.queries import is_ahead, wish_of
from portal.lettings.rules import Action, Attended, OccurrenceState
from portal.lettings.walltime import wall

# What is done with a date on a page of its own, in the order in which it is offered.
CHANGES = (Action.RELEASE, Action.SKIP, Action.TAKE_BACK, Action.MOVE, Action.CANCEL_DATE)
ATTENDED = {
    Attended.CAME: _l("The group came"),
    Attended.UNUSED: _l("Nobody came"),
    None: _l("Gone by"),
}


class Row(NamedTuple):
    """One date as a let's page shows it."""

    id: int
    day: str  # short, for a table
    full: str
    times: str
    room: str  # where it is not the let's
    said: str
    may: tuple[Action, ...]  # what this reader can do with it now

    @property
    def changes(self) -> bool:
        """Whether there is anything to change."""
        return any(action in CHANGES for action in self.may)


class Shown(NamedTuple):
    """All dates of a let, and the next one."""

    next: Row | None
    today: Row | None  # of which it can be said now whether the group came, and nobody has
    ours: bool  # whether the reader is of the group
    rows: list[Row]
    together: list[str]  # what can be done with several dates at once, as the address has it
    keep: str  # the last day to say that the room is still needed, for who can say so


# What can be done with several dates at once, by the word in the address.
DEEDS = {
    "give-up": (Action.SKIP, Action.RELEASE),
    "take-back": (Action.TAKE_BACK,),
    "cancel": (Action.CANCEL_DATE,),
}


def shown(let: Let, actions: Iterable[Action]) -> Shown:
    """The dates of a let for a reader who may do these things with the let."""
    actions = tuple(actions)
    rows = [row(one, actions) for one in let.occurrences]
    to_tell = (
        r
        for one, r in zip(let.occurrences, rows, strict=True)
        if Action.CAME in r.may and not one.attended
    )
    ahead = (r for one, r in zip(let.occurrences, rows, strict=True) if is_ahead(one))
    together = [deed for deed in DEEDS if len(ready(deed, rows)) > 1]
    keep = last_day(let) if Action.KEEP in actions else ""
    ours = bool({Action.RELEASE, Action.KEEP} & set(actions))
    return Shown(next(ahead, None), next(to_tell, None), ours, rows, together, keep)


def ready(deed: str, rows: Iterable[Row]) -> list[Row]:
    """The dates with which this can be done."""
    return [row for row in rows if set(DEEDS[deed]) & set(row.may)]


def row(one: Occurrence, actions: Iterable[Action]) -> Row:
    """One date, with what can be done about it by who may do these things with its let."""
    open_now = rules.open_on_date(one.state, facts_of(one))
    return Row(
        one.id,
        words.short(one.on),
        web.day(one.on),
        words.times(one),
        one.other_room.name if one.other_room else "",
        stands(one),
        tuple(action for action in actions if action in open_now),
    )


def stands(one: Occurrence) -> str:
    """How a date stands, in a few words."""
    if one.state is OccurrenceState.CANCELLED:
        return _("Cancelled")
    if one.state is OccurrenceState.RELEASED:
        return _("Left out") if one.let.state in CHOOSING else _("Given up")
    if not facts_of(one).ahead or one.attended:
        return str(ATTENDED[one.attended])
    if one.moved_from and one.moved_from != one.starts:
        return _("Moved from %(day)s", day=words.short(wall(one.moved_from).date()))
    return _("Planned")


def choice(one: Choice, *, elsewhere: bool) -> str:
    """18:30 to 20:30; or a room's name and how far away it is."""
    if not elsewhere:
        starts, ends = (words.clock(wall(i).time()) for i in (one.starts, one.ends))
        return _("%(starts)s to %(ends)s", starts=starts, ends=ends)
    at = {"room": one.room.name, "starts": words.clock(wall(one.starts).time())}
    if one.metres is None:
        return _("%(room)s, at %(starts)s as usual", **at)
    return _("%(room)s, at %(starts)s as usual, %(distance)s away", **at, distance=words.distance(one.metres))  # fmt: skip


def value(one: Choice) -> str:
    """A choice as a form sends it."""
    return f"{one.room.id}@{words.clock(wall(one.starts).time())}"


def span(offer: DateOffer) -> str:
    """Thursday 2 April 2026, 18:00 to 20:00."""
    ends = words.clock(wall(offer.ends).time())
    return _("%(starts)s to %(ends)s", starts=words.local(offer.starts), ends=ends)


def waits_for(waiting: Waiting) -> str:
    """The need with which a group waits."""
    return words.term(wish_of(waiting.need))


def last_day(let: Let) -> str:
    """The last day on which a group can say that it still needs its room; nothing where nobody asks."""
    return web.day(wall(let.keep_by - timedelta(seconds=1)).date()) if let.keep_by else ""
