"""The frame of the guide in words; what the entries themselves say is English data."""

from flask_babel import lazy_gettext as _l

from portal.areas.rules import Nation
from portal.people.rules import HolderKind
from portal.powers.rules import Power, Purpose

PURPOSE = {
    Purpose.USE: _l("Let a group use it"),
    Purpose.HAND_OVER: _l("Hand it over, or sell it"),
    Purpose.FIRST: _l("What to see to first"),
    Purpose.COSTS: _l("What it costs"),
    Purpose.STEP_IN: _l("When somebody else leaves it empty"),
    Purpose.FIND_OUT: _l("Find out more"),
}
NATION = {
    Nation.ENGLAND: _l("England"),
    Nation.WALES: _l("Wales"),
    Nation.SCOTLAND: _l("Scotland"),
    Nation.NORTHERN_IRELAND: _l("Northern Ireland"),
}
HOLDER = {
    HolderKind.COUNCIL: _l("A council"),
    HolderKind.PARISH: _l("A parish, town or community council"),
    HolderKind.LIBRARY_SERVICE: _l("A library service"),
    HolderKind.SCHOOL: _l("A school or college"),
    HolderKind.HOUSING_ASSOCIATION: _l("A housing association"),
    HolderKind.NHS: _l("The NHS"),
    HolderKind.POLICE: _l("The police"),
    HolderKind.FIRE: _l("The fire service"),
    HolderKind.OTHER: _l("Another body"),
    HolderKind.UNKNOWN: _l("Nobody knows who"),
}


def nations_of(power: Power) -> str:
    """Where it holds, in words."""
    return ", ".join(str(name) for nation, name in NATION.items() if nation in power.nations)
