"""What all benchmarks share: options, rounds that alternate between the contenders, ratios, the report."""

import argparse
import json
import os
import platform
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlencode

import numpy as np
import psycopg

from geo.crs import box_around
from tests.bench import servers, store

CLIENT = Path(__file__).with_name("client.py")
ENGINES = ("postgresql", "sqlite")
# What a plain visitor of the site asks for: vacant land.
FILTERS = {"kind": "land", "status": "vacant"}


def options(description: str) -> argparse.ArgumentParser:
    """The options that every benchmark has."""
    parser = argparse.ArgumentParser(description=description)
    add = parser.add_argument
    add("--rows", type=int, default=1_000_000, help="assets in the register")
    add(
        "--data",
        metavar="DIR",
        help="keep what is built here for the next time; else all is taken away at the end",
    )
    add("--drop", action="store_true", help="take away at the end also what --data keeps")
    add(
        "--peers",
        metavar="DIR",
        default=os.environ.get("BENCH_PEERS", ""),
        help="virtual environment of tipg and pygeoapi (BENCH_PEERS)",
    )
    add("--install", action="store_true", help="make that environment if it is not there")
    add("--no-peers", action="store_true", help="the portal alone")
    add("--engines", nargs="+", choices=ENGINES, default=ENGINES)
    add("--rounds", type=int, default=9)
    add("--seconds", type=float, default=2.0, help="how long a contender is asked in each round")
    add("--connections", type=int, default=4)
    add("--json", action="store_true", help="print the report as JSON, all of it")
    return parser  # fmt: skip


@dataclass
class Bench:
    """One run: what was asked for, a folder, and the report that grows."""

    args: argparse.Namespace
    folder: Path
    report: dict

    @property
    def server(self) -> str:
        return store.server()

    def log(self, words: str) -> None:
        """Say on the error channel what is going on: a million rows take their time."""
        print(f"{platform.node()}: {words}", file=sys.stderr, flush=True)  # noqa: T201

    @contextmanager
    def databases(self, rows: int) -> Iterator[dict[str, str]]:
        """engine -> address of the portal's database with that many assets."""
        engines = [e for e in self.args.engines if e == "sqlite" or self.server]
        if "postgresql" in self.args.engines and not self.server:
            self.missing("postgresql", "neither BENCH_DATABASE_URL nor TEST_DATABASE_URL is set")
        self.log(f"{rows} assets on {' and '.join(engines)}")
        keep = bool(self.args.data) and not self.args.drop
        with store.databases(rows, engines, self.folder, keep=keep) as urls:
            yield urls

    def missing(self, what: str, why: str) -> None:
        """A side that could not be measured is told, never left out in silence."""
        self.report["missing"][what] = why

    @contextmanager
    def peers(self, url: str | None, names=servers.PEERS) -> Iterator[dict[str, servers.Server]]:
        """The other servers that are there, running on that database."""
        python = None
        if self.args.no_peers:
            self.missing("peers", "--no-peers")
        elif url is None:
            self.missing("peers", "they need PostgreSQL")
        elif python := servers.peers_python(
            self.args.peers or str(self.folder / "peers"), install=self.args.install
        ):
            self.report["versions"]["peers"] = servers.versions(python)
        else:
            self.missing("peers", "no environment for them: give --install, or --peers DIR")
        with ExitStack() as stack:
            found = {}
            for name in names if python else ():
                try:
                    found[name] = stack.enter_context(servers.START[name](url, python, self.folder))
                except (RuntimeError, subprocess.CalledProcessError, OSError) as error:
                    self.missing(name, str(error))
            yield found  # fmt: skip


@contextmanager
def begin(args: argparse.Namespace, what: str) -> Iterator[Bench]:
    """A folder for the run, the machine and the versions; prints the report at the end."""
    folder = Path(args.data or tempfile.mkdtemp(prefix="meanwhile-bench-"))
    folder.mkdir(parents=True, exist_ok=True)
    report = {
        "what": what,
        "command": " ".join(["python", "-m", f"tests.bench.{what}", *sys.argv[1:]]),
        "rows": args.rows,
        "machine": _machine(),
        "versions": _versions(),
        "missing": {},
        "notes": {},
        "comparisons": [],
    }
    try:
        yield Bench(args, folder, report)
    finally:
        if not args.data:
            shutil.rmtree(folder, ignore_errors=True)
    report["machine"]["load_at_the_end"] = os.getloadavg()
    report["all_met"] = all(c["met"] for c in report["comparisons"] if c["met"] is not None)
    print(json.dumps(report, indent=1) if args.json else _table(report))  # noqa: T201


def _machine() -> dict:
    cpu = Path("/proc/cpuinfo")
    lines = cpu.read_text().splitlines() if cpu.exists() else []
    model = next(
        (line.split(":")[1].strip() for line in lines if line.startswith("model name")),
        platform.machine(),
    )
    return {"cores": os.cpu_count(), "processor": model, "system": platform.platform(), "load_at_the_start": os.getloadavg()}  # fmt: skip


