"""Roles and kinds of group, as COMPACT.md's "Who takes part" names them."""

import re
from enum import StrEnum

from portal.errors import RuleBroken


class Role(StrEnum):
    """In what role somebody acts. `portal` is the clock: what happens because a day has passed."""

    RESIDENT = "resident"
    ORGANISER = "organiser"
    BROKER = "broker"
    OFFICER = "officer"
    PANEL = "panel"
    CHAIR = "chair"
    ADMINISTRATOR = "administrator"
    PORTAL = "portal"


class GroupKind(StrEnum):
    """What a group is in law; neighbours without a constitution can do everything too."""

    CHARITY = "charity"
    CIO = "cio"
    CIC = "cic"
    COMPANY = "company"
    COOPERATIVE = "cooperative"
    ASSOCIATION = "association"
    UNCONSTITUTED = "unconstituted"


class HolderKind(StrEnum):
    """What sort of public body holds an asset."""

    COUNCIL = "council"
    HOUSING_ASSOCIATION = "housing_association"
    SCHOOL = "school"
    NHS = "nhs"
    POLICE = "police"
    FIRE = "fire"
    LIBRARY_SERVICE = "library_service"
    PARISH = "parish"
    OTHER = "other"
    UNKNOWN = "unknown"  # nobody has found out yet whose it is


# Enough to catch a slip; whether the address exists only a letter can tell.
EMAIL_PATTERN = r"^[^@\s]+@[^@\s]+\.[^@\s]+$"


def check_email(text: str) -> str:
    """The address in lower case without white space around it. Raises RuleBroken("email-form")."""
    email = text.strip().lower()
    if not re.fullmatch(EMAIL_PATTERN, email):
        raise RuleBroken("email-form", "Write an e-mail address like name@example.org.")
    return email


# The first pattern found in the folded name decides.
HOLDERS = (
    (r"\b(parish|town council|community council)\b", HolderKind.PARISH),
    (r"\blibrar", HolderKind.LIBRARY_SERVICE),
    (r"\b(council|borough|corporation)\b", HolderKind.COUNCIL),
    (r"\b(homes|housing)\b", HolderKind.HOUSING_ASSOCIATION),
    (r"\b(schools?|academy|academies|colleges?|education|learning)\b", HolderKind.SCHOOL),
    (r"\b(nhs|health|hospital|clinic|general practices)\b", HolderKind.NHS),
    (r"\bpolice\b", HolderKind.POLICE),
    (r"\bfire\b", HolderKind.FIRE),
)


def holder_kind(name: str) -> HolderKind:
    """What sort of body a holder is, by its name in lower case or capitals."""
    lower = name.casefold()
    found = (kind for pattern, kind in HOLDERS if re.search(pattern, lower))
    return next(found, HolderKind.OTHER)
