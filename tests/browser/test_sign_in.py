"""Signing in on one device by a letter read on another, and the second step on a telephone: without scripts, by keyboard."""

import re

import pyotp
import pytest
from sqlalchemy import select

from portal.db import db
from portal.notices.models import Letter
from portal.people import links, queries, service
from portal.people.rules import Role
from tests.browser.conftest import apart

STAFF = "second@example.org"
SET_UP = re.compile(r"/account/second-step\?")
ASKED = re.compile(r"/sign-in/second-step\?")


def _letter(town, to: str) -> tuple[str, str]:
    """The link's path and the code of the newest letter to an address."""
    with town.app_context():
        query = select(Letter.body).where(Letter.to == to, Letter.body.contains("/sign-in/"))
        body = db.session.scalars(query.order_by(Letter.id.desc())).first()
    return re.search(r"/sign-in/\S+", body)[0], re.search(r"(?m)^\d{4} \d{4}$", body)[0]


@pytest.mark.parametrize(("width", "scripts"), [(1280, True), (390, False)])
def test_a_letter_read_on_another_device(visit, town, width, scripts):
    """Asked for on the library's computer, read on the telephone."""
    email = f"library{width}@example.org"
    computer = visit("/account", width=width, scripts=scripts)
    page = computer.page
    page.context.clear_cookies()
    page.goto(computer.base + "/account")
    page.get_by_label("Your e-mail address").fill(email)
    page.keyboard.press("Enter")
    page.wait_for_url("**/sign-in/code")
    computer.check()
    link, code = apart(_letter, town, email)
    telephone = visit(link, width=376)
    assert "in another browser" in telephone.page.locator("h1").inner_text()
    telephone.check()
    page.get_by_label("The code from the e-mail").fill(code[:4] + code[4:][::-1])
    page.keyboard.press("Enter")
    page.get_by_text("Tries left: 4").first.wait_for()
    computer.check()
    page.get_by_label("The code from the e-mail").fill(code)
    page.keyboard.press("Enter")
    page.wait_for_url("**/account")
    assert email in page.locator("main").inner_text()
    computer.check()
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.wait_for_url("**/")


def _employ(town) -> str:
    with town.app_context():
        service.give_role(STAFF, Role.PANEL)
        town.config["SECOND_STEP"] = "staff"
        return links.make_link(STAFF, "/account")


def _dismiss(town) -> None:
    with town.app_context():
        town.config["SECOND_STEP"] = "off"
        for grant in queries.grants_of(queries.user_by_email(STAFF)):
            service.take_role(grant.id)


@pytest.fixture
def link(town):
    """A sign-in link of somebody new on the panel, where staff need a second step."""
    yield apart(_employ, town)
    apart(_dismiss, town)


def test_staff_set_a_second_step_up_on_a_telephone_without_scripts(visit, link):
    seen = visit("/how-it-works", width=391, scripts=False)
    page = seen.page
    page.goto(link)
    page.get_by_role("main").get_by_role("button").click()
    page.wait_for_url(SET_UP)
    seen.check()
    secret = page.locator(".mw-typed-key").inner_text().replace(" ", "")
    assert page.locator("img.mw-qr").evaluate("one => one.naturalWidth") > 100
    page.goto(seen.base + "/account")  # nothing else is open yet
    page.wait_for_url(SET_UP)
    page.get_by_label("What the app shows now").fill("000 000")
    page.keyboard.press("Enter")
    page.get_by_text("That is not what the app should show now").first.wait_for()
    seen.check()
    page.get_by_label("What the app shows now").fill(pyotp.TOTP(secret).now())
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Your recovery codes").wait_for()
    seen.check()
    paper = page.locator(".mw-typed-key").first.inner_text()
    page.get_by_role("button", name="I have them").click()
    page.wait_for_url("**/account")
    seen.check()
    _sign_in_with(page, seen, link, paper)


def _sign_in_with(page, seen, link, paper) -> None:
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.goto(seen.base + "/sign-in")
    page.get_by_label("Your e-mail address").fill(STAFF)
    page.keyboard.press("Enter")
    page.wait_for_url("**/sign-in/code")
    page.get_by_role("link", name="This is a demonstration").click()
    path = page.get_by_role("link", name="/sign-in/").first
    page.goto(path.get_attribute("href"))
    page.get_by_role("main").get_by_role("button").click()
    page.wait_for_url(ASKED)
    seen.check()
    page.get_by_label("Code", exact=True).fill(paper.lower())
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk")
