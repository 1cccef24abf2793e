"""What an import tells: counts of everything, and one line for each row that somebody may want to look at."""

import csv
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

from portal.documents.spreadsheets import harmless
from portal.errors import BadInput

SHOWN = 1000  # lines kept for the screen and for JSON; a file takes all
COUNTED = (
    "rows", "located", "by_coordinates", "by_uprn", "by_postcode", "by_parent", "to_locate", "outliers", "errors",
    "repaired", "flagged", "doubtful", "queued", "refused", "kept", "new", "changed", "unchanged", "gone", "back",
    "newly_vacant",
)  # fmt: skip
SYSTEMS = {
    4326: "degrees (EPSG:4326)", 27700: "the British National Grid (EPSG:27700)",
    29902: "the Irish Grid (EPSG:29902)", 3857: "web Mercator (EPSG:3857)",
}  # fmt: skip
HEADINGS = ("line", "code", "name", "what", "field", "why")
# What is told in the file only: a first import would tell nothing else.
IN_FILE_ONLY = frozenset({"new"})


class Line(NamedTuple):
    """One line: the row's line in the file (None for an asset that is in it no more), and what became of it."""

    line: int | None
    code: str
    name: str
    what: str
    field: str
    why: str


class Report:
    """Counts and lines; the lines go to a CSV file as they come, so that they are never held."""

    def __init__(self, path: Path | None = None):
        self.counts: Counter[str] = Counter()
        self.lines: list[Line] = []
        self.total = 0
        self.path = path
        self._file: Any = None

    def __enter__(self) -> Self:
        if self.path:
            self._file = self._opened()
            self._writer = csv.writer(self._file)
            self._writer.writerow(HEADINGS)
        return self

    def _opened(self) -> Any:
        try:
            return self._part.open("w", encoding="utf-8-sig", newline="")
        except OSError as wrong:
            raise BadInput(
                "report-file",
                "%(file)s cannot be written: %(why)s.",
                file=self.path,
                why=wrong.strerror,
            ) from wrong

    @property
    def _part(self) -> Path:
        path = self.path or Path()
        return path.with_name(f"{path.name}.part")

    def __exit__(
        self, wrong: type[BaseException] | None, _value: object, _trace: TracebackType | None
    ) -> None:
        if self._file:
            self._file.close()
            if wrong:
                self._part.unlink(missing_ok=True)
            else:
                self._part.replace(self.path or self._part)

    def tell(self, line: Line) -> None:
        """One line more."""
        if self._file:
            self._writer.writerow(map(harmless, line))
        if line.what in IN_FILE_ONLY:
            return
        self.total += 1
        if len(self.lines) < SHOWN:
            self.lines.append(line)

    def as_json(self) -> dict[str, Any]:
        """The counts by name, and the first lines."""
        self.lines.sort(key=lambda line: (line.line is None, line.line or 0))
        return (
            {name: self.counts[name] for name in COUNTED}
            | {"report": [line._asdict() for line in self.lines]}
            | {"report_lines": self.total}
        )


def differences(changes: Sequence[tuple[str, Any, Any]]) -> str:
    """What changed, in words: "status: occupied → vacant; postcode: nothing → M33 7DZ"."""
    return "; ".join(f"{name}: {_shown(old)} → {_shown(new)}" for name, old, new in changes)


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, bytes | memoryview):
        return "a place"
    return "nothing" if value is None else str(value)[:80]
