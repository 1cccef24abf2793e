"""Needs that are kept: answered once for each room, by nobody seen but their owner, and stopped by one click."""

from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlencode

import pytest
from sqlalchemy import func, select

from portal import clock
from portal.db import db
from portal.lettings import queries, service
from portal.lettings.finding import links, saving
from portal.lettings.finding.models import SavedNeed, SavedNeedRoom
from portal.lettings.models import Need
from portal.notices.models import Letter
from tests import factories
from tests.conftest import THE_DAY, broken
from tests.lettings import make


@pytest.fixture
def here(app):
    return make.place()


def letters(to="stranger@example.org"):
    return list(db.session.scalars(select(Letter).where(Letter.to == to).order_by(Letter.id)))


def count(model):
    return db.session.scalar(select(func.count()).select_from(model))


def taken(here):
    """A room that another group has on all dates, the let of it, and a need that is kept meanwhile."""
    room = make.room(here, name="Garden room")
    let = make.confirmed(here, room)
    saved = saving.save(here.ids.stranger, make.wish())
    return room, let.id, saved.id


def test_a_cancelled_let_is_told_once(here):
    room, let_id, _saved = taken(here)
    assert saving.tick() == 0
    service.cancel(here.ids.broker, let_id, why="Moved away.")
    assert saving.tick() == 1
    (letter,) = letters()
    assert "Garden room" in letter.body
    assert "Free on all 13 dates" in letter.body
    for secret in ("Stroke", "Moved away", "ruth"):
        assert secret not in letter.body
    for told in ("Garden", "Thursday", "18:00", "M33"):
        assert told not in letter.subject
    assert saving.tick() == 0
    other = make.confirmed(here, room)
    saving.tick()
    service.cancel(here.ids.broker, other.id, why="Again.")
    saving.tick()
    assert len(letters()) == 1, "once for each need and room"


def test_a_new_room_is_told(here):
    taken(here)
    saving.tick()
    make.room(here, name="New hall")
    assert saving.tick() == 1
    assert "New hall" in letters()[0].body


def test_a_room_that_was_shown_when_it_was_saved_is_no_news(here):
    make.room(here)
    saving.save(here.ids.stranger, make.wish())
    assert saving.tick() == 0
    assert not letters()


def test_nothing_is_looked_at_while_nothing_changes(here, monkeypatch):
    taken(here)
    saving.tick()
    monkeypatch.setattr(saving.search, "find", lambda *_a, **_k: pytest.fail("it looked"))
    assert saving.tick() == 0


def test_as_days_go_by_only_the_dates_ahead_count(here):
    """What was in the way has gone by: free for the rest is free."""
    room = make.room(here)
    make.confirmed(here, room, last=date(2026, 3, 5))
    saving.save(here.ids.stranger, make.wish())
    assert saving.tick() == 0
    with clock.at(datetime(2026, 3, 6, 9, tzinfo=UTC)):
        assert saving.tick() == 1
    assert "Free on all 12 dates" in letters()[0].body


def test_it_ends_by_itself_after_the_last_date(here):
    taken(here)
    with clock.at(THE_DAY + timedelta(days=120)):
        assert saving.tick() == 0
    assert count(SavedNeed) == 0
    assert count(SavedNeedRoom) == 0


def test_saved_twice_is_saved_once(here):
    first = saving.save(here.ids.stranger, make.wish())
    assert saving.save(here.ids.stranger, make.wish()).id == first.id
    assert count(Need) == 1


def test_so_many_and_no_more(here):
    for people in range(1, saving.MOST + 1):
        saving.save(here.ids.stranger, make.wish(people=people))
    with broken("too-many-needs"):
        saving.save(here.ids.stranger, make.wish(people=99))


def test_a_change_is_asked_anew(here):
    _room, _let, saved_id = taken(here)
    make.room(here, name="On Friday", hire_hours="Fr 17:00-22:00")
    assert saving.tick() == 0
    saving.save(here.ids.stranger, make.wish(weekday=4, people=12), saved_id)
    saved = saving.one_of(here.ids.stranger, saved_id)
    assert queries.wish_of(saved.need) == make.wish(weekday=4, people=12)
    assert saving.tick() == 0, "what it showed is known"
    assert count(SavedNeed) == 1


def test_nobody_elses(here):
    _room, _let, saved_id = taken(here)
    for who in (here.ids.organiser, here.ids.broker, here.ids.officer):
        with broken("no-need"):
            saving.stop(who, saved_id)
        with broken("no-need"):
            saving.save(who, make.wish(people=3), saved_id)
    assert not saving.mine(here.ids.broker)


