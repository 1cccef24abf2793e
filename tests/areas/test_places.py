import json

import pytest
import shapely
from sqlalchemy import select

from portal.areas import queries
from portal.areas.models import Area, Postcode
from portal.areas.rules import Nation, postcode_key, postcode_shown
from portal.areas.service import import_places
from portal.db import db
from portal.errors import BadInput


def area_called(slug):
    return db.session.scalar(select(Area).where(Area.slug == slug))


@pytest.fixture
def trafford(open_data):
    folder = open_data / "trafford"
    return {
        "boundary": folder / "local_authority_2023_generalised.geojson",
        "wards": folder / "wards_2023_generalised.geojson",
        "postcodes": folder / "postcodes_onspd_2025.csv",
    }


@pytest.mark.data
def test_a_council_s_places_are_loaded_once(app, trafford):
    first = import_places("trafford", **trafford)
    assert first["wards"] == {"new": 21, "changed": 0, "unchanged": 0}
    assert first["postcodes"] == {"new": 11264, "changed": 0, "unchanged": 0, "unread": 0}
    again = import_places("trafford", **trafford)
    assert again["boundary"] == "unchanged"
    assert again["wards"] == {"new": 0, "changed": 0, "unchanged": 21}
    assert again["postcodes"] == {"new": 0, "changed": 0, "unchanged": 11264, "unread": 0}
    area = area_called("trafford")
    assert (area.name, area.nation) == ("Trafford", Nation.ENGLAND)
    assert queries.wards_of(area)[0].name == "Altrincham"
    found = queries.postcode_of(area, "wa14 1pf")
    assert (found.lon, found.lat) == pytest.approx((-2.3521, 53.3880), abs=0.002)
    assert found.ward_id in {ward.id for ward in queries.wards_of(area)}
    assert queries.postcode_of(area, "WA14") is None


def test_only_what_is_given_is_loaded(app, tmp_path):
    path = tmp_path / "codes.csv"
    path.write_text("PCDS,Easting,Northing\nM33 7DZ,378800,392100\nnowhere,1,2\n")
    report = import_places("new-place", postcodes=path)
    assert report == {
        "area": "new-place",
        "postcodes": {"new": 1, "changed": 0, "unchanged": 0, "unread": 1},
    }
    area = area_called("new-place")
    assert area.name == "New Place"
    assert area.boundary is None
    code = queries.postcode_of(area, "m337dz")
    assert (code.lon, code.lat) == pytest.approx((-2.32, 53.425), abs=0.01)


def test_a_moved_postcode_and_ward_are_changed_not_doubled(app, tmp_path):
    codes, wards = tmp_path / "codes.csv", tmp_path / "wards.geojson"
    for lon in (-2.3, -2.31):
        codes.write_text(f"postcode,lon,lat,ward_code\nM33 7DZ,{lon},53.4,E1\n")
        wards.write_text(_collection(shapely.box(lon, 53, lon + 1, 54)))
        report = import_places("here", wards=wards, postcodes=codes)
    assert report["wards"] == {"new": 0, "changed": 1, "unchanged": 0}
    assert report["postcodes"] == {"new": 0, "changed": 1, "unchanged": 0, "unread": 0}


@pytest.mark.parametrize(
    "content", [None, "", "a,b\n1,2\n", "<html>", "postcode,lon,lat\nM33 7DZ,12,41\n"]
)
def test_a_file_that_is_no_use_writes_nothing(app, tmp_path, content):
    path = tmp_path / "codes.csv"
    if content is not None:
        path.write_text(content)
    with pytest.raises(BadInput):
        import_places("here", postcodes=path)
    with pytest.raises(BadInput):
        import_places("here", wards=path)
    assert db.session.query(Area).count() == db.session.query(Postcode).count() == 0


@pytest.mark.parametrize(
    ("typed", "key", "shown"),
    [
        (" wa14 1pf ", "WA141PF", "WA14 1PF"),
        ("m337dz", "M337DZ", "M33 7DZ"),
        ("EC1A 1BB", "EC1A1BB", "EC1A 1BB"),
        ("m33", None, "M33"),
        ("WA14 1", None, "WA14 1"),
        ("", None, ""),
    ],
)
def test_postcodes_as_typed(typed, key, shown):
    assert postcode_key(typed) == key
    assert postcode_shown(typed) == shown


def _collection(shape):
    feature = {
        "type": "Feature",
        "properties": {"WD23CD": "E1", "WD23NM": "Here"},
        "geometry": shapely.geometry.mapping(shape),
    }
    return json.dumps({"type": "FeatureCollection", "features": [feature]})


def test_what_the_licence_asks_to_be_said_is_on_every_page(app, client):
    import_places("testing", attribution="© The surveyors 2025")
    import_places("testing")  # saying nothing takes nothing away
    assert "© The surveyors 2025" in client.get("/").get_data(as_text=True)
