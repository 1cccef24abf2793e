"""From the signatures to the return through the services, on both engines."""

import hashlib
from datetime import date, timedelta

import pytest
from pypdf import PdfReader
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from portal.agreements import deposits, negotiating, papers, photos, service, terms
from portal.agreements.models import Agreement, Condition
from portal.agreements.rules import Moment, PaperKind
from portal.db import db, transaction
from portal.money.models import Deposit
from portal.money.queries import balances
from portal.money.rules import DepositState, Paid
from portal.people.rules import Role
from portal.proposals.files import Sent
from portal.proposals.models import CaseEvent
from portal.proposals.rules import State
from portal.proposals.tick import tick
from portal.register.models import Asset
from portal.register.rules import Status
from tests import factories
from tests.conftest import broken
from tests.proposals.stage import Stage, to_day


@pytest.fixture
def stage(app):
    return Stage()


def paper(stage, kind=PaperKind.FOR_SIGNING):
    return next((p for p in stage.agreement.papers if p.kind is kind), None)


def words_of(data: bytes) -> str:
    from io import BytesIO

    return " ".join(
        " ".join(page.extract_text() for page in PdfReader(BytesIO(data)).pages).split()
    )


# ---- signing


def test_both_sign_exactly_the_stored_bytes(stage):
    stage.agreed()
    bytes_before = paper(stage).data
    assert stage.agreement.sha256 == hashlib.sha256(bytes_before).hexdigest()
    with broken("text-changed"):
        service.sign(stage.case_id, stage.organiser, name="Rosa", shown_hash="0" * 64)
    stage.sign("organiser")
    with broken("side-signed"):
        stage.sign("organiser")
    with broken("already-signed"):
        stage.terms(12)
    with broken("already-signed"):
        negotiating.change_term(stage.case_id, stage.officer, "rent", 1, version=1)
    with broken("unsigned"):
        service.hand_over(stage.case_id, stage.broker, "Sound.")
    assert paper(stage, PaperKind.SIGNED) is None
    stage.sign("officer")
    assert paper(stage).data == bytes_before
    assert {s.sha256 for s in stage.agreement.signatures} == {stage.agreement.sha256}
    said = words_of(paper(stage, PaperKind.SIGNED).data)
    assert stage.agreement.sha256 in said.replace(" ", "")
    assert "Subject to contract" not in said


def test_what_is_signed_is_never_drawn_anew(stage, monkeypatch):
    """Another wording, another day: the kept bytes stay what they are, and nobody draws them again."""
    stage.signed()
    before = [(p.kind, p.data) for p in stage.agreement.papers]
    stage.case.title = "Another title"
    stage.asset.name = "Another name"
    db.session.commit()
    monkeypatch.setattr(papers.make, "pdf", lambda *_a, **_k: pytest.fail("drawn anew"))
    service.hand_over(stage.case_id, stage.broker, "Sound.")
    assert [(p.kind, p.data) for p in stage.agreement.papers] == before


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE agreement SET term_months = 1",
        "UPDATE agreement SET starts_on = '2030-01-01'",
        "UPDATE agreement SET form = 'lease'",
        "UPDATE agreement_paper SET sha256 = 'another'",
        "DELETE FROM agreement_paper",
        "UPDATE agreement_term SET value = 'Another'",
        "DELETE FROM agreement_term WHERE id NOT IN (SELECT term_id FROM term_acceptance)",
        """INSERT INTO agreement_term (proposal_id, edition, key, version, value, role, user_id, at)
           SELECT proposal_id, edition, key, 99, 'Another', role, user_id, at FROM agreement_term""",
        "UPDATE signature SET name = 'Somebody else'",
    ],
)
def test_the_database_keeps_what_was_signed(stage, statement):
    """Whoever asks, after the first signature."""
    stage.agreed()
    # One term that nobody accepted, as it was written before, so that there is something to delete.
    negotiating.change_term(stage.case_id, stage.organiser, "access", "After a call.", version=1)
    negotiating.change_term(stage.case_id, stage.broker, "access", "After a letter.", version=2)
    negotiating.change_term(stage.case_id, stage.broker, "access", "After two calls.", version=3)
    stage.accept("organiser")
    stage.accept("officer")
    stage.sign("organiser")
    with pytest.raises(IntegrityError, match="_kept"), transaction() as session:
        session.execute(text(statement))


