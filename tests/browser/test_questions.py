"""From a postcode to a plot to "who owns this?", on a phone: by thumb, by keyboard, without scripts; and how many taps it takes."""

import re
from time import monotonic

import pytest
from sqlalchemy import select

from portal.areas.queries import current_area
from portal.areas.rules import postcode_shown
from portal.db import db
from portal.ownership.models import Question
from portal.register.models import Asset
from portal.register.rules import Kind, Status
from tests.browser.conftest import apart

ASKED = re.compile(r"/questions/\d+$")
MOST_TAPS = 5
MOST_SECONDS = 60


@pytest.fixture
def plots(town):
    """(id, name, postcode or coordinates) of vacant plots about which nobody has asked."""

    def found():
        with town.app_context():
            asked = select(Question.asset_id).where(Question.asset_id.is_not(None))
            query = select(Asset).where(
                Asset.area_id == current_area().id,
                Asset.kind == Kind.LAND,
                Asset.status == Status.VACANT,
                Asset.west.is_not(None),
                Asset.id.not_in(asked),
            )
            assets = db.session.scalars(query.order_by(Asset.id)).all()
            return [(one.id, one.name, postcode_shown(one.postcode or "")) for one in assets]

    return apart(found)


def state_of(town, number):
    def found():
        with town.app_context():
            return db.session.get_one(Question, number).state.value

    return apart(found)


def test_by_thumb_from_a_postcode_to_the_question(visit, town, plots):
    _id, name, postcode = next(plot for plot in plots if " " in plot[2])
    began, taps = monotonic(), 0
    seen = visit(f"/assets?near={postcode.replace(' ', '+')}&kind=land&status=vacant", width=390)
    main = seen.page.get_by_role("main")
    main.get_by_role("link", name=name, exact=True).first.click()
    taps += 1
    main.get_by_role("link", name="Ask who owns this land").click()
    taps += 1
    seen.check()
    main.get_by_role("button", name="Ask", exact=True).click()
    taps += 1
    seen.page.wait_for_url(ASKED)
    assert monotonic() - began < MOST_SECONDS
    assert taps <= MOST_TAPS
    seen.check()
    number = int(seen.page.url.rpartition("/")[2])
    assert state_of(town, number) == "asked"


@pytest.mark.parametrize("scripts", [True, False])
def test_by_keyboard_alone_and_without_scripts(visit, town, plots, scripts):
    plot = plots[-1 if scripts else -2][0]
    seen = visit(f"/questions/new?asset={plot}", width=390, scripts=scripts)
    for _key in range(40):
        seen.page.keyboard.press("Tab")
        if seen.page.evaluate("document.activeElement.type") == "submit":
            break
    seen.page.keyboard.press("Enter")
    seen.page.wait_for_url(ASKED)
    seen.check()
    # Asked again, the one before is shown first, and Enter in the address asks, it does not join.
    again = visit(f"/questions/new?asset={plot}", width=390, scripts=scripts)
    assert again.page.get_by_role("heading", name="Asked before").is_visible()
    again.check()
    again.page.get_by_label("What do you want to know?").fill("Who has the key?")
    again.page.get_by_label("Your e-mail address").fill("keys@example.org")
    again.page.keyboard.press("Enter")
    again.page.wait_for_url(ASKED)
    assert again.page.url != seen.page.url


@pytest.mark.parametrize("width", [390, 1280])
def test_the_pages_of_questions_look_right(visit, width):
    for path in ("/questions", "/questions/1", "/questions/3", "/questions/new", "/questions/3/follow"):  # fmt: skip
        seen = visit(path, width=width)
        assert seen.status == 200, path
        seen.check()
    for path in ("/desk/questions", "/questions/3", "/questions/3/answer", "/questions/3/not-established"):  # fmt: skip
        seen = visit(path, width=width, email="broker@demo.example")
        assert seen.status == 200, path
        seen.check()
