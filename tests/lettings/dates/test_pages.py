"""The pages as people use them on a phone, without JavaScript, and what they never tell others."""

from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlencode

import pytest
from sqlalchemy import select

from portal import clock
from portal.db import db
from portal.lettings.dates import service, waiting
from portal.lettings.dates.tick import tick
from portal.lettings.models import DateOffer, Let, Waiting
from portal.lettings.rules import Attended, Insurance, OccurrenceState
from tests.conftest import csrf_token
from tests.hostile import NEED
from tests.lettings import make
from tests.lettings.hosting.test_entry import keyholder

SIX = datetime(2026, 3, 5, 18, 10, tzinfo=UTC)


@pytest.fixture
def here(app):
    return make.place()


@pytest.fixture
def room(here):
    return make.room(here, name="Garden room")


@pytest.fixture
def let(here, room):
    return make.confirmed(here, room)


def text(response):
    return response.get_data(as_text=True)


def dates_of(let):
    db.session.rollback()
    return db.session.get(Let, let.id).occurrences


def test_the_let_shows_the_next_date_and_one_link_for_each(client, here, let):
    client.sign_in(here.organiser.email)
    page = text(client.get(f"/lets/{let.id}"))
    assert page.index("Next date") < page.index("Thursday 5 March 2026") < page.index("13 dates")
    assert page.count("</span></a>") >= 13
    one = text(client.get(f"/lets/{let.id}/dates/{dates_of(let)[0].id}"))
    assert "Give this date up" in one
    assert "See what is free" in one
    assert "with a reason" not in one


def test_one_date_is_given_up_and_taken_back_by_a_button(client, here, let):
    client.sign_in(here.organiser.email)
    first = dates_of(let)[0].id
    page = f"/lets/{let.id}/dates/give-up"
    assert client.send(page, {"dates": first}).status_code == 302
    shown = text(client.get(f"/lets/{let.id}"))
    assert "take a date back" in shown
    assert "Given up" in shown
    again = client.send(page, {"dates": first})
    assert again.status_code == 409
    assert "This date has been given up already" in text(again)
    assert "Take this date back" in text(client.get(f"/lets/{let.id}/dates/{first}"))
    assert client.send(f"/lets/{let.id}/dates/take-back", {"dates": first}).status_code == 302
    assert dates_of(let)[0].state is OccurrenceState.PLANNED


def test_several_dates_by_ticking_boxes_and_nothing_ticked_is_told(client, here, let):
    client.sign_in(here.organiser.email)
    page = f"/lets/{let.id}/dates/give-up"
    empty = client.send(page, {"why": "Half term"})
    assert empty.status_code == 422
    assert "Tick at least one date" in text(empty)
    assert "Half term" in text(empty)
    ids = [one.id for one in dates_of(let)[2:5]]
    assert client.send(page, {"dates": ids}).status_code == 302
    assert [o.state for o in dates_of(let)].count(OccurrenceState.RELEASED) == 3


def test_the_broker_cancels_with_a_reason(client, here, let):
    client.sign_in(here.broker.email)
    first = dates_of(let)[0].id
    page = f"/lets/{let.id}/dates/cancel?date={first}"
    assert "checked" in text(client.get(page))
    missing = client.send(page, {"dates": first})
    assert missing.status_code == 422
    assert "Write the reason." in text(missing)
    assert client.send(page, {"dates": first, "why": "A flood."}).status_code == 302
    assert "Cancelled" in text(client.get(f"/lets/{let.id}"))


def test_who_may_not_is_told_so(client, here, let):
    client.sign_in(here.organiser.email)
    assert client.get(f"/lets/{let.id}/dates/cancel").status_code == 403
    assert client.get(f"/lets/{let.id}/dates/take-back").status_code == 404
    assert client.get(f"/lets/{let.id}/dates/99999").status_code == 404
    assert client.get(f"/lets/{let.id}/keep").status_code == 409
    client.sign_in(here.stranger.email)
    first = dates_of(let)[0].id
    for end in ("give-up", "cancel", first, f"{first}/move", f"{first}/attended"):
        assert client.get(f"/lets/{let.id}/dates/{end}").status_code == 404


