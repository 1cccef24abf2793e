"""What may be done with a date when, who gets how much of a free time, what unused means: pure."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import product

import pytest

from portal.errors import RuleBroken
from portal.lettings.dates import rules
from portal.lettings.dates.rules import DATES, DateFacts
from portal.lettings.rules import Action, Attended, OccurrenceState
from portal.lettings.table import TABLE
from portal.lettings.walltime import instants
from tests.lettings.make import wish

CAME, UNUSED = Attended.CAME, Attended.UNUSED
FREE = (datetime(2026, 3, 26, 18, tzinfo=UTC), datetime(2026, 3, 26, 20, tzinfo=UTC))


def test_each_cell_allows_what_a_row_allows_and_refuses_the_rest():
    for state, action, ahead, near in product(
        OccurrenceState, Action, (True, False), (True, False)
    ):
        facts = DateFacts(ahead=ahead, near=near)
        rows = [r for r in DATES if (r.state, r.action) == (state, action) and r.guard.holds(facts)]
        assert (action in rules.open_on_date(state, facts)) == bool(rows)
        if rows:
            assert [rules.date_step(state, action, facts)] == rows
        else:
            with pytest.raises(RuleBroken):
                rules.date_step(state, action, facts)


def test_every_action_on_a_date_is_somebodys_in_a_let():
    assert {row.action for row in DATES} <= {row.action for row in TABLE}


@pytest.mark.parametrize(
    ("need", "part"),
    [
        ({}, ("18:00", "20:00")),
        ({"weekday": 2}, None),
        ({"weekday": 2, "other_days": (3, 4)}, ("18:00", "20:00")),
        ({"first": date(2026, 3, 26), "last": date(2026, 3, 26)}, ("18:00", "20:00")),
        ({"first": date(2026, 3, 27)}, None),
        ({"starts": time(19), "ends": time(20)}, ("19:00", "20:00")),
        ({"starts": time(19), "ends": time(21)}, None),
        ({"starts": time(19), "ends": time(21), "earliest": time(18)}, ("18:00", "20:00")),
        ({"starts": time(20), "ends": time(21), "earliest": time(17), "latest": time(22)}, ("18:00", "19:00")),
        ({"starts": time(19), "ends": time(21), "earliest": time(18, 30), "latest": time(22)}, None),
        ({"without": ("2026-03-20/2026-03-27",)}, None),
    ],
)  # fmt: skip
def test_who_gets_which_part_of_a_free_time(need, part):
    found = rules.part_for(wish(**need), *FREE)
    assert (found and tuple(f"{i:%H:%M}" for i in found)) == part


def test_a_part_is_wall_time_on_both_sides_of_a_clock_change():
    for day in (date(2026, 3, 26), date(2026, 4, 2), date(2026, 10, 22), date(2026, 10, 29)):
        free = instants(day, time(18), time(20))
        need = wish(last=date(2026, 12, 31), starts=time(18, 30), ends=time(19))
        assert rules.part_for(need, *free) == instants(day, time(18, 30), time(19))


def test_time_to_answer_is_never_in_the_past_and_two_hours_at_least():
    now = datetime(2026, 3, 2, 10, tzinfo=UTC)
    for minutes in range(0, 60 * 24 * 8, 10):
        starts = now + timedelta(minutes=minutes)
        until = rules.answer_by(starts, now)
        if until is None:
            assert minutes < 6 * 60
        else:
            assert now + timedelta(hours=2) <= until < starts


@pytest.mark.parametrize(
    ("said", "count"),
    [
        ([], 0),
        ([UNUSED, UNUSED, UNUSED], 3),
        ([CAME, UNUSED, UNUSED], 2),
        ([UNUSED, UNUSED, CAME], 0),
        ([UNUSED, UNUSED, None], 0),
        ([UNUSED, None, UNUSED, UNUSED], 2),
    ],
)
def test_what_nobody_said_is_not_unused(said, count):
    assert rules.unused_running(said) == count


def test_what_is_left_of_a_time_when_a_date_moves_a_little():
    hour = timedelta(hours=1)
    starts, ends = FREE
    assert rules.rest(FREE, (starts + hour, ends + hour)) == [(starts, starts + hour)]
    assert rules.rest(FREE, (starts - hour, ends - hour)) == [(ends - hour, ends)]
    assert rules.rest(FREE, FREE) == []
    assert rules.rest(FREE, (ends, ends + 2 * hour)) == [FREE]
    assert rules.rest(FREE, (ends + hour, ends + 3 * hour)) == [FREE]
