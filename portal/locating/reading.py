"""What a broker types or pastes as the place of an asset: a point however written, or the outline of a plot."""

import json
import re
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import shapely
from shapely import Geometry

from geo.crs import STORED, read_point
from geo.shapes import areas, inner_point, project
from geo.typed import read_pair
from portal.areas.models import Area
from portal.areas.queries import place_in
from portal.errors import BadInput
from portal.locating.rules import Method
from portal.register.nearby import find_place

WKT = re.compile(r"\s*(?:SRID=\d+;)?\s*(?:MULTI)?(?:POINT|LINESTRING|POLYGON)\b", re.IGNORECASE)
POSTCODE = re.compile(r"\s*[A-Z]{1,2}[0-9][A-Z0-9]?(?:\s*[0-9][A-Z]{2})?\s*", re.IGNORECASE)
FEWEST_CORNERS = 3
MOST_CORNERS = 5000
LONGEST = 200_000
SMALLEST_M2 = 1.0
PLACES = 7  # a centimetre


class Spot(NamedTuple):
    """A place as it was understood: in degrees, with a name, and how it was given."""

    label: str
    shape: Geometry
    method: Method


def read_spot(area: Area, text: str) -> Spot:
    """The place meant. Raises BadInput with what is wrong and what to try."""
    text = text.strip()
    if not text:
        raise BadInput("no-text", "Write where it is, or choose one of the suggestions.")
    if len(text) > LONGEST:
        raise BadInput("too-long", "This outline is too long. Draw it with fewer corners.")
    read = next((read for is_so, read in FORMS if is_so(text)), _named)
    return read(area, text)


def _named(area: Area, text: str) -> Spot:
    """A point: coordinates, a grid reference, a UPRN, a postcode, a street, the name of a place."""
    found = find_place(area, text)
    # What a person took from a map is kept to the centimetre, also where its name is shorter.
    label = " ".join(text.split())[:100] if read_pair(text) else found.label
    method = Method.POSTCODE if POSTCODE.fullmatch(text) else Method.TYPED
    return Spot(label, shapely.Point(found.lon, found.lat), method)


def _corners(area: Area, text: str) -> Spot:
    """An outline by its corners, one a line, in order round the edge."""
    lines = [line.strip(" .") for line in text.splitlines() if line.strip(" .")]
    if len(lines) < FEWEST_CORNERS:
        raise BadInput(
            "few-corners",
            "An outline needs at least three corners, one on a line. For a single point write one line.",
        )
    pairs = []
    for number, line in enumerate(lines, 1):
        found = place_in(area, line)
        if found is None:
            raise BadInput(
                "bad-corner",
                "We cannot read corner %(number)d, “%(line)s”. Write it like 53.4291, -2.3190 or SJ 78912 94512.",
                number=number,
                line=line[:60],
            )
        pairs.append((found.lon, found.lat))
    return _outline(area, shapely.Polygon(pairs))


def _geojson(area: Area, text: str) -> Spot:
    try:
        shapes = [shapely.from_geojson(json.dumps(one)) for one in _geometries(json.loads(text))]
    except (
        ValueError,
        TypeError,
        LookupError,
        RecursionError,
        shapely.errors.GEOSException,
    ) as wrong:
        raise BadInput("bad-geojson", "This is not GeoJSON that can be read.") from wrong
    return _drawn(area, shapes)


def _geometries(thing: Any) -> list[Any]:
    kind = thing.get("type") if isinstance(thing, dict) else None
    if kind == "FeatureCollection":
        return [geometry for one in thing["features"] for geometry in _geometries(one)]
    return [thing["geometry"]] if kind == "Feature" else [thing]


def _wkt(area: Area, text: str) -> Spot:
    shape = shapely.from_wkt(
        re.sub(r"^\s*SRID=\d+;", "", text, flags=re.IGNORECASE), on_invalid="ignore"
    )
    return _drawn(area, [shape])


def _drawn(area: Area, shapes: list[Geometry | None]) -> Spot:
    """Pasted from elsewhere: one point, or polygons, in whatever system their numbers say."""
    shapes = [shapely.force_2d(shape) for shape in shapes if shape is not None]
    empty = any(shape.is_empty or not np.isfinite(shape.bounds).all() for shape in shapes)
    if empty or not shapes:
        raise BadInput("empty-shape", "There is no shape in what you wrote.")
    kinds = {shape.geom_type for shape in shapes}
    if kinds == {"Point"} and len(shapes) == 1:
        return _point(area, shapes[0])
    if not kinds <= {"Polygon", "MultiPolygon"}:
        raise BadInput(
            "not-an-outline",
            "A place is one point, or the outline of a plot or building (a polygon).",
        )
    _check(shapes)
    return _outline(area, shapely.union_all(shapes))


def _point(area: Area, point: Geometry) -> Spot:
    moved = _to_degrees(area, point)
    return Spot(f"{moved.y:.6f}, {moved.x:.6f}", moved, Method.TYPED)


def _outline(area: Area, shape: Geometry) -> Spot:
    moved = _to_degrees(area, shape)
    # Before its order is checked: corners in one line also cross themselves, and that would say less.
    if areas([shapely.convex_hull(moved)], area.nation.metric_epsg)[0] < SMALLEST_M2:
        raise BadInput(
            "no-ground", "These corners lie on one line or one point, so they enclose no ground."
        )
    _check([shape])
    shape = shapely.transform(moved, lambda pairs: np.round(pairs, PLACES))
    corners = len(shapely.get_coordinates(shape)) - len(shapely.get_rings(shapely.get_parts(shape)))
    return Spot(str(corners), shape, Method.DRAWN)


def _check(shapes: list[Geometry]) -> None:
    """Refuse what is no sound outline, and say where."""
    if sum(map(shapely.get_num_coordinates, shapes)) > MOST_CORNERS:
        raise BadInput("too-long", "This outline is too long. Draw it with fewer corners.")
    for shape in shapes:
        reason = shapely.is_valid_reason(shape)
        if crossing := re.search(r"Self-intersection\[(\S+) (\S+)\]", reason):
            raise BadInput(
                "crossing",
                "The outline crosses itself near %(y)s, %(x)s. Give the corners in order round the edge.",
                x=f"{float(crossing[1]):.5f}",
                y=f"{float(crossing[2]):.5f}",
            )
        if not shapely.is_valid(shape):
            raise BadInput(
                "broken-outline",
                "This outline is not in order: its rings touch or lie in each other's place. Draw it again.",
            )


def _to_degrees(area: Area, shape: Geometry) -> Geometry:
    """Read by the magnitude of its numbers, and by where it then lies; swapped pairs are turned round."""
    x, y = inner_point(shape)
    label = f"EPSG:{area.nation.metric_epsg}"
    reading = read_point(x, y, label=label, nation=area.nation.value, boundary=area.boundary)
    if reading is None:
        raise BadInput("elsewhere", "These coordinates are no place in this nation.")
    if reading.swapped:
        shape = shapely.transform(shape, lambda pairs: pairs[:, ::-1])
    return project([shape], reading.epsg, STORED)[0]


# The first that fits what was typed reads it.
FORMS: tuple[tuple[Callable[[str], object], Callable[[Area, str], Spot]], ...] = (
    (lambda text: text.startswith(("{", "[")), _geojson),
    (WKT.match, _wkt),
    (lambda text: "\n" in text, _corners),
)
