"""People at once: browsing, searching, signing petitions and asking for rooms, by “portal run” on both engines.

    python -m tests.bench.load [--people 8] [--workers 2] [--rounds 3] [--seconds 30] [--rows ROOMS] [--data DIR] [--json]

Each of the people goes again and again through a visit of the mixture (`visits.MIX`), without a pause to think and with a
connection of their own; each visit comes from an address of its own, as behind one proxy. The engines take turns, round by
round. An answer that is not the expected one is an error; that a room has just been asked for by somebody else is told apart.
At the end every signature and request that was answered with a yes must be in the database, once, and nothing else. Memory
is what all processes of the server hold, each its share of what they hold together, before, between and after the rounds.
"""

import sys
import time as clocks
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from statistics import median, quantiles
from threading import Thread
from unittest.mock import patch

from sqlalchemy import select

from portal import clock
from portal.app import create_app
from portal.areas.models import Area, Postcode
from portal.db import db
from portal.lettings.models import Let
from portal.people import service as people
from portal.petitions import service as petitions
from portal.petitions.models import PetitionSignature
from portal.register.models import Asset
from portal.register.rules import Kind
from tests import factories
from tests.bench import lets, servers, visits
from tests.bench.common import Bench, begin, check, options
from tests.proposals.stage import Stage

ROOMS, HOLDS = 2000, 100_000
CASES = 6
SIGNING = timedelta(days=20)  # that a petition is open
STEADY = 1.05  # how much more memory than after the first round
KEY = "bench-" * 8


@dataclass
class Side:
    """One engine's server, and what all people met there."""

    engine: str
    server: servers.Server
    crowd: list[visits.Person]
    rates: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)

    @property
    def requests(self) -> int:
        return sum(len(took) for one in self.crowd for took in one.told.took.values())


def main(argv: list[str] | None = None) -> dict:
    parser = options(__doc__)
    parser.add_argument("--holds", type=int, default=HOLDS)
    parser.add_argument("--people", type=int, default=8, help="visitors at once")
    parser.add_argument("--workers", type=int, default=2)
    parser.set_defaults(rows=ROOMS, rounds=3, seconds=30.0)
    args = parser.parse_args(argv)
    with begin(args, "load") as bench, ExitStack() as stack:
        engines = [e for e in args.engines if e == "sqlite" or bench.server]
        if len(engines) < len(args.engines):
            bench.missing("postgresql", "neither BENCH_DATABASE_URL nor TEST_DATABASE_URL is set")
        bench.log(f"{args.rows} rooms, {args.holds} bookings on {' and '.join(engines)}")
        # Never kept: a run leaves signatures and requests behind.
        urls = stack.enter_context(
            lets.databases(args.rows, args.holds, engines, bench.folder, keep=False)
        )
        sides = [stack.enter_context(_side(bench, engine, url)) for engine, url in urls.items()]
        for number in range(args.rounds):
            for side in sides:
                bench.log(f"round {number + 1} of {args.rounds}, {side.engine}")
                _round(side, args.seconds)
        for side in sides:
            _report(bench, side)
            _promises(bench, side, urls[side.engine])
    return bench.report


@contextmanager
def _side(bench: Bench, engine: str, url: str) -> Iterator[Side]:
    town = _settle(url, bench.args.people)
    with portal_run(url, bench.folder, f"load-{engine}", bench.args.workers) as server:
        crowd = [visits.Person(n, server.port, town, engine) for n in range(bench.args.people)]
        side = Side(engine, server, crowd)
        # What a worker reads at its first question is no part of it.
        _round(side, min(5.0, bench.args.seconds))
        for one in crowd:
            one.told.took.clear()
        side.rates.clear()
        yield side


def portal_run(url: str, folder: Path, name: str, workers: int):
    """The portal as it is run for the public, only without a proxy before it."""
    command = [
        "env", "BIND=127.0.0.1:{port}", sys.executable, "-m", "portal.cli", "run"
    ]  # fmt: skip
    return servers.running(
        name, command, "/healthz", folder, DATABASE_URL=url, SECRET_KEY=KEY, PROXIES="1", WORKERS=str(workers),
        THREADS="4", INSTANCE=str(folder / f"{name}-instance"),
    )  # fmt: skip


def megabytes(server: servers.Server) -> float:
    """What the server's processes hold, what they hold together counted once; elsewhere than on Linux a little more."""
    total = 0
    for rollup in Path("/proc").glob("[0-9]*/smaps_rollup"):
        try:
            if (
                int((rollup.parent / "stat").read_text().rpartition(")")[2].split()[2])
                == server.group
            ):
                pss = next(
                    line for line in rollup.read_text().splitlines() if line.startswith("Pss:")
                )
                total += int(pss.split()[1])
        except OSError:
            continue  # it has ended meanwhile, or is somebody else's
    return round(total / 1024, 1) or server.megabytes()


