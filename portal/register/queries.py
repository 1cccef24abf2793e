"""The one search behind the list, the map and the JSON; and reads for an asset's page.

Which assets fit is told by the register in memory (`glance`, `matching`), the same on both engines; the database gives
the few rows that are shown.
"""

from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np
from shapely import Point
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from portal.areas.models import Area
from portal.db import alone, db
from portal.errors import NotFound
from portal.register import matching
from portal.register.columns import CODES, OUTLIER
from portal.register.glance import Glance, Rows, glance
from portal.register.matching import Matches
from portal.register.models import Asset
from portal.register.rules import Kind, Status
from portal.register.search import Search, Sort

FEW = 2000  # so many are sorted by their names at once
WALKED = 4000  # names read at once by a walk along the index
OCCUPIED = CODES["status"][Status.OCCUPIED.value]


@dataclass(frozen=True)
class Found:
    """One page of what was found. `first` is the number of its first asset in the whole list, from 1; None where
    finding it out would cost more than it is worth.
    """

    assets: list[Asset]
    total: int
    metres: dict[int, float] = field(default_factory=dict)
    more: bool = False
    first: int | None = 1

    @property
    def numbered(self) -> list[tuple[int | None, Asset]]:
        """The assets with their numbers in the whole list, as far as these are known."""
        return [(self.first and self.first + n, asset) for n, asset in enumerate(self.assets)]

    @property
    def next_key(self) -> int | None:
        """What `after` must be for the next page; None on the last."""
        return self.assets[-1].id if self.more else None


@dataclass(frozen=True)
class Page:
    """One page: rows in order, how many fit in all, the metres of each, whether more follow."""

    rows: Rows
    total: int
    metres: list[float]  # empty where nothing is near or far
    more: bool
    first: int | None  # the number of the first in the whole list, from 1, where it is known


def find(area: Area, search: Search, *, after: int | None = None, limit: int = 20) -> Found:
    """The assets that match, a page of them: the `limit` that follow the asset with id `after`.

    An `after` that is in the register no more, or has no place to be near, gives the first page.
    """
    seen = glance(area.id)
    page = find_rows(seen, search, after=after, limit=limit)
    ids = seen.id[page.rows].tolist()
    by_id = {
        asset.id: asset
        for asset in db.session.scalars(_loaded(select(Asset).where(Asset.id.in_(ids))))
    }
    assets = [by_id[i] for i in ids if i in by_id]
    metres = dict(zip(ids, page.metres, strict=True)) if page.metres else {}
    return Found(assets, page.total, metres, page.more, page.first)


def find_rows(seen: Glance, search: Search, *, after: int | None = None, limit: int = 20) -> Page:
    """A page of what matches."""
    start = seen.rows_of([after]) if after else []
    start = int(start[0]) if len(start) else None
    if search.near and start is not None and start >= seen.placed:
        start = None  # near what, if nobody knows where it stands?
    if search.order is Sort.NAME:
        return _by_name(seen, matching.match(seen, search), start, limit)
    after = None if start is None else _key(seen, search, start)
    if search.order is Sort.NEAREST and search.within is None:
        anywhere = matching.match(seen, replace(search, near=None)).rows
        total = int(np.count_nonzero(anywhere < seen.placed))
        matches = matching.nearest(seen, search, limit + 1, after[0] if after else -1.0)
    else:
        matches = matching.match(seen, search)
        total = len(matches.rows)
    return _by_key(seen, search, matches, after, limit, total)


def _by_key(
    seen: Glance,
    search: Search,
    matches: Matches,
    after: tuple[float, int] | None,
    limit: int,
    total: int,
) -> Page:
    """A page by distance, size or date."""
    keys = matching.keys(seen, matches, search.order)
    ids = seen.id[matches.rows]
    first = 1
    if after is not None:
        before = (keys < after[0]) | ((keys == after[0]) & (ids <= after[1]))
        first += int(np.count_nonzero(before))
    page = matching.first_after(ids, keys, after, limit + 1)
    shown = page[:limit]
    far = [] if matches.metres is None else matches.metres[shown].tolist()
    return Page(matches.rows[shown], total, far, len(page) > limit, first)


def _key(seen: Glance, search: Search, row: int) -> tuple[float, int]:
    """What one row is sorted by, whether it fits or not."""
    rows = np.array([row])
    far = matching.metres(seen, rows, search.near.lon, search.near.lat) if search.near else None
    return float(matching.keys(seen, Matches(rows, far), search.order)[0]), int(seen.id[row])


def _by_name(seen: Glance, matches: Matches, start: int | None, limit: int) -> Page:
    """What stands unused by name, then what is in use by name."""
    walk = _sorted if len(matches.rows) <= FEW else _walked
    numbers, first = walk(seen, matches.rows, start, limit + 1)
    rows = seen.rows_of(numbers[:limit])
    far: list[float] = []
    if matches.metres is not None:
        metres = dict(zip(matches.rows.tolist(), matches.metres.tolist(), strict=True))
        far = [metres[row] for row in rows.tolist()]
    return Page(rows, len(matches.rows), far, len(numbers) > limit, first)


