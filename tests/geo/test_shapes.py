import math

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.crs import BRITISH_GRID, STORED, to_metric, to_stored
from geo.shapes import (
    NOWHERE,
    areas,
    bounds,
    distances,
    inner_point,
    metres_outside,
    project,
    sound,
    which,
)

coordinates = st.tuples(st.floats(-2.47, -2.26), st.floats(53.36, 53.47))
EAST, NORTH = 378000.0, 394000.0


def field(east, north, size):
    """A square of `size` metres in degrees."""
    return project([shapely.box(east, north, east + size, north + size)], BRITISH_GRID, STORED)[0]


@given(st.lists(coordinates, min_size=1, max_size=20), coordinates)
def test_distance_to_points_is_pythagoras(points, here):
    x, y = to_metric(*here, BRITISH_GRID)
    expected = [math.dist((x, y), to_metric(*p, BRITISH_GRID)) for p in points]
    measured = distances(*here, [shapely.Point(p) for p in points], BRITISH_GRID)
    assert measured.tolist() == pytest.approx(expected, abs=1e-6)


def test_distance_is_to_the_nearest_point_of_a_shape_and_nan_without_one():
    square = field(EAST, NORTH, 100)
    inside = to_stored(EAST + 50, NORTH + 50, BRITISH_GRID)
    beside = to_stored(EAST - 30, NORTH + 50, BRITISH_GRID)
    assert distances(*inside, [square], BRITISH_GRID)[0] == 0
    measured = distances(*beside, [square, None], BRITISH_GRID)
    assert measured[0] == pytest.approx(30, abs=0.01)
    assert math.isnan(measured[1])


def test_metres_outside_is_zero_inside():
    square = field(EAST, NORTH, 1000)
    points = [
        to_stored(EAST + d, NORTH + 500, BRITISH_GRID) for d in (500, 1000 + 121, 1000 + 13_000)
    ]
    lons, lats = zip(*points, strict=True)
    assert metres_outside(lons, lats, square, BRITISH_GRID) == pytest.approx(
        [0, 121, 13_000], abs=0.5
    )


def test_areas_in_square_metres():
    measured = areas([field(EAST, NORTH, 100), shapely.Point(-2.3, 53.4), None], BRITISH_GRID)
    assert measured[0] == pytest.approx(10_000, rel=1e-4)
    assert measured[1] == 0
    assert math.isnan(measured[2])


@settings(max_examples=50)
@given(st.lists(coordinates, max_size=30))
def test_which_ward_equals_asking_each_in_turn(points):
    xs, ys = np.linspace(-2.45, -2.28, 4), np.linspace(53.37, 53.46, 4)
    wards = [shapely.box(xs[i], ys[j], xs[i + 1], ys[j + 1]) for i in range(3) for j in range(3)]
    shapes = [shapely.Point(p) for p in points]
    expected = [
        next((n for n, ward in enumerate(wards) if ward.intersects(s)), NOWHERE) for s in shapes
    ]
    assert which(shapes, wards).tolist() == expected


def test_which_knows_missing_shapes_and_no_grounds():
    assert which([None, shapely.Point(0, 0)], []).tolist() == [NOWHERE, NOWHERE]
    assert which([None], [shapely.box(0, 0, 1, 1)]).tolist() == [NOWHERE]


def test_bounds():
    assert bounds([None, shapely.Point()]) is None
    assert bounds([shapely.Point(1, 2), None, shapely.Point(0, 5)]) == (0, 2, 1, 5)


def test_sound_mends_flattens_and_drops_empty_shapes():
    bow_tie = shapely.from_wkt("POLYGON Z ((0 0 9, 1 1 9, 1 0 9, 0 1 9, 0 0 9))")
    mended, empty, none = sound([bow_tie, shapely.Point(), None])
    assert mended.is_valid
    assert not mended.has_z
    assert mended.area == pytest.approx(0.5)
    assert empty is None
    assert none is None


def test_an_inner_point_lies_on_the_shape():
    horseshoe = shapely.from_wkt("POLYGON ((0 0, 9 0, 9 9, 8 9, 8 1, 1 1, 1 9, 0 9, 0 0))")
    assert horseshoe.intersects(shapely.Point(inner_point(horseshoe)))
