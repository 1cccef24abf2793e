"""The pages that explain a policy profile: the area's own, and any version that a case goes on under."""

from flask import Blueprint, render_template

from portal import clock
from portal.areas import profile as profiles
from portal.areas.models import Area
from portal.areas.profile import Profile
from portal.areas.queries import current_area
from portal.errors import NotFound
from portal.people.access import PUBLIC, allow
from portal.policy import parts  # noqa: F401 - a case asks for its parts
from portal.policy.page import explained
from portal.policy.queries import version_of

bp = Blueprint("policy", __name__)


@bp.get("/policy")
@allow(PUBLIC)
def policy():
    area = current_area()
    return _page(profiles.in_force(area.profile, clock.today()), area)


@bp.get("/policy/<name>/<day>")
@allow(PUBLIC)
def version(name: str, day: str):
    found = version_of(name, day)
    if found is None:
        raise NotFound(
            "no-policy", "There is no such version of the rules. Look at those in force here."
        )
    return _page(found, current_area())


def _page(profile: Profile, area: Area) -> str:
    nation = area.nation if profile.usable_in(area.nation) else profile.nations[0]
    now = profiles.in_force(area.profile, clock.today())
    return render_template(
        "policy/policy.html",
        here=profile == now,
        now=now,
        others=[p for p in profiles.versions(profile.name) if p != profile],
        **explained(profile, area, nation),
    )
