"""What is in the demonstration's rooms, what kinds of group pay less, and the terms of its schools."""

from datetime import date
from random import Random

from sqlalchemy import select

from portal import clock
from portal.areas.queries import current_area
from portal.db import db
from portal.demo import cast
from portal.people.models import Holder
from portal.people.rules import GroupKind, HolderKind
from portal.register.models import Asset
from portal.register.rules import Kind
from portal.venues import opening, queries, service

# How likely a room has it, out of a hundred.
LIKELY = {
    "tables": 90, "kitchen": 60, "wifi": 55, "screen": 35, "private": 40, "storage": 20, "sports": 15, "piano": 10,
}  # fmt: skip
UNSAID = 25  # of a hundred rooms: nobody has said yet
FREE_FOR_NEIGHBOURS = 25


def stories():
    """(days ago, story)."""
    yield 170, described()


def described():
    """The broker has been round most of the rooms; charities pay half, neighbours without a constitution often nothing."""
    by, area_id = cast.user(cast.BROKER).id, current_area().id
    rooms = select(Asset.id).where(Asset.area_id == area_id, Asset.kind == Kind.ROOM)
    for room_id in list(db.session.scalars(rooms.order_by(Asset.id))):
        chance = Random(room_id)  # noqa: S311 - an invention
        if chance.randrange(100) < UNSAID:
            continue
        there = tuple(word for word, often in LIKELY.items() if chance.randrange(100) < often)
        room = db.session.get_one(Asset, room_id)
        shown, price = queries.mark(room, ["facilities"]), room.price_pence_hour
        service.set_values(by, room_id, {"facilities": there}, shown=shown)
        if price:
            shown = queries.mark_of_prices(db.session.get_one(Asset, room_id))
            rates = {GroupKind.CHARITY: price // 2}
            if chance.randrange(100) < FREE_FOR_NEIGHBOURS:
                rates[GroupKind.UNCONSTITUTED] = 0
            service.set_prices(by, room_id, price, rates, shown=shown)
    schools = select(Holder.id).where(Holder.area_id == area_id, Holder.kind == HolderKind.SCHOOL)
    for holder_id in list(db.session.scalars(schools)):
        opening.add_terms(by, holder_id, list(_terms(clock.today().year)))
    yield 0


def _terms(first_year):
    """Three terms a year, this year and the next two."""
    for year in range(first_year, first_year + 3):
        yield f"Spring term {year}", date(year, 1, 5), date(year, 3, 26)
        yield f"Summer term {year}", date(year, 4, 13), date(year, 7, 20)
        yield f"Autumn term {year}", date(year, 9, 2), date(year, 12, 18)
