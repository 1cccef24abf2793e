"""The register put to a person in words; no rules here."""

from typing import NamedTuple

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, select

from portal.db import db
from portal.people.models import Group, Membership
from portal.privacy import blocks
from portal.privacy.kept import BASES, THENS, TOPICS, Record, Term, Then
from portal.privacy.person import Person, table_of, theirs
from portal.privacy.register import RECORDS


class Entry(NamedTuple):
    """One kind of data."""

    what: str
    rows: list[tuple[str, str]]  # a question and its answer
    special: bool


class Fate(NamedTuple):
    """What becomes of one kind of somebody's data when they leave."""

    what: str
    number: int
    why: str


def topics() -> list[tuple[str, str, list[Entry]]]:
    """Everything in the register under its headings: (name, heading, entries)."""
    return [
        (topic.value, _(heading), [_entry(r) for r in RECORDS if r.topic is topic])
        for topic, heading in TOPICS.items()
    ]


def _entry(record: Record) -> Entry:
    rows = [
        (_("Whose"), _(record.whose)),
        (_("What for"), _(record.why)),
        (_("On what ground"), _(BASES[record.basis])),
        (_("Who sees it"), _(record.seen)),
        (_("How long"), how_long(record)),
    ]
    return Entry(_(record.what), rows, record.special)


def how_long(record: Record) -> str:
    """Each period in words; why there is none."""
    told = [term_words(term) for term in record.terms]
    return " ".join([*told, *([_(record.stays)] if record.stays else [])])


def term_words(term: Term) -> str:
    """One period: "Deleted 30 days after the hearing."."""
    then, since = _(THENS[term.then]), _(term.since)
    if term.months:
        time = ngettext("%(num)s month", "%(num)s months", term.months)
    elif term.days:
        time = ngettext("%(num)s day", "%(num)s days", term.days)
    else:
        return _("As soon as %(since)s: %(then)s.", since=since, then=then)
    return _("%(time)s after %(since)s: %(then)s.", time=time, since=since, then=then)


def fates(person: Person) -> dict[Then, list[Fate]]:
    """What there is of somebody, by what becomes of it when they leave."""
    found: dict[Then, list[Fate]] = {then: [] for then in Then}
    for record in RECORDS:
        query = select(func.count()).select_from(table_of(record)).where(theirs(record, person))
        if number := db.session.scalar(query):
            found[record.erased].append(Fate(_(record.what), number, how_long(record)))
    return found


def groups(person: Person) -> list[tuple[str, bool]]:
    """The groups of somebody by name, and whether somebody else organises them too."""
    if person.user_id is None:
        return []
    alone = set(blocks.alone_in(person.user_id))
    query = (
        select(Group.id, Group.name).join(Membership).where(Membership.user_id == person.user_id)
    )
    return [
        (name, key not in alone) for key, name in db.session.execute(query.order_by(Group.name))
    ]
