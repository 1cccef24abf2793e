"""What the ground says of a shape: its ward, whether it lies outside the area, how far it is from what is known."""

from typing import NamedTuple

from shapely import Geometry
from sqlalchemy import func, select

from geo import shapes
from portal.areas.models import Area, Postcode, Ward
from portal.areas.queries import postcode_of, uprn_of, wards_of
from portal.areas.rules import postcode_key
from portal.db import db
from portal.register.models import Asset
from portal.register.rules import OUTLIER_METRES


class Stand(NamedTuple):
    """Where a shape lies. `beyond` is in metres from the area's boundary, 0 inside it or where no boundary is known."""

    ward: Ward | None
    beyond: float
    m2: float  # 0 for a point

    @property
    def outlier(self) -> bool:
        return self.beyond > OUTLIER_METRES


class Known(NamedTuple):
    """A point that something else gives for an asset."""

    label: str
    lon: float
    lat: float


def stand(area: Area, shape: Geometry, postcode: str | None = None) -> Stand:
    """The ward by the shape, or by the postcode where it lies in none."""
    lon, lat = shapes.inner_point(shape)
    epsg = area.nation.metric_epsg
    beyond = 0.0
    if area.boundary is not None:
        beyond = float(shapes.metres_outside([lon], [lat], area.boundary, epsg)[0])
    wards = [ward for ward in wards_of(area) if ward.shape is not None]
    (position,) = shapes.which([shape], [ward.shape for ward in wards])
    ward = wards[position] if position != shapes.NOWHERE else _ward_of(area, postcode)
    return Stand(ward, beyond, float(shapes.areas([shape], epsg)[0]))


def _ward_of(area: Area, postcode: str | None) -> Ward | None:
    known = postcode_of(area, postcode or "")
    return db.session.get(Ward, known.ward_id) if known and known.ward_id else None


def centre_of_postcode(area: Area, asset: Asset) -> Known | None:
    """The middle of the asset's postcode."""
    known = postcode_of(area, asset.postcode or "")
    return known and Known(asset.postcode or "", known.lon, known.lat)


def around_postcode(area: Area, asset: Asset) -> Known | None:
    """The middle of the live postcodes that share the longest beginning with it: half a one, or one that is no more."""
    key = "".join((asset.postcode or "").upper().split())
    whole = postcode_key(key) is not None
    # "M3" begins "M31" and "M3 1AA" alike, so half a postcode is taken as the half that it is.
    for begin in (key[:-1], key[:-2], key[:-3]) if whole else (key,):
        if begin and (found := _middle(area, begin, len(key) if whole else len(key) + 3)):
            return found
    return None


def _middle(area: Area, begin: str, length: int) -> Known | None:
    same = Postcode.code.startswith(begin, autoescape=True)
    query = select(func.avg(Postcode.lon), func.avg(Postcode.lat)).where(
        Postcode.area_id == area.id, same, func.length(Postcode.code) == length
    )
    lon, lat = db.session.execute(query).one()
    return Known(begin, float(lon), float(lat)) if lon is not None else None


def point_of_property(area: Area, asset: Asset) -> Known | None:
    """The national list's point for the asset's UPRN."""
    known = uprn_of(area, asset.uprn or "")
    return known and Known(known.uprn, known.lon, known.lat)


def metres(area: Area, known: Known | None, shape: Geometry | None) -> float | None:
    """From a known point to the nearest of a shape; None where either is missing."""
    if known is None or shape is None:
        return None
    found = shapes.distances(known.lon, known.lat, [shape], area.nation.metric_epsg)
    return float(found[0])
