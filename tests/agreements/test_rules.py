"""Terms, last days, contracting out, breaks and reminders: by tables worked out by hand and by Hypothesis. Pure."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.agreements import rules
from portal.agreements.rules import TERMS, Form, Kind, Route
from portal.areas.rules import Nation
from portal.people.rules import Role
from tests.conftest import broken

D = date
DAYS = st.dates(D(2020, 1, 1), D(2060, 12, 31))


@pytest.mark.parametrize(
    ("starts", "months", "last"),
    [
        (D(2026, 9, 1), 36, D(2029, 8, 31)),
        (D(2026, 9, 15), 1, D(2026, 10, 14)),
        (D(2028, 2, 29), 12, D(2029, 2, 27)),  # there is no 29 February 2029: it ends with the 27th
        (D(2026, 8, 31), 6, D(2027, 2, 27)),
        (D(2027, 3, 1), 12, D(2028, 2, 29)),
    ],
)
def test_a_term_ends_on_the_day_before_the_corresponding_date(starts, months, last):
    assert rules.last_day(starts, months) == last


def test_a_term_beyond_the_calendar_is_told_in_words():
    with broken("term-calendar"):
        rules.last_day(D(9999, 6, 1), 600)


E, W, S, NI = Nation.ENGLAND, Nation.WALES, Nation.SCOTLAND, Nation.NORTHERN_IRELAND


@pytest.mark.parametrize(
    ("form", "months", "nation", "occupied", "needed"),
    [
        (Form.LEASE, 6, E, 0, False),
        (Form.LEASE, 7, E, 0, True),
        (Form.LEASE, 36, W, 0, True),
        (Form.LEASE, 36, S, 0, False),
        (Form.LEASE, 36, NI, 0, False),
        (Form.LICENCE, 84, E, 0, False),
        (Form.LEASE, 6, E, 12, False),
        (Form.LEASE, 6, E, 13, True),  # a short lease after more than a year there is protected too
        (Form.LICENCE, 6, E, 40, False),
    ],
)
def test_when_tenure_must_be_contracted_out(form, months, nation, occupied, needed):
    found = rules.needs_contracting_out(form, months, nation, occupied_months=occupied)
    assert found is needed


@pytest.mark.parametrize(
    ("route", "notice", "declared", "first"),
    [
        (Route.SIMPLE, D(2026, 5, 1), D(2026, 5, 4), D(2026, 5, 16)),  # 2 to 15 May are 14 whole days
        (Route.SIMPLE, D(2026, 5, 1), D(2026, 6, 1), D(2026, 6, 1)),
        (Route.STATUTORY, D(2026, 5, 1), D(2026, 5, 4), D(2026, 5, 4)),
        (Route.STATUTORY, D(2026, 5, 4), D(2026, 5, 4), D(2026, 5, 4)),
        (Route.SIMPLE, D(2026, 3, 20), D(2026, 3, 20), D(2026, 4, 4)),  # across the clock change
    ],
)  # fmt: skip
def test_the_first_day_on_which_a_lease_may_be_signed(route, notice, declared, first):
    assert rules.first_signing_day(route, notice, declared) == first


@given(DAYS, st.integers(0, 400), st.sampled_from(Route))
def test_no_lease_is_signed_before_its_notice_and_declaration(notice, later, route):
    declared = notice + timedelta(days=later)
    first = rules.first_signing_day(route, notice, declared)
    assert first >= declared
    if route is Route.SIMPLE:
        assert (first - notice).days > rules.WARNING_DAYS


@pytest.mark.parametrize(
    ("side", "starts", "given_on", "may_from", "ends"),
    [
        (Role.OFFICER, D(2026, 9, 1), D(2027, 3, 1), D(2027, 3, 1), D(2027, 6, 1)),
        (Role.OFFICER, D(2026, 8, 31), D(2027, 11, 30), D(2027, 2, 28), D(2028, 2, 29)),
        (Role.ORGANISER, D(2026, 9, 1), D(2026, 9, 2), None, D(2026, 10, 2)),
        (Role.ORGANISER, D(2026, 9, 1), D(2027, 1, 31), None, D(2027, 2, 28)),
    ],
)
def test_the_usual_breaks(side, starts, given_on, may_from, ends):
    """Holder: three months' notice after month 6. Group: one month's at any time."""
    assert rules.notice_from(side, starts, 6) == may_from
    assert rules.earliest_end(side, given_on, break_holder=3, break_group=1) == ends


@given(DAYS, st.integers(1, 60), st.integers(1, 60), st.sampled_from(rules.SIDES))
def test_a_notice_leaves_at_least_four_weeks_a_month(given_on, holder, group, side):
    ends = rules.earliest_end(side, given_on, break_holder=holder, break_group=group)
    months = holder if side is Role.OFFICER else group
    assert timedelta(days=28 * months) <= ends - given_on <= timedelta(days=31 * months)


@given(DAYS, st.integers(1, 120), st.integers(0, 4000))
def test_the_clock_sends_each_reminder_on_its_day_and_the_last_one_when_it_is_late(
    starts, months, late
):
    ends = rules.last_day(starts, months)
    days = rules.reminders(starts, ends)
    assert all(starts < day <= ends for day in days.values())
    assert list(days.values()) == sorted(days.values())
    assert "end" in days or ends == starts
    today = starts + timedelta(days=late)
    name = rules.latest_due(days, today)
    if name:
        assert days[name] <= today
        assert not [day for day in days.values() if days[name] < day <= today]
    else:
        assert all(day > today for day in days.values())


def test_reminders_by_hand():
    assert rules.reminders(D(2026, 9, 1), D(2029, 8, 31)) == {
        "6-months": D(2029, 2, 28),
        "3-months": D(2029, 5, 31),
        "1-month": D(2029, 7, 31),
        "1-week": D(2029, 8, 24),
        "end": D(2029, 8, 31),
    }
    assert list(rules.reminders(D(2026, 9, 1), D(2026, 10, 31))) == ["1-month", "1-week", "end"]


def test_the_break_is_told_a_month_before_it_can_be_used():
    told = rules.break_reminder(D(2026, 9, 1), D(2029, 8, 31), 6)
    assert told == (D(2027, 2, 1), D(2027, 3, 1))
    assert rules.break_reminder(D(2026, 9, 1), D(2027, 2, 28), 6) is None  # it ends before
    assert rules.break_reminder(D(2026, 9, 1), D(2029, 8, 31), 0) is None


@pytest.mark.parametrize(
    ("key", "value", "kept"),
    [
        ("rent", 12000, "12000"),
        ("rent", 0, "0"),
        ("starts_on", D(2026, 9, 1), "2026-09-01"),
        ("permitted_use", "  Beds.  ", "Beds."),
        ("further", "", ""),
        ("further", None, ""),
        ("form", "lease", "lease"),
        ("break_after", 0, "0"),
    ],
)
def test_what_a_term_says_is_kept_as_text(key, value, kept):
    assert rules.checked(key, value) == kept


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        ("permitted_use", "", "term-empty"),
        ("starts_on", None, "term-empty"),
        ("rent", -1, "term-number"),
        ("rent", 10**10, "term-number"),
        ("term_months", 0, "term-number"),
        ("term_months", 601, "term-number"),
        ("break_holder", 0, "term-number"),
        ("maintenance", "x" * 5001, "term-long"),
    ],
)
def test_what_a_term_cannot_say(key, value, code):
    with broken(code):
        rules.checked(key, value)


def test_every_default_is_a_good_value():
    for key, term in TERMS.items():
        if term.default:
            assert rules.checked(key, term.default) == term.default
        assert term.kind is not Kind.NUMBER or term.least < term.most
