"""How the demonstration's rooms are kept: who opens, how one gets in, what is agreed in advance; and a round that is open."""

from datetime import date, time, timedelta

from sqlalchemy import select

from portal import clock
from portal.areas.queries import current_area
from portal.db import db
from portal.demo import cast
from portal.lettings.hosting import entry, standing
from portal.lettings.hosting.access import lineage
from portal.lettings.hosting.rules import Approval
from portal.lettings.rules import ACCESS, Insurance
from portal.register.models import Asset
from portal.register.rules import Kind, Opener
from portal.rounds import asking, choosing
from portal.rounds import service as rounds
from portal.venues import opening

SMALL_GROUP = 10
WEEKDAYS = (0, 1, 2, 3, 4)
# Who asks in the round, and for which times of the week.
WISHES = (
    (cast.STROKE, 14, ((3, time(18), time(20)), (1, time(18), time(20)))),
    (cast.GARDEN, 12, ((3, time(18, 30), time(20)),)),
    (cast.YOUTH, 20, ((3, time(18), time(20)), (2, time(18), time(20)), (0, time(18), time(20)))),
)


def stories():
    """(days ago, story)."""
    yield 165, kept()
    yield 9, a_round()


def kept():
    """One building with rooms has somebody who opens it, words on the way in, and a holder who agrees to small groups."""
    by, place = cast.user(cast.BROKER).id, _building()
    if place is not None:
        said = opening.Opens(
            Opener.KEYHOLDER,
            cast.KEYHOLDER.name,
            cast.KEYHOLDER.email,
            "01632 960 123",
            until=time(22),
        )
        opening.add_keyholder(by, place.id, said)
        words = "The key is in the small safe beside the back door. Its code changes each month: ask Nesta. The alarm is off until 22:00."
        entry.write(by, place.id, words=words, version=0)
        rule = Approval(most_people=SMALL_GROUP, most_pence=0, days=WEEKDAYS)
        standing.add(by, place.holder_id, rule)
        year = clock.today().year
        for first in (date(year, 12, 24), date(year + 1, 12, 24)):
            why = "Closed over Christmas and the new year."
            opening.close(by, place.holder_id, place.id, first, first + timedelta(days=9), why)
    yield 0


def _building():
    """The one with the most rooms; a room that stands alone where no building has any."""
    rooms = select(Asset).where(Asset.area_id == current_area().id, Asset.kind == Kind.ROOM)
    found = [list(lineage(room))[-1] for room in db.session.scalars(rooms.order_by(Asset.id))]
    return max(found, key=lambda place: (found.count(place), -place.id), default=None)


def a_round():
    """Groups can ask for the term after next month's end; three have done so."""
    first = (clock.today() + timedelta(days=62)).replace(day=1)
    last = first + timedelta(days=88)
    by = cast.user(cast.BROKER).id
    closes = clock.today() + timedelta(days=20)
    name = f"Rooms from {first:%B} to {last:%B %Y}"
    there = rounds.open_round(by, name=name, first=first, last=last, closes_on=closes)
    round_id = there.id
    for who, people, times in WISHES:
        yield 1
        _asks(round_id, who, people, times)


def _asks(round_id, who, people, times):
    by, group_id = cast.user(who.organiser).id, cast.group(who).id
    need = dict.fromkeys(ACCESS, False) | {
        "people": people, "facilities": (), "lon": None, "lat": None, "near": "", "within_m": 5000,
        "max_pence": 2_000, "step_free": who is cast.STROKE,
    }  # fmt: skip
    terms = {"times": 1, "insurance": Insurance.VENUE, "safeguarding": True}
    request_id = asking.ask(by, round_id, group_id, need=need, **terms).id
    for at in times:
        request = db.session.get_one(asking.Request, request_id)
        for match in choosing.rooms_at(request, at)[:2]:
            asking.add_wish(by, request_id, match.room.id, *at)
