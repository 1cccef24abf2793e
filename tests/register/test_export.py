"""What a search finds, as files: read back by other programs, and by our own import."""

import csv
import io
import json

import pyogrio
import pytest
import shapely

from portal.areas.models import Area
from portal.db import db
from portal.intake.importer import import_register
from portal.register import export
from portal.register.models import Asset
from portal.register.rules import Kind, Status
from tests import factories


@pytest.fixture
def borough(app):
    area = factories.area()
    holder = factories.holder(area, name="Testing Council", uri="https://example.org/testing")
    factories.asset(
        holder, name="=1+1", code="A1", postcode="M33 7DZ", street="Mill Lane", town="Sale", land_m2=1500.0,
        tenure="Freehold", use_detail='Yard, "old"\nand wet', uprn="100012797623",
    )  # fmt: skip
    factories.asset(
        holder, name="Élan Hall", code="A2", kind=Kind.BUILDING, status=Status.OCCUPIED, shape=shapely.Point(-2.31, 53.41),
        floor_m2=200.0, step_free=True, parking=False, public_hours="Mo-Fr 09:00-17:00",
    )  # fmt: skip
    lost = factories.asset(holder, name="Lost field", code="A3")
    lost.shape = None
    factories.asset(holder, name="A refuge", code="A4", withheld_why="Nobody may know")
    db.session.commit()
    return area


def rows(response):
    return list(csv.DictReader(io.StringIO(response.get_data(as_text=True))))


def test_the_csv_has_the_code_s_columns_and_what_the_search_finds(borough, client):
    response = client.get("/assets.csv?kind=building")
    assert response.mimetype == "text/csv"
    assert 'filename="testing-2026-03-02.csv"' in response.headers["Content-Disposition"]
    (row,) = rows(response)
    assert row["OrganisationLabel"] == "Testing Council"
    assert (row["PropertyName"], row["GeoX"], row["GeoY"]) == ("Élan Hall", "-2.31", "53.41")
    assert (row["StepFree"], row["Parking"], row["HearingLoop"]) == ("Yes", "No", "")
    everything = rows(client.get("/assets.csv"))
    assert [one["AssetCode"] for one in everything] == ["A1", "A2", "A3"], (
        "nothing that is withheld"
    )
    assert everything[2]["GeoX"] == ""


def test_no_cell_is_a_formula(borough, client):
    assert rows(client.get("/assets.csv"))[0]["PropertyName"] == "'=1+1"


def test_the_csv_can_be_read_in_again(borough, client, tmp_path):
    file = tmp_path / "taken.csv"
    file.write_bytes(client.get("/assets.csv").data)
    told = import_register(file, "elsewhere")
    assert (told["rows"], told["new"], told["errors"]) == (3, 3, 0)
    there = db.session.query(Area).filter_by(slug="elsewhere").one()
    again = {a.code: a for a in db.session.query(Asset).filter_by(area_id=there.id)}
    for one in db.session.query(Asset).filter_by(area_id=borough.id):
        if one.withheld_why:
            continue
        other = again[one.code]
        for name in ("name", "kind", "status", "postcode", "street", "tenure", "uprn", "floor_m2", "land_m2", "step_free", "parking", "public_hours"):  # fmt: skip
            assert getattr(other, name) == getattr(one, name), (one.code, name)


def test_geojson_whole(borough, client, monkeypatch):
    monkeypatch.setattr(export, "CHUNK", 2)
    told = json.loads(client.get("/places.geojson").data)
    assert [one["properties"]["name"] for one in told["features"]] == [
        "=1+1",
        "Élan Hall",
        "Lost field",
    ]
    assert told["features"][2]["geometry"] is None
    assert json.loads(client.get("/places.geojson?words=nothing+such").data)["features"] == []


def test_a_geopackage_opens(borough, client, tmp_path):
    file = tmp_path / "taken.gpkg"
    file.write_bytes(client.get("/assets.gpkg").data)
    told = pyogrio.read_dataframe(file)
    assert sorted(told["name"]) == ["=1+1", "Lost field", "Élan Hall"]
    assert told.crs.to_epsg() == 4326
    assert told.geometry.is_empty.sum() + told.geometry.isna().sum() == 1


def test_too_many_are_not_packed(borough, client, monkeypatch):
    assert client.get("/assets.gpkg?words=nothing+such").status_code == 200
    monkeypatch.setattr(export, "MOST_PACKED", 2)
    response = client.get("/assets.gpkg")
    assert response.status_code == 400
    assert "Narrow the search" in response.get_data(as_text=True)


@pytest.mark.parametrize("ending", ["assets.csv", "places.geojson", "assets.gpkg"])
def test_a_search_that_makes_no_sense_gives_no_file(borough, client, ending):
    assert client.get(f"/{ending}?kind=castle").status_code == 400
