"""Keys out and back, and what is late; papers that were seen, and what runs out."""

import threading
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from portal import clock
from portal.db import db
from portal.errors import RuleBroken
from portal.lettings import service
from portal.lettings.hosting import entry, evidence, feeds, keys
from portal.lettings.hosting.models import CalendarKey, EvidenceSeen, KeyLoan
from portal.lettings.hosting.rules import Paper, Scope
from portal.lettings.hosting.tick import tick
from portal.lettings.rules import Insurance
from portal.notices import service as notices
from portal.notices.models import Letter
from portal.people.rules import Role
from portal.people.service import hashed
from tests import factories
from tests.conftest import THE_DAY, broken
from tests.lettings import make
from tests.lettings.hosting.test_entry import keyholder

DUE = date(2026, 3, 6)
SEEN = {"kind": Paper.INSURANCE, "what": "Public liability, £5m", "seen_on": date(2026, 3, 1)}


def on(day, month=3):
    return clock.at(datetime(2026, month, day, 12, tzinfo=UTC))


@pytest.fixture
def here(app):
    return make.place()


@pytest.fixture
def let(here):
    return make.confirmed(here, make.room(here, name="Garden room"))


def give(here, let, by=None, what="Front door 3", to="Ruth", due_on=DUE):
    return keys.give(by or here.ids.broker, let.id, what=what, to=to, due_on=due_on)


def letters(prefix):
    return db.session.scalars(select(Letter).where(Letter.key.startswith(prefix))).all()


def test_a_key_goes_out_and_comes_back_once(here, let):
    one, two = give(here, let), give(here, let)
    assert one.id == two.id
    with broken("key-out"):
        give(here, let, to="Ada")
    assert [loan.id for loan in keys.out_now(here.officer)] == [one.id]
    keys.back(here.ids.officer, let.id, one.id)
    first = db.session.get_one(KeyLoan, one.id).back_at
    with on(4):
        keys.back(here.ids.broker, let.id, one.id)
    assert db.session.get_one(KeyLoan, one.id).back_at == first
    assert keys.out_now(here.broker) == []
    assert give(here, let).id != one.id


def test_the_form_knows_what_was_said_last(here, let):
    assert keys.suggested(let, keys.of_let(let.id)) == {
        "key_what": "",
        "key_to": "ruth@example.org",
        "key_due": DUE,
    }
    give(here, let, to="Ruth Hill")
    with on(6):
        said = {"key_to": "Ruth Hill", "key_due": date(2026, 3, 13)}
        assert keys.suggested(let, keys.of_let(let.id)) == said | {"key_what": ""}  # it is out
        keys.back(here.ids.broker, let.id, 1)
        assert keys.suggested(let, keys.of_let(let.id)) == said | {"key_what": "Front door 3"}


def test_who_keeps_no_keys_gives_none(here, let):
    user = keyholder(here, here.building)
    loan = give(here, let, by=user.id)
    elsewhere = factories.with_role(here.area, Role.OFFICER, holder=factories.holder(here.area)).id
    for by in (here.ids.stranger, here.ids.organiser, elsewhere):
        with broken("no-let"):
            give(here, let, by=by, what="Other")
        with broken("no-let"):
            keys.back(by, let.id, loan.id)
    other = make.confirmed(here, make.room(here))
    with broken("no-key"):
        keys.back(here.ids.broker, other.id, loan.id)
    assert keys.out_now(factories.user()) == []


def test_keys_are_for_lets_that_stand_and_days_to_come(here, let):
    with broken("in-the-past"):
        give(here, let, due_on=date(2026, 3, 1))
    service.cancel(here.ids.broker, let.id, why="Roof.")
    with broken("not-now"):
        give(here, let)


def test_a_late_key_is_told_of_once(here, let):
    loan = give(here, let)
    with on(6):
        assert (tick(), keys.is_overdue(loan)) == (0, False)
    with on(7):
        assert keys.is_overdue(db.session.get_one(KeyLoan, loan.id))
        assert (tick(), tick()) == (1, 0)
    told = letters("key-overdue:")
    assert {letter.to for letter in told} == {here.organiser.email, here.broker.email}
    for letter in told:
        assert "Front door 3" in letter.body
        assert all(word not in letter.subject for word in ("Stroke", "Garden", "Front"))


def test_a_key_that_came_back_is_not_asked_for(here, let):
    keys.back(here.ids.broker, let.id, give(here, let).id)
    with on(20):
        assert tick() == 0


def note(here, let, by=None, **values):
    return evidence.note(by or here.ids.broker, let.id, **SEEN | values)


def test_a_paper_is_seen_and_the_newest_counts(here, let):
    note(here, let, valid_until=date(2026, 5, 1))
    assert note(here, let, valid_until=date(2026, 5, 1)).id == 1
    newer = note(here, let, by=here.ids.officer, valid_until=date(2027, 5, 1))
    assert evidence.of_group(here.group_id)[Paper.INSURANCE].id == newer.id
    evidence.take_back(here.ids.broker, let.id, newer.id)
    assert evidence.of_group(here.group_id)[Paper.INSURANCE].id == 1
    with broken("taken-back"):
        evidence.take_back(here.ids.broker, let.id, newer.id)


def test_only_broker_and_officers_write_what_they_saw(here, let):
    row = note(here, let)
    for by in (here.ids.organiser, here.ids.stranger):
        with broken("no-let"):
            note(here, let, by=by)
        with broken("no-let"):
            evidence.take_back(by, let.id, row.id)
    with broken("in-the-future"):
        note(here, let, seen_on=date(2026, 3, 3))
    with broken("run-out"):
        note(here, let, valid_until=date(2026, 3, 1))
    assert len(db.session.scalars(select(EvidenceSeen)).all()) == 1


