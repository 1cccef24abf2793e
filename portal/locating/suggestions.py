"""Where an asset may stand, as far as anything known says: each a place that one button takes."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import shapely
from flask_babel import gettext as _
from shapely import Geometry
from sqlalchemy import func, select

from geo.shapes import inner_point
from portal.areas.models import Area
from portal.db import db
from portal.errors import BadInput
from portal.locating import ground
from portal.locating.reading import Spot
from portal.locating.rules import Method
from portal.register.models import Asset
from portal.register.rules import LocatedBy

FEW = 4
# What is itself only a guess is no help for others.
GUESSED = (LocatedBy.POSTCODE,)


class Suggestion(NamedTuple):
    """A place with the reason for it. `key` names it in an address."""

    key: str
    why: str
    label: str
    shape: Geometry
    method: Method

    @property
    def spot(self) -> Spot:
        """The place as the service takes it."""
        return Spot(self.label, self.shape, self.method)


def suggestions(area: Area, asset: Asset) -> list[Suggestion]:
    """The surest first; a place that an earlier one gave already is left out."""
    found: dict[bytes, Suggestion] = {}
    for find in SOURCES:
        for one in find(area, asset):
            found.setdefault(one.shape.wkb, one)
    return list(found.values())


def suggested(area: Area, asset: Asset, key: str) -> Spot:
    """The place of one suggestion. Raises BadInput when it is none any more."""
    for one in suggestions(area, asset):
        if one.key == key:
            return one.spot
    raise BadInput(
        "no-suggestion", "That is no longer suggested: something has changed. Choose again."
    )


def _property(area: Area, asset: Asset) -> Iterator[Suggestion]:
    if known := ground.point_of_property(area, asset):
        point = shapely.Point(known.lon, known.lat)
        why = _("The national list's point for its property number (UPRN)")
        yield Suggestion("uprn", why, f"UPRN {known.label}", point, Method.UPRN)


def _same_property(area: Area, asset: Asset) -> Iterator[Suggestion]:
    if asset.uprn:
        why = _("Another entry with the same property number (UPRN)")
        yield from _like(area, asset, Asset.uprn == asset.uprn, "same", why, Method.SAME_PROPERTY)


def _parent(_area: Area, asset: Asset) -> Iterator[Suggestion]:
    building = asset.parent
    if building is not None and building.shape is not None:
        why = _("The building that it belongs to")
        yield Suggestion("building", why, building.name, building.shape, Method.PARENT)


def _same_name(area: Area, asset: Asset) -> Iterator[Suggestion]:
    if asset.name_key:
        why = _("An entry of the same name, from another holder, year or list")
        same = Asset.name_key == asset.name_key
        yield from _like(area, asset, same, "name", why, Method.SAME_NAME)


def _postcode(area: Area, asset: Asset) -> Iterator[Suggestion]:
    if known := ground.centre_of_postcode(area, asset):
        point = shapely.Point(known.lon, known.lat)
        why = _("The middle of its postcode")
        yield Suggestion("postcode", why, known.label, point, Method.POSTCODE)


def _street(area: Area, asset: Asset) -> Iterator[Suggestion]:
    if not asset.street:
        return
    same = func.lower(Asset.street) == asset.street.lower()
    why = _("A place in the same street")
    found = list(_like(area, asset, same, "street", why, Method.STREET))
    if len(found) > 1:
        points = shapely.MultiPoint([inner_point(one.shape) for one in found])
        middle = shapely.Point(points.centroid)
        label = _("%(street)s, %(number)d places", street=asset.street, number=len(found))
        yield Suggestion(
            "street", _("The middle of its street's places"), label, middle, Method.STREET
        )
    yield from found


def _like(
    area: Area, asset: Asset, same: Any, key: str, why: str, method: Method
) -> Iterator[Suggestion]:
    """Other assets that have a place; the same town first."""
    query = (
        select(Asset)
        .where(
            Asset.area_id == area.id,
            Asset.id != asset.id,
            Asset.west.is_not(None),
            Asset.outlier.is_(False),
            Asset.located_by.not_in(GUESSED),
            same,
        )
        .order_by((func.coalesce(Asset.town, "") == (asset.town or "")).desc(), Asset.id)
        .limit(FEW)
    )
    for other in db.session.scalars(query):
        number = f"{other.street_number} " if other.street_number and key == "street" else ""
        yield Suggestion(f"{key}-{other.id}", why, f"{number}{other.name}", other.shape, method)


SOURCES: tuple[Callable[[Area, Asset], Iterator[Suggestion]], ...] = (
    _property, _same_property, _parent, _same_name, _street, _postcode,
)  # fmt: skip
