"""`portal person`: what is held of somebody, and erasing it, for whoever answers such requests."""

import sys
from pathlib import Path

import click
from flask import current_app


@click.group()
def person() -> None:
    """What is held of one person: hand it out, or erase it. docs/privacy.md says when."""


@person.command("export")
@click.argument("email")
@click.option("--to", "path", type=click.Path(path_type=Path, dir_okay=False), help="Where to write the ZIP.")  # fmt: skip
def export_person(email: str, path: Path | None) -> None:
    """Write all that is linked to EMAIL into a ZIP: a page, a file for programs, and files that were sent."""
    from portal.privacy import export  # noqa: PLC0415 - `portal --help` should not wait for the database's libraries
    from portal.privacy.person import find  # noqa: PLC0415 - as above

    path = path or Path(f"{email.strip().lower().replace('/', '_')}.zip")
    with current_app.test_request_context():  # a page is drawn
        found = export.parts(find(email))
        data = export.taken(email)
    path.touch(mode=0o600)
    path.write_bytes(data)
    tables = ", ".join(f"{part.record.table} {len(part.rows)}" for part in found)
    click.echo(f"{path}: {tables or 'nothing is held of this address'}")


@person.command()
@click.argument("email")
@click.option("--yes", is_flag=True, help="Do not ask.")
def erase(email: str, *, yes: bool) -> None:
    """Erase EMAIL as far as the law lets it; says what is in the way where something is."""
    from portal.privacy import blocks, erasing  # noqa: PLC0415 - as above
    from portal.privacy.person import find  # noqa: PLC0415 - as above

    if found := blocks.of(find(email)):
        for block in found:
            click.echo(f"{block.what} {block.do} ({block.path})", err=True)
        sys.exit(1)
    if not yes:
        click.confirm(f"Erase all that is {email}'s? This cannot be undone.", abort=True)
    erasing.request(email)
    click.echo("Erased. “portal person export” finds nothing any more.")
