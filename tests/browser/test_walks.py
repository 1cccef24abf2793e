"""Walks through the pages as people take them: by keyboard alone, and with scripts off."""

import re

import pytest
from sqlalchemy import select

from portal.areas.models import Area, Postcode
from portal.areas.queries import current_area
from portal.db import db, transaction
from portal.register.models import Asset
from portal.register.rules import Kind
from tests.browser.conftest import apart


@pytest.fixture(scope="session")
def postcode(town) -> str:
    """The postcode of a plot, so that something is near."""

    def found():
        with town.app_context():
            query = select(Asset.postcode).where(
                Asset.kind == Kind.LAND, Asset.postcode.is_not(None)
            )
            known = select(Postcode.code)
            codes = {code.replace(" ", "") for code in db.session.scalars(known)}
            return next(
                code for code in db.session.scalars(query) if code.replace(" ", "") in codes
            )

    return apart(found)


def focused(page) -> str:
    return page.evaluate("(document.activeElement.textContent || '').trim()")


def press_until(page, key: str, wanted: str, most: int = 60) -> None:
    """Go on with a key until what has the focus says `wanted`."""
    for _ in range(most):
        page.keyboard.press(key)
        if focused(page).startswith(wanted):
            return
    raise AssertionError(f"the keyboard never reached “{wanted}”")


def test_the_skip_link_is_first_and_leads_to_the_main_part(visit):
    page = visit("/").page
    page.keyboard.press("Tab")
    assert focused(page) == "Skip to the main part"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main-content"


@pytest.mark.parametrize("width", [1280, 390])
def test_from_a_postcode_to_a_plot_by_keyboard(visit, postcode, width):
    seen = visit("/", width=width)
    page = seen.page
    page.get_by_label("Where are you?").focus()
    page.keyboard.type(postcode)
    press_until(page, "Tab", "Land")
    page.keyboard.press("Enter")
    page.wait_for_url("**/assets?*kind=land*")
    assert "near" in page.get_by_role("heading", level=1).inner_text()
    name = page.locator(".mw-card a").first.inner_text()
    press_until(page, "Tab", name)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/assets/\d+"))
    assert page.get_by_role("heading", level=1).inner_text() == name
    seen.check()


def test_a_place_opens_from_the_map_by_keyboard(visit):
    seen = visit("/assets?kind=land&view=map")
    page = seen.page
    canvas = page.locator("canvas.maplibregl-canvas")
    canvas.wait_for()
    page.get_by_text("With the keyboard").wait_for()
    seen.check()
    canvas.focus()
    link = page.locator(".maplibregl-popup a")
    # From afar there are counts, and Enter goes nearer; from near by it opens the place in the middle.
    for _ in range(8):
        page.keyboard.press("Enter")
        page.wait_for_timeout(900)
        if link.count():
            break
    link.wait_for()
    assert focused(page) == link.inner_text()
    name = link.inner_text()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/assets/\d+"))
    assert page.get_by_role("heading", level=1).inner_text() == name


@pytest.mark.parametrize("width", [1280, 390])
def test_an_asset_s_map_opens_in_the_place_kept_for_it(visit, width):
    seen = visit("/assets?kind=land&status=vacant", width=width)
    page = seen.page
    page.locator(".mw-card a").first.click()
    page.wait_for_load_state("networkidle")
    before = page.locator(".mw-map__window").bounding_box()
    page.get_by_role("button", name="Show map").click()
    page.locator("canvas.maplibregl-canvas").wait_for()
    page.get_by_role("button", name="Show the still picture").wait_for()
    after = page.locator(".mw-map__window").bounding_box()
    assert (before["width"], before["height"]) == (after["width"], after["height"])
    seen.check()


def test_list_and_map_show_the_same(visit, town):
    page = visit("/assets?kind=land&status=vacant").page
    count = int(page.locator("#count").inner_text().split()[0])
    answer = page.request.get(town.config["BASE_URL"] + "/assets.geojson?kind=land&status=vacant")
    assert answer.json()["numberMatched"] == count > 0


def test_without_scripts_the_picture_stays_and_no_dead_button_shows(visit):
    page = visit("/assets?kind=land&view=map", width=390, scripts=False).page
    assert page.locator("svg.mw-map__picture").is_visible()
    assert not page.get_by_role("button", name="Show map").is_visible()


def test_a_mistake_keeps_what_was_typed_and_takes_the_reader_to_it(visit):
    seen = visit("/sign-in", width=390)
    page = seen.page
    page.get_by_label("Your e-mail address").fill("rosa at home")
    page.keyboard.press("Enter")
    # The page is there before its script is, and the script moves the focus.
    page.wait_for_function("document.activeElement?.classList.contains('govuk-error-summary')")
    assert page.get_by_label("Your e-mail address").input_value() == "rosa at home"
    page.locator(".govuk-error-summary a").click()
    page.wait_for_function("document.activeElement?.id == 'email'")
    seen.check()


@pytest.mark.parametrize(("width", "scripts"), [(1280, True), (390, False)])
def test_from_the_room_door_to_a_room_asked_for(visit, people, postcode, width, scripts):
    seen = visit("/", width=width, scripts=scripts, email=people["organiser"])
    page = seen.page
    page.get_by_label("Where are you?").fill(postcode)
    page.get_by_role("button", name="Rooms").click()
    page.wait_for_url("**/rooms/find*")
    assert page.get_by_label("Near where?").input_value() == postcode
    page.get_by_label("How many people come?").fill("12")
    page.get_by_text("What the room must have").click()
    page.get_by_label("A step-free way in").check()
    page.get_by_text("How far, and what you can pay").click()
    page.get_by_label("At most how far, in kilometres?").fill("20")
    page.get_by_role("button", name="Find rooms").click()
    page.wait_for_load_state("networkidle")
    assert "free every time" in page.get_by_role("heading", level=1).inner_text()
    seen.check()
    page.get_by_role("button", name="Ask for this room").first.click()
    page.wait_for_url("**/ask?*")
    seen.check()
    page.get_by_role("main").get_by_role("button", name="Ask for this room").click()
    page.wait_for_load_state("networkidle")
    assert page.locator(".govuk-error-summary").is_visible(), "safeguarding has to be read first"
    seen.check()


def test_a_basemap_that_does_not_answer_leaves_the_plain_ground(visit, town, basemap):
    set_basemap(town, f"{basemap.address}/nothing.json")
    try:
        page = visit("/assets?kind=land&view=map").page
        page.get_by_text("With the keyboard").wait_for()
        assert page.locator("canvas.maplibregl-canvas").count() == 1
    finally:
        set_basemap(town, None)


def set_basemap(town, address):
    def change():
        with town.app_context(), transaction() as session:
            session.get_one(Area, current_area().id).basemap_url = address

    apart(change)


def test_a_basemap_of_another_origin_is_asked_and_nobody_else(visit, town, basemap):
    set_basemap(town, f"{basemap.address}/style.json")
    try:
        seen = visit("/assets?kind=land&view=map")
        seen.page.get_by_text("With the keyboard").wait_for()
        assert {"/style.json", "/places.json"} <= set(basemap.asked)
        others = [fault for fault in seen.faults if basemap.address not in fault]
        refused = [fault for fault in seen.faults if "Content Security Policy" in fault]
        assert not others + refused
    finally:
        set_basemap(town, None)
