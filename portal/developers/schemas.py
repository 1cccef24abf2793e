"""What the answers for programs look like, as JSON Schema; names and choices are those of the tables that the code reads."""

from typing import Any

from portal.hearings.rules import Outcome, Stands
from portal.people.rules import GroupKind
from portal.proposals.docket.search import OUTCOMES
from portal.proposals.docket.words import COLUMNS
from portal.proposals.rules import State, Track
from portal.proposals.uses import UseKind
from portal.register.features import NAMES
from portal.register.rules import Kind, Status

TEXT, NUMBER, WHOLE, YES_NO = (
    {"type": kind} for kind in ("string", "number", "integer", "boolean")
)
COUNT = WHOLE | {"minimum": 0}
DAY, MOMENT = TEXT | {"format": "date"}, TEXT | {"format": "date-time"}
PATH, ADDRESS = TEXT | {"pattern": "^/"}, TEXT | {"pattern": "^https?://"}


def named(name: str) -> dict[str, Any]:
    """A reference to one of SCHEMAS."""
    return {"$ref": f"#/components/schemas/{name}"}


def or_nothing(schema: dict[str, Any]) -> dict[str, Any]:
    """The same, or null."""
    return {"anyOf": [schema, {"type": "null"}]}


def record(properties: dict[str, Any], optional: tuple[str, ...] = ()) -> dict[str, Any]:
    """An object that has these members and no others."""
    return {
        "type": "object",
        "properties": properties,
        "required": [name for name in properties if name not in optional],
        "additionalProperties": False,
    }


def listed(items: dict[str, Any]) -> dict[str, Any]:
    """An array."""
    return {"type": "array", "items": items}


def _collection(feature: str, **members: Any) -> dict[str, Any]:
    kind = {"type": {"const": "FeatureCollection"}}
    return record(kind | members | {"features": listed(named(feature))})


def _feature(properties: dict[str, Any], *optional: str, numbered: bool = True) -> dict[str, Any]:
    said = record(properties, optional)
    members = {"type": {"const": "Feature"}, "properties": said, "geometry": named("Geometry")}
    return record(members | ({"id": WHOLE} if numbered else {}))


# Of each place, by features.NAMES; what a search near somewhere adds is left out elsewhere.
OF_PLACES = {
    "name": TEXT,
    "kind": {"enum": list(Kind)},
    "status": {"enum": list(Status)},
    "holder": TEXT,
    "ward": or_nothing(TEXT),
    "capacity": or_nothing(COUNT),
    "step_free": or_nothing(YES_NO),
    "postcode": or_nothing(TEXT),
    "land_m2": or_nothing(NUMBER),
}
# Of each case, where a column is not a text that may be missing or a day that may not have come.
OF_CASES = {
    "Number": WHOLE,
    "Address": ADDRESS,
    "Title": TEXT,
    "Place": TEXT,
    "PlaceNumber": WHOLE,
    "Holder": TEXT,
    "Kind": {"enum": list(Track)},
    "Use": or_nothing({"enum": list(UseKind)}),
    "GroupKind": {"enum": list(GroupKind)},
    "TermMonths": or_nothing(COUNT),
    "State": {"enum": list(State)},
    "Overdue": YES_NO,
    "DaysToDecision": or_nothing(WHOLE),
    "Outcome": or_nothing({"enum": list(OUTCOMES)}),
    "GrantedByDefault": or_nothing(YES_NO),
    "ReviewOutcome": or_nothing({"enum": list(OUTCOMES)}),
    "PetitionSignatures": or_nothing(COUNT),
    "Rules": TEXT,
}


def _column(name: str) -> dict[str, Any]:
    kind = OF_CASES.get(name) or or_nothing(DAY if name.endswith("On") else TEXT)
    return {"description": COLUMNS[name], **kind}


SCHEMAS: dict[str, dict[str, Any]] = {
    "Geometry": {
        "description": "RFC 7946, in degrees; null where nobody knows the place.",
        "type": ["object", "null"],
        "properties": {"type": TEXT, "coordinates": {"type": "array"}},
        "required": ["type"],
    },
    "Link": record({"rel": TEXT, "href": PATH, "type": TEXT}),
    "Place": _feature(
        {name: OF_PLACES[name] for name in NAMES} | {"url": PATH, "metres": NUMBER}, "metres"
    ),
    "Places": _collection(
        "Place", numberMatched=COUNT, numberReturned=COUNT, links=listed(named("Link"))
    ),
    "AllPlaces": _collection("Place"),
    "ShortPlace": _feature(
        {name: OF_PLACES[name] for name in ("name", "kind", "status", "holder")}
    ),
    "OnePlace": _collection("ShortPlace"),
    "Ground": _feature(
        {"what": {"enum": ["boundary", "ward"]}, "name": TEXT, "code": TEXT},
        "code",
        numbered=False,
    ),
    "Area": _collection("Ground"),
    "Spot": _feature({"name": TEXT, "kind": {"enum": list(Kind)}, "words": TEXT, "url": PATH}),
    "Spots": _collection("Spot"),
    "Case": record({name: _column(name) for name in COLUMNS}),
    "Cases": record(
        {"columns": record(dict.fromkeys(COLUMNS, TEXT)), "cases": listed(named("Case"))}
    ),
    "Hearing": record(
        {
            "case": WHOLE,
            "title": TEXT,
            "group": TEXT,
            "about": TEXT,
            "starts": MOMENT,
            "ends": MOMENT,
            "place": TEXT,
            "status": {"enum": list(Stands)},
            "outcome": or_nothing({"enum": list(Outcome)}),
            "url": ADDRESS,
            "ics": ADDRESS,
        }
    ),
    "Hearings": record({"hearings": listed(named("Hearing"))}),
    "Health": record({"database": {"enum": ["answers", "away"]}}),
    "Problem": {
        "description": "RFC 9457. “detail” is a sentence for people, “code” does not change.",
        **record({"type": TEXT, "title": TEXT, "status": WHOLE, "detail": TEXT, "code": TEXT}),
    },
    "Message": {
        "type": "object",
        "properties": {
            "resource": {"type": "object", "properties": {"payment_id": TEXT}},
            "resource_id": TEXT,
        },
        "required": ["resource"],
    },
    "Receipt": {
        "type": "object",
        "properties": {"reference": TEXT, "status": TEXT},
        "required": ["reference", "status"],
    },
}
