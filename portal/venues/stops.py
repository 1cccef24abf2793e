"""How far a room's building is from where buses and trams stop, where the area has loaded its stops; in a straight line."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import numpy as np
import shapely
from shapely import Geometry
from sqlalchemy import URL, select

from geo.crs import STORED
from geo.shapes import points_of, project
from portal.areas.models import Area, Stop
from portal.db import db
from portal.venues.models import RoomsState

FARTHEST = 1200  # metres; beyond, a stop is no help to anybody
MOST_KEPT = 4  # areas kept in memory


class Near(NamedTuple):
    """The nearest stop, and the metres to it."""

    name: str
    metres: float


class _Stops(NamedTuple):
    state: tuple[int, int] | None  # of rooms_state, which triggers count up when stops are loaded
    as_of: date | None
    names: list[str]
    tree: shapely.STRtree
    epsg: int


_kept: dict[tuple[URL, int], _Stops] = {}


def as_of(area_id: int) -> date | None:
    """The day whose stops the area has; None where it has none."""
    return _stops(area_id).as_of


def nearest(area_id: int, shapes: Sequence[Geometry | None]) -> list[Near | None]:
    """The stop nearest to each shape (degrees) within FARTHEST metres; of two as near the first by name."""
    stops = _stops(area_id)
    found: list[Near | None] = [None] * len(shapes)
    if not (stops.names and any(shape is not None for shape in shapes)):
        return found
    metric = project(shapes, STORED, stops.epsg)
    (rows, places), metres = stops.tree.query_nearest(
        metric, max_distance=FARTHEST, return_distance=True, all_matches=False
    )
    for row, place, distance in zip(rows, places, metres, strict=True):
        found[row] = Near(stops.names[place], float(distance))
    return found


def _stops(area_id: int) -> _Stops:
    row = db.session.execute(
        select(RoomsState.born, RoomsState.at).where(RoomsState.area_id == area_id)
    ).first()
    state = row and (row.born, row.at)
    known = _kept.get((db.engine.url, area_id))
    if known is None or state is None or known.state != state:
        known = _read(area_id, state)
        _kept.pop((db.engine.url, area_id), None)
        _kept[db.engine.url, area_id] = known
        for old in list(_kept)[:-MOST_KEPT]:
            del _kept[old]
    return known


def _read(area_id: int, state: tuple[int, int] | None) -> _Stops:
    epsg = db.session.get_one(Area, area_id).nation.metric_epsg
    query = select(Stop.name, Stop.lon, Stop.lat, Stop.as_of).where(Stop.area_id == area_id)
    rows = db.session.execute(query.order_by(Stop.name, Stop.code)).all()
    points = (
        points_of([row.lon for row in rows], [row.lat for row in rows]) if rows else np.array([])
    )
    tree = shapely.STRtree(project(points, STORED, epsg) if rows else [])
    days = [row.as_of for row in rows]
    return _Stops(state, max(days, default=None), [row.name for row in rows], tree, epsg)
