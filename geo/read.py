"""Files in: the rows of a table, the features of a map file, through one interface and as they come.

For imports at the command line, never inside a request.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo import columns
from geo.crs import ENVELOPES, LIMITS, STORED, Box
from geo.mapfiles import as_text, collection, is_collection, layer
from geo.shapes import bounds, project, sound
from geo.text import REFUSED, Fault, Record, UnreadableError, layout, lines_of, records

__all__ = ["Feature", "Row", "Table", "UnreadableError", "features", "rows", "table"]

HEADER_WITHIN = 15
MAP_FILES = (".geojson", ".json", ".gpkg", ".shp", ".zip", ".gml", ".kml", ".tab", ".fgb")
SAMPLE = 500
CHUNK = 20_000


class Row(NamedTuple):
    """One row: the line it begins on (1 is the file's first) and its cells by heading."""

    line: int
    cells: dict[str, str]


class Chunk(NamedTuple):
    """Some rows: their lines, their cells (as many as there are headings), what is wrong with which of them.

    `shapes`, of a map file, in the file's own numbers. `done`: how much of the table's `size` is read with it.
    """

    lines: list[int]
    cells: list[list[str]]
    faults: dict[int, Fault]
    shapes: list[BaseGeometry | None] | None
    done: int


class Table(NamedTuple):
    """A file understood as headings and rows. `sample` holds the first rows, `crs` what it says of its system."""

    path: Path
    headings: list[str]
    sample: list[list[str]]
    size: int
    crs: str
    chunks: Callable[[int], Iterator[Chunk]]


def table(path: Path) -> Table:
    """The file as a table: CSV, also in a zip; GeoJSON, GeoPackage, Shapefile.

    Titles above the headings are passed over, headings in two rows put together. Raises UnreadableError for what is
    no table: one column, or no row under the headings.
    """
    if not path.is_file():
        raise UnreadableError(f"There is no file at {path}.")
    if path.suffix.casefold() in MAP_FILES and not _holds_text(path):
        return _map_table(path)
    return _text_table(path)


def _holds_text(path: Path) -> bool:
    """Whether a zip holds a table of text."""
    if path.suffix.casefold() != ".zip":
        return False
    try:
        layout(path)
    except (UnreadableError, OSError):
        return False
    return True


def rows(path: Path) -> list[Row]:
    """The rows of a table by heading, all at once; of two headings alike, the first filled cell."""
    read = table(path)
    return [
        Row(line, _by_heading(read.headings, cells))
        for chunk in read.chunks(CHUNK)
        for line, cells in zip(chunk.lines, chunk.cells, strict=True)
    ]


def _by_heading(headings: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for heading, cell in zip(headings, cells, strict=False):
        if not found.get(heading):
            found[heading] = cell
    return found


# Tables of text.


def _text_table(path: Path) -> Table:
    first, delimiter, usual = layout(path)
    start = "".join(first).lstrip()
    if start[:1] in "{[<" or start.startswith("%PDF"):
        raise UnreadableError(f"{path.name} is not a table (CSV).")
    top = list(islice(records(first, delimiter, usual), SAMPLE))
    if not top:  # nothing but what separates cells
        raise UnreadableError(f"{path.name} has no rows.")
    if max(len(record.cells) for record in top) == 1:
        raise UnreadableError(f"{path.name} is not a table: it has one column only.")
    below, headings = _headings(top, usual)
    if below >= len(top):
        raise UnreadableError(f"{path.name} has headings and no rows under them.")
    last = top[below - 1].line if below else 0
    width = len(headings)

    def chunks(size: int) -> Iterator[Chunk]:
        every = (r for r in records(lines_of(path), delimiter, width) if r.line > last)
        fitted = (_fitted(record, width) for record in every if record.cells != headings)
        return _chunked(fitted, size)

    sample = [_fitted(record, width).cells for record in top[below:]]
    return Table(path, headings, sample, path.stat().st_size, "", chunks)


def _headings(top: Sequence[Record], usual: int) -> tuple[int, list[str]]:
    """(how many records stand above the first row, the headings) of a table.

    The headings are the row near the top, or the two rows, in which most is understood. A table without any has the
    numbers of its columns.
    """
    best, score, chosen = 0, 0, [c.strip() for c in top[0].cells]
    for position, record in enumerate(top[:HEADER_WITHIN]):
        one = [cell.strip() for cell in record.cells]
        tries = [(position + 1, one)]
        if position + 1 < len(top):
            tries.append((position + 2, _stacked(one, top[position + 1].cells)))
        for below, cells in tries:
            found = len({field[0] for cell in cells if (field := columns.known(cell))})
            if found > max(score, 1):
                best, score, chosen = below, found, cells
    if not score:
        data = columns.match([""] * len(chosen), [r.cells for r in top])
        best = 0 if len(data) > 1 and _is_data(chosen, data) else 1
        chosen = chosen if best else [f"column {n}" for n in range(1, len(chosen) + 1)]
    return best, chosen + [""] * (usual - len(chosen))


def _is_data(cells: Sequence[str], data: Sequence[columns.Match]) -> bool:
    """Whether a first row is like those below it: it has figures where they have."""
    figured = [m.position for m in data if m.field != "name" and m.position < len(cells)]
    return bool(figured) and all(any(c.isdigit() for c in cells[position]) for position in figured)


def _stacked(above: Sequence[str], below: Sequence[str]) -> list[str]:
    """Headings in two rows, "Map reference" over "Easting": the lower one where it says enough by itself."""
    width = max(len(above), len(below))
    over, group = [*above, *[""] * (width - len(above))], ""
    found = []
    for upper, cell in zip(over, [*below, *[""] * (width - len(below))], strict=True):
        lower, group = cell.strip(), upper or group
        both = f"{group} {lower}".strip()
        plain = lower if columns.known(lower) else both
        found.append(plain if lower else upper)
    return found


def _fitted(record: Record, width: int) -> Record:
    """A row with as many cells as there are headings; one that has more, filled, is refused."""
    missing = width - len(record.cells)
    if missing == 0:
        return record
    if missing > 0:
        return Record(record.line, record.cells + [""] * missing, record.fault)
    fault = record.fault
    if any(cell.strip() for cell in record.cells[width:]):
        why = (
            f"it has {len(record.cells)} cells under {width} headings, so they cannot be told apart"
        )
        fault = fault or Fault(REFUSED, why)
    return Record(record.line, record.cells[:width], fault)


def _chunked(every: Iterator[Record], size: int) -> Iterator[Chunk]:
    done = 0
    while taken := list(islice(every, size)):
        faults = {i: record.fault for i, record in enumerate(taken) if record.fault}
        done += sum(sum(map(len, record.cells)) + len(record.cells) for record in taken)
        yield Chunk([r.line for r in taken], [r.cells for r in taken], faults, None, done)


# Map files.


def _map_table(path: Path) -> Table:
    label, size, reader = collection(path) if is_collection(path) else layer(path)
    first = list(islice(reader(SAMPLE), 1))
    if not first or not first[0][0]:
        raise UnreadableError(f"{path.name} has no shapes in it.")
    headings = list(dict.fromkeys(name for properties in first[0][0] for name in properties))
    sample = [_cells(properties, headings) for properties in first[0][0]]

    def chunks(size: int) -> Iterator[Chunk]:
        done = 0
        for properties, shapes in reader(size):
            lines = list(range(done + 1, done + 1 + len(properties)))
            done += len(properties)
            yield Chunk(lines, [_cells(p, headings) for p in properties], {}, shapes, done)

    return Table(path, headings, sample, size, label, chunks)


def _cells(properties: dict[str, Any], headings: Sequence[str]) -> list[str]:
    return [as_text(properties.get(heading)) for heading in headings]


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
    if not path.is_file():
        raise UnreadableError(f"There is no file at {path}.")
    try:
        _, _, reader = collection(path) if is_collection(path) else layer(path)
        found = list(reader(CHUNK))
    except UnicodeDecodeError as wrong:  # a PDF opens, and then holds no text
        raise UnreadableError(
            f"{path.name} is not a map file (GeoJSON, GeoPackage, Shapefile)."
        ) from wrong
    properties = list(chain.from_iterable(some for some, _ in found))
    shapes = list(chain.from_iterable(shapes for _, shapes in found))
    if all(shape is None for shape in shapes):
        raise UnreadableError(f"{path.name} has no shapes in it.")
    flat = sound(np.array(shapes, dtype=object))
    placed = sound(project(flat, _system_of(flat, path), STORED))
    return [Feature(what, shape) for what, shape in zip(properties, placed, strict=True)]


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
