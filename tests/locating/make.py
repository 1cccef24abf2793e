"""A small area with a broker, and places that wait for one."""

from typing import NamedTuple

import shapely

from portal.areas.models import Area, Postcode, Uprn, Ward
from portal.db import db
from portal.people.models import Holder, User
from portal.people.rules import Role
from portal.register.models import Asset
from portal.register.rules import Kind, LocatedBy
from tests import factories

CENTRE = (-2.32, 53.425)


class Here(NamedTuple):
    area: Area
    ward: Ward
    holder: Holder
    broker: User


def place() -> Here:
    """An area of 20 km by 22 km, its western ward, one postcode and one property of the national list."""
    area = factories.area()
    ward = factories.ward(area)
    db.session.add(Postcode(area_id=area.id, code="M337DZ", lon=CENTRE[0], lat=CENTRE[1]))
    db.session.add(Uprn(area_id=area.id, uprn="100011", lon=-2.3192, lat=53.4267))
    db.session.commit()
    broker = factories.with_role(area, Role.BROKER, email="broker@example.org", name="Bea Broker")
    return Here(area, ward, factories.holder(area, name="Testing Council"), broker)


def asset(here: Here, **values) -> Asset:
    """A plot whose place nobody knows, unless `shape` says it."""
    shape = values.pop("shape", None)
    known = {"located_by": LocatedBy.COORDINATES if shape is not None else None}
    made = factories.asset(here.holder, shape=shape or shapely.Point(CENTRE), **known | values)
    if shape is None:
        made.shape = None
        db.session.commit()
    return made


def building(here: Here, **values) -> Asset:
    """A building."""
    return asset(here, kind=Kind.BUILDING, **values)
