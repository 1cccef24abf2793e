"""Everything the guards may ask of a case, gathered: how it stands, who acts, and what the rooms above know."""

from sqlalchemy import exists, select

from portal import clock
from portal.areas.profile import Profile
from portal.db import db
from portal.people import access
from portal.people.models import Group, User
from portal.people.rules import Role
from portal.proposals import conditions
from portal.proposals.doors import known_of
from portal.proposals.facts import Facts
from portal.proposals.models import CaseEvent, Decision, Proposal, Representation, Score
from portal.proposals.rules import Action
from portal.proposals.standing import (
    laid_down,
    missing_of,
    objection_of,
    profile_of,
    result_of,
    rival_holds_place,
    roles_of,
)
from portal.register.models import Asset
from portal.register.rules import Status

# Whoever decides asks for the holder's side: it is the group's agreement that is needed.
SIDE_OF = {Role.CHAIR: Role.OFFICER}


def may_ask(profile: Profile, group: Group) -> bool:
    """Whether the profile lets such a group ask."""
    return not profile.may_ask or group.kind in profile.may_ask


def start_facts(asset: Asset, group: Group, profile: Profile) -> Facts:
    """The facts of a case that does not exist yet."""
    return Facts(
        today=clock.today(),
        who=profile.who,
        vacant=asset.status is Status.VACANT,
        place_free=not rival_holds_place(asset.id, 0),
        may_ask=may_ask(profile, group),
    )


def facts_of(case: Proposal, user: User | None, **typed: object) -> Facts:
    """Everything the guards may ask; `typed` is what came from the form."""
    profile, result, track = profile_of(case), result_of(case), case.track
    waiting = next((one for one in case.extensions if one.answered_on is None), None)
    scorers = {score.user_id for score in case.scores if score.round == case.round}
    rivals = conditions.rivals_of(case)
    known = {
        "today": clock.today(),
        "who": profile.who,
        "due": case.due,
        "reviewed": case.round > 1,
        "may_ask": may_ask(profile, case.group),
        "missing": missing_of(case),
        "needs_interest": track in profile.interest_first,
        "declared_interest": case.declared_on is not None,
        "vacant": case.asset.status is Status.VACANT,
        "place_free": not rival_holds_place(case.asset_id, case.id),
        "repeat": conditions.refused_before(case) is not None,
        "sign_shown": case.sign_shown_on is not None,
        "needs_sign": conditions.applies(case, "site_sign"),
        "needs_notices": conditions.applies(case, "open_space_notices"),
        "blocked": conditions.blocks_of(case),
        "holder_answered": case.response is not None,
        "unanswered": sum(1 for r in case.representations if r.answer is None and not r.hidden_on),
        "voices": sum(1 for r in case.representations if not r.hidden_on),
        "hearing_called_by": conditions.hearing_called_by(case),
        "hearing_opened": case.hearing_opened_on is not None,
        "scores": len(scorers),
        "panel_size": conditions.panel_size(case),
        "capacity_checked": {check.item for check in case.capacity} >= set(profile.capacity),
        "passed": result is not None and result.passed,
        "rivals_untested": len(conditions.untested(rivals)),
        "beaten": result is not None
        and any(conditions.brings_more(rival, case, result) for rival in rivals),
        "objection": objection_of(case),
        "silence": conditions.silence_means(case),
        "asked_for_time_as": waiting and SIDE_OF.get(waiting.role, waiting.role),
        "grounds": profile.grounds,
        "not_borne_out": set(profile.grounds) - set(conditions.grounds_borne_out(case))
        if result
        else (),
        "term": case.term_months or 0,
        "longest_term": profile.term_months.get(track, 0),
    }
    told = known_of(case, user)
    # A hearing may be called for by what the rooms above know, the petition.
    called = {*known["hearing_called_by"], *told.pop("hearing_called_by", ())}
    of_person = _of_person(case, user) if user else {}
    return Facts(**known | {"hearing_called_by": called} | of_person | told | typed)


def _of_person(case: Proposal, user: User) -> dict[str, object]:
    roles = roles_of(case, user)
    side = next((r for r in (Role.ORGANISER, Role.OFFICER) if r in roles), None)
    before = case.round - 1
    return {
        "laid_down": laid_down(case, user),
        "represented": _did(Representation, case, user),
        "must_score": Role.PANEL in roles
        and not _did(Score, case, user, Score.round == case.round),
        "scored": _did(Score, case, user, Score.round == case.round),
        "judged_before": _did(Score, case, user, Score.round == before)
        or _did(Decision, case, user, Decision.round == before),
        "interest": access.has_interest(
            user, group_id=case.group_id, holder_id=case.asset.holder_id
        ),
        "declared": _did(CaseEvent, case, user, CaseEvent.action == Action.DECLARE_INTEREST),
        "signs_as": side,
        "acts_as": side or next((SIDE_OF[role] for role in SIDE_OF if role in roles), None),
    }


def _did(table: type, case: Proposal, user: User, *more: object) -> bool:
    mine = exists().where(table.proposal_id == case.id, table.user_id == user.id, *more)
    return bool(db.session.scalar(select(mine)))
