"""A stroke group gets its Thursday evenings: on a phone, without scripts, with no account until it asks. Taps are counted."""

import re

import pytest
from sqlalchemy import select

from portal.db import db
from portal.lettings.models import Let, Need
from portal.notices.models import Letter
from portal.people.models import Group
from portal.people.rules import GroupKind
from tests.browser.conftest import apart

MOST_STEPS = 14  # taps and answers that are typed, from the first page to the request
WHO = "thursdays@example.org"


@pytest.fixture(scope="module")
def postcode(town):
    from portal.areas.models import Postcode

    def first():
        with town.app_context():
            query = select(Postcode.code).order_by(Postcode.code).offset(400).limit(1)
            return db.session.scalar(query)

    return apart(first)


def sign_in_link(town):
    with town.app_context():
        query = select(Letter.body).where(Letter.to == WHO).order_by(Letter.id.desc())
        return re.search(r"http\S+", db.session.scalars(query).first())[0]


def asked(town):
    with town.app_context():
        let = db.session.scalars(
            select(Let).join(Group, Group.id == Let.group_id).where(Group.name == "Thursday circle")
        ).one()
        return let.need.people, let.need.step_free, let.need.weekday, let.group.kind


class Steps:
    """Counts what somebody has to do."""

    def __init__(self, page):
        self.page, self.count = page, 0

    def tap(self, what):
        self.count += 1
        what.first.click()

    def type(self, label, text):
        self.count += 1
        self.page.get_by_label(label).first.fill(text)


def test_from_the_first_page_to_a_request(visit, town, postcode):
    seen = visit("/", width=391, scripts=False)
    page = seen.page
    main = page.get_by_role("main")
    steps = Steps(page)
    steps.type("Where are you?", postcode)
    steps.tap(main.get_by_role("button", name="Rooms"))
    steps.type("How many people come?", "15")
    steps.tap(page.get_by_text("What the room must have"))
    steps.tap(page.get_by_label("A step-free way in"))
    assert not seen.faults_found()
    steps.tap(main.get_by_role("button", name="Find rooms"))
    assert "free every time" in main.inner_text()
    assert "Distances are in a straight line" in main.inner_text()
    steps.tap(main.get_by_role("button", name="Ask for this room"))
    steps.type("Your e-mail address", WHO)
    steps.tap(main.get_by_role("button"))
    page.goto(apart(sign_in_link, town))
    steps.count += 1
    steps.tap(main.get_by_role("button", name="Sign in"))
    assert not seen.faults_found()
    steps.type("The group's name", "Thursday circle")
    steps.tap(page.get_by_label("We look after children"))
    steps.tap(main.get_by_role("button", name="Ask for this room"))
    assert "You have asked for the room" in main.inner_text()
    assert apart(asked, town) == (15, True, 3, GroupKind.UNCONSTITUTED)
    assert steps.count <= MOST_STEPS


def held_dates(town):
    """A let of the demonstration that holds its room: what somebody else would ask for in vain."""
    with town.app_context():
        let = db.session.scalars(
            select(Let).join(Need, Need.id == Let.need_id).where(Let.state == "confirmed")
        ).first()
        need = let.need
        return let.room_id, need.weekday, f"{need.starts:%H:%M}", f"{need.ends:%H:%M}", need.first, need.last  # fmt: skip


@pytest.mark.parametrize("width", [1280, 390])
def test_where_nothing_is_free_the_repairs_say_when_and_where(visit, town, width):
    room, day, starts, ends, first, last = apart(held_dates, town)
    need = f"day={day}&starts={starts}&ends={ends}&people=5&first={first}&last={last}"
    seen = visit(f"/rooms/find?room={room}&{need}", width=width, scripts=False)
    main = seen.page.get_by_role("main")
    assert "It is not free for you" in main.inner_text()
    assert "What would nearly do" in main.inner_text()
    main.locator("li.mw-card summary").first.press("Enter")
    assert main.locator("li.mw-card details[open] li").count() >= 2
    assert not seen.faults_found()


@pytest.mark.parametrize("width", [1280, 390])
def test_a_need_is_kept_shown_and_stopped(visit, people, width):
    need = "day=3&starts=18:00&ends=20:00&people=500&first=2030-01-01&last=2030-03-30"
    seen = visit(f"/rooms/find?{need}", width=width, scripts=False, email=people["organiser"])
    page, main = seen.page, seen.page.get_by_role("main")
    main.get_by_role("link", name="Tell me when a room becomes free").click()
    assert not seen.faults_found()
    main.get_by_role("button", name="Write to me").click()
    assert "We write to you" in main.inner_text()
    assert not seen.faults_found()
    main.get_by_role("button", name="Stop").first.click()
    assert "it is deleted" in main.inner_text()
    assert page.url.endswith("/needs")
