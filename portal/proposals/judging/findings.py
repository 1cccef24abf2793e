"""The result of a test as a decision keeps it, and read back from there. Pure.

Exact numbers travel as fractions in text ("20/7"), so that what is shown years later is what was decided.
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from portal.areas.profile import Profile
from portal.proposals.judging.benefit import Line, Result, Spread


def as_json(result: Result | None) -> dict[str, Any] | None:
    """The result as the decision keeps it: exact totals as fractions, points per criterion."""
    if result is None:
        return None
    return {
        "passed": result.passed,
        "capacity": result.capacity,
        "ours": str(result.ours),
        "theirs": None if result.theirs is None else str(result.theirs),
        "floor": str(result.floor),
        "lines": [
            {
                "criterion": line.criterion,
                "weight": str(line.weight),
                "ours": _kept(line.ours),
                "theirs": line.theirs and _kept(line.theirs),
            }
            for line in result.lines
        ],
    }


def read(kept: Mapping[str, Any], profile: Profile) -> Result:
    """What `as_json` kept, as a result; `profile` is the version that the case began under, for the titles."""
    return Result(
        tuple(
            Line(
                line["criterion"],
                profile.criteria[line["criterion"]].title,
                Fraction(line["weight"]),
                _read(line["ours"]),
                _read(line["theirs"]) if line["theirs"] else None,
            )
            for line in kept["lines"]
        ),
        Fraction(kept["ours"]),
        None if kept["theirs"] is None else Fraction(kept["theirs"]),
        Fraction(kept["floor"]),
        kept["capacity"],
    )


def _kept(spread: Spread) -> dict[str, Any]:
    return {"median": str(spread.median), "low": spread.low, "high": spread.high}


def _read(kept: Mapping[str, Any]) -> Spread:
    return Spread(Fraction(kept["median"]), kept["low"], kept["high"])
