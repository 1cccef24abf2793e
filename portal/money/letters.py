"""Letters about money. Subject lines name neither group, place nor time; the amount and the page stand inside."""

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select

from portal.db import db
from portal.money.models import Charge, Posting
from portal.notices.models import Letter
from portal.notices.service import write
from portal.people.models import Holder
from portal.people.queries import emails_with_role, organiser_emails
from portal.people.rules import Role
from portal.web import day, pounds


def link(path: str) -> str:
    """The whole address of a page."""
    return f"{current_app.config['BASE_URL'].rstrip('/')}{path}"


def asked_for(charge: Charge) -> None:
    """A group is asked for money."""
    _to_group(
        charge,
        _("A payment is due"),
        [
            _("%(about)s: %(words)s. Please pay %(amount)s by %(day)s.", about=charge.about, words=charge.words, amount=pounds(charge.pence), day=day(charge.due_on)),
            _("How to pay is on the page. If you cannot pay, tell the broker: an answer now is better than a reminder later."),
        ],
        key=f"charge:{charge.id}:asked",
    )  # fmt: skip


def remind(charge: Charge, open_pence: int, name: str) -> None:
    """A group has not paid in time."""
    _to_group(
        charge,
        _("A payment is overdue"),
        [
            _("%(about)s: %(amount)s should have been paid by %(day)s and has not arrived.", about=charge.about, amount=pounds(open_pence), day=day(charge.due_on)),
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
        _("A payment has arrived"),
        [
            _("%(about)s: %(amount)s has arrived. Thank you.", about=charge.about, amount=pounds(pence)),
            _("Receipt: %(number)s", number=posting.receipt),
            link(f"/money/receipts/{posting.id}.pdf"),
        ],
        key=f"posting:{posting.id}",
    )  # fmt: skip


def written_off(charge: Charge, posting: Posting, part: int = 0) -> None:
    """A group need not pay any more, or a part less."""
    told = _("%(about)s: what is open need not be paid any more. The reason: %(why)s", about=charge.about, why=posting.what)  # fmt: skip
    if part:
        told = _("%(about)s: you pay %(amount)s less. The reason: %(why)s", about=charge.about, amount=pounds(part), why=posting.what)  # fmt: skip
    _to_group(charge, _("A payment is not needed any more"), [told], key=f"posting:{posting.id}")


def credited(charge: Charge, posting: Posting, pence: int, *, by_card: bool) -> None:
    """A group has paid in advance for dates that do not take place."""
    how = _("It goes back to your card, which takes a few days.") if by_card else _("The broker gives it back to you.")  # fmt: skip
    told = _("%(about)s, %(words)s: you have paid %(amount)s too much, for dates that were given up in time or cancelled.", about=charge.about, words=charge.words, amount=pounds(pence))  # fmt: skip
    _to_group(charge, _("You get money back"), [told, how], key=f"posting:{posting.id}")


def taken_back(posting: Posting, undone: Posting, *, by_card: bool) -> None:
    """A payment was recorded by mistake, or goes back to the card it came from."""
    if by_card:
        told = _("%(about)s: your payment goes back to the card, which takes a few days. Receipt %(number)s is void. The reason: %(why)s", about=posting.charge.about, number=posting.receipt, why=undone.what)  # fmt: skip
        _to_group(posting.charge, _("A receipt is void"), [told], key=f"posting:{undone.id}")
        return
    told = _("%(about)s: a payment had been recorded by mistake. Receipt %(number)s is void. The reason: %(why)s", about=posting.charge.about, number=posting.receipt, why=undone.what)  # fmt: skip
    _to_group(posting.charge, _("A receipt is void"), [told], key=f"posting:{undone.id}")


def paid_out(holder: Holder, posting: Posting, pence: int) -> None:
    """A holder gets money."""
    body = [
        _("The broker has paid out %(amount)s to you, from the use of your rooms.", amount=pounds(pence)),
        _("The statement: %(link)s", link=link(f"/money/statement?holder={holder.id}")),
        _("You get this letter because you act for %(holder)s.", holder=holder.name),
    ]  # fmt: skip
    for email in emails_with_role(Role.OFFICER, holder_id=holder.id):
        _write(email, _("Money has been paid out to you"), body, f"posting:{posting.id}")


def to_brokers(subject: str, body: list[str], *, key: str) -> None:
    """Tell the brokers of the area."""
    why = _("You get this letter because you are the broker of this area.")
    for email in emails_with_role(Role.BROKER):
        _write(email, subject, [*body, why], key)


def _to_group(charge: Charge, subject: str, sentences: list[str], *, key: str) -> None:
    why = _("You get this letter because you organise the group.")
    body = [*sentences, link(charge.path), why]
    for email in organiser_emails(charge.group_id):
        _write(email, subject, body, key)


def _write(email: str, subject: str, body: list[str], key: str) -> None:
    write(to=email, subject=subject, body="\n\n".join(body), key=f"{key}:{email}"[:200])
