"""What the rooms of this wing, and those above it, add to a let's page.

A room says `@part` before a function that draws a part of the page for one reader, so that the page knows none of them.
They are asked in the order in which they were told.
"""

from collections.abc import Callable

from markupsafe import Markup

from portal.lettings.models import Let
from portal.people.models import User
from portal.people.rules import Role

Part = Callable[[Let, User, set[Role]], Markup | None]

_parts: list[Part] = []


def part(draw: Part) -> Part:
    """Register a function that draws a part of a let's page, or gives None where there is nothing to show."""
    _parts.append(draw)
    return draw


def parts_of(let: Let, user: User, roles: set[Role]) -> list[Markup]:
    """Every further part of a let's page for this reader, who is `roles` to it."""
    return [drawn for draw in _parts if (drawn := draw(let, user, roles)) is not None]
