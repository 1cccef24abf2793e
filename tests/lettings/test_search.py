"""Rooms for a whole term: the reasons, the near misses, and the same answer as a slow and obvious search."""

import random
from datetime import UTC, date, datetime, time, timedelta

import pytest
import shapely
from sqlalchemy import event, select

from geo.shapes import distances
from portal.areas.calendar import LONDON, bank_holidays
from portal.areas.rules import Nation
from portal.db import db
from portal.lettings import queries, search, words
from portal.lettings.models import Hold
from portal.register.models import Asset, Fact
from portal.register.rules import Kind, Opener
from portal.venues import hours
from tests import factories
from tests.lettings import make


@pytest.fixture
def here(app):
    return make.place()


def find(here, **values):
    return search.find(here.area, make.wish(**values))


def said(match):
    return [words.say(reason) for reason in match.reasons]


def in_the_way(match):
    return [words.say(reason) for reason in match.obstacles]


def test_the_worked_example_says_why(here):
    make.room(here, hearing_loop=True)
    answer = find(here)
    assert said(answer.matches[0]) == [
        "450 m from M33 2AA",
        "Step-free",
        "Hearing loop",
        "Free of charge",
        "Holds 30, you are 15",
        "Free on all 13 dates",
        "The building is closed then; somebody opens it for you.",
    ]
    assert not answer.nearly


@pytest.mark.parametrize(
    ("values", "wishes", "obstacle"),
    [
        ({"step_free": None}, {}, "Nobody has checked yet whether it is step-free."),
        ({"price_pence_hour": 500}, {}, "£10 for each meeting, which is more than you can pay"),
        ({"opener": None}, {}, "The building is closed then, and nobody is named who opens it."),
        ({"capacity": None}, {}, "Nobody has said yet how many people it holds."),
        ({}, {"within_m": 400}, "450 m from M33 2AA, which is farther than you said"),
        (
            {"hire_hours": "Mo-Su 17:00-22:00; PH off"},
            {"weekday": 0},
            "Closed for bank holidays on 3 of 12 dates: 6 April, 4 May, 25 May",
        ),
        (
            {"hire_hours": "Mo-Su 17:00-22:00; 2026 Apr 09 off"},
            {},
            "Not for hire at that time on 1 of 13 dates: 9 April",
        ),
    ],
)
def test_one_thing_in_the_way_is_a_near_miss(here, values, wishes, obstacle):
    make.room(here, **values)
    if "opener" in values:
        here.building.public_hours = None
        db.session.commit()
    answer = find(here, **wishes)
    assert not answer.matches
    assert [in_the_way(match) for match in answer.nearly] == [[obstacle]]


@pytest.mark.parametrize(
    ("values", "wishes"),
    [
        ({"step_free": False}, {}),
        ({"capacity": 14}, {}),
        ({"step_free": None, "price_pence_hour": 500}, {}),
        (
            {"shape": shapely.Point(make.LON, make.LAT + 0.02), "parent_id": None},
            {"within_m": 1000},
        ),
        ({"hire_hours": "Fr 17:00-22:00"}, {}),
    ],
)
def test_what_is_not_even_near(here, values, wishes):
    make.room(here, **values)
    answer = find(here, **wishes)
    assert answer.matches == answer.nearly == ()


def test_a_room_taken_on_some_dates_says_which(here):
    room = make.room(here)
    organiser, group_id = make.another_group(here, 1)
    make.confirmed(
        here,
        room,
        by=organiser,
        group_id=group_id,
        first=date(2026, 3, 12),
        last=date(2026, 3, 26),
        every_weeks=2,
    )
    (match,) = find(here).nearly
    assert in_the_way(match) == ["Taken on 2 of 13 dates: 12 March, 26 March"]
    assert len(match.free_dates) == 11
    assert "Stroke" not in str(match)
    assert "Other group" not in str(match)


def test_nearest_first_then_cheapest_then_best_fit(here):
    far = make.room(
        here, name="Far", parent_id=None, shape=shapely.Point(make.LON, make.LAT + 0.02)
    )
    dear = make.room(here, name="Dear", price_pence_hour=100)
    large = make.room(here, name="Large", capacity=200)
    small = make.room(here, name="Small", capacity=16)
    found = find(here, max_pence=5_00).matches
    assert [m.room.id for m in found] == [small.id, large.id, dear.id, far.id]


def test_bank_holidays_among_the_dates_are_named(here):
    make.room(here)
    (match,) = find(here, weekday=0, last=date(2026, 4, 30)).matches
    assert "Bank holidays among your dates: 6 April" in said(match)


