"""The register of a real council, then what councils get wrong, one thing at a time."""

import re
from collections import Counter
from datetime import date

import pytest
from sqlalchemy import event, func, select

from geo.crs import BRITISH_GRID, to_metric
from portal import clock
from portal.areas.models import Area
from portal.areas.service import import_places
from portal.db import db
from portal.errors import BadInput
from portal.intake.importer import import_register
from portal.people.models import Holder
from portal.people.rules import HolderKind
from portal.register.models import Asset, Fact
from portal.register.rules import Kind, LocatedBy, Opener, Status
from portal.register.sources import sources_of

HEADINGS = "OrganisationLabel,EffectiveDate,AssetCode,PropertyName,StreetName,PostCode,CRS,GeoX,GeoY,TenureDetail,HoldingType"


@pytest.fixture
def trafford(open_data):
    return open_data / "trafford"


@pytest.fixture
def register(tmp_path):
    """Write a register and import it; more headings may follow the usual ones."""

    def load(*rows, headings=HEADINGS, name="register.csv", slug="testing"):
        path = tmp_path / name
        path.write_text("\n".join([headings, *rows]) + "\n", encoding="utf-8")
        return import_register(path, slug)

    return load


def one(code):
    return db.session.scalars(select(Asset).where(Asset.code == code)).one()


@pytest.fixture
def writes(app):
    """The writing statements sent to the database."""
    sent = []

    @event.listens_for(db.engine, "before_cursor_execute")
    def note(_connection, _cursor, statement, *_):
        if re.match(r"\s*(INSERT|UPDATE|DELETE)", statement):
            sent.append(statement)

    return sent


@pytest.mark.data
def test_a_real_register_with_its_places_twice(app, trafford, writes):
    import_places(
        "trafford",
        boundary=trafford / "local_authority_2023_generalised.geojson",
        wards=trafford / "wards_2023_generalised.geojson",
        postcodes=trafford / "postcodes_onspd_2025.csv",
    )
    path = trafford / "land_and_building_assets.csv"
    first = import_register(path, "trafford")
    expected = {
        "rows": 608, "located": 395, "by_coordinates": 373, "by_postcode": 22, "to_locate": 213,
        "outliers": 2, "errors": 0, "repaired": 1,
    }  # fmt: skip
    assert {name: first[name] for name in expected} == expected
    assert (first["new"], first["changed"], first["unchanged"], first["gone"]) == (608, 0, 0, 0)
    told = Counter(line["what"] for line in first["report"])
    assert told == {"queued": 213, "doubtful": 13, "flagged": 2, "repaired": 1}
    assert first["report_lines"] == 229
    far = [line["why"] for line in first["report"] if line["what"] == "flagged"]
    assert sorted(round(float(re.search(r"([\d.]+) km", why)[1])) for why in far) == [8, 21]
    swapped = one("TMBC0396/P0000036")
    assert (swapped.shape.x, swapped.shape.y) == (-2.365856, 53.457484)
    assert swapped.ward.name
    assert db.session.scalar(select(func.count()).where(Asset.status == Status.VACANT)) == 187
    holder = db.session.scalars(select(Holder)).one()
    assert (holder.name, holder.kind) == ("Trafford Council", HolderKind.COUNCIL)

    writes.clear()
    with clock.at(clock.now().replace(year=2027)):
        again = import_register(path, "trafford")
    assert {name: again[name] for name in expected} == expected
    assert (again["new"], again["changed"], again["unchanged"], again["gone"]) == (0, 0, 608, 0)
    # That it was read in once more is written down, and nothing else.
    assert [statement.split()[2] for statement in writes] == ["audit_entry"]


@pytest.mark.data
def test_a_real_register_alone(app, trafford):
    """No boundary, no postcodes: the swap is found by the nation, half the rows wait for the broker."""
    counts = import_register(trafford / "land_and_building_assets.csv", "trafford")
    assert (counts["located"], counts["by_coordinates"], counts["by_postcode"]) == (373, 373, 0)
    assert (counts["to_locate"], counts["repaired"], counts["errors"]) == (235, 1, 0)
    assert one("TMBC0396/P0000036").shape.y == 53.457484


