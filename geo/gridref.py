"""Grid references as walkers, surveyors and old registers write them: letters for a square of 100 km, then figures.

Sources: Ordnance Survey, "A guide to coordinate systems in Great Britain", section 7 (British National Grid, EPSG:27700,
two letters); Ordnance Survey Ireland, "The Irish Grid" (EPSG:29902, one letter). The alphabet of both has no I.
"""

import re
from typing import NamedTuple

from geo.crs import BRITISH_GRID, IRISH_GRID, to_metric

ALPHABET = "ABCDEFGHJKLMNOPQRSTUVWXYZ"
SIDE = 5  # letters in a row of the alphabet's square
HUNDRED_KM = 100_000
# How many squares of 100 km the grid has, eastwards and northwards.
EXTENT = {BRITISH_GRID: (7, 13), IRISH_GRID: (5, 5)}
FEWEST, MOST = 2, 10

WRITTEN = re.compile(r"([A-HJ-Z]{1,2})[\s,/]*([0-9]+)(?:[\s,/]+([0-9]+))?")


class GridPoint(NamedTuple):
    """The middle of the square that a reference names: metres east and north in `epsg`; `metres` is the square's side."""

    x: float
    y: float
    epsg: int
    metres: int

    @property
    def figures(self) -> int:
        """How many figures the reference has."""
        return 2 * (len(str(HUNDRED_KM)) - len(str(self.metres)))


def read_gridref(text: str) -> GridPoint | None:
    """The square meant by "SJ 789 945", "sj7894", "SJ 78912 94512" or the Irish "J 123 456"; None for other text.

    Two to ten figures: a square of 10 km down to one of 1 m. Where the text has two numbers they must be equally long.
    """
    found = WRITTEN.fullmatch(text.strip().upper())
    if found is None:
        return None
    letters, east, north = found.groups()
    if north is None:
        half = len(east) // 2
        east, north = east[:half], east[half:]
    square = _british(letters) if len(letters) > 1 else _corner(letters)
    if square is None or len(east) != len(north) or not FEWEST <= 2 * len(east) <= MOST:
        return None
    metres = HUNDRED_KM // 10 ** len(east)
    x, y = (
        hundred * HUNDRED_KM + int(figures) * metres + metres / 2
        for hundred, figures in zip(square, (east, north), strict=True)
    )
    return GridPoint(x, y, BRITISH_GRID if len(letters) > 1 else IRISH_GRID, metres)


def gridref_of(lon: float, lat: float, figures: int = 6, epsg: int = BRITISH_GRID) -> str:
    """The reference of the square that a point (degrees) lies in: "SJ 789 945"; `figures` even, 2 to 10.

    Raises ValueError for a point that the grid does not reach.
    """
    return gridref_at(*to_metric(lon, lat, epsg), figures, epsg)


def gridref_at(x: float, y: float, figures: int, epsg: int) -> str:
    """The same for a point in metres east and north of the grid."""
    if figures not in range(FEWEST, MOST + 1, 2):
        raise ValueError(f"a grid reference has 2, 4, 6, 8 or 10 figures, not {figures}")
    columns, rows = EXTENT[epsg]
    if not (0 <= x < columns * HUNDRED_KM and 0 <= y < rows * HUNDRED_KM):
        raise ValueError(f"{x:.0f}, {y:.0f} lies outside the grid")
    each = figures // 2
    numbers = (f"{int(value % HUNDRED_KM) // 10 ** (5 - each):0{each}d}" for value in (x, y))
    east, north = int(x // HUNDRED_KM), int(y // HUNDRED_KM)
    letters = ALPHABET[_place(east, north)]
    if epsg == BRITISH_GRID:
        letters = ALPHABET[_place(east // SIDE + 2, north // SIDE + 1)] + letters
    return " ".join((letters, *numbers))


def _british(letters: str) -> tuple[int, int] | None:
    """The square of 100 km: the first letter is one of 500 km, of which S has its corner at the grid's origin."""
    (far_east, far_north), (east, north) = map(_corner, letters)
    square = (far_east - 2) * SIDE + east, (far_north - 1) * SIDE + north
    columns, rows = EXTENT[BRITISH_GRID]
    return square if 0 <= square[0] < columns and 0 <= square[1] < rows else None


def _corner(letter: str) -> tuple[int, int]:
    """How many squares east and north of the alphabet's south-west corner, V, a letter stands."""
    row, column = divmod(ALPHABET.index(letter), SIDE)
    return column, SIDE - 1 - row


def _place(east: int, north: int) -> int:
    """The position in the alphabet of the square so many east and north of V, of each five by five."""
    return (SIDE - 1 - north % SIDE) * SIDE + east % SIDE
