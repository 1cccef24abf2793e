"""Never twice: sixteen writers at once, single dates and 40-week series, in a few rooms and in many, on both engines.

    python -m tests.bench.contention [--writers 16] [--rounds 3] [--data DIR] [--json]

Each writer takes what it wants the way the portal does: a let with its dates is written and held in one transaction
(lettings/holding.py). Among the few rooms is a hall with its halves; some have time before and after. Beside it, in
tables of their own: the bare constraint (the same refusal by the database, nothing around it), and the naive way (look
whether it is free, then write), which must fail or the test could not tell.

Then SQL looks at all pairs of holds; every request that was refused must have something in its way; anything but the
sentence that a room is taken is an error that would have reached a person.
"""

import random
import threading
import time as clocks
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import partial
from statistics import median

import psycopg
from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from portal.app import create_app
from portal.db import db, transaction
from portal.errors import RuleBroken
from tests.bench import store
from tests.bench.common import Bench, begin, check, options

SEED = 20260304
FIRST = datetime(2027, 1, 4, tzinfo=UTC)
YEAR = timedelta(weeks=60)  # each round has a stretch of its own
COLD_ROOMS = 400
SERIES = 40  # weeks
ASKED = {"single": 40, "series": 5}  # requests of each writer in each round
WORK = (
    0.002  # seconds between looking and writing, in the naive way: what a page takes to do its work
)

NAIVE = "CREATE TABLE naive_hold (id {key}, room_id integer, starts {moment}, ends {moment})"
BARE = "CREATE TABLE bare_hold (id {key}, room_id integer, starts {moment}, ends {moment})"
GUARD = {
    "postgresql": """ALTER TABLE bare_hold ADD CONSTRAINT bare_no_overlap
      EXCLUDE USING gist (room_id WITH =, tstzrange(starts, ends) WITH &&)""",
    "sqlite": """CREATE TRIGGER bare_no_overlap BEFORE INSERT ON bare_hold WHEN EXISTS (
      SELECT 1 FROM bare_hold WHERE room_id = NEW.room_id AND starts < NEW.ends AND ends > NEW.starts)
      BEGIN SELECT RAISE(ABORT, 'bare_no_overlap'); END""",
}
TYPES = {
    "postgresql": {"key": "serial PRIMARY KEY", "moment": "timestamptz"},
    "sqlite": {"key": "integer PRIMARY KEY", "moment": "text"},
}
PAIRS = """SELECT count(*) FROM {table} a JOIN {table} b ON a.room_id = b.room_id AND a.id < b.id
  AND a.starts < b.ends AND b.starts < a.ends"""
CLASH = "SELECT 1 FROM {table} WHERE room_id = :room AND starts < :ends AND ends > :starts LIMIT 1"
# What was held in the portal's own way has a hold in its own room.
LOST = """SELECT count(*) FROM room_let l JOIN occurrence o ON o.let_id = l.id
  WHERE l.id IN (SELECT o.let_id FROM hold h JOIN occurrence o ON o.id = h.occurrence_id)
  AND NOT EXISTS (SELECT 1 FROM hold h WHERE h.occurrence_id = o.id AND h.room_id = l.room_id)"""
INSERT = "INSERT INTO {table} (room_id, starts, ends) VALUES (:room, :starts, :ends)"


@dataclass(frozen=True)
class Wanted:
    """One request: a room, and when."""

    room: int
    spans: tuple[tuple[datetime, datetime], ...]


@dataclass(frozen=True)
class Place:
    """The rooms of the test, and whom they are let to."""

    hot: list[int]
    cold: list[int]
    group: int
    user: int


def main(argv: list[str] | None = None) -> dict:
    parser = options(__doc__)
    parser.add_argument("--writers", type=int, default=16)
    parser.set_defaults(rows=COLD_ROOMS, rounds=3)
    args = parser.parse_args(argv)
    with begin(args, "contention") as bench:
        for engine in args.engines:
            if engine == "postgresql" and not bench.server:
                bench.missing(engine, "neither BENCH_DATABASE_URL nor TEST_DATABASE_URL is set")
                continue
            with _database(bench, engine) as url:
                _on(bench, engine, url)
    return bench.report


