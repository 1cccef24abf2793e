"""Fill a database with a place, its public estate, its people and what they have done so far."""

import re
from datetime import timedelta

import click
from alembic.util import CommandError
from flask import Flask
from sqlalchemy import func, inspect, select
from sqlalchemy.exc import SQLAlchemyError

from portal import clock, config, migrate
from portal.app import create_app
from portal.areas.queries import current_area
from portal.areas.service import change_settings, import_places
from portal.db import db
from portal.demo import borough, cases, cast, hosting, invented_rooms, keeping, lets, questions
from portal.demo.play import play
from portal.errors import BadInput
from portal.intake.importer import import_register
from portal.models import Model
from portal.people.models import Holder
from portal.register.models import Asset
from portal.ticks import tick

# Days: before the first of the stories, people have come and the council has resolved.
LONG_AGO = 320


def files_of(name, boundary, wards, postcodes, register):
    """The area's slug and its files; None for the invented borough, whose files are made when needed."""
    if register is None:
        if name or boundary or wards or postcodes:
            raise BadInput(
                "no-register", "To show a real area give --area and --register at least."
            )
        return borough.SLUG, None
    slug = re.sub(r"[^a-z0-9]+", "-", (name or register.stem).lower()).strip("-")
    return slug, borough.Files(boundary, wards, postcodes, register)


def application(slug, files, base_url="http://127.0.0.1:8000", *, fresh=False) -> Flask:
    """The demonstration of an area: built at the first start, then kept as it is left."""
    path = config.INSTANCE / f"demo-{slug}.sqlite3"
    if not fresh and path.exists():
        app = app_on(path, slug, base_url)
        if _goes_on(app):
            click.echo(f"Going on where {path.name} was left (--fresh begins anew).")
            return app
        kept = path.with_suffix(".old.sqlite3")
        _remove(kept)
        path.rename(kept)
        click.echo(f"{path.name} is of another version, and was put aside as {kept.name}.")
    _build(path, slug, files, base_url)
    return app_on(path, slug, base_url)


def _goes_on(app):
    """Bring the database up to date and its clock to now; False when it is not of this version's making."""
    with app.app_context():
        try:
            migrate.upgrade(db.engine)
            fits = _has_every_column(inspect(db.engine))
        except (CommandError, SQLAlchemyError):
            fits = False
        if fits:
            tick()
        else:
            db.engine.dispose()
        return fits


def _has_every_column(there):
    """While a migration is still being written, its number says nothing of what is in it."""
    return all(
        {column.name for column in table.columns}
        <= {column["name"] for column in there.get_columns(table.name)}
        for table in Model.metadata.sorted_tables
    )


def _build(path, slug, files, base_url):
    """Build beside, then rename: an interrupted start leaves no half-built town behind."""
    click.echo("Building the demonstration (once; half a minute or less) ...")
    part = path.with_suffix(".part")
    _remove(part)
    part.parent.mkdir(parents=True, exist_ok=True)
    with app_on(part, slug, base_url).app_context():
        migrate.upgrade(db.engine)
        fill(slug, files or borough.write(config.INSTANCE / "demo" / slug))
        db.session.close()
        db.engine.dispose()
    _remove(path)
    part.rename(path)


def app_on(path, slug, base_url) -> Flask:
    """The application on a demonstration's database: letters are shown, never sent."""
    return create_app(
        DATABASE_URL=f"sqlite:///{path}", AREA=slug, BASE_URL=base_url, SMTP_URL="", DEMO="1"
    )


def fill(slug, files):
    """Everything, by the same functions that real files and real people go through."""
    import_places(slug, boundary=files.boundary, wards=files.wards, postcodes=files.postcodes)
    import_register(files.register, slug)
    if rooms := invented_rooms.invent(config.INSTANCE / "demo" / slug):
        import_register(rooms, slug)
    with clock.at(clock.now() - timedelta(days=LONG_AGO)):
        set_up_area(slug)
        cast.enter(holders())
    rooms = (*keeping.stories(), *lets.stories(), *hosting.stories())
    play((*cases.stories(holders()), *rooms, *questions.stories()), tick)


def set_up_area(slug):
    """What the area's administrator laid down before anything began."""
    area = current_area()
    change_settings(
        area.id,
        product_name=area.product_name,
        colour=area.colour,
        mark=area.mark,
        data_attribution="An invented borough" if slug == borough.SLUG else None,
        resolution_reference="Council minute 47/25",
        resolution_on=clock.today() - timedelta(days=40),
        contact_email=cast.BROKER.email,
        senior_officer="Director of Place",
    )


def holders():
    """The area's holders, whoever holds most first."""
    query = (
        select(Holder)
        .join(Asset, Asset.holder_id == Holder.id)
        .where(Holder.area_id == current_area().id)
        .group_by(Holder.id)
        .order_by(func.count().desc(), Holder.name)
    )
    return list(db.session.scalars(query))


def _remove(path):
    for end in ("", "-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)
