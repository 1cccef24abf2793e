"""Several people organise a group: by a letter that works once, for its address, for fourteen days."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from portal import clock
from portal.db import db
from portal.notices.models import Letter
from portal.people import organisers, queries
from portal.people.models import GroupInvitation, Membership
from tests import factories
from tests.conftest import broken
from tests.proposals.stage import Stage
from tests.proposals.test_races import at_once

SAM = "sam@example.org"


@pytest.fixture
def stage(app):
    return Stage()


def text(answer) -> str:
    return answer.get_data(as_text=True)


def invited(stage: Stage, email: str = SAM) -> str:
    """The token of a letter that asks somebody."""
    organisers.invite(stage.organiser, stage.group_id, email)
    query = select(Letter.body).where(Letter.to == email.lower()).order_by(Letter.id.desc())
    body = db.session.scalars(query).first()
    return re.search(r"/groups/join/(\S+)", body)[1]


def names(stage: Stage) -> list[str]:
    return [one.email for one in queries.organisers(stage.group_id)]


def test_by_letter_confirmed_once(client, stage):
    stage.draft()
    client.sign_in(stage.emails["organiser"])
    path = f"/groups/{stage.group_id}"
    assert client.send(f"{path}/invite", {"email": SAM.upper()}).location == path
    assert SAM in text(client.get(path))
    body = db.session.scalars(select(Letter.body).where(Letter.to == SAM)).one()
    join = re.search(r"/groups/join/\S+", body)[0]
    token = join.rpartition("/")[2]
    assert token not in str(db.session.scalars(select(GroupInvitation.token_hash)).all())

    sam = client.application.test_client()
    assert sam.get(join).location.startswith("/sign-in?next=")
    sam.sign_in(SAM)
    assert sam.get(f"/cases/{stage.case_id}").status_code == 404
    assert "Mill Lane neighbours" in text(sam.get(join))  # looking does nothing
    assert names(stage) == [stage.emails["organiser"]]
    assert sam.send(join, {}).location == path
    assert names(stage) == [stage.emails["organiser"], SAM]
    # Each sees and writes the group's cases.
    edit = f"/cases/{stage.case_id}/edit"
    assert sam.send(f"{edit}/what", {"title": "Sam's", "use": "Beds"}).status_code == 302
    assert "Sam" in stage.case.title
    assert "no longer works" in text(sam.get(join))
    told = db.session.scalars(select(Letter.subject).where(Letter.to == stage.emails["organiser"]))
    assert any("with you" in subject for subject in told)


def test_a_letter_is_for_its_address_only(client, stage):
    token = invited(stage)
    client.sign_in("eve@example.org")
    shown = text(client.get(f"/groups/join/{token}"))
    assert "for another address" in shown
    assert "Mill Lane" not in shown
    assert SAM not in shown
    eve = factories.user()
    with broken("another-address"):
        organisers.accept(eve.id, token)
    assert names(stage) == [stage.emails["organiser"]]


def test_it_works_for_fourteen_days(stage):
    token, sam = invited(stage), factories.user(SAM)
    clock.move_to(clock.now() + timedelta(days=14))
    assert organisers.find(token) is None
    with broken("invitation-spent"):
        organisers.accept(sam.id, token)
    assert invited(stage) != token  # the old one is forgotten, so a new letter may go


def test_one_letter_waits_for_an_address_and_can_be_taken_back(stage):
    token = invited(stage)
    with broken("invited-already"):
        invited(stage)
    (number,) = (one.id for one in queries.invitations(stage.group_id))
    organisers.take_back(stage.organiser, stage.group_id, number)
    organisers.take_back(stage.organiser, stage.group_id, number)
    assert organisers.find(token) is None
    sam = factories.user(SAM)
    organisers.accept(sam.id, invited(stage))
    with broken("organises-already"):
        invited(stage)
    for number in range(10):
        invited(stage, f"n{number}@example.org")
    with broken("many-invited"):
        invited(stage, "one.more@example.org")


def test_only_its_organisers_see_ask_or_leave(client, stage):
    other = factories.user("eve@example.org")
    for call in (
        lambda: organisers.invite(other.id, stage.group_id, SAM),
        lambda: organisers.take_back(other.id, stage.group_id, 1),
        lambda: organisers.leave(other.id, stage.group_id),
    ):
        with broken("no-group"):
            call()
    client.sign_in("eve@example.org")
    for end in ("", "/invite", "/leave"):
        assert client.get(f"/groups/{stage.group_id}{end}").status_code == 404
    assert client.get("/groups/999").status_code == 404


def test_one_leaves_and_the_last_cannot(client, stage):
    stage.draft()
    with broken("last-organiser"):
        organisers.leave(stage.organiser, stage.group_id)
    sam = factories.user(SAM, name="Sam")
    organisers.accept(sam.id, invited(stage))
    client.sign_in(SAM)
    path = f"/groups/{stage.group_id}/leave"
    assert "The others go on" in text(client.get(path))
    assert client.send(path, {}).location == "/account"
    assert names(stage) == [stage.emails["organiser"]]
    assert client.get(f"/cases/{stage.case_id}").status_code == 404
    told = db.session.scalars(select(Letter.subject).where(Letter.to == stage.emails["organiser"]))
    assert any("no longer organises" in subject for subject in told)


def test_two_who_leave_at_the_same_moment_leave_one(app, stage):
    sam = factories.user(SAM).id
    organisers.accept(sam, invited(stage))
    rosa, group_id = stage.organiser, stage.group_id
    answers = at_once(
        app,
        lambda: organisers.leave(rosa, group_id),
        lambda: organisers.leave(sam, group_id),
    )
    assert sorted(answers, key=str) == [None, "last-organiser"]
    assert len(names(stage)) == 1


def test_the_link_pressed_twice_at_once_makes_one_organiser(app, stage):
    sam, token = factories.user(SAM).id, invited(stage)
    answers = at_once(
        app,
        lambda: bool(organisers.accept(sam, token)),
        lambda: bool(organisers.accept(sam, token)),
    )
    assert sorted(answers, key=str) == [True, "invitation-spent"]
    query = select(func.count()).select_from(Membership).where(Membership.user_id == sam)
    assert db.session.scalar(query) == 1
