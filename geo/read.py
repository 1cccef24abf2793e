"""Files in: rows of a table, features of a map file. For imports at the command line, never inside
a request.
"""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import shapely
from shapely.geometry.base import BaseGeometry

from geo import columns
from geo.crs import ENVELOPES, LIMITS, STORED, Box
from geo.shapes import bounds, project, sound

csv.field_size_limit(10_000_000)  # a polygon in one cell may be long
DELIMITERS = ",;\t|"
HEADER_WITHIN = 10


class UnreadableError(ValueError):
    """The file cannot be read; the message is one plain sentence that says why."""


class Row(NamedTuple):
    """One row: the line it begins on (1 is the file's first) and its cells by heading."""

    line: int
    cells: dict[str, str]


def text_of(path: Path) -> str:
    """The file as text: UTF-8 with or without a mark, UTF-16 with one, else Windows-1252.

    Raises UnreadableError when it is missing, empty or plainly not text.
    """
    if not path.is_file():
        raise UnreadableError(f"There is no file at {path}.")
    raw = path.read_bytes()
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return raw.decode("utf-16")
    if b"\x00" in raw:
        raise UnreadableError(f"{path.name} is not a table of text (CSV).")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", errors="replace")
    if not text.strip():
        raise UnreadableError(f"{path.name} is empty.")
    return text


def rows(path: Path) -> list[Row]:
    """The rows of a CSV file by heading; blank rows left out, titles above the headings passed
    over.

    Cells may hold line ends. Raises UnreadableError for what is no table: one column, or no row
    under the headings.
    """
    text = text_of(path)
    first = text.lstrip().splitlines()[0]
    if first[:1] in "{[<" or first.startswith("%PDF"):
        raise UnreadableError(f"{path.name} is not a table (CSV).")
    delimiter = max(DELIMITERS, key=text[:5000].count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    table = list(_numbered(reader, path))
    top = _header_at(table)
    if len(table[top][1]) == 1:
        raise UnreadableError(f"{path.name} is not a table: it has one column only.")
    headers = [name.strip() for name in table[top][1]]
    found = [Row(line, dict(zip(headers, cells, strict=False))) for line, cells in table[top + 1 :]]
    if not found:
        raise UnreadableError(f"{path.name} has headings and no rows under them.")
    return found


def _numbered(reader: Any, path: Path) -> Iterator[tuple[int, list[str]]]:
    before = 0
    try:
        for cells in reader:
            line, before = before + 1, reader.line_num
            if any(cell.strip() for cell in cells):
                yield line, cells
    except csv.Error as wrong:
        raise UnreadableError(f"{path.name} is not a table (CSV): {wrong}.") from wrong


def _header_at(table: list[tuple[int, list[str]]]) -> int:
    """The first row near the top in which two headings are understood, else the first row."""
    for position, (_, cells) in enumerate(table[:HEADER_WITHIN]):
        if len(columns.recognise(cells)) > 1:
            return position
    return 0


class Feature(NamedTuple):
    """One feature of a map file: its properties and its shape in EPSG:4326, if it has one."""

    properties: dict[str, Any]
    shape: BaseGeometry | None


def features(path: Path) -> list[Feature]:
    """The features of a GeoJSON, GeoPackage or Shapefile, in degrees whatever its label says,
    valid and flat.

    Raises UnreadableError when the file is missing, is no map file, or lies outside the United
    Kingdom.
    """
    # It brings pandas: a second of every start and 70 MB of every web worker, for what only imports need.
    import pyogrio  # noqa: PLC0415

    if not path.is_file():
        raise UnreadableError(f"There is no file at {path}.")
    try:
        meta, _, geometry, values = pyogrio.raw.read(path)
    except (
        pyogrio.errors.DataSourceError,
        pyogrio.errors.DataLayerError,
        UnicodeDecodeError,  # a PDF opens, and then holds no text
    ) as wrong:
        raise UnreadableError(
            f"{path.name} is not a map file (GeoJSON, GeoPackage, Shapefile)."
        ) from wrong
    if geometry is None or not len(geometry):
        raise UnreadableError(f"{path.name} has no shapes in it.")
    shapes = shapely.from_wkb(geometry)
    epsg = _system_of(shapes, path)
    placed = sound(project(sound(shapes), epsg, STORED))
    names = [str(name) for name in meta["fields"]]
    return [
        Feature(
            {name: _simple(column[i]) for name, column in zip(names, values, strict=True)}, shape
        )
        for i, shape in enumerate(placed)
    ]


def _simple(value: Any) -> Any:
    """A numpy scalar as the Python value it stands for; a missing number as None."""
    plain = value.item() if hasattr(value, "item") else value
    return None if plain != plain else plain  # noqa: PLR0124 - only NaN differs from itself


def _system_of(shapes: Any, path: Path) -> int:
    """The system in which the whole file lies in the United Kingdom: its numbers say so, not its
    label.
    """
    box = bounds(shapes)
    if box is None:
        return STORED
    corners = shapely.points([box.west, box.east], [box.south, box.north])
    for epsg, limit in LIMITS.items():
        if max(map(abs, box)) <= limit:
            (west, south), (east, north) = shapely.get_coordinates(project(corners, epsg, STORED))
            if _overlap(Box(west, south, east, north), ENVELOPES["united_kingdom"]):
                return epsg
    raise UnreadableError(f"The shapes in {path.name} do not lie in the United Kingdom.")


def _overlap(one: Box, other: Box) -> bool:
    return bool(shapely.intersects(shapely.box(*one), shapely.box(*other)))
