"""What a reader sees: the notice at every page's foot, every cookie named, and nothing asked of anybody else's server."""

import re
from datetime import timedelta

import pytest

from portal import clock
from portal.db import db
from portal.people.rules import Role
from portal.privacy.cookies import COOKIES
from portal.privacy.register import RECORDS
from tests import factories
from tests.conftest import THE_DAY, csrf_token
from tests.hostile import everything
from tests.lettings import make
from tests.test_privacy import HOLE, NUMBERS, WORDS

# What a browser fetches by itself; links wait for somebody to press them.
FETCHED = re.compile(
    r"""<(?!a[\s>]|area[\s>])[a-z]+\s[^>]*?\b(?:src|srcset|href|data|poster|action|formaction)=["']?((?:https?:)?//[^"'\s>]+)"""
)


@pytest.fixture
def here(app):
    here = make.place()
    make.confirmed(here, make.room(here))
    here.admin = factories.with_role(here.area, Role.ADMINISTRATOR)
    return here


def test_the_notice_says_all_of_the_register(here, client):
    page = client.get("/privacy").get_data(as_text=True)
    assert page.count('<h3 class="govuk-heading-s">') == len(RECORDS)
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


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_no_page_asks_a_third_party(app, here, monkeypatch):
    monkeypatch.setattr("tests.conftest.check_html", lambda _page: None)  # others read them all
    here.area.basemap_url = "https://tiles.example.org/{z}/{x}/{y}.png"
    db.session.commit()
    reader = app.test_client()
    reader.sign_in(here.broker.email)
    found = []
    for path in addresses(app):
        answer = reader.get(path)
        body = answer.get_data()  # all of it, also where it is sent bit by bit
        if answer.mimetype == "text/html" and body:
            urls = fetched(body.decode())
            found += [(path, u) for u in urls if not u.startswith(app.config["BASE_URL"])]
        policy = answer.headers.get("Content-Security-Policy", "")
        hosts = set(re.findall(r"https?://[^\s;]+", policy))
        assert hosts <= {"https://tiles.example.org"}, (path, policy)
    assert found == []


def test_what_would_be_fetched_is_found():
    assert fetched('<img alt="" src="https://x.org/1.png"><a href="https://y.org">y</a>') == [
        "https://x.org/1.png"
    ]
    assert fetched("<script nonce='n' src=//cdn.org/a.js></script>") == ["//cdn.org/a.js"]


def addresses(app):
    """Each page once, with the first number there is."""
    for rule in app.url_map.iter_rules():
        if "GET" in rule.methods and rule.endpoint != "static":
            yield HOLE.sub(lambda hole: WORDS.get(hole[1], NUMBERS[0]), rule.rule)


def fetched(page):
    """What a browser would ask of others for this page."""
    return FETCHED.findall(page)


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


@pytest.mark.parametrize("path", ["/account/data", "/account/leave"])
def test_junk_and_old_pages_do_nothing(app, client, path):
    """No page is half sent: without its token, its box or its sign-in nothing is handed out or erased."""
    factories.area()
    factories.user("rosa@example.org")
    assert client.post(path, data={"sure": "y"}).status_code == 403
    client.sign_in("rosa@example.org")
    token = csrf_token(client.get(path).get_data(as_text=True))
    before = everything()["user_account"]
    for data in ({"csrf_token": "old", "sure": "y"}, {"sure": "y"}, {"csrf_token": token + "x"}):
        answer = client.post(path, data=data)
        assert answer.status_code == 422
        assert "open for a long time" in answer.get_data(as_text=True)
    assert client.post("/account/leave", data={"csrf_token": token, "sure": ""}).status_code == 422
    assert everything()["user_account"] == before


def test_somebody_who_signed_in_long_ago_is_asked_again(app, client):
    client.signs_in_again = False
    factories.area()
    factories.user("rosa@example.org")
    client.sign_in("rosa@example.org")
    with clock.at(THE_DAY + timedelta(hours=2)):
        for path in ("/account/data", "/account/leave"):
            assert "/account/confirm" in client.get(path).location


def test_it_names_who_is_responsible_and_whom_to_ask(here, client, app, monkeypatch):
    """UK GDPR article 13(1)(a) and (b), 13(2)(d)."""
    page = client.get("/privacy").get_data(as_text=True)
    assert f"{here.area.name} runs this portal" in page
    assert "Ask the controller for the data protection officer" in page
    monkeypatch.setitem(app.config, "CONTROLLER", "Thornmere Council, Town Hall, TH1 1AA")
    monkeypatch.setitem(app.config, "DATA_PROTECTION_OFFICER", "dpo@thornmere.example")
    page = client.get("/privacy").get_data(as_text=True)
    assert "Thornmere Council runs this portal" in page
    for said in ("Thornmere Council, Town Hall, TH1 1AA", "dpo@thornmere.example", "0303 123 1113"):
        assert said in page
    assert "run by Thornmere Council." in client.get("/accessibility").get_data(as_text=True)


def test_names_in_uploaded_files_stay_and_the_pages_say_so(here, client):
    assert "those inside files that somebody has sent in" in client.get("/privacy").get_data(as_text=True)  # fmt: skip
    client.sign_in("ruth@example.org")
    page = client.get("/account/leave").get_data(as_text=True)
    assert "so do the names inside them" in page


def test_the_cookie_is_called_as_the_browser_calls_it(here, client, app, monkeypatch):
    monkeypatch.setitem(app.config, "SESSION_COOKIE_NAME", "__Host-session")
    assert "__Host-session" in client.get("/privacy").get_data(as_text=True)
