"""What a broker types or pastes as a place."""

import json

import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.shapes import areas
from portal.areas.models import Postcode
from portal.db import db
from portal.errors import BadInput
from portal.locating.reading import read_spot
from portal.locating.rules import Method
from tests import factories

SQUARE = [(-2.32, 53.42), (-2.319, 53.42), (-2.319, 53.421), (-2.32, 53.421)]
PLOT = shapely.Polygon(SQUARE)


@pytest.fixture
def here(app):
    area = factories.area()
    db.session.add(Postcode(area_id=area.id, code="M337DZ", lon=-2.32, lat=53.425))
    db.session.commit()
    return area


@pytest.mark.parametrize(
    "text",
    ["53.42, -2.32", "-2.32 53.42", "POINT (-2.32 53.42)", "point(53.42 -2.32)", "SJ 78827 91515",
     '{"type": "Point", "coordinates": [-2.32, 53.42]}', "378827 391515", "SRID=4326;POINT (-2.32 53.42)",
     "https://www.openstreetmap.org/#map=19/53.42/-2.32"],
)  # fmt: skip
def test_a_point_however_it_is_written(here, text):
    spot = read_spot(here, text)
    assert spot.method is Method.TYPED
    assert (spot.shape.x, spot.shape.y) == pytest.approx((-2.32, 53.42), abs=2e-4)


def test_a_point_is_kept_to_the_centimetre(here):
    spot = read_spot(here, "53.4212345, -2.3212345")
    assert (spot.shape.x, spot.shape.y) == (-2.3212345, 53.4212345)
    assert spot.label == "53.4212345, -2.3212345"


def test_names_of_places_are_points(here):
    assert read_spot(here, "m33 7dz").label == "M33 7DZ"
    factories.asset(
        factories.holder(here),
        name="Old Library",
        street="Dane Road",
        words="old library dane road",
    )
    assert read_spot(here, "dane road").label == "Dane Road"


def _lines(pairs):
    return "\n".join(f"{lat}, {lon}" for lon, lat in pairs)


@pytest.mark.parametrize(
    "text",
    [
        _lines(SQUARE), _lines(SQUARE) + "\n\n", _lines([*SQUARE, SQUARE[0]]), PLOT.wkt, f"SRID=4326;{PLOT.wkt}",
        shapely.to_geojson(PLOT), shapely.to_geojson(shapely.force_3d(PLOT, 12)),
        json.dumps({"type": "Feature", "properties": {}, "geometry": json.loads(shapely.to_geojson(PLOT))}),
        json.dumps({"type": "FeatureCollection", "features": [
            {"type": "Feature", "properties": None, "geometry": json.loads(shapely.to_geojson(PLOT))}]}),
        shapely.transform(PLOT, lambda pairs: pairs[:, ::-1]).wkt,
    ],
)  # fmt: skip
def test_an_outline_however_it_is_written(here, text):
    spot = read_spot(here, text)
    assert spot.method is Method.DRAWN
    assert spot.label == "4"
    assert shapely.equals(spot.shape, PLOT)


def test_corners_by_grid_reference_and_postcode(here):
    spot = read_spot(here, "SJ 78000 91000\nSJ 78100 91000\nM33 7DZ")
    assert areas([spot.shape], 27700)[0] > 1000


def test_metres_are_degrees_when_they_are_kept(here):
    spot = read_spot(
        here,
        "POLYGON ((378000 391000, 378100 391000, 378100 391050, 378000 391050, 378000 391000))",
    )
    assert areas([spot.shape], 27700)[0] == pytest.approx(5000, rel=0.01)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Write where it is"),
        ("Atlantis", "We do not know"),
        ("53.42, -2.32\n53.43, -2.31", "at least three corners"),
        ("53.42, -2.32\nnowhere\n53.43, -2.31", "corner 2, “nowhere”"),
        (_lines([SQUARE[0], SQUARE[2], SQUARE[1], SQUARE[3]]), "crosses itself near 53.42"),
        ("53.42, -2.32\n53.42, -2.32\n53.42, -2.32", "ground"),
        ("53.42, -2.32\n53.43, -2.32\n53.44, -2.32", "ground"),
        ("POLYGON EMPTY", "no shape"),
        ("POLYGON ((1 1", "no shape"),
        ("POINT (nan nan)", "no"),
        ("POINT (0 0)", "no place in this nation"),
        ("POINT (2.35 48.85)", "no place in this nation"),
        ("LINESTRING (-2.32 53.42, -2.31 53.43)", "one point, or the outline"),
        ("MULTIPOINT (-2.32 53.42, -2.31 53.43)", "one point, or the outline"),
        ("{", "not GeoJSON"),
        ('{"type": "Feature"}', "not GeoJSON"),
        ('{"type": "FeatureCollection", "features": []}', "no shape"),
        ('{"type": "Feature", "geometry": null}', "no"),
        ('{"type": "Polygon", "coordinates": [[[1]]]}', "no"),
        ("[" * 5000, "not GeoJSON"),
        ("1" * 200_001, "too long"),
        (shapely.Point(-2.32, 53.42).buffer(0.001, quad_segs=2000).wkt, "too long"),
    ],
)  # fmt: skip
def test_what_is_no_place_is_told_in_words(here, text, sentence):
    with pytest.raises(BadInput) as refused:
        read_spot(here, text)
    assert sentence in str(refused.value)


@pytest.mark.parametrize("engine_name", ["sqlite"])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.one_of(
        st.text(max_size=80),
        st.text(alphabet='{}[]",:PONTLYGpointlyg() 0123456789.-\n', max_size=80),
    )
)
def test_no_text_breaks_it(here, text):
    try:
        spot = read_spot(here, text)
    except BadInput:
        return
    assert spot.shape.is_valid
