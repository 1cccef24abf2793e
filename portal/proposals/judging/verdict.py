"""What a reader may see of the test: each round's result, told for somebody who has never heard of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from flask_babel import gettext as _

from portal.db import db
from portal.people.models import User
from portal.people.rules import Role
from portal.proposals import conditions
from portal.proposals.judging import findings, words_verdict
from portal.proposals.judging.benefit import Result, Side, Spread, shown
from portal.proposals.judging.panel import checked, told
from portal.proposals.knowing import facts_of
from portal.proposals.models import Decision, Proposal, SummingUp
from portal.proposals.standing import profile_of, result_of, roles_of
from portal.web import day


class Question(NamedTuple):
    """One of the things that a proposal must pass, answered."""

    asked: str
    passed: bool
    answer: str


class Check(NamedTuple):
    """One point of capacity."""

    title: str
    holds: bool
    evidence: str


class Line(NamedTuple):
    """One criterion as the table and its drawing show it."""

    name: str
    title: str
    sentence: str
    weight: str
    ours: Spread
    theirs: Spread | None
    reasons: list[tuple[bool, int, str]]  # (of the group's column, points, reason)


@dataclass(frozen=True)
class Verdict:
    """The result of one round, decided or not yet."""

    round: int
    result: Result
    most: int
    sentence: str
    decision: Decision | None
    heading: str
    members: int
    lines: list[Line]
    questions: list[Question]
    checks: list[Check]
    summary: str

    @property
    def two_columns(self) -> bool:
        """Whether the holder named another use."""
        return self.result.theirs is not None

    @property
    def weighed(self) -> bool:
        """Whether some criteria count more than others."""
        return len({line.weight for line in self.lines}) > 1


def verdicts(case: Proposal, user: User | None) -> list[Verdict]:
    """Every round's result that this reader may see, the newest first."""
    found = [_decided(case, one) for one in case.decisions if one.result]
    if may_see_scores(case, user) and (result := result_of(case)):
        found.append(_verdict(case, case.round, result, None))
    return found[::-1]


def may_see_scores(case: Proposal, user: User | None) -> bool:
    """Whether somebody sees the scores of a round that is not decided yet.

    Who takes part sees the others' only after giving their own; a chair who gives none, when all are there.
    Once a round is decided everybody sees it.
    """
    if user is None or any(one.round == case.round for one in case.decisions):
        return False
    facts, roles = facts_of(case, user), roles_of(case, user)
    if facts.interest or facts.declared or (facts.reviewed and facts.judged_before):
        return False
    if Role.PANEL in roles:
        return facts.scored
    return Role.CHAIR in roles and facts.scores >= facts.panel_size


def sentence_of(case: Proposal, result: Result) -> str:
    """The outcome of the test in one sentence."""
    return _(result.sentence, **told(result, profile_of(case).most_points))


def _decided(case: Proposal, decision: Decision) -> Verdict:
    kept = decision.result
    return _verdict(
        case,
        decision.round,
        findings.read(kept, profile_of(case)),
        decision,
        kept.get("checks", checked(case)),
    )


def _verdict(
    case: Proposal,
    number: int,
    result: Result,
    decision: Decision | None,
    checks: Iterable[dict] | None = None,
) -> Verdict:
    profile = profile_of(case)
    summary = db.session.get(SummingUp, (case.id, number))
    return Verdict(
        round=number,
        result=result,
        most=profile.most_points,
        sentence=sentence_of(case, result),
        decision=decision,
        heading=heading(case, decision),
        members=len({one.user_id for one in case.scores if one.round == number}),
        lines=_lines(case, number, result),
        questions=_questions(case, result),
        checks=[
            Check(_(profile.capacity[one["item"]]), one["holds"], one["evidence"])
            for one in (checked(case) if checks is None else checks)
        ],
        summary=summary.words if summary else "",
    )


def heading(case: Proposal, decision: Decision | None) -> str:
    """How it ended, in one sentence."""
    if decision is None:
        return _("Not decided yet. This is what the panel has found so far.")
    ground = profile_of(case).grounds.get(decision.ground or "", "")
    return _(
        words_verdict.OUTCOMES[decision.outcome],
        day=day(decision.on),
        ground=_(ground) if ground else "",
    )


def _lines(case: Proposal, number: int, result: Result) -> list[Line]:
    most = profile_of(case).most_points
    return [
        Line(
            line.criterion,
            _(line.title),
            _(
                line.sentence,
                ours=shown(line.ours.median),
                theirs=shown(line.theirs.median) if line.theirs else "",
                most=most,
            ),
            shown(line.weight),
            line.ours,
            line.theirs,
            [
                (one.side is Side.PROPOSAL, one.points, one.reason)
                for one in case.scores
                if one.round == number and one.criterion == line.criterion
            ],
        )
        for line in result.lines
    ]


def _questions(case: Proposal, result: Result) -> list[Question]:
    values = told(result, profile_of(case).most_points)
    return [
        Question(_(asked), passes(result), _(answer(result), **values))
        for asked, passes, answer in words_verdict.QUESTIONS
    ]


@dataclass(frozen=True)
class Beside:
    """A proposal for the same place, as the chair compares them."""

    case: Proposal
    lodged: str
    result: Result | None  # None: this reader may not see it, or nobody has scored yet
    here: bool


def side_by_side(case: Proposal, user: User | None) -> list[Beside]:
    """The proposals that are tested together, this one among them, as far as this reader may see them; first lodged first."""
    together = sorted([case, *conditions.rivals_of(case)], key=conditions.came)
    return [
        Beside(
            one,
            day(conditions.lodged_on(one)),
            result_of(one) if may_see_scores(one, user) else None,
            one.id == case.id,
        )
        for one in together
    ]
