"""What a policy profile is made of: periods, criteria, grounds, petitions, blocks, clauses. Frozen, pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, Decimal
from typing import Literal

from portal.areas.calendar import Counted, Unit, count
from portal.areas.rules import Nation

Silence = Literal["grant", "escalate", "review"]


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
    beginning_with: bool = False  # the day of the event is day 1
    number_in: Mapping[Nation, int] | None = None  # where a nation's law has another number

    def number_for(self, nation: Nation) -> int:
        """How many there are in a nation."""
        return (self.number_in or {}).get(nation, self.number)

    def counted(self, on: date, nation: Nation) -> Counted:
        """The last day of the period that an event on this day begins."""
        return count(
            self.number_for(nation), self.unit, on, nation, beginning_with=self.beginning_with
        )


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
class Petition:
    """How many have to sign, who may, and for how long. Of `count` and `share` one may be missing."""

    count: int | None
    share: Decimal | None  # of the residents of `population_of`
    population_of: Literal["area", "ward"]
    eligible: Literal["area", "ward", "anywhere"]  # where who signs has to live
    months: int
    clause: str
    source: str

    def threshold(self, population: int | None) -> int | None:
        """How many signatures are enough: the fewer of count and share; None while the residents are not known."""
        shared = None
        if self.share is not None and population is not None:
            exact = self.share * population
            shared = max(1, int(exact.to_integral_value(ROUND_CEILING)))
        return min((n for n in (self.count, shared) if n is not None), default=None)


@dataclass(frozen=True)
class Block:
    """What stands in the way of a grant: named in the code, measured by `number`."""

    title: str
    number: int
    tracks: tuple[str, ...]
    nations: tuple[Nation, ...]  # empty: all
    clause: str
    source: str

    def holds_in(self, track: str, nation: Nation) -> bool:
        """Whether it stands in the way of this kind of place in this nation."""
        return track in self.tracks and (not self.nations or nation in self.nations)


@dataclass(frozen=True)
class Profile:
    """An area's policy from one day on."""

    name: str
    title: str
    summary: str
    effective_from: date
    nations: tuple[Nation, ...]  # where it can be used; empty: everywhere
    silence: Silence
    may_ask: tuple[str, ...]  # kinds of group; empty: everybody
    interest_first: tuple[str, ...]  # tracks where interest is registered before a proposal
    hearing_for: tuple[str, ...]  # what calls a hearing
    who: Mapping[str, tuple[str, ...]]  # action -> roles; () = no such step; absent = as the table
    required: Mapping[str, tuple[str, ...]]  # track -> answers that must be there to lodge
    petitions: Mapping[str, Petition]
    blocks: Mapping[str, Block]
    panel_size: int
    review_panel_size: int
    appeal: str  # who hears an appeal after the review, in words; "" = nobody
    most_points: int
    floor: Decimal
    term_months: Mapping[str, int]
    periods: Mapping[str, Period]
    criteria: Mapping[str, Criterion]
    capacity: Mapping[str, str]
    grounds: Mapping[str, str]
    ground_evidence: Mapping[str, str]  # ground -> what must be shown for it
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

    def usable_in(self, nation: Nation) -> bool:
        """Whether an area of this nation can choose it."""
        return not self.nations or nation in self.nations
