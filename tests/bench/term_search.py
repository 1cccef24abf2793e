"""Rooms free for 13 weekly dates, with distance, capacity and access, among ten thousand rooms and a million bookings.

    python -m tests.bench.term_search [--rows ROOMS] [--holds N] [--queries N] [--data DIR] [--json]

Against brute force in Python over the same data: the same rooms. Against SQL: one NOT EXISTS with the 13 date ranges,
written in several ways with an index for each, of which the fastest counts; it is let off opening hours, halves and the
time before and after, which ours sees to. Both tell the keys of the rooms that are free; what our first page of twelve
with their sentences takes is told beside it. Over HTTP against this server's own empty route. And a booking written by
another process must be seen by the next search.
"""

import time as clocks
from collections import defaultdict
from contextlib import ExitStack
from datetime import date, datetime, time, timedelta
from statistics import median
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import numpy as np
import shapely
from sqlalchemy import create_engine, text

from geo.crs import BRITISH_GRID, STORED
from geo.shapes import project
from portal import clock
from portal.app import create_app
from portal.areas.calendar import bank_holidays
from portal.areas.queries import current_area
from portal.areas.rules import Nation
from portal.db import db
from portal.lettings import search
from portal.lettings.rules import Wish
from portal.venues import hours
from tests.bench import lets, servers
from tests.bench.common import (
    Bench,
    Contender,
    begin,
    check,
    compare,
    each,
    medians,
    options,
    rounds,
)

LONDON = ZoneInfo("Europe/London")
ROOMS, HOLDS, QUERIES = 10_000, 1_000_000, 12
# A term of thirteen weeks from any Monday of a year.
FIRST = lets.FIRST_MONDAY + timedelta(weeks=4)
WEEKS = 13
REACH = {"3 km": 3000, "10 km": 10_000, "the whole area": 40_000}
OVER_PING_MS = 10
TIMES_SQL = 20
HTTP_PLACES = 400

# What the same is in SQL. Distances in metres: PostGIS measures, SQLite has the box that its index gives.
STATIC = {
    "postgresql": """SELECT a.id FROM asset a WHERE a.area_id = 1 AND a.kind = 'room' AND a.capacity >= :people
      AND a.step_free AND COALESCE(a.price_pence_hour, 0) * 2 <= :pence
      AND a.shape && ST_Expand(ST_SetSRID(ST_MakePoint(:lon, :lat), 4326), :east, :north)
      AND ST_Distance(ST_Transform(a.shape, 27700), ST_Transform(ST_SetSRID(ST_MakePoint(:lon, :lat), 4326), 27700)) <= :metres
      AND NOT EXISTS ({})""",
    "sqlite": """SELECT a.id FROM asset a WHERE a.area_id = 1 AND a.kind = 'room' AND a.capacity >= :people
      AND a.step_free AND COALESCE(a.price_pence_hour, 0) * 2 <= :pence
      AND a.west <= :lon + :east AND a.east >= :lon - :east AND a.south <= :lat + :north AND a.north >= :lat - :north
      AND NOT EXISTS ({})""",
}
EACH = " OR ".join(f"(h.starts < :e{n} AND h.ends > :s{n})" for n in range(WEEKS))
ONE_BY_ONE = " UNION ALL ".join(
    f"SELECT 1 FROM hold h WHERE h.room_id = a.id AND h.starts < :e{n} AND h.starts > :l{n} AND h.ends > :s{n}"
    for n in range(WEEKS)
)
WAYS = {
    "postgresql": {
        "ranges": f"SELECT 1 FROM hold h WHERE h.room_id = a.id AND ({EACH})",
        "one range after the other": ONE_BY_ONE,
        "a multirange": "SELECT 1 FROM hold h WHERE h.room_id = a.id AND tstzrange(h.starts, h.ends) && CAST(:many AS tstzmultirange)",
    },
    "sqlite": {
        "ranges": f"SELECT 1 FROM hold h WHERE h.room_id = a.id AND ({EACH})",
        "one range after the other": ONE_BY_ONE,
    },
}  # fmt: skip
INDEXES = (
    "CREATE INDEX IF NOT EXISTS bench_hold ON hold (room_id, starts, ends)",
    "CREATE INDEX IF NOT EXISTS bench_room ON asset (area_id, kind, step_free, capacity)",
)
LONGEST = timedelta(hours=6)  # of a booking here; so the index need not look at all earlier ones


