"""Signing in by letter: a link for the browser that asked, and a code to type there for who reads the letter elsewhere."""

import hmac
import secrets
from datetime import timedelta
from hashlib import sha256

from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, delete, select, update
from sqlalchemy.orm import Session

from portal import clock
from portal.areas.queries import current_area
from portal.db import db, transaction
from portal.errors import N_, RuleBroken
from portal.notices import service as notices
from portal.people import post
from portal.people.accounts import account_of
from portal.people.models import SignInLink, User

# A letter may be held up for some minutes on its way, and the code is read on another device: ten would be too few.
LINK_LIVES = timedelta(minutes=15)
# Where a person goes who signed in without wanting a certain page: the desk, two floors up, so by its address.
AFTER_SIGN_IN = "/desk"
CODE_DIGITS = 8
CODE_TRIES = 5
KEPT_AFTER = timedelta(days=1)
SPENT = N_("This link has been used already or is too old. Ask for a new one.")
ELSEWHERE = N_(
    "You asked for this e-mail in another browser. Go back to it and type the code there, or ask for an e-mail for this one."
)


def new_token() -> str:
    """The secret part of a link that is sent by letter."""
    return secrets.token_urlsafe(32)


def hashed(token: str) -> str:
    """What is kept of a link: whoever reads the database cannot use it."""
    return sha256(token.encode()).hexdigest()


def link_address(token: str) -> str:
    """Where a token is used."""
    return f"{current_app.config['BASE_URL']}/sign-in/{token}"


def ask_for_link(email: str, next_url: str = AFTER_SIGN_IN, *, browser: str) -> None:
    """Write a letter with a link and a code for one browser. No account is looked for: known and unknown addresses are
    alike to the last millisecond.
    """
    token, code = new_token(), f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
    with transaction() as session:
        link = _added(session, token, email, next_url, LINK_LIVES)
        link.browser_hash, link.code_hash = hashed(browser), _code_hash(code, link.token_hash)
        notices.write(
            to=link.email,
            subject=_l("Your link to sign in to %(name)s", name=current_area().product_name),
            body=_l(
                "Open this link to sign in:\n\n%(link)s\n\n"
                "It works once, for %(minutes)s minutes, in the browser where you asked for it. "
                "Do you read this on another device? Then type this code into the page that waits there:\n\n%(code)s\n\n"
                "Tell the code to nobody: we never ask for it by telephone or in a letter.\n"
                "If you did not ask for it, do nothing: nobody can sign in without it.",
                link=link_address(token),
                minutes=int(LINK_LIVES.total_seconds() // 60),
                code=f"{code[:4]} {code[4:]}",
            ),
            key=f"sign-in:{link.token_hash}",
        )


def ask_again(token: str, *, browser: str) -> None:
    """The letter was opened in another browser: write a new one for this browser, which leads to the same page."""
    link = find_link(token)
    if link is None:
        raise RuleBroken("link-spent", SPENT)
    ask_for_link(link.email, link.next_url, browser=browser)


def make_link(email: str, next_url: str = AFTER_SIGN_IN, *, lives: timedelta = LINK_LIVES) -> str:
    """A sign-in address without a letter, for the command line of whoever runs the portal. It works in any browser."""
    token = new_token()
    with transaction() as session:
        _added(session, token, email, next_url, lives)
    return link_address(token)


def find_link(token: str) -> SignInLink | None:
    """The live link of a token; None when it is unknown, used or too old."""
    return db.session.scalar(_live().where(SignInLink.token_hash == hashed(token)))


def is_for(link: SignInLink, browser: str) -> bool:
    """Whether a link may be used in this browser."""
    return link.browser_hash is None or link.browser_hash == hashed(browser)


def waiting(browser: str) -> SignInLink | None:
    """The newest live link of the letters that this browser asked for."""
    return db.session.scalar(_asked_by(browser).limit(1)) if browser else None


def use_link(token: str, browser: str = "") -> tuple[User, str]:
    """Use a link up without any browser being signed in: walks and the demonstration do."""
    with transaction() as session:
        return spend(session, token, browser)


def spend(session: Session, token: str, browser: str) -> tuple[User, str]:
    """Use a link up in the running transaction; the account is made at the first one. Returns user and where to go."""
    link = session.scalar(
        _live().where(SignInLink.token_hash == hashed(token)).with_for_update(of=SignInLink)
    )
    if link is None:
        raise RuleBroken("link-spent", SPENT)
    if not is_for(link, browser):
        raise RuleBroken("another-browser", ELSEWHERE)
    return _spent(session, link)


def spend_code(session: Session, code: str, browser: str) -> tuple[User, str] | None:
    """The same by the code. None for a wrong one, which counts against all letters that this browser waits for."""
    links = list(session.scalars(_asked_by(browser).with_for_update(of=SignInLink)))
    live = [link for link in links if link.code_tries < CODE_TRIES]
    if not live:
        raise RuleBroken("no-code-waits", "There is no e-mail that this code could be from. Ask for a new one.")  # fmt: skip
    typed = "".join(digit for digit in code if digit in "0123456789")
    right = (
        link
        for link in live
        if hmac.compare_digest(_code_hash(typed, link.token_hash), link.code_hash or "")
    )
    if link := next(right, None):
        return _spent(session, link)
    for link in live:
        link.code_tries += 1
    return None


def tries_left(browser: str) -> int:
    """How often this browser may still type a code."""
    return max((CODE_TRIES - link.code_tries for link in db.session.scalars(_asked_by(browser))), default=0)  # fmt: skip


def forget_old() -> int:
    """Delete the links that can no longer be used, in a transaction of its own; returns how many."""
    with transaction() as session:
        old = delete(SignInLink).where(SignInLink.expires_at < clock.now() - KEPT_AFTER)
        return session.execute(old).rowcount


def _live() -> Select[tuple[SignInLink]]:
    now = clock.now()
    return select(SignInLink).where(SignInLink.used_at.is_(None), SignInLink.expires_at > now)


def _asked_by(browser: str) -> Select[tuple[SignInLink]]:
    mine = SignInLink.browser_hash == hashed(browser)
    return _live().where(mine).order_by(SignInLink.id.desc())


def _added(session: Session, token: str, email: str, next_url: str, lives: timedelta) -> SignInLink:
    link = SignInLink(
        token_hash=hashed(token),
        email=email.strip().lower(),
        next_url=next_url,
        expires_at=clock.now() + lives,
    )
    session.add(link)
    return link


def _spent(session: Session, link: SignInLink) -> tuple[User, str]:
    now = clock.now()
    # The letters of the same address that came before it are void with it.
    older = (
        SignInLink.email == link.email,
        SignInLink.id <= link.id,
        SignInLink.used_at.is_(None),
        SignInLink.browser_hash.is_not(None),
    )
    session.execute(update(SignInLink).where(*older).values(used_at=now))
    link.used_at = now
    user = account_of(session, link.email)
    if user.closed_at is not None:
        raise RuleBroken(
            "account-closed", "This account has been closed. Ask your broker to open it again."
        )
    session.flush()
    post.signed_in(user.email)
    return user, link.next_url


def _code_hash(code: str, token_hash: str) -> str:
    # Eight digits would be guessed from a plain hash in a second; for this one SECRET_KEY is needed too.
    key = f"sign-in code:{current_app.config['SECRET_KEY']}".encode()
    return hmac.new(key, f"{token_hash}:{code}".encode(), sha256).hexdigest()
