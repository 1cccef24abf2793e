"""Reads about the area: which one is served, its wards and postcodes."""

from flask import current_app, g
from sqlalchemy import select

from portal.areas.models import Area, Postcode, Ward
from portal.areas.rules import postcode_key
from portal.db import db
from portal.errors import NotFound


def current_area() -> Area:
    """The area this deployment serves: the one named in AREA, else the first."""
    if "area_id" not in g:
        query = select(Area.id).order_by(Area.id).limit(1)
        if slug := current_app.config["AREA"]:
            query = query.where(Area.slug == slug)
        g.area_id = db.session.scalar(query)
    area = db.session.get(Area, g.area_id) if g.area_id else None
    if area is None:
        raise NotFound(
            "no-area",
            "No area has been set up yet. Run “portal import-places” or “portal demo” first.",
        )
    return area


def served_areas() -> list[int]:
    """The areas a clock without a page acts for: the one named in AREA, else all."""
    query = select(Area.id).order_by(Area.id)
    if slug := current_app.config["AREA"]:
        query = query.where(Area.slug == slug)
    return list(db.session.scalars(query))


def area_by_slug(slug: str) -> Area | None:
    """The area of that slug, if there is one."""
    return db.session.scalar(select(Area).where(Area.slug == slug))


def wards_of(area: Area) -> list[Ward]:
    """The wards of an area by name."""
    query = select(Ward).where(Ward.area_id == area.id).order_by(Ward.name, Ward.id)
    return list(db.session.scalars(query))


def postcode_of(area: Area, text: str) -> Postcode | None:
    """The whole postcode that was typed, however it was typed, if the area knows it."""
    key = postcode_key(text)
    return db.session.get(Postcode, (area.id, key)) if key else None
