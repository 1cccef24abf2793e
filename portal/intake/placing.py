"""Where rows' assets stand: shape, coordinates, UPRN or postcode; then the ward, and whether to believe it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import shapely
from shapely import Geometry

from geo import shapes
from geo.crs import METRES_PER_DEGREE, STORED, code_of, transformer
from geo.points import AMBIGUOUS, FAR_METRES, SWAPPED, Ground, Habit, Points, habit_of, read_points
from geo.written import numbers_of, place_of
from portal.areas.rules import postcode_key
from portal.intake.reading import Batch, each
from portal.register.rules import OUTLIER_METRES, LocatedBy

DOUBTFUL_METRES = 800  # from the middle of its own postcode
PLACE = ("shape", "west", "south", "east", "north", "located_by", "outlier", "ward_id")
Places = Mapping[str, tuple[float, float, int | None]]
Lookup = Callable[[Iterable[str]], Places]


def _nothing(_keys: Iterable[str]) -> Places:
    return {}


@dataclass
class Land:
    """What is known of the area; everything but the nation may be missing.

    `postcodes` and `uprns` give (lon, lat, ward) for those of some keys that are known.
    """

    ground: Ground
    wards: Sequence[tuple[int, Geometry]] = ()
    postcodes: Lookup = _nothing
    uprns: Lookup = _nothing
    habit: Habit | None = None
    said: int | None = None
    tree: Any = field(init=False)

    def __post_init__(self) -> None:
        self.tree = shapely.STRtree([shape for _, shape in self.wards])


class Coordinates(NamedTuple):
    """What rows say of their place, in their own numbers; `placed` holds the rows whose text says the system too."""

    xs: Any
    ys: Any
    shapes: Any  # drawn shapes, None for most
    placed: dict[int, tuple[float, float]]
    unread: list[int]


def coordinates(batch: Batch) -> Coordinates:
    """The numbers of a batch: of drawn shapes a point inside, of the others x and y, or a place in one cell."""
    texts = batch.texts("x"), batch.texts("y")
    xs, ys = numbers_of(texts[0]), numbers_of(texts[1])
    unread = np.flatnonzero(np.isnan(xs) | np.isnan(ys))
    wrong = [int(row) for row in unread if texts[0][row] and texts[1][row]]
    placed: dict[int, tuple[float, float]] = {}
    if "place" in batch.cells:
        for row in map(int, unread):
            if found := place_of(batch.cells["place"][row]):
                xs[row], ys[row] = found.x, found.y
                if found.epsg:
                    placed[row] = transformer(found.epsg, STORED).transform(found.x, found.y)
                    xs[row] = ys[row] = np.nan
    drawn = _drawn(batch)
    if drawn is not None:
        has = ~shapely.is_missing(drawn)
        inner = shapely.point_on_surface(drawn[has])
        xs[has], ys[has] = shapely.get_x(inner), shapely.get_y(inner)
    return Coordinates(xs, ys, drawn, placed, wrong)


def _drawn(batch: Batch) -> Any:
    """The shapes of a map file, or those written in a column as WKT, GeoJSON or hexadecimal WKB."""
    if batch.shapes is not None:
        return shapes.sound(shapes.as_array(batch.shapes))
    if "geometry" not in batch.cells:
        return None
    texts = batch.cells["geometry"]
    drawn = np.full(len(texts), None, dtype=object)
    for row, text in enumerate(texts):
        if text:
            drawn[row] = _shape_of(text)
            if drawn[row] is None:
                batch.note(row, "flagged", "shape", "its shape cannot be read, so it was left out")
    return shapes.sound(drawn)


def _shape_of(text: str) -> Geometry | None:
    if text.startswith("{"):
        return shapely.from_geojson(text, on_invalid="ignore")
    if text[:2] in ("00", "01"):
        return shapely.from_wkb(text, on_invalid="ignore")
    found = shapely.from_wkt(text.rsplit(";", maxsplit=1)[-1], on_invalid="ignore")
    return None if found is None or found.is_empty else found


def habit_of_file(batch: Batch, land: Land) -> Habit | None:
    """How the file writes its points, from its first rows."""
    told = coordinates(batch)
    return habit_of(told.xs, told.ys, land.ground, land.said)


def place(batch: Batch, land: Land) -> None:
    """Give each row its shape, how it is known, its ward, and whether it stands outside the area."""
    told = coordinates(batch)
    points = read_points(told.xs, told.ys, land.ground, land.habit, land.said)
    for row, (lon, lat) in told.placed.items():
        points.lon[row], points.lat[row] = lon, lat
        points.metres[row] = land.ground.metres(np.array([lon]), np.array([lat]))[0]
    lost = ~np.isfinite(points.metres) & np.isnan(points.lon)
    points.lon[~np.isfinite(points.metres)] = np.nan
    _tell(batch, told, points, land, lost)
    found = np.full(len(batch), None, dtype=object)
    there = np.isfinite(points.lon)
    found[there] = shapely.points(points.lon[there], points.lat[there])
    _draw(found, told.shapes, points)
    ways = np.where(there, LocatedBy.COORDINATES.value, None)
    known = _look_up(batch, land)
    _fill(found, ways, known)
    _doubt(batch, points, known.postcodes)
    _store(batch, land, found, ways, points.metres, known)


def _draw(found: Any, drawn: Any, points: Points) -> None:
    """Drawn shapes in degrees, read in the way in which their inner point was."""
    if drawn is None:
        return
    areal = (
        ~shapely.is_missing(drawn) & (shapely.get_dimensions(drawn) > 0) & np.isfinite(points.lon)
    )
    areal &= points.mended == ""
    for epsg, swapped in {
        (int(points.epsg[i]), bool(points.swapped[i])) for i in np.flatnonzero(areal)
    }:
        here = areal & (points.epsg == epsg) & (points.swapped == swapped)
        some = drawn[here]
        if swapped:
            some = shapely.transform(some, lambda pairs: pairs[:, ::-1])
        found[here] = shapes.project(some, epsg, STORED)


class Looked(NamedTuple):
    """For each row what its UPRN and its postcode are known to be, None where they are not."""

    uprns: list[Any]
    postcodes: list[Any]


def _look_up(batch: Batch, land: Land) -> Looked:
    keys = each(
        lambda text: postcode_key(text or ""), batch.values.get("postcode", [None] * len(batch))
    )
    postcodes = land.postcodes({key for key in keys if key})
    numbers = batch.values.get("uprn", [None] * len(batch))
    uprns = land.uprns({number for number in numbers if number})
    return Looked([uprns.get(number) for number in numbers], [postcodes.get(key) for key in keys])


def _fill(found: Any, ways: Any, known: Looked) -> None:
    """By the national list of properties where the row gives no place, then by the middle of its postcode."""
    for row in map(int, np.flatnonzero(shapely.is_missing(found))):
        for way, place in (
            (LocatedBy.UPRN, known.uprns[row]),
            (LocatedBy.POSTCODE, known.postcodes[row]),
        ):
            if place:
                found[row], ways[row] = shapely.Point(place[:2]), way.value
                break


def _tell(batch: Batch, told: Coordinates, points: Points, land: Land, lost: Any) -> None:
    """What was odd about the coordinates."""
    for row in told.unread:
        text = f"“{batch.cells['x'][row]}, {batch.cells['y'][row]}”"[:80]
        batch.note(row, "flagged", "shape", f"{text} are not coordinates, so they were left out")
    usual = land.habit.swapped if land.habit else False
    said = each(code_of, batch.texts("crs")) if "crs" in batch.cells else [land.said] * len(batch)
    other = np.array([code or 0 for code in said])
    odd = np.isfinite(points.lon) & ((points.swapped != usual) | ((other > 0) & (points.epsg != other) & (points.epsg > 0)))  # fmt: skip
    odd |= np.isfinite(points.lon) & points.swapped
    filled = np.isfinite(told.xs) & np.isfinite(told.ys)
    for row in map(int, np.flatnonzero(odd | (lost & filled) | (points.mended != ""))):
        if points.mended[row] == AMBIGUOUS:
            batch.note(row, "queued", "shape", AMBIGUOUS)
        elif points.mended[row]:
            batch.note(row, "repaired", "shape", f"{points.mended[row]}; it was put right")
        elif lost[row]:
            x, y = told.xs[row], told.ys[row]
            none = "says nothing" if x == y == 0 else "is no place in this nation"
            batch.note(row, "flagged", "shape", f"{x:g}, {y:g} {none}, so the coordinates were left out")  # fmt: skip
        elif points.swapped[row]:
            batch.note(row, "repaired", "shape", SWAPPED)
        else:
            why = f"its coordinates are EPSG:{points.epsg[row]}, whatever their label says"
            batch.note(row, "repaired", "shape", why)


def _doubt(batch: Batch, points: Points, postcodes: Sequence[Any]) -> None:
    """Points far from their own postcode."""
    rows = [row for row, known in enumerate(postcodes) if known and np.isfinite(points.lon[row])]
    if not rows:
        return
    middles = np.array([postcodes[row][:2] for row in rows])
    east = (points.lon[rows] - middles[:, 0]) * np.cos(np.radians(middles[:, 1]))
    metres = np.hypot(east, points.lat[rows] - middles[:, 1]) * METRES_PER_DEGREE
    for place in map(int, np.flatnonzero(metres > DOUBTFUL_METRES)):
        away, code = metres[place] / 1000, batch.values["postcode"][rows[place]]
        why = f"its coordinates are {away:.1f} km from the middle of its postcode {code}; the broker looks at it"
        batch.note(rows[place], "doubtful", "shape", why)


def _store(batch: Batch, land: Land, found: Any, ways: Any, metres: Any, known: Looked) -> None:
    """The places as columns, as the database holds them."""
    there = ~shapely.is_missing(found)
    wards: list[int | None] = [place[2] if place else None for place in known.postcodes]
    inner = shapely.point_on_surface(found)
    who, where = land.tree.query(inner, predicate="intersects")
    first = np.argsort(
        -where, kind="stable"
    )  # written last to first, so that the lowest position stays
    for row, position in zip(who[first].tolist(), where[first].tolist(), strict=True):
        wards[row] = land.wards[position][0]
    far = (metres > OUTLIER_METRES) & np.isfinite(metres) & (ways == LocatedBy.COORDINATES.value)
    for row in map(int, np.flatnonzero(far)):
        why = f"it stands {metres[row] / 1000:.1f} km outside the area; "
        doubtful = metres[row] > FAR_METRES
        what, then = ("doubtful", "the broker looks at it") if doubtful else ("flagged", "kept")
        batch.note(row, what, "shape", why + then)
    boxes = shapely.bounds(found)
    columns = [[None if v != v else v for v in side] for side in boxes.T.tolist()]  # noqa: PLR0124 - NaN
    batch.values |= {
        "shape": shapely.to_wkb(found).tolist(),
        **dict(zip(("west", "south", "east", "north"), columns, strict=True)),
        "located_by": ways.tolist(),
        "outlier": [bool(o) if t else None for o, t in zip(far, there, strict=True)],
        "ward_id": wards,
    }
