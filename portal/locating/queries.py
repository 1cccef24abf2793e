"""The queue of places that nobody knows, or that may be wrong; and what was done to one by hand.

The queue is asked of the database: every asset's worst doubt, as a number (`rules.RANK`), the same on both engines.
Distances in it are flat-earth metres, good to one part in a hundred; pages measure properly.
"""

import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from time import monotonic
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from geo.crs import METRES_PER_DEGREE
from portal.areas.models import Area, Postcode, Uprn
from portal.db import db
from portal.errors import NotFound
from portal.locating.models import Verification
from portal.locating.rules import POSTCODE_METRES, PROPERTY_METRES, RANK, Deed, Doubt
from portal.people.models import Holder
from portal.register.models import Asset, Fact
from portal.register.rules import Kind, LocatedBy

PAGE = 25
# cos(latitude) over the United Kingdom as a straight line: SQLite is not always built with the function.
COS_AT_54, COS_PER_DEGREE = 0.5878, 0.01412
PLACED_BY_HAND = (Deed.PLACED, Deed.CONFIRMED)


class Key(NamedTuple):
    """Where something stands in the queue."""

    rank: int
    asset_id: int

    def __str__(self) -> str:
        return f"{self.rank}.{self.asset_id}"

    @property
    def doubt(self) -> Doubt:
        """The reason that the rank stands for."""
        return list(Doubt)[self.rank - 1]


def read_key(text: str) -> Key:
    """A key out of an address. Raises ValueError for what is none."""
    rank, asset_id = map(int, text.split("."))
    if rank not in RANK.values() or not 0 <= asset_id < 2**31:
        raise ValueError(text)
    return Key(rank, asset_id)


class Filter(NamedTuple):
    """What part of the queue somebody works on."""

    doubt: Doubt | None = None
    holder_id: int | None = None


def counts(area: Area, holder_id: int | None = None) -> dict[Doubt, int]:
    """How many wait for each reason, the worst first; reasons for which none waits are left out."""
    found: Counter[Doubt] = Counter()
    for (holder, doubt), number in _tally(area).items():
        if holder_id in (None, holder):
            found[doubt] += number
    return {doubt: found[doubt] for doubt in Doubt if found[doubt]}


def waiting(area: Area) -> int:
    """How many places wait to be looked at, for whatever reason."""
    return sum(_tally(area).values())


def holders(area: Area) -> list[tuple[Holder, int]]:
    """Whose places wait, by name, with how many."""
    found: Counter[int] = Counter()
    for (holder_id, _), number in _tally(area).items():
        found[holder_id] += number
    query = select(Holder).where(Holder.id.in_(found)).order_by(Holder.name)
    return [(holder, found[holder.id]) for holder in db.session.scalars(query)]


Tally = dict[tuple[int, Doubt], int]
# Counting a million takes seconds, so such a count is good for a minute; what is counted quickly is counted anew.
SLOW, KEPT_FOR = 0.3, 60.0
_tallies: dict[tuple[str, int], tuple[float, Tally]] = {}


def _tally(area: Area) -> Tally:
    """How many wait, by holder and reason."""
    key = str(db.engine.url), area.id
    began = monotonic()
    at, kept = _tallies.get(key, (-KEPT_FOR, {}))
    if began - at < KEPT_FOR:
        return kept
    doubted = _doubted(area, Doubt.SAME_POINT).subquery()
    query = select(doubted.c.holder_id, doubted.c.rank, func.count()).where(
        doubted.c.rank.is_not(None)
    )
    rows = db.session.execute(query.group_by(doubted.c.holder_id, doubted.c.rank))
    tally = {(holder_id, Key(rank, 0).doubt): number for holder_id, rank, number in rows}
    if monotonic() - began > SLOW:
        _tallies[key] = (began, tally)
    return tally


def page(
    area: Area, asked: Filter, after: Key | None = None, limit: int = PAGE
) -> list[tuple[Key, Asset]]:
    """The next of the queue after a key. Reason by reason, so that the first page never asks about the last ones."""
    found: list[tuple[Key, Asset]] = []
    for doubt, rank in RANK.items():
        if len(found) == limit or (asked.doubt and asked.doubt is not doubt):
            continue
        if after is None or rank >= after.rank:
            beyond = after.asset_id if after and after.rank == rank else 0
            assets = _tier(area, doubt, asked.holder_id, beyond, limit - len(found))
            found += [(Key(rank, asset.id), asset) for asset in assets]
    return found