@contextmanager
def _database(bench: Bench, engine: str) -> Iterator[str]:
    if engine == "sqlite":
        path = bench.folder / "contention.sqlite3"
        yield f"sqlite:///{path}"
        for old in bench.folder.glob("contention.sqlite3*"):
            old.unlink()
        return
    name = f"meanwhile_contention_{random.randrange(10**9)}"
    with closing(psycopg.connect(bench.server, autocommit=True)) as admin:
        admin.execute(f"CREATE DATABASE {name}")
        try:
            yield make_url(bench.server).set(database=name).render_as_string(hide_password=False)
        finally:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _on(bench: Bench, engine: str, url: str) -> None:
    store._migrate(url)
    app = create_app(DATABASE_URL=url, SECRET_KEY="bench")
    with app.app_context():
        # A connection for each writer and one to look on.
        db.engine.pool._max_overflow = bench.args.writers + 1
        place = _place(bench.args.rows)
        with db.engine.begin() as connection:
            for statement in (
                NAIVE.format(**TYPES[engine]),
                BARE.format(**TYPES[engine]),
                GUARD[engine],
            ):
                connection.exec_driver_sql(statement)
            for table in ("naive_hold", "bare_hold"):
                connection.exec_driver_sql(f"CREATE INDEX ix_{table} ON {table} (room_id, starts)")
        ways = {
            name: partial(take, place)
            for name, take in (("portal", _portal), ("bare constraint", _bare), ("naive", _naive))
        }
        total = {name: Counter() for name in ways}
        for what in ("hot single", "hot series", "cold single", "cold series"):
            _compare(bench, app, f"{engine} {what}", (place, ways, total))
        _judge(bench, engine, total)
        db.session.remove() if hasattr(db.session, "remove") else db.session.close()
        db.engine.dispose()


def _compare(bench: Bench, app, name: str, what: tuple) -> None:
    """The three ways in turn, on the same requests, several times."""
    place, ways, total = what
    _, heat, kind = name.split()
    rates, slowest = {way: [] for way in ways}, {way: [] for way in ways}
    for number in range(bench.args.rounds):
        bench.log(f"{name}, round {number + 1} of {bench.args.rounds}")
        asked = _requests(place, heat, kind, (number, bench.args.writers))
        for way, take in ways.items():
            outcome, took, waits = _race(app, take, asked)
            rates[way].append(sum(map(len, asked)) / took)
            slowest[way].append(max(waits))
            refused = [w for w, said in outcome if said == "taken"]
            total[way].update(said for _, said in outcome)
            if way == "portal":
                total[way]["nothing in the way"] += sum(not _in_the_way(w) for w in refused)
    bench.report["notes"][name] = {
        way: {
            "requests/s": round(median(rates[way]), 1),
            "slowest_ms": round(max(slowest[way]) * 1000),
        }
        for way in ways
    }


def _requests(place: Place, heat: str, kind: str, when: tuple[int, int]) -> list[list[Wanted]]:
    """What each writer wants: in the hot rooms much of it is wanted by many."""
    number, writers = when
    rng = random.Random(f"{SEED} {heat} {kind} {number}")
    rooms = place.hot if heat == "hot" else place.cold
    base = FIRST + YEAR * number + timedelta(hours=12 if kind == "series" else 0)
    return [[_wanted(rng, rooms, kind, base) for _ in range(ASKED[kind])] for _ in range(writers)]


def _wanted(rng: random.Random, rooms: list[int], kind: str, base: datetime) -> Wanted:
    day, start = rng.randrange(7), rng.randrange(0, 36) * 15
    weeks = range(SERIES) if kind == "series" else [rng.randrange(4)]
    length = timedelta(minutes=rng.choice((60, 90, 120)))
    first = base + timedelta(days=day, minutes=start)
    begins = [first + timedelta(weeks=week) for week in weeks]
    return Wanted(rng.choice(rooms), tuple((begin, begin + length) for begin in begins))


def _race(app, take: Callable, asked: list[list[Wanted]]) -> tuple[list, float, list[float]]:
    """All writers at once: what each request came to, how long all of it took, and how long each waited."""
    start, outcome, waits = threading.Barrier(len(asked) + 1), [], []

    def write(mine: list[Wanted]) -> None:
        with app.app_context():
            start.wait()
            for wanted in mine:
                began = clocks.perf_counter()
                outcome.append((wanted, _said(take, wanted)))
                waits.append(clocks.perf_counter() - began)

    threads = [threading.Thread(target=write, args=(mine,)) for mine in asked]
    for thread in threads:
        thread.start()
    start.wait()
    began = clocks.perf_counter()
    for thread in threads:
        thread.join()
    return outcome, clocks.perf_counter() - began, waits


def _said(take: Callable, wanted: Wanted) -> str:
    try:
        return take(wanted)
    except RuleBroken as refusal:
        return "taken" if refusal.code == "room-taken" else f"error: {refusal.code}"
    except DBAPIError as error:
        return f"error: {type(error.orig).__name__} {str(error.orig).splitlines()[0][:80]}"
    except Exception as error:  # noqa: BLE001 - whatever else goes wrong would have reached a person
        return f"error: {error!r:.100}"