def main(argv: list[str] | None = None) -> dict:
    parser = options(__doc__)
    parser.add_argument("--holds", type=int, default=HOLDS)
    parser.add_argument("--queries", type=int, default=QUERIES, help="questions in each round")
    parser.set_defaults(rows=ROOMS)
    args = parser.parse_args(argv)
    with begin(args, "term_search") as bench, ExitStack() as stack:
        engines = [e for e in args.engines if e == "sqlite" or bench.server]
        if len(engines) < len(args.engines):
            bench.missing("postgresql", "neither BENCH_DATABASE_URL nor TEST_DATABASE_URL is set")
        keep = bool(args.data) and not args.drop
        bench.log(f"{args.rows} rooms, {args.holds} bookings on {' and '.join(engines)}")
        urls = stack.enter_context(
            lets.databases(args.rows, args.holds, engines, bench.folder, keep=keep)
        )
        made = lets.make(args.rows, args.holds)
        for engine, url in urls.items():
            _in_process(bench, engine, url, made)
        _over_http(bench, stack, urls, made)
    return bench.report


def wishes(number: int, within: int, seed: int = 7) -> list[Wish]:
    """What groups ask for: an evening a week for a term, from somewhere in town."""
    rng = np.random.default_rng((seed, within))
    asked = []
    for _ in range(number):
        day, starts = (
            int(rng.integers(0, 7)),
            time(int(rng.integers(17, 20)), int(rng.integers(0, 12)) * 5),
        )
        first = FIRST + timedelta(weeks=int(rng.integers(0, 60)), days=day)
        lon, lat = rng.normal(lets.TOWN, lets.SPREAD).round(6)
        asked.append(
            Wish(
                weekday=day, starts=starts, ends=time(starts.hour + 2, starts.minute), first=first,
                last=first + timedelta(weeks=WEEKS - 1), people=int(rng.integers(5, 40)), step_free=True,
                lon=float(lon), lat=float(lat), near="there", within_m=within, max_pence=int(rng.choice((0, 1000, 3000))),
            )
        )  # fmt: skip
    return asked


def _spans(wish: Wish) -> list[tuple[datetime, datetime]]:
    days = [wish.first + timedelta(weeks=n) for n in range(WEEKS)]
    return [
        (datetime.combine(d, wish.starts, LONDON), datetime.combine(d, wish.ends, LONDON))
        for d in days
    ]


class Brute:
    """Room by room, date by date, booking by booking."""

    def __init__(self, made: lets.Lets) -> None:
        self.rooms = made.rooms.assign(capacity=made.rooms["capacity"].fillna(-1).astype(int))
        self.metric = project(made.shapes, STORED, BRITISH_GRID)
        home = {key: n for n, key in enumerate(made.assets["id"])}
        parent = dict(zip(made.rooms["id"], made.rooms["parent_id"].astype(int), strict=True))
        self.home = {key: home[parent.get(up, up)] for key, up in parent.items()}
        self.parts = defaultdict(list)
        for key, up in parent.items():
            if up in parent:
                self.parts[up].append(key)
        self.held = defaultdict(list)
        for room, starts, ends in made.holds.tolist():
            self.held[room].append((starts, ends))
        self.holidays = {
            d for year in (2026, 2027, 2028, 2029) for d in bank_holidays(Nation.ENGLAND, year)
        }

    def free(self, wish: Wish) -> set[int]:
        """The keys of the rooms that do."""
        point = project([shapely.Point(wish.lon, wish.lat)], STORED, BRITISH_GRID)[0]
        metres = shapely.distance(self.metric, point)
        minutes = 120
        return {
            r.id
            for r in self.rooms.itertuples()
            if metres[self.home[r.id]] <= wish.within_m
            and r.capacity >= wish.people
            and r.step_free is True
            and int(r.price_pence_hour) * minutes // 60 <= wish.max_pence
            and all(self._open(r, span) and not self._taken(r, span) for span in _spans(wish))
        }  # fmt: skip

    def _open(self, room, span: tuple[datetime, datetime]) -> bool:
        starts, ends = (
            (span[0] - timedelta(minutes=int(room.buffer_before_minutes))).replace(tzinfo=None),
            (span[1] + timedelta(minutes=int(room.buffer_after_minutes))).replace(tzinfo=None),
        )
        return hours.covers(room.hire_hours, starts, ends, self.holidays)

    def _taken(self, room, span: tuple[datetime, datetime]) -> bool:
        low = span[0].timestamp() - 60 * int(room.buffer_before_minutes)
        high = span[1].timestamp() + 60 * int(room.buffer_after_minutes)
        leaves = self.parts.get(room.id, [room.id])
        return any(
            starts < high and ends > low for leaf in leaves for starts, ends in self.held[leaf]
        )


