"""Today and this week, for who opens: which room, from when to when, how many people, whom to ask, which keys are out."""

from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from flask_babel import gettext as _
from sqlalchemy import select

from portal import clock
from portal.db import db
from portal.fields import PARTS
from portal.lettings import walltime
from portal.lettings.hosting import agenda, keys, openers
from portal.lettings.hosting.access import holders_of, opened_by
from portal.lettings.hosting.feeds import rooms_opened_by
from portal.lettings.hosting.models import KeyLoan
from portal.lettings.hosting.openers import Openers
from portal.lettings.models import Occurrence
from portal.lettings.words import clock as hour
from portal.people.models import User
from portal.register.models import Asset

DAYS = 7


class Visit(NamedTuple):
    """One date as whoever opens sees it; a private group's name is not part of it."""

    date: Occurrence
    on: date
    where: str
    opens: datetime
    closes: datetime
    stands: bool  # otherwise it was given up: nobody comes
    who: str
    contact: str
    people: int
    keys: list[KeyLoan]  # that are out
    suggested: dict[str, object]
    openers: str  # who is named to open, by name
    nobody: bool  # the building is closed then, and nobody named comes

    @property
    def hours(self) -> str:
        """17:45 to 20:15: when the door is open, on the wall."""
        opens, closes = (hour(walltime.wall(at).time()) for at in (self.opens, self.closes))
        return _("%(starts)s to %(ends)s", starts=opens, ends=closes)

    @property
    def given(self) -> dict[str, object]:
        """What the form of a key sends, so that one tap is enough: the key of last time, unless it is out."""
        what = self.suggested.get("key_what")
        if not what or what in [loan.what for loan in self.keys]:
            return {}
        due: date = self.suggested["key_due"]  # type: ignore[assignment]
        parts = {f"key_due-{part}": getattr(due, part) for part in PARTS}
        return {name: self.suggested[name] for name in ("key_what", "key_to")} | parts


def visits(user: User) -> list[Visit]:
    """The dates from today on for a week in the rooms that somebody runs, and those for which they open, in order."""
    rooms = rooms_opened_by(user)
    holders = {holder.id for holder in holders_of(user)}
    since = walltime.instants(clock.today(), time(), time(1))[0]
    until = walltime.instants(clock.today() + timedelta(days=DAYS), time(), time(1))[0]
    found = [
        date
        for date in agenda.dates(agenda.theirs(rooms, holders), since=since, until=until)
        if (room := date.room).id in rooms or room.holder_id in holders
    ]
    who = dict(zip((date.id for date in found), openers.of(found), strict=True))
    found = [
        date
        for date in found
        if date.room.holder_id in holders or openers.comes(user, who[date.id])
    ]
    loans = keys.of_lets({date.let_id for date in found})
    asked_by = {date.let.asked_by_id for date in found}
    people = db.session.execute(select(User.id, User.name).where(User.id.in_(asked_by)))
    names = dict(people.all())
    return [
        _visit(date, loans.get(date.let_id, []), names.get(date.let.asked_by_id), who[date.id])
        for date in found
    ]


def _visit(date: Occurrence, loans: list[KeyLoan], name: str | None, who: Openers) -> Visit:
    opening, let = agenda.opening(date), date.let
    on = walltime.wall(date.starts).date()
    return Visit(
        date=date,
        on=on,
        where=agenda.where(opening.room),
        opens=opening.opens,
        closes=opening.closes,
        stands=agenda.stands(date),
        who=agenda.who(let),
        contact=(name or "").split(" ")[0],  # no family name, no address
        people=let.need.people,
        keys=[loan for loan in loans if loan.back_at is None],
        suggested=keys.suggested(let, loans) if on == clock.today() else {},
        openers=", ".join(one.name for one in who.who),
        nobody=who.nobody,
    )


def by_day(user: User) -> list[tuple[date, list[Visit]]]:
    """The visits of each day that has any; today also without."""
    days: dict[date, list[Visit]] = {clock.today(): []}
    for visit in visits(user):
        days.setdefault(visit.on, []).append(visit)
    return sorted(days.items())


def places(user: User) -> list[Asset]:
    """The places that somebody opens, to write how one gets in."""
    found = (db.session.get(Asset, place_id) for place_id in opened_by(user))
    return sorted((place for place in found if place is not None), key=lambda place: place.name)
