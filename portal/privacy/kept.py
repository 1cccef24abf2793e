"""What the register of personal data is made of. Pure.

A record says of one table what it holds about people; `register.py` holds all of them.
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from portal.errors import N_


class Basis(StrEnum):
    """On what ground of UK GDPR article 6(1) it is held."""

    CONSENT = "consent"
    CONTRACT = "contract"
    LEGAL = "legal obligation"
    TASK = "public task"


class Then(StrEnum):
    """What becomes of it."""

    DELETED = "deleted"
    EMPTIED = "emptied"
    KEPT = "kept"


class Topic(StrEnum):
    """Under which heading the privacy page tells of it."""

    ACCOUNT = "account"
    LETTERS = "letters"
    PLACES = "places"
    CASES = "cases"
    ROOMS = "rooms"
    MONEY = "money"
    RUNNING = "running"


class Term(NamedTuple):
    """How long something is kept, counted from what, what happens then, and which job of `portal tick` does it."""

    since: str
    then: Then
    job: str
    days: int = 0
    months: int = 0


class Through(NamedTuple):
    """Rows that are somebody's because another table's rows are: `column` is one of that table's `theirs`."""

    column: str
    table: str
    theirs: str = "id"


class Record(NamedTuple):
    """One table's personal data. Columns are named in one string with spaces between."""

    table: str
    topic: Topic
    whose: str
    what: str
    why: str
    basis: Basis
    seen: str
    person: str = ""  # whose row it is: an account's key, or an e-mail address
    acted: str = ""  # who wrote it down or decided it; the row is about something else
    holds: str = ""  # names, addresses and the like: emptied when their person is erased
    words: str = ""  # free text in which somebody may be named
    keys: str = ""  # keys and fingerprints: never handed out
    files: str = ""  # bytes
    special: bool = False  # UK GDPR article 9: health
    terms: tuple[Term, ...] = ()
    stays: str = ""  # why there is no term
    erased: Then = Then.KEPT  # what becomes of somebody's rows on their request
    frozen: bool = False  # the database refuses to change it
    through: tuple[Through, ...] = ()

    def columns(self) -> Iterator[str]:
        """Every column that this record speaks for."""
        parts = (self.person, self.acted, self.holds, self.words, self.keys, self.files)
        for columns in parts:
            yield from columns.split()


# The bases in plain words, and the condition of article 9 that special categories stand on.
BASES = {
    Basis.CONSENT: N_("You agreed to it, and can take that back at any time (UK GDPR article 6(1)(a))."),
    Basis.CONTRACT: N_("It is needed for an agreement with you or your group (article 6(1)(b))."),
    Basis.LEGAL: N_("The law asks for it (article 6(1)(c))."),
    Basis.TASK: N_("It is needed for a public task: letting people use public land and buildings, fairly and in the open (article 6(1)(e))."),
}  # fmt: skip
SPECIAL = N_(
    "This can say something about somebody's health. It is never public, and is held only because you have told it for "
    "this purpose (article 9(2)(a)); you can take it back at any time."
)
TOPICS = {
    Topic.ACCOUNT: N_("Your account and your groups"),
    Topic.LETTERS: N_("Letters"),
    Topic.PLACES: N_("Places that people report, watch or ask about"),
    Topic.CASES: N_("Proposals, petitions, hearings and agreements"),
    Topic.ROOMS: N_("Rooms for groups"),
    Topic.MONEY: N_("Money"),
    Topic.RUNNING: N_("Running the portal"),
}
THENS = {
    Then.DELETED: N_("deleted"),
    Then.EMPTIED: N_("emptied, so that nobody is named"),
    Then.KEPT: N_("kept"),
}
