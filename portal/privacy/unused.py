"""Accounts that nobody has used for years: a letter first, and a month later they end as if their owner had asked for it."""

from datetime import date, datetime, time, timedelta

from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal import clock
from portal.areas.queries import current_area
from portal.audit.rules import Act
from portal.audit.service import note
from portal.db import db, transaction
from portal.notices.service import write
from portal.people.models import User
from portal.people.rules import Role
from portal.privacy import blocks, erasing
from portal.privacy.models import AccountWarning
from portal.privacy.person import Person
from portal.privacy.terms import WARNED_DAYS


def tick(last_day: date) -> int:
    """Warn those who have not signed in since that day; end the accounts of those who did not answer. Returns how many."""
    return sum(_safely(user_id, last_day) for user_id in _unused(last_day))


def _end(last_day: date) -> datetime:
    return datetime.combine(last_day + timedelta(days=1), time(), tzinfo=clock.LONDON)


def _unused(last_day: date) -> list[int]:
    """Whoever is not to be erased yet, because a group depends on them, is looked at again each time, and costs little."""
    used = func.coalesce(User.signed_in_at, User.created_at)
    query = select(User.id).where(User.closed_at.is_(None), used < _end(last_day))
    return list(db.session.scalars(query.order_by(User.id)))


def _safely(user_id: int, last_day: date) -> int:
    """Each account in its own transaction; one that is broken must not keep the others."""
    try:
        with transaction() as session:
            user = session.get_one(User, user_id, with_for_update=True)
            used = user.signed_in_at or user.created_at
            if user.closed_at is not None or used >= _end(last_day):
                return 0
            return _act(session, user)
    except Exception:
        current_app.logger.exception("tick: account %s", user_id)
        return 0


def _act(session: Session, user: User) -> int:
    warning = session.get(AccountWarning, user.id)
    if warning is None or warning.warned_on < (user.signed_in_at or user.created_at).date():
        return _warn(session, user, warning)
    if warning.warned_on + timedelta(days=WARNED_DAYS) > clock.today():
        return 0
    person = Person.of(user)
    if blocks.of(person):
        return 0
    erasing.erase(session, person)
    about = ("user_account", user.id)
    note(Act.DATA_ERASED, area_id=current_area().id, by=None, role=Role.PORTAL, about=about)
    return 1


def _warn(session: Session, user: User, warning: AccountWarning | None) -> int:
    session.add(warning := warning or AccountWarning(user_id=user.id))
    warning.warned_on = clock.today()
    write(
        to=user.email,
        subject=_l("Your account with %(name)s will end", name=current_area().product_name),
        body=_l(
            "You have not signed in for three years. We do not keep what nobody needs, so your account ends in %(days)s days.\n\n"
            "If you want to keep it, sign in once:\n\n%(link)s\n\nIf not, do nothing.",
            days=WARNED_DAYS,
            link=f"{current_app.config['BASE_URL']}/sign-in",
        ),
        key=f"unused:{user.id}:{clock.today()}",
    )
    return 1
