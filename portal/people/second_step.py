"""A second step at sign-in: the six digits that an app on somebody's telephone shows (TOTP), or a code on paper."""

import hmac
import secrets
from base64 import b32encode
from datetime import timedelta
from hashlib import scrypt, sha256

import pyotp
from flask import current_app
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from portal import clock
from portal.areas.queries import current_area
from portal.audit.rules import Act
from portal.db import db, transaction
from portal.errors import RuleBroken
from portal.notices import service as notices
from portal.people import sessions
from portal.people.audited import noted
from portal.people.models import RecoveryCode, RoleGrant, SecondStep, User
from portal.people.rules import check_email

DRIFT = 1  # half minutes that a telephone's clock may be wrong by, either way
MOST_WRONG = 5
WAIT = timedelta(minutes=15)
RECOVERY_CODES = 10
RECOVERY_LENGTH = 10
# No letter that is read as another: 0 and O, 1, I and L.
LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
SCRYPT = {"n": 2**14, "r": 8, "p": 1, "dklen": 32}


def new_salt() -> str:
    """What a new secret is worked out from; worth nothing without SECRET_KEY."""
    return secrets.token_hex(16)


def secret_of(user_id: int, salt: str) -> str:
    """The secret that telephone and portal share, as apps take it. Kept nowhere: whoever reads the database has no code."""
    key = f"second step:{current_app.config['SECRET_KEY']}".encode()
    made = hmac.new(key, f"{user_id}:{salt}".encode(), sha256).digest()[:20]
    return b32encode(made).decode()


def address_for(user: User, salt: str) -> str:
    """The address that an app reads from the picture."""
    name = current_area().product_name
    return pyotp.TOTP(secret_of(user.id, salt)).provisioning_uri(name=user.email, issuer_name=name)


def of(user_id: int) -> SecondStep | None:
    """Somebody's second step."""
    return db.session.get(SecondStep, user_id)


def codes_left(user_id: int) -> int:
    """How many codes on paper are unused."""
    mine = RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None)
    return db.session.scalar(select(func.count(RecoveryCode.id)).where(*mine)) or 0


def set_up(user_id: int, salt: str, code: str, *, here: int) -> tuple[list[str], str]:
    """Turn the second step on, or change it to another telephone, once the telephone shows the right code. Returns the
    recovery codes, which nobody can ever see again, and a new key for this browser; everywhere else the person is
    signed out.
    """
    with transaction() as s:
        user = s.get_one(User, user_id, with_for_update=True)
        counter = _counter(secret_of(user_id, salt), code, after=0)
        if counter is None:
            raise RuleBroken(
                "wrong-code",
                "That is not what the app should show now. Type the newest six digits. If it stays so, check that the telephone sets its clock by itself.",
            )
        forget(s, user_id)
        s.add(SecondStep(user_id=user_id, salt=salt, made_at=clock.now(), last_counter=counter))
        codes = _new_codes(s, user_id)
        sessions.end_all(s, user_id, but=here)
        key = sessions.passed(s, here)
        noted(Act.SECOND_STEP_SET, user_id)
        _tell(user, _l("Your second step is set up"), _l("From now on the portal asks for a code of your telephone when you sign in."))  # fmt: skip
    return codes, key


def pass_step(user_id: int, code: str, *, here: int) -> str:
    """Sign in to the end, or show again who one is. Returns a new key for this browser. A wrong code is counted before it
    is refused, and after five in a row the next waits.
    """
    with transaction() as s:
        step = s.get(SecondStep, user_id, with_for_update=True)
        if step is None:
            raise RuleBroken("no-second-step", "Your second step has been taken off. Sign in again.")  # fmt: skip
        if step.wait_until is not None and step.wait_until > clock.now():
            raise RuleBroken("second-step-waits", "That were five wrong codes. Wait a quarter of an hour, then try again.")  # fmt: skip
        right = _use_code(step, code) or _use_paper(s, user_id, code)
        if right:
            step.wrong, step.wait_until = 0, None
            key = sessions.passed(s, here)
            noted(Act.SECOND_STEP_PASSED, user_id)
        else:
            noted(Act.SIGN_IN_REFUSED, user_id, why="second-step")
            step.wrong += 1
            step.wait_until = clock.now() + WAIT if step.wrong % MOST_WRONG == 0 else None
    if not right:
        raise RuleBroken(
            "wrong-code",
            "That code is wrong, or has been used. Type the newest six digits that your telephone shows, or a recovery code that is not crossed out.",
        )
    return key


def new_codes(user_id: int) -> list[str]:
    """Recovery codes anew; those on the old paper are void."""
    with transaction() as s:
        user = s.get_one(User, user_id, with_for_update=True)
        if s.get(SecondStep, user_id) is None:
            raise RuleBroken("no-second-step", "You have no second step, so you need no recovery codes.")  # fmt: skip
        codes = _new_codes(s, user_id)
        noted(Act.SECOND_STEP_SET, user_id, what="codes")
        _tell(user, _l("You have new recovery codes"), _l("The old ones no longer work."))
    return codes


