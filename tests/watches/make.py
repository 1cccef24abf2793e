"""What the tests of watches need: an area with places, a watch in a named state, its letters."""

import re
from datetime import timedelta
from types import SimpleNamespace

import shapely
from sqlalchemy import select

from portal import clock
from portal.areas.models import Postcode
from portal.db import db
from portal.notices.models import Letter
from portal.watches import service
from portal.watches.models import Watch
from portal.watches.rules import Often
from tests import factories
from tests.conftest import THE_DAY

LON, LAT = -2.3, 53.4
METRE = 1 / 111_320  # degrees of latitude
RUTH = "ruth@example.org"
LATER = THE_DAY + timedelta(days=8)


def place() -> SimpleNamespace:
    """An area with two wards and a postcode."""
    area = factories.area()
    west = factories.ward(area, name="West", shape=shapely.box(-2.5, 53.3, -2.35, 53.5))
    east = factories.ward(area, name="East", shape=shapely.box(-2.35, 53.3, -2.2, 53.5))
    db.session.add(Postcode(area_id=area.id, code="M332AA", lon=LON, lat=LAT))
    db.session.commit()
    holder = factories.holder(area, name="Testing Council")
    return SimpleNamespace(area=area, west=west.id, east=east.id, holder=holder)


def plot(here, metres: float = 0, **values):
    """A vacant plot of one point so many metres north of the postcode."""
    values.setdefault("shape", shapely.Point(LON, LAT + metres * METRE))
    return factories.asset(here.holder, **values)


def asked(query: str = "", email: str = RUTH, often: Often = Often.DAILY) -> str:
    """The token of a watch that waits to be confirmed."""
    service.ask(email, query, often)
    return db.session.scalars(select(Watch.token).order_by(Watch.id.desc())).first()


def confirmed(query: str = "", email: str = RUTH, often: Often = Often.DAILY) -> str:
    """The token of a watch that writes."""
    token = asked(query, email, often)
    service.keep(token, often)
    return token


def digests(to: str = RUTH) -> list[Letter]:
    """The letters of an address that tell of news."""
    return [letter for letter in letters(to) if ":news:" in letter.key]


def letters(to: str = RUTH) -> list[Letter]:
    db.session.rollback()
    return list(db.session.scalars(select(Letter).where(Letter.to == to).order_by(Letter.id)))


def ticks(day: int) -> int:
    """What the clock does so many days later, at noon."""
    with clock.at(THE_DAY + timedelta(days=day, hours=2)):
        return service.tick()


def link(letter: Letter) -> str:
    """The path of the watch that a letter speaks of."""
    return re.search(r"/watches/[\w-]{43}", letter.body).group()
