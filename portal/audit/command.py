"""`portal audit`: check the log, write its head down, look something up. Runs inside the application."""

import json
import sys
from datetime import date, datetime, time, timedelta
from typing import Any

import click

from portal.audit.rules import ENTRY_FIELDS, HASH, Act, Wanted
from portal.clock import LONDON

DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.group()
def audit() -> None:
    """The audit log: who did what, when and to what."""


@audit.command()
@click.option("--against", metavar="HASH", default="", help="A head that was written down earlier.")
def verify(against: str) -> None:
    """Walk the log: OK with its length and head, or at which entry its chain breaks (and then exit code 1)."""
    against = against.strip().lower()
    if against and not HASH.fullmatch(against):
        raise click.BadParameter("a head has 64 hexadecimal digits", param_hint="--against")
    verdict = _log().verify(against)
    if verdict.whole:
        click.echo(f"OK {verdict.count} {verdict.head}")
        return
    click.echo(f"BROKEN: {verdict.fault % {'number': verdict.broken_at}}", err=True)
    click.echo(f"The entries before it hold: {verdict.count} {verdict.head}", err=True)
    sys.exit(1)


@audit.command()
def head() -> None:
    """Print how many entries there are and the hash of the last: keep it where whoever runs the database cannot write."""
    number, last = _log().head()
    click.echo(f"{number} {last}")


@audit.command()
@click.option("--act", type=click.Choice([act.value for act in Act]), help="Only this sort of act.")
@click.option("--user", "user_id", type=int, help="Only what this person did, by number.")
@click.option(
    "--about", metavar="KIND[:NUMBER]", default="", help="Only this sort of thing, or one."
)
@click.option("--since", type=DAY, help="From this day on.")
@click.option("--until", type=DAY, help="Up to this day, itself included.")
@click.option("--before", type=int, help="Only entries before this number: the next page.")
@click.option("--most", type=click.IntRange(1, 10_000), default=50, show_default=True)
def show(about: str, before: int | None, most: int, **asked: Any) -> None:
    """Print entries, newest first, one JSON object a line."""
    for entry in _log().found(_wanted(about, **asked), before=before, most=most):
        line = {name: getattr(entry, name) for name in (*ENTRY_FIELDS, "hash")}
        line |= {"at": entry.at.isoformat(), "detail": json.loads(entry.detail)}
        click.echo(json.dumps(line))


def _wanted(
    about: str,
    *,
    act: str | None,
    user_id: int | None,
    since: datetime | None,
    until: datetime | None,
) -> Wanted:
    kind, _colon, number = about.partition(":")
    if number and not number.isdecimal():
        raise click.BadParameter("write it like case:12", param_hint="--about")
    return Wanted(
        act=Act(act) if act else None,
        user_id=user_id,
        kind=kind,
        object_id=int(number) if number else None,
        since=since and midnight(since.date()),
        until=until and midnight(until.date() + timedelta(days=1)),
    )


def midnight(day: date) -> datetime:
    """When a day begins on the wall."""
    return datetime.combine(day, time(), LONDON)


def _log() -> Any:
    from portal.audit import queries  # noqa: PLC0415 - `portal --help` should not wait for the database's libraries

    return queries
