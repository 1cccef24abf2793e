"""The register at a glance: what a search and a map need of every asset in memory, kept true by the register's version.

A million assets are eighty megabytes of columns, and any filter is one pass over them: lists, counts, near-me and
tiles answer in milliseconds on either engine, from the same numbers, and say what they found without asking for a row. The database holds the truth; its triggers count
every change (`register_state`), each request asks for that one number, and what has changed is read again before
anything is answered. The rows stand in the order of their cells (`geo.tiles`), so that a tile or the surroundings of a
place are a few runs of rows.
"""

import gc
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from sqlalchemy import URL

from geo.crs import STORED, transformer
from portal.db import alone, db
from portal.register.columns import COLUMNS, Columns, Part, Shapes, names_of, read
from portal.register.spots import Rows, Spots, first_rows
from portal.register.state import State, state_of

MOST_CHANGES = 2000  # more are quicker read whole
CHANGED = "SELECT DISTINCT asset_id FROM asset_change WHERE area_id = ? AND version > ? AND version <= ? LIMIT ?"
MOST_KEPT = 4  # registers kept in memory: tests and a server of several areas have more than one


@dataclass(frozen=True)
class Glance:
    """The columns of a register as of a version. `placed` rows have a place; they come first, in order of cells.

    Columns, plots and what is said of the rows are as `columns.Part` tells. Older and newer glances of one register
    share `said`: it only grows.
    """

    state: State
    columns: Columns
    plots: Shapes
    measured: Shapes
    said: bytearray
    holders: dict[int, str]
    wards: dict[int, str]

    def __post_init__(self) -> None:
        self.__dict__.update(self.columns)

    def __len__(self) -> int:
        return len(self.columns["id"])

    @cached_property
    def placed(self) -> int:
        """How many rows have a place."""
        return int(np.count_nonzero(~np.isnan(self.lon)))

    @cached_property
    def _by_id(self) -> tuple[Rows, npt.NDArray[Any]]:
        order = np.argsort(self.id, kind="stable")
        return order, self.id[order]

    def rows_of(self, ids: Iterable[int]) -> Rows:
        """The rows of these assets; one that is not here is left out."""
        order, known = self._by_id
        wanted = np.fromiter(ids, known.dtype)
        at = np.searchsorted(known, wanted)
        here = at < len(known)
        here[here] = known[at[here]] == wanted[here]
        rows: Rows = order[at[here]]
        return rows

    def run(self, first: int, after: int) -> slice:
        """The rows whose cells lie in a run."""
        low, high = first_rows(self.cell[: self.placed], np.array((first, after)))
        return slice(int(low), int(high))

    def rows_like(self, kind: int, status: int) -> Rows:
        """The rows of one kind and status, by their codes, in order; kept, for this is what nearly everybody asks for."""
        known = self._alike.get((kind, status))
        if known is None:
            known = np.flatnonzero((self.kind == kind) & (self.status == status))
            self._alike[kind, status] = known
        return known

    @cached_property
    def _alike(self) -> dict[tuple[int, int], Rows]:
        return {}

    def spots(self, *codes: int) -> Spots:
        """Where all that has a place lies, or only what is of one kind and status; kept as well."""
        known = self._spots.get(codes)
        if known is None:
            rows = self.rows_like(*codes) if codes else np.arange(len(self))
            rows = rows[: np.searchsorted(rows, self.placed)].astype(np.int32)
            plots = self.plot[rows] >= 0
            points, plots = rows[~plots], rows[plots]
            tree = shapely.STRtree(self.plots[self.plot[plots]])
            known = self._spots[codes] = Spots(points, self.cell[points], plots, tree)
        return known

    @cached_property
    def _spots(self) -> dict[tuple[int, ...], Spots]:
        return {}

    @cached_property
    def written(self) -> dict[int, bytes]:
        """What has been written of single rows (`features.written`): true as long as this is."""
        return {}


_kept: dict[tuple[URL, int], Glance] = {}
_lock = Lock()


def glance(area_id: int | None = None) -> Glance:
    """The register of an area, true now. Without an area, of the one that is served; LookupError where none is."""
    return at(state_of(area_id))


def at(state: State) -> Glance:
    """The register as of this state's version or a later one; read whole, or only what has changed."""
    key = db.engine.url, state.area_id
    known = _kept.get(key)
    if known is not None and _true(known, state):
        return known
    with _lock:
        known = _kept.get(key)
        if known is None or not _true(known, state):
            known = _changed(known, state) if known is not None else None
            known = known or _whole(state)
            _kept.pop(key, None)
            _kept[key] = known
            for old in list(islice(_kept, max(0, len(_kept) - MOST_KEPT))):
                del _kept[old]
    return known


def _true(known: Glance, state: State) -> bool:
    """Whether what is in memory is as new as this state, or newer: then somebody else has looked since."""
    mine = known.state
    return mine == state or (mine.whole_at == state.whole_at and mine.version > state.version)


def _whole(state: State) -> Glance:
    # Millions of short-lived rows, and not one cycle among them: looking for any takes half of the time.
    collects = gc.isenabled()
    gc.disable()
    try:
        return _seen(state, read(state), bytearray())
    finally:
        if collects:
            gc.enable()


def _seen(state: State, part: Part, said: bytearray) -> Glance:
    said += part.said
    names = (names_of(table, state.area_id) for table in ("holder", "ward"))
    return Glance(state, _sorted(part.columns), part.plots, part.measured, said, *names)


def _changed(known: Glance, state: State) -> Glance | None:
    """The glance with what has changed read again; None when it must be read whole."""
    mine = known.state
    if not state.whole_at <= mine.version < state.version:
        return None
    since = state.area_id, mine.version, state.version, MOST_CHANGES + 1
    ids = [row[0] for row in alone(CHANGED, since)]
    if len(ids) > MOST_CHANGES or mine.epsg != state.epsg:
        return None
    fresh = read(state, ids, len(known.plots), len(known.said))
    stay = np.ones(len(known), bool)
    stay[known.rows_of(ids)] = False
    columns = {
        name: np.concatenate((known.columns[name][stay], fresh.columns[name])) for name in COLUMNS
    }
    plots = np.concatenate((known.plots, fresh.plots))
    measured = np.concatenate((known.measured, fresh.measured))
    return _seen(state, Part(columns, plots, measured, fresh.said), known.said)


def _sorted(columns: dict[str, npt.NDArray[Any]]) -> dict[str, npt.NDArray[Any]]:
    """In order of cells, what has no place last."""
    key = np.where(np.isnan(columns["lon"]), np.uint64(1 << 32), columns["cell"].astype(np.uint64))
    if len(key) and (np.diff(key.astype(np.int64)) >= 0).all():
        return columns
    order = np.argsort(key, kind="stable")
    # Each let go of once it is in order, so that no more than one is there twice.
    return {name: columns.pop(name)[order] for name in list(columns)}


def metres(glance: Glance, rows: Rows, lon: float, lat: float) -> npt.NDArray[np.float64]:
    """Metres from a point (degrees) to the nearest point of each placed row's shape, to a hundredth."""
    epsg = glance.state.epsg
    x, y = transformer(STORED, epsg).transform(lon, lat)
    far = np.hypot(glance.x[rows] - x, glance.y[rows] - y)
    plots = np.flatnonzero(glance.plot[rows] >= 0)
    if len(plots):
        shapes = glance.measured[glance.plot[rows[plots]]]
        far[plots] = shapely.distance(shapes, shapely.Point(x, y))
    rounded: npt.NDArray[np.float64] = far.round(2)
    return rounded
