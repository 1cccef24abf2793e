"""`portal import-register`: what was understood of a file is shown first, then it is read, all of it or nothing."""

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from portal.intake.report import COUNTED, SYSTEMS

if TYPE_CHECKING:
    from portal.intake.importer import Options, Shown

FILE = click.Path(path_type=Path)
SAMPLE_ROWS = 3
LINES_SHOWN = 200


@click.command("import-register")
@click.argument("file", type=FILE)
@click.option("--area", "slug", required=True, help="The area's slug; the area is made if need be.")
@click.option("--holder", metavar="NAME", help="Who holds what is listed, where no column says so.")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="The day of which the file speaks, where no column says so.")  # fmt: skip
@click.option("--mapping", type=FILE, help="A small file that says which column is which.")
@click.option("--write-mapping", type=FILE, help="Write down what was recognised, to edit and to keep for next year; read nothing in.")  # fmt: skip
@click.option("--complete/--partial", default=None, help="The file has all that its holders have (what it lacks is gone), or surely not all (nothing is gone).")  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Do everything and take it all back.")
@click.option("--report", type=FILE, help="Write one line for each row that was changed, queued or refused, as CSV.")  # fmt: skip
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, and do not ask.")
def command(
    file: Path, slug: str, *, write_mapping: Path | None, yes: bool, as_json: bool, as_of: datetime | None,
    **told: Any,
) -> None:  # fmt: skip
    """Load a register of land and buildings, or a list of public places. All or nothing; twice is as once.

    FILE is CSV, GeoJSON, GeoPackage or Shapefile. Which column is which is recognised, and shown before anything is
    written.
    """
    # Imported late: `portal --help` should not wait for the geometry libraries.
    from portal.intake.importer import Options, import_register, show  # noqa: PLC0415
    from portal.intake.mapping import mapping_text, plan  # noqa: PLC0415

    options = Options(as_of=as_of.date() if as_of else None, **told)
    if write_mapping:
        _write(write_mapping, mapping_text(plan(file, options.mapping)))
        return
    if not as_json:
        _show(show(file, slug, options))
        if not (yes or options.dry_run) and sys.stdin.isatty() and sys.stdout.isatty():
            click.confirm("Read it in?", abort=True)
    found = import_register(file, slug, options)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2, default=str))
    else:
        _tell(found, options)


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as wrong:
        raise click.UsageError(f"{path} cannot be written: {wrong.strerror}.") from wrong
    click.echo(f"The columns are in {path}. Nothing was read in.")


def _show(shown: "Shown") -> None:
    """What was understood of the file."""
    click.echo(f"{shown.plan.table.path.name}: columns")
    seen: set[str] = set()
    for column in shown.plan.columns:
        also = "  or " if column.field in seen else ""
        seen.add(column.field)
        click.echo(
            f"  {also or column.field:<20} <- {column.heading or '(no heading)'} ({column.how})"
        )
    if shown.plan.unknown:
        click.echo(f"Not used: {', '.join(shown.plan.unknown)}")
    click.echo(f"Coordinates: {_system(shown)}")
    click.echo(f"Held by: {', '.join(shown.holders)}")
    for row in shown.rows[:SAMPLE_ROWS]:
        click.echo("  " + " · ".join(f"{name}: {value}" for name, value in row.items()))


def _system(shown: "Shown") -> str:
    habit = shown.habit
    if habit is None:
        return "none that lie in the area"
    order = ", the two in each other's place" if habit.swapped else ""
    share = f"{habit.share:.0%} of the first rows that have any lie in the area so"
    label = f"; its label says {SYSTEMS.get(shown.said, shown.said)}" if shown.said else ""
    return f"{SYSTEMS[habit.epsg]}{order}: {share}{label}"


def _tell(found: dict[str, Any], options: "Options") -> None:
    """What it came to."""
    for line in found["report"][:LINES_SHOWN]:
        click.echo(" · ".join(str(part) for part in line.values() if part not in (None, "")))
    more = found["report_lines"] - min(len(found["report"]), LINES_SHOWN)
    if more > 0:
        where = f"in {options.report}" if options.report else "with --report FILE.csv"
        click.echo(f"... and {more} lines more, all of them {where}")
    for name in COUNTED:
        click.echo(f"{name.replace('_', ' '):>16} {found[name]}")
    if options.dry_run:
        click.echo("Nothing was written: this was a dry run.")
