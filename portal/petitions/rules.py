"""Petitions: who is one person, how many are needed, how long links and names are kept. Pure.

Source: COMPACT, "Track 1 and 2", the row "petition"; periods without a source there are this project's own defaults.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any, NamedTuple

from portal.areas.profile import Petition
from portal.errors import RuleBroken
from portal.people.rules import check_email


class Where(StrEnum):
    """Where somebody has to live or work to be counted."""

    AREA = "area"
    WARD = "ward"
    ANYWHERE = "anywhere"


# The link in a letter confirms for so long; asked for again sooner than this, no second letter goes.
LINK_LIVES = timedelta(days=7)
LETTER_REST = timedelta(minutes=10)
# What was handed in on paper by the last day may be counted so much longer.
PAPER_LATER = timedelta(days=14)
# After a case is decided or over, names, addresses and scans are kept for so many months.
KEPT_MONTHS = 6
LONGEST_EMAIL = 254
MOST_ON_PAPER = 10_000  # in one entry


@dataclass(frozen=True)
class Count:
    """How the number of signatures that are needed came about, so that a page can unfold it."""

    needed: int
    count: int | None  # the profile's fixed number
    share: str | None  # its share of the residents, as written there
    shared: (
        int | None
    )  # that share in heads, rounded up; None while the residents are not on record
    residents: int | None
    place: str  # whose residents they are
    source: str  # who says how many
    clause: str

    def kept(self) -> dict[str, Any]:
        """As the petition keeps it."""
        return asdict(self)


def count_needed(asked: Petition, residents: int | None, place: str, source: str) -> Count:
    """How many signatures a profile's petition needs: the fewer of its number and its share of the residents.

    A share of residents that nobody has counted is left out: the number then holds alone, and where there is none
    it raises RuleBroken("residents-unknown"). Nothing is estimated.
    """
    needed = asked.threshold(residents)
    if needed is None:
        raise RuleBroken(
            "residents-unknown",
            "Here a petition needs a share of the residents, and how many there are in %(place)s is not on record. "
            "Ask the area's administrator to write it down; then open the petition.",
            place=place,
        )
    return Count(
        needed=needed,
        count=asked.count,
        share=None if asked.share is None else str(asked.share),
        shared=replace(asked, count=None).threshold(residents),
        residents=residents,
        place=place,
        source=source,
        clause=asked.clause,
    )


def email_key(text: str) -> str:
    """An address by which one person is known: capitals and the way accents are typed do not matter, all else does.

    Raises RuleBroken("email-form") for what is no address, or longer than one can be.
    """
    key = check_email(unicodedata.normalize("NFC", text))
    # Small letters of some scripts come apart again.
    key = unicodedata.normalize("NFC", key)
    if len(key) > LONGEST_EMAIL:
        raise RuleBroken("email-form", "Write an e-mail address like name@example.org.")
    return key


def same_person(name: str, postcode: str) -> str:
    """A hash that is the same for names that differ in capitals, accents, dots and order, at one postcode.

    >>> same_person("Zoë O'Neill", "M332AA") == same_person("oneill, ZOE", "M332AA")
    True
    """
    plain = unicodedata.normalize("NFKD", name.casefold()).replace("'", "").replace("\u2019", "")
    bare = "".join(c for c in plain if not unicodedata.combining(c))
    words = sorted(re.findall(r"\w+", bare))
    return sha256(f"{' '.join(words)}|{postcode}".encode()).hexdigest()


def check_last_day(day: date | None, opened: date, longest: date) -> date:
    """The last day of a petition. Raises RuleBroken("last-day") when it is not after its first, or too far."""
    if day is None or not opened < day <= longest:
        raise RuleBroken(
            "last-day",
            "The last day can be from %(first)s to %(last)s.",
            first=opened + timedelta(days=1),
            last=longest,
        )
    return day


class OnPaper(NamedTuple):
    """One count of paper: how many are valid, and how many were struck out for what."""

    valid: int
    double: int = 0
    outside: int = 0
    unreadable: int = 0

    @property
    def struck(self) -> int:
        """All that were struck out."""
        return self.double + self.outside + self.unreadable


def check_paper(counted: OnPaper) -> None:
    """Raises RuleBroken for numbers that no heap of sheets has."""
    if min(counted) < 0 or max(counted) > MOST_ON_PAPER:
        raise RuleBroken(
            "paper-number", "Each number is from 0 to %(most)s.", most=f"{MOST_ON_PAPER:,}"
        )
    if not any(counted):
        raise RuleBroken("paper-empty", "Say how many signatures there are on the paper.")


@dataclass(frozen=True)
class Tally:
    """What has been counted: confirmed by e-mail in each ward, elsewhere, and on paper."""

    wards: Sequence[tuple[str, int]]  # name, number; eligible ones only
    paper: int
    apart: int  # confirmed, but from outside

    @property
    def online(self) -> int:
        """All confirmed by e-mail that count."""
        return sum(number for _name, number in self.wards)

    @property
    def total(self) -> int:
        """What is held against the number needed."""
        return self.online + self.paper
