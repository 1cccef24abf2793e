"""The pages of those who keep rooms, as they use them; and what everybody else reads of it."""

import re
from datetime import date
from io import BytesIO

import pytest

from portal.db import db
from portal.people.rules import GroupKind
from portal.register.models import Asset
from portal.register.rules import Opener
from portal.venues import opening, queries, service
from portal.venues.opening import Opens
from tests.conftest import csrf_token
from tests.lettings import make


@pytest.fixture
def here(app):
    return make.place()


@pytest.fixture
def room(here):
    return make.room(here, name="Garden room")


def text(response):
    return re.sub(r"\s+", " ", response.get_data(as_text=True))


def hidden(page):
    """What a page's form sends that nobody typed."""
    return {
        "csrf_token": csrf_token(page),
        "shown": re.search(r'name="shown" type="hidden" value="([^"]*)"', page)[1],
    }


def send(client, path, data):
    """As a browser does: with what the page's form carries along."""
    return client.post(path, data=hidden(client.get(path).get_data(as_text=True)) | data)


WEEK = {"Mo_0_from": "09:00", "Mo_0_to": "12:00", "Mo_1_from": "13:00", "Mo_1_to": "00:00", "holidays": "closed"}  # fmt: skip


def kept(asset_id):
    db.session.expire_all()
    return db.session.get_one(Asset, asset_id)


def test_the_way_in_is_shown_to_those_who_keep_the_place(client, here, room):
    page = f"/assets/{room.id}"
    assert "Hours, prices and access" not in text(client.get(page))
    assert client.get(f"/venues/{room.id}").status_code == 302
    client.sign_in(here.organiser.email)
    assert "Hours, prices and access" not in text(client.get(page))
    assert client.get(f"/venues/{room.id}").status_code == 403
    assert client.get(f"/holders/{here.holder.id}/calendar").status_code == 403
    for who in (here.officer, here.broker):
        client.sign_in(who.email)
        assert "Hours, prices and access" in text(client.get(page))
        for path in ("", "/openers", "/details", "/prices", "/access", "/divide", "/hours/hire"):
            assert client.get(f"/venues/{room.id}{path}").status_code == 200, path


def test_hours_are_written_without_any_syntax(client, here, room):
    client.sign_in(here.officer.email)
    path = f"/venues/{room.id}/hours/hire"
    assert 'value="17:00"' in text(client.get(path)), "the hours that are known are in the boxes"
    copied = send(client, path, WEEK | {"copy": "Mo"})
    assert copied.status_code == 200
    assert text(copied).count('value="09:00"') == 5
    assert kept(room.id).hire_hours == "Mo-Su 17:00-22:00", "copying saves nothing yet"
    assert send(client, path, WEEK).status_code == 302
    assert kept(room.id).hire_hours == "Mo 09:00-12:00,13:00-24:00; PH off"
    assert text(client.get(path)).count('value="00:00"') == 1


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"Mo_0_to": ""}, "Write when it ends too"),
        ({"Mo_0_from": ""}, "Write when it begins too"),
        ({"Mo_0_from": "13:00"}, "It must end later than it begins"),
        ({"Mo_1_from": "11:00"}, "Two of these overlap"),
        ({"Mo_0_from": "nine"}, "Write a time as hours and minutes"),
        ({"holidays": "other"}, "Write the hours of bank holidays"),
        ({"PH_0_from": "10:00", "PH_0_to": "12:00"}, "You wrote hours for bank holidays"),
        ({"holidays": "sometimes"}, "Choose one of the answers shown"),
    ],
)
def test_a_table_that_makes_no_sense_is_told_and_nothing_is_lost(
    client, here, room, values, sentence
):
    client.sign_in(here.officer.email)
    answer = send(client, f"/venues/{room.id}/hours/hire", WEEK | values)
    assert answer.status_code == 422
    assert sentence in text(answer)
    assert 'value="12:00"' in text(answer) or "Mo_0_to" in values
    assert kept(room.id).hire_hours == "Mo-Su 17:00-22:00"


def test_text_that_is_no_table_is_shown_and_may_be_kept_or_replaced(client, here, room):
    client.sign_in(here.officer.email)
    path = f"/venues/{room.id}/hours/hire"
    odd = "Mo[1] 18:00-20:00"
    assert send(client, f"{path}/text", {"text": odd}).status_code == 302
    page = text(client.get(path))
    assert "These hours are not the same every week" in page
    assert "Replace the hours by this table" in page
    assert odd in text(client.get(f"{path}/text"))
    refused = send(client, f"{path}/text", {"text": "when Mo is in"})
    assert refused.status_code == 409
    assert "This cannot be read as opening hours" in text(refused)
    assert "when Mo is in" in text(refused)
    assert kept(room.id).hire_hours == odd
    assert send(client, path, WEEK).status_code == 302
    assert kept(room.id).hire_hours.startswith("Mo 09:00")


