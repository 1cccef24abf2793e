"""Tiles: where they lie, in which order, and whether another program reads what was written."""

import mapbox_vector_tile
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo import tiles
from geo.crs import Box

lons = st.floats(-8.5, 1.8)
lats = st.floats(49.9, 60.9)


@given(lons, lats, st.integers(0, tiles.DEEPEST))
def test_a_point_s_cell_lies_in_the_run_of_each_tile_around_it(lon, lat, zoom):
    across, down = tiles.world(lon, lat)
    x, y = int(across * 2**zoom), int(down * 2**zoom)
    first, after = tiles.run_of(zoom, x, y)
    assert first <= int(tiles.cells([lon], [lat])[0]) < after
    box = tiles.box_of(zoom, x, y)
    assert box.west - 1e-9 <= lon <= box.east + 1e-9
    assert box.south - 1e-9 <= lat <= box.north + 1e-9


@given(lons, lats, st.floats(0, 3), st.floats(0, 3), st.integers(1, 64))
def test_the_runs_over_a_box_hold_every_point_of_it(lon, lat, wide, high, most):
    box = Box(lon, lat, lon + wide, lat + high)
    firsts, afters = tiles.runs_over(box, most)
    assert len(firsts) <= most
    xs, ys = np.meshgrid(np.linspace(box.west, box.east, 9), np.linspace(box.south, box.north, 9))
    for cell in tiles.cells(xs.ravel(), ys.ravel()).astype(int):
        assert ((firsts <= cell) & (cell < afters)).any()
    assert (afters[:-1] < firsts[1:]).all(), "in order, and no two of them touch"


@given(st.integers(0, 65_535), st.integers(0, 65_535))
def test_morton_s_bits_stand_in_turn(x, y):
    number = int(tiles.morton(x, y))
    assert int(format(number, "032b")[1::2], 2) == x
    assert int(format(number, "032b")[0::2], 2) == y


def test_another_program_reads_the_tile():
    holed = shapely.box(100, 100, 900, 900) - shapely.box(300, 300, 500, 500)
    both = shapely.union_all([shapely.box(0, 0, 50, 50), shapely.box(80, 80, 90, 90)])
    shapes = [(5, 4000), holed, both, shapely.Point(7, 8), shapely.Polygon()]
    layer = tiles.Layer(
        "assets",
        [1, 300, 70_000, 2, 9],
        shapes,
        {
            "name": ["Élan", None, "x" * 300, "a", "gone"],
            "count": [1, -5, 100_000, 0, 1],
            "free": [True, False, None, None, None],
            "land": [None, 1.5, None, None, None],
        },
    )
    read = mapbox_vector_tile.decode(tiles.encode([layer]), default_options={"y_coord_down": True})[
        "assets"
    ]
    assert read["extent"] == 4096
    found = {one["id"]: one for one in read["features"]}
    assert set(found) == {1, 300, 70_000, 2}, "what is empty is left out"
    assert found[1]["properties"] == {"name": "Élan", "count": 1, "free": True}
    assert found[300]["properties"] == {"count": -5, "free": False, "land": 1.5}
    assert found[2]["properties"] == {"name": "a", "count": 0}
    assert found[1]["geometry"]["coordinates"] == [5, 4000]
    for number, shape in ((300, holed), (70_000, both)):
        assert shapely.equals(shapely.geometry.shape(found[number]["geometry"]), shape)


@given(st.lists(st.tuples(st.integers(-60, 4150), st.integers(-60, 4150)), min_size=3, max_size=12))
def test_any_plot_comes_back(corners):
    hull = shapely.MultiPoint(corners).convex_hull
    if hull.geom_type != "Polygon":
        return
    layer = tiles.Layer("a", [1], [hull], {})
    read = mapbox_vector_tile.decode(tiles.encode([layer]), default_options={"y_coord_down": True})[
        "a"
    ]
    assert shapely.equals(shapely.geometry.shape(read["features"][0]["geometry"]), hull)


def test_shapes_are_cut_a_little_beyond_the_tile():
    box = tiles.box_of(14, 8083, 5297)
    huge = shapely.box(box.west - 1, box.south - 1, box.east + 1, box.north + 1)
    elsewhere = shapely.box(box.west - 2, box.south, box.west - 1, box.north)
    cut, none = tiles.in_tile(np.array([huge, elsewhere], object), 14, 8083, 5297)
    edge = tiles.EXTENT + tiles.MARGIN
    assert cut.bounds == pytest.approx((-tiles.MARGIN, -tiles.MARGIN, edge, edge))
    assert none.is_empty
