"""What the words of a letter are made of."""

from collections.abc import Mapping
from typing import NamedTuple

# Whom an overdue case goes to: no role of the portal, but a name and an address of the area.
SENIOR = "senior"


class Says(NamedTuple):
    """A letter: its subject, what it says after the step's own sentence, what each can do next, which last days and
    which further parts it shows (`saying.PARTS`).
    """

    subject: str
    paragraphs: tuple[str, ...] = ()
    next: Mapping[str, tuple[str, ...]] = {}
    dates: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
