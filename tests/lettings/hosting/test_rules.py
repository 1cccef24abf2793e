"""What fits a standing approval, what a blocking takes, when the way in may be known: without any database."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.lettings.hosting import rules
from portal.lettings.hosting.rules import Approval, Asked, Stretch
from portal.people.rules import GroupKind
from tests.conftest import broken

TODAY = date(2026, 3, 2)
THURSDAYS = tuple(date(2026, 3, 5) + timedelta(weeks=n) for n in range(13))
ASKED = Asked(
    lineage=frozenset({7, 3}),
    people=15,
    pence=0,
    dates=THURSDAYS,
    starts=time(18),
    ends=time(20),
    kind=GroupKind.UNCONSTITUTED,
)
# "Free groups up to 20 people, weekday evenings": the example of COMPACT.md.
EVENINGS = Approval(
    most_people=20, most_pence=0, days=(0, 1, 2, 3, 4), starts=time(17), ends=time(22)
)


@pytest.mark.parametrize(
    ("rule", "asked", "fits"),
    [
        (Approval(), {}, True),
        (EVENINGS, {}, True),
        (EVENINGS, {"people": 20}, True),
        (EVENINGS, {"people": 21}, False),
        (EVENINGS, {"pence": 1}, False),
        (Approval(most_pence=500), {"pence": 500}, True),
        (Approval(most_pence=500), {"pence": 501}, False),
        (Approval(), {"pence": 100_000}, True),
        (EVENINGS, {"dates": (*THURSDAYS, date(2026, 3, 7))}, False),
        (EVENINGS, {"starts": time(16, 59)}, False),
        (EVENINGS, {"ends": time(22)}, True),
        (EVENINGS, {"ends": time(22, 1)}, False),
        (Approval(places=frozenset({7})), {}, True),
        (Approval(places=frozenset({3})), {}, True),
        (Approval(places=frozenset({8})), {}, False),
        (Approval(kinds=(GroupKind.CHARITY,)), {}, False),
        (Approval(kinds=(GroupKind.CHARITY, GroupKind.UNCONSTITUTED)), {}, True),
        (Approval(first=THURSDAYS[0], last=THURSDAYS[-1]), {}, True),
        (Approval(first=date(2026, 3, 6)), {}, False),
        (Approval(last=date(2026, 5, 27)), {}, False),
        (Approval(), {"insured": False}, False),
        (Approval(), {"dates": ()}, False),
    ],
)
def test_a_request_fits_only_as_a_whole(rule, asked, fits):
    assert rules.fits(rule, replace(ASKED, **asked)) is fits


RULES = st.builds(
    Approval,
    most_people=st.none() | st.integers(1, 40),
    most_pence=st.none() | st.integers(0, 2000),
    days=st.lists(st.integers(0, 6), unique=True).map(tuple),
    starts=st.none() | st.times(),
    ends=st.none() | st.times(),
    kinds=st.lists(st.sampled_from(GroupKind), unique=True).map(tuple),
    first=st.none() | st.dates(date(2026, 1, 1), date(2026, 6, 1)),
    last=st.none() | st.dates(date(2026, 3, 1), date(2026, 12, 1)),
)
REQUESTS = st.builds(
    Asked,
    lineage=st.just(frozenset({7})),
    people=st.integers(1, 50),
    pence=st.integers(0, 3000),
    dates=st.lists(st.sampled_from(THURSDAYS), min_size=1, unique=True).map(tuple),
    starts=st.times(max_value=time(20)),
    ends=st.times(min_value=time(20, 1)),
    kind=st.sampled_from(GroupKind),
)


@given(RULES, REQUESTS)
def test_what_fits_still_fits_when_less_is_asked_or_more_is_allowed(rule, asked):
    if not rules.fits(rule, asked):
        return
    smaller = replace(asked, people=1, pence=0, dates=asked.dates[:1])
    assert rules.fits(rule, smaller)
    for name in ("most_people", "most_pence", "starts", "ends", "first", "last"):
        assert rules.fits(replace(rule, **{name: None}), asked)
    assert rules.fits(replace(rule, days=(), kinds=()), asked)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"starts": time(20), "ends": time(18)}, "ends-before-start"),
        ({"first": date(2026, 5, 2), "last": date(2026, 5, 1)}, "last-before-first"),
        ({"last": date(2026, 3, 1)}, "in-the-past"),
        ({"most_people": 0}, "nobody"),
    ],
)
def test_a_rule_that_nothing_could_fit_is_refused(values, code):
    with broken(code):
        rules.check_approval(Approval(**values), TODAY)


def at(day, hour, minute=0):
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


def test_what_is_free_of_a_blocking():
    wanted = [(at(5, 8), at(5, 22))]
    taken = [(at(5, 18), at(5, 20)), (at(5, 19), at(5, 21)), (at(5, 6), at(5, 9))]
    assert rules.without(wanted, taken) == [(at(5, 9), at(5, 18)), (at(5, 21), at(5, 22))]
    assert rules.without(wanted, [(at(5, 7), at(5, 23))]) == []
    assert rules.without(wanted, []) == wanted


MINUTES = st.tuples(st.integers(0, 300), st.integers(1, 60)).map(
    lambda pair: (
        at(5, 0) + timedelta(minutes=pair[0]),
        at(5, 0) + timedelta(minutes=pair[0] + pair[1]),
    )
)


@given(st.lists(MINUTES, max_size=8), st.lists(MINUTES, max_size=8))
def test_minute_by_minute_the_same(wanted, taken):
    def minutes(spans):
        return {
            start + timedelta(minutes=n)
            for start, end in spans
            for n in range(int((end - start).total_seconds()) // 60)
        }

    left = rules.without(wanted, taken)
    assert minutes(left) == minutes(wanted) - minutes(taken)
    assert all(start < end for start, end in left)
    assert all(a[1] <= b[0] for a, b in pairwise(left))


def test_whole_days_end_at_midnight_on_the_wall_when_clocks_change():
    (span,) = rules.spans_of(Stretch(date(2026, 3, 28), date(2026, 3, 30)))
    assert span == (
        datetime(2026, 3, 28, 0, 0, tzinfo=UTC),
        datetime(2026, 3, 30, 23, 0, tzinfo=UTC),
    )


def test_weekly_hours_keep_their_time_on_the_wall():
    stretch = Stretch(date(2026, 3, 23), date(2026, 4, 5), (0,), time(9), time(12))
    assert rules.spans_of(stretch) == [
        (at(23, 9), at(23, 12)),
        (at(30, 8), at(30, 11)),
    ]


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"starts": time(9)}, "half-hours"),
        ({"starts": time(9), "ends": time(9)}, "ends-before-start"),
        ({"last": date(2026, 3, 2)}, "last-before-first"),
        ({"first": date(2026, 3, 1)}, "in-the-past"),
        ({"last": date(2027, 3, 5)}, "too-long"),
        ({"days": (0,)}, "no-such-day"),
    ],
)
def test_a_blocking_that_cannot_be_is_refused(values, code):
    stretch = Stretch(**{"first": date(2026, 3, 3), "last": date(2026, 3, 5)} | values)
    with broken(code):
        rules.check_stretch(stretch, TODAY)


def test_the_way_in_is_known_from_two_days_before_until_the_end():
    spans = [(at(5, 18), at(5, 20)), (at(12, 18), at(12, 20))]
    for now, is_open in (
        (at(3, 17, 59), False),
        (at(3, 18), True),
        (at(5, 19, 59), True),
        (at(5, 20), False),
        (at(10, 17), False),
        (at(10, 18), True),
        (at(13, 0), False),
    ):
        assert rules.way_in_open(spans, now) is is_open, now
    assert rules.way_in_from(spans, at(2, 0)) == at(3, 18)
    assert rules.way_in_from(spans, at(6, 0)) == at(10, 18)
    assert rules.way_in_from(spans, at(13, 0)) is None


def test_a_paper_is_told_of_before_it_runs_out():
    for days, soon in ((-1, False), (0, True), (28, True), (29, False)):
        assert rules.runs_out_soon(TODAY + timedelta(days=days), TODAY) is soon
    assert not rules.runs_out_soon(None, TODAY)


def test_a_paper_is_seen_today_or_before_and_good_still():
    rules.check_seen(TODAY, None, TODAY)
    with broken("in-the-future"):
        rules.check_seen(TODAY + timedelta(days=1), None, TODAY)
    with broken("run-out"):
        rules.check_seen(TODAY, TODAY - timedelta(days=1), TODAY)
