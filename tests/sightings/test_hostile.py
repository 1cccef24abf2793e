"""Every form of reports sent badly, by everybody: answered in words, nothing broken, nothing half done."""

import pytest
from sqlalchemy import func, select
from werkzeug.datastructures import MultiDict

from portal.db import db
from portal.notices.models import Letter
from portal.register.models import Asset
from portal.sightings import letters, service
from portal.sightings.models import Photo, Sighting
from portal.sightings.rules import SightingState
from tests.conftest import csrf_token
from tests.sightings import make
from tests.test_hostile import NASTY

FIELDS = (
    "place", "at", "lat", "lon", "asset", "report", "words", "exactly", "how_long", "email", "photos", "remove", "send",
    "add", "kind", "name", "where", "street", "postcode", "holder", "show_1", "alt_1", "vacant", "reason", "answer",
)  # fmt: skip
STEPS = ("words", "photos", "leave")
ANSWERS = ("accept", "merge", "decline", "show")
ANSWERED = {200, 302, 400, 403, 404, 409, 413, 422}


@pytest.fixture
def here(app):
    return make.place()


def tally():
    return [
        db.session.scalar(select(func.count()).select_from(m)) for m in (Asset, Photo, Sighting)
    ]


@pytest.mark.parametrize("nasty", NASTY.values(), ids=NASTY)
def test_no_text_breaks_a_page(client, app, here, nasty):
    draft, waiting = make.told(here, photos=1), make.sent(here, photos=1)
    client.sign_in(here.emails.broker)
    token = csrf_token(client.get("/account").get_data(as_text=True))
    paths = [
        "/report/here?place=M33+2AA",
        *(f"/report/{draft}/{step}" for step in STEPS),
        *(f"/desk/sightings/{waiting.id}/{answer}" for answer in ANSWERS),
    ]
    for path in paths:
        data = MultiDict({"csrf_token": token} | dict.fromkeys(FIELDS, nasty))
        assert client.post(path, data=data).status_code in ANSWERED, path
        assert client.post(path, data={}).status_code in ANSWERED, path
    for name in ("place", "at", "lat"):
        asked = {name: nasty[:3000], "lon": nasty[:3000]}
        assert client.get("/report/here", query_string=asked).status_code in ANSWERED
        assert client.get("/report", query_string=asked).status_code in ANSWERED
    near = {"near": nasty[:3000], "page": nasty[:3000]}
    assert client.get(f"/desk/sightings/{waiting.id}/merge", query_string=near).status_code == 200
    assert client.get("/desk/sightings", query_string=near).status_code == 200


@pytest.mark.parametrize("answer", ANSWERS)
def test_only_a_signed_in_broker_answers_and_an_old_page_does_nothing(client, app, here, answer):
    waiting = make.sent(here, photos=1)
    before = tally()
    path = f"/desk/sightings/{waiting.id}/{answer}"
    sent = {"words": "Long words", "reason": "home", "name": "A plot", "kind": "land"}
    for browser in (client, app.test_client().sign_in(here.emails.officer)):
        token = csrf_token(browser.get("/sign-in").get_data(as_text=True))
        assert browser.post(path, data=sent | {"csrf_token": token}).status_code in (302, 403)
    client.sign_in(here.emails.broker)
    old = client.post(path, data=sent | {"csrf_token": "old"})
    assert old.status_code == 422
    assert answer == "decline" or "Long words" in old.get_data(as_text=True)
    assert tally() == before
    assert db.session.get(Sighting, waiting.id).state is SightingState.REPORTED


def test_another_method_or_a_strange_body_is_answered(client, here):
    token = make.told(here)
    for body, kind in ((b"\xff\x00", "multipart/form-data"), (b"{}", "application/json"), (b"--x", "multipart/form-data; boundary=x")):  # fmt: skip
        answer = client.post(f"/report/{token}/photos", data=body, content_type=kind)
        assert answer.status_code in ANSWERED
    for method in ("PUT", "DELETE", "PATCH"):
        assert client.open(f"/report/{token}/photos", method=method).status_code == 405


def test_a_report_that_dies_on_its_way_was_not_sent(here, monkeypatch):
    token = make.told(here, photos=2, email="ruth@example.org")

    def dies(_one):
        raise RuntimeError("killed")

    with monkeypatch.context() as killed:
        killed.setattr(letters, "of_report", dies)
        with pytest.raises(RuntimeError):
            service.send(token)
    one = db.session.scalars(select(Sighting)).one()
    assert one.state is SightingState.DRAFT
    assert db.session.scalar(select(func.count(Letter.id))) == 0
    assert service.send(token).state is SightingState.REPORTED
    assert db.session.scalar(select(func.count(Photo.id))) == 2
