"""Watch, confirm, change, leave; and what the clock does. One function a user action."""

import secrets
from datetime import datetime
from hashlib import sha256

from flask import current_app
from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.exc import IntegrityError

from portal import clock
from portal.areas.queries import current_area
from portal.db import db, transaction
from portal.errors import NotFound
from portal.notices import service as notices
from portal.people.queries import user_by_email
from portal.people.rules import check_email
from portal.watches import letters, queries, words
from portal.watches.models import Watch
from portal.watches.queries import Told
from portal.watches.rules import (
    MOST,
    SETTLED,
    SILENCE,
    STILL_WANTED,
    UNCONFIRMED,
    Often,
    next_due,
)


def ask(email: str, query: str, often: Often) -> None:
    """Somebody asks for letters about a search. Whatever is known of the address, only it learns what came of it."""
    email = check_email(email)
    with transaction() as session:
        key = {
            "area_id": current_area().id,
            "email": email,
            "query_hash": sha256(query.encode()).hexdigest(),
        }
        watch = session.scalar(select(Watch).filter_by(**key))
        known = queries.of_address(email)
        if watch is None and len(known) >= MOST:
            letters.of_too_many(email, known)
            return
        watch = watch or _new(session, query, often, **key)
        if watch.confirmed_at is None:
            watch.asked_at, watch.often = clock.now(), often
        letters.of_asking(watch)


def _new(session, query: str, often: Often, **key) -> Watch:
    now = clock.now()
    watch = Watch(
        **key,
        token=secrets.token_urlsafe(32),
        query=query,
        often=often,
        asked_at=now,
        touched_at=now,
        looked_at=now,
        due_at=now,
    )
    try:
        with session.begin_nested():
            session.add(watch)
    except IntegrityError:  # pressed twice: the other was quicker
        return session.scalars(select(Watch).filter_by(**key)).one()
    return watch


def keep(token: str, often: Often) -> None:
    """Confirm the address, or change how often; both say that the letters are wanted."""
    with transaction() as session:
        watch = session.get(Watch, queries.by_token(token).id, with_for_update=True)
        if watch is None:
            raise NotFound("no-watch", "This watch has ended. You get no letters from it.")
        now = clock.now()
        if watch.confirmed_at is None:
            watch.confirmed_at = watch.looked_at = now
        watch.often, watch.touched_at, watch.asked_again_at = often, now, None
        watch.due_at = next_due(now, often, clock.LONDON)
        notices.read_in(watch.email)


def leave(token: str) -> None:
    """End a watch and forget the address, in its letters too. One that has ended already is what was wanted."""
    if queries.TOKEN.fullmatch(token):
        with transaction() as session:
            _end(session, Watch.token == token)


def _end(session, which: ColumnElement[bool]) -> None:
    for watch in session.scalars(select(Watch).where(which).with_for_update()):
        notices.forget(letters.key_of(watch))
        session.delete(watch)
        session.flush()
        if user_by_email(watch.email) is None and not queries.of_address(watch.email):
            notices.forget_mailbox(watch.email)


def tick() -> int:
    """Write the digests that are due and forget what was never confirmed; returns how many letters were written."""
    area, now = current_area(), clock.now()
    _forget(area.id, now)
    _doubt(area.id, now)
    due = queries.due(area.id, now)
    if not due:
        return 0
    until = now - SETTLED
    news = queries.news(area.id, min(watch.looked_at for watch in due), until)
    written = 0
    for watch_id in [watch.id for watch in due]:
        try:
            written += _look(watch_id, news, until)
        except Exception:  # one watch must not silence the others
            current_app.logger.exception("tick: watch %s", watch_id)
    return written


def _look(watch_id: int, news: Told, until: datetime) -> bool:
    """Tell one watch what is new since it last looked; its letter and its next look are one step."""
    watch = db.session.get(Watch, watch_id)
    if watch is None:
        return False
    form = words.read(current_area(), watch.query)
    found, total = queries.fitting(current_area(), form.search(), news, watch.looked_at)
    with transaction() as session:
        watch = session.get(Watch, watch_id, with_for_update=True)
        if watch is None or watch.due_at > clock.now():
            return False  # another clock was quicker, or its watcher has just spoken
        if form.errors_read:
            letters.of_loss(watch)
            session.delete(watch)
            return True
        shown = queries.shown(found)
        if shown:
            letters.of_news(watch, shown, total - len(found))
        watch.looked_at = max(watch.looked_at, until)
        watch.due_at = next_due(clock.now(), watch.often, clock.LONDON)
        return bool(shown)


def _forget(area_id: int, now: datetime) -> None:
    """An address that nobody confirmed is not kept, nor one that did not answer whether it still wants letters."""
    over = or_(
        (Watch.confirmed_at.is_(None)) & (Watch.asked_at <= now - UNCONFIRMED),
        Watch.asked_again_at <= now - SILENCE,
    )
    over &= Watch.area_id == area_id
    if db.session.scalar(select(Watch.id).where(over).limit(1)) is not None:
        with transaction() as session:
            _end(session, over)


def _doubt(area_id: int, now: datetime) -> None:
    """Ask who has not said a word for two years."""
    query = select(Watch).where(
        Watch.area_id == area_id,
        Watch.confirmed_at.is_not(None),
        Watch.asked_again_at.is_(None),
        Watch.touched_at <= now - STILL_WANTED,
    )
    if db.session.scalar(query.limit(1)) is None:
        return
    with transaction() as session:
        for watch in session.scalars(query.with_for_update()):
            letters.of_doubt(watch)
            watch.asked_again_at = now
