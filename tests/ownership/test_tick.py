"""What the clock does with questions: once, however often and late it comes; and two people at the same moment."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from portal import clock
from portal.db import db
from portal.notices.models import Letter
from portal.ownership import answering, service
from portal.ownership.models import AskedBody, Listener, Question, QuestionEvent
from portal.ownership.rules import Action, Asker, QuestionState
from portal.ownership.service import tick
from tests.ownership import make
from tests.proposals.test_races import at_once

S = QuestionState
ROSA = "rosa.hill@example.org"


@pytest.fixture
def here(app):
    return make.place()


def on(month, day, year=2026, hour=10):
    return clock.at(datetime(year, month, day, hour, tzinfo=UTC))


def letters(*, to=None, containing=""):
    query = select(func.count(Letter.id)).where(Letter.body.contains(containing))
    return db.session.scalar(query.where(Letter.to == to) if to else query)


def events(action):
    return db.session.scalar(select(func.count(QuestionEvent.id)).where(QuestionEvent.action == action))  # fmt: skip


def test_overdue_begins_the_day_after_the_last_one_and_is_marked_once(here):
    one = make.asked(here, asker=Asker(email=here.resident.email, user_id=here.resident.id))
    with on(3, 16, hour=23):
        tick()
        assert make.fresh(one).state is S.ASKED
    with on(3, 17, hour=0):
        for _time in range(3):
            tick()
    assert make.fresh(one).state is S.OVERDUE
    assert events(Action.MARK_OVERDUE) == 1
    assert letters(to=here.resident.email, containing="is overdue") == 1
    assert letters(to=here.broker.email, containing="is overdue") == 1


def test_the_broker_is_reminded_once_on_the_working_day_before(here):
    one = make.asked(here)  # due on Monday 16 March
    due = f"Question {one.id} is due on"
    with on(3, 12):
        tick()
        assert letters(containing=due) == 0
    for day in (13, 14, 16):
        with on(3, day):
            tick()
    assert letters(to=here.broker.email, containing=due) == 1


def test_a_very_late_tick_does_the_same(here):
    one = make.asked(here, asker=Asker(email="a@example.org"))
    service.confirm(one.listeners[0].id)
    with on(9, 1, year=2027):
        tick()
    assert make.fresh(one).state is S.OVERDUE
    assert len(make.fresh(one).listeners) == 1  # it is not over, so somebody still waits


def test_who_asked_is_erased_a_year_after_the_end_and_the_question_stays(here):
    one = make.asked(here, asker=Asker(email="a@example.org", name="Ann"))
    service.confirm(one.listeners[0].id)
    answering.send_on(here.broker.id, one.id, name="Estates", email="e@council.example")
    make.answer(here, one)
    with on(3, 2, year=2027):
        tick()
        assert db.session.scalar(select(func.count(Listener.id))) == 1
    with on(3, 3, year=2027):
        assert tick() == 1
        assert tick() == 0
    assert db.session.scalar(select(func.count(Listener.id))) == 0
    assert db.session.scalar(select(AskedBody.email)) is None
    assert letters(to="a@example.org") == 0
    assert letters(to="e@council.example") == 0
    assert make.fresh(one).answer.owner == "Testing Council"


def test_an_address_that_nobody_confirmed_goes_after_14_days(here):
    make.asked(here, asker=Asker(email="a@example.org"))
    make.asked(here, words="b", asker=Asker(user_id=here.resident.id))
    with on(3, 16, hour=9):
        tick()
        assert db.session.scalar(select(func.count(Listener.id))) == 2
    with on(3, 17):
        tick()
    assert db.session.scalars(select(Listener.user_id)).all() == [here.resident.id]


def test_one_broken_question_does_not_hold_up_the_others(here, monkeypatch):
    from portal.ownership import letters as written

    first, second = make.asked(here), make.asked(here, words="b")
    real = written.tell

    def fails(question, event):
        if question.id == first.id:
            raise ZeroDivisionError
        real(question, event)

    monkeypatch.setattr(written, "tell", fails)
    with on(3, 18):
        tick()
    assert make.fresh(first).state is S.ASKED
    assert make.fresh(second).state is S.OVERDUE


# ---- two at the same moment


def test_two_brokers_answer_at_once_and_one_hears_that_it_moved_on(app, here):
    one = make.asked(here, asker=Asker(email=here.resident.email, user_id=here.resident.id))
    who, number, holder = here.broker.id, one.id, here.holder.id
    said = {"kind": "x", "holder_id": holder, "title_number": "GM1", "as_of": clock.today()}

    def answer():
        from portal.ownership.rules import OwnerKind

        answering.answer(who, number, **(said | {"kind": OwnerKind.HOLDER}))

    answers = at_once(app, answer, answer)
    assert sorted(answers, key=str) == [None, "not-now"]
    assert len(make.fresh(one).answers) == 1
    assert letters(to=ROSA, containing="The broker answered.") == 1


def test_the_same_form_sent_at_once_is_one_question(app, here):
    area, yard = here.area_id, here.yard.id
    asker = Asker(email="a@example.org")

    def ask():
        return service.ask(area_id=area, asset_id=yard, words="Whose?", asker=asker, source="question", once="abc")  # fmt: skip

    assert len(set(at_once(app, *[ask] * 4))) == 1
    assert db.session.scalar(select(func.count(Question.id))) == 1
    assert letters(to="a@example.org") == 1


def test_joining_at_once_is_joining_once(app, here):
    number = make.asked(here).id
    at_once(app, *[lambda: service.follow(number, Asker(email="b@example.org")) and None] * 3)
    assert db.session.scalar(select(func.count(Listener.id))) == 1
    assert events(Action.FOLLOW) == 1


def test_two_joined_crosswise_at_once_leave_one_that_goes_on(app, here):
    first, second = make.asked(here).id, make.asked(here, words="b").id
    who = here.broker.id
    answers = at_once(
        app,
        lambda: answering.join(who, first, number=second),
        lambda: answering.join(who, second, number=first),
    )
    assert sorted(answers, key=str) == [None, "no-such-question"]
    states = sorted(db.session.scalars(select(Question.state)))
    assert states == [S.ASKED, S.JOINED]


def test_two_machines_tick_and_each_thing_is_done_once(app, here):
    make.asked(here, asker=Asker(email=here.resident.email, user_id=here.resident.id))
    with on(3, 18):
        at_once(app, tick, tick)
    assert events(Action.MARK_OVERDUE) == 1
    assert letters(to=ROSA, containing="is overdue") == 1


def test_two_unknown_holders_at_once_are_one(app, here):
    from portal.db import transaction

    area = here.area_id

    def unknown():
        with transaction() as session:
            return service.unknown_holder(session, area).id

    assert len(set(at_once(app, unknown, unknown))) == 1


def test_whoever_joined_a_question_that_was_joined_on_is_erased_with_the_one_that_goes_on(here):
    first, second = (
        make.asked(here, asker=Asker(email="a@example.org")),
        make.asked(here, words="b"),
    )
    service.confirm(first.listeners[0].id)
    answering.send_on(here.broker.id, first.id, name="Estates", email="e@council.example")
    answering.join(here.broker.id, first.id, number=second.id)
    make.answer(here, second)
    with on(3, 3, year=2027):
        tick()
    assert letters(to="a@example.org") == 0
    assert letters(to="e@council.example") == 0
    assert db.session.scalar(select(func.count(Listener.id))) == 0
