"""Coordinate systems: EPSG:4326 is what is stored, metres are measured in an area's metric system.

A register's label for its coordinate system is often wrong, so nothing here trusts it further than
the numbers do.
Sources: EPSG registry for the codes; the envelopes are the nations' extents rounded outwards to a
tenth of a degree.
"""

from collections.abc import Iterator
from functools import lru_cache
from math import cos, hypot, isfinite, radians
from typing import NamedTuple

import shapely
from pyproj import Transformer
from shapely.geometry.base import BaseGeometry

STORED = 4326
BRITISH_GRID = 27700
IRISH_GRID = 29902
WEB_MERCATOR = 3857
METRES_PER_DEGREE = 111_320.0  # of latitude, roughly; of longitude times the cosine of the latitude


class Box(NamedTuple):
    """An envelope in degrees, EPSG:4326."""

    west: float
    south: float
    east: float
    north: float

    def holds(self, lon: float, lat: float) -> bool:
        """Whether the point (degrees) lies in the box or on its edge."""
        return self.west <= lon <= self.east and self.south <= lat <= self.north


ENVELOPES = {
    "england": Box(-6.5, 49.8, 1.9, 55.9),
    "wales": Box(-5.8, 51.3, -2.6, 53.6),
    "scotland": Box(-8.8, 54.5, -0.6, 61.0),
    "northern_ireland": Box(-8.3, 53.9, -5.3, 55.5),
    "united_kingdom": Box(-8.8, 49.8, 1.9, 61.0),
}
METRIC = {
    "england": BRITISH_GRID,
    "wales": BRITISH_GRID,
    "scotland": BRITISH_GRID,
    "northern_ireland": IRISH_GRID,
    "united_kingdom": BRITISH_GRID,
}
LABELS = {
    "wgs84": STORED,
    "epsg4326": STORED,
    "4326": STORED,
    "crs84": STORED,
    "etrs89": STORED,
    "osgb36": BRITISH_GRID,
    "osgb": BRITISH_GRID,
    "bng": BRITISH_GRID,
    "britishnationalgrid": BRITISH_GRID,
    "epsg27700": BRITISH_GRID,
    "27700": BRITISH_GRID,
    "irishgrid": IRISH_GRID,
    "tm65": IRISH_GRID,
    "epsg29902": IRISH_GRID,
    "29902": IRISH_GRID,
    "webmercator": WEB_MERCATOR,
    "epsg3857": WEB_MERCATOR,
    "3857": WEB_MERCATOR,
}
# What the two numbers of a pair may be, largest magnitude each system can have over the United
# Kingdom.
LIMITS = {
    STORED: 180.0,
    BRITISH_GRID: 1_300_000.0,
    IRISH_GRID: 500_000.0,
    WEB_MERCATOR: 9_000_000.0,
}


@lru_cache(maxsize=32)
def transformer(source: int, target: int) -> Transformer:
    """From one EPSG code to another, always (x, y) = (east, north) order; cached, for making one
    takes milliseconds.
    """
    return Transformer.from_crs(source, target, always_xy=True)


def to_metric(lon: float, lat: float, epsg: int) -> tuple[float, float]:
    """A point in degrees as (east, north) in metres of the metric system `epsg`."""
    x, y = transformer(STORED, epsg).transform(lon, lat)
    return float(x), float(y)


def to_stored(x: float, y: float, epsg: int) -> tuple[float, float]:
    """A point of the system `epsg` as (lon, lat) in degrees; not finite where the system does not
    reach.
    """
    lon, lat = transformer(epsg, STORED).transform(x, y)
    return float(lon), float(lat)


def box_around(lon: float, lat: float, metres: float) -> Box:
    """A box in degrees that holds everything within `metres` of a point of the British Isles, in any of their grids.

    For the coarse step of a search: sometimes half a hundredth too wide, never too narrow, and made without a projection.
    """
    reach = (
        metres * 1.005 + 2.0
    )  # a grid's metre differs from a real one by at most a five-hundredth
    north = reach / 111_100.0  # a degree of latitude is longer everywhere north of 40 degrees
    east = north / cos(radians(min(abs(lat) + north, 89.0)))
    return Box(lon - east, lat - north, lon + east, lat + north)


class Reading(NamedTuple):
    """How a pair of numbers was understood: the point in degrees, the system, and whether the two
    were swapped.
    """

    lon: float
    lat: float
    epsg: int
    swapped: bool
    relabelled: bool

    @property
    def repaired(self) -> bool:
        """Whether the point differs from what the register said, word for word."""
        return self.swapped or self.relabelled


def code_of(label: str) -> int | None:
    """The EPSG code that a register's label names, or None for a label nobody knows (or none at
    all).
    """
    name = "".join(c for c in label.casefold() if c.isalnum())
    return next((code for word, code in LABELS.items() if word in name), None)


def read_point(
    x: float, y: float, *, label: str = "", nation: str, boundary: BaseGeometry | None = None
) -> Reading | None:
    """What the two numbers mean: a point of the nation, or None when no reading of them gives one.

    Every system that the magnitudes allow is tried, straight and swapped. With a boundary the
    reading nearest to it wins
    (so that a swap is found in metres as well as in degrees); among equals the label's system,
    then the order given.
    (0, 0) means "not filled in" and gives None.
    """
    if not (isfinite(x) and isfinite(y)) or (x == 0 and y == 0):
        return None
    envelope = ENVELOPES[nation]
    possible = (r for r in _readings(x, y, code_of(label)) if envelope.holds(r.lon, r.lat))
    if boundary is None:
        return next(possible, None)
    return min(possible, key=lambda r: _rough_km(r, boundary), default=None)


def _readings(x: float, y: float, said: int | None) -> Iterator[Reading]:
    """Most believable first: as labelled, then other systems, then the same with the numbers
    swapped.
    """
    largest = max(abs(x), abs(y))
    codes = sorted(LIMITS, key=lambda code: code != said)
    for swapped in (False, True):
        for code in codes:
            smallest = LIMITS[STORED] if code != STORED else -1.0
            if smallest < largest <= LIMITS[code]:
                lon, lat = to_stored(*((y, x) if swapped else (x, y)), code)
                relabelled = said is not None and code != said
                yield Reading(lon, lat, code, swapped, relabelled)


def _rough_km(reading: Reading, boundary: BaseGeometry) -> float:
    """Whole kilometres to the boundary, roughly: a near tie keeps the likelier reading."""
    point = shapely.Point(reading.lon, reading.lat)
    ends = shapely.get_coordinates(shapely.shortest_line(boundary, point))
    if not len(ends):
        return float("inf")
    (west, south), (east, north) = ends.tolist()
    return (
        hypot((east - west) * cos(radians(reading.lat)), north - south) * METRES_PER_DEGREE // 1000
    )
