"""The register at a glance: a few numbers of every asset in memory, kept true by the register's version.

A million assets are seventy megabytes of columns, and any filter is one pass over them: lists, counts, near-me and
tiles answer in milliseconds on either engine, from the same numbers. The database holds the truth; its triggers count
every change (`register_state`), each request asks for that one number, and what has changed is read again before
anything is answered. The rows stand in the order of their cells (`geo.tiles`), so that a tile or the surroundings of a
place are a few runs of rows.
"""

import gc
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from sqlalchemy import text

from geo import tiles
from geo.crs import STORED, transformer
from geo.shapes import project
from portal.db import db
from portal.register.rules import ACCESS, Kind, Status, Tenure
from portal.register.state import State, state_of

Rows = npt.NDArray[np.int64]

# The codes that columns hold; 0 says that nothing is known.
CODES: dict[str, dict[Any, int]] = {
    "kind": {kind.value: n for n, kind in enumerate(Kind, 1)},
    "status": {status.value: n for n, status in enumerate(Status, 1)},
    "tenure": {tenure.value: n for n, tenure in enumerate(Tenure, 1)} | {None: 0},
}
OUTLIER = 1 << len(ACCESS)
CHUNK = 20_000
MOST_CHANGES = 2000  # more are quicker read whole
MOST_KEPT = 4  # registers kept in memory: tests and a server of several areas have more than one

COLUMNS = (
    "id", "lon", "lat", "x", "y", "across", "down", "cell", "kind", "status", "tenure", "flags", "holder", "ward",
    "capacity", "land", "since", "plot",
)  # fmt: skip
_READ = """
SELECT id, kind, status, tenure_kind, {flags}, holder_id, COALESCE(ward_id, 0), COALESCE(capacity, -1),
       COALESCE(land_m2, -1.0), vacant_since, west, south,
       CASE WHEN west < east OR south < north THEN {shape} END
FROM asset WHERE area_id = {area_id} AND gone_on IS NULL AND withheld_why IS NULL"""


@dataclass(frozen=True)
class Glance:
    """The columns of a register as of a version. `placed` rows have a place; they come first, in order of cells."""

    state: State
    columns: dict[str, npt.NDArray[Any]]
    plots: npt.NDArray[np.object_]  # the shapes of what is no point, in degrees; `plot` says which

    def __getattr__(self, name: str) -> npt.NDArray[Any]:
        try:
            return self.__dict__["columns"][name]
        except KeyError:
            raise AttributeError(name) from None

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
        low, high = self._found(np.array((first, after)))
        return slice(int(low), int(high))

    def _found(self, cells: npt.NDArray[Any]) -> Rows:
        """The first row of each cell or of the next one there is. Asked in the column's own type: numpy would
        otherwise make a copy of a million cells in the wider one.
        """
        cells = np.minimum(cells, 2**32 - 1).astype(np.uint32)
        return np.searchsorted(self.cell[: self.placed], cells)

    def rows_over(self, box: Any) -> Rows:
        """The rows that may touch the box (degrees): points near it, and plots whose own box does."""
        firsts, afters = tiles.runs_over(box)
        lows, highs = self._found(firsts).tolist(), self._found(afters).tolist()
        runs = [np.arange(low, high) for low, high in zip(lows, highs, strict=True) if low < high]
        rows = np.concatenate(runs) if runs else np.empty(0, np.int64)
        rows = rows[self._points[rows]]
        touching = self._touching(box)
        return np.concatenate((rows, touching)) if len(touching) else rows

    @cached_property
    def _points(self) -> npt.NDArray[np.bool_]:
        return self.plot < 0

    @cached_property
    def _tree(self) -> tuple[shapely.STRtree, Rows]:
        rows = np.flatnonzero(self.plot >= 0)
        return shapely.STRtree(self.plots[self.plot[rows]]), rows

    def _touching(self, box: Any) -> Rows:
        tree, rows = self._tree
        return rows[tree.query(shapely.box(*box))] if len(rows) else rows

    @cached_property
    def told(self) -> dict[int, bytes]:
        """What `features` has said of assets as of this version."""
        return {}

    @cached_property
    def _measured(self) -> npt.NDArray[np.object_]:
        return np.full(len(self.plots), None, object)

    def in_metres(self, plots: Rows) -> npt.NDArray[np.object_]:
        """Plots in the system they are measured in; kept once somebody has asked."""
        unknown = plots[shapely.is_missing(self._measured[plots])]
        if len(unknown):
            self._measured[unknown] = project(self.plots[unknown], STORED, self.state.epsg)
        return self._measured[plots]


_kept: dict[tuple[str, int], Glance] = {}
_lock = Lock()


def glance(area_id: int | None = None) -> Glance:
    """The register of an area, true now. Without an area, of the one that is served; LookupError where none is."""
    return at(state_of(area_id))


def at(state: State) -> Glance:
    """The register as of this state's version or a later one; read whole, or only what has changed."""
    key = str(db.engine.url), state.area_id
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
        columns, plots = _read(state)
    finally:
        if collects:
            gc.enable()
    return Glance(state, _sorted(columns), plots)


