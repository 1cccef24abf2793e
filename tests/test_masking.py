"""What says how to reach somebody, and where they live, is left out of what is published."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.masking import masked, without_homes


@pytest.mark.parametrize(
    ("said", "published"),
    [
        ("07700 900123", "[telephone number]"),
        ("(0161) 496-0123!", "[telephone number]!"),
        ("+44 (0)161 496 0123", "[telephone number]"),
        ("0044 7700 900123", "[telephone number]"),
        ("a.b+c@d-e.co.uk.", "[e-mail address]."),
        ("UPRN 100011644603", "UPRN 100011644603"),
        ("title GM123456, SJ 789 918", "title GM123456, SJ 789 918"),
        ("53.42012345, -2.31012345", "53.42012345, -2.31012345"),
        ("since 01/02/2026 at 10:00", "since 01/02/2026 at 10:00"),
    ],
)
def test_what_says_how_to_reach_somebody_is_left_out(said, published):
    assert masked(said) == published


@given(st.text(max_size=300))
def test_masking_never_fails_and_masks_once(said):
    assert masked(masked(said)) == masked(said)
    assert without_homes(without_homes(said)) == without_homes(said)


@pytest.mark.parametrize(
    ("said", "published"),
    [
        ("I live at 12 Mill Lane.", "I live at [address]."),
        ("flat 2, 14a St Mary's Close", "[address]"),
        ("14 St Mary\u2019s Road, it\u2019s near", "[address], it\u2019s near"),
        ("M33 2AA and m332aa", "[postcode] and [postcode]"),
        ("3 Heol Fawr", "[address]"),
        ("Mill Lane is loud at 10 in the morning", "Mill Lane is loud at 10 in the morning"),
        ("20 children play on the green", "20 children play on the green"),
        ("In 2024 the road was closed", "In 2024 the road was closed"),
        ("write to a@b.org, 3 Elm Rd", "write to [e-mail address], [address]"),
    ],
)
def test_where_somebody_lives_is_left_out_of_what_neighbours_say(said, published):
    assert without_homes(said) == published
