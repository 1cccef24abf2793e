"""Reminders: on their day, once each, to those who have still something to do."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.db import db
from portal.letters import tick as reminders
from portal.notices.models import Letter
from portal.people.rules import Role
from portal.proposals import tick
from portal.proposals.judging import holder, panel
from portal.proposals.recourse import more_time, reviewing
from portal.proposals.rules import State
from tests import factories
from tests.proposals.stage import Stage, after_day, on_working_day, to_day


@pytest.fixture
def stage(app):
    return Stage()


def reminded(prefix: str = "reminder:") -> list[str]:
    query = select(Letter.to).where(Letter.key.startswith(prefix)).order_by(Letter.to)
    return list(db.session.scalars(query))


def test_the_holder_is_reminded_five_working_days_before_its_answer_is_due(stage):
    stage.on_notice()
    on_working_day(34)
    assert reminders.tick() == 0
    on_working_day(35)
    assert reminders.tick() == 1
    assert reminded() == [stage.emails["officer"]]
    assert reminders.tick() == 0
    on_working_day(38)
    assert reminders.tick() == 0
    assert len(reminded()) == 1


def test_a_holder_who_has_answered_is_left_alone(stage):
    stage.on_notice()
    on_working_day(34)
    holder.agree(stage.case_id, stage.officer)
    on_working_day(36)
    assert reminders.tick() == 0


def test_a_tick_that_comes_late_reminds_while_there_is_time_and_not_after(stage):
    stage.on_notice()
    to_day(stage.case.due["holder_response"])
    assert reminders.tick() == 1
    after_day("holder_response", stage.case)
    assert reminders.tick() == 0


def test_only_members_who_have_not_scored_are_reminded(stage):
    stage.under_test()
    panel.score(stage.case_id, stage.panel, stage.sheet())
    to_day(stage.case.due["decision"])
    assert reminders.tick() == 1
    assert reminded() == [stage.emails["panel2"]]


def test_whoever_declared_an_interest_is_not_reminded(stage):
    stage.under_test()
    panel.declare_interest(stage.case_id, stage.panel)
    to_day(stage.case.due["decision"])
    reminders.tick()
    assert reminded() == [stage.emails["panel2"]]


def test_a_group_is_reminded_before_its_grant_lapses_unless_it_has_signed(stage):
    stage.agreed()
    to_day(stage.case.due["agreement"] - timedelta(days=40))
    assert reminders.tick() == 0
    to_day(stage.case.due["agreement"] - timedelta(days=7))
    assert reminders.tick() == 1
    assert reminded() == [stage.emails["organiser"]]


def test_a_group_that_has_signed_is_left_alone(stage):
    stage.agreed()
    stage.sign("organiser")
    to_day(stage.case.due["agreement"])
    assert reminders.tick() == 0


def test_a_case_that_is_overdue_is_told_each_week_until_it_is_decided(app):
    stage = Stage(resolution=False).escalated()
    since = stage.case.events[-1].on
    expected = sorted(["ada.hill@council.example", stage.emails["chair"], stage.emails["broker"]])
    to_day(since + timedelta(days=6))
    assert reminders.tick() == 0
    to_day(since + timedelta(days=7))
    assert reminders.tick() == len(expected)
    assert reminders.tick() == 0
    to_day(since + timedelta(days=13))
    assert reminders.tick() == 0
    # Two weeks were slept through: one letter each, not three.
    to_day(since + timedelta(days=30))
    assert reminders.tick() == len(expected)
    assert reminded("overdue:") == sorted(expected * 2)
    stage.capacity()
    for member in (stage.panel, stage.panel2):
        panel.score(stage.case_id, member, stage.sheet())
    panel.decide(stage.case_id, stage.chair)
    assert stage.case.state is State.GRANTED
    to_day(since + timedelta(days=45))
    reminders.tick()
    assert len(reminded("overdue:")) == 2 * len(expected)


def test_a_day_that_was_moved_is_reminded_of_anew(stage):
    stage.on_notice()
    to_day(stage.case.due["holder_response"])
    reminders.tick()
    later = stage.case.due["holder_response"] + timedelta(days=28)
    more_time.ask(stage.case_id, stage.officer, period="holder_response", until=later, why="Ill.")
    more_time.answer(stage.case_id, stage.organiser, given=True)
    assert reminders.tick() == 0
    to_day(later)
    assert reminders.tick() == 1


def test_killed_midway_nothing_is_half_written(stage, monkeypatch):
    stage.under_test()
    to_day(stage.case.due["decision"])
    real, left = reminders.write, [1]

    def dies(**letter):
        if not left[0]:
            raise KeyboardInterrupt
        left[0] -= 1
        real(**letter)

    with monkeypatch.context() as patch:
        patch.setattr(reminders, "write", dies)
        with pytest.raises(KeyboardInterrupt):
            reminders.tick()
    assert reminded() == []
    assert reminders.tick() == 2
    assert tick.tick() == []


def test_one_broken_case_does_not_stop_the_others(stage, monkeypatch):
    stage.on_notice()
    first = stage.case_id
    stage.rival()
    to_day(stage.case.due["holder_response"])
    real = reminders.remind
    monkeypatch.setattr(reminders, "remind", lambda one: 1 / 0 if one == first else real(one))
    assert reminders.tick() == 1


def test_the_desk_of_an_administrator_says_when_a_review_has_too_few_judges(stage, client):
    admin = factories.with_role(stage.area, Role.ADMINISTRATOR).email
    stage.scored(0, 3, alternative=True)
    panel.decide(stage.case_id, stage.chair, ground="better_alternative", evidence="Both columns.")
    wanted = "Name other panel members and another chair"
    client.sign_in(admin)
    assert wanted not in client.get("/desk").text
    reviewing.ask_review(stage.case_id, stage.organiser, "Look again.")
    assert wanted in client.get("/desk").text
    for role in (Role.PANEL, Role.PANEL):
        factories.with_role(stage.area, role)
    assert wanted in client.get("/desk").text
    factories.with_role(stage.area, Role.CHAIR)
    assert wanted not in client.get("/desk").text


def test_an_overdue_case_shows_on_the_desk_the_register_and_its_page(app, client):
    stage = Stage(resolution=False).escalated()
    assert "Overdue" in client.get("/cases").text
    assert "Overdue, escalated" in client.get(f"/cases/{stage.case_id}").text
    for who in ("broker", "chair"):
        client.sign_in(stage.emails[who])
        assert "Overdue" in client.get("/desk").text
