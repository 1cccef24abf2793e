"""The states of a case drawn from the table: layer by layer, from the first draft down. Pure; numbers are SVG units.

A small Sugiyama layout: each state stands a layer below the last one that leads to it, a way that passes layers
is led round through invisible stops, and the order within a layer follows the neighbours above and below.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import fmean
from typing import NamedTuple

from portal.areas.profile import Profile
from portal.policy.rules import Way, reached, ways_of
from portal.proposals.rules import OVER, State

WIDTH = 360.0  # of the drawing: a phone's
BOX, HIGH = 102.0, 38.0  # of a state
STOP, GAP = 6.0, 8.0  # an invisible stop's width; between neighbours
LAYER = 78.0  # from one layer to the next
SWEEPS = 12
# A state that so many others lead to, and that leads nowhere, is told in words: its arrows would hide the rest.
MANY = 3


class Arrow(NamedTuple):
    """A way as it is drawn: from `source` to `target` along `path`; `up` when the arrow climbs."""

    source: State
    target: State
    path: str
    up: bool
    by_clock: bool


class Box(NamedTuple):
    """A state as it is drawn: the middle of its box."""

    state: State
    x: float
    y: float


@dataclass(frozen=True)
class Drawing:
    """Boxes and arrows, how high they are together, and what is told in words instead."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    told: tuple[tuple[State, tuple[State, ...]], ...]  # an end, and where it can be reached from


@dataclass
class _Spot:
    """A place in a layer: of a state, or of a way that passes."""

    layer: int
    width: float
    state: State | None = None
    x: float = WIDTH / 2
    above: list["_Spot"] = field(default_factory=list)
    below: list["_Spot"] = field(default_factory=list)


def draw(profile: Profile) -> Drawing:
    """The states and ways of a profile, laid out."""
    there = reached(profile)
    ways = [way for way in ways_of(profile) if way.source in there]
    ends = _told_ends(ways)
    shown = [way for way in ways if way.target not in ends and way.source not in ends]
    states = [s for s in State if s in there and s not in ends]
    down, up = _split(states, shown)
    layers = _layers(states, down)
    spots, chains = _spots(states, layers, [*down, *_turned(up)])
    _order(spots)
    arrows = tuple(
        _arrow(way, chain, up=way in up) for way, chain in zip([*down, *up], chains, strict=True)
    )
    boxes = tuple(Box(s.state, s.x, _y(s.layer)) for row in spots for s in row if s.state)
    told = tuple((end, tuple(w.source for w in ways if w.target is end)) for end in ends)
    return Drawing(WIDTH, _y(len(spots) - 1) + HIGH, boxes, arrows, told)


def _told_ends(ways: Sequence[Way]) -> tuple[State, ...]:
    leading = {state: sum(way.target is state for way in ways) for state in OVER}
    goes_on = {way.source for way in ways}
    return tuple(s for s, number in leading.items() if number > MANY and s not in goes_on)


def _split(states: Sequence[State], ways: Sequence[Way]) -> tuple[list[Way], list[Way]]:
    """The ways that lead down and those that climb back to where a case has been, found by walking the table."""
    up: list[Way] = []
    seen: set[State] = set()

    def walk(state: State, path: tuple[State, ...]) -> None:
        seen.add(state)
        for way in ways:
            if way.source is state:
                if way.target in (*path, state):
                    up.append(way)
                elif way.target not in seen:
                    walk(way.target, (*path, state))

    for state in states:
        if state not in seen:
            walk(state, ())
    return [way for way in ways if way not in up], up


def _turned(ways: Iterable[Way]) -> list[Way]:
    return [Way(way.target, way.source, way.rows) for way in ways]


def _layers(states: Sequence[State], down: Sequence[Way]) -> dict[State, int]:
    """Each state one layer below the lowest that leads to it."""
    layer = dict.fromkeys(states, 0)
    for _ in states:
        for way in down:
            layer[way.target] = max(layer[way.target], layer[way.source] + 1)
    return layer


