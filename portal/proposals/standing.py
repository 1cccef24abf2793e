"""How a case stands now: its profile, the test's result so far, and the facts that the guards ask for."""

from collections import defaultdict

from sqlalchemy import exists, func, select

from portal import clock
from portal.areas import profile as profiles
from portal.areas.models import Area
from portal.areas.profile import Profile
from portal.db import db
from portal.people import access
from portal.people.models import User
from portal.people.rules import Role
from portal.proposals.benefit import Result, Sheet, Side, weigh
from portal.proposals.guards import Facts
from portal.proposals.models import Benefit, CaseEvent, Proposal, Representation, Score
from portal.proposals.rules import HOLDS_THE_PLACE, Action
from portal.register.models import Asset
from portal.register.rules import Status

# What a proposal must say before it can be lodged; the form's fields have the same names.
NEEDED = ("title", "use", "timescale", "term_months", "costs", "insurance", "responsible")


def profile_of(case: Proposal) -> Profile:
    """The version of the profile that the case began under."""
    return profiles.version(case.profile, case.profile_from)


def roles_of(case: Proposal, user: User | None) -> set[Role]:
    """What somebody is to this case; nobody at all is the clock's business, not a reader's."""
    return access.roles_for(user, group_id=case.group_id, holder_id=case.asset.holder_id)


def has_alternative(case: Proposal) -> bool:
    """Whether the holder named another use, so that the test has two columns."""
    return case.response is not None and case.response.action is Action.NAME_ALTERNATIVE


def objection_of(case: Proposal) -> str:
    """The ground on which the holder objected, if it is one that the test does not decide by itself; else ""."""
    if case.response is None or case.response.action is not Action.OBJECT:
        return ""
    ground = case.response.ground or ""
    return "" if ground in profile_of(case).decided_by_test else ground


def sides_of(case: Proposal) -> tuple[Side, ...]:
    """The columns that the panel scores."""
    return (Side.PROPOSAL, Side.ALTERNATIVE) if has_alternative(case) else (Side.PROPOSAL,)


def missing_of(case: Proposal) -> list[str]:
    """The fields that a proposal still lacks; of the benefits one is enough, nobody serves all seven."""
    missing = [name for name in NEEDED if not getattr(case, name)]
    if not any(b.gain for b in case.benefits if b.side is Side.PROPOSAL):
        missing.append("benefits")
    return missing


def result_of(case: Proposal) -> Result | None:
    """The test's result with the scores there are; None before the first."""
    points: dict[int, dict[tuple[Side, str], int]] = defaultdict(dict)
    for score in case.scores:
        points[score.user_id][score.side, score.criterion] = score.points
    return weigh(
        profile_of(case),
        [Sheet(sheet) for sheet in points.values()],
        capacity=capacity_holds(case),
        alternative=has_alternative(case),
    )


def capacity_holds(case: Proposal) -> bool:
    """Whether every point of capacity was checked and holds."""
    return bool(case.capacity) and all(check.holds for check in case.capacity)


def silence_grants(case: Proposal) -> bool:
    """Whether an undecided last day is a grant: the profile says so and the council has resolved it."""
    area = db.session.get_one(Area, case.asset.area_id)
    return profile_of(case).silence == "grant" and bool(area.resolution_reference)


def rival_holds_place(asset_id: int, case_id: int | None = None) -> bool:
    """Whether another case has a live grant of this place."""
    query = select(Proposal.id).where(
        Proposal.asset_id == asset_id, Proposal.state.in_(HOLDS_THE_PLACE), Proposal.id != case_id
    )
    return db.session.scalar(query.limit(1)) is not None


def start_facts(asset: Asset) -> Facts:
    """The facts of a case that does not exist yet."""
    return Facts(
        today=clock.today(),
        vacant=asset.status is Status.VACANT,
        place_free=not rival_holds_place(asset.id, 0),
    )


def facts_of(case: Proposal, user: User | None, **typed: object) -> Facts:
    """Everything the guards may ask; `typed` is what came from the form."""
    profile, result = profile_of(case), result_of(case)
    known = {
        "today": clock.today(),
        "due": case.due,
        "missing": missing_of(case),
        "vacant": case.asset.status is Status.VACANT,
        "place_free": not rival_holds_place(case.asset_id, case.id),
        "holder_answered": case.response is not None,
        "unanswered": _unanswered(case),
        "scores": len({score.user_id for score in case.scores}),
        "panel_size": profile.panel_size,
        "capacity_checked": {check.item for check in case.capacity} >= set(profile.capacity),
        "passed": result is not None and result.passed,
        "objection": objection_of(case),
        "silence_grants": silence_grants(case),
        "signed": {s.role for s in case.agreement.signatures} if case.agreement else set(),
        "text_hash": case.agreement.sha256 if case.agreement else "",
        "grounds": profile.grounds,
        "longest_term": profile.term_months.get(case.track, 0),
    }
    return Facts(**known | (_of_person(case, user) if user else {}) | typed)


def _of_person(case: Proposal, user: User) -> dict[str, object]:
    roles = roles_of(case, user)
    return {
        "represented": _did(Representation, case, user),
        "scored": _did(Score, case, user),
        "interest": access.has_interest(
            user, group_id=case.group_id, holder_id=case.asset.holder_id
        ),
        "declared": _did(CaseEvent, case, user, CaseEvent.action == Action.DECLARE_INTEREST),
        "signs_as": next((r for r in (Role.ORGANISER, Role.OFFICER) if r in roles), None),
    }


def _did(table: type, case: Proposal, user: User, *more: object) -> bool:
    mine = exists().where(table.proposal_id == case.id, table.user_id == user.id, *more)
    return bool(db.session.scalar(select(mine)))


def _unanswered(case: Proposal) -> int:
    query = select(func.count(Representation.id)).where(
        Representation.proposal_id == case.id, Representation.answer.is_(None)
    )
    return db.session.scalar(query) or 0


def set_benefits(case: Proposal, side: Side, said: dict[str, tuple[str, str]]) -> None:
    """Put what one side says (criterion -> gain, evidence) on the case; what is emptied goes."""
    there = {b.criterion: b for b in case.benefits if b.side is side}
    for criterion, (gain, evidence) in said.items():
        row = there.get(criterion)
        if row is None and (gain or evidence):
            case.benefits.append(
                Benefit(side=side, criterion=criterion, gain=gain, evidence=evidence)
            )
        elif row is not None:
            row.gain, row.evidence = gain, evidence
