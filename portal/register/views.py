"""Pages of the register: the list and its map, one asset, an area to draw, a frame for other websites."""

from flask import (
    current_app,
    g,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from markupsafe import Markup

from portal.areas.queries import current_area
from portal.limits import limited
from portal.people.access import PUBLIC, allow
from portal.register import maps, queries, words
from portal.register.answers import after, bp, query_of, same, seen_by_reader
from portal.register.doors import asides_of, doors_of, standing_of
from portal.register.drawing import AreaForm, area_from, corners_of
from portal.register.forms import KINDS, PlacesForm, distance_words
from portal.register.rules import ACCESS
from portal.register.search import read, without
from portal.web import attempt, render_form

PAGE = 20
EMBEDDED = 5
bp.app_template_global("map_words")(words.map_words)


@bp.get("/assets")
@limited("search")
@allow(PUBLIC)
def assets():
    area = current_area()
    form = PlacesForm(area, request.args)
    search = form.search()
    found = queries.find(area, search, after=after(), limit=PAGE)
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
        map_query=query_of(without(request.args, {"view", "after", "limit", *form.errors})),
        page=same,
        heading=_heading(search),
        access=ACCESS,
        no_access=dict.fromkeys(ACCESS),
        **_helpers(),
    )


@bp.get("/assets/area")
@allow(PUBLIC)
def draw_area():
    """Draw an area to look inside of: by typed corners, or on the map where there is one."""
    area = current_area()
    form = AreaForm()
    kept = without(request.args, {"corners", "inside", "after", "view"})
    if form.corners.data and form.validate():
        inside = attempt(form, area_from, area, form.corners.data)
        if inside:
            return redirect(url_for("register.assets") + query_of([*kept, ("inside", inside)]))
    shape = read(area, request.args).search.inside
    if "corners" not in request.args:
        form.corners.data = corners_of(shape)
    return render_form(
        "register/area.html",
        form,
        kept=kept,
        back=url_for("register.assets") + query_of(kept),
        picture=maps.of_area(area),
        map_query=query_of(kept),
    )


@bp.get("/assets/embedding")
@allow(PUBLIC)
def embedding():
    """The lines that show this search's map on another page."""
    query = query_of(without(request.args, {"after", "view"}))
    url = f"{current_app.config['BASE_URL']}{url_for('register.embed')}{query}"
    title = _("Places that stand unused")
    return render_template(
        "register/embedding.html",
        lines=Markup(
            '<iframe src="{}" title="{}" width="100%" height="640" loading="lazy"></iframe>'
        ).format(url, title),
        embed_url=url_for("register.embed") + query,
        back=url_for("register.assets") + query,
    )


@bp.get("/embed")
@limited("search")
@allow(PUBLIC)
def embed():
    """The map and the first places of a search, for a frame in another body's own page."""
    area = current_area()
    asked = read(area, request.args)
    response = make_response(
        render_template(
            "register/embed.html",
            found=queries.find(area, asked.search, limit=EMBEDDED),
            picture=maps.picture(area, queries.drawn(area, asked.search, maps.MOST_DRAWN)),
            map_query=query_of(without(request.args, {"after", "limit", *asked.errors})),
            **_helpers(),
        )
    )
    g.frames_of = "*"  # anybody may show it: it holds nothing but what is public, and nothing can be done in it
    return response


@bp.get("/assets/<int:asset_id>")
@allow(PUBLIC)
def one(asset_id: int):
    area = current_area()
    asset = seen_by_reader(area, asset_id)
    return render_template(
        "register/asset.html",
        asset=asset,
        facts=list(words.facts(asset)),
        asides=asides_of(asset),
        doors=doors_of(asset),
        standing=standing_of(asset) or [words.standing(asset)],
        picture=maps.picture(area, [asset]),
        where=words.where_it_is(asset, area),
        kinds=KINDS,
        **_helpers(),
    )


def _helpers() -> dict[str, object]:
    return {"address": words.address, "kind_words": words.KIND, "distance": distance_words}


def _heading(search: queries.Search) -> str:
    """What the list is of: one kind's name, or all places."""
    return str(KINDS[search.kinds[0]]) if len(search.kinds) == 1 else ""
