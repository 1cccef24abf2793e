"""Everything the guards may ask of a case: how it stands, who acts, and what the rooms above know."""

from functools import cache

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
    """Everything the guards may ask, looked up when they do; `typed` is what came from the form."""
    profile, track = profile_of(case), case.track
    above = known_of(case, user)
    called = above.pop("hearing_called_by")
    known: dict[str, object] = {
        "today": clock.today(),
        "who": profile.who,
        "due": lambda: case.due,
        "reviewed": case.round > 1,
        "may_ask": lambda: may_ask(profile, case.group),
        "missing": lambda: missing_of(case),
        "needs_interest": track in profile.interest_first,
        "declared_interest": case.declared_on is not None,
        "vacant": lambda: case.asset.status is Status.VACANT,
        "place_free": lambda: not rival_holds_place(case.asset_id, case.id),
        "repeat": lambda: conditions.refused_before(case) is not None,
        "sign_shown": case.sign_shown_on is not None,
        "needs_sign": lambda: conditions.applies(case, "site_sign"),
        "needs_notices": lambda: conditions.applies(case, "open_space_notices"),
        "blocked": lambda: conditions.blocks_of(case),
        "holder_answered": lambda: case.response is not None,
        "unanswered": lambda: sum(one.answer is None for one in _voices(case)),
        "voices": lambda: len(_voices(case)),
        # A hearing may be called for by what the rooms above know, the petition.
        "hearing_called_by": lambda: {*conditions.hearing_called_by(case), *called()},
        "hearing_opened": case.hearing_opened_on is not None,
        "scores": lambda: len(
            {score.user_id for score in case.scores if score.round == case.round}
        ),
        "panel_size": conditions.panel_size(case),
        "capacity_checked": lambda: (
            {check.item for check in case.capacity} >= set(profile.capacity)
        ),
        "passed": lambda: (result := result_of(case)) is not None and result.passed,
        "rivals_untested": lambda: len(conditions.untested(conditions.rivals_of(case))),
        "beaten": lambda: conditions.better_of(case) is not None,
        "objection": lambda: objection_of(case),
        "silence": lambda: conditions.silence_means(case),
        "asked_for_time_as": lambda: _asked_for_time(case),
        "grounds": profile.grounds,
        "not_borne_out": lambda: _not_borne_out(case, profile),
        "term": case.term_months or 0,
        "longest_term": profile.term_months.get(track, 0),
    }
    return Facts(**known | (_of_person(case, user) if user else {}) | above | typed)


def _voices(case: Proposal) -> list[Representation]:
    """The representations that are shown."""
    return [one for one in case.representations if not one.hidden_on]


def _asked_for_time(case: Proposal) -> Role | None:
    """Who asked for more time and has no answer yet."""
    waiting = next((one for one in case.extensions if one.answered_on is None), None)
    return waiting and SIDE_OF.get(waiting.role, waiting.role)


def _not_borne_out(case: Proposal, profile: Profile) -> set[str]:
    """The grounds that neither the result nor the holder shows; before the first result nobody knows."""
    if result_of(case) is None:
        return set()
    return set(profile.grounds) - set(conditions.grounds_borne_out(case))


def _of_person(case: Proposal, user: User) -> dict[str, object]:
    """The facts about the person who acts."""
    roles = cache(lambda: roles_of(case, user))
    before = case.round - 1

    def side() -> Role | None:
        return next((role for role in (Role.ORGANISER, Role.OFFICER) if role in roles()), None)

    def scored() -> bool:
        return _did(Score, case, user, Score.round == case.round)

    return {
        "laid_down": lambda: laid_down(case, user),
        "represented": lambda: _did(Representation, case, user),
        "must_score": lambda: Role.PANEL in roles() and not scored(),
        "scored": scored,
        "judged_before": lambda: (
            _did(Score, case, user, Score.round == before)
            or _did(Decision, case, user, Decision.round == before)
        ),
        "interest": lambda: access.has_interest(
            user, group_id=case.group_id, holder_id=case.asset.holder_id
        ),
        "declared": lambda: _did(
            CaseEvent, case, user, CaseEvent.action == Action.DECLARE_INTEREST
        ),
        "signs_as": side,
        "acts_as": lambda: (
            side() or next((SIDE_OF[role] for role in SIDE_OF if role in roles()), None)
        ),
    }


def _did(table: type, case: Proposal, user: User, *more: object) -> bool:
    mine = exists().where(table.proposal_id == case.id, table.user_id == user.id, *more)
    return bool(db.session.scalar(select(mine)))
