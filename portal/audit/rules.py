r"""What an entry of the audit log says, how it is written out for its hash, and how a chain is checked. Pure.

The hash of an entry is SHA-256, in hexadecimal, over the ASCII bytes of the hash before it (64 hexadecimal digits; before the
first entry 64 zeros), one line end (0x0A), and the entry's canonical form in UTF-8. The canonical form is one JSON object
with exactly the fields of `Entry`, their names in alphabetical order, no white space between tokens, all that is not ASCII
as \uXXXX; `at` is written as UTC with six digits of a second, 2026-03-02T10:00:00.000000Z, `detail` is an object in the
same form, and what is not known is null.

An entry names people and things by their numbers only, so that erasing a person leaves the chain whole.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from enum import StrEnum

from portal.errors import N_

BEGINNING = "0" * 64
# In these roles people act for others; what groups and residents do stands in the public history of their case or let.
OFFICES = frozenset({"broker", "officer", "panel", "chair", "administrator"})
# By the command line: whoever runs the portal. By the clock: the portal itself.
OPERATOR, CLOCK = "operator", "portal"
HASH = re.compile(r"[0-9a-f]{64}")
# A word of the program, such as a state, an action or the name of a setting; never what somebody wrote.
CODE = re.compile(r"[a-z0-9][a-z0-9_.:/-]{0,79}")

Value = int | str | Sequence[str]


class Act(StrEnum):
    """What is written down."""

    SIGNED_IN = "signed_in"
    SIGN_IN_REFUSED = "sign_in_refused"
    SIGNED_OUT = "signed_out"
    SECOND_STEP_PASSED = "second_step_passed"
    SECOND_STEP_SET = "second_step_set"
    SECOND_STEP_REMOVED = "second_step_removed"
    SESSIONS_ENDED = "sessions_ended"
    ACCOUNT_CLOSED = "account_closed"
    ADDRESS_CHANGED = "address_changed"
    ROLE_GIVEN = "role_given"
    ROLE_TAKEN = "role_taken"
    ORGANISER_ADDED = "organiser_added"
    ORGANISER_LEFT = "organiser_left"
    SETTINGS_CHANGED = "settings_changed"
    DATA_EXPORTED = "data_exported"
    DATA_ERASED = "data_erased"
    CASE_STEP = "case_step"
    LET_STEP = "let_step"
    ROUND_STEP = "round_step"
    POSTED = "posted"
    APPROVED_IN_ADVANCE = "approved_in_advance"
    REGISTER_IMPORTED = "register_imported"


ACT_WORDS = {
    Act.SIGNED_IN: N_("Signed in"),
    Act.SIGN_IN_REFUSED: N_("Could not sign in"),
    Act.SIGNED_OUT: N_("Signed out"),
    Act.SECOND_STEP_PASSED: N_("Passed the second step"),
    Act.SECOND_STEP_SET: N_("Set up a second step"),
    Act.SECOND_STEP_REMOVED: N_("Took a second step away"),
    Act.SESSIONS_ENDED: N_("Signed out elsewhere"),
    Act.ACCOUNT_CLOSED: N_("Closed an account"),
    Act.ADDRESS_CHANGED: N_("Changed an e-mail address"),
    Act.ROLE_GIVEN: N_("Gave a role"),
    Act.ROLE_TAKEN: N_("Took a role away"),
    Act.ORGANISER_ADDED: N_("Became organiser of a group"),
    Act.ORGANISER_LEFT: N_("Left a group"),
    Act.SETTINGS_CHANGED: N_("Changed settings"),
    Act.DATA_EXPORTED: N_("Took a copy of a person's data"),
    Act.DATA_ERASED: N_("Erased a person's data"),
    Act.CASE_STEP: N_("Took a step of a case"),
    Act.LET_STEP: N_("Took a step of a let"),
    Act.ROUND_STEP: N_("Took a step of a round"),
    Act.POSTED: N_("Wrote into the books"),
    Act.APPROVED_IN_ADVANCE: N_("Changed what is approved in advance"),
    Act.REGISTER_IMPORTED: N_("Read a register in"),
}


def weighty(role: str, *, changes: bool) -> bool:
    """Whether a step of a case or let is written down beside its public history: each by an office, and by the clock each
    that changes how things stand.
    """
    return role in OFFICES or (role == CLOCK and changes)


@dataclass(frozen=True)
class Entry:
    """Who did what: the user's number, in what role, when, what, about which object, from which request."""

    number: int
    at: datetime
    area_id: int | None
    user_id: int | None
    role: str
    act: str
    kind: str
    object_id: int | None
    detail: str
    request_id: str


