"""Both engines give exactly what brute force over Shapely gives: random questions, plots included.

    python -m tests.bench.exactness [--queries 1000] [--rows N] [--data DIR] [--json]

Each question is asked over HTTP; the answer's numbers, their order (nearest first, equals by number), the distances and
the count of all that match must be the same as when every asset of the register is measured.
"""

from contextlib import ExitStack
from urllib.parse import urlencode

import numpy as np
import shapely

from geo.crs import BRITISH_GRID, STORED
from geo.shapes import project
from tests.bench import data, servers, store
from tests.bench.common import Bench, begin, check, options, spots

MOST = 1000
LIMITS = (1, 10, 50, 200)
REACHES = (50, 300, 1000, 2000, 5000, 20_000)


class Brute:
    """The register measured whole, each time."""

    def __init__(self, rows: int) -> None:
        self.assets = store.make(rows).assets
        self.shapes = store.make(rows).shapes
        self.metric = project(self.shapes, STORED, BRITISH_GRID)
        self.placed = ~shapely.is_missing(self.shapes)

    def fitting(self, asked: dict) -> np.ndarray:
        """Positions of the assets that have a place and pass the filters."""
        mask = self.placed.copy()
        for name in ("kind", "status"):
            if name in asked:
                mask &= (self.assets[name] == asked[name]).to_numpy()
        if "capacity" in asked:
            mask &= (self.assets["capacity"].fillna(-1) >= asked["capacity"]).to_numpy(bool)
        if "holder" in asked:
            mask &= (self.assets["holder_id"] == asked["holder"]).to_numpy()
        return np.flatnonzero(mask)

    def near(self, asked: dict, lon: float, lat: float) -> tuple[list[int], list[float], int]:
        """Numbers and metres of the nearest, and how many match."""
        rows = self.fitting(asked)
        point = project([shapely.Point(lon, lat)], STORED, BRITISH_GRID)[0]
        metres = shapely.distance(self.metric[rows], point).round(2)
        if "within" in asked:
            rows, metres = rows[metres <= asked["within"]], metres[metres <= asked["within"]]
        ids = self.assets["id"].to_numpy()[rows]
        order = np.lexsort((ids, metres))[: asked["limit"]]
        return ids[order].tolist(), metres[order].tolist(), len(rows)

    def touching(self, asked: dict, shape: shapely.Geometry) -> set[int]:
        """Numbers of all that touch a shape."""
        rows = self.fitting(asked)
        shapely.prepare(shape)
        return set(self.assets["id"].to_numpy()[rows[shapely.intersects(self.shapes[rows], shape)]].tolist())  # fmt: skip


def main(argv: list[str] | None = None) -> dict:
    parser = options(__doc__)
    parser.add_argument("--queries", type=int, default=1000)
    args = parser.parse_args(argv)
    with begin(args, "exactness") as bench, ExitStack() as stack:
        urls = stack.enter_context(bench.databases(args.rows))
        ours = {
            e: stack.enter_context(servers.portal(url, bench.folder, f"portal-{e}"))
            for e, url in urls.items()
        }
        wrong = _run(bench, ours)
        bench.report["notes"]["wrong"] = {engine: found[:5] for engine, found in wrong.items()}
        for engine, found in wrong.items():
            check(bench, f"{engine}: the same as brute force, {args.queries} questions", not found)
    return bench.report  # fmt: skip


def _run(bench: Bench, ours: dict) -> dict[str, list[str]]:
    brute = Brute(bench.args.rows)
    rng = np.random.default_rng(7)
    wrong: dict[str, list[str]] = {engine: [] for engine in ours}
    returned = 0
    for number, (lon, lat) in enumerate(spots(bench.args.rows, bench.args.queries, seed=4)):
        if number % 100 == 0:
            bench.log(f"question {number} of {bench.args.queries}")
        ask = (_near, _near, _box, _drawn)[number % 4]
        query, right = ask(brute, rng, float(lon), float(lat))
        path = f"/assets.geojson?{urlencode(query, safe=',;')}"
        for engine, server in ours.items():
            answer = server.json(path)
            returned += len(answer["features"])
            if why := right(answer):
                wrong[engine].append(f"{path}: {why}")
    bench.report["notes"]["features compared"] = returned
    return wrong


def _filters(rng: np.random.Generator) -> dict:
    asked = {}
    if rng.random() < 0.7:
        asked["kind"] = str(rng.choice(list(data.KINDS)))
    if rng.random() < 0.7:
        asked["status"] = str(rng.choice(list(data.STATUSES)))
    if rng.random() < 0.2:
        asked["capacity"] = int(rng.integers(1, 250))
    if rng.random() < 0.1:
        asked["holder"] = int(rng.integers(1, data.HOLDERS + 1))
    return asked


def _near(brute: Brute, rng: np.random.Generator, lon: float, lat: float):
    asked = _filters(rng) | {"limit": int(rng.choice(LIMITS))}
    if rng.random() < 0.8:
        asked["within"] = int(rng.choice(REACHES))
    ids, metres, total = brute.near(asked, lon, lat)

    def right(answer: dict) -> str:
        got = [f["id"] for f in answer["features"]]
        far = [f["properties"].get("metres") for f in answer["features"]]
        if got != ids:
            return f"numbers {got[:20]} should be {ids[:20]}"
        if None not in far and not np.allclose(far, metres, atol=0.011, rtol=0):
            return f"metres {far[:9]} should be {metres[:9]}"
        return _count(answer, total)

    return asked | {"near": f"{lat},{lon}"}, right


def _box(brute: Brute, rng: np.random.Generator, lon: float, lat: float):
    size = float(rng.choice((0.002, 0.01, 0.05)))
    sides = [round(v, 5) for v in (lon - size, lat - size / 2, lon + size / 2, lat + size)]
    asked = _filters(rng)
    right = _set(brute.touching(asked, shapely.box(*sides)))
    return asked | {"bbox": ",".join(map(str, sides)), "limit": MOST}, right


def _drawn(brute: Brute, rng: np.random.Generator, lon: float, lat: float):
    """A star of nine corners, as somebody draws it."""
    angle = np.linspace(0, 2 * np.pi, 9, endpoint=False)
    reach = rng.uniform(0.2, 1.0, 9) * float(rng.choice((0.003, 0.02)))
    corners = np.column_stack((lon + reach * np.cos(angle), lat + reach * np.sin(angle))).round(5)
    asked = _filters(rng)
    right = _set(brute.touching(asked, shapely.Polygon(corners)))
    inside = ";".join(f"{x},{y}" for x, y in corners.tolist())
    return asked | {"inside": inside, "limit": MOST}, right


def _set(expected: set[int]):
    def right(answer: dict) -> str:
        got = [f["id"] for f in answer["features"]]
        if len(set(got)) != len(got):
            return "the same asset twice"
        if len(expected) <= MOST and set(got) != expected:
            return f"missing {sorted(expected - set(got))[:9]}, too many {sorted(set(got) - expected)[:9]}"
        if not set(got) <= expected:
            return f"too many {sorted(set(got) - expected)[:9]}"
        return _count(answer, len(expected))

    return right


def _count(answer: dict, total: int) -> str:
    said = answer["numberMatched"]
    return "" if said == total else f"{said} match, it says; there are {total}"


if __name__ == "__main__":
    main()
