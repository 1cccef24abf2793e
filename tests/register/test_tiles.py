"""Tiles of the map: the same filters as the list, true the moment a record changes, on both engines."""

import random

import mapbox_vector_tile
import pytest
import shapely
from sqlalchemy import text

from geo import tiles
from portal.db import db
from portal.register import features
from portal.register.rules import Kind, Status
from tests import factories

LON, LAT = -2.35, 53.42


@pytest.fixture
def borough(app):
    rng = random.Random(5)
    area = factories.area()
    holder = factories.holder(area, name="Testing Council")
    for number in range(60):
        lon, lat = LON + rng.uniform(-0.05, 0.05), LAT + rng.uniform(-0.03, 0.03)
        plot = shapely.box(lon, lat, lon + 0.002, lat + 0.001)
        factories.asset(
            holder,
            name=f"Plot {number:02}",
            kind=rng.choice(list(Kind)),
            status=rng.choice((Status.VACANT, Status.OCCUPIED)),
            shape=plot if number % 4 == 0 else shapely.Point(lon, lat),
        )
    return area


def tiles_over(zoom):
    across, down = tiles.world([LON - 0.06, LON + 0.06], [LAT + 0.04, LAT - 0.04])
    side = 2**zoom
    return [
        (x, y)
        for x in range(int(across[0] * side), int(across[1] * side) + 1)
        for y in range(int(down[0] * side), int(down[1] * side) + 1)
    ]


def read(client, zoom, x, y, query=""):
    response = client.get(f"/tiles/{zoom}/{x}/{y}.mvt{query}")
    assert response.status_code == 200
    assert response.mimetype == "application/vnd.mapbox-vector-tile"
    if not response.data:
        return []
    layers = mapbox_vector_tile.decode(response.data, default_options={"y_coord_down": True})
    return [feature for layer in layers.values() for feature in layer["features"]]


QUERIES = (
    "",
    "?kind=land",
    "?kind=land&status=vacant",
    "?words=plot+1",
    f"?near={LAT},{LON}&within=2000&status=occupied",
    f"?inside={LON},{LAT};{LON + 0.05},{LAT};{LON + 0.05},{LAT + 0.05}",
    f"?bbox={LON},{LAT},{LON + 0.02},{LAT + 0.02}",
)


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("zoom", [0, 6, 10, 12])
def test_the_counts_of_all_tiles_are_the_list_s(borough, client, zoom, query):
    told = sum(
        feature["properties"]["count"]
        for x, y in tiles_over(zoom)
        for feature in read(client, zoom, x, y, query)
    )
    assert told == client.get(f"/assets.geojson{query}").json["numberMatched"]


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("zoom", [13, 16])
def test_the_places_of_all_tiles_are_the_list_s(borough, client, zoom, query):
    found = {
        feature["id"]: feature["properties"]
        for x, y in tiles_over(zoom)
        for feature in read(client, zoom, x, y, query)
    }
    listed = client.get(f"/assets.geojson{query}").json["features"]
    assert set(found) == {feature["id"] for feature in listed}
    for feature in listed:
        expected = {k: v for k, v in feature["properties"].items() if v is not None}
        for name in ("url", "metres"):
            expected.pop(name, None)
        assert found[feature["id"]] == expected


def test_a_count_of_one_says_which_it_is_and_where(borough, client):
    one = factories.asset(factories.holder(borough), shape=shapely.Point(-2.6, 53.6))
    across, down = tiles.world(-2.6, 53.6)
    x, y = int(across * 2**12), int(down * 2**12)
    (found,) = read(client, 12, x, y)
    assert found["properties"] == {"count": 1, "asset": one.id}
    assert found["geometry"]["coordinates"] == [
        pytest.approx((across * 2**12 - x) * 4096, abs=1),
        pytest.approx((down * 2**12 - y) * 4096, abs=1),
    ]


