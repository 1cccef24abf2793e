import json

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.geojson import feature_collection

degrees = st.tuples(st.floats(-8, 2), st.floats(49, 61))
values = st.dictionaries(st.text(), st.one_of(st.none(), st.text(), st.integers(), st.booleans()))


@given(st.lists(st.tuples(degrees, values), max_size=10))
def test_what_is_written_is_read_back_to_six_places(features):
    shapes = [shapely.Point(p) for p, _ in features]
    text = feature_collection(
        shapes, [v for _, v in features], range(len(features)), numberReturned=len(features)
    )
    read = json.loads(text)
    assert read["numberReturned"] == len(features)
    assert [f["id"] for f in read["features"]] == list(range(len(features)))
    for feature, (point, properties) in zip(read["features"], features, strict=True):
        assert feature["properties"] == properties
        assert feature["geometry"]["coordinates"] == pytest.approx(point, abs=5.1e-7)


def test_a_polygon_and_a_missing_shape():
    box = shapely.box(-2.123456789, 53, -2, 53.1)
    read = json.loads(feature_collection([box, None], [{"name": "</script>"}, {}]))
    assert read["features"][0]["geometry"]["type"] == "Polygon"
    assert "-2.123457" in json.dumps(read)
    assert read["features"][1]["geometry"] is None
    assert "id" not in read["features"][0]
