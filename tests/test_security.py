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


def test_no_requirement_is_told_twice():
    numbers = [number for row in ROWS for number in re.findall(r"\d+\.\d+\.\d+", row[0])]
    assert len(numbers) == len(set(numbers))
    assert len(numbers) > 150
