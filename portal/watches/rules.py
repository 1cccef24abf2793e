"""What a watch is about, how often it writes, and how long it is kept. Source: this project's own defaults."""

from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo


class Often(StrEnum):
    """How often a watch writes at most."""

    DAILY = "daily"
    WEEKLY = "weekly"


class Why(StrEnum):
    """Why a place is news."""

    NEW = "new"  # came into the register
    VACANT = "vacant"  # stands unused now and did not before
    LOCATED = "located"  # has a place now, so that it can be found near somewhere
    SHOWN = "shown"  # is public again, or in its holder's register again


DAYS = {Often.DAILY: 1, Often.WEEKLY: 7}
IN_THE_MORNING = time(7)  # on the area's wall
# A register that is being read in becomes true at its end, under the hour of its beginning.
SETTLED = timedelta(hours=1)
UNCONFIRMED = timedelta(days=7)
STILL_WANTED = timedelta(days=730)  # after so long without a word its watcher is asked
SILENCE = timedelta(days=30)  # and after so long without an answer it ends
MOST = 10  # watches of one address
LISTED = 20  # places in a letter
NEAR_METRES = 1000  # around a place that was given without a distance


def next_due(now: datetime, often: Often, zone: ZoneInfo) -> datetime:
    """The morning on which a watch looks again, as an instant; a day or a week after today, whatever the clocks do."""
    day = now.astimezone(zone).date() + timedelta(days=DAYS[often])
    return datetime.combine(day, IN_THE_MORNING, zone)
