"""Map tiles: where a tile lies, an order in which every tile is one run of places, and the bytes of
a Mapbox Vector Tile.

Sources: the tile scheme of web maps (EPSG:3857, zoom/x/y from the north-west corner), Morton's order
(1966), Mapbox Vector Tile specification 2.1.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from math import asinh, atan, degrees, pi, radians, sinh, tan
from struct import pack
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import shapely

from geo.crs import Box

Floats = npt.NDArray[np.float64]
Cells = npt.NDArray[np.uint32]
Rows = npt.NDArray[np.int64]

SPREAD = ((8, 0x00FF00FF), (4, 0x0F0F0F0F), (2, 0x33333333), (1, 0x55555555))
DEEPEST = 16  # the zoom of a cell: about 360 m wide in England
EXTENT = 4096  # units along a tile's side
MARGIN = 64  # units beyond the edge that are drawn too, so that no dot is cut
NORTHMOST = 85.0511287798066  # degrees: the square world of web maps ends there


def world(lons: npt.ArrayLike, lats: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Degrees as (across, down) in the square world of web maps, each from 0 to 1."""
    lat = np.radians(np.clip(np.asarray(lats, float), -NORTHMOST, NORTHMOST))
    across = (np.asarray(lons, float) + 180.0) / 360.0
    down = 0.5 - np.arcsinh(np.tan(lat)) / (2 * pi)
    return across, down


def cells(lons: npt.ArrayLike, lats: npt.ArrayLike) -> Cells:
    """The cell of each point (degrees): the tile of zoom DEEPEST it lies in, numbered in Morton's order."""
    across, down = world(lons, lats)
    most = 2**DEEPEST - 1
    x = np.clip(across * 2**DEEPEST, 0, most).astype(np.uint32)
    y = np.clip(down * 2**DEEPEST, 0, most).astype(np.uint32)
    return morton(x, y)


def morton(x: npt.ArrayLike, y: npt.ArrayLike) -> Cells:
    """The bits of x and y (each below 65,536) in turn, so that what lies near has a near number."""
    numbers: Cells = _spread(x) | (_spread(y) << np.uint32(1))
    return numbers


def _spread(bits: npt.ArrayLike) -> Cells:
    n = np.asarray(bits, np.uint32)
    for shift, mask in SPREAD:
        n = (n | (n << np.uint32(shift))) & np.uint32(mask)
    return n


def run_of(zoom: int, x: int, y: int) -> tuple[int, int]:
    """The first cell of a tile and the first after it: all of a tile's cells follow each other."""
    shift = 2 * (DEEPEST - zoom)
    first = int(morton(x, y)) << shift
    return first, first + (1 << shift)


SPREADS: list[int] = _spread(np.arange(2**DEEPEST)).tolist()


def runs_over(box: Box, most: int = 32) -> Rows:
    """Runs of cells that together cover the box, from `most` tiles at most: an array of their firsts and of the first
    after each.

    In plain numbers: there are few of them, and an array takes longer to begin with.
    """
    across = [(lon + 180.0) / 360.0 for lon in (box.west, box.east)]
    lats = (radians(min(max(lat, -NORTHMOST), NORTHMOST)) for lat in (box.north, box.south))
    down = [0.5 - asinh(tan(lat)) / (2 * pi) for lat in lats]
    side = 2**DEEPEST
    west, east, north, south = (min(max(int(v * side), 0), side - 1) for v in (*across, *down))
    above = 0  # how many zooms above the deepest
    while (east - west + 1) * (south - north + 1) > most:
        west, east, north, south = west >> 1, east >> 1, north >> 1, south >> 1
        above += 1
    columns = SPREADS[west : east + 1]
    numbers = sorted(y << 1 | x for y in SPREADS[north : south + 1] for x in columns)
    # Tiles that follow each other are one run.
    breaks = [n for n, (one, other) in enumerate(pairwise(numbers), 1) if other > one + 1]
    runs = [numbers[n] for n in (0, *breaks)], [numbers[n - 1] + 1 for n in (*breaks, len(numbers))]
    return np.array(runs, np.int64) << 2 * above


