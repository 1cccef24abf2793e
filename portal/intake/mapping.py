"""Which column of a file is which field: recognised, told by a mapping file that is kept for next year, and shown."""

import json
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from geo import columns, read
from geo.columns import PAIRED, Match
from portal.errors import BadInput
from portal.intake.cells import clean
from portal.intake.reading import Batch

NAMING = frozenset({"name", "street", "address", "code", "uprn"})


class Plan(NamedTuple):
    """A file that is about to be read: its table, its columns that are understood, the headings that are not."""

    table: read.Table
    columns: list[Match]
    unknown: list[str]
    without: list[str]  # fields that a person has said no column has

    def chosen(self) -> dict[str, str]:
        """{field: heading} of the columns that count most."""
        found: dict[str, str] = {}
        for one in self.columns:
            found.setdefault(one.field, one.heading)
        return found

    def as_json(self) -> list[dict[str, str]]:
        """The columns, each with its heading and how it was known."""
        return [{"field": c.field, "heading": c.heading, "how": c.how} for c in self.columns]


def plan(path: Path, mapping: Path | None = None) -> Plan:
    """Understand a file's columns. Raises BadInput with one sentence when it is no register, or the mapping no mapping."""
    told = read_mapping(mapping) if mapping else {}
    try:
        table = read.table(path)
    except read.UnreadableError as wrong:
        raise BadInput("unreadable-file", "%(why)s", why=wrong) from wrong
    missing = [
        h for h in told.values() if h and columns.plain(h) not in map(columns.plain, table.headings)
    ]
    if missing:
        raise BadInput(
            "mapping-heading",
            "%(file)s has no column “%(heading)s”, which the mapping file names.",
            file=path.name, heading=missing[0],
        )  # fmt: skip
    found = columns.match(table.headings, table.sample, told)
    if not NAMING & {match.field for match in found}:
        raise BadInput(
            "no-register",
            "%(file)s has no column for a name, a street or an asset's code, so it cannot be a register.",
            file=path.name,
        )
    known = {match.position for match in found}
    unknown = [h for i, h in enumerate(table.headings) if i not in known and h]
    return Plan(table, found, unknown, [field for field, heading in told.items() if not heading])


def read_mapping(path: Path) -> dict[str, str]:
    """{field: heading} of a mapping file. Raises BadInput when it cannot be read or names a field that is none."""
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8-sig")).get("columns", {})
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as wrong:
        raise BadInput(
            "mapping-file",
            "%(file)s cannot be read as a mapping file: %(why)s.",
            file=path.name,
            why=wrong,
        ) from wrong
    if not isinstance(told, dict):
        told = {"columns": told}
    for field, heading in told.items():
        if field not in columns.SPELLINGS or not isinstance(heading, str):
            raise BadInput(
                "mapping-field",
                "%(file)s: “%(field)s” is no field with a heading. The fields are: %(fields)s.",
                file=path.name, field=field, fields=", ".join(columns.SPELLINGS),
            )  # fmt: skip
    return told


def mapping_text(plan_: Plan) -> str:
    """The columns as a mapping file that a person can edit and keep."""
    lines = [
        f"# Which column of {plan_.table.path.name} is which field. Keep this file for next year's register:",
        "#   portal import-register FILE --area SLUG --mapping THIS-FILE",
        '# Put another heading between the marks to change one; "" says that there is no such column.',
        "",
        "[columns]",
    ]
    lines += [
        f"{field} = {json.dumps(heading, ensure_ascii=False)}"
        for field, heading in plan_.chosen().items()
    ]
    lines += [f'{field} = ""' for field in plan_.without]
    if plan_.unknown:
        lines += ["", "# Columns that are not used:"]
        lines += [f"#   {json.dumps(heading, ensure_ascii=False)}" for heading in plan_.unknown]
    rest = [field for field in columns.SPELLINGS if field not in plan_.chosen()]
    return "\n".join([*lines, "", "# Fields that no column has: " + ", ".join(rest), ""])


def batch_of(chunk: read.Chunk, plan_: Plan) -> Batch:
    """Rows of a file by field: of several columns for one field the first that is filled, each cell cleaned."""
    by_position = list(zip(*chunk.cells, strict=True))
    positions: dict[str, list[int]] = {}
    for match in plan_.columns:
        positions.setdefault(match.field, []).append(match.position)
    batch = Batch(chunk.lines, {}, plan_.table.path.name, shapes=chunk.shapes)
    for field, places in positions.items():
        cleaned = [clean(by_position[place]) for place in places]
        batch.cells[field] = cleaned[0] if field in PAIRED else _first_filled(cleaned)
    _pair(batch.cells, by_position, positions)
    for row, fault in chunk.faults.items():
        batch.note(row, fault.what, "", fault.why)
    return batch


def _first_filled(cleaned: Sequence[list[str]]) -> list[str]:
    found = cleaned[0]
    for other in cleaned[1:]:
        found = [one or two for one, two in zip(found, other, strict=True)]
    return found


def _pair(
    cells: dict[str, list[str]],
    by_position: Sequence[Sequence[str]],
    positions: Mapping[str, list[int]],
) -> None:
    """A second pair of coordinates where the first is not filled, never one of each."""
    for x, y in list(zip(positions.get("x", []), positions.get("y", []), strict=False))[1:]:
        others = zip(clean(by_position[x]), clean(by_position[y]), strict=True)
        for row, (left, right) in enumerate(others):
            if not (cells["x"][row] and cells["y"][row]):
                cells["x"][row], cells["y"][row] = left, right
