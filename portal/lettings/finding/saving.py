"""Needs that are kept: save, change, stop; and what the clock does: look when something changed, write once a room.

Only its owner ever sees a need; who gave a room up is told to nobody.
"""

import secrets
from dataclasses import asdict, replace
from datetime import datetime

from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal import clock
from portal.areas.queries import current_area
from portal.db import db, transaction
from portal.errors import NotFound, RuleBroken
from portal.lettings import queries, search
from portal.lettings.finding import letters
from portal.lettings.finding.models import SavedNeed, SavedNeedRoom
from portal.lettings.models import HoldChange, Need
from portal.lettings.rules import Wish
from portal.lettings.walltime import instants
from portal.notices import service as notices
from portal.people.models import User
from portal.register.models import RegisterState
from portal.venues.models import RoomsState

MOST = 10  # needs of one person


def mine(user_id: int) -> list[SavedNeed]:
    """What somebody has saved, the newest first."""
    query = select(SavedNeed).where(
        SavedNeed.user_id == user_id, SavedNeed.area_id == current_area().id
    )
    return list(db.session.scalars(query.order_by(SavedNeed.id.desc())))


def one_of(user_id: int, saved_id: int) -> SavedNeed:
    """A need of somebody's own. Raises NotFound, for others' needs too."""
    saved = db.session.get(SavedNeed, saved_id)
    if saved is None or saved.user_id != user_id or saved.area_id != current_area().id:
        raise NotFound("no-need", "There is no such need here. It may have been stopped.")
    return saved


def save(by: int, wish: Wish, saved_id: int | None = None) -> SavedNeed:
    """Keep a need, or change the one of that key. The same need twice is kept once."""
    known = [match.room.id for match in search.find(current_area(), wish).matches]
    with transaction() as session:
        session.get_one(User, by, with_for_update=True)  # two clicks come one after the other
        others = mine(by)
        if saved_id is not None:
            saved = one_of(by, saved_id)
            session.get(SavedNeed, saved_id, with_for_update=True)
            for name, value in asdict(wish).items():
                setattr(saved.need, name, value)
        elif (
            same := next((s for s in others if queries.wish_of(s.need) == wish), None)
        ) is not None:
            return same
        else:
            saved = _new(session, by, wish, len(others))
        saved.looked, saved.looked_at = "", clock.now()
        saved.told = [SavedNeedRoom(room_id=room_id) for room_id in known]
    return saved


def _new(session: Session, by: int, wish: Wish, others: int) -> SavedNeed:
    if others >= MOST:
        raise RuleBroken(
            "too-many-needs",
            "You have saved %(most)s needs, which is as many as we look after. Stop one of them first.",
            most=MOST,
        )
    now, area_id = clock.now(), current_area().id
    saved = SavedNeed(
        area_id=area_id,
        user_id=by,
        need=Need(**asdict(wish), area_id=area_id, created_at=now),
        token=secrets.token_urlsafe(32),
        since=now,
        looked_at=now,
    )
    session.add(saved)
    session.flush()
    return saved


def stop(by: int, saved_id: int) -> None:
    """Its owner needs no more letters; nothing of the need is kept, nor the letters about it."""
    with transaction() as session:
        session.get(SavedNeed, saved_id, with_for_update=True)
        _end(session, one_of(by, saved_id))


def leave(token: str) -> None:
    """The same by the link in a letter. One that has ended already is what was wanted."""
    query = select(SavedNeed).where(
        SavedNeed.token == token, SavedNeed.area_id == current_area().id
    )
    with transaction() as session:
        if (saved := session.scalar(query.with_for_update(of=SavedNeed))) is not None:
            _end(session, saved)


def _end(session: Session, saved: SavedNeed) -> None:
    notices.forget(letters.key_of(saved))
    need = saved.need
    session.delete(saved)
    session.flush()
    session.delete(need)


def tick() -> int:
    """Look for every need since whose last look something has changed. Returns how many letters were written."""
    area_id, now = current_area().id, _as_it_stands()
    query = select(SavedNeed.id).where(SavedNeed.area_id == area_id, SavedNeed.looked != now)
    written = 0
    for saved_id in list(db.session.scalars(query.order_by(SavedNeed.id))):
        try:
            written += _look(saved_id, now)
        except Exception:  # one need must not silence the others
            current_app.logger.exception("tick: need %s", saved_id)
    return written


def _as_it_stands() -> str:
    """What changes when a room may have become free: holds, rooms and what is said of them, and the day."""
    area_id = current_area().id
    holds = select(func.count(), func.coalesce(func.sum(HoldChange.at), 0))
    numbers = [
        *db.session.execute(holds).one(),
        db.session.scalar(select(RoomsState.at).where(RoomsState.area_id == area_id)),
        db.session.scalar(select(RegisterState.version).where(RegisterState.area_id == area_id)),
    ]
    return " ".join(str(int(n or 0)) for n in numbers) + f" {clock.today()}"


def _look(saved_id: int, now: str) -> bool:
    """Tell one need's owner of rooms that are news; the letter and what is known by it are one step."""
    saved = db.session.get(SavedNeed, saved_id)
    if saved is None:
        return False
    wish = ahead(queries.wish_of(saved.need), clock.now())
    found = search.find(current_area(), wish).matches if wish else ()
    with transaction() as session:
        saved = session.get(SavedNeed, saved_id, with_for_update=True, populate_existing=True)
        if saved is None or saved.looked == now:
            return False  # stopped, or another clock was quicker
        if wish is None or saved.user.closed_at is not None:
            _end(session, saved)
            return False
        known = {told.room_id for told in saved.told}
        news = [match for match in found if match.room.id not in known]
        if (
            news and ahead(queries.wish_of(saved.need), clock.now()) == wish
        ):  # not changed meanwhile
            letters.of_rooms(saved, wish, news)
            saved.told += [SavedNeedRoom(room_id=match.room.id) for match in news]
        saved.looked, saved.looked_at = now, clock.now()
        return bool(news)


def ahead(wish: Wish, now: datetime) -> Wish | None:
    """The need from its first date that has not begun; None when all have gone by."""
    left = [d for d in search.dates_of(wish) if instants(d, wish.starts, wish.ends)[0] > now]
    return replace(wish, first=left[0]) if left else None
