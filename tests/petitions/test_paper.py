"""Paper: counted once, corrected in the open, and as good as any other signature."""

import pytest
from sqlalchemy import select

from portal.db import db
from portal.people.rules import Role
from portal.petitions import counting, queries, service
from portal.petitions.rules import OnPaper
from portal.proposals.files import Sent
from portal.proposals.filing import FileKind
from portal.proposals.models import CaseFile
from portal.proposals.rules import Action
from tests import factories
from tests.conftest import broken
from tests.petitions import make
from tests.test_many_at_once import at_once

SHEET = OnPaper(34, double=2, outside=1)


def scan(colour="white"):
    return Sent(factories.photo(colour), "sheet.jpg", "Signatures on paper")


@pytest.fixture
def stage(app):
    made = make.stage().on_notice()
    make.opened(made, needed=40)
    return made


def petition(stage):
    return queries.petition_of(stage.case_id)


def test_paper_counts_and_its_scan_is_for_insiders_only(stage):
    counting.count_paper(stage.case_id, stage.broker, scan(), SHEET)
    assert queries.tally(petition(stage)).total == 34
    kept = db.session.scalars(
        select(CaseFile).where(CaseFile.kind == FileKind.PAPER_SIGNATURES)
    ).one()
    assert not kept.public
    event = stage.case.events[-1]
    assert event.action is Action.COUNT_PAPER
    assert "34 counted; 3 struck out" in event.why


def test_the_same_sheet_twice_is_refused(stage):
    counting.count_paper(stage.case_id, stage.broker, scan(), SHEET)
    with broken("same-sheet"):
        counting.count_paper(stage.case_id, stage.broker, scan(), OnPaper(5))
    counting.count_paper(stage.case_id, stage.broker, scan("gray"), OnPaper(5))
    assert queries.tally(petition(stage)).total == 39


def test_the_same_sheet_from_two_brokers_at_once_counts_once(app, stage):
    other = factories.with_role(stage.area, Role.BROKER).id
    case_id, brokers = stage.case_id, (stage.broker, other)

    def count(who):
        try:
            counting.count_paper(case_id, who, scan(), SHEET)
        except Exception as refusal:  # noqa: BLE001 - whatever it is, it is looked at below
            return refusal.code
        return ""

    told = at_once(app, [lambda who=who: count(who) for who in brokers])
    assert sorted(told) == ["", "same-sheet"]
    assert queries.tally(petition(stage)).total == 34


def test_without_a_scan_nothing_is_counted(stage):
    with broken("no-paper"):
        counting.count_paper(stage.case_id, stage.broker, None, SHEET)
    with broken("paper-number"):
        counting.count_paper(stage.case_id, stage.broker, scan(), OnPaper(-1))
    with broken("not-your-part"):
        counting.count_paper(stage.case_id, stage.organiser, scan(), SHEET)
    assert queries.papers(petition(stage)) == []
    assert stage.case.files[-1].kind is not FileKind.PAPER_SIGNATURES


def test_a_correction_stands_in_place_of_a_count_and_says_so(stage):
    counting.count_paper(stage.case_id, stage.broker, scan(), SHEET)
    (first,) = queries.papers(petition(stage))
    with broken("no-words"):
        counting.correct_paper(stage.case_id, stage.broker, first.id, OnPaper(30), "")
    counting.correct_paper(
        stage.case_id, stage.broker, first.id, OnPaper(30, double=6), "Counted anew."
    )
    with broken("corrected"):
        counting.correct_paper(stage.case_id, stage.broker, first.id, OnPaper(31), "Again.")
    with broken("no-count"):
        counting.correct_paper(stage.case_id, stage.broker, 999, OnPaper(31), "Again.")
    papers = queries.papers(petition(stage))
    assert [(one.valid, one.corrects_id) for one in papers] == [(34, None), (30, papers[0].id)]
    assert queries.tally(petition(stage)).total == 30
    assert "This corrects a count" in stage.case.events[-1].why
    counting.correct_paper(stage.case_id, stage.broker, papers[1].id, OnPaper(31), "One more.")
    assert queries.tally(petition(stage)).total == 31


def test_the_totals_of_many_cases_are_those_of_each(stage):
    rival = stage.rival()
    assert queries.totals([stage.case_id, rival]) == {stage.case_id: 0}
    counting.count_paper(stage.case_id, stage.broker, scan(), SHEET)
    (first,) = queries.papers(petition(stage))
    counting.correct_paper(stage.case_id, stage.broker, first.id, OnPaper(30), "Counted anew.")
    make.confirmed(stage, 1, 2)
    make.confirmed(stage, 3, postcode=make.OUTSIDE)
    assert queries.totals([stage.case_id, rival]) == {stage.case_id: 32}
    assert queries.tally(petition(stage)).total == 32


def test_paper_and_letters_together_reach_the_number(stage):
    make.confirmed(stage, 1, 2, 3, 4, 5)
    assert stage.case.hearing_opened_on is None
    counting.count_paper(stage.case_id, stage.broker, scan(), OnPaper(35))
    assert stage.case.hearing_opened_on
    assert [e.action for e in stage.case.events[-2:]] == [Action.COUNT_PAPER, Action.OPEN_HEARING]


# ---- likely doubles


def two_of_one_name(stage):
    make.confirmed(stage, 1, name="Anil Rao")
    make.confirmed(stage, 2, name="RAO Anil")
    make.confirmed(stage, 3, name="Anita Rao")
    (pair,) = queries.doubles(petition(stage))
    return [one.id for one in pair]


def test_a_likely_double_counts_until_it_is_struck_out(stage):
    pair = two_of_one_name(stage)
    assert queries.tally(petition(stage)).total == 3
    counting.look(stage.case_id, stage.broker, pair, strike=pair[1])
    assert queries.tally(petition(stage)).total == 2
    assert queries.doubles(petition(stage)) == []
    assert "counts one of the two" in make.letters("n2@example.org")[-1].body
    with broken("looked-at"):
        counting.look(stage.case_id, stage.broker, pair, strike=pair[0])
    service.confirm(make.token_of("n2@example.org"))
    assert queries.tally(petition(stage)).total == 2


def test_two_people_of_one_name_are_both_kept_until_a_third_comes(stage):
    pair = two_of_one_name(stage)
    counting.look(stage.case_id, stage.broker, pair, strike=None)
    assert queries.doubles(petition(stage)) == []
    assert queries.tally(petition(stage)).total == 3
    make.confirmed(stage, 4, name="Anil Rao")
    assert len(queries.doubles(petition(stage))[0]) == 3


def test_only_the_broker_strikes_and_only_in_this_case(stage):
    pair = two_of_one_name(stage)
    with broken("not-your-part"):
        counting.look(stage.case_id, stage.organiser, pair, strike=pair[0])
    with broken("looked-at"):
        counting.look(stage.case_id, stage.broker, [*pair, 999], strike=pair[0])
    assert queries.tally(petition(stage)).total == 3