def test_how_many_others_have_asked(here):
    hall = make.room(here, name="Hall")
    half = make.room(here, name="Half", parent_id=hall.id)
    other = make.room(here, name="Other")
    organiser, group_id = make.another_group(here, 1)
    make.requested(here, half, by=organiser, group_id=group_id)
    mine = make.requested(here, hall)
    spans = [(o.starts, o.ends) for o in mine.occurrences]
    assert queries.others_asking([hall.id, other.id], spans, but=mine.id) == {
        hall.id: 1,
        other.id: 0,
    }


def test_when_an_access_fact_was_checked(here):
    room = make.room(here)
    db.session.add(
        Fact(asset_id=room.id, name="step_free", source="Broker's visit", as_of=date(2026, 1, 5))
    )
    db.session.commit()
    assert queries.checked_on([room.id]) == {(room.id, "step_free"): date(2026, 1, 5)}


def test_the_number_of_queries_does_not_grow_with_the_rooms(here):
    def count():
        seen = []
        listen = lambda *_args: seen.append(1)  # noqa: E731
        event.listen(db.engine, "before_cursor_execute", listen)
        find(here)
        event.remove(db.engine, "before_cursor_execute", listen)
        db.session.rollback()
        return len(seen)

    find(here)  # then the rooms are in memory, and what is new among them is read
    make.room(here)
    few = count()
    for _ in range(20):
        make.room(here)
    assert count() == few


def test_the_same_as_a_slow_and_obvious_search(here):
    rng = random.Random(7)
    rooms = _random_rooms(here, rng)
    _random_holds(rng, rooms)
    for _ in range(25):
        wish = make.wish(
            weekday=rng.randrange(7),
            starts=time(rng.choice((9, 17, 18, 19)), rng.choice((0, 30))),
            ends=time(rng.choice((20, 21))),
            first=date(2026, 3, rng.randint(3, 28)),
            last=date(2026, rng.randint(4, 11), 20),
            every_weeks=rng.choice((1, 1, 2)),
            people=rng.choice((5, 15, 40)),
            step_free=rng.random() < 0.5,
            hearing_loop=rng.random() < 0.2,
            within_m=rng.choice((600, 1500, 5000)),
            max_pence=rng.choice((0, 10_00)),
        )
        answer = search.find(here.area, wish)
        assert {match.room.id for match in answer.matches} == _slow(wish), wish
        # What is sifted as numbers is what judging room by room comes to, near misses and order included.
        dates = search.dates_of(wish)
        judged = search.judge(here.area, wish, search.candidates(here.area, wish), dates)
        judged.sort(key=lambda match: search.rank(match, wish))
        assert answer.matches == [m for m in judged if not m.obstacles]
        near = [m for m in judged if m.obstacles and search._is_near(m, wish, len(dates))]
        near.sort(key=lambda match: -len(match.free_dates))
        assert answer.nearly == tuple(near[: search.MOST_NEARLY])


def _random_rooms(here, rng):
    rooms = []
    for number in range(40):
        parent = here.building.id
        if rooms and rng.random() < 0.3:
            hall = rng.choice(rooms)
            parent = hall.id if hall.parent_id == here.building.id else parent
        rooms.append(
            make.room(
                here,
                name=f"Room {number}",
                parent_id=parent if rng.random() < 0.8 else None,
                shape=shapely.Point(make.LON, make.LAT + rng.random() * 0.03),
                capacity=rng.choice((None, 10, 20, 60)),
                step_free=rng.choice((None, True, True, False)),
                hearing_loop=rng.choice((None, True, False)),
                price_pence_hour=rng.choice((None, 0, 0, 400)),
                hire_hours=rng.choice(
                    (None, "Mo-Su 08:00-22:00", "Mo-Fr 17:00-21:30; PH off", "Mo-Th 08:00-21:00")
                ),
                opener=rng.choice((None, *Opener)),
                buffer_before_minutes=rng.choice((0, 15)),
                buffer_after_minutes=rng.choice((0, 30)),
            )
        )
    return rooms


def _random_holds(rng, rooms):
    """Holds on leaves only, each in its own let; those that the database refuses stay out."""
    let_rows = factories.db.session  # the session that everything else uses
    halls = {room.parent_id for room in rooms}
    leaves = [room.id for room in rooms if room.id not in halls]
    occurrence = _an_occurrence(rooms[0])
    for leaf in leaves:
        day = date(2026, 3, 3)
        while day < date(2026, 11, 20):
            day += timedelta(days=rng.randint(10, 90))
            starts = datetime.combine(day, time(rng.choice((9, 16, 18, 20))), LONDON)
            let_rows.add(
                Hold(
                    occurrence_id=occurrence,
                    room_id=leaf,
                    starts=starts,
                    ends=starts + timedelta(hours=2),
                )
            )
    let_rows.commit()


