import json
import tracemalloc
import zipfile

import pytest
import shapely
from sqlalchemy import select

from geo.crs import Box
from portal.areas import queries
from portal.areas.models import Area, Postcode, Uprn
from portal.areas.rules import Nation, postcode_key, postcode_shown, uprn_key
from portal.areas.service import import_places
from portal.areas.uprns import sift
from portal.db import db
from portal.errors import BadInput
from tests import factories


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


NATIONAL_LIST = """\
UPRN,X_COORDINATE,Y_COORDINATE,LATITUDE,LONGITUDE
100011,378900.00,394500.00,53.4467,-2.3192
{far}
000100012,379000.00,394600.00,53.4476,-2.3177
"""
FAR = "5,530000.00,180000.00,51.5045,-0.1277"


@pytest.fixture
def national_list(tmp_path):
    path = tmp_path / "osopenuprn.csv"

    def write(text=NATIONAL_LIST, **values):
        path.write_text(text.format(**{"far": FAR} | values))
        return path

    return write


def test_of_the_national_list_only_the_area_s_properties_are_kept(app, national_list):
    here = factories.area()
    report = import_places(here.slug, uprns=national_list())
    assert report["uprns"] == {"new": 2, "changed": 0, "unchanged": 0, "elsewhere": 1}
    assert set(db.session.scalars(select(Uprn.uprn))) == {"100011", "100012"}
    again = import_places(here.slug, uprns=national_list())
    assert again["uprns"] == {"new": 0, "changed": 0, "unchanged": 2, "elsewhere": 1}
    moved = national_list(NATIONAL_LIST.replace("53.4467", "53.4468"))
    assert import_places(here.slug, uprns=moved)["uprns"]["changed"] == 1
    found = queries.uprn_of(area_called("testing"), "UPRN 000000100011")
    assert (found.lon, found.lat) == (-2.3192, 53.4468)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (NATIONAL_LIST + "1,2\n", "line 5"),
        (NATIONAL_LIST + "x,1,2,53.4,-2.3\n", "line 5"),
        (NATIONAL_LIST + "7,1,2,north,-2.3\n", "line 5"),
        (NATIONAL_LIST + "7,1,2,nan,-2.3\n", "line 5"),
        ("a,b\n1,2\n", "columns"),
        ("", "columns"),
        ("\x89PNG\r\n", "columns"),
        (f"UPRN,LATITUDE,LONGITUDE\n{FAR[:2]}51.5,-0.1\n", "none"),
    ],
)
def test_a_list_that_breaks_off_writes_nothing(app, national_list, text, sentence):
    here = factories.area()
    with pytest.raises(BadInput) as refused:
        import_places(here.slug, uprns=national_list(text))
    assert sentence in str(refused.value)
    assert db.session.query(Uprn).count() == 0


def test_a_list_is_read_still_packed(app, national_list, tmp_path):
    here = factories.area()
    packed = tmp_path / "osopenuprn.zip"
    with zipfile.ZipFile(packed, "w") as pack:
        pack.writestr("licence.txt", "open")
        pack.write(national_list(), "osopenuprn_202510.csv")
    assert import_places(here.slug, uprns=packed)["uprns"]["new"] == 2
    broken = packed.with_name("broken.zip")
    broken.write_bytes(packed.read_bytes()[:150] + packed.read_bytes()[170:])
    with pytest.raises(BadInput):
        import_places(here.slug, uprns=broken)


def test_a_long_list_is_not_held_in_memory(tmp_path):
    def peak(lines):
        path = tmp_path / f"{lines}.csv"
        with path.open("w") as file:
            file.write("UPRN,LATITUDE,LONGITUDE\n")
            file.writelines(f"{n},53.4,-2.3\n" for n in range(1, lines))
        tracemalloc.start()
        with sift(path, Box(-2.5, 53.3, -2.2, 53.5)):
            pass
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    assert peak(60_000) < 4_000_000


def test_the_national_list_needs_the_boundary_first(app, national_list):
    with pytest.raises(BadInput, match="boundary"):
        import_places("nowhere", uprns=national_list())
    assert area_called("nowhere") is None


@pytest.mark.parametrize(
    ("typed", "label"),
    [
        ("SJ 789 945", "SJ 789 945"),
        ("sj78909450", "SJ 7890 9450"),
        ("378900 394500", "53.4468, -2.3192"),
        ("E 378900 N 394500", "53.4468, -2.3192"),
        ("N 394500 E 378900", "53.4468, -2.3192"),
        ("394500 378900", "53.4468, -2.3192"),
        ("53.4467, -2.3192", "53.4467, -2.3192"),
        ("2.3192 W, 53.4467 N", "53.4467, -2.3192"),
        ("https://www.openstreetmap.org/#map=18/53.4467/-2.3192", "53.4467, -2.3192"),
        ("000100011", "UPRN 100011"),
        ("uprn: 100011", "UPRN 100011"),
    ],
)
def test_a_place_as_surveyors_and_registers_write_it(app, national_list, typed, label):
    here = factories.area()
    import_places(here.slug, uprns=national_list())
    found = queries.place_in(area_called("testing"), typed)
    assert found.label == label
    assert (found.lon, found.lat) == pytest.approx((-2.3192, 53.4467), abs=0.002)


@pytest.mark.parametrize("typed", ["SJ 7 9", "SK19", "J 123 456", "99", "12 34", "0", "HU 478 414"])
def test_what_is_no_place_of_this_nation_is_none(app, typed):
    assert queries.place_in(factories.area(), typed) is None


def test_an_irish_reference_in_northern_ireland(app):
    there = factories.area(nation=Nation.NORTHERN_IRELAND, boundary=None)
    found = queries.place_in(there, "j 338 740")
    assert found.label == "J 338 740"
    assert (found.lon, found.lat) == pytest.approx((-5.930, 54.597), abs=0.005)
    metres = queries.place_in(there, "333850 374050")
    assert (metres.lon, metres.lat) == pytest.approx((found.lon, found.lat), abs=0.002)


@pytest.mark.parametrize(
    ("typed", "key"),
    [("100011", "100011"), ("000100011", "100011"), ("UPRN:100011", "100011"), ("1" * 13, None), ("0", None),
     ("", None), (None, None), ("10 11", None)],
)  # fmt: skip
def test_uprns_as_typed(typed, key):
    assert uprn_key(typed) == key
