"""One cell of a register, read: each function takes the text and gives a value, or raises ValueError. Pure."""

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from opening_hours import OpeningHours, ParserError

from portal.documents.spreadsheets import MARK, RUNS
from portal.intake.spoken import hours_of_days, weekly_hours
from portal.register.rules import Kind, Opener, Status, fold
from portal.web import UNWRITTEN

HECTARE = 10_000.0
ACRE = 4_046.856_422_4

# The first pattern found in the folded text decides; from the Transparency Code's own words, then from names.
HOLDINGS = (
    (r"land only|land without|without (a )?(permanent )?building", Kind.LAND),
    (r"land ?(/|and|with) ?(a )?(permanent )?buildings?", Kind.BUILDING),
    (r"building|premises|property", Kind.BUILDING),
    (r"land|site|plot", Kind.LAND),
)
# Land in spite of a shed on it.
GREEN = r"allotment|^parks?$|memorial|cemetery|open space|playing field"
NAMES = (
    (
        r"\b(land|plot|site|field|garden|allotments?|car park|park|playground|verge|cemetery|recreation ground)\b",
        Kind.LAND,
    ),
    (r"", Kind.BUILDING),
)
STATUSES = (
    (r"\b(not|non)[ -]vacant\b|\b(in use|occupied)\b", Status.OCCUPIED),
    (r"\b(vacant|empty|disused|void|surplus|unoccupied)\b", Status.VACANT),
    (r"\bunder[ -_]?used\b", Status.UNDER_USED),
)
UNUSED = ((r"\b(vacant|surplus|void|derelict|disused)\b", Status.VACANT),)
ANSWERS = {
    "yes": True,
    "y": True,
    "true": True,
    "1": True,
    "no": False,
    "n": False,
    "false": False,
    "0": False,
}
DATES = (
    "%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y%m%d", "%Y/%m/%d", "%d %B %Y", "%d %b %Y", "%d-%b-%Y",
    "%d-%b-%y", "%d/%m/%y",
)  # fmt: skip
SERIALS = range(30_000, 60_000)  # days since 1899-12-30, as spreadsheets count them: 1982 to 2064
# What stands in a cell that says nothing.
NOTHING = frozenset(
    ["n/a", "na", "n.a.", "-", "--", "none", "null", "nil", "#n/a", "not known", "unknown", "not applicable",
     "tbc", "nan", ".", "?", "n/k", "no data", "<null>", "#ref!", "#value!", "not available"]
)  # fmt: skip
DAYS = {
    "monday": "Mo",
    "tuesday": "Tu",
    "wednesday": "We",
    "thursday": "Th",
    "friday": "Fr",
    "saturday": "Sa",
    "sunday": "Su",
}


# As our own downloads and others write a text that a spreadsheet would take for a formula.
MARKED = frozenset(MARK + sign for sign in RUNS if sign.isprintable())


class NotReadError(ValueError):
    """Marks a cell that could not be read."""


def clean(column: Sequence[str]) -> list[str]:
    """A column with single spaces, without what no page can hold and the mark that keeps a spreadsheet from calculating;
    a cell that only says that nothing is known becomes empty.
    """
    spaced = list(map(" ".join, map(str.split, column)))
    if not all(map(str.isprintable, spaced)):
        spaced = [" ".join(UNWRITTEN.sub("", text).split()) for text in spaced]
    texts = [t[1:] if t[:2] in MARKED else t for t in spaced]
    if NOTHING.isdisjoint(map(str.casefold, texts)):
        return texts
    return ["" if text.casefold() in NOTHING else text for text in texts]


def kind_said(kind: str, holding: str, purpose: str, sized: object) -> Kind | None:
    """Land, building or room: by our own column, else the Code's holding type, else because it has a floor."""
    own = fold(kind)
    if own in set(Kind):
        return Kind(own)
    held = fold(holding)
    if "/" in held and re.search(GREEN, fold(purpose)):
        return Kind.LAND
    return _first(HOLDINGS, held) or (Kind.BUILDING if sized else None)


def kind_guessed(name: str) -> Kind:
    """Land or building by the words of its name: for an asset of which nothing else is known."""
    found: Kind = _first(NAMES, fold(name))
    return found


def status_said(
    status: str, vacant: str, tenure_detail: str, tenure: str = "", purpose: str = ""
) -> Status | None:
    """How it stands where the register says so in any of its columns; None where all are silent."""
    if fold(vacant) in ANSWERS:
        return Status.VACANT if ANSWERS[fold(vacant)] else Status.OCCUPIED
    words = f"{status} · {vacant} · {tenure_detail} · {tenure}"
    found = _first(STATUSES, fold(words)) or _first(UNUSED, fold(purpose))
    spoken = status or vacant or tenure_detail
    return found or (Status.OCCUPIED if spoken else None)


def _first(table: tuple[tuple[str, Any], ...], text: str) -> Any:
    return next((value for pattern, value in table if re.search(pattern, text)), None)


POSTCODE_AT_END = re.compile(
    r"[,\s]*\b([A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9][A-Z]{2})\W*$", re.IGNORECASE
)
NUMBER_AT_START = re.compile(r"((?:unit |flat |no\.? ?)?\d+[a-z]?(?:[-/]\d+[a-z]?)?),?\s+(.+)", re.IGNORECASE)  # fmt: skip


