"""Nations and what follows from them: metric coordinates and bank holidays."""

import re
from enum import StrEnum

from portal.errors import RuleBroken


class Nation(StrEnum):
    """The four nations; law, bank holidays and map grid differ between them."""

    ENGLAND = "england"
    WALES = "wales"
    SCOTLAND = "scotland"
    NORTHERN_IRELAND = "northern_ireland"

    @property
    def metric_epsg(self) -> int:
        """The grid in which metres are measured: 29902 in Northern Ireland, else 27700."""
        return 29902 if self is Nation.NORTHERN_IRELAND else 27700


# Royal Mail's shape of a whole postcode, the space left out.
WHOLE_POSTCODE = re.compile(r"[A-Z]{1,2}[0-9][A-Z0-9]?[0-9][A-Z]{2}")


def postcode_key(text: str) -> str | None:
    """A whole postcode as the table spells it (capitals, no space), or None for anything else.

    >>> postcode_key(" wa14 1pf")
    'WA141PF'
    """
    key = "".join(text.split()).upper()
    return key if WHOLE_POSTCODE.fullmatch(key) else None


def postcode_shown(text: str) -> str:
    """A postcode as people write it; half a postcode stays half: "M33 7DZ", "M33"."""
    key = postcode_key(text)
    return f"{key[:-3]} {key[-3:]}" if key else " ".join(text.upper().split())


def uprn_key(text: str | None) -> str | None:
    """A UPRN as the table spells it: up to twelve figures without the noughts that some registers put before them.

    >>> uprn_key(" UPRN 000100012345 ")
    '100012345'
    """
    figures = re.fullmatch(r"(?:UPRN)?[\s:]*0*([1-9][0-9]{0,11})", (text or "").strip().upper())
    return figures[1] if figures else None


# WCAG 2.2 success criterion 1.4.3: text against its ground.
LEAST_CONTRAST = 4.5


def contrast_with_white(colour: str) -> float:
    """How well white text reads on `#rrggbb`, 1 to 21, as WCAG 2.2 defines contrast ratio.

    >>> round(contrast_with_white("#000000"))
    21
    """
    red, green, blue = (_linear(int(colour[place : place + 2], 16) / 255) for place in (1, 3, 5))
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4  # noqa: PLR2004 - sRGB


def check_look(colour: str, mark: str | None) -> None:
    """Refuse a colour that white text cannot be read on, or a mark that is not one SVG path."""
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
        raise RuleBroken(
            "colour-form",
            "Write the colour as # and six digits or letters a to f, for example #1d5c4d.",
        )
    if contrast_with_white(colour) < LEAST_CONTRAST:
        raise RuleBroken(
            "colour-too-light",
            "White words cannot be read well on %(colour)s. Choose a darker colour.",
            colour=colour,
        )
    if mark and not re.fullmatch(r"[MmLlHhVvCcSsQqTtAaZz0-9,.\s-]{1,2000}", mark):
        raise RuleBroken(
            "mark-form",
            "The mark is the “d” of one SVG path in a box of 24 by 24, and nothing else.",
        )


def check_resolution(reference: str | None, on: object | None) -> None:
    """A council's resolution has a reference and a date, or neither: half of one decides nothing."""
    if bool(reference) != bool(on):
        raise RuleBroken(
            "half-a-resolution",
            "A resolution needs both its reference and its date. Leave both empty if there is none.",
        )
