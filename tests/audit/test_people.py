"""Signing in and out, second steps, roles and organisers, as the log has them: by number, never by address."""

import json

import pyotp
import pytest

from portal.audit import queries
from portal.audit.rules import Act, Wanted
from portal.db import db
from portal.people import organisers, second_step, service, sessions
from portal.people.models import RoleGrant
from portal.people.rules import GroupKind, Role
from tests import factories, hostile
from tests.audit.test_acts import log
from tests.conftest import broken, csrf_token


@pytest.fixture(autouse=True)
def area(app):
    yield factories.area()
    assert queries.verify().whole
    assert "@" not in json.dumps(hostile.everything()["audit_entry"], default=str)


def test_in_and_out(client):
    client.sign_in("rosa@example.org")
    (entry,) = log(Act.SIGNED_IN)
    who = entry[0]
    assert entry == (who, "resident", who, {"staff": 0})
    token = csrf_token(client.get("/account").get_data(as_text=True))
    client.post("/sign-out", data={"csrf_token": token})
    assert log(Act.SIGNED_OUT) == [(who, "resident", who, {})]


def test_who_could_not_come_in(client):
    path = service.make_link("rosa@example.org").removeprefix(client.application.config["BASE_URL"])
    client.send(path, {})
    token = csrf_token(client.get("/account").get_data(as_text=True))
    client.post(path, data={"csrf_token": token})
    client.send("/sign-in", {"email": "rosa@example.org"})
    client.send("/sign-in/code", {"code": "12345678"})
    assert [detail["why"] for *_who, detail in log(Act.SIGN_IN_REFUSED)] == [
        "link-spent",
        "wrong-code",
    ]


def test_a_second_step(app, client):
    client.sign_in("rosa@example.org")
    who = log(Act.SIGNED_IN)[0][0]
    here = sessions.of_user(who)[0].id
    salt = second_step.new_salt()
    from portal import clock

    code = pyotp.TOTP(second_step.secret_of(who, salt)).at(clock.now())
    second_step.set_up(who, salt, code, here=here)
    with broken("wrong-code"):
        second_step.pass_step(who, "000000", here=here)
    second_step.turn_off(who)
    assert [e[:3] for e in log(Act.SECOND_STEP_SET)] == [(who, "resident", who)]
    assert log(Act.SIGN_IN_REFUSED)[0][2:] == (who, {"why": "second-step"})
    assert log(Act.SECOND_STEP_REMOVED)[0][2] == who


def test_roles_by_whom_to_whom(area, client):
    admin = factories.with_role(area, Role.ADMINISTRATOR)
    client.sign_in(admin.email)
    client.send(
        "/setup/roles", {"email": "pat@example.org", "name": "Pat", "role": "panel", "holder": "0"}
    )
    pat = service.give_role("pat@example.org", Role.PANEL)
    grant = db.session.query(RoleGrant).filter_by(user_id=pat.id).one()
    service.take_role(grant.id)
    assert log(Act.ROLE_GIVEN) == [(admin.id, "administrator", pat.id, {"given": "panel"})]
    assert log(Act.ROLE_TAKEN) == [(None, "operator", pat.id, {"taken": "panel"})]


def test_organisers_come_and_go(area):
    person, other = factories.user(), factories.user()
    group = service.start_group(person.id, name="Menders", kind=GroupKind.CHARITY, private=True)
    hostile.db.session.add(hostile.Membership(user_id=other.id, group_id=group.id))
    hostile.db.session.commit()
    organisers.leave(other.id, group.id)
    assert [e[2] for e in log(Act.ORGANISER_ADDED)] == [group.id]
    assert [e[2] for e in log(Act.ORGANISER_LEFT)] == [group.id]
    assert queries.found(Wanted(kind="group"))[0].act == "organiser_left"
