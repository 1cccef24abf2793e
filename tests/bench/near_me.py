"""Near-me over HTTP: within 2 km, two filters, the nearest 50, as JSON.

    python -m tests.bench.near_me [--rows N] [--data DIR] [--install | --peers DIR] [--json]

People ask by postcode, so the same few hundred places are asked for again and again; "new" asks for places that nobody
has asked for before. Against pygeoapi's and tipg's `items?limit=10&bbox=` of the same 2 km on the same rows in the same PostGIS; against this
server's own empty route; SQLite against PostgreSQL; a million assets against ten thousand.
"""

from contextlib import ExitStack

from tests.bench import servers
from tests.bench.common import (
    Bench,
    Contender,
    around,
    begin,
    compare,
    each,
    mean_returned,
    medians,
    near_me,
    options,
    rounds,
    same_ids,
    spots,
)

SPOTS = 400
NEW = 20_000  # more than are asked for in a run
FEW = 10_000
ITEMS = {"tipg": servers.TIPG_ITEMS, "pygeoapi": servers.PYGEOAPI_ITEMS}
TARGETS = {"pygeoapi": 20, "tipg": 10}
# The lightest page there is, the first of these: it asks no database.
EMPTY = ("/ping", "/healthz")


def main(argv: list[str] | None = None) -> dict:
    parser = options(__doc__)
    parser.add_argument("--few", type=int, default=FEW, help="the small register")
    args = parser.parse_args(argv)
    with begin(args, "near_me") as bench, ExitStack() as stack:
        enter = stack.enter_context
        large, few = enter(bench.databases(args.rows)), enter(bench.databases(args.few))
        ours = {
            e: enter(servers.portal(url, bench.folder, f"portal-{e}")) for e, url in large.items()
        }
        small = {
            e: enter(servers.portal(url, bench.folder, f"portal-{e}-few")) for e, url in few.items()
        }
        peers = enter(bench.peers(large.get("postgresql")))
        _run(bench, ours, small, peers)
    return bench.report  # fmt: skip


def _run(bench: Bench, ours: dict, small: dict, peers: dict) -> None:
    asked = spots(bench.args.rows, SPOTS)
    paths = [near_me(spot) for spot in asked]
    unasked = [near_me(spot) for spot in spots(bench.args.rows, NEW, seed=5)]
    boxes = ["limit=10&bbox=" + around(*spot, 2000) for spot in asked]
    first = next(iter(ours.values()))
    empty = next(path for path in EMPTY if first.answers(path))
    contenders = {}
    for engine, server in ours.items():
        contenders[engine] = Contender(server, paths)
        contenders[f"{engine} new"] = Contender(server, unasked)
        contenders[f"{engine} empty"] = Contender(server, [empty])
        contenders[f"{engine} alone"] = Contender(server, paths, connections=1)
        contenders[f"{engine} few"] = Contender(small[engine], paths, connections=1)
    for name, server in peers.items():
        contenders[name] = Contender(server, [ITEMS[name].format(query=box) for box in boxes])
    notes = bench.report["notes"]
    notes["empty route"] = empty
    notes["features in an answer"] = {
        name: mean_returned(c.server, c.paths[-50:])
        for name, c in contenders.items()
        if not name.endswith("empty")
    }
    if len(ours) > 1:
        notes["engines agree"] = same_ids(*ours.values(), paths[:50])
    measured = rounds(bench, contenders)
    bench.report["medians"] = {name: medians(results) for name, results in measured.items()}
    for engine, server in (ours | {f"{e} few": s for e, s in small.items()} | peers).items():
        notes[f"server {engine}"] = server.note | {"megabytes": server.megabytes()}
    _judge(bench, measured, list(ours), list(peers))  # fmt: skip


def _judge(bench: Bench, measured: dict, engines: list[str], peers: list[str]) -> None:
    rate = {name: each(results, "rate") for name, results in measured.items()}

    def rates(mine: str, other: str, target: float) -> None:
        sides = rate[mine], rate[other]
        compare(bench, f"{mine} : {other}", sides, unit="requests/s", target=target)

    for peer in peers:
        rates("postgresql", peer, TARGETS[peer])
        rates("postgresql new", peer, TARGETS[peer])
    for engine in engines:
        for asked in (engine, f"{engine} new"):
            rates(asked, f"{engine} empty", 0.45)
        sides = tuple(each(measured[f"{engine} {what}"], "p95_ms") for what in ("alone", "few"))
        words = f"{engine}: p95 at {bench.args.rows} : at {bench.args.few}"
        compare(bench, words, sides, unit="ms", target=2, most=True)
    if len(engines) > 1:
        rates("sqlite", "postgresql", 0.85)


if __name__ == "__main__":
    main()
