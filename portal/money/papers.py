"""Receipts and statements as PDFs: the same entry of the books gives the same bytes."""

from datetime import UTC, date

from flask_babel import force_locale, format_date
from flask_babel import gettext as _

from portal.areas.models import Area
from portal.config import FIRST_LANGUAGE
from portal.db import db
from portal.documents import drawings, make
from portal.documents.shapes import Fact, Letter, Part
from portal.errors import N_
from portal.money import statements
from portal.money.models import Posting
from portal.money.rules import AT_HAND, Account, Paid, PostingKind
from portal.money.statements import Movement, Period, Statement
from portal.money.words import ACCOUNTS, KINDS, PAID
from portal.people.models import Holder
from portal.web import day, moment, pounds

CAME_BY = {Account.CASH: Paid.CASH, Account.BANK: Paid.TRANSFER, Account.CARDS: Paid.CARD}


def receipt(posting: Posting) -> bytes:
    """The receipt for a payment; one that was taken back says that it is void, since when and why."""
    with force_locale(FIRST_LANGUAGE):
        area = db.session.get_one(Area, posting.area_id)
        undone = posting.reversed_by
        subject = _("Receipt %(number)s", number=posting.receipt)
        data = _sheet(
            area,
            subject=_("%(receipt)s: void", receipt=subject) if undone else subject,
            to=[_payer(posting)],
            facts=_facts(posting),
            parts=_said(posting),
            reference=subject,
        )
    return make.pdf("letter", data, lang=FIRST_LANGUAGE, made=(undone or posting).at)


def holder_statement(area: Area, holder: Holder, asked: Period, found: Statement) -> bytes:
    """A holder's statement."""
    with force_locale(FIRST_LANGUAGE):
        columns = [_("Day"), _("What"), _("For you"), _("Owed to you")]
        rows = [
            [_short(line.on), _told(line), _amount(line.change), pounds(line.balance)]
            for line in found.lines
        ]
        opening = [_("Opening balance"), "", "", pounds(found.opening)]
        closing = [_("Closing balance"), "", "", pounds(found.closing)]
        data = _sheet(
            area,
            subject=_("Statement for your rooms"),
            to=[holder.name],
            facts=_of_period(asked),
            parts=[
                {"kind": "table", "columns": columns, "rows": [opening, *rows, closing]},
                {"kind": "text", "paragraphs": [*totals(found), _("Groups are known here by the number of their let: who meets where and when is theirs to tell.")]},
            ],
            reference=_("Statement"),
        )  # fmt: skip
    return make.pdf("letter", data, lang=FIRST_LANGUAGE, made=asked.ends.astimezone(UTC))


def area_statement(area: Area, asked: Period, found: list[Movement]) -> bytes:
    """The broker's statement: every account."""
    with force_locale(FIRST_LANGUAGE):
        columns = [_("Account"), _("Opening"), _("Came"), _("Went"), _("Closing")]
        rows = [[str(ACCOUNTS[one.account]), *(pounds(pence) for pence in one[1:])] for one in found]  # fmt: skip
        note = _("What is owed to others has a minus. All accounts together are always zero.")
        data = _sheet(
            area,
            subject=_("Statement of all accounts"),
            to=[area.name],
            facts=_of_period(asked),
            parts=[{"kind": "table", "columns": columns, "rows": rows, "note": note}],
            reference=_("Statement"),
        )
    return make.pdf("letter", data, lang=FIRST_LANGUAGE, made=asked.ends.astimezone(UTC))


def totals(found: Statement) -> list[str]:
    """What a statement comes to, in sentences."""
    return [
        _("Asked for: %(asked)s. Received: %(received)s. Commission of the broker: %(commission)s.", asked=pounds(found.total("charged")), received=pounds(found.total("received")), commission=pounds(found.total("commission"))),
        _("Kept from deposits for damage: %(kept)s. Paid out to you: %(out)s. Owed to you at the end: %(owed)s.", kept=pounds(found.total("kept")), out=pounds(found.total("paid_out")), owed=pounds(found.closing)),
    ]  # fmt: skip


def _short(day: date) -> str:
    return format_date(day, "d MMM y")


def _told(line: statements.Line) -> str:
    """What a line is about, with the amounts that led to what is for the holder."""
    amounts = (
        (N_("asked for %(amount)s"), line.charged),
        (N_("received %(amount)s"), line.received),
        (N_("commission %(amount)s"), line.commission),
    )
    shown = ", ".join(_(words, amount=pounds(pence)) for words, pence in amounts if pence)
    plain = shown and line.what in (KINDS[PostingKind.CHARGED], KINDS[PostingKind.PAID])
    about = f"{line.about}: {shown}" if shown else line.about
    return about if plain else ". ".join(filter(None, (line.what, about)))


def _amount(pence: int) -> str:
    return pounds(pence) if pence else ""


def _of_period(asked: Period) -> list[Fact]:
    return [(_("From"), day(asked.first)), (_("To"), day(asked.last))]


def _payer(posting: Posting) -> str:
    cause = posting.charge or posting.deposit
    group = cause.group if cause else None
    return group.name if group else ""


def _facts(posting: Posting) -> list[Fact]:
    into = next((entry for entry in posting.entries if entry.account in AT_HAND), None)
    facts = [
        (_("Number"), posting.receipt or ""),
        (_("Day"), moment(posting.at)),
        (_("Amount"), pounds(into.pence) if into else ""),
        (_("Paid"), str(PAID[CAME_BY[into.account]]) if into else ""),
    ]
    if posting.user:
        facts.append((_("Received by"), posting.user.shown_name))
    return facts


def _said(posting: Posting) -> list[Part]:
    charge, deposit, undone = posting.charge, posting.deposit, posting.reversed_by
    if charge is not None:
        told = [f"{charge.about}: {charge.words}."]
    else:
        told = [
            _("A deposit for %(about)s. It comes back after the use, less what has to be kept for damage.", about=deposit.about if deposit and deposit.about else _("an agreement"))
        ]  # fmt: skip
    if undone is not None:
        told.append(_("This receipt is void since %(day)s: the payment was recorded by mistake. The reason: %(why)s", day=moment(undone.at), why=undone.what))  # fmt: skip
    return [{"kind": "text", "paragraphs": told}]


def _sheet(
    area: Area, *, subject: str, to: list[str], facts: list[Fact], parts: list[Part], reference: str
) -> Letter:
    made: Letter = {
        "title": subject,
        "area": area.name,
        "product": area.product_name,
        "colour": area.colour,
        "sender": [area.product_name, area.name, *([area.contact_email] if area.contact_email else [])],
        "to": [line for line in to if line],
        "facts": facts,
        "subject": subject,
        "parts": parts,
        "reference": reference,
        "page": _("Page {page} of {pages}"),
    }  # fmt: skip
    if area.mark:
        made["mark"] = drawings.mark(area.mark)
    return made
