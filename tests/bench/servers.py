"""The servers that are compared, each with one worker: the portal, tipg and pygeoapi.

The other two live in a virtual environment of their own and get what makes them fast: uvloop and httptools for tipg,
orjson and a threaded gunicorn for pygeoapi, connection pools, no access log, no debugging, one collection, a table
with a key and a GiST index (store.py).
"""

import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from sqlalchemy import make_url

from portal.config import ROOT
from tests.bench.store import PEERS_TABLE

PEERS = ("tipg", "pygeoapi")
WANTED = (
    "tipg",
    "uvicorn[standard]",
    "pygeoapi",
    "gunicorn",
    "psycopg2-binary",
    "sqlalchemy",
    "geoalchemy2",
)
GUNICORN = ("-w", "1", "--threads", "1", "-k", "gthread", "--keep-alive", "5", "--log-level", "warning")  # fmt: skip
PATIENCE = 600  # seconds for a server's first answer: a register of a million is read first


@dataclass
class Server:
    """A running server. `note` says what was found out about it: how long it took to be there, its memory."""

    name: str
    port: int
    group: int  # of processes: the server and its workers
    note: dict = field(default_factory=dict)

    def get(self, path: str) -> bytes:
        """The body of one answer."""
        with urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=PATIENCE) as answer:
            return answer.read()

    def json(self, path: str) -> dict:
        """One answer read as JSON."""
        return json.loads(self.get(path))

    def milliseconds(self, paths: list[str]) -> float:
        """The median time of one request after the other on a connection that is kept open."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        took = []
        for path in paths:
            began = time.perf_counter()
            connection.request("GET", path)
            answer = connection.getresponse()
            answer.read()
            took.append((time.perf_counter() - began) * 1000)
            if answer.status != HTTPStatus.OK:
                raise RuntimeError(f"{self.name} answered {answer.status} to {path}")
        connection.close()
        return statistics.median(took)

    def answers(self, path: str) -> bool:
        """Whether there is such a page."""
        try:
            self.get(path)
        except HTTPError:
            return False
        return True

    def megabytes(self) -> float:
        """What the server's processes hold in memory now."""
        total = 0
        for status in Path("/proc").glob("[0-9]*/status"):
            try:
                lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
            except OSError:
                continue  # it ended meanwhile
            if int(lines["NSpgid"].split()[-1]) == self.group and "VmRSS" in lines:
                total += int(lines["VmRSS"].split()[0])
        return round(total / 1024, 1)


@contextmanager
def running(name: str, command: list[str], first: str, folder: Path, **environment: str):
    """Start a server, wait for its first answer, stop it with all its workers at the end."""
    port = _free_port()
    command = [part.replace("{port}", str(port)) for part in command]
    log = folder / f"{name}.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=os.environ | environment,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    server = Server(name, port, process.pid)
    try:
        began = time.perf_counter()
        _wait(server, process, first, log)
        server.note["seconds_to_first_answer"] = round(time.perf_counter() - began, 2)
        yield server
        server.note["megabytes"] = server.megabytes()
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait(server: Server, process: subprocess.Popen, first: str, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            server.get(first)
        except HTTPError as error:
            raise RuntimeError(
                f"{server.name} answered {error.code} to {first}: {error.read()[:500]!r}"
            ) from error
        except (URLError, ConnectionError):
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"{server.name} did not start: {log.read_text()[-2000:]}")


def portal(url: str, folder: Path, name: str = "portal", first: str = "/healthz"):
    """The portal on a database."""
    command = [sys.executable, "-m", "gunicorn", *GUNICORN, "-b", "127.0.0.1:{port}", "wsgi:app"]
    return running(name, command, first, folder, DATABASE_URL=url, SECRET_KEY="bench", PROXIES="1")


def tipg(url: str, python: Path, folder: Path):
    """tipg on the same rows."""
    # Its access log off, its compression left to whoever asks for it (nobody does here).
    command = [
        str(python), "-m", "uvicorn", "--host", "127.0.0.1", "--port", "{port}", "--workers", "1", "--loop", "uvloop",
        "--http", "httptools", "--no-access-log", "--log-level", "warning", "tipg.main:app",
    ]  # fmt: skip
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    return running(
        "tipg", command, TIPG_ITEMS.format(query="limit=1"), folder,
        DATABASE_URL=plain, TIPG_DB_SCHEMAS='["peers"]', TIPG_CATALOG_TTL="36000",
        TIPG_TILE_BUFFER="64",  # as far beyond the edge as ours
        TIPG_DB_EXCLUDE_FUNCTION_SCHEMAS='["public", "peers"]',
    )  # fmt: skip


