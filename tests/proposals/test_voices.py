"""What people say: shown at once without what tells who they are, answered, and taken out with a reason."""

import pytest
from sqlalchemy import select

from portal.db import db
from portal.notices.models import Letter
from portal.proposals import service
from portal.proposals.knowing import facts_of
from portal.proposals.writing import moderating
from tests import factories
from tests.conftest import broken
from tests.proposals.stage import Stage, after_day
from tests.proposals.test_races import at_once

NASTY = "Rosa from the garden is a thief."


@pytest.fixture
def stage(app):
    return Stage().on_notice()


def text(answer) -> str:
    return answer.get_data(as_text=True)


def page(client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, text(answer)
    return text(answer)


def spoken(stage: Stage, words: str = NASTY, *, supports: bool = False, who: str = "resident"):
    service.represent(stage.case_id, getattr(stage, who), supports=supports, words=words)
    return stage.case.representations[-1].id


def taken_out(stage: Stage, number: int, words: str = "It insults a neighbour.") -> None:
    moderating.moderate(stage.case_id, stage.broker, number, reason="abusive", words=words)


def test_words_are_shown_at_once_without_what_tells_who_somebody_is(client, stage):
    said = "I live at 12 Mill Lane, M33 2AA: ring 0161 496 0123 or write to anil@example.org."
    spoken(stage, said)
    shown = page(client, f"/cases/{stage.case_id}")
    assert "I live at [address], [postcode]: ring [telephone number]" in shown
    for private in ("0161", "anil@example.org", "12 Mill Lane", "M33 2AA", "Anil"):
        assert private not in shown
    with db.engine.connect() as connection:  # nor are they kept anywhere
        dump = str(connection.exec_driver_sql("SELECT why FROM case_event").all())
    assert "Mill Lane," not in dump


def test_the_history_tells_that_somebody_spoke_but_not_what(stage):
    spoken(stage)
    assert stage.case.events[-1].why == "Against it."
    spoken(stage, "Good.", supports=True, who="panel")
    assert stage.case.events[-1].why == "For it."


def test_what_is_taken_out_disappears_and_what_happened_stays(client, stage):
    number = spoken(stage)
    spoken(stage, "I like beans.", supports=True, who="panel")
    service.answer(stage.case_id, stage.organiser, {number: "We are no thieves."})
    path = f"/cases/{stage.case_id}"
    client.sign_in(stage.emails["broker"])
    assert f"{path}/moderate?which={number}" in page(client, path)
    form = page(client, f"{path}/moderate?which={number}")
    assert "thief" in form
    bare = client.send(f"{path}/moderate", {"which": str(number), "reason": "abusive"})
    assert bare.status_code == 422
    sent = {"which": str(number), "reason": "abusive", "words": "It calls a neighbour names."}
    assert client.send(f"{path}/moderate", sent).location == path
    for who in (None, "organiser", "officer", "broker", "chair"):
        if who:
            client.sign_in(stage.emails[who])
        else:
            client.post("/sign-out")
        for address in (path, "/cases", "/cases.atom", "/cases.csv", "/cases.json"):
            answer = client.get(address)
            assert "thief" not in text(answer), (who, address)
            assert "thieves" not in text(answer), (who, address)
    shown = page(client, path)
    assert "The broker took these words out on Monday 2 March 2026." in shown
    assert "It insults or threatens somebody. It calls a neighbour names." in shown
    assert "I like beans." in shown
    # Somebody did speak against it: that still counts, and the page says so.
    assert "For it: 1. Against it: 1." in shown
    assert "it still counts" in shown


def test_its_writer_is_told_and_how_to_complain(stage):
    number = spoken(stage)
    taken_out(stage, number)
    query = select(Letter).where(Letter.key == f"moderated:{number}")
    letter = db.session.scalars(query).one()
    assert letter.to == stage.emails["resident"]
    assert NASTY in letter.body
    assert "ada.hill@council.example" in letter.body
    assert "still counts" in letter.body
    others = db.session.scalars(select(Letter.body).where(Letter.to != letter.to)).all()
    assert not any("thief" in body for body in others)


def test_nothing_is_taken_out_twice_or_elsewhere_or_without_a_word(stage):
    number = spoken(stage)
    with broken("no-words"):
        taken_out(stage, number + 99)
    with broken("no-words"):
        taken_out(stage, number, words=" ")
    with broken("not-your-part"):
        moderating.moderate(stage.case_id, stage.organiser, number, reason="abusive", words="No.")
    spoken(stage, "Fine.", who="panel")
    taken_out(stage, number)
    with broken("hidden"):
        taken_out(stage, number)


def test_what_was_taken_out_needs_no_answer_and_gets_none(stage):
    number = spoken(stage)
    taken_out(stage, number)
    facts = facts_of(stage.case, None)
    assert (facts.unanswered, facts.voices) == (0, 0)
    with broken("nothing-to-answer"):
        service.answer(stage.case_id, stage.organiser, {number: "We are not."})
    spoken(stage, "Too loud.", who="panel")
    with broken("answered"):
        service.answer(stage.case_id, stage.organiser, {number: "We are not."})


def test_two_brokers_at_once_write_one_letter(app, stage):
    number = spoken(stage)
    spoken(stage, "Fine.", who="panel")
    ids = (stage.case_id, stage.broker)
    answers = at_once(
        app,
        *[lambda: moderating.moderate(*ids, number, reason="abusive", words="It insults.")] * 2,
    )
    assert sorted(answers, key=str) == [None, "hidden"]


def test_nobody_speaks_twice_or_late_or_for_oneself(stage):
    spoken(stage)
    with broken("represented"):
        spoken(stage)
    with broken("party"):
        spoken(stage, who="organiser")
    other = factories.user()
    after_day("representations", stage.case)
    with broken("too-late"):
        service.represent(stage.case_id, other.id, supports=True, words="Late.")


def test_an_answer_is_masked_too(stage):
    number = spoken(stage, "How can I help?")
    service.answer(stage.case_id, stage.organiser, {number: "Ring Rosa on 07700 900123."})
    assert stage.case.representations[0].answer == "Ring Rosa on [telephone number]."
