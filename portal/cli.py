"""The command line: `portal COMMAND`."""

import json
import os
import sys
from pathlib import Path
from pwd import getpwuid
from typing import Any

import click
from flask import Flask, current_app, g

from portal.audit.command import audit
from portal.backup.command import backup, restore
from portal.errors import PortalError
from portal.intake.command import command as import_register
from portal.notices.command import read_bounce, send_letters
from portal.policy.command import profile
from portal.privacy.command import person
from portal.walks.command import walk

FILE = click.Path(path_type=Path)


class _Plain(click.Group):
    """A command group that tells what can go wrong outside of it as one sentence, without a traceback."""

    def invoke(self, ctx: click.Context):
        try:
            return super().invoke(ctx)
        except PortalError as error:
            sentence = str(error)
        except Exception as error:
            sentence = _about_a_file(error) or _about_the_database(error)
            if not sentence:
                raise
        click.echo(f"portal: {sentence}", err=True)
        sys.exit(2)


def _about_a_file(error: Exception) -> str:
    """What the system says of a file, which whoever named it can mend; "" when it is something else."""
    if not isinstance(error, OSError) or not error.strerror or isinstance(error, ConnectionError):
        return ""
    # Not by the environment: that may still be of whoever called it.
    whose = ""
    if isinstance(error, PermissionError):
        whose = f" This runs as {getpwuid(os.getuid()).pw_name}, who may not use it."
    return f"{error.filename or 'The disk'}: {error.strerror}.{whose}"


def _about_the_database(error: Exception) -> str:
    """What an error of the database means for who runs the portal; "" when it is a fault of ours."""
    from alembic.util import CommandError
    from sqlalchemy import exc

    from portal.away import Trouble, said_by, trouble_of

    said = said_by(error)
    if "no such table" in said or "UndefinedTable" in repr(getattr(error, "orig", "")):
        return "The database has no tables yet, or old ones. Run “portal migrate” first."
    if isinstance(error, CommandError):
        return f"{error}."
    if trouble_of(error) is Trouble.FULL:
        return f"The disk is full: {said}. Make room and try again."
    if isinstance(error, exc.OperationalError):
        return f"The database of DATABASE_URL does not answer: {said}."
    other = not os.environ.get("DATABASE_URL", "sqlite").startswith(("sqlite", "postgres"))
    if other and isinstance(error, (exc.ArgumentError, ModuleNotFoundError)):
        return f"DATABASE_URL is not an address of SQLite or PostgreSQL: {said}."
    return ""


@click.group(cls=_Plain)
def main() -> None:
    """Meanwhile: public land, buildings and rooms for those who would use them."""


def _in_app(command: click.Command) -> click.Command:
    """A feature's own command, run inside the application."""
    run = command.callback

    def inside(*args: Any, **kwargs: Any) -> Any:
        with _app().app_context():
            return run(*args, **kwargs)

    command.callback = inside
    return command


main.add_command(walk)
main.add_command(profile)
main.add_command(_in_app(import_register))
main.add_command(person)
for _command in person.commands.values():
    _in_app(_command)
main.add_command(_in_app(send_letters))
main.add_command(_in_app(read_bounce))
main.add_command(_in_app(backup))
main.add_command(_in_app(restore))
main.add_command(audit)
for one in audit.commands.values():
    _in_app(one)


@main.command()
@click.option("--down", metavar="REVISION", help="Take the database back to this revision instead.")
def migrate(down: str | None) -> None:
    """Bring the database of DATABASE_URL up to date."""
    from portal import migrate as steps
    from portal.db import db

    with _app().app_context():
        if down:
            steps.downgrade(db.engine, down)
        else:
            steps.upgrade(db.engine)


@main.command("import-places")
@click.option("--area", "slug", required=True, help="The area's slug; the area is made if need be.")
@click.option("--boundary", type=FILE, help="The area's boundary.")
@click.option("--wards", type=FILE, help="Its wards.")
@click.option("--postcodes", type=FILE, help="Its postcodes, as the national list has them.")
@click.option(
    "--uprns", type=FILE, help="OS Open UPRN: the points of all properties, packed or not."
)
@click.option("--stops", type=FILE, help="Where buses and trams stop: NaPTAN's CSV, or a map file.")
@click.option(
    "--attribution", help="What the licence of these files asks to be said on every page."
)
def import_places(slug: str, attribution: str | None, **files: Path | None) -> None:
    """Load an area's boundary, wards, postcodes, properties and stops; what is not given stays as it was."""
    from portal.areas.service import import_places

    with _app().app_context():
        print_json(import_places(slug, attribution=attribution, **files))


