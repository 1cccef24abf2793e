"""A meeting as a calendar file (RFC 5545) that phones and office programs take, and take anew when it moves."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import NamedTuple

from icalendar import Calendar, Event, Timezone, vCalAddress

from portal.clock import LONDON
from portal.documents.plain import tidy

PRODUCT = "-//Meanwhile//Portal//EN"
# The clocks of the United Kingdom as they have changed since 1996 (Summer Time Act 1972, as amended in 2002).
CLOCKS = """BEGIN:VTIMEZONE
TZID:Europe/London
BEGIN:DAYLIGHT
TZNAME:BST
TZOFFSETFROM:+0000
TZOFFSETTO:+0100
DTSTART:19960331T010000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
BEGIN:STANDARD
TZNAME:GMT
TZOFFSETFROM:+0100
TZOFFSETTO:+0000
DTSTART:19961027T020000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
END:VTIMEZONE
"""


class Meeting(NamedTuple):
    """What a calendar is told."""

    uid: str  # the same for ever: by it a calendar finds the meeting again
    starts: datetime  # aware
    ends: datetime
    summary: str
    place: str
    address: str  # of its page
    words: str  # agenda, access, the remote link
    organiser: str = ""  # an e-mail address that everybody may have
    sequence: int = 0  # one more with each change
    cancelled: bool = False
    tentative: bool = False  # held, but not settled yet


def meeting(told: Meeting, *, stamp: datetime, lang: str) -> bytes:
    """The file. Its times are London's wall times with the rule for its clock changes; `stamp` is when it was said."""
    method = "CANCEL" if told.cancelled else "PUBLISH"
    return _around([_event(told, stamp, lang)], method).to_ical()


def meetings(told: Iterable[tuple[Meeting, datetime]], *, name: str, lang: str) -> bytes:
    """A calendar to follow: each meeting with when it last changed, under a name that phones show."""
    events = []
    for one, stamp in told:
        events.append(_event(one, stamp, lang))
        events[-1].add("last-modified", stamp.astimezone(UTC))
    calendar = _around(events, "PUBLISH")
    calendar.add("name", tidy(name))
    calendar.add("x-wr-calname", tidy(name))
    return calendar.to_ical()


def _event(told: Meeting, stamp: datetime, lang: str) -> Event:
    event = Event()
    event.add("uid", tidy(told.uid))
    event.add("dtstamp", stamp.astimezone(UTC))
    event.add("dtstart", told.starts.astimezone(LONDON))
    event.add("dtend", told.ends.astimezone(LONDON))
    for name, words in (("summary", told.summary), ("location", told.place), ("description", told.words)):  # fmt: skip
        event.add(name, tidy(words), parameters={"language": lang.replace("_", "-")})
    event.add("url", "".join(tidy(told.address).split()))
    if told.organiser:
        event.add("organizer", vCalAddress(f"mailto:{''.join(tidy(told.organiser).split())}"))
    event.add("sequence", told.sequence)
    stands = "TENTATIVE" if told.tentative else "CONFIRMED"
    event.add("status", "CANCELLED" if told.cancelled else stands)
    return event


def _around(events: Iterable[Event], method: str) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(Timezone.from_ical(CLOCKS))
    for event in events:
        calendar.add_component(event)
    return calendar
