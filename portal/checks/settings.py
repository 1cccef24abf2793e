"""What the settings alone show, before anything is asked of the machine or the database."""

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from portal import config
from portal.checks.finding import ADVICE, BROKEN, UNSAFE, WRONG, Finding, Findings, Settings
from portal.serving import workers

SHORT = 32  # letters of a key that can be guessed by trying
FEW = 8  # different letters of a key that somebody typed
HERE = {"localhost", "127.0.0.1", "::1"}
# Domains that nobody can have (RFC 2606): a value of the example that nobody has filled in.
EXAMPLES = (".example.org", ".example.com", ".example.net")
REDIS = ("redis", "rediss", "unix")
# The settings' file of the set-up in docs/operators.md.
FILE = Path("/etc/meanwhile.env")


def forbidding(settings: Settings) -> list[Finding]:
    """What forbids to start with these settings."""
    levels = {WRONG, UNSAFE} if public(settings) or _open_port(settings) else {WRONG}
    return [found for found in of_settings(settings) if found.level in levels]


def of_settings(settings: Settings, environment: Mapping[str, str] | None = None) -> list[Finding]:
    """What the settings alone show. `environment` says which of them somebody has chosen."""
    chosen = os.environ if environment is None else environment
    return [found for check in OF_SETTINGS for found in check(settings, chosen)]


def public(settings: Settings) -> bool:
    """Whether this is for the public: letters link elsewhere than to this machine."""
    return (_split(settings["BASE_URL"]).hostname or "") not in HERE


def _open_port(settings: Settings) -> bool:
    """Whether other machines can reach it without a proxy of this one."""
    bind = str(settings["BIND"])
    return not bind.startswith("unix:") and (_split(f"//{bind}").hostname or "") not in HERE


def _split(address: object) -> SplitResult:
    try:
        return urlsplit(str(address))
    except ValueError:
        return urlsplit("")


