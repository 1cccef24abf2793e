"""Assets as GeoJSON and as map tiles: what leaves the register for other programs, without a detour by objects."""

from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock
from typing import Any

import numpy as np
import orjson

from geo import tiles
from geo.geojson import PLACES
from portal.register import matching
from portal.register.columns import CODES, STEPS
from portal.register.glance import Glance, Rows
from portal.register.search import Search

NAMES = (
    "name", "kind", "status", "holder", "ward", "capacity", "step_free", "postcode", "land_m2",
)  # fmt: skip
WORDS = {
    name: np.array([None, *sorted(CODES[name], key=CODES[name].get)], object)
    for name in ("kind", "status")
}
TEXTS = ("name", "postcode")
STEP_FREE = {0: None, 1: True, STEPS: False}
KNOWN = 1 | STEPS  # the bits that say whether a place is free of steps


def said(seen: Glance, rows: Rows) -> tuple[dict[str, Sequence[Any]], dict[int, bytes]]:
    """What a feature says of each row, by its name, text as bytes; and the shapes of those that are plots as GeoJSON."""
    starts, lengths = seen.said_at[rows].tolist(), seen.said_long[rows].tolist()
    names = [
        bytes(seen.said[start : start + length])
        for start, length in zip(starts, lengths, strict=True)
    ]
    shapes = {}
    for n in np.flatnonzero(seen.plot[rows] >= 0).tolist():
        names[n], _, shapes[n] = names[n].rpartition(b"\n")
    return {
        "name": names,
        "kind": WORDS["kind"][seen.kind[rows]].tolist(),
        "status": WORDS["status"][seen.status[rows]].tolist(),
        "holder": list(map(seen.holders.get, seen.holder[rows].tolist())),
        "ward": list(map(seen.wards.get, seen.ward[rows].tolist())),
        "capacity": [number if number >= 0 else None for number in seen.capacity[rows].tolist()],
        "step_free": list(map(STEP_FREE.get, (seen.flags[rows] & KNOWN).tolist())),
        "postcode": [postcode or None for postcode in seen.postcode[rows].tolist()],
        "land_m2": [number if number >= 0 else None for number in seen.land[rows].tolist()],
    }, shapes


def features(seen: Glance, rows: Rows) -> list[dict[str, Any]]:
    """Each row's asset as a GeoJSON feature (RFC 7946); one whose place nobody knows has "geometry": null."""
    told, shapes = said(seen, rows)
    told |= {name: [text and text.decode() for text in told[name]] for name in TEXTS}
    numbers = seen.id[rows].tolist()
    told["url"] = [f"/assets/{number}" for number in numbers]
    lons, lats = seen.lon[rows].round(PLACES).tolist(), seen.lat[rows].round(PLACES).tolist()
    return [
        {
            "type": "Feature",
            "id": number,
            "geometry": orjson.Fragment(shapes[n]) if n in shapes else _point(lon, lat),
            "properties": dict(zip(told, values, strict=True)),
        }
        for n, (number, lon, lat, values) in enumerate(
            zip(numbers, lons, lats, zip(*told.values(), strict=True), strict=True)
        )
    ]


MOST_WRITTEN = 80_000  # features kept in memory, of some 400 bytes


def written(seen: Glance, rows: Rows, metres: Sequence[float] = ()) -> list[bytes]:
    """The same as JSON. What has been written once is kept, but for the metres, as long as the register stands as it does."""
    known, numbers = seen.written, rows.tolist()
    if len(known) > MOST_WRITTEN:
        known.clear()
    texts: list[Any] = list(map(known.get, numbers))
    if None in texts:
        new = [n for n, text in enumerate(texts) if text is None]
        for n, feature in zip(new, features(seen, rows[new]), strict=True):
            texts[n] = known[numbers[n]] = orjson.dumps(feature).removesuffix(b"}}")
    if not metres:
        return [text + b"}}" for text in texts]
    far = orjson.dumps(metres)[1:-1].split(b",")
    return [b'%b,"metres":%b}}' % pair for pair in zip(texts, far, strict=True)]


def collection(features: list[bytes], **members: Any) -> bytes:
    """A FeatureCollection as JSON, with further members of its own."""
    head = orjson.dumps({"type": "FeatureCollection", **members}).removesuffix(b"}")
    return b'%b,"features":[%b]}' % (head, b",".join(features))


def _point(lon: float, lat: float) -> dict[str, Any] | None:
    return {"type": "Point", "coordinates": (lon, lat)} if lon == lon else None  # noqa: PLR0124 - NaN


FEATURES_FROM = 13  # the zoom from which a tile shows places one by one
AROUND = 6 * 6  # tiles of the deepest zoom: all of one at zoom 14 and those that its margin touches
FINER = 3  # a tile that counts has 8 by 8 cells
MOST_KEPT = 24_000_000  # bytes of answers kept in memory for each process
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
    starts = np.concatenate(([0], np.flatnonzero(coarse[1:] != coarse[:-1]) + 1))
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
    if len(search.kinds) == len(search.statuses) == 1:
        codes = CODES["kind"][search.kinds[0].value], CODES["status"][search.statuses[0].value]
        alike = seen.rows_like(*codes)
        rows = alike[np.searchsorted(alike, run.start) : np.searchsorted(alike, run.stop)]
        rest = {name: fits[name] for name in fits if name not in ("kind", "status")}
        mask = matching.all_of(rest, rows)
        return rows if mask is None else rows[mask]
    mask = matching.all_of(fits, run)
    return None if mask is None else np.flatnonzero(mask) + run.start


def drawn(seen: Glance, search: Search, zoom: int, x: int, y: int) -> bytes:
    """The assets of a tile that fit: points, plots and buildings, with what a note on the map says of them."""
    margin = tiles.MARGIN / tiles.EXTENT
    box = tiles.box_of(zoom, x, y, margin)
    rows = np.sort(matching.spots_of(seen, search).over(box, AROUND))
    if search.bounded:
        rows = np.intersect1d(rows, matching.match(seen, search).rows)
    else:
        mask = matching.all_of(matching.tests(seen, search), rows)
        rows = rows if mask is None else rows[mask]
    shapes = _in_tile(seen, rows, zoom, x, y)
    inside = np.array([shape is not None for shape in shapes], bool)
    rows = rows[inside]
    kept = [shape for shape in shapes if shape is not None]
    layer = tiles.Layer("assets", seen.id[rows].tolist(), kept, said(seen, rows)[0])
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