def _versions() -> dict:
    ours = ("flask", "gunicorn", "sqlalchemy", "psycopg", "numpy", "shapely")
    found = {"python": platform.python_version(), "sqlite": sqlite3.sqlite_version}
    if store.server():
        with psycopg.connect(store.server()) as connection:
            found["postgresql"] = connection.execute("SHOW server_version").fetchone()[0]
            row = connection.execute(
                "SELECT default_version FROM pg_available_extensions WHERE name = 'postgis'"
            ).fetchone()
            found["postgis"] = row[0] if row else "none"
    return found | {name: version(name) for name in ours}  # fmt: skip


@dataclass(frozen=True)
class Contender:
    """A server and what it is asked in turn."""

    server: servers.Server
    paths: list[str]
    connections: int | None = None


def rounds(bench: Bench, contenders: dict[str, Contender]) -> dict[str, list[dict]]:
    """Measure A B C, A B C, ...: what disturbs the machine disturbs all of them. The first round only warms up."""
    measured = {name: [] for name in contenders}
    place = dict.fromkeys(contenders, 0)
    for number in range(bench.args.rounds + 1):
        bench.log(f"round {number} of {bench.args.rounds}")
        for name, contender in contenders.items():
            seconds = bench.args.seconds if number else min(1.0, bench.args.seconds)
            result = measure(contender, seconds, bench.args.connections, place[name])
            place[name] = result.pop("next")
            if number:
                measured[name].append(result)
    return measured


def measure(contender: Contender, seconds: float, connections: int = 4, start: int = 0) -> dict:
    """Ask one server for so long, by a process of its own (client.py)."""
    asked = {
        "port": contender.server.port,
        "paths": contender.paths,
        "connections": contender.connections or connections,
        "seconds": seconds,
        "from": start,
    }
    done = subprocess.run([sys.executable, "-S", CLIENT], input=json.dumps(asked), capture_output=True, text=True, check=False)  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{contender.server.name}: {done.stderr[-1500:]}")
    return json.loads(done.stdout)


def compare(
    bench: Bench,
    name: str,
    sides: tuple[list[float], list[float]],
    *,
    unit: str,
    target: float,
    most: bool = False,
) -> None:
    """One line of the report: the median of the rounds' ratios mine / other, against what we aim at."""
    mine, other = sides
    ratios = [a / b for a, b in zip(mine, other, strict=True)]
    ratio = statistics.median(ratios)
    met = ratio <= target if most else ratio >= target
    bench.report["comparisons"].append(
        {
            "name": name,
            "ratio": round(ratio, 3),
            "target": f"{'at most' if most else 'at least'} {target:g}",
            "met": met,
            "mine": round(statistics.median(mine), 3),
            "other": round(statistics.median(other), 3),
            "unit": unit,
            "n": len(ratios),
            "ratios": [round(value, 3) for value in ratios],
        }
    )


def check(bench: Bench, name: str, ok: bool) -> None:
    """One line of the report that is true or not."""
    bench.report["comparisons"].append({"name": name, "ratio": None, "target": "always", "met": bool(ok)})  # fmt: skip


def each(results: list[dict], what: str) -> list[float]:
    """One number of every round."""
    return [result[what] for result in results]


def medians(results: list[dict]) -> dict:
    """The raw medians over the rounds."""
    keys = ("rate", "median_ms", "p95_ms", "bytes", "requests")
    return {key: round(statistics.median(each(results, key)), 3) for key in keys}


def spots(rows: int, number: int, seed: int = 1) -> np.ndarray:
    """Longitude and latitude of people who ask: each within a kilometre of some asset, so mostly in towns."""
    register = store.make(rows)
    rng = np.random.default_rng(seed)
    boxes = register.assets[["west", "south"]].dropna().to_numpy()
    found = boxes[rng.integers(0, len(boxes), number)] + rng.normal(0, 0.005, (number, 2))
    return found.round(5)


def around(lon: float, lat: float, metres: float) -> str:
    """The box around a point as `bbox` is written."""
    return ",".join(f"{side:.6f}" for side in box_around(lon, lat, metres))


def near_me(spot, **changed) -> str:
    """The request of the main target: within 2 km, two filters, the nearest 50."""
    asked = {"near": f"{spot[1]},{spot[0]}", "within": 2000, **FILTERS, "limit": 50} | changed
    return f"/assets.geojson?{urlencode(asked, safe=',')}"


def _table(report: dict) -> str:
    lines = [f"{report['what']}: {report['rows']} assets, {report['machine']['cores']} cores"]
    for c in report["comparisons"]:
        mark = "met" if c["met"] else "MISSED"
        measured = f"{c['mine']:g} / {c['other']:g} {c['unit']} (n={c['n']})" if c["ratio"] else ""
        ratio = f"{c['ratio']:.2f}" if c["ratio"] else ""
        lines.append(f"  {c['name']:<58} {ratio:>9}  {c['target']:<13} {mark:<7} {measured}")
    lines += [f"  {what}: {note}" for what, note in report["notes"].items()]
    lines += [f"  not measured: {what}: {why}" for what, why in report["missing"].items()]
    return "\n".join(lines)


def mean_returned(server: servers.Server, paths: list[str]) -> float:
    """How many features an answer has on average."""
    return statistics.mean(len(server.json(path)["features"]) for path in paths)


def same_ids(first: servers.Server, second: servers.Server, paths: list[str]) -> bool:
    """Whether two servers give the same features in the same order."""
    return all(
        [f["id"] for f in first.json(path)["features"]]
        == [f["id"] for f in second.json(path)["features"]]
        for path in paths
    )
