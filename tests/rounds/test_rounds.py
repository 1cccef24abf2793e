"""A round from its opening to the lets, on both engines."""

import threading
from datetime import UTC, date, datetime, time

import pytest
from flask import g
from sqlalchemy import func, select

from portal import clock
from portal.db import db
from portal.errors import NotFound, RuleBroken
from portal.lettings import service as lets
from portal.lettings.models import Hold, Let
from portal.lettings.paying import usual
from portal.lettings.rules import LetState
from portal.notices.models import Letter
from portal.rounds import asking, publishing, queries, service, words
from portal.rounds.models import Round
from portal.rounds.rules import RoundState
from tests.conftest import THE_DAY, broken
from tests.lettings import make as lettings
from tests.rounds import make

MONDAY, TUESDAY, THURSDAY = 0, 1, 3


@pytest.fixture
def here(app):
    return lettings.place()


@pytest.fixture
def hall(here):
    return lettings.room(here, name="Hall")


@pytest.fixture
def parlour(here):
    return lettings.room(here, name="Parlour")


def places(round_id):
    return [
        (request.group.name, place.room.name, place.weekday, place.rank)
        for request in queries.requests_of(round_id)
        for place in request.places
    ]


def test_all_are_housed_though_both_like_the_same_best(here, hall, parlour):
    there = make.spring(here)
    other, other_group = lettings.another_group(here, 1)
    make.asked(here.ids.organiser, here.group_id, there.id, (hall, THURSDAY), (parlour, THURSDAY))
    make.asked(other, other_group, there.id, (hall, THURSDAY))
    make.proposed(here, there.id)
    assert places(there.id) == [
        ("The Stroke Circle", "Parlour", THURSDAY, 2),
        ("Other group 1", "Hall", THURSDAY, 1),
    ]
    version = db.session.get(Round, there.id).version
    assert publishing.publish(here.ids.broker, there.id, version=version) == 2
    made = db.session.scalars(select(Let).order_by(Let.id)).all()
    assert [let.state for let in made] == [LetState.CONFIRMED] * 2
    # 13 Thursdays from 2 April, less none: bank holidays are no Thursdays that spring.
    assert [len(let.occurrences) for let in made] == [13, 13]
    assert db.session.scalar(select(func.count(Hold.id))) == 26
    body = db.session.scalars(select(Letter.body).where(Letter.to == "ruth@example.org")).all()
    said = next(text for text in body if "Parlour" in text)
    assert "number 2. Number 1 went to other groups" in said
    assert "Hall" not in said


def test_a_let_of_a_round_is_like_any_other(here, hall):
    there = make.spring(here)
    make.asked(here.ids.organiser, here.group_id, there.id, (hall, THURSDAY))
    make.proposed(here, there.id)
    publishing.publish(here.ids.broker, there.id, version=db.session.get(Round, there.id).version)
    let = db.session.scalars(select(Let)).one()
    lets.cancel(here.ids.organiser, let.id, why="We found a place of our own.")
    assert db.session.scalar(select(func.count(Hold.id))) == 0


def test_dates_on_which_the_room_is_taken_are_left_out(here, hall):
    taken = lettings.confirmed(here, hall, first=date(2026, 4, 1), last=date(2026, 4, 30))
    there = make.spring(here)
    other, other_group = lettings.another_group(here, 1)
    make.asked(other, other_group, there.id, (hall, THURSDAY))
    make.proposed(here, there.id)
    publishing.publish(here.ids.broker, there.id, version=db.session.get(Round, there.id).version)
    let = db.session.scalars(select(Let).where(Let.id != taken.id)).one()
    assert let.occurrences[0].on == date(2026, 5, 7)


def test_a_room_that_is_mostly_taken_is_not_weighed_and_the_group_hears_so(here, hall):
    lettings.confirmed(here, hall, first=date(2026, 4, 1), last=date(2026, 6, 15))
    there = make.spring(here)
    other, other_group = lettings.another_group(here, 1)
    request = make.asked(other, other_group, there.id, (hall, THURSDAY))
    make.proposed(here, there.id)
    assert places(there.id) == []
    assert "None of the rooms" in words.why(queries.requests_of(there.id)[0])[0]
    assert request.id


