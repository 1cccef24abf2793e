"""What somebody looks for: the one search of list, map, feeds, watches and downloads, read from an address.

A search and its address are the same thing: `read` makes the one from the other, whoever asks.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from math import isfinite
from typing import Any, NamedTuple

import shapely
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from geo.crs import ENVELOPES, Box
from geo.shapes import sound
from portal.areas.models import Area
from portal.areas.queries import Place, current_area
from portal.errors import BadInput
from portal.register.nearby import find_place
from portal.register.rules import ACCESS, Kind, Status, Tenure
from portal.web import stripped, told

LONGEST = 100  # letters of a word or place
FARTHEST = 100_000  # metres
MOST_PEOPLE = 100_000
LARGEST = 1_000_000_000  # square metres: more than a county
MOST_CORNERS = 200
LEAST_CORNERS = 3
LATITUDE_FIRST = re.compile(r"(-?\d{1,2}\.\d+)\s*,\s*(-?\d{1,2}\.\d+)")


class Sort(StrEnum):
    """In which order; without one: nearest first where a place is given, else by name with what is in use last."""

    NEAREST = "nearest"
    NAME = "name"
    NEWLY_VACANT = "newly_vacant"
    LARGEST = "largest"
    NUMBER = "number"  # no order that means anything, but always the same


@dataclass(frozen=True)
class Search:
    """What somebody looks for; every filter narrows, an empty one asks nothing."""

    kinds: tuple[Kind, ...] = ()
    statuses: tuple[Status, ...] = ()
    tenures: tuple[Tenure, ...] = ()
    holder_id: int | None = None
    ward_id: int | None = None
    access: tuple[str, ...] = ()  # of rules.ACCESS; each must be known to be there
    capacity: int | None = None  # people, at least
    land_from: float | None = None  # square metres
    land_to: float | None = None
    words: str = ""
    near: Place | None = None
    within: float | None = None  # metres
    bbox: Box | None = None
    inside: shapely.Polygon | None = None  # drawn by hand, in degrees
    sort: Sort | None = None

    @property
    def bounded(self) -> bool:
        """Whether it looks only somewhere: within a distance, in a box, inside a drawn area."""
        near = self.near is not None and self.within is not None
        return near or self.bbox is not None or self.inside is not None

    @property
    def order(self) -> Sort:
        """The order the results come in."""
        if self.sort is None or (self.sort is Sort.NEAREST and not self.near):
            return Sort.NEAREST if self.near else Sort.NAME
        return self.sort


@dataclass
class Asked:
    """An address read: the search, what was given for each field, and what could not be read, in words."""

    search: Search
    given: MultiDict[str, str]
    errors: dict[str, str] = field(default_factory=dict)


def read(area: Area | None, args: MultiDict[str, str]) -> Asked:
    """The search that an address asks for. What cannot be read gets its sentence in `errors` and asks nothing.

    The area is needed to find a place by its name; None is the one that is served.
    """
    tidy = ((name, stripped(value)) for name, value in args.items(multi=True))
    given = MultiDict((name, value) for name, value in tidy if value)
    asked = Asked(Search(), given)
    values: dict[str, Any] = {}
    for name in given:
        if name in FIELDS:
            asks = FIELDS[name]
            try:
                values[asks.attribute] = asks.understand(given.getlist(name))
            except ValueError as wrong:
                asked.errors[name] = str(wrong)
    values["access"] = tuple(name for name in ACCESS if _ticked(asked, name))
    if text := values.pop("near", None):
        try:
            values["near"] = _point(text) or find_place(area or current_area(), text)
        except BadInput as unknown:
            asked.errors["near"] = told(unknown)
    if "near" not in values:
        values.pop("within", None)
    asked.search = Search(**values)
    return asked


def _point(text: str) -> Place | None:
    """What a phone or a map's link says: latitude, longitude, plainly in this country. The usual case, and quick."""
    found = LATITUDE_FIRST.fullmatch(text)
    if not found:
        return None
    lat, lon = float(found[1]), float(found[2])
    if not ENVELOPES["united_kingdom"].holds(lon, lat):
        return None
    return Place(f"{lat:.4f}, {lon:.4f}", lon, lat)


YES = ("y", "1", "true", "on", "yes")
NO = ("n", "0", "false", "off", "no", "")


def ticked(text: str) -> bool:
    """Whether a box is ticked. Raises ValueError for what is neither yes nor no."""
    if text not in YES + NO:
        raise ValueError(text)
    return text in YES


def _ticked(asked: Asked, name: str) -> bool:
    try:
        return ticked(asked.given.get(name, ""))
    except ValueError:
        asked.errors[name] = _("Write 1 for yes, or leave it out.")
        return False


class Field(NamedTuple):
    """A filter: what of a Search it fills, how its texts are read (ValueError: in words), and what they are as JSON Schema."""

    attribute: str
    understand: Callable[[list[str]], Any]
    schema: dict[str, Any]


