"""The command line: `portal COMMAND`."""

import json
import sys

import click
from flask import Flask

from portal.errors import PortalError


class _Plain(click.Group):
    """A command group that tells the portal's own refusals as one sentence, without a traceback."""

    def invoke(self, ctx: click.Context):
        try:
            return super().invoke(ctx)
        except PortalError as error:
            click.echo(f"portal: {error}", err=True)
            sys.exit(2)


@click.group(cls=_Plain)
def main() -> None:
    """Meanwhile: public land, buildings and rooms for those who would use them."""


def _app(**overrides: object) -> Flask:
    # Imported late: `portal --help` should not wait for Flask and the geometry libraries.
    from portal.app import create_app

    return create_app(**overrides)


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


@main.command("sign-in-link")
@click.argument("email")
def sign_in_link(email: str) -> None:
    """Print a sign-in link for EMAIL, for whoever runs the portal."""
    from portal.people import service

    with _app().app_context():
        click.echo(service.make_link(email))


def print_json(thing: object) -> None:
    """One JSON object on standard output."""
    click.echo(json.dumps(thing, ensure_ascii=False, indent=2))


if __name__ == "__main__":
    main()
