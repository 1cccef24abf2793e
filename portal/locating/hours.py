"""Opening hours that nobody could read: what the portal did understand, and a week as a person types it."""

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from opening_hours import OpeningHours, validate

from portal.intake.spoken import hear, hear_days, unread

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
# A week without a bank holiday, Monday first: the days are asked one by one.
A_WEEK = tuple(date(2026, 3, 2) + timedelta(days=n) for n in range(7))
ONE_DAY = timedelta(days=1)
LONGEST = 300  # of the column


def understood(text: str) -> dict[str, str]:
    """By day, what the sentences of a text say that can be read alone: {"Mo": "10:00-14:00"}."""
    found: dict[str, str] = {}
    for sentence in re.split(r"[;\n.]+|, (?=[A-Z])", text):
        if osm := hear(sentence).osm:
            for day, stretches in by_day(osm).items():
                found.setdefault(day, stretches)
    return found


def not_understood(text: str) -> str:
    """The part that stood in the way."""
    return unread(text)


def by_day(osm: str) -> dict[str, str]:
    """OSM opening hours as one text a day; days on which nothing opens are left out."""
    parsed = OpeningHours(osm, auto_country=False, auto_timezone=False)
    week = ((day, _stretches(parsed, on)) for day, on in zip(DAYS, A_WEEK, strict=True))
    return {day: stretches for day, stretches in week if stretches}


def _stretches(parsed: OpeningHours, on: date) -> str:
    midnight = datetime.combine(on, time())
    found = parsed.intervals(midnight, midnight + ONE_DAY)
    return ", ".join(
        f"{start:%H:%M}-{'24:00' if end == midnight + ONE_DAY else f'{end:%H:%M}'}"
        for start, end, state, _comment in found
        if str(state) == "open"
    )


def readable(osm: str) -> bool:
    """Whether a text is opening hours in OSM's syntax."""
    return len(osm) <= LONGEST and validate(osm)


def of_week(cells: Mapping[str, str]) -> str | None:
    """Hours from one text a day; days left out are closed. None where a day's text cannot be read."""
    return hear_days({day: text for day, text in cells.items() if text and not shut(text)}).osm


def shut(text: str) -> bool:
    """Whether a day's text says that it is closed."""
    return text.strip().casefold() in {"closed", "shut", "off", "-"}
