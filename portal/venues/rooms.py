"""The rooms of an area as matching sees them: plain rows, each with its building and the parts that are held for it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from shapely import Geometry
from sqlalchemy import ColumnElement, bindparam, or_, select, text
from sqlalchemy.orm import aliased

from geo.crs import box_around
from portal.db import db
from portal.people.models import Holder
from portal.people.rules import GroupKind
from portal.register.models import Asset
from portal.register.rules import HireWhen, Kind, Opener, Status
from portal.venues.hours import Hours, hire_hours
from portal.venues.models import Closure, HolderTerm, Keyholder, RoomRate
from portal.venues.rules import Key, Span, shut_days
from portal.venues.stops import Near, nearest

# Given whole to a group, or used by somebody else: nothing there to let by the hour.
GONE = (Status.GRANTED, Status.OCCUPIED)

_Parent = aliased(Asset)
_Grand = aliased(Asset)
OWN = (
    "id", "name", "capacity", "step_free", "hearing_loop", "accessible_toilet", "changing_place", "parking", "opener",
)  # fmt: skip


# As text: a select of aliased assets takes longer to put together than to answer.
WITH_HALLS = text(
    """WITH RECURSIVE tree (room_id, hall_id, parent_id) AS (
         SELECT id, id, parent_id FROM asset WHERE id IN :ids
         UNION SELECT tree.room_id, hall.id, hall.parent_id FROM tree JOIN asset hall ON hall.id = tree.parent_id
           WHERE hall.kind = 'room')
       SELECT room_id, hall_id FROM tree"""
).bindparams(bindparam("ids", expanding=True))


@dataclass(frozen=True)
class Room:
    """A room for hire. `leaves` are the rooms that cannot be divided and are held for it: itself, or its parts."""

    id: int
    name: str
    holder: str
    capacity: int | None
    step_free: bool | None
    hearing_loop: bool | None
    accessible_toilet: bool | None
    changing_place: bool | None
    parking: bool | None
    opener: Opener | None
    hours: Hours
    pence_hour: int | None
    before: int  # minutes
    after: int
    leaves: tuple[int, ...]
    shape: Geometry | None  # of its building; where that has none, its own
    facilities: frozenset[str] = frozenset()  # words of facilities.py
    stop: Near | None = None  # where the area has loaded its stops
    rates: tuple[tuple[GroupKind, int], ...] = ()  # pence per hour that kinds of group pay instead

    def pence_for(self, kind: GroupKind | None) -> int | None:
        """Pence per hour for a kind of group; the standard price for all others, and None where there is none."""
        return dict(self.rates).get(kind, self.pence_hour) if kind else self.pence_hour


def rooms_for_hire(area_id: int, *conditions: ColumnElement[bool]) -> list[Room]:
    """The rooms of an area that are there to be let, in the order of their keys."""
    query = (
        select(Asset, _Parent, _Grand, Holder.name)
        .join(Holder, Holder.id == Asset.holder_id)
        .outerjoin(_Parent, _Parent.id == Asset.parent_id)
        .outerjoin(_Grand, _Grand.id == _Parent.parent_id)
        .where(Asset.area_id == area_id, Asset.kind == Kind.ROOM, Asset.status.not_in(GONE))
        .where(Asset.withheld_why.is_(None), Asset.gone_on.is_(None))
        .where(*conditions)
        .order_by(Asset.id)
    )
    parts, known = parts_of(area_id), _Known(area_id)
    rooms = [
        _room(asset, [a for a in (parent, grand) if a is not None], holder, parts, known)
        for asset, parent, grand, holder in db.session.execute(query)
    ]
    stops = nearest(area_id, [room.shape for room in rooms])
    return [
        room if stop is None else replace(room, stop=stop)
        for room, stop in zip(rooms, stops, strict=True)
    ]


class _Known:
    """What the holders of an area have said beside the register: three questions, however many rooms there are."""

    def __init__(self, area_id: int) -> None:
        self.keys, self.rates = _keys_of(area_id), _rates_of(area_id)
        self.calendars = _calendars_of(area_id)

    def shut(self, lineage: Sequence[Asset]) -> tuple[Span, ...]:
        """The days on which a place is not let; its building's closures are its own."""
        calendar = self.calendars.get(lineage[0].holder_id)
        when = _said(lineage, "hire_when") or HireWhen.ALWAYS
        if calendar is None and when is HireWhen.ALWAYS:
            return ()
        terms, closures = calendar or ((), ())
        mine = (None, *(a.id for a in lineage))
        return shut_days(when, terms, [span for at, span in closures if at in mine])


def _room(
    asset: Asset, above: list[Asset], holder: str, parts: dict[int, list[int]], known: _Known
) -> Room:
    """A room takes from its hall or building what it does not say itself."""
    building = next((a for a in above if a.kind is Kind.BUILDING), None)
    lineage = [asset, *above]
    keys = next((known.keys[a.id] for a in lineage if a.id in known.keys), ())
    public, opener = _said(lineage, "public_hours"), _said(lineage, "opener") is not None
    opener = opener or bool(keys)
    hire = hire_hours(_said(lineage, "hire_hours"), public, opener=opener)
    return Room(
        **{name: getattr(asset, name) for name in OWN},
        holder=holder,
        facilities=frozenset(_said(lineage[:1], "facilities") or ()),
        rates=known.rates.get(asset.id, ()),
        hours=Hours(hire, public, opener, keys, known.shut(lineage)),
        pence_hour=asset.price_pence_hour,
        before=asset.buffer_before_minutes,
        after=asset.buffer_after_minutes,
        leaves=leaves_of(asset.id, parts),
        shape=(building.shape if building is not None else None) or asset.shape,
    )


