"""Each period to the day: what is one day younger stays, what is due goes, once, late, twice, on two machines."""

from datetime import date, datetime, timedelta
from threading import Thread

import pytest
from dateutil.relativedelta import relativedelta
from sqlalchemy import select, update

from portal import clock
from portal.db import db, transaction
from portal.lettings import service as lettings
from portal.lettings.dates import waiting
from portal.lettings.hosting import entry, keys
from portal.lettings.models import Let, LetEvent, Need, Occurrence
from portal.lettings.rules import Insurance
from portal.models import Model
from portal.notices.models import Letter
from portal.notices.service import write
from portal.people import organisers
from portal.people.models import GroupInvitation, User
from portal.privacy import retention, terms
from portal.privacy.models import AccountWarning
from portal.proposals.models import CaseFile
from tests import factories
from tests.conftest import THE_DAY
from tests.lettings import make
from tests.privacy.make import midnight
from tests.proposals.stage import Stage

TABLES = Model.metadata.tables
TODAY = THE_DAY.date()


def day_of(term):
    """The last day that has had its time, today."""
    return TODAY - relativedelta(months=term.months, days=term.days)


def at(day):
    """An instant in the evening of a day."""
    return midnight(day) + timedelta(hours=23)


def put(table, column, when, row=None):
    """Let one row, or all of a table, be of another day."""
    change = update(TABLES[table]).values({column: when})
    if row is not None:
        change = change.where(TABLES[table].c.id == row)
    db.session.execute(change)
    db.session.commit()


@pytest.fixture
def here(app):
    return make.place()


@pytest.fixture
def let(here):
    return make.confirmed(here, make.room(here))


def ended(here, let):
    lettings.cancel(here.ids.broker, let.id, why="The roof leaks.")
    return let


def young_and_old(term, of, column, left, kind=at):
    """One day younger it stays; on its day it goes; a second time there is nothing to do."""
    put(of, column, kind(day_of(term) + timedelta(days=1)))
    retention.tick()
    assert left(), "one day too early"
    put(of, column, kind(day_of(term)))
    assert retention.tick() >= 1
    assert not left(), "its day has come"
    assert retention.tick() == 0


def one(column):
    return db.session.scalar(select(column).limit(1))


def test_invitations(here):
    organisers.invite(here.ids.organiser, here.group_id, "pat@example.org")
    young_and_old(
        terms.INVITATIONS, "group_invitation", "expires_at", lambda: one(GroupInvitation.email)
    )


def test_letters_lose_address_and_text_and_are_not_written_again(app):
    factories.area()

    def written():
        with transaction():
            write(to="rosa@example.org", subject="Hello", body="Rosa", key="hello:rosa@example.org")

    written()
    put("letter", "sent_at", THE_DAY)
    young_and_old(terms.LETTERS, "letter", "written_at", lambda: one(Letter.to))
    letter = db.session.scalars(select(Letter)).one()
    assert (letter.subject, letter.body) == ("", "")
    assert "rosa" not in letter.key
    written()
    assert len(db.session.scalars(select(Letter)).all()) == 1


def test_needs_lose_their_words(let):
    young_and_old(terms.NEEDS, "need", "last", lambda: one(Need.words), kind=lambda day: day)
    assert one(Need.near) == ""


def test_a_need_that_is_kept_keeps_its_words(here):
    from portal.lettings.finding import saving

    saving.save(here.ids.organiser, make.wish())
    put("need", "last", day_of(terms.NEEDS))
    retention.tick()
    assert one(Need.near)


def test_notes_of_lets_that_are_over(here, let):
    ended(here, let)
    young_and_old(terms.LET_NOTES, "let_event", "at", lambda: db.session.scalar(select(LetEvent.id).where(LetEvent.why != "")))  # fmt: skip
    assert one(Let.waiver) is None
    assert one(Need.words) == ""


def test_a_let_that_runs_keeps_its_notes(let):
    put("let_event", "at", at(day_of(terms.LET_NOTES) - timedelta(days=400)))
    retention.tick()
    assert one(Need.words)


def test_waiting_lists(here):
    room = make.room(here)
    by, group_id = make.another_group(here, 1)
    make.confirmed(here, room, by=by, group_id=group_id)
    known = {"insurance": Insurance.VENUE, "safeguarding": True}
    place = waiting.join(here.ids.organiser, room.id, here.group_id, make.wish(), **known)
    need = db.session.get(Need, place.need_id)
    need.words = "Two use wheelchairs."
    db.session.commit()
    key = place.need_id

    def words():
        return db.session.scalar(select(Need.words).where(Need.id == key))

    young_and_old(terms.WAITING, "waiting", "left_at", words)


