"""A PostgreSQL server of a test's own, which may be stopped, killed and started again."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Self

import psycopg

from portal.backup.postgresql import HOMES

PORT = 54331
PATIENCE = 30  # seconds for a server that mends itself
# What is acknowledged has been handed to the system; that the machine itself goes down is not tried here.
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "on",
    "autovacuum": "off",
    "shared_buffers": "32MB",
    "max_wal_size": "256MB",
    "restart_after_crash": "on",
}


def binaries() -> Path | None:
    """Where the newest server on this machine is."""
    found = [
        path for home in HOMES for path in Path("/").glob(home[1:]) if (path / "initdb").exists()
    ]
    return max(
        found,
        key=lambda path: [int(n) for n in path.parent.name.split(".") if n.isdigit()],
        default=None,
    )


class Cluster:
    """Sockets only, in a folder of its own: no port of the machine is taken, nobody else gets in."""

    def __init__(self) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="meanwhile-away.", dir="/tmp"))
        self.data = self.home / "data"
        self.owner: dict[str, object] = {}
        if os.getuid() == 0:  # PostgreSQL refuses to run as root
            somebody = next(u for u in pwd.getpwall() if u.pw_name in ("postgres", "nobody"))
            somebody = next((u for u in pwd.getpwall() if u.pw_name == "postgres"), somebody)
            os.chown(self.home, somebody.pw_uid, somebody.pw_gid)
            self.owner = {"user": somebody.pw_uid, "group": somebody.pw_gid, "extra_groups": []}
        self._run(
            "initdb", "-U", "meanwhile", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"
        )
        with (self.data / "postgresql.conf").open("a") as out:
            more = SETTINGS | {"port": str(PORT), "unix_socket_directories": str(self.home)}
            out.writelines(f"{name} = '{value}'\n" for name, value in more.items())

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()
        shutil.rmtree(self.home, ignore_errors=True)

    def url(self, name: str) -> str:
        return f"postgresql+psycopg://meanwhile@/{name}?host={self.home}&port={PORT}"

    def start(self) -> None:
        """Start it as a child of ours, whose end we hear of, and wait until it answers."""
        with (self.home / "log").open("a") as log:
            self.server = subprocess.Popen(
                [self._tool("postgres"), "-D", str(self.data)], stdout=log, stderr=log, cwd=self.home, **self.owner
            )  # fmt: skip
        self.wait()

    def wait(self) -> None:
        """Wait until it lets people in."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                psycopg.connect(self.url("postgres").replace("+psycopg", "")).close()
            except psycopg.OperationalError:
                time.sleep(0.02)
            else:
                return
        raise AssertionError((self.home / "log").read_text()[-2000:])

    def has(self, extension: str) -> bool:
        """Whether an extension is on this machine."""
        asked = "SELECT count(*) FROM pg_available_extensions WHERE name = %s"
        with psycopg.connect(self.url("postgres").replace("+psycopg", "")) as connection:
            return connection.execute(asked, [extension]).fetchone() == (1,)

    def stop(self) -> None:
        """At once, as an administrator would who is in a hurry."""
        self._end(signal.SIGQUIT)

    def kill(self) -> None:
        """The plug of the whole server is pulled."""
        self._end(signal.SIGKILL)

    def _end(self, by: signal.Signals) -> None:
        self.server.send_signal(by)
        self.server.wait()
        while _children_left(self.data):
            time.sleep(0.01)  # they notice by themselves that nobody is above them

    def _tool(self, name: str) -> str:
        home = binaries()
        assert home is not None
        return str(home / name)

    def _run(self, tool: str, *arguments: str) -> None:
        command = [self._tool(tool), "-D", str(self.data), *arguments]
        done = subprocess.run(
            command, capture_output=True, text=True, cwd=self.home, check=False, **self.owner
        )
        assert done.returncode == 0, done.stderr


def _children_left(data: Path) -> bool:
    """Whether a process of the server still lives."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (
                str((process / "cwd").readlink()) == str(data)
                and b"postgres" in (process / "cmdline").read_bytes()
            ):
                return True
        except OSError:
            continue
    return False