def turn_off(user_id: int) -> None:
    """Do without, for whoever need not have one."""
    with transaction() as s:
        user = s.get_one(User, user_id, with_for_update=True)
        if forget(s, user_id):
            noted(Act.SECOND_STEP_REMOVED, user_id)
            _tell(user, _l("Your second step is off"), _l("The portal does not ask for a code of your telephone any more."))  # fmt: skip


def reset(email: str, why: str, *, by: int | None = None) -> User:
    """Take somebody's second step off who lost telephone and paper. Everywhere the person is signed out, and hears why."""
    with transaction() as s:
        user = s.scalar(select(User).where(User.email == check_email(email)).with_for_update())
        if user is None or s.get(SecondStep, user.id) is None:
            raise RuleBroken("no-second-step", "Nobody with this address has a second step.")
        if by is not None and _acts_elsewhere(s, user.id):
            raise RuleBroken("role-elsewhere", "This person has a role in another area too. Ask whoever runs the portal.")  # fmt: skip
        if user.id == by:
            raise RuleBroken("own-second-step", "Somebody else must take your second step off. Your own page lets you change it.")  # fmt: skip
        forget(s, user.id)
        sessions.end_all(s, user.id)
        noted(Act.SECOND_STEP_REMOVED, user.id)
        _tell(
            user,
            _l("Your second step has been taken off"),
            _l(
                "An administrator has done it, and gave this reason: %(why)s\nSign in by letter, and set it up anew.",
                why=why,
            ),
        )
    return user


def _acts_elsewhere(s: Session, user_id: int) -> bool:
    """Whether somebody has a role in an area that this portal does not serve now: its administrators answer for that."""
    query = select(RoleGrant.id).where(
        RoleGrant.user_id == user_id, RoleGrant.area_id != current_area().id
    )
    return s.scalar(query.limit(1)) is not None


def forget(s: Session, user_id: int) -> bool:
    """Delete all of somebody's second step, in the running transaction. Whether there was one."""
    s.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    return bool(s.execute(delete(SecondStep).where(SecondStep.user_id == user_id)).rowcount)


def _counter(secret: str, code: str, *, after: int) -> int | None:
    """Which half minute a code is of, if it is right and later than the last that was taken."""
    typed = "".join(code.split())
    app = pyotp.TOTP(secret)
    now = app.timecode(clock.now())
    near = range(max(now - DRIFT, after + 1), now + DRIFT + 1)
    # Not any(): all are compared, so that the time it takes says nothing.
    right = [one for one in near if hmac.compare_digest(app.generate_otp(one).encode(), typed.encode())]  # fmt: skip
    return right[0] if right else None


def _use_code(step: SecondStep, code: str) -> bool:
    counter = _counter(secret_of(step.user_id, step.salt), code, after=step.last_counter)
    step.last_counter = counter or step.last_counter
    return counter is not None


def _use_paper(s: Session, user_id: int, code: str) -> bool:
    """Whether this is an unused recovery code; it is used now, and its owner hears of it."""
    typed = "".join(letter for letter in code.upper() if letter in LETTERS)
    mine = select(RecoveryCode).where(RecoveryCode.user_id == user_id)
    kept = list(s.scalars(mine.where(RecoveryCode.used_at.is_(None)).with_for_update()))
    if len(typed) != RECOVERY_LENGTH or not kept:
        return False
    made = _paper_hash(typed, kept[0].salt)
    one = next((one for one in kept if hmac.compare_digest(one.code_hash, made)), None)
    if one is None:
        return False
    one.used_at = clock.now()
    _tell(
        s.get_one(User, user_id),
        _l("A recovery code was used"),
        _l(
            "You have %(left)s left. Is your telephone gone? Then set up the second step with another one.",
            left=len(kept) - 1,
        ),
    )
    return True


def _new_codes(s: Session, user_id: int) -> list[str]:
    s.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    salt = new_salt()
    codes = [
        "".join(secrets.choice(LETTERS) for _n in range(RECOVERY_LENGTH))
        for _m in range(RECOVERY_CODES)
    ]
    s.add_all(
        RecoveryCode(user_id=user_id, salt=salt, code_hash=_paper_hash(code, salt))
        for code in codes
    )
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def _paper_hash(code: str, salt: str) -> str:
    return scrypt(code.encode(), salt=salt.encode(), **SCRYPT).hex()


def _tell(user: User, subject: LazyString, words: LazyString) -> None:
    notices.write(
        to=user.email,
        subject=subject,
        body=_l(
            "%(what)s\n\nWas it not you? Then sign in, sign out all other browsers on your page, and tell your broker:\n\n%(link)s",
            what=words,
            link=f"{current_app.config['BASE_URL']}/account",
        ),
        key=f"second-step:{user.id}:{secrets.token_hex(8)}",
    )
