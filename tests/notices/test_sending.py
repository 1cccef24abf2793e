"""The outbox and a mail server that takes, refuses, drops and hangs: each letter goes once, or somebody is told."""

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta
from email import message_from_bytes, policy
from urllib.parse import quote

import pytest
from sqlalchemy import select

from portal import clock
from portal.db import db, transaction
from portal.notices import queries, rules, sending, smtp
from portal.notices.models import Letter, Mailbox
from portal.notices.sending import send_some, send_waiting
from portal.notices.service import write
from portal.people.rules import Role
from tests import factories
from tests.conftest import THE_DAY
from tests.notices.servers import PASSWORD, USER, Box, Server, with_password


@pytest.fixture
def area(app):
    app.extensions.pop(sending.RESTS, None)
    return factories.area(contact_email="broker@council.example", product_name="Meanwhile Testing")


def wrote(*addresses, key="paper:1", **more):
    """Letters to these addresses."""
    with transaction():
        for number, to in enumerate(addresses):
            told = {"subject": "Hello", "body": "A line.\n\nMore."} | more
            write(to=to, key=f"{key}:{number}:{to}", **told)


def letter(number=0):
    db.session.rollback()
    return db.session.scalars(select(Letter).order_by(Letter.id)).all()[number]


def parsed(envelope):
    return message_from_bytes(envelope.content, policy=policy.default)


def test_many_letters_go_by_one_connection_each_once(app, area):
    wrote(*(f"p{n}@example.org" for n in range(5)))
    with Server(Box()) as server:
        app.config["SMTP_URL"] = server.url
        assert send_waiting() == 5
        assert send_waiting() == 0
    assert [one.rcpt_tos for one in server.box.got] == [[f"p{n}@example.org"] for n in range(5)]
    assert server.box.connections == 1
    assert letter().sent_at == THE_DAY


def test_a_letter_says_what_mail_programs_ask_for(app, area):
    app.config |= {
        "MAIL_FROM": "portal@meanwhile.example",
        "MAIL_BOUNCES": "back@meanwhile.example",
    }
    wrote("rosa@example.org", leave_url="https://x.example/leave")
    with Server(Box()) as server:
        app.config["SMTP_URL"] = server.url
        assert send_waiting() == 1
    [envelope] = server.box.got
    mail = parsed(envelope)
    name = mail["Message-ID"].removeprefix("<").removesuffix("@meanwhile.example>")
    assert envelope.mail_from == f"back+{name}@meanwhile.example"
    assert mail["From"] == "Meanwhile Testing <portal@meanwhile.example>"
    assert mail["Reply-To"] == "broker@council.example"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Content-Language"] == "en"
    assert mail["List-Unsubscribe"] == "<https://x.example/leave>"
    assert mail["Date"].datetime == THE_DAY
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]


def test_a_password_goes_over_tls_only(app, area, tmp_path, monkeypatch):
    wrote("rosa@example.org")
    with with_password(Box(), tmp_path, monkeypatch) as server:
        address = f"{USER}:{quote(PASSWORD, safe='')}@127.0.0.1:{server.port}"
        app.config["SMTP_URL"] = f"smtp://{USER}:wrong@127.0.0.1:{server.port}"
        assert send_waiting() == 0
        assert (letter().tries, letter().gave_up_at) == (0, None)
        assert "535" in letter().last_error
        with clock.at(THE_DAY + timedelta(hours=1)):
            app.config["SMTP_URL"] = f"smtp://{address}"
            assert send_waiting() == 1
        # Who has another certificate than the one of that name gets no password.
        monkeypatch.delenv("SSL_CERT_FILE")
        wrote("rosa@example.org", key="paper:2")
        assert send_waiting() == 0
        assert "CERTIFICATE_VERIFY_FAILED" in letter(1).last_error
    assert server.box.got[0].rcpt_tos == ["rosa@example.org"]


def test_a_password_is_not_given_to_a_server_without_tls(app, area):
    wrote("rosa@example.org")
    with Server(Box()) as server:
        app.config["SMTP_URL"] = f"smtp://{USER}:secret@127.0.0.1:{server.port}"
        assert send_waiting() == 0
    assert not server.box.got
    assert letter().gave_up_at is None


NOBODY, NEVER, LATER = (True, True), (False, True), (False, False)


