"""Loading places: boundary, wards, postcodes. Each is a help, none is a must; loading twice changes nothing."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Any, NamedTuple

import shapely
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from tqdm import tqdm

from geo import columns, read
from geo.crs import Box, read_point
from geo.shapes import bounds
from portal.areas.models import Area, Postcode, Ward
from portal.areas.rules import Nation, check_look, check_resolution, postcode_key
from portal.areas.stops import stops_in
from portal.areas.stops import store as store_stops
from portal.areas.uprns import sift, store
from portal.audit.rules import OPERATOR, Act
from portal.audit.service import note
from portal.db import db, transaction
from portal.errors import BadInput, RuleBroken

# How the extracts of the Office for National Statistics end the names of what we look for.
CODE_ENDS = ("area_code", "code", "cd")
NAME_ENDS = ("area_name", "name", "nm")
POPULATION_ENDS = ("population", "residents")
NATION_OF = {
    "E": Nation.ENGLAND,
    "W": Nation.WALES,
    "S": Nation.SCOTLAND,
    "N": Nation.NORTHERN_IRELAND,
}


class Place(NamedTuple):
    """One shape of a boundary file with its code and name, "" where the file has none; and who live there, if it says."""

    code: str
    name: str
    shape: shapely.Geometry
    population: int | None = None


def import_places(  # noqa: PLR0913 - one for each kind of file
    slug: str,
    *,
    boundary: Path | None = None,
    wards: Path | None = None,
    postcodes: Path | None = None,
    uprns: Path | None = None,
    stops: Path | None = None,
    attribution: str | None = None,
) -> dict[str, Any]:
    """Load what is given into the area of that slug, which is made if it is not there; says what changed.

    `attribution` is what the licence of the files asks to be said; every page says it.

    Raises BadInput with one sentence when a file cannot be used; then nothing was written.
    """
    ground = _places(boundary) if boundary else []
    ward_places = _places(wards) if wards else []
    codes = _rows(postcodes) if postcodes else []
    places = stops_in(stops, _box(slug, ground)) if stops else []
    sifting = sift(uprns, _box(slug, ground)) if uprns else nullcontext()
    report: dict[str, Any] = {"area": slug}
    with sifting as sifted, transaction() as s:
        area = area_named(s, slug)
        area.data_attribution = attribution or area.data_attribution
        if ground:
            report["boundary"] = _set_boundary(area, ground)
        if ward_places:
            report["wards"] = dict(_set_wards(s, area, ward_places))
            if any(place.population is not None for place in ward_places):
                said = area.population_source or attribution or wards.name
                area.population_source = said[:200]
        if codes:
            report["postcodes"] = dict(_set_postcodes(s, area, codes, postcodes))
        if sifted:
            report["uprns"] = dict(store(s, area, sifted))
        if places:
            report["stops"] = dict(store_stops(s, area, places))
    return report


def _box(slug: str, ground: list[Place]) -> Box:
    """The box around the boundary that is being loaded, or was before."""
    known = db.session.scalar(select(Area).where(Area.slug == slug))
    box = bounds([place.shape for place in ground] or [known and known.boundary])
    if box is None:
        raise BadInput(
            "no-boundary",
            "Load the area's boundary first, or with the list: only its own properties are kept.",
        )
    return box


def area_named(session: Session, slug: str) -> Area:
    """The area of that slug, locked, so that a second import waits for the first; made if it is not there.

    A new one is called after its slug until a boundary says its name.
    """
    locked = select(Area).where(Area.slug == slug).with_for_update()
    area = session.scalar(locked)
    if area is not None:
        return area
    try:
        with session.begin_nested():
            session.add(Area(slug=slug, name=name_from(slug), nation=Nation.ENGLAND))
    except IntegrityError:
        pass  # another import made it while this one waited
    return session.scalars(locked).one()


def name_from(slug: str) -> str:
    """What an area is called until a boundary says its name."""
    return slug.replace("-", " ").title()


def _set_boundary(area: Area, places: list[Place]) -> str:
    shape = shapely.union_all([place.shape for place in places])
    unchanged = area.boundary is not None and shapely.equals_exact(area.boundary, shape)
    if not unchanged:
        area.boundary = shape
    if area.name == name_from(area.slug) and places[0].name and len(places) == 1:
        area.name = places[0].name[:120]
    area.nation = NATION_OF.get(places[0].code[:1].upper(), area.nation)
    return "unchanged" if unchanged else "loaded"


def _set_wards(s: Session, area: Area, places: list[Place]) -> Counter[str]:
    known = {ward.code: ward for ward in s.scalars(select(Ward).where(Ward.area_id == area.id))}
    done: Counter[str] = Counter(new=0, changed=0, unchanged=0)
    for place in places:
        code = (place.code or place.name)[:20]
        ward = known.get(code)
        if ward is None:
            ward = Ward(area_id=area.id, code=code, name=place.name[:120], shape=place.shape)
            s.add(ward)
            done["new"] += 1
        elif ward.name != place.name[:120] or not shapely.equals_exact(ward.shape, place.shape):
            ward.name, ward.shape = place.name[:120], place.shape
            done["changed"] += 1
        else:
            done["unchanged"] += 1
        # A file without the number takes none away that somebody wrote down.
        ward.population = ward.population if place.population is None else place.population
    s.flush()
    return done


def _set_postcodes(s: Session, area: Area, rows: list[dict[str, str]], path: Path) -> Counter[str]:
    ward_ids = dict(s.execute(select(Ward.code, Ward.id).where(Ward.area_id == area.id)).all())
    query = select(Postcode.code, Postcode.lon, Postcode.lat, Postcode.ward_id)
    known = {
        row.code: tuple(row[1:]) for row in s.execute(query.where(Postcode.area_id == area.id))
    }
    found = {}
    for row in tqdm(rows, desc=path.name, unit=" postcodes", disable=None, leave=False):
        if values := _postcode(row, area.nation, ward_ids):
            found[values["code"]] = values | {"area_id": area.id}
    if not found:
        raise BadInput(
            "no-postcodes",
            "%(file)s has no postcode with a place in the nation of this area.",
            file=path.name,
        )
    new = [v for code, v in found.items() if code not in known]
    changed = [
        v
        for code, v in found.items()
        if code in known and known[code] != (v["lon"], v["lat"], v["ward_id"])
    ]
    if new:
        s.execute(insert(Postcode), new)
    if changed:
        s.execute(update(Postcode), changed)
    return Counter(
        new=len(new),
        changed=len(changed),
        unchanged=len(found) - len(new) - len(changed),
        unread=len(rows) - len(found),
    )


def _postcode(
    row: dict[str, str], nation: Nation, ward_ids: dict[str, int]
) -> dict[str, Any] | None:
    key = postcode_key(row.get("postcode", ""))
    try:
        x, y = float(row["x"]), float(row["y"])
    except (KeyError, ValueError):
        return None
    reading = read_point(x, y, nation=nation.value)
    if key is None or reading is None:
        return None
    ward_id = ward_ids.get(row.get("ward_code", ""))
    return {"code": key, "lon": reading.lon, "lat": reading.lat, "ward_id": ward_id}


def _places(path: Path) -> list[Place]:
    try:
        features = read.features(path)
    except read.UnreadableError as wrong:
        raise BadInput("unreadable-file", "%(why)s", why=wrong) from wrong
    return [
        Place(
            _first(f.properties, CODE_ENDS),
            _first(f.properties, NAME_ENDS),
            f.shape,
            _whole(_first(f.properties, POPULATION_ENDS)),
        )
        for f in features
        if f.shape is not None
    ]


def _first(properties: dict[str, Any], ends: Iterable[str]) -> str:
    """The first property whose name ends so, as text."""
    for end in ends:
        for name, value in properties.items():
            if name.casefold().endswith(end) and value is not None:
                return str(value).strip()
    return ""


def _whole(text: str) -> int | None:
    """A number of people as files write it: 8431, "8,431", 8431.0. Anything else is not one."""
    found = re.fullmatch(r"([0-9]{1,8})(?:\.0*)?", text.replace(",", ""))
    return int(found[1]) if found else None


def _rows(path: Path) -> list[dict[str, str]]:
    try:
        rows = read.rows(path)
    except read.UnreadableError as wrong:
        raise BadInput("unreadable-file", "%(why)s", why=wrong) from wrong
    found = columns.recognise(rows[0].cells)
    if not {"postcode", "x", "y"} <= found.keys():
        raise BadInput(
            "no-columns",
            "%(file)s needs columns for the postcode and its two coordinates.",
            file=path.name,
        )
    return [columns.fields(row.cells, found) for row in rows]


# What stands where nothing was said; anything else that is left empty is unknown.
EMPTY = {"product_name": "", "colour": "", "commission_basis_points": 0}


def change_settings(area_id: int, by: int | None = None, **values: Any) -> None:
    """The area's look, policy and resolution, as its administrator sets them."""
    check_look(values["colour"], values["mark"])
    check_resolution(values["resolution_reference"], values["resolution_on"])
    with transaction() as s:
        area = s.get_one(Area, area_id, with_for_update=True)
        wanted = {name: value or EMPTY.get(name) for name, value in values.items()}
        changed = [name for name, value in wanted.items() if getattr(area, name) != value]
        for name in changed:
            setattr(area, name, wanted[name])
        if changed:
            _note(area_id, by, changed)


def _note(area_id: int, by: int | None, changed: list[str]) -> None:
    role = OPERATOR if by is None else "administrator"
    note(Act.SETTINGS_CHANGED, area_id=area_id, by=by, role=role, about=("area", area_id), changed=changed)  # fmt: skip


def set_population(
    area_id: int,
    whole: int | None,
    wards: Mapping[int, int | None],
    source: str,
    by: int | None = None,
) -> None:
    """How many people live in the area and in its wards (ward's id -> number), and who says so; None: not on record."""
    if source == "" and any(n is not None for n in (whole, *wards.values())):
        raise RuleBroken(
            "no-source", "Say where these numbers are from, for example Census 2021, ONS."
        )
    with transaction() as s:
        area = s.get_one(Area, area_id, with_for_update=True)
        theirs = list(s.scalars(select(Ward).where(Ward.area_id == area_id)))
        before = area.population, area.population_source, [ward.population for ward in theirs]
        area.population, area.population_source = whole, source or None
        for ward in theirs:
            ward.population = wards.get(ward.id, ward.population)
        if before != (area.population, area.population_source, [w.population for w in theirs]):
            _note(area_id, by, ["population"])
