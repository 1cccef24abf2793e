"""What the pages of one place show, gathered."""

from typing import Any
from urllib.parse import urlencode

from flask_babel import gettext as _
from shapely import Geometry

from geo.shapes import distances, inner_point
from geo.svg import Frame, paths
from portal.areas.models import Area
from portal.areas.queries import wards_of
from portal.locating import ground, queries, visibility, words
from portal.locating.queries import Key
from portal.locating.reading import Spot
from portal.locating.rules import Doubt, follows_building
from portal.locating.suggestions import Suggestion, streets_of, suggestions
from portal.register import words as register_words
from portal.register.forms import distance_words
from portal.register.models import Asset
from portal.register.rules import KEPT_STATUS

AROUND_METRES = 1600
IN_VIEW_METRES = 3000
LOOK_UP = "https://www.openstreetmap.org/search"
SMALLEST_DRAWN = 7

address = register_words.address
in_short = visibility.in_short


def about(area: Area, asset: Asset, key: Key | None) -> dict[str, Any]:
    """All that is known of an asset, and where it may stand."""
    found = suggestions(area, asset)
    history = queries.history_of(asset.id)
    return {
        "asset": asset,
        "key": key,
        "doubt": key and (words.DOUBTS[key.doubt], words.BECAUSE[key.doubt], _stands(area, asset)),
        "others": queries.on_the_same_point(asset) if key and key.doubt is Doubt.SAME_POINT else (),
        "address": address,
        "known": list(_known(asset)),
        "suggestions": [(one, _how_far(area, asset, one, found[0])) for one in found],
        "picture": picture(area, asset, asset.shape, [one.shape for one in found[:6]]),
        "seen": visibility.explain(asset, history),
        "events": list(words.events(history)),
        "can_put_back": queries.last_placing(asset.id) is not None,
        "agreed": asset.status in KEPT_STATUS,
        "distance": distance_words,
        "look_up": f"{LOOK_UP}?{urlencode({'query': _looked_for(area, asset)})}",
        "place": "",
        "outline": "",
        "sentence": "",
    }


def _looked_for(area: Area, asset: Asset) -> str:
    """The words that another map's search is most likely to know."""
    first = next(iter(streets_of(asset)), asset.name[:60])
    return ", ".join(dict.fromkeys(filter(None, (first, asset.town, area.name))))


def review(area: Area, asset: Asset, spot: Spot) -> dict[str, Any]:
    """The place that somebody is about to save."""
    stand = ground.stand(area, spot.shape, asset.postcode)
    old = [] if asset.shape is None else [asset.shape]
    lon, lat = inner_point(spot.shape)
    rows = [
        (_("Place"), words.spot_words(spot)),
        (_("Coordinates"), f"{lat:.6f}, {lon:.6f}"),
        (_("Ward"), stand.ward.name if stand.ward else _("In no ward that is known")),
        (_("Size"), _size(asset, stand.m2)),
        (_("Distances"), ", ".join(_distances(area, asset, spot.shape))),
    ]
    return {
        "asset": asset,
        "address": address,
        "spot": spot,
        "stand": stand,
        "rows": rows,
        "picture": picture(area, asset, spot.shape, old),
        "old": bool(old),
        "distance": distance_words,
        "rooms": [part for part in asset.parts if follows_building(part.located_by)],
    }


def _size(asset: Asset, m2: float) -> str:
    if not m2:
        return ""
    said = words.square_metres(m2)
    if asset.land_m2:
        return _(
            "%(size)s; the register says %(said)s",
            size=said,
            said=words.square_metres(asset.land_m2),
        )
    return said


def _distances(area: Area, asset: Asset, shape: Geometry) -> list[str]:
    """How far a place is from everything else that says where the asset is."""
    lon, lat = inner_point(shape)
    far = ground.metres(area, ground.Known("", lon, lat), asset.shape)
    told = (
        words.far_words(far, _("where it is shown now")),
        words.far_words(
            ground.metres(area, ground.centre_of_postcode(area, asset), shape),
            _("the middle of %(postcode)s", postcode=asset.postcode),
        ),
        words.far_words(
            ground.metres(area, ground.point_of_property(area, asset), shape),
            _("the national list's point"),
        ),
    )
    return [one for one in told if one]


def _how_far(area: Area, asset: Asset, one: Suggestion, first: Suggestion) -> str:
    """From what is known, and from the first suggestion: where several agree they are likely right."""
    told = _distances(area, asset, one.shape)
    if one is not first:
        known = ground.Known("", *inner_point(first.shape))
        told.append(words.far_words(ground.metres(area, known, one.shape), _("the first of these")))
    return ", ".join(told)


def _stands(area: Area, asset: Asset) -> str:
    """How far it is shown from the area and from what else is known."""
    if asset.shape is None:
        return ""
    told = _distances(area, asset, asset.shape)
    if beyond := ground.stand(area, asset.shape, asset.postcode).beyond:
        told.insert(
            0, _("%(distance)s outside %(area)s", distance=distance_words(beyond), area=area.name)
        )
    return ", ".join(told)


def _known(asset: Asset) -> Any:
    """(what, value, source) as the page of the asset has them, and where it is shown now."""
    yield _("Holder"), asset.holder.name, asset.source.label if asset.source else ""
    yield _("Holder's code"), "" if asset.code.startswith("~") else asset.code, ""
    if asset.shape is not None:
        lon, lat = inner_point(asset.shape)
        yield (
            _("Coordinates"),
            f"{lat:.6f}, {lon:.6f}",
            "",
        )
    names = {str(_("Holder's code"))}
    yield from (row for row in register_words.facts(asset) if row[0] not in names)


def picture(
    area: Area, asset: Asset, main: Geometry | None, others: list[Geometry]
) -> dict[str, Any]:
    """A still map: the place in the colour of its kind, other places that are spoken of beside it."""
    drawn = [shape for shape in (main, *others) if shape is not None] or [area.boundary]
    frame = Frame.around(_together(area, drawn), least_metres=AROUND_METRES)
    if frame is None:
        return {"frame": None, "ground": [], "things": []}
    shapes = [ward.shape for ward in wards_of(area)] or [area.boundary]
    things = [_thing(frame, "other", shape) for shape in others]
    things += [_thing(frame, asset.kind.value, main)] if main is not None else []
    return {
        "frame": frame,
        "ground": [path for path in paths(frame, shapes) if path],
        "things": things,
    }


def _together(area: Area, shapes: list[Geometry | None]) -> list[Geometry | None]:
    """Those near the first: what is far would leave nothing of it to see."""
    if shapes[0] is None:
        return shapes
    far = distances(*inner_point(shapes[0]), shapes, area.nation.metric_epsg)
    return [shape for shape, metres in zip(shapes, far, strict=True) if metres < IN_VIEW_METRES]


def _thing(frame: Frame, kind: str, shape: Geometry) -> dict[str, Any]:
    west, south, east, north = shape.bounds
    (x1, y1), (x2, y2) = frame.place(west, south), frame.place(east, north)
    if max(x2 - x1, y1 - y2) > SMALLEST_DRAWN:
        return {"kind": kind, "path": frame.path(shape)}
    x, y = frame.place(*inner_point(shape))
    return {"kind": kind, "x": x, "y": y}
