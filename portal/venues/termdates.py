"""A holder's term dates as people have them: lines pasted from a web page or a sheet, or a calendar file."""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple

from icalendar import Calendar

from portal.errors import BadInput
from portal.web import stripped

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# 2026-09-01 · 1/9/2026, 1.9.26 · (Tuesday) 1st September 2026 · September 1 2026
DATE = re.compile(
    r"(?P<iso>\d{4}-\d\d-\d\d)"
    r"|(?P<d1>\d{1,2})[/.](?P<m1>\d{1,2})[/.](?P<y1>\d{4}|\d\d)"
    r"|(?P<d2>\d{1,2})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<m2>[a-z]{3,9})\.?,?\s+(?P<y2>\d{4})"
    r"|(?P<m3>[a-z]{3,9})\.?\s+(?P<d3>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<y3>\d{4})",
    re.IGNORECASE,
)
WEEKDAY = re.compile(r"\b(mon|tues?|wed(nes)?|thu(rs)?|fri|sat(ur)?|sun)(day)?\b,?", re.IGNORECASE)
BETWEEN = re.compile(r"\b(from|to|until|till|and|begins?|ends?|starts?|between)\b", re.IGNORECASE)
MOST = 60  # terms of ten years
LONGEST_NAME = 100


class Term(NamedTuple):
    """A term as it was written."""

    name: str
    first: date
    last: date


def read_lines(text: str) -> list[Term]:
    """A term in each line: its name, its first and its last day. Raises BadInput naming the line that cannot be read."""
    lines = [line.strip() for line in text.splitlines()]
    terms = [_read(number, line) for number, line in enumerate(lines, 1) if line]
    return _some(terms)


def read_calendar(data: bytes) -> list[Term]:
    """The events of a calendar file (.ics), each a term. Raises BadInput."""
    try:
        events = list(_events(Calendar.from_ical(data)))
    except (ValueError, KeyError, IndexError, AttributeError, TypeError) as wrong:
        raise BadInput(
            "no-calendar",
            "This is not a calendar file that can be read. Paste the dates into the box instead.",
        ) from wrong
    return _some(events)


def _read(number: int, line: str) -> Term:
    found = list(DATE.finditer(line))
    days = [day for one in found if (day := _date(one)) is not None]
    if len(days) != 2:  # noqa: PLR2004 - a first and a last day
        raise BadInput(
            "no-term",
            "Line %(number)s needs a name, a first and a last day, for example: Autumn term, 1 September 2026 to 18 December 2026",
            number=number,
        )
    return Term(_name(DATE.sub(" ", line), number), *days)


def _name(rest: str, number: int) -> str:
    words = BETWEEN.sub(" ", WEEKDAY.sub(" ", rest))
    name = re.sub(r"[\s,;:\t\-\u2013\u2014()\"']+", " ", words).strip()
    return name[:LONGEST_NAME] or f"Term {number}"


def _date(found: re.Match[str]) -> date | None:
    try:
        if found["iso"]:
            return date.fromisoformat(found["iso"])
        if found["d1"]:
            year = int(found["y1"])
            return date(year + 2000 if year < 100 else year, int(found["m1"]), int(found["d1"]))  # noqa: PLR2004
        which = "2" if found["d2"] else "3"
        month = MONTHS.index(found[f"m{which}"][:3].lower()) + 1
        return date(int(found[f"y{which}"]), month, int(found[f"d{which}"]))
    except ValueError:
        return None


def _events(calendar: Calendar) -> Iterator[Term]:
    """A whole-day event ends on the day before its DTEND (RFC 5545, 3.6.1)."""
    for number, event in enumerate(calendar.walk("VEVENT"), 1):
        first = event.decoded("dtstart")
        last = event.decoded("dtend") if "dtend" in event else first
        if not isinstance(last, datetime) and last > first:
            last -= timedelta(days=1)
        name = stripped(str(event.get("summary", "")))[:LONGEST_NAME] or f"Term {number}"
        yield Term(name, _day(first), _day(last))


def _day(value: date | datetime) -> date:
    return value.date() if isinstance(value, datetime) else value


def _some(terms: list[Term]) -> list[Term]:
    if not terms:
        raise BadInput("no-terms", "There is no term in this. Write one in each line.")
    if len(terms) > MOST:
        raise BadInput("too-many-terms", "That is more than %(most)s terms. Send fewer at once.", most=MOST)  # fmt: skip
    return terms
