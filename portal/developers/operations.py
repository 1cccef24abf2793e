"""Every address that programs ask: what it answers, in which form, and which errors it knows.

Paths and what stands in them come from the address table, what can be asked from the searches' own tables.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from flask_babel import lazy_gettext as _l

from portal.developers.schemas import TEXT, named
from portal.proposals.docket import search as docket
from portal.proposals.docket.forms import CasesForm
from portal.register.answers import MOST
from portal.register.forms import PlacesForm
from portal.register.rules import ACCESS
from portal.register.search import FIELDS, TICKED

GEOJSON, JSON, PROBLEM = "application/geo+json", "application/json", "application/problem+json"
CSV, ATOM, CALENDAR = "text/csv", "application/atom+xml", "text/calendar"
TILE, PACKAGE = "application/vnd.mapbox-vector-tile", "application/geopackage+sqlite3"

Schema = Mapping[str, Any]
NONE: Schema = MappingProxyType({})


class Question(NamedTuple):
    """What stands after the question mark: its words and its JSON Schema."""

    words: Any
    schema: Schema


class Operation(NamedTuple):
    """An address: in words, the form of its answer, what can be asked, and its errors."""

    words: Any
    kind: str
    answer: Schema = NONE
    asks: Mapping[str, Question] = NONE
    errors: tuple[int, ...] = ()
    conditional: bool = False  # an unchanged answer is 304
    signed_in: bool = False
    trouble: tuple[str, Schema] = (PROBLEM, named("Problem"))  # how an error is told
    holes: Mapping[str, str] = NONE  # what stands in the path where only one of its forms is meant


def _words_of(form: type, name: str) -> Any:
    return getattr(form, name).args[0]


PLACES = {
    name: Question(_words_of(PlacesForm, name), field.schema) for name, field in FIELDS.items()
}
PLACES |= {name: Question(_words_of(PlacesForm, name), TICKED) for name in ACCESS}
PAGES = {
    "limit": Question(
        _l("How many at most; %(most)s and no more are given at once", most=MOST), docket.A_ROW
    ),
    "after": Question(_l("The number of the place that the page follows"), docket.A_ROW),
}
CASES = {
    name: Question(_words_of(CasesForm, name), {"type": "array", "items": facet.schema})
    for name, facet in docket.FACETS.items()
}
CASES |= {
    "words": Question(_words_of(CasesForm, "words"), TEXT),
    "overdue": Question(_words_of(CasesForm, "overdue"), TICKED),
    "sort": Question(_words_of(CasesForm, "sort"), {"enum": list(docket.Sort)}),
}
SPOT = {
    "place": Question(_l("What a broker typed: a place, a postcode, an outline"), TEXT),
    "suggestion": Question(_l("One of the page's suggestions"), TEXT),
}
DAYS = {
    f"{name}-{part}": Question(_l("A part of the first or last day"), TEXT)
    for name in ("first", "last")
    for part in ("day", "month", "year")
}
LOG = {
    "who": Question(_l("A person's e-mail address or number"), TEXT),
    "act": Question(_l("What was done"), TEXT),
    "kind": Question(_l("About what"), TEXT),
    "number": Question(_l("Its number"), TEXT),
}

# endpoint: what it does. In this order the page shows them.
OPERATIONS: dict[str, Operation] = {
    "register.assets_geojson": Operation(_l("Places that a search finds, a page at a time"), GEOJSON, named("Places"), PLACES | PAGES, (400, 404)),
    "register.assets_whole": Operation(_l("All places that a search finds, as one file"), GEOJSON, named("AllPlaces"), PLACES, (400, 404)),
    "register.assets_csv": Operation(_l("The same as a table, in the columns in which registers are published"), CSV, TEXT, PLACES, (400, 404)),
    "register.assets_gpkg": Operation(_l("The same as a GeoPackage"), PACKAGE, {}, PLACES, (400, 404)),
    "register.tile": Operation(_l("The same as map tiles, zoom 0 to 16"), TILE, {}, PLACES, (400, 404), conditional=True),
    "watches.assets_atom": Operation(_l("What is new in a search, as a feed"), ATOM, TEXT, PLACES, (400, 404), conditional=True),
    "register.one_geojson": Operation(_l("One place"), GEOJSON, named("OnePlace"), errors=(404,)),
    "register.area_geojson": Operation(_l("The area's boundary and its wards"), GEOJSON, named("Area"), errors=(404,)),
    "proposals.cases_json": Operation(_l("The register of cases"), JSON, named("Cases"), CASES, (400, 404)),
    "proposals.cases_csv": Operation(_l("The register of cases as a table"), CSV, TEXT, CASES, (400, 404)),
    "proposals.cases_atom": Operation(_l("The newest steps of cases, as a feed"), ATOM, TEXT, CASES, (400, 404), conditional=True),
    "hearings.coming_json": Operation(_l("Public hearings that are coming"), JSON, named("Hearings"), errors=(404,)),
    "hearings.coming_ics": Operation(_l("Public hearings as a calendar to follow"), CALENDAR, TEXT, errors=(404,), conditional=True),
    "hearings.hearing_ics": Operation(_l("One hearing for a calendar"), CALENDAR, TEXT, errors=(404,), conditional=True),
    "ownership.as_csv": Operation(_l("Who owns what: all questions and answers as a table"), CSV, TEXT, errors=(404,)),
    "hosting.calendar": Operation(_l("Somebody's own calendar; its address is the key"), CALENDAR, TEXT, errors=(404,), conditional=True, trouble=("text/plain", TEXT)),
    "locating.here_geojson": Operation(_l("For brokers: the place that was typed, on the map"), GEOJSON, named("Spots"), SPOT, (400, 403, 404), signed_in=True),
    "money.statement": Operation(_l("For brokers and officers: a statement of the money"), CSV, TEXT, {"holder": Question(_l("The holder's number"), TEXT)} | DAYS, (400, 403, 404), signed_in=True, holes={"kind": "csv"}),
    "dates.hours": Operation(_l("For brokers: the hours of rooms, offered, booked and attended"), CSV, TEXT, DAYS, (403, 404), signed_in=True, holes={"kind": "csv"}),
    "setup.audit_csv": Operation(_l("For administrators: the audit log"), CSV, TEXT, LOG, (400, 403), signed_in=True),
    "home.healthz": Operation(_l("Whether the database answers"), JSON, named("Health"), errors=(503,), trouble=(JSON, named("Health"))),
    "home.ping": Operation(_l("Whether the portal answers"), "text/plain", TEXT),
    "developers.openapi": Operation(_l("This list for programs"), JSON, {"type": "object"}, errors=(404,)),
}  # fmt: skip
# What a program sends us: the question is what a header must hold, the answer of HEARD what its body is.
HEARD = {
    "paying.hear": Operation(_l("GOV.UK Pay says that something happened"), JSON, named("Message"), {"Pay-Signature": Question(_l("HMAC-SHA256 of the body"), TEXT)}, (400, 503)),
    "setup.hear_notify": Operation(_l("GOV.UK Notify says what became of an e-mail, with the token that we gave it as a bearer"), JSON, named("Receipt"), errors=(400, 403)),
}  # fmt: skip
