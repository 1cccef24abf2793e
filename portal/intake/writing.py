"""What rows come to, written: new assets, changes of those that were known, and where each value comes from."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlalchemy.engine import Row

from portal import clock
from portal.areas.models import Area
from portal.intake import merging, storing
from portal.intake.changes import Changes
from portal.intake.holding import Holders
from portal.intake.merging import MERGED, STATED, Merged, Spoken, derive, merge, since_when
from portal.intake.placing import PLACE
from portal.intake.reading import Batch
from portal.intake.report import Line, Report, differences
from portal.intake.sources import Sources, family, label_of
from portal.register.models import Fact
from portal.register.rules import WORDS_FROM, Kind, Status, name_key, words_of
from portal.register.sources import Said

TOLD = (*STATED, "shape", "gone_on", "code")  # the changes that a person is told of
PLACED = frozenset(PLACE) - {"shape"}


class Writer:
    """Writes the rows of one import. `day` stands in for a date that a row does not give."""

    def __init__(
        self, area: Area, holders: Holders, sources: Sources, changes: Changes, report: Report, day: date
    ):  # fmt: skip
        self.connection, self.area, self.day, self.now = changes.connection, area, day, clock.now()
        self.holders, self.sources, self.changes, self.report = holders, sources, changes, report
        self.has_facts = bool(self.connection.scalar(select(func.count()).select_from(Fact)))
        self.labels: set[str] = set()  # the sources that the rows are from
        self.met: Counter[int] = Counter()  # how many assets of each source the file speaks of

    def add(self, batch: Batch, rows: Sequence[int], holder_ids: Sequence[int]) -> dict[int, int]:
        """Write these rows as new assets: {row: id}."""
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
        columns["name_key"] = [name_key(name) for name in columns["name"]]
        nothing = [None] * len(rows)
        ordered = [columns.get(name, nothing) for name in storing.COLUMNS]
        storing.add(self.connection, ordered)
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

    def change(self, batch: Batch, found: Mapping[int, Row[Any]], *, other: bool) -> None:
        """Write what rows change of the assets that they are about. `other`: found by other things than their code."""
        columns = [batch.values.get(name) or [None] * len(batch) for name in (*STATED, *PLACE)]
        said = list(zip(*columns, strict=True))
        facts = self._facts([asset.id for asset in found.values()])
        self.met.update(asset.source_id for asset in found.values() if asset.source_id)
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
    chosen = [columns.get(name) or [None] * len(holders) for name in WORDS_FROM]
    return [words_of(*parts_) for parts_ in zip(*chosen, holders, strict=True)]