def _tier(
    area: Area, doubt: Doubt, holder_id: int | None, beyond: int, limit: int
) -> Sequence[Asset]:
    """The assets whose worst doubt is this one."""
    clauses = [Asset.id > beyond, *([Asset.holder_id == holder_id] if holder_id else [])]
    ids = _doubted(area, doubt, *clauses).subquery()
    query = select(ids.c.id).where(ids.c.rank == RANK[doubt]).order_by(ids.c.id).limit(limit)
    wanted = db.session.scalars(query).all()
    assets = select(Asset).where(Asset.id.in_(wanted)).options(joinedload(Asset.holder))
    return db.session.scalars(assets.order_by(Asset.id)).all()


def key_of(area: Area, asset_id: int) -> Key | None:
    """Where an asset stands in the queue, if it does."""
    asset = db.session.get(Asset, asset_id)
    if asset is None:
        return None
    here = (
        Asset.holder_id == asset.holder_id,
        Asset.west == asset.west,
        Asset.south == asset.south,
    )
    doubted = _doubted(area, Doubt.SAME_POINT, Asset.id == asset_id, on_point=here).subquery()
    rank = db.session.scalar(select(doubted.c.rank))
    return Key(rank, asset_id) if rank else None


def next_after(area: Area, asked: Filter, key: Key | None) -> Asset | None:
    """The next to look at; after the last one comes the first that was passed over."""
    found = page(area, asked, key, limit=1) or page(area, asked, None, limit=1)
    assets = [asset for _, asset in found if key is None or asset.id != key.asset_id]
    return assets[0] if assets else None


def _doubted(
    area: Area, down_to: Doubt, *clauses: ColumnElement[bool], on_point: Iterable[Any] = ()
) -> Select[Any]:
    """(id, holder_id, rank) of the assets; rank is NULL without a doubt down to that one, which saves asking for more.

    A room stands where its building does, so that one is asked about.
    """
    checked, shared = aliased(Fact), _shared_points(area, *on_point).subquery()
    alone = or_(Asset.kind != Kind.ROOM, Asset.parent_id.is_(None))
    joins: dict[Doubt, tuple[Any, ColumnElement[bool]]] = {
        Doubt.NO_PLACE: (checked, and_(checked.asset_id == Asset.id, checked.name == "shape", checked.checked)),
        Doubt.FAR_FROM_POSTCODE: (
            Postcode, and_(Postcode.area_id == Asset.area_id, Postcode.code == POSTCODE_KEY)),
        Doubt.FAR_FROM_PROPERTY: (
            Uprn, and_(Uprn.area_id == Asset.area_id, Uprn.uprn == func.ltrim(Asset.uprn, "0"))),
        Doubt.SAME_POINT: (
            shared, and_(shared.c.holder_id == Asset.holder_id, shared.c.west == Asset.west,
                         shared.c.south == Asset.south, *IS_POINT)),
    }  # fmt: skip
    conditions = _conditions(checked, shared)
    ranks = [(conditions[doubt], rank) for doubt, rank in RANK.items() if rank <= RANK[down_to]]
    query = select(Asset.id, Asset.holder_id, case(*ranks).label("rank"))
    for doubt, (table, on) in joins.items():
        if RANK[doubt] <= RANK[down_to]:
            query = query.outerjoin(table, on)
    return query.where(Asset.area_id == area.id, Asset.gone_on.is_(None), alone, *clauses)


POSTCODE_KEY = func.upper(func.replace(Asset.postcode, " ", ""))
IS_POINT = (Asset.west == Asset.east, Asset.south == Asset.north)


def _conditions(checked: Any, shared: Any) -> dict[Doubt, ColumnElement[bool]]:
    """What a broker has checked, or found, is asked about again only if it has no place."""
    unsure = and_(
        checked.asset_id.is_(None),
        or_(Asset.located_by.is_(None), Asset.located_by != LocatedBy.BROKER),
    )
    return {
        Doubt.NO_PLACE: Asset.west.is_(None),
        Doubt.OUTSIDE: and_(unsure, Asset.outlier),
        Doubt.POSTCODE_ONLY: and_(unsure, Asset.located_by == LocatedBy.POSTCODE),
        Doubt.FAR_FROM_POSTCODE: and_(unsure, _beyond(Postcode, POSTCODE_METRES)),
        Doubt.FAR_FROM_PROPERTY: and_(unsure, _beyond(Uprn, PROPERTY_METRES)),
        Doubt.SAME_POINT: and_(unsure, shared.c.west.is_not(None)),
    }


