"""Reads for the first page."""

from flask_babel import gettext as _
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
    in_use = sum(number for (_kind, status), number in counts.items() if status is Status.IN_USE)
    return [
        (counts.get((Kind.LAND, Status.VACANT), 0), _("plots stand vacant")),
        (counts.get((Kind.BUILDING, Status.VACANT), 0), _("buildings stand empty")),
        (
            sum(n for (kind, _status), n in counts.items() if kind is Kind.ROOM),
            _("rooms to meet in"),
        ),
        (in_use, _("places in use by groups")),
    ]