def test_two_people_on_the_same_page(client, here, room):
    client.sign_in(here.officer.email)
    path = f"/venues/{room.id}/hours/hire"
    seen = hidden(client.get(path).get_data(as_text=True))
    shown = queries.mark(kept(room.id), ["hire_hours"])
    service.set_hours(here.ids.broker, room.id, "hire_hours", "Su 10:00-12:00", shown=shown)
    answer = client.post(path, data=seen | WEEK)
    assert answer.status_code == 409
    assert "Somebody has changed this since you opened the page" in text(answer)
    assert "Sunday 10:00 to 12:00" in text(answer), "theirs is shown"
    assert 'value="13:00"' in text(answer), "mine is still in the boxes"
    again = hidden(answer.get_data(as_text=True))
    assert client.post(path, data=again | WEEK).status_code == 302


def test_a_room_is_added_described_and_priced(client, here):
    client.sign_in(here.officer.email)
    made = client.send(f"/venues/{here.building.id}/room", {"name": "Attic", "capacity": "12"})
    room_id = int(made.location.rpartition("/")[2])
    values = {
        "name": "The attic", "capacity": "14", "buffer_before_minutes": "15", "buffer_after_minutes": "0",
        "facilities": ["kitchen", "private"], "hire_when": "in_term",
    }  # fmt: skip
    assert send(client, f"/venues/{room_id}/details", values).status_code == 302
    prices = {"standard": "10", "rate_charity": "2.50", "rate_unconstituted": "0"}
    assert send(client, f"/venues/{room_id}/prices", prices).status_code == 302
    looked = {"on-day": "1", "on-month": "3", "on-year": "2026", "step_free": "yes", "parking": "no", "hearing_loop": "-"}  # fmt: skip
    assert client.send(f"/venues/{room_id}/access", looked).status_code == 302
    page = text(client.get(f"/venues/{room_id}"))
    for said in ("The attic", "In term only", "15 minutes before", "£2.50 an hour", "Somewhere to make tea, Nobody can look in"):  # fmt: skip
        assert said in page, said
    assert f"{here.holder.name}, 1 March 2026" in page
    assert queries.rates_of(room_id) == {GroupKind.CHARITY: 250, GroupKind.UNCONSTITUTED: 0}


def test_hours_in_which_nobody_opens_are_pointed_out(client, here):
    room = make.room(here, opener=None)
    client.sign_in(here.officer.email)
    assert "Nobody is named who lets people in" in text(client.get(f"/venues/{room.id}"))
    opening.add_keyholder(here.ids.officer, here.building.id, Opens(Opener.STAFF, "Jo"))
    assert "Nobody is named who lets people in" not in text(client.get(f"/venues/{room.id}"))


def test_names_of_those_who_open_are_for_staff(client, here, room):
    client.sign_in(here.officer.email)
    path = f"/venues/{here.building.id}/openers"
    values = {"role": "caretaker", "name": "Mo Khan", "email": "mo@example.org", "phone": "0161 496", "days": ["3"], "until": "21:00", "cost_pence": "15"}  # fmt: skip
    assert send(client, f"{path}/new", values).status_code == 302
    for page in (path, f"/venues/{room.id}/openers", f"/venues/{room.id}"):
        assert "Mo Khan" in text(client.get(page))
    assert "Thursday" in text(client.get(path))
    one = queries.keyholders_of(here.building.id)[0]
    assert send(client, f"/openers/{one.id}", values | {"until": "22:00"}).status_code == 302
    client.sign_in(here.stranger.email)
    assert client.get(f"/openers/{one.id}").status_code == 403
    for page in (f"/assets/{room.id}", f"/assets/{here.building.id}", f"/rooms/{room.id}/week"):
        shown = text(client.get(page))
        assert "Mo Khan" not in shown
        assert "mo@example.org" not in shown
    assert "A caretaker" in text(client.get(f"/assets/{here.building.id}"))
    client.sign_in(here.officer.email)
    assert "Take Mo Khan out?" in text(client.get(f"/openers/{one.id}/remove"))
    assert client.send(f"/openers/{one.id}/remove", {}).status_code == 302
    assert client.get(f"/openers/{one.id}").status_code == 404


CALENDAR = b"""BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260101T000000Z\r
SUMMARY:Summer term\r\nDTSTART;VALUE=DATE:20260413\r\nDTEND;VALUE=DATE:20260718\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"""


def test_what_no_page_can_hold_stays_out_of_a_term_s_name(client, here):
    """A calendar file brings any letters along, and no form looks at them."""
    client.sign_in(here.officer.email)
    path = f"/holders/{here.holder.id}/terms"
    odd = CALENDAR.replace(b"Summer term", b"Sum\x00mer\x07 <b>term\xef\xbf\xbf")
    sent = {"file": (BytesIO(odd), "\u202e../a.ics")}
    assert client.send(path, sent, content_type="multipart/form-data").status_code == 302
    assert [term.name for term in queries.terms_of(here.holder.id)] == ["Summer <b>term"]
    assert client.get(f"/holders/{here.holder.id}/calendar").status_code == 200


