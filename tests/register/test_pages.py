"""The pages through a browser without JavaScript, and the same as GeoJSON."""

import json
import re
from datetime import date
from html import unescape

import pytest
import shapely

from portal.areas.models import Area
from portal.areas.rules import Nation
from portal.db import db
from portal.register import doors
from portal.register.models import Fact
from portal.register.rules import Kind, LocatedBy, Opener, Status
from tests import factories


@pytest.fixture
def borough(app):
    area = factories.area()
    ward = factories.ward(area)
    holder = factories.holder(area, name="Testing Council")
    for number in range(45):
        factories.asset(
            holder, name=f"Plot {number:02}", ward_id=ward.id, street="Mill Lane", town="Sale",
            shape=shapely.Point(-2.4 + number / 1000, 53.4), words=f"plot {number:02} mill lane sale",
        )  # fmt: skip
    hall = factories.asset(
        holder,
        name="Élan Hall <b>",
        kind=Kind.BUILDING,
        status=Status.UNDER_USED,
        words="elan hall",
    )
    factories.asset(
        holder, name="Big room", kind=Kind.ROOM, status=Status.UNDER_USED, parent_id=hall.id, capacity=60,
        step_free=True, hire_hours="Mo-Fr 18:00-22:00; PH off", opener=Opener.KEYHOLDER, price_pence_hour=0, words="big room",
    )  # fmt: skip
    lost = factories.asset(holder, name="Lost field", words="lost field", located_by=None)
    lost.shape = None
    db.session.commit()
    return area


def page(client, path, status=200):
    response = client.get(path)
    assert response.status_code == status, response.get_data(as_text=True)
    return unescape(response.get_data(as_text=True))


def names(html):
    return re.findall(r'mw-card__title"><a[^>]*>(.*?)</a>', html)


def test_all_pages_of_the_list_show_every_place_once(borough, client):
    path, seen = "/assets", []
    while path:
        html = page(client, path)
        assert "48 places" in html
        seen += re.findall(r'mw-card__title"><a[^>]*href="([^"]+)"', html)
        following = re.search(r'href="([^"]+)"[^>]*rel="next"', html)
        path = following and following[1]
    assert len(seen) == len(set(seen)) == 48
    assert "41 to 48 of 48" in html


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("kind=room", ["Big room"]),
        ("kind=room&kind=building", ["Big room", "Élan Hall <b>"]),
        ("kind=&near=&words=elan", ["Élan Hall <b>"]),
        ("step_free=y", ["Big room"]),
        ("capacity=60", ["Big room"]),
        ("capacity=61", []),
        ("status=granted", []),
        ("words=plot+mill+07", ["Plot 07"]),
        ("near=53.4,-2.39&within=80", ["Plot 10", "Plot 09", "Plot 11"]),
        ("near=plot+00&within=70", ["Plot 00", "Plot 01"]),
        ("words=%00lost", ["Lost field"]),
    ],
)
def test_filters_on_page_and_json_give_the_same(borough, client, asked, expected):
    html = page(client, f"/assets?{asked}")
    told = client.get(f"/assets.geojson?{asked}").json
    assert sorted(names(html)) == sorted(expected)
    assert [feature["properties"]["name"] for feature in told["features"]] == names(html)
    assert told["numberMatched"] == len(expected)
    if not expected:
        assert "No place fits all of this" in html


def test_what_was_asked_stays_in_the_form_and_can_be_taken_away(borough, client):
    html = page(client, "/assets?words=mill&kind=land&near=West&within=3000&capacity=5&after=3")
    for part in (
        'value="mill"',
        'value="West"',
        'value="5"',
        '<option value="3000" selected>3 km',
        "Take all away",
    ):
        assert part in html
    assert re.search(r'value="land" checked', html)
    without = re.findall(r'class="mw-chip" href="([^"]+)"', html)
    assert len(without) == 5
    assert "?kind=land&near=West&within=3000&capacity=5" in without
    for link in without:
        page(client, f"/assets{link}")


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ("near=Atlantis", "We do not know “Atlantis”"),
        ("capacity=many", "Write how many people"),
        ("capacity=-3", "Write how many people"),
        ("kind=castle", "Choose one"),
        ("ward=many", "Choose one"),
        ("holder=999999999999999", "Choose one"),
        ("within=near&near=West", "Choose one"),
        (f"words={'x' * 101}", "too long"),
    ],
)
def test_what_makes_no_sense_gets_a_sentence_and_loses_nothing(borough, client, asked, sentence):
    html = page(client, f"/assets?{asked}&status=vacant", 422)
    assert sentence in html
    assert re.search(r'value="vacant" checked', html)
    problem = client.get(f"/assets.geojson?{asked}")
    assert problem.status_code == 400
    assert problem.mimetype == "application/problem+json"
    assert sentence in problem.json["detail"]


def test_a_ward_that_is_not_there(borough, client):
    assert "Choose one" in page(client, "/assets?ward=999", 422)
    assert client.get("/assets.geojson?ward=999").json["features"] == []


@pytest.mark.parametrize(
    "key", ["after=abc", "after=-1", "after=99999999999999", "limit=x", "limit=-5", "view=x"]
)
def test_odd_keys_are_no_harm(borough, client, key):
    page(client, f"/assets?{key}")
    # A program cannot see that its question was not understood, so it is told.
    told = client.get(f"/assets.geojson?{key}")
    assert told.status_code == (200 if key.startswith("view") else 400)
    assert told.mimetype in ("application/geo+json", "application/problem+json")


