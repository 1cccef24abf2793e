"""The register as it is read into memory: columns of numbers, the shapes of plots, and what a feature says in words."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from geo import tiles
from geo.crs import STORED, transformer
from geo.geojson import rounded
from geo.shapes import project
from portal.db import alone, db
from portal.register.rules import ACCESS, Kind, Status, Tenure
from portal.register.state import State

Columns = dict[str, npt.NDArray[Any]]
Shapes = npt.NDArray[np.object_]

# The codes that columns hold; 0 says that nothing is known.
CODES: dict[str, dict[Any, int]] = {
    "kind": {kind.value: n for n, kind in enumerate(Kind, 1)},
    "status": {status.value: n for n, status in enumerate(Status, 1)},
    "tenure": {tenure.value: n for n, tenure in enumerate(Tenure, 1)} | {None: 0},
}
# The bits of `flags`: what access is known to be there, then these two.
FLAGS = (*ACCESS, "outlier", "NOT step_free")
OUTLIER, STEPS = (1 << FLAGS.index(name) for name in FLAGS[-2:])
CHUNK = 20_000

COLUMNS = (
    "id", "lon", "lat", "x", "y", "across", "down", "cell", "kind", "status", "tenure", "flags", "holder", "ward",
    "capacity", "land", "since", "plot", "postcode", "said_at", "said_long",
)  # fmt: skip
_QUERY = """
SELECT id, kind, status, tenure_kind, {flags}, holder_id, COALESCE(ward_id, 0), COALESCE(capacity, -1),
       COALESCE(land_m2, -1.0), vacant_since, west, south,
       CASE WHEN west < east OR south < north THEN {shape} END, COALESCE(postcode, ''), name
FROM asset WHERE area_id = {area_id} AND gone_on IS NULL AND withheld_why IS NULL"""
_NAMES = "SELECT id, name FROM {} WHERE area_id = {}"


@dataclass(frozen=True)
class Part:
    """Some rows as they were read. `plots` are the shapes of what is no point, in degrees and `measured` in metres;
    `plot` says which. `said` is text of all rows one after the other, `said_at` and `said_long` say where and how long.
    """

    columns: Columns
    plots: Shapes
    measured: Shapes
    said: bytes


def read(state: State, ids: Sequence[int] | None = None, plots: int = 0, said: int = 0) -> Part:
    """These assets from the database, or all; numbered to stand behind so many plots and so many bytes."""
    postgresql = db.engine.dialect.name == "postgresql"
    flags = (f"CASE WHEN {name} THEN {1 << n} ELSE 0 END" for n, name in enumerate(FLAGS))
    query = _QUERY.format(
        flags=" + ".join(flags),
        shape="ST_AsBinary(shape)" if postgresql else "shape",
        area_id=state.area_id,
    )
    if ids is not None:
        query += f" AND id IN ({', '.join(map(str, map(int, ids))) or 'NULL'})"
    parts = [_part([], state.epsg, 0, 0)]
    # A connection of its own, for the session's transaction may end; and the driver's own rows, which need no names.
    with db.engine.connect() as connection:
        driver = connection.connection.driver_connection
        whole = {"name": "register"} if postgresql and ids is None else {}  # as a stream
        with closing(driver.cursor(**whole)) as cursor:
            cursor.execute(query)
            while rows := cursor.fetchmany(CHUNK):
                part = _part(rows, state.epsg, plots, said)
                plots, said = plots + len(part.plots), said + len(part.said)
                parts.append(part)
    return Part(
        # Each let go of once it is whole, so that no more than one is there twice.
        {name: np.concatenate([part.columns.pop(name) for part in parts]) for name in COLUMNS},
        np.concatenate([part.plots for part in parts]),
        np.concatenate([part.measured for part in parts]),
        b"".join(part.said for part in parts),
    )


def names_of(table: str, area_id: int) -> dict[int, str]:
    """The names of an area's holders or wards."""
    return dict(alone(_NAMES.format(table, area_id), ()))


def _part(rows: Sequence[Any], epsg: int, plots_before: int, said_before: int) -> Part:
    got = list(zip(*rows, strict=True)) if rows else [()] * 15
    ids, kinds, statuses, tenures, flags, holders, wards, people = got[:8]
    land, since, west, south, drawn, postcodes, names = got[8:]
    lon, lat = np.array(west, float), np.array(south, float)
    is_plot = np.array([shape is not None for shape in drawn], bool)
    plots = shapely.from_wkb(np.array([bytes(s) for s in drawn if s is not None], object))
    inner = shapely.point_on_surface(plots)
    lon[is_plot], lat[is_plot] = shapely.get_x(inner), shapely.get_y(inner)
    known = np.where(np.isnan(lon), 0.0, lon), np.where(np.isnan(lat), 0.0, lat)
    x, y = transformer(STORED, epsg).transform(*known) if len(lon) else known
    across, down = tiles.world(*known)
    plot = np.where(is_plot, np.cumsum(is_plot) - 1 + plots_before, -1)
    said = _said(names, is_plot, plots)
    lengths = np.array(list(map(len, said)), np.int64)
    columns = {
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
        "postcode": np.array([postcode.encode() for postcode in postcodes], "S"),
        "said_at": said_before + np.cumsum(lengths) - lengths,
        "said_long": lengths.astype(np.int32),
    }
    return Part(columns, plots, project(plots, STORED, epsg), b"".join(said))


def _said(names: Sequence[str], is_plot: npt.NDArray[np.bool_], plots: Shapes) -> list[bytes]:
    """What is said of each row: its name, and on a line below its shape as GeoJSON where it is no point."""
    drawn = iter(shapely.to_geojson(rounded(plots)).tolist())
    return [
        (f"{name}\n{next(drawn)}" if plot else name).encode()
        for name, plot in zip(names, is_plot.tolist(), strict=True)
    ]


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
