"""The ground of the invented borough: where it lies, its wards, its river.

Everything is laid out in plain metres east and north of the market cross and turned into degrees
at the very end, by two multiplications, so that the bytes are the same on every machine (a
projection library may or may not find its grid files).
"""

import itertools
import math
from dataclasses import dataclass

import shapely
from shapely.geometry import LineString, MultiPoint, Point, Polygon

# In the North Sea, far from any town that somebody could mistake for this one.
ORIGIN = (0.82, 53.42)
METRES_PER_DEGREE = 111_195.0
CELL = 190.0  # metres between the seeds of the cells that wards are made of
TEETH = 105.0  # metres: corners that take away less than a triangle of this size are dropped


@dataclass(frozen=True)
class Place:
    """A ward and the settlement at its heart. Metres from the market cross; blocks in m2."""

    name: str
    x: float
    y: float
    reach: float
    block: float
    town: str


PLACES = (
    Place("Market", 0, 0, 1200, 7_500, "Thornmere"),
    Place("Staithe", 550, 1250, 1100, 9_500, "Thornmere"),
    Place("Eastgate", 1500, 100, 1200, 9_500, "Thornmere"),
    Place("Saltergate", 350, -1300, 1200, 10_000, "Thornmere"),
    Place("Westfields", -1400, -350, 1200, 10_500, "Thornmere"),
    Place("Northgate", -950, 1200, 1100, 10_500, "Thornmere"),
    Place("Hollin Park", 1900, -1700, 950, 13_000, "Thornmere"),
    Place("Mill Fields", -1250, -2150, 950, 13_000, "Thornmere"),
    Place("Ashby Fen", 3100, 1600, 620, 11_000, "Ashby Fen"),
    Place("Cold Harrow", -3300, 500, 680, 12_000, "Cold Harrow"),
    Place("Great Ousel", -2500, 2700, 760, 12_000, "Great Ousel"),
    Place("Withern St Mary", 500, -3500, 640, 11_000, "Withern St Mary"),
)


@dataclass(frozen=True)
class Ward:
    code: str
    place: Place
    shape: Polygon  # metres


@dataclass(frozen=True)
class Land:
    wards: tuple[Ward, ...]
    boundary: Polygon
    river: Polygon


def to_degrees(shape):
    """Metres from the market cross -> longitude, latitude to six places (about 10 cm)."""
    lon0, lat0 = ORIGIN
    east = METRES_PER_DEGREE * math.cos(math.radians(lat0))

    def turn(points):
        return (points / (east, METRES_PER_DEGREE) + (lon0, lat0)).round(6)

    return shapely.transform(shape, turn)


def wobbly(rng, centre, reach, *, by=0.12):
    """A rough circle: `reach` metres, give or take the share `by`."""
    waves = [(k, rng.uniform(-by, by) / k**0.5, rng.uniform(0, math.tau)) for k in range(1, 7)]
    points = []
    for step in range(90):
        angle = math.tau * step / 90
        radius = reach * (1 + sum(size * math.cos(k * angle + phase) for k, size, phase in waves))
        points.append((centre[0] + radius * math.cos(angle), centre[1] + radius * math.sin(angle)))
    return Polygon(points)


def survey(rng):
    """Lay out the borough's wards and river."""
    outline = wobbly(rng, (-100, -250), 4350, by=0.10)
    cells = [cell for cell in _cells(rng, outline) if outline.contains(cell.centroid)]
    by_place = {place: [] for place in PLACES}
    for cell in cells:
        by_place[_nearest_place(cell.centroid)].append(cell)
    rough = [_joined(by_place[place]) for place in PLACES]
    # Takes the teeth off the cells' edges, the same on both sides of each.
    shapes = shapely.coverage_simplify(rough, TEETH)
    wards = tuple(
        Ward(f"E05999{number:03}", place, shape)
        for number, (place, shape) in enumerate(zip(PLACES, shapes, strict=True), start=1)
    )
    return Land(wards, _joined(shapes), _river(rng))


def _cells(rng, outline):
    """Cells of a few hectares whose shared edges have the very same corners on both sides."""
    west, south, east, north = outline.bounds
    seeds, row = [], 0
    y = south - CELL
    while y < north + CELL:
        x = west - CELL + (CELL / 2 if row % 2 else 0)
        while x < east + CELL:
            seeds.append((x + rng.uniform(-60, 60), y + rng.uniform(-60, 60)))
            x += CELL
        y += CELL * 0.87
        row += 1
    cells = shapely.voronoi_polygons(MultiPoint(seeds)).geoms
    # GEOS promises no order; ours is west to east, so that later random numbers meet the same cell.
    return sorted(cells, key=lambda cell: (cell.centroid.x, cell.centroid.y))


def _nearest_place(point):
    return min(PLACES, key=lambda p: Point(p.x, p.y).distance(point) / math.sqrt(p.reach))


def _joined(cells):
    """One polygon without holes or islands out of cells that fit together exactly."""
    joined = shapely.coverage_union_all(cells)
    if joined.geom_type != "Polygon" or joined.interiors:
        raise ValueError("The wards of the invented borough fall apart: choose another seed.")
    return joined


def _river(rng):
    """A river from the north-west hills past the old quay to the east."""
    bends = [
        (-5200, 2300), (-3800, 1750), (-2500, 1650), (-1500, 900), (-600, 560), (300, 690),
        (1200, 880), (2100, 760), (3000, 900), (4000, 620), (5400, 900),
    ]  # fmt: skip
    line = LineString([(x + rng.uniform(-60, 60), y + rng.uniform(-60, 60)) for x, y in bends])
    return _smooth(line).buffer(32)


def _smooth(line, times=3):
    """Chaikin's corner cutting."""
    points = list(line.coords)
    for _ in range(times):
        cut = [points[0]]
        for (ax, ay), (bx, by) in itertools.pairwise(points):
            cut += [(0.75 * ax + 0.25 * bx, 0.75 * ay + 0.25 * by)]
            cut += [(0.25 * ax + 0.75 * bx, 0.25 * ay + 0.75 * by)]
        points = [*cut, points[-1]]
    return LineString(points)