def test_who_stops_leaves_nothing_behind(here):
    _room, let_id, saved_id = taken(here)
    service.cancel(here.ids.broker, let_id, why="Moved away.")
    saving.tick()
    needs = count(Need)
    saving.stop(here.ids.stranger, saved_id)
    assert not letters()
    assert count(SavedNeed) == count(SavedNeedRoom) == 0
    assert count(Need) == needs - 1


def test_a_closed_account_gets_no_letter(here):
    _room, let_id, _saved = taken(here)
    here.stranger.closed_at = clock.now()
    db.session.commit()
    service.cancel(here.ids.broker, let_id, why="Moved away.")
    assert saving.tick() == 0
    assert not letters()
    assert count(SavedNeed) == 0


def test_a_need_that_breaks_does_not_silence_the_others(here, monkeypatch):
    taken(here)
    other = factories.user("other.one@example.org")
    saving.save(other.id, make.wish(people=14))
    find, seen = saving.search.find, []

    def first_fails(*args, **kwargs):
        seen.append(1)
        if len(seen) == 1:
            raise RuntimeError
        return find(*args, **kwargs)

    make.room(here, name="New hall")
    monkeypatch.setattr(saving.search, "find", first_fails)
    assert saving.tick() == 1
    assert saving.tick() == 1, "and is looked at again"


def address(**values):
    return "/needs/new?" + urlencode(links.args_of(make.wish(**values)), doseq=True)


def test_it_is_saved_through_sign_in_with_nothing_lost(client, here):
    make.room(here, name="Taken", capacity=15, hire_hours="Fr 10:00-12:00")
    found = client.get(address().replace("/needs/new", "/rooms/find"))
    page = found.get_data(as_text=True)
    assert "Tell me when a room becomes free" in page
    sent = client.get(address())
    assert sent.location.startswith("/sign-in?next=")
    client.sign_in("stranger@example.org")
    page = client.get(address()).get_data(as_text=True)
    assert "Thursdays 18:00 to 20:00" in page
    assert "stranger@example.org" in page
    for _twice in range(2):
        answer = client.send(address(), {}, follow_redirects=True)
        assert "We write to you" in answer.get_data(as_text=True)
    saved = db.session.scalars(select(SavedNeed)).one()
    assert queries.wish_of(saved.need) == make.wish()
    page = client.get(f"/needs/{saved.id}/rooms", follow_redirects=True).get_data(as_text=True)
    assert f'name="saved" value="{saved.id}"' in page
    changed = address(people=9) + f"&saved={saved.id}"
    client.send(changed, {})
    db.session.expire_all()
    assert db.session.scalars(select(SavedNeed)).one().need.people == 9


def test_its_page_shows_only_ones_own(client, here):
    _room, _let, saved_id = taken(here)
    client.sign_in("ruth@example.org")
    assert "You have saved nothing" in client.get("/needs").get_data(as_text=True)
    assert client.get(f"/needs/{saved_id}/rooms").status_code == 404
    assert client.get(address() + f"&saved={saved_id}").status_code == 404


def test_one_click_stops_it(client, here):
    _room, let_id, _saved = taken(here)
    service.cancel(here.ids.broker, let_id, why="Moved away.")
    saving.tick()
    leave = letters()[0].leave_url.removeprefix(client.application.config["BASE_URL"])
    page = client.get(leave)
    assert "Thursday" not in page.get_data(as_text=True)
    assert client.post(leave, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert count(SavedNeed) == 0
    assert client.post(leave, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert client.send(leave, {}).status_code == 200


@pytest.mark.parametrize("args", ["", "?day=3", "?day=junk&people=15", "?saved=999999"])
def test_junk_leads_back_to_the_questions(client, here, args):
    client.sign_in("stranger@example.org")
    answer = client.get(f"/needs/new{args}")
    assert answer.location.startswith("/rooms/find")


def test_two_clocks_write_one_letter(here):
    """Both saw that something has changed; the slower one finds that it was told."""
    _room, let_id, saved_id = taken(here)
    service.cancel(here.ids.broker, let_id, why="Moved away.")
    now = saving._as_it_stands()
    assert saving._look(saved_id, now)
    assert not saving._look(saved_id, now)
    assert len(letters()) == 1


def test_a_letter_and_what_is_known_by_it_are_one_step(here, monkeypatch):
    """Killed before the end, nothing was written, and the next clock writes."""
    _room, let_id, _saved = taken(here)
    service.cancel(here.ids.broker, let_id, why="Moved away.")
    write = saving.letters.of_rooms

    def killed(*args):
        write(*args)
        raise SystemExit

    monkeypatch.setattr(saving.letters, "of_rooms", killed)
    with pytest.raises(SystemExit):
        saving.tick()
    db.session.rollback()
    assert not letters()
    monkeypatch.undo()
    assert saving.tick() == 1
    assert len(letters()) == 1
