"""The register of all public cases: what an address asks of it, how many there are of each, a page of them by keys."""

import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, case, extract, func, literal, or_, select
from sqlalchemy.orm import joinedload, selectinload
from werkzeug.datastructures import MultiDict

from portal import clock
from portal.areas.queries import current_area
from portal.db import db
from portal.people.models import Group
from portal.proposals.models import Deadline, Decision, Proposal
from portal.proposals.rules import UNDECIDED, State, Track
from portal.proposals.uses import UseKind
from portal.register.models import Asset
from portal.register.rules import tokens
from portal.register.search import ticked
from portal.web import LARGEST_ID, row_id, stripped

PAGE = 20
MOST_WORDS = 8
YEARS = range(1990, 2200)
NEVER = date(9999, 12, 31)
A_WORD = "[a-z_]{1,60}"  # what a ground is called in a profile

# The first day on which anybody could read of it.
SINCE = func.coalesce(Proposal.declared_on, Proposal.published_on)
PUBLIC = or_(Proposal.declared_on.is_not(None), Proposal.published_on.is_not(None))
# The last day of whoever has to decide.
DUE = case((Proposal.state.in_(UNDECIDED), Deadline.due), else_=None)
OUTCOMES = (State.GRANTED, State.GRANTED_BY_DEFAULT, State.REFUSED)


class Sort(StrEnum):
    """In what order."""

    NEWEST = "newest"
    DUE = "due"
    PLACE = "place"


ORDERS: dict[Sort, tuple[ColumnElement[Any], bool]] = {  # what is compared, and whether downwards
    Sort.NEWEST: (SINCE, True),
    Sort.DUE: (func.coalesce(DUE, literal(NEVER)), False),
    Sort.PLACE: (Asset.name_key, False),
}


class Facet(NamedTuple):
    """A filter: what of a case it looks at, how its text is read (ValueError: it makes no sense), and as JSON Schema."""

    column: Any
    read: Callable[[str], Any]
    schema: dict[str, Any]


def _year(text: str) -> int:
    year = int(text)
    if year not in YEARS:
        raise ValueError(text)
    return year


def _outcome(text: str) -> State:
    return OUTCOMES[OUTCOMES.index(State(text))]


def _word(text: str) -> str:
    if not re.fullmatch(A_WORD, text):
        raise ValueError(text)
    return text


A_ROW = {"type": "integer", "minimum": 1, "maximum": LARGEST_ID}
FACETS: dict[str, Facet] = {
    "state": Facet(Proposal.state, State, {"enum": list(State)}),
    "place": Facet(Proposal.track, Track, {"enum": list(Track)}),
    "use": Facet(Proposal.use_kind, UseKind, {"enum": list(UseKind)}),
    "holder": Facet(Asset.holder_id, row_id, A_ROW),
    "ward": Facet(Asset.ward_id, row_id, A_ROW),
    "outcome": Facet(Decision.outcome, _outcome, {"enum": list(OUTCOMES)}),
    "ground": Facet(Decision.ground, _word, {"type": "string", "pattern": f"^{A_WORD}$"}),
    "year": Facet(
        extract("year", SINCE),
        _year,
        {"type": "integer", "minimum": YEARS[0], "maximum": YEARS[-1]},
    ),
}


@dataclass(frozen=True)
class Search:
    """What is asked of the register. Facet -> values, of which one must fit; nothing asked fits everything."""

    chosen: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    words: str = ""
    overdue: bool = False
    sort: Sort = Sort.NEWEST


class Asked(NamedTuple):
    """A search as an address has it: what could be read, the tidied texts, and what made no sense."""

    search: Search
    given: MultiDict[str, str]
    wrong: tuple[str, ...]


def read(args: MultiDict[str, str]) -> Asked:
    """The search of an address. What cannot be read asks nothing and is named."""
    chosen: dict[str, list[Any]] = defaultdict(list)
    given: MultiDict[str, str] = MultiDict()
    wrong = set()
    for name, facet in FACETS.items():
        for text in dict.fromkeys(args.getlist(name)):
            if not text:
                continue
            try:
                value = facet.read(text)
            except ValueError:
                wrong.add(name)
                continue
            chosen[name].append(value)
            given.add(name, text)
    sort = args.get("sort", "")
    if sort and sort not in list(Sort):
        wrong.add("sort")
    overdue = False
    try:
        overdue = ticked(args.get("overdue", ""))
    except ValueError:
        wrong.add("overdue")
    more = {
        "words": str(stripped(args.get("words", "")))[:200],
        "overdue": "1" if overdue else "",
        "sort": sort if sort in list(Sort) and sort != Sort.NEWEST else "",
    }
    given.update({name: text for name, text in more.items() if text})
    search = Search(
        {name: tuple(values) for name, values in chosen.items()},
        more["words"],
        overdue,
        Sort(more["sort"] or Sort.NEWEST),
    )
    return Asked(search, given, tuple(sorted(wrong)))


