"""The queue of places that nobody knows, or that may be wrong; and what was done to one by hand.

The queue is one question to the database: every asset's worst doubt, as a number (`rules.RANK`), the same on both engines.
Distances in it are flat-earth metres, good to one part in a hundred; pages measure properly.
"""

import zlib
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select, tuple_
from sqlalchemy.orm import aliased, joinedload

from portal.areas.models import Area, Postcode, Uprn
from portal.db import db
from portal.errors import NotFound
from portal.locating.models import Verification
from portal.locating.rules import POSTCODE_METRES, PROPERTY_METRES, RANK, Deed, Doubt
from portal.people.models import Holder
from portal.register.models import Asset, Fact
from portal.register.rules import Kind, LocatedBy

PAGE = 25
METRES_PER_DEGREE = 111_320
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
    doubted = _doubted(area, Filter(None, holder_id)).subquery()
    query = select(doubted.c.rank, func.count()).group_by(doubted.c.rank)
    found = dict(db.session.execute(query).tuples().all())
    return {doubt: found[rank] for doubt, rank in RANK.items() if rank in found}


def waiting(area: Area) -> int:
    """How many places wait to be looked at, for whatever reason."""
    doubted = _doubted(area, Filter()).subquery()
    return db.session.scalar(select(func.count()).select_from(doubted)) or 0


def holders(area: Area) -> list[tuple[Holder, int]]:
    """Whose places wait, by name, with how many."""
    doubted = _doubted(area, Filter()).subquery()
    query = (
        select(Holder, func.count())
        .join(doubted, doubted.c.holder_id == Holder.id)
        .group_by(Holder.id)
        .order_by(Holder.name)
    )
    return [(holder, number) for holder, number in db.session.execute(query)]


def page(
    area: Area, asked: Filter, after: Key | None = None, limit: int = PAGE
) -> list[tuple[Key, Asset]]:
    """The next of the queue after a key."""
    doubted = _doubted(area, asked).subquery()
    query = (
        select(doubted.c.rank, Asset)
        .join(doubted, doubted.c.id == Asset.id)
        .options(joinedload(Asset.holder))
        .order_by(doubted.c.rank, doubted.c.id)
        .limit(limit)
    )
    if after:
        query = query.where(tuple_(doubted.c.rank, doubted.c.id) > tuple_(*after))
    return [(Key(rank, asset.id), asset) for rank, asset in db.session.execute(query)]


def key_of(area: Area, asset_id: int) -> Key | None:
    """Where an asset stands in the queue, if it does."""
    doubted = _doubted(area, Filter()).subquery()
    rank = db.session.scalar(select(doubted.c.rank).where(doubted.c.id == asset_id))
    return Key(rank, asset_id) if rank else None


def next_after(area: Area, asked: Filter, key: Key | None) -> Asset | None:
    """The next to look at; after the last one comes the first that was passed over."""
    found = page(area, asked, key, limit=1) or page(area, asked, None, limit=1)
    assets = [asset for _, asset in found if key is None or asset.id != key.asset_id]
    return assets[0] if assets else None


def _doubted(area: Area, asked: Filter) -> Select[Any]:
    """(id, holder_id, rank) of every asset with a doubt. A room stands where its building does: that one is asked about."""
    checked, shared = aliased(Fact), _shared_points(area).subquery()
    rank = _rank(checked, shared).label("rank")
    alone = or_(Asset.kind != Kind.ROOM, Asset.parent_id.is_(None))
    clauses = [Asset.area_id == area.id, Asset.gone_on.is_(None), alone]
    clauses += [rank == RANK[asked.doubt] if asked.doubt else rank.is_not(None)]
    clauses += [Asset.holder_id == asked.holder_id] if asked.holder_id else []
    return (
        select(Asset.id, Asset.holder_id, rank)
        .outerjoin(checked, and_(checked.asset_id == Asset.id, checked.name == "shape", checked.checked))
        .outerjoin(Postcode, and_(Postcode.area_id == Asset.area_id, Postcode.code == POSTCODE_KEY))
        .outerjoin(Uprn, and_(Uprn.area_id == Asset.area_id, Uprn.uprn == func.ltrim(Asset.uprn, "0")))
        .outerjoin(shared, and_(shared.c.holder_id == Asset.holder_id, shared.c.west == Asset.west,
                                shared.c.south == Asset.south, *IS_POINT))
        .where(*clauses)
    )  # fmt: skip


POSTCODE_KEY = func.upper(func.replace(Asset.postcode, " ", ""))
IS_POINT = (Asset.west == Asset.east, Asset.south == Asset.north)


def _rank(checked: Any, shared: Any) -> ColumnElement[int]:
    """The worst doubt; what a broker has checked, or found, is asked about again only if it has no place."""
    unsure = and_(
        checked.asset_id.is_(None),
        or_(Asset.located_by.is_(None), Asset.located_by != LocatedBy.BROKER),
    )
    conditions: dict[Doubt, ColumnElement[bool]] = {
        Doubt.NO_PLACE: Asset.west.is_(None),
        Doubt.OUTSIDE: and_(unsure, Asset.outlier),
        Doubt.POSTCODE_ONLY: and_(unsure, Asset.located_by == LocatedBy.POSTCODE),
        Doubt.FAR_FROM_POSTCODE: and_(unsure, _beyond(Postcode, POSTCODE_METRES)),
        Doubt.FAR_FROM_PROPERTY: and_(unsure, _beyond(Uprn, PROPERTY_METRES)),
        Doubt.SAME_POINT: and_(unsure, shared.c.west.is_not(None)),
    }
    return case(*((conditions[doubt], rank) for doubt, rank in RANK.items()))


def _beyond(there: type[Postcode | Uprn], metres: float) -> ColumnElement[bool]:
    """Whether the nearest edge of the asset's box is farther than that from a point."""
    narrow = METRES_PER_DEGREE * (COS_AT_54 - COS_PER_DEGREE * (there.lat - 54))
    across = _gap(there.lon, Asset.west, Asset.east) * narrow
    up = _gap(there.lat, Asset.south, Asset.north) * METRES_PER_DEGREE
    return across * across + up * up > metres * metres


def _gap(value: Any, low: Any, high: Any) -> ColumnElement[float]:
    """How far a number lies from a range; NULL where it is not known."""
    return case((value < low, low - value), (value > high, value - high), (value.is_not(None), 0.0))


def _shared_points(area: Area) -> Select[Any]:
    """Points on which one holder has places of several postcodes: one of them at least is elsewhere."""
    return (
        select(Asset.holder_id, Asset.west, Asset.south)
        .where(
            Asset.area_id == area.id,
            Asset.gone_on.is_(None),
            Asset.kind != Kind.ROOM,
            *IS_POINT,
        )
        .group_by(Asset.holder_id, Asset.west, Asset.south)
        .having(func.count(func.distinct(POSTCODE_KEY)) > 1)
    )


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
