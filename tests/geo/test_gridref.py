import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.crs import BRITISH_GRID, IRISH_GRID, METRIC, to_metric
from geo.gridref import EXTENT, HUNDRED_KM, GridPoint, gridref_at, gridref_of, read_gridref

figures = st.sampled_from([2, 4, 6, 8, 10])
GRIDS = [BRITISH_GRID, IRISH_GRID]
in_grid = st.sampled_from(GRIDS).flatmap(
    lambda epsg: st.tuples(
        st.just(epsg),
        *(st.floats(1, side * HUNDRED_KM - 1) for side in EXTENT[epsg]),
    )
)


@pytest.mark.parametrize(
    ("text", "point"),
    [
        ("SJ 789 945", GridPoint(378950, 394550, BRITISH_GRID, 100)),
        ("sj789945", GridPoint(378950, 394550, BRITISH_GRID, 100)),
        (" SJ789 945 ", GridPoint(378950, 394550, BRITISH_GRID, 100)),
        ("SJ 789, 945", GridPoint(378950, 394550, BRITISH_GRID, 100)),
        ("SJ/789/945", GridPoint(378950, 394550, BRITISH_GRID, 100)),
        ("SJ7894", GridPoint(378500, 394500, BRITISH_GRID, 1000)),
        ("SJ 7 9", GridPoint(375000, 395000, BRITISH_GRID, 10_000)),
        ("SJ 78912 94512", GridPoint(378912.5, 394512.5, BRITISH_GRID, 1)),
        # Landmarks: the south-west corner, Big Ben, Ben Nevis, Lerwick's harbour.
        ("SV 00", GridPoint(5000, 5000, BRITISH_GRID, 10_000)),
        ("TQ 302 796", GridPoint(530250, 179650, BRITISH_GRID, 100)),
        ("NN 166 712", GridPoint(216650, 771250, BRITISH_GRID, 100)),
        ("HU 478 414", GridPoint(447850, 1141450, BRITISH_GRID, 100)),
        # Belfast's city hall, and the north coast.
        ("J 338 740", GridPoint(333850, 374050, IRISH_GRID, 100)),
        ("c 9445", GridPoint(294500, 445500, IRISH_GRID, 1000)),
    ],
)
def test_a_reference_is_the_middle_of_its_square(text, point):
    assert read_gridref(text) == point


@pytest.mark.parametrize(
    "text",
    [
        "", "SJ", "SJ 7", "SJ 789", "SJ 789 94", "SJ 78 9 4", "SJ 789123 945123", "SI 12", "SJX 12 34", "12 34", "AA 12 34",
        "SJ ٧٨٩ ٩٤٥", "SJ -78 94", "M33 7DZ", "WA14 1PF", "SJ 789 945 1", "I 12", "53.4, -2.3",
    ],
)  # fmt: skip
def test_other_text_is_no_reference(text):
    assert read_gridref(text) is None


@given(in_grid, figures)
def test_a_point_lies_in_the_square_of_its_reference(place, many):
    epsg, x, y = place
    text = gridref_at(x, y, many, epsg)
    square = read_gridref(text)
    assert square is not None
    assert square.epsg == epsg
    assert square.metres == 10 ** (5 - many // 2)
    assert max(abs(square.x - x), abs(square.y - y)) <= square.metres / 2
    assert gridref_at(square.x, square.y, many, epsg) == text


@given(st.floats(-2.47, -2.26), st.floats(53.36, 53.47))
def test_a_point_in_degrees_has_the_same_reference(lon, lat):
    square = read_gridref(gridref_of(lon, lat, figures=10))
    assert math.dist((square.x, square.y), to_metric(lon, lat, BRITISH_GRID)) < 1


@given(st.floats(-6.04, -5.82), st.floats(54.54, 54.65))
def test_so_in_ireland(lon, lat):
    square = read_gridref(gridref_of(lon, lat, figures=10, epsg=IRISH_GRID))
    assert math.dist((square.x, square.y), to_metric(lon, lat, IRISH_GRID)) < 1


@given(st.text(max_size=30))
def test_no_text_breaks_it(text):
    found = read_gridref(text)
    assert found is None or math.isfinite(found.x)


def test_a_point_beyond_the_grid_or_an_odd_number_of_figures_is_refused():
    with pytest.raises(ValueError, match="outside the grid"):
        gridref_of(13.4, 52.5)
    with pytest.raises(ValueError, match="figures"):
        gridref_of(-2.3, 53.4, figures=7)


def test_every_metric_system_has_a_grid():
    assert set(METRIC.values()) == set(EXTENT)
