"""Where a row's asset stands: its shape, its coordinates, its postcode, or its building; then its ward."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import starmap

import shapely
from shapely import Geometry

from geo import shapes
from geo.crs import STORED, Reading, read_point
from portal.areas.rules import Nation, postcode_key
from portal.register.reading import Entry
from portal.register.rules import OUTLIER_METRES, Kind, LocatedBy


@dataclass
class Ground:
    """What is known of the area; everything but the nation may be missing."""

    nation: Nation
    boundary: Geometry | None = None
    wards: Sequence[tuple[int, Geometry]] = ()
    postcodes: dict[str, tuple[float, float, int | None]] = field(default_factory=dict)


def place(entries: Sequence[Entry], ground: Ground) -> None:
    """Give each entry its shape, how it is known, its ward, and whether it stands outside the area."""
    for entry in entries:
        _locate(entry, ground)
    by_code = {entry.code: entry for entry in entries if entry.values.get("kind") is not Kind.ROOM}
    for entry in entries:
        _stand_in_building(entry, by_code)
    _put_in_wards(entries, ground)
    _mark_outliers(entries, ground)


def _locate(entry: Entry, ground: Ground) -> None:
    shape = _drawn(entry, ground) or _point(entry, ground)
    if shape is not None:
        entry.shape, entry.located_by = shape, LocatedBy.COORDINATES
        return
    found = ground.postcodes.get(postcode_key(entry.values.get("postcode", "")) or "")
    if found:
        entry.shape, entry.located_by = shapely.Point(found[:2]), LocatedBy.POSTCODE


def _drawn(entry: Entry, ground: Ground) -> Geometry | None:
    """The shape written in the row as WKT, in degrees."""
    text = entry.cells.get("geometry")
    if not text:
        return None
    drawn = shapes.sound([shapely.from_wkt(text, on_invalid="ignore")])[0]
    if drawn is None:
        entry.note("flagged", "its shape cannot be read, so it was left out")
        return None
    reading = _reading(entry, *shapes.inner_point(drawn), ground)
    if reading is None:
        return None
    if reading.swapped:
        drawn = shapely.transform(drawn, lambda pairs: pairs[:, ::-1])
    return shapes.project([drawn], reading.epsg, STORED)[0]


def _point(entry: Entry, ground: Ground) -> Geometry | None:
    texts = entry.cells.get("x"), entry.cells.get("y")
    if not all(texts):
        return None
    try:
        x, y = (float(text.replace(",", "")) for text in texts)
    except ValueError:
        entry.note(
            "flagged", f"“{texts[0]}, {texts[1]}” are not coordinates, so they were left out"
        )
        return None
    reading = _reading(entry, x, y, ground)
    return reading and shapely.Point(reading.lon, reading.lat)


def _reading(entry: Entry, x: float, y: float, ground: Ground) -> Reading | None:
    reading = read_point(
        x, y, label=entry.cells.get("crs", ""), nation=ground.nation.value, boundary=ground.boundary
    )
    if reading is None:
        entry.note(
            "flagged", f"{x:g}, {y:g} is no place in this nation, so the coordinates were left out"
        )
    elif reading.swapped:
        entry.note(
            "repaired", "its two coordinates stood in each other's place; they were changed round"
        )
    elif reading.relabelled:
        entry.note(
            "repaired", f"its coordinates are EPSG:{reading.epsg}, whatever their label says"
        )
    return reading


def _stand_in_building(entry: Entry, by_code: dict[str, Entry]) -> None:
    building = by_code.get(entry.cells.get("parent_code", ""))
    if entry.shape is None and building is not None and building.shape is not None:
        entry.shape, entry.located_by = building.shape, LocatedBy.PARENT


def _put_in_wards(entries: Sequence[Entry], ground: Ground) -> None:
    """By the shape; a place that lies in no ward has its postcode's."""
    found = shapes.which([entry.shape for entry in entries], [shape for _, shape in ground.wards])
    for entry, position in zip(entries, found, strict=True):
        if position != shapes.NOWHERE:
            entry.ward_id = ground.wards[position][0]
        elif known := ground.postcodes.get(postcode_key(entry.values.get("postcode", "")) or ""):
            entry.ward_id = known[2]


def _mark_outliers(entries: Sequence[Entry], ground: Ground) -> None:
    placed = [entry for entry in entries if entry.shape is not None]
    if ground.boundary is None or not placed:
        return
    points = list(starmap(shapes.inner_point, ((entry.shape,) for entry in placed)))
    lons, lats = zip(*points, strict=True)
    far = shapes.metres_outside(lons, lats, ground.boundary, ground.nation.metric_epsg)
    for entry, metres in zip(placed, far, strict=True):
        if metres > OUTLIER_METRES:
            entry.outlier = True
            entry.note("flagged", f"it stands {metres / 1000:.1f} km outside the area; kept")
