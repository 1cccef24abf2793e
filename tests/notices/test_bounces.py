"""Letters that come back: what a report says, whom it is believed of, and who learns of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from portal.db import db, transaction
from portal.notices import bounces
from portal.notices.models import Letter, Mailbox
from portal.notices.post import name_of
from portal.notices.rules import Verdict
from portal.notices.sending import mark_returned
from portal.notices.service import write
from portal.people import service
from portal.people.models import Membership
from portal.people.rules import GroupKind, Role
from tests import factories
from tests.conftest import THE_DAY
from tests.notices import reports

ROSA = "rosa@example.org"


@pytest.fixture
def area(app):
    return factories.area()


def sent_letter(to=ROSA):
    with transaction() as session:
        write(to=to, subject="Hello", body="A line.", key=f"paper:1:{to}")
        letter = session.scalars(select(Letter)).one()
        letter.sent_at = THE_DAY
    return letter


def report(text, name):
    return bounces.read(text.replace("NAME", name).encode())


NOBODY, OTHER = Verdict.NO_ADDRESS, Verdict.REFUSED


@pytest.mark.parametrize(
    ("text", "verdict"),
    [(reports.POSTFIX, NOBODY), (reports.EXIM, NOBODY), (reports.EXCHANGE, NOBODY), (reports.BLOCKED, OTHER), (reports.FULL, OTHER)],
    ids=["postfix", "exim", "exchange", "blocked", "full"],
)  # fmt: skip
def test_a_report_says_which_letter_and_what_is_the_matter(text, verdict):
    name = "17-" + "0a" * 10
    found = report(text, name)
    assert (found.name, found.outcome.verdict) == (name, verdict)
    # Windows ends its lines otherwise.
    assert bounces.read(text.replace("NAME", name).replace("\n", "\r\n").encode()) == found


def test_what_is_late_or_written_by_hand_is_no_failure():
    name = "17-" + "0a" * 10
    assert report(reports.LATE, name).outcome is None
    assert report(reports.BY_HAND, name) is None
    assert bounces.read(b"") is None


@given(
    st.binary(max_size=400), st.sampled_from([reports.POSTFIX, reports.EXIM]), st.integers(0, 900)
)
def test_no_mail_breaks_the_reader(junk, text, at):
    data = text.replace("NAME", "17-" + "0a" * 10).encode()
    bounces.read(junk)
    bounces.read(data[:at] + junk + data[at:])


def test_the_command_marks_the_address_and_believes_no_forger(area):
    letter = sent_letter()
    # Who does not have the letter does not know its name.
    forged = reports.POSTFIX.replace("NAME", f"{letter.id}-" + "0a" * 10)
    assert bounces.hear(forged.encode()) is None
    assert db.session.get(Mailbox, ROSA) is None
    real = reports.POSTFIX.replace("NAME", name_of(letter))
    for _ in range(2):
        assert bounces.hear(real.encode()).id == letter.id
    db.session.rollback()
    assert db.session.get(Mailbox, ROSA).returned_at == THE_DAY
    assert "5.1.1" in db.session.get(Letter, letter.id).last_error


def test_a_full_mailbox_is_told_of_and_written_to_again(app, area):
    letter = sent_letter()
    bounces.take(report(reports.FULL, name_of(letter)))
    assert db.session.get(Mailbox, ROSA) is None
    assert db.session.get(Letter, letter.id).gave_up_at == THE_DAY


@pytest.fixture
def group(area):
    rosa, ben = factories.user(ROSA), factories.user("ben@example.org", name="Ben")
    group = service.start_group(rosa.id, name="Gardeners", kind=GroupKind.CHARITY, private=True)
    group.rosa, group.ben = rosa.id, ben.id
    return group


def returned(email=ROSA):
    with transaction() as session:
        mark_returned(session, email, "550 5.1.1 unknown")


def test_nothing_more_is_written_to_it_but_a_link_to_sign_in(app, area, group, client):
    returned()
    with transaction():
        for _ in range(2):
            write(to=ROSA.upper(), subject="Hello", body="Words.", key="paper:2")
    held = db.session.scalars(select(Letter)).one()
    assert (held.gave_up_at, held.body) == (THE_DAY, "")
    client.send("/sign-in", {"email": ROSA})
    last = db.session.scalars(select(Letter).order_by(Letter.id.desc())).first()
    assert last.gave_up_at is None
    assert "sign in" in last.body


def test_at_the_next_sign_in_one_hears_of_it_and_is_written_to_again(app, area, group, client):
    returned()
    page = client.sign_in(ROSA).get("/account").text
    assert "Letters to you came back since Monday 2 March 2026" in page
    with transaction():
        write(to=ROSA, subject="Hello", body="Words.", key="paper:3")
    assert db.session.scalars(select(Letter).where(Letter.key == "paper:3")).one().body
    assert "came back" not in client.get("/account").text


def test_the_broker_sees_which_groups_are_not_reached_and_nobody_else_does(
    app, area, group, client
):
    broker = factories.with_role(area, Role.BROKER)
    page = client.sign_in(broker.email).get("/desk").text
    assert "Groups that our letters do not reach" not in page
    returned()
    assert "Groups that our letters do not reach" in client.get("/desk").text
    page = client.get("/desk/unreached").text
    assert "Gardeners" in page
    assert "Nobody in this group gets letters" in page
    assert ROSA in page
    with transaction() as session:
        session.add(Membership(group_id=group.id, user_id=group.ben))
    page = client.get("/desk/unreached").text
    assert "Nobody in this group gets letters" not in page
    assert 'href="mailto:ben@example.org"' in page
    other = app.test_client().sign_in("ben@example.org")
    assert other.get("/desk/unreached").status_code == 403
    assert "Gardeners" not in other.get("/desk").text


def test_the_administrator_sees_what_did_not_arrive_without_the_words(app, area, client):
    admin = factories.with_role(area, Role.ADMINISTRATOR)
    letter = sent_letter()
    bounces.take(report(reports.POSTFIX, name_of(letter)))
    with transaction():
        write(to="ben@example.org", subject="Private", body="Secret words.", key="way-in:1")
    client.sign_in(admin.email)
    page = client.get("/setup/letters").text
    assert "r…@example.org" in page
    assert "5.1.1" in page
    for hidden in (ROSA, "ben@example.org", "Secret words", "Private"):
        assert hidden not in page
    again = f"/setup/letters/{letter.id}/again"
    assert client.post(again).status_code == 302  # an old page: nothing is done
    token = {
        "csrf_token": client.get("/setup/letters")
        .text.split('csrf_token" value="')[1]
        .split('"')[0]
    }
    for said in ("tried again", "waits already"):
        assert said in client.post(again, data=token, follow_redirects=True).text
    assert db.session.get(Mailbox, ROSA).returned_at is None
    assert client.post("/setup/letters/999/again", data=token).status_code == 302
    assert app.test_client().sign_in("ben@example.org").get("/setup/letters").status_code == 403
