"""What is on today: who comes where and when, and which keys should be back. For all who open or run a room."""

from typing import Any

from portal import clock
from portal.lettings.hosting import keys, week
from portal.lettings.hosting.access import holders_of, opened_by
from portal.people.models import User


def of(user: User) -> dict[str, Any] | None:
    """Today's arrivals in order, and the keys that are late; None for who has no room to look after."""
    if not holders_of(user) and not opened_by(user):
        return None
    arrivals = [visit for visit in week.visits(user) if visit.on == clock.today() and visit.stands]
    late = [loan for loan in keys.out_now(user) if keys.is_overdue(loan)]
    return {"arrivals": arrivals, "late": late, "day": clock.today()}
