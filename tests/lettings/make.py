"""What lettings' tests need: an area with people, rooms, and lets in named states. Every room is free unless said."""

from dataclasses import replace
from datetime import date, time
from types import SimpleNamespace

import shapely

from portal.areas.models import Postcode
from portal.db import db
from portal.lettings import service
from portal.lettings.paying import deposits
from portal.lettings.rules import Insurance, Wish
from portal.money.rules import Paid
from portal.people.rules import Role
from portal.register.rules import Kind, Opener, Status
from tests import factories

LON, LAT = -2.30, 53.40


def place() -> SimpleNamespace:
    """An area, a holder with a building, a broker, an officer, and a private group with its organiser."""
    area = factories.area()
    db.session.add(Postcode(area_id=area.id, code="M332AA", lon=LON, lat=LAT))
    db.session.commit()
    holder = factories.holder(area)
    organiser = factories.user("ruth@example.org")
    people = {
        "broker": factories.with_role(area, Role.BROKER),
        "officer": factories.with_role(area, Role.OFFICER, holder=holder),
        "organiser": organiser,
        "stranger": factories.user("stranger@example.org"),
    }
    group = factories.group(area, organiser, name="The Stroke Circle", private=True)
    building = factories.asset(
        holder,
        kind=Kind.BUILDING,
        status=Status.OCCUPIED,
        name="Sale Library",
        public_hours="Mo-Fr 09:00-17:00; PH off",
        shape=shapely.box(LON, LAT + 0.004, LON + 0.001, LAT + 0.005),
    )
    return SimpleNamespace(
        area=area,
        area_id=area.id,
        holder=holder,
        building=building,
        group=group,
        group_id=group.id,
        ids=SimpleNamespace(**{name: person.id for name, person in people.items()}),
        **people,
    )


def room(here, **values):
    """A step-free room for 30, free of charge, for hire every evening."""
    defaults = {
        "kind": Kind.ROOM,
        "status": Status.UNDER_USED,
        "parent_id": here.building.id,
        "capacity": 30,
        "step_free": True,
        "hire_hours": "Mo-Su 17:00-22:00",
        "opener": Opener.CARETAKER,
        "shape": shapely.Point(LON, LAT + 0.004),
    }
    return factories.asset(here.holder, **defaults | values)


def another_group(here, number):
    """(organiser's id, group's id) of one more group."""
    organiser = factories.user(f"other{number}@example.org")
    return organiser.id, factories.group(here.area, organiser, name=f"Other group {number}").id


WISH = Wish(
    weekday=3,
    starts=time(18),
    ends=time(20),
    first=date(2026, 3, 5),
    last=date(2026, 5, 31),
    people=15,
    step_free=True,
    lon=LON,
    lat=LAT,
    near="M33 2AA",
    within_m=3000,
)


def wish(**values) -> Wish:
    """The worked example from the first Thursday of March 2026."""
    return replace(WISH, **values)


def requested(here, room, *, by=None, group_id=None, **values):
    """A request that waits for the broker."""
    return service.ask(
        by or here.ids.organiser,
        room.id,
        group_id or here.group_id,
        wish(**values),
        insurance=Insurance.VENUE,
        safeguarding=True,
        note="Two of us use wheelchairs.",
    )


def offered(here, room, **values):
    """Approved at a price above what the group had said."""
    let = requested(here, room, **values)
    return service.approve(here.ids.broker, let.id, price_pence=5_00)


def deposit_due(here, room, **values):
    """Approved; £20 to be left with the broker."""
    let = requested(here, room, **values)
    return service.approve(here.ids.broker, let.id, deposit_pence=20_00)


def confirmed(here, room, **values):
    """Approved with nothing to pay."""
    let = requested(here, room, **values)
    return service.approve(here.ids.broker, let.id)


def confirmed_with_deposit(here, room, **values):
    """The deposit is with the broker."""
    let = deposit_due(here, room, **values)
    deposits.record_deposit(here.ids.broker, let.id, paid_by=Paid.CASH)
    return let
