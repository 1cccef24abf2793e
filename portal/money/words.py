"""Money in a reader's words."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.money.models import Charge, Deposit
from portal.money.rules import DEPOSIT_WORDS, Account, Paid, PostingKind
from portal.web import pounds

ACCOUNTS = {
    Account.CASH: _l("Cash box"),
    Account.BANK: _l("Bank"),
    Account.CARDS: _l("With the card provider"),
    Account.DUE: _l("Due from groups"),
    Account.AWAITED: _l("Asked for and not yet paid"),
    Account.DEPOSITS: _l("Deposits held for groups"),
    Account.RETAINED: _l("Kept from deposits, owed to holders"),
    Account.HOLDERS: _l("Rent owed to holders"),
    Account.COMMISSION: _l("Commission of the broker"),
    Account.SURPLUS: _l("Paid and not needed, goes back"),
}
KINDS = {
    PostingKind.DEPOSIT_IN: _l("Deposit received"),
    PostingKind.DEPOSIT_KEPT: _l("Part of a deposit kept"),
    PostingKind.DEPOSIT_BACK: _l("Deposit returned"),
    PostingKind.CHARGED: _l("Asked for"),
    PostingKind.PAID: _l("Paid"),
    PostingKind.WRITTEN_OFF: _l("Written off"),
    PostingKind.PAID_OUT: _l("Paid out to the holder"),
    PostingKind.MOVED: _l("Moved"),
    PostingKind.SURPLUS_IN: _l("Paid though nothing was due"),
    PostingKind.SURPLUS_BACK: _l("Given back to the card"),
    PostingKind.CREDITED: _l("Paid in advance and not needed"),
    PostingKind.GIVEN_BACK: _l("Given back"),
    PostingKind.REVERSAL: _l("Taken back"),
    PostingKind.OTHER: _l("Other"),
}
PAID = {Paid.CASH: _l("in cash"), Paid.TRANSFER: _l("by bank transfer"), Paid.CARD: _l("by card")}


# What is owed is called by the page on which it stands. It is stored in the first language, for papers.
ABOUT = {"lets": _l("Let %(number)s"), "cases": _l("Case %(number)s")}


def about(cause: Charge | Deposit) -> str:
    """What something that is owed is called, in the reader's language: Let 12."""
    pages, _slash, number = cause.path.strip("/").partition("/")
    return str(ABOUT[pages]) % {"number": number} if pages in ABOUT else cause.about


def deposit(one: Deposit) -> str:
    """How a deposit stands, in one sentence."""
    return _(
        DEPOSIT_WORDS[one.state],
        amount=pounds(one.pence),
        receipt=one.receipt,
        kept=pounds(one.retained_pence),
        why=one.retained_why or one.waived_why,
        who=one.pledged_by,
    )
