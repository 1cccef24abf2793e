"""The pages as people use them, and what they never show to others."""

from datetime import date
from urllib.parse import urlencode

import pytest
from sqlalchemy import func, select
from werkzeug.routing import AnyConverter, IntegerConverter

from portal.db import db
from portal.lettings import service
from portal.lettings.models import Let
from portal.people.models import Group
from portal.people.rules import GroupKind, Role
from tests import factories
from tests.lettings import make

ASKED = {
    "day": "3",
    "starts": "18:00",
    "ends": "20:00",
    "first-day": "5",
    "first-month": "3",
    "first-year": "2026",
    "last-day": "31",
    "last-month": "May",
    "last-year": "2026",
    "every": "1",
    "people": "15",
    "access": "step_free",
    "near": "m33 2aa",
    "within": "3",
    "pay": "",
}


@pytest.fixture
def here(app):
    return make.place()


@pytest.fixture
def room(here):
    return make.room(here, name="Garden room")


def text(response):
    return response.get_data(as_text=True)


def query(**values):
    return urlencode({k: v for k, v in (ASKED | values).items() if v is not None})


def test_the_search_asks_first_and_keeps_a_place_that_was_brought_along(client, here):
    page = text(client.get("/rooms?near=M33+2AA&kind=room", follow_redirects=True))
    assert 'value="M33 2AA"' in page
    assert "There is a problem" not in page


def test_a_room_is_found_with_its_reasons(client, here, room):
    page = text(client.get(f"/rooms/find?{query()}"))
    for words in (
        "1 room is free every time",
        "Garden room",
        "450 m from m33 2aa",
        "Free on all 13 dates",
    ):
        assert words in page
    assert f"/rooms/{room.id}/ask?" in page


def test_where_none_is_the_near_misses_are(client, here, room):
    make.confirmed(here, room, first=date(2026, 3, 12), last=date(2026, 3, 26), every_weeks=2)
    page = text(client.get(f"/rooms/find?{query()}"))
    assert "No room is free every time" in page
    assert "Taken on 2 of 13 dates: 12 March, 26 March" in page


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"people": ""}, "Write how many people come"),
        ({"people": "many"}, "Write a whole number"),
        ({"starts": ""}, "Write when you begin"),
        ({"ends": "17:00"}, "must end later than it begins"),
        ({"starts": "six"}, "Write a time as hours and minutes"),
        ({"near": "Atlantis"}, "We do not know “Atlantis”"),
        ({"within": "0"}, "Write a distance"),
        ({"within": "NaN"}, "Write a"),
        ({"last-day": "3", "last-month": "3"}, "must not be before the first day"),
        ({"first-year": "2025"}, "has gone by"),
        ({"last-year": "2028"}, "for a year at most"),
        ({"pay": "a little"}, "Write an amount in pounds"),
        ({"day": "9"}, "Choose one of the answers shown"),
        ({"earliest": "soon"}, "Write a time as hours and minutes"),
        ({"latest": "later"}, "Write a time as hours and minutes"),
        ({"earliest": "18:30", "latest": "20:00"}, "shorter than your meeting"),
        ({"earliest": "18:30"}, "must lie within the times"),
        ({"latest": "19:30"}, "must lie within the times"),
        ({"first-year": "2027", "last-year": "2028"}, "for a year at most"),
        ({"first-day": "2", "starts": "09:00", "day": "0"}, "would have begun already"),
        ({"first-day": "31", "first-month": "2"}, "There is no such day"),
    ],
)
def test_bad_answers_are_told_at_their_field_and_nothing_is_lost(client, here, values, sentence):
    answer = client.get(f"/rooms/find?{query(**values)}")
    assert answer.status_code == 422
    assert sentence in text(answer)
    for value in values.values():
        assert value in text(answer)


def test_one_room_is_asked_about(client, here, room):
    other = make.room(here, name="Other", capacity=10)
    page = text(client.get(f"/rooms/find?room={other.id}&{query(near='')}"))
    assert "It is not free for you" in page
    assert "Holds 10, you are 15" in page
    assert "Garden room" not in page


