"""What a closure meets: who knows of lets tells it here, and this room knows none of them."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date

from portal.register.doors import Door

# Of some rooms and days: what is agreed there already, each with its words and where it stands.
Agreed = Callable[[Sequence[int], date, date], Iterable[Door]]

_agreed: list[Agreed] = []


def agreed(find: Agreed) -> Agreed:
    """Register a function that says what is agreed for rooms on days from first to last."""
    _agreed.append(find)
    return find


def agreed_on(room_ids: Sequence[int], first: date, last: date) -> list[Door]:
    """Everything that a closure of these rooms would meet."""
    return [door for find in _agreed for door in find(room_ids, first, last)]
