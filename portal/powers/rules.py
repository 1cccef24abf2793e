"""The powers that fit an asset: read from guide/*.toml into frozen dataclasses, and chosen.

A wrong file is refused with the file, the entry and the reason; nothing is guessed. Each entry names its own source:
a section of a statute, or official guidance, at an address of a public body.
"""

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from portal.areas.rules import Nation
from portal.errors import BadInput
from portal.people.rules import HolderKind
from portal.register.rules import Kind, Status

FOLDER = Path(__file__).parent / "guide"
# Whose pages may be a source; a name ends on one of these, or is it.
OFFICIAL = ("gov.uk", "gov.scot", "gov.wales", "parliament.uk", "nhs.uk")
# After this the law may well have moved on, and the page says so.
FRESH = timedelta(days=365)

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)


class Purpose(StrEnum):
    """What a power is good for, the most useful first: the guide and the asset's page are in this order."""

    USE = "use"
    HAND_OVER = "hand_over"
    FIRST = "first"
    COSTS = "costs"
    STEP_IN = "step_in"
    FIND_OUT = "find_out"


@dataclass(frozen=True)
class Link:
    """A page of a public body: what it is called and where it is."""

    name: str
    url: str


@dataclass(frozen=True)
class Power:
    """One thing that the law lets somebody do with a place, or asks of them; its texts are English."""

    id: str
    title: str
    short: str  # one sentence
    text: str  # two to four sentences
    limits: tuple[str, ...]
    decides: str
    purpose: Purpose
    leading: bool  # what is reached for first in practice comes first under its purpose
    nations: frozenset[Nation]
    kinds: frozenset[Kind]
    statuses: frozenset[Status]
    holders: frozenset[HolderKind]
    least_m2: int | None  # of land; a smaller plot cannot be meant
    source: Link
    further: tuple[Link, ...]
    checked_on: date

    @property
    def breadth(self) -> int:
        """How many sorts of place it is for; one that is for few says more about each."""
        return len(self.kinds) * len(self.statuses) * len(self.holders)


class _Entry:
    """One entry of a file: reads values of the right type, or refuses with file, entry and reason."""

    def __init__(self, file: Path, name: str, data: Mapping[str, Any]) -> None:
        self.file, self.name, self.data = file, name, data
        self.read: set[str] = set()

    def wrong(self, reason: str) -> BadInput:
        return BadInput(
            "wrong-guide",
            "The guide %(file)s is wrong at %(entry)s: %(reason)s.",
            file=self.file.name,
            entry=self.name,
            reason=reason,
        )

    def get(self, key: str, kind: type[T]) -> T:
        self.read.add(key)
        if key not in self.data:
            raise self.wrong(f"{key} is missing")
        value = self.data[key]
        # Exactly: to Python a truth value is a number, and a moment is a day.
        if type(value) is not kind or value in ("", []):
            raise self.wrong(f"{key} is not a {kind.__name__} with something in it")
        return value

    def text(self, key: str) -> str:
        """A text on one line, however it is broken in the file."""
        return " ".join(self.get(key, str).split())

    def maybe(self, key: str, read: Callable[[str], T], default: T) -> T:
        self.read.add(key)
        return read(key) if key in self.data else default

    def among(self, key: str, known: type[E]) -> frozenset[E]:
        """The values of a list, each one that is known."""
        values = self.get(key, list)
        try:
            return frozenset(known(value) for value in values)
        except ValueError as unknown:
            raise self.wrong(f"{key}: {unknown}") from unknown

    def maybe_among(self, key: str, known: type[E]) -> frozenset[E]:
        """The values of a list, or all there are where the entry has none."""
        return self.maybe(key, lambda key: self.among(key, known), frozenset(known))

    def links(self, key: str) -> tuple[Link, ...]:
        return tuple(self._further(key, one) for one in self.get(key, list))

    def _further(self, key: str, data: Any) -> Link:
        if not isinstance(data, dict):
            raise self.wrong(f"{key}: {data!r} has no source and url")
        inside = _Entry(self.file, self.name, data)
        link = inside.link()
        inside.finish()
        return link

    def link(self) -> Link:
        """`source` and `url`. Raises BadInput for a page that is no public body's."""
        link = Link(self.text("source"), self.get("url", str))
        if not is_official(link.url):
            raise self.wrong(f"{link.url} is not a page of a public body")
        return link

    def finish(self) -> None:
        """A key that nobody reads is a slip of the pen: with it the entry would say more than was meant."""
        if unknown := self.data.keys() - self.read:
            raise self.wrong(f"{', '.join(sorted(unknown))} means nothing here")


