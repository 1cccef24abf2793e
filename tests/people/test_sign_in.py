"""Signing in by an e-mailed link, through the services and the pages."""

import socket
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from aiosmtpd.controller import Controller
from flask import current_app
from flask.testing import FlaskClient
from sqlalchemy import func, select

from portal import clock
from portal.areas.queries import current_area
from portal.db import db
from portal.notices.models import Letter
from portal.notices.service import send_waiting
from portal.people import links, service
from portal.people.models import Membership, SignInLink, User
from portal.people.queries import organiser_emails
from portal.people.rules import GroupKind, Role
from tests import factories
from tests.conftest import broken, csrf_token


@pytest.fixture(autouse=True)
def area(app):
    return factories.area()


def token_of(link: str) -> str:
    return link.rsplit("/", 1)[1]


def test_the_first_link_makes_the_account_and_works_once(app):
    token = token_of(links.make_link("Rosa@Example.org", "/assets"))
    user, target = links.use_link(token)
    assert (user.email, target) == ("rosa@example.org", "/assets")
    with broken("link-spent"):
        links.use_link(token)
    assert db.session.scalar(select(func.count(User.id))) == 1


def test_a_link_dies_of_age(app):
    token = token_of(links.make_link("rosa@example.org"))
    with clock.at(clock.now() + links.LINK_LIVES + timedelta(seconds=1)):
        assert links.find_link(token) is None
        with broken("link-spent"):
            links.use_link(token)


def test_the_database_never_holds_the_token(app):
    token = token_of(links.make_link("rosa@example.org"))
    assert token not in str(db.session.scalars(select(SignInLink.token_hash)).all())


def test_a_person_signs_in_and_out_by_the_pages(client, app):
    data = {"email": " rosa@example.org ", "next": "/account"}
    answer = client.send("/sign-in", data, follow_redirects=True)
    assert "rosa@example.org" in answer.get_data(as_text=True)
    letter = db.session.scalar(select(Letter))
    assert letter.to == "rosa@example.org"
    path = letter.body.split(app.config["BASE_URL"])[1].split()[0]
    signed_in = client.send(path, {})
    assert signed_in.location == "/account"
    assert client.get("/account").status_code == 200
    assert client.send("/account", {"name": "Rosa"}, follow_redirects=True).status_code == 200
    assert "Rosa" in client.get("/account").get_data(as_text=True)
    client.send("/account", {}, follow_redirects=True)
    page = client.get("/account").get_data(as_text=True)
    client.post("/sign-out", data={"csrf_token": csrf_token(page)})
    assert client.get("/account").status_code == 302


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "javascript:1",
        "/\t/evil.example",
        "/\x01/evil.example",
        "/" + "x" * 3000,
        "http://[",
    ],
)
def test_a_link_never_leads_off_the_portal(client, app, target):
    client.send("/sign-in", {"email": "rosa@example.org", "next": target})
    path = db.session.scalar(select(Letter)).body.split(app.config["BASE_URL"])[1].split()[0]
    assert client.send(path, {}).location == "/desk"


def test_a_wrong_address_is_kept_and_told_in_words(client):
    answer = client.send("/sign-in", {"email": "rosa at home"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "rosa at home" in page
    assert "name@example.org" in page


def test_an_expired_page_loses_nothing(client):
    answer = client.post("/sign-in", data={"email": "rosa@example.org", "csrf_token": "old"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "rosa@example.org" in page
    assert "open for a long time" in page


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_letters_go_out_once_by_a_real_mail_server(app):
    got = []

    class Box:
        async def handle_DATA(self, _server, _session, envelope):  # noqa: N802 - aiosmtpd's name
            got.append(envelope)
            return "250 OK"

    links.ask_for_link("rosa@example.org", browser="b")
    assert send_waiting() == 0  # no server named: it waits
    port = free_port()  # the controller calls its own server once, so 0 will not do
    server = Controller(Box(), hostname="127.0.0.1", port=port)
    server.start()
    try:
        app.config["SMTP_URL"] = f"smtp://127.0.0.1:{port}"
        assert send_waiting() == 1
        assert send_waiting() == 0
    finally:
        server.stop()
    assert got[0].rcpt_tos == ["rosa@example.org"]


def test_a_letter_goes_out_when_a_server_has_answered(app, monkeypatch):
    """In a thread of its own, as a server runs it: the test's context would hide that there is none."""
    sent = []
    monkeypatch.setattr("portal.app.send_some", lambda: sent.append(current_app.name))

    def ask():
        client = FlaskClient(app, app.response_class)
        token = csrf_token(client.get("/sign-in").get_data(as_text=True))
        data = {"email": "rosa@example.org", "csrf_token": token}
        client.post("/sign-in", data=data, buffered=True).close()

    db.session.close()
    with ThreadPoolExecutor(1) as pool:
        pool.submit(ask).result()
    assert sent == ["portal"]


def test_a_mail_server_that_is_away_loses_no_letter(app):
    links.ask_for_link("rosa@example.org", browser="b")
    app.config["SMTP_URL"] = "smtp://127.0.0.1:1"
    assert send_waiting() == 0
    letter = db.session.scalar(select(Letter))
    assert (letter.tries, letter.sent_at) == (0, None)  # the letter is not to blame
    assert letter.claimed_until > clock.now()


def test_two_groups_cannot_share_a_name(app):
    rosa = factories.user()
    service.start_group(rosa.id, name="Gardeners", kind=GroupKind.CHARITY, private=False)
    with broken("group-exists"):
        service.start_group(rosa.id, name="Gardeners", kind=GroupKind.CHARITY, private=False)


def test_a_role_given_twice_is_given_once(app):
    for _ in range(2):
        person = service.give_role("broker@example.org", Role.BROKER, name="Bea")
    db.session.refresh(person)
    assert [grant.role for grant in person.roles] == [Role.BROKER]


@pytest.mark.parametrize("slip", ["x", "a@b", "a b@c.org", "", "@c.org"])
def test_a_role_is_given_to_an_address_only(app, slip):
    with broken("email-form"):
        service.give_role(slip, Role.BROKER)


def test_a_closed_account_gets_no_letters_of_its_group(app):
    area = current_area()
    open_one, closed = factories.user("open@example.org"), factories.user("closed@example.org")
    group = factories.group(area, open_one)
    db.session.add(Membership(user_id=closed.id, group_id=group.id))
    closed.closed_at = clock.now()
    db.session.commit()
    assert organiser_emails(group.id) == ["open@example.org"]


def test_who_was_signed_out_finds_the_way_in_and_what_was_typed(client):
    page = client.post("/groups/new", data={"name": "Gardeners of Mill Lane"}).get_data(as_text=True)  # fmt: skip
    assert "<h1" in page
    assert "You are signed out</h1>" in page
    assert 'href="/sign-in" target="_blank"' in page
    assert "Gardeners of Mill Lane" in page
