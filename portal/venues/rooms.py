"""The rooms of an area as matching sees them: plain rows, each with its building and the parts that are held for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from shapely import Geometry
from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import aliased

from geo.crs import box_around
from portal.db import db
from portal.people.models import Holder
from portal.register.models import Asset
from portal.register.rules import Kind, Opener, Status
from portal.venues.hours import Hours, hire_hours

# Given whole to a group, or used by somebody else: nothing there to let by the hour.
GONE = (Status.GRANTED, Status.OCCUPIED)

_Parent = aliased(Asset)
_Grand = aliased(Asset)
OWN = ("id", "name", "capacity", "step_free", "hearing_loop", "accessible_toilet", "opener")


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
    opener: Opener | None
    hours: Hours
    pence_hour: int | None
    before: int  # minutes
    after: int
    leaves: tuple[int, ...]
    shape: Geometry | None  # of its building; where that has none, its own


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
    parts = parts_of(area_id)
    return [
        _room(asset, [a for a in (parent, grand) if a is not None], holder, parts)
        for asset, parent, grand, holder in db.session.execute(query)
    ]


def _room(asset: Asset, above: list[Asset], holder: str, parts: dict[int, list[int]]) -> Room:
    """A room takes from its hall or building what it does not say itself."""
    building = next((a for a in above if a.kind is Kind.BUILDING), None)
    lineage = [asset, *above]
    public, opener = _said(lineage, "public_hours"), _said(lineage, "opener") is not None
    hire = hire_hours(_said(lineage, "hire_hours"), public, opener=opener)
    return Room(
        **{name: getattr(asset, name) for name in OWN},
        holder=holder,
        hours=Hours(hire, public, opener=opener),
        pence_hour=asset.price_pence_hour,
        before=asset.buffer_before_minutes,
        after=asset.buffer_after_minutes,
        leaves=leaves_of(asset.id, parts),
        shape=(building.shape if building is not None else None) or asset.shape,
    )


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


def related_to(room_id: int, parts: dict[int, list[int]]) -> set[int]:
    """All rooms that share a leaf with this one: itself, its halls and its parts."""
    mine = set(leaves_of(room_id, parts))
    halls = {hall for hall in parts if mine & set(leaves_of(hall, parts))}
    return mine | halls | {room_id}


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
