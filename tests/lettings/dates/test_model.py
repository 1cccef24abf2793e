"""Any sequence of things done with the dates of two lets, against a slow obvious model on paper: wall time, a list of dates.

Across the clock change of 29 March 2026; both engines.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from portal import clock
from portal.areas.calendar import LONDON
from portal.db import db
from portal.errors import PortalError
from portal.lettings import service as lets
from portal.lettings.dates import service
from portal.lettings.models import Hold, Let
from portal.lettings.rules import Attended, LetState, OccurrenceState
from tests.lettings import make

PLANNED, RELEASED, CANCELLED = (
    OccurrenceState.PLANNED,
    OccurrenceState.RELEASED,
    OccurrenceState.CANCELLED,
)
CONFIRMED, RUNNING, ENDED = LetState.CONFIRMED, LetState.RUNNING, LetState.ENDED
TWO_HOURS = timedelta(hours=2)
NUMBERS = count(1)
START = datetime(2026, 3, 18, 9)  # noqa: DTZ001 - the model lives on the wall
WEEKS = 4  # 19 and 26 March in winter time, 2 and 9 April in summer time

deeds = st.one_of(
    st.tuples(st.sampled_from(["release", "take back", "cancel", "came", "nobody"]), st.integers(0, 1), st.integers(0, WEEKS - 1)),
    st.tuples(
        st.just("move"), st.integers(0, 1), st.integers(0, WEEKS - 1),
        st.integers(0, 1), st.integers(-1, 8), st.sampled_from([time(16), time(17), time(18), time(18, 30), time(20), time(21)]),
    ),
    st.tuples(st.just("later"), st.integers(1, 80)),
)  # fmt: skip


@dataclass
class OneDate:
    """A date as one would write it into a diary."""

    begins: datetime
    room: int
    state: OccurrenceState = PLANNED
    attended: Attended | None = None

    @property
    def ends(self):
        return self.begins + TWO_HOURS


@dataclass
class Paper:
    """The model: two lets with their dates, and what the clock on the wall shows."""

    rooms: list[int]
    now: datetime = START
    states: list[LetState] = field(default_factory=lambda: [CONFIRMED, CONFIRMED])
    dates: list[list[OneDate]] = field(default_factory=list)

    def do(self, deed, *what):
        """Whether it can be done; if so it is done."""
        if deed == "later":
            self.now += timedelta(hours=what[0])
            done = True
        else:
            let, number, *where = what
            done = getattr(self, deed.replace(" ", "_"))(let, self.dates[let][number], *where)
        for let in (0, 1):
            self.turn(let)
        return done

    def turn(self, let):
        planned = [d for d in self.dates[let] if d.state is PLANNED]
        if self.states[let] is CONFIRMED and any(d.begins <= self.now for d in planned):
            self.states[let] = RUNNING
        if self.states[let] is RUNNING and all(d.ends <= self.now for d in planned):
            self.states[let] = ENDED
        if self.states[let] is CONFIRMED and not planned:
            self.states[let] = ENDED

    def stands(self, let):
        return self.states[let] in (CONFIRMED, RUNNING)

    def give_up(self, let, one, state):
        if not self.stands(let) or one.state is not PLANNED or one.begins <= self.now:
            return False
        one.state = state
        return True

    def release(self, let, one):
        return self.give_up(let, one, RELEASED)

    def cancel(self, let, one):
        return self.give_up(let, one, CANCELLED)

    def is_taken(self, one, room, begins):
        others = (d for dates in self.dates for d in dates if d is not one and d.state is PLANNED)
        return any(
            d.room == room and d.begins < begins + TWO_HOURS and begins < d.ends for d in others
        )

    def take_back(self, let, one):
        if not self.stands(let) or one.state is not RELEASED or one.begins <= self.now:
            return False
        if self.is_taken(one, one.room, one.begins):
            return False
        one.state = PLANNED
        return True

    def move(self, let, one, room, days, at):
        begins = datetime.combine(one.begins.date() + timedelta(days=days), at)
        same = any(d.begins.date() == begins.date() for d in self.dates[let] if d is not one)
        shut = at < time(17) or (begins + TWO_HOURS).time() > time(22)
        if not self.stands(let) or one.begins <= self.now or begins <= self.now or same or shut:
            return False
        if self.is_taken(one, self.rooms[room], begins):
            return False
        one.begins, one.room, one.state = begins, self.rooms[room], PLANNED
        return True

    def came(self, _let, one):
        return self.say(one, Attended.CAME)

    def nobody(self, _let, one):
        return one.begins <= self.now and self.say(one, Attended.UNUSED)

    def say(self, one, word):
        near = timedelta(0) <= self.now.date() - one.begins.date() <= timedelta(days=1)
        if one.state is not PLANNED or not near:
            return False
        one.attended = word
        return True


@pytest.fixture
def here(app):
    return make.place()


@settings(
    max_examples=30,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(deeds, min_size=4, max_size=18))
def test_whatever_is_done_the_portal_and_the_paper_agree(here, sequence):
    with clock.at(START.replace(tzinfo=LONDON)):
        paper, ids = begin(here)
    for deed in sequence:
        by = paper.now + timedelta(hours=deed[1] if deed[0] == "later" else 0)
        with clock.at(by.replace(tzinfo=LONDON)):
            on = paper_day(paper, deed)
            done = attempt(here, ids, paper, deed, on)
            assert paper.do(*deed) is done, (deed, paper)
            lets.tick()
        compare(paper, ids)


def begin(here):
    """Two rooms; the Thursdays and the Fridays of the first are two groups'."""
    rooms = [make.room(here).id for _ in range(2)]
    paper, ids = Paper(rooms), []
    for weekday in (3, 4):
        organiser, group = make.another_group(here, f"-{next(NUMBERS)}")
        first = date(2026, 3, 16) + timedelta(days=weekday)
        last = first + timedelta(weeks=WEEKS - 1)
        let = make.confirmed(
            here, Named(rooms[0]), by=organiser, group_id=group, weekday=weekday, first=first, last=last,
        )  # fmt: skip
        ids.append((let.id, organiser, [one.id for one in let.occurrences]))
        days = [first + timedelta(weeks=n) for n in range(WEEKS)]
        paper.dates.append([OneDate(datetime.combine(d, time(18)), rooms[0]) for d in days])
    return paper, ids


