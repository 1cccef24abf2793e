"""Calendar feeds for a group, a holder, a keyholder: opened by a key in the address that only its person has."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from flask import current_app
from flask_babel import force_locale, ngettext
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, select

from portal import clock
from portal.areas.queries import current_area
from portal.config import FIRST_LANGUAGE
from portal.db import db, transaction
from portal.documents.calendar_file import Meeting, meetings
from portal.errors import NotFound
from portal.lettings.hosting import agenda, openers, rules, words
from portal.lettings.hosting.access import holders_of, lineage, opened_by, runs
from portal.lettings.hosting.models import CalendarKey
from portal.lettings.hosting.rules import Scope
from portal.lettings.models import Let, LetEvent, Occurrence
from portal.lettings.rules import Action
from portal.lettings.walltime import wall
from portal.lettings.words import clock as hour
from portal.people.access import group_ids
from portal.people.models import Group, Holder, User
from portal.people.queries import groups_of
from portal.people.service import hashed, new_token
from portal.register.models import Asset
from portal.register.rules import Kind
from portal.register.words import address

# What is said at the door changes nothing in a calendar.
ON_THE_DAY = (Action.CAME, Action.NOBODY_CAME)
BACK = timedelta(days=60)  # what is longer ago nobody looks up in a calendar


def offered_to(user: User) -> list[tuple[Scope, int, str]]:
    """The calendars somebody can follow: scope, its number, its name."""
    found = [(Scope.GROUP, group.id, group.name) for group in groups_of(user)]
    found += [(Scope.HOLDER, holder.id, holder.name) for holder in holders_of(user)]
    found += [(Scope.KEYHOLDER, 0, "")] if opened_by(user) else []
    return found


def may(user: User, scope: Scope, scope_id: int) -> bool:
    """Whether somebody may follow a calendar now: who has left a group or an office reads no more."""
    if scope is Scope.GROUP:
        return scope_id in group_ids(user)
    if scope is Scope.HOLDER:
        return runs(user, scope_id) and _holder(scope_id) is not None
    return scope_id == 0 and bool(opened_by(user))


def make(by: int, scope: Scope, scope_id: int) -> str:
    """A key for somebody's calendar, shown this once; the one there was opens nothing any more."""
    with transaction() as session:
        user = session.get_one(User, by, with_for_update=True)
        _check(user, scope, scope_id)
        row = key_of(user, scope, scope_id)
        if row is None:
            row = CalendarKey(
                area_id=current_area().id, user_id=user.id, scope=scope, scope_id=scope_id
            )
            session.add(row)
        token = new_token()
        row.key_hash, row.made_at = hashed(token), clock.now()
    return token


def stop(by: int, scope: Scope, scope_id: int) -> None:
    """The address opens nothing any more. Also somebody who has left may stop their own."""
    with transaction() as session:
        row = key_of(session.get_one(User, by, with_for_update=True), scope, scope_id)
        if row is None:
            raise NotFound(
                "no-calendar", "There is no such calendar, or it is not yours to follow."
            )
        row.key_hash = None


def key_of(user: User, scope: Scope, scope_id: int) -> CalendarKey | None:
    """Somebody's key of a calendar, stopped or not."""
    return db.session.scalar(
        select(CalendarKey).where(
            CalendarKey.area_id == current_area().id,
            CalendarKey.user_id == user.id,
            CalendarKey.scope == scope,
            CalendarKey.scope_id == scope_id,
        )
    )


def opened_with(token: str) -> CalendarKey:
    """What a key opens. Raises NotFound for one that is unknown or stopped, or whose person may read no more."""
    row = db.session.scalar(select(CalendarKey).where(CalendarKey.key_hash == hashed(token)))
    current = row is not None and row.area_id == current_area().id and row.user.is_active
    if row is None or not current or not may(row.user, row.scope, row.scope_id):
        raise NotFound("no-calendar", "There is no calendar at this address any more.")
    return row


def feed(key: CalendarKey) -> bytes:
    """The calendar as a file: the same bytes as long as nothing has changed."""
    with force_locale(FIRST_LANGUAGE):
        rooms = rooms_opened_by(key.user) if key.scope is Scope.KEYHOLDER else set()
        dates = _for(key, agenda.dates(_condition(key, rooms), since=clock.now() - BACK), rooms)
        changes = _changes({date.let_id for date in dates})
        told = [
            (_meeting(key, date, _of_date(date, changes), rooms), _changed(date, changes))
            for date in dates
        ]
        return meetings(told, name=name_of(key.scope, key.scope_id), lang=FIRST_LANGUAGE)


def name_of(scope: Scope, scope_id: int) -> str:
    """What a calendar is called; a group's has no name, because others look at phones too."""
    if scope is Scope.HOLDER and (holder := _holder(scope_id)):
        return _(words.SCOPES[scope], name=holder.name)
    if scope is Scope.GROUP:
        return _("Our room")
    return _(words.SCOPES[scope])


