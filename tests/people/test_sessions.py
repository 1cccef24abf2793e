"""Where somebody is signed in: begun anew, ended by time and by hand, and worth nothing as a copy."""

import re
from datetime import timedelta

import pytest
from click.testing import CliRunner
from flask import session
from sqlalchemy import event, func, select

from portal import clock
from portal.app import create_app
from portal.cli import main
from portal.config import load
from portal.db import db
from portal.notices.models import Letter
from portal.people import links, rules, service
from portal.people.models import RoleGrant, SignedIn, User
from portal.people.rules import OTHERS_LIVE, STAFF_LIVES, Role, browser_words
from portal.people.tick import tick
from tests import factories
from tests.conftest import csrf_token

ROSA = "rosa@example.org"
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def area(app):
    return factories.area()


@pytest.fixture
def client(app):
    client = app.test_client()
    client.signs_in_again = False
    return client


def is_in(client):
    return client.get("/account").status_code == 200


def copied(client):
    """Another browser with the same cookie."""
    other = client.application.test_client()
    other.signs_in_again = False
    other.set_cookie("session", client.get_cookie("session").value)
    return other


def test_signing_in_begins_a_new_session(client):
    """What somebody planted in the browser before is not gone on with."""
    client.get("/sign-in")
    with client.session_transaction() as kept:
        kept["planted"] = "yes"
        before = kept["csrf_token"]
    client.sign_in(ROSA)
    with client.session_transaction() as kept:
        assert "planted" not in kept
        assert kept.get("csrf_token") != before
        first = kept["_user_id"]
    client.sign_in(ROSA)
    with client.session_transaction() as kept:
        assert kept["_user_id"] != first
    assert db.session.scalar(select(func.count(SignedIn.id))) == 1  # the first is over


def test_after_signing_out_a_copied_cookie_is_worth_nothing(client):
    client.sign_in(ROSA)
    thief = copied(client)
    assert is_in(thief)
    token = csrf_token(client.get("/account").get_data(as_text=True))
    client.post("/sign-out", data={"csrf_token": token})
    assert not is_in(thief)
    assert not is_in(client)


def test_one_ends_all_others_and_stays(client, app):
    other = app.test_client().sign_in(ROSA)
    client.environ_base["HTTP_USER_AGENT"] = "Mozilla/5.0 (Windows NT 10.0) Firefox/128.0"
    client.sign_in(ROSA)
    page = client.get("/account").get_data(as_text=True)
    assert "Firefox, Windows (this one)" in page
    token = csrf_token(page)
    client.post("/account/sign-out-others", data={"csrf_token": token})
    assert is_in(client)
    assert not is_in(other)
    again = client.post("/account/sign-out-others", data={"csrf_token": token})
    page = client.get(again.location).get_data(as_text=True)
    assert "signed in nowhere else" in page


def test_one_is_ended_alone(client, app):
    third = app.test_client().sign_in(ROSA)
    other = app.test_client()
    other.environ_base["HTTP_USER_AGENT"] = "Mozilla/5.0 (Android 15) Firefox/128.0"
    other.sign_in(ROSA)
    client.sign_in(ROSA)
    page = client.get("/account").get_data(as_text=True)
    ways = re.findall(r'href="(/account/sign-out/\d+)">Sign out there<span[^>]*>: ([\w ,]+)', page)
    assert len(ways) == 2  # not this one
    path = next(path for path, browser in ways if browser.startswith("Firefox, Android"))
    asked = client.get(path).get_data(as_text=True)
    assert "Firefox, Android" in asked
    assert is_in(other)
    token = csrf_token(asked)
    done = client.post(path, data={"csrf_token": token})
    assert "You are signed out there." in client.get(done.location).get_data(as_text=True)
    assert (is_in(client), is_in(other), is_in(third)) == (True, False, True)
    again = client.post(path, data={"csrf_token": token})
    assert again.status_code == 404
    assert "You are not signed in there any more." in again.get_data(as_text=True)


