"""What holders and brokers say of rooms: hours, prices, what is in them. One function a user action, one transaction each.

What a person has said no import changes: each value gets its fact, with who says so and the day, and a row of history.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from portal import clock
from portal.errors import RuleBroken
from portal.locating.rules import Deed
from portal.people.rules import GroupKind
from portal.register.models import Asset, Fact
from portal.register.rules import (
    ACCESS,
    Kind,
    LocatedBy,
    Status,
    fold,
)
from portal.venues import queries
from portal.venues.hours import readable
from portal.venues.models import RoomRate
from portal.venues.saying import held, renamed
from portal.venues.weekly import LONGEST

# What of a building a new room takes over: where it is.
ADDRESS = ("street_number", "street", "town", "postcode", "ward_id", "outlier")
# What of a hall its halves take over: they are the same room, in two.
SAME_AS_HALL = (
    *ACCESS, "facilities", "buffer_before_minutes", "buffer_after_minutes", "price_pence_hour",
)  # fmt: skip


def set_hours(by: int, asset_id: int, which: str, hours: str | None, *, shown: str) -> Asset:
    """The public or hire hours ("public_hours", "hire_hours") in OSM's syntax; None where nobody is to rely on any."""
    if hours and (len(hours) > LONGEST or not readable(hours)):
        raise RuleBroken(
            "hours-unreadable",
            "This cannot be read as opening hours. Write it like this: Mo-Fr 09:00-17:00; Sa 10:00-13:00; PH off",
        )
    return set_values(by, asset_id, {which: hours}, shown=shown)


def set_values(by: int, asset_id: int, values: Mapping[str, Any], *, shown: str) -> Asset:
    """Columns of a place as its holder or the broker says. `shown`: queries.mark of these columns on the page."""
    with held(by, asset_id) as pen:
        _same_still(queries.mark(pen.asset, list(values)), shown)
        pen.say(values)
    return pen.asset


def set_access(by: int, asset_id: int, seen: Mapping[str, bool | None], on: date) -> Asset:
    """Access facts as they were found on a day, each with it; None is "not known", which an import may fill again.

    Only what is in `seen` was looked at.
    """
    with held(by, asset_id) as pen:
        if not seen:
            raise RuleBroken("nothing-seen", "Say at least one thing that you have seen.")
        known = {name: value for name, value in seen.items() if value is not None}
        pen.say(known, deed=Deed.CHECKED, on=on, again=True)
        forgotten = {name: None for name, value in seen.items() if value is None}
        pen.say(forgotten, deed=Deed.CHECKED, on=on)
        for name in forgotten:
            pen.forget_source(name)
    return pen.asset


def set_prices(
    by: int, room_id: int, standard: int | None, rates: Mapping[GroupKind, int], *, shown: str
) -> Asset:
    """Pence per hour: the standard price, and what kinds of group pay instead; 0 is free."""
    with held(by, room_id) as pen:
        session, room = pen.session, pen.asset
        _need_room(room)
        _same_still(queries.mark_of_prices(room), shown)
        before = queries.rates_of(room.id)
        pen.say({"price_pence_hour": standard})
        if before != dict(rates):
            session.query(RoomRate).filter_by(room_id=room.id).delete()
            session.add_all(RoomRate(room_id=room.id, kind=k, pence=p) for k, p in rates.items())
            told = ({k.value: p for k, p in kept.items()} for kept in (before, rates))
            before_said, after_said = ({"rates": str(one)} for one in told)
            pen.history(before_said, after_said)
    return room


def add_room(by: int, building_id: int, name: str, capacity: int | None) -> Asset:
    """A room of a building that no register has told of."""
    with held(by, building_id) as pen:
        session, building = pen.session, pen.asset
        if building.kind is not Kind.BUILDING:
            raise RuleBroken("not-a-building", "Only a building has rooms.")
        room = _part(session, building, name, capacity)
        pen.on(room).say({"name": room.name, "capacity": room.capacity}, again=True)
    return room


def divide(by: int, hall_id: int, halves: Sequence[tuple[str, int | None]]) -> list[Asset]:
    """A hall in parts that can be let each, or together as the hall. What is held for the hall is held in each part.

    A half costs what the hall does until somebody says otherwise: no room becomes free by being divided.
    """
    with held(by, hall_id) as pen:
        session, hall = pen.session, pen.asset
        _need_room(hall)
        if hall.parent is not None and hall.parent.kind is Kind.ROOM:
            raise RuleBroken(
                "half-of-a-half",
                "This is a part of a divided room already, and cannot be divided again.",
            )
        if hall.parts:
            raise RuleBroken(
                "divided-already", "This room is divided already. Its parts are below."
            )
        made, rates = [], queries.rates_of(hall_id)
        for name, capacity in halves:
            part = _part(session, hall, name, capacity)
            for column in SAME_AS_HALL:
                setattr(part, column, getattr(hall, column))
            session.add_all(
                RoomRate(room_id=part.id, kind=kind, pence=pence) for kind, pence in rates.items()
            )
            _same_facts(session, hall, part)
            pen.on(part).say({"name": name, "capacity": capacity}, again=True)
            made.append(part)
    return made


def _part(session: Session, above: Asset, name: str, capacity: int | None) -> Asset:
    """A room within a building or a hall. The name is what people tell them apart by."""
    if any(fold(part.name) == fold(name) for part in above.parts):
        raise RuleBroken(
            "same-name", "There is a room called %(name)s here already. Give this one another name.", name=name
        )  # fmt: skip
    part = Asset(
        area_id=above.area_id,
        holder=above.holder,
        parent=above,
        kind=Kind.ROOM,
        status=Status.UNDER_USED,
        code=f"~part-{above.id}-{len(above.parts) + 1}",
        name=name,
        capacity=capacity,
        shape=above.shape,
        located_by=LocatedBy.PARENT if above.shape is not None else None,
        withheld_why=above.withheld_why,
        created_at=clock.now(),
        changed_at=clock.now(),
        **{column: getattr(above, column) for column in ADDRESS},
    )
    renamed(part)
    session.add(part)
    session.flush()
    return part


def _same_facts(session: Session, hall: Asset, part: Asset) -> None:
    """What was checked in the hall was checked in its halves, on the same day."""
    said = hall.source
    own = {fact.name: (fact.source, fact.as_of) for fact in hall.facts}
    for column in (*ACCESS, "facilities", "price_pence_hour"):
        if getattr(hall, column) is None:
            continue
        source, as_of = own.get(column) or (said and (said.label, said.as_of)) or (None, None)
        if source:
            session.add(
                Fact(asset_id=part.id, name=column, source=source, as_of=as_of, checked=True)
            )


def _need_room(asset: Asset) -> None:
    if asset.kind is not Kind.ROOM:
        raise RuleBroken("not-a-room", "This can be said of a room only.")


def _same_still(now: str, shown: str) -> None:
    if now != shown:
        raise RuleBroken(
            "changed-meanwhile",
            "Somebody has changed this since you opened the page. Look at how it stands now; what you wrote is still below. Send it again to put it in place of theirs.",
        )