def _condition(key: CalendarKey, rooms: set[int]) -> ColumnElement[bool]:
    if key.scope is Scope.GROUP:
        return Let.group_id == key.scope_id
    if key.scope is Scope.HOLDER:
        return agenda.theirs((), [key.scope_id])
    return agenda.theirs(rooms, ())


def rooms_opened_by(user: User) -> set[int]:
    """All rooms that somebody opens: those named, and what is in the buildings and halls named."""
    found = opened_by(user)
    below = found
    while below:
        query = select(Asset.id).where(Asset.parent_id.in_(below), Asset.kind == Kind.ROOM)
        below = set(db.session.scalars(query)) - found
        found = found | below
    return found


def _for(key: CalendarKey, dates: list[Occurrence], rooms: set[int]) -> list[Occurrence]:
    """For a keyholder only the dates on their days; one that was moved out of their rooms is shown as given up."""
    if key.scope is not Scope.KEYHOLDER:
        return dates
    mine = set(openers.theirs(key.user, dates))
    return [date for date in dates if date in mine or date.room_id not in rooms]


def _in_scope(key: CalendarKey, room: Asset, rooms: set[int]) -> bool:
    """Whether a date's room is one that this calendar is about; a date that was moved elsewhere is given up here."""
    if key.scope is Scope.HOLDER:
        return room.holder_id == key.scope_id
    return key.scope is Scope.GROUP or room.id in rooms


def _meeting(
    key: CalendarKey, date: Occurrence, changes: list[LetEvent], rooms: set[int]
) -> Meeting:
    opening = agenda.opening(date)
    room, building = opening.room, list(lineage(opening.room))[-1]
    return Meeting(
        uid=f"date-{date.id}@{_host()}",
        starts=date.starts,
        ends=date.ends,
        summary=room.name if key.scope is Scope.GROUP else f"{room.name}: {agenda.who(date.let)}",
        place=", ".join(filter(None, (agenda.where(room), address(building)))),
        address=_address(key, date),
        words=_told(key, opening),
        sequence=len(changes),
        cancelled=not agenda.stands(date) or not _in_scope(key, room, rooms),
        tentative=rules.is_tentative(date.let.state),
    )


def _told(key: CalendarKey, opening: agenda.Opening) -> str:
    """For a group where it reads how to get in; for who opens from when to when, and for how many."""
    if key.scope is Scope.GROUP:
        return _("How to get in stands on the page of the let, from two days before.")
    people = opening.date.let.need.people
    return "\n".join(
        (
            _("Open from %(opens)s to %(closes)s.", opens=_hour(opening.opens), closes=_hour(opening.closes)),
            ngettext("%(num)s person", "%(num)s people", people),
        )
    )  # fmt: skip


def _hour(instant: datetime) -> str:
    return hour(wall(instant).time())


def _changes(let_ids: Iterable[int]) -> dict[int, list[LetEvent]]:
    """The steps of these lets that change what a calendar shows, in order."""
    query = select(LetEvent).where(LetEvent.let_id.in_(let_ids)).order_by(LetEvent.id)
    found: dict[int, list[LetEvent]] = {}
    for event in db.session.scalars(query):
        if event.action in ON_THE_DAY:
            continue
        if event.occurrence_id or rules.shown_as(event.before) != rules.shown_as(event.after):
            found.setdefault(event.let_id, []).append(event)
    return found


def _of_date(date: Occurrence, changes: dict[int, list[LetEvent]]) -> list[LetEvent]:
    events = changes.get(date.let_id, [])
    return [event for event in events if event.occurrence_id in (None, date.id)]


def _changed(date: Occurrence, changes: dict[int, list[LetEvent]]) -> datetime:
    """When a date last changed: steps are only ever added, so this and their number only rise."""
    return max((event.at for event in _of_date(date, changes)), default=date.let.asked_at)


def _address(key: CalendarKey, date: Occurrence) -> str:
    return _base() + ("/hosting/week" if key.scope is Scope.KEYHOLDER else f"/lets/{date.let_id}")


def _base() -> str:
    return current_app.config["BASE_URL"]


def _host() -> str:
    return urlsplit(_base()).hostname or "portal"


def _holder(holder_id: int) -> Holder | None:
    holder = db.session.get(Holder, holder_id)
    return holder if holder and holder.area_id == current_area().id else None


def _check(user: User, scope: Scope, scope_id: int) -> None:
    group = db.session.get(Group, scope_id) if scope is Scope.GROUP else None
    elsewhere = group is not None and group.area_id != current_area().id
    if elsewhere or not may(user, scope, scope_id):
        raise NotFound("no-calendar", "There is no such calendar, or it is not yours to follow.")


def titled(scope: Scope, name: str) -> str:
    """What somebody's page calls a calendar."""
    return _(words.SCOPES[scope], name=name) if name else _(words.SCOPES[scope])


def address_of(token: str) -> str:
    """Where a key opens its feed."""
    return f"{_base()}/calendar/{token}.ics"
