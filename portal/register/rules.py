"""What the register holds: kinds of asset, their status, and how a place became known."""

import re
from enum import StrEnum
from unicodedata import combining, normalize


class Kind(StrEnum):
    """The three doors of the portal."""

    LAND = "land"
    BUILDING = "building"
    ROOM = "room"


class Status(StrEnum):
    """How an asset stands now. `granted` becomes `in_use` at handover."""

    VACANT = "vacant"
    UNDER_USED = "under_used"  # rooms, and buildings with rooms
    GRANTED = "granted"
    IN_USE = "in_use"  # by a community group, through the portal
    OCCUPIED = "occupied"  # by its holder or a tenant


class Tenure(StrEnum):
    """What right the holder has, as far as a register's own words say."""

    FREEHOLD = "freehold"
    LEASEHOLD = "leasehold"
    LICENCE = "licence"
    OTHER = "other"


class LocatedBy(StrEnum):
    """How an asset's place is known; one without waits for the broker."""

    COORDINATES = "coordinates"
    UPRN = "uprn"  # the national list's point for the property
    POSTCODE = "postcode"
    PARENT = "parent"  # a room stands where its building stands
    BROKER = "broker"


class Opener(StrEnum):
    """Who lets people in when the building is closed."""

    KEYHOLDER = "keyholder"
    CARETAKER = "caretaker"
    DOOR_CODE = "door_code"
    STAFF = "staff"


class HireWhen(StrEnum):
    """In which part of the year a place is let; terms are its holder's."""

    ALWAYS = "always"
    IN_TERM = "in_term"
    OUT_OF_TERM = "out_of_term"


# What can be asked of a room's or building's access; each is a column, and None means that nobody has checked.
ACCESS = ("step_free", "hearing_loop", "accessible_toilet", "changing_place", "parking")


def fold(text: str | None) -> str:
    """Text as it is compared: no case, no accents; folding twice changes nothing."""
    decomposed = normalize("NFKD", normalize("NFKD", (text or "")).casefold())
    return "".join(letter for letter in decomposed if not combining(letter))


def tokens(text: str | None) -> list[str]:
    """The words of a text as they are looked up: folded, letters and digits only."""
    if (
        text and text.isascii()
    ):  # most names are; it comes to the same and takes a tenth of the time
        return re.findall(r"[a-z0-9]+", text.lower())
    return re.findall(r"[^\W_]+", fold(text))


# What a search for words looks in, the holder's name beside it.
WORDS_FROM = ("name", "street_number", "street", "town", "postcode", "code", "uprn")


def words_of(*texts: str | None) -> str:
    """The words of some texts, one space between."""
    return " ".join(tokens(" ".join(filter(None, texts))))


def name_key(name: str) -> str:
    """What a list by name is sorted by."""
    return name[:80].lower() if name.isascii() else fold(name)[:80]


# The first pattern found in the folded text decides.
TENURES = (
    (r"freehold|\bowned\b|\bfee simple\b|\bheritable\b", Tenure.FREEHOLD),
    (r"leas(e|ed)\b|leasehold|\brent", Tenure.LEASEHOLD),
    (r"licen[cs]e", Tenure.LICENCE),
)


def tenure_of(text: str | None) -> Tenure | None:
    """What a register's words about tenure come to; None where it says nothing."""
    folded = fold(text).strip()
    if not folded:
        return None
    return next((tenure for pattern, tenure in TENURES if re.search(pattern, folded)), Tenure.OTHER)


# Half a kilometre: what a generalised boundary may cut off at its edge.
OUTLIER_METRES = 500

# What an import may not take back: the portal itself brought the asset into this state.
KEPT_STATUS = frozenset({Status.GRANTED, Status.IN_USE})


def status_after_import(before: Status | None, said: Status) -> Status:
    """The status of an asset once a register has spoken; the portal's own agreements stand.

    A building whose rooms the portal lets stays under-used while its holder says no more than "occupied".
    """
    if before in KEPT_STATUS or (before is Status.UNDER_USED and said is Status.OCCUPIED):
        return before
    return said
