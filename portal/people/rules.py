"""Roles and kinds of group, as COMPACT.md's "Who takes part" names them."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
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


@dataclass(frozen=True)
class Lives:
    """How long a sign-in lasts: without a sign of life, and at all."""

    idle: timedelta
    whole: timedelta


# Staff see what others told in confidence: half a working day, and never past one. Whoever asks for a room or writes a
# proposal comes back to it over some days; the cookie also ends with the browser, which is what helps in a library.
STAFF_LIVES = Lives(timedelta(hours=4), timedelta(hours=12))
OTHERS_LIVE = Lives(timedelta(days=3), timedelta(days=14))
SEEN_EVERY = timedelta(minutes=5)  # a sign of life is written down no oftener
# How long ago somebody may have shown who they are before the acts that do most harm. What was opened in time may be
# filled in as long again.
FRESH = timedelta(minutes=15)


def alive(begun: datetime, seen: datetime, now: datetime, *, staff: bool) -> bool:
    """Whether a sign-in still counts."""
    lives = STAFF_LIVES if staff else OTHERS_LIVE
    return now < begun + lives.whole and now < seen + lives.idle


class Missing(StrEnum):
    """What somebody must still do before they are signed in."""

    CODE = "code"  # type what the telephone shows
    SET_UP = "set up"  # staff who have no second step yet


def missing(*, has: bool, passed: bool, must: bool) -> Missing | None:
    """What is still to do: has a second step, passed it in this browser, must have one."""
    if passed:
        return None
    if has:
        return Missing.CODE
    return Missing.SET_UP if must else None


# The first that a browser says of itself decides: most call themselves by the names of others too.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("Chrome", "Chrome"),
    ("CriOS", "Chrome"),
    ("Safari", "Safari"),
)
DEVICES = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "Chromebook"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


def browser_words(agent: str) -> str:
    """What a browser calls itself, in names that people know: "Firefox, Windows"; "" for one that nobody knows."""
    named = (
        next((words for mark, words in table if mark in agent), "") for table in (BROWSERS, DEVICES)
    )
    return ", ".join(name for name in named if name)
