"""A world in which every table of the register has a row of one person and a row of another, made from the tables themselves."""

from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import JSON, Boolean, Column, Date, Enum, Float, Integer, LargeBinary, Table, Time

from portal import clock
from portal.db import Instant, Listed, Model, Shape, db
from portal.privacy.person import Person, names_account
from portal.privacy.register import BY_TABLE
from tests import factories
from tests.hostile import everything, put_back

ROSA = {"email": "rosa.hill@example.org", "name": "Rosa Hill"}
OLU = {"email": "olu.ade@example.net", "name": "Olu Ade"}
KEYS = {"first": 1001, "second": 1002}
NEEDED = {"card_payment.charge_id"}  # may be empty, and yet one of several must be there
GIVEN = {"area", "holder", "asset", "user_account"}  # made by the factories


def people() -> tuple[Person, Person]:
    """Rosa and Olu, with accounts, in an area with a holder and a place."""
    area = factories.area()
    holder = factories.holder(area)
    factories.asset(holder)
    factories.asset(holder)
    rosa, olu = factories.user(**ROSA), factories.user(**OLU)
    return Person.of(rosa), Person.of(olu)


def filled() -> tuple[Person, Person]:
    """Rows of both in every table of the register: each text names both of them."""
    first, second = people()
    rows = everything()
    for table in Model.metadata.sorted_tables:
        if table.name in BY_TABLE and table.name not in GIVEN:
            add(rows, table, first, second)
    put_back(rows)
    db.session.expire_all()
    return first, second


def add(rows: dict[str, list[dict[str, Any]]], table: Table, first: Person, second: Person) -> None:
    """A row of each, after the rows that these refer to."""
    if rows[table.name]:
        return
    for column in table.columns:
        for key in column.foreign_keys:
            if is_needed(column) and key.column.table is not table:
                add(rows, key.column.table, first, second)
    for which, person, other in (("first", first, second), ("second", second, first)):
        rows[table.name].append(
            {c.name: value(rows, c, which, person, other) for c in table.columns}
        )


def is_needed(column: Column[Any]) -> bool:
    """Whether a column that refers to another table is filled."""
    return not column.nullable or str(column) in NEEDED


def value(rows: dict, column: Column[Any], which: str, person: Person, other: Person) -> Any:
    """What stands in a column of this person's row."""
    if names_account(column):
        return person.user_id
    if column.foreign_keys:
        key = next(iter(column.foreign_keys)).column
        there = rows[key.table.name]
        return (
            there[min(KEYS[which] - 1001, len(there) - 1)][key.name] if is_needed(column) else None
        )
    return plain(column, which, person, other)


def plain(column: Column[Any], which: str, person: Person, other: Person) -> Any:
    record = BY_TABLE.get(column.table.name)
    kind = column.type
    if isinstance(kind, Enum):
        return next(iter(kind.enum_class))
    if isinstance(kind, Integer | Float):
        return KEYS[which] if column.primary_key else 1
    late = column.name == "ends"
    simple = {
        Boolean: False,
        Date: date(2026, 3, 2),
        Instant: clock.now() + timedelta(hours=late),
        Time: time(18 + late),
    }
    simple |= {Listed: (), Shape: None, LargeBinary: b"%PDF " + which.encode()}
    for one, said in simple.items():
        if isinstance(kind, one):
            return said
    both = f"{person.name} ({person.email}) and {other.name} ({other.email})"
    if isinstance(kind, JSON):
        return {"said": [both]} if record and column.name in record.words.split() else {}
    return text(column, which, person, both, record)


def text(column: Column[Any], which: str, person: Person, both: str, record: Any) -> str:
    unique = f"{column.name} {which}"[: column.type.length]
    if record is None:
        return unique
    if column.name in record.person.split():
        return person.email
    if column.name in record.keys.split() or column.primary_key:
        return unique
    if column.name in record.holds.split() and column.name not in record.words.split():
        return (person.name or "")[: column.type.length]
    if column.name in record.words.split():
        room = column.type.length or 1000
        fitting = (
            said
            for said in (f"{both} {which}", both, person.email, person.name)
            if len(said) <= room
        )
        return next(fitting, "x")
    return unique


def dump() -> dict[str, str]:
    """Every table as text, bytes as Latin-1."""
    return {
        name: "\n".join(
            " ".join(
                one.decode("latin-1") if isinstance(one, bytes) else str(one)
                for one in row.values()
            )
            for row in rows
        )
        for name, rows in everything().items()
    }


def midnight(day: date) -> datetime:
    """When a day begins on the wall."""
    return datetime.combine(day, time(), tzinfo=clock.LONDON)
