"""The moving map with the keyboard alone: what it shows, drawing an area, putting a pin; and the device's own place."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest

CANVAS = "canvas.maplibregl-canvas"
# The borough's own places: other tests of this town put some far outside it, and the map would begin there.
BOROUGH = "/assets?view=map&bbox=0.74,53.37,0.90,53.46"


def opened(visit, path, width=1280):
    """A page whose map is open, drawn, and has the keyboard."""
    page = visit(path, width=width, until="networkidle").page  # the button comes with the script
    button = page.get_by_role("button", name="Show map")
    if button.count() and button.is_visible():
        button.focus()
        page.keyboard.press("Enter")
    page.locator(CANVAS).wait_for()
    page.get_by_role("button", name="Show the still picture").wait_for()
    page.locator(CANVAS).focus()
    return page


def at_rest(page):
    """Nothing moves and every tile is there, so that what is said is of what is seen."""
    page.evaluate(
        "() => new Promise((done) => {"
        " const map = document.querySelector('figure.mw-map').map; map.once('idle', done); map.triggerRepaint(); })"
    )


def said(page, pattern):
    """What a screen reader hears once the map stands still."""
    status = page.locator("figure.mw-map [role=status]")
    page.wait_for_function(
        "([element, pattern]) => new RegExp(pattern).test(element.textContent)",
        arg=[status.element_handle(), pattern],
    )
    return status.text_content()


def zoom(page):
    return page.evaluate("document.querySelector('figure.mw-map').map.getZoom()")


def test_the_map_says_what_it_shows_and_enter_goes_nearer(visit):
    page = opened(visit, BOROUGH)
    page.keyboard.press("-")
    at_rest(page)
    far = said(page, r"Places in view: \d+\. Nearest to the middle: \d+ places close together")
    before = zoom(page)
    page.keyboard.press("Enter")
    page.wait_for_function(
        f"() => document.querySelector('figure.mw-map').map.getZoom() > {before} + 1"
    )
    at_rest(page)
    near = said(page, r"Places in view: \d+\.")
    number = re.compile(r"view: (\d+)")
    assert int(number.search(near)[1]) <= int(number.search(far)[1])


def test_enter_waits_for_a_map_that_is_not_all_there(visit):
    """Whoever moves the map and presses Enter at once is not taken to something of the map that was."""
    page = opened(visit, BOROUGH)
    at_rest(page)
    waiting = []

    def dawdle(route):
        waiting.append(route)

    page.route("**/tiles/**", dawdle)
    before = zoom(page)
    for _ in range(3):  # farther than the tiles that are kept
        page.keyboard.press("-")
        page.wait_for_timeout(450)  # the map glides
    far = zoom(page)
    assert far < before - 2
    assert waiting, "the map asked for nothing new"
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.wait_for_timeout(200)
    assert zoom(page) == far, "Enter opened something of the map that was"
    while waiting:
        waiting.pop().continue_()
    page.unroute("**/tiles/**")
    page.wait_for_function(
        f"() => document.querySelector('figure.mw-map').map.getZoom() > {far} + 1"
    )
    at_rest(page)
    assert zoom(page) < far + 3, "two presses of Enter went nearer twice"


def test_the_list_follows_the_map(visit):
    page = opened(visit, "/assets?view=map&kind=land")
    page.keyboard.press("=")
    said(page, "Places in view")
    page.wait_for_function(
        "() => document.querySelector('a[data-follows-map]').href.includes('bbox=')"
    )
    page.get_by_role("link", name="List what the map shows").click()
    asked = parse_qs(urlsplit(page.url).query)
    assert asked["kind"] == ["land"]
    assert len(asked["bbox"][0].split(",")) == 4
    assert page.get_by_text("In this part of the map").is_visible()


@pytest.mark.parametrize("width", [1280, 390])
def test_an_area_is_drawn_by_keyboard_alone(visit, width):
    page = opened(visit, "/assets/area?kind=land", width=width)
    for key in ("Enter", "ArrowRight", "Enter", "ArrowUp", "Enter", "ArrowLeft", "Enter"):
        page.keyboard.press(key)
        page.wait_for_timeout(450)  # the map glides
    page.keyboard.press("Backspace")
    corners = page.locator("#corners").input_value().split("\n")
    assert len(corners) == 3
    assert "Corners: 3" in said(page, "Corners: 3")
    page.get_by_role("button", name="Look inside this area").focus()
    page.keyboard.press("Enter")
    page.get_by_text("Inside the area drawn").wait_for()
    assert parse_qs(urlsplit(page.url).query)["inside"][0].count(";") == 2


def test_a_report_s_place_is_taken_from_the_map(visit):
    page = opened(visit, "/report", width=390)
    page.get_by_role("button", name="Take the place at the cross").focus()
    page.keyboard.press("Enter")
    assert re.fullmatch(r"-?\d+\.\d{6}, -?\d+\.\d{6}", page.locator("#place").input_value())
    page.get_by_role("button", name="Show me the place").click()
    page.get_by_text("Is this the place?").first.wait_for()


def test_the_device_s_place_comes_only_when_it_is_asked_for(visit):
    page = visit("/", width=390).page
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"latitude": 53.423901, "longitude": -2.321299})
    assert page.locator("#near").input_value() == ""
    page.get_by_role("button", name="Use where I am").click()
    page.wait_for_function("() => document.getElementById('near').value !== ''")
    assert page.locator("#near").input_value() == "53.4239, -2.3213"


def test_a_device_that_says_no_is_no_dead_end(visit):
    page = visit("/assets", width=1281).page  # a browser of its own, without the permission
    page.get_by_role("button", name="Use where I am").click()
    page.get_by_text("Type a postcode or a street instead").wait_for()
