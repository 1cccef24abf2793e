"""Those who keep a room: a new room gets its hours, prices and access on a phone, with no script and by keyboard."""

import pytest
from sqlalchemy import select

from portal.db import db
from portal.register.models import Asset
from portal.register.rules import Kind
from tests.browser.conftest import apart


def _building(town) -> tuple[int, int]:
    """A building that has rooms, and its holder."""
    with town.app_context():
        room = select(Asset.parent_id).where(Asset.kind == Kind.ROOM)
        query = select(Asset).where(Asset.kind == Kind.BUILDING, Asset.id.in_(room))
        found = db.session.scalars(query.order_by(Asset.id)).first()
        return found.id, found.holder_id


@pytest.fixture
def building(town):
    return apart(_building, town)


def test_a_new_room_is_opened_on_a_phone_without_scripts(visit, people, building):
    seen = visit(f"/venues/{building[0]}/room", width=390, scripts=False, email=people["broker"])
    page = seen.page
    seen.check()
    page.get_by_label("What is the room called?").fill("The attic")
    page.get_by_role("button", name="Save").click()
    seen.check()
    page.locator("a[href$='/hours/hire']").click()
    page.locator("#Mo_0_from").fill("18:00")
    page.locator("#Mo_0_to").fill("22:00")
    copy = page.get_by_role("button", name="Tuesday to Friday as on Monday")
    assert copy.bounding_box()["height"] >= 44
    copy.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator("#Fr_0_to").input_value() == "22:00"
    assert page.locator("#Sa_0_to").input_value() == ""
    seen.check()
    page.locator("#Mo_0_to").fill("17:00")
    page.get_by_role("button", name="Save these hours").click()
    assert "It must end later than it begins" in page.inner_text("main")
    seen.check()
    page.locator("#Mo_0_to").fill("22:00")
    page.get_by_role("button", name="Save these hours").click()
    assert "Monday to Friday 18:00 to 22:00; bank holidays closed" in page.inner_text("main")
    room = page.url.rpartition("/")[2]
    assert "Nobody is named who lets people in" in page.inner_text("main")
    page.get_by_role("link", name="Name somebody").click()
    page.locator("#name").fill("Mo Khan")
    page.get_by_role("button", name="Save").click()
    for path in ("details", "prices", "access", "openers", "openers/new", "divide"):
        visit(f"/venues/{room}/{path}", width=390, scripts=False, email=people["broker"]).check()
    week = visit(f"/rooms/{room}/week", width=390)
    week.check()
    assert week.page.get_by_role("img").first.is_visible()
    assert week.page.get_by_role("table").inner_text().count("18:00 to 22:00") == 5


@pytest.mark.parametrize("width", [390, 1280])
def test_terms_and_closures(visit, people, building, width):
    for path in ("calendar", "terms", "closures"):
        visit(f"/holders/{building[1]}/{path}", width=width, email=people["broker"]).check()
