import json

import geopandas
import pytest
import shapely

from geo.read import UnreadableError, features, rows

TABLE = 'Property Name,Post Code,GeoX\r\nCafé,M33 7DZ,1\r\n\r\n,,\r\n"Old\r\nhall",,2\r\n'
EXPECTED = [
    (2, {"Property Name": "Café", "Post Code": "M33 7DZ", "GeoX": "1"}),
    (5, {"Property Name": "Old\r\nhall", "Post Code": "", "GeoX": "2"}),
]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_rows_in_every_encoding_with_blank_lines_and_line_ends_in_cells(tmp_path, encoding):
    path = tmp_path / "register.csv"
    path.write_bytes(TABLE.encode(encoding))
    assert rows(path) == EXPECTED


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_rows_with_other_delimiters(tmp_path, delimiter):
    path = tmp_path / "register.csv"
    path.write_text(TABLE.replace(",", delimiter), encoding="utf-8", newline="")
    assert rows(path) == EXPECTED


def test_titles_above_the_headings_are_passed_over(tmp_path):
    path = tmp_path / "register.csv"
    path.write_text("Land and assets 2025,,\n\nProperty Name,Post Code,UPRN\nHall,M33 7DZ,9\n")
    assert rows(path) == [(4, {"Property Name": "Hall", "Post Code": "M33 7DZ", "UPRN": "9"})]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "There is no file"),
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        (b"PK\x03\x04\x00\x00", "not a table"),
        (b"<html><body>Not found</body></html>", "not a table"),
        (b'{"type": "FeatureCollection"}', "not a table"),
        (b"just\nwords\n", "one column"),
        (b"Name,Post Code\n", "no rows"),
    ],
)
def test_what_is_no_table_is_said_in_a_sentence(tmp_path, content, why):
    path = tmp_path / "register.csv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UnreadableError, match=why):
        rows(path)


@pytest.fixture
def wards():
    shapes = [shapely.box(-2.4, 53.4, -2.3, 53.45), shapely.box(-2.3, 53.4, -2.2, 53.45)]
    return geopandas.GeoDataFrame(
        {"area_code": ["E1", "E2"], "size": [1.5, None]}, geometry=shapes, crs=4326
    )


@pytest.mark.parametrize("name", ["w.geojson", "w.gpkg", "w.shp"])
@pytest.mark.parametrize("epsg", [4326, 27700])
def test_features_come_in_degrees_from_every_format_and_system(tmp_path, wards, name, epsg):
    path = tmp_path / name
    wards.to_crs(epsg).to_file(path)
    found = features(path)
    assert [f.properties for f in found] == [
        {"area_code": "E1", "size": 1.5},
        {"area_code": "E2", "size": None},
    ]
    for feature, shape in zip(found, wards.geometry, strict=True):
        assert feature.shape.hausdorff_distance(shape) < 1e-4


def test_features_with_a_wrong_label_are_read_by_their_numbers(tmp_path, wards):
    path = tmp_path / "w.geojson"
    text = wards.to_crs(27700).to_json()
    path.write_text(json.dumps(json.loads(text) | {"crs": None}))
    assert features(path)[0].shape.hausdorff_distance(wards.geometry[0]) < 1e-4


@pytest.mark.parametrize("content", [None, "", "Name,Code\na,b\n", "{}", "not json"])
def test_what_is_no_map_file_is_said_in_a_sentence(tmp_path, content):
    path = tmp_path / "wards.geojson"
    if content is not None:
        path.write_text(content)
    with pytest.raises(UnreadableError):
        features(path)


def test_shapes_of_another_country_are_refused(tmp_path):
    path = tmp_path / "w.gpkg"
    geopandas.GeoDataFrame(geometry=[shapely.box(12, 41, 13, 42)], crs=4326).to_file(path)
    with pytest.raises(UnreadableError, match="United Kingdom"):
        features(path)


@pytest.mark.data
def test_the_wards_of_a_real_council(open_data):
    found = features(open_data / "trafford/wards_2023_generalised.geojson")
    assert len(found) == 21
    assert {"area_code", "area_name"} <= found[0].properties.keys()
    assert all(f.shape.is_valid for f in found)
