"""Single dates through the services, on both engines: left out, given up, taken back, moved, cancelled, told of."""

import re
from datetime import UTC, date, datetime, time

import pytest
from sqlalchemy import func, select

from portal import clock
from portal.db import db
from portal.errors import Forbidden, NotFound
from portal.lettings import queries
from portal.lettings import service as lets
from portal.lettings.dates import figures, service
from portal.lettings.dates.models import Freed
from portal.lettings.models import Hold, Let, LetEvent, Occurrence
from portal.lettings.rules import Action, Attended, LetState, OccurrenceState
from portal.notices.models import Letter
from portal.people.rules import Role
from tests import factories
from tests.conftest import broken
from tests.lettings import make

THURSDAYS = 13  # from 5 March to 28 May 2026
S = OccurrenceState


@pytest.fixture
def here(app):
    return make.place()


@pytest.fixture
def room(here):
    return make.room(here)


def dates_of(let):
    db.session.rollback()
    return db.session.get(Let, let.id).occurrences


def ids_of(let, *numbers):
    dates = dates_of(let)
    return [dates[n].id for n in numbers]


def states(let):
    return [one.state for one in dates_of(let)]


def state(let):
    return db.session.get(Let, let.id).state


def holds():
    return db.session.scalar(select(func.count(Hold.id)))


def freed():
    return db.session.scalar(select(func.count(Freed.id)))


def letters(subject):
    query = select(Letter).where(Letter.subject == subject).order_by(Letter.id)
    return db.session.scalars(query).all()


def test_dates_are_left_out_before_anybody_approves(here, room):
    let = make.requested(here, room)
    service.release(here.ids.organiser, let.id, ids_of(let, 1, 4))
    assert states(let).count(S.RELEASED) == 2
    assert (freed(), len(letters("Dates of a room are left out"))) == (0, 2)
    lets.approve(here.ids.broker, let.id)
    assert holds() == THURSDAYS - 2
    service.take_back(here.ids.organiser, let.id, ids_of(let, 4))
    assert holds() == THURSDAYS - 1


def test_who_leaves_a_date_out_is_no_rival_on_it(here, room):
    let = make.requested(here, room)
    third = dates_of(let)[2]
    span = [(third.starts, third.ends)]
    assert queries.others_asking([room.id], span) == {room.id: 1}
    service.release(here.ids.organiser, let.id, [third.id])
    assert queries.others_asking([room.id], span).get(room.id, 0) == 0


def test_a_request_keeps_one_date_at_least(here, room):
    let = make.requested(here, room, last=date(2026, 3, 12))
    with broken("last-date"):
        service.release(here.ids.organiser, let.id, ids_of(let, 0, 1))
    assert states(let) == [S.PLANNED] * 2


def test_given_up_dates_are_for_others_and_can_be_taken_back_until_they_have_them(here, room):
    let = make.confirmed(here, room)
    given = ids_of(let, 2, 3)
    service.release(here.ids.organiser, let.id, given, why="Half term.")
    assert (holds(), freed()) == (THURSDAYS - 2, 2)
    organiser, group = make.another_group(here, 1)
    third = dates_of(let)[2].on
    make.confirmed(here, room, by=organiser, group_id=group, first=third, last=third)
    with broken("room-taken"):
        service.take_back(here.ids.organiser, let.id, given)
    assert states(let).count(S.RELEASED) == 2
    service.take_back(here.ids.organiser, let.id, given[1:])
    assert (states(let).count(S.RELEASED), holds()) == (1, THURSDAYS)


def test_one_letter_tells_of_all_dates_given_up_together(here, room):
    let = make.confirmed(here, room)
    service.release(here.ids.organiser, let.id, ids_of(let, 2, 3), why="Half term.")
    told = letters("Dates of a room are given up")
    assert {letter.to for letter in told} == {
        here.organiser.email,
        here.broker.email,
        here.officer.email,
    }
    for letter in told:
        assert "Thursday 19 March 2026" in letter.body
        assert "Thursday 26 March 2026" in letter.body
        assert "Half term." in letter.body


