"""The desk shows each person what waits for them, read off the wings' tables."""

import pytest
from flask import url_for

from portal.broker import queries
from portal.people.models import User
from portal.people.rules import Role
from tests import factories
from tests.conftest import csrf_token
from tests.lettings import make
from tests.proposals.stage import Stage, after_day

# Who has what to do in which state of a case; everybody else has nothing.
WAITS = [
    ("draft", {"organiser": ["Finish and lodge the proposal"]}),
    ("lodged", {"broker": ["Check whether the proposal is complete"]}),
    ("returned", {"organiser": ["Finish and lodge the proposal"]}),
    ("on_notice", {"officer": ["Answer the proposal for the holder"]}),
    (
        "under_test",
        {
            "panel": ["Score the test"],
            "panel2": ["Score the test"],
            "broker": ["Check whether the group can do it"],
            "chair": ["Check whether the group can do it"],
        },
    ),
    ("scored", {"chair": ["Decide the case"]}),
    ("granted", {"broker": ["Draft the heads of terms"]}),
    ("in_agreement", {"organiser": ["Accept terms"], "officer": ["Accept terms"]}),
    ("agreed", {"organiser": ["Sign the agreement"], "officer": ["Sign the agreement"]}),
    ("in_use", {}),
]


def duties(app, user_id):
    with app.test_request_context():
        from portal.db import db

        user = db.session.get_one(User, user_id)
        return [str(task.what) for task in queries.waiting_for(user)]


@pytest.mark.parametrize(("state", "waits"), WAITS, ids=[state for state, _ in WAITS])
def test_a_case_waits_for_whom_the_table_says(app, state, waits):
    stage = Stage()
    getattr(stage, state)()
    found = {who: duties(app, number) for who, number in stage.ids.items()}
    assert {who: tasks for who, tasks in found.items() if tasks} == waits


def test_what_is_overdue_says_so_and_comes_first(app, client):
    stage = Stage().lodged()
    after_day("validation", stage.case)
    page = client.sign_in(stage.emails["broker"]).get("/desk").get_data(as_text=True)
    assert "Overdue" in page


def test_an_office_sees_the_published_cases_it_has_a_part_in(app, client):
    stage = Stage().on_notice()
    elsewhere = factories.with_role(
        stage.area, Role.OFFICER, holder=factories.holder(stage.area), email="far@example.org"
    )
    people = [stage.emails["officer"], stage.emails["panel"], elsewhere.email]
    shown = []
    for email in people:
        page = client.sign_in(email).get("/desk").get_data(as_text=True)
        shown.append("You have no case under way" not in page)
    assert shown == [True, True, False]


def test_a_request_for_a_room_waits_for_the_broker(app, client):
    here = make.place()
    let = make.requested(here, make.room(here))
    path = f"/lets/{let.id}"
    broker = client.sign_in(here.broker.email)
    page = broker.get("/desk").get_data(as_text=True)
    assert "Approve this let" in page
    assert path in page
    stranger = app.test_client().sign_in(here.stranger.email)
    assert "Stroke Circle" not in stranger.get("/desk").get_data(as_text=True)


def test_the_broker_learns_how_many_places_nobody_has_found(app, client):
    stage = Stage()
    factories.asset(stage.holder, shape=None, name="Somewhere")
    lost = factories.asset(stage.holder, name="Nowhere")
    lost.shape = None
    from portal.db import db

    db.session.commit()
    page = client.sign_in(stage.emails["broker"]).get("/desk").get_data(as_text=True)
    waits = page.split("Places to locate or to check")[1]
    assert "1 waits" in waits.split("</li>")[0]


def test_the_desk_asks_for_sign_in_and_shows_the_way_on(app, client):
    Stage()
    assert client.get("/desk").location == "/sign-in?next=/desk"
    page = client.sign_in("new@example.org").get("/desk").get_data(as_text=True)
    assert "Nothing waits for you now" in page
    assert csrf_token(page) == ""  # the desk only reads
    with app.test_request_context():
        assert url_for("lettings.find") in page
