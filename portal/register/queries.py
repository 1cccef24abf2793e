"""The one search behind the list, the map and the JSON; and reads for an asset's page.

The database finds what may match by its own index (R*Tree on SQLite, GiST on PostGIS); Shapely then measures
all of it in one call, the same on both engines. Sorted by distance where a place is given; else what stands
unused comes first, then by name.
"""

from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

import numpy as np
import shapely
from sqlalchemy import ColumnElement, and_, case, func, select, tuple_
from sqlalchemy.orm import joinedload, selectinload

from geo import shapes
from geo.crs import Box, box_around
from portal.areas.models import Area
from portal.areas.queries import Place
from portal.db import db
from portal.errors import NotFound
from portal.register.models import Asset
from portal.register.rules import Kind, Status, tokens

# Both sort text by its bytes, which is what Python does with its letters.
BYTEWISE = {"sqlite": "BINARY", "postgresql": "C"}


@dataclass(frozen=True)
class Search:
    """What somebody looks for; every filter narrows, an empty one asks nothing."""

    kinds: tuple[Kind, ...] = ()
    statuses: tuple[Status, ...] = ()
    holder_id: int | None = None
    ward_id: int | None = None
    step_free: bool = False
    capacity: int | None = None  # at least
    words: str = ""
    near: Place | None = None
    within: float | None = None  # metres
    bbox: Box | None = None


@dataclass(frozen=True)
class Found:
    """One page of what was found. `first` is the number of its first asset in the whole list, from 1."""

    assets: list[Asset]
    total: int
    first: int = 1
    metres: dict[int, float] = field(default_factory=dict)
    more: bool = False

    @property
    def numbered(self) -> list[tuple[int, Asset]]:
        """The assets with their numbers in the whole list."""
        return list(zip(count(self.first), self.assets, strict=False))

    @property
    def next_key(self) -> int | None:
        """What `after` must be for the next page; None on the last."""
        return self.assets[-1].id if self.more else None


def find(area: Area, search: Search, *, after: int | None = None, limit: int = 20) -> Found:
    """The assets that match, a page of them: the `limit` that follow the asset with id `after`.

    An `after` that is in the list no more gives the first page.
    """
    if search.near or search.bbox:
        return _find_measured(area, search, after, limit)
    return _find_by_name(area, search, after, limit)


def count_unplaced(area: Area, search: Search) -> int:
    """How many match but for their place, which nobody has found yet."""
    anywhere = replace(search, near=None, within=None, bbox=None)
    query = (
        select(func.count())
        .select_from(Asset)
        .where(*_clauses(area, anywhere), Asset.west.is_(None))
    )
    return db.session.scalar(query) or 0


def _find_by_name(area: Area, search: Search, after: int | None, limit: int) -> Found:
    clauses = _clauses(area, search)
    order = (_in_use_last(), _sorted_words(), Asset.id)
    key = tuple_(*order)
    total = db.session.scalar(select(func.count()).select_from(Asset).where(*clauses)) or 0
    last = (
        after
        and db.session.execute(
            select(_in_use_last(), Asset.words, Asset.id).where(*clauses, Asset.id == after)
        ).first()
    )
    query = _loaded(select(Asset).where(*clauses)).order_by(*order).limit(limit + 1)
    first = 1
    if last:
        query = query.where(key > tuple_(*last))
        before = select(func.count()).select_from(Asset).where(*clauses, key <= tuple_(*last))
        first += db.session.scalar(before) or 0
    assets = list(db.session.scalars(query))
    return Found(assets[:limit], total, first, more=len(assets) > limit)


def _find_measured(area: Area, search: Search, after: int | None, limit: int) -> Found:
    """Ids, words and shapes of what may match; then measured, sorted and cut; then one page loaded."""
    rows = db.session.execute(
        select(Asset.id, _in_use_last().label("last"), Asset.words, Asset.shape).where(
            *_clauses(area, search), Asset.west.is_not(None)
        )
    ).all()
    placed = shapes.as_array([row.shape for row in rows])
    keep = np.ones(len(rows), dtype=bool)
    metres = np.zeros(len(rows))
    if search.bbox and rows:
        keep &= shapely.intersects(placed, shapely.box(*search.bbox))
    if search.near and rows:
        epsg = area.nation.metric_epsg
        metres = shapes.distances(search.near.lon, search.near.lat, placed, epsg).round(2)
        if search.within is not None:
            keep &= metres <= search.within
    near = search.near is not None
    kept = sorted(
        (float(metres[i]), *(() if near else rows[i][1:3]), rows[i].id)
        for i in np.flatnonzero(keep)
    )
    ids = [key[-1] for key in kept]
    start = ids.index(after) + 1 if after in ids else 0
    page = ids[start : start + limit]
    by_id = {
        asset.id: asset
        for asset in db.session.scalars(_loaded(select(Asset).where(Asset.id.in_(page))))
    }
    far = {key[-1]: key[0] for key in kept[start : start + limit]} if near else {}
    more = start + limit < len(ids)
    return Found([by_id[i] for i in page], len(ids), start + 1, far, more)


def _clauses(area: Area, search: Search) -> list[ColumnElement[bool]]:
    """One clause for each filter that asks something."""
    asked: list[tuple[Any, ColumnElement[bool]]] = [
        (search.kinds, Asset.kind.in_(search.kinds)),
        (search.statuses, Asset.status.in_(search.statuses)),
        (search.holder_id, Asset.holder_id == search.holder_id),
        (search.ward_id, Asset.ward_id == search.ward_id),
        (search.step_free, Asset.step_free.is_(True)),
        (search.capacity, Asset.capacity >= (search.capacity or 0)),
    ]
    clauses = [Asset.area_id == area.id, *(clause for value, clause in asked if value)]
    clauses += [Asset.words.contains(word, autoescape=True) for word in tokens(search.words)]
    if search.bbox:
        clauses.append(_touches(search.bbox))
    if search.near and search.within is not None:
        near = search.near
        clauses.append(
            _touches(box_around(near.lon, near.lat, search.within, area.nation.metric_epsg))
        )
    return clauses


def _touches(box: Box) -> ColumnElement[bool]:
    """The coarse question that the engine's index answers; it may find too much, never too little."""
    return and_(
        Asset.west <= box.east, Asset.east >= box.west, Asset.south <= box.north, Asset.north >= box.south
    )  # fmt: skip


def _in_use_last() -> ColumnElement[int]:
    return case((Asset.status == Status.OCCUPIED, 1), else_=0)


def _sorted_words() -> ColumnElement[str]:
    return Asset.words.collate(BYTEWISE[db.engine.dialect.name])


def _loaded(query: Any) -> Any:
    return query.options(joinedload(Asset.holder), joinedload(Asset.ward))


def asset_with_all(area: Area, asset_id: int) -> Asset:
    """An asset with its facts, parts and whole; raises NotFound."""
    query = (
        select(Asset)
        .where(Asset.area_id == area.id, Asset.id == asset_id)
        .options(selectinload(Asset.facts), selectinload(Asset.parts), joinedload(Asset.parent))
    )
    asset = db.session.scalars(query).first()
    if asset is None:
        raise NotFound(
            "no-asset", "This place is not in the register. Look for it in the list of all places."
        )
    return asset
