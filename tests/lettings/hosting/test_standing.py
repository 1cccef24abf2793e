"""A holder's yes in advance: what fits is approved in the moment of asking, the rest waits for the broker."""

import threading
from dataclasses import replace
from datetime import date, time

import pytest
from sqlalchemy import func, select

from portal import clock
from portal.db import db
from portal.errors import RuleBroken
from portal.lettings import holding, service
from portal.lettings.hosting import evidence, standing
from portal.lettings.hosting.models import StandingApproval
from portal.lettings.hosting.rules import Approval, Paper
from portal.lettings.models import Hold, Let
from portal.lettings.rules import Insurance, LetState
from portal.notices.models import Letter
from portal.people.rules import GroupKind, Role
from tests import factories
from tests.conftest import THE_DAY, broken
from tests.lettings import make
from tests.lettings.hosting.test_rules import EVENINGS


@pytest.fixture
def here(app):
    return make.place()


@pytest.fixture
def room(here):
    return make.room(here, name="Garden room")


def agree(here, rule=EVENINGS, by=None):
    return standing.add(by or here.ids.officer, here.holder.id, rule)


def letters():
    return db.session.scalars(select(Letter).order_by(Letter.id)).all()


def test_a_request_that_fits_is_confirmed_at_once_and_the_rule_is_named(here, room):
    agree(here)
    let = make.requested(here, room)
    assert let.state is LetState.CONFIRMED
    assert db.session.scalar(select(func.count()).select_from(Hold)) == 13
    assert [e.action.value for e in let.events] == ["ask", "pre_approve", "settle"]
    named = (
        f"Standing approval 1 of {here.holder.name}: All rooms, free of charge, at most 20 people"
    )
    assert let.events[1].why.startswith(named)
    told = {letter.to: letter for letter in letters()}
    assert set(told) == {here.organiser.email, here.broker.email, here.officer.email}
    assert len(letters()) == 3  # one letter each: none that says "the broker will answer"
    assert all(named in letter.body for letter in told.values())
    assert all("Stroke" not in letter.subject for letter in told.values())


def test_a_price_above_the_groups_means_is_an_offer(here):
    room = make.room(here, price_pence_hour=500)
    agree(here, Approval(most_pence=2000))
    let = make.requested(here, room)
    assert let.state is LetState.OFFERED
    assert "Standing approval" in letters()[0].body


@pytest.mark.parametrize(
    "rule",
    [
        Approval(most_people=10),
        Approval(days=(0,)),
        Approval(ends=time(19)),
        Approval(kinds=(GroupKind.CHARITY,)),
        Approval(last=date(2026, 4, 1)),
    ],
)
def test_what_does_not_fit_waits_for_the_broker(here, room, rule):
    agree(here, rule)
    assert make.requested(here, room).state is LetState.REQUESTED
    assert {letter.to for letter in letters()} == {here.organiser.email, here.broker.email}


def test_a_rule_for_another_room_or_holder_does_nothing(here, room):
    other = make.room(here)
    agree(here, replace(EVENINGS, places=frozenset({other.id})))
    elsewhere = factories.holder(here.area)
    standing.add(here.ids.broker, elsewhere.id, Approval())
    assert make.requested(here, room).state is LetState.REQUESTED


def test_a_rule_for_the_building_or_the_hall_is_for_what_is_in_it(here, room):
    agree(here, replace(EVENINGS, places=frozenset({here.building.id})))
    assert make.requested(here, room).state is LetState.CONFIRMED


def test_where_others_wait_the_broker_decides(here, room):
    organiser, group_id = make.another_group(here, 1)
    make.requested(here, room, by=organiser, group_id=group_id)
    agree(here)
    assert make.requested(here, room).state is LetState.REQUESTED


def test_where_a_room_is_taken_in_that_moment_the_request_waits(here, room, monkeypatch):
    agree(here)

    def refuse(_session, _let):
        raise RuleBroken("room-taken", "Taken.")

    monkeypatch.setattr(holding, "hold", refuse)
    let = make.requested(here, room)
    assert let.state is LetState.REQUESTED
    assert [e.action.value for e in let.events] == ["ask"]
    told = [letter.to for letter in letters() if letter.subject == "A room is asked for"]
    assert sorted(told) == sorted([here.broker.email, here.organiser.email])


def test_two_who_ask_at_once_never_both_get_it(app, here, room):
    agree(here)
    askers = [make.another_group(here, n) for n in range(4)]
    room_id, wish = room.id, make.wish()
    db.session.commit()
    start, refusals = threading.Barrier(len(askers)), []

    def ask(by, group_id):
        with app.app_context(), clock.at(THE_DAY):
            start.wait()
            try:
                service.ask(
                    by, room_id, group_id, wish, insurance=Insurance.VENUE, safeguarding=True
                )
            except RuleBroken as refused:  # taken before it could be asked for
                refusals.append(refused.code)

    threads = [threading.Thread(target=ask, args=one) for one in askers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(refusals) <= {"taken"}
    states = db.session.scalars(select(Let.state)).all()
    # Whoever sees another's request waiting leaves it to the broker; never two are held.
    assert states.count(LetState.CONFIRMED) <= 1
    assert set(states) <= {LetState.CONFIRMED, LetState.REQUESTED}


def test_own_insurance_counts_only_when_somebody_has_seen_it(here, room):
    agree(here)
    asked = {"insurance": Insurance.OWN, "safeguarding": True}
    let = service.ask(here.ids.organiser, room.id, here.group_id, make.wish(), **asked)
    assert let.state is LetState.REQUESTED
    service.withdraw(here.ids.organiser, let.id)
    paper = {"kind": Paper.INSURANCE, "what": "Public liability", "seen_on": date(2026, 3, 1)}
    evidence.note(here.ids.broker, let.id, **paper, valid_until=date(2026, 5, 1))
    too_short = service.ask(here.ids.organiser, room.id, here.group_id, make.wish(), **asked)
    assert too_short.state is LetState.REQUESTED
    service.withdraw(here.ids.organiser, too_short.id)
    evidence.note(here.ids.broker, let.id, **paper, valid_until=date(2026, 12, 31))
    let = service.ask(here.ids.organiser, room.id, here.group_id, make.wish(), **asked)
    assert let.state is LetState.CONFIRMED


def test_the_same_rule_twice_is_one_and_ending_it_stops_it(here, room):
    one, two = agree(here), agree(here)
    assert one.id == two.id
    standing.end(here.ids.broker, here.holder.id, one.id)
    standing.end(here.ids.officer, here.holder.id, one.id)
    assert make.requested(here, room).state is LetState.REQUESTED
    assert agree(here).id != one.id


def test_who_is_nothing_to_the_holder_finds_nothing(here, room):
    other = factories.holder(here.area)
    theirs = factories.with_role(here.area, Role.OFFICER, holder=other).id
    rule = agree(here)
    for by in (here.ids.stranger, here.ids.organiser, theirs):
        with broken("no-holder"):
            agree(here, by=by)
        with broken("no-holder"):
            standing.end(by, here.holder.id, rule.id)
    with broken("no-rule"):
        standing.end(here.ids.broker, other.id, rule.id)
    foreign = make.factories.asset(other, kind=room.kind, name="Not ours")
    with broken("no-place"):
        agree(here, Approval(places=frozenset({foreign.id})))
    assert db.session.scalar(select(func.count()).select_from(StandingApproval)) == 1