def test_a_date_moves_to_what_is_free(client, here, room, let):
    make.room(here, name="Green room")
    organiser, group = make.another_group(here, 1)
    make.confirmed(here, room, by=organiser, group_id=group, weekday=4, first=date(2026, 3, 6))
    client.sign_in(here.organiser.email)
    first = dates_of(let)[0].id
    page = f"/lets/{let.id}/dates/{first}/move"
    shown = text(client.get(page))
    for words in ("17:00 to 19:00", "18:30 to 20:30", "20:00 to 22:00", "Green room"):
        assert words in shown, words
    assert "16:30 to 18:30" not in shown
    friday = f"{page}?on-day=6&on-month=3&on-year=2026"
    shown = text(client.get(friday))
    assert "20:00 to 22:00" in shown
    assert "18:30 to 20:30" not in shown
    taken = client.send(friday, {"to": f"{room.id}@18:30"})
    assert taken.status_code == 409
    assert "is taken on" in text(taken)
    for junk in ("", "x", "1@", f"{room.id}@25:00", "999@18:00"):
        assert client.send(friday, {"to": junk}).status_code in (409, 422), junk
    for day in ("0", "x", "99"):
        assert client.get(f"{page}?on-day={day}&on-month=3&on-year=2026").status_code == 200
    assert client.send(friday, {"to": f"{room.id}@20:00"}).status_code == 302
    moved = dates_of(let)[0]
    assert moved.starts == datetime(2026, 3, 6, 20, 0, tzinfo=UTC)
    assert "Moved from Thu 5 Mar 2026" in text(client.get(f"/lets/{let.id}"))


def test_today_is_one_tap(client, here, let):
    client.sign_in(here.organiser.email)
    assert "Nobody meets today" in text(client.get("/lets/today"))
    first = dates_of(let)[0].id
    with clock.at(SIX):
        page = text(client.get("/lets/today"))
        assert "We are here" in page
        assert "Nobody came" in page
        address = f"/lets/{let.id}/dates/{first}/attended"
        assert client.send(address, {"came": "yes"}).status_code == 302
        assert "Correct this" in text(client.get("/lets/today"))
        wrong = client.send(address, {"came": "yes", "people": "many"})
        assert wrong.status_code == 422
        assert "many" in text(wrong)
        assert client.send(address, {"came": "yes", "people": "14"}).status_code == 302
        assert "14 people" in text(client.get("/lets/today"))
        client.sign_in(here.officer.email)
        assert "The Stroke Circle" in text(client.get("/lets/today"))
        assert client.send(address, {"came": "no"}).status_code == 302
        client.sign_in(here.stranger.email)
        assert "Stroke" not in text(client.get("/lets/today"))
    assert dates_of(let)[0].attended is Attended.UNUSED


