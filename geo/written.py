"""Places as registers write them down: one number, two numbers in a cell, a grid reference, degrees with minutes."""

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from geo.crs import STORED
from geo.gridref import read_gridref

ROUGH_METRES = 1000  # the side of a square that is too wide to be a place

ROUNDED = re.compile(r"[+-]?\d(\.\d{1,3})?e\+?0?[4-7]", re.IGNORECASE)
SEXAGESIMAL = re.compile(
    r"([+-]?\d{1,2})\s*[°º:\s]\s*(\d{1,2})\s*['\u2032:\s]\s*(\d{1,2}(?:\.\d+)?)\s*[\"\u2033]?\s*([NSEW]?)",
    re.IGNORECASE,
)


def number_of(text: str) -> float:
    """One coordinate as a number: "379,000", "53,4266", "2.35 W", degrees with minutes; NaN for what is none.

    NaN too for a number that a spreadsheet has rounded to its first figures ("3.79E+05"): it is no place any more.
    """
    plain = text.strip().replace("\u2212", "-").replace("\xa0", " ")
    if ROUNDED.fullmatch(plain):
        return np.nan
    try:
        return float(plain)
    except ValueError:
        pass
    if parts := SEXAGESIMAL.fullmatch(plain):
        size = abs(float(parts[1])) + float(parts[2]) / 60 + float(parts[3]) / 3600
        return -size if parts[4].upper() in {"S", "W"} or parts[1].startswith("-") else size
    sign = -1 if re.search(r"[SWsw]\s*$", plain) else 1
    bare = re.sub(r"^[ENSWensw:\s]+|[\s°º]*[ENSWmensw]?\s*$", "", plain)
    if re.fullmatch(r"[+-]?\d{1,2},\d{3,}", bare) and not re.fullmatch(r"[+-]?\d{1,2},\d{3}", bare):
        bare = bare.replace(",", ".")
    bare = re.sub(r"(?<=\d)[,\s](?=\d{3}(\D|$))", "", bare)
    try:
        return sign * float(bare)
    except ValueError:
        return np.nan


def numbers_of(cells: Sequence[str]) -> npt.NDArray[np.float64]:
    """A column of coordinates; NaN for an empty cell and for what is no number."""
    try:
        if not any("e" in cell or "E" in cell for cell in cells):
            return np.array([float(cell) if cell else np.nan for cell in cells], dtype=float)
    except ValueError:
        pass
    return np.array([number_of(cell) if cell else np.nan for cell in cells], dtype=float)


class Written(NamedTuple):
    """A place written in one cell: two numbers, and the system where the text itself says it."""

    x: float
    y: float
    epsg: int | None


ISO_6709 = re.compile(
    r"([+-]\d{2}(?:\.\d+)?)([+-]\d{3}(?:\.\d+)?)(?:[+-]\d+(?:\.\d+)?)?(?:CRS\w+)?/?"
)
NUMBER = r"[+-]?\d+(?:[.]\d+)?"
PAIR = re.compile(rf"\(?\s*({NUMBER})\s*[,;/\s]\s*({NUMBER})\s*\)?")


def place_of(text: str) -> Written | None:
    """What one cell says of a place: a grid reference, ISO 6709 ("+53.42-002.32/"), a WKT point, or two numbers."""
    plain = text.strip()
    if square := read_gridref(plain):
        rough = square.metres > ROUGH_METRES
        return None if rough else Written(square.x, square.y, square.epsg)
    if iso := ISO_6709.fullmatch(plain):
        return Written(float(iso[2]), float(iso[1]), STORED)
    if pair := PAIR.fullmatch(re.sub(r"^(SRID=\d+;)?POINT\s*Z?", "", plain, flags=re.IGNORECASE)):
        return Written(float(pair[1]), float(pair[2]), None)
    return None
