"""What the register holds: kinds of asset, their status, and how a place became known."""

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


class LocatedBy(StrEnum):
    """How an asset's place is known; one without waits for the broker."""

    COORDINATES = "coordinates"
    POSTCODE = "postcode"
    PARENT = "parent"  # a room stands where its building stands
    BROKER = "broker"


class Opener(StrEnum):
    """Who lets people in when the building is closed."""

    KEYHOLDER = "keyholder"
    CARETAKER = "caretaker"
    DOOR_CODE = "door_code"
    STAFF = "staff"


def fold(text: str | None) -> str:
    """Text as it is compared: no case, no accents; folding twice changes nothing."""
    decomposed = normalize("NFKD", normalize("NFKD", (text or "")).casefold())
    return "".join(letter for letter in decomposed if not combining(letter))


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
