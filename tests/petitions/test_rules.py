"""Who is one person, and how many are needed: what must be true whatever is typed."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.areas.profile import Petition
from portal.areas.rules import postcode_key
from portal.errors import RuleBroken
from portal.petitions import rules
from portal.petitions.rules import OnPaper, Tally, count_needed, email_key, same_person
from tests.conftest import broken

ASKED = Petition(
    count=50,
    share=Decimal("0.01"),
    population_of="ward",
    eligible="area",
    months=6,
    clause="petition",
    source="Invented",
)

letters = st.characters(exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp"), exclude_characters="@")
addresses = st.builds(
    lambda one, two, three: f"{one}@{two}.{three}",
    *[st.text(letters, min_size=1, max_size=20)] * 3,
)


@given(addresses, st.sampled_from(["", " ", "\t", "\n"]))
def test_an_address_has_one_key_however_it_is_typed(address, space):
    try:
        key = email_key(address)
    except RuleBroken:
        return
    assert email_key(key) == key
    assert email_key(space + address + space) == key
    assert key.count("@") == 1
    assert len(key) <= rules.LONGEST_EMAIL


def test_capitals_and_accents_are_the_same_address_and_tags_are_not():
    assert email_key("Zoe@Example.ORG") == "zoe@example.org"
    assert email_key("zoe\u0308@example.org") == email_key("zo\u00eb@example.org")
    assert email_key("zoe+petition@example.org") != email_key("zoe@example.org")
    assert email_key("z.o.e@example.org") != email_key("zoe@example.org")


@pytest.mark.parametrize(
    "text",
    ["", "zoe", "zoe@", "@example.org", "a b@example.org", "a@b@c.org", "x" * 250 + "@a.org"],
)
def test_what_is_no_address_is_refused(text):
    with broken("email-form"):
        email_key(text)


outward = st.from_regex(r"[A-Z]{1,2}[0-9][A-Z0-9]?", fullmatch=True)
inward = st.from_regex(r"[0-9][A-Z]{2}", fullmatch=True)


@given(outward, inward, st.sampled_from(["", " ", "  ", "\u00a0"]), st.booleans())
def test_a_postcode_has_one_key_however_it_is_typed(out, inside, space, small):
    typed = f" {out}{space}{inside} "
    assert postcode_key(typed.lower() if small else typed) == out + inside


@given(st.text(max_size=30), st.text(max_size=30))
def test_names_in_another_order_are_the_same_person(one, two):
    assert same_person(f"{one} {two}", "M332AA") == same_person(f"{two} {one}", "M332AA")


def test_one_name_elsewhere_is_somebody_else():
    assert same_person("Anil Rao", "M332AA") == same_person("RAO, Anil.", "M332AA")
    assert same_person("Anil Rao", "M332AA") != same_person("Anil Rao", "M332AB")
    assert same_person("Anil Rao", "M332AA") != same_person("Anita Rao", "M332AA")


# ---- how many


@given(st.integers(1, 5000), st.decimals(Decimal("0.0001"), 1, places=4), st.integers(0, 2_000_000))
def test_a_share_is_rounded_up_to_whole_people(count, share, residents):
    made = count_needed(replace(ASKED, count=count, share=share), residents, "West", "Census")
    assert made.shared >= share * residents
    assert made.shared - 1 < share * residents or made.shared == 1
    assert made.needed == min(count, made.shared) >= 1


@given(st.integers(1, 5000))
def test_a_share_of_nobody_knows_how_many_is_left_out(count):
    made = count_needed(replace(ASKED, count=count), None, "West", "")
    assert (made.needed, made.shared, made.residents) == (count, None, None)


def test_worked_by_hand():
    alone = replace(ASKED, count=None)
    assert count_needed(alone, 8431, "West", "Census").needed == 85
    assert count_needed(alone, 8400, "West", "Census").needed == 84
    assert count_needed(ASKED, 8431, "West", "Census").needed == 50
    assert count_needed(ASKED, 1200, "West", "Census").needed == 12
    assert count_needed(replace(ASKED, share=None), None, "West", "").needed == 50


def test_a_share_alone_without_residents_opens_nothing():
    with broken("residents-unknown"):
        count_needed(replace(ASKED, count=None), None, "West", "")


@given(st.lists(st.integers(0, 500), max_size=6), st.integers(0, 500), st.integers(0, 500))
def test_who_is_from_outside_is_never_counted_in(numbers, paper, apart):
    tally = Tally([(str(n), number) for n, number in enumerate(numbers)], paper, apart)
    assert tally.total == sum(numbers) + paper


# ---- days and paper

TODAY = date(2026, 3, 2)


@pytest.mark.parametrize("days", [1, 30, 92])
def test_a_last_day_ahead(days):
    day = TODAY + timedelta(days=days)
    assert rules.check_last_day(day, TODAY, TODAY + timedelta(days=92)) == day


@pytest.mark.parametrize("days", [-1, 0, 93])
def test_a_last_day_that_cannot_be(days):
    with broken("last-day"):
        rules.check_last_day(TODAY + timedelta(days=days), TODAY, TODAY + timedelta(days=92))


@pytest.mark.parametrize(
    ("counted", "code"),
    [(OnPaper(-1), "paper-number"), (OnPaper(10_001), "paper-number"), (OnPaper(0), "paper-empty")],
)
def test_numbers_that_no_heap_of_paper_has(counted, code):
    with broken(code):
        rules.check_paper(counted)
    rules.check_paper(OnPaper(0, double=1))
