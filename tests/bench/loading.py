"""Loading a register by `portal import-register` against GeoPandas reading the same file, and the memory of each.

    python -m tests.bench.loading [--rows N] [--engine sqlite|postgresql] [--rounds N] --json

Ours is the whole command on an empty area: interpreter, columns, coordinates, wards, postcodes, database, index of
words, commit. Theirs is `geopandas.read_file` alone, without its import.
"""

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import shapely
from shapely.geometry import mapping
from sqlalchemy import make_url

from portal.config import ROOT
from tests.bench import store
from tests.bench.common import ENGINES, Bench, begin, check, compare, options

MOST_TIMES = 10.0
MOST_MIB = 400
HEADINGS = (
    "OrganisationLabel,OrganisationURI,EffectiveDate,UPRN,AssetCode,PropertyName,StreetNumber,StreetName,PostTown,"
    "PostCode,CoordinateReferenceSystem,GeoX,GeoY,TenureType,TenureDetail,OtherDetail,HoldingType,BuildingSize,"
    "LandArea,EnergyRating"
)
CENTRE, REACH = (-2.35, 53.42), 0.09
READ = """
import sys, time, geopandas
began = time.perf_counter()
rows = len(geopandas.read_file(sys.argv[1]))
print(time.perf_counter() - began, rows)
"""


def main(arguments: list[str] | None = None) -> None:
    """Build a register, then load it by turns."""
    parser = options(__doc__.partition("\n")[0])
    parser.set_defaults(rounds=3)
    parser.add_argument("--engine", choices=ENGINES, help="this one only")
    args = parser.parse_args(arguments)
    args.engines = [args.engine] if args.engine else list(args.engines)
    with begin(args, "loading") as bench:
        file = build(bench.folder, args.rows)
        for engine in args.engines:
            if engine == "postgresql" and not store.server():
                bench.missing(engine, "neither BENCH_DATABASE_URL nor TEST_DATABASE_URL is set")
            else:
                _compare(bench, engine, file)


def _compare(bench: Bench, engine: str, file: Path) -> None:
    ours, theirs = [], []
    for number in range(bench.args.rounds):
        bench.log(f"{engine}: round {number + 1} of {bench.args.rounds}")
        theirs.append(_geopandas(file))
        with DATABASE[engine](bench.folder) as url:
            _run(url, "import-places", "--area", "bench", *_places(bench.folder))
            ours.append(_load(url, file, bench.args.rows))
    seconds = [run[0] for run in ours], [run[0] for run in theirs]
    compare(
        bench,
        f"{engine}: loading {bench.args.rows} rows",
        seconds,
        unit="s",
        target=MOST_TIMES,
        most=True,
    )
    peaks = {"ours": max(run[1] for run in ours), "geopandas": max(run[1] for run in theirs)}
    bench.report["notes"][f"{engine}: peak memory, MiB"] = peaks
    check(bench, f"{engine}: within {MOST_MIB} MiB", peaks["ours"] <= MOST_MIB)


def _load(url: str, file: Path, rows: int) -> tuple[float, int]:
    began = time.perf_counter()
    found, peak = _run(url, "import-register", file, "--area", "bench", "--json")
    taken = time.perf_counter() - began
    report = json.loads(found)
    if (report["rows"], report["new"]) != (rows, rows):
        raise RuntimeError(f"{report['new']} of {report['rows']} rows came in, not {rows}")
    return taken, peak


def _geopandas(file: Path) -> tuple[float, int]:
    said, peak = _measured([sys.executable, "-c", READ, file])
    return float(said.split()[0]), peak


def _run(url: str, *command: object) -> tuple[str, int]:
    return _measured([sys.executable, "-m", "portal.cli", *command], DATABASE_URL=url)