ENTRY_FIELDS = tuple(one.name for one in fields(Entry))


@dataclass(frozen=True)
class Wanted:
    """What to show of the log: an area's entries, of one person, of one sort, about one thing, of a time."""

    area_id: int | None = None
    act: Act | None = None
    user_id: int | None = None
    person_id: int | None = None  # what somebody did, and what was done about them
    kind: str = ""
    object_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None


def detail_text(detail: Mapping[str, Value]) -> str:
    """A detail as it is kept: numbers and words of the program. Raises ValueError for anything that a person wrote."""
    for name, value in detail.items():
        words = [value] if isinstance(value, str) else [] if isinstance(value, int) else [*value]
        for word in (name, *words):
            if not CODE.fullmatch(word):
                raise ValueError(f"an audit entry takes numbers and codes, not {word!r}")
    plain = {
        k: v if isinstance(v, int | str) else [str(one) for one in v] for k, v in detail.items()
    }
    return _json(plain)


def canonical(entry: Entry) -> bytes:
    """An entry written out in the one way that its hash is taken of."""
    at = entry.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return _json(asdict(entry) | {"at": at, "detail": json.loads(entry.detail)}).encode()


def chained(before: str, entry: Entry) -> str:
    """The hash of an entry that follows the one with the hash `before`."""
    return hashlib.sha256(before.encode() + b"\n" + canonical(entry)).hexdigest()


@dataclass(frozen=True)
class Verdict:
    """What a walk along the chain found: how many entries hold, the last good hash, and what is wrong with the next."""

    count: int
    head: str
    broken_at: int | None = None
    fault: str = ""

    @property
    def whole(self) -> bool:
        """Whether every entry holds."""
        return self.broken_at is None


MISSING = N_("entry %(number)s is missing")
CHANGED = N_("entry %(number)s was changed, or put in, after it was written")
UNREADABLE = N_("an entry from number %(number)s on was changed and cannot be read any more")
NOT_THE_HEAD = N_(
    "no entry has the hash that was written down: the end of the log was cut off or written anew"
)


def walk(entries: Iterable[tuple[Entry, str]], against: str = "") -> Verdict:
    """Check a chain from its first entry on; `against` is a head that was written down and must be found on the way."""
    count, head, seen = 0, BEGINNING, against in ("", BEGINNING)
    following = iter(entries)
    while True:
        try:
            entry, kept = next(following)
        except StopIteration:
            break
        except ValueError:
            return Verdict(count, head, count + 1, UNREADABLE)
        number = count + 1
        if entry.number != number:
            return Verdict(count, head, number, MISSING)
        if _hash_or_nothing(head, entry) != kept:
            return Verdict(count, head, number, CHANGED)
        count, head = number, kept
        seen = seen or kept == against
    return Verdict(count, head) if seen else Verdict(count, head, count + 1, NOT_THE_HEAD)


def _hash_or_nothing(before: str, entry: Entry) -> str:
    """The hash; nothing for an entry that was changed into what cannot be written out."""
    try:
        if entry.detail != _json(json.loads(entry.detail)):
            return ""
        return chained(before, entry)
    except ValueError:
        return ""


def _json(thing: object) -> str:
    return json.dumps(thing, sort_keys=True, separators=(",", ":"))