def _sorted(
    seen: Glance, rows: Rows, start: int | None, limit: int
) -> tuple[list[int], int | None]:
    """Few are sorted at once: the first `limit` after a row, and the number of the first in the whole list."""
    used = dict(zip(seen.id[rows].tolist(), (seen.status[rows] == OCCUPIED).tolist(), strict=True))
    ids = ", ".join(map(str, used)) or "NULL"
    order = [(used[row[1]], *row) for row in _named(seen, f"id IN ({ids})", None, FEW)]
    order.sort(key=lambda one: one[0])  # stable: by name within
    first = 0
    if start is not None:
        after = (bool(seen.status[start] == OCCUPIED), *_name_of(int(seen.id[start])))
        first = sum(one <= after for one in order)
    return [one[2] for one in order[first : first + limit]], first + 1


def _walked(
    seen: Glance, rows: Rows, start: int | None, limit: int
) -> tuple[list[int], int | None]:
    """Of many, the index of names is walked, and what is among them is taken: twice, for what is in use comes last."""
    used = seen.status == OCCUPIED
    among = np.zeros(len(seen), bool)
    among[rows] = True
    numbers: list[int] = []
    after = None if start is None else _name_of(int(seen.id[start]))
    begins_used = start is not None and bool(used[start])
    for group in (among & ~used, among & used)[begins_used:]:
        numbers += _names(seen, group, after, limit - len(numbers))
        after = None
    return numbers, 1 if start is None else None


def _names(seen: Glance, group: Any, after: Any, limit: int) -> list[int]:
    found: list[int] = []
    while len(found) < limit:
        walked = _named(seen, "true", after, WALKED)
        here = seen.rows_of([row[1] for row in walked])
        taken = set(seen.id[here[group[here]]].tolist())
        found += [row[1] for row in walked if row[1] in taken]
        if len(walked) < WALKED:
            break
        after = walked[-1]
    return found[:limit]


def _named(seen: Glance, which: str, after: Any, limit: int) -> list[Any]:
    """(name, id) in order of the index of names."""
    following = "AND (name_key, id) > (?, ?) " if after else ""
    query = (
        f"SELECT name_key, id FROM asset WHERE area_id = ? AND {which} {following}"  # noqa: S608 - numbers
        "ORDER BY area_id, name_key, id LIMIT ?"
    )
    return alone(query, (seen.state.area_id, *(after or ()), limit))


def _name_of(asset_id: int) -> tuple[str, int]:
    (row,) = alone("SELECT name_key, id FROM asset WHERE id = ?", (asset_id,))
    return tuple(row)


class Drawn(NamedTuple):
    """What a picture shows of an asset."""

    kind: Kind
    shape: Any
    outlier: bool


def drawn(area: Area, search: Search, most: int) -> list[Drawn]:
    """Up to `most` of what matches and has a place, straight from memory."""
    seen = glance(area.id)
    matches = matching.match(seen, search)
    rows = matches.rows[matches.rows < seen.placed]
    if len(rows) > most:
        rows = rows[np.linspace(0, len(rows) - 1, most).astype(int)]
    kinds = {code: Kind(value) for value, code in CODES["kind"].items()}
    return [
        Drawn(
            kinds[int(seen.kind[row])],
            seen.plots[seen.plot[row]]
            if seen.plot[row] >= 0
            else Point(seen.lon[row], seen.lat[row]),
            bool(seen.flags[row] & OUTLIER),
        )
        for row in rows.tolist()
    ]


def total(area: Area, search: Search) -> int:
    """How many match."""
    return len(matching.match(glance(area.id), search).rows)


def count_unplaced(area: Area, search: Search) -> int:
    """How many match but for their place, which nobody has found yet."""
    return _unplaced(glance(area.id), search)


def _unplaced(seen: Glance, search: Search) -> int:
    rows = slice(seen.placed, len(seen))
    mask = matching.all_of(matching.tests(seen, search), rows)
    return len(seen) - seen.placed if mask is None else int(np.count_nonzero(mask))


def counts(area: Area, search: Search) -> dict[str, dict[Any, int]]:
    """For each filter how many there are of each of its values, all other filters as they are."""
    return matching.counts(glance(area.id), search)


def _loaded(query: Any) -> Any:
    return query.options(joinedload(Asset.holder), joinedload(Asset.ward))


def asset_with_all(area: Area, asset_id: int, *, withheld: bool = False) -> Asset:
    """An asset with its facts, parts and whole; raises NotFound. What is withheld only for those who may see it."""
    query = (
        select(Asset)
        .where(Asset.area_id == area.id, Asset.id == asset_id)
        .options(
            selectinload(Asset.facts),
            selectinload(Asset.parts),
            joinedload(Asset.parent),
            joinedload(Asset.source),
        )
    )
    asset = db.session.scalars(query).first()
    if asset is None or (asset.withheld_why and not withheld):
        raise NotFound(
            "no-asset", "This place is not in the register. Look for it in the list of all places."
        )
    return asset
