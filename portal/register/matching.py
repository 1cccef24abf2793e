"""Which rows of the register fit a search, and in which order: the same few tests for lists, counts and tiles."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from geo.crs import Box, box_around
from portal.db import alone, db
from portal.register.columns import CODES
from portal.register.glance import Glance, Rows, metres
from portal.register.rules import ACCESS, tokens
from portal.register.search import Search, Sort
from portal.register.spots import Spots

Mask = npt.NDArray[np.bool_]
Fits = Callable[[Any], Mask]  # of rows: a slice or numbers
NEAREST_FIRST = 1000.0  # metres: how far "near" looks first when it may look at any distance
FARTHEST_RING = 300_000.0  # metres: beyond, one pass over all is quicker than another ring


@dataclass(frozen=True)
class Matches:
    """Rows that fit, in no order, and their metres from the place looked near."""

    rows: Rows
    metres: npt.NDArray[np.float64] | None = None


def tests(glance: Glance, search: Search) -> dict[str, Fits]:
    """One test for each filter that asks something, by the name of its parameter."""
    found: dict[str, Fits] = {}
    for name, column, wanted in (
        ("kind", "kind", search.kinds),
        ("status", "status", search.statuses),
        ("tenure", "tenure", search.tenures),
    ):
        if wanted:
            found[name] = _among(glance.columns[column], [CODES[column][w.value] for w in wanted])
    for name, column, number in (
        ("holder", "holder", search.holder_id),
        ("ward", "ward", search.ward_id),
    ):
        if number is not None:
            found[name] = _among(glance.columns[column], [number])
    for name in search.access:
        bit = 1 << ACCESS.index(name)
        found[name] = lambda rows, bit=bit: (glance.flags[rows] & bit) > 0
    if search.capacity:
        found["capacity"] = lambda rows: glance.capacity[rows] >= search.capacity
    if search.land_from is not None:
        found["land_from"] = lambda rows: glance.land[rows] >= search.land_from
    if search.land_to is not None:
        found["land_to"] = lambda rows: (
            (glance.land[rows] >= 0) & (glance.land[rows] <= search.land_to)
        )
    if words := tokens(search.words):
        said = _said(glance, " ".join(words))
        found["words"] = lambda rows: said[rows]
    return found


def _among(column: npt.NDArray[Any], values: list[int]) -> Fits:
    def fits(rows: Any) -> Mask:
        seen = column[rows]
        mask: Mask = seen == values[0]
        for value in values[1:]:
            mask |= seen == value
        return mask

    return fits


def _said(glance: Glance, words: str) -> Mask:
    """Which rows hold all the words, each as the beginning of a word."""
    mask = np.zeros(len(glance), bool)
    mask[glance.rows_of(_ids_with(glance.state.version, glance.state.area_id, words))] = True
    return mask


@lru_cache(maxsize=64)
def _ids_with(_version: int, area_id: int, words: str) -> npt.NDArray[np.int64]:
    """The assets with these words, from the index of either engine; a version never says two things."""
    if db.engine.dialect.name == "postgresql":
        wanted = " & ".join(f"'{word}':*" for word in words.split())
        found = alone(
            "SELECT id FROM asset WHERE area_id = ? "
            "AND array_to_tsvector(string_to_array(words, ' ')) @@ CAST(? AS tsquery)",
            (area_id, wanted),
        )
    else:
        wanted = " AND ".join(f'"{word}"*' for word in words.split())
        found = alone("SELECT rowid FROM asset_words WHERE asset_words MATCH ?", (wanted,))
    return np.fromiter((row[0] for row in found), np.int64)


def all_of(fits: dict[str, Fits], rows: Any, but: str | None = None) -> Mask | None:
    """Which of the rows pass every test; None when nothing is asked."""
    mask: Mask | None = None
    for name, test in fits.items():
        if name != but:
            mask = test(rows) if mask is None else mask & test(rows)
    return mask


def match(glance: Glance, search: Search, fits: dict[str, Fits] | None = None) -> Matches:
    """All rows that fit."""
    fits = tests(glance, search) if fits is None else fits
    rows = _about(spots_of(glance, search), search)
    mask = all_of(fits, slice(None) if rows is None else rows)
    if rows is None:
        rows = np.arange(len(glance)) if mask is None else np.flatnonzero(mask)
    elif mask is not None:
        rows = rows[mask]
    return _exactly(glance, search, rows)


def spots_of(glance: Glance, search: Search) -> Spots:
    """Where those lie that may fit."""
    if len(search.kinds) == len(search.statuses) == 1:
        kind, status = search.kinds[0].value, search.statuses[0].value
        return glance.spots(CODES["kind"][kind], CODES["status"][status])
    return glance.spots()


def _about(spots: Spots, search: Search) -> Rows | None:
    """The rows in a box around all that the search can find, some beyond it too; None where it looks everywhere."""
    boxes = []
    if search.near and search.within is not None:
        near = search.near
        boxes.append(box_around(near.lon, near.lat, search.within))
    boxes += [box for box in (search.bbox, search.inside and Box(*search.inside.bounds)) if box]
    if not boxes:
        return None
    return spots.over(min(boxes, key=lambda box: (box.east - box.west) * (box.north - box.south)))


def _exactly(glance: Glance, search: Search, rows: Rows) -> Matches:
    """Those of the rows that lie where the search looks, with their distance: the dear part, done last."""
    for shape in filter(None, (search.bbox and shapely.box(*search.bbox), search.inside)):
        rows = rows[touching(glance, rows, shape)]
    if not search.near:
        return Matches(rows)
    rows = rows[rows < glance.placed]  # only what has a place can be near or far
    far = metres(glance, rows, search.near.lon, search.near.lat)
    if search.within is None:
        return Matches(rows, far)
    near = far <= search.within
    return Matches(rows[near], far[near])


def touching(glance: Glance, rows: Rows, shape: Any) -> Mask:
    """Which placed rows touch a shape (degrees), its edge included."""
    shapely.prepare(shape)
    mask: Mask = shapely.intersects_xy(shape, glance.lon[rows], glance.lat[rows])
    plots = np.flatnonzero(glance.plot[rows] >= 0)
    if len(plots):
        mask[plots] = shapely.intersects(shape, glance.plots[glance.plot[rows[plots]]])
    return mask


def nearest(glance: Glance, search: Search, most: int, beyond: float = -1.0) -> Matches:
    """All that fit up to some distance, at least `most` of them farther than `beyond` metres, when there are as many:
    looked for in growing rings, not everywhere.
    """
    fits = tests(glance, search)
    reach = max(NEAREST_FIRST, beyond)
    while reach < FARTHEST_RING:
        found = match(glance, replace(search, within=reach), fits)
        if np.count_nonzero(found.metres > beyond) >= most:
            return found
        reach *= 3
    return match(glance, search, fits)


def keys(glance: Glance, matches: Matches, order: Sort) -> npt.NDArray[np.float64]:
    """What the rows are sorted by, smallest first; equals are told apart by their number."""
    if order is Sort.NEAREST and matches.metres is not None:
        return matches.metres
    if order is Sort.NUMBER:
        return np.zeros(len(matches.rows))
    if order is Sort.LARGEST:
        return -glance.land[matches.rows]
    return -glance.since[matches.rows].astype(float)


def first_after(
    ids: npt.NDArray[Any], key: npt.NDArray[np.float64], after: tuple[float, int] | None, limit: int
) -> Rows:
    """The positions of the `limit` smallest by (key, id) that follow `after`, in order."""
    rows = np.arange(len(key))
    if after is not None:
        rows = np.flatnonzero((key > after[0]) | ((key == after[0]) & (ids > after[1])))
    if len(rows) > 4 * limit:
        # Only what may be among the first: everything up to the limit-th key, its equals included.
        edge = np.partition(key[rows], limit - 1)[limit - 1]
        rows = rows[key[rows] <= edge]
    ordered: Rows = rows[np.lexsort((ids[rows], key[rows]))][:limit]
    return ordered


def counts(glance: Glance, search: Search) -> dict[str, dict[Any, int]]:
    """For each filter how many there are of each of its values, all other filters as they are."""
    fits = tests(glance, search)
    rows = _about(glance.spots(), search)
    everywhere: Any = slice(0, glance.placed) if search.near else slice(None)
    if rows is not None:
        everywhere = _exactly(glance, search, rows).rows
    return {name: _counted(glance, name, fits, everywhere) for name in COUNTED}


COUNTED = ("kind", "status", "tenure", "holder", "ward", *ACCESS)


def _counted(glance: Glance, name: str, fits: dict[str, Fits], rows: Any) -> dict[Any, int]:
    mask = all_of(fits, rows, but=name)
    if name in ACCESS:
        yes = (glance.flags[rows] & (1 << ACCESS.index(name))) > 0
        return {True: int(np.count_nonzero(yes if mask is None else yes & mask))}
    column = glance.columns[name][rows]
    numbers = np.bincount(column if mask is None else column[mask])
    return dict(_named(name, numbers))


def _named(name: str, numbers: npt.NDArray[np.int64]) -> Iterator[tuple[Any, int]]:
    values = {code: value for value, code in CODES.get(name, {}).items()}
    for code in np.flatnonzero(numbers).tolist():
        yield values.get(code, code or None), int(numbers[code])
