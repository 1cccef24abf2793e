"""The pages as neighbours, the group and the broker use them, and what is sent to them badly."""

import re
from datetime import timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader
from werkzeug.datastructures import MultiDict

from portal import clock
from portal.db import db
from portal.people.models import Group
from portal.petitions import queries, service
from portal.proposals.filing import FileKind
from portal.proposals.writing import declaring
from portal.register.models import Asset
from portal.web import limiter
from tests import factories
from tests.conftest import THE_DAY
from tests.petitions import make

ANSWERS = {"name": "Anil Rao", "email": "n1@example.org", "postcode": make.INSIDE, "here": "y"}
NASTY = [
    "x" * 100_000,
    "a\x00b",
    "🌱👩‍🌾 ok",
    "\u202e\u05e9\u05dc",
    "</textarea><script>alert(1)</script>",
    "'; DROP TABLE petition; -- %s {{ 7*7 }}",
    "-1",
    str(2**63),
]


@pytest.fixture
def stage(app):
    made = make.stage().on_notice()
    make.opened(made)
    return made


@pytest.fixture
def path(stage):
    return f"/cases/{stage.case_id}/petition"


def text(response):
    return response.get_data(as_text=True)


def tally(stage):
    return queries.tally(queries.petition_of(stage.case_id))


def test_from_the_street_to_the_signature_and_back(client, stage, path):
    assert client.get(f"/p/{stage.case_id}").location == path
    page = text(client.get(path))
    for said in (
        "Open the hall again.",
        "0 of 3 signatures",
        "Monday 1 June 2026",
        "a public hearing",
    ):
        assert said in page
    sent = client.send(path, ANSWERS | {"wants_news": "y"})
    assert "A letter is on its way to n1@example.org" in text(sent)
    link = f"/petitions/{make.token_of('n1@example.org')}"
    page = client.get(link)
    assert "Anil Rao" in text(page)
    assert page.headers["Cache-Control"] == "private, no-store"
    assert tally(stage).total == 0, "opening the link confirms nothing: mail scanners do that"
    assert client.send(link, {}).status_code == 302
    assert "You have signed" in text(client.get(link))
    assert tally(stage).total == 1
    assert "1 of 3 signatures" in text(client.get(path))
    assert "Take your signature back" in text(client.get(f"{link}/withdraw"))
    assert "Your signature is gone" in text(client.send(f"{link}/withdraw", {}))
    assert tally(stage).total == 0
    assert client.get(link).status_code == 404


def test_the_public_sees_numbers_and_wards_and_no_names(client, stage, path):
    make.confirmed(stage, 1, 2, name="Zebedee Quill")
    for page in (path, f"/cases/{stage.case_id}", "/cases"):
        said = text(client.get(page))
        assert "Zebedee" not in said
        assert "n1@example.org" not in said
        assert "M33 2AA" not in said
    assert "West" in text(client.get(path))


def test_the_case_page_shows_how_far_it_is(client, stage):
    make.confirmed(stage, 1, 2)
    page = text(client.get(f"/cases/{stage.case_id}"))
    assert "2 of 3 signatures" in page
    assert "Sign the petition" in page


def test_who_is_from_outside_is_told_before_anything_is_kept(client, stage, path):
    outside = ANSWERS | {"postcode": make.OUTSIDE}
    answer = client.send(path, outside)
    assert answer.status_code == 422
    assert "You are welcome to sign all the same" in text(answer)
    assert "Anil Rao" in text(answer)
    assert make.signatures() == []
    assert "A letter is on its way" in text(client.send(path, outside | {"apart": "y"}))
    service.confirm(make.token_of("n1@example.org"))
    assert (tally(stage).total, tally(stage).apart) == (0, 1)
    assert "not counted in" in text(client.get(path))


def test_whether_an_address_is_known_nobody_learns(client, stage, path):
    make.confirmed(stage, 1)
    known = text(client.send(path, ANSWERS))
    other = text(client.send(path, ANSWERS | {"email": "new@example.org"}))
    told = [re.sub(r'nonce="[^"]+"', "", page.partition("<main")[2]) for page in (known, other)]
    assert told[0] == told[1].replace("new@example.org", "n1@example.org")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": ""}, "Write your name."),
        ({"email": "nobody"}, "Write an e-mail address"),
        ({"postcode": "M33"}, "Write a whole postcode"),
        ({"here": ""}, "Tick the box"),
        ({"csrf_token": "old"}, "open for a long time"),
    ],
)
def test_what_is_missing_is_told_and_nothing_typed_is_lost(client, stage, path, wrong, said):
    page = client.get(path)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', text(page))[1]
    sent = {"csrf_token": token} | ANSWERS | wrong
    if not sent["here"]:
        del sent["here"]
    answer = client.post(path, data=sent)
    assert answer.status_code == 422
    assert said in text(answer)
    for typed in ("Anil Rao", "n1@example.org"):
        assert typed in text(answer) or typed not in sent.values()
    assert make.signatures() == []


