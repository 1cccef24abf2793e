"""The register for other programs: GeoJSON, map tiles, and files to take away."""

from collections.abc import Iterable
from dataclasses import replace
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, request, stream_with_context, url_for
from flask_babel import gettext as _

from geo import tiles
from geo.geojson import feature_collection
from portal import clock
from portal.areas.models import Area
from portal.areas.queries import current_area
from portal.errors import BadInput, NotFound
from portal.limits import limited
from portal.people.access import PUBLIC, allow, area_roles
from portal.people.rules import Role
from portal.register import export, features, maps, queries
from portal.register.glance import Glance, glance
from portal.register.models import Asset
from portal.register.search import Search, Sort, read
from portal.web import row_id

bp = Blueprint("register", __name__)

MOST = 1000
GEOJSON = "application/geo+json"


@bp.get("/assets.geojson")
@limited("search")
@allow(PUBLIC)
def assets_geojson():
    seen, search = _seen()
    if search.bbox and not search.near and search.sort is None:
        # Whoever asks for a box draws it, and needs no order; a thousand names take longer to sort than to send.
        search = replace(search, sort=Sort.NUMBER)
    key = features.key_of(seen, search, request.query_string)
    if known := features.memory.recall(key):
        body, header = known
    else:
        body, header = _found(seen, search, key)
    return Response(body, mimetype=GEOJSON, headers={"Link": header})


def _found(seen: Glance, search: Search, key: Any) -> tuple[bytes, str]:
    """A page of features and its links; kept until a record changes."""
    page = queries.find_rows(seen, search, after=_number("after"), limit=_limit())
    links = [{"rel": "self", "href": request.full_path.rstrip("?"), "type": GEOJSON}]
    if page.more:
        following = same("register.assets_geojson", after=int(seen.id[page.rows[-1]]))
        links.append({"rel": "next", "href": following, "type": GEOJSON})
    found = features.written(seen, page.rows, page.metres)
    body = features.collection(
        found, numberMatched=page.total, numberReturned=len(found), links=links
    )
    header = ", ".join(f'<{link["href"]}>; rel="{link["rel"]}"' for link in links)
    features.memory.keep(key, body, header)
    return body, header


@bp.get("/assets.csv")
@limited("download")
@allow(PUBLIC)
def assets_csv():
    return _sent(stream_with_context(export.as_csv(*_seen())), "text/csv", "csv")


@bp.get("/places.geojson")
@limited("download")
@allow(PUBLIC)
def assets_whole():
    return _sent(stream_with_context(export.as_geojson(*_seen())), GEOJSON, "geojson")


@bp.get("/assets.gpkg")
@limited("download")
@allow(PUBLIC)
def assets_gpkg():
    return _sent(export.as_geopackage(*_seen()), "application/geopackage+sqlite3", "gpkg")


def _sent(body: Iterable[Any], kind: str, ending: str) -> Response:
    """A file to keep, named after the area and the day."""
    name = f"{current_area().slug}-{clock.today():%Y-%m-%d}.{ending}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(body, mimetype=kind, headers=headers)


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


def seen_by_reader(area: Area, asset_id: int) -> Asset:
    """An asset for whoever reads; what is withheld is there for brokers only. Raises NotFound."""
    return queries.asset_with_all(area, asset_id, withheld=Role.BROKER in area_roles())


@bp.get("/assets/<int:asset_id>.geojson")
@allow(PUBLIC)
def one_geojson(asset_id: int):
    asset = seen_by_reader(current_area(), asset_id)
    # Not from the search's memory: what is gone from its holder's register still has its page.
    said = {
        "name": asset.name,
        "kind": asset.kind,
        "status": asset.status,
        "holder": asset.holder.name,
    }
    return Response(feature_collection([asset.shape], [said], ids=[asset.id]), mimetype=GEOJSON)


@bp.get("/area.geojson")
@allow(PUBLIC)
def area_geojson():
    headers = {"Cache-Control": "public, max-age=3600"}
    return Response(maps.area_geojson(current_area()), mimetype=GEOJSON, headers=headers)


def same(endpoint: str = "register.assets", **changes: object) -> str:
    """The address of the same list with something changed; None takes it away. The page asked for is never kept."""
    kept = [
        (name, value)
        for name, value in request.args.items(multi=True)
        if value and name not in {"after", *changes}
    ]
    if endpoint != request.endpoint:
        kept = [(name, value) for name, value in kept if name != "view"]
    kept += [(name, str(value)) for name, value in changes.items() if value is not None]
    # To ask for one's own address would take as long as finding the places.
    path = url_for(endpoint) if endpoint != request.endpoint else request.script_root + request.path
    return path + query_of(kept)


def query_of(pairs: Iterable[tuple[str, str]]) -> str:
    """The part of an address after its path, or nothing."""
    kept = [pair for pair in pairs if pair[1]]
    return f"?{urlencode(kept)}" if kept else ""


def after() -> int | None:
    """The asset that the page follows. Asked for with care, for a MultiDict makes an error of what is not there."""
    return request.args.get("after", type=row_id) if "after" in request.args else None


def _number(name: str) -> int | None:
    """A whole number from 1 that a program asked with. Raises BadInput, for it cannot see what was made of it."""
    try:
        return row_id(text) if (text := request.args.get(name, "")) else None
    except ValueError:
        why = _("“%(name)s” is a whole number from 1.", name=name)
        raise BadInput("bad-number", "%(why)s", why=why) from None


def _limit() -> int:
    return min(_number("limit") or MOST, MOST)
