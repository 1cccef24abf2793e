"""Make a backup, try one, put one back. The engines' own ways are in `sqlite` and `postgresql`."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import IO, Any

from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from portal import clock, config, runs
from portal.away import said_by
from portal.backup import archive, postgresql, sqlite
from portal.backup.archive import Manifest
from portal.db import db
from portal.errors import BadInput, RuleBroken
from portal.migrate import upgrade

ENGINES: dict[str, ModuleType] = {"sqlite": sqlite, "postgresql": postgresql}
WORK = ".backup-"  # folders in which one is made or tried
ABANDONED = timedelta(days=1)


def backup(folder: Path, *, keep: int = 0, tried: bool = True) -> dict[str, Any]:
    """Write a backup of everything into the folder; restored to a scratch database and compared before it counts as good."""
    config.make_instance()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / archive.name_for(clock.now())
    with _work(folder) as work:
        manifest = write(path, work)
    told = _summary(path, manifest)
    try:
        told["tried"] = tried and _may_try(path, told)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    told |= _ended_well(manifest)
    told["deleted"] = [str(old) for old in archive.thin(folder, keep)]
    return told


def stream(out: IO[bytes]) -> dict[str, Any]:
    """Write a backup to a pipe: what encrypts it or sends it away stands behind that."""
    with _work() as work:
        path = work / archive.name_for(clock.now())
        manifest = write(path, work)
        told = _summary(path, manifest)
        told["tried"] = _may_try(path, told)
        with path.open("rb") as file:
            shutil.copyfileobj(file, out, archive.BLOCK)
        out.flush()
    return told | _ended_well(manifest)


def _ended_well(manifest: Manifest) -> dict[str, str]:
    """For `portal check`; a backup before an update is of tables that may not have this one yet. Where the database's own disk is
    full the backup is good all the same, and wanted more than ever.
    """
    if runs.LastRun.__tablename__ in manifest.tables:
        try:
            runs.ran(runs.BACKUP)
        except SQLAlchemyError as error:
            return {"not noted because": said_by(error)}
    return {}


def write(path: Path, work: Path, packing: int | None = None) -> Manifest:
    """Write the file, with what `work` has room for in between."""
    engine, ways = db.engine, _ways(db.engine)
    ways.ready(engine)
    if ways.is_empty(engine):
        raise RuleBroken(
            "nothing-there", "The database has no tables yet: there is nothing to keep."
        )
    made_at = clock.now()
    with ways.dumped(engine, work) as (part, connection):
        manifest = Manifest(
            made_at=made_at.isoformat(),
            version=version("meanwhile"),
            engine=engine.dialect.name,
            parts={part.name: archive.digest(part)},
            **_content(ways, connection),
        )
    archive.write(path, manifest, [part], packing)
    part.unlink()
    return manifest


def _content(ways: ModuleType, connection: Connection) -> dict[str, Any]:
    """What must be the same before and after."""
    names = [name for name in ways.tables(connection) if name != "alembic_version"]
    counted = " UNION ALL ".join(
        f"SELECT '{name}', count(*) FROM \"{name}\""  # noqa: S608 - the database's own names
        for name in names
    )
    head = "SELECT hash FROM audit_entry ORDER BY number DESC LIMIT 1"
    return {
        "revision": connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar(),
        "tables": dict(connection.exec_driver_sql(counted).tuples().all()),
        "audit_head": connection.exec_driver_sql(head).scalar() if "audit_entry" in names else None,
    }


def _may_try(path: Path, told: dict[str, Any]) -> bool:
    """Try a new backup, where the database's user may make a second database to do so."""
    try:
        check(path)
    except RuleBroken as refused:
        if refused.code != "may-not-create":
            raise
        told["not tried because"] = str(refused)
        return False
    return True


def check(path: Path) -> dict[str, Any]:
    """Restore a backup to a scratch database, compare it with what its manifest says, and throw that away again."""
    manifest = archive.read(path)
    ways = _same_engine(manifest)
    with _work(path.absolute().parent) as work:
        part = archive.unpack(path, ways.PART, work)
        with ways.scratch(db.engine, part) as engine:
            _compare(ways, engine, manifest)
    return _summary(path, manifest) | {"tried": True}


def _compare(ways: ModuleType, engine: Engine, manifest: Manifest) -> None:
    with engine.connect() as connection:
        found, faults = _content(ways, connection), ways.faults(connection)
    wanted = {key: getattr(manifest, key) for key in found}
    if faults or found != wanted:
        tables = manifest.tables.items() ^ found["tables"].items()
        names = sorted({name for name, _ in tables})
        raise RuleBroken(
            "backup-differs",
            "What came out of this backup is not what went in (%(what)s). Take an older one, and tell who made the portal.",
            what=", ".join(faults or names or ["revision or audit log"]),
        )


def restore(path: Path, *, replace: bool = False) -> dict[str, Any]:
    """Put a backup back: beside what is there, compared, brought up to date, and only then in its place."""
    manifest = archive.read(path)
    ways = _same_engine(manifest)
    _known(manifest.revision)
    engine = db.engine
    ways.ready(engine)
    empty = ways.is_empty(engine)
    if not (empty or replace):
        raise RuleBroken(
            "not-empty",
            "There is a portal in this database already. With --replace the backup takes its place; what is there now is "
            "kept under another name.",
        )
    engine.dispose()
    # The folder must hold what comes out, and on SQLite be where the database is, so that it can take its place.
    beside = Path(engine.url.database or "").absolute().parent if ways is sqlite else None
    with _work(beside) as work:
        part = archive.unpack(path, ways.PART, work)
        with ways.restored(engine, part, empty=empty) as made:
            _compare(ways, made, manifest)
            upgrade(made)
    kept = made.get_execution_options().get("kept")
    return _summary(path, manifest) | {"what was there is now": kept}


def _known(revision: str) -> None:
    """Refuse what a newer portal wrote: its tables mean things that this one does not know."""
    settings = Config()
    settings.set_main_option("script_location", str(config.ROOT / "migrations"))
    known = {script.revision for script in ScriptDirectory.from_config(settings).walk_revisions()}
    if revision not in known:
        raise RuleBroken(
            "from-newer",
            "This backup was made by a newer portal (its tables are at %(revision)s). Update the portal, then restore.",
            revision=revision,
        )


def _same_engine(manifest: Manifest) -> ModuleType:
    here = db.engine.dialect.name
    if manifest.engine != here:
        raise BadInput(
            "other-engine",
            "This backup is of %(theirs)s, and DATABASE_URL is of %(here)s: set it to a database of the same kind.",
            theirs=manifest.engine,
            here=here,
        )
    return _ways(db.engine)


def _ways(engine: Engine) -> ModuleType:
    return ENGINES[engine.dialect.name]


@contextmanager
def _work(folder: Path | None = None) -> Iterator[Path]:
    """A folder of our own for a while; what a killed one left there is swept up a day later."""
    config.make_instance()
    folder = folder or config.INSTANCE
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for left in folder.glob(f"{WORK}*"):
        if clock.now().timestamp() - left.stat().st_mtime > ABANDONED.total_seconds():
            shutil.rmtree(left, ignore_errors=True)
    with TemporaryDirectory(prefix=WORK, dir=folder) as work:
        yield Path(work)


def _summary(path: Path, manifest: Manifest) -> dict[str, Any]:
    return {
        "backup": str(path),
        "made": manifest.made_at,
        "revision": manifest.revision,
        "engine": manifest.engine,
        "rows": sum(manifest.tables.values()),
        "bytes": path.stat().st_size,
    }