def test_the_paper_says_who_what_and_where(stage):
    stage.agreed(rent=12000, deposit=5000)
    said = words_of(paper(stage).data)
    for words in ("Mill Lane neighbours", stage.asset.name, "£120 a year", "£50", "Raised beds and a bench."):  # fmt: skip
        assert words in said, words
    assert "peppercorn" not in said


# ---- handover and return


def test_the_place_is_in_use_and_then_vacant_again(stage):
    stage.signed()
    service.hand_over(stage.case_id, stage.broker, "Sound.", keys="Two", meters="00123")
    assert db.session.get(Asset, stage.asset_id, populate_existing=True).status is Status.IN_USE
    assert stage.case.state is State.IN_USE
    service.end(stage.case_id, stage.organiser, "Clean.", keys="Two back", meters="00456")
    assert stage.case.state is State.ENDED
    assert db.session.get(Asset, stage.asset_id, populate_existing=True).status is Status.VACANT
    records = db.session.scalars(select(Condition)).all()
    assert {(r.moment, r.words, r.meters) for r in records} == {
        (Moment.BEFORE, "Sound.", "00123"),
        (Moment.AFTER, "Clean.", "00456"),
    }
    told = " ".join(e.why for e in db.session.scalars(select(CaseEvent)))
    assert "Two back" not in told  # who has which keys is nobody else's business


def shot(colour="green", name="gate.jpg") -> Sent:
    return Sent(factories.photo(colour), name, "The gate.")


def test_photos_are_kept_one_by_one_and_bad_ones_named(stage):
    stage.signed()
    good, bad = shot(), Sent(b"no picture", "virus.exe")
    refused = photos.add(stage.case_id, stage.organiser, [good, bad, shot("red")])
    assert len(refused) == 1
    assert refused[0].startswith("virus.exe")
    kept = photos.of(stage.case, Moment.BEFORE)
    assert [one.shows for one in kept] == ["The gate."] * 2
    photos.describe(stage.case_id, stage.officer, {kept[0].id: "The gate, rusted.", 999: "x"})
    with broken("not-your-photo"):
        photos.remove(stage.case_id, stage.officer, kept[1].id)
    photos.remove(stage.case_id, stage.organiser, kept[1].id)
    assert [one.shows for one in photos.of(stage.case, Moment.BEFORE)] == ["The gate, rusted."]
    with broken("not-your-part"):
        photos.add(stage.case_id, stage.resident, [shot()])
    service.hand_over(stage.case_id, stage.broker, "Sound.")
    photos.add(stage.case_id, stage.officer, [shot("blue")])
    assert len(photos.of(stage.case, Moment.AFTER)) == 1
    service.end(stage.case_id, stage.broker, "Clean.")
    with broken("not-now"):
        photos.add(stage.case_id, stage.officer, [shot()])


# ---- notice


def test_the_group_gives_a_months_notice(stage):
    stage.in_use()
    to_day(date(2026, 10, 5))
    with broken("too-early"):
        service.give_notice(stage.case_id, stage.organiser, ends_on=date(2026, 11, 4), why="Moving.")  # fmt: skip
    service.give_notice(stage.case_id, stage.organiser, ends_on=date(2026, 11, 5), why="Moving.")
    agreement = stage.agreement
    assert (agreement.ends_on, agreement.notice_role) == (date(2026, 11, 5), Role.ORGANISER)
    with broken("notice-given"):
        service.give_notice(stage.case_id, stage.officer, ends_on=date(2027, 9, 1), why="Us too.")


def test_the_holder_gives_three_months_after_month_six(stage):
    stage.in_use()
    to_day(date(2027, 2, 28))
    with broken("notice-later"):
        service.give_notice(stage.case_id, stage.officer, ends_on=date(2027, 6, 30), why="Needed.")
    to_day(date(2027, 3, 1))
    with broken("too-early"):
        service.give_notice(stage.case_id, stage.officer, ends_on=date(2027, 5, 31), why="Needed.")
    with broken("too-late"):
        service.give_notice(stage.case_id, stage.officer, ends_on=date(2029, 8, 31), why="Needed.")
    with broken("no-words"):
        service.give_notice(stage.case_id, stage.officer, ends_on=date(2027, 6, 1), why="")
    service.give_notice(stage.case_id, stage.officer, ends_on=date(2027, 6, 1), why="Needed.")
    assert stage.agreement.ends_on == date(2027, 6, 1)


