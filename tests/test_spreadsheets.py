"""No file of ours runs in a spreadsheet, and numbers stay numbers."""

import csv
import re
from pathlib import Path

import pytest

from portal.documents.spreadsheets import RUNS, harmless
from portal.intake.cells import clean
from portal.intake.report import Line, Report

PORTAL = Path(__file__).resolve().parents[1] / "portal"
EVIL = "-2+3+cmd|' /C calc'!A0"


@pytest.mark.parametrize("sign", RUNS)
def test_no_cell_is_a_formula(sign):
    assert harmless(f'{sign}HYPERLINK("http://evil.example")').startswith(f"'{sign}")


@pytest.mark.parametrize(
    "cell", ["", "a", "-2.50", "-7", -2.5, None, 3, "2026-03-02", "A-1", " =1"]
)
def test_what_is_no_formula_stays(cell):
    assert harmless(cell) == cell


def test_what_was_marked_is_read_as_it_was():
    signs = [sign for sign in RUNS if sign.isprintable()]
    assert clean([harmless(f"{sign}1+1") for sign in signs]) == [f"{sign}1+1" for sign in signs]


def test_a_register_brings_no_letters_that_no_page_can_hold():
    assert clean(["Pl\x07ot\x9f  one \uffff", "\x85Mill\u00a0Lane"]) == ["Plot one", "Mill Lane"]


def test_the_report_of_an_import_is_none_either(tmp_path):
    """A register's own names stand in it."""
    path = tmp_path / "report.csv"
    with Report(path) as report:
        report.tell(Line(3, EVIL, EVIL, "doubtful", EVIL, EVIL))
    with path.open() as file:
        said = list(csv.reader(file))[1]
    assert said == ["3", *[f"'{EVIL}"] * 2, "doubtful", *[f"'{EVIL}"] * 2]


def test_every_table_is_written_through_it():
    writers = [
        path for path in PORTAL.rglob("*.py") if re.search(r"csv\.writer\(", path.read_text())
    ]
    apart = {"demo/borough.py", "demo/invented_rooms.py"}  # which make up what is imported
    bare = [path for path in writers if "harmless" not in path.read_text()]
    assert {str(path.relative_to(PORTAL)) for path in bare} <= apart