@pytest.mark.parametrize(
    ("answers", "bounced", "over"),
    [
        ({"rcpt": "550 5.1.1 No such user"}, *NOBODY),
        ({"rcpt": "550 Unknown"}, *NOBODY),
        ({"rcpt": "550 5.7.1 Blocked by our list"}, *NEVER),
        ({"rcpt": "552 5.2.2 Mailbox full"}, *NEVER),
        ({"rcpt": "450 4.2.0 Greylisted, come again"}, *LATER),
        ({"data": "554 5.6.0 This looks like spam"}, *NEVER),
        ({"data": "451 4.3.0 Try again"}, *LATER),
        ({"mail": "552 5.3.4 Too large"}, *NEVER),
    ],
    ids=str,
)  # fmt: skip
def test_what_a_refusal_means(app, area, answers, bounced, over):
    wrote("rosa@example.org", "good@example.org")
    with Server(Box(**answers)) as server:
        app.config["SMTP_URL"] = server.url
        went = send_waiting()
    assert went == ("rcpt" in answers)  # the second letter does not wait for the first
    assert bool(letter().gave_up_at) == over
    assert (db.session.get(Mailbox, "rosa@example.org") is not None) == bounced
    assert letter().last_error[:3] == next(iter(answers.values()))[:3]


def test_who_is_refused_as_a_sender_loses_no_letter(app, area):
    wrote("rosa@example.org")
    with Server(Box(mail="550 5.7.1 We do not know you")) as server:
        app.config["SMTP_URL"] = server.url
        for day in range(20):
            with clock.at(THE_DAY + timedelta(days=day)):
                assert send_waiting() == 0
    assert (letter().tries, letter().gave_up_at) == (0, None)
    assert queries.standing().since == THE_DAY


@pytest.mark.parametrize("trouble", [{"drop": "rcpt"}, {"drop": "data"}, {"hang": 0.5}], ids=str)
def test_a_server_that_drops_or_hangs_is_tried_again_later(app, area, trouble):
    wrote("rosa@example.org", "good@example.org")
    with Server(Box(**trouble)) as server:
        app.config["SMTP_URL"] = server.url
        began = time.monotonic()
        assert send_waiting(patience=0.2) == 0
        assert time.monotonic() - began < 2
        assert [one.tries for one in db.session.scalars(select(Letter).order_by(Letter.id))] == [
            1,
            0,
        ]
        server.box.drop, server.box.hang = "", 0
        assert send_waiting() == 1  # the other one
        with clock.at(THE_DAY + timedelta(minutes=6)):
            assert send_waiting() == 1
    assert sorted(one.rcpt_tos[0] for one in server.box.got) == [
        "good@example.org",
        "rosa@example.org",
    ]


def test_pauses_grow_and_end_with_somebody_told(app, area, client):
    admin = factories.with_role(area, Role.ADMINISTRATOR)
    wrote("rosa@example.org")
    now, pauses = THE_DAY, []
    with Server(Box(rcpt="450 4.2.0 Not now")) as server:
        app.config["SMTP_URL"] = server.url
        for _ in range(rules.MOST_TRIES):
            with clock.at(now):
                assert send_waiting() == 0
                assert send_waiting() == 0  # it rests
            pauses.append(letter().claimed_until - now)
            now = letter().claimed_until + timedelta(seconds=1)
        with clock.at(now):
            assert send_waiting() == 0
            assert queries.standing(area.id) == queries.Standing(0, None, 1)
    assert pauses == [timedelta(minutes=5 * 2**n) for n in range(8)]
    assert (letter().tries, bool(letter().gave_up_at)) == (8, True)
    app.config["SMTP_URL"] = ""
    client.sign_in(admin.email)
    desk = client.get("/desk").text
    assert "Letters that did not arrive" in desk


