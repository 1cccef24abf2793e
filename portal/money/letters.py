"""Letters about money. Subject lines name neither group, place nor time; the amount and the page stand inside."""

from collections.abc import Callable

from flask import current_app
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal.db import db
from portal.language import paragraphs
from portal.money.models import Charge, Posting
from portal.money.words import about
from portal.notices.models import Letter
from portal.notices.service import write
from portal.people.models import Holder
from portal.people.queries import emails_with_role, organiser_emails
from portal.people.rules import Role
from portal.web import day, pounds

# The paragraphs of a letter, said when they are asked for: in the language that holds then.
Say = Callable[[], list[str]]


def link(path: str) -> str:
    """The whole address of a page."""
    return f"{current_app.config['BASE_URL']}{path}"


def asked_for(charge: Charge, words: str | LazyString) -> None:
    """A group is asked for money; `words` is for what."""
    _to_group(
        charge,
        _l("A payment is due"),
        lambda: [
            _("%(about)s: %(words)s. Please pay %(amount)s by %(day)s.", about=about(charge), words=words, amount=pounds(charge.pence), day=day(charge.due_on)),
            _("How to pay is on the page. If you cannot pay, tell the broker: an answer now is better than a reminder later."),
        ],
        key=f"charge:{charge.id}:asked",
    )  # fmt: skip


def remind(charge: Charge, open_pence: int, name: str) -> None:
    """A group has not paid in time."""
    _to_group(
        charge,
        _l("A payment is overdue"),
        lambda: [
            _("%(about)s: %(amount)s should have been paid by %(day)s and has not arrived.", about=about(charge), amount=pounds(open_pence), day=day(charge.due_on)),
            _("Please pay it now, or tell the broker what holds you up. If you have paid these days, you need not do anything."),
        ],
        key=f"charge:{charge.id}:{name}",
    )  # fmt: skip


def reminded(charge: Charge, name: str) -> bool:
    """Whether this reminder has been written; looked at before any lock is taken."""
    key = f"charge:{charge.id}:{name}:"
    return (
        db.session.scalar(select(Letter.id).where(Letter.key.startswith(key)).limit(1)) is not None
    )


def received(charge: Charge, posting: Posting, pence: int) -> None:
    """A group has paid."""
    _to_group(
        charge,
        _l("A payment has arrived"),
        lambda: [
            _("%(about)s: %(amount)s has arrived. Thank you.", about=about(charge), amount=pounds(pence)),
            _("Receipt: %(number)s", number=posting.receipt),
            link(f"/money/receipts/{posting.id}.pdf"),
        ],
        key=f"posting:{posting.id}",
    )  # fmt: skip


def written_off(charge: Charge, posting: Posting, why: str | LazyString, part: int = 0) -> None:
    """A group need not pay any more, or a part less."""

    def say() -> list[str]:
        if part:
            return [_("%(about)s: you pay %(amount)s less. The reason: %(why)s", about=about(charge), amount=pounds(part), why=why)]  # fmt: skip
        return [_("%(about)s: what is open need not be paid any more. The reason: %(why)s", about=about(charge), why=why)]  # fmt: skip

    _to_group(charge, _l("A payment is not needed any more"), say, key=f"posting:{posting.id}")


def credited(
    charge: Charge, posting: Posting, pence: int, words: str | LazyString, *, by_card: bool
) -> None:
    """A group has paid in advance for dates that do not take place; `words` is for what."""
    _to_group(
        charge,
        _l("You get money back"),
        lambda: [
            _("%(about)s, %(words)s: you have paid %(amount)s too much, for dates that were given up in time or cancelled.", about=about(charge), words=words, amount=pounds(pence)),
            _("It goes back to your card, which takes a few days.") if by_card else _("The broker gives it back to you."),
        ],
        key=f"posting:{posting.id}",
    )  # fmt: skip


def taken_back(posting: Posting, undone: Posting, *, by_card: bool) -> None:
    """A payment was recorded by mistake, or goes back to the card it came from."""

    def say() -> list[str]:
        values = {"about": about(posting.charge), "number": posting.receipt, "why": undone.what}
        if by_card:
            return [_("%(about)s: your payment goes back to the card, which takes a few days. Receipt %(number)s is void. The reason: %(why)s", **values)]  # fmt: skip
        return [_("%(about)s: a payment had been recorded by mistake. Receipt %(number)s is void. The reason: %(why)s", **values)]  # fmt: skip

    _to_group(posting.charge, _l("A receipt is void"), say, key=f"posting:{undone.id}")


def paid_out(holder: Holder, posting: Posting, pence: int) -> None:
    """A holder gets money."""

    def say() -> list[str]:
        return [
            _("The broker has paid out %(amount)s to you, from the use of your rooms.", amount=pounds(pence)),
            _("The statement: %(link)s", link=link(f"/money/statement?holder={holder.id}")),
            _("You get this letter because you act for %(holder)s.", holder=holder.name),
        ]  # fmt: skip

    for email in emails_with_role(Role.OFFICER, holder_id=holder.id):
        _write(email, _l("Money has been paid out to you"), say, f"posting:{posting.id}")


def to_brokers(subject: LazyString, say: Say, *, key: str) -> None:
    """Tell the brokers of the area."""
    for email in emails_with_role(Role.BROKER):
        _write(email, subject, lambda: [*say(), _("You get this letter because you are the broker of this area.")], key)  # fmt: skip


def _to_group(charge: Charge, subject: LazyString, say: Say, *, key: str) -> None:
    def whole() -> list[str]:
        why = _("You get this letter because you organise the group.")
        return [*say(), link(charge.path), why]

    for email in organiser_emails(charge.group_id):
        _write(email, subject, whole, key)


def _write(email: str, subject: LazyString, say: Say, key: str) -> None:
    write(to=email, subject=subject, body=paragraphs(say), key=f"{key}:{email}"[:200])
