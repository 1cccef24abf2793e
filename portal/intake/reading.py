"""From the cells of some rows to assets' values, a column at a time: words, numbers, dates. Knows no database."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import Any, NamedTuple

from geo.text import REFUSED
from portal.areas.rules import WHOLE_POSTCODE, postcode_shown
from portal.intake import cells as read
from portal.intake.cells import NotReadError
from portal.intake.lists import full_name, is_brownfield, is_list, list_of
from portal.register.models import Asset
from portal.register.rules import Kind, Status, fold, tenure_of

LENGTH = {
    column.name: column.type.length
    for column in Asset.__table__.columns
    if getattr(column.type, "length", None)
}

GLANCE = 200  # rows that tell whether a column says the same again and again
CHOICES = {"kind", "status", "tenure_kind", "opener"}


class Note(NamedTuple):
    """Something for the report: which row of the batch, what (REPORTED in report.py), which columns, why."""

    row: int
    what: str
    field: str
    why: str


@dataclass
class Batch:
    """Some rows understood. Every list has one entry for each row; None means that the row does not say."""

    lines: list[int]
    cells: dict[str, list[str]]  # by field, cleaned, "" where empty
    file: str
    values: dict[str, list[Any]] = field(default_factory=dict)  # by the asset's column
    holders: list[str] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    as_of: list[date | None] = field(default_factory=list)
    kinds: list[Kind] = field(default_factory=list)  # at best a guess, for assets that are new
    shapes: list[Any] | None = None  # of a map file, in its own numbers
    notes: list[Note] = field(default_factory=list)
    refused: set[int] = field(default_factory=set)

    def __len__(self) -> int:
        return len(self.lines)

    def texts(self, name: str) -> list[str]:
        """The cells of a field; empty ones where the file has no such column."""
        return self.cells.get(name) or [""] * len(self.lines)

    def only(self, rows: Sequence[int]) -> "Batch":
        """The same of some of its rows, without their notes."""
        kept = Batch([self.lines[row] for row in rows], {}, self.file)
        kept.values = {c: [column[row] for row in rows] for c, column in self.values.items()}
        kept.holders, kept.codes, kept.as_of, kept.kinds = (
            [column[row] for row in rows]
            for column in (self.holders, self.codes, self.as_of, self.kinds)
        )
        names = ("code", "parent_code", "half_of")
        kept.cells = {n: [self.cells[n][row] for row in rows] for n in names if n in self.cells}
        return kept

    def note(self, row: int, what: str, name: str, why: str) -> None:
        """Something for the report; a refused row goes no further."""
        self.notes.append(Note(row, what, name, why))
        if what == REFUSED:
            self.refused.add(row)


def each(function: Callable[..., Any], *columns: Sequence[Any]) -> list[Any]:
    """The function of each row's cells; computed once for what is said again and again."""
    keys = columns[0] if len(columns) == 1 else list(zip(*columns, strict=True))
    if len(set(keys[:GLANCE])) * 2 > len(keys[:GLANCE]) and len(keys) > GLANCE:
        return list(map(function, *columns))
    distinct = set(keys)
    one = function if len(columns) == 1 else (lambda key: function(*key))
    known = {key: one(key) for key in distinct}
    return [known[key] for key in keys]


def read_batch(batch: Batch) -> None:
    """Fill the batch's values from its cells. A row with no name and no address is refused."""
    _split_addresses(batch)
    _gather_sizes(batch)
    names = each(_first_filled, *(batch.texts(n) for n in ("name", "_street_line", "address")))
    names = _named_by_use(batch, names)
    codes = batch.texts("code")
    for row, (name, code) in enumerate(zip(names, codes, strict=True)):
        if not name and row not in batch.refused:
            batch.note(row, REFUSED, "name", "it has neither a name nor a street")
        elif (name or code)[:11].casefold().startswith(("total", "grand total")) and _is_total(
            batch, row
        ):
            batch.note(row, REFUSED, "name", "it adds up other rows and is no asset")
    filled = {name for name, column in batch.cells.items() if any(column)}
    if is_list(filled):
        names = each(full_name, names, [batch.file] * len(batch))
    batch.values["name"] = [name[: LENGTH["name"]] or None for name in names]
    for column, name in TEXTS.items():
        if name in batch.cells:
            batch.values[column] = each(
                lambda text, n=LENGTH[column]: text[:n] or None, batch.cells[name]
            )
    for column, (name, convert) in MEASURES.items():
        if name in batch.cells:
            batch.values[column] = _converted(batch, name, convert)
    batch.as_of = _converted(batch, "effective_date", read.date_of)
    batch.codes = _codes(batch)
    _read_hours(batch)
    _read_standing(batch)
    for column in CHOICES & batch.values.keys():
        values = batch.values[column]
        batch.values[column] = [value and value.value for value in values]


