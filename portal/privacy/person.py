"""Which rows are somebody's: by the number of their account and by their e-mail address, as the register says."""

from collections.abc import Iterator
from typing import Any, NamedTuple, Self

from sqlalchemy import Column, ColumnElement, Table, false, func, or_, select

from portal.db import Model, db
from portal.people.models import User
from portal.people.queries import user_by_email
from portal.privacy.kept import Record
from portal.privacy.register import BY_TABLE


class Person(NamedTuple):
    """Somebody with an account, or with no more than an address."""

    email: str
    user_id: int | None = None
    name: str | None = None

    @classmethod
    def of(cls, user: User) -> Self:
        """The person of an account."""
        return cls(user.email, user.id, user.name)


def find(email: str) -> Person:
    """The person of an address, with an account or without."""
    user = user_by_email(email)
    return Person.of(user) if user else Person(email.strip().lower())


def table_of(record: Record) -> Table:
    """The record's table."""
    return Model.metadata.tables[record.table]


def names_account(column: Column[Any]) -> bool:
    """Whether a column holds the key of an account."""
    keys = {key.target_fullname for key in column.foreign_keys}
    own = column.table.name == "user_account" and column.name == "id"
    return "user_account.id" in keys or own or column.name == "user_id"


def _says(column: Column[Any], person: Person) -> ColumnElement[bool]:
    if names_account(column):
        return column == person.user_id if person.user_id is not None else false()
    return func.lower(column) == person.email


def theirs(record: Record, person: Person) -> ColumnElement[bool]:
    """The rows that are about somebody: their own, and those that hang on their own."""
    table = table_of(record)
    own = [_says(table.c[name], person) for name in record.person.split()]
    for step in record.through:
        other = BY_TABLE[step.table]
        there = table_of(other)
        own.append(
            table.c[step.column].in_(select(there.c[step.theirs]).where(theirs(other, person)))
        )
    return or_(false(), *own)


def written_by(record: Record, person: Person) -> ColumnElement[bool]:
    """The rows that somebody wrote down or decided about others."""
    table = table_of(record)
    return or_(false(), *(_says(table.c[name], person) for name in record.acted.split()))


def rows(record: Record, person: Person) -> Iterator[tuple[dict[str, Any], bool]]:
    """Every row that is linked to somebody, without its files; and whether it is about them."""
    table, own = table_of(record), theirs(record, person)
    columns = [column for column in table.columns if column.name not in record.files.split()]
    query = select(*columns, own.label("is_theirs")).where(or_(own, written_by(record, person)))
    for row in db.session.execute(query.order_by(*table.primary_key.columns)):
        values = row._asdict()
        yield values, bool(values.pop("is_theirs"))
