"""What is missing or unsafe about the way the portal is set up, in sentences for whoever runs it.

Settings are judged by themselves (`of_settings`; `portal run` refuses to start with unsafe ones), the rest by looking at
the database, the disk and Redis (`of_surroundings`).
"""

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import redis
from alembic.runtime.migration import MigrationContext
from sqlalchemy import func, make_url, select, text
from sqlalchemy.exc import SQLAlchemyError

from portal import clock, config, migrate, runs
from portal.db import db
from portal.notices import queries as outbox
from portal.notices.models import Letter
from portal.serving import workers

WRONG, UNSAFE, BROKEN, ADVICE = "wrong", "unsafe", "broken", "advice"
SHORT = 32  # letters of a key that can be guessed by trying
HERE = {"localhost", "127.0.0.1", "::1"}
EXTENSIONS = {"postgis", "btree_gist"}
AN_HOUR, A_DAY_AND_A_HALF = timedelta(hours=1), timedelta(hours=36)
APART = timedelta(seconds=30)  # between our clock and the database's
FULL, LITTLE = 0.1, 1_000_000_000  # of a disk that is free, as a part and in bytes


@dataclass(frozen=True)
class Finding:
    """One thing to mend: wrong (no start with it), unsafe (no public start), broken (something does not work), or advice."""

    code: str
    level: str
    sentence: str


Settings = Mapping[str, object]
Findings = Iterator[Finding]


def public(settings: Settings) -> bool:
    """Whether this is for the public: letters link elsewhere than to this machine."""
    return (urlsplit(str(settings["BASE_URL"])).hostname or "") not in HERE


def forbidding(settings: Settings) -> list[Finding]:
    """What forbids to start with these settings."""
    levels = {WRONG, UNSAFE} if public(settings) else {WRONG}
    return [found for found in of_settings(settings) if found.level in levels]


def of_settings(settings: Settings, environment: Mapping[str, str] | None = None) -> list[Finding]:
    """What the settings alone show. `environment` says which of them somebody has chosen."""
    chosen = os.environ if environment is None else environment
    return [found for check in OF_SETTINGS for found in check(settings, chosen)]


def of_surroundings(settings: Settings) -> list[Finding]:
    """What is to be seen on this machine and in the database; inside the application."""
    found = [one for check in OF_MACHINE for one in check(settings)]
    try:
        db.session.execute(text("SELECT 1"))
    except SQLAlchemyError as error:
        said = str(getattr(error, "orig", error)).strip().partition("\n")[0]
        return [
            *found,
            Finding(
                "no-database", BROKEN, f"The database of DATABASE_URL does not answer: {said}."
            ),
        ]
    found += [one for check in OF_DATABASE for one in check(settings)]
    if not any(one.code == "not-migrated" for one in found):
        found += [one for check in OF_TABLES for one in check(settings)]
    db.session.rollback()
    return found


def _key(settings: Settings, chosen: Mapping[str, str]) -> Findings:
    if len(str(settings["SECRET_KEY"])) < SHORT:
        yield Finding(
            "short-key", UNSAFE,
            f"SECRET_KEY is shorter than {SHORT} letters: who guesses it can sign in as anybody. "
            "Make one: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'.",
        )  # fmt: skip
    shared = settings["REDIS_URL"] or "sqlite" not in str(settings["DATABASE_URL"])
    if shared and not chosen.get("SECRET_KEY"):
        yield Finding(
            "own-key", ADVICE,
            "SECRET_KEY is the one that this machine made for itself. With a second machine, set the same on both, "
            "or people are signed out whenever the other one answers.",
        )  # fmt: skip


def _address(settings: Settings, _chosen: Mapping[str, str]) -> Findings:
    if not public(settings):
        yield Finding(
            "base-url-here", ADVICE,
            f"BASE_URL is {settings['BASE_URL']}: letters and signs link to this machine itself. Set it to the public address.",
        )  # fmt: skip
    elif not str(settings["BASE_URL"]).startswith("https://"):
        yield Finding(
            "not-https", UNSAFE,
            "BASE_URL does not begin with https://: the cookie of who is signed in would travel for anybody to read.",
        )  # fmt: skip


