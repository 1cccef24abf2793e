"""One import under way: batch by batch into the database, and what each row came to."""

import pickle
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy.engine import Row

from geo.text import REFUSED
from portal import clock
from portal.areas.models import Area
from portal.intake import parts
from portal.intake.changes import Changes
from portal.intake.holding import Holders
from portal.intake.known import Known
from portal.intake.placing import Land, place
from portal.intake.reading import Batch, mark_of_place, read_batch
from portal.intake.report import Line, Report
from portal.intake.sources import Sources
from portal.intake.writing import Writer


class Spool:
    """Things put aside on disk until the whole file is known."""

    def __init__(self) -> None:
        self.file = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the import
        self.count = 0

    def put(self, thing: Any) -> None:
        """One more."""
        pickle.dump(thing, self.file, pickle.HIGHEST_PROTOCOL)
        self.count += 1

    def drain(self) -> Iterator[Any]:
        """All that was put aside, in order; then it is gone."""
        self.file.seek(0)
        for _ in range(self.count):
            yield pickle.load(self.file)  # noqa: S301 - our own, of a moment ago


class Run:
    """The state of an import: what was there, what the file has said so far."""

    def __init__(
        self, area: Area, land: Land, changes: Changes, report: Report, *,
        holder: str | None, as_of: date | None,
    ):  # fmt: skip
        self.connection = changes.connection
        self.area, self.land, self.changes, self.report = area, land, changes, report
        self.day = as_of or clock.today()
        self.latest: date | None = as_of
        self.holders = Holders(self.connection, area, holder)
        self.anybody = holder is None
        self.sources = Sources(self.connection, area.id)
        self.known = Known(self.connection, area.id)
        self.writer = Writer(area, self.holders, self.sources, changes, report, self.day)
        self.lines: dict[int, int] = {}  # hash of (holder, code): the line that has it
        self.aside, self.parts = Spool(), Spool()

    def close(self) -> None:
        """Let go of what was put aside."""
        self.aside.file.close()
        self.parts.file.close()

    def take(self, batch: Batch) -> None:
        """Read, place and write some rows; those of which no code is known wait until all codes are."""
        read_batch(batch)
        self._refuse_ended(batch)
        self.holders.name(batch)
        self._refuse_doubles(batch)
        place(batch, self.land)
        self._tell_notes(batch)
        sound = [row for row in range(len(batch)) if row not in batch.refused]
        kept = batch.only(sound) if len(sound) < len(batch) else batch
        self.anybody = self.anybody and "holder" not in batch.cells
        holder_ids = self.holders.ids_of(kept)
        if not self.known.last:
            self._write(kept, holder_ids, {})
            return
        self.known.count_uprns(kept)
        found = self.known.by_code(kept, holder_ids)
        self.known.note(found.values())
        met = [row for row in range(len(kept)) if row in found]
        if met:
            assets = {place_: found[row] for place_, row in enumerate(met)}
            self._write(kept.only(met), [holder_ids[row] for row in met], assets)
        unmet = [row for row in range(len(kept)) if row not in found]
        if unmet:
            self.aside.put((kept.only(unmet), [holder_ids[row] for row in unmet]))

    def settle(self) -> None:
        """The rows put aside: known by UPRN, or by place and name, or new. Then rooms into their buildings."""
        doubled = self.known.doubled() if self.aside.count else frozenset()
        for batch, holder_ids in self.aside.drain():
            found = self.known.by_other(batch, holder_ids, doubled, any_holder=self.anybody)
            self._write(batch, holder_ids, found, other=True)
        for some in self.parts.drain():
            parts.join(self.connection, self.area.id, some, self.changes, self.report)

    def _refuse_ended(self, batch: Batch) -> None:
        """Libraries that have closed, sites that have left the register."""
        for row, text in enumerate(batch.texts("closed")):
            if (
                text
                and text.casefold() not in {"no", "n", "false", "0", "open"}
                and row not in batch.refused
            ):
                batch.note(
                    row,
                    REFUSED,
                    "closed",
                    f"the list says that it has closed or ended: {text[:40]}",
                )

    def _refuse_doubles(self, batch: Batch) -> None:
        """A code stands for one asset of a holder: the first row has it. Rows without codes that are called alike are
        told apart by where they are.
        """
        for row, line in enumerate(batch.lines):
            if row in batch.refused or self._first(batch, row) == line:
                continue
            if batch.codes[row].startswith("~"):
                batch.codes[row] = mark_of_place(batch, row)
            if (first := self._first(batch, row)) != line:
                why = f"its code {batch.codes[row]} already stands in line {first}"
                batch.note(row, REFUSED, "code", why)

    def _first(self, batch: Batch, row: int) -> int:
        """The line that has this row's code."""
        return self.lines.setdefault(hash((batch.holders[row], batch.codes[row])), batch.lines[row])

    def _tell_notes(self, batch: Batch) -> None:
        counts, names = self.report.counts, batch.values["name"]
        counts["rows"] += len(batch)
        self._tell_places(batch)
        batch.notes = [n for n in batch.notes if n.what == REFUSED or n.row not in batch.refused]
        for what in {(note.row, note.what) for note in batch.notes}:
            counts[what[1]] += 1
        counts["errors"] = counts["refused"]
        for row, what, name, why in batch.notes:
            self.report.tell(
                Line(batch.lines[row], batch.codes[row], names[row] or "", what, name, why)
            )
        dated = [day for day in batch.as_of if day]
        self.latest = max([*dated, *filter(None, [self.latest])], default=None)

    def _tell_places(self, batch: Batch) -> None:
        counts = self.report.counts
        ways = batch.values["located_by"]
        rooms = zip(batch.texts("parent_code"), batch.texts("half_of"), strict=True)
        for row, (way, (building, hall)) in enumerate(zip(ways, rooms, strict=True)):
            if row in batch.refused:
                continue
            if way:
                counts["located"] += 1
                counts[f"by_{way}"] += 1
                counts["outliers"] += batch.values["outlier"][row] or False
            elif not (building or hall):
                counts["to_locate"] += 1
                batch.note(
                    row,
                    "queued",
                    "shape",
                    "the row gives no place that can be read; the broker looks for it, unless somebody has found it already",
                )

    def _write(
        self,
        batch: Batch,
        holder_ids: Sequence[int],
        found: Mapping[int, Row[Any]],
        *,
        other: bool = False,
    ) -> None:
        new = [row for row in range(len(batch)) if row not in found]
        ids = self.writer.add(batch, new, holder_ids) if new else {}
        if found:
            self.writer.change(batch, found, other=other)
            ids |= {row: asset.id for row, asset in found.items()}
        if "parent_code" in batch.cells or "half_of" in batch.cells:
            some = [parts.part(row, batch, ids[row], holder_ids[row]) for row in range(len(batch))]
            self.parts.put([one for one in some if one])