def test_from_finding_to_confirmed_by_the_pages(client, here, room):
    """A newcomer: looks, is asked to sign in, names the group in one page, and everything said is kept."""
    address = f"/rooms/{room.id}/ask?{query()}"
    sent = client.get(address)
    assert sent.status_code == 302
    assert sent.location.startswith("/sign-in?next=")
    client.sign_in("ruth.new@example.org")
    page = text(client.get(address))
    assert "Garden room" in page
    assert "13 dates" in page
    answers = {
        "name": "Speech again",
        "kind": GroupKind.UNCONSTITUTED.value,
        "private": "y",
        "insurance": "venue",
        "safeguarding": "y",
        "note": "Two wheelchairs.",
    }
    missing = client.send(address, answers | {"safeguarding": "", "name": ""})
    assert missing.status_code == 422
    assert "Two wheelchairs." in text(missing)
    asked = client.send(address, answers)
    assert asked.status_code == 302, text(asked)
    page = text(client.get(asked.location))
    assert "Asked for" in page
    assert "Speech again" in page
    _broker_confirms(client, here, db.session.scalars(select(Let.id)).one())


def _broker_confirms(client, here, let_id):
    client.send("/account", {})
    client.sign_in(here.broker.email)
    page = text(client.get(f"/lets/{let_id}"))
    assert "Approve this let" in page
    wrong = client.send(f"/lets/{let_id}/approve", {"price_pence": "", "deposit_pence": "lots"})
    assert wrong.status_code == 422
    assert "lots" in text(wrong)
    done = client.send(
        f"/lets/{let_id}/approve", {"price_pence": "0", "deposit_pence": "20", "waiver": ""}
    )
    assert done.status_code == 302, text(done)
    assert "Deposit due" in text(client.get(f"/lets/{let_id}"))
    done = client.send(f"/lets/{let_id}/record_deposit", {"paid_by": "cash"})
    assert done.status_code == 302, text(done)
    page = text(client.get(f"/lets/{let_id}"))
    assert "Confirmed" in page
    assert "receipt 2026-" in page
    assert page.count("18:00 to 20:00") >= 13
    again = client.get(f"/lets/{let_id}/record_deposit")
    assert again.status_code == 409


def test_a_group_that_was_started_is_not_asked_for_again(client, here, room):
    """The room is lost between page and button: the group stays, and the second try needs no new name."""
    client.sign_in("late@example.org")
    address = f"/rooms/{room.id}/ask?{query()}"
    answers = {
        "name": "Latecomers",
        "kind": "unconstituted",
        "insurance": "venue",
        "safeguarding": "y",
    }
    let = make.confirmed(here, room)
    refused = client.send(address, answers)
    assert refused.status_code == 409
    assert "Taken on 13 of 13 dates" in text(refused)
    service.cancel(here.ids.broker, let.id, why="A mistake.")
    assert client.send(address, answers).status_code == 302
    assert db.session.scalar(select(func.count(Group.id)).where(Group.name == "Latecomers")) == 1


def test_each_side_sees_its_own_buttons(client, app, here, room):
    let = make.confirmed(here, room)
    for person, sees in (
        (here.organiser, ("Cancel the whole let", "/dates/")),
        (here.officer, ("Cancel the whole let", "/dates/")),
        (here.broker, ("Cancel the whole let", "/dates/")),
    ):
        page = text(app.test_client().sign_in(person.email).get(f"/lets/{let.id}"))
        for words in sees:
            assert words in page
    date_id = db.session.get(Let, let.id).occurrences[0].id
    client.sign_in(here.organiser.email)
    done = client.send(f"/lets/{let.id}/dates/give-up", {"dates": date_id, "why": "Away"})
    assert done.status_code == 302
    assert "Given up" in text(client.get(f"/lets/{let.id}"))


