"""Rent: each date once, in the month after it, and only what was not given up in time."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from portal import clock
from portal.db import db
from portal.lettings import service
from portal.lettings.dates import service as dates
from portal.lettings.models import Let
from portal.lettings.paying import rules
from portal.lettings.paying.models import ChargedDate
from portal.lettings.paying.rules import DateDue, GivenUp
from portal.lettings.paying.tick import tick
from portal.lettings.rules import OccurrenceState
from portal.money import charging, queries
from portal.money.models import Charge
from portal.money.rules import Paid
from portal.money.tick import tick as remind
from portal.notices.models import Letter
from portal.people.rules import Role
from tests.lettings import make

APRIL = datetime(2026, 4, 1, 8, tzinfo=UTC)
MAY = datetime(2026, 5, 1, 8, tzinfo=UTC)


@pytest.fixture
def here(app):
    return make.place()


@pytest.fixture
def let(here):
    """Thursdays from 5 March 2026 at £6: four in March, five in April, four in May."""
    room = make.room(here, price_pence_hour=3_00)
    made = make.requested(here, room, max_pence=10_00)
    return service.approve(here.ids.broker, made.id)


def charges():
    return [(c.words, c.pence) for c in db.session.scalars(select(Charge).order_by(Charge.id))]


def at(moment):
    return clock.at(moment)


def occurrence(let, on):
    return next(o for o in db.session.get(Let, let.id).occurrences if o.on == on)


def test_each_month_is_asked_for_once_when_it_is_over(let):
    with at(datetime(2026, 3, 31, 22, 30, tzinfo=UTC)):  # 23:30 on the wall
        assert tick() == 0
    with at(datetime(2026, 3, 31, 23, 30, tzinfo=UTC)):  # April on the wall
        assert tick() == 1
        assert tick() == 0
        assert charges() == [("4 dates in March 2026", 24_00)]
    charge = db.session.scalars(select(Charge)).one()
    assert (charge.raised_on, charge.due_on) == (date(2026, 4, 1), date(2026, 4, 15))


def test_a_late_clock_asks_month_by_month(let):
    with at(datetime(2026, 7, 9, tzinfo=UTC)):
        service.tick()
        assert tick() == 3
        assert tick() == 0
    assert [pence for _words, pence in charges()] == [24_00, 30_00, 24_00]


def test_what_the_group_gives_up_in_time_costs_nothing_and_late_it_does(here, let):
    by = here.ids.organiser
    with at(datetime(2026, 3, 5, 12, tzinfo=UTC)):
        dates.release(by, let.id, [occurrence(let, date(2026, 3, 12)).id])  # 7 days before
        dates.release(by, let.id, [occurrence(let, date(2026, 3, 19)).id])
    with at(datetime(2026, 3, 20, 12, tzinfo=UTC)):
        dates.release(by, let.id, [occurrence(let, date(2026, 3, 26)).id])  # 6 days before
    with at(APRIL):
        assert tick() == 1
    assert charges() == [("2 dates in March 2026", 12_00)]


def test_what_the_holder_or_the_broker_cancels_costs_nothing(here, let):
    with at(datetime(2026, 3, 18, 12, tzinfo=UTC)):
        one, two = (occurrence(let, date(2026, 3, day)).id for day in (19, 26))
        dates.cancel(here.ids.officer, let.id, [one], why="Elections.")
        dates.cancel(here.ids.broker, let.id, [two], why="Water.")
    with at(APRIL):
        tick()
    assert charges() == [("2 dates in March 2026", 12_00)]


def test_a_let_that_the_group_cancels_late_costs_the_week_and_no_more(here, let):
    with at(datetime(2026, 3, 23, 12, tzinfo=UTC)):
        service.tick()
        service.cancel(here.ids.organiser, let.id, why="We have found another room.")
    with at(MAY):
        assert tick() == 1  # 5, 12, 19 and the 26th, three days on
        assert charges() == [("4 dates in March 2026", 24_00)]
        assert tick() == 0


def test_a_let_without_a_price_is_never_charged(here):
    make.confirmed(here, make.room(here))
    with at(MAY):
        service.tick()
        assert tick() == 0
    assert db.session.scalar(select(func.count()).select_from(ChargedDate)) == 0


def test_what_was_offered_and_never_agreed_costs_nothing(here):
    room = make.room(here, price_pence_hour=3_00)
    made = make.requested(here, room, max_pence=1_00)
    service.approve(here.ids.broker, made.id)
    with at(APRIL):
        service.cancel(here.ids.broker, made.id, why="No answer came.")
    with at(MAY):
        assert tick() == 0
    assert charges() == []


def test_reminders_go_once_each_and_stop_when_paid(here, let):
    with at(APRIL):
        tick()
    charge_id = db.session.scalars(select(Charge.id)).one()
    for day, expected in ((15, 0), (16, 1), (17, 0), (29, 1), (30, 0)):
        with at(datetime(2026, 4, day, 8, tzinfo=UTC)):
            assert remind() == expected, day
            assert remind() == 0
    with at(datetime(2026, 5, 13, 8, tzinfo=UTC)):
        charging.record_payment(here.ids.broker, charge_id, pence=24_00, paid_by=Paid.CASH)
        assert remind() == 0
    late = select(Letter).where(Letter.subject == "A payment is overdue")
    assert [letter.to for letter in db.session.scalars(late)] == ["ruth@example.org"] * 2


def test_the_holder_earns_and_the_books_explain_it(here, let):
    with at(APRIL):
        tick()
        charge_id = db.session.scalars(select(Charge.id)).one()
        charging.record_payment(here.ids.broker, charge_id, pence=24_00, paid_by=Paid.TRANSFER)
    assert [(c.holder.id, c.pence) for c in queries.creditors()] == [(here.holder.id, 24_00)]
    assert queries.faults() == []


GIVERS = st.sampled_from([Role.ORGANISER, Role.OFFICER, Role.BROKER, Role.PORTAL])
STATES = st.sampled_from(list(OccurrenceState))


@given(STATES, st.one_of(st.none(), GIVERS), st.integers(0, 60), st.booleans())
def test_a_date_costs_if_it_stood_or_the_group_gave_it_up_too_late(state, role, days, taken):
    on = date(2026, 3, 31)
    gone = on - timedelta(days=days)
    given_up = role and GivenUp(role, datetime.combine(gone, time(12), UTC))
    found = rules.costs(DateDue(1, on, state, given_up, taken), given_up and gone)
    late = role is Role.ORGANISER and days < 7 and not taken
    assert found == (state is OccurrenceState.PLANNED or late)
