"""What a person types as the place of a question: an address, a postcode, a grid reference, coordinates, or only words."""

import shapely
from sqlalchemy import select

from geo import shapes
from geo.crs import box_around
from portal.areas.models import Area, Postcode
from portal.areas.queries import Place, place_in, postcode_of
from portal.areas.rules import postcode_key, postcode_shown
from portal.db import db
from portal.errors import BadInput
from portal.ownership.rules import SAME_METRES, postcode_in
from portal.register.models import Asset
from portal.register.nearby import find_place
from portal.register.queries import find
from portal.register.rules import Kind, tokens
from portal.register.search import Search

LEAST_WORDS = 2
POSTCODE_METRES = 500.0
AROUND_POSTCODE = 200.0
MOST = 5


def read_place(area: Area, text: str) -> Place:
    """The place as it was typed, with its point where that is sure. Raises BadInput for what nobody could find.

    Words that no list knows are kept without a point (NaN is never one): the broker reads them.
    """
    if found := place_in(area, text):
        return found._replace(label=_label(area, text, found))
    if (code := postcode_in(text)) and (known := postcode_of(area, code)):
        return Place(text, known.lon, known.lat)
    if found := _by_name(area, text):
        return found
    if postcode_key(text) or len(tokens(text)) < LEAST_WORDS:
        raise BadInput(
            "unknown-place",
            "We do not know “%(place)s”. Write a postcode of this area, or a street and what is beside the place.",
            place=text,
        )
    return Place(text, None, None)


def in_register(area: Area, place: Place) -> list[Asset]:
    """The land and buildings of the register at a point, nearest first: it may be one of them.

    A postcode's point is only the middle of its houses, so that what is meant may stand further off.
    """
    if place.lon is None:
        return []
    reach = AROUND_POSTCODE if postcode_in(place.label) else SAME_METRES
    search = Search(kinds=(Kind.LAND, Kind.BUILDING), near=place, within=reach)
    return find(area, search, limit=MOST).assets


def _by_name(area: Area, text: str) -> Place | None:
    """A street or place of exactly that name; a name that only begins so could be anywhere."""
    try:
        found = find_place(area, text)
    except BadInput:
        return None
    exact = tokens(found.label.partition(",")[0]) == tokens(text.partition(",")[0])
    return found if exact else None


def _label(area: Area, text: str, found: Place) -> str:
    """Coordinates alone tell a reader nothing: the nearest postcode does. Anything else stays as it is known."""
    if any(letter.isalpha() for letter in found.label):
        return found.label
    near = _nearest_postcode(area, found)
    return f"{text} ({postcode_shown(near.code)})" if near else text


def _nearest_postcode(area: Area, place: Place) -> Postcode | None:
    box = box_around(place.lon, place.lat, POSTCODE_METRES)
    query = select(Postcode).where(
        Postcode.area_id == area.id,
        Postcode.lon.between(box.west, box.east),
        Postcode.lat.between(box.south, box.north),
    )
    found = list(db.session.scalars(query.order_by(Postcode.code)))
    points = shapely.points([(one.lon, one.lat) for one in found]) if found else []
    far = shapes.distances(place.lon, place.lat, points, area.nation.metric_epsg) if found else []
    return found[int(far.argmin())] if found else None
