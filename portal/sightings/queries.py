"""Reads about reports: the place meant, what may be the same place, the broker's queue, and whose photos may be seen."""

from collections.abc import Iterable, Sequence
from itertools import starmap
from typing import NamedTuple

import shapely
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import joinedload, selectinload, undefer

from geo import shapes
from geo.crs import box_around
from portal.areas.models import Area
from portal.areas.queries import Place, current_area, wards_of
from portal.db import db
from portal.errors import BadInput, NotFound
from portal.register import queries as register
from portal.register.models import Asset
from portal.register.rules import OUTLIER_METRES, Kind
from portal.sightings.models import Photo, Sighting
from portal.sightings.rules import IN_REGISTER, NEAR_METRES, SAME_METRES, SightingState

PAGE = 20
MOST_NEAR = 12

# ---- the place


def in_area(area: Area, place: Place) -> Place:
    """The place, if this area looks after it. Raises BadInput for one too far outside."""
    if area.boundary is not None:
        far = shapes.metres_outside(
            [place.lon], [place.lat], area.boundary, area.nation.metric_epsg
        )
        if far[0] > OUTLIER_METRES:
            raise BadInput(
                "outside",
                "“%(place)s” lies outside %(area)s, so our broker cannot look after it. Tell the council there.",
                place=place.label,
                area=area.name,
            )
    return place


def ward_at(area: Area, lon: float, lat: float) -> int | None:
    """The ward that a point lies in."""
    wards = [ward for ward in wards_of(area) if ward.shape is not None]
    found = shapes.which([shapely.Point(lon, lat)], [ward.shape for ward in wards])[0]
    return None if found == shapes.NOWHERE else wards[found].id


def ward_named(area: Area, place: Place) -> str:
    """The name of the ward that a point lies in; "" where there is none."""
    ward_id = ward_at(area, place.lon, place.lat)
    return next((ward.name for ward in wards_of(area) if ward.id == ward_id), "")


# ---- what may be the same place


class Near(NamedTuple):
    """Something that stands near a report, and how many metres away."""

    thing: Asset | Sighting
    metres: float


def assets_near(area: Area, place: Place, metres: float = NEAR_METRES) -> list[Near]:
    """Land and buildings of the register around a point, the nearest first."""
    search = register.Search(kinds=(Kind.LAND, Kind.BUILDING), near=place, within=metres)
    found = register.find(area, search, limit=MOST_NEAR)
    open_to_all = (asset for asset in found.assets if asset.withheld_why is None)
    return [Near(asset, found.metres[asset.id]) for asset in open_to_all]


def metres_to(area: Area, place: Place, asset: Asset) -> float:
    """Metres from a point to a place of the register; 0 for one that nobody has put on the map."""
    if asset.shape is None:
        return 0
    return float(shapes.distances(place.lon, place.lat, [asset.shape], area.nation.metric_epsg)[0])


def reports_near(
    area: Area, place: Place, metres: float = SAME_METRES, *, but: int | None = None
) -> list[Near]:
    """Reports around a point that wait for the broker, the nearest first; those that joined one are behind it."""
    box = box_around(place.lon, place.lat, metres)
    query = select(Sighting).where(
        *_leading(area),
        Sighting.id != (but or 0),
        Sighting.lon.between(box.west, box.east),
        Sighting.lat.between(box.south, box.north),
    )
    found = db.session.scalars(query).all()
    points = shapes.as_array([shapely.Point(one.lon, one.lat) for one in found])
    far = shapes.distances(place.lon, place.lat, points, area.nation.metric_epsg).tolist()
    near = (one for one in starmap(Near, zip(found, far, strict=True)) if one.metres <= metres)
    return sorted(near, key=lambda one: (one.metres, one.thing.id))[:MOST_NEAR]


# ---- reports


def by_token(token: str) -> Sighting:
    """The report of a reporter's own link. Raises NotFound."""
    query = select(Sighting).where(Sighting.token == token, Sighting.area_id == current_area().id)
    one = db.session.scalar(query)
    if one is None:
        raise NotFound(
            "no-report",
            "There is no such report. A report that is not sent is forgotten after a day: you can begin again.",
        )
    return one


