"""A let's life through the services, on both engines."""

from datetime import UTC, date, datetime, time

import pytest
from sqlalchemy import func, select

from portal import clock
from portal.db import db
from portal.errors import Forbidden, NotFound, RuleBroken
from portal.lettings import queries, service
from portal.lettings.models import Hold, Let, LetEvent, Occurrence
from portal.lettings.paying import deposits
from portal.lettings.rules import Action, Insurance, LetState, OccurrenceState
from portal.money.models import Deposit
from portal.money.queries import balances
from portal.money.rules import Account, DepositState, Paid
from portal.notices.models import Letter
from tests.conftest import broken
from tests.lettings import make

THURSDAYS = 13  # from 5 March to 28 May 2026


@pytest.fixture
def here(app):
    return make.place()


@pytest.fixture
def room(here):
    return make.room(here)


def state(let):
    return db.session.get(Let, let.id).state


def holds():
    return db.session.scalar(select(func.count(Hold.id)))


def history(let):
    return [(e.action, e.role) for e in queries.steps_of(let.id)]


def test_from_request_to_the_deposit_returned(here, room):
    let = make.requested(here, room)
    assert (state(let), holds()) == (LetState.REQUESTED, 0)
    service.approve(here.ids.broker, let.id, deposit_pence=20_00)
    assert (state(let), holds()) == (LetState.DEPOSIT_DUE, THURSDAYS)
    receipt = deposits.record_deposit(here.ids.broker, let.id, paid_by=Paid.CASH)
    assert receipt.startswith("2026-")
    assert state(let) is LetState.CONFIRMED
    assert service.tick() == 0
    with clock.at(datetime(2026, 3, 5, 18, 0, tzinfo=UTC)):
        assert service.tick() == 1
        assert service.tick() == 0
        assert state(let) is LetState.RUNNING
    with clock.at(datetime(2026, 5, 28, 19, 0, tzinfo=UTC)):  # 20:00 on the wall
        assert service.tick() == 1
        assert state(let) is LetState.ENDED
        deposits.return_deposit(here.ids.broker, let.id)
        with broken("no-deposit-held"):
            deposits.return_deposit(here.ids.broker, let.id)
    assert db.session.scalars(select(Deposit.state)).all() == [DepositState.RETURNED]
    assert set(balances().values()) == {0}
    assert [action for action, _role in history(let)] == [
        Action.ASK,
        Action.APPROVE,
        Action.SETTLE,
        Action.RECORD_DEPOSIT,
        Action.BEGIN,
        Action.END,
        Action.RETURN_DEPOSIT,
    ]


def test_a_late_clock_takes_both_steps_at_once(here, room):
    let = make.confirmed(here, room)
    with clock.at(datetime(2026, 7, 1, tzinfo=UTC)):
        assert service.tick() == 2
    assert state(let) is LetState.ENDED


def test_the_dates_keep_their_hour_across_the_clock_change(here, room):
    let = make.requested(here, room)
    starts = {o.on: o.starts for o in db.session.get(Let, let.id).occurrences}
    assert starts[date(2026, 3, 26)] == datetime(2026, 3, 26, 18, 0, tzinfo=UTC)
    assert starts[date(2026, 4, 2)] == datetime(2026, 4, 2, 17, 0, tzinfo=UTC)


def test_nothing_to_pay_is_confirmed_by_the_approval(here, room):
    assert state(make.confirmed(here, room)) is LetState.CONFIRMED


def test_a_dearer_offer_waits_for_the_group(here, room):
    let = make.offered(here, room)
    assert (state(let), holds()) == (LetState.OFFERED, THURSDAYS)
    with pytest.raises(Forbidden):
        service.accept(here.ids.broker, let.id)
    service.accept(here.ids.organiser, let.id)
    assert state(let) is LetState.CONFIRMED


def test_leaving_an_offer_frees_the_room_and_drops_the_deposit(here, room):
    let = make.deposit_due(here, room)
    service.withdraw(here.ids.organiser, let.id)
    assert (state(let), holds()) == (LetState.WITHDRAWN, 0)
    assert db.session.scalars(select(Deposit.state)).all() == [DepositState.WAIVED]


def test_a_waiver_needs_its_reason(here, room):
    let = make.deposit_due(here, room)
    with broken("waiver-why"):
        deposits.waive_deposit(here.ids.broker, let.id, why="")
    deposits.waive_deposit(here.ids.broker, let.id, why="The group has no money of its own.")
    assert state(let) is LetState.CONFIRMED


def test_declining_needs_its_reason(here, room):
    let = make.requested(here, room)
    with broken("reason"):
        service.decline(here.ids.broker, let.id, why="")
    service.decline(here.ids.broker, let.id, why="The caretaker is away.")
    assert state(let) is LetState.DECLINED
    with broken("not-now"):
        service.approve(here.ids.broker, let.id)


