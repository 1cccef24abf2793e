"""`portal backup` and `portal restore`."""

import json
import shutil
import sys
from pathlib import Path
from tempfile import NamedTemporaryFile

import click

from portal import config

FOLDER = config.INSTANCE / "backups"
PIPE = "-"


@click.command()
@click.option(
    "--to", metavar="FOLDER", default=str(FOLDER), help="Where to write it; - is standard output."
)
@click.option("--keep", metavar="N", default=0, help="Delete all but the newest N afterwards.")
@click.option("--quick", is_flag=True, help="Do not try it in a scratch database.")
@click.option("--check", metavar="FILE", help="Make none: try this one in a scratch database.")
def backup(to: str, keep: int, *, quick: bool, check: str | None) -> None:
    """Write everything into one file, while the portal is in use; nobody has to wait."""
    from portal.backup import service  # noqa: PLC0415 - `portal --help` should not wait for it

    if check:
        _tell(service.check(Path(check)))
    elif to == PIPE:
        _tell(service.stream(sys.stdout.buffer), error=True)
    else:
        _tell(service.backup(Path(to), keep=keep, tried=not quick))


@click.command()
@click.argument("file", metavar="FILE")
@click.option(
    "--replace", is_flag=True, help="Put it in the place of what is there, which is kept."
)
def restore(file: str, *, replace: bool) -> None:
    """Put a backup back, whole or not at all. Stop the workers and the timer first; - reads standard input."""
    from portal.backup import service  # noqa: PLC0415

    if file != PIPE:
        _tell(service.restore(Path(file), replace=replace))
        return
    config.make_instance()
    with NamedTemporaryFile(dir=config.INSTANCE, suffix=".zip") as copy:
        shutil.copyfileobj(sys.stdin.buffer, copy)
        copy.flush()
        _tell(service.restore(Path(copy.name), replace=replace))


def _tell(said: dict[str, object], *, error: bool = False) -> None:
    click.echo(json.dumps(said, ensure_ascii=False, indent=2), err=error)
