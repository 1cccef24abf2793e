"""Whoever organises a group and has an office too acts for the group alone in its case."""

import dataclasses

import pytest

from portal.agreements import deposits
from portal.agreements import service as agreements
from portal.db import db
from portal.hearings import service as hearings
from portal.hearings.queries import window_of
from portal.money.rules import Paid
from portal.people.models import Membership, User
from portal.people.rules import Role
from portal.petitions import counting
from portal.petitions.rules import OnPaper
from portal.proposals import queries as cases
from portal.proposals import service
from portal.proposals.files import Sent
from portal.proposals.judging import holder, panel
from portal.proposals.rules import TRANSITIONS
from portal.proposals.standing import OFFICES, roles_of
from tests import factories
from tests.conftest import broken
from tests.hearings.stage import PLAN, Open
from tests.petitions import make
from tests.proposals.stage import Stage


@pytest.fixture
def stage(app):
    return Stage()


def joins(stage: Stage, who: str) -> int:
    """Somebody with an office organises the group as well."""
    db.session.add(Membership(user_id=stage.ids[who], group_id=stage.group_id))
    db.session.commit()
    return stage.ids[who]


def in_deposit(stage: Stage) -> Stage:
    return stage.signed(deposit=5000)


def ended(stage: Stage) -> Stage:
    in_deposit(stage)
    deposits.take(stage.case_id, stage.broker, paid_by=Paid.CASH)
    agreements.hand_over(stage.case_id, stage.broker, "Sound.")
    agreements.end(stage.case_id, stage.broker, "Sound.")
    return stage


def petition_open(stage: Stage) -> Stage:
    stage.on_notice()
    make.opened(stage, needed=40)
    return stage


def hearing_plan(stage: Stage):
    return dataclasses.replace(PLAN, on=window_of(stage.case).notice.due)


# How the case is brought there, whose office it is, and the step that they may not take.
STEPS = {
    "validate": (Stage.lodged, "broker", lambda s, u: service.validate(s.case_id, u)),
    "return": (
        Stage.lodged,
        "broker",
        lambda s, u: service.return_incomplete(s.case_id, u, "More."),
    ),
    "count paper": (
        petition_open,
        "broker",
        lambda s, u: counting.count_paper(
            s.case_id, u, Sent(factories.photo(), "a.jpg", "Sheets"), OnPaper(5)
        ),
    ),
    "look at doubles": (
        petition_open,
        "broker",
        lambda s, u: counting.look(s.case_id, u, [], strike=None),
    ),
    "agree": (Stage.on_notice, "officer", lambda s, u: holder.agree(s.case_id, u, "Yes.")),
    "set the hearing": (
        Open.to_test,
        "chair",
        lambda s, u: hearings.set_hearing(s.case_id, u, hearing_plan(s)),
    ),
    "check capacity": (
        Stage.under_test,
        "broker",
        lambda s, u: panel.check_capacity(
            s.case_id, u, dict.fromkeys(s.profile.capacity, (True, "Seen."))
        ),
    ),
    "score": (Stage.under_test, "panel", lambda s, u: panel.score(s.case_id, u, s.sheet())),
    "decide": (Stage.scored, "chair", lambda s, u: panel.decide(s.case_id, u)),
    "take the deposit": (
        in_deposit,
        "broker",
        lambda s, u: deposits.take(s.case_id, u, paid_by=Paid.CASH),
    ),
    "waive the deposit": (
        in_deposit,
        "broker",
        lambda s, u: deposits.waive(s.case_id, u, "Why not."),
    ),
    "claim the deposit": (
        ended,
        "broker",
        lambda s, u: deposits.claim(s.case_id, u, pence=1, why="A.", evidence="B."),
    ),
    "settle the deposit": (ended, "broker", lambda s, u: deposits.settle(s.case_id, u)),
}


@pytest.mark.parametrize("step", STEPS)
def test_nobody_takes_an_office_towards_their_own_group(stage, step):
    bring, who, act = STEPS[step]
    bring(stage)
    user = joins(stage, who)
    before = len(stage.case.events)
    with broken("two-hats"):
        act(stage, user)
    assert len(stage.case.events) == before


def test_the_rule_is_one_for_every_row_of_the_table(stage):
    """No button of an office is left to them, whatever the table learns later."""
    stage.lodged()
    user = db.session.get(User, joins(stage, "broker"))
    assert not roles_of(stage.case, user) & OFFICES
    mine = set(cases.can_do(stage.case, user))
    organisers = {row.action for row in TRANSITIONS if Role.ORGANISER in row.roles}
    assert mine <= organisers


def test_another_with_the_same_office_does_it(stage):
    stage.lodged()
    joins(stage, "broker")
    service.validate(stage.case_id, factories.with_role(stage.area, Role.BROKER).id)
    assert stage.case.published_on


def test_they_learn_why_on_the_page_and_never_see_who_signed(client, stage):
    petition_open(stage)
    joins(stage, "broker")
    client.sign_in(stage.emails["broker"])
    page = client.get(f"/cases/{stage.case_id}").get_data(as_text=True)
    assert "for somebody else with your office" in page
    assert "Count signatures on paper" not in page
    answer = client.get(f"/cases/{stage.case_id}/petition/look")
    assert answer.status_code == 403
    assert "somebody else with your office" in answer.get_data(as_text=True)
