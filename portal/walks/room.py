"""The worked example of a room, from first day to last: a stroke group meets on Thursdays, February to May.

Played through the services that the pages call, on a moving clock, in the empty database of the caller's context.
"""

from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any, NamedTuple

import shapely
from sqlalchemy import select

from portal import clock
from portal.areas.models import Area, Postcode
from portal.areas.queries import current_area, postcode_of
from portal.db import db, transaction
from portal.lettings import queries, search, service, table, walltime, words
from portal.lettings.dates import queries as reads
from portal.lettings.dates import service as dates
from portal.lettings.dates import waiting
from portal.lettings.dates.tick import tick as dates_tick
from portal.lettings.finding import offers
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
from portal.rounds import asking, publishing
from portal.rounds import service as rounds

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


class Stage(NamedTuple):
    """Who plays: the organiser of the stroke group, the broker, and the group."""

    organiser_id: int
    broker_id: int
    group_id: int


def walk_room(
    first_day: date,
    *,
    repair: bool = False,
    waiting_list: bool = False,
    round: bool = False,  # noqa: A002 - as it is said on the command line
) -> dict[str, Any]:
    """Play it all; `first_day` is any day, the term begins with the next first of February.

    `repair`: no room is free on all dates, so two of them are in another. `waiting_list`: another group has the room
    and gives two dates back. `round`: three groups ask, and all rooms are given out at once.
    """
    _go_to(first_day)
    stage = _set_up()
    wish = _wish(first_day)
    if waiting_list:
        return _waiting(stage, wish, first_day)
    let_id = _in_a_round(stage, wish, first_day) if round else _asked(stage, wish, repair=repair)
    if not round:
        first = _let(let_id).occurrences[0].on  # however near that is, the broker is quicker
        _go_to(min(first_day + timedelta(days=1), first), time(11))
        service.approve(stage.broker_id, let_id, deposit_pence=DEPOSIT)
        _go_to(min(first_day + timedelta(days=3), first), time(12))
        deposits.record_deposit(stage.broker_id, let_id, paid_by=Paid.CASH)
    outcome = _let(let_id).state
    _to_the_end(let_id)
    if not round:
        deposits.return_deposit(stage.broker_id, let_id)
    return _story(let_id, outcome)


def _asked(stage: Stage, wish: Wish, *, repair: bool) -> int:
    """The best room for the whole term; or, where none is free on all dates, one with some dates in another."""
    if repair:
        _others_have_some_dates(stage, wish)
        option = next(o for o in offers.options(current_area(), wish) if o.elsewhere)
        room_id, reasons = option.room.id, option.match.reasons
        elsewhere = {day: room.id for day, room in option.elsewhere}
    else:
        best = search.find(current_area(), wish).matches[0]
        room_id, reasons, elsewhere = best.room.id, best.reasons, {}
    return service.ask(
        stage.organiser_id,
        room_id,
        stage.group_id,
        wish,
        insurance=Insurance.VENUE,
        safeguarding=True,
        note="; ".join(words.say(reason) for reason in reasons),
        elsewhere=elsewhere,
    ).id


def _others_have_some_dates(stage: Stage, wish: Wish) -> None:
    """Two Thursdays in the nearest room and two others in the next are another group's."""
    dates, rooms = search.dates_of(wish), search.find(current_area(), wish).matches
    for match, days in ((rooms[0], dates[4:6]), (rooms[1], dates[8:10])):
        _other_group(stage, match.room.id, replace(wish, first=days[0], last=days[-1], people=8))


def _other_group(stage: Stage, room_id: int, wish: Wish) -> tuple[int, Let]:
    """A group that is there already, with its let confirmed; and who organises it."""
    who = _somebody("adele@walk.example")
    group = next(iter(people.groups_of(who)), None) or people_service.start_group(
        who.id, name="Chess club", kind=GroupKind.ASSOCIATION, private=False
    )
    said = {"insurance": Insurance.OWN, "safeguarding": True}
    let = service.ask(who.id, room_id, group.id, wish, **said)
    service.approve(stage.broker_id, let.id)
    return who.id, let


def _waiting(stage: Stage, wish: Wish, first_day: date) -> dict[str, Any]:
    """Another group has the room; what it gives back is offered to the stroke group, which takes one and passes one."""
    room = search.find(current_area(), wish).matches[0].room
    other_id, theirs = _other_group(stage, room.id, replace(wish, people=8))
    waits = {"insurance": Insurance.VENUE, "safeguarding": True}
    waiting.join(stage.organiser_id, room.id, stage.group_id, wish, **waits)
    given = [one.id for one in theirs.occurrences[-2:]]
    for number, date_id in enumerate(given):
        _go_to(first_day, time(12 + number))
        dates.release(other_id, theirs.id, [date_id], why="We are away.")
        dates_tick()
        me = db.session.get_one(User, stage.organiser_id)
        offer = reads.my_offers(me)[0]
        if number == 0:
            let_id = waiting.take(stage.organiser_id, offer.id).id
        else:
            waiting.pass_on(stage.organiser_id, offer.id)
            dates_tick()
    outcome = _let(let_id).state
    _to_the_end(let_id)
    return _story(let_id, outcome)


def _in_a_round(stage: Stage, wish: Wish, first_day: date) -> int:
    """Three groups ask in a round. Two like the same room best, and one of these has another choice."""
    rooms = [match.room.id for match in search.find(current_area(), wish).matches]
    opens = first_day if first_day < wish.first else first_day - timedelta(days=1)
    _go_to(opens)
    there = rounds.open_round(
        stage.broker_id, name="Spring", first=wish.first, last=wish.last, closes_on=opens
    )
    need = {name: getattr(wish, name) for name in asking.ASKED}
    asks = ((stage.organiser_id, stage.group_id, rooms[:2]), (*_rival("Chess club"), rooms[:1]))
    for by, group_id, liked in asks:
        terms = {"times": 1, "insurance": Insurance.VENUE, "safeguarding": True}
        request = asking.ask(by, there.id, group_id, need=need, **terms)
        for room_id in liked:
            asking.add_wish(by, request.id, room_id, wish.weekday, wish.starts, wish.ends)
    rounds.close(stage.broker_id, there.id)
    version = rounds.propose(stage.broker_id, there.id).version
    publishing.publish(stage.broker_id, there.id, version=version)
    mine = select(Let.id).where(Let.group_id == stage.group_id)
    return db.session.scalars(mine).one()


def _rival(name: str) -> tuple[int, int]:
    who = _somebody("adele@walk.example")
    kind = {"kind": GroupKind.ASSOCIATION, "private": False}
    return who.id, people_service.start_group(who.id, name=name, **kind).id


def _to_the_end(let_id: int) -> None:
    """Every evening of the term the clock acts, and the day after."""
    days = sorted(o.on for o in _let(let_id).occurrences)
    for day in (*days, days[-1] + timedelta(days=1)):
        _go_to(day, time(23))
        service.tick()


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


def _set_up() -> Stage:
    """An area with a postcode, a holder with four rooms, a broker, and an organiser with a group."""
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
    organiser = _somebody("ruth@walk.example")
    group = people_service.start_group(
        organiser.id, name="Stroke recovery group", kind=GroupKind.UNCONSTITUTED, private=True
    )
    return Stage(organiser.id, broker.id, group.id)


def _somebody(email: str) -> User:
    """A person who signs in by the link of a letter."""
    token = people_service.make_link(email).rpartition("/")[2]
    return people_service.use_link(token)[0]


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
                "room": o.room.name,
            }
            for o in let.occurrences
            if o.state is OccurrenceState.PLANNED
        ],
    }
