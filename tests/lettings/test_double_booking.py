"""One room, one let at a time: said by the database itself, on both engines."""

import threading
from datetime import UTC, datetime, time

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from portal import clock
from portal.db import db
from portal.errors import RuleBroken
from portal.lettings import service
from portal.lettings.models import Hold, Let
from portal.lettings.rules import LetState
from tests.conftest import broken
from tests.lettings import make

RACERS = 8


@pytest.fixture
def here(app):
    return make.place()


def insert(room_id, occurrence_id, starts, ends):
    """Past all services, straight into the table."""
    with db.engine.begin() as connection:
        connection.execute(
            Hold.__table__.insert().values(
                room_id=room_id, occurrence_id=occurrence_id, starts=starts, ends=ends
            )
        )


def at(hour, minute=0):
    return datetime(2026, 3, 5, hour, minute, tzinfo=UTC)


def test_the_database_refuses_an_overlap_and_only_that(here):
    room, other = make.room(here), make.room(here)
    let = make.confirmed(here, room)
    first = db.session.get(Let, let.id).occurrences[0].id
    room_id, other_id = room.id, other.id
    db.session.commit()
    for starts, ends in (
        (at(17), at(18, 1)),
        (at(19, 59), at(21)),
        (at(18, 30), at(19)),
        (at(17), at(21)),
        (at(18), at(20)),
    ):
        with pytest.raises(IntegrityError):
            insert(room_id, first, starts, ends)
    insert(room_id, first, at(17), at(18))
    insert(room_id, first, at(20), at(21))
    insert(other_id, first, at(18), at(20))
    with pytest.raises(IntegrityError), db.engine.begin() as connection:
        connection.execute(
            text("UPDATE hold SET room_id = :a WHERE room_id = :b"), {"a": room_id, "b": other_id}
        )
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE hold SET occurrence_id = occurrence_id"))


def test_halves_can_be_let_together_and_a_half_and_its_hall_never(here):
    hall = make.room(here, name="Hall", capacity=80)
    near, far = (make.room(here, name=f"Half {n}", parent_id=hall.id) for n in "AB")
    make.confirmed(here, near)
    organiser, group_id = make.another_group(here, 1)
    theirs = {"by": organiser, "group_id": group_id}
    assert make.confirmed(here, far, **theirs).state is LetState.CONFIRMED
    with broken("taken"):
        make.requested(here, hall, **theirs)


def test_the_hall_blocks_its_halves(here):
    hall = make.room(here, name="Hall", capacity=80)
    near = make.room(here, name="Half A", parent_id=hall.id)
    make.room(here, name="Half B", parent_id=hall.id)
    organiser, group_id = make.another_group(here, 1)
    half = make.requested(here, near, by=organiser, group_id=group_id)
    make.confirmed(here, hall)
    with broken("room-taken"):
        service.approve(here.ids.broker, half.id)


@pytest.mark.parametrize("moved", [False, True])
def test_a_hall_that_is_divided_later_keeps_its_lets(here, moved):
    """Whether the half is new in the register or was a room of the building before."""
    hall = make.room(here, name="Hall", capacity=80)
    half = make.room(here, name="Half") if moved else None
    confirmed = make.confirmed(here, hall)
    if half is None:
        half = make.room(here, name="Half", parent_id=hall.id)
    else:
        half.parent_id = hall.id
        db.session.commit()
    organiser, group = make.another_group(here, 1)
    with broken("taken"):
        make.requested(here, half, by=organiser, group_id=group)
    service.cancel(here.ids.broker, confirmed.id, why="Flooded.")
    let = make.requested(here, half, by=organiser, group_id=group)
    assert service.approve(here.ids.broker, let.id).state is LetState.CONFIRMED


def test_time_before_and_after_is_held_too(here):
    room = make.room(here, buffer_before_minutes=15, buffer_after_minutes=30)
    make.confirmed(here, room)
    organiser, group_id = make.another_group(here, 1)
    theirs = {"by": organiser, "group_id": group_id}
    with broken("taken"):  # their own 15 minutes meet the first let's 30
        make.requested(here, room, starts=time(20, 40), ends=time(21, 30), **theirs)
    let = make.confirmed(here, room, starts=time(20, 45), ends=time(21, 30), **theirs)
    assert let.state is LetState.CONFIRMED


def test_eight_approvals_at_once_have_one_winner(app, here):
    """Different groups, overlapping requests, a hall and its halves among them; the others get a sentence."""
    hall = make.room(here, name="Hall", capacity=80)
    halves = [make.room(here, name=f"Half {n}", parent_id=hall.id) for n in "AB"]
    lets = []
    for number in range(RACERS):
        organiser, group_id = make.another_group(here, number)
        wanted = hall if number % 2 else halves[0]
        lets.append(make.requested(here, wanted, by=organiser, group_id=group_id).id)
    outcomes = race(app, lets, here.ids.broker)
    assert sorted(outcomes) == ["confirmed"] + ["room-taken"] * (RACERS - 1), outcomes
    confirmed = db.session.scalar(select(func.count(Let.id)).where(Let.state == LetState.CONFIRMED))
    assert confirmed == 1


def test_one_approval_clicked_eight_times_happens_once(app, here):
    let = make.requested(here, make.room(here))
    outcomes = race(app, [let.id] * RACERS, here.ids.broker)
    assert sorted(outcomes) == ["confirmed"] + ["not-now"] * (RACERS - 1), outcomes


def race(app, let_ids, broker_id):
    db.session.close()
    start, outcomes, moment = threading.Barrier(len(let_ids)), [], clock.now()

    def approve(let_id):
        with app.app_context(), clock.at(moment):
            start.wait()
            try:
                outcomes.append(service.approve(broker_id, let_id).state.value)
            except RuleBroken as refusal:
                outcomes.append(refusal.code)
            except Exception as error:  # noqa: BLE001 - a deadlock must show as what it is
                outcomes.append(repr(error))
            finally:
                db.session.close()

    threads = [threading.Thread(target=approve, args=(let_id,)) for let_id in let_ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes
