"""`portal run` as a process: two workers on both engines, its files, its log, Redis gone, a restart nobody notices."""

import gzip
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from http.client import HTTPConnection
from http.cookiejar import CookieJar
from pathlib import Path
from threading import Thread
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener, urlopen

import pytest

from portal import clock
from portal.config import ROOT
from portal.people import service
from tests import factories, requirements
from tests.conftest import csrf_token

PATIENCE = 60  # seconds
# What systemd does: the socket as the first after standard input, output and errors, and for whom it is.
HAND_OVER = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ |= {"LISTEN_FDS": "1", "LISTEN_PID": str(os.getpid())}
os.execv(sys.argv[2], sys.argv[2:])
"""


@contextmanager
def running(folder: Path, url: str, *, listener: socket.socket | None = None, **settings: str):
    """The portal as a process; gives its address, its process and the file of its log."""
    port = free_port() if listener is None else listener.getsockname()[1]
    log = folder / "portal.log"
    command = [sys.executable, "-m", "portal.cli", "run"]
    if listener is not None:
        command = [sys.executable, "-c", HAND_OVER, str(listener.fileno()), *command]
    environment = os.environ | {
        "DATABASE_URL": url, "SECRET_KEY": "s" * 40, "INSTANCE": str(folder / "instance"), "BIND": f"127.0.0.1:{port}",
        "WORKERS": "2", "THREADS": "2", "PYTHONPATH": str(ROOT), **settings,
    }  # fmt: skip
    handed_on = [listener.fileno()] if listener else []
    with log.open("ab") as out:
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stderr=out, pass_fds=handed_on
        )
    try:
        yield f"http://127.0.0.1:{port}", process, log
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(address: str, process: subprocess.Popen, log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            urlopen(f"{address}/ping", timeout=5).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(log.read_text())


class Visitor:
    """A browser with cookies."""

    def __init__(self, address: str, comes_from: str = "10.0.0.1") -> None:
        self.address = address
        self.opener = build_opener(HTTPCookieProcessor(CookieJar()))
        self.opener.addheaders = [("X-Forwarded-For", comes_from), ("Connection", "close")]

    def get(self, path: str) -> tuple[int, str]:
        return self._open(Request(self.address + path))

    def send(self, path: str, **typed: str) -> tuple[int, str]:
        typed["csrf_token"] = csrf_token(self.get(path)[1])
        return self._open(Request(self.address + path, urlencode(typed).encode()))

    def _open(self, request: Request) -> tuple[int, str]:
        try:
            with self.opener.open(request, timeout=PATIENCE) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as refused:
            with refused:
                return refused.code, refused.read().decode()


@pytest.fixture
def redis_server(tmp_path):
    """A Redis of these tests' own."""
    there = shutil.which("redis-server")
    requirements.need(bool(there), "redis-server")
    port = free_port()
    command = [
        there,
        "--port",
        str(port),
        "--bind",
        "127.0.0.1",
        "--save",
        "",
        "--appendonly",
        "no",
    ]
    process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL)
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            break
        except OSError:
            time.sleep(0.05)
    yield f"redis://127.0.0.1:{port}/0", process
    process.kill()
    process.wait()


def test_two_workers_count_limits_together_know_who_is_signed_in_and_do_without_redis(
    app, tmp_path, redis_server
):
    factories.area()
    url, redis = redis_server
    limited = f"{app.config['DATABASE_URL'].rpartition('/')[2]}@example.org"
    with clock.at(clock.datetime.now(clock.UTC)):  # the process has the time of day
        link = service.make_link("rosa@example.org")
    settings = {"REDIS_URL": url, "PROXIES": "1"}
    with running(tmp_path, app.config["DATABASE_URL"], **settings) as (address, process, log):
        wait_for(address, process, log)
        # Each time a new connection, so either worker may answer; ten letters an hour to one address, whoever asks.
        asked = [
            Visitor(address, f"10.0.0.{n}").send("/sign-in", email=limited)[0] for n in range(12)
        ]
        assert asked == [200] * 10 + [429] * 2

        rosa = Visitor(address)
        rosa.send(link.removeprefix(app.config["BASE_URL"]))
        assert {rosa.get("/account")[0] for _ in range(6)} == {200}

        redis.kill()
        redis.wait()
        later = [
            Visitor(address, "10.0.0.50").send("/sign-in", email="mo@example.org")[0]
            for _ in range(6)
        ]
        assert set(later) == {200}, log.read_text()
        process.terminate()
        assert process.wait(PATIENCE) == 0
    told = log.read_text()
    workers = set(re.findall(r"Booting worker with pid: (\d+)", told))
    assert len(workers) == 2
    assert "POST /sign-in 429" in told
    for secret in (limited, "rosa@", "mo@example", link.rpartition("/")[2]):
        assert secret not in told
    assert not [
        line for line in told.splitlines() if not re.match(r"\d{4}-\d\d-\d\dT[\d:.]+Z ", line)
    ]


# The engine has no part in it.
@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_who_comes_during_a_restart_waits_and_is_answered(app, tmp_path):
    factories.area()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        os.set_inheritable(listener.fileno(), True)
        with running(tmp_path, app.config["DATABASE_URL"], listener=listener) as (
            address,
            old,
            log,
        ):
            wait_for(address, old, log)
        assert old.returncode == 0, log.read_text()
        answers: list[int] = []
        waiting = Thread(target=lambda: answers.append(Visitor(address).get("/healthz")[0]))
        waiting.start()
        with running(tmp_path, app.config["DATABASE_URL"], listener=listener) as (_, new, log):
            waiting.join(PATIENCE)
            assert answers == [200], log.read_text()
            # Fresh workers for the asking; the old ones end what they are at.
            new.send_signal(signal.SIGHUP)
            assert {Visitor(address).get("/ping")[0] for _ in range(5)} == {200}


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_files_are_packed_and_kept_for_good(app, tmp_path):
    factories.area()
    with running(tmp_path, app.config["DATABASE_URL"], WORKERS="1") as (address, process, log):
        wait_for(address, process, log)
        page = Visitor(address).get("/sign-in")[1]
        files = set(re.findall(r'"(/static/[^"]+)"', page))
        assert len(files) >= 4
        files |= {
            next(iter(files)).rpartition("/static/")[0]
            + f"/static/{mark(files)}/vendor/maplibre/{name}"
            for name in ("maplibre-gl.mjs", "maplibre-gl-worker.mjs")
        }
        for path in sorted(files):
            check_file(address, path)
        # A page of another make finds what there is, and nobody keeps it.
        other = urlopen(f"{address}/static/0123456789ab/css/house.css", timeout=PATIENCE)
        with other:
            assert other.headers["Cache-Control"] == "no-cache"
            assert b".mw-" in other.read()
        assert Visitor(address).get("/static/0123456789ab/../../portal/app.py")[0] == 404


def mark(files: set[str]) -> str:
    return next(iter(files)).split("/")[2]


def check_file(address: str, path: str) -> None:
    types = {"css": "text/css", "mjs": "text/javascript", "svg": "image/svg+xml"}
    source = ROOT / "static" / path.split("/", 3)[3]
    connection = HTTPConnection(address.removeprefix("http://"), timeout=PATIENCE)
    connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
    answer = connection.getresponse()
    body = answer.read()
    packed = answer.headers["Content-Encoding"] == "gzip"
    assert answer.status == 200, path
    assert packed == (source.stat().st_size > 500), path
    assert (gzip.decompress(body) if packed else body) == source.read_bytes()
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Content-Type"].startswith(types[path.rpartition(".")[2]])
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Content-Security-Policy" not in answer.headers
    connection.request("GET", path, headers={"If-None-Match": answer.headers["ETag"]})
    again = connection.getresponse()
    assert (again.status, again.read()) == (304, b"")
    connection.close()
