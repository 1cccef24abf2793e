"""Reading a holder's register into the portal: all of it or nothing, and twice the same as once."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from tqdm import tqdm

from geo import columns, read
from portal.areas.models import Area, Postcode, Ward
from portal.areas.service import area_named
from portal.db import transaction
from portal.errors import BadInput
from portal.register.merging import Register
from portal.register.placing import Ground, place
from portal.register.reading import Entry, read_entry


@dataclass
class Import:
    """One run: what the rows came to, for the report."""

    file: str
    counts: Counter[str] = field(default_factory=Counter)
    report: list[dict[str, Any]] = field(default_factory=list)

    def tell(self, entry: Entry) -> None:
        """Count an entry and write down what is odd about it."""
        counted = ["rows", *{what for what, _ in entry.notes}]
        if entry.outlier:
            counted.append("outliers")
        if entry.refused:
            counted.append("errors")
        elif entry.located_by is None:
            counted.append("to_locate")
        else:
            counted += ["located", f"by_{entry.located_by.value}"]
        self.counts.update(counted)
        self.report += [
            {
                "line": entry.line,
                "code": entry.code,
                "name": entry.values.get("name", ""),
                "what": what,
                "why": why,
            }
            for what, why in entry.notes
        ]

    def as_json(self) -> dict[str, Any]:
        """The whole run as one JSON object."""
        names = (
            "rows", "located", "by_coordinates", "by_postcode", "by_parent", "to_locate", "outliers", "errors",
            "repaired", "flagged", "new", "changed", "unchanged", "gone",
        )  # fmt: skip
        return (
            {"file": self.file}
            | {name: self.counts[name] for name in names}
            | {"report": self.report}
        )


def import_register(path: Path, slug: str) -> dict[str, Any]:
    """Bring a register into the area of that slug, which is made if it is not there; says what it came to.

    Raises BadInput with one sentence when the file is no register; then nothing was written.
    """
    rows = _rows(path)
    with transaction() as s:
        area = area_named(s, slug)
        ground = ground_of(s, area)
        told = tqdm(rows, desc=path.name, unit=" rows", disable=None, leave=False)
        entries = [read_entry(line, cells, area.name) for line, cells in told]
        _refuse_doubles(entries)
        sound = [entry for entry in entries if not entry.refused]
        place(sound, ground)
        run = Import(path.name, Register(s, area, path.name).merge(sound))
        for entry in entries:
            run.tell(entry)
    return run.as_json()


def ground_of(session: Session, area: Area) -> Ground:
    """What the area's boundary, wards and postcodes say, as far as they were loaded."""
    wards = (
        select(Ward.id, Ward.shape)
        .where(Ward.area_id == area.id, Ward.shape.is_not(None))
        .order_by(Ward.code)
    )
    codes = select(Postcode.code, Postcode.lon, Postcode.lat, Postcode.ward_id).where(
        Postcode.area_id == area.id
    )
    return Ground(
        nation=area.nation,
        boundary=area.boundary,
        wards=[tuple(row) for row in session.execute(wards)],
        postcodes={row.code: (row.lon, row.lat, row.ward_id) for row in session.execute(codes)},
    )


def _rows(path: Path) -> list[tuple[int, dict[str, str]]]:
    try:
        rows = read.rows(path)
    except read.UnreadableError as wrong:
        raise BadInput("unreadable-file", "%(why)s", why=wrong) from wrong
    found = columns.recognise(rows[0].cells)
    if not found.keys() & {"name", "street", "code", "uprn"}:
        raise BadInput(
            "no-register",
            "%(file)s has no column for a name, a street or an asset's code, so it cannot be a register.",
            file=path.name,
        )
    return [(row.line, columns.fields(row.cells, found)) for row in rows]


def _refuse_doubles(entries: list[Entry]) -> None:
    """A code stands for one asset of a holder: the first row has it."""
    first: dict[tuple[str, str], int] = {}
    for entry in entries:
        line = first.setdefault((entry.holder, entry.code), entry.line)
        if line != entry.line:
            entry.note("refused", f"its code {entry.code} already stands in line {line}")