def _first_filled(*texts: str) -> str:
    return next((text for text in texts if text), "")


def _named_by_use(batch: Batch, names: list[str]) -> list[str]:
    """A drawn place that has no name is called by its use: "Play Space"."""
    if all(names) or not (batch.shapes or "geometry" in batch.cells):
        return names
    drawn = batch.shapes or batch.cells["geometry"]
    uses = zip(names, batch.texts("purpose"), drawn, strict=True)
    return [name or (use if shape else "") for name, use, shape in uses]


def mark_of(batch: Batch, row: int, *more: str) -> str:
    """A code for a row that has none, which the same row always gets."""
    parts = [batch.texts(name)[row] for name in ("name", "number", "street", "town", "postcode")]
    return f"~{sha256(fold('|'.join([*parts, *more])).encode()).hexdigest()[:12]}"


def mark_of_place(batch: Batch, row: int) -> str:
    """The same for one of several rows that are called alike: by where each is."""
    shape = batch.shapes[row].wkb_hex if batch.shapes and batch.shapes[row] is not None else ""
    where = [batch.texts(name)[row] for name in ("x", "y", "place", "geometry", "purpose")]
    return mark_of(batch, row, *where, shape)


def _is_total(batch: Batch, row: int) -> bool:
    return not any(cells[row] for name, cells in batch.cells.items() if name in ("postcode", "uprn", "x", "street", "tenure"))  # fmt: skip


def _split_addresses(batch: Batch) -> None:
    """Street, town and postcode out of a whole address in one cell, where they have no column of their own."""
    if "address" in batch.cells:
        parts = each(read.address_parts, batch.cells["address"])
        for place, name in enumerate(("number", "street", "town", "postcode")):
            own = batch.texts(name)
            if name == "number" and any(batch.texts("street")):
                continue
            batch.cells[name] = [said or part[place] for said, part in zip(own, parts, strict=True)]
    lines = zip(batch.texts("number"), batch.texts("street"), strict=True)
    batch.cells["_street_line"] = [f"{number} {street}".strip() for number, street in lines]


def _gather_sizes(batch: Batch) -> None:
    """Areas of land in other units, with the unit written behind them."""
    for name, unit in (("land_square_metres", "sq m"), ("acres", "acres")):
        if name in batch.cells:
            own = zip(batch.texts("land_area"), batch.cells[name], strict=True)
            batch.cells["land_area"] = [
                said or (f"{other} {unit}" if other else "") for said, other in own
            ]


def _codes(batch: Batch) -> list[str]:
    """The holder's own code; without one the UPRN, else a mark that the same row always gets."""
    said = zip(batch.texts("code"), batch.values.get("uprn") or batch.texts("uprn"), strict=True)
    codes = [(code or uprn or "")[: LENGTH["code"]] for code, uprn in said]
    for row, code in enumerate(codes):
        if not code:
            codes[row] = mark_of(batch, row)
    return codes


def _converted(batch: Batch, name: str, convert: Callable[[str], Any]) -> list[Any]:
    """A column converted; a cell that cannot be read is left out and reported, the row stays."""

    def tried(text: str) -> Any:
        if not text:
            return None
        try:
            return convert(text)
        except (ValueError, KeyError, OverflowError):
            return NotReadError

    found = each(tried, batch.texts(name))
    if NotReadError in found:
        for row, value in enumerate(found):
            if value is NotReadError:
                text = batch.cells[name][row]
                why = f"“{text[:60]}” is not a {read.WANTED[name]}, so it was left out"
                batch.note(row, "flagged", name, why)
        found = [None if value is NotReadError else value for value in found]
    return found


