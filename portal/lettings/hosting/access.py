"""Who somebody is to a holder's rooms: an officer or the broker runs them, a keyholder opens some of them."""

from collections.abc import Iterator

from sqlalchemy import select

from portal.areas.queries import current_area
from portal.db import db
from portal.errors import NotFound
from portal.people.access import area_roles, roles_for
from portal.people.models import Holder, User
from portal.people.queries import grants_of, holders
from portal.people.rules import Role
from portal.register.models import Asset
from portal.register.rules import Kind
from portal.venues.models import Keyholder

RUNS = {Role.BROKER, Role.OFFICER}
PLACES = (Kind.BUILDING, Kind.ROOM)


def runs(user: User, holder_id: int) -> bool:
    """Whether somebody decides about a holder's rooms."""
    return bool(roles_for(user, holder_id=holder_id) & RUNS)


def holder_of(user: User, holder_id: int) -> Holder:
    """A holder whose rooms somebody runs; any other is as if it were not there."""
    holder = db.session.get(Holder, holder_id)
    if holder is None or holder.area_id != current_area().id or not runs(user, holder.id):
        raise NotFound("no-holder", "There is no such holder here, or you do not act for it.")
    return holder


def holders_of(user: User) -> list[Holder]:
    """The holders whose rooms somebody runs, by name; the broker's are all that have rooms."""
    if Role.BROKER in area_roles():
        rooms = select(Asset.holder_id).where(
            Asset.area_id == current_area().id, Asset.kind == Kind.ROOM
        )
        having = set(db.session.scalars(rooms.distinct()))
        return [holder for holder in holders() if holder.id in having]
    return [g.holder for g in grants_of(user) if g.role is Role.OFFICER and g.holder]


def places_of(holder_id: int) -> list[Asset]:
    """The rooms of a holder and the buildings they are in, each building before its rooms."""
    query = select(Asset).where(
        Asset.holder_id == holder_id, Asset.kind == Kind.ROOM, Asset.gone_on.is_(None)
    )
    rooms = list(db.session.scalars(query))
    places = {above.id: above for room in rooms for above in lineage(room)}
    return sorted(
        places.values(), key=lambda a: [(p.name, p.id) for p in reversed(list(lineage(a)))]
    )


def lineage(place: Asset) -> Iterator[Asset]:
    """A room, its hall if it is a part of one, and its building; a building alone is itself."""
    at: Asset | None = place
    while at is not None and at.kind in PLACES:
        yield at
        at = at.parent


def run_place(user: User, place_id: int) -> Asset:
    """A building or room that somebody runs. Raises NotFound."""
    place = db.session.get(Asset, place_id)
    ours = place is not None and place.area_id == current_area().id and place.kind in PLACES
    if not ours or not runs(user, place.holder_id):
        raise NotFound("no-place", "There is no such room here, or it is not yours to run.")
    return place


def opened_by(user: User) -> set[int]:
    """The buildings and rooms that somebody has the keys of, as keyholder with an account."""
    query = select(Keyholder.asset_id).where(
        Keyholder.user_id == user.id,
        Keyholder.area_id == current_area().id,
        Keyholder.left_at.is_(None),
    )
    return set(db.session.scalars(query))


def opens(user: User, place: Asset) -> bool:
    """Whether somebody is keyholder of a place, its hall or its building."""
    mine = opened_by(user)
    return bool(mine) and any(above.id in mine for above in lineage(place))


def staff_of(user: User, place: Asset) -> bool:
    """Whether somebody runs a place or opens it."""
    return runs(user, place.holder_id) or opens(user, place)