def _an_occurrence(room):
    from portal.areas.queries import current_area
    from portal.lettings.models import Let, Need, Occurrence
    from portal.lettings.rules import Insurance, LetState
    from portal.people.models import Group, User

    area, group, user = (
        current_area(),
        db.session.scalars(select(Group)).first(),
        db.session.scalars(select(User)).first(),
    )
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    wish = make.wish()
    need = Need(
        area_id=area.id, weekday=3, starts=wish.starts, ends=wish.ends, first=wish.first,
        last=wish.last, people=1, created_at=moment,
    )  # fmt: skip
    let = Let(
        area_id=area.id, room_id=room.id, group_id=group.id, need=need, asked_by_id=user.id,
        asked_at=moment, state=LetState.CONFIRMED, price_pence=0, insurance=Insurance.OWN,
        safeguarding_at=moment,
        occurrences=[Occurrence(on=moment.date(), starts=moment, ends=moment + timedelta(hours=1))],
    )  # fmt: skip
    db.session.add(let)
    db.session.flush()
    return let.occurrences[0].id


def _slow(wish):
    """Room by room, date by date, hold by hold."""
    assets = {a.id: a for a in db.session.scalars(select(Asset))}
    holds = db.session.scalars(select(Hold)).all()
    return {
        a.id for a in assets.values() if a.kind is Kind.ROOM and _slow_fits(a, assets, holds, wish)
    }


def _slow_fits(room, assets, holds, wish):
    above = [room]
    while above[-1].parent_id:
        above.append(assets[above[-1].parent_id])
    shape = next((a.shape for a in above if a.kind is Kind.BUILDING), room.shape)
    if distances(wish.lon, wish.lat, [shape], Nation.ENGLAND.metric_epsg)[0] > wish.within_m:
        return False
    if not room.capacity or room.capacity < wish.people:
        return False
    if (wish.step_free and not room.step_free) or (wish.hearing_loop and not room.hearing_loop):
        return False
    length = (wish.ends.hour * 60 + wish.ends.minute) - (wish.starts.hour * 60 + wish.starts.minute)
    if (room.price_pence_hour or 0) * length / 60 > wish.max_pence:
        return False
    day = wish.first
    while day.weekday() != wish.weekday:
        day += timedelta(days=1)
    while day <= wish.last:
        if not _slow_day(room, above, assets, holds, (day, wish)):
            return False
        day += timedelta(weeks=wish.every_weeks)
    return True


def _slow_day(room, above, assets, holds, when):
    day, wish = when
    before = timedelta(minutes=room.buffer_before_minutes)
    after = timedelta(minutes=room.buffer_after_minutes)
    starts = datetime.combine(day, wish.starts)
    ends = datetime.combine(day, wish.ends)
    hire = next((a.hire_hours for a in above if a.hire_hours), None)
    public = next((a.public_hours for a in above if a.public_hours), None)
    opener = next((a.opener for a in above if a.opener), None)
    holidays = bank_holidays(Nation.ENGLAND, day.year)
    if not hire:
        if not opener or not _slow_out_of_hours(public, starts - before, ends + after, holidays):
            return False
    elif not hours.covers(hire, starts - before, ends + after, holidays):
        return False
    if not opener and not (
        public and hours.covers(public, starts - before, ends + after, holidays)
    ):
        return False
    held = (starts.replace(tzinfo=LONDON) - before, ends.replace(tzinfo=LONDON) + after)
    mine = _slow_leaves(room, assets)
    return not any(h.room_id in mine and h.starts < held[1] and h.ends > held[0] for h in holds)


def _slow_out_of_hours(public, starts, ends, holidays):
    """Quarter by quarter: between eight and ten at night, no bank holiday, and never open to the public."""
    eight, ten = (datetime.combine(starts.date(), time(hour)) for hour in (8, 22))
    if not public or starts < eight or ends > ten or starts.date() in holidays:
        return False
    quarter = timedelta(minutes=15)
    while starts < ends:
        if hours.covers(public, starts, starts + quarter, holidays):
            return False
        starts += quarter
    return True


def _slow_leaves(room, assets):
    parts = [a for a in assets.values() if a.parent_id == room.id]
    return {room.id} if not parts else {x for part in parts for x in _slow_leaves(part, assets)}
