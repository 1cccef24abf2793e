"""Lists of public places, map files, columns told by a person: whatever a body publishes comes in, and says how."""

import json
import os
import signal
import subprocess
import sys
import time
from datetime import date

import geopandas
import pytest
import shapely
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from portal.app import create_app
from portal.areas.models import Area, Postcode, Uprn
from portal.areas.service import area_named, import_places
from portal.cli import main
from portal.config import ROOT
from portal.db import db, transaction
from portal.errors import BadInput
from portal.intake.importer import Options, import_register
from portal.intake.lists import council_key, full_name, list_of, stem_of
from portal.people.models import Holder
from portal.people.rules import HolderKind
from portal.register.models import Asset
from portal.register.rules import Kind, LocatedBy, Status


@pytest.fixture(autouse=True)
def closed(monkeypatch):
    """A command makes an application of its own; here they share a process, so its connections are closed."""
    made = []

    def create(**overrides):
        made.append(create_app(**overrides))
        return made[-1]

    monkeypatch.setattr("portal.app.create_app", create)
    yield
    for app in made:
        with app.app_context():
            db.session.close()
            db.engine.dispose()


@pytest.fixture
def trafford(app, open_data):
    """Trafford with its boundary, wards and postcodes; the folder of its files."""
    folder = open_data / "trafford"
    import_places(
        "trafford",
        boundary=folder / "local_authority_2023_generalised.geojson",
        wards=folder / "wards_2023_generalised.geojson",
        postcodes=folder / "postcodes_onspd_2025.csv",
    )
    return folder


# file: rows, refused, hosts, with hours, waiting to be read
LISTS = {
    "libraries_2023.csv": (13, 0, 13, 0, 0),
    "community_hubs.csv": (6, 0, 6, 5, 1),
    "general_practices_2026.csv": (26, 0, 26, 0, 0),
    "leisure_centres.csv": (9, 0, 9, 7, 2),
    "schools_and_colleges_2024.csv": (103, 0, 103, 0, 0),
    "sports_halls.csv": (46, 0, 46, 0, 0),
}


@pytest.mark.data
@pytest.mark.parametrize("name", LISTS)
def test_lists_of_public_buildings_are_hosts_for_rooms(trafford, name):
    rows, refused, hosts, hours, waiting = LISTS[name]
    found = import_register(trafford / name, "trafford")
    assert (found["rows"], found["new"], found["refused"]) == (rows, rows - refused, refused)
    assert found["located"] == rows
    assets = db.session.scalars(select(Asset)).all()
    assert {asset.kind for asset in assets} == {Kind.BUILDING}
    assert sum(asset.status is Status.UNDER_USED for asset in assets) == hosts
    assert sum(asset.public_hours is not None for asset in assets) == hours
    assert sum(bool(asset.hours_text) and not asset.public_hours for asset in assets) == waiting
    assert {asset.capacity for asset in assets} == {None}
    again = import_register(trafford / name, "trafford")
    assert (again["unchanged"], again["new"], again["gone"]) == (rows, 0, 0)


@pytest.mark.data
def test_green_spaces_are_drawn_land_also_without_a_name(trafford):
    found = import_register(trafford / "greenspace_sites.geojson", "trafford")
    assert (found["rows"], found["located"], found["refused"]) == (427, 427, 0)
    assets = db.session.scalars(select(Asset)).all()
    assert {asset.kind for asset in assets} == {Kind.LAND}
    assert {asset.shape.geom_type for asset in assets} <= {"Polygon", "MultiPolygon"}
    assert import_register(trafford / "greenspace_sites.geojson", "trafford")["unchanged"] == 427


@pytest.mark.data
def test_of_a_list_for_the_whole_country_only_this_area_comes_in(trafford, open_data):
    import_register(trafford / "libraries_2023.csv", "trafford")
    found = import_register(open_data / "england/libraries_england_2023.csv", "trafford")
    assert found["rows"] == 3487
    assert found["new"] + found["changed"] + found["unchanged"] + found["refused"] == 3487
    assert found["to_locate"] < 3
    assert found["holders"] == ["Trafford Council"]
    assert found["changed"] > 7


