"""Policy profiles: periods, criteria, grounds and clauses as data, from profiles/*.toml into frozen dataclasses.

A wrong file is refused with the file, the place in it and the reason; nothing is guessed.
"""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, TypeVar

from portal.areas.calendar import COUNTERS, Unit
from portal.errors import BadInput

FOLDER = Path(__file__).parent / "profiles"
SILENCE = ("grant", "escalate")

T = TypeVar("T")
_MISSING = object()


@dataclass(frozen=True)
class Period:
    """How long something may take: `number` of `unit` from an event or from the end of another period."""

    name: str
    number: int
    unit: Unit
    runs_from: str
    clause: str
    source: str
    never_after: str | None = None  # another period that ends this one at the latest


@dataclass(frozen=True)
class Criterion:
    """One thing that the benefit test weighs."""

    name: str
    title: str
    weight: Decimal


@dataclass(frozen=True)
class Clause:
    """A paragraph of the compact that a step is taken under."""

    number: str
    title: str
    text: str


@dataclass(frozen=True)
class Profile:
    """An area's policy from one day on."""

    name: str
    title: str
    effective_from: date
    panel_size: int
    most_points: int
    floor: Decimal
    silence: Literal["grant", "escalate"]
    term_months: Mapping[str, int]
    periods: Mapping[str, Period]
    criteria: Mapping[str, Criterion]
    capacity: Mapping[str, str]
    grounds: Mapping[str, str]
    decided_by_test: tuple[
        str, ...
    ]  # of the grounds; an objection on another is the chair's to uphold
    clauses: Mapping[str, Clause]

    def cite(self, clause: str) -> str:
        """How a step's row in the history names its clause: "pilot_compact 9"."""
        return f"{self.name} {self.clauses[clause].number}"

    def cited(self, citation: str) -> Clause | None:
        """The clause that a history row names."""
        return next((c for name, c in self.clauses.items() if self.cite(name) == citation), None)


class _Place:
    """A place in a profile's file: reads values of the right type, or refuses with file, place and reason."""

    def __init__(self, file: Path, data: Mapping[str, Any], path: str = "") -> None:
        self.file, self.data, self.path = file, data, path

    def wrong(self, key: str, reason: str) -> BadInput:
        return BadInput(
            "wrong-profile",
            "The profile %(file)s is wrong at %(place)s: %(reason)s.",
            file=self.file.name,
            place=f"{self.path}.{key}".strip("."),
            reason=reason,
        )

    def get(self, key: str, kind: type[T], default: Any = _MISSING) -> T:
        value: Any = self.data.get(key, default)
        if value is _MISSING:
            raise self.wrong(key, "it is missing")
        if kind is Decimal and isinstance(value, int) and not isinstance(value, bool):
            value = Decimal(value)
        if value is not default and (not isinstance(value, kind) or isinstance(value, bool)):
            raise self.wrong(key, f"{value!r} is not a {kind.__name__}")
        return value  # type: ignore[no-any-return]

    def positive(self, key: str, kind: type[T]) -> T:
        value = self.get(key, kind)
        if value <= 0:  # type: ignore[operator]
            raise self.wrong(key, "it must be more than 0")
        return value

    def one_of(self, key: str, allowed: Any) -> Any:
        value = self.get(key, str)
        if value not in allowed:
            raise self.wrong(key, f"{value!r} is none of {', '.join(allowed)}")
        return value

    def table(self, key: str, make: Callable[["_Place", str], T]) -> Mapping[str, T]:
        """A table of named entries, each made by `make(place of its table, its name)`."""
        entries = self.get(key, dict)
        if not entries:
            raise self.wrong(key, "it is empty")
        inside = _Place(self.file, entries, f"{self.path}.{key}".strip("."))
        return MappingProxyType({name: make(inside, name) for name in entries})

    def inside(self, key: str) -> "_Place":
        return _Place(self.file, self.get(key, dict), f"{self.path}.{key}".strip("."))


def read_profile(file: Path) -> Profile:
    """Read one profile file. Raises BadInput("wrong-profile") with file, place and reason."""
    try:
        data = tomllib.loads(file.read_text("utf-8"), parse_float=Decimal)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as wrong:
        raise _Place(file, {}).wrong("the file", str(wrong)) from wrong
    top = _Place(file, data)
    profile = Profile(
        name=top.get("name", str),
        title=top.get("title", str),
        effective_from=top.get("effective_from", date),
        panel_size=top.positive("panel_size", int),
        most_points=top.positive("most_points", int),
        floor=top.get("floor", Decimal),
        silence=top.one_of("silence", SILENCE),
        term_months=top.table("term_months", lambda t, key: t.positive(key, int)),
        periods=top.table("periods", _period),
        criteria=top.table("criteria", _criterion),
        capacity=top.table("capacity", lambda t, key: t.get(key, str)),
        grounds=top.table("grounds", lambda t, key: t.get(key, str)),
        decided_by_test=tuple(top.get("decided_by_test", list)),
        clauses=top.table("clauses", _clause),
    )
    _check_references(top, profile)
    return profile


def _period(table: _Place, name: str) -> Period:
    at = table.inside(name)
    return Period(
        name=name,
        number=at.positive("number", int),
        unit=at.one_of("unit", COUNTERS),
        runs_from=at.get("from", str),
        clause=at.get("clause", str),
        source=at.get("source", str),
        never_after=at.get("never_after", str, None),
    )


def _criterion(table: _Place, name: str) -> Criterion:
    at = table.inside(name)
    return Criterion(name, at.get("title", str), at.positive("weight", Decimal))


def _clause(table: _Place, name: str) -> Clause:
    at = table.inside(name)
    return Clause(at.get("number", str), at.get("title", str), at.get("text", str))


def _check_references(top: _Place, profile: Profile) -> None:
    for ground in profile.decided_by_test:
        if ground not in profile.grounds:
            raise top.wrong("decided_by_test", f"there is no ground {ground!r}")
    for name, period in profile.periods.items():
        at = top.inside("periods").inside(name)
        if period.clause not in profile.clauses:
            raise at.wrong("clause", f"there is no clause {period.clause!r}")
        if period.never_after and period.never_after not in profile.periods:
            raise at.wrong("never_after", f"there is no period {period.never_after!r}")


@lru_cache(maxsize=32)
def versions(name: str, folder: Path = FOLDER) -> tuple[Profile, ...]:
    """All versions of a profile (NAME.toml, NAME.2027-04-01.toml ...), oldest first."""
    files = [folder / f"{name}.toml", *sorted(folder.glob(f"{name}.*.toml"))]
    found = [read_profile(file) for file in files if file.exists()]
    if not found:
        raise BadInput("no-profile", "There is no policy profile called %(name)s.", name=name)
    return tuple(sorted(found, key=lambda profile: profile.effective_from))


def in_force(name: str, on: date) -> Profile:
    """The version of a profile that holds on a day. Raises BadInput when none held yet."""
    held = [profile for profile in versions(name) if profile.effective_from <= on]
    if not held:
        raise BadInput(
            "profile-not-yet",
            "The policy profile %(name)s was not in force on %(day)s.",
            name=name,
            day=on.isoformat(),
        )
    return held[-1]


def version(name: str, effective_from: date) -> Profile:
    """The very version that a case was started under, however many came later."""
    for profile in versions(name):
        if profile.effective_from == effective_from:
            return profile
    raise BadInput(
        "no-profile-version",
        "The version of the policy profile %(name)s from %(day)s has been removed.",
        name=name,
        day=effective_from.isoformat(),
    )
