"""A holder blocks a room: what is free is taken by the database itself, what is booked stays and is named."""

import threading
from datetime import UTC, date, datetime, time
from itertools import pairwise

import pytest
from sqlalchemy import select

from portal import clock
from portal.db import db
from portal.errors import RuleBroken
from portal.lettings import service
from portal.lettings.hosting import blocking
from portal.lettings.hosting.rules import Stretch
from portal.lettings.models import Blocking, Hold
from portal.lettings.rules import LetState
from portal.people.rules import Role
from tests import factories
from tests.conftest import THE_DAY, broken
from tests.lettings import make

MARCH = Stretch(date(2026, 3, 2), date(2026, 3, 31))
EXAMS = Stretch(date(2026, 3, 2), date(2026, 3, 31), (3,), time(17), time(21))


@pytest.fixture
def here(app):
    return make.place()


@pytest.fixture
def room(here):
    return make.room(here, name="Garden room")


def block(here, room, stretch=MARCH, by=None, why="Exams."):
    return blocking.block(by or here.ids.officer, room.id, stretch, why=why)


def held_by(row):
    query = select(Hold.starts, Hold.ends).where(Hold.blocking_id == row.id)
    return sorted(db.session.execute(query).tuples())


def test_a_blocked_room_is_booked_for_everybody(client, here, room):
    row = block(here, room)
    with broken("taken"):
        make.requested(here, room)
    page = client.get(f"/rooms/{room.id}/week?from=2026-03-02").get_data(as_text=True)
    assert "00:00 to 24:00" in page
    assert "Exams" not in page
    blocking.lift(here.ids.broker, row.id)
    assert make.confirmed(here, room).state is LetState.CONFIRMED


def test_what_is_booked_stays_and_the_rest_is_blocked(here, room):
    let = make.confirmed(here, room, last=date(2026, 3, 12))
    row = block(here, room, EXAMS)
    assert [o.on for o in blocking.staying(row)] == [date(2026, 3, 5), date(2026, 3, 12)]
    assert held_by(row)[:2] == [
        (datetime(2026, 3, 5, h, tzinfo=UTC), datetime(2026, 3, 5, h + 1, tzinfo=UTC))
        for h in (17, 20)
    ]
    service.cancel(here.ids.organiser, let.id, why="Ill.")
    assert blocking.staying(row) == []


def test_a_half_that_is_booked_leaves_the_other_half_to_block(here):
    hall = make.room(here, name="Hall", capacity=80)
    near, far = (make.room(here, name=f"Half {n}", parent_id=hall.id) for n in "AB")
    make.confirmed(here, near, last=date(2026, 3, 5))
    block(here, hall, Stretch(date(2026, 3, 5), date(2026, 3, 5), (), time(17), time(21)))
    organiser, group_id = make.another_group(here, 1)
    with broken("taken"):
        make.requested(here, far, by=organiser, group_id=group_id, last=date(2026, 3, 5))
    with broken("taken"):
        make.requested(
            here, near, by=organiser, group_id=group_id, last=date(2026, 3, 5), ends=time(21), starts=time(20)
        )  # fmt: skip


def test_nothing_free_is_refused_and_nothing_is_written(here, room):
    block(here, room)
    with broken("nothing-free"):
        block(here, room, EXAMS)
    assert len(db.session.scalars(select(Blocking)).all()) == 1


def test_the_same_blocking_twice_is_one_and_lifted_twice_too(here, room):
    row = block(here, room)
    assert block(here, room).id == row.id
    blocking.lift(here.ids.officer, row.id)
    blocking.lift(here.ids.officer, row.id)
    assert held_by(row) == []
    assert block(here, room).id != row.id


def test_who_runs_no_room_blocks_none(here, room):
    row = block(here, room)
    other = factories.with_role(here.area, Role.OFFICER, holder=factories.holder(here.area)).id
    for by in (here.ids.stranger, here.ids.organiser, other):
        with broken("no-place"):
            block(here, room, EXAMS, by=by)
        with broken("no-place"):
            blocking.lift(by, row.id)
    with broken("no-place"):
        block(here, here.building)
    with broken("reason"):
        block(here, room, EXAMS, why="")


def test_blocking_and_approving_at_once_never_both_hold(app, here, room):
    let = make.requested(here, room)
    let_id, room_id = let.id, room.id
    ids = here.ids
    db.session.commit()
    start, refusals = threading.Barrier(4), []

    def run(call, *args, **kwargs):
        with app.app_context(), clock.at(THE_DAY):
            start.wait()
            try:
                call(*args, **kwargs)
            except RuleBroken as refused:
                refusals.append(refused.code)

    jobs = [
        ((service.approve, ids.broker, let_id), {}),
        ((blocking.block, ids.officer, room_id, MARCH), {"why": "Exams."}),
        ((blocking.block, ids.officer, room_id, MARCH), {"why": "Exams."}),
        ((blocking.block, ids.broker, room_id, EXAMS), {"why": "Boiler."}),
    ]
    threads = [threading.Thread(target=run, args=args, kwargs=more) for args, more in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(refusals) <= {"room-taken", "nothing-free"}
    spans = sorted(db.session.execute(select(Hold.starts, Hold.ends)).tuples())
    assert all(a[1] <= b[0] for a, b in pairwise(spans))
    assert len(db.session.scalars(select(Blocking).where(Blocking.why == "Exams.")).all()) <= 1
