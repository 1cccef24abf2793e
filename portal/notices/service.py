"""Write letters inside a transaction, in their reader's language; each says why one gets it. `sending` sends them."""

from flask import current_app, g, has_request_context
from flask_babel import LazyString, force_locale, get_babel
from flask_babel import gettext as _
from sqlalchemy import delete, select

from portal import clock
from portal.areas.queries import current_area
from portal.config import FIRST_LANGUAGE, LANGUAGES
from portal.db import db
from portal.errors import NotFound
from portal.masking import without_address
from portal.notices import rules
from portal.notices.models import Letter, Mailbox
from portal.notices.sending import send_waiting

__all__ = ["forget", "forget_mailbox", "read_in", "send_waiting", "write"]

HELD = "Letters to this address came back, so this one was not sent."


def write(
    *, to: str, subject: str | LazyString, body: str | LazyString, key: str, leave_url: str | None = None
) -> None:  # fmt: skip
    """Put a letter in the outbox of the running transaction; the same key never writes twice.

    What is lazy is said in the reader's language, where we know it; a plain string is said already, in the first one.
    Why one gets it and how it ends `rules.KINDS` knows, by the key. A POST to `leave_url` stops letters like this one:
    mail programs show a button for it (RFC 8058). Nothing goes to an address from which letters came back.
    """
    # A letter whose address is forgotten is known by its key without it.
    known = Letter.key.in_({key, without_address(key)})
    if db.session.scalar(select(Letter.id).where(known)) is not None:
        return
    kind, mailbox = rules.kind_of(key), db.session.get(Mailbox, _key(to))
    lazy = not isinstance(body, str)
    letter = Letter(
        key=key, to=rules.one_line(to, 254), leave_url=leave_url, written_at=clock.now()
    )
    letter.language = _language(key, kind, mailbox) if lazy else FIRST_LANGUAGE
    letter.area_id = _area_id()
    with force_locale(letter.language):
        letter.subject = rules.one_line(str(subject))
        letter.body = "\n\n".join(filter(None, (str(body).strip(), _why(kind))))
    if mailbox and mailbox.returned_at and not kind.always:
        # Its key stays, so that it is not written again and again; its words nobody will read.
        letter.gave_up_at, letter.last_error, letter.body = clock.now(), HELD, ""
    db.session.add(letter)
    db.session.flush()
    if has_request_context():
        g.letters_written = True


def forget(prefix: str) -> None:
    """Delete the letters whose keys begin so, sent or not, in the running transaction: their addresses go with them."""
    db.session.execute(delete(Letter).where(Letter.key.startswith(prefix, autoescape=True)))


def forget_mailbox(address: str) -> None:
    """Forget what is known of an address, in the running transaction."""
    db.session.execute(delete(Mailbox).where(Mailbox.address == _key(address)))


def read_in(address: str, language: str | None = None) -> Mailbox:
    """Remember, in the running transaction, in which language somebody reads; else the one of the page that is open."""
    mailbox = db.session.get(Mailbox, _key(address)) or Mailbox(address=_key(address))
    mailbox.language = language or page_language()
    db.session.add(mailbox)
    return mailbox


def page_language() -> str:
    """The language of the page that somebody has before them, also where a transaction speaks the first one."""
    select_locale = get_babel().locale_selector
    found = str(select_locale()) if has_request_context() and select_locale else FIRST_LANGUAGE
    return found if found in LANGUAGES else FIRST_LANGUAGE


def _language(key: str, kind: rules.Kind, mailbox: Mailbox | None) -> str:
    if kind.asked and has_request_context():
        return page_language()
    known = (mailbox.language if mailbox else None) or (_before(key) if kind.follows else None)
    return known if known in LANGUAGES else FIRST_LANGUAGE


def _before(key: str) -> str | None:
    """The language of the letter before this one, about the same thing: all that is known of who has no account."""
    about = Letter.key.startswith(key[: key.rindex(":") + 1], autoescape=True)
    return db.session.scalar(select(Letter.language).where(about).order_by(Letter.id).limit(1))


def _why(kind: rules.Kind) -> str:
    base = current_app.config["BASE_URL"]
    values = {"account": f"{base}/account"}
    return " ".join(_(text) % values if "%(" in text else _(text) for text in kind[1:3] if text)


def _key(address: str) -> str:
    return rules.one_line(address, 254).lower()


def _area_id() -> int | None:
    try:
        return current_area().id
    except NotFound:
        return None
