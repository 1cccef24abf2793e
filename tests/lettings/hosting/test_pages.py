"""The pages of holders and keyholders as they use them, and what nobody else ever sees."""

import re

import pytest
from sqlalchemy import select

from portal.db import db
from portal.lettings.hosting import blocking, entry, evidence, keys
from portal.lettings.hosting.models import KeyLoan, StandingApproval
from portal.lettings.models import Blocking
from portal.people.rules import Role
from tests import factories
from tests.conftest import csrf_token
from tests.lettings import make
from tests.lettings.hosting.test_blocking import MARCH
from tests.lettings.hosting.test_entry import CODE, at, keyholder
from tests.lettings.hosting.test_keys import DUE, SEEN

RULE = {
    "place": "0", "most_people": "20", "most_pence": "0", "days": ["0", "3"], "starts": "17:00", "ends": "22:00",
    "kinds": ["unconstituted"],
}  # fmt: skip
BLOCK = {
    "why": "Exams.", "first-day": "2", "first-month": "3", "first-year": "2026", "last-day": "31",
    "last-month": "March", "last-year": "2026",
}  # fmt: skip


@pytest.fixture
def here(app):
    return make.place()


@pytest.fixture
def room(here):
    return make.room(here, name="Garden room", buffer_before_minutes=15)


def token(client):
    return {"csrf_token": csrf_token(client.get("/account").text)}


def test_an_officer_agrees_in_advance_and_ends_it(client, here, room):
    client.sign_in(here.officer.email)
    assert here.holder.name in client.get("/hosting").text
    path = f"/hosting/{here.holder.id}/approvals"
    client.send(f"{path}/new", RULE)
    page = client.get(path).text
    said = "All rooms, free of charge, at most 20 people, Mondays, Thursdays, 17:00 to 22:00, Neighbours"
    assert said in page
    assert make.requested(here, room).state.value == "confirmed"
    client.post(f"{path}/1/end", data=token(client))
    assert "Ended on" in client.get(path).text
    assert db.session.scalars(select(StandingApproval)).one().ended_at


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"most_people": "many"}, "Write a whole number"),
        ({"most_people": "0"}, "Write how many people"),
        ({"most_pence": "a little"}, "Write an amount in pounds"),
        ({"starts": "six"}, "Write a time as hours and minutes"),
        ({"ends": "16:00"}, "must end later than it begins"),
        ({"place": "99"}, "Choose one of the answers shown"),
        ({"days": ["9"]}, "Choose one of the answers shown"),
        ({"last-day": "1", "last-month": "3", "last-year": "2026"}, "has gone by"),
    ],
)
def test_a_bad_rule_is_told_and_nothing_is_lost(client, here, room, values, sentence):
    client.sign_in(here.broker.email)
    answer = client.send(f"/hosting/{here.holder.id}/approvals/new", RULE | values)
    assert answer.status_code in (409, 422)
    assert sentence in answer.text
    assert 'value="17:00"' in answer.text or "starts" in values
    assert db.session.scalars(select(StandingApproval)).all() == []


def test_a_room_is_blocked_looked_at_and_lifted(client, here, room):
    make.confirmed(here, room)
    client.sign_in(here.officer.email)
    answer = client.send(f"/hosting/rooms/{room.id}/block", BLOCK)
    page = client.get(answer.location).text
    assert "Thursday 5 March 2026, 18:00" in page
    assert "Exams." in client.get(f"/hosting/{here.holder.id}").text
    client.post(f"{answer.location}/lift", data=token(client))
    assert db.session.scalars(select(Blocking)).one().lifted_at
    assert "No room is blocked." in client.get(f"/hosting/{here.holder.id}").text


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"why": ""}, "Write the reason."),
        ({"first-day": ""}, "Write the day too"),
        ({"last-month": "2"}, "There is no such day"),
        ({"first-year": "2025"}, "has gone by"),
        ({"starts": "09:00"}, "Write both times, or neither"),
        ({"starts": "09:00", "ends": "08:00"}, "must end later"),
        ({"last-year": "2028"}, "for a year at most"),
    ],
)
def test_a_bad_blocking_is_told(client, here, room, values, sentence):
    client.sign_in(here.officer.email)
    answer = client.send(f"/hosting/rooms/{room.id}/block", BLOCK | values)
    assert answer.status_code in (409, 422)
    assert sentence in answer.text
    assert db.session.scalars(select(Blocking)).all() == []


