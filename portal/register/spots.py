"""Rows by where they lie: points in the order of their cells, plots in a tree; so that a place's surroundings are few looks."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import shapely

from geo import tiles
from geo.crs import Box

Rows = npt.NDArray[np.int64]

LAST_CELL = 2**32 - 1


class Spots(NamedTuple):
    """Some rows of a register: `points` with their `cells`, in order; `plots`, which may lie in many cells, by `tree`."""

    points: npt.NDArray[np.int32]
    cells: npt.NDArray[np.uint32]
    plots: npt.NDArray[np.int32]
    tree: shapely.STRtree

    def over(self, box: Box, most: int = 32) -> Rows:
        """Those that may touch the box (degrees): points near it, and plots whose own box does. Looks into `most` tiles at
        most: with more of them fewer lie beyond the box.
        """
        ends = first_rows(self.cells, tiles.runs_over(box, most)).tolist()
        found = [self.points[low:high] for low, high in zip(*ends, strict=True) if low < high]
        found.append(self.plots[self.tree.query(shapely.box(*box))])
        return np.concatenate(found, dtype=np.int64)


def first_rows(cells: npt.NDArray[np.uint32], wanted: npt.NDArray[Any]) -> Rows:
    """Where in the cells, which are in order, each wanted one stands or the next there is. Asked in their own type: numpy
    would otherwise make a copy of a million cells in the wider one.
    """
    return np.searchsorted(cells, np.minimum(wanted, LAST_CELL).astype(np.uint32))
