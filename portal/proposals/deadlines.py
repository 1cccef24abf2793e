"""When a case's periods end, from the profile's data. Pure."""

from datetime import date

from portal.areas.calendar import Counted
from portal.areas.profile import Profile
from portal.areas.rules import Nation

# A period runs from one event; these are the same to it.
SAME_AS = {"granted_by_default": "granted"}


def starting(event: str, on: date, profile: Profile, nation: Nation) -> dict[str, Counted]:
    """The periods that begin because of an event (a state's name) on a day, and those that follow on from them.

    Returns period -> how its last day was counted; one with `never_after` ends with that one at the latest.
    Source: the profile's [periods].
    """
    found: dict[str, Counted] = {}
    begun = {SAME_AS.get(event, event): on}
    while begun:
        name, start = begun.popitem()
        for period in profile.periods.values():
            if (
                period.runs_from == name and period.name not in found
            ):  # else "review" would begin itself
                found[period.name] = period.counted(start, nation)
                begun[period.name] = found[period.name].due
    for period in profile.periods.values():
        if period.name in found and period.never_after:
            limit = found.get(period.never_after)
            if limit and limit.due < found[period.name].due:
                found[period.name] = limit
    return found