def _measured(command: list[object], **settings: str) -> tuple[str, int]:
    """(what a program prints, its peak memory in MiB); the kernel keeps the account of each process."""
    process = subprocess.Popen(
        list(map(str, command)),
        cwd=ROOT,
        env=os.environ | settings,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process.stdout as out:
        said = out.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{command} ended with {process.returncode}")
    return said, usage.ru_maxrss // 1024


@contextmanager
def _sqlite(folder: Path) -> Iterator[str]:
    path = folder / "loading.sqlite3"
    url = f"sqlite:///{path}"
    _run(url, "migrate")
    try:
        yield url
    finally:
        for end in ("", "-wal", "-shm"):
            path.with_name(path.name + end).unlink(missing_ok=True)


@contextmanager
def _postgresql(_folder: Path) -> Iterator[str]:
    name = f"meanwhile_loading_{os.getpid()}"
    with closing(psycopg.connect(store.server(), autocommit=True)) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        try:
            url = make_url(store.server()).set(drivername="postgresql", database=name)
            shown = url.render_as_string(hide_password=False)
            _run(shown, "migrate")
            yield shown
        finally:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


DATABASE = {"sqlite": _sqlite, "postgresql": _postgresql}


# What is loaded.


def build(folder: Path, rows: int) -> Path:
    """A register as the Transparency Code has it, and the boundary, wards and postcodes of its area."""
    chance = random.Random(1)
    middle = shapely.Point(CENTRE)
    area = middle.buffer(REACH, quad_segs=64)
    (folder / "boundary.geojson").write_text(_collection([("E08000099", "Bench", area)]))
    _wards(folder, area)
    postcodes = [_postcode(number) for number in range(4000)]
    spots = {code: _spot(chance, REACH * 0.95) for code in postcodes}
    lines = [f"{code},{lon:.6f},{lat:.6f}" for code, (lon, lat) in spots.items()]
    (folder / "postcodes.csv").write_text("\n".join(["postcode,lon,lat", *lines]))
    path = folder / f"register-{rows}.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write(f"{HEADINGS}\n")
        for number in range(rows):
            file.write(_row(chance, number, postcodes[number % len(postcodes)], spots))
    return path


def _row(
    chance: random.Random, number: int, code: str, spots: dict[str, tuple[float, float]]
) -> str:
    lon, lat = (side + chance.uniform(-0.003, 0.003) for side in spots[code])
    name = f"{chance.choice(('Old', 'New', 'High', 'Low'))} {chance.choice(('Hall', 'Yard', 'Library', 'Field'))}"
    return (
        f"Bench Council,https://example.org/bench,2025-01-31,{100_000_000_000 + number},B{number:07},"
        f"{name} {number},{number % 300},{chance.choice(('Mill Lane', 'High Street', 'Station Road'))},Sale,{code},"
        f"WGS84,{lon:.6f},{lat:.6f},Freehold,{chance.choice(('Vacant', 'Owner Occupied', 'Leasehold Out'))},"
        f'"Depot, with a yard",{chance.choice(("Land", "Buildings"))},{chance.randint(10, 5000)},,'
        f"{chance.choice('ABCDE')}\n"
    )


def _spot(chance: random.Random, reach: float) -> tuple[float, float]:
    while True:
        east, north = chance.uniform(-reach, reach), chance.uniform(-reach, reach)
        if east * east + north * north < reach * reach:
            return CENTRE[0] + east, CENTRE[1] + north


def _postcode(number: int) -> str:
    letters = "ABDEFGHJLN"
    return f"M{number // 1000 + 31} {number // 100 % 10}{letters[number // 10 % 10]}{letters[number % 10]}"


def _wards(folder: Path, area: shapely.Geometry) -> None:
    side = REACH / 2.5
    west, south = CENTRE[0] - REACH, CENTRE[1] - REACH
    cells = [(x, y) for x in range(5) for y in range(5)]
    drawn = [
        (f"E0599{x}{y}", f"Ward {x}{y}",
         area & shapely.box(west + x * side, south + y * side, west + (x + 1) * side, south + (y + 1) * side))
        for x, y in cells
    ]  # fmt: skip
    (folder / "wards.geojson").write_text(_collection(drawn))


def _collection(shapes: list[tuple[str, str, shapely.Geometry]]) -> str:
    features = [
        {
            "type": "Feature",
            "properties": {"area_code": code, "area_name": name},
            "geometry": mapping(shape),
        }
        for code, name, shape in shapes
    ]
    return json.dumps({"type": "FeatureCollection", "features": features})


def _places(folder: Path) -> list[object]:
    files = {"boundary": "boundary.geojson", "wards": "wards.geojson", "postcodes": "postcodes.csv"}
    return [part for what, name in files.items() for part in (f"--{what}", folder / name)]


if __name__ == "__main__":
    main()
