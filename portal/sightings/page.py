"""What a page shows of a place that is reported: the picture, what is known around it, and the report itself."""

from enum import StrEnum
from typing import Any, NamedTuple

import shapely

from portal.areas.queries import Place, current_area
from portal.register import maps
from portal.register.forms import distance_words
from portal.sightings import queries, words
from portal.sightings.acts import around, looked_near, point_of
from portal.sightings.models import Sighting
from portal.sightings.queries import Near
from portal.sightings.rules import NEAR_METRES, SAME_METRES

AROUND_METRES = 800  # of ground on the still picture
FEW = 4


class Mark(StrEnum):
    """What a point on the picture is, beside the kinds of the register."""

    HERE = "here"
    REPORT = "report"


class Spot(NamedTuple):
    """A point to draw on the picture as if it were an asset."""

    shape: shapely.Geometry
    kind: Mark
    outlier: bool = False


def about_place(place: Place) -> dict[str, Any]:
    """What the page shows of a place: the picture, the ward, and what may be the same place."""
    area = current_area()
    near = queries.assets_near(area, place)
    assets = [one for one in near if one.metres <= SAME_METRES]
    reports = queries.reports_near(area, place)
    return {
        "place": place,
        "ward": queries.ward_named(area, place),
        "assets": assets,
        "reports": reports,
        "farther": near[len(assets) : len(assets) + FEW],
        "photos": queries.shown_photos([near.thing.id for near in assets]),
        "picture": _drawn(place, near, reports),
        "distance": distance_words,
    }


def about_report(found: Sighting) -> dict[str, Any]:
    """What the broker sees of a report."""
    place = point_of(found)
    near = around(found)
    return {
        "one": found,
        "reports": queries.with_joined(found),
        "near": near,
        "looked_near": looked_near(),
        "picture": _drawn(place, near, []),
        "how_long": words.HOW_LONG,
        "reason": words.REASONS[found.reason].label if found.reason else "",
        "distance": distance_words,
    }


def _drawn(place: Place, assets: list[Near], reports: list[Near]) -> maps.Picture:
    """A still picture with the place in the middle, drawn last so that nothing hides it."""
    spots = [Spot(shapely.Point(r.thing.lon, r.thing.lat), Mark.REPORT) for r in reports]
    spots.append(Spot(shapely.Point(place.lon, place.lat), Mark.HERE))
    things = [near.thing for near in assets if near.metres <= NEAR_METRES]
    return maps.picture(current_area(), [*things, *spots], least_metres=AROUND_METRES)