def test_who_may_do_what_with_a_date(here, room):
    let = make.confirmed(here, room)
    (first,) = ids_of(let, 0)
    for who in (here.ids.broker, here.ids.officer):
        with pytest.raises(Forbidden):
            service.release(who, let.id, [first])
    with pytest.raises(Forbidden):
        service.cancel(here.ids.organiser, let.id, [first], why="No.")
    with pytest.raises(Forbidden):
        service.move(here.ids.officer, let.id, first, room_id=room.id, on=date(2026, 3, 6), begins=time(18))  # fmt: skip
    for call in (service.release, service.take_back):
        with pytest.raises(NotFound):
            call(here.ids.stranger, let.id, [first])
    with pytest.raises(NotFound):
        service.release(here.ids.organiser, let.id, [first, 10_000])


def test_given_up_twice_it_is_given_up_once(here, room):
    let = make.confirmed(here, room)
    first, second = ids_of(let, 0, 1)
    service.release(here.ids.organiser, let.id, [first])
    with broken("date-released"):
        service.release(here.ids.organiser, let.id, [first])
    with broken("one-of-them"):
        service.release(here.ids.organiser, let.id, [first, second])
    assert states(let).count(S.RELEASED) == 1
    with broken("date-stands"):
        service.take_back(here.ids.organiser, let.id, [second])


def test_dates_gone_by_stay_as_they_were(here, room):
    let = make.confirmed(here, room)
    (first,) = ids_of(let, 0)
    with clock.at(datetime(2026, 3, 5, 18, 0, tzinfo=UTC)), broken("date-gone-by"):
        service.release(here.ids.organiser, let.id, [first])


def test_a_let_whose_last_date_is_given_up_ends(here, room):
    let = make.confirmed(here, room)
    service.release(here.ids.organiser, let.id, ids_of(let, *range(THURSDAYS)))
    assert (state(let), holds()) == (LetState.ENDED, 0)
    running = make.confirmed(here, room, last=date(2026, 3, 12))
    with clock.at(datetime(2026, 3, 6, tzinfo=UTC)):
        lets.tick()
        service.release(here.ids.organiser, running.id, ids_of(running, 1))
    assert state(running) is LetState.ENDED


def test_a_date_moves_by_half_an_hour_and_frees_the_rest(here, room):
    let = make.confirmed(here, room)
    (third,) = ids_of(let, 2)
    service.move(here.ids.organiser, let.id, third, room_id=room.id, on=date(2026, 3, 19), begins=time(18, 30))  # fmt: skip
    moved = dates_of(let)[2]
    assert moved.starts == datetime(2026, 3, 19, 18, 30, tzinfo=UTC)
    assert moved.moved_from == datetime(2026, 3, 19, 18, 0, tzinfo=UTC)
    assert holds() == THURSDAYS
    free = db.session.scalars(select(Freed)).one()
    assert (free.starts, free.ends) == (moved.moved_from, moved.starts)
    event = db.session.scalars(select(LetEvent).where(LetEvent.action == Action.MOVE)).one()
    assert event.why == "It was Thursday 19 March 2026, 18:00 to 20:00."


def test_a_moved_date_keeps_its_hour_on_the_wall_across_the_clock_change(here, room):
    let = make.confirmed(here, room)
    (third,) = ids_of(let, 2)  # 19 March, in winter time
    service.move(here.ids.organiser, let.id, third, room_id=room.id, on=date(2026, 3, 30), begins=time(18))  # fmt: skip
    moved = dates_of(let)[2 + 1]
    assert moved.id == third
    assert moved.starts == datetime(2026, 3, 30, 17, 0, tzinfo=UTC)


def test_nothing_is_lost_when_the_new_time_is_taken(here, room):
    let = make.confirmed(here, room)
    organiser, group = make.another_group(here, 1)
    make.confirmed(here, room, by=organiser, group_id=group, weekday=4, first=date(2026, 3, 6))
    (third,) = ids_of(let, 2)
    before = holds()
    with broken("room-taken"):
        service.move(here.ids.organiser, let.id, third, room_id=room.id, on=date(2026, 3, 20), begins=time(19))  # fmt: skip
    one = dates_of(let)[2]
    assert (one.on, one.moved_from, holds(), freed()) == (date(2026, 3, 19), None, before, 0)