def test_attendance(let):
    dates = [occurrence.id for occurrence in let.occurrences]
    put("occurrence", "people_came", 14, dates[0])

    def came():
        return db.session.get(Occurrence, dates[0], populate_existing=True).people_came

    put("occurrence", "on", day_of(terms.ATTENDANCE) + timedelta(days=1), dates[0])
    retention.tick()
    assert came()
    put("occurrence", "on", day_of(terms.ATTENDANCE), dates[0])
    assert retention.tick() == 1
    assert came() is None


def test_way_in_words(here, let):
    entry.write(here.ids.broker, here.building.id, words="The code is 4711.", version=0)
    words = TABLES["entry_note"].c.words
    put("entry_note", "written_at", at(day_of(terms.WAY_IN)))
    retention.tick()
    assert one(words), "a group still goes in"
    ended(here, let)
    young_and_old(terms.WAY_IN, "entry_note", "written_at", lambda: one(words))


def test_key_loans(here, let):
    loan = keys.give(
        here.ids.broker, let.id, what="Front door", to="Ruth", due_on=let.occurrences[0].on
    )
    put("key_loan", "out_at", at(day_of(terms.KEYS) - timedelta(days=900)))
    retention.tick()
    assert one(TABLES["key_loan"].c.holder_name), "it is not back yet"
    keys.back(here.ids.broker, let.id, loan.id)
    young_and_old(terms.KEYS, "key_loan", "back_at", lambda: one(TABLES["key_loan"].c.holder_name))


def test_drafts_that_nobody_ever_saw(app):
    from portal.proposals import files

    stage = Stage().draft()
    ready = files.ready(files.Sent(factories.photo(), "plot.jpg"))
    files.add(stage.case_id, stage.organiser, [ready])
    young_and_old(terms.DRAFTS, "case_file", "added_at", lambda: one(CaseFile.name))


def test_files_of_a_public_case_stay(app):
    stage = Stage().on_notice()
    from portal.proposals import files

    db.session.execute(update(CaseFile).values(added_at=at(date(2020, 1, 1))))
    assert files
    db.session.commit()
    before = len(db.session.scalars(select(CaseFile.id)).all())
    retention.tick()
    assert len(db.session.scalars(select(CaseFile.id)).all()) == before
    assert stage


def test_accounts_that_nobody_uses_get_a_letter_and_a_month(app):
    factories.area()
    user_id = factories.user("rosa@example.org").id
    used = day_of(terms.ACCOUNTS)
    put("user_account", "created_at", at(used + timedelta(days=1)))
    assert retention.tick() == 0
    put("user_account", "created_at", at(used))
    assert retention.tick() == 1
    assert db.session.scalars(select(Letter)).one().to == "rosa@example.org"
    assert retention.tick() == 0  # one letter
    warned = db.session.get(AccountWarning, user_id).warned_on
    for days, email in (
        (terms.WARNED_DAYS - 1, "rosa@example.org"),
        (terms.WARNED_DAYS, f"erased-{user_id}@erased.invalid"),
    ):
        with clock.at(datetime.combine(warned + timedelta(days=days), THE_DAY.timetz())):
            retention.tick()
        db.session.expire_all()
        assert db.session.get(User, user_id).email == email


def test_whoever_signs_in_after_the_letter_stays(app):
    factories.area()
    user_id = factories.user("rosa@example.org").id
    put("user_account", "created_at", at(day_of(terms.ACCOUNTS)))
    retention.tick()
    put("user_account", "signed_in_at", THE_DAY + timedelta(days=2))
    with clock.at(THE_DAY + timedelta(days=40)):
        assert retention.tick() == 0
    assert db.session.get(User, user_id).closed_at is None


def test_an_unused_account_that_a_group_depends_on_stays(here, let):
    put("user_account", "created_at", at(day_of(terms.ACCOUNTS)))
    retention.tick()
    with clock.at(THE_DAY + timedelta(days=40)):
        retention.tick()
    assert db.session.get(User, here.ids.organiser, populate_existing=True).closed_at is None
    assert db.session.get(User, here.ids.stranger, populate_existing=True).closed_at is not None


def test_two_machines_and_one_that_is_killed(app, here, let, monkeypatch):
    """What one has emptied the other does not find; a killed one has done nothing of what it was at."""
    put("need", "last", day_of(terms.NEEDS))
    real = retention.act

    def killed(duty):
        if duty.model is Need:
            raise KeyboardInterrupt
        return real(duty)

    monkeypatch.setattr(retention, "act", killed)
    with pytest.raises(KeyboardInterrupt):
        retention.tick()
    db.session.rollback()
    assert one(Need.words)
    monkeypatch.setattr(retention, "act", real)
    done = []

    def run():
        with app.app_context(), clock.at(THE_DAY):
            done.append(retention.tick())

    both = [Thread(target=run) for _ in range(2)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    db.session.rollback()
    assert one(Need.words) == ""
    assert sum(done) >= 1