def test_a_notice_shortly_before_the_end_says_that_it_ends_anyway(stage):
    stage.in_use()
    to_day(date(2029, 8, 10))
    with broken("break-no-use"):
        service.give_notice(stage.case_id, stage.organiser, ends_on=date(2029, 8, 20), why="x")


# ---- renewal


def test_a_renewal_is_a_new_edition_and_the_old_one_stays(stage):
    stage.in_use()
    negotiating.renew(stage.case_id, stage.organiser, term_months=12)
    assert stage.case.state is State.AGREEMENT
    assert db.session.get(Asset, stage.asset_id, populate_existing=True).status is Status.IN_USE
    agreement = stage.agreement
    assert (agreement.edition, agreement.starts_on, agreement.ends_on) == (
        2, date(2029, 9, 1), date(2030, 8, 31),
    )  # fmt: skip
    assert not terms.open_for(agreement, Role.ORGANISER)  # whoever asks has accepted
    stage.accept("officer")
    stage.sign("officer")
    stage.sign("organiser")
    with broken("renewal"):
        service.hand_over(stage.case_id, stage.broker)
    service.go_on(stage.case_id, stage.broker)
    assert stage.case.events[-1].sentence.startswith("The renewal began")
    assert stage.case.state is State.IN_USE
    assert terms.in_force(stage.case_id).edition == 2
    old = db.session.get(Agreement, (stage.case_id, 1))
    assert len(old.signatures) == 2
    assert db.session.get(Condition, (stage.case_id, Moment.BEFORE)).words == "Keys."


def test_a_renewal_that_is_given_up_leaves_what_is_signed(stage):
    stage.in_use()
    negotiating.renew(stage.case_id, stage.broker, term_months=12)
    negotiating.keep_on(stage.case_id, stage.officer)
    assert stage.case.state is State.IN_USE
    assert stage.agreement.edition == 1
    negotiating.renew(stage.case_id, stage.officer, term_months=6)
    assert stage.agreement.edition == 3
    with broken("not-now"):
        negotiating.renew(stage.case_id, stage.officer, term_months=6)


def test_a_first_agreement_cannot_be_given_up_as_a_renewal(stage):
    stage.in_agreement()
    with broken("no-renewal"):
        negotiating.keep_on(stage.case_id, stage.organiser)


def test_a_short_lease_after_years_there_is_contracted_out_too(stage):
    stage.in_use()
    negotiating.renew(stage.case_id, stage.organiser, term_months=6)
    version = terms.now_of(stage.agreement)["form"].row.version
    negotiating.change_term(stage.case_id, stage.broker, "form", "lease", version=version)
    stage.accept("organiser")
    stage.accept("officer")
    with broken("contracting-out"):
        stage.sign("officer")


# ---- the deposit


def test_a_deposit_is_asked_for_held_and_given_back(stage):
    stage.agreed(deposit=5000)
    stage.sign("organiser")
    stage.sign("officer")
    with broken("deposit-due"):
        service.hand_over(stage.case_id, stage.broker, "Sound.")
    deposits.take(stage.case_id, stage.broker, paid_by=Paid.CASH)
    with broken("no-deposit"):
        deposits.take(stage.case_id, stage.broker, paid_by=Paid.CASH)
    service.hand_over(stage.case_id, stage.broker, "Sound.")
    service.end(stage.case_id, stage.broker, "Clean.")
    with broken("kept-unsaid"):
        deposits.settle(stage.case_id, stage.broker, kept_pence=100)
    assert deposits.settle(stage.case_id, stage.broker) == 5000
    assert not any(balances().values())
    with broken("deposit-not-held"):
        deposits.settle(stage.case_id, stage.broker)


def ended_with_deposit(stage):
    stage.agreed(deposit=5000)
    deposits.take(stage.case_id, stage.broker, paid_by=Paid.TRANSFER)
    stage.sign("organiser")
    stage.sign("officer")
    service.hand_over(stage.case_id, stage.broker, "Sound.")
    service.end(stage.case_id, stage.broker, "The gate is broken.")


