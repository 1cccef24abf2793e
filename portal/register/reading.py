"""From the cells of a register's row to an asset's values: words, numbers, dates. Knows no database."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from opening_hours import OpeningHours, ParserError
from shapely import Geometry

from portal.areas.rules import postcode_shown
from portal.people.rules import HolderKind
from portal.register.models import Asset
from portal.register.rules import Kind, LocatedBy, Opener, Status, fold

HECTARE = 10_000.0

# The first pattern found in the folded text decides; from the Transparency Code's own words, then from names.
HOLDINGS = (
    (r"land ?(/|and|with) ?(permanent )?buildings?", Kind.BUILDING),
    (r"building", Kind.BUILDING),
    (r"land", Kind.LAND),
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
HOLDERS = (
    (r"\b(parish|town council|community council)\b", HolderKind.PARISH),
    (r"\blibrar", HolderKind.LIBRARY_SERVICE),
    (r"\b(council|borough|corporation)\b", HolderKind.COUNCIL),
    (r"\b(homes|housing)\b", HolderKind.HOUSING_ASSOCIATION),
    (r"\b(school|academy|academies|college|education|learning)\b", HolderKind.SCHOOL),
    (r"\b(nhs|health|hospital|clinic)\b", HolderKind.NHS),
    (r"\bpolice\b", HolderKind.POLICE),
    (r"\bfire\b", HolderKind.FIRE),
)
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
DATES = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y%m%d", "%d %B %Y", "%d/%m/%y")


@dataclass
class Entry:
    """One row understood: the asset it is about, its values by column, and what is odd about it."""

    line: int
    cells: Mapping[str, str]
    holder: str
    code: str
    as_of: date | None
    values: dict[str, Any]
    shape: Geometry | None = None
    located_by: LocatedBy | None = None
    outlier: bool = False
    ward_id: int | None = None
    notes: list[tuple[str, str]] = field(
        default_factory=list
    )  # (what: repaired, flagged, refused; why)

    @property
    def refused(self) -> bool:
        """Whether the row cannot be taken in at all."""
        return any(what == "refused" for what, _ in self.notes)

    def note(self, what: str, why: str) -> None:
        """Something for the report."""
        self.notes.append((what, why))


def read_entry(line: int, cells: Mapping[str, str], holder: str) -> Entry:
    """What a row says. `holder` stands in where the row names none. A row with no name and no address is refused."""
    entry = Entry(line, cells, cells.get("holder", holder)[:200], _code(cells), None, {})
    address = " ".join(filter(None, (cells.get("number"), cells.get("street"))))
    name = cells.get("name") or address
    if not name:
        entry.note("refused", "it has neither a name nor a street")
        return entry
    entry.as_of = _read(entry, "effective_date", _date)
    texts = {
        "name": name,
        "street_number": cells.get("number"),
        "street": cells.get("street"),
        "town": cells.get("town"),
        "postcode": postcode_shown(cells["postcode"]) if "postcode" in cells else None,
        "tenure": cells.get("tenure"),
        "tenure_detail": cells.get("tenure_detail"),
        "use_detail": cells.get("purpose"),
        "energy_rating": cells.get("energy_rating"),
    }
    entry.values = {column: _clipped(column, text) for column, text in texts.items() if text}
    for column, (source, convert) in MEASURES.items():
        value = _read(entry, source, convert)
        if value is not None:
            entry.values[column] = value
    entry.values["kind"] = kind_of(cells, name)
    entry.values["status"] = status_of(cells, entry.values["kind"])
    return entry


def kind_of(cells: Mapping[str, str], name: str) -> Kind:
    """Land, building or room: by our own column, else the Code's holding type, else the words of the name."""
    own = fold(cells.get("kind"))
    if own in set(Kind):
        return Kind(own)
    holding, purpose = fold(cells.get("holding")), fold(cells.get("purpose"))
    if "/" in holding and re.search(GREEN, purpose):
        return Kind.LAND
    said = _first(HOLDINGS, holding)
    return said or (Kind.BUILDING if "building_size" in cells else _first(NAMES, fold(name)))


