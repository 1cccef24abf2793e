"""Every address of the portal with ids and questions that make no sense, for who may and may not: never a broken page."""

import pytest
from werkzeug.datastructures import MultiDict

from portal.areas.queries import current_area
from portal.db import db
from portal.lettings.finding.forms import FindForm
from portal.people.rules import Role
from portal.register.forms import PlacesForm
from tests import factories
from tests.hostile import NEED, everything
from tests.lettings import make
from tests.test_hostile import NASTY

IDS = ("0", "1", "-1", str(2**31), str(2**63), "x🌱%00")
OTHERS = {
    "token": "x" * 43,
    "slug": "score",
    "name": "approve",
    "code": "en",
    "filename": "x.css",
    "scope": "group",
}
SHORT = [bad[:4000] for bad in NASTY.values()]  # what an address can hold
NOT_FIELDS = ("next", "page", "view", "after", "limit", "bbox", "from", "state", "room", "fields")


@pytest.fixture
def here(app):
    here = make.place()
    make.requested(here, make.room(here))
    return here


def people_of(here, app):
    """A browser for each: signed out, a stranger, the organiser, the broker, the administrator."""
    admin = factories.with_role(here.area, Role.ADMINISTRATOR)
    clients = [app.test_client()]
    for email in (here.stranger.email, here.organiser.email, here.broker.email, admin.email):
        clients.append(app.test_client())
        clients[-1].sign_in(email)
    return clients


def addresses(app):
    """Each address of the portal with each bad id in each of its holes."""
    for rule in app.url_map.iter_rules():
        for bad in IDS if rule.arguments else ("",):
            path = rule.rule
            while "<" in path:  # an argument with a default may have no hole
                hole = path[path.index("<") : path.index(">") + 1]
                path = path.replace(hole, OTHERS.get(hole.rpartition(":")[2].strip("<>"), bad), 1)
            yield path, sorted(rule.methods)


def test_ids_that_no_row_can_have(here, app):
    clients = people_of(here, app)
    before = everything()
    for path, methods in dict(addresses(app)).items():
        for method in sorted({*methods, "DELETE"} - {"HEAD", "OPTIONS"}):
            # Everybody at what is there; the broker, who may most, at what is not.
            for client in clients if "/1" in path else clients[-2:-1]:
                assert client.open(path, method=method, data={"words": "x"}).status_code < 500
    assert everything() == before


def questions(area):
    with_fields = {"/assets": PlacesForm(area, MultiDict()), "/rooms/find": FindForm(area)}
    for path, form in with_fields.items():
        yield path, dict.fromkeys((*form._fields, *NOT_FIELDS), "")
    yield "/assets.geojson", dict.fromkeys((*with_fields["/assets"]._fields, *NOT_FIELDS), "")
    yield "/cases", dict.fromkeys(NOT_FIELDS, "")
    yield "/sign-in", dict.fromkeys(NOT_FIELDS, "")


def test_questions_that_make_no_sense(here, app, client):
    with app.test_request_context("/"):
        asked = dict(questions(current_area()))
        db.session.close()
    before = everything()
    for path, names in asked.items():
        good = NEED if path == "/rooms/find" else {}
        for bad in SHORT:
            client.get(path, query_string=dict.fromkeys(names, bad))
            client.get(path, query_string=[(name, bad) for name in names for _ in range(2)])
        for number, name in enumerate(names):
            client.get(path, query_string=good | {name: SHORT[number % len(SHORT)]})
    room = f"/rooms/{before['room_let'][0]['room_id']}"
    for bad in ("x", "0000-00-00", "9999-12-31", "2026-W10-1", "\x00", ""):
        client.get(f"{room}/week", query_string={"from": bad})
    assert everything() == before


def test_other_people_s_things_are_not_there(here, app):
    let = make.requested(here, make.room(here))
    stranger = app.test_client()
    stranger.sign_in(here.stranger.email)
    for path in ("", "/withdraw", "/approve", f"/dates/{let.occurrences[0].id}/cancel"):
        assert stranger.get(f"/lets/{let.id}{path}").status_code == 404
    page = stranger.get("/lets").get_data(as_text=True)
    assert "The Stroke Circle" not in page
    asked = stranger.send(
        f"/rooms/{let.room_id}/ask?" + "&".join(f"{k}={v}" for k, v in NEED.items()),
        {"group": str(here.group_id), "insurance": "venue", "safeguarding": "y"},
    )
    assert asked.status_code == 422, "somebody else's group cannot be named"
