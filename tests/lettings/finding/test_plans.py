"""A term with dates in other rooms: asked for in one go, held in each room, told to each holder, never half done."""

from datetime import date, datetime, time
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import html5lib
import pytest
from sqlalchemy import select

from portal.areas.calendar import LONDON
from portal.db import db
from portal.lettings import search, service
from portal.lettings.finding import links, offers
from portal.lettings.finding.repairs import Way
from portal.lettings.models import Hold, Let
from portal.lettings.rules import Insurance, LetState
from portal.notices.models import Letter
from portal.people.rules import Role
from tests import factories
from tests.conftest import broken
from tests.lettings import make
from tests.lettings.test_pages import query
from tests.lettings.test_search import _an_occurrence

DATES = search.dates_of(make.wish())


@pytest.fixture
def here(app):
    return make.place()


def block(room, *days):
    for day in days:
        at = {"starts": datetime.combine(day, time(18), LONDON), "ends": datetime.combine(day, time(20), LONDON)}  # fmt: skip
        db.session.add(Hold(occurrence_id=_an_occurrence(room), room_id=room.id, **at))
    db.session.commit()


def two_rooms(here):
    """Home is taken on two dates; the other room belongs to somebody else."""
    home = make.room(here, name="Home")
    school = factories.holder(here.area, name="A school")
    officer = factories.with_role(here.area, Role.OFFICER, holder=school, email="head@example.org")
    other = make.room(here, name="School hall", capacity=60)
    other.holder_id = school.id
    db.session.commit()
    block(home, DATES[1], DATES[2])
    return home, other, officer


def ask(here, home, elsewhere, **values):
    return service.ask(
        here.ids.organiser,
        home.id,
        here.group_id,
        make.wish(**values),
        insurance=Insurance.VENUE,
        safeguarding=True,
        elsewhere=elsewhere,
    )


def letters(to):
    return list(db.session.scalars(select(Letter).where(Letter.to == to).order_by(Letter.id)))


def test_each_date_is_held_where_it_is(here):
    home, other, _officer = two_rooms(here)
    let = ask(here, home, {DATES[1]: other.id, DATES[2]: other.id})
    assert let.state is LetState.REQUESTED
    assert [o.other_room_id for o in let.occurrences[:4]] == [None, other.id, other.id, None]
    service.approve(here.ids.broker, let.id)
    holds = db.session.execute(
        select(Hold.room_id, Hold.starts).join(Let.occurrences.property.mapper.class_).where(
            Hold.occurrence_id.in_([o.id for o in let.occurrences])
        )
    ).all()  # fmt: skip
    held = {(room_id, starts.astimezone(LONDON).date()) for room_id, starts in holds}
    assert held == {(other.id if day in DATES[1:3] else home.id, day) for day in DATES}


def test_the_other_holder_hears_of_its_dates_and_of_no_others(here):
    home, other, officer = two_rooms(here)
    let = ask(here, home, {DATES[1]: other.id, DATES[2]: other.id})
    assert not letters(officer.email)
    service.approve(here.ids.broker, let.id)
    (letter,) = letters(officer.email)
    assert "12 March 2026" in letter.body
    assert "19 March 2026" in letter.body
    assert "26 March" not in letter.body
    for told in ("Stroke", "School", "March", "18:00"):
        assert told not in letter.subject
    service.cancel(here.ids.broker, let.id, why="The group moved away.")
    assert "12 March 2026" in letters(officer.email)[-1].body
    assert len(letters(officer.email)) == 2


def test_asking_twice_is_asking_once(here):
    home, other, _officer = two_rooms(here)
    plan = {DATES[1]: other.id, DATES[2]: other.id}
    assert ask(here, home, plan).id == ask(here, home, plan).id


def test_a_room_that_was_taken_meanwhile_is_told_by_its_date(here):
    home, other, _officer = two_rooms(here)
    plan = {DATES[1]: other.id, DATES[2]: other.id}
    let = ask(here, home, plan)
    block(other, DATES[2])
    with broken("room-taken"):
        service.approve(here.ids.broker, let.id)
    assert not db.session.scalars(
        select(Hold).where(Hold.occurrence_id.in_([o.id for o in let.occurrences]))
    ).all()
    with broken("taken"):
        ask(here, home, plan, people=14)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"step_free": False}, "no-access"),
        ({"step_free": None}, "unchecked"),
        ({"capacity": 5}, "too-small"),
        ({"price_pence_hour": 100}, "too-dear"),
        ({"hire_hours": "Fr 10:00-22:00"}, "closed"),
    ],
)
def test_what_stands_in_must_suit_altogether(here, values, code):
    home, _other, _officer = two_rooms(here)
    worse = make.room(here, **values)
    with broken(code):
        ask(here, home, {DATES[1]: worse.id, DATES[2]: worse.id})