def test_two_senders_at_once_send_each_letter_once(app, area):
    wrote(*(f"p{n}@example.org" for n in range(12)))
    with Server(Box()) as server:
        app.config["SMTP_URL"] = server.url
        counts = []

        def send():
            with app.app_context(), clock.at(THE_DAY):
                counts.append(send_waiting())
                db.session.close()

        threads = [threading.Thread(target=send) for _ in range(3)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
    assert sum(counts) == 12
    assert sorted(one.rcpt_tos[0] for one in server.box.got) == sorted(
        f"p{n}@example.org" for n in range(12)
    )


def test_a_letter_whose_sender_was_killed_goes_with_the_next_one(app, area, monkeypatch):
    wrote("rosa@example.org")
    with Server(Box()) as server:
        app.config["SMTP_URL"] = server.url
        monkeypatch.setattr(smtp.Smtp, "carry", lambda *_: os_exit())
        with pytest.raises(SystemExit):
            send_waiting()
        monkeypatch.undo()
        assert send_waiting() == 0  # somebody may still be at it
        with clock.at(THE_DAY + timedelta(minutes=6)):
            assert send_waiting() == 1
    assert len(server.box.got) == 1


def test_a_letter_that_kills_each_sender_is_given_up(app, area, monkeypatch):
    wrote("rosa@example.org")
    app.config["SMTP_URL"] = "smtp://127.0.0.1:1"
    monkeypatch.setattr(smtp.Smtp, "carry", lambda *_: os_exit())
    for day in range(rules.MOST_TRIES):
        with clock.at(THE_DAY + timedelta(days=day)), pytest.raises(SystemExit):
            send_waiting()
    with clock.at(THE_DAY + timedelta(days=30)):
        assert send_waiting() == 0
        assert queries.standing().failed == 1


def os_exit():
    raise SystemExit


def test_a_web_worker_waits_for_no_mail_server_twice(app, area):
    wrote("rosa@example.org", "good@example.org")
    app.config["SMTP_URL"] = "smtp://127.0.0.1:1"
    assert send_some() == 0
    with Server(Box()) as server:
        app.config["SMTP_URL"] = server.url
        assert send_some() == 0  # for a minute
        app.extensions.pop(sending.RESTS)
        assert send_some() == 1
    assert server.box.got[0].rcpt_tos == ["good@example.org"]


def test_a_letter_that_is_forgotten_while_it_goes_leaves_nothing(app, area, monkeypatch):
    wrote("rosa@example.org")
    app.config["SMTP_URL"] = "smtp://127.0.0.1:1"

    def gone(*_):
        with transaction() as session:
            session.delete(session.scalars(select(Letter)).one())
        return rules.Outcome(rules.Verdict.TAKEN)

    monkeypatch.setattr(smtp.Smtp, "carry", gone)
    assert send_waiting() == 1
    assert db.session.scalars(select(Letter)).all() == []


HOSTILE = [
    "rosa@example.org\r\nBcc: all@example.org",
    "rosa@example.org, all@example.org",
    "Rosa <rosa@example.org>",
    "rosa",
    "@example.org",
    "rosa@",
    "rosa@exa mple.org",
    "a" * 300 + "@example.org",
    "rosa@xn--\x00.org",
]


@pytest.mark.parametrize("to", HOSTILE)
def test_an_address_that_is_none_stops_no_other_letter(app, area, to):
    with transaction():
        write(to=to[:254], subject="Hello\r\nBcc: x@example.org", body="Hello", key="paper:1")
        write(
            to="good@example.org", subject="Plot\r\nBcc: x@example.org", body="Hello", key="paper:2"
        )
    with Server(Box()) as server:
        app.config["SMTP_URL"] = server.url
        assert send_waiting() == 1
    assert [one.rcpt_tos for one in server.box.got] == [["good@example.org"]]
    mail = parsed(server.box.got[0])
    assert mail["Subject"] == "Plot Bcc: x@example.org"
    assert mail["Bcc"] is None
    assert letter().gave_up_at


def test_an_address_in_another_alphabet(app, area):
    wrote("info@gärten.example")
    with Server(Box()) as server:
        app.config["SMTP_URL"] = server.url
        assert send_waiting() == 1
    assert server.box.got[0].rcpt_tos == ["info@xn--grten-gra.example"]


def test_the_service_sends_and_stops_when_it_is_told(app, area, tmp_path):
    """`portal send-letters` as a unit runs it: what waits goes, what comes later goes too, and SIGTERM ends it cleanly."""
    wrote("one@example.org")
    url = db.engine.url.render_as_string(hide_password=False)
    with Server(Box()) as server:
        env = os.environ | {
            "DATABASE_URL": url,
            "SMTP_URL": server.url,
            "SECRET_KEY": "test",
            "INSTANCE": str(tmp_path),
        }
        command = [sys.executable, "-m", "portal.cli", "send-letters", "--pause", "0.1"]
        service = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True)
        try:
            wait_for(lambda: len(server.box.got) == 1)
            with clock.at(clock.now()):
                wrote("two@example.org", key="paper:2")
            wait_for(lambda: len(server.box.got) == 2)
            service.send_signal(signal.SIGTERM)
            said, _ = service.communicate(timeout=20)
        finally:
            service.kill()
    assert service.returncode == 0
    assert "2 letters sent." in said
    assert letter(1).sent_at


def wait_for(done, seconds=40):
    until = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < until
        time.sleep(0.05)
