"""Which dates of a let cost rent, and when it is asked for. Pure. Source: the pilot's starting values, for a council to change."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import NamedTuple

from portal.lettings.rules import OccurrenceState
from portal.people.rules import Role

# Rent is asked for after the end of each calendar month: only then is it known which dates were given up in time.
# A date that the group gives up costs nothing when at least so many days are left; the day of the date does not count.
DAYS_FREE: Mapping[Role, int | None] = MappingProxyType(
    {
        Role.ORGANISER: 7,
        Role.OFFICER: None,  # None: it never costs anything when they give it up
        Role.BROKER: None,
        Role.PORTAL: 0,  # given up by the clock, because nobody came or answered: as late as it was
    }
)


@dataclass(frozen=True)
class GivenUp:
    """Who gave a date up, and when (an aware instant)."""

    role: Role
    at: datetime


class DateDue(NamedTuple):
    """One date of a let as rent looks at it. `taken`: another group has it now."""

    occurrence_id: int
    on: date
    state: OccurrenceState
    given_up: GivenUp | None = None
    taken: bool = False


def costs(one: DateDue, given_up_on: date | None) -> bool:
    """Whether a date costs rent. `given_up_on` is the day on the wall on which it was given up; None where it was not."""
    if one.state is OccurrenceState.PLANNED:
        return True
    if one.given_up is None or given_up_on is None or one.taken:
        return False
    free = DAYS_FREE.get(one.given_up.role)
    return free is not None and (one.on - given_up_on).days < free


def month_of(day: date) -> tuple[int, int]:
    """The calendar month in which a date is charged."""
    return day.year, day.month
