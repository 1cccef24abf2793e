"""What the tests that pull plugs share: the machine, the database as it stands, and one write that is tried on it."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import datetime
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import delete, insert, select

from portal.db import db
from portal.models import Model
from tests.cluster import Cluster
from tests.killed.machine import COMMITTING, WRITING, WRITTEN, Seen

Content = dict[str, list[tuple[Any, ...]]]
TABLES = Model.metadata.sorted_tables


@dataclass
class Shot:
    """One request, as somebody's browser sends it."""

    path: str
    data: dict[str, Any] = field(default_factory=dict)
    cookie: str = ""
    method: str = "POST"

    def parts(self, at: datetime, kill_after: int = 0) -> dict[str, Any]:
        headers = {
            "X-At": at.isoformat(),
            "X-Kill-After": str(kill_after),
            "Cookie": self.cookie,
            "Content-Type": "application/x-www-form-urlencoded",
        }
        return {
            "method": self.method,
            "path": self.path,
            "headers": headers,
            "data": urlencode(self.data),
        }


@dataclass
class Answer:
    """What the browser saw; no status where the line went dead."""

    status: int | None
    body: str = ""

    @property
    def acknowledged(self) -> bool:
        return self.status is not None and self.status < 400


class Machine:
    """The process of `machine`, and the worker that it has forked."""

    def __init__(self, url: str, folder: Path) -> None:
        command = [sys.executable, "-m", "tests.killed.machine", url, str(folder)]
        self.log = (folder / "log").open("w+")
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, text=True
        )
        self.port = self._told()["port"]
        self.seen = Seen(folder / "seen")
        self.pid = 0

    def _told(self) -> dict[str, Any]:
        line = self.process.stdout.readline()
        if not line:
            self.log.seek(0)
            raise AssertionError(self.log.read()[-3000:])
        return json.loads(line)

    def ask(self, **what: Any) -> dict[str, Any]:
        self.process.stdin.write(json.dumps(what) + "\n")
        self.process.stdin.flush()
        return self._told()

    def here(self, shot: Shot, at: datetime) -> int:
        parts = shot.parts(at)
        parts["headers"] = list(parts["headers"].items())
        return self.ask(here=parts)["status"]

    def fork(self) -> None:
        self.pid = self.ask(fork=True)["pid"]

    def end(self) -> None:
        """Make sure that the worker is gone."""
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
            self.ask(wait=self.pid)
            self.pid = 0

    def close(self) -> None:
        self.end()
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()
        self.log.close()

    def send(
        self,
        shot: Shot,
        at: datetime,
        *,
        kill_after: int = 0,
        then: Callable[[], None] | None = None,
    ) -> Answer:
        """Send it; `then` happens while it is worked on."""
        parts = shot.parts(at, kill_after)
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=60)) as line:
            try:
                line.request(parts["method"], parts["path"], parts["data"], parts["headers"])
                if then:
                    then()
                answer = line.getresponse()
                return Answer(answer.status, answer.read().decode())
            except (OSError, HTTPException):
                return Answer(None)


# ---- the database as it stands


def content() -> Content:
    """All rows of all tables, as the driver gives them."""
    with db.engine.connect() as connection:
        return {
            table.name: connection.exec_driver_sql(f'SELECT * FROM "{table.name}"').tuples().all()
            for table in TABLES
        }


def moving(one: Content, other: Content) -> dict[str, list[int]]:
    """By table, the columns that say the same in two undisturbed runs: not keys that were drawn, nor numbers used up."""
    same = {}
    for name, rows in one.items():
        columns = [Counter(map(repr, column)) for column in zip(*rows, strict=True)]
        others = [Counter(map(repr, column)) for column in zip(*other[name], strict=True)]
        same[name] = [n for n, (a, b) in enumerate(zip(columns, others, strict=False)) if a == b]
    return same


def told(found: Content, same: dict[str, list[int]]) -> dict[str, Counter[str]]:
    """The content by the columns that can be compared."""
    return {
        name: Counter(repr([row[n] for n in same[name]]) if same[name] else "" for row in rows)
        for name, rows in found.items()
    }


class Kept:
    """The database as it was, to be put back."""

    def __init__(self) -> None:
        db.session.rollback()
        self.content = content()
        if db.engine.dialect.name == "sqlite":
            self.copy = sqlite3.connect(":memory:", check_same_thread=False)
            with closing(sqlite3.connect(db.engine.url.database)) as now:
                now.backup(self.copy)
        else:
            with db.engine.connect() as connection:
                self.rows = {
                    table.name: [dict(row._mapping) for row in connection.execute(select(table))]
                    for table in TABLES
                }

    def put_back(self) -> None:
        db.session.rollback()
        if db.engine.dialect.name == "sqlite":
            db.engine.dispose()
            with closing(sqlite3.connect(db.engine.url.database)) as now:
                self.copy.backup(now)
            return
        now = content()
        changed = [table for table in TABLES if now[table.name] != self.content[table.name]]
        with db.engine.begin() as connection:
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
            for table in changed:
                connection.execute(delete(table))
                if self.rows[table.name]:
                    connection.execute(insert(table), self.rows[table.name])


# ---- the plugs


# How often each plug was pulled, and in the middle of a write, on each engine in this process; a house may be built twice.
PULLED: dict[str, Counter[str]] = defaultdict(Counter)
INSIDE = "in the middle of a write"


class Plugs:
    """Pulls them, and keeps count of what they were pulled in the middle of."""

    def __init__(self, machine: Machine, server: Cluster | None, seed: int) -> None:
        self.machine, self.server, self.chance = machine, server, Random(seed)
        self.pulled = PULLED["postgresql" if server else "sqlite"]

    def ways(self) -> list[str]:
        """Which plug comes next, in turn."""
        return (
            ["worker", "statement", "backend", "statement", "worker", "server"]
            if self.server
            else ["worker", "statement"]
        )

    def pull(self, way: str, shot: Shot, at: datetime, took: float, statements: int) -> Answer:
        """Send the request and pull a plug at a moment drawn by lot; the machine is whole again afterwards."""
        self.pulled[way] += 1
        if way == "statement":  # it pulls its own plug before or after one of them
            answer = self.machine.send(shot, at, kill_after=self.chance.randint(1, statements))
            self._new_worker()
            return answer
        delay = self.chance.uniform(0, took)
        return self.machine.send(shot, at, then=lambda: self._pull(way, delay))

    def _new_worker(self) -> None:
        self.machine.end()
        self._note()
        self.machine.fork()

    def _note(self) -> None:
        self.pulled[INSIDE] += self.machine.seen.read()[0] in (WRITING, COMMITTING, WRITTEN)

    def _pull(self, way: str, delay: float) -> None:
        time.sleep(delay)
        if way == "worker":
            # At once a new one, as under gunicorn: whoever had not been let in yet is let in by that.
            self._new_worker()
            return
        self._note()
        if way == "server":
            self.server.kill()
            self.server.start()
        elif backend := self.machine.seen.read()[2]:
            with suppress(ProcessLookupError):
                os.kill(backend, signal.SIGKILL)
            while Path(f"/proc/{backend}").exists():
                time.sleep(0.005)  # until the server has noticed
            self.server.wait()


def settle() -> None:
    """Forget connections to a server that is another one now."""
    db.session.close()
    db.engine.dispose()
