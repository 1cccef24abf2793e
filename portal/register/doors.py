"""What one can do at an asset, and how it stands: the wings tell the register, which knows neither of them.

A wing's views say `@door` before a function that gives the ways in for an asset, `@standing` before one that
says how it stands ("In use until 3 May 2027"), or `@aside` before one that adds a part to the page (photos of
residents). They are asked in the order in which they were told.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from markupsafe import Markup

from portal.register.models import Asset


class Door(NamedTuple):
    """One thing to do: what the button says, where it leads, and a sentence about it."""

    label: str
    url: str
    hint: str = ""


Doors = Callable[[Asset], Iterable[Door]]
Standing = Callable[[Asset], str | None]
Aside = Callable[[Asset], Markup | None]

_doors: list[Doors] = []
_standings: list[Standing] = []
_asides: list[Aside] = []


def door(find: Doors) -> Doors:
    """Register a function that gives the doors of an asset."""
    _doors.append(find)
    return find


def standing(say: Standing) -> Standing:
    """Register a function that says how an asset stands, or None where it has nothing to say."""
    _standings.append(say)
    return say


def aside(draw: Aside) -> Aside:
    """Register a function that draws a part of an asset's page, or gives None where there is nothing to show."""
    _asides.append(draw)
    return draw


def doors_of(asset: Asset) -> list[Door]:
    """Everything one can do at this asset."""
    return [door for find in _doors for door in find(asset)]


def standing_of(asset: Asset) -> list[str]:
    """Everything the wings say of how it stands."""
    return [sentence for say in _standings if (sentence := say(asset))]


def asides_of(asset: Asset) -> list[Markup]:
    """Every further part of this asset's page, as it was drawn by the feature that knows of it."""
    return [drawn for draw in _asides if (drawn := draw(asset)) is not None]