def test_a_plot_with_its_facts(app, register):
    register(
        'Here Council,2025-01-31,A1,"Old Yard, north",Mill Lane,m33 7dz,WGS84,-2.3,53.4,Vacant,Land'
    )
    asset = one("A1")
    assert (asset.kind, asset.status) == (Kind.LAND, Status.VACANT)
    assert (asset.name, asset.postcode) == ("Old Yard, north", "M33 7DZ")
    assert asset.located_by is LocatedBy.COORDINATES
    assert asset.words.startswith("old yard north mill lane m33 7dz a1")
    said = sources_of(asset)
    told = {"name", "kind", "status", "street", "postcode", "shape", "tenure_detail"}
    assert told <= said.keys()
    assert set(said.values()) == {("Here Council, register.csv", date(2025, 1, 31))}
    assert asset.facts == []


def test_an_easting_called_wgs84_is_repaired(app, register):
    x, y = to_metric(-2.3, 53.4, BRITISH_GRID)
    counts = register(f"Here Council,2025-01-31,A1,Yard,,,WGS84,{x:.2f},{y:.2f},Vacant,Land")
    assert counts["repaired"] == 1
    assert (one("A1").shape.x, one("A1").shape.y) == pytest.approx((-2.3, 53.4), abs=1e-6)


@pytest.mark.parametrize("place", ["0,0", "12.5,41.9", "here,there"])
def test_a_place_that_is_none_leaves_the_row_to_the_broker(app, register, place):
    counts = register(f"Here Council,2025-01-31,A1,Yard,,,WGS84,{place},Vacant,Land")
    names = ("located", "to_locate", "queued", "errors", "flagged")
    assert [counts[name] for name in names] == [0, 1, 1, 0, 1]
    assert one("A1").shape is None


def test_rows_that_cannot_be_taken_are_refused_with_their_line(app, register):
    counts = register(
        "Here Council,2025-01-31,A1,Yard,,,,,,Vacant,Land",
        "Here Council,2025-01-31,A1,Another yard,,,,,,Vacant,Land",
        "Here Council,2025-01-31,A2,,,,,,,Vacant,Land",
    )
    assert (counts["rows"], counts["errors"], counts["new"]) == (3, 2, 1)
    told = [(line["line"], line["what"]) for line in counts["report"]]
    assert told == [(2, "queued"), (3, "refused"), (4, "refused")]
    assert "line 2" in counts["report"][1]["why"]


def test_a_cell_that_cannot_be_read_is_left_out_and_the_row_stays(app, register):
    counts = register(
        "Here Council,soon,A1,Hall,,,,,,Occupied,Buildings,1.00E+11,many,perhaps",
        headings=f"{HEADINGS},UPRN,Capacity,StepFree",
    )
    assert (counts["errors"], counts["flagged"]) == (0, 1)
    assert [line["what"] for line in counts["report"]] == ["flagged"] * 4 + ["queued"]
    asset = one("A1")
    assert (asset.uprn, asset.capacity, asset.step_free) == (None, None, None)
    assert asset.source.as_of == clock.today()


ROOMS = f"{HEADINGS},Kind,ParentAssetCode,HalfOf,Capacity,StepFree,HireHours,PricePencePerHour,OpenedBy,Status,Geometry"
PLOT = '"POLYGON ((-2.31 53.40, -2.309 53.40, -2.309 53.401, -2.31 53.401, -2.31 53.40))"'


def test_rooms_halves_and_polygons(app, register):
    rows = [
        "Here Council,2025-01-31,B1/R1A,Near half,,,,,,,Buildings,room,B1,B1/R1,30,yes,Mo-Fr 18:00-22:00,0,door code,in use,",
        "Here Council,2025-01-31,B1/R1,Hall,,,,,,,Buildings,room,B1,,60,yes,Mo-Fr 18:00-22:00,0,keyholder,in use,",
        f"Here Council,2025-01-31,B1,Centre,,,,,,,Buildings,building,,,,,,,,in use,{PLOT}",
        f"Here Council,2025-01-31,P1,Plot,,,,53.4005,-2.3095,,Land,land,,,,,,,,vacant,{PLOT}",
        "Here Council,2025-01-31,X,Lost room,,,,,,,,room,B9,,,,,,,,",
    ]
    counts = register(*rows, headings=ROOMS)
    assert (counts["by_coordinates"], counts["by_parent"], counts["to_locate"]) == (2, 2, 1)
    building, hall, half = one("B1"), one("B1/R1"), one("B1/R1A")
    assert (building.status, hall.status) == (Status.UNDER_USED, Status.UNDER_USED)
    assert half.parent is hall
    assert hall.parent is building
    assert (hall.capacity, hall.step_free, hall.opener, hall.price_pence_hour) == (
        60,
        True,
        Opener.KEYHOLDER,
        0,
    )
    assert half.opener is Opener.DOOR_CODE
    assert hall.shape == building.shape
    assert one("P1").shape.geom_type == "Polygon"
    assert one("X").parent is None
    again = register(*rows, headings=ROOMS)
    assert (again["new"], again["changed"], again["unchanged"]) == (0, 0, 5)