def _settle(url: str, number: int) -> visits.Town:
    """Cases with open petitions, and an organiser with a group and a way to sign in for each of the people."""
    app = create_app(DATABASE_URL=url, SECRET_KEY=KEY)
    with app.app_context():
        area = db.session.get_one(Area, 1)

        def on_record(**values: object) -> Area:
            for name, value in values.items():
                setattr(area, name, value)
            db.session.commit()
            return area

        with patch.object(factories, "area", on_record):
            stage = Stage()
        cases = [_case(stage) for _ in range(CASES)]
        organisers = []
        for n in range(number):
            user = factories.user(f"organiser{n}@example.org")
            group = factories.group(area, user, name=f"Group {n}", private=True)
            link = people.make_link(user.email, lives=timedelta(days=1)).removeprefix(
                app.config["BASE_URL"]
            )
            organisers.append((user.email, link, group.id))
        assets = db.session.scalars(
            select(Asset.id).where(Asset.kind == Kind.BUILDING).limit(500)
        ).all()
        codes = db.session.execute(
            select(Postcode.code, Postcode.lon, Postcode.lat).order_by(Postcode.code)
        )
        town = visits.Town(list(assets), cases, [tuple(row) for row in codes], organisers)
        db.session.close()
        db.engine.dispose()
    return town


def _case(stage: Stage) -> int:
    stage.asset_id = factories.asset(stage.holder).id
    stage.on_notice()
    petitions.open_petition(
        stage.case_id, stage.organiser, "Let us grow there.", clock.today() + SIGNING
    )
    return stage.case_id


def _round(side: Side, seconds: float) -> None:
    """All people at once until the time is over; what is begun by then is ended and counted."""
    before, began = side.requests, clocks.perf_counter()

    def live(one: visits.Person) -> None:
        while clocks.perf_counter() - began < seconds:
            one.visit()

    threads = [Thread(target=live, args=(one,)) for one in side.crowd]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    side.rates.append((side.requests - before) / (clocks.perf_counter() - began))
    side.memory.append(megabytes(side.server))


def _report(bench: Bench, side: Side) -> None:
    notes, engine = bench.report["notes"], side.engine
    took: dict[str, list[float]] = {}
    for one in side.crowd:
        for kind, milliseconds in one.told.took.items():
            took.setdefault(kind, []).extend(milliseconds)
    everything = [ms for each in took.values() for ms in each]
    notes[f"{engine}: requests/s, median of the rounds"] = round(median(side.rates), 1)
    notes[f"{engine}: requests"] = len(everything)
    notes[f"{engine}: ms, p50 and p99"] = _percentiles(everything)
    for kind in sorted(took):
        notes[f"{engine}: {kind}: requests, ms p50 and p99"] = (
            len(took[kind]),
            *_percentiles(took[kind]),
        )
    notes[f"{engine}: visits"] = sum(one.visits for one in side.crowd)
    notes[f"{engine}: MB after warming up, then after each round"] = side.memory
    refused = sum((one.told.refused for one in side.crowd), Counter())
    notes[f"{engine}: refused with a reason"] = dict(refused)
    errors = [said for one in side.crowd for said in one.told.errors]
    notes[f"{engine}: errors"] = errors[:10]
    check(bench, f"{engine}: no errors in {len(everything)} requests", not errors)
    grown = side.memory[-1] / side.memory[1]
    notes[f"{engine}: memory at the end : after the first round"] = round(grown, 3)
    # A short run tells nothing: caches are still filling.
    if bench.args.rounds > 1 and bench.args.seconds >= 10:
        check(bench, f"{engine}: memory stays within {STEADY - 1:.0%}", grown <= STEADY)


def _percentiles(milliseconds: list[float]) -> tuple[float, float]:
    cuts = quantiles(milliseconds, n=100) if len(milliseconds) > 1 else milliseconds * 99
    return round(median(milliseconds), 1), round(cuts[98], 1)


def _promises(bench: Bench, side: Side, url: str) -> None:
    """What was answered with a yes stands in the database once, and nothing else does."""
    signed = sorted(email for one in side.crowd for email in one.told.signed)
    asked = sorted(let for one in side.crowd for let in one.told.asked)
    app = create_app(DATABASE_URL=url, SECRET_KEY=KEY)
    with app.app_context():
        emails = sorted(db.session.scalars(select(PetitionSignature.email)))
        kept = db.session.scalars(
            select(Let.id).where(Let.asked_by_id.is_not(None)).order_by(Let.id)
        ).all()
        lets_kept = [
            key for key in kept if key != min(kept)
        ]  # the first holds what the benchmark has booked
        db.session.close()
        db.engine.dispose()
    bench.report["notes"][f"{side.engine}: signatures and requests for rooms"] = (
        len(signed),
        len(asked),
    )
    check(
        bench,
        f"{side.engine}: {len(signed)} signatures that were acknowledged are there, once",
        emails == signed,
    )
    check(
        bench,
        f"{side.engine}: {len(asked)} requests for rooms that were acknowledged are there",
        lets_kept == asked,
    )


if __name__ == "__main__":
    main()
