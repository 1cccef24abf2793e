"""`portal run`: the application behind gunicorn, with its files before it and its log beside it."""

import gc
import os
from collections.abc import Mapping
from pathlib import Path

from flask import Flask
from gunicorn.app.base import BaseApplication

from portal import config, logs, statics
from portal.app import create_app

FILES = config.INSTANCE / "static"
MEMORY_DISK = Path("/dev/shm")  # noqa: S108 - a beat of each worker, nothing that is kept
MOST_ADDRESS = 8190  # bytes: a drawn area is in its address
A_MINUTE = 60
# A worker ends after so many requests, and a new one takes its place: a leak in any library stays small. Not all at once.
REQUESTS, SPREAD = 50_000, 5_000
OBJECTS = 20_000  # made since the last look for those that nothing leads to any more


def application(**overrides: object) -> Flask:
    """The portal as a web server calls it."""
    # Commands go straight to the database: a backup, say, needs more of a connection than a pooler gives.
    if pooler := config.load(**overrides)["POOLER_URL"]:
        overrides |= {"DATABASE_URL": pooler}
    app = create_app(**overrides)
    app.after_request(logs.answered)
    app.wsgi_app = statics.served(app.wsgi_app, FILES)  # type: ignore[method-assign]
    if visits := app.extensions.get("visits"):
        visits.served = True
    # What is there now stays for good; and what a page makes is gone with it, all but a few rings. Looking for these
    # at every 700th object takes an eighth of the time of a slow page.
    gc.freeze()
    gc.set_threshold(OBJECTS)
    return app


def options(settings: Mapping[str, object]) -> dict[str, object]:
    """Gunicorn's settings by ours."""
    return {
        "bind": settings["BIND"],
        "workers": workers(settings),
        # Threads, not one request a process: each process keeps the register in memory, so processes are dear; a thread
        # that waits for the database, the mail server or a slow line lets the others go on; and connections of a proxy
        # stay open without holding one. More cores need more processes all the same: Python computes in one thread at a time.
        "worker_class": "gthread",
        "threads": int(str(settings["THREADS"])),
        "timeout": int(str(settings["TIMEOUT"])),
        # What is being answered when the portal stops or is updated has this long to end.
        "graceful_timeout": 30,
        # Longer than a proxy keeps an idle connection (nginx: 60 s), or it would write into one that is just closed.
        "keepalive": A_MINUTE + 15,
        # Forked without an application: a worker's connections and locks are its own. The code it shares all the same.
        "preload_app": False,
        "max_requests": REQUESTS,
        "max_requests_jitter": SPREAD,
        # Not on a disk: a disk that is busy would look like a worker that hangs.
        "worker_tmp_dir": str(MEMORY_DISK) if os.access(MEMORY_DISK, os.W_OK) else None,
        "limit_request_line": MOST_ADDRESS,
        # PROXIES alone says whom to believe.
        "forwarded_allow_ips": "",
        "control_socket_disable": True,
        "logger_class": logs.Gunicorn,
        "umask": 0o007,
        "proc_name": "meanwhile",
    }


def workers(settings: Mapping[str, object]) -> int:
    """How many processes."""
    return int(str(settings["WORKERS"] or len(os.sched_getaffinity(0))))


class Server(BaseApplication):
    """Gunicorn without its own files, environment and command line."""

    def load_config(self) -> None:
        for name, value in options(config.load()).items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return application()


def run() -> None:
    """Serve until SIGTERM, which lets what is being answered end. SIGHUP takes fresh workers, with the same code: new code
    is taken in by a restart, during which systemd's socket keeps who comes waiting.
    """
    config.make_instance()
    logs.configure(create_app())
    statics.make(FILES)
    statics.forget_old(FILES)
    Server().run()
