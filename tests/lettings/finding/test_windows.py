"""Other days and hours against a search that tries every fifth minute of every day, date by date, minute by minute."""

import random
from datetime import datetime, time, timedelta

import pytest
from sqlalchemy import select

from portal.areas.calendar import LONDON, bank_holidays
from portal.areas.rules import Nation
from portal.db import db
from portal.lettings import search, words
from portal.lettings.finding import offers
from portal.lettings.finding.repairs import Way
from portal.lettings.models import Hold
from portal.venues import hours
from tests.lettings import make
from tests.lettings.test_search import _an_occurrence


@pytest.fixture
def here(app):
    return make.place()


def block(room, day, starts, ends):
    """Somebody else's hold on one day."""
    db.session.add(
        Hold(
            occurrence_id=_an_occurrence(room),
            room_id=room.id,
            starts=datetime.combine(day, starts, LONDON),
            ends=datetime.combine(day, ends, LONDON),
        )
    )
    db.session.commit()


def find(here, **values):
    return search.find(here.area, make.wish(**values))


def said(match):
    return [words.say(reason) for reason in match.reasons]


DATES = search.dates_of(make.wish())


def test_a_room_that_is_free_a_little_earlier_says_so(here):
    room = make.room(here)
    block(room, DATES[3], time(19, 40), time(21))
    (match,) = find(here, earliest=time(17), latest=time(21)).matches
    assert (match.wish.starts, match.wish.ends) == (time(17, 40), time(19, 40))
    assert said(match)[0] == "20 minutes earlier, 17:40 to 19:40"
    assert "Free on all 13 dates" in said(match)


def test_another_day_that_would_do_comes_after_the_hour(here):
    early, wednesday = make.room(here, name="Early"), make.room(here, name="Wednesday")
    block(early, DATES[0], time(19, 55), time(21))
    block(wednesday, DATES[5], time(12), time(22))
    found = find(here, earliest=time(17), latest=time(21), other_days=(2,)).matches
    assert [(m.room.name, m.wish.weekday) for m in found] == [("Early", 3), ("Wednesday", 2)]
    assert said(found[1])[0] == "On Wednesdays, 18:00 to 20:00"


def test_hard_wishes_are_never_broken_by_a_window(here):
    make.room(here, step_free=False)
    make.room(here, parking=None)
    make.room(here, facilities=("kitchen",))
    flexible = {"earliest": time(10), "latest": time(22), "other_days": (0, 1, 2)}
    assert not find(here, **flexible, parking=True).matches
    (match,) = find(here, **flexible, facilities=("kitchen",)).matches
    assert "Somewhere to make tea" in said(match)
    assert not find(here, **flexible, facilities=("kitchen", "private")).matches


def test_dates_left_out_do_not_count(here):
    room = make.room(here)
    block(room, DATES[4], time(18), time(20))
    assert not find(here).matches
    (match,) = find(here, without=(DATES[4].isoformat(),)).matches
    assert len(match.free_dates) == 12
    (match,) = find(here, without=(f"{DATES[3]}/{DATES[5]}",)).matches
    assert len(match.free_dates) == 10


def test_what_is_left_out_may_leave_nothing(here):
    make.room(here)
    wish = make.wish(without=(f"{DATES[0]}/{DATES[-1]}",))
    assert not search.dates_of(wish)


HOURS = ("Mo-Su 08:00-22:00", "Mo-Fr 17:00-21:30; PH off", "We,Th 17:00-20:30", "Th 18:30-22:00")


def test_the_same_as_trying_every_minute(here):
    rng = random.Random(11)
    rooms = [
        make.room(
            here,
            name=f"Room {number}",
            hire_hours=rng.choice(HOURS),
            buffer_before_minutes=rng.choice((0, 10)),
            buffer_after_minutes=rng.choice((0, 15)),
        )
        for number in range(12)
    ]
    for room in rooms:
        for day in (DATES[0], DATES[1] - timedelta(days=1), DATES[2]):
            start = rng.randrange(16 * 60, 20 * 60)
            block(room, day, time(*divmod(start, 60)), time(*divmod(start + 35, 60)))
    for _ in range(6):
        wish = make.wish(
            last=DATES[4],
            starts=time(18, rng.choice((0, 20))),
            ends=time(rng.choice((19, 20)), 30),
            earliest=rng.choice((None, time(17))),
            latest=rng.choice((None, time(20, 45), time(21, 30))),
            other_days=rng.choice(((), (2,), (0, 2))),
        )
        found = {m.room.id: (m.wish.weekday, m.wish.starts) for m in find_wish(here, wish).matches}
        slow = {r.id: slot for r in rooms if (slot := _slow(r, here, wish))}
        assert found == slow, wish
        _repairs_are_free(here, wish, rooms)


def find_wish(here, wish):
    return search.find(here.area, wish)


