"""A profile's file checked as a whole: what the file says by itself, and what the table of steps says of it."""

from pathlib import Path

from portal.areas.profile import Profile, read_profile
from portal.areas.tables import read_table, refusal
from portal.errors import BadInput
from portal.policy.rules import faults


def check(file: Path) -> tuple[Profile | None, list[BadInput]]:
    """The profile and all that is wrong with it; no profile where the file itself cannot be read as one."""
    try:
        profile = read_profile(file)
    except BadInput as wrong:
        return None, [wrong]
    top = read_table(file)
    return profile, [
        refusal(file, top.line(fault.place), fault.place, fault.reason) for fault in faults(profile)
    ]