def test_two_taps_give_out_a_key_and_one_takes_it_back(client, here, room):
    """The let's page has the form filled in: open it, press the button."""
    let = make.confirmed(here, room)
    keys.back(
        here.ids.broker,
        let.id,
        keys.give(here.ids.broker, let.id, what="Front door 3", to="Ruth", due_on=DUE).id,
    )
    client.sign_in(here.broker.email)
    page = client.get(f"/lets/{let.id}").text
    form = page[page.index("/keys") :]
    sent = {
        name: re.search(rf'name="{name}"[^>]*value="([^"]*)"', form)[1]
        for name in ("key_what", "key_to", "key_due-day", "key_due-month", "key_due-year")
    }
    assert sent["key_what"] == "Front door 3"
    client.post(f"/lets/{let.id}/keys", data=sent | token(client))
    loan = db.session.scalars(select(KeyLoan).where(KeyLoan.back_at.is_(None))).one()
    assert "To be back by" in client.get(f"/lets/{let.id}").text
    client.post(f"/lets/{let.id}/keys/{loan.id}/back", data=token(client))
    assert "Back since" in client.get(f"/lets/{let.id}").text
    with at(12):
        keys.give(here.ids.broker, let.id, what="Back door", to="Ruth", due_on=DUE.replace(day=13))
    with at(14):
        assert "It should have been back by" in client.get(f"/lets/{let.id}").text


def test_a_keyholder_sees_the_week_and_no_name_of_a_private_group(app, here, room):
    make.confirmed(here, room)
    public, public_id = make.another_group(here, 1)
    make.confirmed(here, make.room(here, name="Hall"), by=public, group_id=public_id)
    here.organiser.name = "Ruth Hill"
    db.session.commit()
    user = keyholder(here, room)
    client = app.test_client().sign_in(user.email)
    page = client.get("/hosting/week").text
    for said in (
        "Thursday 5 March 2026",
        "Garden room, Sale Library",
        "17:45 to 20:00",
        "15 people",
        "ask for Ruth",
        "A group (let 1)",
    ):
        assert said in page, said
    assert "Stroke" not in page
    assert "Hill" not in page
    assert "Hall" not in page  # they open only the garden room
    everything = app.test_client().sign_in(here.officer.email).get("/hosting/week").text
    assert "Hall" in everything
    assert "Other group 1" in everything
    with at(5):
        client.send(
            "/lets/1/keys",
            {"key_what": "Side door", "key_to": "Ruth", "key_due-day": "6", "key_due-month": "3", "key_due-year": "2026"},
        )  # fmt: skip
        page = client.get("/hosting/week").text
        assert "Key out: Side door, with Ruth" in page
        assert client.get("/lets/1").status_code == 404
        answer = client.post("/lets/1/keys/1/back", data=token(client))
        assert answer.location == "/hosting/week"
        assert "with Ruth" not in client.get("/hosting/week").text


def test_a_date_given_up_is_said(client, here, room):
    from portal.lettings.dates import service as dates

    let = make.confirmed(here, room)
    dates.release(here.ids.organiser, let.id, [let.occurrences[0].id])
    client.sign_in(keyholder(here, room).email)
    assert "Given up: nobody comes at 17:45 to 20:00." in client.get("/hosting/week").text


