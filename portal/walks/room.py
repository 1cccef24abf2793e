"""The worked example of a room, from first day to last: a stroke group meets on Thursdays, February to May.

Played through the services that the pages call, on a moving clock, in the empty database of the caller's context.
"""

from datetime import date, time, timedelta
from typing import Any

import shapely

from portal import clock
from portal.areas.models import Area, Postcode
from portal.areas.queries import current_area, postcode_of
from portal.db import db, transaction
from portal.lettings import queries, search, service, table, walltime, words
from portal.lettings.models import Let
from portal.lettings.paying import deposits
from portal.lettings.rules import Insurance, LetState, OccurrenceState, Wish
from portal.money.rules import Paid
from portal.people import queries as people
from portal.people import service as people_service
from portal.people.models import Holder, User
from portal.people.rules import GroupKind, HolderKind, Role
from portal.register.models import Asset
from portal.register.rules import Kind, LocatedBy, Opener, Status, name_key, tokens

THURSDAY = 3
FEBRUARY, MAY = 2, 5
DEPOSIT = 20_00
# Where the group is, and how far to the north of it the rooms lie, in degrees: 0.4 km, 1.1 km, 1.6 km and 4.4 km.
LON, LAT, POSTCODE = -2.32, 53.42, "ZZ11AA"
ROOMS = (
    # name, degrees north, what differs
    ("Garden room, Northgate Library", 0.0036, {"capacity": 30}),
    ("Small hall, Lime Street Centre", 0.0099, {"capacity": 18, "hearing_loop": True}),
    ("Attic studio, The Old Mill", 0.0144, {"step_free": False}),
    ("Music room, Far Lane School", 0.0396, {}),
)


def walk_room(first_day: date) -> dict[str, Any]:
    """Play it all; `first_day` is any day, the term begins with the next first of February."""
    _go_to(first_day)
    organiser, broker = _set_up()
    wish = _wish(first_day)
    group = people_service.start_group(
        organiser.id, name="Stroke recovery group", kind=GroupKind.UNCONSTITUTED, private=True
    )
    group_id, organiser_id, broker_id = group.id, organiser.id, broker.id
    found = search.find(current_area(), wish)
    first = found.dates[0]  # however near that is, the broker is quicker
    best = found.matches[0]
    let_id = service.ask(
        organiser_id,
        best.room.id,
        group_id,
        wish,
        insurance=Insurance.VENUE,
        safeguarding=True,
        note="; ".join(words.say(reason) for reason in best.reasons),
    ).id
    _go_to(min(first_day + timedelta(days=1), first), time(11))
    service.approve(broker_id, let_id, deposit_pence=DEPOSIT)
    _go_to(min(first_day + timedelta(days=3), first), time(12))
    deposits.record_deposit(broker_id, let_id, paid_by=Paid.CASH)
    outcome = _let(let_id).state
    days = sorted(o.on for o in _let(let_id).occurrences)
    for day in (*days, days[-1] + timedelta(days=1)):
        _go_to(day, time(23))
        service.tick()
    deposits.return_deposit(broker_id, let_id)
    return _story(let_id, outcome)


def _go_to(day: date, at: time = time(10)) -> None:
    clock.move_to(walltime.instants(day, at, time(23, 59))[0])


def _wish(first_day: date) -> Wish:
    """Thursdays 18:00 to 20:00 from the next first of February to the end of May, nothing to pay with."""
    year = first_day.year + (first_day > date(first_day.year, FEBRUARY, 1))
    place = postcode_of(current_area(), POSTCODE)
    assert place is not None  # noqa: S101 - `_set_up` made it
    return Wish(
        weekday=THURSDAY,
        starts=time(18),
        ends=time(20),
        first=date(year, FEBRUARY, 1),
        last=date(year, MAY, 31),
        people=15,
        step_free=True,
        lon=place.lon,
        lat=place.lat,
        near="ZZ1 1AA",
        within_m=3000,
        max_pence=0,
    )


def _set_up() -> tuple[User, User]:
    """An area with a postcode, a holder with four rooms, a broker and an organiser."""
    with transaction() as session:
        area = Area(slug="walk", name="Walk", profile="pilot_compact")
        session.add(area)
        session.flush()
        session.add(Postcode(area_id=area.id, code=POSTCODE, lon=LON, lat=LAT))
        holder = Holder(area_id=area.id, name="Walk Council", kind=HolderKind.COUNCIL)
        session.add(holder)
        session.flush()
        session.add_all(_room(holder, number, *row) for number, row in enumerate(ROOMS))
    people.forget_area()
    broker = people_service.give_role("broker@walk.example", Role.BROKER, name="Dev")
    token = people_service.make_link("ruth@walk.example").rpartition("/")[2]
    organiser, _target = people_service.use_link(token)
    return organiser, broker


def _room(holder: Holder, number: int, name: str, north: float, values: dict[str, Any]) -> Asset:
    defaults = {
        "capacity": 24,
        "step_free": True,
        "hire_hours": "Mo-Fr 17:00-22:00",
        "public_hours": "Mo-Fr 09:00-17:00; PH off",
        "opener": Opener.KEYHOLDER,
    }
    return Asset(
        area_id=holder.area_id,
        holder_id=holder.id,
        kind=Kind.ROOM,
        status=Status.UNDER_USED,
        code=f"R{number}",
        name=name,
        words=" ".join(tokens(name)),
        name_key=name_key(name),
        shape=shapely.Point(LON, LAT + north),
        located_by=LocatedBy.COORDINATES,
        created_at=clock.now(),
        changed_at=clock.now(),
        **defaults | values,
    )


def _let(let_id: int) -> Let:
    return db.session.get_one(Let, let_id)


def _story(let_id: int, outcome: LetState) -> dict[str, Any]:
    let = _let(let_id)
    return {
        "track": "room",
        "outcome": outcome.value,
        "due": {"holder_response": None, "representations_close": None, "decision": None},
        "steps": [
            {
                "on": walltime.wall(event.at).date().isoformat(),
                "state": event.after.value,
                "role": event.role.value,
                "action": event.action.value,
                "why": event.why or table.told(event.before, event.action, event.after),
                "clause": event.clause,
            }
            for event in queries.steps_of(let_id)
        ],
        "occurrences": [
            {
                "starts": walltime.wall(o.starts).isoformat(),
                "ends": walltime.wall(o.ends).isoformat(),
            }
            for o in let.occurrences
            if o.state is OccurrenceState.PLANNED
        ],
    }