def _let(place: Place, wanted: Wanted, session):
    """What is written of a request besides the time it takes: the same in all three ways."""
    from portal.lettings.models import Let, Need, Occurrence
    from portal.lettings.rules import Insurance, LetState

    now, (starts, ends) = datetime.now(UTC), wanted.spans[0]
    need = Need(
        area_id=1, group_id=place.group, weekday=0, starts=time(9), ends=time(10), first=starts.date(),
        last=ends.date(), people=1, created_at=now,
    )  # fmt: skip
    let = Let(
        area_id=1, room_id=wanted.room, group_id=place.group, need=need, asked_by_id=place.user, asked_at=now,
        state=LetState.CONFIRMED, price_pence=0, insurance=Insurance.VENUE, safeguarding_at=now,
        occurrences=[Occurrence(on=s.date(), starts=s, ends=e) for s, e in wanted.spans],
    )  # fmt: skip
    session.add(let)
    session.flush()
    return let


def _portal(place: Place, wanted: Wanted) -> str:
    from portal.lettings import holding

    with transaction() as session:
        holding.hold(session, _let(place, wanted, session))
    return "won"


def _values(wanted: Wanted) -> list[dict]:
    postgresql = db.engine.dialect.name == "postgresql"
    return [
        {"room": wanted.room, "starts": s if postgresql else s.isoformat(" "), "ends": e if postgresql else e.isoformat(" ")}
        for s, e in wanted.spans
    ]  # fmt: skip


def _bare(place: Place, wanted: Wanted) -> str:
    try:
        with transaction() as session:
            _let(place, wanted, session)
            for one in _values(wanted):
                session.execute(text(INSERT.format(table="bare_hold")), one)
    except IntegrityError:
        return "taken"
    return "won"


def _naive(place: Place, wanted: Wanted) -> str:
    values, clash = _values(wanted), text(CLASH.format(table="naive_hold"))
    session = db.session
    session.rollback()
    if any(session.execute(clash, one).first() for one in values):
        return "taken"
    with transaction() as session:
        _let(place, wanted, session)
        for one in values:
            session.execute(text(INSERT.format(table="naive_hold")), one)
    return "won"


def _in_the_way(wanted: Wanted) -> bool:
    """Whether a request that was refused clashes with something that is held at the end."""
    from portal.lettings import holding

    claims = [
        holding.Claim(wanted.room, starts, ends, occurrence_id=0) for starts, ends in wanted.spans
    ]
    db.session.rollback()  # what was read before is old
    return bool(holding.clashes(db.session, claims))


def _judge(bench: Bench, engine: str, total: dict[str, Counter]) -> None:
    with db.engine.connect() as connection:
        doubles = {
            way: connection.scalar(text(PAIRS.format(table=table)))
            for way, table in (("portal", "hold"), ("bare constraint", "bare_hold"), ("naive", "naive_hold"))
        }  # fmt: skip
        lost = connection.scalar(text(LOST))
    ours = total["portal"]
    errors = {said: n for said, n in ours.items() if said.startswith("error")}
    bench.report["notes"][f"{engine} outcomes"] = {way: dict(said) for way, said in total.items()}
    bench.report["notes"][f"{engine} double bookings"] = doubles
    check(bench, f"{engine}: no room is held twice", doubles["portal"] == 0)
    check(bench, f"{engine}: the naive way books twice", doubles["naive"] > 0)
    check(
        bench, f"{engine}: no refusal without something in the way", ours["nothing in the way"] == 0
    )
    check(bench, f"{engine}: no error reaches a person", not errors)
    check(bench, f"{engine}: no let is written without its holds", lost == 0)


def _place(rooms: int) -> Place:
    from portal.people.models import Group, User
    from portal.people.rules import GroupKind
    from portal.register.models import Asset
    from portal.register.rules import Kind, Status

    session, now = db.session, datetime.now(UTC)
    user = User(email="bench@example.org", created_at=now)
    group = Group(
        area_id=1, name="Bench", kind=GroupKind.UNCONSTITUTED, private=True, created_at=now
    )
    made = [
        Asset(
            area_id=1, holder_id=1, kind=Kind.ROOM, status=Status.UNDER_USED, code=f"C{n}", name=f"Room {n}",
            buffer_before_minutes=(0, 15)[n % 2], buffer_after_minutes=(0, 0, 30)[n % 3], created_at=now,
            changed_at=now,
        )
        for n in range(rooms + 5)
    ]  # fmt: skip
    session.add_all((user, group, *made))
    session.flush()
    hot = made[:5]
    for half in hot[1:3]:
        half.parent_id = hot[0].id
    session.commit()
    return Place([a.id for a in hot], [a.id for a in made[5:]], group.id, user.id)


if __name__ == "__main__":
    main()
