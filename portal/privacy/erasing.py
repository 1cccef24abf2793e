"""Somebody is erased: what is theirs alone goes, what is part of a public record stays and names nobody.

All of it is one transaction, so whoever is killed in the middle has erased nothing, and it can be asked for again.
"""

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Column, Text, and_, cast, delete, func, or_, select, update
from sqlalchemy.orm import Session

from portal import clock
from portal.areas.queries import current_area
from portal.audit.rules import Act
from portal.audit.service import note
from portal.db import Model, transaction
from portal.errors import N_, RuleBroken
from portal.lettings.finding.models import SavedNeed, SavedNeedRoom
from portal.lettings.models import Let, Need, Waiting
from portal.masking import without_address
from portal.notices.models import Letter
from portal.people.models import Group, Membership, User
from portal.people.rules import Role
from portal.privacy import blocks, letters
from portal.privacy.kept import Record, Then
from portal.privacy.person import Person, find, names_account, table_of, theirs
from portal.privacy.register import BY_TABLE, RECORDS
from portal.privacy.words import everywhere, is_full, without
from portal.rounds.models import Request as RoundRequest

FORMER = N_("Somebody who has left")


def request(email: str, *, by: int | None = None) -> None:
    """Erase whoever has this address, on their own request or by command (`by` is None). Raises RuleBroken("in-the-way")
    while others depend on them.
    """
    with transaction() as session:
        person = find(email)
        if person.user_id is not None:
            session.get_one(User, person.user_id, with_for_update=True)
        if found := blocks.of(person):
            raise RuleBroken(
                "in-the-way",
                "Something has to be ended or handed over first: %(what)s",
                what=" ".join(f"{block.what} {block.do}" for block in found),
            )
        erase(session, person)
        role = Role.RESIDENT if by else Role.PORTAL
        note(
            Act.DATA_ERASED,
            area_id=current_area().id,
            by=by,
            role=role,
            about=("user_account", person.user_id),
        )


def erase(session: Session, person: Person) -> None:
    """The same in the running transaction, where nothing is in the way."""
    alone = blocks.alone_in(person.user_id) if person.user_id else []
    needs = list(session.scalars(select(SavedNeed.need_id).where(theirs(BY_TABLE["saved_need"], person))))  # fmt: skip
    _letters(session, person)
    for record in _children_first():
        _rows(session, record, person)
    _unused_needs(session, needs)
    _groups(session, alone)
    session.flush()
    _words(session, person)
    if person.user_id is not None:
        _account(session, person.user_id)
    session.expire_all()


def _children_first() -> Iterator[Record]:
    for table in reversed(Model.metadata.sorted_tables):
        record = BY_TABLE.get(table.name)
        if (
            record
            and record.erased is not Then.KEPT
            and table.name not in {"user_account", "letter"}
        ):
            yield record


def _rows(session: Session, record: Record, person: Person) -> None:
    table, mine = table_of(record), theirs(record, person)
    if record.table == "saved_need":
        own = select(SavedNeed.id).where(mine)
        _run(session, delete(SavedNeedRoom).where(SavedNeedRoom.saved_need_id.in_(own)))
    change = (
        delete(table) if record.erased is Then.DELETED else update(table).values(_empty(record))
    )
    _run(session, change.where(mine))


def _empty(record: Record) -> dict[str, Any]:
    """What the columns of a row hold once it names nobody; a signature still says for which side it stands."""
    table = table_of(record)
    if record.table == "signature":
        return {"name": table.c.role, "position": ""}
    columns = [table.c[name] for name in dict.fromkeys(f"{record.person} {record.holds}".split())]
    return {
        c.name: None if c.nullable else "" for c in columns if c.nullable or not names_account(c)
    }


def _letters(session: Session, person: Person) -> None:
    """Letters to them, sent or not; and those whose keys have their address."""
    to_them = func.lower(Letter.to) == person.email
    named = func.lower(Letter.key).contains(person.email, autoescape=True)
    for letter in session.scalars(select(Letter).where(or_(to_them, named))):
        if letter.to.lower() == person.email:
            letters.empty(letter)
        letter.key = without_address(letter.key)
    session.flush()


def _unused_needs(session: Session, needs: list[int]) -> None:
    """A need that was only kept goes with its keeper; one that a let or a request stands on is the group's."""
    used = [select(model.need_id) for model in (Let, Waiting, RoundRequest, SavedNeed)]
    alone = and_(Need.id.in_(needs), *(Need.id.not_in(query) for query in used))
    _run(session, delete(Need).where(alone))


def _groups(session: Session, alone: list[int]) -> None:
    """A private group that nobody organises any more loses its name, which may say what its people suffer from."""
    left = select(Membership.group_id)
    query = select(Group).where(Group.id.in_(alone), Group.private, Group.id.not_in(left))
    for group in session.scalars(query):
        group.name, group.sponsor = f"Group {group.id} that has ended", None


def _words(session: Session, person: Person) -> None:
    """Their address everywhere; their full name too, unless somebody else here has the same."""
    namesake = select(User.id).where(func.lower(User.name) == (person.name or "").lower())
    name = person.name
    if name and session.scalar(namesake.where(User.id != person.user_id).limit(1)):
        name = None
    change = without(person.email, name)
    needles = [person.email, *([name] if name else [])]
    for record in RECORDS:
        for column in (table_of(record).c[c] for c in record.words.split() if not record.frozen):
            _in_column(session, column, needles, change)


def _in_column(session: Session, column: Column[Any], needles: list[str], change: Any) -> None:
    table = column.table
    text = func.lower(cast(column, Text))
    found = [text.contains(form, autoescape=True) for needle in needles for form in _forms(needle)]
    keys = list(table.primary_key.columns)
    for row in session.execute(select(*keys, column.label("said")).where(or_(*found))).all():
        *key, said = row
        if (after := everywhere(change, said)) != said:
            where = (c == value for c, value in zip(keys, key, strict=True))
            _run(session, update(table).where(*where).values({column.name: after}))


def _forms(needle: str) -> set[str]:
    """As it stands in a text, in either engine's small letters, and in JSON. Only the first word of a name is asked for:
    there may be two spaces after it.
    """
    word = needle.partition(" ")[0] if is_full(needle) else needle
    return {word.lower(), json.dumps(word)[1:-1].lower(), _ascii_lower(word)}


def _ascii_lower(word: str) -> str:
    return "".join(c.lower() if c.isascii() else c for c in word)


def _account(session: Session, user_id: int) -> None:
    """The account stays, as the number that public history and the books refer to; its address is free again."""
    user = session.get_one(User, user_id)
    user.email, user.name = f"erased-{user_id}@erased.invalid", FORMER
    user.closed_at = clock.now()
    session.flush()


def _run(session: Session, statement: Any) -> None:
    session.execute(statement, execution_options={"synchronize_session": False})
