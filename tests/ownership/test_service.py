"""What those who ask do: asking, joining, confirming, leaving, withdrawing; and what other features may count on."""

from datetime import date

import pytest
from sqlalchemy import func, select

from portal import clock
from portal.areas.queries import Place
from portal.db import db
from portal.notices.models import Letter
from portal.ownership import service
from portal.ownership.models import Listener, Question, QuestionEvent
from portal.ownership.rules import Action, Asker, QuestionState
from portal.people.rules import HolderKind
from tests.conftest import broken
from tests.ownership import make

HERE = Place("Corner of Ayres Road, M33 2AA", -2.2995, 53.4005)


@pytest.fixture
def here(app):
    return make.place()


def letters_to(email):
    return list(db.session.scalars(select(Letter).where(Letter.to == email).order_by(Letter.id)))


def number(model):
    return db.session.scalar(select(func.count()).select_from(model))


def test_a_question_about_an_asset_has_a_number_and_a_last_day(here):
    one = make.asked(here)
    assert (one.state, one.place, one.asset_id) == (QuestionState.ASKED, "The yard", here.yard.id)
    assert (one.asked_on, one.due) == (date(2026, 3, 2), date(2026, 3, 16))
    assert [event.action for event in one.events] == [Action.ASK]
    assert one.events[0].clause == "pilot_compact 14"
    assert len(letters_to(here.broker.email)) == 1


def test_good_friday_and_easter_monday_do_not_count(here):
    from datetime import UTC, datetime

    with clock.at(datetime(2026, 3, 30, 10, tzinfo=UTC)):
        assert make.asked(here).due == date(2026, 4, 15)


def test_a_place_outside_the_register_is_kept_as_it_was_named(here):
    one = make.asked(here, asset_id=None, place=HERE)
    assert (one.asset_id, one.place, one.lat) == (None, HERE.label, HERE.lat)
    assert one.address == "M332AA corner of ayres road"


def test_nothing_is_asked_without_a_place_or_words_or_about_what_is_withheld(here):
    with broken("no-place"):
        make.asked(here, asset_id=None)
    with broken("nothing-said"):
        make.asked(here, words="  ")
    here.yard.withheld_why = "A refuge"
    db.session.commit()
    with broken("no-asset"):
        make.asked(here)


def test_addresses_and_numbers_of_people_are_left_out(here):
    one = make.asked(here, words="Ring 0161 496 0123 or rosa@example.org. Title GM123456?")
    assert one.words == "Ring [telephone number] or [e-mail address]. Title GM123456?"


def test_an_address_is_confirmed_before_anything_else_comes(here):
    one = make.asked(here, asker=Asker(email="Rosa@Example.org "))
    listener = one.listeners[0]
    (letter,) = letters_to("rosa@example.org")
    assert "Please confirm" in letter.subject
    assert f"/questions/letters/{make.token(listener)}" in letter.body
    make.answer(here, one)
    assert len(letters_to("rosa@example.org")) == 1
    service.confirm(listener.id)
    service.confirm(listener.id)
    assert len(letters_to("rosa@example.org")) == 2


def test_an_account_s_own_address_needs_no_confirming(here):
    one = make.asked(here, asker=Asker(email=here.resident.email, user_id=here.resident.id))
    (letter,) = letters_to(here.resident.email)
    assert f"/questions/{one.id}" in letter.body
    assert "Stop these letters" in letter.body
    other = make.asked(here, words="Another", asker=Asker(email="else@example.org", user_id=here.resident.id))  # fmt: skip
    assert other.listeners[0].confirmed_at is None


def test_the_same_form_or_the_same_words_in_a_minute_are_one_question(here):
    first = make.asked(here, once="abc")
    assert make.asked(here, words="Changed", once="abc").id == first.id
    assert make.asked(here).id == first.id
    assert number(Question) == 1
    assert len(letters_to(here.broker.email)) == 1
    with clock.at(make.minutes(2)):
        assert make.asked(here).id != first.id


def test_of_two_people_with_the_same_words_both_hear(here):
    first = make.asked(here, asker=Asker(email="a@example.org"))
    again = make.asked(here, asker=Asker(email="b@example.org"))
    assert again.id == first.id
    assert {one.email for one in again.listeners} == {"a@example.org", "b@example.org"}
    assert [event.action for event in again.events] == [Action.ASK, Action.FOLLOW]


def test_a_sighting_joins_the_open_question_of_its_asset(here):
    first = make.asked(here)
    with clock.at(make.minutes(5)):
        again = service.ask(area_id=here.area_id, asset_id=here.yard.id, words="Seen empty.")
        assert again == first.id
        make.answer(here, first)
        assert service.ask(area_id=here.area_id, asset_id=here.yard.id, words="Seen.") != first.id


def test_joining_is_once_and_open_as_long_as_an_answer_may_come(here):
    one = make.asked(here)
    for _click in range(2):
        service.follow(one.id, Asker(email="b@example.org"))
    assert number(Listener) == 1
    assert db.session.scalar(
        select(func.count(QuestionEvent.id)).where(QuestionEvent.action == Action.FOLLOW)
    ) == 1  # fmt: skip
    make.answer(here, one)
    with broken("not-now"):
        service.follow(one.id, Asker(email="c@example.org"))
    with broken("no-question"):
        service.follow(99, Asker(email="c@example.org"))


def test_leaving_deletes_the_address_at_once(here):
    one = make.asked(here, asker=Asker(email="a@example.org"))
    listener_id = one.listeners[0].id
    for _click in range(2):
        service.leave(listener_id)
    assert number(Listener) == 0
    with broken("no-listener"):
        service.confirm(listener_id)


def test_who_asked_can_withdraw_unless_somebody_else_waits(here):
    one = make.asked(here, asker=Asker(email=here.resident.email, user_id=here.resident.id))
    mine = one.listeners[0].id
    service.follow(one.id, Asker(email=here.other.email, user_id=here.other.id))
    with broken("others-wait"):
        service.withdraw(mine)
    theirs = next(one.id for one in make.fresh(one).listeners if one.id != mine)
    with broken("not-asker"):
        service.withdraw(theirs)
    service.leave(theirs)
    service.withdraw(mine)
    assert make.fresh(one).state is QuestionState.WITHDRAWN
    with broken("not-now"):
        service.withdraw(mine)


def test_only_a_public_group_of_one_s_own_is_named(here):
    def group_of(question):
        return question.group and question.group.name

    def ask(group, words):
        return make.asked(here, words=words, asker=Asker(user_id=here.resident.id, group_id=group))

    assert group_of(ask(here.public_group.id, "a")) == "Green Corner"
    assert group_of(ask(here.private_group.id, "b")) is None
    assert group_of(ask(here.others_group.id, "c")) is None


def test_the_unknown_holder_is_one_for_the_area(here):
    first = service.unknown_holder(db.session, here.area_id)
    assert service.unknown_holder(db.session, here.area_id).id == first.id
    assert first.kind is HolderKind.UNKNOWN
    db.session.commit()
