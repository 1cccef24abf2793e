"""Letters before break and end: once each, late, twice, on two machines, and when the clock is killed in the middle."""

from datetime import date

import pytest
from sqlalchemy import select

from portal.agreements import negotiating, service, tick
from portal.db import db
from portal.notices.models import Letter
from tests.proposals.stage import Stage, to_day
from tests.proposals.test_races import at_once


@pytest.fixture
def stage(app):
    return Stage().in_use()


def letters() -> list[Letter]:
    db.session.rollback()
    query = select(Letter).where(Letter.key.startswith("agreement:")).order_by(Letter.id)
    return list(db.session.scalars(query))


def on(day: date) -> list[str]:
    """What the letters of this night's tick say, one address each."""
    before = len(letters())
    to_day(day)
    tick.tick()
    assert tick.tick() == 0
    return [letter.body for letter in letters()[before:]]


def test_each_reminder_goes_once_to_both_sides_and_the_broker(stage):
    assert on(date(2029, 2, 27)) == []
    assert len(on(date(2029, 2, 28))) == 3
    assert {letter.to for letter in letters()} == {
        stage.emails[who] for who in ("organiser", "officer", "broker")
    }
    assert on(date(2029, 3, 1)) == []
    for day in (date(2029, 5, 31), date(2029, 7, 31), date(2029, 8, 24)):
        assert len(on(day)) == 3
    said = on(date(2029, 8, 31))
    assert len(said) == 3
    assert all("ends today, Friday 31 August 2029" in body for body in said)
    assert on(date(2029, 9, 10)) == []
    keys = [letter.key for letter in letters()]
    assert len(keys) == len(set(keys)) == 15


def test_a_late_clock_sends_the_last_reminder_only(stage):
    said = on(date(2029, 8, 3))
    assert len(said) == 3
    assert "31 August 2029" in said[0]
    assert on(date(2029, 8, 4)) == []


def test_after_a_long_sleep_the_letter_says_that_it_ended(stage):
    assert "The agreement ended on Friday 31 August 2029." in on(date(2029, 12, 1))[0]


def test_the_break_is_told_once_before_it_can_be_used(stage):
    assert on(date(2027, 1, 31)) == []
    said = on(date(2027, 2, 1))
    assert len(said) == 3
    assert "From Monday 1 March 2027 on the holder may end" in said[0]
    assert on(date(2027, 2, 20)) == []


def test_a_notice_moves_the_reminders_and_stills_the_break(stage):
    to_day(date(2026, 12, 1))
    service.give_notice(stage.case_id, stage.organiser, ends_on=date(2027, 3, 31), why="Moving.")
    assert "31 March 2027" in on(date(2026, 12, 31))[0]  # three months before
    assert on(date(2027, 2, 1)) == []
    assert len(on(date(2027, 2, 28))) == 3


def test_a_renewal_that_is_agreed_takes_the_reminders_along(stage):
    to_day(date(2029, 5, 1))
    negotiating.renew(stage.case_id, stage.organiser, term_months=12)
    assert "A renewal is being agreed" in on(date(2029, 5, 31))[0]
    stage.accept("officer")
    stage.sign("organiser")
    stage.sign("officer")
    service.go_on(stage.case_id, stage.broker)
    assert on(date(2029, 8, 31)) == []
    assert "31 August 2030" in on(date(2030, 2, 28))[0]


def test_a_renewal_that_is_ended_before_its_own_first_day_is_reminded_of_too(stage):
    """It is in force from the day both have signed, and a notice may end the use before it would have begun."""
    to_day(date(2029, 5, 1))
    negotiating.renew(stage.case_id, stage.organiser, term_months=12)
    stage.accept("officer")
    stage.sign("organiser")
    stage.sign("officer")
    service.go_on(stage.case_id, stage.broker)
    service.give_notice(stage.case_id, stage.organiser, ends_on=date(2029, 7, 15), why="A barn.")
    assert "15 July 2029" in on(date(2029, 7, 9))[0]
    assert "ended on Sunday 15 July 2029" in on(date(2029, 7, 16))[0]


def test_what_is_over_gets_no_letter(stage):
    service.end(stage.case_id, stage.organiser, "Clean.")
    assert on(date(2029, 8, 31)) == []


def test_two_machines_write_each_letter_once(app, stage):
    to_day(date(2029, 2, 28))
    at_once(app, tick.tick, tick.tick)
    assert len(letters()) == 3


@pytest.mark.parametrize("letter", [1, 2, 3])
def test_killed_at_any_letter_and_run_again_each_goes_once(stage, monkeypatch, letter):
    class Killed(BaseException):
        pass

    written = []

    def write(**letter_of):
        written.append(letter_of)
        if len(written) == letter:
            raise Killed
        real(**letter_of)

    real = tick.write
    to_day(date(2029, 2, 28))
    monkeypatch.setattr(tick, "write", write)
    with pytest.raises(Killed):
        tick.tick()
    assert letters() == []  # nothing half done
    monkeypatch.setattr(tick, "write", real)
    assert tick.tick() == 1
    assert len(letters()) == 3


def test_a_case_that_breaks_is_logged_and_holds_nothing_up(stage, monkeypatch):
    to_day(date(2029, 2, 28))
    monkeypatch.setattr(tick, "_tell", lambda _case_id: 1 / 0)
    assert tick.tick() == 0
