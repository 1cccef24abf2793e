"""Whom letters reach: what signing in says of it, and which groups they do not reach."""

from datetime import datetime
from typing import NamedTuple

from flask import flash, g, has_request_context
from flask_babel import gettext as _
from sqlalchemy import select

from portal.areas.queries import current_area
from portal.db import db, transaction
from portal.notices import service as notices
from portal.notices.models import Mailbox
from portal.people.models import Group, Membership, User
from portal.web import day


def signed_in(email: str) -> None:
    """In the transaction of a sign-in: letters are written in its language from now on, and to this address again.

    Whoever signs in has had a letter, or was helped by somebody; if letters still come back, we hear of it again.
    """
    if not has_request_context():
        return
    mailbox = notices.read_in(email)
    if mailbox.returned_at:
        g.letters_returned = mailbox.returned_at, mailbox.address
    mailbox.returned_at = mailbox.returned_why = None


def reads(email: str, language: str) -> None:
    """Somebody who is signed in has chosen a language."""
    with transaction():
        notices.read_in(email, language)


def tell_returned() -> None:
    """On the first page after it, who was not reached learns it."""
    if found := g.pop("letters_returned", None):
        since, address = found
        told = _(
            "Letters to you came back since %(day)s: %(address)s could not be reached. Look on your pages for what you missed. "
            "From now on we write to you again. If you can no longer use this address, tell your broker.",
            day=day(since.date()),
            address=address,
        )
        flash(told, "error")


class Unreached(NamedTuple):
    """Somebody who organises a group and gets no letters; `others` are those whom letters to it do reach."""

    group: str
    who: User
    since: datetime
    why: str
    others: list[User]


def unreached() -> list[Unreached]:
    """The organisers of this area's groups from whom letters came back, by group."""
    query = (
        select(Group.id, Group.name, User, Mailbox)
        .join(Membership, Membership.group_id == Group.id)
        .join(User, User.id == Membership.user_id)
        .join(Mailbox, Mailbox.address == User.email, isouter=True)
        .where(Group.area_id == current_area().id, User.closed_at.is_(None))
        .order_by(Group.name, User.email)
    )
    rows = db.session.execute(query).all()
    reached: dict[int, list[User]] = {}
    for group, _name, user, mailbox in rows:
        if not mailbox or not mailbox.returned_at:
            reached.setdefault(group, []).append(user)
    return [
        Unreached(
            name, user, mailbox.returned_at, mailbox.returned_why or "", reached.get(group, [])
        )
        for group, name, user, mailbox in rows
        if mailbox and mailbox.returned_at
    ]
