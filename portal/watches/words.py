"""A search as it is kept, and in words."""

from urllib.parse import parse_qsl, urlencode

import shapely
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from portal.areas.models import Area
from portal.register.forms import PlacesForm
from portal.register.rules import ACCESS
from portal.register.search import FIELDS, Search, inside_text
from portal.watches.rules import NEAR_METRES, Often, Why

OFTEN = {
    Often.DAILY: _l("Once a day at most"),
    Often.WEEKLY: _l("Once a week at most"),
}
NEWS = {
    Why.NEW: _l("New in the register"),
    Why.VACANT: _l("Newly vacant"),
    Why.LOCATED: _l("Now on the map"),
    Why.SHOWN: _l("In the register again"),
}
# In this order they stand in the address; how the list is sorted is nothing to watch.
KEPT = [name for name in FIELDS if name not in {"sort", "bbox"}] + list(ACCESS)
SEVERAL = {"kind", "status", "tenure"}


def read(area: Area, query: str) -> PlacesForm:
    """The search of an address as the list reads it; `errors_read` says what it could not."""
    return PlacesForm(area, MultiDict(parse_qsl(query, max_num_fields=500)))


def kept(area: Area, given: MultiDict[str, str]) -> PlacesForm:
    """The search of the list's address with nothing in it that does not count; as it was where it cannot be read.

    The part of a map that was shown becomes an area, for that is what is meant.
    """
    form = PlacesForm(area, given)
    if form.errors_read:
        return form
    search, pairs = form.search(), MultiDict(form.asked)
    if search.bbox and not search.inside:
        pairs["inside"] = inside_text(shapely.box(*search.bbox))
    if not search.near:
        pairs.poplist("within")
    pairs = MultiDict(pair for name in KEPT for pair in _told(name, pairs, search))
    return PlacesForm(area, pairs)


def _told(name: str, pairs: MultiDict[str, str], search: Search) -> list[tuple[str, str]]:
    if name in ACCESS:
        return [(name, "y")] if name in search.access else []
    values = pairs.getlist(name)
    return [(name, value) for value in (sorted(set(values)) if name in SEVERAL else values[:1])]


def watched(area: Area, given: MultiDict[str, str]) -> PlacesForm:
    """The search that will be watched: near a place without a distance is a kilometre around it."""
    form = kept(area, given)
    if form.errors_read or not form.search().near or "within" in form.asked:
        return form
    return kept(area, MultiDict([*form.asked.items(multi=True), ("within", str(NEAR_METRES))]))


def canonical(form: PlacesForm) -> str:
    """The address of a search that was `kept`: the same search is the same text, however it was asked."""
    return urlencode(list(form.asked.items(multi=True)))


def spoken(form: PlacesForm) -> list[str]:
    """What is watched, a filter a line, "Land or Buildings"; all of the area where there is none."""
    names = [name for name, _value in form.asked.items(multi=True) if name not in form.errors_read]
    said: dict[str, list[str]] = {}
    for name, (words, _address) in zip(names, form.tags(), strict=True):
        said.setdefault(name, []).append(words)
    either = " " + _("or") + " "
    return [either.join(several) for several in said.values()] or [
        _("Every place in %(area)s", area=form.area.name)
    ]
