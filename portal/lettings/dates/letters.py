"""Letters about single dates: other rooms for a cancelled one, a date that became free, and whether a room is still needed.

A subject line names neither group, place nor time; no letter says who gave a date up.
"""

from collections.abc import Sequence
from datetime import date, datetime
from urllib.parse import urlencode

from flask import current_app
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal import clock
from portal.lettings import words
from portal.lettings.dates import choices
from portal.lettings.dates.rules import for_one_date
from portal.lettings.finding.links import args_of
from portal.lettings.models import DateOffer, Let, LetEvent, Occurrence, Waiting
from portal.lettings.queries import is_ahead, wish_of
from portal.lettings.walltime import wall
from portal.notices.service import write
from portal.people import queries as people
from portal.people.rules import Role
from portal.web import day, moment

MOST_DATES = 4  # of several that are cancelled at once, with rooms that are free then
FEW = 3


def link(path: str) -> str:
    """An address of the portal as a letter has it."""
    return f"{current_app.config['BASE_URL']}{path}"


def elsewhere(dates: Sequence[Occurrence]) -> LazyString:
    """For the group: which other rooms are free on the dates that it lost, and where to take one."""
    now = clock.now()
    let, chosen = dates[0].let, set(dates)
    goes_on = any(is_ahead(one) for one in let.occurrences if one not in chosen)
    free = []
    for one in dates[:MOST_DATES]:
        rooms = choices.other_rooms(one, one.on, now, {Role.ORGANISER})[:FEW]
        if rooms:
            to_take = _to_move(one) if goes_on else _to_find(one)
            free.append((one.starts, ", ".join(choice.room.name for choice in rooms), to_take))
    return LazyString(_elsewhere, free, _to_find(dates[0]))


def _elsewhere(free: list[tuple[datetime, str, str]], to_find: str) -> str:
    if not free:
        return _(
            "No other room of the same holder is free then. See whether another one is: %(link)s",
            link=to_find,
        )
    return "\n".join(
        _(
            "Free on %(when)s: %(rooms)s. To take one of them: %(link)s",
            when=words.local(starts),
            rooms=rooms,
            link=to_take,
        )
        for starts, rooms, to_take in free
    )


def _to_move(one: Occurrence) -> str:
    return link(f"/lets/{one.let_id}/dates/{one.id}/move")


def _to_find(one: Occurrence) -> str:
    wish = for_one_date(wish_of(one.let.need), one.starts, one.ends)
    return link(f"/rooms/find?{urlencode(args_of(wish), doseq=True)}")


def to_other_holders(let: Let, event: LetEvent, was: words.Was) -> None:
    """Where a date moves into or out of a room of another holder, its officers learn of it too."""
    one = event.occurrence
    if one is None or was.other_room is one.other_room:
        return
    come = _l("A date of a let was moved into a room of yours by the broker.")
    gone = _l("A date of a let is not in your room any more: it was moved.")
    for there, what in ((one, come), (was, gone)):
        room = there.other_room
        if room is None or room.holder_id == let.room.holder_id:
            continue
        for email in people.emails_with_role(Role.OFFICER, holder_id=room.holder_id):
            write(
                to=email,
                subject=_l("One date of a room is moved"),
                body=LazyString(_of_moving, what, there),
                key=f"let-event:{event.id}:lent:{room.id}:{email}",
            )


def _of_moving(what: LazyString, there: Occurrence | words.Was) -> str:
    why = _("You get this letter because you act for the holder of the room.")
    return f"{what}\n\n{words.date_and_room(there)}\n\n{why}"


def offer(waiting: Waiting, made: Sequence[DateOffer]) -> None:
    """To one group that waits: which dates are free, until when each is kept for it, and where to take it."""
    body = LazyString(_of_offer, waiting, made)
    for email in people.organiser_emails(waiting.group_id):
        write(
            to=email,
            subject=_l("A room you wait for has become free"),
            body=body,
            key=f"date-offer:{made[0].id}:{email}",
        )


def _of_offer(waiting: Waiting, made: Sequence[DateOffer]) -> str:
    parts = [
        _("%(room)s has become free:", room=waiting.room.name),
        *(_line(one) for one in made),
        _("Open a date to take it or to pass. If you do not answer in time, the next group that waits is asked."),
        _("You get this letter because your group waits for this room. To stop: %(link)s", link=link("/waiting")),
    ]  # fmt: skip
    return "\n\n".join(parts)


def _line(one: DateOffer) -> str:
    when = words.local(one.starts)
    ends, address = words.clock(wall(one.ends).time()), link(f"/offers/{one.id}")
    if one.answer_by < one.starts:
        return _("%(when)s to %(ends)s, kept for you until %(until)s: %(link)s", when=when, ends=ends, until=moment(one.answer_by), link=address)  # fmt: skip
    return _("%(when)s to %(ends)s. It is so near that all groups that wait are told at once: whoever takes it first has it: %(link)s", when=when, ends=ends, link=address)  # fmt: skip


def still_needed(let: Let, last: date) -> str:
    """For the group: until when to say that it still needs its room, and what happens if nobody does."""
    return "\n\n".join(
        [
            _("If you still need the room, say so by the end of %(last)s. It is one tap: %(link)s", last=day(last), link=link(f"/lets/{let.id}/keep")),
            _("If nobody answers, the dates ahead go to groups that wait, and the let ends."),
            _("If you did come, somebody may have forgotten to say so. Then say that you still need it."),
        ]
    )  # fmt: skip
