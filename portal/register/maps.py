"""Pictures of assets: the still map that needs no JavaScript; and the ground of the map that moves."""

from collections.abc import Sequence
from typing import Any, TypedDict

from shapely import Geometry

from geo.geojson import feature_collection
from geo.shapes import inner_point
from geo.svg import Frame, paths
from portal.areas.models import Area
from portal.areas.queries import wards_of
from portal.register.models import Asset
from portal.register.queries import Drawn

MOST_DRAWN = 1000
AROUND_METRES = 1600
SMALLEST_DRAWN = 7  # of the picture's 640 units; a shape smaller than that is drawn as a point


class Picture(TypedDict):
    """What the map macro draws: the window, the paths of the ground, and the things on it."""

    frame: Frame | None
    ground: list[str]
    things: list[dict[str, Any]]
    beyond: int  # how many stand so far outside the area that the picture would show nothing else


def picture(
    area: Area, assets: Sequence[Asset | Drawn], least_metres: float = AROUND_METRES
) -> Picture:
    """A still map of the assets that have a place, on the area's wards or its boundary."""
    placed = [asset for asset in assets if asset.shape is not None]
    inside = [asset for asset in placed if not asset.outlier] or placed
    frame = Frame.around([asset.shape for asset in inside], least_metres=least_metres)
    if frame is None:
        return {"frame": None, "ground": [], "things": [], "beyond": 0}
    return {
        "frame": frame,
        "ground": [path for path in paths(frame, _ground(area)) if path],
        "things": [_thing(frame, asset) for asset in inside],
        "beyond": len(placed) - len(inside),
    }


def of_area(area: Area) -> Picture:
    """A still map of the whole area, for somebody who will point at something on it."""
    ground = _ground(area)
    frame = Frame.around(ground)
    if frame is None:
        return {"frame": None, "ground": [], "things": [], "beyond": 0}
    drawn = [path for path in paths(frame, ground) if path]
    return {"frame": frame, "ground": drawn, "things": [], "beyond": 0}


def _ground(area: Area) -> list[Geometry | None]:
    return [ward.shape for ward in wards_of(area, shapes=True)] or [area.boundary]


def _thing(frame: Frame, asset: Asset | Drawn) -> dict[str, Any]:
    (west, south), (east, north) = asset.shape.bounds[:2], asset.shape.bounds[2:]
    x1, y1 = frame.place(west, south)
    x2, y2 = frame.place(east, north)
    if max(x2 - x1, y1 - y2) > SMALLEST_DRAWN:
        return {"kind": asset.kind.value, "path": frame.path(asset.shape)}
    x, y = frame.place(*inner_point(asset.shape))
    return {"kind": asset.kind.value, "x": x, "y": y}


def area_geojson(area: Area) -> str:
    """The boundary and the wards, for the ground of the moving map."""
    wards = wards_of(area, shapes=True)
    shapes = [area.boundary, *(ward.shape for ward in wards)]
    properties = [
        {"what": "boundary", "name": area.name},
        *({"what": "ward", "name": ward.name, "code": ward.code} for ward in wards),
    ]
    return feature_collection(shapes, properties)
