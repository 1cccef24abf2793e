"""After somebody is erased nothing names them, what is public stands, and others lose nothing."""

import pytest
from click.testing import CliRunner
from sqlalchemy import select, update

from portal.agreements import service as agreements
from portal.cli import main
from portal.db import db, transaction
from portal.lettings import service as lettings
from portal.models import Model
from portal.money import queries as money
from portal.notices.models import Letter
from portal.notices.service import write
from portal.people import organisers
from portal.people.models import Group, Membership, User
from portal.petitions import service as petitions
from portal.privacy import blocks, erasing, export
from portal.privacy.kept import Then
from portal.privacy.person import Person, find
from portal.privacy.register import RECORDS
from tests import factories
from tests.conftest import THE_DAY, broken
from tests.hostile import everything
from tests.lettings import make as lets
from tests.privacy import make
from tests.proposals.stage import Stage
from tests.test_privacy import addresses

FROZEN = {record.table for record in RECORDS if record.frozen}


def erase(person):
    with transaction() as session:
        erasing.erase(session, person)


def where(needle):
    """The tables in which this stands, whatever its case."""
    return {table for table, text in make.dump().items() if needle.lower() in text.lower()}


def test_no_table_names_them_any_more_and_others_stand(app):
    rosa, olu = make.filled()
    before = {name: len(rows) for name, rows in everything().items()}
    erase(rosa)
    assert where(rosa.email) | where(rosa.name) <= FROZEN
    after = everything()
    gone = {r.table for r in RECORDS if r.erased is Then.DELETED}
    for name, rows in after.items():
        assert len(rows) == before[name] - (name in gone), name
    assert where(olu.email) >= {"user_account", "watch", "sighting", "letter", "need"}
    assert find(rosa.email) == Person(rosa.email)
    assert export.parts(find(rosa.email)) == []


def test_twice_is_as_once(app):
    rosa, _olu = make.filled()
    erase(rosa)
    first = make.dump()
    erase(find(rosa.email))
    counted = {"rooms_state": ""}  # by triggers, whenever anything is written
    assert make.dump() | counted == first | counted


def test_killed_in_the_middle_nothing_is_half_done(app, monkeypatch):
    rosa, _olu = make.filled()
    before = make.dump()

    def killed(*_args):
        raise KeyboardInterrupt

    monkeypatch.setattr(erasing, "_words", killed)
    with pytest.raises(KeyboardInterrupt):
        erase(rosa)
    assert make.dump() == before


def test_a_signature_says_its_side_and_nothing_else_of_it_may_change(app):
    rosa, _olu = make.filled()
    erase(rosa)
    rows = {row["user_id"]: row for row in everything()["signature"]}
    assert rows[rosa.user_id]["name"] == rows[rosa.user_id]["role"].value
    table = Model.metadata.tables["signature"]
    with pytest.raises(Exception, match="signature_kept"), transaction() as session:
        session.execute(table.update().values(name="Somebody else"))


def test_somebody_elses_name_that_is_the_same_stays(app):
    rosa, _olu = make.filled()
    other = factories.user("other@example.org", name="Rosa Hill")
    erase(rosa)
    assert not where(rosa.email) - FROZEN
    assert db.session.get(User, other.id, populate_existing=True).name == "Rosa Hill"


def test_a_sole_organiser_with_a_let_is_told_what_is_in_the_way(app):
    here = lets.place()
    let = lets.confirmed_with_deposit(here, lets.room(here))
    found = blocks.of(find("ruth@example.org"))
    assert found[0].path == f"/lets/{let.id}"
    assert len(found) == 2  # and the deposit
    with broken("in-the-way"):
        erasing.request("ruth@example.org")
    assert db.session.scalar(select(User).where(User.email == "ruth@example.org"))


def test_a_group_with_another_organiser_goes_on(app):
    here = lets.place()
    let = lets.confirmed(here, lets.room(here))
    db.session.add(Membership(user_id=here.stranger.id, group_id=here.group_id))
    db.session.commit()
    erasing.request("ruth@example.org")
    assert db.session.get(Group, here.group_id, populate_existing=True).name == "The Stroke Circle"
    assert lettings.cancel(here.ids.stranger, let.id, why="We move.").state.value == "cancelled"


