"""Policy profiles: periods, thresholds, criteria, grounds and clauses as data, from profiles/*.toml.

A wrong file is refused with the file, the line and the reason; nothing is guessed, and nothing is read over.
What only the table of steps can tell (roles, actions, clocks) `portal.policy.check` holds against it.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from portal.areas.calendar import COUNTERS
from portal.areas.parts import Block, Clause, Criterion, Period, Petition, Profile
from portal.areas.rules import Nation
from portal.areas.tables import Table, none_of, read_table
from portal.errors import BadInput

__all__ = ("Block", "Clause", "Criterion", "Period", "Petition", "Profile", "none_of")

FOLDER = Path(__file__).parent / "profiles"
TRACKS = ("land", "building")
SILENCE = ("grant", "escalate", "review")
HEARING_FOR = ("petition", "objection", *TRACKS)
PLACES = ("area", "ward")
# What a proposal can be asked for before it is lodged.
ANSWERS = [
    "title",
    "use",
    "use_kind",
    "timescale",
    "term_months",
    "costs",
    "insurance",
    "responsible",
    "safeguarding",
    "benefits",
    "files",
    "sign",
]
# What the code knows how to hold against a grant; each is measured by its number.
BLOCKS = ("site_sign", "open_space_notices", "repeat")


def read_profile(file: Path) -> Profile:
    """Read one profile file. Raises BadInput("wrong-profile") with file, line, place and reason."""
    top = read_table(file)
    panel_size = top.positive("panel_size", int)
    profile = Profile(
        name=top.text("name"),
        title=top.text("title"),
        summary=top.text("summary"),
        effective_from=top.get("effective_from", date),
        nations=_nations(top),
        silence=top.one_of("silence", SILENCE),
        may_ask=top.words("may_ask", default=[]),
        interest_first=top.words("interest_first", TRACKS),
        hearing_for=top.words("hearing_for", HEARING_FOR),
        who=top.entries("steps", lambda t, name: t.words(name), {}),
        required=top.entries("required", lambda t, name: t.words(name, ANSWERS)),
        petitions=top.entries("petitions", _petition, {}),
        blocks=top.entries("blocks", _block, {}),
        panel_size=panel_size,
        review_panel_size=top.positive("review_panel_size", int, panel_size),
        appeal=top.get("appeal", str, ""),
        most_points=top.positive("most_points", int),
        floor=top.get("floor", Decimal),
        term_months=top.entries("term_months", lambda t, key: t.positive(key, int)),
        periods=top.entries("periods", _period),
        criteria=top.entries("criteria", _criterion),
        capacity=top.entries("capacity", lambda t, key: t.text(key)),
        grounds=top.entries("grounds", lambda t, key: t.text(key)),
        ground_evidence=top.entries("ground_evidence", lambda t, key: t.text(key)),
        decided_by_test=top.words("decided_by_test"),
        clauses=top.entries("clauses", _clause),
    )
    top.nothing_else()
    for check in (_check_file, _check_names, _check_clauses, _check_periods, _check_numbers):
        check(top, profile)
    return profile


def _nations(table: Table) -> tuple[Nation, ...]:
    return tuple(Nation(name) for name in table.words("nations", Nation, []))


def _period(table: Table, name: str) -> Period:
    at = table.inside(name)
    unit = at.one_of("unit", COUNTERS)
    beginning_with = at.get("beginning_with", bool, default=False)
    if beginning_with and unit == "clear days":
        raise at.wrong("beginning_with", "clear days leave the day of the event out")
    other = at.entries("number_in", lambda t, key: t.positive(key, int), {})
    for nation in other:
        if nation not in list(Nation):
            raise at.inner[-1].wrong(nation, none_of(nation, Nation))
    return Period(
        name=name,
        number=at.positive("number", int),
        unit=unit,
        runs_from=at.text("from"),
        clause=at.text("clause"),
        source=at.text("source"),
        never_after=at.get("never_after", str, None),
        beginning_with=beginning_with,
        number_in={Nation(nation): number for nation, number in other.items()},
    )


def _criterion(table: Table, name: str) -> Criterion:
    at = table.inside(name)
    return Criterion(name, at.text("title"), at.positive("weight", Decimal))


def _clause(table: Table, name: str) -> Clause:
    at = table.inside(name)
    return Clause(at.text("number"), at.text("title"), at.text("text"))


def _petition(table: Table, name: str) -> Petition:
    at = table.inside(name)
    number = at.positive("count", int, None)
    share = at.positive("share", Decimal, None)
    if number is None and share is None:
        raise at.wrong("count", "it needs a count, or a share of the residents, or both")
    if share is not None and share > 1:
        raise at.wrong(
            "share", "a share is at most 1, which is everybody: 0.01 is one in a hundred"
        )
    return Petition(
        count=number,
        share=share,
        population_of=at.one_of("population_of", PLACES, "area"),
        eligible=at.one_of("eligible", (*PLACES, "anywhere")),
        months=at.positive("months", int),
        clause=at.text("clause"),
        source=at.text("source"),
    )


def _block(table: Table, name: str) -> Block:
    at = table.inside(name)
    return Block(
        title=at.text("title"),
        number=at.positive("number", int),
        tracks=at.words("tracks", TRACKS),
        nations=_nations(at),
        clause=at.text("clause"),
        source=at.text("source"),
    )


def _check_file(top: Table, profile: Profile) -> None:
    """A version is found by its file's name, so the name and the day in the file have to be the same."""
    name, *day = top.file.name.removesuffix(".toml").split(".")
    if name != profile.name:
        raise top.wrong("name", f"the file would have to be called {profile.name}.toml")
    if day and day != [profile.effective_from.isoformat()]:
        wanted = f"{profile.name}.{profile.effective_from}.toml"
        raise top.wrong("effective_from", f"the file would have to be called {wanted}")


