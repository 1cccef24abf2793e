"""Assets as GeoJSON and as map tiles: what leaves the register for other programs, without a detour by objects."""

from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock
from typing import Any

import numpy as np
import orjson
import shapely

from geo import tiles
from geo.geojson import PLACES, rounded
from portal.db import alone, db
from portal.register import matching
from portal.register.glance import Glance, Rows
from portal.register.search import Search

_ROWS = """
SELECT asset.id, asset.name, asset.kind, asset.status, holder.name, ward.name, asset.capacity, asset.step_free,
       asset.postcode, asset.land_m2, state.version
FROM asset JOIN register_state AS state ON state.area_id = asset.area_id
     JOIN holder ON holder.id = asset.holder_id LEFT JOIN ward ON ward.id = asset.ward_id
WHERE asset.id """
# One array or one text of numbers, so that the engines prepare the statement once for any length.
ROWS = {
    "postgresql": _ROWS + "= ANY(%s)",
    "sqlite": _ROWS + "IN (SELECT value FROM json_each(?))",  # noqa: S608 - our own words
}
NAMES = (
    "name", "kind", "status", "holder", "ward", "capacity", "step_free", "postcode", "land_m2",
)  # fmt: skip
END = b"}}"
MOST_TOLD = 100_000  # features kept as JSON: some 50 MB
BOOLEANS = {None: None, 0: False, 1: True}


def rows_of(ids: Sequence[int]) -> list[Any]:
    """What a feature says of each asset, in the order of `ids`; each row ends with the register's version."""
    engine = db.engine.dialect.name
    given = list(ids) if engine == "postgresql" else orjson.dumps(list(ids)).decode()
    by_id = {row[0]: row for row in alone(ROWS[engine], (given,))}
    return [by_id[number] for number in ids if number in by_id]


def collection(seen: Glance, ids: Sequence[int], metres: dict[int, float], **members: Any) -> bytes:
    """The assets as a FeatureCollection (RFC 7946); one whose place nobody knows has "geometry": null."""
    opening = orjson.dumps({"type": "FeatureCollection", **members})[:-1]
    heads = _heads(seen, ids)
    ends = ((b',"metres":%.10g}}' % metres[number]) if number in metres else END for number in ids)
    found = b",".join(heads[n] + end for n, end in zip(ids, ends, strict=True) if n in heads)
    return opening + b',"features":[' + found + b"]}"


def texts(seen: Glance, ids: Sequence[int]) -> list[bytes]:
    """Each asset's feature as JSON; nothing of it is kept."""
    rows = rows_of(ids)
    return [
        _head(row, shape) + END for row, shape in zip(rows, _geometries(seen, rows), strict=True)
    ]


def _heads(seen: Glance, ids: Sequence[int]) -> dict[int, bytes]:
    """Each asset's feature as JSON but for its last two braces; kept in memory, for what is asked for once is asked again."""
    known = seen.told
    found = {number: known[number] for number in ids if number in known}
    unknown = [number for number in ids if number not in found]
    if unknown:
        rows = rows_of(unknown)
        fresh = {
            row[0]: _head(row, shape)
            for row, shape in zip(rows, _geometries(seen, rows), strict=True)
        }
        found |= fresh
        # What this request reads may be newer than what it has in memory; then it is not kept.
        if all(row[-1] == seen.state.version for row in rows):
            if len(known) > MOST_TOLD:
                known.clear()
            known.update(fresh)
    return found


def _head(row: Any, geometry: Any) -> bytes:
    number, name, kind, status, holder, ward, capacity, step_free, postcode, land, _version = row
    properties = {
        "name": name, "kind": kind, "status": status, "holder": holder, "ward": ward, "capacity": capacity,
        "step_free": BOOLEANS[step_free], "postcode": postcode, "land_m2": land, "url": f"/assets/{number}",
    }  # fmt: skip
    return orjson.dumps(
        {"type": "Feature", "id": number, "geometry": geometry, "properties": properties}
    )[:-2]


def _geometries(seen: Glance, rows: Sequence[Any]) -> list[Any]:
    """The shape of each row's asset as GeoJSON, from memory."""
    found = seen.rows_of([row[0] for row in rows])
    lons, lats = seen.lon[found].round(PLACES).tolist(), seen.lat[found].round(PLACES).tolist()
    shapes: list[Any] = [
        {"type": "Point", "coordinates": (lon, lat)} if lon == lon else None  # noqa: PLR0124 - NaN
        for lon, lat in zip(lons, lats, strict=True)
    ]
    plots = np.flatnonzero(seen.plot[found] >= 0)
    if len(plots):
        drawn = shapely.to_geojson(rounded(seen.plots[seen.plot[found[plots]]]))
        for place, shape in zip(plots.tolist(), drawn.tolist(), strict=True):
            shapes[place] = orjson.Fragment(shape)
    return shapes


FEATURES_FROM = 13  # the zoom from which a tile shows places one by one
FINER = 3  # a tile that counts has 8 by 8 cells
MOST_KEPT = 48_000_000  # bytes of answers kept in memory for each process
BESIDE = 1000  # about what a key and its header weigh


class Memory:
    """Answers as they were given; what nobody has asked for the longest is forgotten first."""

    def __init__(self, most: int) -> None:
        self._most, self._size = most, 0  # bytes
        self._kept: OrderedDict[Any, tuple[bytes, str]] = OrderedDict()
        self._lock = Lock()

    def recall(self, key: Any) -> tuple[bytes, str] | None:
        """What was kept for this key."""
        with self._lock:
            known = self._kept.get(key)
            if known is not None:
                self._kept.move_to_end(key)
            return known

    def keep(self, key: Any, body: bytes, header: str = "") -> None:
        """Keep an answer and one header of it."""
        with self._lock:
            if key not in self._kept:
                self._kept[key] = body, header
                self._size += len(body) + BESIDE
            while self._size > self._most:
                _, (old, _) = self._kept.popitem(last=False)
                self._size -= len(old) + BESIDE