def _key(settings: Settings, chosen: Mapping[str, str]) -> Findings:
    key = str(settings["SECRET_KEY"])
    if len(key) < SHORT or len(set(key)) < FEW:
        yield Finding(
            "short-key", UNSAFE,
            f"SECRET_KEY is shorter than {SHORT} letters, or of few different ones: who guesses it can sign in as anybody. "
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
    said, address = settings["BASE_URL"], _split(settings["BASE_URL"])
    if not public(settings):
        yield Finding(
            "base-url-here", ADVICE,
            f"BASE_URL is {said}: letters and signs link to this machine itself. Set it to the public address.",
        )  # fmt: skip
    elif address.scheme != "https":
        yield Finding(
            "not-https", UNSAFE,
            "BASE_URL does not begin with https://: the cookie of who is signed in would travel for anybody to read.",
        )  # fmt: skip
    elif not address.hostname or address.path or address.query:
        yield Finding(
            "not-an-address", BROKEN,
            f"BASE_URL is {said}: letters would link to nowhere. It is https:// and a name, with nothing behind it.",
        )  # fmt: skip


def _examples(settings: Settings, _chosen: Mapping[str, str]) -> Findings:
    for name in ("BASE_URL", "SMTP_URL", "MAIL_FROM", "MAIL_BOUNCES"):
        said = str(settings.get(name, ""))
        host = _split(said).hostname or parseaddr(said)[1].rpartition("@")[2]
        if f".{host}".endswith(EXAMPLES):
            yield Finding(
                "example", BROKEN, f"{name} is still the example's: fill in what is true here."
            )


def _demo(settings: Settings, _chosen: Mapping[str, str]) -> Findings:
    if settings["DEMO"]:
        yield Finding(
            "demo",
            UNSAFE,
            "DEMO is on: everybody can read all letters and sign in as anybody. Take it away.",
        )


def _proxies(settings: Settings, _chosen: Mapping[str, str]) -> Findings:
    said = str(settings["PROXIES"])
    if not said.isdecimal():
        yield Finding("not-a-number", WRONG, "PROXIES is not a number: write 1 behind one proxy.")
    elif public(settings) and not int(said):
        yield Finding(
            "no-proxies", UNSAFE,
            "PROXIES is 0, yet https comes from a proxy: all visitors would count as one and share one visitor's limits. "
            "Set it to 1 behind one proxy.",
        )  # fmt: skip
    elif int(said) and _open_port(settings):
        yield Finding(
            "open-port", ADVICE,
            f"BIND is {settings['BIND']}: who reaches it past the proxy can say any address and get round the limits. Let only "
            "the proxy reach it.",
        )  # fmt: skip


def _letters(settings: Settings, _chosen: Mapping[str, str]) -> Findings:
    server = _split(settings["SMTP_URL"])
    if settings.get("NOTIFY_KEY"):
        if not settings.get("NOTIFY_TEMPLATE"):
            yield Finding(
                "no-template",
                BROKEN,
                "NOTIFY_KEY is set and NOTIFY_TEMPLATE is not: no letter is sent.",
            )
    elif not settings["SMTP_URL"]:
        yield Finding(
            "no-smtp", BROKEN, "SMTP_URL is not set: no letter is sent, so nobody can sign in."
        )
    elif server.scheme not in ("smtp", "smtps") or not server.hostname:
        yield Finding(
            "not-an-address", BROKEN,
            "SMTP_URL is no address of a mail server: no letter is sent. Write smtp://user:password@host:587.",
        )  # fmt: skip
    elif str(settings["MAIL_FROM"]).endswith("@localhost"):
        yield Finding(
            "mail-from", BROKEN, "MAIL_FROM is still portal@localhost: mail servers will refuse it."
        )
    for name in ("MAIL_FROM", "MAIL_BOUNCES"):
        said = str(settings.get(name, ""))
        if said and "@" not in parseaddr(said)[1]:
            yield Finding("not-an-address", BROKEN, f"{name} is no e-mail address.")


def _second_step(settings: Settings, _chosen: Mapping[str, str]) -> Findings:
    said = str(settings.get("SECOND_STEP", ""))
    if said == "off":
        yield Finding(
            "no-second-step",
            ADVICE,
            "SECOND_STEP is off: who reads a broker's or an administrator's mail can act as them. Take it away.",
        )
    elif said not in ("", "staff"):
        yield Finding(
            "not-a-choice", WRONG, f"SECOND_STEP is {said}: write staff, or off, or nothing."
        )


def _controller(settings: Settings, _chosen: Mapping[str, str]) -> Findings:
    for name in ("CONTROLLER", "DATA_PROTECTION_OFFICER"):
        if public(settings) and not settings.get(name):
            yield Finding(
                "nobody-named", ADVICE,
                f"{name} is not set: the law asks that /privacy names who is responsible for what is held, and how to reach them.",
            )  # fmt: skip


def _limits(settings: Settings, _chosen: Mapping[str, str]) -> Findings:
    number = 0 if list(_numbers(settings, {})) else workers(settings)
    if not settings["REDIS_URL"] and number > 1:
        yield Finding(
            "limits-apart", ADVICE,
            f"REDIS_URL is not set: each of the {number} workers counts limits for itself, so they are up to that many "
            "times as wide as they say.",
        )  # fmt: skip
    elif settings["REDIS_URL"] and _split(settings["REDIS_URL"]).scheme not in REDIS:
        yield Finding(
            "not-an-address",
            WRONG,
            "REDIS_URL is no address of a Redis: write redis://host:6379/0.",
        )


def _numbers(settings: Settings, _chosen: Mapping[str, str]) -> Findings:
    for name in ("WORKERS", "THREADS", "TIMEOUT"):
        said = str(settings[name])
        if said and not (said.isdecimal() and int(said)):
            yield Finding("not-a-number", WRONG, f"{name} is not a number of at least 1.")


def _elsewhere(settings: Settings, _chosen: Mapping[str, str]) -> Findings:
    """What travels to other machines for anybody to read."""
    for name in ("NOTIFY_URL", "GOVUK_PAY_URL"):
        address = _split(settings.get(name, ""))
        if address.scheme == "http" and address.hostname not in HERE:
            yield Finding(
                "not-https", UNSAFE,
                f"{name} does not begin with https://: its key, and what is sent there, would travel for anybody to read.",
            )  # fmt: skip


def _database(settings: Settings, _chosen: Mapping[str, str]) -> Findings:
    try:
        url = make_url(str(settings["DATABASE_URL"]))
    except ArgumentError:
        return  # told when it is asked
    if url.drivername == "sqlite" and not (url.database or "").startswith("/"):
        yield Finding(
            "relative-path", BROKEN,
            "DATABASE_URL names an SQLite file by a path that begins wherever a command is called: it would be another one in "
            "each folder. Write sqlite:// and the whole path (sqlite:////var/lib/...).",
        )  # fmt: skip
    # A name without a dot is one of this machine or of its containers.
    away = "." in (url.host or "") and url.host not in HERE
    if away and str(url.query.get("sslmode", "")) not in ("require", "verify-ca", "verify-full"):
        yield Finding(
            "database-in-the-clear", ADVICE,
            f"DATABASE_URL leads to {url.host} without sslmode: what is kept of people may travel unencrypted. Add "
            "?sslmode=verify-full, or ?sslmode=require at least.",
        )  # fmt: skip


def _open_folder(settings: Settings, _chosen: Mapping[str, str]) -> Findings:
    for path in (config.INSTANCE, config.INSTANCE / "secret-key", file_of(settings), FILE):
        with suppress(OSError):
            # What lies in a folder that is closed nobody reaches.
            if path and _is_open(path) and (path == config.INSTANCE or _is_open(path.parent)):
                told = f"Everybody on this machine may look into {path}. Run: chmod o= {path}."
                yield Finding("open-folder", UNSAFE, told)


def _is_open(path: Path) -> bool:
    return bool(path.stat().st_mode & 0o007)


def file_of(settings: Settings) -> Path | None:
    """The file of an SQLite database."""
    try:
        url = make_url(str(settings["DATABASE_URL"]))
    except ArgumentError:
        return None
    return Path(url.database) if url.drivername == "sqlite" and url.database else None


OF_SETTINGS: tuple[Callable[[Settings, Mapping[str, str]], Findings], ...] = (
    _key, _address, _examples, _demo, _proxies, _letters, _second_step, _controller, _limits, _numbers, _elsewhere, _database, _open_folder,
)  # fmt: skip
