"""What brokers do with questions, and who hears of it."""

from datetime import date

import pytest
from sqlalchemy import func, select

from portal import clock
from portal.areas.queries import Place
from portal.db import db
from portal.notices.models import Letter
from portal.ownership import answering, service
from portal.ownership.models import Listener, Question
from portal.ownership.rules import Action, Asker, OwnerKind, QuestionState
from portal.people.models import Holder
from portal.people.rules import HolderKind
from portal.register.models import Asset, Fact
from tests import factories
from tests.conftest import broken
from tests.ownership import make

S = QuestionState
ROSA = "rosa@example.org"


@pytest.fixture
def here(app):
    return make.place()


@pytest.fixture
def one(here):
    """A question with somebody who waits for the answer."""
    question = make.asked(here, asker=Asker(email=ROSA))
    service.confirm(question.listeners[0].id)
    return make.fresh(question)


def to_rosa():
    return list(db.session.scalars(select(Letter.body).where(Letter.to == ROSA).order_by(Letter.id)))  # fmt: skip


def test_the_asker_hears_of_every_step_with_a_link_and_a_way_out(here, one):
    before = len(to_rosa())
    answering.note(here.broker.id, one.id, why="No title at the land registry.")
    answering.send_on(here.broker.id, one.id, name="Estates team", email="e@council.example")
    answering.chase(here.broker.id, one.id, body_id=make.fresh(one).bodies[0].id)
    answering.not_established(here.broker.id, one.id, tried=[])
    make.answer(here, one)
    letters = to_rosa()[before:]
    said = ("No title at the land registry.", "Estates team", "asked again", "could not establish", "GM123456")  # fmt: skip
    for letter, words in zip(letters, said, strict=True):
        assert words in letter
        assert f"/questions/{one.id}" in letter
        assert "Stop these letters" in letter


def test_a_body_gets_the_question_and_each_chase_once(here, one):
    answering.send_on(here.broker.id, one.id, name="Estates", email=" E@Council.example")
    body = make.fresh(one).bodies[0].id
    for minute in (1, 1, 5):
        with clock.at(make.minutes(minute)):
            answering.chase(here.broker.id, one.id, body_id=body)
    letters = list(db.session.scalars(select(Letter.body).where(Letter.to == "e@council.example")))
    assert len(letters) == 3
    assert all("broker@testing.example" in letter for letter in letters)
    assert make.fresh(one).bodies[0].chased == 2
    with broken("no-body"):
        answering.chase(here.broker.id, one.id, body_id=99)
    with broken("email-form"):
        answering.send_on(here.broker.id, one.id, name="Estates", email="nowhere")


def test_not_established_needs_two_things_tried_wherever_they_were_said(here, one):
    with broken("too-little-tried"):
        answering.not_established(here.broker.id, one.id, tried=["One."])
    answering.note(here.broker.id, one.id, why="Asked the neighbours.")
    answering.not_established(here.broker.id, one.id, tried=["Land registry: no title."])
    found = make.fresh(one)
    assert (found.state, found.ended_on) == (S.NOT_ESTABLISHED, date(2026, 3, 2))
    from portal.ownership.words import tried

    assert tried(found) == ["The broker looked further. Asked the neighbours.", "Land registry: no title."]  # fmt: skip


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"holder_id": None}, "no-owner"),
        ({"holder_id": 99}, "no-owner"),
        ({"kind": OwnerKind.BODY}, "no-owner"),
        ({"title_number": "", "said_by": "", "document": ""}, "no-evidence"),
        ({"title_number": "", "said_by": ""}, "no-evidence"),
        ({"title_number": "", "document": ""}, "no-evidence"),
    ],
)
def test_an_answer_needs_an_owner_and_evidence(here, one, said, code):
    with broken(code):
        make.answer(here, one, **said)
    assert make.fresh(one).state is S.ASKED
    assert not make.fresh(one).answers


def test_the_unknown_holder_is_no_answer(here, one):
    unknown = service.unknown_holder(db.session, here.area_id)
    db.session.commit()
    with broken("no-owner"):
        make.answer(here, one, holder_id=unknown.id)


def test_an_answer_can_be_written_into_the_register(here, one):
    make.answer(here, one, kind=OwnerKind.BODY, owner="Sale West Housing Association", in_register=True)  # fmt: skip
    asset = db.session.get_one(Asset, here.yard.id)
    assert (asset.holder.name, asset.holder.kind) == ("Sale West Housing Association", HolderKind.HOUSING_ASSOCIATION)  # fmt: skip
    assert "housing association" in asset.words
    fact = db.session.get_one(Fact, (asset.id, "holder_id"))
    assert (fact.checked, fact.as_of) == (True, date(2026, 3, 2))
    assert fact.source == "HM Land Registry, Title register, GM123456"
    answering.correct(here.broker.id, one.id, kind=OwnerKind.HOLDER, holder_id=here.holder.id,
                      title_number="GM7", as_of=date(2026, 3, 2), in_register=True)  # fmt: skip
    db.session.rollback()
    assert db.session.get_one(Asset, here.yard.id).holder.name == "Testing Council"
    assert [answer.owner for answer in make.fresh(one).answers] == ["Sale West Housing Association", "Testing Council"]  # fmt: skip


def test_a_code_that_the_new_holder_has_already_leaves_nothing_half_done(here, one):
    other = factories.holder(here.area, name="Other body")
    factories.asset(other, code=here.yard.code)
    with broken("code-taken"):
        make.answer(here, one, holder_id=other.id, in_register=True)
    found = make.fresh(one)
    assert (found.state, found.answers) == (S.ASKED, [])
    assert db.session.get_one(Asset, here.yard.id).holder_id == here.holder.id


