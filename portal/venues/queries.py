"""Reads about rooms and their holders, one function a question. Who may change a place is asked here and nowhere else."""

import zlib
from collections.abc import Sequence
from datetime import date

from sqlalchemy import or_, select

from portal.areas.queries import current_area
from portal.db import db
from portal.errors import Forbidden, NotFound
from portal.people.access import roles_for
from portal.people.models import Holder, User
from portal.people.rules import GroupKind, Role
from portal.register.models import Asset, Fact
from portal.register.rules import Kind
from portal.venues.models import Closure, HolderTerm, Keyholder, RoomRate

# Who says when a place opens and what it costs: its holder's own people, and the broker for all.
KEEPERS = frozenset({Role.BROKER, Role.OFFICER})


def keeps(user: User | None, holder_id: int) -> set[Role]:
    """In which roles somebody may change what a holder's places say; none, and it is not theirs."""
    return roles_for(user, holder_id=holder_id) & KEEPERS


def place_for(user: User, asset_id: int) -> Asset:
    """A building or room of this area that somebody keeps. Raises NotFound or Forbidden("not-yours")."""
    asset = db.session.get(Asset, asset_id)
    if asset is None or asset.area_id != current_area().id or asset.kind is Kind.LAND:
        raise NotFound("no-place", "There is no such building or room here.")
    _check(user, asset.holder_id)
    return asset


def holder_for(user: User, holder_id: int) -> Holder:
    """A holder of this area whose calendar somebody keeps. Raises NotFound or Forbidden("not-yours")."""
    holder = db.session.get(Holder, holder_id)
    if holder is None or holder.area_id != current_area().id:
        raise NotFound("no-holder", "There is no such holder here.")
    _check(user, holder_id)
    return holder


def _check(user: User, holder_id: int) -> None:
    if not keeps(user, holder_id):
        raise Forbidden(
            "not-yours", "This is for the people of its holder, and for the broker, to change."
        )


def mark(asset: Asset, columns: Sequence[str]) -> str:
    """How some columns of a place stand, so that who saves is told when they have changed since the page was made."""
    return _mark_of([str(getattr(asset, name)) for name in columns])


def mark_of_prices(room: Asset) -> str:
    """The same of its prices, the rates of kinds of group among them."""
    rates = sorted((kind.value, pence) for kind, pence in rates_of(room.id).items())
    return _mark_of([room.price_pence_hour, *rates])


def _mark_of(values: Sequence[object]) -> str:
    return f"{zlib.crc32(repr(values).encode()):08x}"


def mark_of_keyholder(one: Keyholder) -> str:
    """The same of somebody who opens."""
    said = ("role", "name", "email", "phone", "days", "until", "cost_pence", "left_at")
    return _mark_of([str(getattr(one, name)) for name in said])


def rates_of(room_id: int) -> dict[GroupKind, int]:
    """Pence per hour of the kinds of group that pay something else than the standard price."""
    rows = db.session.scalars(select(RoomRate).where(RoomRate.room_id == room_id))
    return {row.kind: row.pence for row in rows}


def facts_of(asset: Asset) -> dict[str, Fact]:
    """Where single values of a place come from."""
    return {fact.name: fact for fact in asset.facts}


def keyholders_of(asset_id: int) -> list[Keyholder]:
    """Who opens a building or room, as said for itself; those who have left are not among them."""
    query = select(Keyholder).where(Keyholder.asset_id == asset_id, Keyholder.left_at.is_(None))
    return list(db.session.scalars(query.order_by(Keyholder.id)))


def who_opens(asset: Asset) -> list[Keyholder]:
    """Who opens a place: as said for itself, else for its hall, else for its building."""
    at: Asset | None = asset
    while at is not None:
        if found := keyholders_of(at.id):
            return found
        at = at.parent
    return []


def keyholder_for(user: User, keyholder_id: int) -> Keyholder:
    """Somebody who opens a place that the user keeps. Raises NotFound or Forbidden."""
    one = db.session.get(Keyholder, keyholder_id)
    if one is None or one.left_at is not None:
        raise NotFound("no-keyholder", "This person does not open here any more.")
    place_for(user, one.asset_id)
    return one


def terms_of(holder_id: int) -> list[HolderTerm]:
    """A holder's terms in order."""
    query = select(HolderTerm).where(HolderTerm.holder_id == holder_id)
    return list(db.session.scalars(query.order_by(HolderTerm.first)))


def term_for(user: User, term_id: int, *, locked: bool = False) -> HolderTerm:
    """A term that the user may take out. Raises NotFound or Forbidden."""
    term = db.session.get(HolderTerm, term_id, with_for_update=locked)
    if term is None:
        raise NotFound("no-term", "This term has been taken out already.")
    holder_for(user, term.holder_id)
    return term


def closures_of(holder_id: int, since: date) -> list[Closure]:
    """A holder's closures that are not over on a day, in order."""
    query = select(Closure).where(Closure.holder_id == holder_id, Closure.last >= since)
    return list(db.session.scalars(query.order_by(Closure.first, Closure.id)))


def closures_on(asset: Asset, first: date, last: date) -> list[Closure]:
    """The closures that hold for a place on any day from `first` to `last`: its own, its hall's, its building's, its
    holder's. Term dates are no closures; what a room is closed for all in all is `Hours.shut`.
    """
    lineage, at = [], asset
    while at is not None:
        lineage.append(at.id)
        at = at.parent
    query = select(Closure).where(
        Closure.holder_id == asset.holder_id,
        or_(Closure.asset_id.is_(None), Closure.asset_id.in_(lineage)),
        Closure.first <= last,
        Closure.last >= first,
    )
    return list(db.session.scalars(query.order_by(Closure.first, Closure.id)))


def closure_for(user: User, closure_id: int, *, locked: bool = False) -> Closure:
    """A closure that the user may lift. Raises NotFound or Forbidden."""
    closure = db.session.get(Closure, closure_id, with_for_update=locked)
    if closure is None:
        raise NotFound("no-closure", "This closure has been taken out already.")
    holder_for(user, closure.holder_id)
    return closure


def places_of(holder_id: int) -> list[Asset]:
    """A holder's buildings that have rooms, and the rooms, by name: what can be closed."""
    room = select(Asset.parent_id).where(Asset.kind == Kind.ROOM, Asset.holder_id == holder_id)
    query = select(Asset).where(
        Asset.holder_id == holder_id,
        Asset.gone_on.is_(None),
        or_(Asset.kind == Kind.ROOM, Asset.id.in_(room)),
    )
    return list(db.session.scalars(query.order_by(Asset.name_key, Asset.id)))


def rooms_under(closure: Closure) -> list[int]:
    """The rooms that a closure closes: all of its holder, or those of the place with their parts, and itself."""
    if closure.asset_id is None:
        query = select(Asset.id).where(
            Asset.holder_id == closure.holder_id, Asset.kind == Kind.ROOM
        )
        return list(db.session.scalars(query))
    found, below = [closure.asset_id], [closure.asset_id]
    while below:
        below = list(db.session.scalars(select(Asset.id).where(Asset.parent_id.in_(below))))
        found += below
    return found
