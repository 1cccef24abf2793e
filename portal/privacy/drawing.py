"""The bars of the page about visits. Pure."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

WIDTH, HEIGHT, GAP = 600, 120, 4


class Bar(NamedTuple):
    """One day: where it stands in the picture, and what it says."""

    day: date
    count: int
    x: float
    y: float
    width: float
    height: float


def bars(days: Sequence[tuple[date, int]]) -> list[Bar]:
    """A bar for each day, the highest as high as the picture."""
    most = max((count for _day, count in days), default=0) or 1
    step = WIDTH / max(len(days), 1)
    return [
        Bar(day, count, round(n * step, 1), round(HEIGHT * (1 - count / most), 1),
            round(step - GAP, 1), round(HEIGHT * count / most, 1))
        for n, (day, count) in enumerate(days)
    ]  # fmt: skip
