"""Who opens for a date: on their weekdays, until their hour. Held against a model that asks every minute."""

from datetime import date, datetime, time, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.areas.queries import current_area
from portal.db import db
from portal.lettings import doors, search
from portal.lettings.hosting import feeds, openers, week
from portal.lettings.hosting.rules import Scope
from portal.lettings.models import Let
from portal.venues.hours import Hours, covers
from portal.venues.models import Keyholder
from portal.venues.rules import Key
from tests.lettings import make
from tests.lettings.hosting.test_entry import keyholder

MONDAY = date(2026, 3, 2)
PUBLIC = "Mo-Fr 09:00-17:00; PH off"


@pytest.fixture
def here(app):
    return make.place()


@pytest.fixture
def room(here):
    return make.room(here, name="Garden room")


def dates_of(let):
    return db.session.get(Let, let.id).occurrences


def test_a_keyholder_sees_the_dates_of_their_days_and_no_others(here, room):
    monday = make.confirmed(here, room, weekday=0, first=MONDAY)
    organiser, group = make.another_group(here, 1)
    thursday = make.confirmed(here, room, by=organiser, group_id=group)
    kay = keyholder(here, here.building, days=(0, 1))
    assert [visit.date.let_id for visit in week.visits(kay)] == [
        monday.id,
        thursday.id,
    ]  # nobody opens on Thursdays
    assert [visit.nobody for visit in week.visits(kay)] == [False, True]
    assert {date.let_id for date in openers.without(here.officer)} == {thursday.id}
    lee = Keyholder(
        area_id=here.area_id, asset_id=here.building.id, role="keyholder", name="Lee Locks", days=(3,),
        until=time(21), changed_at=monday.asked_at,
    )  # fmt: skip
    db.session.add(lee)
    db.session.commit()
    assert [visit.date.let_id for visit in week.visits(kay)] == [monday.id]
    assert [visit.openers for visit in week.visits(here.officer)] == ["Kay Keys", "Lee Locks"]
    assert openers.without(here.officer) == []
    followed = feeds.feed(SimpleNamespace(user=kay, scope=Scope.KEYHOLDER, scope_id=0))
    assert f"date-{dates_of(monday)[0].id}@".encode() in followed
    assert f"date-{dates_of(thursday)[0].id}@".encode() not in followed
    lee.until = time(19)  # before the group leaves
    db.session.commit()
    assert {date.let_id for date in openers.without(here.officer)} == {thursday.id}


def test_a_room_is_found_only_on_the_days_on_which_somebody_opens(here, room):
    keyholder(here, room, days=(3, 4), until=time(20))
    for weekday, starts, ends, free in (
        (3, 18, 20, True), (4, 18, 20, True), (2, 18, 20, False), (3, 19, 21, False),
    ):  # fmt: skip
        first = MONDAY + timedelta(days=weekday)
        wish = make.wish(weekday=weekday, starts=time(starts), ends=time(ends), first=first)
        found = search.find(current_area(), wish).matches
        assert bool(found) is free, (weekday, ends)


def test_the_broker_hears_before_approving(here, room):
    let = make.requested(here, room)
    assert not any("lets the group in" in said for said in doors.warnings_of(let))
    keyholder(here, room, days=(0,))
    told = [
        said
        for said in doors.warnings_of(db.session.get(Let, let.id))
        if "lets the group in" in said
    ]
    assert len(told) == 1
    assert "5 March" in told[0]


def test_the_week_says_so_and_leads_to_today(client, here, room):
    make.confirmed(here, room)
    client.sign_in(here.officer.email)
    page = client.get("/hosting/week").text
    assert 'href="/lets/today"' in page
    assert "Nobody opens" not in page
    keyholder(here, room, days=(0,))
    page = client.get("/hosting/week").text
    assert "Nobody opens on these dates" in page
    assert "Stroke" not in page


KEYS = st.lists(
    st.builds(
        Key,
        st.lists(st.integers(0, 6), max_size=3, unique=True).map(tuple),
        st.none() | st.sampled_from([time(18), time(20), time(22, 30), time()]),
    ),
    max_size=3,
)


def obvious(keys, opener, start, end):
    """Every quarter of an hour: is the building open, or is one and the same person there for all of it?"""
    quarters = [start + timedelta(minutes=15 * n) for n in range(int((end - start).seconds / 900))]
    if all(covers(PUBLIC, q, q + timedelta(minutes=15), ()) for q in quarters):
        return True
    if not keys:
        return opener
    return any(
        all((not k.days or q.weekday() in k.days) and (k.until in (None, time()) or (q + timedelta(minutes=15)).time() <= k.until) for q in quarters)
        for k in keys
    )  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(keys=KEYS, opener=st.booleans(), day=st.integers(0, 6), first=st.integers(32, 84), length=st.integers(1, 10))  # fmt: skip
def test_nobody_opens_exactly_where_nobody_would_be_there(keys, opener, day, first, length):
    start = datetime.combine(MONDAY + timedelta(days=day), time()) + timedelta(minutes=15 * first)
    end = start + timedelta(minutes=15 * length)
    hours = Hours("Mo-Su 08:00-24:00", PUBLIC, opener or bool(keys), tuple(keys))
    named = [SimpleNamespace(days=k.days, until=k.until) for k in keys]
    assert openers.among(named, hours, start, end, ()).nobody is not obvious(
        keys, opener, start, end
    )
