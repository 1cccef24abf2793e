"""A claim as people make it, each at their own screen: the group on a phone without scripts, the others as they are."""

import re

import pytest
from sqlalchemy import select

from portal.areas.queries import current_area
from portal.db import db
from portal.people.models import Holder, RoleGrant, User
from portal.people.rules import Role
from portal.proposals.models import Proposal
from portal.proposals.rules import State
from portal.register.models import Asset
from portal.register.rules import Kind, Status
from tests import factories
from tests.browser.conftest import apart

# What is written on each page, in their order.
PARTS = (
    {
        "What the proposal is called": "A pond for the school",
        "What the group will do": "Dig a small pond and show it to classes.",
    },
    {"When, step by step": "Dig in March, plant in April.", "For how many months": "24"},
    {
        "How the costs are covered": "£300 from a raffle.",
        "How it is insured": "The school's cover.",
    },
    {"Who is responsible": "Two key holders.", "Who stands behind it": "The school."},
    {"What it brings": "Newts."},
)


@pytest.fixture
def plot(town):
    """(id, officer's address) of a vacant plot about which there is no case yet."""

    def found():
        with town.app_context():
            taken = select(Proposal.asset_id)
            query = (
                select(Asset.id, User.email)
                .join(Holder, Holder.id == Asset.holder_id)
                .join(
                    RoleGrant, (RoleGrant.holder_id == Holder.id) & (RoleGrant.role == Role.OFFICER)
                )
                .join(User, User.id == RoleGrant.user_id)
                .where(
                    Asset.area_id == current_area().id,
                    Asset.kind == Kind.LAND,
                    Asset.status == Status.VACANT,
                    Asset.id.not_in(taken),
                )
                .order_by(Asset.id)
            )
            return tuple(db.session.execute(query).first())

    return apart(found)


def press(seen, name: str) -> None:
    """Press a button, or follow a link that looks like one, and see that the next page is good."""
    main = seen.page.get_by_role("main")
    main.get_by_role("button", name=name, exact=True).or_(
        main.get_by_role("link", name=name, exact=True)
    ).first.click()
    seen.page.wait_for_load_state("networkidle")
    seen.check()


def test_a_claim_from_the_plot_to_the_notice(visit, people, plot):
    asset_id, officer_email = plot
    group = visit(f"/assets/{asset_id}", width=390, scripts=False, email=people["organiser"])
    press(group, "Claim this land")
    press(group, "Begin the proposal")
    press(group, "Read it all and lodge it")
    press(group, "Lodge the proposal")  # nothing written yet: it says what is missing
    assert group.page.locator(".govuk-error-summary").is_visible()
    press(group, "What the proposal is called")
    group.page.get_by_label("Growing food or plants").check()
    for part in PARTS:
        for question, words in part.items():
            group.page.get_by_label(question, exact=False).first.fill(words)
        press(group, "Save and go on")
    photo = {"name": "plot.jpg", "mimeType": "image/jpeg", "buffer": factories.photo()}
    group.page.get_by_label("Photos or PDF files").set_input_files(photo)
    group.page.get_by_label("What do they show?").fill("The plot from the gate.")
    press(group, "Save")
    assert "1 file is kept" in group.page.inner_text("main")
    press(group, "All parts of the proposal")
    press(group, "Costs and insurance")
    assert group.page.get_by_label("How it is insured").input_value() == "The school's cover."
    press(group, "All parts of the proposal")
    press(group, "Read it all and lodge it")
    press(group, "Lodge the proposal")
    case = re.search(r"/cases/(\d+)", group.page.url)[0]

    broker = visit(case, email=people["broker"])
    press(broker, "Say that it is complete")
    press(broker, "It is complete")
    assert "On notice" in broker.page.inner_text("main")

    officer = visit(case, width=390, email=officer_email)
    press(officer, "Object on a listed ground")
    press(officer, "We object")  # nothing chosen yet
    assert officer.page.locator(".govuk-error-summary").is_visible()
    officer.page.get_by_label("A legal bar or covenant").check()
    officer.page.get_by_label("What is the evidence?").fill("Deed of 1921, clause 4.")
    officer.page.get_by_label("Which officer answers for this?").fill("Colin Speight")
    officer.page.get_by_label("What is the officer's post?").fill("Head of property")
    press(officer, "We object")

    anybody = visit(case, width=390, scripts=False)
    assert "Deed of 1921, clause 4." in anybody.page.inner_text("main")
    anybody.page.get_by_text("Anybody may speak until").first.click()  # unfold how it was counted
    anybody.check()


def test_the_last_signature_and_the_keys(visit, town, people):
    """The group has signed; the officer reads and signs the same text, the broker hands over."""

    def signed_by_one():
        with town.app_context():
            case = db.session.scalars(
                select(Proposal).where(Proposal.state == State.AGREEMENT)
            ).one()
            officer = (
                select(User.email)
                .join(RoleGrant)
                .where(RoleGrant.holder_id == case.asset.holder_id, RoleGrant.role == Role.OFFICER)
            )
            return case.id, db.session.scalars(officer).first()

    case_id, officer_email = apart(signed_by_one)
    officer = visit(f"/cases/{case_id}", width=390, email=officer_email)
    press(officer, "Sign the agreement")
    assert "permission to use the place" in officer.page.inner_text("main")
    officer.page.get_by_label("Your full name").fill("Colin Speight")
    officer.page.get_by_label("In what position do you sign?").fill("Head of estates")
    officer.page.get_by_label("I have read the paper").check()
    press(officer, "Sign this paper")
    assert "Both sides have signed" in officer.page.inner_text("main")
    broker = visit(f"/cases/{case_id}", email=people["broker"])
    press(broker, "Hand the place over")
    broker.page.get_by_role("textbox").first.fill("Two keys and twelve photographs.")
    press(broker, "It has been handed over")
    assert "In use" in broker.page.inner_text("main")
