"""What the rounds' tests need: a round of the spring, and groups that ask in it."""

from datetime import date, time

from portal.lettings.rules import ACCESS, Insurance
from portal.rounds import asking, service
from tests.lettings import make

FIRST, LAST = date(2026, 4, 1), date(2026, 6, 30)  # Wednesday to Tuesday
EVENING = (time(18), time(20))
NEED = {
    "people": 15, "facilities": (), "lon": make.LON, "lat": make.LAT, "near": "M33 2AA", "within_m": 3000,
    "max_pence": 0, **dict.fromkeys(ACCESS, False),
}  # fmt: skip


def spring(here, **values):
    """A round that is open for some weeks yet."""
    said = {"name": "Spring", "first": FIRST, "last": LAST, "closes_on": date(2026, 3, 20)}
    return service.open_round(here.ids.broker, **said | values)


def asked(by, group_id, round_id, *wishes, times=1, **need):
    """A request with its wishes: (room, weekday) or (room, weekday, starts, ends)."""
    request = asking.ask(
        by,
        round_id,
        group_id,
        need=NEED | need,
        times=times,
        insurance=Insurance.VENUE,
        safeguarding=True,
    )
    for room, weekday, *at in wishes:
        asking.add_wish(by, request.id, room.id, weekday, *(at or EVENING))
    return request


def proposed(here, round_id):
    """Closed and solved."""
    service.close(here.ids.broker, round_id)
    return service.propose(here.ids.broker, round_id)
