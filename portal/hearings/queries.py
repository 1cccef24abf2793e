"""Reads about hearings, one function a question."""

from datetime import date, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from portal import clock
from portal.areas.models import Area
from portal.areas.queries import current_area
from portal.areas.rules import Nation
from portal.db import db
from portal.hearings.models import Hearing, Speaker
from portal.hearings.rules import Window, window
from portal.people.models import User
from portal.proposals.models import CaseEvent, Proposal
from portal.proposals.rules import Action
from portal.proposals.standing import profile_of
from portal.register.models import Asset

# A calendar that follows the feed learns for so long that a hearing is off.
IN_FEED_AFTER = timedelta(days=30)
# The periods whose last days bind a hearing, each round's own.
BINDING = {1: ("hearing", "decision"), 2: ("review",)}


def of_case(case: Proposal) -> Hearing | None:
    """The last hearing of a case, of whichever round."""
    query = select(Hearing).where(Hearing.proposal_id == case.id).order_by(Hearing.round.desc())
    return db.session.scalars(query.limit(1)).first()


def added_to_minutes(case: Proposal) -> list[CaseEvent]:
    """What was added to the minutes since they were published, the first first: each is a step of the history."""
    return [event for event in case.events if event.action is Action.ADD_TO_MINUTES]


def of_round(case: Proposal) -> Hearing | None:
    """The hearing of the round that the case is in."""
    query = select(Hearing).where(Hearing.proposal_id == case.id, Hearing.round == case.round)
    return db.session.scalar(query)


def was_heard(case: Proposal) -> bool:
    """Whether everybody was heard: once is enough, a second panel reads the minutes."""
    query = select(Hearing.id).where(Hearing.proposal_id == case.id, Hearing.outcome.is_not(None))
    return db.session.scalar(query.limit(1)) is not None


def nation_of(case: Proposal) -> Nation:
    """The nation whose law and bank holidays hold for a case."""
    return db.session.get_one(Area, case.asset.area_id).nation


def window_of(case: Proposal, noticed_on: date | None = None) -> Window:
    """On which days a hearing of this case may be, if notice is given on a day (today, if none is named)."""
    period = profile_of(case).periods["hearing_notice"]
    counted = period.counted(noticed_on or clock.today(), nation_of(case))
    due = case.due
    return window(counted, {name: due[name] for name in BINDING[min(case.round, 2)] if name in due})


def coming(since: date | None = None) -> list[Hearing]:
    """The hearings of this area from a day on (today, if none is named), the next first."""
    query = (
        select(Hearing)
        .join(Proposal, Proposal.id == Hearing.proposal_id)
        .join(Asset, Asset.id == Proposal.asset_id)
        .where(
            Asset.area_id == current_area().id,
            Proposal.published_on.is_not(None),
            Asset.withheld_why.is_(None),
            Hearing.on >= (since or clock.today()),
        )
        .order_by(Hearing.on, Hearing.starts, Hearing.id)
        .options(joinedload(Hearing.case).joinedload(Proposal.asset))
    )
    return list(db.session.scalars(query))


def in_feed() -> list[Hearing]:
    """What a calendar that follows all hearings holds: those to come, and those of the last weeks."""
    return coming(clock.today() - IN_FEED_AFTER)


def unfinished() -> list[int]:
    """The cases of this area with a hearing that is neither on record nor off, in order."""
    query = (
        select(Hearing.proposal_id)
        .join(Proposal, Proposal.id == Hearing.proposal_id)
        .join(Asset, Asset.id == Proposal.asset_id)
        .where(
            Asset.area_id == current_area().id, Hearing.outcome.is_(None), Hearing.off_on.is_(None)
        )
    )
    return sorted(set(db.session.scalars(query)))


def unfinished_of(case: Proposal) -> list[Hearing]:
    """The hearings of a case that are neither on record nor off."""
    query = select(Hearing).where(
        Hearing.proposal_id == case.id, Hearing.outcome.is_(None), Hearing.off_on.is_(None)
    )
    return list(db.session.scalars(query.order_by(Hearing.id)))


def over_since(day: date) -> list[int]:
    """The hearings of this area that were on record or off before a day, and still know who wanted to speak."""
    query = (
        select(Hearing.id)
        .join(Proposal, Proposal.id == Hearing.proposal_id)
        .join(Asset, Asset.id == Proposal.asset_id)
        .where(
            Asset.area_id == current_area().id,
            or_(Hearing.heard_on < day, Hearing.off_on < day),
            Hearing.id.in_(select(Speaker.hearing_id)),
        )
    )
    return sorted(db.session.scalars(query))


def speaker(hearing: Hearing, user: User | None) -> Speaker | None:
    """What somebody asked for, if they asked to speak."""
    if user is None:
        return None
    query = select(Speaker).where(Speaker.hearing_id == hearing.id, Speaker.user_id == user.id)
    return db.session.scalar(query)
