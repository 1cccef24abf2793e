"""Assets read and written thousands at a time, by each engine's own quickest way. Values as the database holds them."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    Integer,
    LargeBinary,
    String,
    column,
    func,
    literal_column,
    select,
    text,
    type_coerce,
)
from sqlalchemy.engine import Connection, Row

from portal.db import Shape
from portal.register.models import Asset

TABLE = Asset.__table__
COLUMNS = tuple(TABLE.columns.keys())
AT_ONCE = 10_000  # keys of one question; SQLite takes 32,766
CHOICES = frozenset(c.name for c in TABLE.columns if getattr(c.type, "enums", None))
MOMENTS = frozenset({"created_at", "changed_at", "vacant_since", "gone_on"})
SRID = (4326).to_bytes(4, "little")
HAS_SRID = 0x20000000


def in_parts(keys: Iterable[Any], size: int = AT_ONCE) -> Iterator[list[Any]]:
    """Keys without doubles, some at a time, in order: the same question each time."""
    listed = sorted(set(keys))
    for start in range(0, len(listed), size):
        yield listed[start : start + size]


def _selected(connection: Connection, names: Sequence[str]) -> list[Any]:
    """Columns as the database holds them: choices as text, shapes as WKB."""
    chosen: list[Any] = []
    for name in names:
        if isinstance(TABLE.c[name].type, Shape):
            sqlite = connection.dialect.name == "sqlite"
            words = "asset.shape" if sqlite else "ST_AsBinary(asset.shape)"
            chosen.append(literal_column(words, LargeBinary).label(name))
        elif name in CHOICES:
            chosen.append(type_coerce(TABLE.c[name], String).label(name))
        else:
            chosen.append(TABLE.c[name])
    return chosen


def find(
    connection: Connection, names: Sequence[str], by: str, keys: Iterable[Any], *where: Any
) -> Iterator[Row[Any]]:
    """The assets whose column `by` is one of the keys; by their id."""
    wanted = select(*_selected(connection, names)).where(*where).order_by(TABLE.c.id)
    for some in in_parts(keys):
        yield from connection.execute(wanted.where(TABLE.c[by].in_(some)))


def pages(connection: Connection, names: Sequence[str], *where: Any) -> Iterator[list[Row[Any]]]:
    """All assets of a condition, some at a time; `names` begins with the id."""
    last = 0
    wanted = select(*_selected(connection, names)).where(*where).order_by(TABLE.c.id).limit(AT_ONCE)
    while found := list(connection.execute(wanted.where(TABLE.c.id > last))):
        yield found
        last = found[-1][0]


def new_ids(connection: Connection, count: int) -> list[int]:
    """Ids that no other asset has or gets."""
    if connection.dialect.name == "sqlite":
        last = connection.scalar(select(func.coalesce(func.max(TABLE.c.id), 0)))
        return list(range(last + 1, last + 1 + count))
    numbers = func.generate_series(1, count).table_valued(column("n", Integer))
    asked = select(func.nextval(text("pg_get_serial_sequence('asset', 'id')"))).select_from(numbers)
    return list(connection.scalars(asked))


def add(connection: Connection, columns: Sequence[Sequence[Any]]) -> None:
    """New assets, column by column as COLUMNS has them, shapes as WKB."""
    cursor = connection.connection.cursor()
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" * len(COLUMNS))
        sent = [
            list(map(as_sqlite, column)) if name in MOMENTS else column
            for name, column in zip(COLUMNS, columns, strict=True)
        ]
        cursor.executemany(
            f"INSERT INTO asset ({', '.join(COLUMNS)}) VALUES ({marks})",  # noqa: S608 - our own names
            zip(*sent, strict=True),
        )
        return
    sent = [
        list(map(_with_system, column)) if name == "shape" else column
        for name, column in zip(COLUMNS, columns, strict=True)
    ]
    with cursor.copy(f"COPY asset ({', '.join(COLUMNS)}) FROM STDIN") as copy:
        for row in zip(*sent, strict=True):
            copy.write_row(row)


def change(connection: Connection, names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Changed assets: for each the values of `names` in order, then its id."""
    sqlite = connection.dialect.name == "sqlite"
    mark = "?" if sqlite else "%s"
    marks = dict.fromkeys(names, mark)
    if "shape" in marks and not sqlite:
        marks["shape"] = f"ST_GeomFromWKB({mark}, 4326)"
    settings = ", ".join(f"{name} = {marks[name]}" for name in names)
    cursor = connection.connection.cursor()
    dated = [place for place, name in enumerate(names) if name in MOMENTS]
    sent = (_dated(row, dated) if sqlite else tuple(row) for row in rows)
    cursor.executemany(f"UPDATE asset SET {settings} WHERE id = {mark}", sent)  # noqa: S608 - our own names


@lru_cache(maxsize=4096)
def as_sqlite(value: Any) -> Any:
    """A value as the portal's SQLite columns hold it."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    return value.isoformat() if isinstance(value, date) else value


def _dated(row: Sequence[Any], places: Sequence[int]) -> list[Any]:
    values = list(row)
    for place in places:
        values[place] = as_sqlite(values[place])
    return values


def _with_system(wkb: bytes | None) -> str | None:
    """WKB with its coordinate system, as PostGIS reads it from text."""
    if wkb is None:
        return None
    kind = int.from_bytes(wkb[1:5], "little") | HAS_SRID
    return (wkb[:1] + kind.to_bytes(4, "little") + SRID + wkb[5:]).hex()
