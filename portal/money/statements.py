"""Statements: what a period changed, for one holder or for the whole area. Numbers and lines; pages and papers show them.

No group is named: a line says "Let 12", and who that is only its own page tells.
"""

import csv
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from io import StringIO
from typing import NamedTuple

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import selectinload

from portal import clock
from portal.areas.models import Area
from portal.clock import LONDON
from portal.db import db
from portal.documents.spreadsheets import harmless
from portal.errors import BadInput
from portal.money.models import Entry, Posting
from portal.money.rules import OWED_TO_HOLDERS, Account, PostingKind
from portal.money.words import ACCOUNTS, KINDS
from portal.people.models import Holder

DAY = timedelta(days=1)


class Period(NamedTuple):
    """From the first to the last day, both included, by the area's clock."""

    first: date
    last: date

    @property
    def begins(self) -> datetime:
        return datetime.combine(self.first, time(), LONDON)

    @property
    def ends(self) -> datetime:
        return datetime.combine(self.last + DAY, time(), LONDON)


def period(first: date | None, last: date | None) -> Period:
    """What was asked for; where nothing was, this calendar month. Raises BadInput for days in the wrong order."""
    today = clock.today()
    first = first or (last or today).replace(day=1)
    last = last or max(first, today)
    if last < first:
        raise BadInput("period", "The last day must not be before the first day.")
    return Period(first, last)


class Line(NamedTuple):
    """One posting as a holder sees it; every amount in pence."""

    on: date
    number: int
    what: str
    about: str
    charged: int
    received: int
    commission: int
    kept: int  # from a deposit, for damage
    paid_out: int
    balance: int  # owed to the holder after it

    @property
    def change(self) -> int:
        """What this did to what is owed to the holder."""
        return self.received - self.commission + self.kept - self.paid_out


class Statement(NamedTuple):
    """What a holder's rooms earned and what became of it."""

    opening: int
    lines: list[Line]
    closing: int

    def total(self, column: str) -> int:
        """The sum of one column."""
        return sum(getattr(line, column) for line in self.lines)


class Movement(NamedTuple):
    """An account over a period."""

    account: Account
    opening: int
    came: int
    went: int
    closing: int


def of_holder(holder: Holder, asked: Period) -> Statement:
    """The statement of one holder. Opening and closing balance are what is owed to it."""
    about = Posting.holder_id == holder.id
    owed = opening = -_sum(about, asked.begins, OWED_TO_HOLDERS)
    lines = []
    for posting in _postings(about, asked):
        line = _line(posting, owed)
        owed = line.balance
        if any(line[4:9]):
            lines.append(line)
    return Statement(opening, lines, owed)


def of_area(area: Area, asked: Period) -> list[Movement]:
    """Every account of the area: what stood in it, what came, what went, what stands in it now."""
    about = Posting.area_id == area.id
    opening = _by_account(about, Posting.at < asked.begins)
    within = (Posting.at >= asked.begins, Posting.at < asked.ends)
    came = _by_account(about, *within, Entry.pence > 0)
    went = _by_account(about, *within, Entry.pence < 0)
    return [
        Movement(account, before, plus, minus, before + plus + minus)
        for account in Account
        for before, plus, minus in [[sums.get(account, 0) for sums in (opening, came, went)]]
        if before or plus or minus
    ]


def entries_of(area: Area, asked: Period) -> list[tuple[Posting, Entry]]:
    """Every line of the books in a period."""
    about = Posting.area_id == area.id
    return [(posting, entry) for posting in _postings(about, asked) for entry in posting.entries]


def holder_csv(statement: Statement) -> str:
    """A holder's statement as a table for other programs: amounts in pounds with two places."""
    head = [_("Day"), _("Number"), _("What"), _("About"), _("Asked for"), _("Received"), _("Commission"), _("Kept from deposits"), _("Paid out"), _("Owed to you")]  # fmt: skip
    rows = [
        [line.on.isoformat(), line.number, line.what, line.about, *map(plain, line[4:])]
        for line in statement.lines
    ]
    opening = ["", "", _("Opening balance"), *[""] * 6, plain(statement.opening)]
    closing = ["", "", _("Closing balance"), *[""] * 6, plain(statement.closing)]
    return _csv([head, opening, *rows, closing])


