"""A locator map as plain SVG: shapes and a frame in, path strings out, so that a template can draw
it without JavaScript.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from math import cos, radians

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from geo.crs import METRES_PER_DEGREE, Box
from geo.shapes import bounds


@dataclass(frozen=True)
class Frame:
    """A window onto the ground: the box (degrees) that fills a picture of width x height (SVG
    units).

    One degree of longitude is drawn cos(latitude) as wide as one of latitude, so a square field
    looks square.
    """

    box: Box
    width: float
    height: float

    @classmethod
    def around(
        cls,
        shapes: Sequence[BaseGeometry | None],
        width: float = 640,
        height: float = 480,
        margin: float = 0.08,
        least_metres: float = 200,
    ) -> "Frame | None":
        """The frame that shows all shapes with a margin (share of the larger side); None when
        there is nothing to show.

        `least_metres` is the smallest width and height of ground shown, so that a single point has
        surroundings.
        """
        box = bounds(shapes)
        if box is None:
            return None
        lon, lat = (box.west + box.east) / 2, (box.south + box.north) / 2
        narrow = cos(radians(lat))
        least = least_metres / METRES_PER_DEGREE
        # Half the ground in degrees of latitude, widened on one side to the picture's proportions.
        across = max((box.east - box.west) * narrow, least) / 2 * (1 + 2 * margin)
        up = max(box.north - box.south, least) / 2 * (1 + 2 * margin)
        up = max(up, across * height / width)
        across = up * width / height
        frame = Box(lon - across / narrow, lat - up, lon + across / narrow, lat + up)
        return cls(frame, width, height)

    @property
    def view_box(self) -> str:
        """The SVG attribute of that name."""
        return f"0 0 {self.width:g} {self.height:g}"

    @property
    def metres_across(self) -> float:
        """Metres of ground from the left edge to the right one, along the middle."""
        middle = (self.box.south + self.box.north) / 2
        return (self.box.east - self.box.west) * cos(radians(middle)) * METRES_PER_DEGREE

    def place(self, lon: float, lat: float) -> tuple[float, float]:
        """(x, y) in the picture of a point in degrees, to a tenth of a unit; y runs downwards."""
        (pair,) = self._pairs(np.array([[lon, lat]])).tolist()
        return pair[0], pair[1]

    def path(self, shape: BaseGeometry | None) -> str:
        """The `d` of an SVG path for a polygon or line, clipped to the frame; "" for what cannot
        be seen.
        """
        if shape is None or shape.is_empty:
            return ""
        seen = shapely.clip_by_rect(shapely.make_valid(shape), *self._wider())
        drawn = shapely.transform(seen, self._pairs)
        parts = shapely.get_parts(shapely.simplify(drawn, 0.3))
        return "".join(_part(part) for part in parts if not part.is_empty)

    def _pairs(self, pairs: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        box = self.box
        x = (pairs[:, 0] - box.west) / (box.east - box.west) * self.width
        y = (box.north - pairs[:, 1]) / (box.north - box.south) * self.height
        return np.column_stack((x, y)).astype(np.float64).round(1)

    def _wider(self) -> Box:
        """As much again all round: a window wider than the picture shows ground there, and no cut edge."""
        w, s, e, n = self.box
        return Box(w - (e - w), s - (n - s), e + (e - w), n + (n - s))


def _part(part: BaseGeometry) -> str:
    """One polygon with its holes, or one line; points have no path."""
    if part.geom_type == "Polygon":
        return "".join(_line(ring, closed=True) for ring in shapely.get_rings(part))
    return _line(part, closed=False) if part.geom_type == "LineString" else ""


def _line(line: BaseGeometry, *, closed: bool) -> str:
    pairs = shapely.get_coordinates(line)
    if closed:
        pairs = pairs[:-1]
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in pairs) + ("Z" if closed else "")


def paths(frame: Frame, shapes: Sequence[BaseGeometry | None]) -> list[str]:
    """The path of each shape in the frame, in the same order."""
    return list(map(partial(Frame.path, frame), shapes))