def _demo(settings: Settings, _chosen: Mapping[str, str]) -> Findings:
    if settings["DEMO"]:
        yield Finding(
            "demo",
            UNSAFE,
            "DEMO is on: everybody can read all letters and sign in as anybody. Take it away.",
        )


def _proxies(settings: Settings, _chosen: Mapping[str, str]) -> Findings:
    if not str(settings["PROXIES"]).isdecimal():
        yield Finding("not-a-number", WRONG, "PROXIES is not a number: write 1 behind one proxy.")
    elif public(settings) and not int(str(settings["PROXIES"])):
        yield Finding(
            "no-proxies", UNSAFE,
            "PROXIES is 0, yet https comes from a proxy: all visitors would count as one and share one visitor's limits. "
            "Set it to 1 behind one proxy.",
        )  # fmt: skip


def _letters(settings: Settings, _chosen: Mapping[str, str]) -> Findings:
    if not settings["SMTP_URL"] and not settings.get("NOTIFY_KEY"):
        yield Finding(
            "no-smtp", BROKEN, "SMTP_URL is not set: no letter is sent, so nobody can sign in."
        )
    elif settings["SMTP_URL"] and str(settings["MAIL_FROM"]).endswith("@localhost"):
        yield Finding(
            "mail-from", BROKEN, "MAIL_FROM is still portal@localhost: mail servers will refuse it."
        )


def _second_step(settings: Settings, _chosen: Mapping[str, str]) -> Findings:
    if str(settings.get("SECOND_STEP", "")) == "off":
        yield Finding(
            "no-second-step",
            ADVICE,
            "SECOND_STEP is off: who reads a broker's or an administrator's mail can act as them. Take it away.",
        )


def _controller(settings: Settings, _chosen: Mapping[str, str]) -> Findings:
    for name in ("CONTROLLER", "DATA_PROTECTION_OFFICER"):
        if public(settings) and not settings.get(name):
            yield Finding(
                "nobody-named", ADVICE,
                f"{name} is not set: the law asks that /privacy names who is responsible for what is held, and how to reach them.",
            )  # fmt: skip


def _limits(settings: Settings, _chosen: Mapping[str, str]) -> Findings:
    if not settings["REDIS_URL"] and workers(settings) > 1:
        yield Finding(
            "limits-apart", ADVICE,
            f"REDIS_URL is not set: each of the {workers(settings)} workers counts limits for itself, so they are up to that many "
            "times as wide as they say.",
        )  # fmt: skip


def _numbers(settings: Settings, _chosen: Mapping[str, str]) -> Findings:
    for name in ("WORKERS", "THREADS", "TIMEOUT"):
        said = str(settings[name])
        if said and not (said.isdecimal() and int(said)):
            yield Finding("not-a-number", WRONG, f"{name} is not a number of at least 1.")


def _open_folder(settings: Settings, _chosen: Mapping[str, str]) -> Findings:
    for path in (config.INSTANCE, config.INSTANCE / "secret-key", _file(settings)):
        with suppress(OSError):
            if (
                path
                and path.stat().st_mode & 0o007
                and (path == config.INSTANCE or not _closed(path.parent))
            ):
                yield Finding(
                    "open-folder",
                    UNSAFE,
                    f"Everybody on this machine may look into {path}. Run: chmod o= {path}.",
                )


def _closed(folder: Path) -> bool:
    return not folder.stat().st_mode & 0o007


def _file(settings: Settings) -> Path | None:
    """The file of an SQLite database."""
    url = make_url(str(settings["DATABASE_URL"]))
    return Path(url.database) if url.drivername == "sqlite" and url.database else None


def _disk(settings: Settings) -> Findings:
    folders = {config.INSTANCE, *({_file(settings).parent} if _file(settings) else ())}
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


OF_SETTINGS: tuple[Callable[[Settings, Mapping[str, str]], Findings], ...] = (
    _key, _address, _demo, _proxies, _letters, _second_step, _controller, _limits, _numbers, _open_folder,
)  # fmt: skip
OF_MACHINE: tuple[Callable[[Settings], Findings], ...] = (_disk, _redis)
OF_DATABASE: tuple[Callable[[Settings], Findings], ...] = (_migrated, _extensions, _clock)
OF_TABLES: tuple[Callable[[Settings], Findings], ...] = (_tick, _waiting, _backup)
