"""One import under way: batch by batch into the database, and what each row came to."""

import pickle
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlalchemy.engine import Row

from geo.text import REFUSED
from portal import clock
from portal.areas.models import Area
from portal.register import merging, parts, storing
from portal.register.changes import Changes
from portal.register.holding import Holders
from portal.register.known import Known
from portal.register.merging import (
    MERGED,
    STATED,
    Merged,
    Spoken,
    derive,
    merge,
    since_when,
)
from portal.register.models import Fact
from portal.register.placing import PLACE, Land, place
from portal.register.reading import Batch, mark_of_place, read_batch
from portal.register.report import Line, Report, differences
from portal.register.rules import Kind, Status
from portal.register.sources import Said, Sources, family, label_of

TOLD = (*STATED, "shape", "gone_on", "code")  # the changes that a person is told of
PLACED = frozenset(PLACE) - {"shape"}


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
        self.now, self.day = clock.now(), as_of or clock.today()
        self.latest: date | None = as_of
        self.holders = Holders(self.connection, area, holder)
        self.anybody = holder is None
        self.sources = Sources(self.connection, area.id)
        self.known = Known(self.connection, area.id)
        self.has_facts = bool(self.connection.scalar(select(func.count()).select_from(Fact)))
        self.lines: dict[int, int] = {}  # hash of (holder, code): the line that has it
        self.labels: set[str] = set()
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
                    "it has no place that can be read; the broker looks for it",
                )

    # Writing.

    def _write(
        self,
        batch: Batch,
        holder_ids: Sequence[int],
        found: Mapping[int, Row[Any]],
        *,
        other: bool = False,
    ) -> None:
        new = [row for row in range(len(batch)) if row not in found]
        ids = self._add(batch, new, holder_ids) if new else {}
        if found:
            self._change(batch, found, other=other)
            ids |= {row: asset.id for row, asset in found.items()}
        if "parent_code" in batch.cells or "half_of" in batch.cells:
            some = [parts.part(row, batch, ids[row], holder_ids[row]) for row in range(len(batch))]
            self.parts.put([one for one in some if one])

    def _add(self, batch: Batch, rows: Sequence[int], holder_ids: Sequence[int]) -> dict[int, int]:
        self.changes.expect(len(rows))
        ids = dict(zip(rows, storing.new_ids(self.connection, len(rows)), strict=True))
        values = batch.values
        columns = {name: [values[name][row] for row in rows] for name in values}
        fresh = {
            "id": list(ids.values()),
            "area_id": [self.area.id] * len(rows),
            "holder_id": [holder_ids[row] for row in rows],
            "code": [batch.codes[row] for row in rows],
            "kind": [batch.kinds[row].value for row in rows],
            "status": [values["status"][row] or _idle(batch.kinds[row]) for row in rows],
            "outlier": [bool(values["outlier"][row]) for row in rows],
            "buffer_before_minutes": [0] * len(rows),
            "buffer_after_minutes": [0] * len(rows),
            "source_id": [self._source(batch, row)[0] for row in rows],
            "created_at": [self.now] * len(rows),
            "changed_at": [self.now] * len(rows),
        }
        columns |= fresh
        columns["vacant_since"] = [
            (batch.as_of[row] or self.day) if status == Status.VACANT else None
            for row, status in zip(rows, fresh["status"], strict=True)
        ]
        names = [self.holders.names[id_] for id_ in fresh["holder_id"]]
        columns["words"] = _all_words(columns, names)
        columns["name_key"] = [merging.key_of(name) for name in columns["name"]]
        nothing = [None] * len(rows)
        ordered = [columns.get(name, nothing) for name in storing.COLUMNS]
        storing.add(self.connection, zip(*ordered, strict=True))
        self.report.counts["new"] += len(rows)
        for row in rows if self.report.path else ():
            name = values["name"][row]
            self.report.tell(
                Line(batch.lines[row], batch.codes[row], name, "new", "", "it was not known before")
            )
        return ids

    def _source(self, batch: Batch, row: int) -> tuple[int, Said]:
        label = label_of(batch.holders[row], batch.file)
        self.labels.add(label)
        said = Said(label, batch.as_of[row] or self.day)
        return self.sources.id_of(said), said

    def _change(self, batch: Batch, found: Mapping[int, Row[Any]], *, other: bool) -> None:
        columns = [batch.values.get(name) or [None] * len(batch) for name in (*STATED, *PLACE)]
        said = list(zip(*columns, strict=True))
        facts = self._facts([asset.id for asset in found.values()])
        changed, resourced, kept_facts = [], [], []
        for row, asset in found.items():
            old = asset._mapping  # noqa: SLF001 - the name of the public thing
            spoken, own = self._spoken(batch, row, asset, said[row], other=other)
            made = merge(old, spoken, facts.get(asset.id, {}), own)
            self._finish(batch, row, old, spoken, made)
            self._tell_change(batch, row, old, made)
            if made.facts:
                kept_facts.append((asset.id, made.facts, facts.get(asset.id, {})))
            if "source_id" in made.values and len(made.values) == 1:
                resourced.append((made.values["source_id"], asset.id))
            elif made.values:
                after = {name: made.values.get(name, old[name]) for name in MERGED}
                changed.append(
                    (asset.id, old["words"], after, bool(made.values.keys() - {"source_id"}))
                )
        self._store(changed, resourced)
        self._store_facts(kept_facts)

    def _spoken(
        self, batch: Batch, row: int, asset: Row[Any], said: Sequence[Any], *, other: bool
    ) -> tuple[Spoken, Said | None]:
        """What the row says, and whether it speaks for the asset: by the holder's own code, or as a later edition."""
        own = self.sources.get(asset.source_id)
        label = label_of(batch.holders[row], batch.file)
        self.labels.add(label)
        day = batch.as_of[row]
        source = own if own and own.label == label and day is None else Said(label, day or self.day)
        by_own_code = not other and bool(batch.texts("code")[row])
        whole = own is None or by_own_code or family(own.label) == family(label)
        if own and day and own.as_of > day:
            whole = False
        return Spoken(dict(zip((*STATED, *PLACE), said, strict=True)), source, whole), own

    def _finish(
        self, batch: Batch, row: int, old: Mapping[str, Any], spoken: Spoken, made: Merged
    ) -> None:
        """What follows from the changes: derived columns, back again, another code, since when, the source."""
        values = made.values
        if old["gone_on"] is not None and spoken.whole:
            values["gone_on"] = None
        code = batch.codes[row]
        if spoken.whole and code != old["code"] and batch.texts("code")[row]:
            values["code"] = code
        if "status" in values:
            values["vacant_since"] = since_when(old, values["status"], batch.as_of[row] or self.day)
        after = {**old, **values}
        derived = derive(after, self.holders.names[old["holder_id"]])
        values |= {name: new for name, new in derived.items() if new != old[name]}
        own = self.sources.get(old["source_id"])
        said = spoken.source
        if values.keys() & set(TOLD) and own == said and batch.as_of[row] is None:
            said = Said(said.label, self.day)
        if spoken.whole and own != said:
            values["source_id"] = self.sources.id_of(said)

    def _tell_change(self, batch: Batch, row: int, old: Mapping[str, Any], made: Merged) -> None:
        counts = self.report.counts
        told = [(name, old[name], made.values[name]) for name in TOLD if name in made.values]
        moved = PLACED & made.values.keys()
        where = batch.lines[row], batch.codes[row], made.values.get("name", old["name"])
        for column, was, said in made.kept:
            counts["kept"] += 1
            why = (
                f"a person has checked this, so it stays: here {differences([(column, was, said)])}"
            )
            self.report.tell(Line(*where, "kept", column, why))
        if not told and not moved:
            counts["unchanged"] += 1
            return
        counts["changed"] += 1
        names = ", ".join(name for name, _, _ in told) or "shape"
        if made.values.get("status") == Status.VACANT:
            counts["newly_vacant"] += 1
            self.report.tell(Line(*where, "newly_vacant", "status", differences(told)))
        elif "gone_on" in made.values:
            counts["back"] += 1
            self.report.tell(
                Line(*where, "back", names, "it was gone and is in the register again")
            )
        else:
            why = differences(told) or "its place is known better"
            self.report.tell(Line(*where, "changed", names, why))

    def _store(self, changed: list[Any], resourced: list[Any]) -> None:
        if not (changed or resourced):
            return
        self.changes.expect(len(changed) + len(resourced))
        storing.change(self.connection, ("source_id",), resourced)
        self.changes.reword((id_, old, after["words"]) for id_, old, after, _ in changed)
        names = (*MERGED, "changed_at")
        storing.change(
            self.connection,
            names,
            [(*after.values(), self.now, id_) for id_, _, after, _ in changed],
        )

    def _facts(self, ids: Sequence[int]) -> dict[int, dict[str, merging.Known]]:
        found: dict[int, dict[str, merging.Known]] = {}
        for some in storing.in_parts(ids) if self.has_facts else ():
            wanted = select(Fact.asset_id, Fact.name, Fact.source, Fact.as_of, Fact.checked)
            for row in self.connection.execute(wanted.where(Fact.asset_id.in_(some))):
                known = merging.Known(Said(row.source, row.as_of), row.checked)
                found.setdefault(row.asset_id, {})[row.name] = known
        return found

    def _store_facts(
        self, some: Sequence[tuple[int, Mapping[str, Said | None], Mapping[str, Any]]]
    ) -> None:
        """The facts that go, then those that come."""
        for asset_id, facts, known in some:
            if old := [name for name in facts if name in known]:
                self.connection.execute(
                    delete(Fact).where(Fact.asset_id == asset_id, Fact.name.in_(old))
                )
        rows = [
            {"asset_id": asset_id, "name": name, "source": said.label, "as_of": said.as_of, "checked": False}
            for asset_id, facts, _ in some for name, said in facts.items() if said
        ]  # fmt: skip
        if rows:
            self.connection.execute(insert(Fact), rows)
            self.has_facts = True


def _idle(kind: Kind) -> str:
    """How a new asset stands of which nothing is said: a room is there to be used."""
    return (Status.UNDER_USED if kind is Kind.ROOM else Status.OCCUPIED).value


def _all_words(columns: Mapping[str, list[Any]], holders: Sequence[str]) -> list[str]:
    chosen = [columns.get(name) or [None] * len(holders) for name in merging.WORDS_FROM]
    return [merging.words_of_parts(*parts_) for parts_ in zip(*chosen, holders, strict=True)]