# ---- the database


def _all(*columns: Any) -> Select[Any]:
    """Every public case of this area with its last decision and the last day of whoever decides."""
    last = (
        select(func.max(Decision.round))
        .where(Decision.proposal_id == Proposal.id)
        .correlate(Proposal)
        .scalar_subquery()
    )
    period = case((Proposal.state == State.REVIEW, "review"), else_="decision")
    return (
        select(*columns)
        .select_from(Proposal)
        .join(Asset, Asset.id == Proposal.asset_id)
        .outerjoin(Decision, and_(Decision.proposal_id == Proposal.id, Decision.round == last))
        .outerjoin(Deadline, and_(Deadline.proposal_id == Proposal.id, Deadline.period == period))
        .where(Asset.area_id == current_area().id, PUBLIC, Asset.withheld_why.is_(None))
    )


def _late() -> ColumnElement[bool]:
    return or_(Proposal.state == State.ESCALATED, clock.today() > DUE)


def _fitting(query: Select[Any], search: Search, *, but: str = "") -> Select[Any]:
    """The query with all that is asked, but for one filter."""
    for name, values in search.chosen.items():
        if name != but:
            query = query.where(FACETS[name].column.in_(values))
    if search.overdue and but != "overdue":
        query = query.where(_late())
    if search.words and but != "words":
        query = query.where(Proposal.id.in_(_with_words(search.words)))
    return query


def _with_words(words: str) -> list[int]:
    """The cases that have words which begin with all of these. Folded here, because the engines do not agree on accents; what a private
    group is called is not looked into.
    """
    wanted = tokens(words)[:MOST_WORDS]
    query = _all(
        Proposal.id, Proposal.title, Proposal.use, Asset.words, Group.name, Group.private
    ).join(Group, Group.id == Proposal.group_id)
    found = []
    for row in db.session.execute(query):
        name = "" if row.private else row.name
        there = " ".join(tokens(f"{row.id} {row.title or ''} {row.use or ''} {name}"))
        if all(f" {word}" in f" {there} {row.words}" for word in wanted):
            found.append(row.id)
    return found


def counts(search: Search) -> dict[str, dict[Any, int]]:
    """For each filter its values, and how many cases there would be of each with the other filters as they are."""
    found: dict[str, dict[Any, int]] = {}
    for name, facet in FACETS.items():
        query = _fitting(_all(facet.column, func.count()), search, but=name).group_by(facet.column)
        rows = db.session.execute(query)
        found[name] = {value: number for value, number in rows if value is not None}
    late = _fitting(_all(func.count()), search, but="overdue").where(_late())
    found["overdue"] = {True: db.session.scalar(late) or 0}
    return found


class Page(NamedTuple):
    """Some cases of a search, how many there are in all, and the key of what follows."""

    cases: list[Proposal]
    total: int
    after: int | None
    first: bool


# What a sentence about how a case stands is made from; each fetched once for all cases of a page.
TOLD_BY = (
    Proposal.deadlines, Proposal.decisions, Proposal.scores, Proposal.capacity, Proposal.extensions, Proposal.events,
    Proposal.benefits, Proposal.representations,
)  # fmt: skip


def page(search: Search, after: int | None, size: int = PAGE) -> Page:
    """A page of the cases that follow the one called `after`, whose own place in the order is looked up anew."""
    total = db.session.scalar(_fitting(_all(func.count()), search)) or 0
    key, downwards = ORDERS[search.sort]
    query = _fitting(_all(Proposal), search)
    start = after and db.session.execute(_all(key).where(Proposal.id == after)).first()
    if start:
        further = key < start[0] if downwards else key > start[0]
        later = Proposal.id < after if downwards else Proposal.id > after
        query = query.where(or_(further, and_(key == start[0], later)))
    order = (key.desc(), Proposal.id.desc()) if downwards else (key, Proposal.id)
    found = list(
        db.session.scalars(
            query.order_by(*order)
            .limit(size + 1)
            .options(
                joinedload(Proposal.asset).joinedload(Asset.holder),
                joinedload(Proposal.group),
                joinedload(Proposal.response),
                *(selectinload(part) for part in TOLD_BY),
            )
        )
    )
    more = found[size - 1].id if len(found) > size else None
    return Page(found[:size], total, more, not start)


def ids_of(search: Search) -> list[int]:
    """All that fit, by their numbers: what files and feeds are made of."""
    return list(db.session.scalars(_fitting(_all(Proposal.id), search).order_by(Proposal.id)))


def is_late(one: Proposal) -> bool:
    """Whether a decision is overdue."""
    due = one.due.get("review" if one.state is State.REVIEW else "decision")
    undecided = one.state in UNDECIDED and due is not None and clock.today() > due
    return one.state is State.ESCALATED or undecided