@main.command()
@click.option(
    "--port", default=8000, show_default=True, help="Where to serve, on this machine only."
)
@click.option("--area", metavar="NAME", help="The name of a real area; its files follow.")
@click.option("--boundary", type=FILE, help="The area's boundary (GeoJSON or the like).")
@click.option("--wards", type=FILE, help="Its wards.")
@click.option("--postcodes", type=FILE, help="Its postcodes (CSV, as the national list).")
@click.option("--register", type=FILE, help="Its register of land and buildings (CSV).")
@click.option("--fresh", is_flag=True, help="Begin anew instead of going on where it was left.")
@click.option("--no-serve", is_flag=True, help="Build the database and stop.")
def demo(area: str | None, *, port: int, fresh: bool, no_serve: bool, **files: Path | None) -> None:
    """Show the portal on an invented borough, or on a real one's files with invented people."""
    from portal.demo import start

    start.run(area, files, port=port, fresh=fresh, no_serve=no_serve)


@main.command()
def run() -> None:
    """Serve the portal behind a proxy. For the public it refuses to start with unsafe settings."""
    from portal import checks, config, serving

    if forbidding := checks.forbidding(config.load()):
        for found in forbidding:
            click.echo(f"{found.level}: {found.sentence}", err=True)
        click.echo("portal: Not started. Mend these settings first.", err=True)
        sys.exit(1)
    serving.run()


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Print what is found as JSON.")
def check(*, as_json: bool) -> None:
    """Say what is missing or unsafe about settings, database, disk and timers; fail where something is."""
    from dataclasses import asdict

    from portal import checks, config

    settings = config.load()
    found = checks.of_settings(settings)
    if all(one.level != checks.WRONG for one in found):
        with _app().app_context():
            found += checks.of_surroundings(settings)
    well = all(one.level == checks.ADVICE for one in found)
    if as_json:
        print_json({"well": well, "findings": [asdict(one) for one in found]})
    else:
        for one in found:
            click.echo(f"{one.level}: {one.sentence}")
        click.echo(
            "Nothing that would keep the portal from running safely." if well else "Mend these."
        )
    sys.exit(0 if well else 1)


@main.command()
def tick() -> None:
    """Act on every deadline that has passed, then send what waits in the outbox. Run it every few minutes."""
    from portal.areas.queries import served_areas
    from portal.notices.service import send_waiting
    from portal.runs import TICK, ran
    from portal.ticks import TICKS
    from portal.ticks import tick as tick_area

    well = True
    with _app().app_context():
        done = dict.fromkeys(TICKS, 0)
        for area_id in served_areas():
            g.area_id = area_id
            try:
                for what, steps in tick_area().items():
                    done[what] += steps
            except ExceptionGroup:
                well = False
                current_app.logger.exception("tick: area %s", area_id)
        done["letters"] = send_waiting()
        if well:
            ran(TICK)
    print_json(done)
    if not well:
        sys.exit(1)


@main.command()
def books() -> None:
    """Say what stands in each account of each area; fail where the books are not in order."""
    from portal.areas.queries import current_area, served_areas
    from portal.money import queries

    found, wrong = {}, False
    with _app().app_context():
        for area_id in served_areas():
            g.area_id = area_id
            faults = queries.faults()
            wrong = wrong or bool(faults)
            found[current_area().slug] = {"pence": queries.balances(), "faults": faults}
    print_json(found)
    if wrong:
        sys.exit(1)


@main.command("sign-in-link")
@click.argument("email")
def sign_in_link(email: str) -> None:
    """Print a sign-in link for EMAIL, for whoever runs the portal."""
    from portal.people import service

    with _app().app_context():
        click.echo(service.make_link(email))


@main.command("reset-second-step")
@click.argument("email")
@click.option("--why", required=True, help="What the person reads in the letter about it.")
def reset_second_step(email: str, why: str) -> None:
    """Take the second step of EMAIL off, who lost telephone and recovery codes. First make sure who asks."""
    from portal.people import second_step

    with _app().app_context():
        second_step.reset(email, why)
    click.echo(f"Taken off. {email} signs in by letter now, and has been told.")


@main.command("sign-out")
@click.argument("email", required=False)
@click.option("--everybody", is_flag=True, help="All people in all browsers.")
def sign_out(email: str | None, *, everybody: bool) -> None:
    """End every sign-in of EMAIL, or of everybody: a telephone was stolen, or the portal was broken into."""
    from portal.people import sessions

    if bool(email) == everybody:
        raise click.UsageError("Name one person, or --everybody.")
    with _app().app_context():
        click.echo(f"Ended: {sessions.end_by_hand(email)}.")


@main.command("give-role")
@click.argument("email")
@click.argument("role", type=click.Choice(["broker", "panel", "chair", "administrator"]))
def give_role(email: str, role: str) -> None:
    """Give EMAIL a role in the area; the first administrator gives the others on the page /setup/roles."""
    from portal.people import service
    from portal.people.rules import Role

    with _app().app_context():
        service.give_role(email, Role(role))
        click.echo(service.make_link(email))


def _app(**overrides: object) -> Flask:
    # Imported late: `portal --help` should not wait for Flask and the geometry libraries.
    from portal.app import create_app

    return create_app(**overrides)


def print_json(thing: object) -> None:
    """One JSON object on standard output."""
    click.echo(json.dumps(thing, ensure_ascii=False, indent=2))


if __name__ == "__main__":
    main()
