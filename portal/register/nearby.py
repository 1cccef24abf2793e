"""What a person types into "near": a postcode, a ward, a street, a town or the name of a place."""

from collections.abc import Callable, Sequence
from statistics import fmean

from sqlalchemy import select

from geo.shapes import inner_point
from portal.areas.models import Area
from portal.areas.queries import Place, place_in
from portal.db import db
from portal.errors import BadInput
from portal.register.models import Asset
from portal.register.rules import tokens

ENOUGH = 200  # assets to look through; a street with more is one place all the same


def find_place(area: Area, text: str) -> Place:
    """The place meant. Raises BadInput with what to try instead."""
    found = place_in(area, text) or _by_assets(area, text)
    if found is None:
        raise BadInput(
            "unknown-place",
            "We do not know “%(place)s”. Try a whole postcode, a ward, or the name of a street.",
            place=text,
        )
    return found


def _by_assets(area: Area, text: str) -> Place | None:
    """The street, town or place of that name, as the register itself spells it."""
    wanted = " ".join(tokens(text))
    if not wanted:
        return None
    query = select(Asset).where(
        Asset.area_id == area.id,
        Asset.west.is_not(None),
        Asset.words.contains(wanted, autoescape=True),
    )
    assets = db.session.scalars(query.order_by(Asset.outlier, Asset.id).limit(ENOUGH)).all()
    for read in (_street, _name, _town, _postcode):
        same = [asset for asset in assets if " ".join(tokens(read(asset))) == wanted]
        if same:
            return _middle(read, same)
    return _middle(_name, assets[:1]) if assets else None


def _middle(read: Callable[[Asset], str | None], assets: Sequence[Asset]) -> Place:
    """One point for all of them; a name that several towns share is taken to be in the first one's."""
    town = assets[0].town
    together = [asset for asset in assets if asset.town == town]
    lons, lats = zip(*(inner_point(asset.shape) for asset in together), strict=True)
    name = read(assets[0]) or ""
    label = f"{name}, {town}" if town and town != name else name
    return Place(label, fmean(lons), fmean(lats))


def _street(asset: Asset) -> str | None:
    return asset.street


def _name(asset: Asset) -> str | None:
    return asset.name


def _town(asset: Asset) -> str | None:
    return asset.town


def _postcode(asset: Asset) -> str | None:
    return asset.postcode