def test_next_year_s_register_changes_only_what_differs(app, register):
    row = "Here Council,{on},{code},{name},,,WGS84,-2.3,53.4,{state},Land"
    register(
        row.format(on="2025-01-31", code="A1", name="Yard", state="Owner Occupied"),
        row.format(on="2025-01-31", code="A2", name="Field", state="Vacant"),
        row.format(on="2025-01-31", code="A3", name="Sold", state="Vacant"),
    )
    before = one("A2").changed_at
    with clock.at(clock.now().replace(year=2027)):
        counts = register(
            row.format(on="2026-01-31", code="A1", name="Yard", state="Vacant"),
            row.format(on="2026-01-31", code="A2", name="Field", state="Vacant"),
        )
    assert (counts["new"], counts["changed"], counts["unchanged"], counts["gone"]) == (0, 1, 1, 1)
    assert one("A1").status is Status.VACANT
    assert one("A1").changed_at > before == one("A2").changed_at
    assert one("A2").source.as_of == date(2026, 1, 31)
    assert one("A2").facts == []
    assert one("A3").gone_on == date(2026, 1, 31)
    assert counts["newly_vacant"] == 1
    assert (one("A1").vacant_since, one("A2").vacant_since) == (
        date(2026, 1, 31),
        date(2025, 1, 31),
    )


def test_what_the_portal_and_the_broker_know_better_stands(app, register):
    row = "Here Council,2025-01-31,A1,Yard,,,WGS84,-2.3,53.4,Vacant,Land,{}"
    register(row.format("no"), headings=f"{HEADINGS},StepFree")
    asset = one("A1")
    asset.status, asset.step_free = Status.IN_USE, True
    asset.facts = [Fact(name="step_free", source="checked by the broker", as_of=date(2026, 1, 5))]
    db.session.commit()
    counts = register(row.format("no"), headings=f"{HEADINGS},StepFree")
    assert counts["unchanged"] == 1
    assert (one("A1").status, one("A1").step_free) == (Status.IN_USE, True)


def test_a_row_without_a_code_is_known_again(app, register):
    headings = "Organisation,Property Name,Address,Tenure"
    for expected in ("new", "unchanged"):
        counts = register("Here Parish Council,Élan Hall,1 Mill Lane,Freehold", headings=headings)
        assert counts[expected] == 1
    assert db.session.scalars(select(Holder)).one().kind is HolderKind.PARISH


@pytest.mark.parametrize("content", [None, "", "Colour,Size\nred,2\n", "<html>\n", "Name,Code\n"])
def test_a_file_that_is_no_register_writes_nothing(app, tmp_path, content):
    path = tmp_path / "register.csv"
    if content is not None:
        path.write_text(content)
    with pytest.raises(BadInput) as refusal:
        import_register(path, "testing")
    assert str(refusal.value).endswith(".")
    assert db.session.scalar(select(func.count()).select_from(Area)) == 0


def test_all_or_nothing(app, register, monkeypatch):
    from portal.intake import writing

    def breaks(*_):
        raise RuntimeError("half way")

    monkeypatch.setattr(writing, "words_of", breaks)
    with pytest.raises(RuntimeError):
        register("Here Council,2025-01-31,A1,Yard,,,,,,Vacant,Land")
    for model in (Area, Holder, Asset, Fact):
        assert db.session.scalar(select(func.count()).select_from(model)) == 0
