"""Rooms for a real register, which never lists any: invented, in real public buildings, and marked so."""

import csv
import random
import re
from collections import Counter

from sqlalchemy import select

from portal import clock
from portal.areas.queries import current_area
from portal.db import db
from portal.demo import catalogue
from portal.demo.borough import REGISTER_COLUMNS
from portal.demo.estate import Asset as Entry
from portal.demo.rooms import furnish
from portal.people.models import Holder
from portal.register.models import Asset
from portal.register.rules import Kind, LocatedBy, Status

# The importer takes a fact's source from the name of its file.
SOURCE = "invented for the demonstration"
MOST_OF_A_SORT = 8
# A word in a building's name -> the invented borough's building whose rooms it gets. First fit wins.
LIKE = {
    "town hall": "Thornmere Town Hall",
    "library": "{ward} Library",
    "leisure": "{ward} Leisure Centre",
    "school": "{first} {school}",
    "children": "{ward} Children's Centre",
    "health": "{ward} Health Centre",
    "community": "{ward} Community Centre",
    "youth": "{ward} Community Centre",
    "hall": "{ward} Village Hall",
    "centre": "{ward} Community Centre",
}
# What only sounds like a public building, as real registers have it: "Centre - 104 George Street".
NOT_THESE = re.compile(
    r"\d|\b(former|site|land|allotments?|store|lodge|travelodge|homes?|rooftop)\b"
)
SORTS = {sort.name: sort for sort in catalogue.PUBLIC}


def invent(folder):
    """Write a register of invented rooms; None where the register has rooms of its own, or no building."""
    if db.session.scalar(_assets(Asset.kind == Kind.ROOM).limit(1)):
        return None
    rows = [row for building, sort in _public_buildings() for row in _rows(building, sort)]
    if not rows:
        return None
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / SOURCE
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, REGISTER_COLUMNS, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


def _public_buildings():
    """Buildings in use that stand inside the area and whose name says what they are."""
    query = _assets(
        Asset.kind == Kind.BUILDING,
        Asset.status != Status.VACANT,
        Asset.located_by == LocatedBy.COORDINATES,
        Asset.outlier.is_(False),
    )
    count = Counter()
    for building in db.session.scalars(query):
        sort = _sort_of(building.name)
        count[sort] += 1
        if sort and count[sort] <= MOST_OF_A_SORT:
            yield building, sort


def _sort_of(name):
    words = name.casefold()
    if NOT_THESE.search(words):
        return None
    return next((SORTS[sort] for word, sort in LIKE.items() if word in words), None)


def _rows(building, sort):
    rng = random.Random(building.code)  # noqa: S311 -- the same rooms every time
    holder = db.session.get_one(Holder, building.holder_id)
    point = building.shape.representative_point()
    entry = Entry(
        code=building.code,
        kind="building",
        holder=holder.name,
        name=building.name,
        status=catalogue.UNDER_USED,
        number=building.street_number or "",
        street=building.street or "",
        town=building.town or "",
        postcode=building.postcode or "",
        shape=point,
    )
    for room in furnish(rng, sort, entry):
        yield {
            "OrganisationLabel": room.holder,
            "OrganisationURI": holder.uri or "",
            "EffectiveDate": clock.today().isoformat(),
            "AssetCode": room.code,
            "PropertyName": room.name,
            "StreetNumber": room.number,
            "StreetName": room.street,
            "PostTown": room.town,
            "PostCode": room.postcode,
            "CoordinateReferenceSystem": "WGS84",
            "GeoX": f"{point.x:.6f}",
            "GeoY": f"{point.y:.6f}",
            "Kind": room.kind,
            "Status": room.status,
        } | room.extra


def _assets(*conditions):
    return select(Asset).where(Asset.area_id == current_area().id, *conditions).order_by(Asset.code)
