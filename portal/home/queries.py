"""Reads for the first page."""

from flask_babel import ngettext

from portal.areas.models import Area
from portal.register.queries import total
from portal.register.rules import Kind, Status
from portal.register.search import Search


def figures_of(area: Area) -> list[tuple[int, str]]:
    """How things stand in an area today: numbers with the words for each; none before an import."""
    if not total(area, Search()):
        return []
    plots = total(area, Search(kinds=(Kind.LAND,), statuses=(Status.VACANT,)))
    buildings = total(area, Search(kinds=(Kind.BUILDING,), statuses=(Status.VACANT,)))
    rooms = total(area, Search(kinds=(Kind.ROOM,)))
    in_use = total(area, Search(statuses=(Status.IN_USE,)))
    return [
        (plots, ngettext("plot stands vacant", "plots stand vacant", plots)),
        (buildings, ngettext("building stands empty", "buildings stand empty", buildings)),
        (rooms, ngettext("room to meet in", "rooms to meet in", rooms)),
        (in_use, ngettext("place in use by a group", "places in use by groups", in_use)),
    ]
