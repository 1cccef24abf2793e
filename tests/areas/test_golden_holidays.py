"""The bank holidays of the four nations, 2024 to 2028, written down by hand; the portal must know each of them.

Sources. The days follow from the Banking and Financial Dealings Act 1971, Schedule 1, with the yearly royal proclamations, as
www.gov.uk/bank-holidays lists them (Scotland's 15 June 2026 is one of its own). On 21 November 2026 the table was held against
the `holidays` library 0.108, nation by nation and year by year: no weekday differs. GOV.UK's own source of that page
(github.com/alphagov/frontend, lib/data/bank-holidays.json) could be read only as it stood up to 2023; for the years that
it has (2019 to 2023, England with Wales and Northern Ireland), what it says of substitute days is what this table says.
The page itself could not be asked from where this was written: when it is, 2027 and 2028 are worth another look.
"""

from datetime import date

import pytest

from portal.areas.calendar import bank_holidays, is_working_day
from portal.areas.rules import Nation

# England and Wales: one list.
ENGLAND_AND_WALES = {
    2024: ["1 1", "3 29", "4 1", "5 6", "5 27", "8 26", "12 25", "12 26"],
    2025: ["1 1", "4 18", "4 21", "5 5", "5 26", "8 25", "12 25", "12 26"],
    2026: ["1 1", "4 3", "4 6", "5 4", "5 25", "8 31", "12 25", "12 28"],
    2027: ["1 1", "3 26", "3 29", "5 3", "5 31", "8 30", "12 27", "12 28"],
    2028: ["1 3", "4 14", "4 17", "5 1", "5 29", "8 28", "12 25", "12 26"],
}
SCOTLAND = {
    2024: ["1 1", "1 2", "3 29", "5 6", "5 27", "8 5", "12 2", "12 25", "12 26"],
    2025: ["1 1", "1 2", "4 18", "5 5", "5 26", "8 4", "12 1", "12 25", "12 26"],
    2026: ["1 1", "1 2", "4 3", "5 4", "5 25", "6 15", "8 3", "11 30", "12 25", "12 28"],
    2027: ["1 1", "1 4", "3 26", "5 3", "5 31", "8 2", "11 30", "12 27", "12 28"],
    2028: ["1 3", "1 4", "4 14", "5 1", "5 29", "8 7", "11 30", "12 25", "12 26"],
}
NORTHERN_IRELAND = {
    2024: ["1 1", "3 18", "3 29", "4 1", "5 6", "5 27", "7 12", "8 26", "12 25", "12 26"],
    2025: ["1 1", "3 17", "4 18", "4 21", "5 5", "5 26", "7 14", "8 25", "12 25", "12 26"],
    2026: ["1 1", "3 17", "4 3", "4 6", "5 4", "5 25", "7 13", "8 31", "12 25", "12 28"],
    2027: ["1 1", "3 17", "3 26", "3 29", "5 3", "5 31", "7 12", "8 30", "12 27", "12 28"],
    2028: ["1 3", "3 17", "4 14", "4 17", "5 1", "5 29", "7 12", "8 28", "12 25", "12 26"],
}
GOLDEN = {
    Nation.ENGLAND: ENGLAND_AND_WALES,
    Nation.WALES: ENGLAND_AND_WALES,
    Nation.SCOTLAND: SCOTLAND,
    Nation.NORTHERN_IRELAND: NORTHERN_IRELAND,
}


@pytest.mark.parametrize("year", list(SCOTLAND))
@pytest.mark.parametrize("nation", list(Nation))
def test_the_days_on_which_nobody_works(nation, year):
    """A substitute day is what closes the doors; the weekend day it stands for is closed as a weekend is."""
    golden = {date(year, *map(int, day.split())) for day in GOLDEN[nation][year]}
    known = set(bank_holidays(nation, year))
    assert golden <= known, sorted(golden - known)
    assert all(day.weekday() >= 5 for day in known - golden), sorted(known - golden)
    assert not any(is_working_day(day, nation) for day in golden)
