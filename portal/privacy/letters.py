"""Letters lose their address and text some time after they were written. Their keys stay, so that none is written twice."""

from datetime import datetime

from sqlalchemy import select

from portal import clock
from portal.db import db, transaction
from portal.masking import without_address
from portal.notices.models import Letter

MOST = 500  # in one transaction


def tick(before: datetime) -> int:
    """Empty the letters that were written before that. Returns how many."""
    done, some = 0, MOST
    while some == MOST:
        some = _some(before)
        done += some
    return done


def _some(before: datetime) -> int:
    old = select(Letter.id).where(Letter.written_at < before, Letter.to != "").limit(MOST)
    if not (found := list(db.session.scalars(old))):
        return 0
    with transaction() as session:
        rows = select(Letter).where(Letter.id.in_(found), Letter.to != "").with_for_update()
        for letter in session.scalars(rows):
            empty(letter)
    return len(found)


def empty(letter: Letter) -> None:
    """What was sent has arrived; what was not sent by now is not sent any more."""
    if letter.sent_at is None and letter.gave_up_at is None:
        letter.gave_up_at = clock.now()
    letter.key = without_address(letter.key)
    letter.to = letter.subject = letter.body = ""
    letter.leave_url = letter.last_error = None
