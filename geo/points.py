"""The points of a whole file: what system its numbers are in, which rows are odd, what was certainly meant.

A file's label is a hint. Its numbers say which system it is in, because most of them then lie in the area; a row that
does not is read in every other way, then mended, and what could mean two places means none.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from geo.crs import ENVELOPES, LIMITS, METRES_PER_DEGREE, METRIC, STORED, transformer
from geo.gridref import HUNDRED_KM
from geo.shapes import points_of, project

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Change = Callable[[Floats, Floats], tuple[Floats, Floats]]

NEAR_METRES = 1000.0  # of a generalised boundary: as good as inside
FAR_METRES = 50_000.0  # nearer than this a point outside is more likely true than mistyped
SAME_METRES = 100.0

SWAPPED = "its two coordinates stood in each other's place; they were changed round"
AMBIGUOUS = "its coordinates lie outside the area, and could be mended in more than one way"


class Ground:
    """Where points may be: the nation (a key of ENVELOPES) and, where it is known, the area's boundary in degrees."""

    def __init__(self, nation: str, boundary: BaseGeometry | None = None):
        self.nation, self.epsg = nation, METRIC[nation]
        self.drawn = boundary
        self.boundary = None if boundary is None else project([boundary], STORED, self.epsg)[0]
        if boundary is not None:
            shapely.prepare(self.drawn)
            shapely.prepare(self.boundary)

    def metres(self, lons: Floats, lats: Floats) -> Floats:
        """Metres from each point (degrees) to the area, 0 inside; infinite outside the nation or for no point."""
        box = ENVELOPES[self.nation]
        found = np.full(len(lons), np.inf)
        inside = (lons >= box.west) & (lons <= box.east) & (lats >= box.south) & (lats <= box.north)
        if self.drawn is None:
            found[inside] = 0.0
            return found
        held = inside & shapely.contains_xy(self.drawn, lons, lats)
        found[held] = 0.0
        outside = inside & ~held
        if outside.any():
            there = project(points_of(lons[outside], lats[outside]), STORED, self.epsg)  # type: ignore[arg-type]
            found[outside] = shapely.distance(there, self.boundary)
        return found


class Habit(NamedTuple):
    """How a file writes its points: system, order, and what share of its points is in the area when read so."""

    epsg: int
    swapped: bool
    share: float


class Points(NamedTuple):
    """Points in degrees, NaN where there is none; metres outside the area; how they were understood.

    `mended`: why a point is not where the numbers say, "" for most. Where it is set and the point is NaN, no one
    meaning was certain.
    """

    lon: Floats
    lat: Floats
    metres: Floats
    epsg: Ints
    swapped: Bools
    mended: npt.NDArray[np.object_]


def _ways(first: int | None) -> list[tuple[int, bool]]:
    codes = sorted(LIMITS, key=lambda code: code != first)
    return [(code, swapped) for swapped in (False, True) for code in codes]


def _degrees(xs: Floats, ys: Floats, epsg: int, *, swapped: bool) -> tuple[Floats, Floats]:
    """The numbers read in one way, as degrees; NaN where their size does not allow it."""
    east, north = (ys, xs) if swapped else (xs, ys)
    largest = np.maximum(np.abs(xs), np.abs(ys))
    least = -1.0 if epsg == STORED else LIMITS[STORED]
    with np.errstate(invalid="ignore"):
        possible = (largest > least) & (largest <= LIMITS[epsg]) & ~((xs == 0) | (ys == 0))
    east, north = np.where(possible, east, np.nan), np.where(possible, north, np.nan)
    if epsg != STORED and possible.any():
        east[possible], north[possible] = transformer(epsg, STORED).transform(
            east[possible], north[possible]
        )
    broken = ~(np.isfinite(east) & np.isfinite(north))
    east[broken] = north[broken] = np.nan
    return east, north


def habit_of(xs: Floats, ys: Floats, ground: Ground, said: int | None = None) -> Habit | None:
    """How most of the points are written: the way in which most of them lie in the area, the label's among equals.

    None when no way puts any of them there.
    """
    filled = np.isfinite(xs) & np.isfinite(ys) & (xs != 0) & (ys != 0)
    best, most = None, 0
    for epsg, swapped in _ways(said):
        metres = ground.metres(*_degrees(xs[filled], ys[filled], epsg, swapped=swapped))
        inside = int((metres < NEAR_METRES).sum())
        if inside > most:
            best, most = (epsg, swapped), inside
    return Habit(*best, most / int(filled.sum())) if best else None


