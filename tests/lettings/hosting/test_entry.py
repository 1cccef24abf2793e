"""The way in: who reads it, from when until when, and that no letter ever holds it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from portal import clock
from portal.db import db
from portal.lettings import service
from portal.lettings.dates import service as dates
from portal.lettings.hosting import entry
from portal.lettings.hosting.tick import tick
from portal.lettings.models import Let, Occurrence
from portal.notices.models import Letter
from portal.people.rules import Role
from portal.register.rules import Opener
from portal.venues.models import Keyholder
from tests import factories
from tests.conftest import broken
from tests.lettings import make

CODE = "The code is 4711."


def at(day, hour=12, minute=0):
    return clock.at(datetime(2026, 3, day, hour, minute, tzinfo=UTC))


@pytest.fixture
def here(app):
    return make.place()


@pytest.fixture
def room(here):
    return make.room(here, name="Garden room")


def keyholder(here, place, **values):
    """Somebody with an account who opens a place."""
    user = factories.user("key@example.org", name="Kay Keys")
    row = Keyholder(
        area_id=here.area_id,
        asset_id=place.id,
        role=Opener.KEYHOLDER,
        name="Kay Keys",
        user_id=user.id,
        changed_at=clock.now(),
        **values,
    )
    db.session.add(row)
    db.session.commit()
    return user


def write(here, place, by=None, words=CODE, version=0):
    return entry.write(by or here.ids.officer, place.id, words=words, version=version)


def page(app, email, path):
    answer = app.test_client().sign_in(email).get(path)
    return answer.status_code, answer.get_data(as_text=True)


def test_the_group_reads_it_from_two_days_before_until_the_end(app, here, room):
    write(here, here.building)
    write(here, room, words="Turn left. Alarm 99.")
    let = make.confirmed(here, room)
    path = f"/lets/{let.id}/way-in"
    for day, hour, is_open in ((3, 17, False), (3, 18, True), (5, 19, True), (5, 20, False)):
        with at(day, hour):
            _, said = page(app, here.organiser.email, path)
            assert (CODE in said, "Alarm 99" in said) == (is_open, is_open), (day, hour)
            _, said = page(app, here.officer.email, path)
            assert CODE in said
    with at(6):
        _, said = page(app, here.organiser.email, path)
        assert "from Tuesday 10 March 2026, 18:00" in said


def test_nobody_else_ever_does(app, here, room):
    write(here, here.building)
    let = make.confirmed(here, room)
    elsewhere = factories.with_role(here.area, Role.OFFICER, holder=factories.holder(here.area))
    make.another_group(here, 1)
    with at(5, 18):
        for email in (here.stranger.email, elsewhere.email, "other1@example.org"):
            for path in (f"/lets/{let.id}/way-in", f"/hosting/places/{here.building.id}/way-in"):
                assert page(app, email, path)[0] == 404
        status, _ = page(app, here.organiser.email, f"/hosting/places/{here.building.id}/way-in")
        assert status == 404
        for path in ("/", f"/assets/{here.building.id}", f"/assets/{room.id}", f"/lets/{let.id}"):
            assert "4711" not in page(app, here.organiser.email, path)[1], path


def test_an_offer_that_nobody_has_accepted_opens_no_door(app, here, room):
    write(here, here.building)
    let = make.deposit_due(here, room)
    with at(5, 18):
        assert CODE not in page(app, here.organiser.email, f"/lets/{let.id}/way-in")[1]
    let_id = service.cancel(here.ids.broker, let.id, why="Roof.").id
    with at(5, 18):
        assert CODE not in page(app, here.organiser.email, f"/lets/{let_id}/way-in")[1]


def test_a_date_in_another_room_has_that_rooms_way_in(app, here, room):
    other = make.room(here, name="Hall")
    write(here, room, words="Room code 1.")
    write(here, other, words="Hall code 2.")
    let = make.confirmed(here, room)
    first = let.occurrences[0]
    dates.move(
        here.ids.broker, let.id, first.id, room_id=other.id, on=first.on, begins=make.WISH.starts
    )
    with at(5, 18):
        said = page(app, here.organiser.email, f"/lets/{let.id}/way-in")[1]
        assert "Hall code 2." in said
        assert "Room code 1." not in said


def test_a_new_code_holds_at_once_and_two_writers_hear_of_each_other(app, here, room):
    note = write(here, here.building)
    let = make.confirmed(here, room)
    with broken("written-meanwhile"):
        write(here, here.building, by=here.ids.broker, words="Mine.", version=0)
    write(here, here.building, by=here.ids.broker, words="New 5522.", version=note.version)
    with at(5, 18):
        said = page(app, here.organiser.email, f"/lets/{let.id}/way-in")[1]
    assert "New 5522." in said
    assert CODE not in said
    assert write(here, here.building, words="New 5522.", version=0).version == 2
    write(here, here.building, words="", version=2)
    with at(5, 18):
        assert "Nobody has written" in page(app, here.organiser.email, f"/lets/{let.id}/way-in")[1]


def test_a_keyholder_writes_it_until_they_have_left(app, here, room):
    user = keyholder(here, here.building)
    write(here, room, by=user.id)
    row = db.session.scalars(select(Keyholder)).one()
    row.left_at = clock.now()
    db.session.commit()
    with broken("no-place"):
        write(here, room, by=user.id, words="Still mine.", version=1)
    with broken("no-place"):
        write(here, room, by=here.ids.stranger, words="Mine.", version=1)
    with broken("no-place"):
        write(here, room, by=here.ids.organiser, words="Mine.", version=1)


def letters():
    return db.session.scalars(select(Letter).where(Letter.key.startswith("way-in:"))).all()


def test_a_letter_the_day_before_links_and_never_holds_the_code(here, room):
    write(here, here.building)
    let = make.confirmed(here, room)
    with at(3):
        assert tick() == 0
    with at(4):
        assert (tick(), tick()) == (1, 0)
    (letter,) = letters()
    assert letter.to == here.organiser.email
    assert f"/lets/{let.id}/way-in" in letter.body
    assert "4711" not in letter.body
    for hidden in ("Stroke", "Garden", "18:00", "Thursday"):
        assert hidden not in letter.subject
    with at(5, 9):
        assert tick() == 0
    with at(12, 9):  # late, but before it begins
        assert tick() == 1
    with at(12, 19):
        assert tick() == 0


def test_no_letter_about_dates_that_were_given_up_or_rooms_without_words(here, room):
    let = make.confirmed(here, room)
    with at(4):
        assert tick() == 0
    write(here, here.building)
    dates.release(here.ids.organiser, let.id, [let.occurrences[0].id])
    with at(4):
        assert tick() == 0


def test_a_date_that_is_moved_is_told_of_again(here, room):
    write(here, here.building)
    let_id = make.confirmed(here, room).id
    with at(4):
        tick()
        first = db.session.get_one(Let, let_id).occurrences[0]
        later = (first.starts + timedelta(hours=1)).time()
        dates.move(here.ids.organiser, let_id, first.id, room_id=room.id, on=first.on, begins=later)
        assert tick() == 1
    assert len(letters()) == 2
    assert db.session.scalars(select(Occurrence.on)).first() is not None
    assert date(2026, 3, 5) in db.session.scalars(select(Occurrence.on)).all()
