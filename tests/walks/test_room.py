"""The worked example, from whatever day it begins."""

from datetime import date, datetime, timedelta

import pytest

from portal.money.queries import balances
from portal.walks.room import walk_room

DAYS = (
    date(2026, 11, 20),
    date(2027, 1, 31),
    date(2029, 2, 1),  # the first meeting is that evening
    date(2028, 2, 2),
    date(2024, 2, 29),
)


@pytest.mark.parametrize("first_day", DAYS, ids=str)
def test_the_worked_example(app, first_day):
    story = walk_room(first_day)
    assert (story["track"], story["outcome"]) == ("room", "confirmed")
    assert set(story["due"]) == {"holder_response", "representations_close", "decision"}
    steps = story["steps"]
    assert [step["action"] for step in steps] == [
        "ask", "approve", "settle", "record_deposit", "begin", "end", "return_deposit",
    ]  # fmt: skip
    assert all(set(s) == {"on", "state", "role", "action", "why", "clause"} for s in steps)
    assert [step["on"] for step in steps] == sorted(step["on"] for step in steps)
    assert steps[0]["on"] == first_day.isoformat()
    assert set(balances().values()) == {0}
    _check_dates(story["occurrences"], first_day)


def _check_dates(occurrences, first_day):
    times = [tuple(datetime.fromisoformat(o[k]) for k in ("starts", "ends")) for o in occurrences]
    year = first_day.year + (first_day > date(first_day.year, 2, 1))
    day, expected = date(year, 2, 1), []
    while day <= date(year, 5, 31):
        expected += [day] if day.weekday() == 3 else []
        day += timedelta(days=1)
    assert [start.date() for start, _end in times] == expected
    assert {(s.hour, s.minute, e.hour, e.minute) for s, e in times} == {(18, 0, 20, 0)}
    offsets = [start.utcoffset() for start, _end in times]
    assert set(offsets) == {timedelta(0), timedelta(hours=1)}
    assert offsets == sorted(offsets)
