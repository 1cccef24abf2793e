"""Calendar feeds as a calendar program reads them: twice, and what it keeps stays in step."""

import re
from datetime import UTC, datetime, time, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar
from sqlalchemy import select

from portal import clock
from portal.db import db
from portal.lettings import service
from portal.lettings.dates import service as dates
from portal.lettings.hosting import feeds
from portal.lettings.hosting.models import CalendarKey
from portal.lettings.hosting.rules import Scope
from portal.lettings.models import Let
from portal.people.models import Membership, RoleGrant
from portal.venues.models import Keyholder
from tests import factories
from tests.conftest import THE_DAY, broken
from tests.lettings import make
from tests.lettings.hosting.test_entry import keyholder

LONDON = ZoneInfo("Europe/London")


@pytest.fixture
def here(app):
    return make.place()


@pytest.fixture
def room(here):
    return make.room(here, name="Garden room", buffer_before_minutes=15)


def path_of(by, scope=Scope.GROUP, scope_id=1):
    return urlsplit(feeds.address_of(feeds.make(by, scope, scope_id))).path


class Phone:
    """A calendar program: it takes an event anew only when its sequence is not lower, and drops none by itself."""

    def __init__(self, client, path):
        self.client, self.path, self.tag, self.events = client, path, None, {}

    def look(self):
        asked = {"If-None-Match": self.tag} if self.tag else {}
        answer = self.client.get(self.path, headers=asked)
        if answer.status_code == 304:
            return False
        assert answer.status_code == 200
        self.tag = answer.headers["ETag"]
        calendar = Calendar.from_ical(answer.data)
        for event in calendar.walk("VEVENT"):
            kept = self.events.get(str(event["UID"]))
            if kept is not None and event.to_ical() != kept.to_ical():
                assert int(event["SEQUENCE"]) > int(kept["SEQUENCE"])
                assert event["LAST-MODIFIED"].dt >= kept["LAST-MODIFIED"].dt
            self.events[str(event["UID"])] = event
        return True

    def shown(self):
        """What its owner sees: wall times, status, place."""
        return sorted(
            (e["DTSTART"].dt.astimezone(LONDON).replace(tzinfo=None), str(e["STATUS"]), str(e["LOCATION"]).split(",")[0])
            for e in self.events.values()
        )  # fmt: skip


def truth(let_id):
    let = db.session.get_one(Let, let_id)
    return sorted(
        (
            o.starts.astimezone(LONDON).replace(tzinfo=None),
            "CONFIRMED" if o.state.value == "planned" else "CANCELLED",
            o.room.name,
        )
        for o in let.occurrences
    )


def test_a_phone_keeps_in_step_through_every_change(app, here, room):
    other = make.room(here, name="Hall", buffer_before_minutes=15)
    let = make.confirmed(here, room)
    let_id, by = let.id, here.ids.organiser
    ids = [o.id for o in let.occurrences]
    phone = Phone(app.test_client(), path_of(by, scope_id=here.group_id))
    assert phone.look()
    assert phone.shown() == truth(let_id)
    assert not phone.look()  # nothing new: 304

    on = [o.on for o in let.occurrences]
    steps = (
        lambda: dates.release(by, let_id, ids[1:2]),
        lambda: dates.move(by, let_id, ids[4], room_id=room.id, on=on[4], begins=time(19)),
        lambda: dates.move(here.ids.broker, let_id, ids[5], room_id=other.id, on=on[5], begins=time(18)),
        lambda: dates.take_back(by, let_id, ids[1:2]),
        lambda: dates.cancel(here.ids.officer, let_id, ids[6:7], why="Boiler."),
        lambda: dates.move(by, let_id, ids[4], room_id=room.id, on=on[4] - timedelta(days=1), begins=time(18, 30)),
        lambda: service.cancel(by, let_id, why="We stop."),
    )  # fmt: skip
    for number, step in enumerate(steps):
        with clock.at(THE_DAY + timedelta(minutes=number)):
            step()
            assert phone.look(), number
            assert phone.shown() == truth(let_id), number
            assert not phone.look(), number


def test_a_weekly_six_o_clock_stays_six_o_clock_when_clocks_change(app, here, room):
    make.confirmed(here, room)
    answer = app.test_client().get(path_of(here.ids.organiser, scope_id=here.group_id))
    calendar = Calendar.from_ical(answer.data)
    assert len(calendar.walk("VTIMEZONE")) == 1
    starts = [event["DTSTART"] for event in calendar.walk("VEVENT")]
    assert {start.params["TZID"] for start in starts} == {"Europe/London"}
    assert {start.dt.replace(tzinfo=None).time() for start in starts} == {time(18)}
    utc = {start.dt.astimezone(UTC).time() for start in starts}
    assert utc == {time(18), time(17)}  # before and after the last Sunday of March


def test_what_is_not_settled_is_tentative_and_what_was_never_held_is_not_there(app, here, room):
    phone = Phone(app.test_client(), path_of(here.ids.organiser, scope_id=here.group_id))
    let = make.requested(here, room)
    phone.look()
    assert phone.events == {}
    service.approve(here.ids.broker, let.id, price_pence=5_00)
    phone.look()
    assert {str(e["STATUS"]) for e in phone.events.values()} == {"TENTATIVE"}
    with clock.at(THE_DAY + timedelta(minutes=1)):
        service.accept(here.ids.organiser, let.id)
    phone.look()
    assert {str(e["STATUS"]) for e in phone.events.values()} == {"CONFIRMED"}


