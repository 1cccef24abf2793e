"""An area drawn by its corners, and a search shown in a frame elsewhere."""

from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
import shapely
from werkzeug.datastructures import MultiDict

from portal.areas.models import Postcode
from portal.db import db
from portal.register.search import read
from tests import factories


@pytest.fixture
def borough(app):
    area = factories.area()
    holder = factories.holder(area)
    for number in range(10):
        factories.asset(
            holder, name=f"Plot {number}", shape=shapely.Point(-2.4 + number / 100, 53.4)
        )
    for code, lon, lat in (("M337DZ", -2.405, 53.39), ("M337DX", -2.365, 53.39), ("M337DY", -2.385, 53.42)):  # fmt: skip
        db.session.add(Postcode(area_id=area.id, code=code, lon=lon, lat=lat))
    db.session.commit()
    return area


def draw(client, corners, **more):
    return client.get("/assets/area", query_string={"corners": corners, **more})


def test_three_postcodes_are_an_area_and_the_other_filters_stay(borough, client):
    answer = draw(client, "M33 7DZ\nm337dx\n\nM33 7DY", kind="land", status="vacant")
    assert answer.status_code == 302
    asked = parse_qs(urlsplit(answer.location).query)
    assert (asked["kind"], asked["status"]) == (["land"], ["vacant"])
    inside = read(borough, MultiDict(asked)).search.inside
    assert inside.contains(shapely.Point(-2.385, 53.4))
    page = unescape(client.get(answer.location).get_data(as_text=True))
    assert "Inside the area drawn" in page
    assert "Change the area drawn" in page
    told = client.get("/assets.geojson", query_string=urlsplit(answer.location).query).json
    assert [f["properties"]["name"] for f in told["features"]] == ["Plot 1", "Plot 2"]


@pytest.mark.parametrize(
    ("corners", "sentence"),
    [
        ("", "Draw an area"),
        ("M33 7DZ", "at least three corners"),
        ("M33 7DZ\nAtlantis\nM33 7DX", "We do not know corner 2, “Atlantis”"),
        ("M33 7DZ\nM33 7DX\nM33 7DZ", "lie on one line"),
        ("\n".join(["53.4, -2.3"] * 300), "at most 200 corners"),
        ("x" * 20_000, "too long"),
    ],
)
def test_what_is_no_area_is_told_and_stays(borough, client, corners, sentence):
    answer = draw(client, corners)
    page = unescape(answer.get_data(as_text=True))
    assert sentence in page
    if corners:
        assert answer.status_code in (409, 422)
        assert corners.split("\n", maxsplit=1)[0][:50] in page


def test_an_area_can_be_changed_by_its_corners(borough, client):
    page = unescape(
        client.get("/assets/area?inside=-2.4,53.39;-2.3,53.39;-2.35,53.5").get_data(as_text=True)
    )
    assert "53.39000, -2.40000" in page


@pytest.mark.parametrize("inside", ["1,2", "a,b;c,d;e,f", "0,0;0,0;0,0", "1,2;3,4;nan,1", ";;;"])
def test_an_area_that_is_none_is_refused(borough, client, inside):
    assert client.get(f"/assets.geojson?inside={inside}").status_code == 400
    assert client.get(f"/assets?inside={inside}").status_code == 422


def test_any_body_may_show_the_frame_and_no_other_page(borough, client):
    frame = client.get("/embed?kind=land")
    assert "frame-ancestors *" in frame.headers["Content-Security-Policy"]
    page = unescape(frame.get_data(as_text=True))
    assert "10 places" in page
    assert 'data-tiles="/tiles/{z}/{x}/{y}.mvt?kind=land"' in page
    assert '<base target="_top">' in page
    assert "<form" not in page
    assert "frame-ancestors 'none'" in client.get("/assets").headers["Content-Security-Policy"]


def test_the_lines_for_another_website(borough, client):
    page = unescape(client.get("/assets/embedding?kind=land&view=map").get_data(as_text=True))
    assert '<iframe src="http://127.0.0.1:8000/embed?kind=land"' in unescape(page)
