"""A room that stood empty three times: the group is asked, answers in one tap, or the dates go to others."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from portal import clock
from portal.db import db
from portal.errors import Forbidden, PortalError
from portal.lettings import service as lets
from portal.lettings.dates import service, waiting
from portal.lettings.dates.tick import tick
from portal.lettings.models import DateOffer, Let, LetEvent
from portal.lettings.rules import Action, Insurance, LetState, OccurrenceState
from portal.notices.models import Letter
from tests.conftest import broken
from tests.lettings import make
from tests.test_many_at_once import at_once

ASKED = "Do you still need your room? Please answer"
# The third date is Thursday 19 March; what was said of it can be corrected until the end of Friday.
SATURDAY = datetime(2026, 3, 21, 9, 0, tzinfo=UTC)
# Monday 23 March is the first of five working days, Friday 27 March the last.
LAST = datetime(2026, 3, 28, 0, 0, tzinfo=UTC)


@pytest.fixture
def here(app):
    return make.place()


@pytest.fixture
def let(here):
    made = make.confirmed(here, make.room(here))
    return SimpleNamespace(id=made.id, room_id=made.room_id)  # outlives the session


def said(here, let, *words):
    """Of the first dates: whether they came, None where nobody said anything."""
    db.session.rollback()
    dates = [(one.id, one.ends) for one in db.session.get(Let, let.id).occurrences]
    for (date_id, ends), came in zip(dates, words, strict=False):
        with clock.at(ends):
            lets.tick()
            if came is not None:
                service.attend(here.ids.officer, let.id, date_id, came=came)


def letters():
    db.session.rollback()
    return db.session.scalars(select(Letter).where(Letter.subject == ASKED)).all()


def now_is(let):
    db.session.rollback()
    return db.session.get(Let, let.id)


def test_three_times_running_is_asked_once_with_a_last_day(here, let):
    said(here, let, False, False, False)
    with clock.at(SATURDAY - timedelta(hours=10)):
        assert tick() == 0  # it can still be corrected
    with clock.at(SATURDAY):
        assert tick() == 1
        assert tick() == 0
    (letter,) = letters()
    assert letter.to == here.organiser.email
    assert "Friday 27 March 2026" in letter.body
    assert f"/lets/{let.id}/keep" in letter.body
    assert now_is(let).keep_by == LAST


@pytest.mark.parametrize(
    "words",
    [(False, False, True), (False, False, None), (False, None, False), (None, False, False)],
)
def test_what_nobody_said_is_not_unused(here, let, words):
    said(here, let, *words)
    with clock.at(SATURDAY):
        assert tick() == 0


def test_a_date_given_up_is_neither_used_nor_unused(here, let):
    second = now_is(let).occurrences[1].id
    service.release(here.ids.organiser, let.id, [second])
    said(here, let, False, None, False, False)
    with clock.at(SATURDAY + timedelta(days=7)):
        tick()
    assert len(letters()) == 1


def test_one_tap_keeps_it_and_the_count_begins_anew(here, let):
    said(here, let, False, False, False)
    with clock.at(SATURDAY):
        tick()
        with pytest.raises(Forbidden):
            service.keep(here.ids.broker, let.id)
        service.keep(here.ids.organiser, let.id)
        with broken("not-asked"):
            service.keep(here.ids.organiser, let.id)
        assert tick() == 0
    with clock.at(LAST + timedelta(days=30)):
        assert tick() == 0
    assert now_is(let).state is LetState.RUNNING


def test_coming_is_an_answer_too(here, let):
    said(here, let, False, False, False)
    with clock.at(SATURDAY):
        tick()
    fourth = now_is(let).occurrences[3]
    with clock.at(fourth.starts):
        service.attend(here.ids.officer, let.id, fourth.id, came=True)
    with clock.at(LAST):
        assert tick() == 0


def test_no_answer_and_the_dates_go_to_who_waits_and_the_let_ends(app, here, let):
    organiser, group = make.another_group(here, 1)
    waiting.join(organiser, let.room_id, group, make.wish(), insurance=Insurance.VENUE, safeguarding=True)  # fmt: skip
    said(here, let, False, False, False)
    with clock.at(SATURDAY):
        tick()
    with clock.at(LAST - timedelta(seconds=1)):
        assert tick() == 0
    with clock.at(LAST + timedelta(days=1)):  # late
        at_once(app, [tick] * 3)
        tick()
        tick()
    over = now_is(let)
    assert over.state is LetState.ENDED
    assert [one.state for one in over.occurrences] == (
        [OccurrenceState.PLANNED] * 4 + [OccurrenceState.RELEASED] * 9
    )
    lapsed = db.session.scalars(select(LetEvent).where(LetEvent.action == Action.LAPSE)).all()
    assert len(lapsed) == 1
    assert len(db.session.scalars(select(DateOffer)).all()) == 9
    with clock.at(LAST + timedelta(days=1)), broken("not-now"):
        service.keep(here.ids.organiser, let.id)


def test_the_page_says_until_when(client, here, let):
    said(here, let, False, False, False)
    client.sign_in(here.organiser.email)
    with clock.at(SATURDAY):
        tick()
        page = client.get(f"/lets/{let.id}/keep").get_data(as_text=True)
        assert "We still need it" in page
        assert "by the end of Friday 27 March 2026" in page
        assert client.send(f"/lets/{let.id}/keep", {}).status_code == 302
    assert now_is(let).keep_by is None


def test_easter_is_not_counted(here, let):
    """Good Friday and Easter Monday are no working days: asked on 3 April, the fifth is Monday 13 April."""
    said(here, let, True, True, False, False, False)
    with clock.at(datetime(2026, 4, 4, 9, 0, tzinfo=UTC)):
        tick()
    assert now_is(let).keep_by == datetime(2026, 4, 13, 23, 0, tzinfo=UTC)
    assert date(2026, 4, 2) == now_is(let).occurrences[4].on


def test_answering_at_the_last_moment_and_the_clock_are_one_after_the_other(app, here, let):
    said(here, let, False, False, False)
    with clock.at(SATURDAY):
        tick()

    def keep():
        try:
            return service.keep(here.ids.organiser, let.id).state.value
        except PortalError as refusal:
            return refusal.code

    with clock.at(LAST):
        told = at_once(app, [keep, tick, tick])[0]
    over = now_is(let)
    ahead = [one for one in over.occurrences if one.starts > LAST]
    if told == "running":
        assert over.state is LetState.RUNNING
        assert {one.state for one in ahead} == {OccurrenceState.PLANNED}
    else:
        assert (told, over.state) == ("not-now", LetState.ENDED)
        assert {one.state for one in ahead} == {OccurrenceState.RELEASED}