def pygeoapi(url: str, python: Path, folder: Path):
    """pygeoapi on the same rows."""
    settings = folder / "pygeoapi.json"  # JSON is YAML
    settings.write_text(json.dumps(_pygeoapi_settings(make_url(url))))
    openapi = folder / "pygeoapi-openapi.yml"
    environment = {"PYGEOAPI_CONFIG": str(settings), "PYGEOAPI_OPENAPI": str(openapi)}
    subprocess.run(
        [str(python.parent / "pygeoapi"), "openapi", "generate", str(settings), "--output-file", str(openapi)],
        env=os.environ | environment, check=True, capture_output=True, cwd=folder,
    )  # fmt: skip
    command = [
        str(python),
        "-m",
        "gunicorn",
        *GUNICORN,
        "-b",
        "127.0.0.1:{port}",
        "pygeoapi.flask_app:APP",
    ]
    first = PYGEOAPI_ITEMS.format(query="limit=1")
    return running("pygeoapi", command, first, folder, **environment)


def _pygeoapi_settings(url) -> dict:
    schema, table = PEERS_TABLE.split(".")
    provider = {
        "type": "feature",
        "name": "PostgreSQL",
        "data": {
            "host": url.host, "port": url.port or 5432, "dbname": url.database, "user": url.username,
            "password": url.password or "", "search_path": [schema, "public"],
        },
        "id_field": "id",
        "table": table,
        "geom_field": "shape",
    }  # fmt: skip
    words = {"title": "Bench", "description": "Bench", "keywords": ["bench"]}
    links = [{"type": "text/html", "rel": "about", "title": "Bench", "href": "http://127.0.0.1"}]
    return {
        "server": {
            "bind": {"host": "127.0.0.1", "port": 5000},
            "url": "http://127.0.0.1:5000",
            "mimetype": "application/json; charset=UTF-8",
            "encoding": "utf-8",
            "gzip": False,
            "languages": ["en-US"],
            "pretty_print": False,
            "limits": {"default_items": 10, "max_items": 10_000},
            "map": {"url": "http://127.0.0.1/{z}/{x}/{y}.png", "attribution": "none"},
        },
        "logging": {"level": "ERROR"},
        "metadata": {
            "identification": words
            | {"keywords_type": "theme", "terms_of_service": "none", "url": "http://127.0.0.1"},
            "license": {"name": "none", "url": "http://127.0.0.1"},
            "provider": {"name": "Bench", "url": "http://127.0.0.1"},
            "contact": {"name": "Bench"},
        },
        "resources": {
            table: {
                "type": "collection",
                **words,
                "links": links,
                "extents": {
                    "spatial": {
                        "bbox": [-7, 49, 3, 57],
                        "crs": "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
                    }
                },
                "providers": [provider],
            }
        },
    }


TIPG_ITEMS = f"/collections/{PEERS_TABLE}/items?f=geojson&{{query}}"
TIPG_TILE = (
    f"/collections/{PEERS_TABLE}/tiles/WebMercatorQuad/{{z}}/{{x}}/{{y}}?properties={{properties}}"
)
PYGEOAPI_ITEMS = f"/collections/{PEERS_TABLE.split('.')[1]}/items?f=json&{{query}}"
START = {"tipg": tipg, "pygeoapi": pygeoapi}


def peers_python(folder: str, *, install: bool) -> Path | None:
    """The Python of the others' environment; made when asked for. None where it is not there."""
    python = Path(folder) / "bin" / "python"
    if install and not python.exists():
        subprocess.run(["uv", "venv", "-q", "--python", "3.11", folder], check=True)
        subprocess.run(["uv", "pip", "install", "-q", "--python", str(python), *WANTED], check=True)
    return python.absolute() if python.exists() else None


def versions(python: Path | None) -> dict[str, str]:
    """What is installed on the other side."""
    if python is None:
        return {}
    names = ("tipg", "pygeoapi", "uvicorn", "gunicorn", "asyncpg", "sqlalchemy", "fastapi", "flask")
    code = (
        "import importlib.metadata as m, json, platform;"
        f"print(json.dumps({{'python': platform.python_version()}} | {{n: m.version(n) for n in {names!r}}}))"
    )
    return json.loads(subprocess.run([python, "-c", code], check=True, capture_output=True).stdout)
