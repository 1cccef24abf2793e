"""The broker's pages as a broker uses them, without JavaScript."""

import html
import re

import pytest
import shapely

from portal.db import db
from portal.locating import queries
from portal.people.rules import Role
from portal.register.models import Asset, Fact
from portal.register.rules import Kind, LocatedBy, Status
from tests import factories
from tests.locating import make

EVIDENCE = {
    "evidence": "site_visit", "seen_on-day": "1", "seen_on-month": "3", "seen_on-year": "2026", "words": "",
}  # fmt: skip
NO_DAYS = dict.fromkeys(("mo", "tu", "we", "th", "fr", "sa", "su", "ph"), "")
OUTLINE = "53.42, -2.32\n53.42, -2.319\n53.421, -2.319\n53.421, -2.32"


@pytest.fixture
def here(app):
    return make.place()


@pytest.fixture
def broker(client, here):
    return client.sign_in("broker@example.org")


def text(response):
    return html.unescape(response.get_data(as_text=True))


def hidden(response):
    """Everything that a page's last form sends by itself."""
    form = response.get_data(as_text=True).rsplit("<form", 1)[1]
    found = re.findall(r'<input[^>]*name="([^"]+)"[^>]*type="hidden"[^>]*value="([^"]*)"', form)
    found += re.findall(r'<input[^>]*type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"', form)
    found += re.findall(r'<input id="[^"]+" name="([^"]+)" type="hidden" value="([^"]*)"', form)
    return {name: html.unescape(value) for name, value in found}


def send(broker, path, page=None, **values):
    """Fill in the last form of a page and send it."""
    return broker.post(path, data=hidden(page or broker.get(path)) | values)


def asset_of(asset):
    db.session.rollback()
    return db.session.get_one(Asset, asset.id)


def test_a_place_is_found_in_two_steps_and_the_next_follows(broker, here):
    factories.asset(here.holder, name="Old Yard office", shape=shapely.Point(-2.36, 53.42))
    lost = make.asset(here, name="Old Yard office")
    other = make.asset(here, name="Lost Field")
    assert "2 places wait" in text(broker.get("/desk/locate"))
    one = text(broker.get(f"/desk/locate/{lost.id}"))
    assert "An entry of the same name" in one
    (step,) = set(re.findall(rf"/desk/locate/{lost.id}/here\?suggestion=[\w-]+", one))
    page = broker.get(step)
    assert "Is it here?" in text(page)
    assert "West" in text(page)
    answer = send(broker, f"/desk/locate/{lost.id}/here", page, **EVIDENCE)
    assert answer.location == f"/desk/locate/{other.id}"
    assert asset_of(lost).located_by is LocatedBy.BROKER
    assert (asset_of(lost).shape.x, asset_of(lost).shape.y) == (-2.36, 53.42)
    assert db.session.get(Fact, (lost.id, "shape")).source == "Broker, site visit"
    following = text(broker.get(answer.location))
    assert "Old Yard office is placed." in following
    assert "Pass over" not in following
    history = text(broker.get(f"/desk/locate/{lost.id}"))
    for said in (
        "Placed where an entry of the same name stands",
        "Bea Broker",
        "I was there, 1 March 2026",
    ):
        assert said in history
    assert "Broker, site visit" in text(broker.get(f"/assets/{lost.id}"))


def test_the_evidence_is_remembered_for_the_next_place(broker, here):
    lost, other = make.asset(here), make.asset(here)
    path = f"/desk/locate/{lost.id}/here"
    send(
        broker,
        path,
        broker.get(f"{path}?place=53.42,-2.33"),
        **EVIDENCE | {"evidence": "title_plan"},
    )
    page = text(broker.get(f"/desk/locate/{other.id}/here?place=53.43,-2.33"))
    assert re.search(r'value="title_plan" checked', page)
    assert 'value="2026"' in page
    following = send(broker, f"/desk/locate/{other.id}/here?reason=no_place", broker.get(f"/desk/locate/{other.id}/here?place=53.43,-2.33"), **EVIDENCE)  # fmt: skip
    assert following.location == "/desk/locate?reason=no_place"
    assert "No place waits" in text(broker.get("/desk/locate"))


