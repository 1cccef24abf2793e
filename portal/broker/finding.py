"""Find by anything: a number, a name, an address, a receipt, a person's e-mail. For brokers only; writes nothing."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from portal.areas.queries import current_area
from portal.db import db
from portal.lettings import words
from portal.lettings.models import Let
from portal.lettings.queries import wish_of
from portal.money.models import Posting
from portal.ownership.models import Question
from portal.people.models import Group, Membership, User
from portal.proposals.models import Proposal
from portal.register.models import Asset
from portal.register.rules import fold, tokens
from portal.register.words import address
from portal.rounds.models import Round
from portal.web import LARGEST_ID

MOST = 10  # of each sort
SHORTEST = 2


class Found(NamedTuple):
    """One thing that was found."""

    sort: str
    title: str
    about: str
    url: str


def find(text: str) -> list[Found]:
    """Everything that a text may mean, what it names exactly first. Empty for less than two letters or figures."""
    said = fold(text).strip()
    if len(said) < SHORTEST and not said.isdecimal():
        return []
    found = [*_by_number(said), *_by_receipt(text.strip()), *_by_words(said)]
    return list(dict.fromkeys(found))


def _by_number(said: str) -> Iterator[Found]:
    """12, or what somebody reads out: let 12, case 12."""
    number = re.fullmatch(r"(?:\w+\s+)?(?:no\.?|number|#)?\s*(\d{1,10})", said)
    if number is None or int(number[1]) > LARGEST_ID:
        return
    for model, show in ((Let, _let), (Proposal, _case), (Question, _question)):
        row = db.session.get(model, int(number[1]))
        if row is not None and _area_of(row) == current_area().id:
            yield show(row)


def _area_of(row: Let | Proposal | Question) -> int:
    return row.asset.area_id if isinstance(row, Proposal) else row.area_id


def _by_receipt(text: str) -> Iterator[Found]:
    """2026-000123: the year, and the number of the entry."""
    number = re.fullmatch(r"\d{4}-(\d{6,10})", text)
    posting = db.session.get(Posting, int(number[1])) if number else None
    if posting is not None and posting.area_id == current_area().id and posting.receipt == text:
        url = url_for("money.receipt", posting_id=posting.id)
        yield Found(_("Receipt"), text, posting.what, url)


def _by_words(said: str) -> Iterator[Found]:
    groups = _groups(said)
    ids = [group.id for group in groups]
    for let in _some(select(Let).where(Let.area_id == current_area().id, _of(Let, ids, said))):
        yield _let(let)
    cases = select(Proposal).join(Asset).where(Asset.area_id == current_area().id)
    for case in _some(cases.where(or_(_of(Proposal, ids, said), _has(Proposal.title, said)))):
        yield _case(case)
    rounds = select(Round).where(Round.area_id == current_area().id, _has(Round.name, said))
    for there in _some(rounds):
        url = url_for("round_desk.desk", round_id=there.id)
        yield Found(_("Round"), there.name, "", url)
    yield from _assets(said)


def _groups(said: str) -> list[Group]:
    """By the group's name, or by the address or name of somebody who organises it."""
    organised = (
        select(Membership.group_id)
        .join(User)
        .where(or_(_has(User.email, said), _has(User.name, said)))
    )
    query = select(Group).where(
        Group.area_id == current_area().id, or_(_has(Group.name, said), Group.id.in_(organised))
    )
    return list(db.session.scalars(query.order_by(Group.name).limit(MOST)))


def _of(model: type[Let] | type[Proposal], groups: list[int], said: str) -> ColumnElement[bool]:
    """Of one of these groups, or in a place that is called so."""
    place = model.room_id if model is Let else model.asset_id
    called = select(Asset.id).where(Asset.area_id == current_area().id, *_words_of(said))
    return or_(model.group_id.in_(groups), place.in_(called))


def _words_of(said: str) -> list[ColumnElement[bool]]:
    return [Asset.words.contains(word, autoescape=True) for word in tokens(said)] or [
        Asset.code == said
    ]


def _has(column: InstrumentedAttribute, said: str) -> ColumnElement[bool]:
    return func.lower(column).contains(said, autoescape=True)


def _some(query) -> list:
    model = query.column_descriptions[0]["entity"]
    return list(db.session.scalars(query.order_by(model.id.desc()).limit(MOST)))


def _assets(said: str) -> Iterator[Found]:
    exact = or_(func.lower(Asset.code) == said, Asset.uprn == said)
    query = (
        select(Asset)
        .where(
            Asset.area_id == current_area().id, or_(exact, *([_all(said)] if tokens(said) else []))
        )
        .order_by(exact.is_(true()).desc(), Asset.name_key, Asset.id)
    )
    for asset in db.session.scalars(query.limit(MOST)):
        url = url_for("register.one", asset_id=asset.id)
        yield Found(_("Place"), asset.name, address(asset), url)


def _all(said: str) -> ColumnElement[bool]:
    first, *more = _words_of(said)
    for one in more:
        first &= one
    return first


def _let(let: Let) -> Found:
    title = _("Let %(number)s: %(room)s", number=let.id, room=let.room.name)
    about = f"{let.group.name} · {words.term(wish_of(let.need))}"
    return Found(_("Let"), title, about, url_for("lettings.let", let_id=let.id))


def _case(case: Proposal) -> Found:
    title = _("Case %(number)s: %(title)s", number=case.id, title=case.shown_title)
    return Found(_("Case"), title, case.asset.name, url_for("proposals.case", case_id=case.id))


def _question(question: Question) -> Found:
    title = _("Question %(number)s about an owner", number=question.id)
    return Found(_("Question"), title, "", url_for("ownership.question", number=question.id))
