"""What a reader sees: the notice at every page's foot, every cookie named, and nothing asked of anybody else's server."""

import re
from urllib.parse import urlsplit

import html5lib
import pytest

from portal.db import db
from portal.people.rules import Role
from portal.privacy.cookies import COOKIES
from portal.privacy.register import RECORDS
from tests import factories
from tests.conftest import csrf_token
from tests.lettings import make
from tests.test_privacy import HOLE, NUMBERS, WORDS

# What a browser fetches by itself; links and forms wait for somebody to press them.
FETCHES = {"src", "srcset", "data", "poster", "action", "formaction", "href"}
LINKS = {"a", "area"}


@pytest.fixture
def here(app):
    here = make.place()
    make.confirmed(here, make.room(here))
    here.admin = factories.with_role(here.area, Role.ADMINISTRATOR)
    return here


def test_the_notice_says_all_of_the_register(here, client):
    page = client.get("/privacy").get_data(as_text=True)
    assert page.count("<details") == len(RECORDS)
    assert page.count("Special category:") == sum(record.special for record in RECORDS)
    assert "ico.org.uk" in page
    assert 'href="/privacy"' in client.get("/").get_data(as_text=True)


def test_it_says_who_serves_the_map(here, client):
    assert "No page asks anything of anybody" in client.get("/privacy").get_data(as_text=True)
    here.area.basemap_url = "https://tiles.example.org/{z}/{x}/{y}.png"
    db.session.commit()
    assert "tiles.example.org" in client.get("/privacy").get_data(as_text=True)


def test_every_cookie_is_named_and_there_is_no_other(here, client):
    client.get("/")
    assert not client._cookies, "looking sets no cookie"
    client.get("/language/cy")
    client.sign_in("ruth@example.org")
    client.send("/account", {"name": "Ruth"})
    assert {key[2] for key in client._cookies} == {cookie.name for cookie in COOKIES}


def test_no_page_asks_a_third_party(app, here):
    here.area.basemap_url = "https://tiles.example.org/{z}/{x}/{y}.png"
    db.session.commit()
    reader = app.test_client()
    reader.sign_in(here.broker.email)
    found = []
    for path in addresses(app):
        answer = reader.get(path)
        body = answer.get_data()  # all of it, also where it is sent bit by bit
        if answer.mimetype == "text/html" and body:
            found += [(path, url) for url in fetched(body.decode())]
        policy = answer.headers.get("Content-Security-Policy", "")
        hosts = set(re.findall(r"https?://[^\s;]+", policy))
        assert hosts <= {"https://tiles.example.org"}, (path, policy)
    assert found == []


def addresses(app):
    """Each page once, with the first number there is."""
    for rule in app.url_map.iter_rules():
        if "GET" in rule.methods and rule.endpoint != "static":
            yield HOLE.sub(lambda hole: WORDS.get(hole[1], NUMBERS[0]), rule.rule)


def fetched(page):
    """What a browser would ask of others for this page."""
    document = html5lib.parse(page, namespaceHTMLElements=False)
    for element in document.iter():
        for name, value in element.items():
            if name in FETCHES and element.tag not in LINKS and urlsplit(value).netloc:
                yield value


def test_the_account_leads_to_both_pages(here, client):
    client.sign_in("ruth@example.org")
    page = client.get("/account").get_data(as_text=True)
    data = {"csrf_token": csrf_token(page), "sure": "y"}
    assert "/account/data" in page
    assert "/account/leave" in page
    waits = client.get("/account/leave").get_data(as_text=True)
    assert "Others depend on you" in waits
    assert "Erase my account" not in waits
    assert client.post("/account/leave", data=data).status_code == 409
    assert client.get("/account").status_code == 200