def test_a_plan_that_does_not_hold_together(here):
    home, other, _officer = two_rooms(here)
    with broken("changed"):
        ask(here, home, {DATES[1]: other.id, date(2026, 3, 13): other.id})
    with broken("changed"):
        ask(here, home, dict.fromkeys(DATES, other.id))
    with broken("not-for-hire"):
        ask(here, home, dict.fromkeys(DATES[1:3], 99_999))
    with broken("taken"):
        ask(here, home, {DATES[1]: other.id})


def test_an_option_and_its_link_are_the_same(here):
    two_rooms(here)
    wish = make.wish(earliest=time(18), latest=time(20))
    options = offers.options(here.area, wish)
    assert {o.way for o in options} >= {Way.OTHER_ROOM, Way.SHIFTED, Way.OTHER_DAY, Way.LEFT_OUT} - {Way.SHIFTED}  # fmt: skip
    for option in options:
        args = links.MultiDict(links.of_option(wish, option))
        asked, elsewhere = links.chosen(wish, args)
        assert tuple(search.dates_of(asked)) == option.dates
        assert (asked.starts, asked.ends) == (option.wish.starts, option.wish.ends)
        assert elsewhere == {day: room.id for day, room in option.elsewhere}


def links_of(page, words):
    """The addresses of the page's links that begin with these words."""
    document = html5lib.parse(page, namespaceHTMLElements=False)
    return [a.get("href") for a in document.iter("a") if "".join(a.itertext()).strip().startswith(words)]  # fmt: skip


TERMS = {
    "name": "Speech again", "kind": "unconstituted", "private": "y", "insurance": "venue",
    "safeguarding": "y", "note": "Two wheelchairs.",
}  # fmt: skip


def test_each_repair_can_be_asked_for_from_the_page(client, here):
    """Signed out, each repair leads through sign-in to a request with just the dates that were shown."""
    home, other, _officer = two_rooms(here)
    block(other, DATES[7])
    page = client.get(f"/rooms/find?{query(near='M33 2AA')}").get_data(as_text=True)
    assert "No room is free every time" in page
    assert "Home, and 2 dates in other rooms" in page
    assert "12 March 2026, 19 March 2026 in School hall (A school)" in page
    ways = links_of(page, "Ask for this:")
    assert len(ways) >= 3
    way = next(way for way in ways if f"/rooms/{home.id}/ask" in way)
    sent = client.get(way)
    client.sign_in("new@example.org")
    back = dict(parse_qsl(urlsplit(sent.location).query))["next"]
    page = client.get(back).get_data(as_text=True)
    assert "2 dates are in another room" in page
    assert "Thu 12 Mar 2026: School hall" in unescape(page)
    answer = client.send(back, TERMS)
    assert answer.status_code == 302, answer.get_data(as_text=True)
    let = db.session.scalars(select(Let).order_by(Let.id.desc())).first()
    assert [o.other_room_id for o in let.occurrences[:4]] == [None, other.id, other.id, None]
    page = client.get(answer.location).get_data(as_text=True)
    assert "Thursday 12 March 2026, 18:00 to 20:00, School hall" in page
    assert let.room_id == home.id


@pytest.mark.parametrize(
    "junk",
    [
        "on=9x", "at=late", "at=23:30", "part=soon", "part=2026-03-05", "leave=x", "other=x", "other=2026-03-12:-1",
        "other=2026-03-12", "other=2026-13-12:1", "on=99999999999999999999", "other=2026-03-12:99999999999999",
    ],
)  # fmt: skip
def test_a_link_that_is_not_whole_loses_nothing(client, here, junk):
    room = make.room(here)
    client.sign_in("ruth@example.org")
    answer = client.get(f"/rooms/{room.id}/ask?{query()}&{junk}", follow_redirects=True)
    page = answer.get_data(as_text=True)
    assert answer.status_code in (200, 404, 409, 422)
    assert "15" in page


