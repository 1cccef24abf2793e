"""Builders that name the state they make. Each adds to the session and flushes; tests commit through services."""

from io import BytesIO
from itertools import count

from PIL import Image
from shapely import Geometry, box

from portal import clock
from portal.areas.models import Area, Ward
from portal.db import db
from portal.people.models import Group, Holder, Membership, RoleGrant, SignedIn, User
from portal.people.rules import GroupKind, HolderKind, Role
from portal.register.models import Asset
from portal.register.rules import Kind, LocatedBy, Status, name_key, tokens

_numbers = count(1)


def _saved(thing):
    db.session.add(thing)
    db.session.commit()
    return thing


def area(**values) -> Area:
    """An English area of about 20 km by 22 km with a council resolution on record."""
    defaults = {
        "slug": "testing",
        "name": "Testing",
        "boundary": box(-2.5, 53.3, -2.2, 53.5),
        "profile": "pilot_compact",
    }
    return _saved(Area(**defaults | values))


def ward(area: Area, **values) -> Ward:
    """A ward that covers the western half of the area."""
    defaults = {
        "code": f"E0{next(_numbers)}",
        "name": "West",
        "shape": box(-2.5, 53.3, -2.35, 53.5),
    }
    return _saved(Ward(area_id=area.id, **defaults | values))


def holder(area: Area, **values) -> Holder:
    """A council."""
    defaults = {"name": f"Council {next(_numbers)}", "kind": HolderKind.COUNCIL}
    return _saved(Holder(area_id=area.id, **defaults | values))


def asset(holder: Holder, *, shape: Geometry | None = None, **values) -> Asset:
    """A vacant plot of about 60 m by 110 m."""
    number = next(_numbers)
    defaults = {
        "kind": Kind.LAND,
        "status": Status.VACANT,
        "code": f"A{number}",
        "name": f"Plot {number}",
        "shape": shape or box(-2.30, 53.40, -2.299, 53.401),
        "located_by": LocatedBy.COORDINATES,
        "created_at": clock.now(),
        "changed_at": clock.now(),
    }
    values = defaults | values
    values.setdefault("words", " ".join(tokens(f"{values['name']} {holder.name}")))
    values.setdefault("name_key", name_key(values["name"]))
    return _saved(Asset(area_id=holder.area_id, holder_id=holder.id, **values))


def user(email: str | None = None, **values) -> User:
    """Somebody without any role."""
    return _saved(
        User(email=email or f"person{next(_numbers)}@example.org", created_at=clock.now(), **values)
    )


def signed_in(user_id: int, browser: str = "Firefox, Linux") -> SignedIn:
    """A browser in which somebody is signed in; nobody has its key."""
    now = clock.now()
    key_hash = f"{next(_numbers):064}"
    return _saved(
        SignedIn(user_id=user_id, key_hash=key_hash, browser=browser, staff=False, begun_at=now, seen_at=now)
    )  # fmt: skip


def with_role(area: Area, role: Role, *, holder: Holder | None = None, **values) -> User:
    """Somebody with a role; an officer of a holder."""
    person = user(**values)
    _saved(RoleGrant(user_id=person.id, role=role, area_id=area.id, holder_id=holder and holder.id))
    return person


def group(area: Area, organiser: User, **values) -> Group:
    """An unconstituted group of neighbours with one organiser."""
    defaults = {
        "name": f"Neighbours {next(_numbers)}",
        "kind": GroupKind.UNCONSTITUTED,
        "private": False,
    }
    made = _saved(Group(area_id=area.id, created_at=clock.now(), **defaults | values))
    _saved(Membership(user_id=organiser.id, group_id=made.id))
    return made


def photo(colour: str = "green") -> bytes:
    """A small photo, as a phone would send it."""
    out = BytesIO()
    Image.new("RGB", (64, 48), colour).save(out, "JPEG")
    return out.getvalue()
