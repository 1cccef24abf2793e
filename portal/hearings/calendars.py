"""Hearings for other programs: calendar files, and a list as JSON."""

from datetime import datetime

from flask_babel import gettext as _

from portal.clock import LONDON
from portal.documents.calendar_file import Meeting, meeting, meetings
from portal.hearings import telling
from portal.hearings.models import Hearing
from portal.hearings.rules import Stands
from portal.proposals.page import group_name


def begins(hearing: Hearing) -> datetime:
    """When it begins, on the wall of its place."""
    return datetime.combine(hearing.on, hearing.starts, LONDON)


def ends(hearing: Hearing) -> datetime:
    """When it ends."""
    return datetime.combine(hearing.on, hearing.ends, LONDON)


def one(hearing: Hearing, lang: str) -> bytes:
    """The file of one hearing."""
    return meeting(told(hearing), stamp=hearing.changed_at, lang=lang)


def all_of(hearings: list[Hearing], name: str, lang: str) -> bytes:
    """A calendar to follow."""
    return meetings([(told(each), each.changed_at) for each in hearings], name=name, lang=lang)


def told(hearing: Hearing) -> Meeting:
    """A hearing as a calendar knows it."""
    return Meeting(
        uid=hearing.uid,
        starts=begins(hearing),
        ends=ends(hearing),
        summary=_("Public hearing: %(title)s", title=hearing.case.shown_title),
        place=hearing.place,
        address=telling.address(hearing.case),
        words=telling.for_calendar(hearing),
        sequence=hearing.sequence,
        cancelled=hearing.stands is Stands.OFF,
    )


def as_json(hearing: Hearing) -> dict[str, object]:
    """A hearing for a program that lists them."""
    case = hearing.case
    return {
        "case": case.id,
        "title": case.shown_title,
        "group": group_name(case),
        "about": case.asset.name,
        "starts": begins(hearing).isoformat(),
        "ends": ends(hearing).isoformat(),
        "place": hearing.place,
        "status": hearing.stands.value,
        "outcome": hearing.outcome.value if hearing.outcome else None,
        "url": telling.address(case),
        "ics": telling.address(case, ".ics"),
    }
