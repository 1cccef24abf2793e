"""Writing much of a register at once: what the database keeps beside each asset is then made once, at the end.

A few changed assets are written as pages write them: triggers count the version and keep the words, so that readers
fetch those few. From MANY on the triggers rest, and readers are told that all is new. Into a table that was empty the
rows go before its indexes, which are made in a third of the time at the end.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from sqlalchemy import text
from sqlalchemy.orm import Session

from portal.db import CACHE_KIB

MANY = 2000
# Pages of indexes that many new rows touch anywhere: without room for them each row is written many times over.
ROOM_KIB = 40_960

TRIGGERS = (
    "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'asset'"
    " AND (name LIKE 'asset_changed_%' OR name LIKE 'asset_words_%')"
)
# Those that are no part of a constraint.
INDEXES = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'asset' AND sql IS NOT NULL",
    "postgresql": (
        "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema() AND tablename = 'asset'"
        " AND indexname NOT IN (SELECT conname FROM pg_constraint)"
    ),
}


class Changes:
    """What is written in one transaction. `expect` says beforehand how many assets the next statement writes."""

    def __init__(self, session: Session):
        self.connection = session.connection()
        self.sqlite = self.connection.dialect.name == "sqlite"
        self.written, self.whole = 0, False
        self.triggers: list[tuple[str, str]] = []
        self.indexes: list[tuple[str, str]] = []
        self.last_id = 0
        self.empty = self.connection.scalar(text("SELECT 1 FROM asset LIMIT 1")) is None

    def expect(self, count: int) -> None:
        """Let the triggers rest before the change that makes it many."""
        self.written += count
        if self.written <= MANY or self.whole:
            return
        self.whole = True
        if self.empty:
            self._take_away("INDEX", self.indexes, INDEXES[self.connection.dialect.name])
        if not self.sqlite:
            self.connection.execute(text("SET LOCAL meanwhile.whole = 'on'"))
            return
        self.last_id = self.connection.scalar(text("SELECT coalesce(max(id), 0) FROM asset"))
        self._take_away("TRIGGER", self.triggers, TRIGGERS)
        self.connection.execute(text(f"PRAGMA cache_size = -{ROOM_KIB}"))

    def _take_away(self, what: str, kept: list[tuple[str, str]], question: str) -> None:
        """Drop what the question finds, and keep how each is made."""
        kept += [tuple(row) for row in self.connection.execute(text(question))]
        for name, _ in kept:
            self.connection.execute(text(f"DROP {what} {name}"))

    def reword(self, words: Iterable[tuple[int, str, str]]) -> None:
        """Keep the words of changed assets (id, before, after) while the triggers rest."""
        some = [(id_, old, new) for id_, old, new in words if old != new and id_ <= self.last_id]
        if not (self.sqlite and self.whole and some):
            return
        cursor = self.connection.connection.cursor()
        cursor.executemany(
            "INSERT INTO asset_words (asset_words, rowid, words) VALUES ('delete', ?, ?)",
            [(id_, old) for id_, old, _ in some],
        )
        cursor.executemany(
            "INSERT INTO asset_words (rowid, words) VALUES (?, ?)",
            [(id_, new) for id_, _, new in some],
        )

    def finish(self, area_id: int) -> None:
        """Make up for what the triggers did not do; the version is the last that is written."""
        if not self.whole:
            return
        for _, sql in self.indexes:
            self.connection.exec_driver_sql(sql)
        if self.sqlite:
            self.connection.execute(
                text(
                    "INSERT INTO asset_words (rowid, words) SELECT id, words FROM asset WHERE id > :last"
                ),
                {"last": self.last_id},
            )
            for _, sql in self.triggers:
                self.connection.exec_driver_sql(sql)
            self.connection.execute(text(f"PRAGMA cache_size = -{CACHE_KIB}"))
        else:
            # What was queued before the switch is counted now, not after the version was said.
            self.connection.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
        self.connection.execute(
            text(
                "UPDATE register_state SET version = version + 1, whole_at = version + 1 WHERE area_id = :area"
            ),
            {"area": area_id},
        )


@contextmanager
def changes(session: Session, area_id: int) -> Iterator[Changes]:
    """All that is written in it, then the version. On PostgreSQL no other may write assets meanwhile: an import and
    a decision would wait for each other.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("LOCK TABLE asset IN EXCLUSIVE MODE"))
    made = Changes(session)
    yield made
    session.flush()
    made.finish(area_id)
