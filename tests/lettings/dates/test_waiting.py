"""Groups that wait, and the clock that offers them what became free, on both engines."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import func, select

from portal import clock
from portal.db import db
from portal.errors import Forbidden, NotFound, PortalError
from portal.lettings import service as lets
from portal.lettings.dates import service, waiting
from portal.lettings.dates.models import Freed
from portal.lettings.dates.tick import tick
from portal.lettings.models import DateOffer, Hold, Let, Waiting
from portal.lettings.paying import deposits, usual
from portal.lettings.rules import Insurance, LetState, OccurrenceState
from portal.money.rules import DepositState, Paid
from portal.notices.models import Letter
from portal.people.models import User
from tests.conftest import broken
from tests.lettings import make
from tests.test_many_at_once import at_once

FREE = "A room you wait for has become free"


@pytest.fixture
def here(app):
    return make.place()


@pytest.fixture
def room(here):
    return make.room(here)


@pytest.fixture
def let(here, room):
    """The Thursdays of one group."""
    return make.confirmed(here, room)


def waits(here, room, number, **values):
    """(organiser's id, place on the list) of one more group that waits."""
    organiser, group = make.another_group(here, number)
    place = waiting.join(
        organiser, room.id, group, make.wish(**values), insurance=Insurance.VENUE, safeguarding=True
    )
    return organiser, place.id


def give_up(here, let, *numbers):
    db.session.rollback()
    dates = db.session.get(Let, let.id).occurrences
    service.release(here.ids.organiser, let.id, [dates[n].id for n in numbers])


def offers():
    db.session.rollback()
    return db.session.scalars(select(DateOffer).order_by(DateOffer.id)).all()


def letters():
    db.session.rollback()
    return db.session.scalars(
        select(Letter).where(Letter.subject == FREE).order_by(Letter.id)
    ).all()


def held_for_offers():
    return db.session.scalar(select(func.count(Hold.id)).where(Hold.offer_id.is_not(None)))


def test_a_date_is_offered_in_order_and_taken(here, room, let):
    first, second = (waits(here, room, n) for n in (1, 2))
    give_up(here, let, 3)
    assert tick() == 1
    assert tick() == 0
    (made,) = offers()
    assert made.waiting_id == first[1]
    assert made.answer_by == clock.now() + timedelta(hours=24)
    assert held_for_offers() == 1
    (told,) = letters()
    assert told.to == "other1@example.org"
    assert "Thursday 26 March 2026, 18:00 to 20:00" in told.body
    assert "Stroke" not in told.body
    with pytest.raises(NotFound):
        waiting.take(second[0], made.id)
    taken = waiting.take(first[0], made.id)
    assert taken.state is LetState.CONFIRMED
    assert [one.on for one in taken.occurrences] == [date(2026, 3, 26)]
    assert held_for_offers() == 0
    with broken("offer-over"):
        waiting.take(first[0], made.id)
    tick()
    assert len(offers()) == 1
    assert db.session.scalars(select(Freed.closed_at)).one() is not None


def test_no_answer_and_it_goes_to_the_next_then_to_everybody(here, room, let):
    first, second = (waits(here, room, n) for n in (1, 2))
    give_up(here, let, 8)
    tick()
    with clock.at(clock.now() + timedelta(hours=25)):
        assert tick() == 1
        made = offers()
        assert [o.waiting_id for o in made] == [first[1], second[1]]
        assert held_for_offers() == 1
        with broken("offer-over"):
            waiting.take(first[0], made[0].id)
        waiting.pass_on(second[0], made[1].id)
        assert held_for_offers() == 0
        assert tick() == 1
        assert tick() == 0
    assert db.session.scalars(select(Freed.closed_at)).one() is not None


def test_it_joins_the_groups_own_let_of_that_room(here, room, let):
    organiser, group = make.another_group(here, 5)
    own = make.confirmed(here, room, by=organiser, group_id=group, weekday=4)
    waiting.join(organiser, room.id, group, make.wish(), insurance=Insurance.VENUE, safeguarding=True)  # fmt: skip
    give_up(here, let, 3)
    tick()
    taken = waiting.take(organiser, offers()[0].id)
    assert taken.id == own.id
    assert date(2026, 3, 26) in [one.on for one in taken.occurrences]


@pytest.mark.parametrize(
    ("need", "number", "fits"),
    [
        ({}, 3, True),
        ({"starts": time(18, 30), "ends": time(19, 30)}, 3, True),
        ({"starts": time(17, 30), "ends": time(19, 30)}, 3, False),
        ({"starts": time(17, 30), "ends": time(19), "earliest": time(17), "latest": time(21)}, 3, True),
        ({"last": date(2026, 3, 20)}, 3, False),
        ({"without": ("2026-03-26",)}, 3, False),
    ],
)  # fmt: skip
def test_a_date_goes_to_those_whose_need_it_fits(here, room, let, need, number, fits):
    waits(here, room, 1, **need)
    give_up(here, let, number)
    tick()
    assert bool(offers()) is fits


def test_the_room_must_still_do_when_it_is_offered(here, room, let):
    waits(here, room, 1)
    room.capacity = 10
    db.session.commit()
    give_up(here, let, 3)
    tick()
    assert not offers()


def test_a_window_takes_the_part_that_fits(here, room, let):
    waits(here, room, 1, starts=time(17, 30), ends=time(19), earliest=time(17), latest=time(21))
    give_up(here, let, 3)
    tick()
    (made,) = offers()
    assert (made.starts, made.ends) == (
        datetime(2026, 3, 26, 18, 0, tzinfo=UTC),
        datetime(2026, 3, 26, 19, 30, tzinfo=UTC),
    )


def test_a_half_is_offered_when_the_hall_becomes_free(here):
    hall = make.room(here, name="Hall", capacity=80)
    half, _ = (make.room(here, name=f"Half {n}", parent_id=hall.id) for n in "AB")
    let = make.confirmed(here, hall)
    waits(here, half, 1)
    give_up(here, let, 3)
    tick()
    assert len(offers()) == 1


@pytest.mark.parametrize(("before", "hours"), [(100, 24), (50, 12), (30, 6), (7, 2)])
def test_the_nearer_the_date_the_shorter_the_time_to_answer(here, room, let, before, hours):
    waits(here, room, 1)
    starts = datetime(2026, 3, 26, 18, 0, tzinfo=UTC)
    with clock.at(starts - timedelta(hours=before)):
        lets.tick()
        give_up(here, let, 3)
        tick()
        (made,) = offers()
        assert made.answer_by == clock.now() + timedelta(hours=hours)
        assert made.answer_by < starts


def test_when_it_is_too_late_to_ask_in_order_all_are_told_and_the_first_has_it(
    app, here, room, let
):
    groups = [waits(here, room, n) for n in range(3)]
    with clock.at(datetime(2026, 3, 26, 15, 0, tzinfo=UTC)):
        lets.tick()
        give_up(here, let, 3)
        tick()
        assert (len(letters()), held_for_offers()) == (3, 0)
        made = {o.waiting_id: o.id for o in offers()}

        def take(organiser, offer_id):
            try:
                return waiting.take(organiser, offer_id).state.value
            except Exception as refusal:  # noqa: BLE001 - a deadlock must show as what it is
                return getattr(refusal, "code", repr(refusal))

        told = at_once(app, [lambda o=o, p=p: take(o, made[p]) for o, p in groups])
        assert sorted(told) == ["confirmed", "offer-gone", "offer-gone"]


def test_one_offer_tapped_eight_times_is_taken_once(app, here, room, let):
    organiser, _ = waits(here, room, 1)
    give_up(here, let, 3)
    tick()
    offer_id = offers()[0].id

    def take():
        try:
            return waiting.take(organiser, offer_id).state.value
        except Exception as refusal:  # noqa: BLE001 - a deadlock must show as what it is
            return getattr(refusal, "code", repr(refusal))

    told = at_once(app, [take] * 8)
    assert sorted(told) == ["confirmed"] + ["offer-over"] * 7


def test_two_machines_offer_it_once(app, here, room, let):
    for number in (1, 2):
        waits(here, room, number)
    give_up(here, let, 3)
    at_once(app, [tick] * 4)
    assert (len(offers()), len(letters()), held_for_offers()) == (1, 1, 1)


def test_what_the_group_took_back_is_offered_to_nobody(here, room, let):
    waits(here, room, 1)
    give_up(here, let, 3)
    db.session.rollback()
    one = db.session.get(Let, let.id).occurrences[3]
    service.take_back(here.ids.organiser, let.id, [one.id])
    tick()
    assert not offers()


def test_what_is_offered_cannot_be_taken_back_meanwhile(here, room, let):
    organiser, _ = waits(here, room, 1)
    give_up(here, let, 3)
    tick()
    one = db.session.get(Let, let.id).occurrences[3].id
    with broken("room-taken"):
        service.take_back(here.ids.organiser, let.id, [one])
    waiting.pass_on(organiser, offers()[0].id)
    service.take_back(here.ids.organiser, let.id, [one])
    tick()
    assert len(offers()) == 1


def test_the_clock_killed_half_way_has_done_nothing(here, room, let, monkeypatch):
    from portal.lettings.dates import tick as module

    waits(here, room, 1)
    give_up(here, let, 3)
    with monkeypatch.context() as patched:
        patched.setattr(module, "write_offer", lambda *_a, **_k: 1 / 0)
        tick()
    assert (offers(), held_for_offers(), letters()) == ([], 0, [])
    assert tick() == 1
    assert len(offers()) == 1


def test_joining_is_once_and_only_where_waiting_helps(here, room, let):
    organiser, place = waits(here, room, 1)
    group = db.session.get(Waiting, place).group_id
    again = {"insurance": Insurance.VENUE, "safeguarding": True}
    assert waiting.join(organiser, room.id, group, make.wish(), **again).id == place
    with broken("not-taken"):
        waiting.join(organiser, room.id, group, make.wish(weekday=1), **again)
    with broken("too-small"):
        waiting.join(organiser, room.id, group, make.wish(people=500), **again)
    with broken("safeguarding"):
        waiting.join(organiser, room.id, group, make.wish(), insurance=Insurance.VENUE, safeguarding=False)  # fmt: skip
    with pytest.raises(Forbidden):
        waiting.join(here.ids.stranger, room.id, group, make.wish(), **again)


def test_who_left_the_list_is_not_asked(here, room, let):
    organiser, place = waits(here, room, 1)
    with pytest.raises(NotFound):
        waiting.leave(here.ids.stranger, place)
    waiting.leave(organiser, place)
    waiting.leave(organiser, place)
    give_up(here, let, 3)
    tick()
    assert not offers()


def test_a_whole_let_given_up_by_its_group_is_offered_too_and_a_withdrawn_request_not(here, room):
    let = make.confirmed(here, room, last=date(2026, 3, 12))
    waits(here, room, 1, last=date(2026, 3, 12))
    lets.cancel(here.ids.organiser, let.id, why="We found another room.")
    tick()
    assert len(offers()) == 2
    (letter,) = letters()  # one letter for dates that were given up together
    assert "5 March" in letter.body
    assert "12 March" in letter.body
    assert {one.state for one in db.session.get(Let, let.id).occurrences} == {
        OccurrenceState.CANCELLED
    }


def test_a_group_that_nobody_organises_any_more_is_passed_over(here, room, let):
    organiser, _ = waits(here, room, 1)
    waits(here, room, 2)
    db.session.get(User, organiser).closed_at = clock.now()
    db.session.commit()
    give_up(here, let, 3)
    tick()
    assert [letter.to for letter in letters()] == ["other2@example.org"]


def test_taking_back_and_offering_at_the_same_moment_leaves_one_holder(app, here, room, let):
    waits(here, room, 1)
    give_up(here, let, 3)
    one = db.session.get(Let, let.id).occurrences[3].id
    let_id, organiser = let.id, here.ids.organiser

    def take_back():
        try:
            return service.take_back(organiser, let_id, [one]).state.value
        except PortalError as refusal:
            return refusal.code

    told = at_once(app, [take_back, tick, tick])[0]
    made = offers()
    assert (told, len(made)) in (("confirmed", 0), ("room-taken", 1))
    held = db.session.scalars(
        select(Hold).where(Hold.starts == datetime(2026, 3, 26, 18, tzinfo=UTC))
    )
    assert len(held.all()) == 1


def test_a_date_that_is_free_again_is_offered_again(here, room, let):
    first, second = (waits(here, room, n) for n in (1, 2))
    date_id = db.session.get(Let, let.id).occurrences[3].id
    give_up(here, let, 3)
    tick()
    waiting.pass_on(first[0], offers()[0].id)
    tick()
    waiting.pass_on(second[0], offers()[1].id)
    tick()
    service.take_back(here.ids.organiser, let.id, [date_id])
    give_up(here, let, 3)
    assert tick() == 1
    made = offers()
    assert [o.waiting_id for o in made] == [first[1], second[1], first[1]]
    assert [o.answered_at is None for o in made] == [False, False, True]
    assert len(letters()) == 3
    taken = waiting.take(first[0], made[2].id)
    assert [one.on for one in taken.occurrences] == [date(2026, 3, 26)]


def test_what_was_taken_and_given_up_again_goes_to_the_next_who_waits(here, room, let):
    first, second = (waits(here, room, n) for n in (1, 2))
    give_up(here, let, 3)
    tick()
    taken = waiting.take(first[0], offers()[0].id)
    one = taken.occurrences[0].id
    tick()
    service.release(first[0], taken.id, [one])
    tick()
    assert [o.waiting_id for o in offers()] == [first[1], second[1]]
    waiting.take(second[0], offers()[1].id)
    assert held_for_offers() == 0


def test_freed_and_taken_back_unseen_is_offered_once(here, room, let):
    waits(here, room, 1)
    date_id = db.session.get(Let, let.id).occurrences[3].id
    give_up(here, let, 3)
    service.take_back(here.ids.organiser, let.id, [date_id])
    give_up(here, let, 3)
    tick()
    tick()
    assert len(offers()) == len(letters()) == 1


def test_told_again_of_a_near_date_nobody_has_two_open_offers(here, room, let):
    groups = [waits(here, room, n) for n in range(2)]
    date_id = db.session.get(Let, let.id).occurrences[3].id
    with clock.at(datetime(2026, 3, 26, 15, 0, tzinfo=UTC)):
        lets.tick()
        for _ in range(2):
            give_up(here, let, 3)
            tick()
            service.take_back(here.ids.organiser, let.id, [date_id])
        give_up(here, let, 3)
        tick()
        made = offers()
        still = [o.waiting_id for o in made if o.answered_at is None]
        assert (len(made), sorted(still)) == (6, sorted(place for _, place in groups))
        with broken("offer-over"):
            waiting.take(groups[0][0], made[0].id)
        assert waiting.take(groups[0][0], made[4].id).state is LetState.CONFIRMED


def test_a_room_that_asks_for_a_deposit_asks_for_it_of_a_single_date(here, room, let):
    usual.set_for(here.ids.broker, room.id, pence=15_00)
    organiser, _place = waits(here, room, 1)
    give_up(here, let, 3, 4)
    tick()
    first, second = offers()
    assert waiting.asks_for(first) == 15_00
    taken = waiting.take(organiser, first.id)
    assert (taken.state, taken.deposit.pence, taken.waiver) == (LetState.DEPOSIT_DUE, 15_00, None)
    assert held_for_offers() == 1  # the other one
    assert taken.occurrences[0].holds
    deposits.record_deposit(here.ids.broker, taken.id, paid_by=Paid.CASH)
    assert db.session.get(Let, taken.id).state is LetState.CONFIRMED
    assert waiting.asks_for(second) == 0
    assert waiting.take(organiser, second.id).id == taken.id
    assert db.session.get(Let, taken.id).deposit.pence == 15_00


def test_with_a_deposit_held_for_the_room_a_date_of_its_own_asks_for_none(here, room, let):
    usual.set_for(here.ids.officer, room.id, pence=15_00)
    organiser, group = make.another_group(here, 5)
    own = make.deposit_due(here, room, by=organiser, group_id=group, starts=time(20), ends=time(21))
    deposits.record_deposit(here.ids.broker, own.id, paid_by=Paid.CASH)
    waiting.join(organiser, room.id, group, make.wish(), insurance=Insurance.VENUE, safeguarding=True)  # fmt: skip
    give_up(here, let, 3)
    tick()
    taken = waiting.take(organiser, offers()[0].id)  # its own let meets on that day already
    assert taken.id != own.id
    assert (taken.state, taken.deposit) == (LetState.CONFIRMED, None)
    assert "held already" in taken.waiver


def test_a_deposit_that_never_came_ends_with_the_date(here, room, let):
    usual.set_for(here.ids.broker, room.id, pence=15_00)
    organiser, _place = waits(here, room, 1)
    give_up(here, let, 3)
    tick()
    taken = waiting.take(organiser, offers()[0].id)
    with clock.at(datetime(2026, 3, 26, 20, 30, tzinfo=UTC)):
        lets.tick()
        lets.tick()
    ended = db.session.get(Let, taken.id)
    assert (ended.state, ended.deposit.state) == (LetState.CANCELLED, DepositState.WAIVED)


def test_who_says_what_a_room_asks_for(here, room):
    with pytest.raises(NotFound):
        usual.set_for(here.ids.stranger, room.id, pence=15_00)
    with broken("deposit-too-much"):
        usual.set_for(here.ids.officer, room.id, pence=1_000_01)
    usual.set_for(here.ids.officer, room.id, pence=15_00)
    assert usual.of_room(room.id) == 15_00
    usual.set_for(here.ids.officer, room.id, pence=0)
    assert usual.of_room(room.id) == 0


def test_a_let_that_the_broker_cancels_is_offered_to_who_waits(here, room, let):
    waits(here, room, 1)
    lets.cancel(here.ids.broker, let.id, why="The group meets elsewhere now.")
    tick()
    dates = db.session.get(Let, let.id).occurrences
    assert len(offers()) == len(dates) > 5
    assert len(letters()) == 1


def test_a_let_that_its_holder_cancels_is_offered_to_nobody(here, room, let):
    waits(here, room, 1)
    lets.cancel(here.ids.officer, let.id, why="The roof leaks.")
    tick()
    assert not offers()