def area_csv(area: Area, asked: Period) -> str:
    """Every line of the books as a table for other programs."""
    head = [_("Day"), _("Number"), _("What"), _("About"), _("Holder"), _("Account"), _("Amount"), _("Takes back")]  # fmt: skip
    rows = [
        [
            _wall(posting.at).isoformat(), posting.id, what(posting), _about(posting),
            posting.holder.name if posting.holder else "", str(ACCOUNTS[entry.account]), plain(entry.pence),
            posting.reverses_id or "",
        ]
        for posting, entry in entries_of(area, asked)
    ]  # fmt: skip
    return _csv([head, *rows])


def plain(pence: int) -> str:
    """12.50: an amount that a spreadsheet reads."""
    return f"{'-' if pence < 0 else ''}{abs(pence) // 100}.{abs(pence) % 100:02d}"


def what(posting: Posting) -> str:
    """What a posting is, in a few words."""
    words = str(KINDS[posting.kind])
    return f"{words}: {posting.what}" if posting.kind in _TOLD else words


# What somebody wrote belongs to these; the others speak for themselves.
_TOLD = {PostingKind.REVERSAL, PostingKind.WRITTEN_OFF, PostingKind.OTHER}


def _line(posting: Posting, owed: int) -> Line:
    sums: dict[Account, int] = {}
    for entry in posting.entries:
        sums[entry.account] = sums.get(entry.account, 0) + entry.pence
    to_holder = -sum(sums.get(account, 0) for account in OWED_TO_HOLDERS)
    original = _original(posting)
    due = sums.get(Account.DUE, 0)
    paid = original is PostingKind.PAID
    credited = original is PostingKind.CREDITED
    less = to_holder - sums.get(Account.COMMISSION, 0) if credited else 0
    return Line(
        _wall(posting.at),
        posting.id,
        what(posting),
        _about(posting),
        charged=due if original in (PostingKind.CHARGED, PostingKind.WRITTEN_OFF) else less,
        received=-due if paid else less,
        commission=-sums.get(Account.COMMISSION, 0),
        kept=to_holder if original is PostingKind.DEPOSIT_KEPT else 0,
        paid_out=-to_holder if original is PostingKind.PAID_OUT else 0,
        balance=owed + to_holder,
    )


def _original(posting: Posting) -> PostingKind:
    """What a posting is about; one that takes back is about what it takes back."""
    if posting.reverses_id is None:
        return posting.kind
    return db.session.get_one(Posting, posting.reverses_id).kind


def _about(posting: Posting) -> str:
    if posting.charge is not None:
        return f"{posting.charge.about}, {posting.charge.words}".strip(", ")
    return posting.deposit.about if posting.deposit is not None else ""


def _postings(about: ColumnElement[bool], asked: Period) -> list[Posting]:
    query = (
        select(Posting)
        .where(about, Posting.at >= asked.begins, Posting.at < asked.ends)
        .options(
            selectinload(Posting.entries),
            selectinload(Posting.charge),
            selectinload(Posting.deposit),
            selectinload(Posting.holder),
        )
        .order_by(Posting.at, Posting.id)
    )
    return list(db.session.scalars(query))


def _sum(about: ColumnElement[bool], before: datetime, accounts: Iterable[Account]) -> int:
    found = _by_account(about, Posting.at < before)
    return sum(found.get(account, 0) for account in accounts)


def _by_account(*conditions: ColumnElement[bool]) -> dict[Account, int]:
    query = (
        select(Entry.account, func.sum(Entry.pence))
        .join(Posting)
        .where(*conditions)
        .group_by(Entry.account)
    )
    return {account: int(pence) for account, pence in db.session.execute(query)}


def _wall(at: datetime) -> date:
    return at.astimezone(LONDON).date()


def _csv(rows: Iterable[Iterable[object]]) -> str:
    out = StringIO()
    writer = csv.writer(out)
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return out.getvalue()