def test_the_broker_is_warned_before_approving(app, here):
    room = make.room(here)
    asked = {"insurance": Insurance.OWN, "safeguarding": True}
    let = service.ask(here.ids.organiser, room.id, here.group_id, make.wish(), **asked)
    client = app.test_client().sign_in(here.broker.email)
    assert "nobody has seen a paper" in client.get(f"/lets/{let.id}/approve").text
    note(here, let, valid_until=date(2026, 4, 1))  # runs out before the last date
    assert "nobody has seen a paper" in client.get(f"/lets/{let.id}/approve").text
    note(here, let, valid_until=date(2026, 12, 1))
    page = client.get(f"/lets/{let.id}/approve").text
    assert "nobody has seen" not in page
    page = app.test_client().sign_in(here.organiser.email).get(f"/lets/{let.id}").text
    assert "Public liability, £5m, seen on 1 March 2026" in page
    assert "good until 1 December 2026" in page


def test_the_broker_hears_before_a_paper_runs_out(here, let):
    note(here, let, valid_until=date(2026, 5, 1))
    with on(2, 4):
        assert tick() == 0
    with on(3, 4):
        assert (tick(), tick()) == (1, 0)
    (letter,) = letters("paper:")
    assert letter.to == here.broker.email
    assert "1 May 2026" in letter.body
    assert "Stroke" not in letter.subject


def test_a_paper_that_a_newer_one_follows_is_not_told_of(here, let):
    note(here, let, valid_until=date(2026, 5, 1))
    note(here, let, valid_until=date(2027, 5, 1))
    with on(20, 4):
        assert tick() == 0


def test_a_group_without_insurance_names_who_stands_behind_it(app, here):
    room = make.room(here)
    let = make.requested(here, room)
    by = here.ids.organiser
    with broken("no-sponsor"):
        evidence.stand_behind(by, let.id, sponsor="", insurance=Insurance.SPONSOR)
    client = app.test_client().sign_in(here.organiser.email)
    answer = client.send(
        f"/lets/{let.id}/cover", {"insurance": "sponsor", "sponsor": "St Paul's Church"}
    )
    assert "St Paul&#39;s Church stands behind it" in client.get(answer.location).text
    broker = app.test_client().sign_in(here.broker.email)
    assert "nobody has that body" in broker.get(f"/lets/{let.id}/approve").text
    note(here, let, kind=Paper.SPONSOR, what="A letter of the vicar")
    assert "nobody has that body" not in broker.get(f"/lets/{let.id}/approve").text
    evidence.stand_behind(by, let.id, sponsor="Another", insurance=Insurance.SPONSOR)
    assert "nobody has that body" in broker.get(f"/lets/{let.id}/approve").text
    for other in (here.ids.stranger, here.ids.broker):
        with broken("no-let"):
            evidence.stand_behind(other, let.id, sponsor="", insurance=Insurance.VENUE)
    assert broker.get(f"/lets/{let.id}/cover").status_code == 404
    service.approve(here.ids.broker, let.id)
    with broken("not-now"):
        evidence.stand_behind(by, let.id, sponsor="", insurance=Insurance.VENUE)


def at_once(app, *calls):
    """Run these together; the codes of those that were refused."""
    start, refused = threading.Barrier(len(calls)), []

    def run(call):
        with app.app_context(), clock.at(THE_DAY):
            start.wait()
            try:
                call()
            except RuleBroken as refusal:
                refused.append(refusal.code)

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return refused


def test_two_at_once_give_one_key_once_and_write_one_way_in(app, here, let):
    ids, let_id, place_id = here.ids, let.id, here.building.id
    db.session.commit()
    said = {"what": "Front door 3", "due_on": DUE}
    refused = at_once(
        app,
        lambda: keys.give(ids.broker, let_id, to="Ruth", **said),
        lambda: keys.give(ids.officer, let_id, to="Ada", **said),
        lambda: keys.give(ids.broker, let_id, to="Eve", **said),
    )
    assert refused == ["key-out"] * 2
    assert len(db.session.scalars(select(KeyLoan)).all()) == 1
    refused = at_once(
        app,
        lambda: entry.write(ids.broker, place_id, words="Code 1.", version=0),
        lambda: entry.write(ids.officer, place_id, words="Code 2.", version=0),
    )
    assert refused == ["written-meanwhile"]
    db.session.rollback()
    assert entry.at_place(place_id).version == 1


def test_two_at_once_make_one_key_of_a_calendar(app, here):
    by, group_id = here.ids.organiser, here.group_id
    db.session.commit()
    made = []
    calls = [lambda: made.append(feeds.make(by, Scope.GROUP, group_id)) for _ in range(3)]
    assert at_once(app, *calls) == []
    db.session.rollback()
    row = db.session.scalars(select(CalendarKey)).one()
    assert [row.key_hash == hashed(token) for token in made].count(True) == 1


def test_a_letter_that_fails_leaves_the_others_and_is_written_next_time(here, let, monkeypatch):
    """As if the machine had stopped in the middle: nothing half done, and the next tick does it."""
    give(here, let)
    other = make.confirmed(here, make.room(here, name="Hall"))
    give(here, other, what="Back door")

    def stops(to, **values):
        if "Front door 3" in values["body"]:
            raise OSError("gone")
        write(to=to, **values)

    write = notices.write
    with on(9):
        monkeypatch.setattr(notices, "write", stops)
        assert tick() == 1
        monkeypatch.setattr(notices, "write", write)
        assert tick() == 1
        assert tick() == 0
    assert len(letters("key-overdue:")) == 4