def box_of(zoom: int, x: int, y: int, margin: float = 0.0) -> Box:
    """The tile in degrees, widened on each side by `margin` of its width."""
    side = 2**zoom
    west, east = ((x + part) / side * 360.0 - 180.0 for part in (-margin, 1 + margin))
    north, south = (
        degrees(atan(sinh(pi * (1 - 2 * (y + part) / side)))) for part in (-margin, 1 + margin)
    )
    return Box(west, south, east, north)


class Layer(NamedTuple):
    """One layer of a tile: parts of equal length. Shapes in units of the tile (`in_tile`), properties by name;
    a property of None is left out, and all values of one have one type: bytes are text as well. Ids are whole numbers
    above 0.
    """

    name: str
    ids: Sequence[int]
    shapes: Sequence[Any]
    properties: Mapping[str, Sequence[Any]]


def in_tile(shapes: npt.NDArray[np.object_], zoom: int, x: int, y: int) -> npt.NDArray[np.object_]:
    """Shapes (degrees) in whole units of a tile, clipped a little beyond its edges; empty where nothing is left."""

    def move(pairs: Floats) -> Floats:
        across, down = world(pairs[:, 0], pairs[:, 1])
        side = 2.0**zoom
        return np.column_stack((across * side - x, down * side - y)) * EXTENT

    moved = shapely.transform(shapes, move)
    clipped = shapely.clip_by_rect(moved, -MARGIN, -MARGIN, EXTENT + MARGIN, EXTENT + MARGIN)
    rounded: npt.NDArray[np.object_] = shapely.transform(clipped, np.round)
    return rounded


def encode(layers: Iterable[Layer]) -> bytes:
    """The tile as bytes."""
    return b"".join(_field(3, _layer(layer)) for layer in layers)


def _layer(layer: Layer) -> bytes:
    values: list[bytes] = []
    tags: list[list[bytes]] = []  # of each property, one for each feature
    for key, column in enumerate(layer.properties.values()):
        mark, first = _number(key), len(values)
        distinct = dict.fromkeys(column)  # most values of a property come again
        distinct.pop(None, None)
        values += _VALUES.get(type(next(iter(distinct), None)), _texts)(distinct)
        places = [mark + _number(place) for place in range(first, len(values))]
        tagged = dict(zip(distinct, places, strict=True)) | {None: b""}
        tags.append(list(map(tagged.__getitem__, column)))
    said = map(b"".join, zip(*tags, strict=True)) if tags else [b""] * len(layer.ids)
    body = [_field(1, layer.name.encode())]
    body += map(_feature, layer.ids, said, _geometries(layer.shapes))
    body += [_field(3, key.encode()) for key in layer.properties]
    return b"".join([*body, *values, b"\x28", _number(EXTENT), b"\x78\x02"])


def _feature(name: int, tags: bytes, geometry: bytes) -> bytes:
    """One feature; nothing when nothing of its shape is left."""
    if not geometry:
        return b""
    number, length = _number(name), _number(len(tags))
    whole = 2 + len(number) + len(length) + len(tags) + len(geometry)
    return b"\x12%b\x08%b\x12%b%b%b" % (_number(whole), number, length, tags, geometry)


def _geometries(shapes: Sequence[Any]) -> list[bytes]:
    """Type and commands of each: a pair of numbers is a point; polygons with rings as the specification winds them."""
    found = [_point(*shape) if isinstance(shape, tuple) else b"" for shape in shapes]
    drawn = [n for n, shape in enumerate(shapes) if shape and not isinstance(shape, tuple)]
    if drawn:
        geometries = np.array([shapes[n] for n in drawn], object)
        for n, commands, shape in zip(drawn, _polygons(geometries), geometries, strict=True):
            if commands:
                found[n] = b"\x18\x03\x22%b%b" % (_number(len(commands)), commands)
            elif not any(part.geom_type == "Polygon" for part in shapely.get_parts(shape)):
                found[n] = _point(*shapely.get_coordinates(shape)[0].astype(int).tolist())
    return found