def test_hostile_answers_break_nothing(client, stage, path):
    page = text(client.get(path))
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1]
    for name in ANSWERS:
        for bad in NASTY:
            sent = {"csrf_token": token} | ANSWERS | {name: bad}
            assert client.post(path, data=sent).status_code in (200, 409, 413, 422)
    doubled = MultiDict([(name, value) for name, value in ANSWERS.items() for _ in (1, 2)])
    doubled["csrf_token"] = token
    assert client.post(path, data=doubled).status_code in (200, 422)
    assert client.post(path, data={"csrf_token": token}).status_code == 422
    for bad in ("x", "x" * 5000, "%00", "a b"):
        assert client.get(f"/petitions/{bad}").status_code == 404
        assert client.get(f"/petitions/{bad}/withdraw").status_code == 404
    for lost in ("/p/999", "/cases/999/petition", "/cases/999/petition/sheet.pdf"):
        assert client.get(lost).status_code == 404


def test_signing_is_limited(client, stage, path):
    limiter.enabled = True
    try:
        limiter.reset()
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', text(client.get(path)))[1]
        sent = ANSWERS | {"csrf_token": token}
        codes = [client.post(path, data=sent).status_code for _ in range(11)]
    finally:
        limiter.enabled = False
    assert codes == [200] * 10 + [429]
    assert len(make.letters("n1@example.org")) == 1


def test_a_link_that_is_too_old_says_what_to_do(client, stage):
    link = f"/petitions/{make.signed(stage)}"
    with clock.at(THE_DAY + timedelta(days=8)):
        answer = client.send(link, {})
        assert answer.status_code == 409
        assert "Sign again on the petition" in text(answer)
    assert tally(stage).total == 0


def test_after_the_last_day_there_is_no_form(client, stage, path):
    with clock.at(THE_DAY.replace(month=6, day=2)):
        page = text(client.get(path))
        assert "It closed at the end of Monday 1 June 2026" in page
        assert 'name="postcode"' not in page


def test_a_registered_interest_can_have_a_petition_that_anybody_signs(app, client):
    stage = make.stage().draft()
    declaring.register_interest(stage.case_id, stage.organiser)
    make.opened(stage)
    page = text(client.get(f"/cases/{stage.case_id}/petition"))
    assert 'name="postcode"' in page
    assert client.get(f"/cases/{stage.case_id}").status_code == 200
    assert "One more step" in text(client.send(f"/cases/{stage.case_id}/petition", ANSWERS))
    for number in (1, 2, 3):
        make.confirmed(stage, number)
    page = text(client.get(f"/cases/{stage.case_id}/petition"))
    assert "A public hearing opens as soon as the proposal is published." in page


# ---- the group


def test_the_group_opens_it_on_the_case_page(app, client):
    stage = make.stage().on_notice()
    client.sign_in(stage.emails["organiser"])
    assert "Open a petition" in text(client.get(f"/cases/{stage.case_id}"))
    address = f"/cases/{stage.case_id}/open-petition"
    page = text(client.get(address))
    assert "Raised beds and a bench." in page, "the proposal's words are a good beginning"
    given = {
        "words": "Sign here.",
        "closes_on-day": "1",
        "closes_on-month": "6",
        "closes_on-year": "2026",
    }
    wrong = client.send(address, given | {"closes_on-year": "2027"})
    assert wrong.status_code == 409
    assert "The last day can be from" in text(wrong)
    assert "Sign here." in text(wrong)
    assert client.send(address, given).status_code == 302
    page = text(client.get(f"/cases/{stage.case_id}"))
    assert "0 of 50 signatures" in page
    assert "Open a petition" not in page
    assert client.post(address, data=given).status_code in (302, 409, 422)


def test_the_sheet_is_one_page_of_a4_that_says_what_becomes_of_the_names(client, stage, path):
    answer = client.get(f"{path}/sheet.pdf")
    assert answer.mimetype == "application/pdf"
    pdf = PdfReader(BytesIO(answer.data))
    assert len(pdf.pages) == 1
    assert [round(float(side)) for side in pdf.pages[0].mediabox[2:]] == [595, 842]
    said = "".join(pdf.pages[0].extract_text().replace("\u200b", "").split())
    assert "Onlynumbersarepublished" in said
    assert f"/p/{stage.case_id}" in said