def test_the_group_is_heard_before_anything_is_kept(stage):
    ended_with_deposit(stage)
    with broken("retained-too-much"):
        deposits.claim(stage.case_id, stage.broker, pence=5001, why="Gate", evidence="Bill")
    deposits.claim(stage.case_id, stage.broker, pence=2000, why="The gate", evidence="A bill")
    with broken("deposit-claimed"):
        deposits.claim(stage.case_id, stage.broker, pence=10, why="More", evidence="Bill")
    with broken("claim-waits"):
        deposits.settle(stage.case_id, stage.broker, kept_pence=2000)
    with broken("no-words"):
        deposits.answer(stage.case_id, stage.organiser, agrees=False, words="")
    deposits.answer(stage.case_id, stage.organiser, agrees=False, words="It was so before.")
    with broken("no-claim"):
        deposits.answer(stage.case_id, stage.organiser, agrees=True, words="")
    assert deposits.settle(stage.case_id, stage.broker, kept_pence=1500) == 3500
    one = db.session.scalar(select(Deposit))
    assert (one.state, one.retained_pence) == (DepositState.RETURNED, 1500)
    assert sum(balances().values()) == 0


def test_a_silent_group_does_not_hold_up_the_broker_for_ever(stage):
    ended_with_deposit(stage)
    deposits.claim(stage.case_id, stage.broker, pence=2000, why="The gate", evidence="A bill")
    asked = deposits.claim_of(stage.case_id).asked_on
    to_day(asked + timedelta(days=21))
    assert deposits.settle(stage.case_id, stage.broker, kept_pence=2000) == 3000


def test_a_waived_deposit_holds_nothing_up(stage):
    stage.signed(deposit=5000)
    with broken("no-words"):
        deposits.waive(stage.case_id, stage.broker, "")
    deposits.waive(stage.case_id, stage.broker, "They are neighbours.")
    service.hand_over(stage.case_id, stage.broker, "Sound.")


def test_a_changed_deposit_is_asked_for_once(stage):
    stage.agreed(deposit=5000)
    negotiating.change_term(stage.case_id, stage.organiser, "deposit", 2000, version=1)
    stage.accept("officer")
    assert stage.agreement.deposit.pence == 2000
    deposits.take(stage.case_id, stage.broker, paid_by=Paid.CASH)
    with broken("deposit-held"):
        negotiating.change_term(stage.case_id, stage.organiser, "deposit", 0, version=2)
    negotiating.change_term(stage.case_id, stage.organiser, "access", "Any time.", version=1)
    stage.accept("officer")
    assert not deposits.is_open(stage.agreement)


def test_a_renewal_asks_only_for_what_is_not_there(stage):
    stage.agreed(deposit=5000)
    deposits.take(stage.case_id, stage.broker, paid_by=Paid.CASH)
    stage.sign("organiser")
    stage.sign("officer")
    service.hand_over(stage.case_id, stage.broker, "Sound.")
    negotiating.renew(stage.case_id, stage.organiser, term_months=12)
    stage.accept("officer")
    assert stage.agreement.deposit is None
    version = terms.now_of(stage.agreement)["deposit"].row.version
    negotiating.change_term(stage.case_id, stage.officer, "deposit", 8000, version=version)
    stage.accept("organiser")
    assert stage.agreement.deposit.pence == 3000
    negotiating.keep_on(stage.case_id, stage.organiser)
    service.end(stage.case_id, stage.organiser, "Clean.")
    assert deposits.settle(stage.case_id, stage.broker) == 5000


# ---- a grant that lapses


def test_a_grant_that_lapses_frees_the_place_and_gives_the_money_back(stage):
    stage.agreed(deposit=5000)
    deposits.take(stage.case_id, stage.broker, paid_by=Paid.CASH)
    to_day(stage.case.due["agreement"] + timedelta(days=1))
    tick()
    assert stage.case.state is State.LAPSED
    assert db.session.get(Asset, stage.asset_id, populate_existing=True).status is Status.VACANT
    assert deposits.settle(stage.case_id, stage.broker) == 5000