def test_neither_this_browser_nor_somebody_else_s_is_ended_so(client, app):
    stranger = app.test_client().sign_in("pat@example.org")
    client.sign_in(ROSA)
    token = csrf_token(client.get("/account").get_data(as_text=True))
    for one in db.session.scalars(select(SignedIn.id)).all():
        for method in ("GET", "POST"):
            path = f"/account/sign-out/{one}"
            answer = client.open(path, method=method, data={"csrf_token": token})
            assert answer.status_code == 404
    assert is_in(client)
    assert is_in(stranger)


def test_ending_the_others_asks_again_who_it_is(client, app):
    """Who finds a browser open must not shut its owner out of the others."""
    other = app.test_client().sign_in(ROSA)
    other.signs_in_again = False
    client.sign_in(ROSA)
    first = db.session.scalar(select(func.min(SignedIn.id)))
    for path in ("/account/sign-out-others", f"/account/sign-out/{first}"):
        token = csrf_token(client.get(path).get_data(as_text=True))
        with clock.at(clock.now() + rules.FRESH):
            assert client.get(path).location == f"/account/confirm?next={path}"
        with clock.at(clock.now() + 2 * rules.FRESH):
            assert client.post(path, data={"csrf_token": token}).status_code == 403
            assert is_in(other)


@pytest.mark.parametrize(("staff", "lives"), [(True, STAFF_LIVES), (False, OTHERS_LIVE)])
def test_a_sign_in_ends_without_a_sign_of_life_and_at_all(client, area, staff, lives):
    if staff:
        factories.with_role(area, Role.PANEL, email=ROSA)
    began = clock.now()
    client.sign_in(ROSA)
    with clock.at(began + lives.idle - MINUTE):
        assert is_in(client)  # and is seen
    with clock.at(began + 2 * lives.idle - 2 * MINUTE):
        assert is_in(client)
    with clock.at(began + 3 * lives.idle):
        assert not is_in(client)
    client.sign_in(ROSA)
    at = began
    while (at := at + lives.idle - MINUTE) < began + lives.whole:
        with clock.at(at):
            assert is_in(client)
    with clock.at(began + lives.whole):
        assert not is_in(client)


def test_a_role_that_is_given_shortens_and_one_that_is_taken_ends(client):
    client.sign_in(ROSA)
    service.give_role(ROSA, Role.PANEL)
    with clock.at(clock.now() + STAFF_LIVES.idle):
        assert not is_in(client)
    assert is_in(client)
    service.take_role(db.session.scalar(select(RoleGrant.id)))
    assert not is_in(client)


def test_a_new_role_is_told_once(client):
    for _ in range(2):
        service.give_role(ROSA, Role.PANEL)
    letter = db.session.scalars(select(Letter)).one()
    assert letter.to == ROSA
    assert "/desk" in letter.body


def test_a_closed_account_is_out_at_once(client):
    client.sign_in(ROSA)
    person = db.session.scalar(select(SignedIn)).user_id
    db.session.get_one(User, person).closed_at = clock.now()
    db.session.commit()
    assert not is_in(client)


def test_whoever_runs_the_portal_ends_what_they_must(client, app, monkeypatch):
    monkeypatch.setattr("portal.cli._app", lambda: app)
    other = app.test_client().sign_in("ben@example.org")
    client.sign_in(ROSA)
    run = CliRunner().invoke
    assert run(main, ["sign-out"]).exit_code == 2
    assert run(main, ["sign-out", " Rosa@example.org"]).output == "Ended: 1.\n"
    assert (is_in(client), is_in(other)) == (False, True)
    assert run(main, ["sign-out", "--everybody"]).output == "Ended: 1.\n"
    assert not is_in(other)


def test_the_clock_forgets_what_is_over(client, app, area):
    factories.with_role(area, Role.PANEL, email="panel@example.org")
    app.test_client().sign_in("panel@example.org")
    client.sign_in(ROSA)
    with clock.at(clock.now() + STAFF_LIVES.idle):
        tick()
    assert db.session.scalar(select(func.count(SignedIn.id))) == 1
    with clock.at(clock.now() + OTHERS_LIVE.whole):
        tick()
    assert db.session.scalar(select(func.count(SignedIn.id))) == 0