@pytest.mark.data
@pytest.mark.parametrize(
    "name",
    ["postcodes_onspd_2025.csv", "wards_2023_generalised.geojson", "lsoa_2021_generalised.geojson"],
)
def test_what_is_no_register_is_refused_in_a_sentence(trafford, name):
    with pytest.raises(BadInput, match="cannot be a register"):
        import_register(trafford / name, "trafford")


@pytest.mark.data
def test_all_lists_over_the_register_leave_its_rows_their_source(trafford):
    import_register(trafford / "land_and_building_assets.csv", "trafford")
    for name in LISTS:
        assert import_register(trafford / name, "trafford")["gone"] == 0
    found = import_register(trafford / "land_and_building_assets.csv", "trafford")
    assert (found["unchanged"], found["changed"], found["gone"]) == (608, 0, 0)


def written(tmp_path, text, name="register.csv"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def only():
    db.session.expire_all()
    return db.session.scalars(select(Asset)).one()


BROWNFIELD = (
    "OrganisationURI,SiteReference,SiteNameAddress,GeoX,GeoY,Hectares,OwnershipStatus,PlanningStatus,Notes,EndDate\n"
    'x,BF1,"Old Mill, Mill Lane",-2.3,53.4,0.5,owned by a public authority,permissioned,Vacant and cleared,\n'
    "x,BF2,Works,-2.31,53.4,1,not owned by a public authority,not permissioned,,\n"
    "x,BF3,Gone,-2.31,53.4,1,unknown ownership,,,2020-01-01\n"
)  # fmt: skip


def test_a_brownfield_register(app, tmp_path):
    found = import_register(written(tmp_path, BROWNFIELD), "here")
    assert (found["new"], found["refused"]) == (2, 1)
    first, second = db.session.scalars(select(Asset).order_by(Asset.code)).all()
    assert (first.kind, first.status, first.land_m2) == (Kind.LAND, Status.VACANT, 5000)
    assert (first.holder.name, second.holder.name) == ("Here Council", "Owner not established")
    assert second.status is Status.OCCUPIED


@pytest.mark.parametrize("name", ["plots.geojson", "plots.gpkg", "plots.shp"])
@pytest.mark.parametrize("epsg", [4326, 27700])
def test_map_files_bring_their_shapes(app, tmp_path, name, epsg):
    plot = shapely.box(-2.31, 53.40, -2.309, 53.401)
    frame = geopandas.GeoDataFrame(
        {"Ref": ["P1"], "SiteName": ["Plot"], "UPRN": [100012345678.0]}, geometry=[plot], crs=4326
    )
    frame.to_crs(epsg).to_file(tmp_path / name)
    found = import_register(tmp_path / name, "here", Options(holder="Here Parish Council"))
    asset = only()
    assert (found["new"], asset.code, asset.uprn, asset.kind) == (
        1,
        "P1",
        "100012345678",
        Kind.LAND,
    )
    assert asset.holder.kind is HolderKind.PARISH
    assert asset.shape.hausdorff_distance(plot) < 1e-5
    assert (
        import_register(tmp_path / name, "here", Options(holder="Here Parish Council"))["unchanged"]
        == 1
    )


def test_a_place_by_uprn_then_by_postcode_then_none(app, tmp_path):
    with transaction() as s:
        area = area_named(s, "here")
        s.add(Uprn(area_id=area.id, uprn="77", lon=-2.3, lat=53.4))
        s.add(Postcode(area_id=area.id, code="M337DZ", lon=-2.31, lat=53.41))
    text = "Name,UPRN,Postcode\nA,77,M33 7DZ\nB,78,M33 7DZ\nC,79,M33\n"
    found = import_register(written(tmp_path, text), "here")
    ways = {asset.name: asset.located_by for asset in db.session.scalars(select(Asset))}
    assert ways == {"A": LocatedBy.UPRN, "B": LocatedBy.POSTCODE, "C": None}
    assert (found["by_uprn"], found["by_postcode"], found["to_locate"]) == (1, 1, 1)


def test_coordinates_far_from_their_own_postcode_are_doubtful(app, tmp_path):
    with transaction() as s:
        area = area_named(s, "here")
        s.add(Postcode(area_id=area.id, code="M337DZ", lon=-2.31, lat=53.41))
    found = import_register(
        written(tmp_path, "Name,Postcode,X,Y\nA,M33 7DZ,-2.33,53.41\nB,M33 7DZ,-2.311,53.41\n"),
        "here",
    )
    assert [(line["name"], line["what"]) for line in found["report"]] == [("A", "doubtful")]


MAPPING = '[columns]\nname = "Zork"\nstreet = ""\nstatus = "Blip"\n'


def test_a_mapping_file_says_which_column_is_which_and_can_be_written(app, tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", app.config["DATABASE_URL"])
    register = written(tmp_path, "Ref,Zork,Street,Blip\n1,Hall,Elm,vacant\n")
    told = written(tmp_path, MAPPING, "m.toml")
    found = import_register(register, "here", Options(mapping=told))
    assert (only().name, only().street, only().status) == ("Hall", None, Status.VACANT)
    assert {"field": "name", "heading": "Zork", "how": "mapping file"} in found["columns"]
    db.session.rollback()
    out = tmp_path / "out.toml"
    said = CliRunner().invoke(
        main,
        [
            "import-register",
            str(register),
            "--area",
            "here",
            "--mapping",
            str(told),
            "--write-mapping",
            str(out),
        ],
    )
    assert said.exit_code == 0, said.output
    assert 'name = "Zork"' in out.read_text()
    assert import_register(register, "here", Options(mapping=out))["unchanged"] == 1


@pytest.mark.parametrize(
    "text",
    [
        "[columns]\nnonsense = 'Ref'\n",
        "[columns]\nname = 'Not there'\n",
        "not toml",
        "columns = 3",
        "[columns]\nname = 4",
    ],
)
def test_a_mapping_file_that_makes_no_sense(app, tmp_path, text):
    with pytest.raises(BadInput) as refusal:
        import_register(
            written(tmp_path, "Ref,Name\n1,Hall\n"),
            "here",
            Options(mapping=written(tmp_path, text, "m.toml")),
        )
    assert str(refusal.value).endswith(".")


def test_the_command_shows_what_it_understood_and_does_not_ask_a_machine(
    app, tmp_path, monkeypatch
):
    monkeypatch.setenv("DATABASE_URL", app.config["DATABASE_URL"])
    register = written(tmp_path, "Ref,Name,Easting,Northing,Colour\n1,Hall,379000,391000,red\n")
    said = CliRunner().invoke(main, ["import-register", str(register), "--area", "here"])
    assert said.exit_code == 0, said.output
    assert "name                 <- Name (named)" in said.output
    assert "Not used: Colour" in said.output
    assert "British National Grid" in said.output
    assert "Held by: Here Council" in said.output
    assert only().code == "1"
    as_json = json.loads(
        CliRunner()
        .invoke(main, ["import-register", str(register), "--area", "here", "--json"])
        .output
    )
    assert (as_json["unchanged"], as_json["crs"]["epsg"]) == (1, 27700)


def test_a_report_that_cannot_be_written_is_said_before_anything_is_read(app, tmp_path):
    path = written(tmp_path, "Ref,Name\n1,Hall\n")
    with pytest.raises(BadInput, match="cannot be written"):
        import_register(path, "here", Options(report=tmp_path / "none" / "r.csv"))
    assert db.session.scalar(select(func.count()).select_from(Area)) == 0


def test_an_import_that_is_killed_leaves_nothing(app, tmp_path):
    rows = [f"{n},Hall {n},-2.3,53.4" for n in range(60_000)]
    path = written(tmp_path, "\n".join(["Ref,Name,X,Y", *rows]))
    process = subprocess.Popen(
        [sys.executable, "-m", "portal.cli", "import-register", str(path), "--area", "here", "--report", str(tmp_path / "r.csv"), "--json"],
        cwd=ROOT, env=os.environ | {"DATABASE_URL": app.config["DATABASE_URL"]}, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    part = tmp_path / "r.csv.part"
    while process.poll() is None and not (part.exists() and part.stat().st_size > 100_000):
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    assert [
        db.session.scalar(select(func.count()).select_from(m)) for m in (Area, Holder, Asset)
    ] == [0, 0, 0]
    db.session.rollback()
    short = written(tmp_path, "Ref,Name\n1,Hall\n", "short.csv")
    assert import_register(short, "here")["new"] == 1


SPELT = {
    "name": ["Property Name", "ASSET NAME", "Name of the building/land", "SiteName"],
    "code": ["Asset Code", "unique asset identity", "Ref", "Property Ref"],
    "postcode": ["Post Code", "POSTCODE", "UK Postcode"],
    "tenure": ["Tenure Type", "Freehold/Leasehold", "tenure"],
    "x": ["GeoX", "Easting", "Longitude"],
    "y": ["GeoY", "Northing", "Latitude"],
    "other": ["Colour", "Photo"],
}
VALUES = {
    "name": "Old Hall",
    "code": "H1",
    "postcode": "M33 7DZ",
    "tenure": "Freehold",
    "x": "-2.3",
    "y": "53.4",
    "other": "red",
}


@given(st.permutations(sorted(SPELT)), st.data(), st.sampled_from([",", ";", "\t"]))
@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_any_order_and_spelling_of_headings_gives_the_same_asset(
    app, tmp_path, order, data, delimiter
):
    headings = [data.draw(st.sampled_from(SPELT[field])) for field in order]
    text = f"{delimiter.join(headings)}\n{delimiter.join(VALUES[field] for field in order)}\n"
    found = import_register(written(tmp_path, text), "here")
    assert found["new"] + found["unchanged"] == 1
    asset = only()
    assert (asset.name, asset.code, asset.postcode, asset.tenure) == (
        "Old Hall",
        "H1",
        "M33 7DZ",
        "Freehold",
    )
    assert (asset.shape.x, asset.shape.y) == (-2.3, 53.4)
    db.session.rollback()


cell = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)


@given(st.lists(st.tuples(cell, cell, cell, cell, cell, cell), min_size=1, max_size=6))
@settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_no_rows_break_the_import_and_the_second_time_nothing_changes(app, tmp_path, rows):
    quoted = [",".join('"' + text.replace('"', '""') + '"' for text in row) for row in rows]
    path = written(
        tmp_path, "\n".join(["Ref,Name,UPRN,Easting,Northing,Opening hours", *quoted, "Z,Last,,,,"])
    )
    first = import_register(path, "here")
    again = import_register(path, "here")
    assert (again["new"], again["changed"], again["gone"]) == (0, 0, 0)
    assert again["rows"] == first["rows"]
    db.session.rollback()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Trafford MBC", "Trafford Council"),
        ("London Borough of Camden", "Camden Council"),
        ("City of York Council", "York"),
    ],
)
def test_a_council_s_names(one, other):
    assert council_key(one) == council_key(other)


def test_names_of_lists():
    assert (
        stem_of("Land-Assets_2024-03 (final).csv")
        == stem_of("land assets March 2025.csv")
        == "land assets"
    )
    assert list_of("green_space_2024.geojson").kind is Kind.LAND
    assert list_of("assets.csv", "", "Mill Lane") is None
    assert full_name("Sale", "libraries_2023.csv") == "Sale Library"
    assert full_name("Sale Library", "libraries_2023.csv") == "Sale Library"


def test_a_date_for_what_gives_none(app, tmp_path):
    import_register(
        written(tmp_path, "Ref,Name,Status\n1,Hall,vacant\n"),
        "here",
        Options(as_of=date(2024, 5, 1)),
    )
    assert (only().source.as_of, only().vacant_since) == (date(2024, 5, 1), date(2024, 5, 1))
