"""Which dates go where: by tables, and against every way there is."""

from datetime import date, time, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.lettings import walltime
from portal.lettings.finding import repairs, windows
from portal.venues.rules import MIDNIGHT, minute_of
from tests.lettings import make

YES, NO = True, False
MASKS = st.lists(st.booleans(), min_size=5, max_size=5)


@pytest.mark.parametrize(
    ("home", "others", "placed"),
    [
        ([YES, YES], [], [None, None]),
        ([YES, NO], [], None),
        ([YES, NO], [[YES, NO]], None),
        ([YES, NO], [[YES, YES], [YES, YES]], [None, 0]),
        # One room for both dates, though a nearer one would do for the first.
        ([NO, NO, YES], [[YES, NO, NO], [YES, YES, NO]], [1, 1, None]),
        # Two are needed: each date in the nearest of the two.
        ([NO, NO], [[YES, NO], [NO, YES]], [0, 1]),
        ([NO, NO, NO, NO], [[n == k for n in range(4)] for k in range(4)], None),
    ],
)
def test_broken_dates_find_a_room(home, others, placed):
    assert repairs.patch(home, others) == placed


@given(MASKS, st.lists(MASKS, max_size=4))
def test_a_patch_is_the_best_of_all_there_are(home, others):
    """Every way to place each broken date, one by one: fewest rooms first, then the nearest."""
    places = [[None] if free else [k for k, o in enumerate(others) if o[n]] for n, free in enumerate(home)]  # fmt: skip
    ways = [
        way for way in product(*places) if len({k for k in way if k is not None}) <= repairs.MOST_ROOMS
    ]  # fmt: skip

    def cost(way):
        used = [k for k in way if k is not None]
        return len(set(used)), sum(used)

    found = repairs.patch(home, others)
    if not ways:
        assert found is None
    else:
        assert tuple(found) in ways
        assert cost(found) == min(map(cost, ways))


@given(st.lists(st.booleans(), max_size=12))
def test_the_longest_run_is_the_longest(free):
    begin, end = repairs.longest_run(free)
    runs = [(b, e) for b in range(len(free)) for e in range(b + 1, len(free) + 1) if all(free[b:e])]
    longest = max((e - b for b, e in runs), default=0)
    assert end - begin == longest
    assert not longest or (begin, end) == min(r for r in runs if r[1] - r[0] == longest)


@given(st.lists(st.booleans(), min_size=13, max_size=13), st.sampled_from([1, 2]))
def test_leaving_out_leaves_just_the_free_dates(free, every):
    wish = make.wish(every_weeks=every, last=date(2026, 3, 5) + timedelta(weeks=12 * every))
    dates = walltime.weekly_dates(3, wish.first, wish.last, every)
    left = repairs.leaving_out(wish, dates, free)
    kept = [d for d in dates if not walltime.left_out(d, left.without)]
    assert kept == [d for d, one in zip(dates, free, strict=True) if one]


def test_shifts_stay_within_half_an_hour_of_what_would_do():
    wish = make.wish(earliest=time(17, 30), latest=time(20))
    tried = [slot.starts for slot in repairs.shifted(wish)]
    assert tried[:4] == [time(17, 25), time(18, 5), time(17, 20), time(18, 10)]
    assert tried[-2:] == [time(17), time(18, 30)]
    assert all(slot.weekday == 3 for slot in repairs.shifted(wish))


def test_no_shift_runs_over_midnight():
    slots = list(repairs.shifted(make.wish(starts=time(0, 10), ends=time(23, 50))))
    assert [(s.starts, s.ends) for s in slots] == [
        (time(0, 5), time(23, 45)), (time(0, 15), time(23, 55)), (time(0, 0), time(23, 40)),
    ]  # fmt: skip


def test_one_day_over_comes_before_two():
    wish = make.wish(other_days=(4,))
    assert [slot.weekday for slot in repairs.other_days(wish)] == [2, 5, 1, 6, 0]


@given(
    st.integers(0, 23 * 60 // 5), st.integers(1, 36), st.integers(0, 60), st.integers(0, 60),
    st.sets(st.integers(0, 6)),
)  # fmt: skip
def test_slots_are_every_fifth_minute_of_the_window(start, length, before, after, days):
    begin, end = start * 5, start * 5 + length * 5
    if end >= MIDNIGHT:
        return
    early, late = max(0, begin - before * 5), min(MIDNIGHT - 5, end + after * 5)
    wish = make.wish(
        starts=time(*divmod(begin, 60)),
        ends=time(*divmod(end, 60)),
        earliest=time(*divmod(early, 60)),
        latest=time(*divmod(late, 60)),
        other_days=tuple(sorted(days)),
    )
    slots = list(windows.slots(wish))
    assert (slots[0].weekday, slots[0].starts) == (3, wish.starts)
    obvious = {
        (day, minute)
        for day in {3, *days}
        for minute in range(early, MIDNIGHT, 5)
        if minute + length * 5 <= late
    }
    assert {(s.weekday, minute_of(s.starts)) for s in slots} == obvious
    assert len(slots) == len(obvious)
    for slot in slots:
        assert walltime.minutes_between(slot.starts, slot.ends) == length * 5
