"""Opening, signing, confirming, taking back; and the signature that opens the hearing by itself."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from portal import clock
from portal.db import db, transaction
from portal.errors import PortalError
from portal.notices.models import Letter
from portal.petitions import queries, service
from portal.petitions.models import Petition, PetitionSignature
from portal.petitions.rules import LETTER_REST, LINK_LIVES
from portal.proposals import service as cases
from portal.proposals import tick
from portal.proposals.models import CaseEvent
from portal.proposals.rules import Action, State
from tests.conftest import THE_DAY, broken
from tests.petitions import make
from tests.proposals.stage import to_day
from tests.test_many_at_once import at_once


@pytest.fixture
def stage(app):
    return make.stage()


def later(**much):
    return clock.at(THE_DAY + timedelta(**much))


def times(action):
    query = select(func.count()).select_from(CaseEvent).where(CaseEvent.action == action)
    return db.session.scalar(query)


def test_a_petition_keeps_how_many_are_needed(stage):
    petition = make.opened(stage.on_notice(), needed=None)
    assert petition.needed == 50
    assert petition.counted["count"] == 50
    assert petition.counted["place"]
    assert times(Action.OPEN_PETITION) == 1
    with broken("petition"):
        make.opened(stage)


@pytest.mark.parametrize(
    "day", [None, make.LAST.replace(year=2027), make.LAST.replace(month=3, day=2)]
)
def test_the_last_day_is_ahead_and_not_too_far(stage, day):
    stage.on_notice()
    with broken("last-day"):
        service.open_petition(stage.case_id, stage.organiser, "Words.", day)
    assert queries.petition_of(stage.case_id) is None


def test_only_the_group_opens_one(stage):
    stage.on_notice()
    with broken("not-your-part"):
        service.open_petition(stage.case_id, stage.resident, "Words.", make.LAST)


def test_a_signature_counts_once_its_letter_is_answered(stage):
    petition = make.opened(stage.on_notice())
    token = make.signed(stage)
    assert queries.tally(petition).total == 0
    service.confirm(token)
    service.confirm(token)
    tally = queries.tally(petition)
    assert (tally.total, tally.wards, tally.apart) == (1, [("West", 1)], 0)
    assert token not in str([vars(one) for one in make.signatures()]), "kept as a hash only"


def test_a_link_is_good_for_a_week(stage):
    make.opened(stage.on_notice())
    token = make.signed(stage)
    with later(days=7), broken("link-old"):
        service.confirm(token)
    with later(days=8):
        newer = make.signed(stage)
        assert newer != token
        service.confirm(newer)
        with broken("no-signature"):
            service.confirm(token)


def test_one_person_signs_once(stage):
    petition = make.opened(stage.on_notice())
    make.confirmed(stage, 1)
    service.sign(stage.case_id, make.signer(1, email=" N1@Example.org "))
    assert len(make.letters("n1@example.org")) == 1, "asked again at once, no second letter goes"
    with later(seconds=LETTER_REST.total_seconds()):
        service.sign(stage.case_id, make.signer(1, name="Somebody else"))
    _first, second = make.letters("n1@example.org")
    assert "already" in second.body
    assert make.signatures()[0].name == "Neighbour 1"
    assert queries.tally(petition).total == 1
    service.confirm(make.token_of("n1@example.org"))
    assert queries.tally(petition).total == 1


def test_tags_of_an_address_are_left_alone(stage):
    petition = make.opened(stage.on_notice())
    for email in ("a.b@example.org", "ab@example.org", "ab+x@example.org"):
        service.confirm(make.signed(stage, email=email))
    assert queries.tally(petition).total == 3
    assert len(queries.doubles(petition)[0]) == 3, "one name at one postcode: the broker looks"


def test_the_database_refuses_a_second_signature_of_one_address(stage):
    make.opened(stage.on_notice())
    make.confirmed(stage, 1)
    (one,) = make.signatures()
    with pytest.raises(IntegrityError), transaction() as session:
        session.add(
            PetitionSignature(
                petition_id=one.petition_id, email=one.email, eligible=True, written_at=clock.now()
            )
        )


@pytest.mark.parametrize("postcode", ["", "M33", "M33 2A", "nonsense", "M33 2AA; DROP"])
def test_half_a_postcode_is_none(stage, postcode):
    make.opened(stage.on_notice())
    with broken("postcode-form"):
        service.sign(stage.case_id, make.signer(postcode=postcode))
    assert make.signatures() == []


def test_who_signs_from_outside_is_counted_apart(stage):
    petition = make.opened(stage.on_notice())
    make.confirmed(stage, 1, postcode=make.OUTSIDE)
    make.confirmed(stage, 2, postcode="m332ab")
    tally = queries.tally(petition)
    assert (tally.total, tally.wards, tally.apart) == (1, [("", 1)], 1)
    assert queries.unlisted(petition) == 1


def test_without_a_list_of_postcodes_a_persons_word_counts(app):
    from tests.proposals.stage import Stage

    plain = Stage().on_notice()
    petition = make.opened(plain)
    make.confirmed(plain, 1)
    assert queries.tally(petition).total == 1


def test_taking_a_signature_back_forgets_the_address(stage):
    petition = make.opened(stage.on_notice())
    token = make.signed(stage)
    service.confirm(token)
    service.withdraw(token)
    service.withdraw(token)
    assert make.signatures() == []
    assert make.letters("n1@example.org") == []
    assert queries.tally(petition).total == 0
    make.confirmed(stage, 1)
    assert queries.tally(petition).total == 1


def test_nobody_signs_after_the_last_day_or_when_the_case_is_over(stage):
    make.opened(stage.on_notice())
    token, other = make.signed(stage), make.signed(stage, 2)
    with clock.at(THE_DAY.replace(month=6, day=2)):
        with broken("petition-closed"):
            service.sign(stage.case_id, make.signer(3))
        with broken("link-old"):
            service.confirm(token)
    cases.withdraw(stage.case_id, stage.organiser, "We moved.")
    with broken("not-now"):
        service.confirm(other)
    assert not [one for one in make.signatures() if one.confirmed_at]


# ---- the hearing


def test_the_signature_that_reaches_the_number_opens_the_hearing(stage):
    make.opened(stage.on_notice())
    make.confirmed(stage, 1, 2)
    make.confirmed(stage, 3, postcode=make.OUTSIDE)
    assert stage.case.hearing_opened_on is None
    make.confirmed(stage, 4)
    assert stage.case.hearing_opened_on == clock.today()
    event = stage.case.events[-1]
    assert event.action is Action.OPEN_HEARING
    assert "petition" in event.why
    told = [
        one.to for one in make.letters() if one.key.startswith(f"case:{stage.case_id}:{event.id}:")
    ]
    assert {stage.emails[who] for who in ("organiser", "officer", "broker", "chair")} <= set(told)
    make.confirmed(stage, 5)
    assert times(Action.OPEN_HEARING) == 1


def test_two_last_signatures_at_once_open_one_hearing(app, stage):
    make.opened(stage.on_notice())
    make.confirmed(stage, 1, 2)
    tokens = [make.signed(stage, number) for number in (3, 4)]
    at_once(app, [lambda token=token: service.confirm(token) for token in tokens])
    assert times(Action.OPEN_HEARING) == 1
    assert stage.case.hearing_opened_on == clock.today()
    event = next(e for e in stage.case.events if e.action is Action.OPEN_HEARING)
    told = [
        one.to for one in make.letters() if one.key.startswith(f"case:{stage.case_id}:{event.id}:")
    ]
    assert sorted(told) == sorted(set(told))
    assert stage.emails["organiser"] in told


def test_one_address_signing_twice_at_once_signs_once(app, stage):
    make.opened(stage.on_notice())
    at_once(app, [lambda: service.sign(stage.case_id, make.signer())] * 3)
    assert len(make.signatures()) == 1
    assert len(make.letters("n1@example.org")) == 1


def test_a_link_pressed_twice_at_once_counts_once(app, stage):
    petition_id = make.opened(stage.on_notice()).id
    token = make.signed(stage)
    at_once(app, [lambda: service.confirm(token)] * 3)
    assert queries.tally(db.session.get(Petition, petition_id)).total == 1


def test_confirming_and_taking_back_at_once_end_in_one_state(app, stage):
    make.opened(stage.on_notice())
    token = make.signed(stage)

    def answer(call):
        try:
            call(token)
        except PortalError as refusal:
            return refusal.code
        return ""

    told = at_once(app, [lambda: answer(service.confirm), lambda: answer(service.withdraw)])
    assert set(told) <= {"", "no-signature"}
    assert make.signatures() == []


def test_a_petition_reached_before_the_notice_waits_for_it(app):
    early = make.stage()
    from portal.proposals.writing import declaring

    declaring.register_interest(early.draft().case_id, early.organiser)
    make.opened(early)
    make.confirmed(early, 1, 2, 3)
    assert queries.petition_of(early.case_id).reached_at
    assert early.case.hearing_opened_on is None
    cases.lodge(early.case_id, early.organiser)
    cases.validate(early.case_id, early.broker)
    assert early.case.state is State.ON_NOTICE
    assert early.case.hearing_opened_on == clock.today()
    assert times(Action.OPEN_HEARING) == 1


def test_a_hearing_opened_on_a_sunday_has_its_time_from_the_test_on(stage):
    make.opened(stage.on_notice())
    make.confirmed(stage, 1, 2)
    token = make.signed(stage, 3)
    with clock.at(datetime(2026, 3, 8, 10, tzinfo=clock.LONDON)):
        service.confirm(token)
        assert stage.case.hearing_opened_on == date(2026, 3, 8)
    assert "hearing" not in stage.case.due, "its time runs from the test on"
    to_day(date(2026, 4, 30))
    tick.tick()
    # Thirty working days from Thursday 30 April, without the bank holidays of 4 and 25 May.
    assert stage.case.due["hearing"] == date(2026, 6, 15)


def test_a_petition_reached_during_the_test_opens_the_hearing_too(stage):
    stage.under_test()
    service.open_petition(stage.case_id, stage.organiser, "Words.", clock.today() + timedelta(9))
    queries.petition_of(stage.case_id).needed = 1
    db.session.commit()
    make.confirmed(stage, 1)
    assert stage.case.state is State.UNDER_TEST
    assert stage.case.hearing_opened_on == clock.today()


def test_where_the_profile_says_so_a_petition_calls_no_hearing(stage, monkeypatch, client):
    make.opened(stage.on_notice())
    quiet = replace(stage.profile, hearing_for=())
    for place in ("petitions.knowing", "petitions.page", "proposals.conditions"):
        monkeypatch.setattr(f"portal.{place}.profile_of", lambda _case: quiet)
    make.confirmed(stage, 1, 2, 3)
    assert queries.petition_of(stage.case_id).reached_at
    assert stage.case.hearing_opened_on is None
    page = client.get(f"/cases/{stage.case_id}/petition").get_data(as_text=True)
    assert "Enough people had signed" in page
    assert "hearing" not in page.partition("<form")[0].partition("<h1")[2].partition("<details")[0]


def test_who_leaves_afterwards_does_not_call_the_hearing_off(stage):
    make.opened(stage.on_notice())
    tokens = [make.signed(stage, number) for number in (1, 2, 3)]
    for token in tokens:
        service.confirm(token)
    service.withdraw(tokens[0])
    petition = queries.petition_of(stage.case_id)
    assert queries.tally(petition).total == 2
    assert petition.reached_at
    assert stage.case.hearing_opened_on


def test_nothing_is_half_done_when_the_last_step_fails(stage, monkeypatch):
    make.opened(stage.on_notice())
    make.confirmed(stage, 1, 2)
    token = make.signed(stage, 3)
    before = db.session.scalar(select(func.count(Letter.id)))
    monkeypatch.setattr("portal.proposals.letters.tell", lambda *_args: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        service.confirm(token)
    assert make.signatures()[2].confirmed_at is None
    assert queries.petition_of(stage.case_id).reached_at is None
    assert stage.case.hearing_opened_on is None
    assert db.session.scalar(select(func.count(Letter.id))) == before
    monkeypatch.undo()
    service.confirm(token)
    assert stage.case.hearing_opened_on


def test_the_history_and_its_letters_name_nobody(stage):
    make.opened(stage.on_notice())
    make.confirmed(stage, 1, 2, 3, name="Zebedee Quill")
    said = " ".join(f"{e.sentence} {e.why}" for e in stage.case.events)
    said += " ".join(one.body for one in make.letters())
    assert "Zebedee" not in said
    assert "n1@example.org" not in said


def test_the_week_of_a_link_is_what_its_letter_says(stage):
    make.opened(stage.on_notice())
    make.signed(stage)
    assert f"{LINK_LIVES.days} days" in make.letters("n1@example.org")[0].body
