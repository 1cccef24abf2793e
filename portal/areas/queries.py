"""Reads about the area: which one is served, its wards and postcodes."""

import re
from typing import NamedTuple

from flask import current_app, g
from sqlalchemy import func, select
from sqlalchemy.orm import undefer

from geo.crs import ENVELOPES, read_point, to_stored
from geo.gridref import gridref_at, read_gridref
from geo.shapes import inner_point
from geo.typed import read_pair
from portal.areas.models import Area, Postcode, Uprn, Ward
from portal.areas.rules import postcode_key, postcode_shown, uprn_key
from portal.db import db
from portal.errors import NotFound


def current_area() -> Area:
    """The area this deployment serves: the one named in AREA, else the first."""
    if "area_id" in g:
        area = db.session.get(Area, g.area_id) if g.area_id else None
    else:
        query = select(Area).order_by(Area.id).limit(1)
        if slug := current_app.config["AREA"]:
            query = query.where(Area.slug == slug)
        area = db.session.scalar(query)
        g.area_id = area and area.id
    if area is None:
        raise NotFound(
            "no-area",
            "No area has been set up yet. Run “portal import-places” or “portal demo” first.",
        )
    g.area = area  # held, so that whoever asks for it by its key in this request need not go to the database
    return area


class Body(NamedTuple):
    """A body by its name, and where to write to it."""

    name: str
    address: str


def controller() -> Body:
    """Who answers in law for the portal and what it holds: the body of CONTROLLER, else the area by its name."""
    name, _comma, address = str(current_app.config["CONTROLLER"]).partition(",")
    return Body(name.strip() or current_area().name, address.strip())


def served_areas() -> list[int]:
    """The areas a clock without a page acts for: the one named in AREA, else all."""
    query = select(Area.id).order_by(Area.id)
    if slug := current_app.config["AREA"]:
        query = query.where(Area.slug == slug)
    return list(db.session.scalars(query))


def wards_of(area: Area, *, shapes: bool = False) -> list[Ward]:
    """The wards of an area by name; with their shapes where these are needed."""
    query = select(Ward).where(Ward.area_id == area.id).order_by(Ward.name, Ward.id)
    return list(db.session.scalars(query.options(undefer(Ward.shape)) if shapes else query))


def postcode_of(area: Area, text: str) -> Postcode | None:
    """The whole postcode that was typed, however it was typed, if the area knows it."""
    key = postcode_key(text)
    return db.session.get(Postcode, (area.id, key)) if key else None


LARGEST_SQUARE = 1000  # metres


class Place(NamedTuple):
    """A point that somebody named, with the name as the portal understood it."""

    label: str
    lon: float
    lat: float


def uprn_of(area: Area, text: str) -> Uprn | None:
    """The property whose whole number was typed, if the national list has been loaded and has it."""
    key = uprn_key(text)
    return db.session.get(Uprn, (area.id, key)) if key else None


def place_in(area: Area, text: str) -> Place | None:
    """The place that a postcode (whole or half), a grid reference, coordinates, a UPRN or a ward's name stands for."""
    for find in (_whole_postcode, _half_postcode, _grid_reference, _point, _uprn, _ward):
        if found := find(area, text.strip()):
            return found
    return None


def _whole_postcode(area: Area, text: str) -> Place | None:
    found = postcode_of(area, text)
    return found and Place(postcode_shown(found.code), found.lon, found.lat)


def _half_postcode(area: Area, text: str) -> Place | None:
    """The middle of all postcodes that begin so: "M33" is not "M3 3..."."""
    half = text.upper()
    if not re.fullmatch(r"[A-Z]{1,2}[0-9][A-Z0-9]?", half):
        return None
    middle = select(func.avg(Postcode.lon), func.avg(Postcode.lat)).where(
        Postcode.area_id == area.id,
        Postcode.code.startswith(half),
        func.length(Postcode.code) == len(half) + 3,
    )
    lon, lat = db.session.execute(middle).one()
    return Place(half, lon, lat) if lon is not None else None


def _grid_reference(area: Area, text: str) -> Place | None:
    """The middle of the square; one of 10 km is no place, and is mostly half a postcode of elsewhere."""
    square = read_gridref(text)
    if square is None or square.metres > LARGEST_SQUARE or square.epsg != area.nation.metric_epsg:
        return None
    lon, lat = to_stored(square.x, square.y, square.epsg)
    if not ENVELOPES[area.nation.value].holds(lon, lat):
        return None
    return Place(gridref_at(square.x, square.y, square.figures, square.epsg), lon, lat)


def _point(area: Area, text: str) -> Place | None:
    """What a phone's "where am I", a map's link or a surveyor gives, in either order."""
    pair = read_pair(text)
    if pair is None:
        return None
    reading = read_point(
        pair.x,
        pair.y,
        label=f"EPSG:{area.nation.metric_epsg}",
        nation=area.nation.value,
        boundary=None if pair.certain else area.boundary,
    )
    return reading and Place(f"{reading.lat:.4f}, {reading.lon:.4f}", reading.lon, reading.lat)


def _uprn(area: Area, text: str) -> Place | None:
    found = uprn_of(area, text)
    return found and Place(f"UPRN {found.uprn}", found.lon, found.lat)


def _ward(area: Area, text: str) -> Place | None:
    """The ward of that name, else the only one that begins so."""
    wards = wards_of(area)
    same = [ward for ward in wards if ward.name.casefold() == text.casefold()]
    like = [ward for ward in wards if text and ward.name.casefold().startswith(text.casefold())]
    ward = next(iter(same), like[0] if len(like) == 1 else None)
    if ward is None or ward.shape is None:
        return None
    return Place(ward.name, *inner_point(ward.shape))