def status_of(cells: Mapping[str, str], kind: Kind) -> Status:
    """Vacant where the register says so in any of its columns; a room is there to be used."""
    if fold(cells.get("vacant")) in ANSWERS:
        said = Status.VACANT if ANSWERS[fold(cells["vacant"])] else Status.OCCUPIED
    else:
        words = " · ".join(cells.get(name, "") for name in ("status", "vacant", "tenure_detail"))
        said = _first(STATUSES, fold(words)) or Status.OCCUPIED
    return Status.UNDER_USED if kind is Kind.ROOM and said is Status.OCCUPIED else said


def holder_kind(name: str) -> HolderKind:
    """What sort of body a holder is, by its name."""
    return _first(HOLDERS, fold(name)) or HolderKind.OTHER


def _first(table: tuple[tuple[str, Any], ...], text: str) -> Any:
    return next((value for pattern, value in table if re.search(pattern, text)), None)


def _code(cells: Mapping[str, str]) -> str:
    """The holder's own code; without one the UPRN, else a mark that the same row always gets."""
    if code := cells.get("code") or cells.get("uprn"):
        return _clipped("code", code)
    what = "|".join(
        cells.get(name, "") for name in ("name", "number", "street", "town", "postcode")
    )
    return f"~{sha256(fold(what).encode()).hexdigest()[:12]}"


def _clipped(column: str, text: str) -> str:
    return text[: Asset.__table__.c[column].type.length]


def _read(entry: Entry, source: str, convert: Callable[[str], Any]) -> Any:
    """One cell converted; a cell that cannot be read is left out and reported, the row stays."""
    text = entry.cells.get(source)
    if not text:
        return None
    try:
        return convert(text)
    except (ValueError, KeyError, ParserError):
        entry.note("flagged", f"“{text[:60]}” is not a {WANTED[source]}, so it was left out")
        return None


def _date(text: str) -> date:
    day = text.split("T", maxsplit=1)[0].removesuffix(" 00:00:00")
    for form in DATES:
        try:
            return datetime.strptime(day, form).date()  # noqa: DTZ007 - a day, not a moment
        except ValueError:
            continue
    raise ValueError(text)


def _number(text: str) -> float:
    value = float(re.sub(r"[,\s]|(sq ?m|m2|m²|ha|hectares)$", "", text.casefold()))
    if not 0 <= value < 1e9:  # noqa: PLR2004 - more square metres than a county
        raise ValueError(text)
    return value


def _uprn(text: str) -> str:
    digits = re.sub(r"\.0+$", "", text).lstrip("0")
    if not re.fullmatch(r"\d{1,12}", digits):
        raise ValueError(text)
    return digits


def _hours(text: str) -> str:
    OpeningHours(text)
    return _clipped("hire_hours", text)


def _answer(text: str) -> bool:
    return ANSWERS[fold(text)]


# column: (field of the row, how it is read)
MEASURES: dict[str, tuple[str, Callable[[str], Any]]] = {
    "uprn": ("uprn", _uprn),
    "land_m2": ("land_area", lambda text: round(_number(text) * HECTARE, 1) or None),
    "floor_m2": ("building_size", lambda text: _number(text) or None),
    "capacity": ("capacity", lambda text: int(_number(text))),
    "step_free": ("step_free", _answer),
    "hearing_loop": ("hearing_loop", _answer),
    "accessible_toilet": ("accessible_toilet", _answer),
    "public_hours": ("public_hours", _hours),
    "hire_hours": ("hire_hours", _hours),
    "opener": ("opened_by", lambda text: Opener(re.sub(r"[ -]", "_", fold(text)))),
    "price_pence_hour": ("price_per_hour", lambda text: int(_number(text))),
}
WANTED = {
    "effective_date": "date we can read",
    "uprn": "property reference number",
    "land_area": "number of hectares",
    "building_size": "number of square metres",
    "capacity": "number of people",
    "step_free": "plain yes or no",
    "hearing_loop": "plain yes or no",
    "accessible_toilet": "plain yes or no",
    "public_hours": "list of hours like “Mo-Fr 08:00-18:00”",
    "hire_hours": "list of hours like “Mo-Fr 18:00-22:00”",
    "opened_by": "way to be let in (keyholder, caretaker, door code, staff)",
    "price_per_hour": "number of pence",
}
