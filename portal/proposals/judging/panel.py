"""What the panel and its chair do: declare interests, score, check capacity, sum up, decide."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete

from portal import clock
from portal.db import db
from portal.language import sentences
from portal.proposals import conditions, moves
from portal.proposals.judging.benefit import Result, Side, shown
from portal.proposals.judging.findings import as_json
from portal.proposals.judging.outlook import Outlook, outlook
from portal.proposals.models import (
    CapacityCheck,
    Decision,
    Proposal,
    Score,
    ScoreDraft,
    SummingUp,
)
from portal.proposals.rules import Action, State
from portal.proposals.standing import objection_of, result_of, sides_of

__all__ = [
    "as_json",
    "check_capacity",
    "decide",
    "declare_interest",
    "keep_draft",
    "kept",
    "score",
    "sum_up",
    "told",
]


def declare_interest(case_id: int, user_id: int) -> None:
    """A member says that they stand too near to the group or the holder, and takes no part."""
    with moves.turn(case_id, user_id) as turn:
        turn.take(Action.DECLARE_INTEREST)
        _forget_draft(turn)


def keep_draft(case_id: int, user_id: int, said: Mapping[str, str]) -> None:
    """Keep a sheet that is not finished yet, as it was typed, for its writer alone; it is no step of the case."""
    with moves.turn(case_id, user_id) as turn:
        moves.find(
            turn.case.state,
            Action.SCORE,
            turn.roles,
            moves.facts_of(turn.case, turn.user),
            input_too=False,
        )
        turn.session.merge(
            ScoreDraft(
                proposal_id=case_id,
                round=turn.case.round,
                user_id=user_id,
                said=dict(said),
                saved_at=clock.now(),
            )
        )


def draft_of(case: Proposal, user_id: int) -> ScoreDraft | None:
    """What a member has typed so far in this round."""
    return db.session.get(ScoreDraft, (case.id, case.round, user_id))


def _forget_draft(turn: moves.Turn) -> None:
    mine = (turn.case.id, turn.case.round, turn.user.id)
    columns = (ScoreDraft.proposal_id, ScoreDraft.round, ScoreDraft.user_id)
    turn.session.execute(
        delete(ScoreDraft).where(*(c == v for c, v in zip(columns, mine, strict=True)))
    )


def score(
    case_id: int, user_id: int, points: Mapping[tuple[Side, str], tuple[int | None, str]]
) -> None:
    """One member's sheet: (side, criterion) -> (points, reason), whole and final."""
    with moves.turn(case_id, user_id) as turn:
        asked = [(side, name) for side in sides_of(turn.case) for name in turn.profile.criteria]
        allowed = range(turn.profile.most_points + 1)
        whole = all(points.get(key, (None, ""))[0] in allowed and points[key][1] for key in asked)
        turn.take(Action.SCORE, whole=whole)
        _forget_draft(turn)
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


def sum_up(case_id: int, user_id: int, words: str) -> None:
    """What the chair makes of the panel's scores; shown with the result, and not before it. May be written anew."""
    with moves.turn(case_id, user_id) as turn:
        there = turn.session.get(SummingUp, (case_id, turn.case.round))
        turn.allowed(Action.SUM_UP, words=words)
        if there is not None and there.words == words:
            return  # a second press of the button says nothing new
        # The history is public at once and the words are not, so they do not stand there.
        turn.take(Action.SUM_UP, words=words)
        turn.session.merge(
            SummingUp(
                proposal_id=case_id,
                round=turn.case.round,
                words=words,
                user_id=user_id,
                on=clock.today(),
            )
        )


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
        case, result = turn.case, result_of(turn.case)
        ground = objection_of(case) if upheld else ground
        given = {"ground": ground, "evidence": evidence, "upheld": upheld}
        row = turn.allowed(Action.DECIDE, **given)
        refused = row.to is State.REFUSED
        why = [_l(result.sentence, **told(result, turn.profile.most_points)), reasons]
        if refused:
            named = LazyString(lambda: f"{_(turn.profile.grounds[ground])}.")
            why = [named, evidence, _of_rivals(turn), *why]
        turn.take(Action.DECIDE, why=sentences(*why), **given)
        turn.session.add(
            Decision(
                proposal_id=case_id,
                round=case.round,
                outcome=row.to,
                on=clock.today(),
                user_id=user_id,
                reasons=reasons,
                ground=ground if refused else None,
                evidence=evidence if refused else None,
                result=kept(case, result),
            )
        )
    return row.to


def _of_rivals(turn: moves.Turn) -> str | LazyString:
    """That another proposal has the place, or goes before this one, where that is why it is refused."""
    found = outlook(moves.facts_of(turn.case, turn.user))
    if found is Outlook.TAKEN and (winner := conditions.winner_of(turn.case)):
        return _l(
            "The place has been granted to another proposal, case %(number)s.", number=winner.id
        )
    if found is Outlook.BEATEN and (better := conditions.better_of(turn.case)):
        return _l(
            "Another proposal for this place, case %(number)s, goes before it: it would bring more, or as much and was lodged first.",
            number=better.id,
        )
    return ""


def told(result: Result, most: int) -> dict[str, object]:
    """The values that the result's sentence asks for."""
    return {
        "ours": shown(result.ours),
        "theirs": shown(result.theirs),
        "floor": shown(result.floor),
        "most": most,
    }


def kept(case: Proposal, result: Result | None) -> dict | None:
    """What a decision keeps: the result, and the points of capacity, because a review may check them anew."""
    found = as_json(result)
    return found and found | {"checks": checked(case)}


def checked(case: Proposal) -> list[dict[str, object]]:
    """The points of capacity as a decision keeps them."""
    return [
        {"item": one.item, "holds": one.holds, "evidence": one.evidence} for one in case.capacity
    ]
