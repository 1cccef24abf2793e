"""Loading where buses and trams stop: NaPTAN's table (dft.gov.uk, by ATCO area), or a map file of points."""

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from geo import read
from geo.crs import Box
from portal import clock
from portal.areas.models import Area, Stop
from portal.errors import BadInput

# Where somebody gets on: bus and coach stops, tram and metro platforms and entrances, railway stations. (NaPTAN's StopType)
KINDS = {"BCT", "BCS", "BST", "BCE", "TMU", "PLT", "MET", "RLY", "RSE", "FBT", "FTD"}
LIVE = {"", "act", "active", "new"}
NAMES = ("commonname", "stop_name", "name")
CODES = ("atcocode", "stop_id", "code", "id")
LONS, LATS = ("longitude", "stop_lon", "lon"), ("latitude", "stop_lat", "lat")
MAP_FILES = {".geojson", ".json", ".gpkg", ".shp"}
LONGEST = 200


class Found(NamedTuple):
    """A stop as a file has it."""

    code: str
    name: str
    lon: float
    lat: float


def stops_in(path: Path, box: Box) -> list[Found]:
    """The stops of a file that lie in the box, each once. Raises BadInput when it has none, with what it must have."""
    try:
        lines = _of_map(path) if path.suffix.lower() in MAP_FILES else _of_table(path)
        found = {stop.code: stop for stop in lines if box.holds(stop.lon, stop.lat)}
    except read.UnreadableError as wrong:
        raise BadInput("unreadable-file", "%(why)s", why=wrong) from wrong
    if not found:
        raise BadInput(
            "no-stops",
            "%(file)s has no stop in this area. It needs a name, a code, longitude and latitude for each.",
            file=path.name,
        )
    return list(found.values())


def store(session: Session, area: Area, stops: Iterable[Found]) -> Counter[str]:
    """The area has these stops and no others from now on."""
    session.execute(delete(Stop).where(Stop.area_id == area.id))
    day = clock.today()
    rows = [stop._asdict() | {"area_id": area.id, "as_of": day} for stop in stops]
    session.execute(insert(Stop), rows)
    return Counter(stored=len(rows))


def _of_table(path: Path) -> Iterator[Found]:
    for row in read.rows(path):
        cells = {heading.strip().casefold(): value for heading, value in row.cells.items()}
        stop = _stop(cells, _number(_first(cells, LONS)), _number(_first(cells, LATS)), row.line)
        if stop is not None and _wanted(cells):
            yield stop


def _of_map(path: Path) -> Iterator[Found]:
    for number, feature in enumerate(read.features(path)):
        cells = {
            str(k).casefold(): "" if v is None else str(v) for k, v in feature.properties.items()
        }
        if feature.shape is not None and _wanted(cells):
            at = feature.shape.centroid
            if (stop := _stop(cells, at.x, at.y, number)) is not None:
                yield stop


def _wanted(cells: dict[str, Any]) -> bool:
    kind = cells.get("stoptype", "").strip().upper()
    return (not kind or kind in KINDS) and cells.get("status", "").strip().casefold() in LIVE


def _stop(cells: dict[str, str], lon: float | None, lat: float | None, line: int) -> Found | None:
    name = _first(cells, NAMES)
    if lon is None or lat is None or not name:
        return None
    return Found((_first(cells, CODES) or f"line {line}")[:40], name[:LONGEST], lon, lat)


def _first(cells: dict[str, str], names: Iterable[str]) -> str:
    return next((cells[name].strip() for name in names if cells.get(name, "").strip()), "")


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
