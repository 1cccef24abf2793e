"""Which days are shut and who opens, against models that look at one day and one minute at a time."""

from datetime import date, datetime, time, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from portal.register.rules import HireWhen
from portal.venues.hours import Door, Hours, door, hire_minutes, opening_cost
from portal.venues.rules import Key, Span, between, is_shut, merged, shut_days, who_opens

START = date(2026, 8, 24)  # a Monday
WINDOW = [START + timedelta(days=n) for n in range(60)]
days_of_window = st.sampled_from(WINDOW)
spans = st.lists(
    st.tuples(days_of_window, st.integers(0, 14)).map(
        lambda one: Span(one[0], one[0] + timedelta(days=one[1]))
    ),
    max_size=5,
)
quarters = st.integers(1, 95).map(lambda n: time(n // 4, n % 4 * 15))
keys = st.lists(
    st.builds(
        Key,
        st.lists(st.integers(0, 6), unique=True, max_size=3).map(tuple),
        st.none() | quarters | st.just(time()),
        st.integers(0, 50_00),
    ),
    max_size=4,
).map(tuple)


def at(day: date, minute: int) -> datetime:
    return datetime.combine(day, time()) + timedelta(minutes=minute)


def within(day, some):
    return any(span.first <= day <= span.last for span in some)


@given(spans)
def test_merged_spans_are_the_same_days_in_order(some):
    together = merged(some)
    assert all(within(day, some) == within(day, together) for day in WINDOW)
    assert all(a.last + timedelta(days=1) < b.first for a, b in pairwise(together))


@given(st.sampled_from(HireWhen), spans, spans)
def test_a_day_is_shut_by_a_closure_or_by_the_part_of_the_year(when, terms, closures):
    shut = shut_days(when, terms, closures)
    first, last = (
        (min(t.first for t in terms), max(t.last for t in terms)) if terms else (None, None)
    )
    for day in WINDOW:
        known = first is not None and first <= day <= last
        let = {
            HireWhen.ALWAYS: True,
            HireWhen.IN_TERM: within(day, terms),
            HireWhen.OUT_OF_TERM: known and not within(day, terms),
        }[when]
        assert within(day, shut) == (within(day, closures) or not let), (day, when)
        assert is_shut(shut, at(day, 600), at(day, 660)) == within(day, shut)


def test_midnight_belongs_to_the_day_that_ends():
    shut = (Span(START, START),)
    before = START - timedelta(days=1)
    assert not is_shut(shut, at(before, 1320), at(START, 0))
    assert is_shut(shut, at(before, 1320), at(START, 1))
    assert between([Span(START, START)]) == ()


@given(keys, days_of_window, st.integers(0, 90), st.integers(1, 20))
def test_who_opens_is_there_every_minute_and_costs_least(some, day, first, length):
    start, end = at(day, first * 15), at(day, (first + length) * 15)

    def there(key, moment):
        """The slow model: is this person there in this minute of that day?"""
        if key.days and day.weekday() not in key.days:
            return False
        until = key.until and (key.until.hour * 60 + key.until.minute or 1440)
        minute = int((moment - at(day, 0)).total_seconds()) // 60
        return key.until is None or (until or 1440) > minute

    minutes = [start + timedelta(minutes=n) for n in range(15 * length)]
    could = [key for key in some if all(there(key, moment) for moment in minutes)]
    chosen = who_opens(some, start, end)
    assert (chosen is None) == (not could)
    if chosen is not None:
        assert chosen.pence == min(key.pence for key in could)


@given(keys, days_of_window, st.integers(0, 94), st.booleans(), spans)
def test_the_door_opens_exactly_in_the_hours_that_are_shown(some, day, first, opener, shut):
    """What the week's picture shows as for hire is what can be asked for, quarter of an hour by quarter of an hour."""
    hours = Hours(
        "Mo-Sa 08:00-23:00", "Mo-Fr 09:00-17:00", opener or bool(some), some, merged(shut)
    )
    start, end = at(day, first * 15), at(day, first * 15 + 15)
    shown = any(low <= first * 15 and first * 15 + 15 <= high for low, high in hire_minutes(hours, day, ()))  # fmt: skip
    answer = door(hours, start, end, ())
    assert shown == (answer in (Door.OPEN, Door.OPENED)), answer
    if answer is not Door.OPENED:
        assert answer is not Door.OPEN or opening_cost(hours, start, end, ()) == 0
