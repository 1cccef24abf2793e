"""In which browsers somebody is signed in. The cookie holds a key, a row here its hash; the row is what counts."""

from dataclasses import dataclass
from datetime import datetime

from flask import current_app, g, session
from flask_login import current_user
from sqlalchemy import and_, delete, exists, or_, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from portal import clock
from portal.audit.rules import Act
from portal.db import db, transaction
from portal.errors import NotFound, RuleBroken
from portal.people import links, rules
from portal.people.audited import noted, refused
from portal.people.models import RoleGrant, SecondStep, SignedIn, User
from portal.people.rules import FRESH, SEEN_EVERY, Missing, alive, missing

# Flask-Login's name; it hands what stands there to `user_of`.
KEY = "_user_id"
# What stands for a browser in the letters that it asked for. The cookie that holds it is HttpOnly and SameSite=Lax.
ASKED = "asked"


@dataclass(frozen=True)
class Here:
    """The sign-in of this browser, as far as it has come."""

    id: int
    user_id: int
    missing: Missing | None
    begun_at: datetime
    seen_at: datetime
    second_step_at: datetime | None


@dataclass(frozen=True)
class Entered:
    """Somebody has used a link or a code."""

    key: str
    next_url: str
    missing: Missing | None


def user_of(key: str) -> User | None:
    """The user of a cookie's key; None when its row is gone or too old, or while a step of the sign-in is missing."""
    query = (
        select(SignedIn, User, SecondStep.user_id)
        .join(User, User.id == SignedIn.user_id)
        .outerjoin(SecondStep, SecondStep.user_id == SignedIn.user_id)
        .where(SignedIn.key_hash == links.hashed(key))
    )
    found = db.session.execute(query).first()
    if found is None:
        return None
    row, user, step = found
    if not user.is_active or not alive(row.begun_at, row.seen_at, clock.now(), staff=row.staff):
        return None
    passed = row.second_step_at is not None
    still = missing(has=step is not None, passed=passed, must=_must(staff=row.staff))
    g.here = Here(row.id, user.id, still, row.begun_at, row.seen_at, row.second_step_at)
    return None if still else user


def here() -> Here | None:
    """The sign-in of this browser, be it that a step is missing."""
    _loaded = bool(current_user)  # outside a request there is nobody
    return g.get("here")


def personal() -> bool:
    """Whether what this browser is shown is for its owner only: signed in, on the way to it, or waiting for a letter."""
    return here() is not None or ASKED in session


def is_fresh(one: Here, *, writes: bool) -> bool:
    """Whether somebody has shown lately who they are: by the second step, or by signing in where there is none."""
    since = clock.now() - (one.second_step_at or one.begun_at)
    return since < FRESH * (2 if writes else 1)


def enter_by_link(token: str, browser: str, agent: str) -> Entered:
    """Use a link up and begin a sign-in in this browser."""
    try:
        with transaction() as s:
            return _begun(s, *links.spend(s, token, browser), agent)
    except RuleBroken as refusal:
        refused(refusal.code)
        raise


def enter_by_code(code: str, browser: str, agent: str) -> Entered:
    """The same by the code of the letter. A wrong one is counted before it is refused."""
    with transaction() as s:
        spent = links.spend_code(s, code, browser)
        entered = _begun(s, *spent, agent) if spent else None
        if entered is None:
            noted(Act.SIGN_IN_REFUSED, None, why="wrong-code")
    if entered is None:
        left = links.tries_left(browser)
        if left == 0:
            raise RuleBroken("code-spent", "That was not the code, and it was the last try. Send another e-mail, or open the link in this one.")  # fmt: skip
        raise RuleBroken(
            "wrong-code",
            "That is not the code from the e-mail. Type the eight digits that stand below the link. Tries left: %(left)s.",
            left=left,
        )
    return entered


def _begun(s: Session, user: User, next_url: str, agent: str) -> Entered:
    """A row for this browser, in the running transaction; the one that it had before is over."""
    key, now = links.new_token(), clock.now()
    is_staff = bool(s.scalar(select(exists().where(RoleGrant.user_id == user.id))))
    has_step = s.get(SecondStep, user.id) is not None
    if (before := here()) is not None:
        s.execute(delete(SignedIn).where(SignedIn.id == before.id))
    user.signed_in_at = now
    s.add(
        SignedIn(
            user_id=user.id,
            key_hash=links.hashed(key),
            browser=rules.browser_words(agent),
            staff=is_staff,
            begun_at=now,
            seen_at=now,
        )
    )
    noted(Act.SIGNED_IN, user.id, staff=int(is_staff))
    still = missing(has=has_step, passed=False, must=_must(staff=is_staff))
    return Entered(key, next_url, still)


