"""What officers and brokers say of rooms: kept with its source, never lost, and true for the search at once."""

from datetime import UTC, date, datetime, time

import pytest
from sqlalchemy import func, select

from portal import clock
from portal.areas.models import Area
from portal.db import db
from portal.errors import Forbidden, NotFound
from portal.lettings import service as lettings
from portal.lettings.models import Hold
from portal.people.models import User
from portal.people.rules import GroupKind, Role
from portal.register.models import Asset, Fact
from portal.register.rules import HireWhen, Opener
from portal.venues import opening, queries, service
from portal.venues.doors import agreed_on
from portal.venues.hours import Door, door, hire_minutes, opening_cost
from portal.venues.models import Keyholder
from portal.venues.opening import Opens
from portal.venues.rooms import rooms_for_hire
from tests import factories
from tests.conftest import broken
from tests.lettings import make

CARETAKER = Opens(Opener.CARETAKER, "Mo Khan", "Mo@Example.org", "0161", (3,), time(21), 15_00)


@pytest.fixture
def here(app):
    return make.place()


def found(here, room):
    return next(r for r in rooms_for_hire(here.area_id) if r.id == room.id)


def mark(asset_id, *columns):
    return queries.mark(db.session.get_one(Asset, asset_id), columns)


def at(day, hour, minute=0):
    return datetime(2026, 3, day, hour, minute)  # noqa: DTZ001 - wall time


def says(asset_id, name):
    return db.session.get(Fact, (asset_id, name))


def test_hours_that_cannot_be_read_are_refused(here):
    shown = mark(here.building.id, "public_hours")
    with broken("hours-unreadable"):
        service.set_hours(
            here.ids.officer, here.building.id, "public_hours", "when the caretaker is in", shown=shown
        )  # fmt: skip


def test_what_an_officer_says_has_the_holder_as_its_source_and_no_import_changes_it(here):
    room = make.room(here)
    shown = mark(room.id, "hire_hours")
    service.set_hours(here.ids.officer, room.id, "hire_hours", "Mo-Fr 18:00-22:00", shown=shown)
    fact = says(room.id, "hire_hours")
    assert (fact.source, fact.as_of, fact.checked) == (here.holder.name, date(2026, 3, 2), True)
    assert found(here, room).hours.hire == "Mo-Fr 18:00-22:00"


def test_the_second_of_two_who_edit_at_once_is_told_and_nothing_is_lost(here):
    room = make.room(here)
    shown = mark(room.id, "hire_hours")
    service.set_hours(here.ids.officer, room.id, "hire_hours", "Mo 18:00-22:00", shown=shown)
    with broken("changed-meanwhile"):
        service.set_hours(here.ids.broker, room.id, "hire_hours", "Tu 18:00-22:00", shown=shown)
    assert db.session.get_one(Asset, room.id).hire_hours == "Mo 18:00-22:00"
    prices = queries.mark_of_prices(db.session.get_one(Asset, room.id))
    rates = {GroupKind.CHARITY: 2_00}
    service.set_prices(here.ids.officer, room.id, 5_00, rates, shown=prices)
    with broken("changed-meanwhile"):
        service.set_prices(here.ids.broker, room.id, 9_00, {}, shown=prices)


@pytest.mark.parametrize("who", ["organiser", "stranger"])
def test_nobody_else_changes_a_place(here, who):
    with pytest.raises(Forbidden):
        service.add_room(getattr(here.ids, who), here.building.id, "Attic", 10)


def test_an_officer_of_another_holder_may_not(here):
    other = factories.with_role(here.area, Role.OFFICER, holder=factories.holder(here.area))
    with pytest.raises(Forbidden):
        opening.close(other.id, here.holder.id, None, date(2026, 4, 1), date(2026, 4, 1), "Paint")


def test_a_room_is_added_once(here):
    room = service.add_room(here.ids.officer, here.building.id, "Attic", 10)
    assert (room.parent_id, room.capacity, room.name_key) == (here.building.id, 10, "attic")
    assert "attic" in room.words
    assert says(room.id, "capacity").checked
    with broken("same-name"):
        service.add_room(here.ids.officer, here.building.id, "ATTIC", 10)
    service.add_room(here.ids.officer, here.building.id, "Cellar", None)


def test_a_hall_that_has_lets_is_divided_and_its_halves_are_held(here):
    hall = make.room(here, name="Hall", hearing_loop=True, facilities=("piano",))
    let = make.confirmed(here, hall)
    held = db.session.scalar(select(func.count()).where(Hold.room_id == hall.id))
    halves = service.divide(here.ids.officer, hall.id, [("North", 15), ("South", 15)])
    for half in halves:
        assert db.session.scalar(select(func.count()).where(Hold.room_id == half.id)) == held
        assert (half.hearing_loop, half.facilities) == (True, ("piano",))
    assert found(here, halves[0]).hours.hire == hall.hire_hours
    organiser, group_id = make.another_group(here, 1)
    with broken("taken"):
        make.requested(here, halves[0], by=organiser, group_id=group_id)
    lettings.cancel(here.ids.broker, let.id, why="Roof.")
    make.confirmed(here, halves[0] )  # fmt: skip
    with broken("taken"):
        make.requested(here, hall, by=organiser, group_id=group_id)