memory = Memory(MOST_KEPT)


def key_of(seen: Glance, search: Search, *more: Any) -> Any:
    """What an answer is kept under: the register as it stands, the search, what else was asked."""
    # A drawn area by its numbers, for a shape is not to be looked up by.
    inside = search.inside.wkb if search.inside is not None else None
    asked = (getattr(search, name) for name in _PLAIN)
    return (seen.state.area_id, seen.state.version, *asked, inside, *more)


_PLAIN = [name for name in Search.__dataclass_fields__ if name != "inside"]


def tile(seen: Glance, search: Search, zoom: int, x: int, y: int) -> bytes:
    """The tile as bytes: up to zoom 12 how many fit in each of its cells, from 13 the places themselves."""
    key = key_of(seen, search, zoom, x, y)
    if known := memory.recall(key):
        return known[0]
    made = (counted if zoom < FEATURES_FROM else drawn)(seen, search, zoom, x, y)
    memory.keep(key, made)
    return made


def counted(seen: Glance, search: Search, zoom: int, x: int, y: int) -> bytes:
    """How many assets fit in each cell of a tile, at the middle of those that do."""
    run = seen.run(*tiles.run_of(zoom, x, y))
    rows = _fitting(seen, search, run)
    if rows is None:
        cells, across, down = seen.cell[run], seen.across[run], seen.down[run]
        first = run.start
    else:
        cells, across, down = seen.cell[rows], seen.across[rows], seen.down[rows]
    if not len(cells):
        return b""
    coarse = cells >> np.uint32(2 * (tiles.DEEPEST - zoom - FINER))
    starts = np.concatenate(([0], np.flatnonzero(np.diff(coarse)) + 1))
    numbers = np.diff(np.append(starts, len(cells)))
    middles = [
        (np.add.reduceat(axis, starts, dtype=float) / numbers * 2**zoom - corner) * tiles.EXTENT
        for axis, corner in ((across, x), (down, y))
    ]
    points = list(zip(*(middle.astype(int).tolist() for middle in middles), strict=True))
    alone = numbers == 1
    ids = np.where(alone, seen.id[(starts + first) if rows is None else rows[starts]], 0).tolist()
    properties = {"count": numbers.tolist(), "asset": [number or None for number in ids]}
    return tiles.encode([tiles.Layer("counts", range(1, len(points) + 1), points, properties)])


def _fitting(seen: Glance, search: Search, run: slice) -> Rows | None:
    """The rows of a run that fit, in the order of their cells; None for all of them."""
    fits = matching.tests(seen, search)
    if search.bounded:
        rows = np.sort(matching.match(seen, search, fits).rows)
        return rows[np.searchsorted(rows, run.start) : np.searchsorted(rows, run.stop)]
    mask = matching.all_of(fits, run)
    return None if mask is None else np.flatnonzero(mask) + run.start


def drawn(seen: Glance, search: Search, zoom: int, x: int, y: int) -> bytes:
    """The assets of a tile that fit: points, plots and buildings, with what a note on the map says of them."""
    margin = tiles.MARGIN / tiles.EXTENT
    rows = np.unique(seen.rows_over(tiles.box_of(zoom, x, y, margin)))
    if search.bounded:
        rows = np.intersect1d(rows, matching.match(seen, search).rows)
    else:
        mask = matching.all_of(matching.tests(seen, search), rows)
        rows = rows if mask is None else rows[mask]
    shapes = _in_tile(seen, rows, zoom, x, y)
    inside = np.array([shape is not None for shape in shapes], bool)
    told = {row[0]: row for row in rows_of(seen.id[rows[inside]].tolist())}
    kept = [
        (told[number], shape)
        for number, shape in zip(seen.id[rows].tolist(), shapes, strict=True)
        if shape is not None and number in told
    ]
    properties: dict[str, Sequence[Any]] = {
        name: [row[at] for row, _ in kept] for at, name in enumerate(NAMES, 1)
    }
    properties["step_free"] = [BOOLEANS[value] for value in properties["step_free"]]
    layer = tiles.Layer("assets", [row[0] for row, _ in kept], [s for _, s in kept], properties)
    return tiles.encode([layer]) if kept else b""


def _in_tile(seen: Glance, rows: Rows, zoom: int, x: int, y: int) -> list[Any]:
    """Points as pairs and plots as shapes in units of the tile; None for what does not show in it."""
    side = 2.0**zoom
    across, down = tiles.world(seen.lon[rows], seen.lat[rows])
    xs = ((across * side - x) * tiles.EXTENT).round()
    ys = ((down * side - y) * tiles.EXTENT).round()
    least, most = -tiles.MARGIN, tiles.EXTENT + tiles.MARGIN
    shown = (xs >= least) & (xs <= most) & (ys >= least) & (ys <= most)
    found: list[Any] = [
        (int(px), int(py)) if there else None
        for px, py, there in zip(xs.tolist(), ys.tolist(), shown.tolist(), strict=True)
    ]
    plots = np.flatnonzero(seen.plot[rows] >= 0)
    if len(plots):
        clipped = tiles.in_tile(seen.plots[seen.plot[rows[plots]]], zoom, x, y)
        for at, shape in zip(plots.tolist(), clipped, strict=True):
            found[at] = None if shape.is_empty else shape
    return found
