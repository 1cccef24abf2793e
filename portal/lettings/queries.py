"""Reads about lets, one function a question. Who may see a let is asked here and nowhere else."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Select, bindparam, func, null, or_, select
from sqlalchemy.orm import selectinload

from portal import clock
from portal.areas.queries import current_area
from portal.db import db
from portal.errors import NotFound
from portal.lettings import rules
from portal.lettings.dates import rules as dates
from portal.lettings.models import Hold, Let, LetEvent, Need, Occurrence
from portal.lettings.rules import LetState, OccurrenceState, Wish
from portal.lettings.table import Facts
from portal.people.access import group_ids, roles_for
from portal.people.models import RoleGrant, User
from portal.people.rules import Role
from portal.register.models import Asset, Fact, Source
from portal.register.rules import Kind
from portal.venues import rooms

# What every search asks, put together once.
WAITING = (
    select(
        Let.id,
        func.coalesce(Occurrence.other_room_id, Let.room_id),
        Occurrence.starts,
        Occurrence.ends,
    )
    .join(Occurrence)
    .where(
        Let.area_id == bindparam("area"),
        Let.state == LetState.REQUESTED,
        Occurrence.state == OccurrenceState.PLANNED,
        Occurrence.starts < bindparam("until"),
        Occurrence.ends > bindparam("since"),
    )
)
IDS = bindparam("ids", expanding=True)
# Of a room's source, without a name; and of single facts.
CHECKED = (
    select(Asset.id, null().label("name"), Source.as_of)
    .join(Source, Source.id == Asset.source_id)
    .where(Asset.id.in_(IDS))
    .union_all(
        select(Fact.asset_id, Fact.name, Fact.as_of).where(
            Fact.asset_id.in_(IDS), Fact.name.in_(rules.ACCESS)
        )
    )
)

# Towards a let one is its group, its broker or its holder; everybody else does not learn that it exists.
PARTIES = frozenset({Role.ORGANISER, Role.BROKER, Role.OFFICER})


def room_of(room_id: int) -> Asset:
    """A room of this area. Raises NotFound."""
    room = db.session.get(Asset, room_id)
    hidden = room is None or room.withheld_why
    if hidden or room.kind is not Kind.ROOM or room.area_id != current_area().id:
        raise NotFound("no-room", "There is no such room here.")
    return room


def let_for(user: User | None, let_id: int) -> tuple[Let, set[Role]]:
    """A let and what somebody is to it. Raises NotFound for everybody who is nothing to it."""
    let = db.session.get(Let, let_id)
    roles = roles_towards(user, let) if let is not None else set()
    if let is None or not roles or let.area_id != current_area().id:
        raise NotFound("no-let", "There is no such let here, or it is not yours to see.")
    return let, roles


def roles_towards(user: User | None, let: Let) -> set[Role]:
    """What somebody is to a let: its group's organiser, its broker, an officer of the room's holder, or nothing."""
    roles = roles_for(user, group_id=let.group_id, holder_id=let.room.holder_id)
    return roles & PARTIES


def facts_of(let: Let, *, giving_up: int = 0) -> Facts:
    """What the guards of the table ask about; `giving_up`: how many dates the step would give up."""
    now = clock.now()
    claim = let.deposit.retention if let.deposit else None
    planned = [o for o in let.occurrences if o.state is OccurrenceState.PLANNED]
    return Facts(
        begun=any(o.starts <= now for o in planned),
        over=all(o.ends <= now for o in planned),
        within_means=let.price_pence <= let.need.max_pence,
        deposit=let.deposit.state if let.deposit else None,
        claimed=claim is not None,
        claim_open=claim is not None and claim.answered_on is None,
        claim_waits=claim is not None and claim.waits(clock.today()),
        dates=len(planned),
        dates_ahead=sum(o.starts > now for o in planned),
        costs=let.price_pence > 0,
        giving_up=giving_up,
        unused=_is_unused(let, planned, now),
        asked=let.keep_by is not None,
        unanswered=let.keep_by is not None and let.keep_by <= now,
    )


def _is_unused(let: Let, planned: list[Occurrence], now: datetime) -> bool:
    """Whether nobody came three times running, since the group last said that it needs the room.

    What was said of a date can be corrected for a day, so it counts after that.
    """
    settled = (
        o
        for o in planned
        if dates.settled_at(o.on) <= now and o.starts > (let.kept_at or let.asked_at)
    )
    said = [o.attended for o in sorted(settled, key=lambda o: o.starts)]
    return dates.unused_running(said) >= dates.UNUSED_RUNNING


def is_ahead(occurrence: Occurrence) -> bool:
    """Whether a date still stands and has not begun."""
    return occurrence.state is OccurrenceState.PLANNED and occurrence.starts > clock.now()


def wish_of(need: Need) -> Wish:
    """A stored need as matching takes it."""
    return Wish(**{name: getattr(need, name) for name in Wish.__dataclass_fields__})


def my_lets(user: User) -> list[Let]:
    """The lets that concern somebody: of their groups, of the bodies they act for; a broker's are all. Live ones first."""
    grants = db.session.scalars(
        select(RoleGrant).where(
            RoleGrant.user_id == user.id, RoleGrant.area_id == current_area().id
        )
    ).all()
    query = _lets()
    if not any(grant.role is Role.BROKER for grant in grants):
        holders = [g.holder_id for g in grants if g.role is Role.OFFICER]
        query = query.where(or_(Let.group_id.in_(group_ids(user)), Asset.holder_id.in_(holders)))
    found = db.session.scalars(query.order_by(Let.id.desc()).limit(200))
    return sorted(found, key=lambda let: let.state not in rules.LIVE)


