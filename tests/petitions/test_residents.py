"""How many people live here: written down by the administrator or brought by a file, never guessed."""

import json
from dataclasses import replace
from decimal import Decimal

import pytest

from portal.areas.models import Area, Ward
from portal.areas.service import import_places
from portal.db import db
from portal.people.rules import Role
from portal.petitions import queries, service
from tests import factories
from tests.conftest import broken
from tests.petitions import make


@pytest.fixture
def ada(app, client):
    area = factories.area()
    factories.ward(area, name="West")
    factories.ward(area, name="East")
    factories.with_role(area, Role.ADMINISTRATOR, email="ada@example.org")
    return client.sign_in("ada@example.org")


def numbers():
    db.session.rollback()
    wards = db.session.query(Ward).order_by(Ward.name)
    return [db.session.query(Area).one().population, *(ward.population for ward in wards)]


def test_the_administrator_writes_them_down(ada):
    given = {"whole": "", "ward_1": "8431", "ward_2": "", "source": "Census 2021"}
    assert ada.send("/setup/residents", given).status_code == 302
    assert numbers() == [None, None, 8431]
    page = ada.get("/setup/residents").get_data(as_text=True)
    assert "8431" in page
    assert ada.send("/setup/residents", given | {"ward_1": ""}).status_code == 302
    assert numbers() == [None, None, None]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"source": ""}, "Say where these numbers are from"),
        ({"whole": "-1"}, "Write a whole number"),
        ({"ward_1": "many"}, "Write a whole number"),
        ({"ward_2": str(2**40)}, "Write a whole number"),
    ],
)
def test_what_cannot_be_is_told_and_kept(ada, wrong, said):
    answer = ada.send("/setup/residents", {"whole": "5000", "source": "Census 2021"} | wrong)
    assert answer.status_code in (409, 422)
    page = answer.get_data(as_text=True)
    assert said in page
    for typed in wrong.values():
        assert typed in page
    assert numbers() == [None, None, None]


def test_others_do_not(app, client):
    factories.area()
    factories.user("rosa@example.org")
    assert client.sign_in("rosa@example.org").get("/setup/residents").status_code == 403


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (8431, 8431),
        ("8,431", 8431),
        (8431.0, 8431),
        ("about 8000", None),
        (-3, None),
        (8431.5, None),
    ],
)
def test_a_file_of_wards_may_bring_them(app, tmp_path, value, kept):
    wards = tmp_path / "wards.geojson"
    square = {
        "type": "Polygon",
        "coordinates": [[[-2.4, 53.4], [-2.3, 53.4], [-2.3, 53.5], [-2.4, 53.4]]],
    }
    about = {"WD23CD": "E1", "WD23NM": "West", "usual_residents": value}
    feature = {"type": "Feature", "geometry": square, "properties": about}
    wards.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    import_places("here", wards=wards)
    assert numbers()[1] == kept
    if kept:
        assert db.session.query(Area).one().population_source == "wards.geojson"


# ---- what a petition makes of them


@pytest.fixture
def stage(app, monkeypatch):
    made = make.stage().on_notice()
    asked = replace(make.asked(), share=Decimal("0.01"), population_of="area")
    profile = replace(made.profile, petitions={"land": asked})
    for module in ("service", "knowing", "page"):
        monkeypatch.setattr(f"portal.petitions.{module}.profile_of", lambda _case: profile)
    monkeypatch.setattr("portal.proposals.moves.profile_of", lambda _case: profile)
    return made


def opened(stage, whole=None, **wards):
    area = db.session.query(Area).one()
    area.population, area.population_source = whole, "Census 2021"
    for ward in db.session.query(Ward):
        ward.population = wards.get(ward.name)
    db.session.commit()
    return make.opened(stage, needed=None)


def test_the_fewer_of_number_and_share(stage, client):
    petition = opened(stage, 1234)
    assert (petition.needed, petition.counted["shared"]) == (13, 13)
    page = client.get(f"/cases/{stage.case_id}/petition").get_data(as_text=True)
    assert "1% of the 1,234 people who live in Testing (Census 2021): 13" in page
    assert "The smaller of the two holds: 13" in page


def test_the_wards_are_added_up_where_the_area_has_no_number(stage):
    assert opened(stage, None, West=2010).needed == 21


def test_where_nobody_knows_the_number_holds_and_the_page_says_so(stage, client):
    assert opened(stage, None).needed == 50
    page = client.get(f"/cases/{stage.case_id}/petition").get_data(as_text=True)
    assert "is not on record" in page


def test_a_petition_keeps_the_number_it_opened_with(stage):
    petition_id = opened(stage, 1234).id
    area = db.session.query(Area).one()
    area.population = 4000
    db.session.commit()
    petition = queries.petition_of(stage.case_id)
    assert (petition.id, petition.needed) == (petition_id, 13)


def test_a_share_alone_of_nobody_knows_how_many_opens_nothing(stage, monkeypatch):
    asked = replace(make.asked(), count=None, share=Decimal("0.01"))
    profile = replace(stage.profile, petitions={"land": asked})
    for place in ("petitions.service", "petitions.knowing", "proposals.moves"):
        monkeypatch.setattr(f"portal.{place}.profile_of", lambda _case: profile)
    with broken("residents-unknown"):
        service.open_petition(stage.case_id, stage.organiser, "Words.", make.LAST)
    assert queries.petition_of(stage.case_id) is None
