"""Which lets a holder's closure meets. It does not cancel them: somebody who knows the group does, date by date."""

from collections.abc import Iterator, Sequence
from datetime import date, time, timedelta

from flask import url_for
from flask_babel import ngettext
from sqlalchemy import func, select

from portal.db import db
from portal.lettings import walltime
from portal.lettings.models import Let, Occurrence
from portal.lettings.rules import LIVE, OccurrenceState
from portal.register.doors import Door
from portal.venues.doors import agreed


@agreed
def lets_on(room_ids: Sequence[int], first: date, last: date) -> Iterator[Door]:
    """The lets with dates in these rooms on these days, each with how many."""
    since, until = (
        walltime.instants(day, time(), time(1))[0] for day in (first, last + timedelta(days=1))
    )
    query = (
        select(Let.id, func.count(Occurrence.id))
        .join(Occurrence, Occurrence.let_id == Let.id)
        .where(
            Let.state.in_(LIVE),
            Occurrence.state == OccurrenceState.PLANNED,
            Occurrence.starts < until,
            Occurrence.ends > since,
            func.coalesce(Occurrence.other_room_id, Let.room_id).in_(room_ids),
        )
        .group_by(Let.id)
        .order_by(Let.id)
    )
    for let_id, count in db.session.execute(query):
        let = db.session.get_one(Let, let_id)
        dates = ngettext("%(num)s date", "%(num)s dates", count)
        yield Door(
            let.group.name, url_for("lettings.let", let_id=let.id), f"{let.room.name}, {dates}"
        )
