"""Heads of terms through the services, on both engines: each change kept, each side's agreement to each term."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from portal.agreements import negotiating, terms
from portal.agreements.models import AgreementPaper, AgreementTerm
from portal.agreements.rules import TERMS, Form, Route
from portal.areas.rules import Nation
from portal.db import db
from portal.notices.models import Letter
from portal.people.rules import Role
from portal.proposals.files import Sent
from portal.proposals.models import CaseEvent
from portal.proposals.rules import Action
from tests import factories
from tests.conftest import broken
from tests.proposals.stage import Stage, to_day

ORG, OFF = Role.ORGANISER, Role.OFFICER


@pytest.fixture
def stage(app):
    return Stage()


def change(stage, who, key, value, version=None):
    shown = terms.now_of(stage.agreement)[key].row.version if version is None else version
    negotiating.change_term(stage.case_id, stage.ids[who], key, value, version=shown)


def now(stage, key):
    return terms.now_of(stage.agreement)[key]


def test_a_draft_holds_every_term_and_waits_for_both(stage):
    stage.in_agreement()
    there = terms.now_of(stage.agreement)
    assert list(there) == list(TERMS)
    assert there["permitted_use"].value == "Raised beds and a bench."
    assert there["insurance"].value == "The church's cover."
    assert all(one.open_for == [ORG, OFF] for one in there.values())
    assert stage.agreement.ends_on == date(2029, 8, 31)
    assert stage.agreement.sha256 == ""


def test_a_second_press_drafts_nothing_new(stage):
    stage.in_agreement()
    before = len(stage.case.events)
    stage.terms()
    assert len(stage.case.events) == before
    assert db.session.query(AgreementTerm).count() == len(TERMS)


def test_a_change_takes_the_other_sides_acceptance_away(stage):
    stage.agreed()
    assert stage.agreement.sha256
    change(stage, "organiser", "rent", 12000)
    one = now(stage, "rent")
    assert (one.value, one.row.role, one.open_for) == ("12000", ORG, [OFF])
    assert [row.value for row in one.older] == ["0"]
    assert stage.agreement.sha256 == ""  # what could have been signed is none any more
    with broken("terms-open"):
        stage.sign("organiser")
    stage.accept("officer")
    assert stage.agreement.sha256


def test_the_brokers_change_waits_for_both(stage):
    stage.agreed()
    change(stage, "broker", "access", "After 48 hours' notice.")
    assert now(stage, "access").open_for == [ORG, OFF]
    change(stage, "officer", "access", "After 24 hours' notice.")
    assert now(stage, "access").open_for == [ORG]


def test_only_the_broker_chooses_the_form(stage):
    stage.in_agreement()
    with broken("not-your-part"):
        change(stage, "officer", "form", "lease")
    change(stage, "broker", "form", "lease")
    assert stage.agreement.form is Form.LEASE


def test_the_second_of_two_hears_what_the_first_wrote(stage):
    stage.in_agreement()
    change(stage, "organiser", "rent", 5000, version=1)
    with broken("term-changed"):
        change(stage, "officer", "rent", 20000, version=1)
    assert now(stage, "rent").value == "5000"
    with broken("term-changed"):
        negotiating.accept_terms(stage.case_id, stage.officer, {"rent": 1})
    change(stage, "officer", "rent", 20000, version=2)
    assert now(stage, "rent").open_for == [ORG]


def test_the_same_again_changes_nothing(stage):
    stage.in_agreement()
    with broken("term-same"):
        change(stage, "organiser", "rent", 0)
    with broken("no-term"):
        negotiating.change_term(stage.case_id, stage.organiser, "parking", "x", version=1)


def test_terms_are_accepted_one_by_one(stage):
    stage.in_agreement()
    negotiating.accept_terms(stage.case_id, stage.organiser, {"rent": 1, "access": 1})
    assert now(stage, "rent").open_for == [OFF]
    assert now(stage, "deposit").open_for == [ORG, OFF]
    with broken("nothing-to-accept"):
        negotiating.accept_terms(stage.case_id, stage.organiser, {"rent": 1})
    with broken("nothing-ticked"):
        negotiating.accept_terms(stage.case_id, stage.organiser, {})
    with broken("not-your-part"):
        negotiating.accept_terms(stage.case_id, stage.broker, {"rent": 1})
    with broken("not-your-part"):
        negotiating.accept_terms(stage.case_id, stage.resident, {"rent": 1})


def test_a_term_is_no_longer_than_the_profile_allows(stage):
    stage.granted()
    with broken("term-too-long"):
        stage.terms(61)
    stage.terms(60)
    with broken("term-too-long"):
        change(stage, "organiser", "term_months", 61)
    change(stage, "organiser", "term_months", 12)
    assert stage.agreement.ends_on == date(2027, 8, 31)


def test_the_history_says_that_terms_changed_and_not_what(stage):
    stage.in_agreement()
    change(stage, "organiser", "further", "Our treasurer's sister keeps the key.")
    told = " ".join(e.why + e.sentence for e in db.session.scalars(select(CaseEvent)))
    assert "Further terms" in told
    assert "sister" not in told
    letters = db.session.scalars(select(Letter.body)).all()
    assert not [body for body in letters if "sister" in body]


def test_before_the_draft_there_is_nothing_to_change(stage):
    stage.granted()
    with broken("no-agreement"):
        negotiating.change_term(stage.case_id, stage.organiser, "rent", 1, version=1)


# ---- contracting out


def scan() -> Sent:
    return Sent(factories.photo(), "notice.jpg", "Notice and declaration.")


def contract_out(stage, *, notice, declared, route=Route.SIMPLE, file=None):
    negotiating.contract_out(
        stage.case_id,
        stage.broker,
        route=route,
        notice_on=notice,
        declared_on=declared,
        declared_by="Rosa Hill",
        scan=file or scan(),
    )


def test_a_lease_over_six_months_waits_for_contracting_out(stage):
    stage.agreed(form="lease")
    to_day(date(2026, 6, 1))
    assert stage.agreement.sha256 == ""
    with broken("contracting-out"):
        stage.sign("organiser")
    contract_out(stage, notice=date(2026, 5, 25), declared=date(2026, 5, 28))
    assert stage.agreement.sha256
    with broken("warning-period"):
        stage.sign("organiser")
    to_day(date(2026, 6, 8))  # fourteen days after, but only thirteen whole ones between
    with broken("warning-period"):
        stage.sign("organiser")
    to_day(date(2026, 6, 9))
    stage.sign("organiser")
    stage.sign("officer")
    assert stage.agreement.signed_by == {ORG, OFF}


def test_a_warning_notice_is_about_the_lease_that_was_drafted(stage):
    """One from years before warned of another lease, whenever the declaration is made."""
    stage.agreed(form="lease")
    drafted = stage.agreement.drafted_at.date()
    for notice in (date(2020, 2, 1), drafted - timedelta(days=1)):
        with broken("notice-too-old"):
            contract_out(stage, notice=notice, declared=drafted)
    contract_out(stage, notice=drafted, declared=drafted)


def test_a_statutory_declaration_needs_no_fourteen_days(stage):
    stage.agreed(form="lease")
    to_day(date(2026, 6, 1))
    day = date(2026, 6, 1)
    contract_out(stage, notice=day, declared=day, route=Route.STATUTORY)
    stage.sign("organiser")


def test_the_dates_of_contracting_out_are_checked(stage):
    stage.agreed(form="lease")
    to_day(date(2026, 6, 1))
    with broken("too-early"):  # declared before the notice
        contract_out(stage, notice=date(2026, 5, 2), declared=date(2026, 5, 1))
    with broken("too-late"):  # declared tomorrow
        contract_out(stage, notice=date(2026, 5, 2), declared=date(2026, 6, 2))
    with broken("no-paper"):
        negotiating.contract_out(
            stage.case_id,
            stage.officer,
            route=Route.SIMPLE,
            notice_on=date(2026, 5, 1),
            declared_on=date(2026, 5, 2),
            declared_by="Rosa",
            scan=None,
        )
    assert stage.agreement.contracting_out is None


def test_another_lease_needs_another_notice(stage):
    stage.agreed(form="lease")
    to_day(date(2026, 6, 1))
    contract_out(stage, notice=date(2026, 5, 1), declared=date(2026, 5, 2))
    change(stage, "officer", "access", "After 48 hours.")
    assert stage.agreement.contracting_out is not None
    change(stage, "officer", "term_months", 24)
    assert stage.agreement.contracting_out is None


@pytest.mark.parametrize(
    ("nation", "form", "months", "wanted"),
    [
        (Nation.ENGLAND, "lease", 6, False),
        (Nation.WALES, "lease", 7, True),
        (Nation.SCOTLAND, "lease", 36, False),
        (Nation.NORTHERN_IRELAND, "lease", 36, False),
        (Nation.ENGLAND, "licence", 36, False),
    ],
)
def test_where_and_when_contracting_out_is_wanted(app, nation, form, months, wanted):
    stage = Stage(nation=nation).granted()
    stage.terms(months, form=form)
    if wanted:
        stage.accept("organiser")
        stage.accept("officer")
        assert stage.agreement.sha256 == ""
    else:
        with broken("no-contracting-out"):
            contract_out(stage, notice=date(2026, 3, 1), declared=date(2026, 3, 1))


def test_papers_are_made_when_nothing_is_open(stage):
    stage.in_agreement()
    stage.accept("organiser")
    assert not db.session.scalars(select(AgreementPaper.sha256)).all()
    stage.accept("officer")
    assert len(db.session.scalars(select(AgreementPaper.sha256)).all()) == 1
    accepted = [e for e in stage.case.events if e.action is Action.ACCEPT_TERMS]
    assert len(accepted) == 2
