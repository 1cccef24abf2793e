"""What a broker does, step by step; each can be taken back, and two at once lose nothing."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
import shapely
from sqlalchemy import func, select

from portal import clock
from portal.db import db
from portal.errors import PortalError
from portal.intake.importer import import_register
from portal.locating import queries, service
from portal.locating.models import Verification
from portal.locating.reading import Spot
from portal.locating.rules import Deed, Evidence, Method
from portal.locating.service import Grounds
from portal.register.models import Asset, Fact
from portal.register.rules import Kind, LocatedBy, Status
from tests.conftest import broken
from tests.locating import make

POINT = shapely.Point(-2.4, 53.41)
ELSEWHERE = shapely.Point(-2.25, 53.41)
FAR_OUT = shapely.Point(-2.0, 53.41)
PLAN = Grounds(Evidence.HOLDERS_PLAN, date(2026, 2, 1), "Plan 12")


def at(shape, method=Method.TYPED):
    return Spot("there", shape, method)


@pytest.fixture
def here(app):
    return make.place()


def shown(asset):
    """The mark on a page that is made now."""
    db.session.rollback()
    return queries.version_of(db.session.get_one(Asset, asset.id))


def place(here, asset, shape=POINT, **values):
    return service.place(
        here.broker.id, asset.id, at(shape), PLAN, **{"shown": shown(asset)} | values
    )


def fact(asset, name="shape"):
    db.session.rollback()
    return db.session.get(Fact, (asset.id, name))


def test_a_placed_asset_has_ward_source_and_history(here):
    asset = place(here, make.asset(here))
    assert (asset.located_by, asset.ward.name, asset.outlier) == (LocatedBy.BROKER, "West", False)
    assert (asset.west, asset.south) == (-2.4, 53.41)
    said = fact(asset)
    assert (said.source, said.as_of, said.checked) == (
        "Broker, holder's plan",
        date(2026, 2, 1),
        True,
    )
    (row,) = queries.history_of(asset.id)
    assert (row.deed, row.method, row.said, row.words) == (
        Deed.PLACED,
        Method.TYPED,
        "there",
        "Plan 12",
    )
    assert row.shape_before is None
    assert shapely.equals(row.shape_after, POINT)
    assert row.by.name == "Bea Broker"


def test_outside_the_area_is_marked_so(here):
    asset = place(here, make.asset(here), FAR_OUT)
    assert asset.outlier
    assert asset.ward is None
    assert not place(here, asset, POINT).outlier


def test_rooms_stand_where_their_building_is_placed(here):
    building = make.building(here)
    hall = make.asset(here, kind=Kind.ROOM, parent_id=building.id)
    half = make.asset(here, kind=Kind.ROOM, parent_id=hall.id)
    own = make.asset(here, kind=Kind.ROOM, parent_id=building.id, shape=ELSEWHERE)
    place(here, building)
    db.session.rollback()
    for room in (hall, half):
        assert (room.located_by, room.ward.name) == (LocatedBy.PARENT, "West")
        assert shapely.equals(room.shape, POINT)
    assert shapely.equals(own.shape, ELSEWHERE)
    service.put_back(here.broker.id, building.id, shown=shown(building))
    db.session.rollback()
    assert hall.shape is half.shape is hall.located_by is None


def test_taking_back_restores_place_and_source(here):
    asset = make.asset(here, shape=ELSEWHERE, located_by=LocatedBy.COORDINATES)
    db.session.add(Fact(asset_id=asset.id, name="shape", source="Council", as_of=date(2025, 1, 1)))
    db.session.commit()
    place(here, asset)
    place(here, asset, FAR_OUT)
    service.put_back(here.broker.id, asset.id, shown=shown(asset))
    assert shapely.equals(asset.shape, POINT)
    assert fact(asset).checked
    service.put_back(here.broker.id, asset.id, shown=shown(asset))
    assert shapely.equals(asset.shape, ELSEWHERE)
    assert asset.located_by is LocatedBy.COORDINATES
    said = fact(asset)
    assert (said.source, said.as_of, said.checked) == ("Council", date(2025, 1, 1), False)
    with broken("nothing-to-take-back"):
        service.put_back(here.broker.id, asset.id, shown=shown(asset))
    assert [row.deed for row in queries.history_of(asset.id)] == [
        Deed.PUT_BACK, Deed.PUT_BACK, Deed.PLACED, Deed.PLACED,
    ]  # fmt: skip


def test_the_middle_of_a_postcode_stays_what_it_is(here):
    lost = make.asset(here)
    spot = Spot("M33 7DZ", shapely.Point(make.CENTRE), Method.POSTCODE)
    asset = service.place(here.broker.id, lost.id, spot, PLAN, shown=shown(lost))
    assert asset.located_by is LocatedBy.POSTCODE
    assert not fact(asset).checked
    service.confirm(here.broker.id, asset.id, PLAN, shown=shown(asset))
    assert asset.located_by is LocatedBy.BROKER
    assert fact(asset).checked
    service.put_back(here.broker.id, asset.id, shown=shown(asset))
    assert asset.located_by is LocatedBy.POSTCODE


def test_what_has_no_place_cannot_be_right(here):
    asset = make.asset(here)
    with broken("no-place-yet"):
        service.confirm(here.broker.id, asset.id, PLAN, shown=shown(asset))
    assert not queries.history_of(asset.id)


def test_seen_on_site(here):
    asset = make.asset(here, status=Status.OCCUPIED)
    values = {"status": Status.VACANT, "step_free": True, "capacity": 12}
    service.check(here.broker.id, asset.id, values, PLAN, shown=shown(asset))
    assert (asset.status, asset.step_free, asset.capacity) == (Status.VACANT, True, 12)
    assert asset.vacant_since == PLAN.seen_on
    assert fact(asset, "step_free").checked
    assert fact(asset, "hearing_loop") is None
    service.check(here.broker.id, asset.id, {"status": Status.OCCUPIED}, PLAN, shown=shown(asset))
    assert asset.vacant_since is None
    with broken("nothing-seen"):
        service.check(here.broker.id, asset.id, {}, PLAN, shown=shown(asset))


@pytest.mark.parametrize("status", [Status.GRANTED, Status.IN_USE])
def test_an_agreement_is_not_seen_away(here, status):
    asset = make.asset(here, status=status)
    with broken("status-by-agreement"):
        service.check(here.broker.id, asset.id, {"status": Status.VACANT}, PLAN, shown=shown(asset))
    other = make.asset(here)
    with broken("status-by-agreement"):
        service.check(here.broker.id, other.id, {"status": status}, PLAN, shown=shown(other))


def test_withheld_with_its_rooms_and_shown_again(here):
    building = make.building(here)
    room = make.asset(here, kind=Kind.ROOM, parent_id=building.id)
    other = make.asset(here, kind=Kind.ROOM, parent_id=building.id, withheld_why="Damp")
    service.withhold(here.broker.id, building.id, "A refuge", shown=shown(building))
    db.session.rollback()
    assert (building.withheld_why, room.withheld_why, other.withheld_why) == (
        "A refuge",
        "A refuge",
        "Damp",
    )
    with broken("withheld-already"):
        service.withhold(here.broker.id, building.id, "Again", shown=shown(building))
    service.show_again(here.broker.id, building.id, shown=shown(building))
    db.session.rollback()
    assert (building.withheld_why, room.withheld_why, other.withheld_why) == (None, None, "Damp")
    with broken("not-withheld"):
        service.show_again(here.broker.id, building.id, shown=shown(building))


def test_hours_that_a_person_has_read(here):
    asset = make.building(here, hours_text="Tuesdays, or by the key")
    assert queries.count_without_hours(here.area) == 1
    service.set_hours(here.broker.id, asset.id, "Tu 10:00-12:00", shown=shown(asset))
    assert asset.public_hours == "Tu 10:00-12:00"
    assert fact(asset, "public_hours").checked
    other = make.building(here, hours_text="By appointment")
    service.set_hours(here.broker.id, other.id, None, shown=shown(other))
    assert queries.count_without_hours(here.area) == 0


def test_an_older_page_changes_nothing_and_says_who_was_quicker(here):
    asset = make.asset(here)
    before = shown(asset)
    place(here, asset)
    with pytest.raises(PortalError, match="Bea Broker has done something"):
        place(here, asset, ELSEWHERE, shown=before)
    asset.shape = ELSEWHERE  # an import
    db.session.commit()
    with broken("done-meanwhile"):
        service.confirm(here.broker.id, asset.id, PLAN, shown=before)
    imported = make.asset(here, shape=POINT)
    before = shown(imported)
    imported.shape = ELSEWHERE
    db.session.commit()
    with broken("changed-meanwhile"):
        service.confirm(here.broker.id, imported.id, PLAN, shown=before)
    with broken("no-asset"):
        service.confirm(here.broker.id, 999, PLAN, shown="")


def test_two_brokers_at_once_and_one_place_stands(app, here):
    asset = make.asset(here)
    mark, asset_id, by = shown(asset), asset.id, here.broker.id
    calls = [
        lambda shape=shape: service.place(by, asset_id, at(shape), PLAN, shown=mark).id
        for shape in (POINT, ELSEWHERE, FAR_OUT, POINT)
    ]
    now, barrier = clock.now(), Barrier(len(calls))
    db.session.close()

    def run(call):
        with app.app_context(), clock.at(now):
            barrier.wait()
            try:
                return call()
            except PortalError as refusal:
                return refusal.code
            finally:
                db.session.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        answers = list(pool.map(run, calls))
    assert sorted(map(str, answers)) == [str(asset_id), *["done-meanwhile"] * 3]
    assert db.session.scalar(select(func.count(Verification.id))) == 1
    row = db.session.scalar(select(Verification))
    assert shapely.equals(row.shape_after, db.session.get_one(Asset, asset_id).shape)


def test_what_breaks_half_way_leaves_nothing(here, monkeypatch):
    asset = make.asset(here)
    mark = shown(asset)
    monkeypatch.setattr(service, "_check_as", lambda *_args, **_kwargs: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        place(here, asset, shown=mark)
    db.session.rollback()
    assert asset.shape is None
    assert not queries.history_of(asset.id)


def test_no_later_register_moves_what_a_broker_placed_or_checked(here, tmp_path):
    path = tmp_path / "register.csv"
    path.write_text(
        "Organisation,Asset Code,Name,Postcode,GeoX,GeoY,Status\n"
        "Testing Council,A1,Old Yard,M33 7DZ,,,Vacant\n"
        "Testing Council,A2,New Yard,,-2.3,53.4,Vacant\n"
    )
    import_register(path, here.area.slug)
    one, two = (db.session.scalar(select(Asset).where(Asset.code == code)) for code in ("A1", "A2"))
    place(here, one)
    place(here, two)
    service.check(here.broker.id, two.id, {"status": Status.OCCUPIED}, PLAN, shown=shown(two))
    import_register(path, here.area.slug)
    db.session.rollback()
    for asset in (one, two):
        assert shapely.equals(asset.shape, POINT)
        assert asset.located_by is LocatedBy.BROKER
        assert fact(asset).checked
    assert two.status is Status.OCCUPIED
    assert queries.waiting(here.area) == 0
