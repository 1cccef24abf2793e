"""`portal profile check`: a policy profile's file, right or wrong, before an area relies on it."""

import sys
from pathlib import Path

import click

from portal.policy import check as checking

FILE = click.Path(path_type=Path, dir_okay=False)


@click.group()
def profile() -> None:
    """Policy profiles: the rules of an area as data."""


@profile.command()
@click.argument("files", nargs=-1, required=True, type=FILE, metavar="FILE...")
def check(files: tuple[Path, ...]) -> None:
    """Read each FILE; say shortly what is in it, or where it is wrong and why."""
    right = [_checked(file) for file in files]  # all of them, whatever the first says
    if not all(right):
        sys.exit(1)


def _checked(file: Path) -> bool:
    found, wrongs = checking.check(file)
    for wrong in wrongs:
        told = "{line}: {place}: {reason}".format(**wrong.values)
        click.echo(f"{file}:{told}", err=True)
    if found and not wrongs:
        parts = ("periods", "criteria", "grounds", "petitions", "blocks", "clauses")
        counts = ", ".join(f"{part} {len(getattr(found, part))}" for part in parts)
        click.echo(
            f"{file}: right. {found.title}, in force from {found.effective_from}, "
            f"for {', '.join(found.nations) or 'all nations'}; silence: {found.silence}; {counts}."
        )
    return bool(found) and not wrongs