def _some_of(attribute: str, values: type[StrEnum]) -> Field:
    def understand(texts: list[str]) -> tuple[Any, ...]:
        try:
            return tuple(dict.fromkeys(values(text) for text in texts))
        except ValueError:
            raise ValueError(_("Choose one from the list.")) from None

    return Field(attribute, understand, {"type": "array", "items": {"enum": list(values)}})


def _one_of(attribute: str, values: type[StrEnum]) -> Field:
    some = _some_of(attribute, values)
    return Field(attribute, lambda texts: some.understand(texts[:1])[0], some.schema["items"])


def _row(attribute: str) -> Field:
    def understand(texts: list[str]) -> int:
        if re.fullmatch(r"[0-9]{1,9}", texts[0]):
            return int(texts[0])
        raise ValueError(_("Choose one from the list."))

    return Field(attribute, understand, {"type": "integer", "minimum": 0, "maximum": 10**9 - 1})


def _text(attribute: str) -> Field:
    def understand(texts: list[str]) -> str:
        if len(texts[0]) > LONGEST:
            raise ValueError(_("This is too long. Use at most %(number)s letters.", number=LONGEST))
        return texts[0]

    return Field(attribute, understand, {"type": "string", "maxLength": LONGEST})


def _between(attribute: str, most: int, example: Callable[[], str]) -> Field:
    def understand(texts: list[str]) -> int:
        text = texts[0].replace(",", "")
        if re.fullmatch(r"[0-9]{1,12}", text) and 0 < int(text) <= most:
            return int(text)
        raise ValueError(example())

    return Field(attribute, understand, {"type": "integer", "minimum": 1, "maximum": most})


def _bbox(texts: list[str]) -> Box:
    """West, south, east, north in degrees, as RFC 7946 has them."""
    try:
        box = Box(*(float(part) for part in texts[0].split(",")))
    except (TypeError, ValueError):
        box = None
    if box is None or not _is_box(box):
        raise ValueError(
            _(
                "“bbox” is four numbers: west, south, east and north in degrees, for example -2.4,53.3,-2.2,53.5."
            )
        )
    return box


def _is_box(box: Box) -> bool:
    return -180 <= box.west <= box.east <= 180 and -90 <= box.south <= box.north <= 90  # noqa: PLR2004


def _inside(texts: list[str]) -> shapely.Polygon:
    """Corners as "lon,lat;lon,lat;...": a shape drawn by hand, mended where its line crosses itself."""
    try:
        corners = [tuple(map(float, pair.split(","))) for pair in texts[0].strip(";").split(";")]
    except ValueError:
        corners = []
    good = all(len(pair) == 2 and all(map(isfinite, pair)) for pair in corners)  # noqa: PLR2004 - a pair
    if good and LEAST_CORNERS <= len(corners) <= MOST_CORNERS:
        shape = sound([shapely.Polygon(corners)])[0]
        if shape is not None and shape.area > 0:
            return shape
    raise ValueError(_("An area needs at least three corners that do not lie on one line."))


def inside_text(shape: shapely.Geometry) -> str:
    """A drawn area as it stands in an address."""
    part = max(shapely.get_parts(shape), key=lambda one: one.area)
    pairs = shapely.get_coordinates(part.exterior)[:-1].tolist()
    return ";".join(f"{lon:.5f},{lat:.5f}" for lon, lat in pairs)


BOX = {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 4}
DEGREES = r"-?[0-9]{1,3}(\.[0-9]{1,9})?"
CORNERS = {
    "type": "string",
    "pattern": f"^{DEGREES},{DEGREES}(;{DEGREES},{DEGREES}){{{LEAST_CORNERS - 1},{MOST_CORNERS - 1}}}$",
    "examples": ["-2.30,53.40;-2.29,53.40;-2.29,53.41"],
}

FIELDS: dict[str, Field] = {
    "kind": _some_of("kinds", Kind),
    "status": _some_of("statuses", Status),
    "tenure": _some_of("tenures", Tenure),
    "holder": _row("holder_id"),
    "ward": _row("ward_id"),
    "capacity": _between(
        "capacity", MOST_PEOPLE, lambda: _("Write how many people, for example 15.")
    ),
    "land_from": _between("land_from", LARGEST, lambda: _("Write square metres, for example 500.")),
    "land_to": _between("land_to", LARGEST, lambda: _("Write square metres, for example 5000.")),
    "words": _text("words"),
    "near": _text("near"),
    "within": _between("within", FARTHEST, lambda: _("Choose one from the list.")),
    "bbox": Field("bbox", _bbox, BOX),
    "inside": Field("inside", _inside, CORNERS),
    "sort": _one_of("sort", Sort),
}
# What a box that is ticked sends, for programs.
TICKED = {"enum": [*YES, *filter(None, NO)]}


def without(given: MultiDict[str, str], names: Iterable[str]) -> list[tuple[str, str]]:
    """The pairs of an address but for some names."""
    left_out = set(names)
    return [pair for pair in given.items(multi=True) if pair[0] not in left_out]