def _in_process(bench: Bench, engine: str, url: str, made: lets.Lets) -> None:
    app = create_app(DATABASE_URL=url, SECRET_KEY="bench")
    with app.app_context(), app.test_request_context():
        area = current_area()
        began = clocks.perf_counter()
        search.find(area, wishes(1, 3000)[0])
        bench.report["notes"][f"{engine}: seconds to read all rooms and bookings"] = round(
            clocks.perf_counter() - began, 1
        )
        _same_rooms(bench, engine, area, Brute(made))
        _seen(bench, engine, area, url, made)
        _against_sql(bench, engine, area)
        db.session.close()
        db.engine.dispose()


def _ids(area, wish: Wish) -> list[int]:
    found = [match.room.id for match in search.find(area, wish).matches]
    bare = search.free(area, wish)
    db.session.rollback()
    return found if sorted(found) == sorted(bare) else []


def _same_rooms(bench: Bench, engine: str, area, brute: Brute) -> None:
    same, rooms = True, 0
    for within in REACH.values():
        for wish in wishes(max(2, bench.args.queries // 4), within, seed=11):
            expected = brute.free(wish)
            same &= set(_ids(area, wish)) == expected
            rooms += len(expected)
    bench.report["notes"][f"{engine}: rooms in the answers that were compared"] = rooms
    check(bench, f"{engine}: the same rooms as brute force", same and rooms > 0)


def _seen(bench: Bench, engine: str, area, url: str, made: lets.Lets) -> None:
    """Another connection books the first room that is found; the next search must not show it, and show it again after."""
    wish = wishes(1, 40_000, seed=13)[0]
    before = _ids(area, wish)
    starts, ends = _spans(wish)[5]
    values = {"room": before[0], "starts": starts, "ends": ends}
    if engine == "sqlite":
        values |= {
            side: values[side].astimezone(ZoneInfo("UTC")).strftime("%Y-%m-%d %H:%M:%S.%f")
            for side in ("starts", "ends")
        }
    other = create_engine(db.engine.url)
    with other.begin() as connection:
        cause = connection.scalar(text("SELECT min(occurrence_id) FROM hold"))
        connection.execute(
            text(
                "INSERT INTO hold (occurrence_id, room_id, starts, ends) VALUES (:cause, :room, :starts, :ends)"
            ),
            values | {"cause": cause},
        )
    meanwhile = _ids(area, wish)
    with other.begin() as connection:
        connection.execute(
            text("DELETE FROM hold WHERE room_id = :room AND starts = :starts"),
            {k: values[k] for k in ("room", "starts")},
        )
    other.dispose()
    # A half that is booked takes its hall with it.
    gone = set(before) - set(meanwhile)
    halls = {int(p) for p in made.rooms.loc[made.rooms["id"] == before[0], "parent_id"]}
    seen = before[0] in gone and gone <= {
        before[0],
        *halls,
        *made.rooms.loc[made.rooms["parent_id"] == before[0], "id"],
    }
    check(
        bench,
        f"{engine}: a booking by another process is seen by the next search",
        seen and _ids(area, wish) == before,
    )


def _against_sql(bench: Bench, engine: str, area) -> None:
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for index in INDEXES:
            connection.execute(text(index))
        connection.execute(text("ANALYZE"))
        ways = {name: text(STATIC[engine].format(way)) for name, way in WAYS[engine].items()}
        for words, within in REACH.items():
            ours, pages, theirs = [], [], {name: [] for name in ways}
            for number in range(bench.args.rounds + 1):
                asked = wishes(bench.args.queries, within, seed=100 + number)
                took = _timed(lambda w: search.free(area, w), asked, area)
                page = _timed(lambda w: search.find(area, w).matches[:12], asked, area)
                sql = {
                    n: _timed(
                        lambda w, q=q: connection.execute(q, _values(engine, w)).all(), asked, area
                    )
                    for n, q in ways.items()
                }
                if number:
                    ours.append(took)
                    pages.append(page)
                    for name, seconds in sql.items():
                        theirs[name].append(seconds)
            best = min(theirs, key=lambda name: median(theirs[name]))
            bench.report["notes"][f"{engine}: SQL within {words}"] = {
                n: f"{median(t):.1f} ms" for n, t in theirs.items()
            }
            bench.report["notes"][f"{engine}: ours within {words}"] = {
                "keys": f"{median(ours):.2f} ms",
                "the first page": f"{median(pages):.2f} ms",
            }
            sides = [1 / one for one in ours], [1 / one for one in theirs[best]]
            compare(
                bench,
                f"{engine}, within {words} : NOT EXISTS ({best})",
                sides,
                unit="searches/ms",
                target=TIMES_SQL,
            )


def _timed(ask, asked: list[Wish], area) -> float:
    """The median milliseconds of a question, each in a transaction of its own; as in a request, the area is known."""
    took = []
    for wish in asked:
        db.session.refresh(area)
        began = clocks.perf_counter()
        ask(wish)
        took.append((clocks.perf_counter() - began) * 1000)
        db.session.rollback()
    return median(took)


def _values(engine: str, wish: Wish) -> dict:
    def said(moment: datetime):
        return (
            moment
            if engine == "postgresql"
            else moment.astimezone(ZoneInfo("UTC")).strftime("%Y-%m-%d %H:%M:%S.%f")
        )

    spans = _spans(wish)
    values = {
        "people": wish.people, "pence": wish.max_pence, "lon": wish.lon, "lat": wish.lat, "metres": wish.within_m,
        "north": wish.within_m / 111_000, "east": wish.within_m / 66_000,
        "many": "{" + ",".join(f"[{s.isoformat()},{e.isoformat()})" for s, e in spans) + "}",
    }  # fmt: skip
    for n, (starts, ends) in enumerate(spans):
        values |= {f"s{n}": said(starts), f"e{n}": said(ends), f"l{n}": said(starts - LONGEST)}
    return values


def _over_http(bench: Bench, stack: ExitStack, urls: dict[str, str], made: lets.Lets) -> None:
    contenders, started = {}, {}
    paths = [_path(code) for code, _, _ in made.postcodes[:HTTP_PLACES]]
    for engine, url in urls.items():
        server = stack.enter_context(servers.portal(url, bench.folder, f"terms-{engine}"))
        page = server.get(paths[0]).decode()
        check(bench, f"{engine}: the page shows rooms", "free every time" in page)
        started[engine] = server
        contenders[engine] = Contender(server, paths, connections=1)
        contenders[f"{engine} empty"] = Contender(server, ["/ping"], connections=1)
    measured = rounds(bench, contenders)
    bench.report["medians"] = {name: medians(results) for name, results in measured.items()}
    for engine, server in started.items():
        ours, empty = (each(measured[name], "p95_ms") for name in (engine, f"{engine} empty"))
        over = [a - b for a, b in zip(ours, empty, strict=True)]
        bench.report["comparisons"].append(
            {
                "name": f"{engine}: p95 of a whole request over an empty one, ms", "ratio": round(median(over), 2),
                "target": f"at most {OVER_PING_MS}", "met": median(over) <= OVER_PING_MS, "mine": round(median(ours), 2),
                "other": round(median(empty), 2), "unit": "ms", "n": len(over), "ratios": [round(one, 2) for one in over],
            }
        )  # fmt: skip
        bench.report["notes"][f"server {engine}"] = server.note | {"megabytes": server.megabytes()}


def _path(code: str) -> str:
    soon = clock.today() + timedelta(weeks=2)  # a page refuses days that have gone by
    first = soon + timedelta(days=(3 - soon.weekday()) % 7)
    last = first + timedelta(weeks=WEEKS - 1)
    asked = [("day", 3), ("starts", "18:00"), ("ends", "20:00"), ("every", 1), ("people", 15), ("access", "step_free"),
             ("near", code), ("within", 3), ("pay", 30)]  # fmt: skip
    for name, day in (("first", first), ("last", last)):
        asked += _day(name, day)
    return f"/rooms/find?{urlencode(asked)}"


def _day(name: str, day: date) -> list[tuple[str, int]]:
    return [(f"{name}-{part}", getattr(day, part)) for part in ("day", "month", "year")]


if __name__ == "__main__":
    main()
