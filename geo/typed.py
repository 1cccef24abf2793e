"""A pair of coordinates as people type or paste it: degrees or metres, with letters or without, or a map's link."""

import re
from typing import NamedTuple

LARGEST_DEGREE = 180
# Words for an axis, as the letter that says the same.
WORDS = (
    (r"\b(?:latitude|lat|northings?|y)\b", "N"),
    (r"\b(?:longitude|long|lng|lon|eastings?|x)\b", "E"),
)
MARKS = str.maketrans({"º": "°", "\u2019": "'", "\u2032": "'", "\u201d": '"', "\u2033": '"'})
# 53.4291 · 53°25'44.8" · 394500m, or the letter of an axis.
TOKEN = re.compile(
    r"(?P<degrees>[+-]?[0-9]{1,8}(?:\.[0-9]{1,15})?)(?![0-9.])"
    r"(?:\s*°(?:\s*(?P<minutes>[0-9]{1,2}(?:\.[0-9]{1,10})?)\s*')?"
    r"(?:\s*(?P<seconds>[0-9]{1,2}(?:\.[0-9]{1,10})?)\s*\")?|\s?M(?![A-Z]))?"
    r"|(?P<letter>[NSEW])(?![A-Z])"
)
SEPARATORS = " ,;/:=()[]\t\r\n\xa0"
# In which order letters (a) and numbers (1) may stand.
ORDERS = ("11", "a1a1", "1a1a")
# What the links of moving maps hold: @53.42,-2.31,17z · #map=17/53.42/-2.31 · q=53.42,-2.31 · mlat=53.42&mlon=-2.31
LINK = re.compile(
    r"(?:mlat=|[@/=])(?P<lat>-?[0-9]{1,2}\.[0-9]+)(?:,|/|%2C|&mlon=)(?P<lon>-?[0-9]{1,3}\.[0-9]+)"
)


class Pair(NamedTuple):
    """East and north, in degrees or metres as typed; `certain` where letters said which is which."""

    x: float
    y: float
    certain: bool


def read_pair(text: str) -> Pair | None:
    """The two numbers of a text that holds nothing else; None for other text.

    Letters (N, S, E, W) or words (lat, easting) say which is which. Without them degrees come latitude first and
    metres east first, as they are mostly written.
    """
    if text.lstrip().lower().startswith(("http:", "https:", "geo:")):
        return _from_link(text)
    for word, letter in WORDS:
        text = re.sub(word, letter, text, flags=re.IGNORECASE)
    values, letters = _tokens(text.upper().translate(MARKS))
    if values is None:
        return None
    first, second = values
    if not letters:
        degrees = max(abs(first), abs(second)) <= LARGEST_DEGREE
        return Pair(second, first, certain=False) if degrees else Pair(first, second, certain=False)
    signed = {_axis(a): -v if a in "SW" else v for a, v in zip(letters, values, strict=True)}
    return Pair(signed["x"], signed["y"], certain=True) if len(signed) > 1 else None


def _tokens(text: str) -> tuple[list[float] | None, str]:
    """The two values and their letters, when the text is two values and no more."""
    values: list[float] = []
    letters = order = ""
    text = text.strip(SEPARATORS)
    place = 0
    while found := TOKEN.match(text, place):
        if found["letter"]:
            letters += found["letter"]
        else:
            values.append(_value(found))
        order += "a" if found["letter"] else "1"
        place = found.end()
        while place < len(text) and text[place] in SEPARATORS:
            place += 1
    whole = place == len(text) and order in ORDERS
    return (values if whole else None), letters


def _value(found: re.Match[str]) -> float:
    degrees = float(found["degrees"])
    more = float(found["minutes"] or 0) / 60 + float(found["seconds"] or 0) / 3600
    return degrees - more if found["degrees"].startswith("-") else degrees + more


def _axis(letter: str) -> str:
    return "y" if letter in "NS" else "x"


def _from_link(text: str) -> Pair | None:
    found = LINK.search(text) or re.match(r"\s*geo:(?P<lat>-?[\d.]+),(?P<lon>-?[\d.]+)", text)
    return Pair(float(found["lon"]), float(found["lat"]), certain=True) if found else None
