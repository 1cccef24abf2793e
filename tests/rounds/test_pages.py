"""The pages of a round: what a group, a broker, a stranger and the public see and do."""

from urllib.parse import urlencode

import pytest
from flask import current_app

from portal.db import db
from portal.people import service as people
from portal.people.rules import GroupKind
from portal.rounds import queries, service
from portal.rounds.models import Round
from portal.rounds.rules import RoundState
from tests.conftest import csrf_token
from tests.lettings import make as lettings
from tests.rounds import make

THURSDAY = 3


def url_for(name, **values):
    return current_app.url_map.bind("").build(name, values)


def press(client, path, page, **data):
    """Press a button that stands on a page."""
    token = csrf_token(client.get(page).text)
    return client.post(path, data=data | {"csrf_token": token})


@pytest.fixture
def here(app):
    return lettings.place()


@pytest.fixture
def hall(here):
    return lettings.room(here, name="Hall")


@pytest.fixture
def spring(here, hall):
    there = make.spring(here)
    make.asked(here.ids.organiser, here.group_id, there.id, (hall, THURSDAY))
    return there.id


def test_the_public_sees_the_round_and_nobodys_wishes(client, here, spring):
    for page in (url_for("rounds.index"), url_for("rounds.one", round_id=spring)):
        text = client.get(page).text
        assert "Spring" in text
        assert "Stroke" not in text
    client.sign_in(here.stranger.email)
    assert "Stroke" not in client.get(url_for("rounds.one", round_id=spring)).text


def test_whoever_looks_for_a_room_is_told_of_an_open_round(client, spring):
    link = f'href="{url_for("rounds.one", round_id=spring)}"'
    assert link in client.get("/rooms/find").text
    assert link in client.get("/rooms/find?day=3&starts=18:00&ends=20:00&people=900").text
    service.close(db.session.get(Round, spring).made_by_id, spring)
    assert link not in client.get("/rooms/find").text


def test_a_group_asks_names_a_room_and_sees_that_it_counts(client, here, hall):
    there = make.spring(here)
    client.sign_in(here.organiser.email)
    client.get(url_for("rounds.one", round_id=there.id))
    answers = {
        "group": here.group_id, "people": "15", "times": "1", "access": "step_free", "near": "M33 2AA",
        "within": "3", "pay": "0", "insurance": "venue", "safeguarding": "y",
    }  # fmt: skip
    page = client.send(url_for("rounds.ask", round_id=there.id), answers)
    assert page.status_code == 302
    here_it_is = page.location
    when = {"day": "3", "starts": "18:00", "ends": "20:00"}
    found = client.get(here_it_is, query_string=when).text
    assert "Hall" in found
    (asked,) = queries.requests_of(there.id)
    add = url_for("rounds.add_wish", request_id=asked.id)
    added = press(client, add, f"{here_it_is}?{urlencode(when)}", room=hall.id, **when)
    assert added.status_code == 302
    assert "Thursdays, 18:00 to 20:00" in client.get(here_it_is).text


def test_a_group_that_asks_already_is_not_asked_for_again(client, here, spring):
    client.sign_in(here.organiser.email)
    page, ask = (url_for(f"rounds.{name}", round_id=spring) for name in ("one", "ask"))
    assert "another group" not in client.get(page).text
    assert client.get(ask).location == page
    choir = {"name": "The Choir", "kind": GroupKind.UNCONSTITUTED, "private": True}
    people.start_group(here.organiser.id, **choir)
    assert "another group" in client.get(page).text
    form = client.get(ask).text
    assert "The Choir" in form
    assert "The Stroke Circle" not in form
    change = client.get(f"{ask}?group={here.group_id}").text
    assert "The Stroke Circle" in change
    assert "The Choir" not in change


def test_what_was_typed_stays_when_an_answer_is_wrong(client, here):
    there = make.spring(here)
    client.sign_in(here.organiser.email)
    answers = {
        "group": here.group_id,
        "people": "none",
        "near": "Nowhere at all",
        "within": "3",
        "times": "2",
    }
    page = client.send(url_for("rounds.ask", round_id=there.id), answers)
    assert page.status_code == 422
    assert "Nowhere at all" in page.text
    assert queries.requests_of(there.id) == []


