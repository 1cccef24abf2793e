"""`portal walk`: a worked example from first day to last, on a moving clock, in a throw-away database."""

import json
import tempfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from portal import clock

# The years whose holidays the calendar knows.
YEARS = range(2000, 2200)
TRACKS = ("land", "building", "room")
WAYS: dict[str, set[str]] = {
    "land": {"--silent", "--no-resolution", "--competing", "--refused", "--review", "--profile"},
    "building": {"--silent", "--no-resolution"},
    "room": {"--repair", "--waiting-list", "--round"},
}


@click.command("walk")
@click.argument("track", type=click.Choice(TRACKS))
@click.option(
    "--from", "first", type=click.DateTime(["%Y-%m-%d"]), help="The first day; today if left out."
)
@click.option("--silent", is_flag=True, help="The holder never answers.")
@click.option("--no-resolution", is_flag=True, help="The council has not adopted the compact.")
@click.option("--competing", is_flag=True, help="Another group wants the same plot.")
@click.option("--refused", is_flag=True, help="The panel is not convinced.")
@click.option("--review", is_flag=True, help="The group asks for a review by another panel.")
@click.option("--repair", is_flag=True, help="No room is free on all dates: some are in another.")
@click.option(
    "--waiting-list", is_flag=True, help="Another group has the room and gives dates back."
)
@click.option("--round", is_flag=True, help="All rooms of the term are given out at once.")
@click.option("--profile", default="pilot_compact", show_default=True, help="By which rules.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def walk(
    track: str,
    first: datetime | None,
    *,
    no_resolution: bool,
    profile: str,
    as_json: bool,
    **how: bool,
) -> None:
    """Play a worked example through the services that the pages call, and print each step."""
    first_day = first.date() if first else clock.today()
    if first_day.year not in YEARS:
        raise click.UsageError("--from: choose a day from 2000 to 2199, such as 2026-03-02.")
    _check_ways(track, how, profile, no_resolution=no_resolution)
    story = in_a_throw_away_database(
        lambda: _plays()[track](first_day, **_turns(track, how, profile, not no_resolution))
    )
    click.echo(json.dumps(story, ensure_ascii=False, indent=2) if as_json else told(story))


def _turns(track: str, how: dict[str, bool], profile: str, resolution: bool) -> dict[str, Any]:
    """What a play is told of how it goes; each knows its own turns only."""
    own = {name.strip("-").replace("-", "_") for name in WAYS[track]}
    turns = {name: on for name, on in how.items() if name in own}
    return turns if track == "room" else turns | {"resolution": resolution, "profile": profile}


def _check_ways(track: str, how: dict[str, bool], profile: str, *, no_resolution: bool) -> None:
    """Not every example has every turn."""
    said = {f"--{name.replace('_', '-')}" for name, on in how.items() if on}
    said |= {"--no-resolution"} if no_resolution else set()
    said |= {"--profile"} if profile != "pilot_compact" else set()
    if strange := sorted(said - WAYS[track]):
        raise click.UsageError(f"{' and '.join(strange)}: not with {track}.")
    if "--review" in said and not said & {"--refused", "--silent"}:
        raise click.UsageError("--review goes with --refused, or with --silent.")
    if len(said & {"--silent", "--competing", "--refused"}) > 1:
        raise click.UsageError("Choose one of --silent, --competing and --refused.")
    if len(said & WAYS["room"]) > 1:
        raise click.UsageError("Choose one of --repair, --waiting-list and --round.")


def _plays() -> dict[str, Callable[..., dict[str, Any]]]:
    """Which wing plays which track. Imported late: `portal --help` should not wait for them."""
    from portal.walks.land import walk_building, walk_land
    from portal.walks.room import walk_room

    return {
        "land": walk_land,
        "building": walk_building,
        "room": walk_room,
    }


def in_a_throw_away_database(play: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Run a play inside the context of an application on an empty, migrated database that is gone afterwards."""
    from portal.app import create_app
    from portal.db import db
    from portal.migrate import upgrade

    with tempfile.TemporaryDirectory(prefix="walk-") as folder:
        app = create_app(
            DATABASE_URL=f"sqlite:///{Path(folder) / 'walk.sqlite3'}",
            SECRET_KEY="walk",
            SMTP_URL="",
            AREA="",
        )
        with app.app_context():
            upgrade(db.engine)
            with clock.at(clock.now()):  # a play moves the clock; it goes back to where it was
                story = play()
            db.session.close()
            db.engine.dispose()
    return story


def told(story: dict[str, Any]) -> str:
    """A story as lines for a person."""
    lines = [f"{story['track']}: {story['outcome'].replace('_', ' ')}"]
    lines += [f"  {what.replace('_', ' ')} by {day}" for what, day in story["due"].items() if day]
    lines += [
        f"{step['on']}  {step['state']:<20} {step['role']:<10} {step['action'].replace('_', ' ')}: {step['why']}"
        f" [{step['clause']}]"
        for step in story["steps"]
    ]
    lines += [
        f"{date['starts']} to {date['ends']}  {date['room']}"
        for date in story.get("occurrences", [])
    ]
    return "\n".join(lines)
