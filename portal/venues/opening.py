"""Who lets people in, and when a holder lets nothing: kept by its officers and the broker. One function a user action."""

from collections.abc import Sequence
from datetime import date, time
from itertools import pairwise
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import clock
from portal.db import transaction
from portal.errors import RuleBroken
from portal.people.accounts import account_of
from portal.people.models import User
from portal.people.rules import check_email
from portal.register.rules import Opener
from portal.venues import queries, rules
from portal.venues.models import Closure, HolderTerm, Keyholder
from portal.venues.saying import Pen, held


class Opens(NamedTuple):
    """What is said of somebody who opens."""

    role: Opener
    name: str
    email: str = ""
    phone: str = ""
    days: tuple[int, ...] = ()
    until: time | None = None
    cost_pence: int = 0


def add_keyholder(by: int, asset_id: int, said: Opens) -> Keyholder:
    """Somebody opens a building, or one room of it. With an e-mail address they can sign in."""
    with held(by, asset_id) as pen:
        same = (one for one in queries.keyholders_of(asset_id) if _says(one) == said)
        if (again := next(same, None)) is not None:
            return again
        one = Keyholder(area_id=pen.asset.area_id, asset_id=asset_id)
        _write(pen.session, one, said)
        pen.session.add(one)
        _told_publicly(pen)
    return one


def change_keyholder(by: int, keyholder_id: int, said: Opens, *, shown: str) -> Keyholder:
    """What is said of somebody has changed. `shown`: queries.mark_of_keyholder of the page."""
    with held(by, _asset_of(by, keyholder_id)) as pen:
        one = queries.keyholder_for(pen.user, keyholder_id)
        if queries.mark_of_keyholder(one) != shown and _says(one) != said:
            raise RuleBroken(
                "changed-meanwhile",
                "Somebody has changed this since you opened the page. Look at it again; to put yours in place of theirs, send it again.",
            )
        _write(pen.session, one, said)
        _told_publicly(pen)
    return one


def remove_keyholder(by: int, keyholder_id: int) -> None:
    """Somebody does not open here any more. The row stays for the keys they had; name and numbers go."""
    with held(by, _asset_of(by, keyholder_id)) as pen:
        one = queries.keyholder_for(pen.user, keyholder_id)
        one.left_at = clock.now()
        one.name, one.email, one.phone, one.user_id = "", None, None, None
        _told_publicly(pen)


def add_terms(by: int, holder_id: int, terms: Sequence[tuple[str, date, date]]) -> int:
    """A holder's terms: one with the first day of a term that is known takes its place. Returns how many are new or other."""
    with transaction() as session:
        holder = queries.holder_for(session.get_one(User, by), holder_id)
        session.refresh(holder, with_for_update=True)
        known = {term.first: term for term in queries.terms_of(holder_id)}
        changed = 0
        for name, first, last in terms:
            rules.check_span(first, last)
            term = known.setdefault(first, HolderTerm(holder_id=holder_id, first=first))
            changed += (term.name, term.last) != (name, last)
            term.name, term.last = name, last
            session.add(term)
        _apart(list(known.values()))
    return changed


def remove_term(by: int, term_id: int) -> None:
    """A term that is not one."""
    with transaction() as session:
        session.delete(queries.term_for(session.get_one(User, by), term_id, locked=True))


def close(
    by: int, holder_id: int, asset_id: int | None, first: date, last: date, why: str
) -> Closure:
    """Nothing is let on these days: of the whole holder, or of one place. Lets that are there already stay.

    Twice is the same as once.
    """
    with transaction() as session:
        user = session.get_one(User, by)
        holder = queries.holder_for(user, holder_id)
        session.refresh(holder, with_for_update=True)
        rules.check_span(first, last)
        if asset_id is not None and queries.place_for(user, asset_id).holder_id != holder_id:
            raise RuleBroken("not-its-place", "That place belongs to another holder.")
        said = {"holder_id": holder_id, "asset_id": asset_id, "first": first, "last": last}
        closure = session.scalar(select(Closure).filter_by(**said))
        if closure is None:
            closure = Closure(**said, why=why, made_at=clock.now(), made_by_id=by)
            session.add(closure)
    return closure


def reopen(by: int, closure_id: int) -> int:
    """A closure is taken out: rooms can be asked for on these days again. Returns the holder's id."""
    with transaction() as session:
        closure = queries.closure_for(session.get_one(User, by), closure_id, locked=True)
        session.delete(closure)
        return closure.holder_id


def _asset_of(by: int, keyholder_id: int) -> int:
    with transaction() as session:
        return queries.keyholder_for(session.get_one(User, by), keyholder_id).asset_id


def _says(one: Keyholder) -> Opens:
    return Opens(
        one.role, one.name, one.email or "", one.phone or "", one.days, one.until, one.cost_pence
    )


def _write(session: Session, one: Keyholder, said: Opens) -> None:
    one.role, one.name, one.phone = said.role, said.name, said.phone or None
    one.days, one.until, one.cost_pence = said.days, said.until, said.cost_pence
    one.email = check_email(said.email) if said.email else None
    # For who signs in with that address: a link goes there and nowhere else.
    one.user = account_of(session, one.email) if one.email else None
    one.changed_at = clock.now()


def _told_publicly(pen: Pen) -> None:
    """The page of a place says what sort of person opens, as the list says it; never who."""
    pen.session.flush()
    roles = [one.role for one in queries.keyholders_of(pen.asset.id)]
    pen.say({"opener": roles[0] if roles else None})
    if not roles:
        pen.forget_source("opener")


def _apart(terms: Sequence[HolderTerm]) -> None:
    """Refuse terms that overlap: one of them has a wrong date."""
    ordered = sorted(terms, key=lambda term: term.first)
    for one, other in pairwise(ordered):
        if one.last >= other.first:
            raise RuleBroken(
                "terms-overlap",
                "%(one)s and %(other)s overlap. Check their first and last days.",
                one=one.name,
                other=other.name,
            )
