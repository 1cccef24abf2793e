"""What is held, in memory and in the database, against a slow and obvious model; true as soon as anybody commits."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, select, text

from portal.db import db, transaction
from portal.errors import RuleBroken
from portal.lettings import holding, search, slots
from portal.lettings.holding import Claim
from portal.lettings.models import Hold, Occurrence
from portal.register.models import Asset
from portal.venues.models import RoomRate
from portal.venues.picture import picture
from portal.venues.rooms import rooms_for_hire
from tests.lettings import make

MONDAY = datetime(2026, 3, 23, tzinfo=UTC)  # the clocks change at the end of that week
AROUND = (
    (15, 30),
    (0, 0),
    (15, 0),
    (0, 10),
)  # minutes before and after: a hall, its halves, another room
SHARE = ({0, 1, 2}, {0, 1}, {0, 2}, {3})  # which rooms cannot be held at once
CAUSES = 5


@pytest.fixture
def here(app):
    return make.place()


@pytest.fixture
def rooms(here):
    hall = make.room(here, name="Hall", buffer_before_minutes=15, buffer_after_minutes=30)
    return [
        hall.id,
        make.room(here, parent_id=hall.id).id,
        make.room(here, parent_id=hall.id, buffer_before_minutes=15).id,
        make.room(here, buffer_after_minutes=10).id,
    ]


@pytest.fixture
def causes(here, rooms):
    """Dates of a let that hold nothing yet."""
    other = make.room(here, name="Elsewhere")
    let = make.requested(here, other)
    keys = [occurrence.id for occurrence in let.occurrences[:CAUSES]]
    db.session.commit()
    return keys


times = st.builds(
    lambda day, minute, length: (
        MONDAY + timedelta(days=day, minutes=minute),
        MONDAY + timedelta(days=day, minutes=minute + length),
    ),
    st.integers(5, 7),
    st.integers(8 * 60, 12 * 60),
    st.integers(1, 180),
)
actions = st.tuples(
    st.sampled_from(("take", "take", "take", "move", "cancel")),
    st.integers(0, CAUSES - 1),
    st.integers(0, 3),
    times,
    st.integers(1, 3),
)


@settings(
    max_examples=15,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    todo=st.lists(actions, min_size=2, max_size=9), asked=st.lists(times, min_size=3, max_size=6)
)
def test_whatever_is_taken_moved_and_cancelled_memory_and_database_agree(
    here, rooms, causes, todo, asked
):
    model = {}
    with transaction() as session:
        holding.release(session, *(session.get_one(Occurrence, cause) for cause in causes))
    for what, number, room, (starts, ends), weeks in todo:
        spans = [(starts + timedelta(weeks=n), ends + timedelta(weeks=n)) for n in range(weeks)]
        wanted = [] if what == "cancel" else [around(room, span) for span in spans]
        others = {c: h for c, h in model.items() if c != number or what == "take"}
        allowed = not any(meets(one, held) for h in others.values() for one in wanted for held in h)
        assert done(what, causes[number], rooms[room], spans) is allowed
        if allowed:
            kept = model.get(number, []) if what == "take" else []
            model[number] = kept + wanted
        held = [one for h in model.values() for one in h]
        assert in_memory(here, rooms, asked) == [
            [any(meets(around(r, span), one) for one in held) for span in asked] for r in range(4)
        ]


def around(room, span):
    before, after = AROUND[room]
    return room, span[0] - timedelta(minutes=before), span[1] + timedelta(minutes=after)


def meets(one, other):
    return other[0] in SHARE[one[0]] and one[1] < other[2] and one[2] > other[1]


def done(what, cause, room_id, spans):
    claims = [Claim(room_id, starts, ends, occurrence_id=cause) for starts, ends in spans]
    try:
        with transaction() as session:
            if what == "take":
                holding.take_all(session, claims)
            elif what == "move":
                holding.move(session, claims, session.get_one(Occurrence, cause))
            else:
                holding.release(session, session.get_one(Occurrence, cause))
    except RuleBroken:
        return False
    return True


def in_memory(here, rooms, asked):
    found = {room.id: room for room in rooms_for_hire(here.area_id, Asset.id.in_(rooms))}
    answer = slots.taken(here.area_id, [found[key] for key in rooms], asked)
    db.session.rollback()
    with transaction():  # inside an action the database is asked
        assert (slots.taken(here.area_id, [found[key] for key in rooms], asked) == answer).all()
    return answer.tolist()


def elsewhere(*statements):
    """Another process."""
    engine = create_engine(db.engine.url)
    with engine.begin() as connection:
        for statement, values in statements:
            connection.execute(text(statement), values)
    engine.dispose()


def test_what_another_process_books_moves_and_frees_is_seen_by_the_next_search(here):
    room, other = make.room(here), make.room(here, name="Blue room")
    make.confirmed(here, other)
    key, other_id = room.id, other.id

    def free():
        db.session.rollback()
        return [m.room.id for m in search.find(here.area, make.wish()).matches]

    assert free() == [key]
    elsewhere(("UPDATE hold SET room_id = :room", {"room": key}))
    assert free() == [other_id]
    elsewhere(("DELETE FROM hold", {}))
    assert sorted(free()) == sorted([key, other_id])


@pytest.mark.parametrize("engine_name", ["postgresql"])
def test_a_change_that_is_committed_after_a_later_one_is_seen_too(here):
    """Two writers at once: the one that began first ends last. Only PostgreSQL lets them."""
    first, second = make.room(here), make.room(here)
    for room in (first, second):
        organiser, group = make.another_group(here, room.id)
        make.confirmed(here, room, by=organiser, group_id=group)
    keys = [first.id, second.id]
    db.session.commit()
    engine = create_engine(db.engine.url)
    free = lambda: {m.room.id for m in search.find(here.area, make.wish()).matches}  # noqa: E731
    gone = text("DELETE FROM hold WHERE room_id = :room")
    with engine.connect() as slow, engine.connect() as quick:
        slow.execute(gone, {"room": keys[0]})
        quick.execute(gone, {"room": keys[1]})
        quick.commit()
        assert free() == {keys[1]}
        slow.commit()
        assert free() == set(keys)
    engine.dispose()


def test_what_is_said_of_a_room_by_another_process_is_seen_too(here):
    room = make.room(here, price_pence_hour=500)
    key, kind = room.id, "charity"
    db.session.commit()

    def said():
        db.session.rollback()
        (known,) = picture(here.area_id).rooms
        return known.name, known.pence_hour, dict(known.rates)

    assert said()[1:] == (500, {})
    rate = {"room": key, "kind": kind, "pence": 100}
    elsewhere(("INSERT INTO room_rate (room_id, kind, pence) VALUES (:room, :kind, :pence)", rate))
    assert said()[2] == {db.session.scalars(select(RoomRate.kind)).one(): 100}
    elsewhere(
        ("UPDATE asset SET name = 'Red room', price_pence_hour = 0 WHERE id = :id", {"id": key})
    )
    assert said()[:2] == ("Red room", 0)


def test_what_an_action_has_written_counts_for_itself_and_for_nobody_else(here):
    room = make.room(here)
    let = make.requested(here, room)
    span = (let.occurrences[0].starts, let.occurrences[0].ends)
    (known,) = rooms_for_hire(here.area_id, Asset.id == room.id)

    def give_up():
        with transaction() as session:
            holding.hold(session, let)
            assert slots.taken(here.area_id, [known], [span]).all()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        give_up()
    assert not slots.taken(here.area_id, [known], [span]).any()
    assert not db.session.scalars(select(Hold)).all()


def test_a_blocking_of_a_week_is_found_from_its_middle(here):
    from portal import clock
    from portal.lettings.models import Blocking

    room = make.room(here)
    cause = Blocking(
        area_id=here.area_id, room_id=room.id, first=date(2026, 3, 2), last=date(2026, 3, 8), why="Floor.",
        made_at=clock.now(), made_by_id=here.ids.broker,
    )  # fmt: skip
    db.session.add(cause)
    db.session.commit()
    week = datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 9, tzinfo=UTC)
    with transaction() as session:
        holding.take(session, room.id, [week], blocking_id=cause.id)
    (match,) = search.find(here.area, make.wish(starts=time(18))).nearly
    assert [o.code for o in match.obstacles] == ["taken"]
    assert date(2026, 3, 5) not in match.free_dates