def _read_hours(batch: Batch) -> None:
    days = [day for day in read.DAYS if day in batch.cells]
    if "hours" not in batch.cells and not days:
        return
    heard = each(read.hours_of, batch.texts("hours"), *(batch.texts(day) for day in read.DAYS))
    batch.values["public_hours"] = [found.osm for found in heard]
    batch.values["hours_text"] = [found.text for found in heard]
    for row, found in enumerate(heard):
        if found.text and not found.osm:
            why = (
                f"its opening hours were not understood and wait for a person: “{found.text[:200]}”"
            )
            batch.note(row, "queued", "hours_text", why)


def _read_standing(batch: Batch) -> None:
    """What each row is and how it stands, as far as it says so."""
    columns = [batch.texts(n) for n in ("kind", "holding", "purpose")]
    sized = [size is not None for size in batch.values.get("floor_m2", [None] * len(batch))]
    names = [name or "" for name in batch.values["name"]]
    filled = {name for name, column in batch.cells.items() if any(column)}
    uses = batch.texts("purpose")
    said = each(read.kind_said, *columns, sized)
    if is_brownfield(filled):
        said = [kind or Kind.LAND for kind in said]
        uses = each("{} {}".format, uses, batch.texts("notes"))
    states = each(
        read.status_said,
        *(batch.texts(n) for n in ("status", "vacant", "tenure_detail", "tenure")),
        uses,
    )
    if "tenure" in batch.cells:
        batch.values["tenure_kind"] = each(tenure_of, batch.texts("tenure"))
    if is_list(filled):
        found = each(list_of, [batch.file] * len(batch), uses, names)
        said = [kind or (one and one.kind) for kind, one in zip(said, found, strict=True)]
        hosts = [one is not None and one.kind is Kind.BUILDING for one in found]
        states = [
            s or (Status.UNDER_USED if h else None) for s, h in zip(states, hosts, strict=True)
        ]
        for row in (row for row, one in enumerate(found) if one and one.pupils):
            batch.values.setdefault("capacity", [None] * len(batch))[row] = None
    batch.kinds = [kind or read.kind_guessed(name) for kind, name in zip(said, names, strict=True)]
    # A room is there to be used: a register's "in use" says nothing else of it.
    idle = zip(states, said, strict=True)
    states = [Status.UNDER_USED if k is Kind.ROOM and s is Status.OCCUPIED else s for s, k in idle]
    batch.values["kind"], batch.values["status"] = said, states


def half_a_postcode(text: str) -> str:
    """A postcode, or the first half of one, as it is shown; the letters O and I where only a figure can stand are read
    as one. Raises ValueError for anything else.
    """
    shown = postcode_shown(re.sub(r"[OI](?=[A-Z]{2}$)", _as_figure, text.upper().strip()))
    key = shown.replace(" ", "")
    if not WHOLE_POSTCODE.fullmatch(key) and not re.fullmatch(
        r"[A-Z]{1,2}\d[A-Z\d]?( ?\d)?", shown
    ):
        raise ValueError(text)
    return shown[:8]


def _as_figure(found: re.Match[str]) -> str:
    return {"O": "0", "I": "1"}[found[0]]


# asset's column: field, taken as it is written
TEXTS = {
    "street_number": "number",
    "street": "street",
    "town": "town",
    "tenure": "tenure",
    "tenure_detail": "tenure_detail",
    "use_detail": "purpose",
    "energy_rating": "energy_rating",
}
# asset's column: (field, how it is read)
MEASURES: dict[str, tuple[str, Callable[[str], Any]]] = {
    "postcode": ("postcode", half_a_postcode),
    "uprn": ("uprn", read.uprn_of),
    "land_m2": ("land_area", read.square_metres),
    "floor_m2": ("building_size", read.floor),
    "capacity": ("capacity", read.people),
    "step_free": ("step_free", read.answer),
    "hearing_loop": ("hearing_loop", read.answer),
    "accessible_toilet": ("accessible_toilet", read.answer),
    "changing_place": ("changing_place", read.answer),
    "parking": ("parking", read.answer),
    "hire_hours": ("hire_hours", read.hire_hours),
    "opener": ("opened_by", read.opener),
    "price_pence_hour": ("price_per_hour", read.pence),
}