def _beyond(there: type[Postcode | Uprn], metres: float) -> ColumnElement[bool]:
    """Whether the nearest edge of the asset's box is farther than that from a point."""
    narrow = METRES_PER_DEGREE * (COS_AT_54 - COS_PER_DEGREE * (there.lat - 54))
    across = _gap(there.lon, Asset.west, Asset.east) * narrow
    up = _gap(there.lat, Asset.south, Asset.north) * METRES_PER_DEGREE
    return across * across + up * up > metres * metres


def _gap(value: Any, low: Any, high: Any) -> ColumnElement[float]:
    """How far a number lies from a range; NULL where it is not known."""
    return case((value < low, low - value), (value > high, value - high), (value.is_not(None), 0.0))


def _shared_points(area: Area, *clauses: Any) -> Select[Any]:
    """Points on which one holder has places of several postcodes: one of them at least is elsewhere."""
    return (
        select(Asset.holder_id, Asset.west, Asset.south)
        .where(
            Asset.area_id == area.id,
            Asset.gone_on.is_(None),
            Asset.kind != Kind.ROOM,
            *IS_POINT,
            *clauses,
        )
        .group_by(Asset.holder_id, Asset.west, Asset.south)
        .having(func.count(func.distinct(POSTCODE_KEY)) > 1)
    )


def on_the_same_point(asset: Asset) -> Sequence[Asset]:
    """The holder's other places on exactly the point of this one, rooms left out."""
    query = select(Asset).where(
        Asset.holder_id == asset.holder_id,
        Asset.id != asset.id,
        Asset.gone_on.is_(None),
        Asset.kind != Kind.ROOM,
        Asset.west == asset.west,
        Asset.south == asset.south,
        *IS_POINT,
    )
    return db.session.scalars(query.order_by(Asset.id).limit(PAGE)).all()


def asset_of(area: Area, asset_id: int) -> Asset:
    """An asset of the area, withheld or not; raises NotFound."""
    asset = db.session.get(Asset, asset_id, options=[joinedload(Asset.holder)])
    if asset is None or asset.area_id != area.id:
        raise NotFound("no-asset", "This place is not in the register. Go back to the queue.")
    return asset


def history_of(asset_id: int) -> Sequence[Verification]:
    """What was done to an asset by hand, the latest first."""
    query = (
        select(Verification)
        .where(Verification.asset_id == asset_id)
        .options(joinedload(Verification.by))
        .order_by(Verification.id.desc())
    )
    return db.session.scalars(query).all()


def last_deed(asset_id: int) -> Verification | None:
    """The latest of them."""
    return next(iter(history_of(asset_id)), None)


def last_placing(asset_id: int) -> Verification | None:
    """The latest placing or confirming that stands: none that was taken back."""
    undone: set[int] = set()
    for row in history_of(asset_id):
        if row.deed is Deed.PUT_BACK:
            undone.add(row.after["undone"])
        elif row.deed in PLACED_BY_HAND and row.id not in undone:
            return row
    return None


def version_of(asset: Asset) -> str:
    """A mark of how an asset stands, so that whoever saves is told what has changed since their page was made."""
    last = db.session.scalar(
        select(func.max(Verification.id)).where(Verification.asset_id == asset.id)
    )
    shape = asset.shape.wkb if asset.shape is not None else b""
    return f"{last or 0}-{zlib.crc32(shape):08x}"


def without_hours(area: Area) -> Select[Any]:
    """Assets whose opening hours are written down and nobody has read yet."""
    read = select(Fact).where(
        Fact.asset_id == Asset.id, Fact.name == "public_hours", Fact.checked.is_(True)
    )
    return (
        select(Asset)
        .where(
            Asset.area_id == area.id,
            Asset.gone_on.is_(None),
            func.coalesce(Asset.hours_text, "") != "",
            func.coalesce(Asset.public_hours, "") == "",
            ~read.exists(),
        )
        .order_by(Asset.id)
    )


def hours_page(area: Area, after: int = 0, limit: int = PAGE) -> Sequence[Asset]:
    """The next of them after one."""
    query = without_hours(area).options(joinedload(Asset.holder)).where(Asset.id > after)
    return db.session.scalars(query.limit(limit)).all()


def count_without_hours(area: Area) -> int:
    """How many of them there are."""
    query = without_hours(area).order_by(None).subquery()
    return db.session.scalar(select(func.count()).select_from(query)) or 0