def test_no_room_becomes_free_by_being_divided(here):
    hall = make.room(here, name="Hall", price_pence_hour=12_00)
    shown = queries.mark_of_prices(hall)
    service.set_prices(here.ids.officer, hall.id, 12_00, {GroupKind.CHARITY: 6_00}, shown=shown)
    for half in service.divide(here.ids.officer, hall.id, [("North", None), ("South", None)]):
        paid = found(here, half)
        assert (paid.pence_for(None), paid.pence_for(GroupKind.CHARITY)) == (12_00, 6_00)


def test_a_half_is_not_divided_again(here):
    hall = make.room(here, name="Hall")
    half, _ = service.divide(here.ids.officer, hall.id, [("North", None), ("South", None)])
    with broken("divided-already"):
        service.divide(here.ids.officer, hall.id, [("East", None), ("West", None)])
    with broken("half-of-a-half"):
        service.divide(here.ids.officer, half.id, [("East", None), ("West", None)])
    with broken("not-a-room"):
        service.divide(here.ids.officer, here.building.id, [("East", None), ("West", None)])


def test_a_group_pays_the_rate_of_its_kind(here):
    room = make.room(here)
    shown = queries.mark_of_prices(room)
    rates = {GroupKind.UNCONSTITUTED: 0, GroupKind.CHARITY: 2_50}
    service.set_prices(here.ids.broker, room.id, 10_00, rates, shown=shown)
    paid = found(here, room)
    assert paid.pence_for(None) == paid.pence_for(GroupKind.COMPANY) == 10_00
    assert (paid.pence_for(GroupKind.CHARITY), paid.pence_for(GroupKind.UNCONSTITUTED)) == (2_50, 0)
    assert make.requested(here, room, group_kind=GroupKind.UNCONSTITUTED).price_pence == 0


def test_access_facts_each_have_their_day(here):
    room = make.room(here)
    earlier, today = date(2026, 1, 5), date(2026, 3, 2)
    service.set_access(here.ids.officer, room.id, {"hearing_loop": True, "parking": False}, earlier)
    service.set_access(here.ids.broker, room.id, {"parking": True}, today)
    assert (says(room.id, "hearing_loop").as_of, says(room.id, "parking").as_of) == (earlier, today)
    assert says(room.id, "parking").source == "Broker, site visit"
    service.set_access(here.ids.broker, room.id, {"parking": None}, today)
    assert says(room.id, "parking") is None
    assert db.session.get_one(Asset, room.id).parking is None
    with broken("nothing-seen"):
        service.set_access(here.ids.broker, room.id, {}, today)


def test_who_opens_until_when_and_at_what_cost(here):
    room = make.room(here, opener=None)
    thursday = at(5, 18), at(5, 20)
    assert door(found(here, room).hours, *thursday, ()) is Door.NOBODY
    opening.add_keyholder(here.ids.officer, here.building.id, CARETAKER)
    hours = found(here, room).hours
    assert door(hours, *thursday, ()) is Door.OPENED
    assert door(hours, at(6, 18), at(6, 20), ()) is Door.NOBODY, "he comes on Thursdays only"
    assert door(hours, at(5, 20), at(5, 21, 30), ()) is Door.CLOSED, "the alarm is set at nine"
    assert hire_minutes(hours, date(2026, 3, 5), ()) == ((17 * 60, 21 * 60),)
    assert hire_minutes(hours, date(2026, 3, 6), ()) == ()
    assert opening_cost(hours, *thursday, ()) == 15_00
    dearer = CARETAKER._replace(name="Firm", email="", cost_pence=40_00, until=None)
    opening.add_keyholder(here.ids.officer, here.building.id, dearer)
    hours = found(here, room).hours
    assert opening_cost(hours, *thursday, ()) == 15_00
    assert opening_cost(hours, at(5, 20), at(5, 22), ()) == 40_00


def test_opening_costs_nothing_while_the_building_is_open(here):
    room = make.room(here, opener=None, hire_hours="Mo-Su 09:00-22:00")
    opening.add_keyholder(here.ids.officer, here.building.id, CARETAKER)
    hours = found(here, room).hours
    assert opening_cost(hours, at(5, 10), at(5, 12), ()) == 0
    assert opening_cost(hours, at(5, 16), at(5, 18), ()) == 15_00


def test_what_an_opening_costs_is_in_the_price(here):
    room = make.room(here, opener=None, price_pence_hour=1_00)
    opening.add_keyholder(here.ids.officer, room.id, CARETAKER)
    assert make.requested(here, room).price_pence == 2_00 + 15_00


