"""Proposals for one place that are tested together: the better goes before, then who was lodged first; one grant."""

from fractions import Fraction

import pytest

from portal.db import db
from portal.people.rules import Role
from portal.proposals import conditions, service
from portal.proposals.judging import panel
from portal.proposals.judging.outlook import goes_before
from portal.proposals.models import Proposal
from portal.proposals.rules import HOLDS_THE_PLACE, State
from portal.proposals.tick import tick
from tests import factories
from tests.conftest import broken
from tests.proposals.stage import Stage, after_day, on_working_day
from tests.proposals.test_races import at_once


@pytest.fixture
def stage(app):
    return Stage()


def page(client, path: str) -> str:
    return client.get(path).get_data(as_text=True)


def case(number: int) -> Proposal:
    return db.session.get_one(Proposal, number, populate_existing=True)


def rivals(stage: Stage, *points: int) -> list[int]:
    """So many proposals for one place, lodged in this order, each scored with the same points throughout."""
    stage.on_notice()
    numbers = [stage.case_id] + [_with_sign(stage, stage.rival()) for _other in points[1:]]
    after_day("holder_response", stage.case)
    tick()
    for number, given in zip(numbers, points, strict=True):
        stage.case_id = number
        stage.capacity()
        for member in (stage.panel, stage.panel2):
            panel.score(number, member, stage.sheet(given))
    stage.case_id = numbers[0]
    return numbers


def _with_sign(stage: Stage, number: int) -> int:
    """A rival's sign too has stood long enough."""
    one = case(number)
    one.sign_shown_on = one.published_on
    db.session.commit()
    return number


@pytest.mark.parametrize(
    ("theirs", "ours", "first", "before"),
    [
        (3, 2, False, True),
        (2, 3, True, False),
        (2, 2, True, True),
        (2, 2, False, False),
        (Fraction(20, 7), Fraction(19, 7), False, True),
        (Fraction(20, 7), Fraction(40, 14), False, False),  # the same, written another way
    ],
)
def test_who_goes_before(theirs, ours, first, before):
    assert goes_before(Fraction(theirs), Fraction(ours), they_were_first=first) is before


@pytest.mark.parametrize(
    ("points", "winner"),
    [
        ((3, 2), 0),
        ((2, 3), 1),
        ((3, 3), 0),
        ((2, 3, 3), 1),
        ((2, 3, 4), 2),
        ((4, 0), 0),
        ((0, 2), 1),
    ],
)
def test_the_better_goes_before_then_who_was_lodged_first(stage, points, winner):
    numbers = rivals(stage, *points)
    for place, number in enumerate(numbers):
        better = conditions.better_of(case(number))
        if place == winner:
            assert better is None
        elif points[place] or points[winner]:
            assert better.id == numbers[winner]
    with broken("no-ground"):
        panel.decide(numbers[winner - 1], stage.chair)
    assert panel.decide(numbers[winner], stage.chair) is State.GRANTED


def test_lodged_again_is_still_lodged_first(stage):
    """What counts is the first day, though the broker returned it once."""

    stage.returned()
    other = stage.rival()
    service.lodge(stage.case_id, stage.organiser)
    service.validate(stage.case_id, stage.broker)
    assert conditions.came(case(stage.case_id)) < conditions.came(case(other))


def test_a_refusal_for_a_better_rival_says_so(stage):
    first, second = rivals(stage, 2, 3)
    panel.decide(first, stage.chair, ground="better_alternative", evidence="The two results.")
    why = case(first).events[-1].why
    assert f"Another proposal for this place, case {second}, goes before it" in why
    assert panel.decide(second, stage.chair) is State.GRANTED


def test_after_a_grant_the_others_are_refused_or_lapse_and_say_so(stage):
    first, second, third = rivals(stage, 3, 2, 2)
    panel.decide(first, stage.chair)
    panel.decide(second, stage.chair, ground="committed", evidence="The grant of today.")
    assert f"has been granted to another proposal, case {first}" in case(second).events[-1].why
    after_day("decision", case(third))
    tick()
    assert case(third).state is State.LAPSED
    assert "another proposal for the place had been granted" in case(third).events[-1].sentence
    assert case(first).state in HOLDS_THE_PLACE


