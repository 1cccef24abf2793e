import csv

import pytest

from geo.columns import SPELLINGS, field_of, fields, plain, recognise


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("PropertyName", "name"),
        ("PropetyName", "name"),
        ("Property name ", "name"),
        ("PROPERTY_NAME", "name"),
        ("Propertty Name", "name"),
        ("GeoX", "x"),
        ("Easting", "x"),
        ("Longitude", "x"),
        ("GeoY", "y"),
        ("Post Code", "postcode"),
        ("12. Tenure Type", "tenure"),
        ("Unique Property Reference Number", "uprn"),
        ("ParentAssetCode", "parent_code"),
        ("Step free", "step_free"),
        ("Photo", None),
        ("", None),
    ],
)
def test_headings_by_meaning(heading, field):
    assert field_of(heading) == field


def test_no_spelling_means_two_things():
    spellings = [(plain(s), field) for field, names in SPELLINGS.items() for s in names.split()]
    meanings = {}
    for name, field in spellings:
        assert meanings.setdefault(name, field) == field


def test_of_two_headings_for_one_field_the_code_s_own_wins():
    assert recognise(["Description", "Property Name", "Name"]) == {"name": "Property Name"}
    assert recognise(["Easting", "Northing", "GeoX", "GeoY"]) == {"x": "GeoX", "y": "GeoY"}


def test_fields_leave_out_what_is_empty():
    row = {"Property Name": " The   old\nlibrary ", "UPRN": " ", "Other": "x"}
    assert fields(row, recognise(row)) == {"name": "The old library"}


@pytest.mark.data
def test_every_column_of_a_real_register_is_understood(open_data):
    with (open_data / "trafford/land_and_building_assets.csv").open(encoding="utf-8") as file:
        headings = next(csv.reader(file))
    assert len(recognise(headings)) == len(headings) == 20
