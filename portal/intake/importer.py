"""Reading a holder's register into the portal: all of it or nothing, and twice the same as once."""

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import null, select
from sqlalchemy.orm import Session
from tqdm import tqdm

from geo.crs import code_of
from geo.points import Ground, Habit
from geo.read import Chunk
from portal.areas.models import Area, Postcode, Uprn, Ward
from portal.areas.rules import Nation
from portal.areas.service import area_named, name_from
from portal.audit.rules import OPERATOR, Act
from portal.audit.service import note
from portal.db import db, transaction
from portal.intake import storing
from portal.intake.changes import changes
from portal.intake.holding import Holders
from portal.intake.leaving import leave
from portal.intake.mapping import Plan, batch_of, plan
from portal.intake.placing import Land, Lookup, Places, habit_of_file
from portal.intake.reading import read_batch
from portal.intake.report import Report
from portal.intake.run import Run

CHUNK = 10_000
SHOWN = 200


class Options(NamedTuple):
    """How a file is to be read. `complete`: it has all that its holders have (or, False, surely not all)."""

    holder: str | None = None
    mapping: Path | None = None
    as_of: date | None = None
    complete: bool | None = None
    dry_run: bool = False
    report: Path | None = None


AS_IT_IS = Options()


class Shown(NamedTuple):
    """What is shown of a file before anything is written."""

    plan: Plan
    habit: Habit | None
    said: int | None
    holders: list[str]
    rows: list[dict[str, str]]


def show(path: Path, slug: str, options: Options = AS_IT_IS) -> Shown:
    """Understand a file without reading it in: its columns, its coordinates, some rows. Raises BadInput."""
    planned = plan(path, options.mapping)
    session = db.session
    area = session.scalar(select(Area).where(Area.slug == slug)) or Area(
        id=0, slug=slug, name=name_from(slug), nation=Nation.ENGLAND
    )
    land = land_of(session, area, planned)
    batch = batch_of(next(planned.table.chunks(SHOWN)), planned)
    read_batch(batch)
    Holders(session.connection(), area, options.holder).name(batch)
    names = [
        name for name, column in batch.cells.items() if not name.startswith("_") and any(column)
    ]
    rows = [
        {name: batch.cells[name][row] for name in names if batch.cells[name][row]}
        for row in range(min(len(batch), 5))
    ]
    session.rollback()
    return Shown(planned, land.habit, land.said, list(dict.fromkeys(batch.holders))[:5], rows)


class _DryRunError(Exception):
    """Takes back all that was written."""


def import_register(path: Path, slug: str, options: Options = AS_IT_IS) -> dict[str, Any]:
    """Bring a register into the area of that slug, which is made if it is not there; says what it came to.

    Raises BadInput with one sentence when the file is no register; then nothing was written.
    """
    planned = plan(path, options.mapping)
    with Report(options.report) as report:
        try:
            with transaction() as s:
                found = _import(s, area_named(s, slug), planned, options, report)
                area_id = area_named(s, slug).id
                note(
                    Act.REGISTER_IMPORTED,
                    area_id=area_id,
                    by=None,
                    role=OPERATOR,
                    new=found["new"],
                    changed=found["changed"],
                )
                _take_back(options)
        except _DryRunError:
            found["dry_run"] = True
    return found


def _take_back(options: Options) -> None:
    if options.dry_run:
        raise _DryRunError


def _import(
    session: Session, area: Area, planned: Plan, options: Options, report: Report
) -> dict[str, Any]:
    land = land_of(session, area, planned)
    with (
        changes(session, area.id) as made,
        closing(Run(area, land, made, report, holder=options.holder, as_of=options.as_of)) as run,
    ):
        for chunk in _told(planned):
            run.take(batch_of(chunk, planned))
        run.settle()
        leave(run, run.writer.labels, run.latest or run.day, complete=options.complete)
    return {
        "file": planned.table.path.name,
        **report.as_json(),
        "columns": planned.as_json(),
        "unrecognised": planned.unknown,
        "crs": habit_as_json(land.habit),
        "holders": sorted(run.holders.names[id_] for id_ in run.holders.used)[:20],
    }


def _told(planned: Plan) -> Iterator[Chunk]:
    """The rows, some at a time, with a bar of progress on a terminal."""
    table = planned.table
    with tqdm(
        total=table.size, desc=table.path.name, unit_scale=True, disable=None, leave=False
    ) as bar:
        for chunk in table.chunks(CHUNK):
            yield chunk
            bar.update(min(chunk.done, table.size) - bar.n)


def habit_as_json(habit: Habit | None) -> dict[str, Any] | None:
    """How the file writes its points, for the report."""
    if habit is None:
        return None
    return {"epsg": habit.epsg, "swapped": habit.swapped, "share_in_area": round(habit.share, 3)}


def land_of(session: Session, area: Area, planned: Plan) -> Land:
    """What the area's boundary, wards, postcodes and properties say, as far as they were loaded; and how the file
    writes its points.
    """
    wards = (
        select(Ward.id, Ward.shape)
        .where(Ward.area_id == area.id, Ward.shape.is_not(None))
        .order_by(Ward.code)
    )
    land = Land(
        ground=Ground(area.nation.value, area.boundary),
        wards=[tuple(row) for row in session.execute(wards)],
        postcodes=_look_up(session, Postcode, Postcode.code, Postcode.ward_id, area.id),
        uprns=_look_up(session, Uprn, Uprn.uprn, null(), area.id),
    )
    sample = next(planned.table.chunks(CHUNK), None)
    if sample:
        batch = batch_of(sample, planned)
        labels = Counter(batch.texts("crs") if "crs" in batch.cells else [planned.table.crs])
        land.said = code_of(labels.most_common(1)[0][0])
        land.habit = habit_of_file(batch, land)
    return land


def _look_up(session: Session, model: Any, key: Any, ward: Any, area_id: int) -> Lookup:
    """Some of a table's places by their keys; no question at all where the area has none."""
    here = select(model).where(model.area_id == area_id)
    known = session.scalar(select(here.exists()))
    wanted = select(key, model.lon, model.lat, ward).where(model.area_id == area_id)

    def look_up(keys: Iterable[str]) -> Places:
        rows = (session.execute(wanted.where(key.in_(some))) for some in storing.in_parts(keys))
        return {row[0]: tuple(row[1:]) for row in chain.from_iterable(rows)} if known else {}

    return look_up
