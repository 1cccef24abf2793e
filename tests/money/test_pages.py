"""The broker's money pages, statements for holders, receipts: two taps, no names, nothing for strangers."""

import csv
from io import BytesIO, StringIO

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from portal.areas.models import Area
from portal.db import db, transaction
from portal.money import charging, statements
from portal.money.models import Posting
from portal.money.rules import Account, ChargeKind, Paid
from portal.people.rules import Role
from tests import factories
from tests.lettings import make


@pytest.fixture
def here(app):
    here = make.place()
    with transaction() as session:
        session.get_one(Area, here.area_id).commission_basis_points = 1000
        here.charge = charging.charge(
            ChargeKind.RENT,
            key="date:1",
            pence=24_00,
            holder_id=here.holder.id,
            group_id=here.group_id,
            about="Let 12",
            path="/lets/12",
            words="4 dates in March 2026",
        ).id
    return here


def words_of(pdf):
    return "".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)


def paid(here):
    return charging.record_payment(here.ids.broker, here.charge, pence=24_00, paid_by=Paid.CASH)


def test_a_payment_in_two_taps(here, client):
    client.sign_in(here.broker.email)
    page = client.get("/money").text
    assert "The Stroke Circle" in page
    assert "£24" in page
    pay = f"/money/charges/{here.charge}/pay"
    shown = {"pence": "24", "shown": "2400", "paid_by": "cash"}
    assert client.send(pay, {"pence": "24", "shown": "2400"}).status_code == 422
    assert client.send(pay, shown).headers["Location"] == "/money"
    assert client.send(pay, shown).status_code == 409
    after = client.get("/money").text
    assert "Nothing is due now." in after
    assert "£21.60" in after
    posting_id = db.session.scalars(select(Posting.id).order_by(Posting.id.desc())).first()
    take_back = f"/money/entries/{posting_id}/take-back"
    assert "£24, 2 March 2026, 10:00" in client.get(take_back).text  # which of all the entries
    assert client.send(take_back, {"why": "Another group's."}).status_code == 302
    assert client.send(take_back, {"why": "Another group's."}).status_code == 409
    paper = words_of(client.get(f"/money/receipts/{posting_id}.pdf").data)
    assert "void" in paper
    assert "Another group's." in paper


def test_a_holder_sees_its_statement_and_no_names(here, client):
    paid(here)
    charging.move(here.ids.broker, pence=24_00, source=Account.CASH, target=Account.BANK)  # fmt: skip
    charging.pay_out(here.ids.broker, here.holder.id, pence=10_00)
    client.sign_in(here.officer.email)
    page = client.get("/money/statement").text
    for words in ("Let 12, 4 dates in March 2026", "£24", "£2.40", "£11.60", "Closing balance"):
        assert words in page, words
    table = client.get("/money/statement.csv").text
    rows = list(csv.reader(StringIO(table)))
    assert rows[1][-1] == "0.00"
    assert rows[-1][-1] == "11.60"
    paper = words_of(client.get("/money/statement.pdf").data)
    assert "£11.60" in paper
    for shown in (page, table, paper):
        assert "Stroke" not in shown
        assert "ruth" not in shown
    assert client.get("/money").status_code == 403


def test_nobody_sees_anothers_statement_or_receipt(here, client):
    posting = paid(here)
    other = factories.holder(here.area)
    officer = factories.with_role(here.area, Role.OFFICER, holder=other)
    client.sign_in(officer.email)
    assert client.get(f"/money/statement?holder={here.holder.id}").status_code == 403
    assert client.get(f"/money/receipts/{posting.id}.pdf").status_code == 404
    assert "£24" not in client.get("/money/statement").text
    organiser = client.application.test_client().sign_in("ruth@example.org")
    assert "The Stroke Circle" in words_of(organiser.get(f"/money/receipts/{posting.id}.pdf").data)
    assert organiser.get("/money/statement").status_code == 403


def test_the_brokers_statement_shows_every_account_and_nets_to_zero(here, client):
    paid(here)
    client.sign_in(here.broker.email)
    page = client.get("/money/statement").text
    for words in ("Cash box", "Commission of the broker", "Rent owed to holders"):
        assert words in page, words
    rows = list(csv.DictReader(StringIO(client.get("/money/statement.csv").text)))
    assert sum(round(float(row["Amount"]) * 100) for row in rows) == 0
    assert client.get("/money/statement.pdf").data.startswith(b"%PDF")
    early = "first-day=1&first-month=1&first-year=2020&last-day=2&last-month=1&last-year=2020"
    assert "Cash box" not in client.get(f"/money/statement?{early}").text
    assert client.get("/money/statement?first-day=x").status_code == 200
    wrong = "first-day=2&first-month=3&first-year=2026&last-day=1&last-month=3&last-year=2026"
    assert client.get(f"/money/statement?{wrong}").status_code == 400


def test_a_statement_runs_on_from_the_one_before(here):
    from datetime import date

    paid(here)
    holder = here.holder
    march = statements.of_holder(holder, statements.Period(date(2026, 3, 1), date(2026, 3, 31)))
    april = statements.of_holder(holder, statements.Period(date(2026, 4, 1), date(2026, 4, 30)))
    assert (march.opening, march.closing, april.opening) == (0, 21_60, 21_60)
    assert [march.total(name) for name in ("charged", "received", "commission")] == [24_00, 24_00, 2_40]  # fmt: skip


def test_a_formula_in_a_reason_is_text_in_the_table(here):
    charging.write_off(here.ids.broker, here.charge, why='=HYPERLINK("x")')
    table = statements.area_csv(here.area, statements.period(None, None))
    assert all(cell[:1] not in "=@+" for row in csv.reader(StringIO(table)) for cell in row if cell)
    assert statements.harmless("=1+1") == "'=1+1"
    assert statements.harmless("-2.50") == "-2.50"


def test_the_administrator_sets_the_commission(here, client):
    admin = factories.with_role(here.area, Role.ADMINISTRATOR)
    client.sign_in(admin.email)
    good = {"product_name": "Meanwhile", "colour": "#1d5c4d", "profile": "pilot_compact"}
    for text, status in (("101", 422), ("ten", 422), ("12.5", 302)):
        answer = client.send("/setup", good | {"commission_basis_points": text})
        assert answer.status_code == status, text
    db.session.expire_all()
    assert db.session.get(Area, here.area_id).commission_basis_points == 1250
    assert 'value="12.5"' in client.get("/setup").text