def test_who_is_nothing_here_finds_nothing(app, here, room):
    let = make.confirmed(here, room)
    row = blocking.block(here.ids.officer, make.room(here).id, MARCH, why="Exams.")
    elsewhere = factories.with_role(here.area, Role.OFFICER, holder=factories.holder(here.area))
    paths = (
        f"/hosting/{here.holder.id}",
        f"/hosting/{here.holder.id}/approvals",
        f"/hosting/{here.holder.id}/approvals/new",
        f"/hosting/rooms/{room.id}/block",
        f"/hosting/blockings/{row.id}",
        f"/hosting/places/{room.id}/way-in",
        f"/lets/{let.id}/keys",
        f"/lets/{let.id}/papers",
    )
    for email in (here.stranger.email, here.organiser.email, elsewhere.email):
        client = app.test_client().sign_in(email)
        for path in paths:
            assert client.get(path).status_code == 404, (email, path)
            answer = client.post(path, data=token(client))
            assert answer.status_code in (404, 405), (email, path)
    client = app.test_client().sign_in(here.stranger.email)
    assert client.get("/hosting").status_code == client.get("/hosting/week").status_code == 404
    signed_out = app.test_client()
    for path in (*paths, "/hosting", "/hosting/week", "/calendars"):
        assert signed_out.get(path).status_code == 302


def test_no_public_page_shows_any_of_it(app, here, room):
    """Everything there is to know about one let, and every page that anybody may open."""
    entry.write(here.ids.officer, here.building.id, words=CODE, version=0)
    let = make.confirmed(here, room)
    keys.give(here.ids.broker, let.id, what="Front door 3", to="Ruth Hill", due_on=DUE)
    evidence.note(here.ids.broker, let.id, **SEEN)
    blocking.block(here.ids.officer, make.room(here, name="Hall").id, MARCH, why="Exams.")
    keyholder(here, room)
    hidden = ("Stroke", "4711", "Front door", "Ruth", "liability", "Exams", "Kay Keys")
    opened = 0
    for client in (app.test_client(), app.test_client().sign_in(here.stranger.email)):
        with at(5, 18):
            for rule in app.url_map.iter_rules():
                if "GET" not in rule.methods or rule.endpoint == "static":
                    continue
                path = re.sub(r"<(?:\w+(?:\([^)]*\))?:)?(\w+)>", hole, rule.rule)
                answer = client.get(path)
                if answer.status_code == 200:
                    opened += 1
                    assert not [word for word in hidden if word.encode() in answer.data], path
    assert opened > 40


def hole(found):
    """A number that there is for whatever an address asks for; no key of a calendar is guessed."""
    known = {"token": "x" * 43, "slug": "beds", "name": "approve", "scope": "group", "code": "en"}
    return known.get(found[1], "2")


def test_an_officer_says_what_deposit_a_room_asks_for_and_groups_are_asked(client, here, room):
    client.sign_in(here.officer.email)
    path = f"/hosting/rooms/{room.id}/deposit"
    assert "Lets that are agreed stay as they are" in client.get(path).text
    client.send(path, {"pence": "15"})
    assert "£15" in client.get(f"/hosting/{here.holder.id}").text
    assert 'value="15.00"' in client.get(path).text
    client.send(f"/hosting/{here.holder.id}/approvals/new", RULE)
    let = make.requested(here, room)
    assert (let.state.value, let.deposit.pence) == ("deposit_due", 15_00)
    broker = client.application.test_client().sign_in(here.broker.email)
    other = make.requested(here, make.room(here, name="Other"))
    assert "15.00" not in broker.get(f"/lets/{other.id}/approve").text
    client.send(path, {"pence": ""})
    assert "£15" not in client.get(f"/hosting/{here.holder.id}").text


def test_who_runs_no_rooms_says_no_deposit(client, here, room):
    client.sign_in("ruth@example.org")
    assert client.get(f"/hosting/rooms/{room.id}/deposit").status_code == 404