def _keys_of(area_id: int) -> dict[int, tuple[Key, ...]]:
    """Of each building or room that has its own: who opens, the names left out."""
    query = (
        select(Keyholder.asset_id, Keyholder.days, Keyholder.until, Keyholder.cost_pence)
        .where(Keyholder.area_id == area_id, Keyholder.left_at.is_(None))
        .order_by(Keyholder.id)
    )
    found: dict[int, tuple[Key, ...]] = {}
    for asset_id, *key in db.session.execute(query):
        found[asset_id] = (*found.get(asset_id, ()), Key(*key))
    return found


def _rates_of(area_id: int) -> dict[int, tuple[tuple[GroupKind, int], ...]]:
    query = (
        select(RoomRate.room_id, RoomRate.kind, RoomRate.pence)
        .join(Asset, Asset.id == RoomRate.room_id)
        .where(Asset.area_id == area_id)
        .order_by(RoomRate.kind)
    )
    found: dict[int, tuple[tuple[GroupKind, int], ...]] = {}
    for room_id, kind, pence in db.session.execute(query):
        found[room_id] = (*found.get(room_id, ()), (kind, pence))
    return found


def _calendars_of(area_id: int) -> dict[int, tuple[list[Span], list[tuple[int | None, Span]]]]:
    """Of each holder that has said any: its terms, and its closures with what they close."""
    found: dict[int, tuple[list[Span], list[tuple[int | None, Span]]]] = {}
    terms = select(HolderTerm.holder_id, HolderTerm.first, HolderTerm.last)
    for holder_id, *span in db.session.execute(terms.join(Holder).where(Holder.area_id == area_id)):
        found.setdefault(holder_id, ([], []))[0].append(Span(*span))
    closures = select(Closure.holder_id, Closure.asset_id, Closure.first, Closure.last)
    for holder_id, asset_id, *span in db.session.execute(
        closures.join(Holder).where(Holder.area_id == area_id)
    ):
        found.setdefault(holder_id, ([], []))[1].append((asset_id, Span(*span)))
    return found


def _said(lineage: Sequence[Asset], column: str) -> Any:
    return next((value for a in lineage if (value := getattr(a, column)) is not None), None)


def hire_hours_of(room: Asset) -> str | None:
    """A room's hire hours; a half has its hall's where it says none itself."""
    hours = next((r.hours.hire for r in rooms_for_hire(room.area_id, Asset.id == room.id)), None)
    return hours or room.hire_hours


def parts_of(area_id: int) -> dict[int, list[int]]:
    """Which rooms are parts of which: a hall's key to its halves' keys."""
    hall = aliased(Asset)
    query = (
        select(Asset.parent_id, Asset.id)
        .join(hall, hall.id == Asset.parent_id)
        .where(Asset.area_id == area_id, Asset.kind == Kind.ROOM, hall.kind == Kind.ROOM)
    )
    parts: dict[int, list[int]] = {}
    for hall_id, part_id in db.session.execute(query):
        parts.setdefault(hall_id, []).append(part_id)
    return parts


def leaves_of(room_id: int, parts: dict[int, list[int]]) -> tuple[int, ...]:
    """The rooms without parts that a room consists of, sorted; itself when it has none."""
    below = parts.get(room_id)
    if not below:
        return (room_id,)
    return tuple(sorted(leaf for part in below for leaf in leaves_of(part, parts)))


def halls_of(room_ids: Collection[int]) -> dict[int, set[int]]:
    """Each room with itself and the halls that it is part of."""
    found: dict[int, set[int]] = {}
    for room_id, hall_id in db.session.execute(WITH_HALLS, {"ids": list(room_ids)}):
        found.setdefault(room_id, set()).add(hall_id)
    return found


def related_to(room_id: int, parts: dict[int, list[int]]) -> set[int]:
    """All rooms that share a leaf with this one: itself, its halls and its parts."""
    mine = set(leaves_of(room_id, parts))
    halls = {hall for hall in parts if mine & set(leaves_of(hall, parts))}
    return mine | halls | {room_id}


def touching(ids: Collection[int]) -> ColumnElement[bool]:
    """These rooms, and those that are in one of these halls or buildings."""
    return or_(*(a.id.in_(ids) for a in (Asset, _Parent, _Grand)))


def near_box(lon: float, lat: float, metres: float) -> ColumnElement[bool]:
    """Rooms that stand, or whose building stands, within so many metres of a point; maybe a few more, none too few.

    A room without a place is among them, for it may be near.
    """
    box = box_around(lon, lat, metres)
    return or_(
        Asset.west.is_(None),
        *(
            (a.west <= box.east)
            & (a.east >= box.west)
            & (a.south <= box.north)
            & (a.north >= box.south)
            for a in (Asset, _Parent, _Grand)
        ),
    )
