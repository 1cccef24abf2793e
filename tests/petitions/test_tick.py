"""The clock closes petitions, tells of the hearing, and forgets who signed."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from portal import clock
from portal.db import db
from portal.petitions import counting, queries, service
from portal.petitions.models import Petition, PetitionSignature
from portal.petitions.rules import KEPT_MONTHS, OnPaper
from portal.petitions.tick import tick
from portal.proposals import service as cases
from portal.proposals.files import Sent
from portal.proposals.models import CaseFile
from tests import factories
from tests.conftest import THE_DAY, broken
from tests.petitions import make
from tests.test_many_at_once import at_once


@pytest.fixture
def stage(app):
    made = make.stage().on_notice()
    make.opened(made)
    return made


def at_day(day: date):
    return clock.at(datetime(day.year, day.month, day.day, 10, tzinfo=clock.LONDON))


def petition(stage) -> Petition:
    db.session.rollback()
    return queries.petition_of(stage.case_id)


def closing_letters():
    return [one for one in make.letters() if one.key.startswith("petition-closed:")]


def test_nothing_happens_before_the_day(stage):
    make.confirmed(stage, 1)
    with at_day(make.LAST):
        assert tick() == 0
    assert closing_letters() == []


def test_a_petition_closes_after_its_last_day_and_its_group_hears_it_once(stage):
    make.confirmed(stage, 1)
    with at_day(make.LAST + timedelta(days=1)):
        assert tick() == 1
        assert tick() == 0
    (letter,) = closing_letters()
    assert letter.to == stage.emails["organiser"]
    assert "1 of the 3" in letter.body
    assert petition(stage).closed_at


def test_two_machines_close_it_once(app, stage):
    with at_day(make.LAST + timedelta(days=1)):
        assert sorted(at_once(app, [tick, tick])) == [0, 1]
    assert len(closing_letters()) == 1


def test_paper_of_the_last_day_is_counted_some_days_more(stage):
    scan = Sent(factories.photo(), "sheet.jpg", "")
    with at_day(make.LAST + timedelta(days=14)):
        counting.count_paper(stage.case_id, stage.broker, scan, OnPaper(3))
    assert petition(stage).reached_at
    with at_day(make.LAST + timedelta(days=15)), broken("petition-closed"):
        counting.count_paper(stage.case_id, stage.broker, scan, OnPaper(4))


def test_a_petition_of_a_case_that_is_over_closes(stage):
    cases.withdraw(stage.case_id, stage.organiser, "We moved.")
    assert tick() == 1
    assert petition(stage).closed_at
    assert "the case has gone on or is over" in closing_letters()[0].body


def test_who_asked_to_hear_of_the_hearing_hears_of_it_once(stage):
    make.confirmed(stage, 1, wants_news=True)
    make.confirmed(stage, 2, 3)
    assert tick() == 1
    assert tick() == 0
    told = [one.to for one in make.letters() if one.subject == "There will be a public hearing"]
    assert told == ["n1@example.org"]


def test_an_address_that_nobody_confirmed_is_forgotten_with_its_letter(stage):
    make.signed(stage, 1)
    make.confirmed(stage, 2)
    with clock.at(THE_DAY + timedelta(days=6)):
        assert tick() == 0
    with clock.at(THE_DAY + timedelta(days=7)):
        assert tick() == 1
    assert [one.email for one in make.signatures()] == ["n2@example.org"]
    assert make.letters("n1@example.org") == []


def test_names_are_forgotten_some_months_after_the_case_and_numbers_stay(stage):
    make.confirmed(stage, 1)
    make.confirmed(stage, 2, postcode=make.OUTSIDE)
    counting.count_paper(
        stage.case_id, stage.broker, Sent(factories.photo(), "a.jpg", ""), OnPaper(1)
    )
    before = queries.tally(petition(stage))
    token = make.token_of("n1@example.org")
    cases.withdraw(stage.case_id, stage.organiser, "We moved.")
    tick()
    over = clock.today()
    with at_day(date(over.year, over.month + KEPT_MONTHS, over.day - 1)):
        assert tick() == 0
    with at_day(date(over.year, over.month + KEPT_MONTHS, over.day)):
        assert tick() == 1
        assert tick() == 0
    assert queries.tally(petition(stage)) == before
    kept = {
        one: [getattr(row, one) for row in make.signatures()]
        for one in ("email", "name", "postcode", "same_person", "token_hash")
    }
    assert all(value is None for values in kept.values() for value in values), kept
    assert make.letters("n1@example.org") == []
    assert (
        db.session.scalar(
            select(func.count()).select_from(CaseFile).where(CaseFile.name == "a.jpg")
        )
        == 0
    )
    with broken("no-signature"):
        service.confirm(token)


def test_while_a_case_goes_on_nobody_is_forgotten(stage):
    make.confirmed(stage, 1)
    with at_day(date(2028, 1, 1)):
        tick()
    assert make.signatures()[0].email == "n1@example.org"


def test_a_petition_that_fails_does_not_hold_up_the_others(stage, monkeypatch):
    def fail(*_args, **_more):
        raise RuntimeError

    make.signed(stage, 1)
    monkeypatch.setattr("portal.petitions.letters.of_closing", fail)
    with at_day(make.LAST + timedelta(days=1)):
        assert tick() == 1, "the address is forgotten all the same"
    assert petition(stage).closed_at is None
    assert db.session.scalar(select(func.count(PetitionSignature.id))) == 0
    monkeypatch.undo()
    with at_day(make.LAST + timedelta(days=1)):
        assert tick() == 1