def read_points(
    xs: Floats, ys: Floats, ground: Ground, habit: Habit | None, said: int | None = None
) -> Points:
    """The points that the numbers mean. First as the file writes them; then, for those that are not in the area so,
    in every other way; then with one slip mended. What is none of these stays where it was written if that is in the
    nation.
    """
    count = len(xs)
    nothing = np.full(count, np.nan)
    found = Points(
        nothing.copy(), nothing.copy(), np.full(count, np.inf), np.zeros(count, np.int64),
        np.zeros(count, bool), np.full(count, "", dtype=object),
    )  # fmt: skip
    ways = _ways(habit.epsg if habit else said)
    if habit:
        ways = [(habit.epsg, habit.swapped), *(w for w in ways if w != (habit.epsg, habit.swapped))]
    odd = np.isfinite(xs) & np.isfinite(ys) & (xs != 0) & (ys != 0)
    for nth, (epsg, swapped) in enumerate(ways):
        where = np.flatnonzero(odd)
        if not len(where):
            return found
        lon, lat = _degrees(xs[where], ys[where], epsg, swapped=swapped)
        metres = ground.metres(lon, lat)
        # The file's own way stands unless another lands in the area; without one the nearest does.
        before = found.metres[where]
        nearer = np.floor(metres / 1000) < np.floor(before / 1000)
        better = (metres < NEAR_METRES) if nth and habit else nearer
        better |= ~np.isfinite(before) & np.isfinite(metres)
        _take(found, where[better], lon[better], lat[better], metres[better], (epsg, swapped))
        odd[where] = ~(found.metres[where] < NEAR_METRES)
    if ground.boundary is not None:
        _mend(xs, ys, ground, found, habit)
    return found


def _take(
    found: Points, where: Any, lon: Floats, lat: Floats, metres: Floats, way: tuple[int, bool]
) -> None:
    found.lon[where], found.lat[where], found.metres[where] = lon, lat, metres
    found.epsg[where], found.swapped[where] = way


def _mend(xs: Floats, ys: Floats, ground: Ground, found: Points, habit: Habit | None) -> None:
    """Points far outside that one slip explains: a sign, a decimal point, a digit too few or too many."""
    filled = np.isfinite(xs) & np.isfinite(ys) & (xs != 0) & (ys != 0)
    where = np.flatnonzero(filled & (found.metres > FAR_METRES))
    if not len(where):
        return
    lon, lat, why = (np.full(len(where), v, dtype=t) for v, t in ((np.nan, float), (np.nan, float), ("", object)))  # fmt: skip
    twice = np.zeros(len(where), bool)
    ways = [(habit.epsg, habit.swapped)] if habit else [(STORED, False), (ground.epsg, False)]
    for epsg, swapped in ways:
        east, north = (ys[where], xs[where]) if swapped else (xs[where], ys[where])
        for reason, change in _slips(epsg):
            new = _degrees(*change(east, north), epsg, swapped=False)
            inside = ground.metres(*new) == 0
            known = inside & np.isfinite(lon)
            with np.errstate(invalid="ignore"):
                apart = (
                    np.hypot((new[0] - lon) * 0.6, new[1] - lat) * METRES_PER_DEGREE > SAME_METRES
                )
            twice |= known & apart
            first = inside & ~known
            lon[first], lat[first], why[first] = new[0][first], new[1][first], reason
    sure = np.isfinite(lon) & ~twice
    at = where[sure]
    _take(found, at, lon[sure], lat[sure], np.zeros(int(sure.sum())), (habit.epsg if habit else STORED, False))  # fmt: skip
    found.mended[at] = why[sure]
    unsure = where[twice]
    found.lon[unsure] = found.lat[unsure] = np.nan
    found.mended[unsure] = AMBIGUOUS


def _slips(epsg: int) -> Iterator[tuple[str, Change]]:
    """(what was wrong, how it is undone) for numbers of a system, the likeliest first."""
    yield from _slips_of_degrees() if epsg == STORED else _slips_of_metres()


def _slips_of_degrees() -> Iterator[tuple[str, Change]]:
    yield "the minus sign of its longitude was missing", lambda x, y: (-x, y)
    yield "the first figure of its latitude was missing", lambda x, y: (x, y + 50)
    yield "the decimal point of its latitude was missing", lambda x, y: (x, _into(y))
    why = "the decimal point of its coordinates was missing"
    for power in range(1, 10):
        yield why, partial(_pointed, 10.0**-power)
        yield why, partial(_pointed, -(10.0**-power))


def _slips_of_metres() -> Iterator[tuple[str, Change]]:
    for by, why in (
        (10.0, "a figure was missing at the end of"),
        (0.1, "there was a figure too many at the end of"),
    ):
        yield f"{why} its easting", partial(_scaled, by, 1.0)
        yield f"{why} its northing", partial(_scaled, 1.0, by)
        yield f"{why} both its coordinates", partial(_scaled, by, by)
    yield "its coordinates were in kilometres", partial(_scaled, 1000.0, 1000.0)
    for hundreds in range(1, 13):
        more = float(hundreds * HUNDRED_KM)
        yield "the first figure of its easting was missing", partial(_begun, more, 0.0)
        yield "the first figure of its northing was missing", partial(_begun, 0.0, more)


def _pointed(by: float, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    return (x if by > 0 else -np.abs(x)) * abs(by), _into(y)


def _scaled(by_x: float, by_y: float, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    return x * by_x, y * by_y


def _begun(more_x: float, more_y: float, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """A first figure put before the one that has lost it: what is left is shorter than it was."""
    short = (x if more_x else y) < HUNDRED_KM
    return np.where(short, x + more_x, np.nan), np.where(short, y + more_y, np.nan)


def _into(lats: Floats) -> Floats:
    """Numbers with the decimal point after their second figure, where a latitude of these islands has it."""
    with np.errstate(divide="ignore", invalid="ignore"):
        size = np.floor(np.log10(np.abs(lats)))
    return np.asarray(lats / 10.0 ** (size - 1), dtype=float)
