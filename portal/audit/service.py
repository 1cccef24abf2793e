"""Writing to the audit log, in the transaction of the act it tells of: the act and its entry stand together, or neither.

Entries are chained last of all, right before the commit: whoever writes to the log holds its lock for one read, one insert and
the commit, and waits for nothing else with it. So two writers at once stand one behind the other, no lock of an act can be
waited for with this one in hand, and those who write no entry never meet it. SQLite has one writer at a time anyway.
"""

from typing import Any

from flask import g, has_request_context
from sqlalchemy import func, insert, select, text
from sqlalchemy.orm import Session

from portal import clock
from portal.audit.models import AuditEntry
from portal.audit.rules import BEGINNING, Act, Entry, Value, chained, detail_text
from portal.db import at_the_end, writing

# One number for the whole database; the rooms' locks (lettings/holding.py) have two each and are others.
AUDIT_LOCK = 7_003


def note(
    act: Act,
    *,
    area_id: int | None,
    by: int | None,
    role: str,
    about: tuple[str, int | None] = ("", None),
    **detail: Value,
) -> None:
    """Write down what the running transaction does; `about` is the object's kind and number, `detail` codes and numbers."""
    if not writing():
        raise RuntimeError("an audit entry is written in the transaction of its act")
    kind, object_id = about
    entry = {
        "at": clock.now(),
        "area_id": area_id,
        "user_id": by,
        "role": str(role),
        "act": str(act),
        "kind": kind,
        "object_id": object_id,
        "detail": detail_text(detail),
        "request_id": request_id(),
    }
    at_the_end(_chain, entry)


def request_id() -> str:
    """The number of the request that is answered, as the log files have it; "" on the command line."""
    return g.get("request_id", "") if has_request_context() else ""


def _chain(session: Session, waiting: list[dict[str, Any]]) -> None:
    if session.get_bind().dialect.name == "postgresql":
        # Checks that were put off to the commit would otherwise run, and perhaps wait, with the lock in hand.
        session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
        session.execute(select(func.pg_advisory_xact_lock(AUDIT_LOCK)))
    head = select(AuditEntry.number, AuditEntry.hash).order_by(AuditEntry.number.desc()).limit(1)
    number, before = session.execute(head).one_or_none() or (0, BEGINNING)
    rows = []
    for values in waiting:
        number += 1
        before = chained(before, Entry(number=number, **values))
        rows.append(values | {"number": number, "hash": before})
    session.execute(insert(AuditEntry), rows)
