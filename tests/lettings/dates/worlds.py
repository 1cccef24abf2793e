"""The world brought to where each form about single dates and waiting can be sent: (path, who may send it)."""

from datetime import date, timedelta
from urllib.parse import urlencode

from portal import clock
from portal.db import db
from portal.lettings.dates import service, waiting
from portal.lettings.dates.tick import tick
from portal.lettings.models import Let
from portal.lettings.rules import Insurance, LetState
from tests.lettings import make


def today() -> tuple[str, str]:
    """A let that meets this evening."""
    here = make.place()
    let = make.confirmed(here, make.room(here), weekday=0, first=date(2026, 3, 2))
    return f"/lets/{let.id}/dates/{let.occurrences[0].id}/attended", here.organiser.email


def asked_to_keep() -> tuple[str, str]:
    """A let whose group was asked whether it still needs the room."""
    here = make.place()
    let = db.session.get_one(Let, make.confirmed(here, make.room(here)).id)
    let.state, let.keep_by = LetState.RUNNING, clock.now() + timedelta(days=5)
    db.session.commit()
    return f"/lets/{let.id}/keep", here.organiser.email


def given_up() -> tuple[str, str]:
    """A let with one date given up."""
    here = make.place()
    let = make.confirmed(here, make.room(here))
    service.release(here.ids.organiser, let.id, [let.occurrences[0].id])
    return f"/lets/{let.id}/dates/take-back", here.organiser.email


def wait(need: dict[str, str]) -> tuple[str, str]:
    """A room that others have."""
    here = make.place()
    room = make.room(here)
    make.confirmed(here, room)
    make.another_group(here, 1)
    return f"/rooms/{room.id}/wait?{urlencode(need)}", "other1@example.org"


def waits() -> tuple[str, str]:
    """A group on the list, and a date of the room offered to it."""
    here = make.place()
    room = make.room(here)
    let = make.confirmed(here, room)
    organiser, group = make.another_group(here, 1)
    waiting.join(organiser, room.id, group, make.wish(), insurance=Insurance.VENUE, safeguarding=True)  # fmt: skip
    service.release(here.ids.organiser, let.id, [db.session.get(Let, let.id).occurrences[5].id])
    tick()
    return "/waiting/1", "other1@example.org"


def offered() -> tuple[str, str]:
    """The same, at the offer."""
    _path, who = waits()
    return "/offers/1", who