@dataclass
class Named:
    """A room by its key: what making a let asks for."""

    id: int


def paper_day(paper, deed):
    """The day to which a date is to move."""
    if deed[0] != "move":
        return None
    _move, let, number, _room, days, _at = deed
    return paper.dates[let][number].begins.date() + timedelta(days=days)


def attempt(here, ids, paper, deed, on):
    """Do it in the portal; whether it was done."""
    if deed[0] == "later":
        return True
    name, let, number, *where = deed
    let_id, organiser, dates = ids[let]
    one = dates[number]
    try:
        if name == "release":
            service.release(organiser, let_id, [one])
        elif name == "take back":
            service.take_back(organiser, let_id, [one])
        elif name == "cancel":
            service.cancel(here.ids.broker, let_id, [one], why="A flood.", offer=True)
        elif name == "move":
            room, _days, at = where
            service.move(organiser, let_id, one, room_id=paper.rooms[room], on=on, begins=at)
        else:
            service.attend(here.ids.officer, let_id, one, came=name == "came")
    except PortalError:
        return False
    return True


def compare(paper, ids):
    """State, place, time and attendance of each date, and the holds of both rooms."""
    db.session.rollback()
    held = set()
    for (let_id, _organiser, dates), state, on_paper in zip(
        ids, paper.states, paper.dates, strict=True
    ):
        let = db.session.get_one(Let, let_id)
        assert let.state is state
        found = {one.id: one for one in let.occurrences}
        for date_id, said in zip(dates, on_paper, strict=True):
            one = found[date_id]
            starts, ends = (t.replace(tzinfo=LONDON) for t in (said.begins, said.ends))
            room = one.other_room_id or let.room_id
            assert (one.state, one.on, room) == (said.state, said.begins.date(), said.room)
            assert (one.starts, one.ends, one.attended) == (starts, ends, said.attended)
            if said.state is PLANNED:
                held.add((said.room, starts, ends))
    query = select(Hold.room_id, Hold.starts, Hold.ends).where(Hold.room_id.in_(paper.rooms))
    rows = [tuple(row) for row in db.session.execute(query)]
    assert len(rows) == len(held)
    assert set(rows) == held