def is_official(url: str) -> bool:
    """Whether an address is of a public body, over https."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    return parts.scheme == "https" and any(
        host == end or host.endswith(f".{end}") for end in OFFICIAL
    )


def read_file(file: Path) -> tuple[Power, ...]:
    """The entries of one file. Raises BadInput("wrong-guide") with file, entry and reason."""
    try:
        data = tomllib.loads(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as wrong:
        raise _Entry(file, "the file", {}).wrong(str(wrong)) from wrong
    entries = _Entry(file, "the file", data).get("power", dict)
    return tuple(_power(file, name, entry) for name, entry in entries.items())


def _power(file: Path, name: str, data: Any) -> Power:
    if not isinstance(data, dict) or not re.fullmatch(r"[a-z0-9-]+", name):
        raise _Entry(file, name, {}).wrong(
            "it is no table under a name of small letters, digits and hyphens"
        )
    entry = _Entry(file, name, data)
    purposes = entry.text("purpose")
    if purposes not in set(Purpose):
        raise entry.wrong(f"purpose: {purposes!r} is none of {', '.join(Purpose)}")
    power = Power(
        id=name,
        title=entry.text("title"),
        short=entry.text("short"),
        text=entry.text("text"),
        limits=entry.maybe("limits", lambda key: _texts(entry, key), ()),
        decides=entry.text("decides"),
        purpose=Purpose(purposes),
        leading=entry.maybe("leading", lambda key: entry.get(key, bool), False),
        nations=entry.among("nations", Nation),
        kinds=entry.maybe_among("kinds", Kind),
        statuses=entry.maybe_among("statuses", Status),
        holders=entry.maybe_among("holders", HolderKind),
        least_m2=entry.maybe("least_m2", lambda key: entry.get(key, int), None),
        source=entry.link(),
        further=entry.maybe("further", entry.links, ()),
        checked_on=entry.get("checked_on", date),
    )
    entry.finish()
    return power


def _texts(entry: _Entry, key: str) -> tuple[str, ...]:
    values = entry.get(key, list)
    if not all(isinstance(value, str) and value for value in values):
        raise entry.wrong(f"{key} holds something that is no text")
    return tuple(" ".join(value.split()) for value in values)


@lru_cache(maxsize=8)
def guide(folder: Path = FOLDER) -> Mapping[str, Power]:
    """All powers by their id, the most useful first. Raises BadInput("wrong-guide")."""
    found: dict[str, Power] = {}
    for file in sorted(folder.glob("*.toml")):
        for power in read_file(file):
            if power.id in found:
                raise _Entry(file, power.id, {}).wrong("another file has an entry of this name")
            found[power.id] = power
    return {power.id: power for power in sorted(found.values(), key=_usefulness)}


def _usefulness(power: Power) -> tuple[int, bool, int]:
    return list(Purpose).index(power.purpose), not power.leading, power.breadth


def fitting(
    powers: Iterable[Power],
    kind: Kind | None = None,
    status: Status | None = None,
    holder_kind: HolderKind | None = None,
    nation: Nation | None = None,
    land_m2: float | None = None,
) -> list[Power]:
    """The powers that fit a place, the most useful first; what is None is not asked.

    `land_m2` is the size of its land in square metres; where nobody knows it, no power is left out for it.
    """
    asked = (("kinds", kind), ("statuses", status), ("holders", holder_kind), ("nations", nation))
    fit = (
        power
        for power in powers
        if all(value is None or value in getattr(power, name) for name, value in asked)
        and (land_m2 is None or power.least_m2 is None or land_m2 >= power.least_m2)
    )
    return sorted(fit, key=_usefulness)


def is_old(power: Power, today: date) -> bool:
    """Whether it was looked through so long ago that the law may have changed since."""
    return today - power.checked_on > FRESH
