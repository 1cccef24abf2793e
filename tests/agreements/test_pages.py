"""The pages of an agreement through the client: who sees what, nothing typed is lost, stored bytes are what is served."""

import hashlib
from datetime import date
from io import BytesIO

import pytest
from sqlalchemy import select

from portal.agreements import deposits, negotiating, photos, service
from portal.agreements.rules import Moment
from portal.db import db
from portal.money.rules import Paid
from portal.notices.models import Letter
from portal.proposals.files import Sent
from tests import factories
from tests.conftest import csrf_token
from tests.proposals.stage import Stage, to_day


@pytest.fixture
def stage(app):
    return Stage()


def page(client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, answer.get_data(as_text=True)
    return answer.get_data(as_text=True)


def text(answer) -> str:
    return answer.get_data(as_text=True)


def test_both_sides_agree_term_by_term_and_sign_by_the_pages(client, stage):
    path = f"/cases/{stage.in_agreement().case_id}"
    client.sign_in(stage.emails["organiser"])
    shown = page(client, f"{path}/agreement")
    assert "20 terms wait for the group" in shown
    assert "20 terms wait for the holder" in shown
    # No term named: the list of terms, not an error.
    assert client.get(f"{path}/change-terms").location == f"{path}/agreement#terms"
    change = f"{path}/change-terms?term=access"
    assert "It says now" in page(client, change)
    empty = client.send(change, {"value": "", "version": "1"})
    assert empty.status_code == 422
    told = {"value": "After a call.", "version": "1"}
    assert client.send(change, told).location == f"{path}/agreement"
    shown = page(client, f"{path}/agreement")
    assert "After a call." in shown
    assert "after 24 hours" in shown  # what it said before
    # All that is open, in one go; then the other side one by one.
    accept = page(client, f"{path}/accept-terms")
    fresh = accept.split('name="shown" value="')[1].split('"')[0]
    assert client.send(f"{path}/accept-terms", {"shown": fresh, "all": "1"}).status_code == 302
    client.sign_in(stage.emails["officer"])
    assert client.send(f"{path}/accept-terms", {"which": "rent:1", "shown": ""}).status_code == 302
    nothing = client.send(f"{path}/accept-terms", {"shown": ""})
    assert nothing.status_code == 409
    assert "Tick at least one term" in text(nothing)
    stale = client.send(f"{path}/accept-terms", {"which": "access:1", "shown": ""})
    assert stale.status_code == 409
    assert "Read it again before you accept it." in text(stale)
    stage.accept("officer")
    sign = page(client, f"{path}/sign")
    assert "After a call." in sign
    assert stage.agreement.sha256 in sign


def test_the_second_of_two_sees_what_it_says_now_and_keeps_its_words(client, stage):
    stage.in_agreement()
    path = f"/cases/{stage.case_id}/change-terms?term=access"
    client.sign_in(stage.emails["organiser"])
    negotiating.change_term(stage.case_id, stage.officer, "access", "At noon.", version=1)
    answer = client.send(path, {"value": "At night.", "version": "1"})
    assert answer.status_code == 409
    assert "Somebody else changed this term" in text(answer)
    assert "At noon." in text(answer)
    assert "At night." in text(answer)
    assert 'name="version" value="2"' in text(answer)  # so that sending it again means it
    assert client.send(path, {"value": "At night.", "version": "2"}).status_code == 302


@pytest.mark.parametrize("who", [None, "resident", "panel"])
def test_the_text_is_for_the_sides_only(client, stage, who):
    stage.signed(further="Our treasurer keeps the key.")
    if who:
        client.sign_in(stage.emails[who])
    path = f"/cases/{stage.case_id}"
    shown = page(client, path)
    assert "The text is for the two sides and the broker." in shown
    assert "Signed for the group" in shown
    assert "treasurer" not in shown
    assert "organiser</" not in shown  # the signer's name
    for address in ("", "/1/signed.pdf", "/1/for-signing.pdf", "/1/draft.pdf", "/1/draft.docx", "/photos"):  # fmt: skip
        assert client.get(f"{path}/agreement{address}").status_code in (302, 404)


def test_what_is_served_is_what_was_stored(client, stage, monkeypatch):
    stage.signed()
    client.sign_in(stage.emails["broker"])
    path = f"/cases/{stage.case_id}/agreement/1"
    kept = {paper.kind.value: paper.data for paper in stage.agreement.papers}
    monkeypatch.setattr("portal.documents.make.pdf", lambda *_a, **_k: b"drawn anew")
    for name, kind in (("for-signing", "for_signing"), ("signed", "signed")):
        answer = client.get(f"{path}/{name}.pdf")
        assert answer.mimetype == "application/pdf"
        assert answer.data == kept[kind]
        assert answer.headers["Cache-Control"] == "private, no-store"
    assert hashlib.sha256(kept["for_signing"]).hexdigest() == stage.agreement.sha256
    assert client.get(f"{path}/draft.pdf").data == b"drawn anew"
    assert client.get(path.replace("/1", "/2") + "/signed.pdf").status_code == 404


def test_the_draft_can_be_edited_in_word(client, stage):
    stage.in_agreement()
    client.sign_in(stage.emails["officer"])
    answer = client.get(f"/cases/{stage.case_id}/agreement/1/draft.docx")
    assert answer.data.startswith(b"PK")
    assert client.get(f"/cases/{stage.case_id}/agreement/1/signed.pdf").status_code == 404


def test_photos_of_the_condition(client, stage):
    path = f"/cases/{stage.signed().case_id}/agreement/photos"
    client.sign_in(stage.emails["organiser"])
    token = csrf_token(page(client, path))
    files = [(BytesIO(factories.photo()), "gate.jpg"), (BytesIO(b"nothing"), "x.exe")]
    answer = client.post(path, data={"csrf_token": token, "photos": files})
    assert answer.status_code == 422
    assert "x.exe" in text(answer)
    (kept,) = photos.of(stage.case, Moment.BEFORE)
    said = {"csrf_token": token, f"shows-{kept.id}": "The gate, rusted."}
    assert client.post(path, data=said).status_code == 302
    assert 'alt="The gate, rusted."' in page(client, f"/cases/{stage.case_id}/agreement")
    for name in ("shows-" + "9" * 5000, "shows-²", f"shows-{kept.id}"):
        said = {"csrf_token": token, name: "The gate,\0 open."}
        assert client.post(path, data=said).status_code == 302, name[:20]
    assert photos.of(stage.case, Moment.BEFORE)[0].shows == "The gate, open."
    assert client.post(path, data={"csrf_token": token, "remove": kept.id}).status_code == 302
    assert not photos.of(stage.case, Moment.BEFORE)


def test_the_return_shows_before_beside_after(client, stage):
    stage.signed()
    photos.add(stage.case_id, stage.broker, [Sent(factories.photo(), "a.jpg", "The gate, whole.")])
    service.hand_over(stage.case_id, stage.broker, "All sound.", keys="Two with Rosa.")
    photos.add(stage.case_id, stage.broker, [Sent(factories.photo("red"), "b.jpg", "Bent.")])
    client.sign_in(stage.emails["broker"])
    shown = page(client, f"/cases/{stage.case_id}/end")
    for words in ("All sound.", "Two with Rosa.", 'alt="The gate, whole."', 'alt="Bent."'):
        assert words in shown
    wrong = client.send(f"/cases/{stage.case_id}/end", {"words": "", "keys": "One is lost."})
    assert wrong.status_code == 422
    assert "One is lost." in text(wrong)


def test_the_page_of_a_notice_says_which_days_are_lawful(client, stage):
    stage.in_use()
    to_day(date(2027, 3, 1))
    client.sign_in(stage.emails["officer"])
    shown = page(client, f"/cases/{stage.case_id}/give-notice")
    assert "Tuesday 1 June 2027" in shown
    assert "Friday 31 August 2029" in shown


def test_a_renewal_on_the_pages(client, stage):
    stage.in_use()
    client.sign_in(stage.emails["organiser"])
    path = f"/cases/{stage.case_id}"
    assert client.send(f"{path}/renew", {"term_months": "12"}).status_code == 302
    shown = page(client, f"{path}/agreement")
    assert "Edition 2: Saturday 1 September 2029 to Saturday 31 August 2030" in shown
    assert "signed paper" in shown
    said = page(client, path)
    assert "This is a renewal." in said
    assert "Until they have, the agreement that is signed goes on, to Friday 31 August 2029" in said
    for who in ("officer", "organiser"):
        if who == "officer":
            stage.accept(who)
        stage.sign(who)
    client.sign_in(stage.emails["broker"])
    said = page(client, path)
    assert "Begin the renewal" in said
    assert "Hand the place over" not in said


def test_what_happens_next_says_until_when(client, stage):
    stage.granted()
    path = f"/cases/{stage.case_id}"
    assert "If the group has not signed by then, the grant lapses." in page(client, path)
    stage.terms(deposit=5000)
    assert "Both sides read the agreement and sign it by" in page(client, path)
    for who in ("organiser", "officer"):
        stage.accept(who)
    for who in ("organiser", "officer"):
        stage.sign(who)
    assert "The group gives the deposit to the broker" in page(client, path)
    deposits.take(stage.case_id, stage.broker, paid_by=Paid.CASH)
    receipt = letters_to(stage.emails["organiser"])[-1]
    assert "£50" in receipt
    service.hand_over(stage.case_id, stage.broker, "Sound.")
    assert "in use until the end of Friday 31 August 2029" in page(client, path)
    to_day(date(2027, 3, 1))
    service.give_notice(stage.case_id, stage.organiser, ends_on=date(2027, 6, 1), why="A barn.")
    assert "The last day is Tuesday 1 June 2027. A barn." in letters_to(stage.emails["officer"])[-1]
    to_day(date(2027, 6, 2))
    assert "The last day of use was Tuesday 1 June 2027." in page(client, path)
    service.end(stage.case_id, stage.broker, "Clean.")
    assert "The deposit is still with the broker." in page(client, path)


def letters_to(email: str) -> list[str]:
    db.session.rollback()
    query = select(Letter.body).where(Letter.to == email).order_by(Letter.id)
    return list(db.session.scalars(query))


def test_the_deposit_waits_on_the_brokers_desk_until_it_is_settled(client, stage):
    stage.agreed(deposit=5000)
    deposits.take(stage.case_id, stage.broker, paid_by=Paid.CASH)
    stage.sign("organiser")
    stage.sign("officer")
    service.hand_over(stage.case_id, stage.broker, "Sound.")
    service.end(stage.case_id, stage.broker, "Clean.")
    client.sign_in(stage.emails["broker"])
    assert "Give the deposit back" in page(client, "/desk")
    settle = f"/cases/{stage.case_id}/settle-deposit"
    assert "£50" in page(client, settle)
    assert client.send(settle, {}).status_code == 302
    assert "Give the deposit back" not in page(client, "/desk")