def sent(sighting_id: int) -> Sighting:
    """A report that was sent, for the broker. Raises NotFound for a draft too: that is the reporter's alone."""
    query = (
        select(Sighting)
        .where(
            Sighting.id == sighting_id,
            Sighting.area_id == current_area().id,
            Sighting.state != SightingState.DRAFT,
        )
        .options(
            selectinload(Sighting.photos),
            selectinload(Sighting.joined).selectinload(Sighting.photos),
        )
    )
    one = db.session.scalar(query)
    if one is None:
        raise NotFound("no-report", "There is no such report.")
    return one


def waiting(area: Area) -> int:
    """How many reports wait for the broker; those that others joined count once."""
    return db.session.scalar(select(func.count(Sighting.id)).where(*_leading(area))) or 0


def queue(area: Area, page: int = 1) -> list[Sighting]:
    """A page of the reports that wait, oldest first."""
    query = (
        select(Sighting)
        .where(*_leading(area))
        .options(
            joinedload(Sighting.asset),
            joinedload(Sighting.ward),
            selectinload(Sighting.photos),
            selectinload(Sighting.joined).selectinload(Sighting.photos),
        )
        .order_by(Sighting.reported_at, Sighting.id)
    )
    return list(db.session.scalars(query.limit(PAGE).offset((page - 1) * PAGE)))


def with_joined(one: Sighting) -> list[Sighting]:
    """A report and those that joined it and stand as it does; one that was answered by itself does not."""
    return [one, *(other for other in one.joined if _stands_with(one, other))]


def _stands_with(one: Sighting, other: Sighting) -> bool:
    same_place = other.asset_id == one.asset_id and {one.state, other.state} <= IN_REGISTER
    return other.state is one.state or same_place


def photos_of(reports: Iterable[Sighting]) -> list[Photo]:
    """All photos of some reports, in the order in which they came."""
    return [photo for one in reports for photo in one.photos]


# ---- photos


def shown_photos(asset_ids: Sequence[int]) -> dict[int, list[Photo]]:
    """The public photos of places, the newest first, and of which place they are."""
    query = (
        select(Photo)
        .join(Sighting)
        .where(Sighting.asset_id.in_(asset_ids), *_shown())
        .options(joinedload(Photo.sighting))
        .order_by(Sighting.reported_at.desc(), Photo.id)
    )
    found: dict[int, list[Photo]] = {}
    for photo in db.session.scalars(query):
        found.setdefault(photo.sighting.asset_id or 0, []).append(photo)
    return found


def shown_words(asset_id: int) -> list[Sighting]:
    """The reports of a place whose words are public, the newest first."""
    query = select(Sighting).where(
        Sighting.asset_id == asset_id, Sighting.state.in_(IN_REGISTER), Sighting.shown_words != ""
    )
    return list(db.session.scalars(query.order_by(Sighting.reported_at.desc(), Sighting.id)))


def photo(photo_id: int, *, small: bool, of: str | None = None) -> tuple[bytes, Photo, bool]:
    """The bytes of a photo, the photo, and whether all may see it. `of` is a report's own link. Raises NotFound."""
    column = Photo.thumb if small else Photo.webp
    query = (
        select(Photo)
        .join(Sighting)
        .where(Photo.id == photo_id, Sighting.area_id == current_area().id)
        .options(undefer(column), joinedload(Photo.sighting).joinedload(Sighting.asset))
    )
    if of is not None:
        query = query.where(Sighting.token == of)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound("no-photo", "There is no such photo.")
    return getattr(found, column.key), found, is_public(found)


def is_public(photo: Photo) -> bool:
    """Whether the broker has published it, and the place it shows is not withheld."""
    one = photo.sighting
    public_place = one.asset is not None and one.asset.withheld_why is None
    return photo.shown_at is not None and one.state in IN_REGISTER and public_place


def _leading(area: Area) -> tuple[ColumnElement[bool], ...]:
    """Reports that wait and did not join another that waits."""
    return (
        Sighting.area_id == area.id,
        Sighting.state == SightingState.REPORTED,
        Sighting.same_as_id.is_(None),
    )


def _shown() -> tuple[ColumnElement[bool], ...]:
    return (Photo.shown_at.is_not(None), Sighting.state.in_(IN_REGISTER))
