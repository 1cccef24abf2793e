"""The commands of the outbox: a sender that runs as a service, and what a mail server's pipe calls."""

import signal
import sys
from threading import Event

import click
from flask import current_app
from sqlalchemy.exc import SQLAlchemyError

from portal.db import db
from portal.notices import bounces
from portal.notices.sending import send_waiting

TRY_AGAIN_LATER = 75  # EX_TEMPFAIL: the mail server keeps the mail and calls again


@click.command("send-letters")
@click.option("--once", is_flag=True, help="Send what waits now and stop.")
@click.option("--pause", default=5.0, show_default=True, help="Seconds between two looks.")
def send_letters(*, once: bool, pause: float) -> None:
    """Send what waits in the outbox, and go on looking until it is stopped. Several may run at once."""
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    sent = _send(stop)
    while not once and not stop.is_set():
        stop.wait(pause)
        sent += _send(stop)
    click.echo(f"{sent} letters sent.")


def _send(stop: Event) -> int:
    """One look; a letter that is on its way is brought to its end first. A database that is away is looked for again."""
    if stop.is_set():
        return 0
    try:
        return send_waiting(stopping=stop.is_set)
    except SQLAlchemyError:
        current_app.logger.exception("the outbox could not be read")
        db.session.close()
        return 0


@click.command("read-bounce")
def read_bounce() -> None:
    """Read a report of undelivered mail from standard input. A mail server calls it: see docs/operators.md."""
    data = sys.stdin.buffer.read(bounces.LARGEST)
    try:
        letter = bounces.hear(data)
    except SQLAlchemyError:
        current_app.logger.exception("a report of undelivered mail could not be written down")
        sys.exit(TRY_AGAIN_LATER)
    # Whatever else came, the mail server must not write about it to anybody.
    click.echo(f"Letter {letter.id} came back." if letter else "Nothing to do.")
