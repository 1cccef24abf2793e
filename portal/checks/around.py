"""What is to be seen on this machine, in Redis and in the database; inside the application."""

import shutil
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

import redis
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, func, select, text
from sqlalchemy.exc import SQLAlchemyError

from portal import clock, config, migrate, runs
from portal.areas.models import Area
from portal.away import said_by
from portal.checks.finding import ADVICE, BROKEN, Finding, Findings, Settings
from portal.checks.settings import file_of
from portal.db import db, engine_options
from portal.notices import queries as outbox
from portal.notices.models import Letter
from portal.people.models import RoleGrant
from portal.people.rules import Role
from portal.serving import workers

EXTENSIONS = {"postgis", "btree_gist"}
AN_HOUR, A_DAY_AND_A_HALF = timedelta(hours=1), timedelta(hours=36)
APART = timedelta(seconds=30)  # between our clock and the database's
# Connections of a thread, and of the clock, the sender and administrators.
EACH_THREAD, OTHERS = 2, 10
FULL, LITTLE = 0.1, 1_000_000_000  # of a disk that is free, as a part and in bytes


def of_surroundings(settings: Settings) -> list[Finding]:
    """What is to be seen on this machine and in the database; inside the application."""
    found = [one for check in OF_MACHINE for one in check(settings)]
    try:
        db.session.execute(text("SELECT 1"))
    except SQLAlchemyError as error:
        told = f"The database of DATABASE_URL does not answer: {said_by(error)}."
        return [*found, Finding("no-database", BROKEN, told)]
    found += [one for check in OF_DATABASE for one in check(settings)]
    if not any(one.code == "not-migrated" for one in found):
        found += [one for check in OF_TABLES for one in check(settings)]
    db.session.rollback()
    return found


def _disk(settings: Settings) -> Findings:
    file = file_of(settings)
    folders = {config.INSTANCE, *({file.parent} if file else ())}
    for folder in sorted(folders):
        with suppress(OSError):
            disk = shutil.disk_usage(folder)
            if disk.free < LITTLE or disk.free < FULL * disk.total:
                free = f"{disk.free / 1e9:.1f} GB of {disk.total / 1e9:.0f}"
                yield Finding(
                    "disk-full", BROKEN, f"The disk of {folder} is nearly full: {free} are free."
                )


def _redis(settings: Settings) -> Findings:
    if settings["REDIS_URL"]:
        try:
            redis.from_url(str(settings["REDIS_URL"]), **config.REDIS_PATIENCE).ping()
        except (redis.RedisError, ValueError) as error:
            yield Finding(
                "no-redis", BROKEN,
                f"REDIS_URL does not answer ({type(error).__name__}): each worker counts limits for itself until it does.",
            )  # fmt: skip


def _migrated(_settings: Settings) -> Findings:
    with db.engine.connect() as connection:
        here = MigrationContext.configure(connection).get_current_revision()
    if here != (wanted := migrate.head()):
        yield Finding(
            "not-migrated", BROKEN,
            f"The database is at {here or 'nothing'}, this portal wants {wanted}. Run: portal migrate.",
        )  # fmt: skip


def _pooler(settings: Settings) -> Findings:
    if settings["POOLER_URL"]:
        pooled = create_engine(**engine_options(str(settings["POOLER_URL"]), pooled=True))
        try:
            with pooled.connect() as connection:
                connection.execute(text("SELECT 1"))
        except SQLAlchemyError as error:
            told = f"The database does not answer by POOLER_URL: {said_by(error)}."
            yield Finding("no-pooler", BROKEN, told)
        finally:
            pooled.dispose()


def _connections(settings: Settings) -> Findings:
    if db.engine.dialect.name != "postgresql" or settings["POOLER_URL"]:
        return
    there = int(str(db.session.scalar(text("SHOW max_connections"))))
    wanted = workers(settings) * int(str(settings["THREADS"])) * EACH_THREAD + OTHERS
    if wanted > there:
        yield Finding(
            "few-connections", ADVICE,
            f"The workers may want {wanted} connections at once, and the database gives {there} (max_connections): people would "
            "be told that the portal is busy. docs/growing.md says what to do.",
        )  # fmt: skip


