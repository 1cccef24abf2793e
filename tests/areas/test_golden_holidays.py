"""The bank holidays of the four nations as gov.uk lists them (www.gov.uk/bank-holidays): 2025 to 2027, written down by hand."""

from datetime import date

import pytest

from portal.areas.calendar import bank_holidays, is_working_day
from portal.areas.rules import Nation

# England and Wales: one list.
ENGLAND_AND_WALES = {
    2025: ["1 1", "4 18", "4 21", "5 5", "5 26", "8 25", "12 25", "12 26"],
    2026: ["1 1", "4 3", "4 6", "5 4", "5 25", "8 31", "12 25", "12 28"],
    2027: ["1 1", "3 26", "3 29", "5 3", "5 31", "8 30", "12 27", "12 28"],
}
SCOTLAND = {
    2025: ["1 1", "1 2", "4 18", "5 5", "5 26", "8 4", "12 1", "12 25", "12 26"],
    2026: ["1 1", "1 2", "4 3", "5 4", "5 25", "6 15", "8 3", "11 30", "12 25", "12 28"],
    2027: ["1 1", "1 4", "3 26", "5 3", "5 31", "8 2", "11 30", "12 27", "12 28"],
}
NORTHERN_IRELAND = {
    2025: ["1 1", "3 17", "4 18", "4 21", "5 5", "5 26", "7 14", "8 25", "12 25", "12 26"],
    2026: ["1 1", "3 17", "4 3", "4 6", "5 4", "5 25", "7 13", "8 31", "12 25", "12 28"],
    2027: ["1 1", "3 17", "3 26", "3 29", "5 3", "5 31", "7 12", "8 30", "12 27", "12 28"],
}
GOLDEN = {
    Nation.ENGLAND: ENGLAND_AND_WALES,
    Nation.WALES: ENGLAND_AND_WALES,
    Nation.SCOTLAND: SCOTLAND,
    Nation.NORTHERN_IRELAND: NORTHERN_IRELAND,
}


@pytest.mark.parametrize("year", [2025, 2026, 2027])
@pytest.mark.parametrize("nation", list(Nation))
def test_the_days_on_which_nobody_works(nation, year):
    """A substitute day is what closes the doors; the weekend day it stands for is closed as a weekend is."""
    golden = {date(year, *map(int, day.split())) for day in GOLDEN[nation][year]}
    known = set(bank_holidays(nation, year))
    assert golden <= known, sorted(golden - known)
    assert all(day.weekday() >= 5 for day in known - golden), sorted(known - golden)
    assert not any(is_working_day(day, nation) for day in golden)
