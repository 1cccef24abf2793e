"""What the tests of reports need: an area with a broker, photos as bytes, and reports in named states."""

from io import BytesIO
from types import SimpleNamespace

import shapely
from PIL import Image

from portal.areas.models import Postcode
from portal.areas.queries import Place
from portal.db import db
from portal.people.rules import Role
from portal.pictures import repainted
from portal.sightings import service
from portal.sightings.rules import HowLong
from tests import factories

LON, LAT = -2.3, 53.4
HERE = Place("M33 2AA", LON, LAT)
METRE = 1 / 111_320  # degrees of latitude


def place() -> SimpleNamespace:
    """An area with a ward, a postcode, two brokers, an officer and somebody without a role."""
    area = factories.area()
    ward = factories.ward(area, name="Middle", shape=shapely.box(-2.4, 53.35, -2.25, 53.45))
    db.session.add(Postcode(area_id=area.id, code="M332AA", lon=LON, lat=LAT))
    db.session.commit()
    holder = factories.holder(area, name="Testing Council")
    people = {
        "broker": factories.with_role(area, Role.BROKER, email="broker@example.org"),
        "other_broker": factories.with_role(area, Role.BROKER, email="second@example.org"),
        "officer": factories.with_role(area, Role.OFFICER, holder=holder),
        "stranger": factories.user("stranger@example.org"),
    }
    return SimpleNamespace(
        area=area,
        area_id=area.id,
        ward=ward,
        holder=holder,
        ids=SimpleNamespace(**{name: person.id for name, person in people.items()}),
        emails=SimpleNamespace(**{name: person.email for name, person in people.items()}),
    )


def plot(here, metres: float = 0, **values):
    """A vacant plot of one point so many metres north of the place."""
    shape = shapely.Point(LON, LAT + metres * METRE)
    return factories.asset(here.holder, shape=shape, **values)


def jpeg(colour: str = "red", size: tuple[int, int] = (640, 480), **options) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG", **options)
    return out.getvalue()


def draft(here, place: Place = HERE, **known) -> str:
    """The token of a report that was begun."""
    return service.begin(here.area_id, place, **known)


def told(here, *, email: str = "", photos: int = 0, **known) -> str:
    """The token of a report that is ready to be sent."""
    token = draft(here, **known)
    service.tell(
        token,
        words="High grass behind a fence.",
        exactly="Behind the chip shop",
        how_long=HowLong.YEARS,
        email=email,
    )
    colours = ("red", "green", "blue", "black")[:photos]
    if colours:
        service.add_photos(token, [repainted(jpeg(colour)) for colour in colours])
    return token


def sent(here, **values):
    """A report that waits for the broker."""
    return service.send(told(here, **values))
