"""A round of 2,000 groups for 500 rooms: the allocation beside a careful greedy one and first come, first served.

`python -m tests.bench.allocation --json`. Builds its own groups (seeded), so that it is the same on every machine: rooms and
groups anywhere in 8 by 8 km, rooms for 12 to 100; a group names three to five times a week in the six nearest rooms that
are large enough, mostly on Tuesday to Thursday evenings and half an hour around the time that it likes best; a fifth of them
need two times and name as many again on other days. Three tenths ask for the place they had. Times overlap as they fall
(every half hour, one to two hours long, a quarter of an hour to clear away), so a room's evening is no row of slots.

The objective is the list in portal/rounds/allocation.py. As one figure, for the percentages: 100 for each group housed, 100
for each further time that a group needs, and the points of what is given.
"""

import argparse
import json
import math
import platform
import random
import statistics
import time
from collections import Counter, defaultdict

from portal.rounds.allocation import Option, Worth, first_come, greedy, solve, worth

SIDE_M = 8000
SEATS = (12, 20, 30, 40, 60, 100)
PEOPLE = (8, 10, 12, 15, 20, 25, 30, 50)
DAYS = (2, 6, 6, 6, 1, 1, 1)
STARTS = {570: 2, 600: 3, 810: 2, 960: 2, 1020: 2, 1050: 3, 1080: 6, 1110: 5, 1140: 6, 1170: 4, 1200: 2}  # fmt: skip
CLEARING = 15
BETTER, SECONDS = 1.04, 5.0


def build(seed: int, groups: int, rooms: int) -> tuple[list[Option], dict[int, int]]:
    """The options of all groups in the order in which they asked, and how many times a week each needs."""
    dice = random.Random(seed)
    seats = [dice.choice(SEATS) for _ in range(rooms)]
    places = [(dice.random() * SIDE_M, dice.random() * SIDE_M) for _ in range(rooms)]
    options, wants = [], {}
    for group in range(groups):
        wants[group] = 2 if dice.random() < 0.2 else 1
        home, people = (dice.random() * SIDE_M, dice.random() * SIDE_M), dice.choice(PEOPLE)
        fits = [room for room in range(rooms) if seats[room] >= people]
        near = sorted((math.dist(places[room], home), room) for room in fits)[:6]
        options += _wishes(dice, group, near, wants[group])
    return options, wants


def _wishes(
    dice: random.Random, group: int, near: list[tuple[float, int]], wants: int
) -> list[Option]:
    days = [dice.choices(range(7), DAYS)[0] for _ in range(2)]
    best = dice.choices(list(STARTS), list(STARTS.values()))[0]
    length = dice.choice((60, 90, 120, 120))
    liked = sorted(
        (metres + 600 * (starts != best) + _off(day, days) + dice.random() * 1500, room, day, starts, metres)
        for metres, room in near
        for day in range(7)
        for starts in (best - 30, best, best + 30)
    )  # fmt: skip
    number = dice.randint(3, 5)
    chosen = liked[: number * wants]
    if wants > 1:
        first = [wish for wish in liked if wish[2] == days[0]][:number]
        others = [wish for wish in liked if wish[2] != days[0]][:number]
        chosen = [wish for pair in zip(first, others, strict=False) for wish in pair]
    kept = dice.random() < 0.3
    return [
        Option(group, rank, (room,), day, starts, starts + length + CLEARING, metres, kept and rank == 1)
        for rank, (_, room, day, starts, metres) in enumerate(chosen, 1)
    ]  # fmt: skip


def _off(day: int, days: list[int]) -> int:
    return 0 if day == days[0] else 500 if day in days else 1500


def figure(value: Worth) -> int:
    """The objective as one number."""
    return 100 * value.housed + 100 * value.complete + value.points


def faults(options: list[Option], wants: dict[int, int], chosen: list[int]) -> list[str]:
    """What is not valid, found without the solver's own code: minute by minute in every room."""
    given = [options[n] for n in chosen]
    found = [f"group {g} has too many" for g, n in Counter(o.request for o in given).items() if n > wants[g]]  # fmt: skip
    days = Counter((o.request, o.weekday) for o in given)
    found += [f"group {g} twice on day {d}" for (g, d), n in days.items() if n > 1]
    used: dict[tuple[int, int], set[int]] = defaultdict(set)
    for option in given:
        for leaf in option.leaves:
            minutes = set(range(option.starts, option.ends))
            if used[leaf, option.weekday] & minutes:
                found.append(f"room {leaf} twice on day {option.weekday}")
            used[leaf, option.weekday] |= minutes
    return found


def measure(seed: int, groups: int, rooms: int) -> dict[str, object]:
    """One round: what each way gives, and how long the allocation took."""
    options, wants = build(seed, groups, rooms)
    begun = time.perf_counter()
    chosen = {"allocation": solve(options, wants, seconds=SECONDS - 1)}
    seconds = time.perf_counter() - begun
    chosen |= {"greedy": greedy(options, wants), "first come": first_come(options, wants)}
    values = {name: worth(options[n] for n in given) for name, given in chosen.items()}
    firsts = {name: sum(options[n].rank == 1 for n in given) for name, given in chosen.items()}
    return {
        "seed": seed,
        "options": len(options),
        "seconds": round(seconds, 2),
        "faults": [fault for given in chosen.values() for fault in faults(options, wants, given)],
        **{name: value._asdict() | {"first choices": firsts[name], "figure": figure(value)} for name, value in values.items()},
        "better than greedy": round(figure(values["allocation"]) / figure(values["greedy"]), 4),
        "never worse": values["allocation"] >= values["greedy"],
        "more housed than first come": values["allocation"].housed > values["first come"].housed,
        "more first choices than first come": firsts["allocation"] > firsts["first come"],
    }  # fmt: skip


def report(groups: int, rooms: int, seeds: int) -> dict[str, object]:
    """All seeds, and whether what is wanted holds for each."""
    rounds = [measure(seed, groups, rooms) for seed in range(seeds)]
    ratios = [float(str(one["better than greedy"])) for one in rounds]
    return {
        "what": "allocation",
        "command": f"python -m tests.bench.allocation --groups {groups} --rooms {rooms} --seeds {seeds} --json",
        "machine": {"processor": platform.processor(), "python": platform.python_version()},
        "median better than greedy": statistics.median(ratios),
        "met": {
            "valid": not any(one["faults"] for one in rounds),
            f"at least {BETTER} of greedy": min(ratios) >= BETTER,
            "never worse": all(one["never worse"] for one in rounds),
            "more housed than first come": all(one["more housed than first come"] for one in rounds),
            "more first choices than first come": all(one["more first choices than first come"] for one in rounds),
            f"at most {SECONDS:.0f} s": max(float(str(one["seconds"])) for one in rounds) <= SECONDS,
        },
        "rounds": rounds,
    }  # fmt: skip


def main(argv: list[str] | None = None) -> dict[str, object]:
    """Print the report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--groups", type=int, default=2000)
    parser.add_argument("--rooms", type=int, default=500)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--json", action="store_true", help="print everything as JSON")
    asked = parser.parse_args(argv)
    found = report(asked.groups, asked.rooms, asked.seeds)
    print(json.dumps(found if asked.json else found["met"], indent=1))  # noqa: T201
    return found


if __name__ == "__main__":
    main()
