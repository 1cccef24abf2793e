"""What the rooms above tell a case: facts for the guards, parts of its page, lines for its letters.

Petitions, hearings and agreements stand on the cases and know them; the case knows none of them. A room says
`@known(names)` before a function that gives these facts of a case (as in `facts.Facts`), `@part` before one
that draws a part of its page, `@column(name)` before one that fills a column of the register's files. They are asked in the order in which they were told.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import cache, partial

from markupsafe import Markup

from portal.people.models import User
from portal.proposals.facts import Facts
from portal.proposals.models import Proposal

Known = Callable[[Proposal, User | None], Mapping[str, object]]
Part = Callable[[Proposal, User | None], Markup | None]

Filled = Callable[[list[int]], Mapping[int, object]]

_known: dict[str, Known] = {}
_parts: list[Part] = []
_columns: dict[str, Filled] = {}


def known(*names: str) -> Callable[[Known], Known]:
    """Register a function that gives these facts of a case, some of them about the person who acts."""

    def told(tell: Known) -> Known:
        _known.update(dict.fromkeys(names, tell))
        return tell

    return told


def part(draw: Part) -> Part:
    """Register a function that draws a part of a case's page, or gives None where there is nothing to show."""
    _parts.append(draw)
    return draw


def known_of(case: Proposal, user: User | None) -> dict[str, Callable[[], object]]:
    """Everything that the rooms above know of a case; each is asked once, when the first of its facts is asked for."""
    ask = {tell: cache(partial(tell, case, user)) for tell in _known.values()}
    return {name: partial(_one, ask[tell], name) for name, tell in _known.items()}


def _one(ask: Callable[[], Mapping[str, object]], name: str) -> object:
    return ask().get(name, getattr(Facts, name))


def parts_of(case: Proposal, user: User | None) -> list[Markup]:
    """Every further part of a case's page for this reader."""
    return [drawn for draw in _parts if (drawn := draw(case, user)) is not None]


def column(name: str) -> Callable[[Filled], Filled]:
    """Register a function that gives, for some cases by their numbers, what a column of the register's files holds."""

    def told(fill: Filled) -> Filled:
        _columns[name] = fill
        return fill

    return told


def columns_of(ids: list[int]) -> dict[int, dict[str, object]]:
    """For each of some cases what the rooms above put into the register's files."""
    found: dict[int, dict[str, object]] = defaultdict(dict)
    for name, fill in _columns.items():
        for case_id, value in fill(ids).items():
            found[case_id][name] = value
    return found
