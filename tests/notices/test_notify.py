"""Letters by GOV.UK Notify, against a stand-in: slow, broken, wrong; each goes once, and what it tells us later is heard."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal import clock
from portal.db import db, transaction
from portal.notices import sending
from portal.notices.models import Letter, Mailbox
from portal.notices.post import name_of
from portal.notices.sending import send_waiting
from portal.notices.service import write
from tests import factories
from tests.conftest import THE_DAY
from tests.notices.stand_in import KEY, TEMPLATE, TOKEN, StandIn

HEARD = "/webhooks/notify"


@pytest.fixture
def notify(app):
    stand_in = StandIn(clock.now)
    stand_in.now = lambda: stand_in.at
    stand_in.at = THE_DAY
    app.extensions.pop(sending.RESTS, None)
    app.config |= {
        "NOTIFY_KEY": KEY,
        "NOTIFY_TEMPLATE": TEMPLATE,
        "NOTIFY_URL": stand_in.url,
        "NOTIFY_CALLBACK_TOKEN": TOKEN,
    }
    factories.area()
    yield stand_in
    stand_in.close()


def wrote(to="rosa@example.org", **more):
    with transaction():
        write(to=to, subject="Hello", body="A line.", key=f"paper:1:{to}", **more)


def letter():
    db.session.rollback()
    return db.session.scalars(select(Letter).order_by(Letter.id)).first()


def later(notify, minutes):
    notify.at = THE_DAY + timedelta(minutes=minutes)
    return clock.at(notify.at)


def test_a_letter_goes_once(notify):
    wrote(leave_url="https://portal.example/leave")
    assert send_waiting() == 1
    assert send_waiting() == 0
    [sent] = notify.sent
    assert sent["email_address"] == "rosa@example.org"
    assert sent["reference"] == name_of(letter())
    assert sent["personalisation"]["body"].startswith("A line.")
    assert sent["one_click_unsubscribe_url"] == "https://portal.example/leave"
    assert notify.asked == ["POST"]  # a first try asks nothing


@pytest.mark.parametrize("wrong", ["lost", "slow"])
def test_an_answer_that_was_lost_is_asked_for_not_sent_twice(notify, wrong):
    wrote()
    notify.wrong = [wrong]
    assert send_waiting(patience=0.3) == 0
    assert letter().sent_at is None
    with later(notify, 6):
        assert send_waiting() == 1
    assert len(notify.sent) == 1
    assert notify.asked == ["POST", "GET"]


@pytest.mark.parametrize(("wrong", "tries"), [("500", 1), ("503", 1), ("429", 0), ("403", 0)])
def test_a_service_that_cannot_now_is_asked_again(notify, wrong, tries):
    wrote()
    wrote("second@example.org")
    notify.wrong = [wrong]
    assert send_waiting() == 0
    assert (letter().tries, letter().gave_up_at) == (tries, None)
    assert notify.asked == ["POST"]  # and nobody else's letter meanwhile
    with later(notify, 6):
        assert send_waiting() == 2


def test_a_wrong_key_or_template_loses_no_letter(app, notify):
    wrote()
    app.config["NOTIFY_KEY"] = KEY.replace("3d84", "3d85")
    assert send_waiting() == 0
    assert "403" in letter().last_error
    app.config |= {"NOTIFY_KEY": KEY, "NOTIFY_TEMPLATE": "other"}
    with later(notify, 6):
        assert send_waiting() == 0
    app.config["NOTIFY_TEMPLATE"] = TEMPLATE
    with later(notify, 20):
        assert send_waiting() == 1


@pytest.mark.parametrize(("to", "bounced"), [("rosa@nowhere", True), ("team@example.org", False)])
def test_what_it_will_never_send_is_given_up(notify, to, bounced):
    wrote(to)
    assert send_waiting() == 0
    assert letter().gave_up_at == THE_DAY
    assert (db.session.get(Mailbox, to) is not None) == bounced


def test_nobody_there_is_a_service_that_is_away(app, notify):
    wrote()
    app.config["NOTIFY_URL"] = "http://127.0.0.1:1"
    assert send_waiting() == 0
    assert (letter().tries, letter().gave_up_at) == (0, None)


def told(client, status, token=TOKEN, **more):
    body = {"id": "1", "reference": name_of(letter()), "to": "rosa@example.org", "status": status}
    headers = {"Authorization": f"Bearer {token}"}
    return client.post(HEARD, json=body | more, headers=headers).status_code


def test_what_became_of_it_is_heard_from_them_alone(notify, client):
    wrote()
    assert send_waiting() == 1
    assert told(client, "permanent-failure", token="guessed") == 403
    assert told(client, "permanent-failure", reference="1-00000000000000000000") == 204
    assert told(client, "permanent-failure", reference="junk") == 400
    assert (
        client.post(HEARD, data="junk", headers={"Authorization": f"Bearer {TOKEN}"}).status_code
        == 400
    )
    assert told(client, "delivered") == 204
    assert letter().gave_up_at is None
    assert db.session.get(Mailbox, "rosa@example.org") is None
    for _ in range(2):  # it tells us again where it had no answer
        assert told(client, "permanent-failure") == 204
    assert letter().gave_up_at == letter().sent_at or letter().gave_up_at
    assert db.session.get(Mailbox, "rosa@example.org").returned_at


def test_without_a_token_nobody_is_believed(app, notify, client):
    app.config["NOTIFY_CALLBACK_TOKEN"] = ""
    wrote()
    assert send_waiting() == 1
    assert told(client, "permanent-failure", token="") == 403
