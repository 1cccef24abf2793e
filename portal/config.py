"""Settings from the environment: name, default, what it is for. `docs/operators.md` lists them and a test compares."""

import os
import secrets
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

ROOT = Path(__file__).parent.parent
INSTANCE = Path(os.environ.get("INSTANCE") or ROOT / "instance")

# The languages of the pages by their own names. Letters and what is kept for the record are in the first.
LANGUAGES = {"en": "English", "cy": "Cymraeg"}
FIRST_LANGUAGE = next(iter(LANGUAGES))

# How long a request waits for Redis, in seconds.
REDIS_PATIENCE = {"socket_connect_timeout": 0.5, "socket_timeout": 0.5}

# name -> (default, what it does)
SETTINGS: dict[str, tuple[str, str]] = {
    "DATABASE_URL": ("", "Which database. Empty: SQLite in instance/portal.sqlite3."),
    "POOLER_URL": (
        "",
        "Where `portal run` reaches the same database through PgBouncer. Empty: by DATABASE_URL.",
    ),
    "SECRET_KEY": ("", "Signs sessions. Empty: made once and kept in instance/secret-key."),
    "INSTANCE": (
        "",
        "Folder of what the portal makes for itself. Empty: instance/ in the checkout.",
    ),
    "AREA": ("", "The area to serve, by slug. Empty: the first one in the database."),
    "BASE_URL": ("http://127.0.0.1:8000", "The address that letters link to."),
    "SMTP_URL": ("", "smtp://user:password@host:port for letters. Empty: they wait in the outbox."),
    "MAIL_FROM": ("portal@localhost", "The address that letters come from."),
    "MAIL_BOUNCES": (
        "",
        "Where letters come back to, for `portal read-bounce`. Empty: to MAIL_FROM.",
    ),
    "NOTIFY_KEY": ("", "The key of GOV.UK Notify's API: letters go by it. Empty: by SMTP_URL."),
    "NOTIFY_TEMPLATE": ("", "Its e-mail template, with ((subject)) and ((body))."),
    "NOTIFY_URL": ("https://api.notifications.service.gov.uk", "Where that API is."),
    "NOTIFY_CALLBACK_TOKEN": ("", "The bearer token of its callbacks. Empty: none are believed."),
    "GOVUK_PAY_KEY": ("", "The key of GOV.UK Pay's API. Empty: no cards, cash and transfers only."),
    "GOVUK_PAY_URL": ("https://publicapi.payments.service.gov.uk", "Where that API is."),
    "GOVUK_PAY_WEBHOOK_SECRET": ("", "The signing secret of its webhook. Empty: the clock asks."),
    "CONTROLLER": (
        "",
        "Who answers in law for what is held: name, then a comma and the address. Empty: the area's name.",
    ),
    "DATA_PROTECTION_OFFICER": ("", "How to reach that body's data protection officer."),
    "BIND": ("127.0.0.1:8000", "Where `portal run` listens: host:port, or unix:/path."),
    "WORKERS": ("", "Its processes. Empty: one for each processor core."),
    "THREADS": ("4", "How many requests one process has in hand at once."),
    "TIMEOUT": ("60", "Seconds after which a process that does not stir is started anew."),
    "REDIS_URL": (
        "",
        "redis://host:port/0 where all workers count limits. Empty: each for itself.",
    ),
    "PROXIES": ("0", "How many proxies of yours stand before it and say who the visitor is."),
    "SECOND_STEP": (
        "",
        "staff: who has a role needs a code of a telephone too. off: nobody must. Empty: staff; in a demonstration off.",
    ),
    "VISITS": ("1", "0: do not count how often pages are looked at."),
    "DEMO": ("", "1 shows letters at /letters instead of sending them. Never in production."),
}


def load(**overrides: object) -> dict[str, object]:
    """The settings as Flask takes them: the environment, then what the caller overrides."""
    config: dict[str, object] = {
        name: os.environ.get(name, default) for name, (default, _) in SETTINGS.items()
    }
    config |= overrides
    config["SECRET_KEY"] = config["SECRET_KEY"] or _kept_secret()
    config["DATABASE_URL"] = database_url(str(config["DATABASE_URL"] or ""))
    config["POOLER_URL"] = config["POOLER_URL"] and database_url(str(config["POOLER_URL"]))
    config["BASE_URL"] = str(config["BASE_URL"]).rstrip("/")
    config["DEMO"] = "1" if str(config["DEMO"]) == "1" else ""
    config["SECOND_STEP"] = config["SECOND_STEP"] or ("off" if config["DEMO"] else "staff")
    secure = str(config["BASE_URL"]).startswith("https://")
    return {
        "MAX_CONTENT_LENGTH": 2 * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 1024 * 1024,
        # A name that browsers take by https from this very host only, so that no neighbour can plant a session.
        "SESSION_COOKIE_NAME": "__Host-session" if secure else "session",
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SECURE": secure,
        # The forms check their token themselves, so that an expired page loses nothing.
        "WTF_CSRF_TIME_LIMIT": 24 * 3600,
        "BABEL_DEFAULT_LOCALE": FIRST_LANGUAGE,
        "BABEL_DEFAULT_TIMEZONE": "Europe/London",
        "BABEL_TRANSLATION_DIRECTORIES": "translations",
        "RATELIMIT_STORAGE_URI": config["REDIS_URL"] or "memory://",
        # A Redis that is away must not take the portal with it: each worker counts for itself meanwhile.
        "RATELIMIT_STORAGE_OPTIONS": REDIS_PATIENCE if config["REDIS_URL"] else {},
        "RATELIMIT_IN_MEMORY_FALLBACK_ENABLED": bool(config["REDIS_URL"]),
        "RATELIMIT_KEY_PREFIX": "meanwhile",
        "RATELIMIT_HEADERS_ENABLED": True,
    } | config


def database_url(url: str) -> str:
    """SQLAlchemy's spelling of a database address; PostgreSQL always through psycopg 3."""
    if not url:
        make_instance()
        return f"sqlite:///{INSTANCE / 'portal.sqlite3'}"
    for old in ("postgres://", "postgresql://"):
        if url.startswith(old):
            return "postgresql+psycopg://" + url.removeprefix(old)
    return url


def make_instance() -> None:
    """The folder of what the portal makes for itself: a database, a key. Nobody else on the machine may look into it."""
    INSTANCE.mkdir(mode=0o700, parents=True, exist_ok=True)


def _kept_secret() -> str:
    """A key made at the first start; without it every restart would sign everybody out."""
    make_instance()
    path = INSTANCE / "secret-key"
    if not path.exists():
        _lay_down(path, secrets.token_urlsafe(48))
    return path.read_text().strip()


def _lay_down(path: Path, words: str) -> None:
    """Whole, and by one of those who start at once: nobody finds half a key, on a full disk neither."""
    with NamedTemporaryFile("w", dir=path.parent, prefix=f".{path.name}-") as new:
        new.write(words)
        new.flush()
        os.fsync(new.fileno())
        with suppress(FileExistsError):
            os.link(new.name, path)