def _check_names(top: Table, profile: Profile) -> None:
    """Whatever names a track, a ground or a block names one that there is; what needs all has all."""
    for key, allowed in (("required", TRACKS), ("petitions", TRACKS), ("blocks", BLOCKS)):
        _none_but(top, key, allowed)
    for key in ("term_months", "required"):
        _all_of(top, key, TRACKS)
    _none_but(top, "ground_evidence", profile.grounds)
    _all_of(top, "ground_evidence", profile.grounds)
    for ground in profile.decided_by_test:
        if ground not in profile.grounds:
            raise top.wrong("decided_by_test", none_of(ground, profile.grounds))


def _none_but(top: Table, key: str, allowed: Iterable[str]) -> None:
    table = top.inside(key, {})
    for name in table.data:
        if name not in allowed:
            raise table.wrong(name, none_of(name, allowed))


def _all_of(top: Table, key: str, names: Iterable[str]) -> None:
    table = top.inside(key)
    for name in names:
        if name not in table.data:
            raise table.wrong(name, "it is missing")


def _check_clauses(top: Table, profile: Profile) -> None:
    """Periods, petitions and blocks cite clauses that there are, and no two clauses have one number."""
    for key in ("periods", "petitions", "blocks"):
        for name, part in getattr(profile, key).items():
            if part.clause not in profile.clauses:
                at = top.inside(key).inside(name)
                raise at.wrong("clause", none_of(part.clause, profile.clauses))
    numbers: dict[str, str] = {}
    for name, clause in profile.clauses.items():
        if (first := numbers.setdefault(clause.number, name)) != name:
            at = top.inside("clauses").inside(name)
            raise at.wrong("number", f"{clause.number!r} is the number of {first!r} already")


def _check_periods(top: Table, profile: Profile) -> None:
    """A period ends at the latest with one that there is, and none follows on from itself in the end.

    One that begins with its own name begins with the state of that name: a review takes so long from "review".
    """
    for name, period in profile.periods.items():
        at = top.inside("periods").inside(name)
        if period.never_after and period.never_after not in profile.periods:
            raise at.wrong("never_after", none_of(period.never_after, profile.periods))
        seen, before = {name}, period.runs_from if period.runs_from != name else ""
        while before in profile.periods:
            if before in seen:
                raise at.wrong("from", "it would begin with its own end")
            seen.add(before)
            before = profile.periods[before].runs_from


def _check_numbers(top: Table, profile: Profile) -> None:
    """The floor is within the points; a number that is told twice is the same."""
    if not 0 <= profile.floor < profile.most_points:
        raise top.wrong("floor", f"it must be at least 0 and less than {profile.most_points}")
    for name in profile.blocks.keys() & profile.periods.keys():
        if profile.blocks[name].number != profile.periods[name].number:
            at = top.inside("blocks").inside(name)
            raise at.wrong("number", f"the period {name!r} has another")


@lru_cache(maxsize=32)
def versions(name: str, folder: Path = FOLDER) -> tuple[Profile, ...]:
    """All versions of a profile (NAME.toml, NAME.2027-04-01.toml ...), oldest first."""
    files = [folder / f"{name}.toml", *sorted(folder.glob(f"{name}.*.toml"))]
    found = [read_profile(file) for file in files if file.exists()]
    if not found:
        raise BadInput("no-profile", "There is no policy profile called %(name)s.", name=name)
    if len({profile.effective_from for profile in found}) < len(found):
        raise BadInput(
            "two-profiles", "Two files of %(name)s hold from the same day. Remove one.", name=name
        )
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