def _slow(room, here, wish):
    """The first day that would do, and on it the beginning nearest to the one liked best, earlier if two are as near."""
    for day in (wish.weekday, *wish.other_days):
        ways = [start for start in _beginnings(wish) if _all_free(room, here, wish, day, start)]
        if ways:
            liked = _minute(wish.starts)
            best = min(ways, key=lambda start: (abs(start - liked), start))
            return day, time(*divmod(best, 60))
    return None


def _minute(at):
    return at.hour * 60 + at.minute


def _beginnings(wish):
    length = _minute(wish.ends) - _minute(wish.starts)
    low = _minute(wish.earliest or wish.starts)
    high = _minute(wish.latest or wish.ends) - length
    liked = _minute(wish.starts)
    return [m for m in range(low, high + 1) if (m - liked) % 5 == 0 or m in (low, high)]


def _all_free(room, here, wish, weekday, start):
    length = _minute(wish.ends) - _minute(wish.starts)
    day, found = wish.first, False
    while day <= wish.last:
        if day.weekday() == weekday:
            found = True
            if not _minutes_free(room, here, day, start, start + length):
                return False
        day += timedelta(days=1)
    return found


def _minutes_free(room, here, day, start, end):
    """Whether each minute, with the time before and after, is within the hire hours and held by nobody."""
    midnight = datetime.combine(day, time())
    holidays = bank_holidays(Nation.ENGLAND, day.year)
    holds = db.session.scalars(select(Hold).where(Hold.room_id == room.id)).all()
    for minute in range(start - room.buffer_before_minutes, end + room.buffer_after_minutes):
        at = midnight + timedelta(minutes=minute)
        if not hours.covers(room.hire_hours, at, at + timedelta(minutes=1), holidays):
            return False
        instant = at.replace(tzinfo=LONDON)
        if any(hold.starts <= instant < hold.ends for hold in holds):
            return False
    return True


def _repairs_are_free(here, wish, rooms):
    """Whatever is offered is free on each of its dates, in the room that it names, minute by minute."""
    by_id = {room.id: room for room in rooms}
    for option in offers.options(here.area, wish):
        others = dict(option.elsewhere)
        for day in option.dates:
            room = by_id[others[day].id if day in others else option.room.id]
            start, end = _minute(option.wish.starts), _minute(option.wish.ends)
            assert _minutes_free(room, here, day, start, end), option
            assert day.weekday() == option.wish.weekday


def test_broken_weeks_are_offered_in_a_room_nearby(here):
    home, near = make.room(here, name="Home", capacity=16), make.room(here, name="Near")
    block(home, DATES[1], time(18), time(20))
    block(home, DATES[2], time(18), time(20))
    block(near, DATES[8], time(10), time(22))
    options = offers.options(here.area, make.wish())
    first = options[0]
    assert first.way is Way.OTHER_ROOM
    assert {o.way for o in options} >= {Way.OTHER_ROOM, Way.OTHER_DAY, Way.LEFT_OUT}
    of_home = next(o for o in options if o.way is Way.OTHER_ROOM and o.room.id == home.id)
    assert [(day, room.id) for day, room in of_home.elsewhere] == [
        (DATES[1], near.id), (DATES[2], near.id),
    ]  # fmt: skip
    assert of_home.dates == tuple(DATES)


def test_a_dearer_room_never_stands_in(here):
    home = make.room(here, name="Home")
    make.room(here, name="Dear", price_pence_hour=100)
    block(home, DATES[1], time(10), time(22))
    options = offers.options(here.area, make.wish(max_pence=500))
    assert not [o for o in options if o.way is Way.OTHER_ROOM and o.room.id == home.id]


def test_shifted_by_at_most_half_an_hour(here):
    room = make.room(here)
    block(room, DATES[1], time(19, 40), time(22))
    shifted = next(o for o in offers.options(here.area, make.wish()) if o.way is Way.SHIFTED)
    assert (shifted.wish.starts, shifted.wish.ends) == (time(17, 40), time(19, 40))
    block(room, DATES[2], time(17, 20), time(18, 40))
    assert not [o for o in offers.options(here.area, make.wish()) if o.way is Way.SHIFTED]


def test_part_of_the_term_where_half_of_it_is_gone(here):
    room = make.room(here, hire_hours="Th 17:00-22:00")
    for day in DATES[5:]:
        block(room, day, time(18), time(20))
    (part,) = offers.options(here.area, make.wish())
    assert part.way is Way.PART
    assert part.dates == tuple(DATES[:5])


def test_nothing_is_offered_that_does_not_suit(here):
    home = make.room(here, name="Home")
    make.room(here, name="Steps", step_free=False)
    make.room(here, name="Small", capacity=5)
    block(home, DATES[1], time(10), time(22))
    assert {o.room.id for o in offers.options(here.area, make.wish())} == {home.id}
