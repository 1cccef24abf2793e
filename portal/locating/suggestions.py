"""Where an asset may stand, as far as anything known says: each a place that one button takes."""

import re
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
from portal.register.rules import LocatedBy, name_key, tokens

FEW = 3
MOST_STREETS = 4
KINDS = (
    "Road|Rd|Street|St|Avenue|Ave|Lane|Ln|Drive|Dr|Close|Crescent|Cres|Grove|Gr|Way|Walk|Place|Pl|Square|Sq|Terrace"
    "|Gardens|Gdns|Court|Ct|Green|Park|Parade"
)
STREET = re.compile(rf"\b(?:[A-Z][\w'\u2019]+\s){{1,3}}(?:{KINDS})\b\.?")
SHORT = {
    "rd": "Road", "st": "Street", "ave": "Avenue", "ln": "Lane", "dr": "Drive", "cres": "Crescent", "gr": "Grove",
    "pl": "Place", "sq": "Square", "gdns": "Gardens", "ct": "Court",
}  # fmt: skip
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
    """The surest first; where it stands already, and a place that an earlier one gave, are left out."""
    found: dict[bytes, Suggestion] = {}
    for find in SOURCES:
        for one in find(area, asset):
            found.setdefault(one.shape.wkb, one)
    if asset.shape is not None:
        found.pop(asset.shape.wkb, None)
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
        why = _("The national list's point for its property number (UPRN)")
        yield _at(known._replace(label=f"UPRN {known.label}"), "uprn", why, Method.UPRN)


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
    """Its centre; of one that is no more, or of half a one, the middle of those that begin so."""
    if known := ground.centre_of_postcode(area, asset):
        yield _at(known, "postcode", _("The middle of its postcode"), Method.POSTCODE)
    elif known := ground.around_postcode(area, asset):
        why = _("Roughly: the middle of the postcodes that begin so")
        yield _at(known, "postcodes", why, Method.POSTCODE)


def _at(known: ground.Known, key: str, why: str, method: Method) -> Suggestion:
    return Suggestion(key, why, known.label, shapely.Point(known.lon, known.lat), method)


def _begins_so(area: Area, asset: Asset) -> Iterator[Suggestion]:
    """Longford Park's public toilets are somewhere in Longford Park."""
    begin = name_key(re.split(r"[,(:;]| [-/] ", asset.name)[0].strip())
    if len(begin.split()) > 1:
        same = Asset.name_key.startswith(begin, autoescape=True)
        why = _("An entry whose name begins the same")
        yield from _like(area, asset, same, "begins", why, Method.SAME_NAME)


def _streets(area: Area, asset: Asset) -> Iterator[Suggestion]:
    """Places in its street, or in streets that its name speaks of."""
    for number, street in enumerate(streets_of(asset)):
        folded = " ".join(tokens(street))
        same = Asset.words.contains(folded, autoescape=True)
        why = _("A place in %(street)s", street=street)
        found = list(_like(area, asset, same, f"street{number}", why, Method.STREET))
        if len({one.shape.wkb for one in found}) > 1:
            points = shapely.MultiPoint([inner_point(one.shape) for one in found])
            label = _("%(street)s, between %(number)d places", street=street, number=len(found))
            why = _("The middle of the places in its street")
            yield Suggestion(f"street{number}", why, label, points.centroid, Method.STREET)
        yield from found


def streets_of(asset: Asset) -> list[str]:
    """Its street and those in its name, each once, spelt out: "Ashfield Rd." is Ashfield Road."""
    written = [asset.street or "", *(found[0] for found in STREET.finditer(asset.name))]
    whole = (re.sub(r"\b(\w+)\.?$", _spelt_out, street.strip()) for street in written if street)
    return list(dict.fromkeys(street for street in whole if len(street.split()) > 1))[:MOST_STREETS]


def _spelt_out(found: re.Match[str]) -> str:
    return SHORT.get(found[1].lower(), found[1])


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
        .order_by(func.coalesce(Asset.town, "") != (asset.town or ""), Asset.id)
        .limit(FEW)
    )
    others = db.session.scalars(query).all()
    # Each town has its Church Road.
    near = [other for other in others if asset.town and other.town == asset.town] or others
    for other in near:
        label = ", ".join(filter(None, (other.name, other.town)))
        yield Suggestion(f"{key}-{other.id}", why, label, other.shape, method)


SOURCES: tuple[Callable[[Area, Asset], Iterator[Suggestion]], ...] = (
    _property, _same_property, _parent, _same_name, _begins_so, _streets, _postcode,
)  # fmt: skip
