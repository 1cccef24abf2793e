"""What a broker can establish about a place, on what evidence, and why a place waits to be looked at. Pure."""

from enum import StrEnum

from portal.errors import N_, RuleBroken
from portal.register.rules import KEPT_STATUS, LocatedBy, Status


class Deed(StrEnum):
    """What was done to an asset by hand; each is one row of its history."""

    PLACED = "placed"
    CONFIRMED = "confirmed"  # it stands where it stood
    PUT_BACK = "put_back"  # an earlier placing was taken back
    CHECKED = "checked"  # facts seen on site
    HOURS = "hours"
    SAID = "said"  # how a place is let, by its holder or the broker
    WITHHELD = "withheld"
    SHOWN = "shown"


class Method(StrEnum):
    """How the broker said where it is."""

    POSTCODE = "postcode"
    UPRN = "uprn"
    STREET = "street"
    SAME_PROPERTY = "same_property"  # another entry with the same UPRN
    SAME_NAME = "same_name"  # another entry or year with the same name
    PARENT = "parent"
    TYPED = "typed"  # coordinates, a grid reference, a postcode, a name
    DRAWN = "drawn"  # a shape: corners, GeoJSON or WKT
    PIN = "pin"


class Evidence(StrEnum):
    """What somebody's word about a place rests on."""

    SITE_VISIT = "site_visit"
    HOLDERS_PLAN = "holders_plan"
    TITLE_PLAN = "title_plan"
    ORDNANCE_SURVEY = "ordnance_survey"
    AERIAL = "aerial"
    OTHER_MAP = "other_map"
    SOMEBODY = "somebody"


# As the source of a checked fact, in the register's own language; pages translate it.
SOURCES = {
    Evidence.SITE_VISIT: N_("Broker, site visit"),
    Evidence.HOLDERS_PLAN: N_("Broker, holder's plan"),
    Evidence.TITLE_PLAN: N_("Broker, title plan"),
    Evidence.ORDNANCE_SURVEY: N_("Broker, Ordnance Survey map"),
    Evidence.AERIAL: N_("Broker, aerial photograph"),
    Evidence.OTHER_MAP: N_("Broker, by a map"),
    Evidence.SOMEBODY: N_("Broker, told by somebody who knows"),
}
READ_BY_BROKER = N_("Broker")


class Doubt(StrEnum):
    """Why a place waits for the broker, the worst first."""

    NO_PLACE = "no_place"
    OUTSIDE = "outside"
    POSTCODE_ONLY = "postcode_only"
    FAR_FROM_POSTCODE = "far_from_postcode"
    FAR_FROM_PROPERTY = "far_from_property"
    SAME_POINT = "same_point"


RANK = {doubt: rank for rank, doubt in enumerate(Doubt, 1)}

# A unit postcode in the country may reach so far from its centre [default].
POSTCODE_METRES = 800
# Between a property's point of the national list and the place of a large site [default].
PROPERTY_METRES = 400

# What is established by looking: asked for together, each with the source and day of the visit.
CHECKABLE = (
    "status", "step_free", "hearing_loop", "accessible_toilet", "changing_place", "parking", "capacity",
)  # fmt: skip
# How a place may be found to stand; the others come from agreements that the portal itself keeps.
SEEN_STATUS = (Status.VACANT, Status.UNDER_USED, Status.OCCUPIED)
MOST_PEOPLE = 100_000


def check_seen(before: Status, seen: Status | None) -> None:
    """Refuse a status that an agreement made through the portal decides. Raises RuleBroken."""
    if seen is None or seen is before:
        return
    if before in KEPT_STATUS:
        raise RuleBroken(
            "status-by-agreement",
            "A community group has an agreement for this place, so how it stands follows from that. End the agreement instead.",
        )
    if seen not in SEEN_STATUS:
        raise RuleBroken(
            "status-by-agreement", "Only an agreement can bring a place into this state."
        )


def located_by(method: Method) -> LocatedBy:
    """How a place is known once a broker has chosen it: the middle of a postcode stays what it is, whoever chose it."""
    return LocatedBy.POSTCODE if method is Method.POSTCODE else LocatedBy.BROKER


def follows_building(located_by: LocatedBy | None) -> bool:
    """Whether a room's place is its building's, so that it moves when the building is placed."""
    return located_by in (None, LocatedBy.PARENT)
