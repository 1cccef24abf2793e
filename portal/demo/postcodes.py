"""Postcodes of the invented borough, in the columns of the national list."""

import math
from dataclasses import dataclass

import shapely
from shapely.geometry import Point

from portal.demo.names import BOROUGH, POSTCODE_AREA

AUTHORITY = "E08999001"
COLUMNS = (
    "postcode", "ward_code", "ward_name", "msoa_code", "msoa_hcl_name", "lsoa_code", "lsoa_name",
    "locality", "la_code", "la_name", "lon", "lat",
)  # fmt: skip
# The last two letters of a postcode are never one of C I K M O V.
LETTERS = "ABDEFGHJLNPQRSTUWXYZ"
SECTORS = 4  # of each ward
BLOCKS_EACH = 0.62  # one block in three or so has no postcode of its own: parks, yards, backs


@dataclass(frozen=True)
class Postcode:
    text: str
    ward: int  # number of the ward, from 1
    part: int  # quarter of the ward, from 0
    point: Point  # metres


def deliver(rng, wards, blocks):
    """Postcodes for every block where people live."""
    found = []
    for number, ward in enumerate(wards, start=1):
        points = [
            point
            for block in blocks
            if block.ward == ward.code and rng.random() < BLOCKS_EACH
            for point in _doors(rng, block.shape)
        ]
        found += _numbered(number, ward.place, points)
    return found


def _doors(rng, shape):
    """One to three points just inside the block's edge, where its postcodes' middle houses are."""
    edge = shape.buffer(-8).exterior if shape.buffer(-8).geom_type == "Polygon" else shape.exterior
    start, count = rng.random(), rng.choice((1, 2, 2, 2, 3))
    return [edge.interpolate((start + i / count) % 1, normalized=True) for i in range(count)]


def _numbered(number, place, points):
    """Two wards share a district; quarters of a ward, clockwise, are its sectors."""
    district = f"{POSTCODE_AREA}{(number + 1) // 2}"
    first = 1 if number % 2 else 1 + SECTORS
    quarters = [[] for _ in range(SECTORS)]
    for point in points:
        angle = math.atan2(point.y - place.y, point.x - place.x) % math.tau
        quarters[int(angle / math.tau * SECTORS) % SECTORS].append((angle, point))
    return [
        Postcode(f"{district} {first + part}{_unit(i)}", number, part, point)
        for part, quarter in enumerate(quarters)
        for i, (_, point) in enumerate(sorted(quarter, key=lambda pair: pair[0]))
    ]


def _unit(i):
    return LETTERS[i // len(LETTERS)] + LETTERS[i % len(LETTERS)]


def rows(postcodes, wards, degrees):
    """The rows of the published list; `degrees` turns metres into longitude and latitude."""
    for postcode in sorted(postcodes, key=lambda p: p.text):
        ward = wards[postcode.ward - 1]
        point = degrees(postcode.point)
        middle = f"{postcode.ward:03}"
        yield {
            "postcode": postcode.text,
            "ward_code": ward.code,
            "ward_name": ward.place.name,
            "msoa_code": f"E02999{middle}",
            "msoa_hcl_name": ward.place.name,
            "lsoa_code": f"E01999{postcode.ward * 10 + postcode.part:03}",
            "lsoa_name": f"{BOROUGH} {middle}{'ABCD'[postcode.part]}",
            "locality": ward.place.town,
            "la_code": AUTHORITY,
            "la_name": BOROUGH,
            "lon": point.x,
            "lat": point.y,
        }


class PostcodeMap:
    """Answers "what is the postcode here?"."""

    def __init__(self, postcodes):
        self._postcodes = postcodes
        self._tree = shapely.STRtree([postcode.point for postcode in postcodes])

    def at(self, shape):
        return self._postcodes[self._tree.nearest(shape.centroid)].text