def test_who_is_nothing_to_a_let_does_not_learn_of_it(client, app, here, room):
    let = make.confirmed(here, room)
    other_holder = factories.holder(here.area)
    people = [
        here.stranger.email,
        factories.with_role(here.area, Role.OFFICER, holder=other_holder).email,
        factories.with_role(here.area, Role.PANEL).email,
    ]
    for email in people:
        browser = app.test_client().sign_in(email)
        for path in (
            f"/lets/{let.id}",
            f"/lets/{let.id}/cancel",
            "/lets/99",
            f"/lets/{let.id}/approve",
        ):
            assert browser.get(path).status_code == 404, path
        assert "Garden room" not in text(browser.get("/lets"))
    assert client.get(f"/lets/{let.id}").status_code == 302


def test_no_public_page_names_a_group_with_place_and_time(client, here, room):
    """Every page and JSON route that a stranger can open, with a confirmed let and a waiting request in the database."""
    make.confirmed(here, room)
    organiser, group_id = make.another_group(here, 1)
    make.requested(here, make.room(here, name="Second room"), by=organiser, group_id=group_id)
    for person in (None, here.stranger.email):
        browser = client.application.test_client()
        if person:
            browser.sign_in(person)
        for path in _public_paths(client.application, room.id):
            answer = browser.get(path)
            for word in (b"Stroke Circle", b"Other group", b"wheelchairs"):
                assert word not in answer.data, path


TILE = {"zoom": 14, "x": 8084, "y": 5300}


def _value(rule, name, room_id):
    """The room's number where a number is asked for, one of the words where one of some is, else a word."""
    if name not in rule._converters:
        return rule.defaults[name]
    converter = rule._converters[name]
    if name in TILE:
        return TILE[name]
    if isinstance(converter, AnyConverter):
        return next(iter(converter.items))
    return room_id if isinstance(converter, IntegerConverter) else "cancel"


def _public_paths(app, room_id):
    """All GET routes; numbers in them are tried with the room's."""
    paths = [f"/rooms/find?{query()}", f"/rooms/find?room={room_id}&{query()}"]
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            if "GET" in rule.methods and rule.endpoint != "static":
                values = {name: _value(rule, name, room_id) for name in rule.arguments}
                paths.append(app.url_for(rule.endpoint, **values))
    return paths


def test_a_lets_pages_are_never_cached_by_others(client, here, room):
    let = make.confirmed(here, room)
    client.sign_in(here.organiser.email)
    assert client.get(f"/lets/{let.id}").headers["Cache-Control"] == "private, no-store"


def test_the_rooms_page_leads_to_asking(client, here, room):
    page = text(client.get(f"/assets/{room.id}"))
    assert "Ask for this room" in page
    assert f"/rooms/find?room={room.id}" in page
    building = text(client.get(f"/assets/{here.building.id}"))
    assert "Ask for this room" not in building


def test_the_public_sees_when_a_room_is_booked_and_not_by_whom(client, here, room):
    make.confirmed(here, room)
    page = text(client.get(f"/rooms/{room.id}/week?from=2026-04-02"))
    assert "The week from Monday 30 March 2026" in page
    assert page.count("18:00 to 20:00") == 1
    assert page.count("17:00 to 22:00") == 7
    assert "Stroke" not in page
    for far in ("rubbish", "0001-01-01", "9999-12-31"):
        assert client.get(f"/rooms/{room.id}/week?from={far}").status_code == 200


def test_far_years_and_far_pages_are_no_trouble(client, here, room):
    far = {"first-year": "2199", "last-year": "2199"}
    assert client.get(f"/rooms/find?{query(**far)}").status_code == 200
    assert "Garden room" in text(client.get(f"/rooms/find?{query()}&page=99"))


def test_a_dearer_offer_is_accepted_by_the_group(client, here, room):
    let = make.offered(here, room)
    client.sign_in(here.organiser.email)
    assert "Accept this offer" in text(client.get(f"/lets/{let.id}"))
    assert client.send(f"/lets/{let.id}/accept", {}).status_code == 302
    assert "Confirmed" in text(client.get(f"/lets/{let.id}"))