def test_an_outline_is_looked_at_and_saved(broker, here):
    lost = make.asset(here, land_m2=7000)
    path = f"/desk/locate/{lost.id}/here"
    token = hidden(broker.get(f"/desk/locate/{lost.id}/withhold"))["csrf_token"]
    page = broker.post(path, data={"csrf_token": token, "look": "1", "place": OUTLINE})
    assert "An outline with 4 corners" in text(page)
    assert "7,3" in text(page)
    assert "the register says 7,000 m²" in text(page)
    assert asset_of(lost).shape is None
    answer = send(broker, path, page, **EVIDENCE)
    assert answer.status_code == 302
    assert asset_of(lost).shape.geom_type == "Polygon"


@pytest.mark.parametrize(
    ("place", "sentence"),
    [
        ("", "Write where it is"),
        ("Atlantis", "We do not know “Atlantis”"),
        ("0, 0", "We do not know"),
        ("99999999 99999999", "We do not know"),
        ("53.42, -2.32\nnowhere\n53.42, -2.31", "corner 2"),
        ("POLYGON ((0 0, 1 1", "no shape"),
        ("<script>alert(1)</script>", "We do not know “<script>"),
        ("\x00\x01", "Write where it is"),
        ("x" * 5000, "We do not know"),
    ],
)
def test_what_is_no_place_is_told_and_stays_in_its_box(broker, here, place, sentence):
    lost = make.asset(here)
    answer = broker.get(f"/desk/locate/{lost.id}/here", query_string={"place": place})
    assert answer.status_code == 422
    assert sentence in text(answer)
    assert place.replace("\x00\x01", "") in text(answer)
    assert "<script>alert" not in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"evidence": ""}, "Choose how you know"),
        ({"evidence": "dream"}, "Choose"),
        ({"seen_on-year": "2027"}, "between 1950 and today"),
        ({"seen_on-year": "1900"}, "between 1950 and today"),
        ({"seen_on-day": "31", "seen_on-month": "2"}, "There is no such day"),
        ({"words": "w" * 2001}, "too long"),
        ({"shown": "old"}, "The register has changed this place"),
        ({"spot": "old"}, "now means another place"),
        ({"csrf_token": "old"}, "open for a long time"),
    ],
)
def test_evidence_that_will_not_do_loses_nothing(broker, here, values, sentence):
    lost = make.asset(here)
    path = f"/desk/locate/{lost.id}/here"
    answer = send(
        broker,
        path,
        broker.get(f"{path}?place=53.42, -2.33"),
        **EVIDENCE | {"words": "Seen by me"} | values,
    )
    assert answer.status_code in (409, 422)
    assert sentence in text(answer)
    assert values.get("words", "Seen by me") in text(answer)
    assert asset_of(lost).shape is None
    # The same page sent once more is a new look at the place as it is now.
    again = send(broker, path, answer, **EVIDENCE)
    assert again.status_code == 302
    assert asset_of(lost).shape is not None


def test_a_suggestion_that_is_gone(broker, here):
    lost = make.asset(here)
    answer = broker.get(f"/desk/locate/{lost.id}/here?suggestion=name-99")
    assert answer.status_code == 422
    assert "no longer suggested" in text(answer)


def test_who_was_quicker_is_named_and_what_was_typed_is_there(broker, here, app):
    lost = make.asset(here)
    path = f"/desk/locate/{lost.id}/here"
    page = broker.get(f"{path}?place=53.42, -2.33")
    factories.with_role(here.area, Role.BROKER, email="ben@example.org", name="Ben Broker")
    other = app.test_client().sign_in("ben@example.org")
    send(other, path, other.get(f"{path}?place=53.43, -2.33"), **EVIDENCE)
    answer = send(broker, path, page, **EVIDENCE | {"words": "My plan"})
    assert answer.status_code == 409
    assert "Ben Broker has done something to this place meanwhile" in text(answer)
    assert "My plan" in text(answer)
    assert asset_of(lost).shape.y == 53.43


