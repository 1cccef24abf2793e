"""The drawing: every state and way once, no box on another, nothing outside a phone's width."""

import re
from itertools import combinations

import pytest

from portal.areas import profile as profiles
from portal.policy.drawing import BOX, HIGH, WIDTH, draw
from portal.policy.rules import reached, ways_of

ALL = ["pilot_compact", "scotland_atr", "england_cat"]


@pytest.mark.parametrize("name", ALL)
def test_every_state_and_way_is_drawn_or_told(name):
    held = profiles.versions(name)[-1]
    drawing = draw(held)
    told = {(source, end) for end, sources in drawing.told for source in sources}
    drawn = {(arrow.source, arrow.target) for arrow in drawing.arrows}
    there = reached(held)
    assert drawn | told == {(w.source, w.target) for w in ways_of(held) if w.source in there}
    assert not drawn & told
    assert {box.state for box in drawing.boxes} | {end for end, _s in drawing.told} == there
    assert len(drawing.arrows) == len(drawn)


@pytest.mark.parametrize("name", ALL)
def test_boxes_stand_apart_and_everything_fits_a_phone(name):
    drawing = draw(profiles.versions(name)[-1])
    for one, other in combinations(drawing.boxes, 2):
        assert abs(one.x - other.x) >= BOX or abs(one.y - other.y) >= HIGH
    for box in drawing.boxes:
        assert BOX / 2 <= box.x <= WIDTH - BOX / 2
        assert HIGH / 2 <= box.y <= drawing.height - HIGH / 2
    for arrow in drawing.arrows:
        numbers = [float(n) for n in re.findall(r"-?[0-9.]+", arrow.path)]
        assert all(0 <= n <= drawing.height for n in numbers)


@pytest.mark.parametrize("name", ALL)
def test_arrows_lead_down_but_for_those_that_say_so(name):
    drawing = draw(profiles.versions(name)[-1])
    y = {box.state: box.y for box in drawing.boxes}
    for arrow in drawing.arrows:
        assert (y[arrow.source] > y[arrow.target]) is arrow.up


def test_the_same_profile_is_always_drawn_the_same():
    held = profiles.versions("pilot_compact")[-1]
    assert draw(held) == draw(held)
