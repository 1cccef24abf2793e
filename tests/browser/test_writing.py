"""A proposal on a phone: saved by itself, said politely, by keyboard, and by two organisers at once."""

import pytest
from sqlalchemy import select

from portal.db import db
from portal.people.models import Group, Membership, User
from portal.proposals import service
from portal.proposals.models import Proposal
from portal.proposals.rules import EDITABLE
from portal.register.models import Asset
from portal.register.rules import Kind, Status
from tests.browser.conftest import apart

SAM = "sam@example.org"


@pytest.fixture
def draft(town, people):
    """(number of a new draft, the organiser's address); Sam organises the group too."""

    def begun():
        with town.app_context():
            rosa = db.session.scalars(select(User).where(User.email == people["organiser"])).one()
            group_id = db.session.scalars(
                select(Group.id).join(Membership).where(Membership.user_id == rosa.id)
            ).first()
            taken = select(Proposal.asset_id)
            asset_id = db.session.scalars(
                select(Asset.id)
                .where(
                    Asset.kind == Kind.LAND,
                    Asset.status == Status.VACANT,
                    Asset.id.not_in(taken),
                )
                .order_by(Asset.id.desc())
            ).first()
            sam = db.session.scalar(select(User).where(User.email == SAM))
            if sam is None:
                sam = User(email=SAM, name="Sam", created_at=rosa.created_at)
                db.session.add(sam)
                db.session.flush()
            db.session.merge(Membership(user_id=sam.id, group_id=group_id))
            rosa_id = rosa.id
            db.session.commit()
            case = service.start(asset_id, rosa_id, group_id)
            assert case.state in EDITABLE
            return case.id

    return apart(begun), people["organiser"]


def test_a_page_saves_itself_and_the_second_hand_hears_of_it(visit, draft):
    number, rosa_email = draft
    path = f"/cases/{number}/edit/what"
    sam = visit(path, width=390, scripts=False, email=SAM)
    rosa = visit("/account", width=390, email=rosa_email)
    rosa.page.clock.install()
    rosa.open(path, "networkidle")
    # By keyboard alone: into the box, typed, and never a button.
    rosa.page.get_by_label("What the proposal is called").focus()
    rosa.page.keyboard.type("A pond")
    rosa.page.clock.fast_forward(21_000)
    says = rosa.page.get_by_role("status").filter(has_text="Saved at")
    says.wait_for()
    rosa.check()
    assert rosa.page.locator("input[name=version]").input_value() == "1"
    # Sam's page is older than that.
    sam.page.get_by_label("What the proposal is called").fill("Beds")
    sam.page.get_by_label("What the group will do").fill("Beans.")
    sam.page.get_by_role("button", name="Save", exact=True).click()
    sam.page.wait_for_load_state("networkidle")
    assert "Somebody else wrote on this page meanwhile" in sam.page.inner_text("main")
    assert "A pond" in sam.page.inner_text("main")
    assert sam.page.get_by_label("What the proposal is called").input_value() == "Beds"
    sam.check()
    sam.page.get_by_role("button", name="Save", exact=True).press("Enter")
    sam.page.wait_for_url(f"**/cases/{number}/edit")
    # Rosa goes on writing: the page says that somebody else did, and saves no more by itself.
    rosa.page.get_by_label("What the proposal is called").fill("A pond with newts")
    rosa.page.clock.fast_forward(21_000)
    rosa.page.get_by_role("status").filter(has_text="wrote on this page too").wait_for()
    assert (
        rosa.page.get_by_label("What the proposal is called").input_value() == "A pond with newts"
    )


def test_a_group_asks_somebody_to_organise_with_it(visit, people):
    group = visit("/account", width=390, scripts=False, email=people["organiser"])
    group.page.locator(".mw-card__title a").first.click()
    group.page.wait_for_load_state("networkidle")
    group.page.get_by_role("link", name="Ask somebody to organise with you").click()
    group.page.get_by_label("E-mail address of somebody").fill("kit@example.org")
    group.page.get_by_role("button", name="Send the letter").click()
    group.page.wait_for_load_state("networkidle")
    assert "kit@example.org" in group.page.inner_text("main")
    group.check()
    group.page.get_by_role("button", name="Take it back").first.click()
    group.page.wait_for_load_state("networkidle")
    group.check()
