"""Streets, blocks, plots and footprints, by cutting ground in two until it is small enough.

Each cut across a piece's longer side is a street; what lies between streets is a block; a block
cut further without gaps gives plots. Nothing can overlap: everything is a part of one whole.
"""

import math
from dataclasses import dataclass

import shapely
import shapely.ops
from shapely import affinity
from shapely.geometry import LineString, Polygon

from portal.demo.land import wobbly

# Width in metres of the first cuts of a ward (its main roads) and of all later ones.
WIDTHS = (17, 15, 12)
RESIDENTIAL = 9.5
SLIVER = 1_400.0  # m2 between streets that nobody builds on


@dataclass(frozen=True)
class Street:
    name: str
    line: LineString


@dataclass(frozen=True)
class Block:
    ward: str  # ward code
    town: str
    shape: Polygon


def build(rng, land, names):
    """All streets and blocks of the borough."""
    streets, blocks = [], []
    for ward in land.wards:
        place = ward.place
        built = wobbly(rng, (place.x, place.y), place.reach)
        inside = ward.shape.buffer(-9, join_style="mitre")  # half the road along the edge
        ground = inside.intersection(built).difference(land.river.buffer(14))
        streets += _edge_streets(ground, names)
        for part in polygons(ground):
            shapes = _divide(rng, part, place.block, (names, streets), 0)
            blocks += [Block(ward.code, place.town, shape) for shape in shapes]
    return streets, blocks


def _edge_streets(ground, names):
    """The roads along a ward's edge, in pieces of a few hundred metres, each with its name."""
    pieces = []
    for part in polygons(ground):
        edge = part.exterior
        count = max(2, round(edge.length / 900))
        for i in range(count):
            line = shapely.ops.substring(edge, i / count, (i + 1) / count, normalized=True)
            pieces.append(Street(names.street(main=True), line))
    return pieces


def _divide(rng, piece, size, made, depth):
    """Yield the blocks of `piece`; what is cut is added to the streets in `made`."""
    if piece.area < SLIVER:
        return
    if piece.area < size * rng.uniform(0.9, 1.7):
        yield piece
        return
    names, streets = made
    line = _cut(rng, piece)
    main = depth < len(WIDTHS)
    width = WIDTHS[depth] if main else RESIDENTIAL
    inside = line.intersection(piece)
    streets.append(Street(names.street(main=main), inside))
    for part in polygons(piece.difference(line.buffer(width / 2, cap_style="flat"))):
        yield from _divide(rng, part, size, made, depth + 1)


def _cut(rng, piece, *, bend=0.035):
    """A slightly bent line across the piece's longer side, near its middle."""
    (ax, ay), (bx, by), (cx, cy) = _box(piece)
    along = (bx - ax, by - ay)
    across = (cx - bx, cy - by)
    share = rng.uniform(0.42, 0.58)
    tilt = rng.uniform(-0.05, 0.05)
    sway = rng.uniform(-bend, bend) * math.hypot(*across) / math.hypot(*along)
    points = []
    for step in range(9):
        t = -0.2 + 1.4 * step / 8
        s = share + tilt * (t - 0.5) + sway * math.sin(math.pi * t)
        points.append((ax + s * along[0] + t * across[0], ay + s * along[1] + t * across[1]))
    return LineString(points)


def _box(piece):
    """Three corners of the smallest box around `piece`, the longer side first."""
    a, b, c = list(piece.minimum_rotated_rectangle.exterior.coords)[:3]
    if math.dist(a, b) < math.dist(b, c):
        return b, c, (c[0] + a[0] - b[0], c[1] + a[1] - b[1])
    return a, b, c


def polygons(shape):
    """The polygons of any shape, biggest first."""
    parts = [p for p in shapely.get_parts(shape) if p.geom_type == "Polygon" and p.area > 1]
    return sorted(parts, key=lambda p: (-round(p.area, 3), p.bounds))


def plots(rng, shape, size):
    """Cut a block into plots of about `size` m2, a hand's breadth apart (fences have a width)."""
    if shape.area < size * 1.5:
        return [shape]
    line = _cut(rng, shape, bend=0.0)
    parts = polygons(shape.difference(line.buffer(0.15, cap_style="flat")))
    return [plot for part in parts for plot in plots(rng, part, size)]


def plot_on_street(rng, block, size):
    """One plot of about `size` m2 of the block that has a side on its street."""
    edge = block.shape.exterior.buffer(1)
    found = [p for p in plots(rng, block.shape, size) if p.intersects(edge)]
    decent = [p for p in found if 0.5 * size < p.area < 2.2 * size] or found
    return decent[rng.randrange(len(decent))]


# Corners of building outlines in a unit square.
OUTLINES = {
    "block": [(0, 0), (1, 0), (1, 1), (0, 1)],
    "L": [(0, 0), (1, 0), (1, 0.45), (0.42, 0.45), (0.42, 1), (0, 1)],
    "T": [(0, 0), (1, 0), (1, 0.4), (0.68, 0.4), (0.68, 1), (0.32, 1), (0.32, 0.4), (0, 0.4)],
    "U": [(0, 0), (1, 0), (1, 1), (0.72, 1), (0.72, 0.38), (0.28, 0.38), (0.28, 1), (0, 1)],
    "H": [(0, 0), (0.3, 0), (0.3, 0.35), (0.7, 0.35), (0.7, 0), (1, 0), (1, 1), (0.7, 1),
          (0.7, 0.65), (0.3, 0.65), (0.3, 1), (0, 1)],
}  # fmt: skip


def footprint(rng, plot, size, outline="block"):
    """A building of about `size` m2 standing square to its plot, wholly inside it."""
    a, b, _ = _box(plot)
    shape = Polygon(OUTLINES[outline])
    length = math.sqrt(size / shape.area * rng.uniform(1.1, 1.7))
    depth = size / shape.area / length
    angle = math.degrees(math.atan2(b[1] - a[1], b[0] - a[0])) + rng.choice((0, 180))
    shape = affinity.scale(affinity.translate(shape, -0.5, -0.5), length, depth, origin=(0, 0))
    shape = affinity.rotate(shape, angle, origin=(0, 0))
    middle = plot.centroid if plot.contains(plot.centroid) else plot.representative_point()
    for shrink in range(12):
        standing = affinity.scale(shape, 0.9**shrink, 0.9**shrink, origin=(0, 0))
        standing = affinity.translate(standing, middle.x, middle.y)
        if plot.buffer(-1.5).contains(standing):
            return standing
    return plot.buffer(-2, join_style="mitre")


class StreetMap:
    """Answers "which street is this on?" and "what number would it have?"."""

    def __init__(self, streets):
        self._streets = streets
        self._tree = shapely.STRtree([street.line for street in streets])

    def address(self, shape):
        """Street name and house number of whatever stands at `shape`."""
        street = self._streets[self._tree.nearest(shape)]
        point = shape.centroid
        line = max(shapely.get_parts(street.line), key=lambda part: part.length)
        along = line.project(point)
        (ax, ay), (bx, by) = line.coords[0], line.coords[-1]
        left = (bx - ax) * (point.y - ay) - (by - ay) * (point.x - ax) > 0
        return street.name, 2 * int(along / 14) + (1 if left else 2)

    def second_street(self, shape):
        """The next nearest street: a corner has two."""
        first, _ = self.address(shape)
        near = self._tree.query(shape.buffer(120))
        others = [self._streets[i] for i in sorted(near) if self._streets[i].name != first]
        return min(others, key=lambda s: (s.line.distance(shape), s.name)).name if others else first
