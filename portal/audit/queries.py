"""Reading the audit log: the walk along its chain, its head, and what somebody looks for in it."""

from collections.abc import Iterator

from sqlalchemy import Select, and_, or_, select

from portal.audit.models import AuditEntry
from portal.audit.rules import BEGINNING, ENTRY_FIELDS, Entry, Verdict, Wanted, walk
from portal.db import db

AT_A_TIME = 2_000
SOME = 500


def verify(against: str = "") -> Verdict:
    """Check the whole chain, a few thousand entries in memory at a time."""
    return walk(_entries(), against)


def head() -> tuple[int, str]:
    """How many entries there are, and the hash of the last one: what to write down elsewhere."""
    last = select(AuditEntry.number, AuditEntry.hash).order_by(AuditEntry.number.desc()).limit(1)
    row = db.session.execute(last).one_or_none()
    return (row.number, row.hash) if row else (0, BEGINNING)


def found(wanted: Wanted, *, before: int | None = None, most: int = 50) -> list[AuditEntry]:
    """The newest entries that fit, from the one before `before` on: a key, so that a growing log skips and repeats nothing."""
    query = _fitting(wanted).order_by(AuditEntry.number.desc()).limit(most)
    return list(
        db.session.scalars(query if before is None else query.where(AuditEntry.number < before))
    )


def pages(wanted: Wanted) -> Iterator[list[AuditEntry]]:
    """All entries that fit, newest first, some hundred in memory at a time."""
    before: int | None = None
    while page := found(wanted, before=before, most=SOME):
        yield page
        before = page[-1].number
        db.session.expunge_all()


def _fitting(wanted: Wanted) -> Select[tuple[AuditEntry]]:
    query = select(AuditEntry)
    for name in ("area_id", "act", "user_id", "object_id"):
        if (value := getattr(wanted, name)) is not None:
            query = query.where(getattr(AuditEntry, name) == value)
    if wanted.person_id is not None:
        about = and_(AuditEntry.kind == "user_account", AuditEntry.object_id == wanted.person_id)
        query = query.where(or_(AuditEntry.user_id == wanted.person_id, about))
    if wanted.kind:
        query = query.where(AuditEntry.kind == wanted.kind)
    if wanted.since:
        query = query.where(AuditEntry.at >= wanted.since)
    return query.where(AuditEntry.at < wanted.until) if wanted.until else query


def _entries() -> Iterator[tuple[Entry, str]]:
    """All entries, lowest number first, a few thousand in memory at a time."""
    query = select(*(getattr(AuditEntry, name) for name in (*ENTRY_FIELDS, "hash"))).order_by(
        AuditEntry.number
    )
    last: int | None = None
    while True:
        page = query if last is None else query.where(AuditEntry.number > last)
        rows = db.session.execute(page.limit(AT_A_TIME)).all()
        yield from ((Entry(*row[:-1]), row.hash) for row in rows)
        if len(rows) < AT_A_TIME:
            return
        last = rows[-1].number
