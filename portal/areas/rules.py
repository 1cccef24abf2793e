"""Nations and what follows from them: metric coordinates and bank holidays."""

import re
from enum import StrEnum


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
