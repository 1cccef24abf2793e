"""The worked example, from whatever day it begins."""

from collections import Counter
from datetime import date, datetime, timedelta

import pytest
from click.testing import CliRunner

from portal.money.queries import balances
from portal.walks.command import walk
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


def test_where_no_room_is_free_on_all_dates_some_are_in_another(app):
    story = walk_room(date(2026, 11, 20), repair=True)
    rooms = Counter(date["room"] for date in story["occurrences"])
    assert rooms == {"Garden room, Northgate Library": 15, "Small hall, Lime Street Centre": 2}
    assert story["outcome"] == "confirmed"
    assert set(balances().values()) == {0}
    _check_dates(story["occurrences"], date(2026, 11, 20))


def test_what_another_group_gives_back_is_taken_by_who_waits(app):
    story = walk_room(date(2026, 11, 20), waiting_list=True)
    assert [step["action"] for step in story["steps"]] == ["take_offer", "begin", "end"]
    assert [date["starts"][:10] for date in story["occurrences"]] == ["2027-05-20"]


def test_in_a_round_the_group_with_a_second_choice_leaves_the_room_to_the_other(app):
    story = walk_room(date(2026, 11, 20), round=True)
    assert [step["action"] for step in story["steps"]] == ["allot", "begin", "end"]
    assert {date["room"] for date in story["occurrences"]} == {"Small hall, Lime Street Centre"}
    _check_dates(story["occurrences"], date(2026, 11, 20))


def test_one_turn_at_a_time(app):
    said = CliRunner().invoke(walk, ["room", "--repair", "--round"])
    assert said.exit_code == 2
    assert "Choose one of" in said.output


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
