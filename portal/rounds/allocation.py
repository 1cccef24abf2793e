"""Who gets which room in a round: the best allocation by an objective that anyone can read, found exactly.

In this order, and never the other way round:

1. as many groups housed as can be: with at least one of the times that they need in a week;
2. the worst-off of them as well off as can be: so that as many groups as can be get all the times they need;
3. what groups like best, and how near it is (`points`);
4. where a group met last term.

It is a 0-1 programme: one unknown an option. A room holds one group at a time (at each moment at which an option begins,
the options that cover it in one room are together at most one), a group gets at most what it needs and no two times of
one day. Nearly always its linear relaxation is whole already, so HiGHS solves thousands of groups in a second or two;
if it ever ran out of time, the better of its best answer and `greedy`'s is taken, so it is never worse than that.
"""

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

SECONDS = 20.0  # to look for the best; what is found by then is valid whatever happens
FIRST = 60  # points of a first choice; the second has half of it, the third a third
STEP_M, MOST_STEPS = 250, 8  # distances count in these steps, up to 2 km
FULL, HALF = 1.0, 0.5


class Option(NamedTuple):
    """A room and time of the week that would do for a request.

    `leaves` are the rooms that are held for it, `starts` and `ends` minutes on the wall with the time before and after,
    `rank` is 1 for what the group likes best, `kept` says that the group met there last term.
    """

    request: Hashable
    rank: int
    leaves: tuple[int, ...]
    weekday: int
    starts: int
    ends: int
    metres: float | None = None
    kept: bool = False


class Worth(NamedTuple):
    """What an allocation is worth; compared from left to right."""

    housed: int  # groups with at least one time
    complete: int  # further times, for groups that need more than one
    points: int
    kept: int