def test_a_keyholder_may_sign_in_and_leaves_no_name_behind(here):
    one = opening.add_keyholder(here.ids.officer, here.building.id, CARETAKER)
    again = opening.add_keyholder(
        here.ids.officer, here.building.id, CARETAKER._replace(email="mo@example.org")
    )
    assert again.id == one.id
    assert db.session.get_one(User, one.user_id).email == "mo@example.org"
    assert db.session.get_one(Asset, here.building.id).opener is Opener.CARETAKER
    opening.remove_keyholder(here.ids.broker, one.id)
    left = db.session.get_one(Keyholder, one.id)
    assert (left.name, left.email, left.phone, left.user_id) == ("", None, None, None)
    assert db.session.get_one(Asset, here.building.id).opener is None
    with broken("no-keyholder"):
        opening.remove_keyholder(here.ids.broker, one.id)


def test_two_who_change_a_keyholder_at_once(here):
    one = opening.add_keyholder(here.ids.officer, here.building.id, CARETAKER)
    shown = queries.mark_of_keyholder(one)
    opening.change_keyholder(
        here.ids.officer, one.id, CARETAKER._replace(email="", until=time(22)), shown=shown
    )
    with broken("changed-meanwhile"):
        opening.change_keyholder(
            here.ids.broker, one.id, CARETAKER._replace(email="", until=time(20)), shown=shown
        )


def test_a_closure_closes_the_rooms_below_it_and_no_others(here):
    room, other = make.room(here), make.room(here, name="Elsewhere", parent_id=None)
    closure = opening.close(
        here.ids.officer, here.holder.id, here.building.id, date(2026, 4, 9), date(2026, 4, 16), "Floor"
    )  # fmt: skip
    again = opening.close(
        here.ids.broker, here.holder.id, here.building.id, date(2026, 4, 9), date(2026, 4, 16), "Floor"
    )  # fmt: skip
    assert again.id == closure.id
    with broken("closure"):
        make.requested(here, room)
    make.requested(here, other)
    lineage = db.session.get_one(Asset, room.id)
    assert [c.why for c in queries.closures_on(lineage, date(2026, 4, 16), date(2026, 4, 20))] == ["Floor"]  # fmt: skip
    assert not queries.closures_on(lineage, date(2026, 4, 17), date(2026, 4, 20))
    opening.reopen(here.ids.officer, closure.id)
    make.requested(here, room)


def test_a_closure_lists_the_lets_it_meets_and_cancels_none(here, app):
    room = make.room(here)
    let = make.confirmed(here, room)
    closure = opening.close(
        here.ids.officer, here.holder.id, None, date(2026, 4, 9), date(2026, 4, 16), "Floor"
    )
    with app.test_request_context():
        (met,) = agreed_on(queries.rooms_under(closure), closure.first, closure.last)
        assert not agreed_on(queries.rooms_under(closure), date(2026, 7, 1), date(2026, 7, 2))
    assert met.url.endswith(f"/lets/{let.id}")
    assert "2 dates" in met.hint
    assert db.session.scalar(select(func.count(Hold.id))) > 0


def test_in_term_and_out_of_term(here):
    room = make.room(here)
    spring = ("Spring", date(2026, 1, 5), date(2026, 3, 27))
    summer = ("Summer", date(2026, 4, 13), date(2026, 7, 17))
    assert opening.add_terms(here.ids.officer, here.holder.id, [spring, summer]) == 2
    assert opening.add_terms(here.ids.officer, here.holder.id, [spring]) == 0
    shut = {}
    for when in HireWhen:
        shown = mark(room.id, "hire_when")
        service.set_values(here.ids.officer, room.id, {"hire_when": when}, shown=shown)
        hours = found(here, room).hours
        shut[when] = [
            day
            for day in (date(2026, 1, 2), date(2026, 3, 5), date(2026, 4, 2), date(2026, 8, 6))
            if not hire_minutes(hours, day, ())
        ]
    before, term, easter, after = (
        date(2026, 1, 2), date(2026, 3, 5), date(2026, 4, 2), date(2026, 8, 6),
    )  # fmt: skip
    assert shut[HireWhen.ALWAYS] == []
    assert shut[HireWhen.IN_TERM] == [before, easter, after]
    assert shut[HireWhen.OUT_OF_TERM] == [before, term, after], "nobody knows what August is"


@pytest.mark.parametrize(
    ("term", "code"),
    [
        (("Odd", date(2026, 3, 1), date(2026, 4, 20)), "terms-overlap"),
        (("Back", date(2026, 9, 1), date(2026, 8, 1)), "last-before-first"),
        (("Long", date(2026, 9, 1), date(2062, 8, 1)), "too-long"),
    ],
)
def test_terms_that_cannot_be(here, term, code):
    summer = ("Summer", date(2026, 4, 13), date(2026, 7, 17))
    with broken(code):
        opening.add_terms(here.ids.officer, here.holder.id, [summer, term])
    assert not queries.terms_of(here.holder.id)


def test_what_is_gone_is_said_to_be_gone(here):
    with pytest.raises(NotFound):
        opening.reopen(here.ids.officer, 99)
    with pytest.raises(NotFound):
        opening.remove_term(here.ids.officer, 99)
    with clock.at(datetime(2026, 3, 2, 12, tzinfo=UTC)):
        assert db.session.scalar(select(func.count(Area.id))) == 1
