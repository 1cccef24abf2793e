"""Reads for the first page."""

from flask_babel import ngettext
from sqlalchemy import func, select

from portal.areas.models import Area
from portal.db import db
from portal.register.models import Asset
from portal.register.rules import Kind, Status


def figures_of(area: Area) -> list[tuple[int, str]]:
    """How things stand in an area today: numbers with the words for each; none before an import."""
    query = (
        select(Asset.kind, Asset.status, func.count())
        .where(Asset.area_id == area.id)
        .group_by(Asset.kind, Asset.status)
    )
    counts = {(kind, status): number for kind, status, number in db.session.execute(query)}
    if not counts:
        return []
    plots = counts.get((Kind.LAND, Status.VACANT), 0)
    buildings = counts.get((Kind.BUILDING, Status.VACANT), 0)
    rooms = sum(number for (kind, _), number in counts.items() if kind is Kind.ROOM)
    in_use = sum(number for (_, status), number in counts.items() if status is Status.IN_USE)
    return [
        (plots, ngettext("plot stands vacant", "plots stand vacant", plots)),
        (buildings, ngettext("building stands empty", "buildings stand empty", buildings)),
        (rooms, ngettext("room to meet in", "rooms to meet in", rooms)),
        (in_use, ngettext("place in use by a group", "places in use by groups", in_use)),
    ]
