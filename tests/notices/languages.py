"""Whether letters are said in their reader's language: a translation marks each text of ours, and everybody reads it.

What a test has people write stands in «these»; what else is left of a letter without a mark was not translated.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from babel.support import NullTranslations
from flask_babel import Locale, get_locale
from sqlalchemy import event, insert, select

from portal.areas.models import Area
from portal.db import db
from portal.language import Words
from portal.lettings.models import Need
from portal.notices.models import Letter, Mailbox
from portal.people.models import Group, Holder, User
from portal.proposals.models import Proposal
from portal.register.models import Asset

READS = "cy"
FILLED_IN = re.compile(r"(%\(\w+\)[a-z]|%%)")
OURS = re.compile(r"\S(?:.*\S)?", re.DOTALL)
MARKED = re.compile("⟦[^⟧]*(?:⟧|$)")
# What nobody translates: what people wrote, addresses, numbers with their letters.
DATA = re.compile(
    r"«[^»]*»|https?://\S+|\S+@\S+|\b[A-Z]{1,2}\d+ \d[A-Z]{2}\b|\b[A-Z]{1,2}-?\d[\w-]*"
)
A_WORD = re.compile(r"[^\W\d_]{2,}")


class _Marks(NullTranslations):
    """Marks a text around what is filled in, so that a value that was not translated stays without a mark."""

    def ugettext(self, text: str) -> str:
        parts = enumerate(FILLED_IN.split(text))
        return "".join(part if n % 2 else OURS.sub(r"⟦\g<0>⟧", part) for n, part in parts)

    def ungettext(self, one: str, many: str, number: int) -> str:
        return self.ugettext(one if number == 1 else many)


@contextmanager
def marked() -> Iterator[None]:
    """Whoever is given an account reads a language in which each of our texts is marked."""
    usual = Words.get_translations

    def get_translations(words: Words):
        return _Marks() if str(get_locale()) == READS else usual(words)

    def reads(_mapper, connection, user: User) -> None:
        connection.execute(insert(Mailbox).values(address=user.email.lower(), language=READS))

    event.listen(User, "after_insert", reads)
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Words, "get_translations", get_translations)
            yield
    finally:
        event.remove(User, "after_insert", reads)


def written() -> dict[str, str]:
    """All letters so far: key -> subject and text."""
    db.session.rollback()
    letters = db.session.scalars(select(Letter).order_by(Letter.id))
    return {one.key: f"{one.subject}\n{one.body}" for one in letters}


def unsaid(text: str) -> list[str]:
    """The words of a letter that are neither ours in the reader's language nor data."""
    left = DATA.sub(" ", MARKED.sub(" ", text))
    for name in sorted(_names(), key=len, reverse=True):
        left = left.replace(name, " ")
    return [word for word in A_WORD.findall(left) if word.lower() not in _CALENDAR]


def _names() -> set[str]:
    columns = (
        Group.name,
        Holder.name,
        Asset.name,
        Area.name,
        Area.product_name,
        User.name,
        Need.words,
        Proposal.title,
    )
    return {name for column in columns for name in db.session.scalars(select(column)) if name}


def _calendar() -> set[str]:
    locale = Locale.parse(READS)
    named = [*locale.months["format"]["wide"].values(), *locale.days["format"]["wide"].values()]
    return {word.lower() for name in named for word in A_WORD.findall(name)}


_CALENDAR = _calendar()
