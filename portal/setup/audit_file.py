"""The audit log as a table for spreadsheets: all that a search of its page finds, newest first, and never all in memory."""

import csv
import io
from collections.abc import Iterator

from portal.audit import queries
from portal.audit.models import AuditEntry
from portal.audit.rules import Wanted
from portal.clock import LONDON
from portal.documents.spreadsheets import harmless
from portal.setup.auditing import names_of

COLUMNS = (
    "number", "at", "person", "called", "role", "act", "about", "about_number", "about_called", "detail", "request", "hash",
)  # fmt: skip


def lines(wanted: Wanted) -> Iterator[str]:
    """The lines of the file, some hundred at a time; people by the names that they have today."""
    yield _csv([COLUMNS])
    for entries in queries.pages(wanted):
        names = names_of(entries)
        yield _csv(_row(entry, names) for entry in entries)


def _row(entry: AuditEntry, names: dict[int, str]) -> tuple[object, ...]:
    about = names.get(entry.object_id or 0, "") if entry.kind == "user_account" else ""
    return (
        entry.number, entry.at.astimezone(LONDON).isoformat(timespec="seconds"), entry.user_id or "",
        names.get(entry.user_id or 0, ""), entry.role, entry.act, entry.kind, entry.object_id or "", about, entry.detail,
        entry.request_id, entry.hash,
    )  # fmt: skip


def _csv(rows) -> str:
    page = io.StringIO()
    csv.writer(page).writerows([harmless(cell) for cell in row] for row in rows)
    return page.getvalue()
