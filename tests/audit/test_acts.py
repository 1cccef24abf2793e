"""What weighs is in the log, once, with who did it in what role; what people write never is."""

import json

import pytest

from portal.areas import service as areas
from portal.audit import queries
from portal.audit.rules import Act, Wanted
from portal.lettings import service as lettings
from portal.lettings.hosting import standing
from portal.lettings.hosting.rules import Approval
from portal.money.rules import Paid
from portal.proposals.judging import panel
from tests import hostile
from tests.lettings import make
from tests.money import books
from tests.proposals.stage import Stage

SETTINGS = {"colour": "#123456", "mark": "", "resolution_reference": "", "resolution_on": None}


def log(act):
    """(who, role, about, detail) of each entry of a sort, the oldest first."""
    found = reversed(queries.found(Wanted(act=act)))
    return [(e.user_id, e.role, e.object_id, json.loads(e.detail)) for e in found]


@pytest.fixture(autouse=True)
def whole(app):
    yield
    assert queries.verify().whole


def test_a_decision_and_what_leads_to_it(app):
    stage = Stage()
    hostile.checked_and_scored(stage, 4)
    panel.decide(stage.case_id, stage.chair, reasons="Good.")
    steps = log(Act.CASE_STEP)
    assert {about for _who, _role, about, _detail in steps} == {stage.case_id}
    taken = [(role, detail["step"]) for _who, role, _about, detail in steps]
    assert ("broker", "validate") in taken
    assert ("portal", "publish") in taken
    assert steps[-1] == (stage.chair, "chair", stage.case_id, {"step": "decide", "to": "granted"})
    # What groups and residents do stands in the public history.
    assert {role for role, _step in taken} <= {"broker", "portal", "panel", "chair", "officer"}


def test_a_let_and_its_money(app):
    here = make.place()
    let = make.deposit_due(here, make.room(here))
    from portal.lettings.paying import deposits

    deposits.record_deposit(here.ids.broker, let.id, paid_by=Paid.CASH)
    broker = here.ids.broker
    steps = [
        (who, role, detail["step"])
        for who, role, about, detail in log(Act.LET_STEP)
        if about == let.id
    ]
    assert (broker, "broker", "approve") in steps
    assert (broker, "broker", "record_deposit") in steps
    who, role, _about, detail = log(Act.POSTED)[-1]
    assert (who, role, detail["kind"]) == (broker, "broker", "deposit_in")
    assert detail["pence"] == let.deposit.pence
    lettings.cancel(broker, let.id, why="The roof leaks at Ada Hill's.")
    assert "Ada" not in json.dumps(hostile.everything()["audit_entry"], default=str)


def test_what_the_clock_does_has_nobody_s_name(app):
    books.failed_refund("")()
    assert log(Act.POSTED)[-1][:2] == (None, "portal")


def test_settings_by_name_only_and_only_when_they_change(app):
    area = hostile.factories.area()
    asked = SETTINGS | {"product_name": "Zwischenzeit", "data_attribution": "ONS, Ada Hill"}
    areas.change_settings(area.id, by=5, **asked)
    areas.change_settings(area.id, by=5, **asked)
    areas.set_population(area.id, 8000, {}, "Census", by=5)
    areas.set_population(area.id, 8000, {}, "Census", by=5)
    first, second = log(Act.SETTINGS_CHANGED)
    assert first[:3] == (5, "administrator", area.id)
    assert set(first[3]["changed"]) >= {"product_name", "colour", "data_attribution"}
    assert second[3] == {"changed": ["population"]}


def test_an_approval_in_advance(app):
    here = make.place()
    made = standing.add(here.ids.officer, here.holder.id, Approval(most_people=20))
    standing.end(here.ids.broker, here.holder.id, made.id)
    assert log(Act.APPROVED_IN_ADVANCE) == [
        (here.ids.officer, "officer", made.id, {"step": "begin"}),
        (here.ids.broker, "broker", made.id, {"step": "end"}),
    ]


def test_a_round_from_its_opening_to_its_lets(app):
    path, _who = hostile.in_round("{round}", "broker", solved=True)()
    from portal.rounds.publishing import publish
    from portal.rounds.queries import round_of

    there = round_of(int(path))
    by = log(Act.ROUND_STEP)[0][0]
    publish(by, there.id, version=there.version)
    steps = [
        detail["step"] for _who, _role, about, detail in log(Act.ROUND_STEP) if about == there.id
    ]
    assert steps[-1] == "publish"
    assert log(Act.LET_STEP)[-1][3]["step"] == "allot"
