"""The administrator's pages."""

import pytest

from portal.areas.models import Area
from portal.db import db
from portal.people.models import RoleGrant
from portal.people.rules import Role
from tests import factories
from tests.conftest import csrf_token

SETTINGS = {"product_name": "Zwischenzeit", "colour": "#123456"}


@pytest.fixture(autouse=True)
def area(app):
    return factories.area()


@pytest.fixture
def ada(client, area):
    """The administrator's browser."""
    factories.with_role(area, Role.ADMINISTRATOR, email="ada@example.org")
    return client.sign_in("ada@example.org")


def test_the_look_is_the_area_s(ada):
    assert ada.send("/setup", SETTINGS).status_code == 302
    assert "Zwischenzeit" in ada.get("/").get_data(as_text=True)
    assert "#123456" in ada.get("/area.css").get_data(as_text=True)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"colour": "#ffee88"}, "Choose a darker colour"),
        ({"colour": "red;}"}, "six digits"),
        ({"mark": "<script>"}, "one SVG path"),
        ({"resolution_reference": "CAB/12"}, "both its reference and its date"),
        ({"basemap_url": "http://tiles.example"}, "begins with https://"),
        (
            {"resolution_on-day": "31", "resolution_on-month": "2", "resolution_on-year": "2026"},
            "31",
        ),
    ],
)
def test_what_cannot_be_is_told_and_kept(ada, wrong, words):
    answer = ada.send("/setup", SETTINGS | wrong)
    page = answer.get_data(as_text=True)
    assert answer.status_code in (409, 422)
    assert words in page
    assert "Zwischenzeit" in page  # still in its box
    assert db.session.query(Area).one().product_name == "Meanwhile"


def test_the_rules_are_chosen_among_those_of_the_nation(ada):
    page = ada.get("/setup").get_data(as_text=True)
    assert "/policy/england_cat/" in page
    assert "scotland_atr" not in page
    assert ada.send("/setup", SETTINGS | {"profile": "england_cat"}).status_code == 302
    assert db.session.query(Area).one().profile == "england_cat"
    assert "Community asset transfer" in ada.get("/policy").get_data(as_text=True)
    assert ada.send("/setup", SETTINGS).status_code == 302  # an old page does not say: it stays
    assert db.session.query(Area).one().profile == "england_cat"


@pytest.mark.parametrize("name", ["scotland_atr", "no_such_thing", "../pilot_compact"])
def test_rules_of_another_nation_or_none_cannot_be_chosen(ada, name):
    answer = ada.send("/setup", SETTINGS | {"profile": name})
    assert answer.status_code == 422
    assert "Choose one of the answers shown" in answer.get_data(as_text=True)
    assert db.session.query(Area).one().profile == "pilot_compact"


def test_every_page_says_where_to_reach_the_broker(ada):
    ada.send("/setup", SETTINGS | {"contact_email": "broker@council.example"})
    assert "mailto:broker@council.example" in ada.get("/").get_data(as_text=True)
    wrong = ada.send("/setup", SETTINGS | {"contact_email": "the broker"})
    assert wrong.status_code == 422


def test_a_resolution_is_put_on_record(ada):
    date = {"resolution_on-day": "4", "resolution_on-month": "2", "resolution_on-year": "2026"}
    ada.send("/setup", SETTINGS | date | {"resolution_reference": "CAB/12"})
    area = db.session.query(Area).one()
    assert (area.resolution_reference, str(area.resolution_on)) == ("CAB/12", "2026-02-04")


def test_roles_are_given_and_taken(ada, area):
    holder = factories.holder(area)
    given = {"email": "Olu@example.org", "name": "Olu", "role": "officer", "holder": str(holder.id)}
    assert ada.send("/setup/roles", given).status_code == 302
    page = ada.get("/setup/roles").get_data(as_text=True)
    assert "olu@example.org" in page
    grant = db.session.query(RoleGrant).filter_by(role=Role.OFFICER).one()
    ada.post(f"/setup/roles/{grant.id}/take", data={"csrf_token": csrf_token(page)})
    assert db.session.query(RoleGrant).filter_by(role=Role.OFFICER).count() == 0


def test_an_officer_needs_a_holder(ada):
    answer = ada.send(
        "/setup/roles", {"email": "olu@example.org", "role": "officer", "holder": "0"}
    )
    assert answer.status_code == 422
    assert "Choose the holder" in answer.get_data(as_text=True)


def test_the_last_administrator_stays(ada):
    page = ada.get("/setup/roles").get_data(as_text=True)
    grant = db.session.query(RoleGrant).one()
    answer = ada.post(f"/setup/roles/{grant.id}/take", data={"csrf_token": csrf_token(page)})
    assert answer.status_code == 409
    assert 'href="/setup/roles">See how it stands now' in answer.get_data(as_text=True)
    assert ada.get("/setup").status_code == 200


def test_nobody_else_comes_in(client, area):
    factories.with_role(area, Role.BROKER, email="bea@example.org")
    client.sign_in("bea@example.org")
    assert client.get("/setup").status_code == 403
    assert client.get("/setup/roles").status_code == 403