def address_parts(address: str) -> tuple[str, str, str, str]:
    """(number, street, town, postcode) of an address in one line; "" for what it lacks.

    >>> address_parts("2 Pott Street, Altrincham, WA14 1AH")
    ('2', 'Pott Street', 'Altrincham', 'WA14 1AH')
    """
    found = POSTCODE_AT_END.search(address)
    rest = address[: found.start()] if found else address
    parts = [part.strip() for part in rest.split(",") if part.strip()]
    town = parts.pop() if len(parts) > 1 and not re.search(r"\d", parts[-1]) else ""
    street = ", ".join(parts)
    numbered = NUMBER_AT_START.fullmatch(street)
    number, street = (numbered[1], numbered[2]) if numbered else ("", street)
    return number, street, town, found[1].upper() if found else ""


def date_of(text: str) -> date:
    """A day in any of the ways that registers write one."""
    day = re.split(r"T|\s+\d{1,2}:\d\d", text, maxsplit=1)[0].strip()
    if day.isdigit() and int(day) in SERIALS:
        return date(1899, 12, 30) + timedelta(days=int(day))
    for form in DATES:
        try:
            return datetime.strptime(day, form).date()  # noqa: DTZ007 - a day, not a moment
        except ValueError:
            continue
    raise ValueError(text)


def number(text: str) -> float:
    """A number with its thousands and its unit of area taken off."""
    value = float(
        re.sub(r"[,\s]|(sq\.? ?m(etres)?|sqm|m2|m²|ha|hectares?)\.?$", "", text.casefold())
    )
    if not 0 <= value < 1e9:  # noqa: PLR2004 - more square metres than a county
        raise ValueError(text)
    return value


def square_metres(text: str) -> float | None:
    """Hectares as square metres; what says that it is square metres or acres is taken at its word."""
    folded = text.casefold()
    if "acre" in folded:
        return round(number(re.sub(r"\s*acres?\.?", "", folded)) * ACRE, 1) or None
    unit = 1.0 if re.search(r"sq\.? ?m|m2|m²", folded) else HECTARE
    return round(number(text) * unit, 1) or None


def floor(text: str) -> float | None:
    """Square metres of a building; nothing is not a size."""
    return number(text) or None


def people(text: str) -> int:
    """How many people."""
    return int(number(text))


def pence(text: str) -> int:
    """Pence for an hour."""
    return int(number(text))


def uprn_of(text: str) -> str | None:
    """The property's number in the national list, 1 to 12 digits; None when it is all noughts."""
    bare = re.sub(r"\.0+$", "", text.replace(" ", "").lstrip("'"))
    digits = bare.lstrip("0")
    if bare and not digits:
        return None
    if not re.fullmatch(r"[0-9]{1,12}", digits):
        raise ValueError(text)
    return digits


def answer(text: str) -> bool:
    """Yes or no."""
    return ANSWERS[fold(text)]


def opener(text: str) -> Opener:
    """Who lets people in."""
    return Opener(re.sub(r"[ -]", "_", fold(text)))


# The parser takes "10:00-14:00" for every day and "2023-2024" for always; a text that means it says which days.
SURELY_OSM = re.compile(r"24/7|\b(Mo|Tu|We|Th|Fr|Sa|Su)\b.*\d{1,2}:\d{2}")


def osm_hours(text: str) -> str | None:
    """The text itself when it is opening hours in OSM syntax already."""
    if not SURELY_OSM.search(text):
        return None
    try:
        OpeningHours(text)
    except ParserError:
        return None
    return text[:300]


def hire_hours(text: str) -> str:
    """Hours in OSM syntax, from that or from free text."""
    found = osm_hours(text) or weekly_hours(text)
    if not found:
        raise ValueError(text)
    return found[:300]


class Hours(NamedTuple):
    """Opening hours in OSM syntax, and as somebody wrote them; None where there is none."""

    osm: str | None
    text: str | None


def hours_of(text: str, *days: str) -> Hours:
    """Opening hours from one text, or from one text for each day, Monday first. A mere number of hours says nothing."""
    if text and not re.fullmatch(r"[\d.]+", text):
        if osm := osm_hours(text):
            return Hours(osm, None)
        return Hours((weekly_hours(text) or "")[:300] or None, text[:500])
    told = dict(zip(DAYS, days, strict=True)) if days else {}
    if not any(told.values()):
        return Hours(None, None)
    written = "; ".join(f"{day.title()}: {said}" for day, said in told.items() if said)
    osm = hours_of_days({DAYS[day]: said for day, said in told.items() if said})
    return Hours((osm or "")[:300] or None, written[:500])


WANTED = {
    "effective_date": "date we can read",
    "postcode": "postcode",
    "uprn": "property reference number",
    "land_area": "number of hectares",
    "building_size": "number of square metres",
    "capacity": "number of people",
    "step_free": "plain yes or no",
    "hearing_loop": "plain yes or no",
    "accessible_toilet": "plain yes or no",
    "changing_place": "plain yes or no",
    "parking": "plain yes or no",
    "hire_hours": "list of hours like “Mo-Fr 18:00-22:00”",
    "opened_by": "way to be let in (keyholder, caretaker, door code, staff)",
    "price_per_hour": "number of pence",
}
