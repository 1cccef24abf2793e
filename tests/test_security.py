"""docs/security.md claims nothing that is not there: each file and each test that it names exists, each row says how it stands."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / "docs" / "security.md").read_text()
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in TEXT.splitlines()
    if re.match(r"\| \d+\.\d", line)
]
STATES = (
    "met",
    "partly",
    "**not met**",
    "not met",
    "not applicable",
    "for whoever runs it",
    "by people",
    "not shown",
)
NAMED = re.compile(r"`((?:portal|tests|static|deploy|docs|script|migrations)/[^`]*)`")


def functions(path):
    return {
        node.name
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef)
    }


@pytest.mark.parametrize("name", sorted(set(NAMED.findall(TEXT))))
def test_what_is_named_is_there(name):
    file, _colons, function = name.split()[0].partition("::")
    assert (ROOT / file).exists()
    if function:
        assert function in functions(ROOT / file)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_every_row_says_how_it_stands(row):
    _number, short, state, where, test = row
    assert short
    assert state.startswith(STATES)
    if state.startswith("met"):
        assert where, "a claim says where"
    if state.startswith("not applicable"):
        assert ":" in state, "and why"
    assert not test or test.startswith("`tests/")


# How many requirements of levels 1 and 2 each section of the released 5.0.0 has; they stand first in each, and are numbered
# from 1. Chapters 10 and 17 are told in one line.
SECTIONS = {
    "1.1": 2, "1.2": 9, "1.3": 11, "1.4": 3, "1.5": 2, "2.1": 3, "2.2": 3, "2.3": 4, "2.4": 1, "3.2": 2, "3.3": 4, "3.4": 6,
    "3.5": 5, "3.7": 2, "4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4, "5.1": 1, "5.2": 3, "5.3": 2, "5.4": 3, "6.1": 3, "6.2": 12,
    "6.3": 4, "6.4": 4, "6.5": 5, "6.6": 3, "6.8": 4, "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5, "7.5": 2, "7.6": 2, "8.1": 2,
    "8.2": 3, "8.3": 1, "8.4": 1, "9.1": 3, "9.2": 4, "11.1": 2, "11.2": 3, "11.3": 3, "11.4": 4, "11.5": 1, "11.6": 1,
    "12.1": 3, "12.2": 2, "12.3": 4, "13.1": 1, "13.2": 5, "13.3": 2, "13.4": 5, "14.1": 2, "14.2": 4, "14.3": 3, "15.1": 3,
    "15.2": 3, "15.3": 7, "16.1": 1, "16.2": 5, "16.3": 4, "16.4": 3, "16.5": 3,
}  # fmt: skip
ABOVE = {"1.2.10", "7.5.3"}  # of level 3, and told all the same


def numbers_of(cell):
    """Those of a row: one, several, or from one to another."""
    found = re.findall(r"\d+\.\d+\.\d+", cell)
    if " to " not in cell:
        return found
    (section, _dot, first), (_same, _dot, last) = (one.rpartition(".") for one in found)
    return [f"{section}.{number}" for number in range(int(first), int(last) + 1)]


def test_every_requirement_of_the_standard_is_told_once():
    numbers = [number for row in ROWS for number in numbers_of(row[0])]
    assert len(numbers) == len(set(numbers))
    wanted = {f"{section}.{n + 1}" for section, count in SECTIONS.items() for n in range(count)}
    assert set(numbers) - ABOVE == wanted
