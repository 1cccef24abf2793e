"""What stands in a case's way, or decides its road: blocks, repeats, rivals, what calls a hearing, what silence means."""

from datetime import date, timedelta
from sys import maxsize

from dateutil.relativedelta import relativedelta
from sqlalchemy import select

from portal import clock
from portal.areas.models import Area
from portal.db import db
from portal.proposals.judging.benefit import SHOWN_BY_TEST, Result
from portal.proposals.judging.outlook import goes_before
from portal.proposals.models import Decision, Proposal
from portal.proposals.rules import HOLDS_THE_PLACE, OVER, UNDECIDED, Action, State
from portal.proposals.standing import objection_of, profile_of, result_of

A_WEEK = timedelta(days=7)


def applies(case: Proposal, block: str) -> bool:
    """Whether the profile has such a block for this kind of place in this nation."""
    there = profile_of(case).blocks.get(block)
    nation = db.session.get_one(Area, case.asset.area_id).nation
    return there is not None and there.holds_in(case.track, nation)


def blocks_of(case: Proposal) -> list[str]:
    """The names of what stands against a grant of this case now, as its profile has them."""
    profile = profile_of(case)
    return [
        name
        for name, stands in BLOCKS.items()
        if applies(case, name) and stands(case, profile.blocks[name].number)
    ]


def _sign_is_wanting(case: Proposal, days: int) -> bool:
    """The sign has to be up so many days; the day it went up is not one of them."""
    up = case.sign_shown_on
    return up is None or clock.today() <= up + timedelta(days=days)


def _notices_are_wanting(case: Proposal, number: int) -> bool:
    """Open space: notices in so many consecutive weeks, in one newspaper. Nothing is known before somebody looked."""
    if case.open_space is None:
        return True
    return case.open_space and not weeks_running(
        [(notice.newspaper, notice.on) for notice in case.notices], number
    )


def weeks_running(notices: list[tuple[str, date]], number: int) -> bool:
    """Whether one newspaper carried a notice in so many weeks that follow each other (Monday to Sunday).

    Source: Local Government Act 1972 s.123(2A), "for two consecutive weeks in a newspaper circulating in the area".
    """
    weeks = {
        (" ".join(paper.casefold().split()), on - timedelta(days=on.weekday()))
        for paper, on in notices
    }
    return any(
        all((paper, monday + A_WEEK * step) in weeks for step in range(number))
        for paper, monday in weeks
    )


BLOCKS = {"site_sign": _sign_is_wanting, "open_space_notices": _notices_are_wanting}


def refused_before(case: Proposal) -> Proposal | None:
    """The case in which this kind of use of this place was refused within the profile's months, if there is one.

    Source: Community Empowerment (Scotland) Act 2015 s.93, and each profile's own number of months.
    """
    profile = profile_of(case)
    if case.use_kind is None or not applies(case, "repeat"):
        return None
    since = clock.today() - relativedelta(months=profile.blocks["repeat"].number)
    query = (
        select(Proposal)
        .join(Decision)
        .where(
            Proposal.asset_id == case.asset_id,
            Proposal.use_kind == case.use_kind,
            Proposal.id != case.id,
            Proposal.state == State.REFUSED,
            Decision.outcome == State.REFUSED,
            Decision.on > since,
        )
        .order_by(Decision.on.desc())
    )
    return db.session.scalars(query).first()


def hearing_called_by(case: Proposal) -> set[str]:
    """What calls a hearing in this case, of what its profile names: its kind of place, or the holder's objection."""
    objected = case.response is not None and case.response.action is Action.OBJECT
    calls = {case.track.value} | ({"objection"} if objected else set())
    return calls & set(profile_of(case).hearing_for)


def rivals_of(case: Proposal) -> list[Proposal]:
    """The undecided proposals for the same place that are tested together with this one: published before its test.

    One that comes later does not hold up those who have waited.
    """
    tested = next((e.on for e in case.events if e.action is Action.OPEN_TEST), clock.today())
    query = select(Proposal).where(
        Proposal.asset_id == case.asset_id,
        Proposal.id != case.id,
        Proposal.state.in_(UNDECIDED),
        Proposal.published_on <= tested,
    )
    return list(db.session.scalars(query.order_by(Proposal.id)))


