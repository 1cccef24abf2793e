"""A register that is read in again after a person has spoken: what was said stands, what was taken back may come again."""

from datetime import date

import pytest

from portal.db import db
from portal.intake.importer import Options, import_register
from portal.people.rules import Role
from portal.register.models import Asset
from portal.register.rules import Opener
from portal.venues import opening, queries, service
from portal.venues.opening import Opens
from tests import factories

HEADINGS = "OrganisationLabel,EffectiveDate,AssetCode,PropertyName,GeoX,GeoY,Kind,ParentAssetCode,Capacity,StepFree,HireHours,PricePencePerHour,OpenedBy,Status"


def read(folder, year):
    path = folder / f"rooms-{year}.csv"
    day = f"{year}-01-31"
    lines = (
        f"Here Council,{day},B1,Hall House,-2.3,53.4,building,,,,,,,occupied",
        f"Here Council,{day},R1,Hall,-2.3,53.4,room,B1,30,yes,Mo-Fr 18:00-22:00,500,caretaker,under_used",
    )
    path.write_text("\n".join([HEADINGS, *lines]) + "\n")
    return import_register(path, "testing", Options())


@pytest.mark.parametrize("years", [(2026, 2027)])
def test_a_later_list_changes_nothing_that_a_person_has_said(app, tmp_path, years):
    area = factories.area()
    broker = factories.with_role(area, Role.BROKER).id
    read(tmp_path, years[0])
    room = db.session.query(Asset).filter_by(code="R1").one()
    room_id, building_id = room.id, room.parent_id
    hall = queries.mark(room, ["name", "hire_hours", "capacity"])
    said = {"name": "The old hall", "hire_hours": None, "capacity": 40}
    service.set_values(broker, room_id, said, shown=hall)
    prices = queries.mark_of_prices(db.session.get_one(Asset, room_id))
    service.set_prices(broker, room_id, 0, {}, shown=prices)
    service.set_access(broker, room_id, {"step_free": False}, date(2026, 3, 1))
    attic = service.add_room(broker, building_id, "Attic", 5).id
    one = opening.add_keyholder(broker, room_id, Opens(Opener.STAFF, "Jo"))
    read(tmp_path, years[1])
    db.session.expire_all()
    room = db.session.get_one(Asset, room_id)
    assert (room.name, room.name_key, room.hire_hours) == ("The old hall", "the old hall", None)
    assert (room.capacity, room.price_pence_hour, room.step_free) == (40, 0, False)
    assert room.opener is Opener.STAFF
    assert db.session.get_one(Asset, attic).gone_on is None, "no list speaks of it"
    service.set_access(broker, room_id, {"step_free": None}, date(2026, 3, 1))
    opening.remove_keyholder(broker, one.id)
    read(tmp_path, years[1] + 1)
    db.session.expire_all()
    room = db.session.get_one(Asset, room_id)
    assert (room.step_free, room.opener) == (True, Opener.CARETAKER)