def test_one_is_not_decided_before_the_others_are_scored(stage):
    first, second = rivals(stage, 3, 3)
    one = case(second)
    for score in list(one.scores):
        db.session.delete(score)
    db.session.commit()
    with broken("rivals"):
        panel.decide(first, stage.chair)


def test_one_that_is_overdue_holds_up_nobody(stage):
    first, second = rivals(stage, 3, 3)
    one = case(second)
    for score in list(one.scores):
        db.session.delete(score)
    one.state = State.ESCALATED
    db.session.commit()
    assert panel.decide(first, stage.chair) is State.GRANTED


def late_and_better(stage: Stage) -> tuple[int, int]:
    """One that came after the first one's test had begun, and would bring more: either could be granted."""
    first = stage.scored(ours=2).case_id
    on_working_day(46)
    second = _with_sign(stage, stage.rival())
    one = case(second)
    after_day("holder_response", one)
    # The first one's last day is over by then; it is held open so that both can be granted at one moment.
    for deadline in case(first).deadlines:
        if deadline.period == "decision":
            deadline.due = one.due["decision"]
    db.session.commit()
    tick()
    stage.case_id = second
    stage.capacity()
    for member in (stage.panel, stage.panel2):
        panel.score(second, member, stage.sheet(4))
    return first, second


def test_two_chairs_grant_two_rivals_at_once_and_one_is_granted(app, stage):
    first, second = late_and_better(stage)
    other = factories.with_role(stage.area, Role.CHAIR).id
    results = at_once(
        app,
        lambda: panel.decide(first, stage.chair),
        lambda: panel.decide(second, other),
    )
    assert results.count(State.GRANTED) == 1, results
    assert {r for r in results if r is not State.GRANTED} <= {"place-taken", "no-ground"}
    assert [case(n).state for n in (first, second)].count(State.GRANTED) == 1
    assert sum(1 for n in (first, second) if case(n).decision is not None) == 1


# ---- the pages


def test_the_page_of_a_case_lists_its_rivals(client, stage):
    first, second = rivals(stage, 3, 2)
    shown = page(client, f"/cases/{first}")
    assert "Other proposals for this place" in shown
    assert f'href="/cases/{second}"' in shown
    panel.decide(first, stage.chair)
    shown = page(client, f"/cases/{second}")
    assert f"It has been granted to case {first}." in shown
    assert "then it lapses" in shown


def test_the_chair_sees_all_side_by_side_and_nobody_else_does(client, stage):
    first, second = rivals(stage, 3, 2)
    client.sign_in(stage.emails["chair"])
    shown = page(client, f"/cases/{first}/decide")
    assert "All proposals for this place, side by side" in shown
    assert "<strong>3</strong>" in shown
    assert "<strong>2</strong>" in shown
    assert f"/cases/{second}/result" in shown
    shown = page(client, f"/cases/{second}/decide")
    assert "Another proposal for this place goes before it" in shown
    client.sign_in(stage.emails["officer"])
    assert "side by side" not in page(client, f"/cases/{first}")


def test_a_chair_with_an_interest_in_a_rival_does_not_see_its_total(client, stage):
    first, second = rivals(stage, 3, 2)
    panel.declare_interest(second, stage.chair)
    client.sign_in(stage.emails["chair"])
    shown = page(client, f"/cases/{first}/decide")
    assert "not for you to see" in shown
    assert "<strong>2</strong>" not in shown


def test_a_private_group_stays_private_among_rivals(client, stage):
    first, second = rivals(stage, 3, 2)
    one = case(second)
    one.group.private, one.group.name = True, "The Quiet Ones"
    db.session.commit()
    for path in (f"/cases/{first}", f"/cases/{first}/result"):
        assert "The Quiet Ones" not in page(client, path)
    client.sign_in(stage.emails["chair"])
    assert "The Quiet Ones" not in page(client, f"/cases/{first}/decide")
