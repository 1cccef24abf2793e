"""How the register of the area that is served stands: the one number that every request asks the database for."""

from typing import NamedTuple

from flask import current_app

from portal.areas.rules import Nation
from portal.db import alone

QUERY = (
    "SELECT a.id, a.nation, s.version, s.whole_at "
    "FROM area a JOIN register_state s ON s.area_id = a.id WHERE {} ORDER BY a.id LIMIT 1"
)


class State(NamedTuple):
    """The area that is served, and how its register stands."""

    area_id: int
    epsg: int  # in which it is measured
    version: int
    whole_at: int


def state_of(area_id: int | None = None) -> State:
    """How the register of an area stands in the database."""
    slug = current_app.config["AREA"]
    wanted = area_id or slug or None
    query = QUERY.format("a.id = ?" if area_id else "a.slug = ?" if slug else "true")
    row = next(iter(alone(query, (wanted,) if wanted else ())), None)
    if row is None:
        raise LookupError("no area")
    return State(row[0], Nation(row[1]).metric_epsg, row[2], row[3])
