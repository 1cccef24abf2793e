"""How a case stands now: its profile, the test's result so far, and the facts that the guards ask for."""

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import select

from portal.areas import profile as profiles
from portal.areas.profile import Profile
from portal.db import db
from portal.people import access
from portal.people.models import User
from portal.people.rules import Role
from portal.proposals.filing import FileKind
from portal.proposals.judging.benefit import Result, Sheet, Side, weigh
from portal.proposals.models import (
    Benefit,
    Proposal,
)
from portal.proposals.rules import HOLDS_THE_PLACE, Action, for_somebody_else
from portal.proposals.writing.sections import WRITTEN

# What a proposal must say before it can be lodged, where its profile names nothing else; the form's fields have the
# same names.
NEEDED = (
    "title",
    "use",
    "use_kind",
    "timescale",
    "term_months",
    "costs",
    "insurance",
    "responsible",
    "benefits",
)
# What nobody is to a case whose group they organise: between it and others, for the other side, or its judge.
OFFICES = {Role.BROKER, Role.OFFICER, Role.PANEL, Role.CHAIR}
LACKS = {
    "benefits": lambda case: not any(b.gain for b in case.benefits if b.side is Side.PROPOSAL),
    "files": lambda case: not any(f.kind is FileKind.EVIDENCE for f in case.files),
    "sign": lambda case: case.sign_shown_on is None,
}


def profile_of(case: Proposal) -> Profile:
    """The version of the profile that the case began under."""
    return profiles.version(case.profile, case.profile_from)


def roles_of(case: Proposal, user: User | None) -> set[Role]:
    """What somebody is to this case; nobody at all is the clock's business, not a reader's.

    Whoever organises the group acts for it alone: an office that they have too is for others here.
    """
    roles = access.roles_for(user, group_id=case.group_id, holder_id=case.asset.holder_id)
    return roles - OFFICES if Role.ORGANISER in roles else roles


def laid_down(case: Proposal, user: User | None) -> set[Role]:
    """The offices that somebody has and does not act in here, because they organise the group."""
    roles = access.roles_for(user, group_id=case.group_id, holder_id=case.asset.holder_id)
    return roles & OFFICES if Role.ORGANISER in roles else set()


def check_acts_as(case: Proposal, user: User | None, office: Role) -> None:
    """Refuse whoever does not have this office in this case."""
    if office not in roles_of(case, user):
        raise for_somebody_else(two_hats=office in laid_down(case, user))


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


def needed_of(case: Proposal) -> Collection[str]:
    """The answers without which this proposal cannot be lodged."""
    return profile_of(case).required.get(case.track, NEEDED)


def asked_of(case: Proposal) -> set[str]:
    """All that this case is asked for, needed or not: a sign only where the rules want one before it is lodged."""
    return {*needed_of(case), *WRITTEN, "files"}


def missing_of(case: Proposal) -> list[str]:
    """What a proposal still lacks; of the benefits one is enough, nobody serves all seven."""
    return [
        name
        for name in needed_of(case)
        if (LACKS[name](case) if name in LACKS else not getattr(case, name))
    ]


def result_of(case: Proposal) -> Result | None:
    """The test's result with the scores there are in this round; None before the first."""
    points: dict[int, dict[tuple[Side, str], int]] = defaultdict(dict)
    for score in case.scores:
        if score.round == case.round:
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


def rival_holds_place(asset_id: int, case_id: int | None = None) -> bool:
    """Whether another case has a live grant of this place."""
    query = select(Proposal.id).where(
        Proposal.asset_id == asset_id, Proposal.state.in_(HOLDS_THE_PLACE), Proposal.id != case_id
    )
    return db.session.scalar(query.limit(1)) is not None


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
