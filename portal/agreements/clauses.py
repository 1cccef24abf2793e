"""The clauses of a licence and of a lease, read from clauses.toml and filled in. The wording is data."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from portal.agreements.rules import Form
from portal.areas.rules import Nation

FILE = Path(__file__).parent / "clauses.toml"


class Clause(NamedTuple):
    """One clause: in which papers it stands, and its paragraphs with {names} in braces."""

    heading: str
    forms: frozenset[Form]
    nations: frozenset[Nation]  # empty: in all
    when: str
    paragraphs: tuple[str, ...]


@cache
def clauses() -> tuple[Clause, ...]:
    """All clauses in their order."""
    return tuple(
        Clause(
            one["heading"],
            frozenset(map(Form, one["forms"])),
            frozenset(map(Nation, one.get("nations", ()))),
            one.get("when", ""),
            tuple(one["paragraphs"]),
        )
        for one in _file()["clauses"]
    )


def opening(form: Form, values: Mapping[str, str]) -> str:
    """The first sentences: what this paper is."""
    return _file()["opening"][form].format_map(values)


def chosen(
    form: Form, nation: Nation, there: frozenset[str], values: Mapping[str, str]
) -> list[dict[str, object]]:
    """The clauses of such a paper, filled in; `there`: which of the `when` hold."""
    return [
        {
            "heading": clause.heading,
            # What people wrote is a value: braces in it stay braces.
            "paragraphs": [text.format_map(values) for text in clause.paragraphs],
        }
        for clause in clauses()
        if form in clause.forms
        and (not clause.nations or nation in clause.nations)
        and (not clause.when or clause.when in there)
    ]


@cache
def _file() -> dict:
    return tomllib.loads(FILE.read_text("utf-8"))