def _changed(known: Glance, state: State) -> Glance | None:
    """The glance with what has changed read again; None when it must be read whole."""
    mine = known.state
    if not state.whole_at <= mine.version < state.version:
        return None
    query = text(
        "SELECT DISTINCT asset_id FROM asset_change "
        "WHERE area_id = :area_id AND version > :since AND version <= :until LIMIT :most"
    )
    values = {
        "area_id": state.area_id,
        "since": mine.version,
        "until": state.version,
        "most": MOST_CHANGES + 1,
    }
    ids = [row[0] for row in db.session.execute(query, values)]
    if len(ids) > MOST_CHANGES or mine.epsg != state.epsg:
        return None
    fresh, plots = _read(state, ids)
    fresh["plot"] = np.where(
        fresh["plot"] >= 0, fresh["plot"] + np.int32(len(known.plots)), fresh["plot"]
    )
    stay = np.ones(len(known), bool)
    stay[known.rows_of(ids)] = False
    columns = {name: np.concatenate((known.columns[name][stay], fresh[name])) for name in COLUMNS}
    seen = Glance(state, _sorted(columns), np.concatenate((known.plots, plots)))
    changed = set(ids)
    seen.told.update((n, said) for n, said in list(known.told.items()) if n not in changed)
    return seen


def _sorted(columns: dict[str, npt.NDArray[Any]]) -> dict[str, npt.NDArray[Any]]:
    """In order of cells, what has no place last."""
    key = np.where(np.isnan(columns["lon"]), np.uint64(1 << 32), columns["cell"].astype(np.uint64))
    if len(key) and (np.diff(key.astype(np.int64)) >= 0).all():
        return columns
    order = np.argsort(key, kind="stable")
    return {name: column[order] for name, column in columns.items()}


def _read(
    state: State, ids: Sequence[int] | None = None
) -> tuple[dict[str, npt.NDArray[Any]], npt.NDArray[np.object_]]:
    """Columns and plots from the database, of these assets or of all."""
    postgresql = db.engine.dialect.name == "postgresql"
    flags = " + ".join(
        f"CASE WHEN {name} THEN {1 << n} ELSE 0 END" for n, name in enumerate((*ACCESS, "outlier"))
    )
    query = _READ.format(
        flags=flags,
        shape="ST_AsBinary(shape)" if postgresql else "shape",
        area_id=state.area_id,
    )
    if ids is not None:
        query += f" AND id IN ({', '.join(map(str, map(int, ids))) or 'NULL'})"
    parts, plots, count = [], [np.empty(0, object)], 0
    # A connection of its own, for the session's transaction may end; and the driver's own rows, which need no names.
    with db.engine.connect() as connection:
        driver = connection.connection.driver_connection
        whole = {"name": "register"} if postgresql and ids is None else {}  # as a stream
        with closing(driver.cursor(**whole)) as cursor:
            cursor.execute(query)
            while rows := cursor.fetchmany(CHUNK):
                part, shapes = _columns(rows, state.epsg, count)
                count += len(shapes)
                parts.append(part)
                plots.append(shapes)
    parts.append(_columns([], state.epsg, 0)[0])
    joined = {name: np.concatenate([part[name] for part in parts]) for name in COLUMNS}
    return joined, np.concatenate(plots)


def _columns(
    rows: Sequence[Any], epsg: int, plots_before: int
) -> tuple[dict[str, npt.NDArray[Any]], npt.NDArray[np.object_]]:
    """A chunk of rows as columns, and the shapes of its plots."""
    got = list(zip(*rows, strict=True)) if rows else [()] * 13
    (
        ids,
        kinds,
        statuses,
        tenures,
        flags,
        holders,
        wards,
        people,
        land,
        since,
        west,
        south,
        drawn,
    ) = got
    lon, lat = np.array(west, float), np.array(south, float)
    is_plot = np.array([shape is not None for shape in drawn], bool)
    plots = shapely.from_wkb(np.array([bytes(s) for s in drawn if s is not None], object))
    inner = shapely.point_on_surface(plots)
    lon[is_plot], lat[is_plot] = shapely.get_x(inner), shapely.get_y(inner)
    known = np.where(np.isnan(lon), 0.0, lon), np.where(np.isnan(lat), 0.0, lat)
    x, y = transformer(STORED, epsg).transform(*known) if len(lon) else known
    across, down = tiles.world(*known)
    plot = np.where(is_plot, np.cumsum(is_plot) - 1 + plots_before, -1)
    return {
        "id": np.array(ids, np.int32),
        "lon": lon,
        "lat": lat,
        "x": np.asarray(x, float),
        "y": np.asarray(y, float),
        "across": across.astype(np.float32),
        "down": down.astype(np.float32),
        "cell": tiles.cells(*known),
        "kind": _coded("kind", kinds),
        "status": _coded("status", statuses),
        "tenure": _coded("tenure", tenures),
        "flags": np.array(flags, np.uint8),
        "holder": np.array(holders, np.int32),
        "ward": np.array(wards, np.int32),
        "capacity": np.array(people, np.int32),
        "land": np.array(land, float),
        "since": np.array([_day(value) for value in since], np.int32),
        "plot": plot.astype(np.int32),
    }, plots


def _coded(column: str, values: Sequence[Any]) -> npt.NDArray[np.uint8]:
    return np.array(list(map(CODES[column].__getitem__, values)), np.uint8)


def _day(value: Any) -> int:
    """A date as a number that grows; SQLite gives its text, for raw SQL knows no types."""
    if value is None:
        return 0
    return (
        int(value.replace("-", ""))
        if isinstance(value, str)
        else value.year * 10000 + value.month * 100 + value.day
    )


def metres(glance: Glance, rows: Rows, lon: float, lat: float) -> npt.NDArray[np.float64]:
    """Metres from a point (degrees) to the nearest point of each placed row's shape, to a hundredth."""
    epsg = glance.state.epsg
    x, y = transformer(STORED, epsg).transform(lon, lat)
    far = np.hypot(glance.x[rows] - x, glance.y[rows] - y)
    plots = np.flatnonzero(glance.plot[rows] >= 0)
    if len(plots):
        shapes = glance.in_metres(glance.plot[rows[plots]])
        far[plots] = shapely.distance(shapes, shapely.Point(x, y))
    rounded: npt.NDArray[np.float64] = far.round(2)
    return rounded
