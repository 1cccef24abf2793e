"""The allocation against every possible one, on small rounds; and what must hold on any."""

from itertools import combinations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rounds.allocation import Option, clash, first_come, greedy, points, solve, worth
from tests.bench import allocation as bench

HOUR = 60


def option(request, rank=1, room=1, day=0, starts=18, hours=2, **more):
    leaves = room if isinstance(room, tuple) else (room,)
    return Option(request, rank, leaves, day, starts * HOUR, (starts + hours) * HOUR, **more)


def valid(options, wants, chosen):
    picked = [options[n] for n in chosen]
    return not any(clash(a, b) for a, b in combinations(picked, 2)) and all(
        sum(one.request == request for one in picked) <= most for request, most in wants.items()
    )


def best_of_all(options, wants):
    """Every set of options there is: slow, and surely right."""
    sets = product((False, True), repeat=len(options))
    chosen = ([n for n, taken in enumerate(one) if taken] for one in sets)
    return max(worth(options[n] for n in c) for c in chosen if valid(options, wants, c))


OPTIONS = st.lists(
    st.builds(
        option,
        st.integers(1, 4),
        rank=st.integers(1, 4),
        room=st.sampled_from([(1,), (2,), (1, 2), (3,)]),
        day=st.integers(0, 1),
        starts=st.integers(17, 20),
        hours=st.integers(1, 2),
        metres=st.sampled_from([None, 100.0, 900.0, 5000.0]),
        kept=st.booleans(),
    ),
    max_size=9,
)
WANTS = st.fixed_dictionaries({request: st.integers(1, 2) for request in range(1, 5)})


@given(OPTIONS, WANTS)
def test_it_is_the_best_there_is(options, wants):
    chosen = solve(options, wants)
    assert valid(options, wants, chosen)
    assert worth(options[n] for n in chosen) == (
        best_of_all(options, wants) if options else worth([])
    )


@given(OPTIONS, WANTS)
def test_by_hand_and_first_come_are_valid_and_never_better(options, wants):
    best = worth(options[n] for n in solve(options, wants))
    for way in (greedy, first_come):
        chosen = way(options, wants)
        assert valid(options, wants, chosen)
        assert worth(options[n] for n in chosen) <= best


@given(OPTIONS, WANTS, st.data())
def test_what_the_broker_pinned_stays(options, wants, data):
    pinned = []
    for n in data.draw(st.permutations(range(len(options)))) if options else ():
        if valid(options, wants, [*pinned, n]):
            pinned.append(n)
        if len(pinned) == 2:
            break
    chosen = solve(options, wants, pinned=pinned)
    assert set(pinned) <= set(chosen)
    assert valid(options, wants, chosen)


def test_two_pins_that_clash_are_refused():
    options = [option("a"), option("b", starts=19)]
    with pytest.raises(ValueError, match="pinned"):
        solve(options, {"a": 1, "b": 1}, pinned=[0, 1])


def test_a_group_moves_to_its_second_choice_so_that_another_is_housed():
    """Both like one evening best; only one of them has somewhere else to go."""
    options = [option("a"), option("a", rank=2, room=2), option("b")]
    assert solve(options, {"a": 1, "b": 1}) == [1, 2]


def test_a_second_evening_never_costs_another_group_its_only_one():
    options = [option("a"), option("a", day=1), option("b", rank=3, day=1)]
    assert solve(options, {"a": 2, "b": 1}) == [0, 2]


def test_a_hall_and_its_half_are_never_given_together():
    options = [option("a", room=(1, 2)), option("b", room=2), option("c", room=1)]
    assert solve(options, {"a": 1, "b": 1, "c": 1}) == [1, 2]


def test_where_all_else_is_equal_who_met_there_stays():
    options = [option("a"), option("b", kept=True)]
    assert solve(options, {"a": 1, "b": 1}) == [1]


def test_nearness_never_outweighs_a_first_choice():
    near, far = option("a", rank=2, metres=10.0), option("a", metres=9000.0)
    assert points(near) < points(far)


def test_running_out_of_time_is_never_worse_than_by_hand():
    options, wants = bench.build(1, 200, 30)
    chosen = solve(options, wants, seconds=0.001)
    assert not bench.faults(options, wants, chosen)
    by_hand = greedy(options, wants)
    assert worth(options[n] for n in chosen) >= worth(options[n] for n in by_hand)


def test_the_bench_runs_small_and_finds_no_fault():
    found = bench.report(groups=60, rooms=15, seeds=2)
    assert found["met"]["valid"]
    assert found["met"]["never worse"]
