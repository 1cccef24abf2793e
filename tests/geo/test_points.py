import math

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.crs import (
    BRITISH_GRID,
    IRISH_GRID,
    STORED,
    WEB_MERCATOR,
    read_point,
    to_metric,
    transformer,
)
from geo.points import AMBIGUOUS, Ground, Habit, habit_of, read_points
from geo.written import number_of, numbers_of, place_of

TRAFFORD = shapely.Point(-2.36, 53.42).buffer(0.06)
BELFAST = shapely.Point(-5.93, 54.6).buffer(0.06)
AREAS = {
    "england": (TRAFFORD, (STORED, BRITISH_GRID, WEB_MERCATOR)),
    "northern_ireland": (BELFAST, (STORED, IRISH_GRID, WEB_MERCATOR)),
}
angles, shares = st.floats(0, 2 * math.pi), st.floats(0, 0.95)


def one(ground, x, y, habit=None, said=None):
    found = read_points(np.array([x]), np.array([y]), ground, habit, said)
    return found.lon[0], found.lat[0], found.mended[0]


@given(
    st.sampled_from(sorted(AREAS)),
    st.integers(0, 2),
    angles,
    shares,
    st.booleans(),
    st.sampled_from([None, STORED, BRITISH_GRID]),
)
def test_any_point_of_the_area_comes_back_whatever_its_system_order_and_label(
    nation, nth, angle, share, swap, said
):
    area, systems = AREAS[nation]
    reach = 0.06 * share
    point = (area.centroid.x + reach * math.cos(angle), area.centroid.y + reach * math.sin(angle))
    x, y = transformer(STORED, systems[nth]).transform(*point)
    given_ = (y, x) if swap else (x, y)
    lon, lat, _ = one(Ground(nation, area), *given_, said=said)
    assert (lon, lat) == pytest.approx(point, abs=1e-5)
    alone = read_point(*given_, nation=nation, boundary=area)
    assert (alone.lon, alone.lat) == pytest.approx((lon, lat), abs=1e-9)


metres = st.tuples(st.floats(374_500, 380_000), st.floats(389_500, 395_000))


@given(metres, st.sampled_from(["east", "north", "both", "lead", "km"]))
def test_a_slip_is_put_right_or_left_open_never_made_another_place(pair, slip):
    """Where a slip is mended, what comes out is the point itself but for the figure that is lost."""
    x, y = (round(side) for side in pair)
    ground = Ground("england", TRAFFORD)
    there = transformer(BRITISH_GRID, STORED).transform(x, y)
    wrong = {"east": (x // 10, y), "north": (x, y // 10), "both": (x // 10, y // 10), "lead": (x, y - 300_000), "km": (x / 1000, y / 1000)}  # fmt: skip
    lon, lat, _ = one(ground, *wrong[slip], Habit(BRITISH_GRID, False, 1.0))
    if math.isnan(lon) or not shapely.contains_xy(TRAFFORD, lon, lat):
        return
    assert math.dist(to_metric(lon, lat, BRITISH_GRID), to_metric(*there, BRITISH_GRID)) < 15


@pytest.mark.parametrize(
    ("x", "y", "why"),
    [
        (2.36, 53.42, "minus"),
        (-2.36, 3.42, "first figure"),
        (-2360000, 53420000, "decimal point"),
        (-2.36, 5342, "decimal point"),
    ],
)
def test_slips_in_degrees(x, y, why):
    lon, lat, mended = one(Ground("england", TRAFFORD), x, y, Habit(STORED, False, 1.0))
    assert (lon, lat) == pytest.approx((-2.36, 53.42), abs=1e-6)
    assert why in mended


def test_a_slip_that_could_be_two_places_is_none():
    wide = shapely.box(-3.4, 53.0, -0.5, 54.3)  # several hundreds of kilometres' squares
    lon, _, mended = one(Ground("england", wide), 90_000, 400_000, Habit(BRITISH_GRID, False, 1.0))
    assert math.isnan(lon)
    assert mended == AMBIGUOUS


def test_a_true_place_outside_is_kept_where_it_is():
    lon, lat, mended = one(Ground("england", TRAFFORD), -2.9, 53.2, Habit(STORED, False, 1.0))
    assert (lon, lat, mended) == (-2.9, 53.2, "")


@pytest.mark.parametrize(
    ("x", "y"), [(0, 0), (0, 53.4), (math.nan, 53.4), (math.inf, 1), (12.5, 41.9)]
)
def test_what_is_no_point_is_none(x, y):
    assert math.isnan(one(Ground("england", TRAFFORD), x, y)[0])


def test_the_habit_of_a_file_is_what_most_of_it_is():
    ground = Ground("england", TRAFFORD)
    xs, ys = transformer(STORED, BRITISH_GRID).transform(
        np.array([-2.36, -2.35, -2.34]), np.array([53.42] * 3)
    )
    assert habit_of(ys, xs, ground) == Habit(BRITISH_GRID, True, 1.0)
    assert habit_of(np.array([1.0]), np.array([2.0]), ground) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("379,000", 379000), ("379 000", 379000), ("53,4266", 53.4266), ("2.35 W", -2.35), ("-2.35", -2.35),
        ("53°25'12\"N", 53.42), ("2°21'36\"W", -2.36), ("E379000", 379000), ("53.4266°", 53.4266), ("\u22122.36", -2.36),
    ],
)  # fmt: skip
def test_numbers_as_they_are_written(text, value):
    assert number_of(text) == pytest.approx(value)


@pytest.mark.parametrize("text", ["3.79E+05", "here", "", "12 Mill Lane", "1-2"])
def test_what_is_no_coordinate(text):
    assert not np.isfinite(number_of(text))


@given(st.lists(st.text(max_size=20), max_size=5))
def test_no_text_breaks_the_numbers(texts):
    assert len(numbers_of(texts)) == len(texts)
    for text in texts:
        place_of(text)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("SJ 789 945", (378950, 394550, BRITISH_GRID)), ("+53.48-002.24/", (-2.24, 53.48, STORED)),
        ("POINT(-2.3 53.4)", (-2.3, 53.4, None)), ("53.4, -2.3", (53.4, -2.3, None)),
        ("379000,391000", (379000, 391000, None)),
    ],
)  # fmt: skip
def test_a_place_in_one_cell(text, place):
    assert place_of(text) == place


@pytest.mark.parametrize("text", ["SJ", "SJ7", "Mill Lane", "12", "SJ79"])
def test_what_is_no_place_or_too_wide_a_one(text):
    assert place_of(text) is None
