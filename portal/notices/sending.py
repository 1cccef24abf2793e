"""Send what waits in the outbox: each letter by one sender at a time, once, or again after a pause."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any

from flask import current_app
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from portal import clock
from portal.areas.models import Area
from portal.db import transaction
from portal.notices import govuk_notify, post, rules, smtp
from portal.notices.models import Letter, Mailbox
from portal.notices.post import Item
from portal.notices.rules import MOST_TRIES, Outcome, Verdict

PATIENCE = 20.0  # seconds a mail server may take for one answer
A_FEW, LITTLE_PATIENCE, A_MINUTE = 5, 4.0, 60.0
RESTS = "letters-rest-until"
LOST = "The sender was stopped each time before it knew whether the letter went."
# After these the others have to wait too.
ENDS = {Verdict.AWAY, Verdict.DROPPED}


def send_waiting(
    most: int = sys.maxsize,
    patience: float = PATIENCE,
    stopping: Callable[[], bool] = lambda: False,
) -> int:
    """Send what waits, each letter by one sender only; returns how many went. Without a mail service they wait.

    `most`: at most so many; `stopping`: asked between two letters. A sender that is killed leaves its letter to the
    next one after five minutes, which may then send it a second time, under the same Message-ID: nobody can know
    whether the first had got it away.
    """
    sent = 0
    with _carrier(patience) as carrier:
        while carrier and sent < most and not stopping() and (item := _claim()) is not None:
            outcome = carrier.carry(item)
            _note(item, outcome)
            sent += outcome.verdict is Verdict.TAKEN
            if outcome.verdict is not Verdict.TAKEN:
                current_app.logger.warning("letter %s: %s", item.id, outcome.verdict)
            if outcome.verdict in ENDS:
                _rest()
                break
    return sent


def send_some() -> int:
    """After an answer, in a web worker: a few letters, with little patience; none for a minute after the mail service
    was silent. The others go by `portal send-letters` or `portal tick`.
    """
    if monotonic() < current_app.extensions.get(RESTS, 0.0):
        return 0
    return send_waiting(A_FEW, LITTLE_PATIENCE)


def _rest() -> None:
    current_app.extensions[RESTS] = monotonic() + A_MINUTE


@contextmanager
def _carrier(patience: float) -> Iterator[Any]:
    """GOV.UK Notify or a mail server, as the settings say; one connection for all letters. None where neither is named."""
    if govuk_notify.is_on():
        yield govuk_notify.Notify(patience)
    elif current_app.config["SMTP_URL"]:
        with smtp.Smtp(str(current_app.config["SMTP_URL"]), patience) as server:
            yield server
    else:
        yield None


def _claim() -> Item | None:
    """Take the next letter for a while, so that no other sender takes it and none waits for the mail server."""
    with transaction() as session:
        while (letter := _next(session)) is not None:
            if letter.tries < MOST_TRIES:
                break
            # Nobody noted how its last try ended.
            letter.gave_up_at, letter.last_error = clock.now(), letter.last_error or LOST
            session.flush()
        if letter is None:
            return None
        letter.tries += 1
        letter.claimed_until = clock.now() + rules.pause(letter.tries)
        return post.item(letter, session.get(Area, letter.area_id) if letter.area_id else None)


def _next(session: Session) -> Letter | None:
    return session.scalar(
        select(Letter)
        .where(
            Letter.sent_at.is_(None),
            Letter.gave_up_at.is_(None),
            or_(
                Letter.claimed_until.is_(None),
                Letter.claimed_until < clock.now(),
                # Further ahead than any pause is: claimed while the clock was wrong.
                Letter.claimed_until > clock.now() + rules.pause(MOST_TRIES),
            ),
        )
        .order_by(Letter.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )


def _note(item: Item, outcome: Outcome) -> None:
    """Write down what came of a try."""
    with transaction() as session:
        letter = session.get(Letter, item.id, with_for_update=True)
        if letter is None or letter.sent_at:
            return  # forgotten meanwhile, or another sender was quicker
        if outcome.verdict is Verdict.TAKEN:
            letter.sent_at, letter.last_error = clock.now(), None
            return
        letter.last_error = outcome.said[:500]
        if outcome.verdict is Verdict.AWAY:
            # The letter is not to blame: it waits as long as the mail service is away, however long that is.
            letter.tries -= 1
            letter.claimed_until = clock.now() + rules.FIRST_PAUSE
        elif outcome.verdict in (Verdict.REFUSED, Verdict.NO_ADDRESS) or letter.tries >= MOST_TRIES:
            letter.gave_up_at = clock.now()
        if outcome.verdict is Verdict.NO_ADDRESS:
            mark_returned(session, letter.to, outcome.said)


def came_back(letter: Letter, outcome: Outcome, session: Session) -> None:
    """A letter that a mail server had taken was not delivered after all."""
    letter.last_error, letter.gave_up_at = outcome.said[:500], letter.gave_up_at or clock.now()
    if outcome.verdict is Verdict.NO_ADDRESS:
        mark_returned(session, letter.to, outcome.said)


def mark_returned(session: Session, address: str, why: str) -> None:
    """Nobody is at this address: nothing more is written to it until its owner has signed in."""
    key = address.lower()
    mailbox = session.get(Mailbox, key, with_for_update=True) or Mailbox(address=key)
    mailbox.returned_at, mailbox.returned_why = mailbox.returned_at or clock.now(), why[:300]
    session.add(mailbox)


def send_again(letter_id: int, area_id: int) -> bool:
    """The administrator wants a letter tried anew that was given up; False where there is nothing to send."""
    with transaction() as session:
        letter = session.get(Letter, letter_id, with_for_update=True)
        if letter is None or letter.gave_up_at is None or not letter.body:
            return False
        if letter.area_id not in (None, area_id):
            return False
        letter.gave_up_at = letter.sent_at = letter.claimed_until = None
        letter.tries = 0
        mailbox = session.get(Mailbox, letter.to.lower(), with_for_update=True)
        if mailbox is not None:
            mailbox.returned_at = mailbox.returned_why = None
    return True
