"""What the rooms of this wing, and those above it, add to a let: parts of its page, warnings, and what follows a step.

A room says `@part` before a function that draws a part of the page for one reader, so that the page knows none of them;
`@warning` before one that tells the broker what speaks against approving; `@after` before one that follows an action
in the same transaction. They are asked in the order in which they were told.
"""

from collections.abc import Callable

from markupsafe import Markup
from sqlalchemy.orm import Session

from portal.lettings.models import Let
from portal.lettings.rules import Action
from portal.people.models import User
from portal.people.rules import Role

Part = Callable[[Let, User, set[Role]], Markup | None]

Warn = Callable[[Let], list[str]]
Follow = Callable[[Session, Let], object]

_parts: list[Part] = []
_warnings: list[Warn] = []
_follows: dict[Action, list[Follow]] = {}


def part(draw: Part) -> Part:
    """Register a function that draws a part of a let's page, or gives None where there is nothing to show."""
    _parts.append(draw)
    return draw


def parts_of(let: Let, user: User, roles: set[Role]) -> list[Markup]:
    """Every further part of a let's page for this reader, who is `roles` to it."""
    return [drawn for draw in _parts if (drawn := draw(let, user, roles)) is not None]


def warning(tell: Warn) -> Warn:
    """Register a function that says, in sentences for the broker, what speaks against approving a let."""
    _warnings.append(tell)
    return tell


def warnings_of(let: Let) -> list[str]:
    """What speaks against approving this let."""
    return [sentence for tell in _warnings for sentence in tell(let)]


def after(action: Action) -> Callable[[Follow], Follow]:
    """Register a function that follows an action of a let, in its transaction."""

    def register(follow: Follow) -> Follow:
        _follows.setdefault(action, []).append(follow)
        return follow

    return register


def follow(session: Session, let: Let, action: Action) -> None:
    """Do what follows an action."""
    for do in _follows.get(action, ()):
        do(session, let)