def _extensions(_settings: Settings) -> Findings:
    if db.engine.dialect.name == "postgresql":
        there = set(db.session.scalars(text("SELECT extname FROM pg_extension")))
        for name in sorted(EXTENSIONS - there):
            yield Finding(
                "no-extension", BROKEN,
                f"The database lacks the extension {name}. Its administrator runs in it: CREATE EXTENSION {name}.",
            )  # fmt: skip


def _clock(_settings: Settings) -> Findings:
    if db.engine.dialect.name == "postgresql":
        theirs: datetime = db.session.scalar(text("SELECT clock_timestamp()"))
        if abs(clock.now() - theirs) > APART:
            seconds = abs(clock.now() - theirs).total_seconds()
            yield Finding(
                "clocks-apart", BROKEN,
                f"This machine's clock and the database's are {seconds:.0f} seconds apart: last days would be misjudged. Set both by NTP.",
            )  # fmt: skip


def _area(settings: Settings) -> Findings:
    areas = dict(db.session.execute(select(Area.slug, Area.id)).tuples().all())
    if not areas:
        yield Finding(
            "no-area",
            BROKEN,
            "There is no area yet: every page says so. Run: portal import-places.",
        )
    elif settings["AREA"] and settings["AREA"] not in areas:
        yield Finding(
            "no-area", BROKEN,
            f"AREA is {settings['AREA']}, and there is none of that name: every page says so. There are: {', '.join(sorted(areas))}.",
        )  # fmt: skip
    elif not _has_administrator(areas.get(str(settings["AREA"])) or min(areas.values())):
        yield Finding(
            "no-administrator", BROKEN,
            "The area has no administrator, who gives all other roles. Run: portal give-role EMAIL administrator.",
        )  # fmt: skip


def _has_administrator(area_id: int) -> bool:
    query = select(RoleGrant.id).where(
        RoleGrant.role == Role.ADMINISTRATOR, RoleGrant.area_id == area_id
    )
    return db.session.scalar(query.limit(1)) is not None


def _tick(_settings: Settings) -> Findings:
    last = runs.last(runs.TICK)
    if last is None or clock.now() - last > AN_HOUR:
        when = f"since {last:%Y-%m-%d %H:%M} UTC" if last else "yet"
        yield Finding(
            "no-tick",
            BROKEN,
            f"portal tick has not run {when}: deadlines pass and nothing happens. See its timer.",
        )


def _waiting(settings: Settings) -> Findings:
    unsent = select(func.count()).where(*outbox.WAITS, Letter.written_at < clock.now() - AN_HOUR)
    by_post = settings["SMTP_URL"] or settings["NOTIFY_KEY"]
    if by_post and (number := db.session.scalar(unsent)):
        yield Finding(
            "letters-wait",
            BROKEN,
            f"Letters that have waited for more than an hour: {number}. Does the mail server answer?",
        )
    if failed := outbox.standing().failed:
        yield Finding(
            "letters-failed",
            ADVICE,
            f"Letters of the last 30 days that did not arrive: {failed}. See /setup/letters for why.",
        )


def _backup(_settings: Settings) -> Findings:
    last = runs.last(runs.BACKUP)
    if last is None or clock.now() - last > A_DAY_AND_A_HALF:
        when = f"on {last:%Y-%m-%d at %H:%M} UTC" if last else "never"
        yield Finding(
            "no-backup",
            ADVICE,
            f"The last portal backup that ended well was {when}. If you back up in another way, look there.",
        )


OF_MACHINE: tuple[Callable[[Settings], Findings], ...] = (_disk, _redis)
OF_DATABASE: tuple[Callable[[Settings], Findings], ...] = (
    _migrated,
    _extensions,
    _clock,
    _pooler,
    _connections,
)
OF_TABLES: tuple[Callable[[Settings], Findings], ...] = (_area, _tick, _waiting, _backup)
