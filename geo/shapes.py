"""Measuring in metres and asking what lies where, for many shapes in one vectorised call.

Shapes come in degrees (EPSG:4326), as stored; every length and area is measured in the metric
system `epsg` of the area.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from geo.crs import STORED, Box, transformer

Shapes = Sequence[BaseGeometry | None] | npt.NDArray[np.object_]
Floats = npt.NDArray[np.float64]
NOWHERE = -1


def as_array(shapes: Shapes) -> npt.NDArray[np.object_]:
    """An array of geometries, whatever the sequence was; None stays None."""
    if isinstance(shapes, np.ndarray):
        return shapes
    array = np.empty(len(shapes), dtype=object)
    array[:] = list(shapes)
    return array


def points_of(lons: Sequence[float], lats: Sequence[float]) -> npt.NDArray[np.object_]:
    """An array of points from two sequences of degrees."""
    pairs = np.column_stack((np.asarray(lons, float), np.asarray(lats, float)))
    return np.atleast_1d(np.asarray(shapely.points(pairs), dtype=object))


def project(shapes: Shapes, source: int, target: int) -> npt.NDArray[np.object_]:
    """The shapes in another coordinate system; two dimensions, None stays None."""
    array = as_array(shapes)
    if source == target:
        return array
    change = transformer(source, target)

    def move(pairs: Floats) -> Floats:
        return np.column_stack(change.transform(pairs[:, 0], pairs[:, 1]))

    moved: npt.NDArray[np.object_] = shapely.transform(array, move)
    return moved


def distances(lon: float, lat: float, shapes: Shapes, epsg: int) -> Floats:
    """Metres from the point (degrees) to the nearest point of each shape; 0 inside it, NaN where
    there is no shape.
    """
    point = project([shapely.Point(lon, lat)], STORED, epsg)[0]
    measured: Floats = shapely.distance(project(shapes, STORED, epsg), point)
    return measured


def metres_outside(
    lons: Sequence[float], lats: Sequence[float], area: BaseGeometry, epsg: int
) -> Floats:
    """Metres from each point (degrees) to the area; 0 for a point in it."""
    points = project(points_of(lons, lats), STORED, epsg)
    ground = project([area], STORED, epsg)[0]
    shapely.prepare(ground)
    measured: Floats = shapely.distance(points, ground)
    return measured


def areas(shapes: Shapes, epsg: int) -> Floats:
    """Square metres of each shape; 0 for a point or a line, NaN where there is no shape."""
    array = as_array(shapes)
    measured: Floats = shapely.area(project(array, STORED, epsg))
    return np.where(shapely.is_missing(array), np.nan, measured)


def which(points: Shapes, grounds: Shapes) -> npt.NDArray[np.int64]:
    """For each shape the position of the ground (a ward, say) that its inner point lies in, or
    NOWHERE.

    A shape on the border of two belongs to the first of them, so that the answer is the same every
    time.
    """
    array = as_array(points)
    inner = shapely.point_on_surface(array)
    found = np.full(len(array), NOWHERE, dtype=np.int64)
    if len(grounds):
        who, where = shapely.STRtree(as_array(grounds)).query(inner, predicate="intersects")
        # Written last to first, so that the lowest position stays.
        order = np.argsort(-where, kind="stable")
        found[who[order]] = where[order]
    return found


def bounds(shapes: Shapes) -> Box | None:
    """The box (degrees) around all shapes, or None when there are none."""
    array = as_array(shapes)
    array = array[~(shapely.is_missing(array) | shapely.is_empty(array))]
    return Box(*(float(v) for v in shapely.total_bounds(array))) if len(array) else None


def sound(shapes: Shapes) -> npt.NDArray[np.object_]:
    """The shapes in two dimensions and valid (self-crossings mended); empty ones become None."""
    array = shapely.force_2d(as_array(shapes))
    broken = ~(shapely.is_missing(array) | shapely.is_valid(array))
    if broken.any():
        array[broken] = shapely.make_valid(array[broken])
    array[shapely.is_empty(array)] = None
    result: npt.NDArray[np.object_] = array
    return result


def inner_point(shape: Any) -> tuple[float, float]:
    """(lon, lat) of a point surely on the shape: the point itself, or one inside a polygon."""
    point = shapely.point_on_surface(shape)
    return float(point.x), float(point.y)
