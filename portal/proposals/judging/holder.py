"""What the holder's officers do, and the broker for open space: agree, object, name an alternative, record a notice."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from flask_babel import LazyString
from flask_babel import gettext as _

from portal import clock
from portal.errors import RuleBroken
from portal.language import sentences
from portal.proposals import files, moves
from portal.proposals.filing import FileKind
from portal.proposals.judging.benefit import Side
from portal.proposals.models import HolderResponse, SpaceNotice
from portal.proposals.rules import Action
from portal.proposals.standing import set_benefits
from portal.web import day

# A plan is all of these; "we may need it" is not a plan.
PLAN = ("name", "use", "begins", "budget_line", "document")


class Officer(NamedTuple):
    """Who answers for what the holder says."""

    name: str
    post: str


class Notice(NamedTuple):
    """A notice in a newspaper, and the scan that shows it."""

    newspaper: str
    on: date
    scan: files.Sent | None


def agree(case_id: int, user_id: int, words: str = "") -> None:
    """The holder has nothing against it; the test is held all the same."""
    with moves.turn(case_id, user_id) as turn:
        turn.take(Action.AGREE, why=words)
        _respond(turn, Action.AGREE, evidence=words or None)


def object_to(
    case_id: int,
    user_id: int,
    *,
    ground: str,
    evidence: str,
    officer: Officer,
    papers: Sequence[files.Sent] = (),
) -> None:
    """The holder objects on a ground of the closed list, with evidence and a named officer."""
    with moves.turn(case_id, user_id) as turn:
        words = LazyString(lambda: f"{_(turn.profile.grounds.get(ground, ground))}.")
        named = officer.name if officer.post else ""
        turn.take(
            Action.OBJECT,
            why=sentences(words, evidence),
            ground=ground,
            evidence=evidence,
            officer=named,
        )
        _respond(
            turn,
            Action.OBJECT,
            ground=ground,
            evidence=evidence,
            officer=officer.name,
            post=officer.post,
        )
        _keep(turn, papers)


def name_alternative(
    case_id: int,
    user_id: int,
    *,
    planned: bool,
    plan: Mapping[str, str | date | None],
    benefits: Mapping[str, tuple[str, str]],
    papers: Sequence[files.Sent] = (),
) -> None:
    """The holder names a use that it has or plans; `plan` by the names in PLAN, benefits by criterion.

    The document may be a reference in words, or a file: then it is called as the file is.
    """
    with moves.turn(case_id, user_id) as turn:
        told = dict(plan) | {"document": plan.get("document") or ", ".join(p.name for p in papers)}
        words = f"{told.get('name')}: {told.get('use')}"
        turn.take(Action.NAME_ALTERNATIVE, why=words, plan_missing=_no_plan_yet(told, benefits))
        values = {name: told[name] for name in PLAN} | {"document": told["document"][:500]}
        _respond(turn, Action.NAME_ALTERNATIVE, planned=planned, **values)
        set_benefits(turn.case, Side.ALTERNATIVE, dict(benefits))
        _keep(turn, papers)


def _no_plan_yet(plan: Mapping[str, object], benefits: Mapping[str, tuple[str, str]]) -> list[str]:
    missing = [name for name in PLAN if not plan.get(name)]
    gains = [(gain, evidence) for gain, evidence in benefits.values() if gain]
    if not gains:
        missing.append("benefits")
    if not all(evidence for _gain, evidence in gains):
        missing.append("evidence")
    return missing


def record_notice(
    case_id: int,
    user_id: int,
    *,
    open_space: bool,
    words: str = "",
    notice: Notice | None = None,
) -> None:
    """The broker says whether the land is open space, and records one notice of it with its scan.

    Source: Local Government Act 1972 s.123(2A): two consecutive weeks, in a newspaper that circulates in the area.
    """
    with moves.turn(case_id, user_id) as turn:
        case, typed = turn.case, _typed(turn, notice)
        turn.allowed(Action.RECORD_NOTICE, **typed)
        if notice and any(_same(notice, one) for one in case.notices):
            raise RuleBroken("notice-there", "This notice has been recorded already.")
        why = _found(open_space, words, notice)
        if notice is None and case.open_space is open_space and _told_before(turn, why):
            return  # a second press of the button says nothing new
        turn.take(Action.RECORD_NOTICE, why=why, **typed)
        case.open_space = open_space
        if notice:
            kept = files.keep(turn, FileKind.SPACE_NOTICE, notice.scan, taken_on=notice.on)
            turn.session.add(
                SpaceNotice(
                    proposal_id=case.id,
                    newspaper=notice.newspaper,
                    on=notice.on,
                    file_id=kept.id,
                    user_id=turn.user.id,
                )
            )


def _typed(turn: moves.Turn, notice: Notice | None) -> dict[str, object]:
    """What the guards hold against a notice: it is there, it has appeared, and not before the case began."""
    if notice is None:
        return {"paper": True}
    return {
        "paper": notice.scan is not None,
        "day": notice.on,
        "earliest": turn.case.created_at.date(),
        "latest": clock.today(),
    }


def _told_before(turn: moves.Turn, why: str) -> bool:
    said = [event.why for event in turn.case.events if event.action is Action.RECORD_NOTICE]
    return why in said


def _same(notice: Notice, one: SpaceNotice) -> bool:
    return (notice.newspaper.casefold(), notice.on) == (one.newspaper.casefold(), one.on)


def _found(open_space: bool, words: str, notice: Notice | None) -> str:
    found = [_("It is open space.") if open_space else _("It is not open space."), words]
    if notice:
        found.append(
            _(
                "The notice was in the %(newspaper)s on %(day)s.",
                newspaper=notice.newspaper,
                day=day(notice.on),
            )
        )
    return " ".join(part for part in found if part)


def _keep(turn: moves.Turn, papers: Sequence[files.Sent]) -> None:
    for paper in papers:
        files.keep(turn, FileKind.HOLDER_EVIDENCE, paper)


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
    # What follows from the answer by itself, a hearing, is asked of the case before the transaction ends.
    turn.session.flush()
    turn.session.expire(turn.case, ["response"])