def test_term_dates_are_pasted_or_sent_as_a_calendar(client, here):
    client.sign_in(here.officer.email)
    path = f"/holders/{here.holder.id}/terms"
    odd = client.send(path, {"text": "Autumn, 1 September 2026 to 18 December 2026\nSpring"})
    assert odd.status_code == 409
    assert "Line 2 needs a name, a first and a last day" in text(odd)
    assert "Autumn, 1 September 2026" in text(odd), "what was typed is still there"
    good = "Autumn term: Tuesday 1st September 2026 \u2013 18/12/2026\n\nSpring\t2027-01-05\t2027-03-26"
    assert client.send(path, {"text": good}).status_code == 302
    file = client.send(
        path, {"file": (BytesIO(CALENDAR), "terms.ics")}, content_type="multipart/form-data"
    )
    assert file.status_code == 302
    broken = client.send(
        path, {"file": (BytesIO(b"PK\x03"), "terms.ics")}, content_type="multipart/form-data"
    )
    assert "not a calendar file" in text(broken)
    found = [(t.name, t.first, t.last) for t in queries.terms_of(here.holder.id)]
    assert found == [
        ("Summer term", date(2026, 4, 13), date(2026, 7, 17)),
        ("Autumn term", date(2026, 9, 1), date(2026, 12, 18)),
        ("Spring", date(2027, 1, 5), date(2027, 3, 26)),
    ]
    page = client.get(f"/holders/{here.holder.id}/calendar").get_data(as_text=True)
    term_id = queries.terms_of(here.holder.id)[0].id
    token = {"csrf_token": csrf_token(page)}
    assert client.post(f"/terms/{term_id}/remove", data={}).status_code == 302
    assert len(queries.terms_of(here.holder.id)) == 3, "without its token nothing happens"
    assert client.post(f"/terms/{term_id}/remove", data=token).status_code == 302
    assert client.post(f"/terms/{term_id}/remove", data=token).status_code == 404
    assert "Summer term" not in text(client.get(f"/holders/{here.holder.id}/calendar"))


def test_a_closure_tells_its_lets_and_the_public_only_that_it_is_closed(client, here, room):
    make.confirmed(here, room)
    client.sign_in(here.officer.email)
    values = {"place": str(room.id), "first-day": "9", "first-month": "4", "first-year": "2026", "why": "A funeral."}  # fmt: skip
    made = client.send(f"/holders/{here.holder.id}/closures", values)
    page = text(client.get(made.location))
    assert "These are not cancelled by it" in page
    assert "The Stroke Circle" in page
    assert "A funeral." in page
    assert "1 let has dates on these days" in text(
        client.get(f"/holders/{here.holder.id}/calendar")
    )
    client.sign_in(here.stranger.email)
    assert client.get(made.location).status_code == 403
    week = text(client.get(f"/rooms/{room.id}/week?from=2026-04-09"))
    assert "Closed" in week
    for secret in ("funeral", "Stroke"):
        assert secret not in week
    client.sign_in(here.broker.email)
    page = client.get(made.location).get_data(as_text=True)
    taken = client.post(f"{made.location}/remove", data={"csrf_token": csrf_token(page)})
    assert taken.status_code == 302
    assert client.get(made.location).status_code == 404


def test_the_week_says_in_words_what_its_picture_shows(client, here):
    room = make.room(here, opener=None, hire_hours="Mo-Su 08:00-23:00; PH off", step_free=None)
    said = Opens(Opener.CARETAKER, "Mo Khan", until=None, cost_pence=0)
    opening.add_keyholder(here.ids.officer, here.building.id, said)
    service.set_access(here.ids.officer, room.id, {"hearing_loop": True}, date(2026, 2, 3))
    make.confirmed(here, room, step_free=False)
    page = text(client.get(f"/rooms/{room.id}/week?from=2026-04-06"))
    assert "Easter Monday" in page
    assert "Not for hire" in page
    assert "18:00 to 20:00" in page
    assert "09:00 to 17:00" in page
    assert page.count('class="mw-week__booked"') == 2, "one booking, and the key"
    assert page.count('class="mw-week__hire"') == 7, "six days, and the key"
    assert f"{here.holder.name}, 3 February 2026" in page
    assert "Not known" in page
    assert "Stroke" not in page


def test_a_room_that_is_divided_shows_its_halves(client, here, room):
    client.sign_in(here.broker.email)
    halves = {"first": "North", "second": "south", "first_capacity": "10", "second_capacity": ""}
    assert "different names" in text(
        client.send(f"/venues/{room.id}/divide", halves | {"second": "north"})
    )
    assert client.send(f"/venues/{room.id}/divide", halves).status_code == 302
    page = text(client.get(f"/venues/{room.id}"))
    assert "North" in page
    assert "Divide it into halves" not in page
    again = client.send(f"/venues/{room.id}/divide", halves)
    assert again.status_code == 409
    assert "divided already" in text(again)