def test_the_map_shows_what_the_list_finds(borough, client):
    html = page(client, "/assets?kind=land&view=map")
    assert "The map shows 45 places of this list. 1 has no known place yet." in html
    assert html.count("<circle") == 45
    assert 'data-tiles="/tiles/{z}/{x}/{y}.mvt?kind=land"' in html
    assert 'href="/assets?kind=land"' in html
    assert "no map" in page(client, "/assets?words=lost&view=map")


def test_the_map_asks_what_the_list_asked(borough, client):
    html = page(client, "/assets?near=Atlantis&kind=land&view=map", 422)
    assert 'data-tiles="/tiles/{z}/{x}/{y}.mvt?kind=land"' in html


def test_a_place_far_outside_does_not_make_the_map_useless(borough, client):
    far = factories.asset(factories.holder(borough), outlier=True, shape=shapely.Point(-3.5, 54))
    html = page(client, "/assets?kind=land&view=map")
    assert "1 stands outside the area, beyond the edge of this picture." in html
    assert html.count("<circle") == 45
    assert "outside Testing" in page(client, f"/assets/{far.id}")


def test_geojson_goes_on_at_its_next_link(borough, client):
    url, seen = "/assets.geojson?bbox=-2.5,53.3,-2.2,53.5&limit=20", []
    while url:
        response = client.get(url)
        assert response.mimetype == "application/geo+json"
        seen += [feature["id"] for feature in response.json["features"]]
        url = next((link["href"] for link in response.json["links"] if link["rel"] == "next"), None)
        assert bool(url) == ('rel="next"' in response.headers["Link"])
    assert len(seen) == len(set(seen)) == 47


def test_bbox_cuts(borough, client):
    told = client.get("/assets.geojson?bbox=-2.4005,53.39,-2.3985,53.41").json
    assert [feature["properties"]["name"] for feature in told["features"]] == ["Plot 00", "Plot 01"]


@pytest.mark.parametrize(
    "bbox", ["1,2,3", "a,b,c,d", "1,2,3,nan", "3,2,1,4", "0,-91,1,1", "1,2,3,4,5", "inf,0,1,1"]
)
def test_a_bad_bbox_is_a_problem(borough, client, bbox):
    response = client.get(f"/assets.geojson?bbox={bbox}")
    assert (response.status_code, response.mimetype) == (400, "application/problem+json")
    assert response.json["code"] == "bad-bbox"


def test_the_ground_of_the_map(borough, client):
    told = client.get("/area.geojson").json
    assert [feature["properties"]["what"] for feature in told["features"]] == ["boundary", "ward"]


def test_a_room_s_page(borough, client):
    room = client.get("/assets.geojson?kind=room").json["features"][0]
    asset_id = room["id"]
    db.session.add(
        Fact(
            asset_id=asset_id,
            name="hire_hours",
            source="Testing Council, register.csv",
            as_of=date(2025, 1, 31),
        )
    )
    db.session.commit()
    html = page(client, room["properties"]["url"])
    assert "Monday to Friday 18:00 to 22:00; bank holidays closed" in html
    assert "Testing Council, register.csv, 31 January 2025" in html
    assert "Part of" in html
    assert "A keyholder" in html
    assert "60 people" in html
    parent = re.search(r'Part of <a[^>]*href="([^"]+)"', html)[1]
    html = page(client, parent)
    assert "Its rooms" in html
    assert names(html.split('id="rooms"')[1]) == ["Big room"]
    assert client.get(f"/assets/{asset_id}.geojson").json["features"][0]["id"] == asset_id


def test_a_place_that_nobody_has_found_says_so(borough, client):
    lost = client.get("/assets.geojson?words=lost").json["features"][0]
    assert lost["geometry"] is None
    assert "Nobody knows yet exactly where this stands" in page(client, lost["properties"]["url"])


def test_a_place_known_by_its_postcode_says_so(borough, client):
    asset = factories.asset(
        factories.holder(borough), postcode="M33 7DZ", located_by=LocatedBy.POSTCODE
    )
    assert "the middle of the postcode M33 7DZ" in page(client, f"/assets/{asset.id}")


@pytest.mark.parametrize(
    "path", ["/assets/999", "/assets/99999999999999999999", "/assets/x", "/assets/-1"]
)
def test_what_is_not_there(borough, client, path):
    page(client, path, 404)


def test_the_wings_say_what_one_can_do(borough, client, monkeypatch):
    monkeypatch.setattr(doors, "_doors", [])
    monkeypatch.setattr(doors, "_standings", [])
    asset = factories.asset(factories.holder(borough), status=Status.IN_USE)
    assert "A community group uses this now." in page(client, f"/assets/{asset.id}")
    doors.door(
        lambda asset: [doors.Door("Ask who owns this", f"/ask/{asset.id}", "The broker answers.")]
    )
    doors.standing(lambda asset: "In use until 3 May 2027.")
    html = page(client, f"/assets/{asset.id}")
    assert "In use until 3 May 2027." in html
    assert f'href="/ask/{asset.id}">Ask who owns this' in html


def test_an_area_with_nothing_in_it(app, client):
    db.session.add(Area(slug="new", name="New", nation=Nation.WALES))
    db.session.commit()
    for path in ("/assets", "/assets?view=map", "/assets?near=M33"):
        client.get(path)
    assert json.loads(client.get("/assets.geojson").data)["features"] == []
    assert json.loads(client.get("/area.geojson").data)["features"][0]["geometry"] is None


def test_words_are_not_code(borough, client):
    response = client.get("/assets?words=<script>alert(1)</script>")
    assert b"<script>alert" not in response.data