def fully_scored(case: Proposal) -> bool:
    """Whether enough members of the panel have scored this case in its round."""
    scorers = {score.user_id for score in case.scores if score.round == case.round}
    return len(scorers) >= panel_size(case)


def panel_size(case: Proposal) -> int:
    """How many members must have scored, in this round."""
    profile = profile_of(case)
    return profile.review_panel_size if case.round > 1 else profile.panel_size


def came(case: Proposal) -> int:
    """When a case was lodged for the first time, as a number that only compares: its place in the history."""
    return next((e.id for e in case.events if e.action is Action.LODGE), maxsize)


def lodged_on(case: Proposal) -> date | None:
    """The day on which a case was lodged for the first time."""
    return next((e.on for e in case.events if e.action is Action.LODGE), None)


def untested(rivals: list[Proposal]) -> list[Proposal]:
    """The rivals whose scores have to be waited for; one that is overdue itself holds up nobody."""
    return [one for one in rivals if one.state is not State.ESCALATED and not fully_scored(one)]


def brings_more(rival: Proposal, case: Proposal, result: Result) -> bool:
    """Whether a rival that passes the test goes before a case with this result: it brings more, or as much and was
    lodged first.
    """
    theirs = result_of(rival)
    return (
        theirs is not None
        and theirs.passed
        and goes_before(theirs.ours, result.ours, they_were_first=came(rival) < came(case))
    )


def better_of(case: Proposal) -> Proposal | None:
    """The rival that goes before this case, if there is one: the best of them."""
    result = result_of(case)
    if result is None:
        return None
    ahead = [one for one in rivals_of(case) if brings_more(one, case, result)]
    return max(ahead, key=lambda one: (result_of(one).ours, -came(one)), default=None)


def grounds_borne_out(case: Proposal) -> list[str]:
    """The grounds on which a refusal can rest now: what the test shows, another proposal, and what the holder objects on.

    Where none is (the test is passed, or the profile has grounds of its own) all of its list.
    """
    profile, result = profile_of(case), result_of(case)
    shown = {name for name, holds in SHOWN_BY_TEST.items() if result and holds(result)}
    shown |= {name for name in profile.decided_by_test if name not in SHOWN_BY_TEST}
    if better_of(case):
        shown.add("better_alternative")
    if winner_of(case):
        shown |= {"better_alternative", "committed"}
    shown.add(objection_of(case))
    return [name for name in profile.grounds if name in shown] or list(profile.grounds)


def winner_of(case: Proposal) -> Proposal | None:
    """The other case that holds the place now."""
    query = select(Proposal).where(
        Proposal.asset_id == case.asset_id,
        Proposal.id != case.id,
        Proposal.state.in_(HOLDS_THE_PLACE),
    )
    return db.session.scalars(query).first()


def others_of(case: Proposal) -> list[Proposal]:
    """The other proposals for the place that anybody may read and that are not over, the first lodged first."""
    query = select(Proposal).where(
        Proposal.asset_id == case.asset_id,
        Proposal.id != case.id,
        Proposal.published_on.is_not(None),
        Proposal.state.not_in(OVER),
    )
    return sorted(db.session.scalars(query), key=came)


def silence_means(case: Proposal) -> str:
    """What an undecided last day is: a grant only where the council has resolved it, a review where the profile
    says so, else it goes to the senior officer.
    """
    silence = profile_of(case).silence
    area = db.session.get_one(Area, case.asset.area_id)
    return "escalate" if silence == "grant" and not area.resolution_reference else silence


def silence_now(case: Proposal) -> str:
    """What an undecided last day would be as things stand: a block stops a grant, and there is one review only."""
    means = silence_means(case)
    if means == "grant" and blocks_of(case):
        return "escalate"
    return "escalate" if means == "review" and case.round > 1 else means
