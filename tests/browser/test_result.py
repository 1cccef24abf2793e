"""The result of a test and the pages of those who judge, in a browser: on a phone, by keyboard, without scripts."""

import pytest
from sqlalchemy import select

from portal.db import db
from portal.proposals.models import Decision, Proposal
from portal.proposals.rules import State
from tests.browser.conftest import apart


def _case(town, *states: State) -> int:
    with town.app_context():
        query = select(Proposal.id).where(Proposal.state.in_(states)).order_by(Proposal.id)
        return db.session.scalars(query).first()


def _decided(town) -> list[int]:
    with town.app_context():
        query = select(Decision.proposal_id).where(Decision.result.is_not(None))
        return list(db.session.scalars(query.order_by(Decision.proposal_id)))[:2]


@pytest.mark.parametrize("width", [390, 1280])
def test_a_result_reads_by_itself(visit, town, width):
    for case_id in apart(_decided, town):
        seen = visit(f"/cases/{case_id}/result", width=width, scripts=width == 1280)
        seen.page.evaluate(
            "document.querySelectorAll('details').forEach((d) => { d.open = true; })"
        )
        assert seen.page.get_by_role("columnheader", name="The group").is_visible()
        seen.check()


@pytest.mark.parametrize("width", [390, 1280])
def test_the_holders_page(visit, town, people, width):
    case_id = apart(_case, town, State.ON_NOTICE)
    seen = visit(f"/cases/{case_id}/holder", width=width)
    seen.page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    assert seen.page.get_by_role("heading", name="If nobody says anything").is_visible()
    seen.check()
    for slug in ("object", "name-alternative"):
        asked = visit(f"/cases/{case_id}/{slug}", width=width, email=people["officer"])
        asked.check()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_sheet_is_kept_on_a_phone_and_filled_by_keyboard(visit, town, people, scripts):
    case_id = apart(_case, town, State.UNDER_TEST)
    path = f"/cases/{case_id}/score"
    seen = visit(path, width=390, scripts=scripts, email=people["panel"])
    if not seen.page.url.endswith("/score"):
        pytest.skip("the demonstration's panel has scored it")
    seen.check()
    reason = seen.page.get_by_label("Reason").first
    reason.fill("")  # another visit may have kept something
    seen.page.keyboard.type("Half a thought")
    seen.page.get_by_role("button", name="Keep it for later").focus()
    seen.page.keyboard.press("Enter")
    seen.page.get_by_text("Nobody but you sees it until").wait_for()
    assert seen.page.get_by_label("Reason").first.input_value() == "Half a thought"
    seen.check()
    again = visit(path, width=390, scripts=scripts, email=people["panel"])
    assert again.page.get_by_label("Reason").first.input_value() == "Half a thought"
    again.page.get_by_role("button", name="Give these scores").click()
    again.page.get_by_text("There is a problem").wait_for()
    again.check()
