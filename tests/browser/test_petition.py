"""A petition on a phone in the street: read, signed by thumb or keyboard, with and without scripts; and its sheet."""

import re

import pytest
from sqlalchemy import select

from portal.areas.models import Postcode
from portal.areas.queries import current_area
from portal.areas.rules import postcode_shown
from portal.db import db
from portal.notices.models import Letter
from portal.people.models import Membership
from portal.petitions import queries, service
from portal.petitions.service import Signer, longest_day
from portal.proposals.models import Proposal
from portal.proposals.rules import State
from tests.browser.conftest import apart


def _opened(town) -> tuple[int, str]:
    """A case on notice that has a petition, and a postcode that counts."""
    with town.app_context():
        query = select(Proposal).where(Proposal.state == State.ON_NOTICE).order_by(Proposal.id)
        case = db.session.scalars(query).first()
        postcode = db.session.scalar(
            select(Postcode.code).where(
                Postcode.area_id == current_area().id, Postcode.ward_id.is_not(None)
            )
        )
        if queries.petition_of(case.id) is None:
            member = select(Membership.user_id).where(Membership.group_id == case.group_id)
            user_id, last = db.session.scalars(member).first(), longest_day(case)
            service.open_petition(
                case.id, user_id, "Let us use what stands empty.\nFor all of us.", last
            )
        for number in (1, 2):  # one name from one postcode: a likely double
            signer = Signer("Anil Rao", f"n{number}@example.org", postcode)
            service.sign(case.id, signer)
            if body := _letter(signer.email):
                service.confirm(re.search(r"/petitions/(\S+)", body)[1])
        return case.id, postcode_shown(postcode)


def _letter(to: str) -> str | None:
    query = select(Letter.body).where(Letter.to == to, Letter.body.contains("/petitions/"))
    return db.session.scalars(query.order_by(Letter.id.desc())).first()


def _link(town, to: str) -> str:
    with town.app_context():
        return "/petitions/" + re.search(r"/petitions/(\S+)", _letter(to))[1]


def _total(town, case_id: int) -> int:
    with town.app_context():
        return queries.tally(queries.petition_of(case_id)).total


@pytest.fixture
def petition(town):
    return apart(_opened, town)


@pytest.mark.parametrize("scripts", [True, False])
def test_signed_by_keyboard_on_a_phone(visit, town, petition, scripts):
    case_id, postcode = petition
    before = apart(_total, town, case_id)
    email = f"thumb{int(scripts)}@example.org"
    seen = visit(f"/p/{case_id}", width=390, scripts=scripts)
    seen.check()
    seen.page.get_by_label("Your name").fill(f"Zoë {email}")
    seen.page.get_by_label("Your e-mail address").fill(email)
    seen.page.get_by_label("Your postcode", exact=True).fill("SW1A 1AA")
    seen.page.get_by_label("I live or work at this postcode").check()
    seen.page.keyboard.press("Enter")
    seen.page.get_by_text("There is a problem").wait_for()
    seen.check()
    assert seen.page.get_by_label("Your name").input_value() == f"Zoë {email}"
    seen.page.get_by_label("Your postcode", exact=True).fill(postcode)
    seen.page.keyboard.press("Enter")
    seen.page.get_by_role("heading", name="One more step").wait_for()
    seen.check()
    link = apart(_link, town, email)
    asked = visit(link, width=390, scripts=scripts)
    asked.check()
    assert apart(_total, town, case_id) == before
    asked.page.get_by_role("button", name="Yes, I sign this").click()
    asked.page.get_by_role("heading", name="You have signed").wait_for()
    asked.check()
    assert apart(_total, town, case_id) == before + 1
    asked.page.get_by_role("link", name="Take my signature back").click()
    asked.check()
    asked.page.get_by_role("button", name="Take it back").click()
    asked.page.get_by_role("heading", name="Your signature is gone").wait_for()
    asked.check()
    assert apart(_total, town, case_id) == before


@pytest.mark.parametrize("width", [390, 1280])
def test_the_pages_look_right(visit, people, petition, width):
    case_id, _postcode = petition
    here = f"/cases/{case_id}"
    for path in (f"{here}/petition", here):
        seen = visit(path, width=width)
        assert seen.status == 200, path
        seen.page.evaluate(
            "document.querySelectorAll('details').forEach((one) => { one.open = true; })"
        )
        seen.check()
    for path in (here, f"{here}/petition/look", f"{here}/count-paper"):
        seen = visit(path, width=width, email=people["broker"])
        assert seen.status == 200, path
        seen.check()
    seen = visit("/setup/residents", width=width, email=people["administrator"])
    seen.check()