def test_a_double_click_places_once(broker, here):
    lost = make.asset(here)
    path = f"/desk/locate/{lost.id}/here"
    page = broker.get(f"{path}?place=53.42, -2.33")
    assert send(broker, path, page, **EVIDENCE).status_code == 302
    assert send(broker, path, page, **EVIDENCE).status_code == 409
    assert len(queries.history_of(lost.id)) == 1


def test_right_back_and_checked(broker, here):
    asset = make.asset(here, shape=shapely.Point(-2.0, 53.4), outlier=True, name="Far Field")
    page = text(broker.get(f"/desk/locate/{asset.id}"))
    assert "Outside the area" in page
    assert "km outside Testing" in page
    answer = send(broker, f"/desk/locate/{asset.id}/right", **EVIDENCE)
    assert answer.location == "/desk/locate"
    assert "Its place was found to be right" in text(broker.get(f"/desk/locate/{asset.id}"))
    assert send(broker, f"/desk/locate/{asset.id}/back", why="Wrong plot").status_code == 302
    assert "1 place waits" in text(broker.get("/desk/locate"))
    seen = {
        "status": "occupied",
        "step_free": "yes",
        "hearing_loop": "",
        "parking": "no",
        "capacity": "20",
    }
    send(broker, f"/desk/locate/{asset.id}/checked", **EVIDENCE | seen)
    found = asset_of(asset)
    assert (found.status, found.step_free, found.parking, found.capacity) == (
        Status.OCCUPIED,
        True,
        False,
        20,
    )
    assert found.hearing_loop is None
    assert "How it stands: occupied, Step-free way in: yes" in text(
        broker.get(f"/desk/locate/{asset.id}")
    )
    nothing = send(broker, f"/desk/locate/{asset.id}/checked", **EVIDENCE)
    assert "at least one thing" in text(nothing)


def test_withheld_is_hidden_and_explained(broker, here, app):
    asset = make.building(here, name="Safe House", shape=shapely.Point(-2.3, 53.4))
    assert "Write why" in text(send(broker, f"/desk/locate/{asset.id}/withhold", why=""))
    send(broker, f"/desk/locate/{asset.id}/withhold", why="A refuge; its holder asked")
    page = text(broker.get(f"/desk/locate/{asset.id}"))
    assert (
        "It is withheld by Bea Broker on Monday 2 March 2026: A refuge; its holder asked." in page
    )
    public = app.test_client()
    assert "Safe House" not in text(public.get("/assets"))
    assert public.get(f"/assets/{asset.id}").status_code == 404
    send(broker, f"/desk/locate/{asset.id}/show", why="It has moved")
    assert "Safe House" in text(public.get("/assets"))


def test_hours_one_after_the_other(broker, here):
    one = make.building(here, name="Hub", hours_text="Mon-Fri 9am-5pm; ring the bell on other days")
    two = make.building(here, name="Shed", hours_text="By the key")
    assert "2 places have" in text(broker.get("/desk/hours"))
    page = broker.get(f"/desk/hours/{one.id}")
    assert 'value="09:00-17:00"' in text(page)
    wrong = send(broker, f"/desk/hours/{one.id}", page, **NO_DAYS | {"mo": "noonish"})
    assert "Write it like 10:00-14:00" in text(wrong)
    assert "noonish" in text(wrong)
    assert "at least one day" in text(send(broker, f"/desk/hours/{one.id}", page, **NO_DAYS))
    answer = send(
        broker,
        f"/desk/hours/{one.id}",
        page,
        **NO_DAYS | {"mo": "10:00-14:00, 5pm-8pm", "tu": "closed", "ph": "off"},
    )
    assert answer.location == f"/desk/hours/{two.id}"
    assert asset_of(one).public_hours == "Mo 10:00-14:00,17:00-20:00"
    bad = send(broker, f"/desk/hours/{two.id}", osm="Moo 10-12")
    assert "OpenStreetMap's syntax" in text(bad)
    done = send(broker, f"/desk/hours/{two.id}", none="y")
    assert done.location == "/desk/hours"
    assert "None wait" in text(broker.get("/desk/hours"))


