"""Write letters inside a transaction; send them after it, each once."""

import smtplib
from datetime import timedelta
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from flask import current_app, g, has_request_context
from sqlalchemy import delete, or_, select

from portal import clock
from portal.db import db, transaction
from portal.notices.models import Letter

CLAIM = timedelta(minutes=5)
MOST_TRIES = 8


def write(*, to: str, subject: str, body: str, key: str, leave_url: str | None = None) -> None:
    """Put a letter in the outbox of the running transaction; the same key never writes twice.

    A POST to `leave_url` stops letters like this one: mail programs show a button for it (RFC 8058).
    """
    if db.session.scalar(select(Letter.id).where(Letter.key == key)) is None:
        letter = Letter(key=key, to=to, subject=subject, body=body, leave_url=leave_url)
        letter.written_at = clock.now()
        db.session.add(letter)
        db.session.flush()
        if has_request_context():
            g.letters_written = True


def forget(prefix: str) -> None:
    """Delete the letters whose keys begin so, sent or not, in the running transaction: their addresses go with them."""
    db.session.execute(delete(Letter).where(Letter.key.startswith(prefix, autoescape=True)))


def send_waiting() -> int:
    """Send what waits, each letter by one sender only; returns how many went. Without SMTP_URL they wait."""
    server = str(current_app.config["SMTP_URL"])
    if not server:
        return 0
    sent = 0
    while (letter := _claim()) is not None:
        try:
            _send(server, letter)
        except (OSError, smtplib.SMTPException) as error:
            _note(letter.id, error=str(error))
            current_app.logger.warning(
                "letter %s was not sent: %s", letter.id, type(error).__name__
            )
        else:
            _note(letter.id)
            sent += 1
    return sent


def _claim() -> Letter | None:
    """Take the next letter for a few minutes, so that no other sender takes it and none waits for the mail server."""
    with transaction() as session:
        letter = session.scalar(
            select(Letter)
            .where(
                Letter.sent_at.is_(None),
                Letter.tries < MOST_TRIES,
                or_(Letter.claimed_until.is_(None), Letter.claimed_until < clock.now()),
            )
            .order_by(Letter.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        if letter is not None:
            letter.tries += 1
            # The pause grows with each try: 5 minutes, 10, 20 ...
            letter.claimed_until = clock.now() + CLAIM * 2 ** (letter.tries - 1)
    return letter


def _note(letter_id: int, error: str | None = None) -> None:
    with transaction() as session:
        letter = session.get_one(Letter, letter_id)
        letter.last_error = error and error[:500]
        letter.sent_at = letter.sent_at if error else clock.now()


def _send(server: str, letter: Letter) -> None:
    message = EmailMessage()
    message["From"] = str(current_app.config["MAIL_FROM"])
    message["To"] = letter.to
    message["Subject"] = letter.subject
    message["Message-ID"] = f"<{letter.id}.{letter.key.encode().hex()[:40]}@portal>"
    if letter.leave_url:
        message["List-Unsubscribe"] = f"<{letter.leave_url}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(letter.body)
    address = urlsplit(server)
    client = smtplib.SMTP_SSL if address.scheme == "smtps" else smtplib.SMTP
    with client(address.hostname or "localhost", address.port or 25, timeout=20) as smtp:
        if address.username:
            if address.scheme == "smtp":
                smtp.starttls()
            smtp.login(unquote(address.username), unquote(address.password or ""))
        smtp.send_message(message)