def test_a_private_owner_is_neither_named_nor_made_a_holder(here, one):
    make.answer(here, one, kind=OwnerKind.PRIVATE, holder_id=None, owner="Mr Secret", in_register=True)  # fmt: skip
    answer = make.fresh(one).answer
    assert (answer.owner, answer.in_register) == ("", False)
    assert db.session.scalar(select(func.count(Holder.id))) == 1
    assert not [body for body in to_rosa() if "Secret" in body]


def test_joining_two_moves_who_waits_and_tells_them(here, one):
    other = make.asked(here, words="Another", asker=Asker(email="b@example.org"))
    answering.join(here.broker.id, one.id, number=other.id)
    joined, goes_on = make.fresh(one), make.fresh(other)
    assert (joined.state, joined.joined_to_id, joined.listeners) == (S.JOINED, other.id, [])
    assert {one.email for one in goes_on.listeners} == {ROSA, "b@example.org"}
    assert f"Question {other.id}: The yard" in to_rosa()[-1]
    before = len(to_rosa())
    make.answer(here, other)
    assert len(to_rosa()) == before + 1


def test_whoever_waits_for_both_hears_once(here, one):
    other = make.asked(here, words="Another", asker=Asker(email=ROSA))
    service.confirm(make.fresh(other).listeners[0].id)
    answering.join(here.broker.id, one.id, number=other.id)
    assert db.session.scalar(select(func.count(Listener.id))) == 1


@pytest.mark.parametrize("target", ["itself", "joined", "withdrawn", "missing"])
def test_a_question_joins_only_one_that_goes_on(here, one, target):
    other, third = make.asked(here, words="b"), make.asked(here, words="c")
    number = {"itself": one.id, "missing": 99}.get(target, other.id)
    if target == "joined":
        answering.join(here.broker.id, other.id, number=third.id)
    if target == "withdrawn":
        answering.set_aside(here.broker.id, other.id, why="Spam.")
    with broken("no-question" if target == "missing" else "no-such-question"):
        answering.join(here.broker.id, one.id, number=number)
    assert make.fresh(one).state is S.ASKED


def test_words_are_hidden_and_shown_again(here, one):
    with broken("nothing-said"):
        answering.hide_words(here.broker.id, one.id, why="")
    answering.hide_words(here.broker.id, one.id, why="It names somebody.")
    with broken("hidden"):
        answering.hide_words(here.broker.id, one.id, why="Again.")
    answering.show_words(here.broker.id, one.id)
    assert make.fresh(one).hidden_why is None
    with broken("shown"):
        answering.show_words(here.broker.id, one.id)


def test_nobody_but_a_broker_acts(here, one):
    for call in (
        lambda by: answering.note(by, one.id, why="x"),
        lambda by: answering.send_on(by, one.id, name="x"),
        lambda by: answering.set_aside(by, one.id, why="x"),
        lambda by: answering.hide_words(by, one.id, why="x"),
        lambda by: answering.not_established(by, one.id, tried=["a", "b"]),
        lambda by: make.answer(SimpleBroker(here, by), one),
    ):
        with broken("not-yours"):
            call(here.resident.id)


class SimpleBroker:
    """`here` with somebody else in the broker's place."""

    def __init__(self, here, by):
        self.holder = here.holder
        self.broker = type("Somebody", (), {"id": by})


def test_each_step_names_the_role_it_was_taken_in(here, one):
    answering.note(here.broker.id, one.id, why="Seen.")
    service.ask(area_id=here.area_id, asset_id=None, place=Place("Here, M33 2AA", -2.3, 53.4), words="Empty.")  # fmt: skip
    assert [(e.action, e.role.value) for e in make.fresh(one).events] == [
        (Action.ASK, "resident"),
        (Action.NOTE, "broker"),
    ]
    assert make.fresh(one).events[0].user_id is None
    sighting = db.session.scalars(select(Question).where(Question.asset_id.is_(None))).one()
    assert sighting.events[0].role.value == "portal"


def test_a_second_click_within_a_minute_does_nothing_more(here, one):
    who, number = here.broker.id, one.id
    said = {
        "kind": OwnerKind.BODY,
        "owner": "Rail",
        "title_number": "GM7",
        "as_of": date(2026, 3, 2),
    }
    for _click in range(2):
        answering.note(who, number, why="Looked.")
    for _click in range(2):
        answering.send_on(who, number, name="Estates", email="e@council.example")
    make.answer(here, one)
    for _click in range(2):
        answering.correct(who, number, **said)
    actions = [event.action for event in make.fresh(one).events]
    assert actions == [Action.ASK, Action.NOTE, Action.SEND_ON, Action.ANSWER, Action.CORRECT]
    assert len(make.fresh(one).answers) == 2
    assert len(make.fresh(one).bodies) == 1
    answering.correct(who, number, **said | {"title_number": "GM8"})
    assert make.fresh(one).answer.title_number == "GM8"


def test_the_letter_to_an_unknown_address_carries_nothing_that_was_typed(here):
    place = Place("Win a prize at evil.example, M33 2AA", -2.3, 53.4)
    make.asked(here, asset_id=None, place=place, words="evil.example", asker=Asker(email=ROSA))
    letter = db.session.scalars(select(Letter).where(Letter.to == ROSA)).one()
    assert "evil" not in letter.body + letter.subject