def _point(x: int, y: int) -> bytes:
    commands = b"\x09" + ZIGZAG[x] + ZIGZAG[y]
    return b"\x18\x01\x22%c%b" % (len(commands), commands)


LEAST_RING = 3  # corners; with fewer there is no area


def _polygons(shapes: npt.NDArray[np.object_]) -> list[bytes]:
    """The commands of each shape's polygons; all at once, for asking the geometry engine takes longer than its answer."""
    parts, shape_of = shapely.get_parts(shapes, return_index=True)
    areas = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
    # Down is positive in a tile: an outer ring runs clockwise to the eye, the other way round in its numbers.
    wound = shapely.orient_polygons(parts[areas], exterior_cw=False)
    rings, part_of = shapely.get_rings(wound, return_index=True)
    shape_of = shape_of[areas][part_of]
    long = shapely.get_num_coordinates(rings) - 1 >= LEAST_RING
    rings, shape_of = rings[long], shape_of[long]
    pairs, ring_of = shapely.get_coordinates(rings, return_index=True)
    closing = np.append(np.diff(ring_of) > 0, True)[: len(pairs)]  # each ring ends where it began
    pairs, owner = pairs[~closing].astype(np.int64), shape_of[ring_of[~closing]]
    steps = np.diff(pairs, axis=0, prepend=0)
    begins = np.diff(owner, prepend=-1) != 0  # with each shape the pen stands at the corner again
    steps[begins] = pairs[begins]
    moves = [ZIGZAG[x] + ZIGZAG[y] for x, y in steps.tolist()]
    commands: list[list[bytes]] = [[] for _ in shapes]
    at = 0
    lengths = (shapely.get_num_coordinates(rings) - 1).tolist()
    for shape, length in zip(shape_of.tolist(), lengths, strict=True):
        line = _number((length - 1) << 3 | 2)
        commands[shape] += (b"\x09", moves[at], line, *moves[at + 1 : at + length], b"\x0f")
        at += length
    return list(map(b"".join, commands))


def _texts(values: Iterable[Any]) -> list[bytes]:
    return _raw(str(value).encode() for value in values)


def _raw(values: Iterable[bytes]) -> list[bytes]:
    """Texts as fields of a layer; in as few steps as can be, for a tile's names are all different."""
    return [
        SHORT[len(text)] + text if len(text) < len(SHORT) else _field(4, _field(1, text))
        for text in values
    ]


SHORT = [
    b"\x22%c\x0a%c" % (length + 2, length) for length in range(126)
]  # one byte is enough for each
# How values are written as fields of a layer; all values of a property have one type.
_VALUES: dict[type, Callable[[Iterable[Any]], Iterable[bytes]]] = {
    bytes: _raw,
    bool: lambda values: [b"\x22\x02\x38%c" % value for value in values],
    int: lambda values: [_field(4, b"\x30" + ZIGZAG[value]) for value in values],
    float: lambda values: [b"\x22\x09\x19" + pack("<d", value) for value in values],
}


def _field(number: int, body: bytes) -> bytes:
    return b"%c%b%b" % (number << 3 | 2, _number(len(body)), body)


@lru_cache(maxsize=1 << 16)
def _number(value: int) -> bytes:
    """A varint; a tile has thousands, few of them different."""
    if value < 128:  # noqa: PLR2004 - seven bits
        return bytes((value,))
    out = bytearray()
    while value > 127:  # noqa: PLR2004
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


class _Zigzag(dict[int, bytes]):
    """A number that may be below zero as a varint; those of a tile's corners and the steps between them are at hand."""

    def __missing__(self, value: int) -> bytes:
        return _number(value << 1 if value >= 0 else (-value << 1) - 1)


ZIGZAG: _Zigzag = _Zigzag()
_FARTHEST = EXTENT + 2 * MARGIN
ZIGZAG.update({value: ZIGZAG[value] for value in range(-_FARTHEST, _FARTHEST + 1)})
