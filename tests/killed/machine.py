"""The portal on a machine whose plug is pulled: `python -m tests.killed.machine URL FOLDER`.

It loads once. Each line on standard input asks for one thing: `here` does a request in this process, which makes warm what
all later ones share, `fork` starts a worker that serves on the port, `wait` hears how one ended.

A worker writes down where it is in memory that outlives it (`Seen`), so that a test knows what the plug was pulled in.
"""

import json
import mmap
import os
import signal
import socket
import struct
import sys
from collections.abc import Callable, Iterable
from contextlib import redirect_stdout
from datetime import datetime
from pathlib import Path
from threading import RLock
from typing import Any

from flask import Flask
from sqlalchemy import event
from sqlalchemy.orm import Session
from tqdm import tqdm
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.test import Client

from portal import cli, clock
from portal.app import create_app
from portal.db import db
from portal.intake.importer import import_register
from portal.notices import smtp
from portal.notices.service import send_waiting

IDLE, ASKED, WRITING, COMMITTING, WRITTEN, ANSWERED = range(6)
SHAPE = struct.Struct("=IIII")


class Seen:
    """Where the worker is: its stage, how many statements it has sent, the database's process, the letter on its way."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.write_bytes(bytes(SHAPE.size))
        with path.open("r+b") as file:
            self.memory = mmap.mmap(file.fileno(), SHAPE.size)

    def read(self) -> tuple[int, int, int, int]:
        return SHAPE.unpack(self.memory[:])

    def write(self, **values: int) -> None:
        now = dict(zip(("stage", "statements", "backend", "letter"), self.read(), strict=True))
        self.memory[:] = SHAPE.pack(*(now | values).values())


class Watched:
    """The portal, at the instant that the request names, killed after as many statements as it asks for."""

    def __init__(self, app: Flask, seen: Seen) -> None:
        self.app, self.seen, self.left = app, seen, 0
        with app.app_context():
            for moment in ("before_cursor_execute", "commit"):
                event.listen(db.engine, moment, self.count)
            event.listen(db.engine, "begin", self.begin)
            event.listen(db.engine, "commit", lambda _connection: seen.write(stage=COMMITTING))
        event.listen(Session, "after_commit", lambda _session: seen.write(stage=WRITTEN))

    def count(self, *_args: object) -> None:
        self.seen.write(statements=self.seen.read()[1] + 1)
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def begin(self, connection: Any) -> None:
        if connection.get_execution_options().get("writes"):
            self.seen.write(stage=WRITING)
        if connection.dialect.name == "postgresql":
            driver = connection.connection.driver_connection
            self.seen.write(backend=driver.info.backend_pid)

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        self.seen.write(stage=ASKED, statements=0)
        self.left = int(environ.get("HTTP_X_KILL_AFTER", "0"))
        with clock.at(datetime.fromisoformat(environ["HTTP_X_AT"])):
            if command := COMMANDS.get(environ["PATH_INFO"]):
                with self.app.app_context():
                    command(self, environ["QUERY_STRING"])
                start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "0")])
                body = [b""]
            else:
                answer = self.app(environ, start_response)
                body = [b"".join(answer)]
                answer.close()  # type: ignore[attr-defined]
        self.seen.write(stage=ANSWERED)
        return body


def tick(watched: Watched, _said: str) -> None:
    """`portal tick`, whole."""
    cli._app = lambda **_: watched.app
    with redirect_stdout(sys.stderr):
        try:
            cli.tick.callback()
        except SystemExit as ended:  # a command that fails; it must not take the worker with it
            raise RuntimeError("a step of the clock failed") from ended


def send(watched: Watched, server: str) -> None:
    """The sender of letters; it notes which one is with the mail server and not yet written down as sent."""
    watched.app.config["SMTP_URL"] = server
    carry = smtp.Smtp.carry

    def carried(self: smtp.Smtp, item: Any) -> Any:
        watched.seen.write(letter=item.id)
        return carry(self, item)

    smtp.Smtp.carry = carried
    # Once the note of it is committed, no second sender takes it.
    event.listen(Session, "after_commit", lambda _session: watched.seen.write(letter=0))
    send_waiting()


COMMANDS: dict[str, Callable[[Watched, str], object]] = {
    "/-/tick": tick,
    "/-/import": lambda _watched, file: import_register(Path(file), "testing"),
    "/-/send": send,
}


class Quiet(WSGIRequestHandler):
    def log(self, *_args: object) -> None:  # type: ignore[override]
        pass


def worker(watched: Watched, door: socket.socket) -> None:
    """Serve until the plug is pulled."""
    with watched.app.app_context():
        db.engine.dispose(close=False)
    port = door.getsockname()[1]
    make_server("127.0.0.1", port, watched, request_handler=Quiet, fd=door.fileno()).serve_forever()


def main() -> None:
    url, folder = sys.argv[1:]
    # Its own is shared by all forks, so that one that is killed with it in hand would stop the others for ever.
    tqdm.set_lock(RLock())
    app = create_app(
        DATABASE_URL=url, SECRET_KEY="test", RATELIMIT_ENABLED=False, PROPAGATE_EXCEPTIONS=False
    )
    watched = Watched(app, Seen(Path(folder) / "seen"))
    door = socket.create_server(("127.0.0.1", 0), backlog=16)
    told: dict[str, Any] = {"port": door.getsockname()[1]}
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()
    for line in sys.stdin:
        ask = json.loads(line)
        if "here" in ask:
            answer = Client(watched, use_cookies=False).open(**ask["here"])
            told = {"status": answer.status_code}
            answer.close()
            with app.app_context():
                db.engine.dispose()
        elif "wait" in ask:
            told = {"end": os.waitstatus_to_exitcode(os.waitpid(ask["wait"], 0)[1])}
        elif child := os.fork():
            told = {"pid": child}
        else:
            worker(watched, door)
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