def test_another_groups_list_is_not_there(client, here, spring):
    (asked,) = queries.requests_of(spring)
    client.sign_in(here.stranger.email)
    for page in ("rounds.wishes", "rounds.leave"):
        assert client.get(url_for(page, request_id=asked.id)).status_code == 404
    wish = asked.wishes[0].id
    for what in ("raise", "drop"):
        url = url_for("rounds.change_wish", request_id=asked.id, wish_id=wish, what=what)
        assert client.post(url).status_code == 404


def test_only_a_broker_sees_the_table(client, here, spring):
    client.sign_in(here.organiser.email)
    assert client.get(url_for("round_desk.desk", round_id=spring)).status_code == 403
    client.sign_in(here.broker.email)
    page = client.get(url_for("round_desk.desk", round_id=spring)).text
    assert "The Stroke Circle" in page


def test_the_broker_closes_proposes_and_publishes(client, here, spring):
    client.sign_in(here.broker.email)
    for what in ("close", "propose"):
        url = url_for("round_desk.press", round_id=spring, what=what)
        desk = url_for("round_desk.desk", round_id=spring)
        assert press(client, url, desk).status_code == 302
    page = client.get(url_for("round_desk.desk", round_id=spring)).text
    assert "named as number 1" in page
    version = db.session.get(Round, spring).version
    url = url_for("round_desk.publish", round_id=spring)
    assert client.get(url).status_code == 200
    assert client.send(url, {"version": version}).status_code == 302
    assert client.send(url, {"version": version}).status_code == 409
    assert db.session.get(Round, spring).state is RoundState.PUBLISHED
    client.sign_in(here.organiser.email)
    mine = client.get(url_for("rounds.one", round_id=spring)).text
    assert "You have what you liked best." in mine


def test_the_broker_pins_takes_away_and_gives_by_hand(client, here, hall, spring):
    make.proposed(here, spring)
    (asked,) = queries.requests_of(spring)
    client.sign_in(here.broker.email)
    for what in ("pin", "unpin", "away"):
        url = url_for("round_desk.arrange", round_id=spring, place_id=asked.places[0].id, what=what)
        assert press(client, url, url_for("round_desk.desk", round_id=spring)).status_code == 302
    again = press(client, url, url_for("round_desk.desk", round_id=spring))
    assert again.status_code == 409
    assert "not in the proposal any more" in again.text
    url = url_for(
        "round_desk.place",
        round_id=spring,
        request_id=asked.id,
        day=0,
        starts="18:00",
        ends="20:00",
    )
    assert "Hall" in client.get(url).text
    assert client.send(url, {"room": hall.id}).status_code == 302
    db.session.expire_all()
    (asked,) = queries.requests_of(spring)
    assert [(place.weekday, place.rank, place.pinned) for place in asked.places] == [(0, 0, True)]


def test_a_round_is_opened_once_by_a_double_click(client, here):
    client.sign_in(here.broker.email)
    answers = {
        "name": "Autumn",
        **{f"first-{part}": n for part, n in (("day", 1), ("month", 9), ("year", 2026))},
        **{f"last-{part}": n for part, n in (("day", 18), ("month", 12), ("year", 2026))},
        **{f"closes_on-{part}": n for part, n in (("day", 1), ("month", 8), ("year", 2026))},
    }
    for _ in range(2):
        assert client.send(url_for("round_desk.new"), answers).status_code == 302
    assert [found.name for found in queries.rounds()] == ["Autumn"]


def test_a_round_is_opened_again_or_given_up(client, here, spring):
    service.close(here.ids.broker, spring)
    client.sign_in(here.broker.email)
    day = {"closes_on-day": 25, "closes_on-month": 3, "closes_on-year": 2026}
    assert (
        client.send(url_for("round_desk.ask", round_id=spring, what="reopen"), day).status_code
        == 302
    )
    give_up = url_for("round_desk.ask", round_id=spring, what="give-up")
    assert client.send(give_up, {"why": ""}).status_code == 422
    assert client.send(give_up, {"why": "Nobody can let people in."}).status_code == 302


def test_a_group_leaves_the_round(client, here, spring):
    (asked,) = queries.requests_of(spring)
    client.sign_in(here.organiser.email)
    url = url_for("rounds.leave", request_id=asked.id)
    assert client.get(url).status_code == 200
    assert client.send(url, {}).status_code == 302
    assert queries.requests_of(spring) == []