CHANGES = (
    "UPDATE asset SET status = 'occupied' WHERE id = :id",
    "UPDATE asset SET withheld_why = 'A refuge' WHERE id = :id",
    "UPDATE asset SET name = 'Renamed' WHERE id = :id",
    "DELETE FROM asset WHERE id = :id",
)


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("zoom", [6, 12, 14])
def test_a_tile_is_true_the_moment_a_record_changes(borough, client, zoom, change):
    one = factories.asset(
        factories.holder(borough), shape=shapely.Point(-2.6, 53.6), status=Status.VACANT
    )
    across, down = tiles.world(-2.6, 53.6)
    at = zoom, int(across * 2**zoom), int(down * 2**zoom), "?status=vacant"
    before = read(client, *at)
    with db.engine.begin() as other:
        other.execute(text(change), {"id": one.id})
    after = read(client, *at)
    if "name" in change:
        assert zoom < 13 or after[0]["properties"]["name"] == "Renamed"
    else:
        number = sum(feature["properties"].get("count", 1) for feature in before)
        assert sum(feature["properties"].get("count", 1) for feature in after) == number - 1


def test_a_browser_is_told_that_a_tile_is_still_true(borough, client):
    path = "/tiles/12/2021/1324.mvt"
    first = client.get(path)
    assert first.headers["Cache-Control"] == "no-cache"
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize("at", ["17/0/0", "3/8/0", "3/0/8", "99/1/1"])
def test_no_such_tile(borough, client, at):
    assert client.get(f"/tiles/{at}.mvt").status_code == 404


def test_a_filter_that_makes_no_sense_is_refused(borough, client):
    response = client.get("/tiles/6/31/20.mvt?kind=castle")
    assert response.status_code == 400


def test_few_answers_are_kept():
    memory = features.Memory(3 * (features.BESIDE + 10))
    for number in range(6):
        memory.keep(number, b"0123456789")
    memory.recall(3)
    memory.keep(6, b"0123456789")
    assert [number for number in range(7) if memory.recall(number)] == [3, 5, 6]


def test_an_answer_is_kept_until_a_record_changes(borough, client):
    query = "/assets.geojson?kind=land&limit=5&near=53.42,-2.35&within=9000"
    before = client.get(query)
    assert client.get(query).data == before.data
    assert client.get(query).headers["Link"] == before.headers["Link"]
    number = before.json["features"][0]["id"]
    db.session.execute(text("UPDATE asset SET status = 'in_use' WHERE id = :id"), {"id": number})
    db.session.commit()
    assert client.get(query).json["features"][0]["properties"]["status"] == "in_use"


def test_what_came_since_says_all_of_itself(borough, client):
    """Read into memory after the rest: another holder, a plot, a name of two lines and foreign letters."""
    assert client.get("/assets.geojson").status_code == 200
    plot = shapely.box(LON, LAT, LON + 0.0012345678, LAT + 0.001)
    one = factories.asset(
        factories.holder(borough, name="Tŷ Holders"),
        name="Tŷ\nGlas “1”",
        kind=Kind.LAND,
        shape=plot,
    )
    for free, values in ((None, (None, None)), (True, (30, 120.5)), (False, (0, 0.0))):
        one.step_free, (one.capacity, one.land_m2) = free, values
        one.postcode = "M33 7DZ" if free else None
        db.session.commit()
        listed = client.get("/assets.geojson?words=glas").json["features"]
        (found,) = (feature for feature in listed if feature["id"] == one.id)
        assert found["properties"] == {
            "name": one.name,
            "kind": "land",
            "status": one.status,
            "holder": "Tŷ Holders",
            "ward": one.ward and one.ward.name,
            "capacity": values[0],
            "step_free": free,
            "postcode": one.postcode,
            "land_m2": values[1],
            "url": f"/assets/{one.id}",
        }
        shape = shapely.geometry.shape(found["geometry"])
        assert shape.equals_exact(plot, 1e-6, normalize=True)