def test_what_was_taken_after_the_proposal_stops_the_publishing_whole(here, hall, parlour):
    there = make.spring(here)
    other, other_group = lettings.another_group(here, 1)
    make.asked(here.ids.organiser, here.group_id, there.id, (parlour, TUESDAY))
    make.asked(other, other_group, there.id, (hall, THURSDAY))
    make.proposed(here, there.id)
    before = lettings.confirmed(here, hall, first=date(2026, 4, 1), last=date(2026, 4, 30))
    with broken("room-taken"):
        publishing.publish(
            here.ids.broker, there.id, version=db.session.get(Round, there.id).version
        )
    assert db.session.scalars(select(Let.id)).all() == [before.id]
    assert db.session.get(Round, there.id).state is RoundState.PROPOSED
    service.propose(here.ids.broker, there.id)
    publishing.publish(here.ids.broker, there.id, version=db.session.get(Round, there.id).version)
    assert db.session.scalar(select(func.count(Let.id))) == 3


def test_the_broker_pins_moves_and_solves_again(here, hall, parlour):
    there = make.spring(here)
    other, other_group = lettings.another_group(here, 1)
    first = make.asked(
        here.ids.organiser, here.group_id, there.id, (hall, THURSDAY), (parlour, THURSDAY)
    )
    make.asked(other, other_group, there.id, (parlour, THURSDAY), (hall, THURSDAY))
    make.proposed(here, there.id)
    assert places(there.id)[0][1:] == ("Hall", THURSDAY, 1)
    had = queries.requests_of(there.id)[0].places[0]
    at = (parlour.id, THURSDAY, *make.EVENING)
    with broken("clash"):
        service.give_place(here.ids.broker, there.id, first.id, at, instead=had.id)
    away = queries.requests_of(there.id)[1].places[0]
    service.take_away(here.ids.broker, there.id, away.id)
    service.give_place(here.ids.broker, there.id, first.id, at, instead=had.id)
    service.propose(here.ids.broker, there.id)
    assert places(there.id) == [
        ("The Stroke Circle", "Parlour", THURSDAY, 2),
        ("Other group 1", "Hall", THURSDAY, 2),
    ]
    assert words.why(queries.requests_of(there.id)[0]) == ["The broker chose this place for you."]


def test_a_proposal_that_the_broker_has_not_seen_is_not_published(here, hall):
    there = make.spring(here)
    make.asked(here.ids.organiser, here.group_id, there.id, (hall, THURSDAY))
    make.proposed(here, there.id)
    seen = db.session.get(Round, there.id).version
    service.pin(
        here.ids.broker, there.id, queries.requests_of(there.id)[0].places[0].id, pinned=True
    )
    with broken("changed-meanwhile"):
        publishing.publish(here.ids.broker, there.id, version=seen)


def test_publishing_twice_at_once_makes_the_lets_once(app, here, hall):
    there = make.spring(here)
    make.asked(here.ids.organiser, here.group_id, there.id, (hall, THURSDAY))
    make.proposed(here, there.id)
    round_id, version = there.id, db.session.get(Round, there.id).version
    area_id, broker = here.area_id, here.ids.broker
    db.session.rollback()
    ends = []

    def press():
        with app.app_context(), clock.at(THE_DAY):  # a thread's clock is its own
            g.area_id = area_id
            try:
                ends.append(publishing.publish(broker, round_id, version=version))
            except RuleBroken as refusal:
                ends.append(refusal.code)

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.rollback()
    assert sorted(map(str, ends)) == ["1", "not-now"]
    assert db.session.scalar(select(func.count(Let.id))) == 1