def remember(key: str) -> None:
    """Give this browser a session of its own making: what it brought along is not gone on with."""
    session.clear()
    session[KEY] = key


def passed(s: Session, here_id: int) -> str:
    """The second step was passed in this browser: a new key for it, in the running transaction."""
    key = links.new_token()
    row = s.get_one(SignedIn, here_id)
    row.key_hash, row.second_step_at, row.seen_at = links.hashed(key), clock.now(), clock.now()
    return key


def end_here() -> None:
    """Sign out: the row goes, so that a copy of the cookie is worth nothing."""
    if (one := here()) is not None:
        with transaction() as s:
            s.execute(delete(SignedIn).where(SignedIn.id == one.id))
            noted(Act.SIGNED_OUT, one.user_id)
    session.clear()


def another(browser_id: int) -> SignedIn:
    """One of the other browsers in which the person of this one is signed in. Raises NotFound("no-browser")."""
    mine = here()
    for one in of_user(mine.user_id):
        if one.id == browser_id != mine.id:
            return one
    raise NotFound("no-browser", "You are not signed in there any more.")


def end_another(browser_id: int) -> None:
    """Sign the person of this browser out of another one. Raises NotFound("no-browser")."""
    with transaction() as s:
        s.execute(delete(SignedIn).where(SignedIn.id == another(browser_id).id))
        noted(Act.SESSIONS_ENDED, here().user_id, browsers=1)


def end_others(user_id: int, but: int) -> int:
    """Sign somebody out everywhere but here; returns of how many browsers."""
    with transaction() as s:
        if ended := end_all(s, user_id, but=but):
            noted(Act.SESSIONS_ENDED, user_id, browsers=ended)
        return ended


def end_all(s: Session, user_id: int, *, but: int = 0) -> int:
    """Sign somebody out in the running transaction: a role was taken, the account closed, the second step reset."""
    others = SignedIn.user_id == user_id, SignedIn.id != but
    return s.execute(delete(SignedIn).where(*others)).rowcount


def end_by_hand(email: str | None) -> int:
    """Sign one person out everywhere, or everybody, for whoever runs the portal; returns of how many browsers."""
    whose = select(User.id).where(User.email == (email or "").strip().lower())
    with transaction() as s:
        ending = delete(SignedIn) if email is None else delete(SignedIn).where(SignedIn.user_id.in_(whose))  # fmt: skip
        ended = s.execute(ending).rowcount
        noted(Act.SESSIONS_ENDED, None, browsers=ended)
        return ended


def live_as_staff(s: Session, user_id: int) -> None:
    """A role was given: from now on the sign-ins of this person live as short as staff's, and need a second step."""
    s.execute(update(SignedIn).where(SignedIn.user_id == user_id).values(staff=True))


def of_user(user_id: int) -> list[SignedIn]:
    """Where somebody is signed in, newest sign of life first."""
    now = clock.now()
    query = select(SignedIn).where(SignedIn.user_id == user_id).order_by(SignedIn.seen_at.desc())
    found = db.session.scalars(query.order_by(SignedIn.id))
    return [one for one in found if alive(one.begun_at, one.seen_at, now, staff=one.staff)]


def touch() -> None:
    """Write down that this browser was seen, every few minutes. A page that is made already does not fail by it."""
    one = g.get("here")
    if one is None or clock.now() < one.seen_at + SEEN_EVERY:
        return
    try:
        with transaction() as s:
            s.execute(update(SignedIn).where(SignedIn.id == one.id).values(seen_at=clock.now()))
    except (SQLAlchemyError, OSError) as error:
        current_app.logger.warning("a sign of life was not kept: %s", type(error).__name__)


def forget_old() -> int:
    """Delete the rows of sign-ins that are over, in a transaction of its own; returns how many."""
    with transaction() as s:
        return s.execute(delete(SignedIn).where(_over())).rowcount


def _over() -> object:
    now = clock.now()
    both = (True, rules.STAFF_LIVES), (False, rules.OTHERS_LIVE)
    return or_(
        *(
            and_(
                SignedIn.staff.is_(staff),
                or_(SignedIn.begun_at <= now - lives.whole, SignedIn.seen_at <= now - lives.idle),
            )
            for staff, lives in both
        )
    )


def _must(*, staff: bool) -> bool:
    return staff and current_app.config["SECOND_STEP"] != "off"
