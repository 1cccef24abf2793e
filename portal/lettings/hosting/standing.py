"""Standing approvals: a holder says yes in advance, and the portal approves what fits at once."""

from flask_babel import LazyString
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from portal import clock
from portal.audit.rules import Act
from portal.audit.service import note
from portal.db import db, transaction
from portal.errors import NotFound, RuleBroken
from portal.lettings import doors, queries, service, walltime
from portal.lettings.hosting import evidence, rules, words
from portal.lettings.hosting.access import holder_of, lineage, places_of
from portal.lettings.hosting.models import StandingApproval
from portal.lettings.hosting.rules import Approval, Asked
from portal.lettings.models import Let, Occurrence
from portal.lettings.rules import Action, OccurrenceState
from portal.people.access import roles_for
from portal.people.models import Holder, User
from portal.people.rules import Role

SAID = ("most_people", "most_pence", "days", "starts", "ends", "kinds", "first", "last")


def of_holder(holder_id: int) -> list[StandingApproval]:
    """The rules of a holder: those that hold first, then the ended ones, the newest first."""
    query = (
        select(StandingApproval)
        .where(StandingApproval.holder_id == holder_id)
        .order_by(StandingApproval.id.desc())
    )
    return sorted(db.session.scalars(query), key=lambda rule: rule.ended_at is not None)


def add(by: int, holder_id: int, rule: Approval) -> StandingApproval:
    """An officer, or the broker for the holder, agrees in advance. The same rule twice is one."""
    with transaction() as session:
        user = session.get_one(User, by)
        session.get(Holder, holder_id, with_for_update=True)
        holder = holder_of(user, holder_id)
        if not rule.places <= {place.id for place in places_of(holder.id)}:
            raise NotFound("no-place", "There is no such room here, or it is not yours to run.")
        rules.check_approval(rule, clock.today())
        same = (r for r in of_holder(holder.id) if r.ended_at is None and read(r) == rule)
        if (before := next(same, None)) is not None:
            return before
        row = StandingApproval(
            **{name: getattr(rule, name) for name in SAID},
            area_id=holder.area_id,
            holder_id=holder.id,
            place_id=next(iter(rule.places), None),
            made_at=clock.now(),
            made_by=user,
        )
        session.add(row)
        session.flush()
        _note(user, row, "begin")
    return row


def end(by: int, holder_id: int, rule_id: int) -> None:
    """The rule holds no more for new requests; what it has approved stays."""
    with transaction() as session:
        user = session.get_one(User, by)
        holder = holder_of(user, holder_id)
        row = session.get(StandingApproval, rule_id, with_for_update=True)
        if row is None or row.holder_id != holder.id:
            raise NotFound("no-rule", "There is no such standing approval here.")
        if row.ended_at is None:
            row.ended_at, row.ended_by_id = clock.now(), by
            _note(user, row, "end")


def _note(user: User, row: StandingApproval, step: str) -> None:
    office = (
        Role.OFFICER if Role.OFFICER in roles_for(user, holder_id=row.holder_id) else Role.BROKER
    )
    about = ("standing_approval", row.id)
    note(
        Act.APPROVED_IN_ADVANCE,
        area_id=row.area_id,
        by=user.id,
        role=office,
        about=about,
        step=step,
    )


def read(row: StandingApproval) -> Approval:
    """A stored rule as the pure function takes it."""
    places = frozenset({row.place_id} if row.place_id else ())
    return Approval(places=places, **{name: getattr(row, name) for name in SAID})


def asked_of(let: Let) -> Asked:
    """A let as a rule looks at it: the dates on which the group comes, on the wall."""
    spans = [(walltime.wall(o.starts), walltime.wall(o.ends)) for o in _coming(let)]
    return Asked(
        lineage=frozenset(place.id for place in lineage(let.room)),
        people=let.need.people,
        pence=let.price_pence,
        dates=tuple(start.date() for start, _ in spans),
        starts=min(start.time() for start, _ in spans),
        ends=max(end.time() for _, end in spans),
        kind=let.group.kind,
        insured=not evidence.lacking(let),
    )


@doors.after(Action.ASK)
def answer(session: Session, let: Let) -> None:
    """Approve a new request at once if a rule fits. Where others wait for the same time, or it is taken, the broker decides."""
    rule = _fitting(session, let)
    spans = [(o.starts, o.ends) for o in _coming(let)]
    if rule is None or queries.others_asking([let.room_id], spans, but=let.id).get(let.room_id):
        return
    try:
        service.pre_approve(session, let, why=LazyString(words.named, rule))
    except RuleBroken:
        return  # taken in this moment: the request stays as it was


def _fitting(session: Session, let: Let) -> StandingApproval | None:
    coming = _coming(let)
    if not coming or any(o.other_room_id for o in coming):
        return None  # where other rooms help out somebody should look
    places = [place.id for place in lineage(let.room)]
    query = select(StandingApproval).where(
        StandingApproval.holder_id == let.room.holder_id,
        StandingApproval.ended_at.is_(None),
        or_(StandingApproval.place_id.is_(None), StandingApproval.place_id.in_(places)),
    )
    live = session.scalars(query.order_by(StandingApproval.id)).all()
    asked = asked_of(let) if live else None
    return next((rule for rule in live if asked and rules.fits(read(rule), asked)), None)


def _coming(let: Let) -> list[Occurrence]:
    return [o for o in let.occurrences if o.state is OccurrenceState.PLANNED]
