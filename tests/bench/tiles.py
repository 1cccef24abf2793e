"""Vector tiles: at zoom 14 against tipg on the same rows; at zoom 6 and 10 against raw ST_AsMVT; never stale.

    python -m tests.bench.tiles [--rows N] [--data DIR] [--install | --peers DIR] [--json]

The raw side is the bare statement in the database, without any server around it and with three attributes only; ours is
the whole way over HTTP. Every tile with filters is asked in other words (`land_to` falls), so that none is taken from
memory; those without filters may be, as long as nothing has changed, and "first" tells what they take before.
"""

import sqlite3
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from urllib.parse import urlencode

import mapbox_vector_tile
import psycopg
import shapely
from sqlalchemy import make_url

from geo import tiles
from tests.bench import servers, store
from tests.bench.common import (
    FILTERS,
    Bench,
    Contender,
    begin,
    check,
    compare,
    each,
    measure,
    medians,
    options,
    rounds,
    spots,
)

NEAR, MIDDLE, FAR = 14, 10, 6
AT_14 = 200
TURN = 10
TARGETS = {(FAR, False): 100, (MIDDLE, False): 100, (FAR, True): 50, (MIDDLE, True): 8}
TIPG_TARGET = 1.6
RAW = f"""
SELECT ST_AsMVT(t, 'assets') FROM (
  SELECT ST_AsMVTGeom(ST_Transform(shape, 3857), ST_TileEnvelope(%(z)s, %(x)s, %(y)s), 4096, 64) AS geom, id, kind, status
  FROM {store.PEERS_TABLE} WHERE shape && ST_Transform(ST_TileEnvelope(%(z)s, %(x)s, %(y)s), 4326) {{where}}
) t WHERE geom IS NOT NULL"""
WHERE = "AND kind = %(kind)s AND status = %(status)s AND land_m2 <= %(land_to)s::float"
OURS = "/tiles/{}/{}/{}.mvt"


def tile_at(zoom: int, lon: float, lat: float) -> tuple[int, int, int]:
    """The tile that a place lies in."""
    across, down = tiles.world([lon], [lat])
    return zoom, int(across[0] * 2**zoom), int(down[0] * 2**zoom)


def filtered(number: int) -> dict[str, str]:
    """Filters that nobody has asked for before: vacant land of at most so many square metres, which is all of it."""
    return FILTERS | {"land_to": str(900_000_000 - number)}


def main(argv: list[str] | None = None) -> dict:
    args = options(__doc__).parse_args(argv)
    with begin(args, "tiles") as bench, ExitStack() as stack:
        enter = stack.enter_context
        urls = enter(bench.databases(args.rows))
        # The first tile reads the register, before anything is measured.
        ours = {
            e: enter(servers.portal(url, bench.folder, f"portal-{e}", OURS.format(0, 0, 0)))
            for e, url in urls.items()
        }
        peers = enter(bench.peers(urls.get("postgresql"), ("tipg",)))
        _at_14(bench, ours, peers)
        if "postgresql" in urls:
            raw = enter(closing(psycopg.connect(urls["postgresql"], autocommit=True)))
            _against_raw(bench, ours, raw)
        for engine, url in urls.items():
            _never_stale(bench, engine, ours[engine], url)
    return bench.report  # fmt: skip


def _at_14(bench: Bench, ours: dict, peers: dict) -> None:
    where = list(
        dict.fromkeys(tile_at(NEAR, *spot) for spot in spots(bench.args.rows, AT_14, seed=2))
    )
    first = next(iter(ours.values()))
    told = [
        _decoded(first.get(OURS.format(*tile))) for tile in where[-5:]
    ]  # these have been asked for, then
    said = {name for features in told for f in features for name in f["properties"]}
    same = [name for name in store.PEERS_COLUMNS if name in said]
    contenders = {
        e: Contender(server, [OURS.format(*tile) for tile in where]) for e, server in ours.items()
    }
    theirs = [
        servers.TIPG_TILE.format(z=z, x=x, y=y, properties=",".join(same)) for z, x, y in where
    ]
    contenders |= {name: Contender(server, theirs) for name, server in peers.items()}
    notes = bench.report["notes"]
    notes["attributes at zoom 14"] = {"ours": sorted(said), "tipg": same}
    # Each tile once, in small turns: what it takes before anybody has asked for it.
    firsts: dict[str, list[float]] = {name: [] for name in contenders}
    for start in range(0, len(where), TURN):
        for name, c in contenders.items():
            firsts[name].append(c.server.milliseconds(c.paths[start : start + TURN]))
    notes["features at zoom 14"] = {
        name: sum(len(_decoded(c.server.get(path))) for path in c.paths)
        for name, c in contenders.items()
    }
    measured = rounds(bench, contenders)
    bench.report["medians"] = {
        f"{name} zoom 14": medians(results) for name, results in measured.items()
    }
    for engine in ours:
        for peer in peers:
            words = f"{engine} : {peer}, zoom 14"
            sides = each(measured[engine], "rate"), each(measured[peer], "rate")
            compare(bench, words, sides, unit="tiles/s", target=TIPG_TARGET)
            sides = tuple(_speeds(firsts[who]) for who in (engine, peer))
            compare(bench, f"{words}, first", sides, unit="tiles/s", target=TIPG_TARGET)


