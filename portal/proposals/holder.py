"""What the holder's officers do: agree, object on a listed ground, or name an alternative."""

from collections.abc import Mapping
from datetime import date

from portal import clock
from portal.proposals import moves
from portal.proposals.benefit import Side
from portal.proposals.models import HolderResponse
from portal.proposals.rules import Action
from portal.proposals.standing import set_benefits

# A plan is all of these; "we may need it" is not a plan.
PLAN = ("name", "use", "begins", "budget_line", "document")


def agree(case_id: int, user_id: int, words: str = "") -> None:
    """The holder has nothing against it; the test is held all the same."""
    with moves.turn(case_id, user_id) as turn:
        turn.take(Action.AGREE, why=words)
        _respond(turn, Action.AGREE, evidence=words or None)


def object_to(case_id: int, user_id: int, *, ground: str, evidence: str, officer: str) -> None:
    """The holder objects on a ground of the closed list, with evidence and a named officer."""
    with moves.turn(case_id, user_id) as turn:
        words = f"{turn.profile.grounds.get(ground, ground)}. {evidence}"
        turn.take(Action.OBJECT, why=words, ground=ground, evidence=evidence, officer=officer)
        _respond(turn, Action.OBJECT, ground=ground, evidence=evidence, officer=officer)


def name_alternative(
    case_id: int,
    user_id: int,
    *,
    planned: bool,
    plan: Mapping[str, str | date | None],
    benefits: Mapping[str, tuple[str, str]],
) -> None:
    """The holder names a use that it has or plans; `plan` by the names in PLAN, benefits by criterion."""
    with moves.turn(case_id, user_id) as turn:
        missing = [name for name in PLAN if not plan.get(name)]
        if not any(gain for gain, _evidence in benefits.values()):
            missing.append("benefits")
        words = f"{plan.get('name')}: {plan.get('use')}"
        turn.take(Action.NAME_ALTERNATIVE, why=words, plan_missing=missing)
        _respond(
            turn,
            Action.NAME_ALTERNATIVE,
            planned=planned,
            **{name: plan[name] for name in PLAN},
        )
        set_benefits(turn.case, Side.ALTERNATIVE, dict(benefits))


def _respond(turn: moves.Turn, action: Action, **values: object) -> None:
    turn.session.add(
        HolderResponse(
            proposal_id=turn.case.id,
            action=action,
            user_id=turn.user.id,
            on=clock.today(),
            **values,
        )
    )