def test_holder_and_keyholder_read_no_name_of_a_private_group(app, here, room):
    make.confirmed(here, room)
    user = keyholder(here, here.building)
    for by, scope, scope_id in (
        (here.ids.officer, Scope.HOLDER, here.holder.id),
        (here.ids.broker, Scope.HOLDER, here.holder.id),
        (user.id, Scope.KEYHOLDER, 0),
    ):
        answer = app.test_client().get(path_of(by, scope, scope_id))
        assert b"Stroke" not in answer.data
        event = Calendar.from_ical(answer.data).walk("VEVENT")[0]
        assert event["SUMMARY"] == "Garden room: A group (let 1)"
        assert event["LOCATION"] == "Garden room, Sale Library"
        assert "Open from 17:45 to 20:00." in event["DESCRIPTION"]
        assert "15 people" in event["DESCRIPTION"]
    own = app.test_client().get(path_of(here.ids.organiser, scope_id=here.group_id))
    assert b"Stroke" not in own.data  # a phone lies on tables


def test_a_date_moved_to_another_holders_room_is_given_up_in_the_first_ones_calendar(
    app, here, room
):
    let = make.confirmed(here, room)
    phone = Phone(
        app.test_client(), path_of(here.ids.officer, Scope.HOLDER, scope_id=here.holder.id)
    )
    phone.look()
    elsewhere = factories.holder(here.area)
    hall = factories.asset(elsewhere, kind=room.kind, name="Parish hall", shape=room.shape)
    first = db.session.get_one(Let, let.id).occurrences[0]
    first.other_room_id = hall.id
    db.session.commit()
    answer = app.test_client().get(phone.path)
    events = Calendar.from_ical(answer.data).walk("VEVENT")
    assert [str(e["STATUS"]) for e in events][:2] == ["CANCELLED", "CONFIRMED"]


def test_an_address_is_renewed_and_stopped(client, here):
    old = path_of(here.ids.organiser, scope_id=here.group_id)
    new = path_of(here.ids.organiser, scope_id=here.group_id)
    assert re.fullmatch(r"/calendar/[\w-]{43}\.ics", new)
    assert client.get(old).status_code == 404
    answer = client.get(new)
    assert answer.status_code == 200
    assert answer.mimetype == "text/calendar"
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert answer.headers["Cache-Control"] == "private, max-age=300"
    assert "Set-Cookie" not in answer.headers
    row = db.session.scalars(select(CalendarKey)).one()
    assert new[10:53] not in repr(row.__dict__)
    feeds.stop(here.ids.organiser, Scope.GROUP, here.group_id)
    answer = client.get(new)
    assert answer.status_code == 404
    assert "noindex" in answer.headers["X-Robots-Tag"]


def test_who_has_left_reads_no_more(client, here, room):
    make.confirmed(here, room)
    paths = [
        path_of(here.ids.organiser, scope_id=here.group_id),
        path_of(here.ids.officer, Scope.HOLDER, here.holder.id),
        path_of(keyholder(here, room).id, Scope.KEYHOLDER, 0),
    ]
    assert [client.get(path).status_code for path in paths] == [200] * 3
    grants = select(RoleGrant).where(RoleGrant.user_id == here.ids.officer)
    for row in (*db.session.scalars(select(Membership)), *db.session.scalars(grants)):
        db.session.delete(row)
    db.session.scalars(select(Keyholder)).one().left_at = clock.now()
    db.session.commit()
    assert [client.get(path).status_code for path in paths] == [404] * 3


def test_nobody_makes_a_key_for_what_is_not_theirs(client, here):
    for by, scope, scope_id in (
        (here.ids.stranger, Scope.GROUP, here.group_id),
        (here.ids.broker, Scope.GROUP, here.group_id),
        (here.ids.organiser, Scope.HOLDER, here.holder.id),
        (here.ids.broker, Scope.HOLDER, 99),
        (here.ids.organiser, Scope.KEYHOLDER, 0),
        (here.ids.organiser, Scope.GROUP, 2**31 - 1),
    ):
        with broken("no-calendar"):
            feeds.make(by, scope, scope_id)
        with broken("no-calendar"):
            feeds.stop(by, scope, scope_id)
    for path in ("/calendar/x.ics", f"/calendar/{'x' * 43}.ics", "/calendar/%00.ics"):
        assert client.get(path).status_code == 404


def test_the_page_shows_an_address_once(client, here):
    client.sign_in(here.organiser.email)
    page = client.send("/calendars", {}).status_code
    assert page == 405
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/calendars").text)[1]
    made = client.post(f"/calendars/group/{here.group_id}/make", data={"csrf_token": token}).text
    address = re.search(r"/calendar/[\w-]{43}\.ics", made)[0]
    assert client.get(address).status_code == 200
    assert address not in client.get("/calendars").text
    assert client.post(f"/calendars/group/{here.group_id}/make").status_code == 302
    assert client.get(address).status_code == 200  # without the token nothing was done
    client.post(f"/calendars/group/{here.group_id}/stop", data={"csrf_token": token})
    assert client.get(address).status_code == 404
    assert client.post("/calendars/holder/1/make", data={"csrf_token": token}).status_code == 404


def test_old_dates_leave_a_calendar(app, here, room):
    make.confirmed(here, room)
    path = path_of(here.ids.organiser, scope_id=here.group_id)
    with clock.at(datetime(2026, 9, 1, 12, tzinfo=UTC)):
        assert b"VEVENT" not in app.test_client().get(path).data