def _speeds(milliseconds: list[float]) -> list[float]:
    return [1000 / ms for ms in milliseconds]


def _against_raw(bench: Bench, ours: dict, raw: psycopg.Connection) -> None:
    lon, lat = store.make(bench.args.rows).towns[0]  # the busiest place of all
    seconds = min(bench.args.seconds, 0.5)
    asks: dict[str, Callable[[int], float]] = {}
    for zoom in (FAR, MIDDLE):
        tile = tile_at(zoom, lon, lat)
        for filters in (False, True):
            asks[f"raw {zoom} {filters}"] = _raw(raw, tile, filters=filters)
            for engine, server in ours.items():
                asks[f"{engine} {zoom} {filters}"] = _ours(server, tile, seconds, filters=filters)
    took: dict[str, list[float]] = {name: [] for name in asks}
    for number in range(bench.args.rounds + 1):
        bench.log(f"raw tiles, round {number} of {bench.args.rounds}")
        for name, ask in asks.items():
            milliseconds = ask(number)
            if number:
                took[name].append(milliseconds)
    for (zoom, filters), target in TARGETS.items():
        for engine in ours:
            sides = tuple(_speeds(took[f"{who} {zoom} {filters}"]) for who in (engine, "raw"))
            words = f"{engine} : ST_AsMVT, zoom {zoom}{', filters' if filters else ''}"
            compare(bench, words, sides, unit="tiles/s", target=target)  # fmt: skip


def _raw(connection: psycopg.Connection, tile: tuple, *, filters: bool) -> Callable[[int], float]:
    statement = RAW.format(where=WHERE if filters else "")
    place = dict(zip("zxy", tile, strict=True))

    def ask(number: int) -> float:
        values = place | filtered(number)
        began = time.perf_counter()
        connection.execute(statement, values).fetchone()
        return (time.perf_counter() - began) * 1000

    return ask


MANY = 2000  # more than are asked for in a round


def _ours(
    server: servers.Server, tile: tuple, seconds: float, *, filters: bool
) -> Callable[[int], float]:
    def ask(number: int) -> float:
        numbers = range(number * MANY, (number + 1) * MANY)
        queries = [f"?{urlencode(filtered(n))}" for n in numbers] if filters else [""]
        paths = [OURS.format(*tile) + query for query in queries]
        return measure(Contender(server, paths, connections=1), seconds)["median_ms"]

    return ask


def _never_stale(bench: Bench, engine: str, server: servers.Server, url: str) -> None:
    """One asset is changed by SQL, as another program would; the next tile of every zoom shows it."""
    lon, lat = spots(bench.args.rows, 1, seed=3)[0]
    where = [tile_at(zoom, lon, lat) for zoom in (FAR, MIDDLE, NEAR)]
    query = f"?{urlencode(FILTERS)}"

    def seen() -> list[bytes]:
        return [server.get(OURS.format(*tile) + query) for tile in where]

    with closing(_connect(url)) as connection:
        # It is moved to where somebody looks, as vacant land; before and after the register is as it was.
        before = seen()
        row = connection.execute(
            "SELECT id, kind, status, west, south, east, north, shape FROM asset WHERE parent_id IS NULL AND shape IS NOT NULL ORDER BY id LIMIT 1"
        ).fetchone()
        mark = "%s" if engine == "postgresql" else "?"
        change = f"UPDATE asset SET kind = {mark}, status = {mark}, west = {mark}, south = {mark}, east = {mark}, north = {mark}, shape = {mark} WHERE id = {mark}"
        began = time.perf_counter()
        connection.execute(
            change, ("land", "vacant", lon, lat, lon, lat, _point(engine, lon, lat), row[0])
        )
        changed = seen()
        milliseconds = (time.perf_counter() - began) * 1000
        connection.execute(change, (*row[1:], row[0]))
        after = seen()
    bench.report["notes"][f"{engine}: a change and three new tiles, ms"] = round(milliseconds, 1)
    shown = all(a != b for a, b in zip(before, changed, strict=True)) and after == before
    check(bench, f"{engine}: the next tile shows a change made by SQL", shown)  # fmt: skip


def _connect(url: str):
    if url.startswith("sqlite"):
        return sqlite3.connect(make_url(url).database, isolation_level=None)
    return psycopg.connect(url, autocommit=True)


def _point(engine: str, lon: float, lat: float):
    point = shapely.set_srid(shapely.Point(lon, lat), 4326)
    if engine == "postgresql":
        return shapely.to_wkb(point, hex=True, include_srid=True)
    return shapely.to_wkb(point)


def _decoded(body: bytes) -> list[dict]:
    layers = mapbox_vector_tile.decode(body) if body else {}
    return [feature for layer in layers.values() for feature in layer["features"]]


if __name__ == "__main__":
    main()
