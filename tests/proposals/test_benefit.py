"""The community benefit test, and the periods of a case. Pure."""

from datetime import date, timedelta
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from portal.areas import profile as profiles
from portal.areas.calendar import count
from portal.areas.rules import Nation
from portal.proposals.deadlines import starting
from portal.proposals.judging.benefit import Sheet, Side, shown, weigh

PROFILE = profiles.in_force("pilot_compact", date(2026, 3, 2))


def sheet(ours: int, theirs: int | None = None, **single: int) -> Sheet:
    points = {(Side.PROPOSAL, name): single.get(name, ours) for name in PROFILE.criteria}
    if theirs is not None:
        points |= dict.fromkeys(((Side.ALTERNATIVE, name) for name in PROFILE.criteria), theirs)
    return Sheet(points)


def test_nobody_has_scored_means_no_result():
    assert weigh(PROFILE, [], capacity=True, alternative=False) is None


def test_it_passes_above_the_floor_with_capacity():
    assert weigh(PROFILE, [sheet(2), sheet(3)], capacity=True, alternative=False).passed
    assert not weigh(PROFILE, [sheet(2), sheet(3)], capacity=False, alternative=False).passed


def test_on_the_floor_is_not_above_it():
    result = weigh(PROFILE, [sheet(1), sheet(1)], capacity=True, alternative=False)
    assert result.ours == PROFILE.floor
    assert not result.passed
    almost = weigh(PROFILE, [sheet(1), sheet(1, social=2)], capacity=True, alternative=False)
    assert almost.passed


def test_ties_go_to_the_community():
    tie = weigh(PROFILE, [sheet(2, 2), sheet(2, 2)], capacity=True, alternative=True)
    assert tie.passed
    assert "Ties go to the community" in tie.sentence
    more = weigh(PROFILE, [sheet(2, 3), sheet(2, 2)], capacity=True, alternative=True)
    assert not more.passed
    assert "holder's use would bring more" in more.sentence


def test_a_line_shows_the_middle_and_the_spread():
    sheets = [sheet(1, social=4), sheet(1, social=1), sheet(1, social=3)]
    line = next(
        line
        for line in weigh(PROFILE, sheets, capacity=True, alternative=False).lines
        if line.criterion == "social"
    )
    assert (line.ours.median, line.ours.low, line.ours.high) == (3, 1, 4)
    assert line.theirs is None


@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=2, max_size=5),
    st.booleans(),
)
@settings(max_examples=80, deadline=None)
def test_more_points_never_turn_a_pass_into_a_fail(points, capacity):
    lower = [sheet(ours, theirs) for ours, theirs in points]
    higher = [sheet(min(ours + 1, 4), theirs) for ours, theirs in points]
    before = weigh(PROFILE, lower, capacity=capacity, alternative=True)
    after = weigh(PROFILE, higher, capacity=capacity, alternative=True)
    assert after.passed or not before.passed
    assert 0 <= before.ours <= 4


def test_points_are_written_plainly_and_never_rounded_up():
    assert [shown(Fraction(n)) for n in ("3", "5/2", "20/7", "99/100")] == [
        "3",
        "2.5",
        "2.85",
        "0.99",
    ]
    assert shown(None) == ""


def test_validation_starts_the_holders_and_the_deciders_time():
    found = starting("validated", date(2026, 3, 2), PROFILE, Nation.ENGLAND)
    assert found["holder_response"].due == date(2026, 4, 29)
    assert found["decision"].due == date(2026, 6, 5)
    assert "representations" not in found


def test_answers_follow_representations():
    found = starting("on_notice", date(2026, 3, 2), PROFILE, Nation.ENGLAND)
    assert found["representations"].due == date(2026, 3, 30)
    assert found["answers"].after == found["representations"].due
    assert found["answers"].due == date(2026, 4, 15)  # 31 March to 15 April without Easter


@given(st.dates(date(2011, 1, 1), date(2035, 1, 1)), st.sampled_from(list(Nation)))
@settings(max_examples=60, deadline=None)
def test_a_decision_is_never_due_after_six_months(day, nation):
    found = starting("validated", day, PROFILE, nation)
    assert found["decision"].due <= count(6, "months", day, nation).due
    assert found["decision"].due > found["holder_response"].due > day + timedelta(days=50)
