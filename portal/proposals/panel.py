"""What the panel and its chair do: declare interests, score, check capacity, decide."""

from collections.abc import Mapping

from flask_babel import gettext as _

from portal import clock
from portal.proposals import moves
from portal.proposals.benefit import Result, Side, Spread, shown
from portal.proposals.models import CapacityCheck, Decision, Score
from portal.proposals.rules import Action, State
from portal.proposals.standing import objection_of, result_of, sides_of


def declare_interest(case_id: int, user_id: int) -> None:
    """A member says that they stand too near to the group or the holder, and takes no part."""
    with moves.turn(case_id, user_id) as turn:
        turn.take(Action.DECLARE_INTEREST)


def score(
    case_id: int, user_id: int, points: Mapping[tuple[Side, str], tuple[int | None, str]]
) -> None:
    """One member's sheet: (side, criterion) -> (points, reason), whole and final."""
    with moves.turn(case_id, user_id) as turn:
        asked = [(side, name) for side in sides_of(turn.case) for name in turn.profile.criteria]
        allowed = range(turn.profile.most_points + 1)
        whole = all(points.get(key, (None, ""))[0] in allowed and points[key][1] for key in asked)
        turn.take(Action.SCORE, whole=whole)
        for side, criterion in asked:
            given, reason = points[side, criterion]
            turn.session.add(
                Score(
                    proposal_id=case_id,
                    user_id=user_id,
                    round=turn.case.round,
                    side=side,
                    criterion=criterion,
                    points=given,
                    reason=reason,
                )
            )


def check_capacity(
    case_id: int, user_id: int, answers: Mapping[str, tuple[bool | None, str]]
) -> None:
    """Item -> (holds, evidence) for every point of the profile; may be done again until the decision."""
    with moves.turn(case_id, user_id) as turn:
        given = {item: answers.get(item, (None, "")) for item in turn.profile.capacity}
        whole = all(holds is not None and evidence for holds, evidence in given.values())
        lacking = [turn.profile.capacity[item] for item, (holds, _e) in given.items() if not holds]
        why = (
            _("Not shown: %(points)s", points="; ".join(lacking))
            if lacking
            else _("All points hold.")
        )
        there = {check.item: check for check in turn.case.capacity}
        if given == {item: (check.holds, check.evidence) for item, check in there.items()}:
            turn.allowed(Action.CHECK_CAPACITY, whole=whole)
            return  # a second press of the button says nothing new
        turn.take(Action.CHECK_CAPACITY, whole=whole, why=why)
        for item, (holds, evidence) in given.items():
            check = there.get(item) or CapacityCheck(proposal_id=case_id, item=item)
            check.holds, check.evidence, check.user_id = bool(holds), evidence, user_id
            turn.session.add(check)


def decide(
    case_id: int,
    user_id: int,
    *,
    reasons: str = "",
    ground: str = "",
    evidence: str = "",
    upheld: bool = False,
) -> State:
    """The chair decides: the outcome follows from the test, unless the holder's objection is upheld.

    A refusal needs its ground and evidence; an upheld objection brings the ground along.
    """
    with moves.turn(case_id, user_id) as turn:
        result = result_of(turn.case)
        ground = objection_of(turn.case) if upheld else ground
        given = {"ground": ground, "evidence": evidence, "upheld": upheld}
        row = turn.allowed(Action.DECIDE, **given)
        refused = row.to is State.REFUSED
        why = [_(result.sentence, **told(result, turn.profile.most_points)), reasons]
        if refused:
            why = [turn.profile.grounds[ground] + ".", evidence, *why]
        turn.take(Action.DECIDE, why=" ".join(w for w in why if w), **given)
        turn.session.add(
            Decision(
                proposal_id=case_id,
                round=turn.case.round,
                outcome=row.to,
                on=clock.today(),
                user_id=user_id,
                reasons=reasons,
                ground=ground if refused else None,
                evidence=evidence if refused else None,
                result=as_json(result),
            )
        )
    return row.to


def told(result: Result, most: int) -> dict[str, object]:
    """The values that the result's sentence asks for."""
    return {
        "ours": shown(result.ours),
        "theirs": shown(result.theirs),
        "floor": shown(result.floor),
        "most": most,
    }


def as_json(result: Result | None) -> dict | None:
    """The result as the decision keeps it: exact totals as fractions, points per criterion."""
    if result is None:
        return None
    return {
        "passed": result.passed,
        "capacity": result.capacity,
        "ours": str(result.ours),
        "theirs": None if result.theirs is None else str(result.theirs),
        "floor": str(result.floor),
        "lines": [
            {
                "criterion": line.criterion,
                "weight": str(line.weight),
                "ours": _spread(line.ours),
                "theirs": line.theirs and _spread(line.theirs),
            }
            for line in result.lines
        ],
    }


def _spread(spread: Spread) -> dict[str, object]:
    return {"median": str(spread.median), "low": spread.low, "high": spread.high}