def points(option: Option) -> int:
    """What an option is worth to its group, 1 to 68: 60 shared by its rank, so that a first choice counts most; nearness."""
    steps = MOST_STEPS if option.metres is None else min(int(option.metres // STEP_M), MOST_STEPS)
    return FIRST // option.rank + MOST_STEPS - steps


def worth(chosen: Iterable[Option]) -> Worth:
    """What some options are worth together."""
    chosen = list(chosen)
    housed = len({one.request for one in chosen})
    return Worth(
        housed, len(chosen) - housed, sum(map(points, chosen)), sum(one.kept for one in chosen)
    )


def clash(one: Option, other: Option) -> bool:
    """Whether two options cannot both be given: one room at one time, or one group twice on a day."""
    if one.weekday != other.weekday:
        return False
    if one.request == other.request:
        return True
    return (
        one.starts < other.ends
        and other.starts < one.ends
        and not set(one.leaves).isdisjoint(other.leaves)
    )


def solve(
    options: Sequence[Option],
    wants: Mapping[Hashable, int],
    *,
    pinned: Collection[int] = (),
    seconds: float = SECONDS,
) -> list[int]:
    """The positions of the options that are given, in order.

    `wants` says how many times a week each request needs; `pinned` are positions that the broker has fixed: they must
    not clash with each other. Raises ValueError where they do.
    """
    if not options:
        return []
    _check(options, wants, pinned)
    by_hand = greedy(options, wants, pinned=pinned)
    found = _best(options, wants, frozenset(pinned), seconds)
    if found is None or worth(options[n] for n in found) < worth(options[n] for n in by_hand):
        return by_hand
    return found


def greedy(
    options: Sequence[Option], wants: Mapping[Hashable, int], *, pinned: Collection[int] = ()
) -> list[int]:
    """What a careful person would do by hand: first each group once, those with the least choice first; then the rest."""
    given = _Given(options, wants, pinned)
    choices: dict[Hashable, list[int]] = defaultdict(list)
    for n, option in enumerate(options):
        choices[option.request].append(n)
    for mine in choices.values():
        mine.sort(key=lambda n: (-points(options[n]), not options[n].kept, n))
    in_turn = sorted(choices, key=lambda request: (len(choices[request]), choices[request][0]))
    for share in range(1, max(wants.values(), default=0) + 1):
        for request in in_turn:
            if given.count[request] < min(share, wants[request]):
                given.take_first(choices[request])
    return sorted(given.chosen)


def first_come(options: Sequence[Option], wants: Mapping[Hashable, int]) -> list[int]:
    """First come, first served, in the order of the options: what happens where there is no round."""
    given = _Given(options, wants, ())
    choices: dict[Hashable, list[int]] = defaultdict(list)
    for n, option in enumerate(options):
        choices[option.request].append(n)
    for request, mine in choices.items():
        mine.sort(key=lambda n: options[n].rank)
        for _ in range(wants[request]):
            given.take_first(mine)
    return sorted(given.chosen)


class _Given:
    """What has been given so far, and whether one option more still fits."""

    def __init__(
        self, options: Sequence[Option], wants: Mapping[Hashable, int], pinned: Collection[int]
    ) -> None:
        self.options, self.wants = options, wants
        self.chosen: list[int] = []
        self.count: dict[Hashable, int] = defaultdict(int)
        self.taken: dict[tuple[Hashable, int], list[Option]] = defaultdict(list)
        for n in pinned:
            self.take(n)

    def take(self, n: int) -> None:
        option = self.options[n]
        self.chosen.append(n)
        self.count[option.request] += 1
        for key in _keys(option):
            self.taken[key].append(option)

    def take_first(self, candidates: Iterable[int]) -> None:
        for n in candidates:
            option = self.options[n]
            if self.count[option.request] >= self.wants[option.request]:
                return
            if not any(clash(option, other) for key in _keys(option) for other in self.taken[key]):
                self.take(n)
                return


def _keys(option: Option) -> list[tuple[Hashable, int]]:
    """Where whatever could clash with an option is found: its rooms on that day, and its own group's."""
    return [
        *((("room", leaf), option.weekday) for leaf in option.leaves),
        (("request", option.request), option.weekday),
    ]


def _check(
    options: Sequence[Option], wants: Mapping[Hashable, int], pinned: Collection[int]
) -> None:
    fixed = [options[n] for n in pinned]
    pairs = ((a, b) for i, a in enumerate(fixed) for b in fixed[:i])
    too_many = any(
        sum(one.request == request for one in fixed) > wants[request]
        for request in {one.request for one in fixed}
    )
    if too_many or any(clash(a, b) for a, b in pairs):
        raise ValueError("what is pinned cannot all be given")


def _best(
    options: Sequence[Option],
    wants: Mapping[Hashable, int],
    pinned: frozenset[int],
    seconds: float,
) -> list[int] | None:
    """The programme itself. After the options' unknowns come those for a second, third... time of a group."""
    requests = list(dict.fromkeys(option.request for option in options))
    several = [request for request in requests if wants[request] > 1]
    further = {request: len(options) + n for n, request in enumerate(several)}
    rows = _Rows()
    mine: dict[Hashable, list[int]] = defaultdict(list)
    for n, option in enumerate(options):
        mine[option.request].append(n)
    for request, positions in mine.items():
        # What a group gets beyond its first time counts for less: so it is told apart.
        extra = [further[request]] if request in further else []
        rows.at_most(1, positions, less=extra)
        for positions_of_day in _by_day(options, positions) if extra else ():
            rows.at_most(1, positions_of_day)
    for together in _cliques(options):
        rows.at_most(1, together)
    gain, upper = _gains(options, wants, several)
    lower = np.zeros(len(upper))
    lower[list(pinned)] = 1
    answer = milp(
        -gain,
        integrality=np.ones(len(gain)),
        bounds=Bounds(lower, upper),
        constraints=rows.as_constraint(len(gain)),
        options={"time_limit": seconds, "mip_rel_gap": 0.0},
    )
    if answer.x is None:
        return None
    return [n for n in range(len(options)) if answer.x[n] > HALF]


def _gains(
    options: Sequence[Option], wants: Mapping[Hashable, int], several: Sequence[Hashable]
) -> tuple[np.ndarray, np.ndarray]:
    """What each unknown adds, and its greatest value: each aim of the list weighs more than all later ones together."""
    most = sum(min(wants[r], 7) for r in {o.request for o in options})
    kept = 1
    point = kept * (most + 1) if any(option.kept for option in options) else 1
    further = point * most * (FIRST + MOST_STEPS + 1)
    housed = further * (sum(wants[r] - 1 for r in several) + 1)
    gain = [
        float(housed + point * points(option) + (kept if option.kept else 0)) for option in options
    ]
    gain += [float(further - housed)] * len(several)
    upper = [1.0] * len(options) + [float(wants[request] - 1) for request in several]
    scale = float(point)
    return np.array(gain) / scale, np.array(upper)


def _by_day(options: Sequence[Option], positions: Sequence[int]) -> list[list[int]]:
    days: dict[int, list[int]] = defaultdict(list)
    for n in positions:
        days[options[n].weekday].append(n)
    return [day for day in days.values() if len(day) > 1]


def _cliques(options: Sequence[Option]) -> set[tuple[int, ...]]:
    """Options that all want one room at one moment. It is enough to look when one begins."""
    of_room: dict[tuple[int, int], list[int]] = defaultdict(list)
    for n, option in enumerate(options):
        for leaf in option.leaves:
            of_room[leaf, option.weekday].append(n)
    found = set()
    for wanted in of_room.values():
        for moment in {options[n].starts for n in wanted}:
            together = tuple(n for n in wanted if options[n].starts <= moment < options[n].ends)
            if len(together) > 1:
                found.add(together)
    return found


class _Rows:
    """The left side of the programme, row by row."""

    def __init__(self) -> None:
        self.starts, self.columns, self.values, self.limits = [0], [], [], []

    def at_most(self, limit: float, columns: Sequence[int], *, less: Sequence[int] = ()) -> None:
        self.columns += [*columns, *less]
        self.values += [FULL] * len(columns) + [-FULL] * len(less)
        self.starts.append(len(self.columns))
        self.limits.append(limit)

    def as_constraint(self, width: int) -> LinearConstraint:
        matrix = csr_array(
            (self.values, self.columns, self.starts), shape=(len(self.limits), width)
        )
        return LinearConstraint(matrix, -np.inf, self.limits)
