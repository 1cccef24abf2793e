"""Two at the same moment, on both engines."""

import pytest
from sqlalchemy import func, select

from portal.agreements import deposits, negotiating, service, terms
from portal.agreements.models import AgreementPaper, AgreementTerm, Signature
from portal.agreements.rules import PaperKind
from portal.db import db
from portal.money.models import Posting
from portal.money.rules import Paid
from portal.people.rules import Role
from tests.proposals.stage import Stage
from tests.proposals.test_races import at_once


@pytest.fixture
def stage(app):
    return Stage()


def count(model) -> int:
    return db.session.scalar(select(func.count()).select_from(model))


def test_both_sides_sign_at_once(app, stage):
    stage.agreed()
    shown, case_id = stage.agreement.sha256, stage.case_id
    organiser, officer = stage.organiser, stage.officer
    answers = at_once(
        app,
        lambda: service.sign(case_id, organiser, name="Rosa", shown_hash=shown),
        lambda: service.sign(case_id, officer, name="Olu", shown_hash=shown),
    )
    assert answers == [None, None]
    assert stage.agreement.signed_by == {Role.ORGANISER, Role.OFFICER}
    kinds = [paper.kind for paper in stage.agreement.papers]
    assert sorted(kinds) == [PaperKind.FOR_SIGNING, PaperKind.SIGNED]
    assert count(AgreementPaper) == 2


def test_a_double_click_signs_once(app, stage):
    stage.agreed()
    shown, case_id, organiser = stage.agreement.sha256, stage.case_id, stage.organiser
    answers = at_once(
        app, *[lambda: service.sign(case_id, organiser, name="Rosa", shown_hash=shown)] * 3
    )
    assert sorted(answers, key=str) == [None, "side-signed", "side-signed"]
    assert count(Signature) == 1


def test_a_change_while_the_other_side_signs(app, stage):
    stage.agreed()
    shown, case_id = stage.agreement.sha256, stage.case_id
    organiser, officer = stage.organiser, stage.officer
    answers = at_once(
        app,
        lambda: service.sign(case_id, organiser, name="Rosa", shown_hash=shown),
        lambda: negotiating.change_term(case_id, officer, "rent", 9900, version=1),
    )
    agreement = stage.agreement
    if agreement.signatures:
        assert answers == [None, "already-signed"]
        assert agreement.sha256 == shown
        assert terms.values_of(agreement)["rent"] == "0"
    else:
        assert answers == ["terms-open", None]
        assert agreement.sha256 == ""
        assert terms.values_of(agreement)["rent"] == "9900"


def test_two_change_one_term_and_the_second_hears_it(app, stage):
    stage.in_agreement()
    case_id, organiser, officer = stage.case_id, stage.organiser, stage.officer
    answers = at_once(
        app,
        lambda: negotiating.change_term(case_id, organiser, "rent", 100, version=1),
        lambda: negotiating.change_term(case_id, officer, "rent", 200, version=1),
    )
    assert sorted(answers, key=str) == [None, "term-changed"]
    versions = select(func.count(AgreementTerm.id)).where(AgreementTerm.key == "rent")
    assert db.session.scalar(versions) == 2


def test_a_deposit_is_taken_and_given_back_once(app, stage):
    stage.signed(deposit=5000)
    case_id, broker = stage.case_id, stage.broker
    taken = at_once(app, *[lambda: deposits.take(case_id, broker, paid_by=Paid.CASH)] * 2)
    assert "no-deposit" in taken
    assert count(Posting) == 1
    service.hand_over(case_id, broker, "Sound.")
    service.end(case_id, broker, "Clean.")
    back = at_once(app, *[lambda: deposits.settle(case_id, broker)] * 2)
    assert sorted(back, key=str) == [5000, "deposit-not-held"]
    assert count(Posting) == 2


def test_a_renewal_is_asked_for_once(app, stage):
    stage.in_use()
    case_id, organiser, officer = stage.case_id, stage.organiser, stage.officer
    answers = at_once(
        app,
        lambda: negotiating.renew(case_id, organiser, term_months=12),
        lambda: negotiating.renew(case_id, officer, term_months=24),
    )
    assert sorted(answers, key=str) == [None, "not-now"]
    assert len(terms.every(case_id)) == 2
