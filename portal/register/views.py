"""Pages of the register: the list and its map, one asset, and the same as GeoJSON."""

from collections.abc import Iterable
from hashlib import sha256
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request, url_for

from geo import tiles
from portal.areas.queries import current_area
from portal.errors import BadInput, NotFound
from portal.people.access import PUBLIC, allow
from portal.register import features, maps, queries, words
from portal.register.doors import doors_of, standing_of
from portal.register.forms import KINDS, PlacesForm, distance_words
from portal.register.glance import Glance, glance
from portal.register.rules import ACCESS
from portal.register.search import Search, read, without
from portal.web import render_form, row_id

bp = Blueprint("register", __name__)

PAGE = 20
MOST = 1000
GEOJSON = "application/geo+json"


@bp.get("/assets")
@allow(PUBLIC)
def assets():
    area = current_area()
    form = PlacesForm(area, request.args)
    search = form.search()
    found = queries.find(area, search, after=_after(), limit=PAGE)
    form.offer(queries.counts(area, search))
    on_map = request.args.get("view") == "map"
    return render_form(
        "register/list.html",
        form,
        found=found,
        search=search,
        unplaced=queries.count_unplaced(area, search),
        picture=maps.picture(area, queries.drawn(area, search, maps.MOST_DRAWN))
        if on_map
        else None,
        # A filter that makes no sense asked nothing of the list; the map asks the same.
        map_query=_query(without(request.args, {"view", "after", "limit", *form.errors})),
        page=_same,
        heading=_heading(search),
        access=ACCESS,
        no_access=dict.fromkeys(ACCESS),
        **_helpers(),
    )


@bp.get("/assets.geojson")
@allow(PUBLIC)
def assets_geojson():
    seen, search = _seen()
    page = queries.find_ids(seen, search, after=_after(), limit=_limit())
    links = [{"rel": "self", "href": request.full_path.rstrip("?"), "type": GEOJSON}]
    if page.more:
        following = _same("register.assets_geojson", after=page.ids[-1])
        links.append({"rel": "next", "href": following, "type": GEOJSON})
    body = features.collection(
        seen, page.ids, page.metres, numberMatched=page.total, numberReturned=len(page.ids), links=links
    )  # fmt: skip
    header = ", ".join(f'<{link["href"]}>; rel="{link["rel"]}"' for link in links)
    return Response(body, mimetype=GEOJSON, headers={"Link": header})


@bp.get("/tiles/<int:zoom>/<int:x>/<int:y>.mvt")
@allow(PUBLIC)
def tile(zoom: int, x: int, y: int):
    if zoom > tiles.DEEPEST or max(x, y) >= 2**zoom:
        raise NotFound("no-tile", "There is no such tile. The map goes from zoom 0 to 16.")
    seen, search = _seen()
    body = features.tile(seen, search, zoom, x, y)
    # Kept by the browser, but asked for each time: the register's version says whether it is still true.
    response = Response(body, mimetype="application/vnd.mapbox-vector-tile")
    response.headers["Cache-Control"] = "no-cache"
    response.set_etag(sha256(body).hexdigest()[:20])
    return response.make_conditional(request)


def _seen() -> tuple[Glance, Search]:
    """The register true now, and what the address asks of it. Raises BadInput with what cannot be read."""
    try:
        seen = glance()
    except LookupError:
        current_area()  # says what to do
        raise
    asked = read(None, request.args)
    for name, sentence in asked.errors.items():
        raise BadInput("bad-bbox" if name == "bbox" else "bad-filter", "%(why)s", why=sentence)
    return seen, asked.search


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
    area = current_area()
    asset = queries.asset_with_all(area, asset_id)
    return Response(features.collection(glance(area.id), [asset.id], {}), mimetype=GEOJSON)


@bp.get("/area.geojson")
@allow(PUBLIC)
def area_geojson():
    headers = {"Cache-Control": "public, max-age=3600"}
    return Response(maps.area_geojson(current_area()), mimetype=GEOJSON, headers=headers)


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
    return url_for(endpoint) + _query(kept)


def _query(pairs: Iterable[tuple[str, str]]) -> str:
    """The part of an address after its path, or nothing."""
    kept = [pair for pair in pairs if pair[1]]
    return f"?{urlencode(kept)}" if kept else ""


def _after() -> int | None:
    return request.args.get("after", type=row_id)


def _limit() -> int:
    limit = request.args.get("limit", MOST, type=int)
    return min(max(limit, 1), MOST)
