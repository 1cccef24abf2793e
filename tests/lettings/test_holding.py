"""Taking, moving and giving back time in rooms: all or nothing, whatever it is for and however rooms are divided."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from portal import clock
from portal.db import db, transaction
from portal.errors import RuleBroken
from portal.lettings import holding, service
from portal.lettings.holding import Claim
from portal.lettings.models import Blocking, Hold, Let
from tests.conftest import broken
from tests.lettings import make


@pytest.fixture
def here(app):
    return make.place()


def at(hour, minute=0, day=5):
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


def held(*rooms):
    """(room, starts, ends) of everything that is held in these rooms."""
    query = select(Hold.room_id, Hold.starts, Hold.ends).where(
        Hold.room_id.in_([room.id for room in rooms])
    )
    return sorted(tuple(row) for row in db.session.execute(query))


def blocking(here, room):
    made = Blocking(
        area_id=here.area_id, room_id=room.id, first=date(2026, 3, 5), last=date(2026, 3, 6),
        why="Polling day.", made_at=clock.now(), made_by_id=here.ids.broker,
    )  # fmt: skip
    db.session.add(made)
    db.session.commit()
    return made


def test_a_hall_is_held_with_its_parts_and_a_blocking_just_as_long_as_was_said(here):
    hall = make.room(here, buffer_before_minutes=15, buffer_after_minutes=30)
    half = make.room(here, parent_id=hall.id)
    quarter = make.room(here, parent_id=half.id)
    cause = blocking(here, hall)
    with transaction() as session:
        holding.take(session, hall.id, [(at(9), at(10))], blocking_id=cause.id)
    rooms = (hall, half, quarter)
    assert held(*rooms) == [(room.id, at(9), at(10)) for room in rooms]
    assert len(cause.holds) == len(rooms)
    with transaction() as session:
        holding.release(session, cause)
    assert held(*rooms) == []
    assert cause.holds == []


def test_what_is_taken_in_many_rooms_at_once_is_taken_whole_or_not_at_all(here):
    first, second = make.room(here), make.room(here, name="Blue room", buffer_before_minutes=15)
    cause = blocking(here, first)
    let = make.confirmed(here, second)
    claims = [
        Claim(first.id, at(18), at(19), blocking_id=cause.id),
        Claim(second.id, at(19, 30), at(21), blocking_id=cause.id),
    ]
    before = held(first, second)
    with pytest.raises(RuleBroken) as refusal, transaction() as session:
        holding.take_all(session, claims)
    assert str(refusal.value).startswith("Blue room is taken on Thursday 5 March 2026, 19:30")
    assert held(first, second) == before
    assert holding.clashes(db.session, claims) == claims[1:]
    service.cancel(here.ids.broker, let.id, why="Flooded.")
    with transaction() as session:
        holding.take_all(session, claims)
    assert (second.id, at(19, 30), at(21)) in held(second)


def test_claims_that_want_the_same_time_from_each_other_are_refused_in_a_sentence(here):
    hall = make.room(here)
    half = make.room(here, parent_id=hall.id)
    cause = blocking(here, hall)
    wanted = [Claim(room.id, at(9), at(10), blocking_id=cause.id) for room in (half, hall)]
    with broken("room-taken"), transaction() as session:
        holding.take_all(session, wanted)
    assert held(hall, half) == []


def test_a_date_moves_within_its_own_time_and_stays_where_it_was_when_it_cannot(here):
    room = make.room(here, buffer_before_minutes=15)
    occurrence = make.confirmed(here, room).occurrences[0]
    organiser, group = make.another_group(here, 1)
    other = make.room(here)
    make.confirmed(here, other, by=organiser, group_id=group)
    with transaction() as session:
        later = holding.claim(occurrence)._replace(starts=at(18, 30), ends=at(20, 30))
        holding.move(session, [later], occurrence)
    assert [(h.starts, h.ends) for h in occurrence.holds] == [(at(18, 15), at(20, 30))]
    with broken("room-taken"), transaction() as session:
        holding.move(session, [later._replace(room_id=other.id)], occurrence)
    assert [(h.room_id, h.starts) for h in occurrence.holds] == [(room.id, at(18, 15))]


@pytest.mark.parametrize("step", [timedelta(0), timedelta(minutes=30)])
def test_a_part_added_when_another_is_there_already_is_held_for_the_halls_lets(here, step):
    """The hall was held through its one half; the second half must not be free."""
    hall = make.room(here, name="Hall", capacity=80)
    make.room(here, name="Half A", parent_id=hall.id)
    let = make.confirmed(here, hall)
    late = make.room(here, name="Half B", parent_id=hall.id)
    starts = db.session.get(Let, let.id).occurrences[0].starts + step
    cause = blocking(here, late)
    with broken("room-taken"), transaction() as session:
        span = starts, starts + timedelta(hours=1)
        holding.take(session, late.id, [span], blocking_id=cause.id)