def _lets() -> Select[tuple[Let]]:
    return (
        select(Let)
        .join(Asset, Asset.id == Let.room_id)
        .where(Let.area_id == current_area().id)
        .options(selectinload(Let.room), selectinload(Let.group), selectinload(Let.need))
    )


def booked_times(room_id: int, since: datetime, until: datetime) -> list[tuple[datetime, datetime]]:
    """When a room is booked, as the public may know: times only, never who; time before and after is part of it."""
    leaves = rooms.leaves_of(room_id, rooms.parts_of(current_area().id))
    query = (
        select(Hold.starts, Hold.ends)
        .where(Hold.room_id.in_(leaves), Hold.starts < until, Hold.ends > since)
        .order_by(Hold.starts)
    )
    merged: list[tuple[datetime, datetime]] = []
    for starts, ends in db.session.execute(query):
        if merged and starts <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], ends))
        else:
            merged.append((starts, ends))
    return merged


def others_asking(
    room_ids: Sequence[int], spans: Sequence[tuple[datetime, datetime]], *, but: int | None = None
) -> dict[int, int]:
    """How many requests that wait for an answer want the room, or a part of it, at one of these times.

    `but`: the let that asks, which is not its own rival.
    """
    if not (room_ids and spans):
        return {}
    asked = {
        "area": current_area().id,
        "until": max(end for _, end in spans),
        "since": min(start for start, _ in spans),
    }
    rivals: dict[int, set[int]] = {}
    for let_id, room_id, starts, ends in db.session.execute(WAITING, asked):
        if let_id != but and any(starts < end and ends > start for start, end in spans):
            rivals.setdefault(room_id, set()).add(let_id)
    halls = rooms.halls_of({*room_ids, *rivals}) if rivals else {}
    return {
        mine: len(
            set().union(
                *(r for room, r in rivals.items() if mine in halls[room] or room in halls[mine])
            )
        )
        for mine in room_ids
    }


def checked_on(room_ids: Sequence[int]) -> dict[tuple[int, str], date]:
    """When each access fact of these rooms was checked: (room, fact) to day."""
    whole, own = {}, {}
    for room_id, name, as_of in db.session.execute(CHECKED, {"ids": list(room_ids)}):
        if name:
            own[room_id, name] = as_of
        else:
            whole |= {(room_id, fact): as_of for fact in rules.ACCESS}
    return whole | own


def steps_of(let_id: int) -> list[LetEvent]:
    """The history of a let, oldest first."""
    return list(
        db.session.scalars(select(LetEvent).where(LetEvent.let_id == let_id).order_by(LetEvent.id))
    )