def test_cancelling_a_running_let_keeps_what_was(here, room):
    let = make.confirmed_with_deposit(here, room)
    with clock.at(datetime(2026, 4, 1, tzinfo=UTC)):
        service.tick()
        service.cancel(here.ids.officer, let.id, why="The roof leaks.")
    assert (state(let), holds()) == (LetState.CANCELLED, 4)
    states = [o.state for o in db.session.get(Let, let.id).occurrences]
    assert states == [OccurrenceState.PLANNED] * 4 + [OccurrenceState.CANCELLED] * 9
    deposits.claim_deposit(
        here.ids.broker, let.id, pence=5_00, why="A broken chair.", evidence="Photo 12"
    )
    deposits.answer_claim(here.ids.organiser, let.id, agrees=True)
    deposits.return_deposit(here.ids.broker, let.id, kept_pence=5_00)
    assert balances() == {Account.CASH: 5_00, Account.RETAINED: -5_00, Account.DEPOSITS: 0}


def test_strangers_do_not_learn_that_a_let_exists(here, room):
    let = make.confirmed(here, room)
    for act in (
        lambda: service.cancel(here.ids.stranger, let.id, why="No."),
        lambda: service.withdraw(here.ids.stranger, 999),
    ):
        with pytest.raises(NotFound) as refusal:
            act()
        assert refusal.value.code == "no-let"


def test_only_an_organiser_asks_for_a_group(here, room):
    for who in (here.ids.stranger, here.ids.broker):
        with pytest.raises(Forbidden):
            make.requested(here, room, by=who)


def test_asking_twice_is_asking_once(here, room):
    assert make.requested(here, room).id == make.requested(here, room).id
    assert db.session.scalar(select(func.count(Let.id))) == 1


@pytest.mark.parametrize(
    ("code", "values"),
    [
        ("ends-before-start", {"ends": time(18)}),
        ("last-before-first", {"last": date(2026, 3, 4)}),
        ("in-the-past", {"first": date(2026, 3, 1)}),
        ("too-long", {"last": date(2027, 6, 1)}),
        ("no-such-day", {"last": date(2026, 3, 5), "weekday": 0}),
        ("nobody", {"people": 0}),
        ("too-small", {"people": 31}),
        ("closed", {"ends": time(22, 30)}),
    ],
)
def test_what_cannot_be_asked(here, room, code, values):
    with broken(code):
        make.requested(here, room, **values)
    assert db.session.scalar(select(func.count(Let.id))) == 0


def test_conditions_of_asking(here, room):
    terms = {"insurance": Insurance.VENUE, "safeguarding": True}
    ask = (here.ids.organiser, room.id, here.group_id, make.wish())
    with broken("safeguarding"):
        service.ask(*ask, **terms | {"safeguarding": False})
    with broken("no-sponsor"):
        service.ask(*ask, **terms | {"insurance": Insurance.SPONSOR})


def test_an_approval_that_comes_too_late_is_refused(here, room):
    let = make.requested(here, room)
    with clock.at(datetime(2026, 3, 6, tzinfo=UTC)), broken("dates-gone-by"):
        service.approve(here.ids.broker, let.id)


def test_letters_go_to_the_group_the_broker_and_the_holder_and_name_nobody_outside(here, room):
    make.confirmed_with_deposit(here, room)
    letters = db.session.scalars(select(Letter).order_by(Letter.id)).all()
    parties = {here.organiser.email, here.broker.email, here.officer.email}
    assert {letter.to for letter in letters} == parties
    for letter in letters:
        assert "Stroke" not in letter.subject
        assert room.name not in letter.subject
    last = next(x for x in reversed(letters) if x.to == here.organiser.email)
    assert "Receipt: 2026-" in last.body
    assert "/lets/1" in last.body


def test_the_history_says_who_and_under_which_clause(here, room):
    let = make.confirmed(here, room)
    events = db.session.scalars(select(LetEvent).order_by(LetEvent.id)).all()
    assert [(e.before, e.after) for e in events] == [
        (None, LetState.REQUESTED),
        (LetState.REQUESTED, LetState.OFFERED),
        (LetState.OFFERED, LetState.CONFIRMED),
    ]
    assert [e.user_id for e in events] == [here.ids.organiser, here.ids.broker, None]
    assert all(e.clause.startswith("Track 3") for e in events)
    assert {o.let_id for o in db.session.scalars(select(Occurrence))} == {let.id}


def test_a_refused_approval_leaves_everything_as_it_was(here, room):
    other = make.another_group(here, 1)
    late = make.requested(here, room, by=other[0], group_id=other[1], first=date(2026, 3, 26))
    make.confirmed(here, room)
    letters = db.session.scalar(select(func.count(Letter.id)))
    with pytest.raises(RuleBroken) as refusal:
        service.approve(here.ids.broker, late.id, price_pence=1, deposit_pence=20_00)
    assert refusal.value.code == "room-taken"
    assert "26 March 2026, 18:00" in str(refusal.value)
    assert (state(late), holds()) == (LetState.REQUESTED, THURSDAYS)
    assert db.session.scalar(select(func.count(Deposit.id))) == 0
    assert db.session.scalar(select(func.count(Letter.id))) == letters