def test_a_group_puts_its_wishes_in_order(here, hall, parlour):
    there = make.spring(here)
    request = make.asked(
        here.ids.organiser,
        here.group_id,
        there.id,
        (hall, MONDAY),
        (parlour, MONDAY),
        (hall, TUESDAY),
    )
    # The same twice is the same.
    asking.add_wish(here.ids.organiser, request.id, hall.id, MONDAY, *make.EVENING)
    ids = [wish.id for wish in queries.request_for(here.organiser, request.id).wishes]
    asking.raise_wish(here.ids.organiser, request.id, ids[2])
    asking.raise_wish(here.ids.organiser, request.id, ids[0])
    asking.drop_wish(here.ids.organiser, request.id, ids[1])
    db.session.expire_all()
    found = queries.request_for(here.organiser, request.id).wishes
    assert [(wish.id, wish.rank) for wish in found] == [(ids[0], 1), (ids[2], 2)]
    with pytest.raises(NotFound):
        asking.drop_wish(here.ids.organiser, request.id, ids[1])


def test_nobody_sees_or_touches_what_another_group_asks_for(here, hall):
    there = make.spring(here)
    request = make.asked(here.ids.organiser, here.group_id, there.id, (hall, MONDAY))
    for who in (here.ids.stranger, here.ids.officer, here.ids.broker):
        with pytest.raises(NotFound):
            asking.drop_wish(who, request.id, request.wishes[0].id)


def test_asking_again_changes_the_one_request_and_keeps_the_wishes(here, hall):
    there = make.spring(here)
    make.asked(here.ids.organiser, here.group_id, there.id, (hall, MONDAY))
    again = make.asked(here.ids.organiser, here.group_id, there.id, times=2, people=20)
    (found,) = queries.requests_of(there.id)
    assert (found.id, found.times, found.need.people, len(found.wishes)) == (again.id, 2, 20, 1)


def test_who_steps_back_is_not_counted_and_may_come_again(here, hall):
    there = make.spring(here)
    request = make.asked(here.ids.organiser, here.group_id, there.id, (hall, MONDAY))
    asking.step_back(here.ids.organiser, request.id)
    assert queries.requests_of(there.id) == []
    make.asked(here.ids.organiser, here.group_id, there.id)
    assert [len(found.wishes) for found in queries.requests_of(there.id)] == [0]


def test_the_clock_closes_a_round_once_and_tells_the_broker(here):
    there = make.spring(here)
    assert service.tick() == 0
    with clock.at(datetime(2026, 3, 21, 1, tzinfo=UTC)):
        with broken("not-now"):
            make.asked(here.ids.organiser, here.group_id, there.id)
        assert (service.tick(), service.tick()) == (1, 0)
    assert db.session.get(Round, there.id).state is RoundState.CLOSED
    assert db.session.scalars(select(Letter.subject)).all() == [
        "A round is closed: propose who gets which room"
    ]


def test_a_round_that_is_given_up_tells_the_groups_why(here, hall):
    there = make.spring(here)
    make.asked(here.ids.organiser, here.group_id, there.id, (hall, MONDAY))
    with broken("reason"):
        service.give_up(here.ids.broker, there.id, why="")
    service.give_up(here.ids.broker, there.id, why="The halls are being painted.")
    assert "painted" in db.session.scalars(select(Letter.body)).one()


def test_a_dearer_room_is_offered_and_the_group_decides(here):
    dear = lettings.room(here, name="Ballroom", price_pence_hour=5000)
    there = make.spring(here)
    make.asked(here.ids.organiser, here.group_id, there.id, (dear, MONDAY))
    make.proposed(here, there.id)
    publishing.publish(here.ids.broker, there.id, version=db.session.get(Round, there.id).version)
    let = db.session.scalars(select(Let)).one()
    assert (let.state, let.price_pence) == (LetState.OFFERED, 100_00)
    lets.accept(here.ids.organiser, let.id)
    assert db.session.get(Let, let.id).state is LetState.CONFIRMED


def test_a_room_without_what_the_group_must_have_cannot_be_named(here, hall):
    there = make.spring(here)
    small = lettings.room(here, name="Box room", capacity=6)
    steps = lettings.room(here, name="Attic", step_free=False)
    for room, code in ((small, "too-small"), (steps, "no-access")):
        with broken(code):
            make.asked(here.ids.organiser, here.group_id, there.id, (room, MONDAY), step_free=True)
    make.asked(here.ids.organiser, here.group_id, there.id, (hall, MONDAY), step_free=True)


