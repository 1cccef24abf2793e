"""Nations and what follows from them: metric coordinates and bank holidays."""

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
