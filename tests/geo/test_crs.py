import math

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.crs import (
    BRITISH_GRID,
    ENVELOPES,
    IRISH_GRID,
    METRIC,
    STORED,
    WEB_MERCATOR,
    box_around,
    code_of,
    read_point,
    to_metric,
    to_stored,
    transformer,
)

TRAFFORD = shapely.box(-2.48, 53.35, -2.25, 53.48)
BELFAST = shapely.box(-6.05, 54.53, -5.81, 54.66)
inland = st.tuples(st.floats(-2.47, -2.26), st.floats(53.36, 53.47))
in_belfast = st.tuples(st.floats(-6.04, -5.82), st.floats(54.54, 54.65))


def metres(a, b):
    return math.dist(to_metric(*a, BRITISH_GRID), to_metric(*b, BRITISH_GRID))


@given(inland, st.sampled_from([BRITISH_GRID, WEB_MERCATOR]))
def test_there_and_back_is_the_same_place(point, epsg):
    assert to_stored(*to_metric(*point, epsg), epsg) == pytest.approx(point, abs=1e-6)


@given(inland, st.sampled_from([STORED, BRITISH_GRID, WEB_MERCATOR]), st.booleans(), st.booleans())
def test_a_pair_is_read_whatever_its_system_label_and_order(point, epsg, swap, labelled):
    x, y = transformer(STORED, epsg).transform(*point)
    label = f"EPSG:{epsg}" if labelled else "WGS84"
    reading = read_point(
        *((y, x) if swap else (x, y)), label=label, nation="england", boundary=TRAFFORD
    )
    assert reading is not None
    assert metres((reading.lon, reading.lat), point) < 1
    assert reading.swapped == swap
    assert reading.relabelled == (not labelled and epsg != STORED)


@given(in_belfast)
def test_the_irish_grid_is_told_from_the_british_by_the_nation(point):
    x, y = transformer(STORED, IRISH_GRID).transform(*point)
    for boundary in (None, BELFAST):
        reading = read_point(x, y, nation="northern_ireland", boundary=boundary)
        assert reading is not None
        assert reading.epsg == IRISH_GRID
        assert (reading.lon, reading.lat) == pytest.approx(point, abs=1e-5)


def test_a_swap_is_found_by_the_nation_alone():
    reading = read_point(53.457484, -2.365856, label="WGS84", nation="england")
    assert reading is not None
    assert reading.swapped
    assert (reading.lon, reading.lat) == (-2.365856, 53.457484)


@pytest.mark.parametrize(
    ("x", "y"),
    [(0, 0), (math.nan, 53.4), (math.inf, 1), (12.5, 41.9), (999_999_999, 3), (-2.3, -53.4)],
)
def test_what_is_no_point_of_the_nation_is_none(x, y):
    assert read_point(x, y, nation="england", boundary=TRAFFORD) is None


def test_a_point_outside_the_boundary_is_kept_as_it_was_written():
    reading = read_point(-2.9, 53.2, label="WGS84", nation="england", boundary=TRAFFORD)
    assert reading is not None
    assert not reading.repaired


@pytest.mark.parametrize(
    ("label", "code"),
    [
        ("WGS84", STORED),
        ("wgs 84 / EPSG:4326", STORED),
        ("OSGB36", BRITISH_GRID),
        ("British National Grid (EPSG:27700)", BRITISH_GRID),
        ("Irish Grid", IRISH_GRID),
        ("", None),
        ("somewhere", None),
    ],
)
def test_labels(label, code):
    assert code_of(label) == code


@given(inland, st.floats(0, 5000), st.floats(0, 2 * math.pi), st.floats(0, 1))
def test_the_box_around_holds_all_within_the_distance(point, reach, direction, share):
    x, y = to_metric(*point, BRITISH_GRID)
    there = to_stored(
        x + reach * share * math.cos(direction),
        y + reach * share * math.sin(direction),
        BRITISH_GRID,
    )
    assert box_around(*point, reach).holds(*there)


def test_every_nation_has_an_envelope_and_a_metric_system():
    assert ENVELOPES.keys() == METRIC.keys()


@given(st.floats(-8, 1.7), st.floats(50, 60.8), st.floats(1, 90_000), st.floats(0, 6.283))
def test_the_box_about_a_place_holds_all_within(lon, lat, metres, angle):
    epsg = BRITISH_GRID
    x, y = to_metric(lon, lat, epsg)
    there = to_stored(x + metres * math.sin(angle), y + metres * math.cos(angle), epsg)
    assert box_around(lon, lat, metres).holds(*there)
