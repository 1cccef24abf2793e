"""The invented borough: always the same, and sound enough to import as a real one."""

import csv
import io
import json
import re

import pytest
import shapely
from shapely.geometry import shape as geometry

from portal.demo import borough, names

# All in one worker, where the borough is drawn once for them.
pytestmark = pytest.mark.xdist_group("borough")


@pytest.fixture(scope="module")
def texts():
    return borough.texts(borough.make())


@pytest.fixture(scope="module")
def register(texts):
    return list(csv.DictReader(io.StringIO(texts["register.csv"])))


@pytest.fixture(scope="module")
def boundary(texts):
    return geometry(json.loads(texts["boundary.geojson"])["features"][0]["geometry"])


def shapes(register):
    return [(row, shapely.from_wkt(row["Geometry"])) for row in register if row["Geometry"]]


def test_is_the_same_every_time(texts, tmp_path):
    files = borough.write(tmp_path)
    assert files.register.read_bytes().decode() == texts["register.csv"]
    assert files.wards.read_text() == texts["wards.geojson"]
    assert files.postcodes.read_bytes().decode() == texts["postcodes.csv"]


def test_another_seed_is_another_town(texts):
    assert borough.texts(borough.make(seed=4))["register.csv"] != texts["register.csv"]


def test_wards_fit_together_without_gap_or_overlap(texts, boundary):
    wards = [geometry(f["geometry"]) for f in json.loads(texts["wards.geojson"])["features"]]
    assert len(wards) == 12
    assert shapely.coverage_is_valid(wards)
    assert shapely.coverage_union_all(wards).equals(boundary)


def test_every_room_has_its_building_and_every_half_its_hall(register):
    by_code = {row["AssetCode"]: row for row in register}
    assert len(by_code) == len(register)
    rooms = [row for row in register if row["Kind"] == "room"]
    assert len(rooms) > 60
    for room in rooms:
        assert by_code[room["ParentAssetCode"]]["Kind"] == "building"
        assert int(room["Capacity"]) > 0
        assert room["HireHours"]
    halves = [row for row in rooms if row["HalfOf"]]
    assert halves
    assert all(
        by_code[row["HalfOf"]]["ParentAssetCode"] == row["ParentAssetCode"] for row in halves
    )


def test_shapes_are_valid_and_inside_the_boundary(register, boundary):
    for row, shape in shapes(register):
        assert shape.is_valid, row["AssetCode"]
        assert shape.geom_type == "Polygon"
        assert boundary.covers(shape), row["AssetCode"]


def test_no_two_shapes_overlap(register):
    found = [shape for _, shape in shapes(register)]
    tree = shapely.STRtree(found)
    first, second = tree.query(found, predicate="intersects")
    pairs = [(a, b) for a, b in zip(first, second, strict=True) if a < b]
    assert all(found[a].intersection(found[b]).area < 1e-12 for a, b in pairs)


def test_plots_and_buildings_have_the_size_of_real_ones(register):
    for row, shape in shapes(register):
        m2 = shapely.area(shape) * 111_195**2 * 0.596  # cosine of the latitude
        low, high = (40, 4_000) if row["Kind"] == "building" else (90, 30_000)
        assert low < m2 < high, (row["PropertyName"], m2)


def test_several_holders_and_about_three_hundred_assets(register):
    assert 280 <= len(register) <= 340
    holders = {row["OrganisationLabel"] for row in register}
    assert holders == {
        names.COUNCIL, names.HOMES, names.SCHOOLS, names.HEALTH, names.FIRE, names.PARISH,
    }  # fmt: skip


def test_some_rows_are_as_awkward_as_in_real_registers(register):
    placeless = [row for row in register if not row["GeoX"]]
    full = [row for row in placeless if " " in row["PostCode"]]
    swapped = [row for row in register if row["GeoX"] and float(row["GeoX"]) > 50]
    assert len(placeless) == 13
    assert len(full) == 7
    assert len(swapped) == 1


def test_a_stroke_group_finds_a_free_step_free_room_on_thursday_evenings(register):
    fits = [
        row
        for row in register
        if row["Kind"] == "room"
        and row["StepFree"] == "yes"
        and int(row["Capacity"]) >= 15
        and row["PricePencePerHour"] == "0"
    ]
    assert len(fits) >= 4


def test_postcodes_are_of_no_real_area_and_each_only_once(texts):
    rows = list(csv.DictReader(io.StringIO(texts["postcodes.csv"])))
    found = [row["postcode"] for row in rows]
    assert 2_500 < len(found) == len(set(found))
    assert all(re.fullmatch(r"TM\d{1,2} \d[ABD-HJLNP-UW-Z]{2}", text) for text in found)


def test_no_two_things_have_one_name(register):
    found = [row["PropertyName"].strip() for row in register]
    assert len(found) == len(set(found))
