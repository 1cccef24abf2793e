"""What one can do at an asset, and how it stands: the wings tell the register, which knows neither of them.

A wing's views say `@door` before a function that gives the ways in for an asset, or `@standing` before one that
says how it stands ("In use until 3 May 2027"). They are asked in the order in which they were told.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from portal.register.models import Asset


class Door(NamedTuple):
    """One thing to do: what the button says, where it leads, and a sentence about it."""

    label: str
    url: str
    hint: str = ""


Doors = Callable[[Asset], Iterable[Door]]
Standing = Callable[[Asset], str | None]

_doors: list[Doors] = []
_standings: list[Standing] = []


def door(find: Doors) -> Doors:
    """Register a function that gives the doors of an asset."""
    _doors.append(find)
    return find


def standing(say: Standing) -> Standing:
    """Register a function that says how an asset stands, or None where it has nothing to say."""
    _standings.append(say)
    return say


def doors_of(asset: Asset) -> list[Door]:
    """Everything one can do at this asset."""
    return [door for find in _doors for door in find(asset)]


def standing_of(asset: Asset) -> list[str]:
    """Everything the wings say of how it stands."""
    return [sentence for say in _standings if (sentence := say(asset))]
