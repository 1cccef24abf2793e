"""When what runs by itself ran last: `portal tick`, `portal backup`. So `portal check` can miss it, on whichever machine it is."""

from datetime import datetime

from sqlalchemy import String, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from portal import clock
from portal.db import Instant, Model, db, transaction

TICK, BACKUP = "tick", "backup"


class LastRun(Model):
    """One row for each thing that runs by itself."""

    __tablename__ = "last_run"

    what: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant)


def ran(what: str) -> None:
    """Write down that it has just ended well."""
    now = clock.now()
    try:
        with transaction() as session:
            found = session.execute(update(LastRun).where(LastRun.what == what).values(at=now))
            if not found.rowcount:
                session.add(LastRun(what=what, at=now))
    except IntegrityError:
        pass  # another machine has written it down for the first time in the same moment


def last(what: str) -> datetime | None:
    """When it ended well; None if it never did."""
    return db.session.scalar(select(LastRun.at).where(LastRun.what == what))
