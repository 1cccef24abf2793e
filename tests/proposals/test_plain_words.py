"""What people read who come for one thing: found by going through a building by hand, one sentence each."""

import pytest

from portal.db import db
from portal.people.models import Group
from portal.people.rules import Role
from portal.proposals import service
from portal.proposals.judging import panel
from portal.proposals.models import Proposal
from portal.proposals.recourse import reviewing
from portal.proposals.signs import sign
from portal.proposals.writing import declaring
from portal.register.models import Asset
from portal.register.rules import Kind
from portal.web import day
from tests import factories
from tests.proposals.stage import BENEFITS, WRITTEN, Stage


@pytest.fixture
def stage(app):
    return Stage()


def page(client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return " ".join(answer.get_data(as_text=True).split())


def building(stage: Stage) -> Stage:
    """The stage's place is a building, and the group has registered its interest."""
    db.session.get(Asset, stage.asset_id).kind = Kind.BUILDING
    db.session.commit()
    stage.case_id = service.start(stage.asset_id, stage.organiser, stage.group_id).id
    service.save_draft(stage.case_id, stage.organiser, WRITTEN, BENEFITS)
    declaring.register_interest(stage.case_id, stage.organiser)
    return stage


def test_the_first_page_promises_what_the_rules_say(client, stage):
    client.sign_in(stage.emails["organiser"])
    assert "65 working days of the day" in page(client, f"/assets/{stage.asset_id}/claim")
    db.session.get(Asset, stage.asset_id).kind = Kind.BUILDING
    db.session.commit()
    shown = page(client, f"/assets/{stage.asset_id}/claim")
    assert "95 working days of the day" in shown
    assert "Everybody is heard at a public hearing" in shown


def test_a_group_learns_that_one_good_thing_does_not_pass_the_test(client, stage):
    stage.draft()
    client.sign_in(stage.emails["organiser"])
    shown = page(client, f"/cases/{stage.case_id}/edit/brings")
    assert "the mean of them all has to be more than 1" in shown


def test_whoever_checks_a_proposal_reads_it_and_what_the_rules_ask(client, stage):
    stage.lodged()
    client.sign_in(stage.emails["broker"])
    for slug in ("validate", "return-incomplete"):
        shown = page(client, f"/cases/{stage.case_id}/{slug}")
        assert "What the rules ask for" in shown
        assert "At most 60." in shown
        assert WRITTEN["costs"] in shown
        assert "/edit/what" not in shown  # the broker does not write in it
    assert "A photo of the site sign in its place" not in shown
    assert "return it to the group" in page(client, f"/cases/{stage.case_id}/validate")


def test_a_private_group_is_warned_where_it_writes_its_own_name(client, stage):
    stage.draft()
    db.session.get_one(Group, stage.group_id).private = True
    db.session.commit()
    client.sign_in(stage.emails["organiser"])
    there = [f"/cases/{stage.case_id}/{tail}" for tail in ("edit", "edit/when", "lodge")]
    words = "Your group's name stands in your answers"
    for path in there:
        assert words not in page(client, path)
    title = {"title": "A place for the mill-lane neighbours"}
    service.save_draft(stage.case_id, stage.organiser, title, {})
    for path in there:
        shown = page(client, path)
        assert words in shown
        assert "its name stands here: What the proposal is called." in shown
    db.session.get_one(Group, stage.group_id).private = False
    db.session.commit()
    assert words not in page(client, there[0])


def test_the_sheet_for_the_street_has_its_day_in_words(stage):
    stage.on_notice()
    assert "Monday 2 March 2026" in sign.small(stage.case)[0]


def test_capacity_is_checked_beside_what_was_written(client, stage):
    stage.under_test()
    client.sign_in(stage.emails["broker"])
    assert WRITTEN["timescale"] in page(client, f"/cases/{stage.case_id}/check-capacity")


def test_the_desk_counts_a_review_to_its_own_last_day(client, stage):
    stage.scored(ours=0)
    cause = {"ground": "benefit_not_shown", "evidence": "Nothing."}
    panel.decide(stage.case_id, stage.chair, **cause)
    reviewing.ask_review(stage.case_id, stage.organiser, "Look again.")
    member = factories.with_role(stage.area, Role.PANEL)
    client.sign_in(member.email)
    due = db.session.get_one(Proposal, stage.case_id).due
    desk = page(client, "/desk")
    assert day(due["review"]) in desk
    assert day(due["decision"]) not in desk


@pytest.mark.parametrize(
    ("bring", "words"),
    [
        (Stage.draft, "Give the draft up"),
        (building, "Withdraw your interest"),
        (Stage.lodged, "Withdraw the proposal"),
    ],
)
def test_giving_up_is_named_for_what_it_ends(client, stage, bring, words):
    bring(stage)
    client.sign_in(stage.emails["organiser"])
    assert words in page(client, f"/cases/{stage.case_id}")
    assert f'<h1 class="govuk-heading-xl">{words}</h1>' in page(
        client, f"/cases/{stage.case_id}/withdraw"
    )
    if db.session.get_one(Proposal, stage.case_id).state != "lodged":
        assert words in page(client, f"/cases/{stage.case_id}/edit")


@pytest.mark.parametrize(("bring", "promised"), [(building, False), (Stage.on_notice, True)])
def test_a_petition_promises_a_hearing_only_where_it_brings_one(client, stage, bring, promised):
    """About a building everybody is heard in any case."""
    bring(stage)
    client.sign_in(stage.emails["organiser"])
    words = "If enough people sign, a public hearing has to be held about it."
    assert (words in page(client, f"/cases/{stage.case_id}/open-petition")) is promised
