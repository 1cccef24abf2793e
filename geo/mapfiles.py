"""Features of map files, some at a time: GeoJSON feature by feature, all else by the library that knows the formats."""

import json
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from geo.text import UnreadableError

Features = Iterator[tuple[list[dict[str, Any]], list[BaseGeometry | None]]]
BLOCK = 1 << 20  # letters read at once
MANY_BLOCKS = 64  # for one feature: what is longer is no feature


def as_text(value: Any) -> str:
    """A property as the cell of a table."""
    if value is None or value != value:  # noqa: PLR0124 - only NaN differs from itself
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value if isinstance(value, str) else str(value)


def is_collection(path: Path) -> bool:
    """Whether the file is a FeatureCollection, which can be read feature by feature."""
    if path.suffix.casefold() not in (".geojson", ".json"):
        return False
    return next(_spans(path), None) is not None


def _spans(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each feature of a collection, as text and as what it says; none when the file is another thing."""
    decoder = json.JSONDecoder()
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        text = file.read(BLOCK)
        start = text.find("[", text.find('"features"') + 1) + 1
        if '"features"' not in text or not start:
            return
        tries = 0
        while True:
            while start < len(text) and text[start] in " \t\r\n,":
                start += 1
            if text[start : start + 1] == "]":
                return
            try:
                feature, end = decoder.raw_decode(text, start)
            except ValueError:
                more = file.read(BLOCK << min(tries, 6))
                tries += 1
                if not more or tries > MANY_BLOCKS:
                    return
                text, start = text[start:] + more, 0
                continue
            if isinstance(feature, dict):
                yield text[start:end], feature
            start, tries = end, 0


def collection(path: Path) -> tuple[str, int, Callable[[int], Features]]:
    """(what it says of its system, how many features, a reader of so many at a time) of a FeatureCollection."""
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        head = file.read(2000)
    label = head[head.find('"crs"') :][:200] if '"crs"' in head else ""

    def read(size: int) -> Features:
        spans = _spans(path)
        while taken := list(islice(spans, size)):
            shapes = shapely.from_geojson([text for text, _ in taken], on_invalid="ignore")
            yield [feature.get("properties") or {} for _, feature in taken], list(shapes)

    return label, sum(1 for _ in _spans(path)), read


def layer(path: Path) -> tuple[str, int, Callable[[int], Features]]:
    """The same of any other map file: its first layer. Raises UnreadableError when it is none."""
    # It brings pandas: a second of every start and 70 MB of every web worker, for what only imports need.
    import pyogrio  # noqa: PLC0415

    try:
        about = pyogrio.read_info(path, force_feature_count=True)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as wrong:
        raise UnreadableError(
            f"{path.name} is not a map file (GeoJSON, GeoPackage, Shapefile)."
        ) from wrong

    def read(size: int) -> Features:
        for skipped in range(0, max(about["features"], 0), size):
            meta, _, geometry, values = pyogrio.raw.read(
                path, skip_features=skipped, max_features=size
            )
            names = [str(name) for name in meta["fields"]]
            columns_ = [[_simple(value) for value in column] for column in values]
            properties = [dict(zip(names, row, strict=True)) for row in zip(*columns_, strict=True)]
            shapes = (
                [] if geometry is None else list(shapely.from_wkb(geometry, on_invalid="ignore"))
            )
            count = max(len(properties), len(shapes))
            yield properties or [{}] * count, shapes or [None] * count

    return str(about["crs"] or ""), max(about["features"], 0), read


def _simple(value: Any) -> Any:
    """A numpy scalar as the Python value it stands for; a missing number as None."""
    plain = value.item() if hasattr(value, "item") else value
    return None if plain != plain else plain  # noqa: PLR0124 - only NaN differs from itself
