"""The community benefit test: scores in, two columns and an outcome out. Pure.

Source: COMPACT, "The community benefit test"; criteria of the Community Empowerment (Scotland) Act 2015 s.82(3).
Points are 0 to the profile's `most_points`; the total of a column is the weighted mean of its medians, exact
(a Fraction), so that a tie is a tie.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from statistics import median

from portal.areas.profile import Profile
from portal.errors import N_


class Side(StrEnum):
    """The two columns of the test."""

    PROPOSAL = "proposal"
    ALTERNATIVE = "alternative"


@dataclass(frozen=True)
class Sheet:
    """What one panel member gave: points for each side and criterion."""

    points: Mapping[tuple[Side, str], int]


@dataclass(frozen=True)
class Spread:
    """What the panel gave one side for one criterion: median, lowest and highest points."""

    median: Fraction
    low: int
    high: int

    @classmethod
    def of(cls, points: Sequence[int]) -> "Spread":
        """The spread of at least one score."""
        return cls(Fraction(median([Fraction(p) for p in points])), min(points), max(points))


@dataclass(frozen=True)
class Line:
    """One criterion of the result, for both columns."""

    criterion: str
    title: str
    weight: Fraction
    ours: Spread
    theirs: Spread | None

    @property
    def sentence(self) -> str:
        """The line in words that anyone can read, with %(ours)s and %(theirs)s to fill in."""
        return next(text for holds, text in LINE_SENTENCES if holds(self))


LINE_SENTENCES = (
    (
        lambda line: line.theirs is None and line.ours.median == 0,
        N_("The panel saw no benefit here."),
    ),
    (lambda line: line.theirs is None, N_("The panel gave the group %(ours)s of %(most)s.")),
    (
        lambda line: line.ours.median == line.theirs.median == 0,
        N_("The panel saw no benefit here from either."),
    ),
    (
        lambda line: line.ours.median == line.theirs.median,
        N_("Both would bring the same: %(ours)s of %(most)s."),
    ),
    (
        lambda line: line.ours.median > line.theirs.median,
        N_("The group would bring more: %(ours)s against %(theirs)s of %(most)s."),
    ),
    (
        lambda _line: True,
        N_("The holder's use would bring more: %(theirs)s against %(ours)s of %(most)s."),
    ),
)


@dataclass(frozen=True)
class Result:
    """The whole test: the lines, the totals of both columns, and whether it is passed."""

    lines: tuple[Line, ...]
    ours: Fraction
    theirs: Fraction | None
    floor: Fraction
    capacity: bool

    @property
    def above_floor(self) -> bool:
        """Whether the benefit is above the profile's floor; on the floor is not above it."""
        return self.ours > self.floor

    @property
    def alternative_is_not_greater(self) -> bool:
        """Ties go to the community."""
        return self.theirs is None or self.theirs <= self.ours

    @property
    def passed(self) -> bool:
        """Capacity holds, benefit is above the floor, and the alternative's benefit is not greater."""
        return self.capacity and self.above_floor and self.alternative_is_not_greater

    @property
    def sentence(self) -> str:
        """The outcome in words that anyone can read."""
        return next(text for holds, text in RESULT_SENTENCES if holds(self))


RESULT_SENTENCES = (
    (
        lambda r: not r.capacity,
        N_(
            "The group has not yet shown that it can carry its proposal, so the test is not passed."
        ),
    ),
    (
        lambda r: not r.above_floor,
        N_("The benefit, %(ours)s of %(most)s, is not above the least that is asked (%(floor)s)."),
    ),
    (
        lambda r: not r.alternative_is_not_greater,
        N_("The holder's use would bring more (%(theirs)s) than the proposal (%(ours)s)."),
    ),
    (
        lambda r: r.theirs is None,
        N_("The proposal would bring %(ours)s of %(most)s, more than the least asked (%(floor)s)."),
    ),
    (
        lambda r: r.theirs == r.ours,
        N_("Both would bring the same (%(ours)s of %(most)s). Ties go to the community."),
    ),
    (
        lambda _r: True,
        N_("The proposal would bring more (%(ours)s) than the holder's use (%(theirs)s)."),
    ),
)


# The grounds that the test itself shows, or does not.
SHOWN_BY_TEST = {
    "capacity_not_shown": lambda r: not r.capacity,
    "benefit_not_shown": lambda r: not r.above_floor,
    "better_alternative": lambda r: not r.alternative_is_not_greater,
}


def weigh(
    profile: Profile, sheets: Sequence[Sheet], *, capacity: bool, alternative: bool
) -> Result | None:
    """The result of the panel's sheets; None when nobody has scored.

    `capacity`: whether every capacity point holds. `alternative`: whether the holder named another use.
    """
    if not sheets:
        return None
    lines = tuple(
        Line(
            criterion.name,
            criterion.title,
            Fraction(criterion.weight),
            _spread(sheets, Side.PROPOSAL, criterion.name),
            _spread(sheets, Side.ALTERNATIVE, criterion.name) if alternative else None,
        )
        for criterion in profile.criteria.values()
    )
    return Result(
        lines,
        _mean((line.weight, line.ours.median) for line in lines),
        _mean((line.weight, line.theirs.median) for line in lines if line.theirs)
        if alternative
        else None,
        Fraction(profile.floor),
        capacity,
    )


def shown(value: Fraction | None) -> str:
    """Points as people write them, to two decimals: "3", "2.5", "2.85"; "" for None.

    Rounded down, so that "1" never stands for less than a floor of 1.
    """
    if value is None:
        return ""
    whole, hundredths = divmod(value.numerator * 100 // value.denominator, 100)
    return f"{whole}.{hundredths:02d}".rstrip("0").rstrip(".")


def _spread(sheets: Sequence[Sheet], side: Side, criterion: str) -> Spread:
    return Spread.of([sheet.points[side, criterion] for sheet in sheets])


def _mean(weighted: Iterable[tuple[Fraction, Fraction]]) -> Fraction:
    pairs = list(weighted)
    return sum((w * m for w, m in pairs), Fraction(0)) / sum((w for w, _ in pairs), Fraction(0))
