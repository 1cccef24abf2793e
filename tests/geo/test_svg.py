import re

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.crs import BRITISH_GRID, STORED
from geo.shapes import project
from geo.svg import Frame, paths

degrees = st.tuples(st.floats(-8, 2), st.floats(50, 60))


@given(st.lists(degrees, min_size=1, max_size=10), st.sampled_from([(640, 480), (300, 600)]))
def test_all_shapes_are_in_the_picture(points, size):
    frame = Frame.around([shapely.Point(p) for p in points], *size)
    assert frame is not None
    for point in points:
        x, y = frame.place(*point)
        assert 0 <= x <= size[0]
        assert 0 <= y <= size[1]


def test_a_square_field_looks_square_and_north_is_up():
    field = project([shapely.box(378000, 394000, 378500, 394500)], BRITISH_GRID, STORED)[0]
    frame = Frame.around([field], 640, 480)
    assert frame is not None
    assert frame.view_box == "0 0 640 480"
    x1, y1 = frame.place(*shapely.Point(field.bounds[:2]).coords[0])
    x2, y2 = frame.place(*shapely.Point(field.bounds[2:]).coords[0])
    assert y2 < y1
    assert (x2 - x1) == pytest.approx(y1 - y2, rel=0.03)
    assert frame.metres_across == pytest.approx(500 * 1.16 * 640 / 480, rel=0.03)


def test_nothing_to_show_has_no_frame():
    assert Frame.around([None, shapely.Point()]) is None


def test_paths_are_numbers_holes_are_kept_and_what_is_far_away_is_empty():
    ring = shapely.box(-2.4, 53.4, -2.3, 53.5).difference(shapely.box(-2.38, 53.42, -2.32, 53.48))
    far = shapely.box(0, 51, 1, 52)
    frame = Frame.around([ring])
    assert frame is not None
    here, there, none, point = paths(frame, [ring, far, None, shapely.Point(-2.35, 53.41)])
    assert here.count("M") == here.count("Z") == 2
    assert re.fullmatch(r"(M-?[\d.]+ -?[\d.]+(L-?[\d.]+ -?[\d.]+)+Z)+", here)
    assert there == none == point == ""


def test_a_ward_larger_than_the_picture_is_cut():
    frame = Frame.around([shapely.Point(-2.35, 53.41)])
    assert frame is not None
    numbers = re.findall(r"-?[\d.]+", frame.path(shapely.box(-3, 53, -2, 54)))
    assert max(map(float, numbers)) <= 2 * frame.width
    assert min(map(float, numbers)) >= -frame.width
