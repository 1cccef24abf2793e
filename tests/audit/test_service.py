"""Entries stand or fall with their act, chain properly whoever writes at once, and are kept by the database itself."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DatabaseError, IntegrityError

from portal import clock
from portal.audit import queries
from portal.audit.models import AuditEntry
from portal.audit.rules import BEGINNING, Act, Wanted
from portal.audit.service import note
from portal.db import db, transaction
from portal.people.models import User
from tests import factories, hostile


def write(*users, **detail):
    with transaction():
        for user_id in users:
            note(
                Act.CASE_STEP,
                area_id=1,
                by=user_id,
                role="broker",
                about=("case", user_id),
                **detail,
            )


def test_an_entry_follows_the_one_before(app):
    assert queries.head() == (0, BEGINNING)
    write(1, 2, step="decide")
    first = queries.head()
    write(3)
    verdict = queries.verify(against=first[1])
    assert verdict.whole
    assert (verdict.count, verdict.head) == queries.head()
    assert verdict.count == 3
    newest = queries.found(Wanted())[0]
    assert (newest.user_id, newest.kind, newest.object_id) == (3, "case", 3)
    assert newest.at == clock.now()


def test_without_its_act_there_is_no_entry(app):
    write(1)
    with pytest.raises(ZeroDivisionError), transaction():  # noqa: PT012
        note(Act.POSTED, area_id=1, by=1, role="broker")
        1 / 0  # noqa: B018
    with pytest.raises(RuntimeError, match="transaction of its act"):
        note(Act.POSTED, area_id=1, by=1, role="broker")
    write(2)
    assert [entry.user_id for entry in queries.found(Wanted())] == [2, 1]
    assert queries.verify().whole


def test_an_act_that_the_database_refuses_leaves_no_entry(app):
    factories.user("rosa@example.org")
    with pytest.raises(IntegrityError), transaction() as session:  # noqa: PT012
        note(Act.ROLE_GIVEN, area_id=1, by=1, role="broker")
        session.add(User(email="rosa@example.org", created_at=clock.now()))
    assert queries.head()[0] == 0


def test_many_writers_at_once_make_one_chain(app):
    writers, each = 6, 8
    barrier = Barrier(writers)
    db.session.close()

    def run(user_id):
        barrier.wait()
        with app.app_context():
            for number in range(each):
                write(*[user_id] * (1 + number % 2))
            db.session.close()

    with ThreadPoolExecutor(writers) as pool:
        list(pool.map(run, range(1, writers + 1)))
    verdict = queries.verify()
    assert verdict.whole
    assert verdict.count == writers * each * 3 // 2


@pytest.mark.parametrize(
    "statement",
    [
        update(AuditEntry).values(user_id=9),
        update(AuditEntry).values(hash="0" * 64),
        delete(AuditEntry),
        text("INSERT OR REPLACE INTO audit_entry SELECT * FROM audit_entry"),
        text("TRUNCATE audit_entry"),
        text(
            "INSERT INTO audit_entry (number, at, role, act, kind, detail, request_id, hash)"
            " SELECT number + 5, at, role, act, kind, detail, request_id, hash FROM audit_entry"
        ),
    ],
    ids=["change", "hash", "delete", "replace", "truncate", "out of turn"],
)
def test_the_database_keeps_what_is_written(app, statement):
    write(1)
    before = queries.head()
    # What the other engine does not know is refused too, as no statement at all.
    with pytest.raises(DatabaseError), transaction() as session:
        session.execute(statement)
    assert queries.head() == before
    assert queries.verify().whole


def tampered(change):
    """The log after somebody got round the triggers."""
    rows = hostile.everything()
    change(rows["audit_entry"])
    hostile.put_back(rows)
    return queries.verify()


def test_whoever_gets_round_the_triggers_is_found_out(app):
    write(1, 2, 3, 4)
    head = queries.head()[1]
    whole = hostile.everything()

    def entry(rows, number):
        return next(row for row in rows if row["number"] == number)

    changes = {
        2: lambda rows: entry(rows, 2).update(user_id=7),
        3: lambda rows: rows.remove(entry(rows, 3)),
        1: lambda rows: rows.remove(entry(rows, 1)),
        4: lambda rows: entry(rows, 4).update(detail='{"step": "decide"}'),
    }
    for number, change in changes.items():
        verdict = tampered(change)
        assert verdict.broken_at == number
        hostile.put_back(whole)
    assert tampered(lambda rows: rows.remove(entry(rows, 4))).whole
    assert not queries.verify(against=head).whole


def test_a_log_is_walked_a_page_at_a_time(app, monkeypatch):
    monkeypatch.setattr(queries, "AT_A_TIME", 2)
    write(*range(1, 6))
    assert queries.verify().count == 5
    write(6)
    assert queries.verify().count == 6


def test_what_somebody_looks_for(app):
    write(1, step="decide")
    write(2)
    with transaction():
        note(Act.SIGNED_IN, area_id=2, by=1, role="")
    numbers = lambda **asked: [e.number for e in queries.found(Wanted(**asked))]  # noqa: E731
    assert numbers() == [3, 2, 1]
    assert numbers(area_id=1) == [2, 1]
    assert numbers(user_id=1) == [3, 1]
    assert numbers(act=Act.SIGNED_IN) == [3]
    assert numbers(kind="case", object_id=2) == [2]
    assert numbers(since=clock.now()) == [3, 2, 1]
    assert numbers(until=clock.now()) == []
    assert [e.number for e in queries.found(Wanted(), before=3, most=1)] == [2]


def test_the_first_entry_of_all_is_read_back_as_it_was_hashed(app):
    """Both engines give back the microsecond, the null and the words that the hash was taken of."""
    with clock.at(clock.now().replace(microsecond=7)):
        write(None, pence=[], which=["a", "b"], number=-12)
    entry = db.session.scalars(select(AuditEntry)).one()
    assert entry.at.microsecond == 7
    assert entry.detail == '{"number":-12,"pence":[],"which":["a","b"]}'
    assert queries.verify().whole