def test_a_private_group_that_nobody_organises_loses_its_name(app):
    here = lets.place()
    let = lets.requested(here, lets.room(here))
    lettings.withdraw(here.ids.organiser, let.id, why="Moved.")
    erasing.request("ruth@example.org")
    db.session.expire_all()
    assert "Stroke" not in db.session.get(Group, here.group_id).name


def test_the_last_administrator_stays_until_there_is_another(app):
    from portal.people.rules import Role

    area = factories.area()
    admin = factories.with_role(area, Role.ADMINISTRATOR)
    assert [block.path for block in blocks.of(Person.of(admin))] == ["/setup/roles"]
    factories.with_role(area, Role.ADMINISTRATOR)
    assert blocks.of(Person.of(admin)) == []


@pytest.fixture
def lived(app):
    """A case from its first day to its last, with a petition, by Rosa Hill; and the same person's signature."""
    stage = Stage().on_notice()
    user = db.session.get(User, stage.organiser)
    user.name = "Rosa Hill"
    db.session.commit()
    petitions.open_petition(stage.case_id, stage.organiser, "Open it.", stage_day())
    return stage


def stage_day():
    from datetime import date

    return date(2026, 6, 1)


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_every_page_that_showed_them_still_works(app, lived):
    from portal.proposals import service as cases

    email = lived.emails["organiser"]
    organisers.invite(lived.organiser, 1, "friend@example.org")
    with broken("in-the-way"):
        erasing.request(email)
    cases.withdraw(lived.case_id, lived.organiser, "Rosa Hill has moved.")
    erasing.request(email)
    assert not where(email) | where("Rosa Hill")
    reader = app.test_client()
    reader.sign_in(lived.emails["broker"])
    pages = [path for path in dict.fromkeys(addresses(app)) if "2" not in path and "3" not in path and "4" not in path]  # fmt: skip
    assert all(reader.get(path).status_code < 500 for path in pages)
    assert reader.get(f"/cases/{lived.case_id}").status_code == 200
    assert money.faults() == []


def test_an_agreement_that_ended_keeps_its_document_alone(app):
    stage = Stage().in_use()
    agreements.end(stage.case_id, stage.organiser, "Clean.")
    email = stage.emails["organiser"]
    erasing.request(email)
    assert not where(email)
    assert money.faults() == []


def test_by_page_and_the_address_begins_anew(app, client):
    factories.area()
    old = factories.user("rosa@example.org", name="Rosa Hill").id
    client.sign_in("rosa@example.org")
    page = client.get("/account/leave").get_data(as_text=True)
    assert "What goes at once" in page
    assert client.send("/account/leave", {}).status_code == 422  # the box is not ticked
    assert client.send("/account/leave", {"sure": "y"}).status_code == 302
    assert client.get("/account").status_code == 302  # signed out
    client.sign_in("rosa@example.org")
    new = db.session.scalar(select(User).where(User.email == "rosa@example.org"))
    assert new.id != old
    assert new.name is None


def test_letters_to_them_are_emptied_and_those_that_wait_are_not_sent(app):
    rosa, olu = make.filled()
    with transaction():
        for who in (rosa, olu):
            write(to=who.email, subject="Hello", body="Hello", key=f"hello:{who.email}")
    db.session.execute(
        update(Letter).where(~Letter.key.startswith("hello")).values(sent_at=THE_DAY)
    )
    db.session.commit()
    erase(rosa)
    left = db.session.scalars(select(Letter).order_by(Letter.written_at, Letter.id)).all()
    assert sorted(one.to for one in left) == ["", "", olu.email, olu.email]
    waiting = {one.to: one.gave_up_at for one in left if one.key.startswith("hello")}
    assert waiting[""] == THE_DAY
    assert olu.email in waiting
    assert all(one.body == "" for one in left if one.to == "")


def test_by_command(app, monkeypatch):
    monkeypatch.setattr("portal.cli._app", lambda: app)
    here = lets.place()
    lets.confirmed(here, lets.room(here))
    refused = CliRunner().invoke(main, ["person", "erase", "ruth@example.org", "--yes"])
    assert refused.exit_code == 1
    assert "/lets/1" in refused.output
    done = CliRunner().invoke(main, ["person", "erase", "stranger@example.org", "--yes"])
    assert done.exit_code == 0, done.output
    assert not where("stranger@example.org")
