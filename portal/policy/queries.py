"""Which profiles there are, and which of them an area can choose."""

from functools import lru_cache

from portal import clock
from portal.areas import profile as profiles
from portal.areas.models import Area
from portal.areas.profile import Profile
from portal.errors import PortalError
from portal.policy.rules import faults


@lru_cache(maxsize=1)
def shipped() -> tuple[Profile, ...]:
    """Every version of every profile that is right, oldest first. A wrong file is left to `portal profile check`."""
    names = sorted({file.name.split(".")[0] for file in profiles.FOLDER.glob("*.toml")})
    return tuple(profile for name in names for profile in _right(name))


def _right(name: str) -> list[Profile]:
    try:
        return [profile for profile in profiles.versions(name) if not faults(profile)]
    except PortalError:
        return []


def version_of(name: str, day: str) -> Profile | None:
    """The version of a profile that holds from a day (2027-04-01), as its address names it."""
    same = (p for p in shipped() if (p.name, p.effective_from.isoformat()) == (name, day))
    return next(same, None)


def choosable(area: Area) -> list[Profile]:
    """The profiles that are in force today and made for the area's nation, each as it is in force."""
    today = clock.today()
    held = {
        profile.name: profile
        for profile in shipped()
        if profile.effective_from <= today and profile.usable_in(area.nation)
    }
    return list(held.values())