def test_what_is_serious_asks_again_who_it_is(client, area):
    """Without a second step by a letter; with one by its code: test_second_step.py."""
    factories.with_role(area, Role.ADMINISTRATOR, email=ROSA)
    client.sign_in(ROSA)
    assert client.get("/setup/roles").status_code == 200
    with clock.at(clock.now() + rules.FRESH):
        asked = client.get("/setup/roles")
        assert asked.location == "/account/confirm?next=/setup/roles"
        assert client.send(asked.location, {}).location == "/sign-in/code"
        letter = db.session.scalars(select(Letter).order_by(Letter.id.desc())).first()
        path = letter.body.split(client.application.config["BASE_URL"])[1].split()[0]
        assert client.send(path, {}).location == "/setup/roles"
        assert client.get("/setup/roles").status_code == 200


def test_a_form_that_was_opened_in_time_may_be_sent_a_little_later(client, area):
    factories.with_role(area, Role.ADMINISTRATOR, email=ROSA)
    client.sign_in(ROSA)
    token = csrf_token(client.get("/setup/roles").get_data(as_text=True))
    data = {"csrf_token": token, "email": "ben@example.org", "role": "panel", "holder": "0"}
    with clock.at(clock.now() + 2 * rules.FRESH):
        late = client.post("/setup/roles", data=data)
        assert late.status_code == 403
        assert "ben@example.org" in late.get_data(as_text=True)  # nothing typed is lost
    with clock.at(clock.now() + 2 * rules.FRESH - MINUTE):
        assert client.post("/setup/roles", data=data).status_code == 302


def statements_of(client, path):
    seen = []
    listening = (db.engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
    event.listen(*listening)
    assert client.get(path).status_code == 200
    event.remove(*listening)
    return [one for one in seen if "FROM" in one]


def test_who_is_not_signed_in_costs_no_query_and_who_is_costs_one(client, app):
    stranger = app.test_client()
    stranger.get("/how-it-works")
    asked = {"signed_in", "user_account", "second_step"}
    assert not [one for one in statements_of(stranger, "/how-it-works") if asked & set(one.split())]
    client.sign_in(ROSA)
    mine = [one for one in statements_of(client, "/how-it-works") if asked & set(one.split())]
    assert len(mine) == 1


def test_cookies_are_for_this_host_alone_where_it_is_https():
    plain, safe = load(SECRET_KEY="x"), load(SECRET_KEY="x", BASE_URL="https://portal.example")
    assert safe["SESSION_COOKIE_NAME"] == "__Host-session"
    assert safe["SESSION_COOKIE_SECURE"]
    assert plain["SESSION_COOKIE_NAME"] == "session"
    app = create_app(DATABASE_URL="sqlite://", SECRET_KEY="x", BASE_URL="https://portal.example")
    with app.test_request_context():
        session["a"] = 1
        cookie = app.process_response(app.response_class()).headers["Set-Cookie"]
    assert cookie.startswith("__Host-session=")
    for part in ("Secure", "HttpOnly", "Path=/", "SameSite=Lax"):
        assert part in cookie
    assert "Domain" not in cookie


def test_what_is_in_the_database_lets_nobody_in(client):
    """The table alone lets nobody in: it holds hashes."""
    client.sign_in(ROSA)
    row = db.session.scalar(select(SignedIn))
    with client.session_transaction() as kept:
        assert links.hashed(kept["_user_id"]) == row.key_hash
        kept["_user_id"] = row.key_hash
    assert not is_in(client)


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36", "Chrome, Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/120.0 Safari/537.36 Edg/120.0", "Edge, Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Safari/604.1", "Safari, iPhone"),
        ("Mozilla/5.0 (Linux; Android 14) SamsungBrowser/23.0 Chrome/115.0 Safari/537.36", "Samsung Internet, Android"),
        ("curl/8", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_a_browser_is_called_by_names_that_people_know(agent, words):
    assert browser_words(agent) == words
