"""A thousand features of a box as GeoJSON, against pygeoapi and tipg on the same rows.

python -m tests.bench.features [--rows N] [--data DIR] [--install | --peers DIR] [--json]
"""

from contextlib import ExitStack

from tests.bench import servers, store
from tests.bench.common import (
    Bench,
    Contender,
    begin,
    compare,
    each,
    mean_returned,
    medians,
    options,
    rounds,
)

LIMIT = 1000
BOXES = 12
ITEMS = {"tipg": servers.TIPG_ITEMS, "pygeoapi": servers.PYGEOAPI_ITEMS}
TARGET = 5


def boxes(rows: int, limit: int = LIMIT) -> list[str]:
    """Boxes around the largest towns that hold at least so many places, and not many more."""
    register = store.make(rows)
    found = []
    for lon, lat in register.towns[:BOXES]:
        near = register.assets[["west", "south"]].dropna().to_numpy()
        far = abs(near - (lon, lat)).max(axis=1)
        far.partition(min(limit * 3 // 2, len(far) - 1))
        reach = far[min(limit * 3 // 2, len(far) - 1)]
        found.append(f"{lon - reach:.5f},{lat - reach:.5f},{lon + reach:.5f},{lat + reach:.5f}")
    return found


def main(argv: list[str] | None = None) -> dict:
    args = options(__doc__).parse_args(argv)
    with begin(args, "features") as bench, ExitStack() as stack:
        enter = stack.enter_context
        urls = enter(bench.databases(args.rows))
        ours = {
            e: enter(servers.portal(url, bench.folder, f"portal-{e}")) for e, url in urls.items()
        }
        peers = enter(bench.peers(urls.get("postgresql")))
        _run(bench, ours, peers)
    return bench.report  # fmt: skip


def _run(bench: Bench, ours: dict, peers: dict) -> None:
    asked = [f"limit={LIMIT}&bbox={box}" for box in boxes(bench.args.rows)]
    contenders = {
        e: Contender(server, [f"/assets.geojson?{query}" for query in asked])
        for e, server in ours.items()
    }
    contenders |= {
        name: Contender(server, [ITEMS[name].format(query=query) for query in asked])
        for name, server in peers.items()
    }
    bench.report["notes"]["features in an answer"] = {
        name: mean_returned(c.server, c.paths) for name, c in contenders.items()
    }
    measured = rounds(bench, contenders)
    bench.report["medians"] = {name: medians(results) for name, results in measured.items()}
    rate = {name: each(results, "rate") for name, results in measured.items()}
    for engine in ours:
        for peer in peers:
            compare(bench, f"{engine} : {peer}", (rate[engine], rate[peer]), unit="requests/s", target=TARGET)  # fmt: skip


if __name__ == "__main__":
    main()