def _spots(
    states: Sequence[State], layers: dict[State, int], ways: Sequence[Way]
) -> tuple[list[list[_Spot]], list[list[_Spot]]]:
    """The spots of each layer, and for each way the spots that it runs through from its upper to its lower end."""
    rows: list[list[_Spot]] = [[] for _ in range(max(layers.values()) + 1)]
    of = {state: _Spot(layers[state], BOX, state) for state in states}
    for spot in of.values():
        rows[spot.layer].append(spot)
    chains = []
    for way in ways:
        first, last = of[way.source], of[way.target]
        between = [_Spot(layer, STOP) for layer in range(first.layer + 1, last.layer)]
        for stop in between:
            rows[stop.layer].append(stop)
        chain = [first, *between, last]
        for upper, lower in pairwise(chain):
            upper.below.append(lower)
            lower.above.append(upper)
        chains.append(chain)
    return rows, chains


def _order(rows: list[list[_Spot]]) -> None:
    """Sort each layer by where its neighbours stand, sweeping down and up, and set it out without overlaps."""
    for row in rows:
        _set_out(row)
    for sweep in range(SWEEPS):
        for row in rows if sweep % 2 == 0 else reversed(rows):
            for spot in row:
                near = spot.above if sweep % 2 == 0 else spot.below
                spot.x = fmean(other.x for other in near) if near else spot.x
            row.sort(key=lambda spot: spot.x)
            _set_out(row)
    _centre([spot for row in rows for spot in row])


def _centre(spots: Sequence[_Spot]) -> None:
    """Move all together, so that what is left of the width is the same on both sides."""
    left = min(spot.x - spot.width / 2 for spot in spots)
    right = max(spot.x + spot.width / 2 for spot in spots)
    for spot in spots:
        spot.x += (WIDTH - left - right) / 2


def _set_out(row: list[_Spot]) -> None:
    """Move the spots of a layer apart, as little as need be, and into the drawing."""
    for left, right in pairwise(row):
        right.x = max(right.x, left.x + (left.width + right.width) / 2 + GAP)
    limit = WIDTH - 2
    for spot in reversed(row):
        spot.x = min(spot.x, limit - spot.width / 2)
        limit = spot.x - spot.width / 2 - GAP
    if (
        row and (short := row[0].width / 2 - row[0].x) > 0
    ):  # too many for the width: from the left edge on
        for spot in row:
            spot.x += short


def _y(layer: int) -> float:
    return HIGH / 2 + 2 + layer * LAYER


def _arrow(way: Way, chain: Sequence[_Spot], *, up: bool) -> Arrow:
    """A smooth line from under the upper box, past the stops, to above the lower box."""
    x = _port(chain[0], chain[1], chain[0].below)
    parts, y = [], _y(chain[0].layer) + HIGH / 2
    parts.append(f"M{x:.0f} {y:.0f}")
    for number, spot in enumerate(chain[1:], 1):
        last = number == len(chain) - 1
        to_x = _port(spot, chain[number - 1], spot.above) if last else spot.x
        to_y = _y(spot.layer) - HIGH / 2
        half = (y + to_y) / 2
        parts.append(f"C{x:.0f} {half:.0f} {to_x:.0f} {half:.0f} {to_x:.0f} {to_y:.0f}")
        x, y = to_x, to_y + HIGH
        if not last:
            parts.append(f"V{y:.0f}")
    return Arrow(way.source, way.target, "".join(parts), up, way.by_clock)


def _port(spot: _Spot, other: _Spot, neighbours: Sequence[_Spot]) -> float:
    """Where on a box's edge the line to a neighbour begins: side by side, in the neighbours' order."""
    ordered = sorted(neighbours, key=lambda near: near.x)
    at = next(n for n, near in enumerate(ordered) if near is other)
    room = min(16.0, (spot.width - 20) / max(1, len(ordered)))
    return spot.x + (at - (len(ordered) - 1) / 2) * room