def test_the_broker_sees_the_plan_before_approving(client, here):
    home, other, _officer = two_rooms(here)
    let = ask(here, home, {DATES[1]: other.id, DATES[2]: other.id})
    client.sign_in(here.broker.email)
    page = client.get(f"/lets/{let.id}/approve").get_data(as_text=True)
    assert "In other rooms" in page
    assert "Thursday 12 March 2026, 18:00 to 20:00, School hall" in page


def test_dates_that_are_left_out_are_shown_and_not_held(client, here):
    home, _other, _officer = two_rooms(here)
    let = ask(here, home, {}, without=(f"{DATES[1]}/{DATES[2]}",))
    assert [o.on for o in let.occurrences] == [DATES[0], *DATES[3:]]
    client.sign_in(here.broker.email)
    page = client.get(f"/lets/{let.id}/approve").get_data(as_text=True)
    assert "12 March 2026 to 19 March 2026" in page


@pytest.mark.parametrize(
    "more",
    [
        "other_days=9", "other_days=x", "facilities=gold", "group_kind=mafia", "access=wings", "every=0",
        "without=x&without=2026-99-99", "without=2026-03-12/x", "within=1e400", "pay=-1", "people=99999999999",
        "first=1900-01-01", "last=2199-12-31", "near=%00%F0%9F%8C%B1", "near=" + "x" * 3000, "page=99999999999999999999",
        "earliest=25:00", "starts=24:00", "saved=x", "saved=-1", "room=x", "on=x&at=x",
    ],
)  # fmt: skip
def test_absurd_answers_are_told_in_words(client, here, more):
    make.room(here)
    name = more.partition("=")[0]
    said = query(**{name: None, f"{name}-day": None, f"{name}-month": None, f"{name}-year": None})
    answer = client.get(f"/rooms/find?{said}&{more}")
    assert answer.status_code in (200, 422)
    assert "15" in answer.get_data(as_text=True) or name == "people"


@pytest.mark.parametrize(
    ("starts", "ends", "day"),
    [("00:30", "02:30", date(2026, 3, 29)), ("01:30", "03:00", date(2026, 10, 25)), ("01:15", "01:45", date(2026, 3, 29))],
)  # fmt: skip
def test_the_hours_of_a_clock_change_keep_their_time_on_the_wall(client, here, starts, ends, day):
    make.room(here, name="Night room", hire_hours="24/7")
    said = query(day="6", starts=starts, ends=ends, every="1", **{"first-day": str(day.day), "first-month": str(day.month), "last-day": str(day.day), "last-month": str(day.month)})  # fmt: skip
    page = client.get(f"/rooms/find?{said}&earliest=00:00&latest=04:00").get_data(as_text=True)
    assert "1 room is free every time" in page
    assert f"Sundays {starts} to {ends}" in page


def test_dates_are_ticked_to_be_left_out_and_stay_ticked(client, here):
    home = make.room(here, name="Home")
    block(home, DATES[1], DATES[2])
    out = f"without={DATES[1]}&without={DATES[2]}"
    page = client.get(f"/rooms/find?{query()}&{out}").get_data(as_text=True)
    assert "1 room is free every time" in page
    assert "Not on 12 March 2026 to 19 March 2026." in page
    document = html5lib.parse(page, namespaceHTMLElements=False)
    boxes = [i for i in document.iter("input") if i.get("name") == "without"]
    assert len(boxes) == 13
    assert [i.get("value") for i in boxes if i.get("checked") is not None] == [
        "2026-03-12", "2026-03-19",
    ]  # fmt: skip
    wrong = client.get(f"/rooms/find?{query(people='')}&{out}")
    assert wrong.status_code == 422
    assert 'name="without" value="2026-03-12"' in wrong.get_data(as_text=True)


def test_what_folds_away_is_open_when_something_in_it_is_set(client, here):
    from tests.lettings.test_pages import text

    def folded(path):
        return [d.get("open") is not None for d in html5lib.parse(text(client.get(path)), namespaceHTMLElements=False).iter("details")][:4]  # fmt: skip

    assert folded("/rooms/find") == [False] * 4
    assert folded("/rooms/find?people=15&access=step_free") == [True, False, False, False]
    assert folded("/rooms/find?people=15&other_days=2&pay=5") == [False, False, True, True]
    assert folded("/rooms/find?day=3&people=&every=2&earliest=x") == [False, True, True, False]
