"""The sign's page on a phone in the street, the page that proves the sign, and the register of all cases."""

import re

import pytest
from sqlalchemy import select

from portal.db import db
from portal.proposals.models import Proposal
from portal.proposals.rules import State, Track
from portal.proposals.signs import sign
from tests.browser.conftest import apart

SCREEN = 800  # pixels that a phone shows at once


def _first(town, *conditions) -> tuple[int, str, str]:
    """The first such case: its number, its sign's word, and the e-mail of who began it."""
    with town.app_context():
        query = select(Proposal).where(*conditions).order_by(Proposal.id)
        case = db.session.scalars(query).first()
        return case.id, sign.token_of(case.id), case.organiser.email


@pytest.fixture
def case(town):
    """One about which anybody may speak."""
    return apart(_first, town, Proposal.state == State.ON_NOTICE)


@pytest.fixture
def plot(town):
    """One about land, which needs a sign."""
    tested = Proposal.state == State.UNDER_TEST
    return apart(_first, town, tested, Proposal.track == Track.LAND)


@pytest.mark.parametrize("scripts", [True, False])
def test_the_street_fits_one_screen_of_a_phone(visit, case, scripts):
    case_id, token, _email = case
    seen = visit(f"/s/{token}", width=390, scripts=scripts)
    seen.check()
    for words in ("I am for it", "I am against it", "Read everything"):
        button = seen.page.get_by_role("button", name=words)
        box = button.bounding_box()
        assert box["height"] >= 44
        assert box["y"] + box["height"] <= SCREEN, words
    seen.page.get_by_role("button", name="Read everything").focus()
    seen.page.keyboard.press("Enter")
    seen.page.wait_for_url(f"**/cases/{case_id}")
    seen.check()


def test_a_mistyped_word_is_helped(visit, case):
    _id, token, _email = case
    seen = visit("/s/wrong", width=390)
    assert seen.status == 404
    seen.check()
    seen.page.get_by_label("The word on the sign").fill(token.upper())
    seen.page.keyboard.press("Enter")
    seen.page.get_by_text("Read everything").wait_for()


@pytest.mark.parametrize("width", [390, 1280])
def test_the_page_of_a_case_unfolds_its_days_by_keyboard(visit, case, width):
    case_id, _token, _email = case
    seen = visit(f"/cases/{case_id}", width=width)
    seen.check()
    first = seen.page.locator("#stands + ol details summary").first
    first.focus()
    seen.page.keyboard.press("Enter")
    seen.page.get_by_text(re.compile("working days after")).first.wait_for()
    clause = seen.page.locator("#history + ol details summary").first
    clause.focus()
    seen.page.keyboard.press("Enter")
    seen.check()


@pytest.mark.parametrize("width", [390, 1280])
def test_the_group_shows_its_sign(visit, plot, width):
    case_id, token, email = plot
    visit(f"/cases/{case_id}/show-sign", width=width, email=email).check()
    visit(f"/cases/{case_id}", width=width).check()
    visit(f"/s/{token}", width=width).check()


@pytest.mark.parametrize(("width", "scripts"), [(390, True), (390, False), (1280, True)])
def test_the_register_is_narrowed_by_keyboard(visit, width, scripts):
    seen = visit("/cases", width=width, scripts=scripts)
    seen.check()
    seen.page.locator("form details summary").focus()
    seen.page.keyboard.press("Enter")
    seen.page.get_by_role("checkbox", name=re.compile("^Land")).check()
    seen.check()
    seen.page.get_by_label("Words").focus()
    seen.page.keyboard.press("Enter")
    seen.page.wait_for_url("**place=land**")
    seen.check()
    seen.page.get_by_role("link", name=re.compile("Take away the filter")).first.click()
    seen.page.wait_for_url(lambda address: "place=land" not in address)


@pytest.mark.parametrize("path", ["/cases/columns", "/cases/figures", "/cases?state=nonsense"])
@pytest.mark.parametrize("width", [390, 1280])
def test_its_other_pages(visit, path, width):
    visit(path, width=width).check()