@pytest.mark.parametrize(
    ("on", "begins", "code"),
    [
        (date(2026, 3, 26), time(18), "same-day"),
        (date(2026, 3, 2), time(9), "in-the-past"),
        (date(2026, 3, 20), time(23), "over-midnight"),
        (date(2026, 3, 20), time(9), "closed"),
        (date(2027, 3, 20), time(18), "too-far-ahead"),
    ],
)
def test_a_date_moves_only_where_the_room_is_there_for_it(here, room, on, begins, code):
    let = make.confirmed(here, room)
    (third,) = ids_of(let, 2)
    with broken(code):
        service.move(here.ids.organiser, let.id, third, room_id=room.id, on=on, begins=begins)


def test_another_room_of_the_holder_for_the_group_and_any_for_the_broker(here, room):
    let = make.confirmed(here, room)
    near, small = make.room(here, name="Green room"), make.room(here, name="Cell", capacity=4)
    other_holder = factories.holder(here.area)
    theirs = make.room(here, name="Chapel")
    theirs.holder_id = other_holder.id
    db.session.commit()
    (third,) = ids_of(let, 2)
    to = {"on": date(2026, 3, 19), "begins": time(18)}
    with broken("too-small"):
        service.move(here.ids.organiser, let.id, third, room_id=small.id, **to)
    with broken("other-holder"):
        service.move(here.ids.organiser, let.id, third, room_id=theirs.id, **to)
    service.move(here.ids.organiser, let.id, third, room_id=near.id, **to)
    assert dates_of(let)[2].other_room_id == near.id
    rooms = db.session.scalars(select(Hold.room_id).where(Hold.occurrence_id == third)).all()
    assert rooms == [near.id]
    chapel = factories.with_role(here.area, Role.OFFICER, holder=other_holder).email
    service.move(here.ids.broker, let.id, third, room_id=theirs.id, **to)
    service.move(here.ids.organiser, let.id, third, room_id=room.id, **to)
    told = [letter.body for letter in letters("One date of a room is moved") if letter.to == chapel]
    assert ["into a room of yours" in body for body in told] == [True, False]
    assert "not in your room any more" in told[1]
    assert dates_of(let)[2].other_room_id is None


def test_a_cancelled_date_comes_with_a_reason_and_with_other_rooms(here, room):
    let = make.confirmed(here, room)
    make.room(here, name="Green room")
    (third,) = ids_of(let, 2)
    with broken("reason"):
        service.cancel(here.ids.officer, let.id, [third], why="")
    service.cancel(here.ids.officer, let.id, [third], why="The boiler is out.")
    assert (states(let)[2], freed()) == (S.CANCELLED, 0)
    told = {letter.to: letter.body for letter in letters("One date of a room is cancelled")}
    assert "The boiler is out." in told[here.organiser.email]
    assert "Green room" in told[here.organiser.email]
    assert f"/lets/{let.id}/dates/{third}/move" in told[here.organiser.email]
    assert "Green room" not in told[here.broker.email]
    green = db.session.scalar(select(Occurrence.id).where(Occurrence.id == third))
    assert green == third
    with broken("date-cancelled"):
        service.cancel(here.ids.broker, let.id, [third], why="Again.")


def test_the_group_takes_another_room_for_a_cancelled_date(here, room):
    let = make.confirmed(here, room)
    green = make.room(here, name="Green room")
    (third,) = ids_of(let, 2)
    service.cancel(here.ids.broker, let.id, [third], why="The boiler is out.", offer=True)
    assert freed() == 1
    service.move(here.ids.organiser, let.id, third, room_id=green.id, on=date(2026, 3, 19), begins=time(18))  # fmt: skip
    assert (states(let)[2], holds(), freed()) == (S.PLANNED, THURSDAYS, 1)


