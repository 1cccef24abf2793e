"""Pages of the register: the list and its map, one asset, and the same as GeoJSON."""

from math import isfinite
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request, url_for

from geo.crs import Box
from portal.areas.queries import current_area
from portal.errors import BadInput
from portal.people.access import PUBLIC, allow
from portal.register import maps, queries, words
from portal.register.doors import doors_of, standing_of
from portal.register.forms import KINDS, PlacesForm, distance_words
from portal.web import mistakes, render_form, row_id

bp = Blueprint("register", __name__)

PAGE = 20
MOST = 1000


@bp.get("/assets")
@allow(PUBLIC)
def assets():
    area = current_area()
    form = PlacesForm(area, request.args)
    search = form.search()
    found = queries.find(area, search, after=_after(), limit=PAGE)
    on_map = request.args.get("view") == "map"
    drawn = queries.find(area, search, limit=maps.MOST_DRAWN) if on_map else None
    return render_form(
        "register/list.html",
        form,
        found=found,
        search=search,
        unplaced=queries.count_unplaced(area, search),
        picture=drawn and maps.picture(area, drawn.assets),
        # A filter that makes no sense asked nothing of the list; the map asks the same.
        geojson_url=_same("register.assets_geojson", **dict.fromkeys(form.errors)),
        page=_same,
        heading=_heading(search),
        **_helpers(),
    )


@bp.get("/assets.geojson")
@allow(PUBLIC)
def assets_geojson():
    area = current_area()
    form = PlacesForm(area, request.args)
    search = form.search(_bbox(request.args.get("bbox")))
    if wrong := mistakes(form):
        raise BadInput("bad-filter", "%(why)s", why=wrong[0][1])
    found = queries.find(area, search, after=_after(), limit=_limit())
    links = [{"rel": "self", "href": request.full_path.rstrip("?"), "type": "application/geo+json"}]
    if found.next_key:
        following = _same("register.assets_geojson", after=found.next_key)
        links.append({"rel": "next", "href": following, "type": "application/geo+json"})
    body = maps.assets_geojson(
        found.assets, numberMatched=found.total, numberReturned=len(found.assets), links=links
    )
    header = ", ".join(f'<{link["href"]}>; rel="{link["rel"]}"' for link in links)
    return Response(body, mimetype="application/geo+json", headers={"Link": header})


@bp.get("/assets/<int:asset_id>")
@allow(PUBLIC)
def one(asset_id: int):
    area = current_area()
    asset = queries.asset_with_all(area, asset_id)
    return render_template(
        "register/asset.html",
        asset=asset,
        facts=list(words.facts(asset)),
        doors=doors_of(asset),
        standing=standing_of(asset) or [words.standing(asset)],
        picture=maps.picture(area, [asset]),
        where=words.where_it_is(asset, area),
        kinds=KINDS,
        **_helpers(),
    )


@bp.get("/assets/<int:asset_id>.geojson")
@allow(PUBLIC)
def one_geojson(asset_id: int):
    asset = queries.asset_with_all(current_area(), asset_id)
    return Response(maps.assets_geojson([asset]), mimetype="application/geo+json")


@bp.get("/area.geojson")
@allow(PUBLIC)
def area_geojson():
    headers = {"Cache-Control": "public, max-age=3600"}
    return Response(
        maps.area_geojson(current_area()), mimetype="application/geo+json", headers=headers
    )


def _helpers() -> dict[str, object]:
    return {"address": words.address, "kind_words": words.KIND, "distance": distance_words}


def _heading(search: queries.Search) -> str:
    """What the list is of: one kind's name, or all places."""
    return str(KINDS[search.kinds[0]]) if len(search.kinds) == 1 else ""


def _same(endpoint: str = "register.assets", **changes: object) -> str:
    """The address of the same list with something changed; None takes it away. The page asked for is never kept."""
    kept = [
        (name, value)
        for name, value in request.args.items(multi=True)
        if value and name not in {"after", *changes}
    ]
    if endpoint != request.endpoint:
        kept = [(name, value) for name, value in kept if name != "view"]
    kept += [(name, str(value)) for name, value in changes.items() if value is not None]
    return url_for(endpoint) + (f"?{urlencode(kept)}" if kept else "")


def _after() -> int | None:
    return request.args.get("after", type=row_id)


def _limit() -> int:
    limit = request.args.get("limit", MOST, type=int)
    return min(max(limit, 1), MOST)


def _bbox(text: str | None) -> Box | None:
    """West, south, east, north in degrees, as RFC 7946 has them. Raises BadInput for anything else."""
    if not text:
        return None
    try:
        box = Box(*(float(part) for part in text.split(",")))
    except (TypeError, ValueError):
        box = None
    if box is None or not all(map(isfinite, box)) or not _is_box(box):
        raise BadInput(
            "bad-bbox",
            "“bbox” is four numbers: west, south, east and north in degrees, for example -2.4,53.3,-2.2,53.5.",
        )
    return box


def _is_box(box: Box) -> bool:
    return -180 <= box.west <= box.east <= 180 and -90 <= box.south <= box.north <= 90  # noqa: PLR2004