def test_only_brokers_come_here(client, here):
    asset = make.asset(here)
    paths = [
        f"/desk/locate/{asset.id}{end}"
        for end in ("", "/here?place=M33", "/right", "/back", "/checked", "/withhold", "/show")
    ]
    for path in ("/desk/locate", "/desk/hours", f"/desk/hours/{asset.id}", *paths):
        assert client.get(path).status_code == 302
    officer = factories.with_role(here.area, Role.OFFICER, holder=here.holder)
    client.sign_in(officer.email)
    for path in ("/desk/locate", *paths):
        assert client.get(path).status_code == 403
    assert "Its place and checks" not in text(client.get(f"/assets/{asset.id}"))


def test_the_door_and_addresses_of_nothing(broker, here):
    asset = make.asset(here)
    assert "Not shown: on the map, when somebody looks near a place." in text(
        broker.get(f"/assets/{asset.id}")
    )
    elsewhere = factories.asset(factories.holder(factories.area(slug="elsewhere")))
    for path in (
        "/desk/locate/99",
        f"/desk/locate/{elsewhere.id}",
        "/desk/locate/99/here?place=M33",
        "/desk/hours/99",
    ):
        assert broker.get(path).status_code == 404
    for path in (
        "?reason=nonsense&holder=x&after=1",
        "?after=9.9",
        "?holder=99",
        "?reason=outside&after=1.1",
    ):
        assert broker.get(f"/desk/locate{path}").status_code == 200
    assert broker.get("/desk/hours?after=x").status_code == 200


def test_the_place_for_the_map_that_moves(broker, here):
    asset = make.asset(here)
    found = broker.get(f"/desk/locate/{asset.id}/here.geojson?place=53.42,-2.33").get_json()
    assert found["features"][0]["geometry"]["coordinates"] == [-2.33, 53.42]
    assert broker.get(f"/desk/locate/{asset.id}/here.geojson").status_code == 400


def test_those_on_the_same_point_are_named(broker, here):
    spot = shapely.Point(-2.33, 53.43)
    one = make.asset(here, name="North Lodge", shape=spot, postcode="M33 1AA")
    make.asset(here, name="South Lodge", shape=spot, postcode="M33 2BB")
    page = text(broker.get(f"/desk/locate/{one.id}"))
    assert "On one point with others" in page
    assert "South Lodge</a>, M33 2BB" in page


def test_an_area_of_which_nothing_is_known_but_its_name(app, client):
    bare = factories.area(boundary=None)
    factories.with_role(bare, Role.BROKER, email="broker@example.org")
    lost = factories.asset(factories.holder(bare), located_by=None)
    lost.shape = None
    db.session.commit()
    client.sign_in("broker@example.org")
    assert "Nothing in the register" in text(client.get(f"/desk/locate/{lost.id}"))
    path = f"/desk/locate/{lost.id}/here"
    assert "In no ward that is known" in text(client.get(f"{path}?place=53.42,-2.33"))
    assert (
        send(client, path, client.get(f"{path}?place=53.42,-2.33"), **EVIDENCE).status_code == 302
    )


def test_a_pin_is_told_as_a_pin(broker, here):
    lost = make.asset(here)
    path = f"/desk/locate/{lost.id}/here"
    send(broker, path, broker.get(f"{path}?place=53.42,-2.33&pin=1"), **EVIDENCE)
    assert "Placed by a pin on the map at 53.42,-2.33." in text(
        broker.get(f"/desk/locate/{lost.id}")
    )


def test_a_building_tells_that_its_rooms_move_along(broker, here):
    building = make.building(here)
    make.asset(here, kind=Kind.ROOM, parent_id=building.id)
    page = text(broker.get(f"/desk/locate/{building.id}/here?place=53.42,-2.33"))
    assert "1 room of it moves with it" in page