# ---- the broker


def test_a_petition_about_a_place_that_is_withheld_is_not_there(client, stage, path):
    asset = db.session.get_one(Asset, stage.asset_id)
    asset.withheld_why = "People hide there."
    db.session.commit()
    for way in (path, f"{path}/sheet.pdf", f"/p/{stage.case_id}"):
        assert client.get(way).status_code == 404, way


def test_the_sheet_names_a_private_group_to_nobody(client, stage, path):
    group = db.session.get_one(Group, stage.group_id)
    group.name, group.private = "Quiet Circle", True
    db.session.commit()
    client.sign_in(stage.emails["organiser"])
    assert "Quiet Circle" in client.get(path).get_data(as_text=True)
    answer = client.get(f"{path}/sheet.pdf")
    (sheet,) = PdfReader(BytesIO(answer.data)).pages
    assert "Quiet Circle" not in sheet.extract_text()


def send_scan(client, address, colour="white", **values):
    page = text(client.get(address))
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1]
    given = {"valid": "34", "double": "2", "outside": "0", "unreadable": "0", "csrf_token": token}
    scan = (BytesIO(factories.photo(colour)), "sheet.jpg")
    return client.post(address, data=given | {"scan": scan} | values)


def test_the_broker_counts_paper_and_corrects_it(client, stage, path):
    client.sign_in(stage.emails["broker"])
    address = f"/cases/{stage.case_id}/count-paper"
    assert send_scan(client, address).status_code == 302
    assert tally(stage).paper == 34
    again = send_scan(client, address)
    assert again.status_code == 409
    assert "was counted on" in text(again)
    assert 'value="34"' in text(again)
    missing = send_scan(client, address, scan=(BytesIO(b""), ""))
    assert missing.status_code == 409
    assert "Add the photo or the scan" in text(missing)
    bad = send_scan(client, address, scan=(BytesIO(b"MZ\x00no photo"), "a.exe"))
    assert bad.status_code == 409
    wrong = send_scan(client, address, "gray", valid="many")
    assert wrong.status_code == 422
    (paper,) = queries.papers(queries.petition_of(stage.case_id))
    page = text(client.get(f"{path}/look"))
    assert f"/paper/{paper.id}/correct" in page
    given = {
        "valid": "30",
        "double": "6",
        "outside": "0",
        "unreadable": "0",
        "why": "Counted anew.",
    }
    assert client.send(f"{path}/paper/{paper.id}/correct", given).status_code == 302
    assert client.send(f"{path}/paper/{paper.id}/correct", given).status_code == 409
    assert tally(stage).paper == 30
    assert "A correction: Counted anew." in text(client.get(f"{path}/look"))
    kept = stage.case.files[-1]
    assert kept.kind is FileKind.PAPER_SIGNATURES
    assert not kept.public


def test_the_broker_looks_at_likely_doubles(client, stage, path):
    make.confirmed(stage, 1, 2, name="Anil Rao")
    pair = [one.id for one in make.signatures()]
    client.sign_in(stage.emails["broker"])
    assert "Look at one likely double" in text(client.get(f"/cases/{stage.case_id}"))
    assert f'href="{path}/look"' in text(client.get("/desk"))
    page = text(client.get(f"{path}/look"))
    assert "n1@example.org" in page
    prefix = f"look{pair[0]}-"
    token = re.search(rf'name="{prefix}csrf_token"[^>]*value="([^"]+)"', page)[1]
    assert (
        client.post(
            f"{path}/look", data={f"{prefix}csrf_token": token, f"{prefix}which": "999"}
        ).status_code
        == 422
    )
    sent = {f"{prefix}csrf_token": token, f"{prefix}which": str(pair[1])}
    assert client.post(f"{path}/look", data=sent).status_code == 302
    assert tally(stage).total == 1
    assert client.post(f"{path}/look", data=sent).status_code == 200, (
        "done already: the list as it is now"
    )
    assert "None wait for you." in text(client.get(f"{path}/look"))
    assert f'href="{path}/look"' not in text(client.get("/desk"))


@pytest.mark.parametrize("who", ["", "organiser", "officer", "resident"])
def test_only_the_broker_sees_who_signed(client, stage, path, who):
    if who:
        client.sign_in(stage.emails[who])
    codes = {client.get(page).status_code for page in (f"{path}/look", f"{path}/paper/1/correct")}
    assert codes <= {302, 403}
    assert client.post(f"{path}/look", data={}).status_code == 403
