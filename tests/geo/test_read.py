import json
from contextlib import suppress
from zipfile import ZipFile

import geopandas
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.read import UnreadableError, features, rows, table

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


def lines_of(path):
    """line -> (cells, what is wrong with them)."""
    return {
        line: ([*cells], chunk.faults.get(row) and chunk.faults[row].what)
        for chunk in table(path).chunks(2)
        for row, (line, cells) in enumerate(zip(chunk.lines, chunk.cells, strict=True))
    }


HEADS = "Ref,Property Name,Street,Postcode,Tenure\n"
GOOD = ["3", "A, b", "High St", "M33", "Free"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('1,"Yard,Mill Lane,M33,Free\n3,"A, b",High St,M33,Free\n', {2: "repaired", 3: None}),
        ('1,Yard,Mill Lane,M33,"Free\n3,"A, b",High St,M33,Free\n', {2: "repaired", 3: None}),
        ('1,"Yard, x,Mill Lane,M33,Free\n3,"A, b",High St,M33,Free\n', {2: "refused", 3: None}),
        ('3,"A, b",High St,M33,Free\n1,"Yard,Mill Lane,M33,Free\n', {2: None, 3: "repaired"}),
        ('1,"The "Old" Hall",Mill Lane,M33,Free\n3,"A, b",High St,M33,Free', {2: None, 3: None}),
        ('1,Yard,Mill Lane,M33,Free,more\n3,"A, b",High St,M33,Free\n', {2: "refused", 3: None}),
        (f'{HEADS}3,"A, b",High St,M33,Free\n', {3: None}),
    ],
)
def test_a_mark_that_is_never_closed_costs_its_own_line_only(tmp_path, body, expected):
    path = tmp_path / "r.csv"
    path.write_text(HEADS + body, encoding="utf-8")
    found = lines_of(path)
    assert {line: what for line, (_, what) in found.items()} == expected
    assert [cells for cells, _ in found.values()].count(GOOD) == 1


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_a_long_file_with_an_open_mark_is_not_swallowed(tmp_path, newline):
    path = tmp_path / "r.csv"
    rows_ = [f"{n},Hall {n},High St,M33 7DZ,Free" for n in range(2000)]
    rows_[5] = '5,"Hall 5,High St,M33 7DZ,Free'
    path.write_bytes(newline.join([HEADS.strip(), *rows_]).encode())
    found = lines_of(path)
    assert len(found) == 2000
    assert found[7] == (["5", "Hall 5", "High St", "M33 7DZ", "Free"], "repaired")


@pytest.mark.parametrize(
    "text",
    [
        "Assets 2025,,,\n,,Map reference,\nName,Postcode,Easting,Northing\nHall,M33 7DZ,379000,391000\n",
        "Name,Postcode,Location,\n,,Easting,Northing\nHall,M33 7DZ,379000,391000\n",
    ],
)
def test_headings_in_two_rows(tmp_path, text):
    path = tmp_path / "r.csv"
    path.write_text(text)
    assert rows(path)[0].cells == {
        "Name": "Hall",
        "Postcode": "M33 7DZ",
        "Easting": "379000",
        "Northing": "391000",
    }


def test_a_table_without_headings_has_the_numbers_of_its_columns(tmp_path):
    path = tmp_path / "r.csv"
    path.write_text("".join(f"Hall {n},M33 7D{c},37900{n},391{n}00\n" for n, c in enumerate("XYZ")))
    assert table(path).headings == ["column 1", "column 2", "column 3", "column 4"]
    assert len(rows(path)) == 3


def test_of_two_headings_alike_the_first_that_is_filled(tmp_path):
    path = tmp_path / "r.csv"
    path.write_text("Name,Name,Street\nHall,,Mill\n,Yard,High\n")
    assert [row.cells["Name"] for row in rows(path)] == ["Hall", "Yard"]


def test_a_table_in_a_zip_and_a_spreadsheet(tmp_path):
    path = tmp_path / "r.zip"
    with ZipFile(path, "w") as archive:
        archive.writestr("assets.csv", "Name,Street\nHall,Mill\n")
    assert rows(path)[0].cells == {"Name": "Hall", "Street": "Mill"}
    with ZipFile(tmp_path / "r.xlsx", "w") as archive:
        archive.writestr("xl/workbook.xml", "")
    with pytest.raises(UnreadableError, match="Save it as CSV"):
        rows(tmp_path / "r.xlsx")


@pytest.mark.parametrize("name", ["w.geojson", "w.gpkg", "w.shp", "w.zip"])
def test_a_map_file_is_a_table_with_shapes_read_some_at_a_time(tmp_path, wards, name):
    path = tmp_path / name
    if name == "w.zip":
        wards.to_file(tmp_path / "w.shp")
        with ZipFile(path, "w") as archive:
            for part in tmp_path.glob("w.*"):
                if part != path:
                    archive.write(part, part.name)
    else:
        wards.to_file(path)
    read = table(path)
    chunks = list(read.chunks(1))
    assert read.headings[:2] == ["area_code", "size"]
    assert [chunk.cells for chunk in chunks] == [[["E1", "1.5"]], [["E2", ""]]]
    assert [chunk.lines for chunk in chunks] == [[1], [2]]
    for chunk, shape in zip(chunks, wards.geometry, strict=True):
        assert chunk.shapes[0].hausdorff_distance(shape) < 1e-9


@pytest.mark.parametrize("text", ["|", ";", "\n,\n"])
def test_a_file_of_separators_alone_is_refused(tmp_path, text):
    path = tmp_path / "r.csv"
    path.write_text(text, newline="")
    with pytest.raises(UnreadableError):
        rows(path)


@given(st.text(max_size=300))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_text_breaks_the_reader(tmp_path, text):
    path = tmp_path / "r.csv"
    path.write_text(text, encoding="utf-8", errors="replace", newline="")
    with suppress(UnreadableError):
        assert all(row.line for row in rows(path))


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


def test_a_damaged_zip_is_told(tmp_path):
    path = tmp_path / "r.zip"
    with ZipFile(path, "w") as pack:
        pack.writestr("r.csv", "name,postcode\n" + "Yard,M33 2AA\n" * 30)
    path.write_bytes(path.read_bytes().replace(b"PK\x03", b"PK\x05", 1))
    with pytest.raises(UnreadableError):
        table(path)
