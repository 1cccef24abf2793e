"""The pages as people use them: a resident reports, the broker answers, everybody sees what may be seen."""

from io import BytesIO

import pytest
from sqlalchemy import select

from portal.db import db
from portal.notices.models import Letter
from portal.register.models import Asset
from tests.conftest import csrf_token
from tests.sightings import make


@pytest.fixture
def here(app):
    return make.place()


def text(response):
    return response.get_data(as_text=True)


def file(data: bytes, name: str):
    return BytesIO(data), name


def upload(client, path, files=(), **buttons):
    token = csrf_token(text(client.get(path)))
    data = {"csrf_token": token, "photos": [file(*one) for one in files]} | buttons
    return client.post(path, data=data, content_type="multipart/form-data")


def letters(to):
    return db.session.scalars(select(Letter).where(Letter.to == to).order_by(Letter.id)).all()


def test_from_a_postcode_to_the_register(client, app, here):
    page = text(client.get("/report"))
    assert "Where is the place?" in page
    assert "data-place-here hidden" in page
    page = text(client.get("/report/here?place=m33+2aa&lat=&lon="))
    assert "M33 2AA" in page
    assert "in the ward Middle" in page
    assert "mw-map--here" in page
    begun = client.send("/report/here?place=m33+2aa", {})
    assert begun.status_code == 302, text(begun)
    answers = {
        "words": "High grass behind a fence.",
        "how_long": "years",
        "email": "Ruth@Example.org ",
    }
    missing = client.send(begun.location, answers | {"words": ""})
    assert missing.status_code == 422
    assert "Say in a few words" in text(missing)
    assert "Ruth@Example.org" in text(missing)
    told = client.send(begun.location, answers)
    assert told.status_code == 302, text(told)
    done = upload(client, told.location, [(make.jpeg(), "a.jpg")], send="1")
    assert done.status_code == 302, text(done)
    page = text(client.get(done.location))
    assert "Thank you" in page
    assert "Your report has the number 1" in page
    assert "ruth" not in page.lower()
    assert "number is 1" in letters("ruth@example.org")[0].body
    assert done.location in letters("ruth@example.org")[0].body
    _broker_accepts(app.test_client().sign_in(here.emails.broker), here)
    page = text(client.get(f"/assets/{db.session.scalar(select(Asset.id))}"))
    for words in (
        "Photo by a resident, 2 March 2026",
        "A plot with high grass",
        "Grass, published.",
    ):
        assert words in page
    assert "in the register now" in text(client.get(done.location))
    assert "/assets/" in letters("ruth@example.org")[1].body
    assert client.get("/sightings/photos/1.webp").status_code == 200


def _broker_accepts(browser, here):
    page = text(browser.get("/desk/sightings"))
    assert "1 report waits for you" in page
    assert "High grass behind a fence." in page
    page = text(browser.get("/desk/sightings/1"))
    assert "Put this place into the register" in page
    answers = {
        "kind": "land",
        "name": "Land behind the fence",
        "where": "53.4, -2.3",
        "street": "",
        "postcode": "m33 2aa",
        "holder": "unknown",
        "words": "Grass, published.",
        "show_1": "y",
        "alt_1": "",
    }
    wrong = browser.send("/desk/sightings/1/accept", answers)
    assert wrong.status_code == 422
    assert "Say what this photo shows" in text(wrong)
    assert "Land behind the fence" in text(wrong)
    done = browser.send("/desk/sightings/1/accept", answers | {"alt_1": "A plot with high grass"})
    assert done.status_code == 302, text(done)
    assert "Answered by" in text(browser.get(done.location))
    assert "No report waits" in text(browser.get("/desk/sightings"))