def test_what_a_group_must_have_is_never_given_up_for_a_room(here, hall):
    """Also when it said so after it had named the room."""
    there = make.spring(here)
    steps = lettings.room(here, name="Attic", step_free=False)
    wishes = (steps, MONDAY), (hall, TUESDAY)
    make.asked(here.ids.organiser, here.group_id, there.id, *wishes)
    make.asked(here.ids.organiser, here.group_id, there.id, step_free=True)
    make.proposed(here, there.id)
    assert places(there.id) == [("The Stroke Circle", "Hall", TUESDAY, 2)]
    assert "does not suit what you need" in words.why(queries.requests_of(there.id)[0])[0]


def test_a_round_that_is_published_late_gives_the_dates_that_are_left(here, hall, parlour):
    there = make.spring(here)
    make.asked(here.ids.organiser, here.group_id, there.id, (hall, THURSDAY))
    make.proposed(here, there.id)
    version = db.session.get(Round, there.id).version
    with clock.at(datetime(2026, 7, 1, 12, tzinfo=UTC)), broken("dates-gone-by"):
        publishing.publish(here.ids.broker, there.id, version=version)
    with clock.at(datetime(2026, 4, 16, 18, 30, tzinfo=UTC)):  # one meeting has begun
        publishing.publish(here.ids.broker, there.id, version=version)
    (let,) = db.session.scalars(select(Let))
    assert [o.on for o in let.occurrences][:2] == [date(2026, 4, 23), date(2026, 4, 30)]


def test_last_terms_place_decides_where_all_else_is_equal(here, hall):
    lettings.confirmed(here, hall, first=date(2026, 3, 5), last=date(2026, 3, 26))
    there = make.spring(here)
    other, other_group = lettings.another_group(here, 1)
    make.asked(other, other_group, there.id, (hall, THURSDAY))
    make.asked(here.ids.organiser, here.group_id, there.id, (hall, THURSDAY))
    make.proposed(here, there.id)
    assert [name for name, *_ in places(there.id)] == ["The Stroke Circle"]


def test_wishes_that_are_changed_while_it_is_worked_out_stop_the_proposal(here, hall, monkeypatch):
    there = make.spring(here)
    request = make.asked(here.ids.organiser, here.group_id, there.id, (hall, MONDAY))
    service.close(here.ids.broker, there.id)
    solve = service.allocation.solve

    def meanwhile(*args, **kwargs):
        there = db.session.get(Round, request.round_id)
        there.version += 1
        db.session.commit()
        return solve(*args, **kwargs)

    monkeypatch.setattr(service.allocation, "solve", meanwhile)
    with broken("changed-meanwhile"):
        service.propose(here.ids.broker, there.id)
    assert places(there.id) == []


def test_a_meeting_that_ends_before_it_begins_is_refused(here, hall):
    there = make.spring(here)
    with broken("ends-before-start"):
        make.asked(here.ids.organiser, here.group_id, there.id, (hall, MONDAY, time(20), time(18)))


def test_a_room_that_asks_for_a_deposit_asks_for_it_in_a_round_too(here, hall, parlour):
    usual.set_for(here.ids.broker, hall.id, pence=20_00)
    there = make.spring(here)
    other, other_group = lettings.another_group(here, 1)
    make.asked(here.ids.organiser, here.group_id, there.id, (hall, THURSDAY))
    make.asked(other, other_group, there.id, (parlour, THURSDAY))
    make.proposed(here, there.id)
    publishing.publish(here.ids.broker, there.id, version=db.session.get(Round, there.id).version)
    made = {let.room.name: let for let in db.session.scalars(select(Let))}
    assert {name: let.state for name, let in made.items()} == {
        "Hall": LetState.DEPOSIT_DUE, "Parlour": LetState.CONFIRMED,
    }  # fmt: skip
    assert made["Hall"].deposit.pence == 20_00
    assert all(one.holds for one in made["Hall"].occurrences)
    told = dict(db.session.execute(select(Letter.to, Letter.body).where(Letter.key.startswith("round-result:"))).all())  # fmt: skip
    assert "It asks for a deposit" in told[here.organiser.email]
    assert "deposit" not in told["other1@example.org"]