def test_attendance_is_said_on_the_day_and_corrected_until_the_end_of_the_next(here, room):
    let = make.confirmed(here, room)
    (first,) = ids_of(let, 0)
    with clock.at(datetime(2026, 3, 4, 23, 59, tzinfo=UTC)), broken("not-the-day"):
        service.attend(here.ids.organiser, let.id, first, came=True)
    with clock.at(datetime(2026, 3, 5, 9, 0, tzinfo=UTC)):
        service.attend(here.ids.organiser, let.id, first, came=True)
        with broken("not-the-day"):  # nobody can have stayed away yet
            service.attend(here.ids.organiser, let.id, first, came=False)
    with clock.at(datetime(2026, 3, 6, 23, 59, tzinfo=UTC)):
        service.attend(here.ids.officer, let.id, first, came=False)
        service.attend(here.ids.broker, let.id, first, came=True, people=12)
        service.attend(here.ids.broker, let.id, first, came=True, people=12)
    with clock.at(datetime(2026, 3, 7, 0, 0, tzinfo=UTC)), broken("not-the-day"):
        service.attend(here.ids.organiser, let.id, first, came=False)
    one = dates_of(let)[0]
    assert (one.attended, one.people_came) == (Attended.CAME, 12)
    said = select(LetEvent.action).where(LetEvent.occurrence_id == first).order_by(LetEvent.id)
    assert db.session.scalars(said).all() == [Action.CAME, Action.NOBODY_CAME, Action.CAME]


def test_the_last_date_can_be_told_of_after_the_let_has_ended(here, room):
    let = make.confirmed(here, room, last=date(2026, 3, 5))
    (only,) = ids_of(let, 0)
    with clock.at(datetime(2026, 3, 5, 21, 0, tzinfo=UTC)):
        lets.tick()
        assert state(let) is LetState.ENDED
        service.attend(here.ids.organiser, let.id, only, came=True)
    assert dates_of(let)[0].attended is Attended.CAME


def test_the_figures_count_hours_and_name_nobody(here, room):
    hall = make.room(here, name="Hall", capacity=80, hire_hours="Sa 10:00-12:00")
    for n in "AB":
        make.room(here, name=f"Half {n}", parent_id=hall.id, hire_hours=None)
    let = make.confirmed(here, room)
    first, second, third = ids_of(let, 0, 1, 2)
    service.release(here.ids.organiser, let.id, [third])
    with clock.at(datetime(2026, 3, 5, 20, 0, tzinfo=UTC)):
        service.attend(here.ids.organiser, let.id, first, came=True)
    with clock.at(datetime(2026, 3, 12, 20, 0, tzinfo=UTC)):
        service.attend(here.ids.organiser, let.id, second, came=False)
    found = figures.figures(date(2026, 3, 2), date(2026, 3, 29))
    assert (found.booked, found.attended, found.unused, found.unknown) == (6, 2, 2, 2)
    assert found.offered == 28 * 5 + 2 * 4 * 2  # the halves, and not the hall besides
    (one,) = figures.by_building(date(2026, 3, 2), date(2026, 3, 29))
    assert (one.building, one.month, one.hours) == ("Sale Library", date(2026, 3, 2), found)


def test_the_brokers_page_and_table_of_hours_name_no_group(client, here, room):
    make.confirmed(here, room)
    with clock.at(datetime(2026, 4, 20, 12, 0, tzinfo=UTC)):
        client.sign_in(here.broker.email)
        assert "/lets/figures" in client.get("/desk").text
        page = client.get("/lets/figures").text
        assert "Sale Library" in page
        assert "1 February 2026" in page
        assert re.search(r"<dt>Offered</dt>\s*<dd>[\d,]+\.\d</dd>", page)
        assert ">March 2026</th>" in page
        table = client.get("/lets/figures.csv").text.splitlines()
        assert table[0] == "Month,Building,Offered,Booked,Came,Nobody came,Not known"
        assert table[2:] == ["2026-03,Sale Library,155.0,8.0,0.0,0.0,8.0", "2026-04,Sale Library,100.0,6.0,0.0,0.0,6.0"]  # fmt: skip
        assert "Stroke" not in page + "".join(table)
        asked = "first-day=1&first-month=3&first-year=2026&last-day=1&last-month=3&last-year={}"
        wrong = client.get(f"/lets/figures?{asked.format(2025)}")
        assert (wrong.status_code, "must not be before" in wrong.text) == (422, True)
        assert "a year at most" in client.get(f"/lets/figures?{asked.format(2029)}").text
    for email in ("ruth@example.org", here.officer.email):
        other = client.application.test_client().sign_in(email)
        assert other.get("/lets/figures.csv").status_code == 403