def test_waiting_from_the_search_to_a_date_of_ones_own(client, here, room, let):
    query = urlencode(NEED)
    found = text(client.get(f"/rooms/find?room={room.id}&{query}"))
    assert "It is not free for you" in found
    assert f"/rooms/{room.id}/wait?" in found
    address = f"/rooms/{room.id}/wait?{query}"
    assert client.get(address).status_code == 302
    client.sign_in("new@example.org")
    answers = {
        "name": "Lip readers",
        "kind": "unconstituted",
        "insurance": "venue",
        "safeguarding": "y",
    }
    refused = client.send(address, answers | {"safeguarding": "", "note": "A loop, please"})
    assert refused.status_code == 422
    assert "A loop, please" in text(refused)
    assert client.send(address, answers).status_code == 302
    page = text(client.get("/waiting"))
    assert "Garden room" in page
    place = db.session.scalars(select(Waiting)).one()
    service.release(here.ids.organiser, let.id, [dates_of(let)[3].id])
    tick()
    made = db.session.scalars(select(DateOffer)).one().id
    assert "Thursday 26 March 2026" in text(client.get("/waiting"))
    page = text(client.get(f"/offers/{made}"))
    assert "It is kept for you until" in page
    assert "Stroke" not in page
    done = client.send(f"/offers/{made}", {"answer": "take"})
    assert done.status_code == 302
    assert "Thursday 26 March 2026" in text(client.get(done.location))
    token = csrf_token(text(client.get("/account")))  # a page that was open before has one
    over = client.post(f"/offers/{made}", data={"answer": "pass", "csrf_token": token})
    assert over.status_code == 409
    assert client.send(f"/waiting/{place.id}", {}).status_code == 302
    assert "You wait for no room" in text(client.get("/waiting"))
    client.sign_in(here.stranger.email)
    assert client.get(f"/offers/{made}").status_code == 404
    assert client.get(f"/waiting/{place.id}").status_code == 404


def waits_for_it(here, room):
    """One more group is on the list."""
    organiser, group = make.another_group(here, 1)
    waiting.join(organiser, room.id, group, make.wish(), insurance=Insurance.VENUE, safeguarding=True)  # fmt: skip


def test_an_offer_that_is_over_says_so(client, here, room, let):
    waits_for_it(here, room)
    service.release(here.ids.organiser, let.id, [dates_of(let)[3].id])
    tick()
    made = db.session.scalars(select(DateOffer)).one().id
    client.sign_in("other1@example.org")
    with clock.at(clock.now() + timedelta(hours=25)):
        page = text(client.get(f"/offers/{made}"))
        assert "This offer is over" in page
        assert "Take it" not in page


def test_on_the_day_the_lets_page_has_the_one_tap_too(client, here, let):
    with clock.at(SIX):
        client.sign_in(here.organiser.email)
        assert "We are here" in text(client.get(f"/lets/{let.id}"))
        client.sign_in(here.broker.email)
        page = text(client.get(f"/lets/{let.id}"))
        assert "We are here" not in page
        assert "Say whether the group came" in page


def test_who_gave_a_date_up_and_who_waits_is_told_to_nobody_else(client, app, here, room, let):
    """Each page that a stranger can open, signed in or not, and what the group that waits can see."""
    waits_for_it(here, room)
    service.release(here.ids.organiser, let.id, [dates_of(let)[3].id])
    tick()
    for email in (None, here.stranger.email, "other1@example.org"):
        browser = app.test_client()
        if email:
            browser.sign_in(email)
        for path in (
            f"/assets/{room.id}", f"/rooms/{room.id}/week?from=2026-03-23", f"/rooms/find?room={room.id}&{urlencode(NEED)}",
            "/waiting", "/offers/1", "/lets", "/lets/today", f"/lets/{let.id}", "/cases",
        ):  # fmt: skip
            page = text(browser.get(path))
            assert "Stroke" not in page, (email, path)
            assert "Other group" not in page or email == "other1@example.org", (email, path)
    week = text(app.test_client().get(f"/rooms/{room.id}/week?from=2026-03-23"))
    assert (
        "18:00 to 20:00" in week
    )  # kept for the group that was asked: booked, as far as others know


def test_whoever_opens_the_room_says_it_too_and_learns_no_private_name(client, here, room, let):
    opens = keyholder(here, here.building)
    address = f"/lets/{let.id}/dates/{dates_of(let)[0].id}/attended"
    client.sign_in(opens.email)
    with clock.at(SIX):
        page = text(client.get("/lets/today"))
        assert "Garden room" in page
        assert "The group came" in page
        assert "Stroke" not in page + text(client.get(address))
        assert client.send(address, {"came": "yes"}).status_code == 302
    assert dates_of(let)[0].attended is Attended.CAME
    assert client.get(f"/lets/{let.id}").status_code == 404
