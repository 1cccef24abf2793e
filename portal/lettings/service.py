"""What people and the clock do with lets. One function a user action; each is one transaction."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import date
from types import MappingProxyType

from flask_babel import LazyString
from flask_babel import gettext as _
from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from portal import clock
from portal.areas.queries import current_area
from portal.db import db, transaction
from portal.errors import NotFound, RuleBroken
from portal.lettings import doors, holding, letters, moves, queries, table
from portal.lettings.dates import freeing
from portal.lettings.finding import plans
from portal.lettings.models import Let, Need, Occurrence
from portal.lettings.paying import deposits, usual
from portal.lettings.rules import LIVE, Action, Insurance, LetState, OccurrenceState, Wish
from portal.lettings.table import Step
from portal.money import service as money
from portal.money.rules import DepositState
from portal.notices import service as notices
from portal.people.access import roles_for
from portal.people.models import Group, User
from portal.people.rules import Role


def ask(  # noqa: PLR0913 - what is agreed to when asking is said by name
    by: int,
    room_id: int,
    group_id: int,
    wish: Wish,
    *,
    insurance: Insurance,
    safeguarding: bool,
    note: str = "",
    elsewhere: Mapping[date, int] = MappingProxyType({}),
) -> Let:
    """A group asks for a room for a whole term. Nothing is held yet. Asking twice is asking once.

    `elsewhere` names the dates on which it meets in another room, which is held for it on that date in its stead.
    """
    with transaction() as session:
        user = session.get_one(User, by)
        group = session.get(Group, group_id, with_for_update=True)
        room = queries.room_of(room_id)
        if group is None or group.area_id != room.area_id:
            raise NotFound("no-group", "There is no such group here.")
        roles = roles_for(user, group_id=group.id, holder_id=room.holder_id)
        step = table.step_for(None, Action.ASK, roles & queries.PARTIES)
        check_terms(group, insurance, safeguarding=safeguarding)
        wish = replace(wish, group_kind=group.kind)
        if (before := plans.asked_already(session, room, group, wish, elsewhere)) is not None:
            return before
        price = plans.price_of(room, wish, elsewhere)
        need = Need(
            **asdict(wish),
            area_id=room.area_id,
            group_id=group.id,
            words=note,
            created_at=clock.now(),
        )
        let = Let(
            area_id=room.area_id,
            room=room,
            group=group,
            need=need,
            asked_by_id=by,
            asked_at=clock.now(),
            state=step.to,
            price_pence=price,
            insurance=insurance,
            safeguarding_at=clock.now(),
            occurrences=plans.occurrences(wish, elsewhere),
        )
        session.add(let)
        session.flush()
        moves.record(session, let, None, step, user, Role.ORGANISER, why=note)
        doors.follow(session, let, Action.ASK)
    return let


def withdraw(by: int, let_id: int, *, why: str = "") -> Let:
    """The group takes its request back, or leaves an offer."""
    with transaction() as session:
        let, user = moves.load(session, let_id, by)
        moves.act(session, let, Action.WITHDRAW, user, why=why)
        _give_up(session, let, offer=True)
    return let


def decline(by: int, let_id: int, *, why: str) -> Let:
    """The broker says no, with the reason."""
    with transaction() as session:
        let, user = moves.load(session, let_id, by)
        _need_reason(why)
        moves.act(session, let, Action.DECLINE, user, why=why)
        _give_up(session, let)
    return let


def approve(
    by: int,
    let_id: int,
    *,
    price_pence: int | None = None,
    deposit_pence: int = 0,
    waiver: str = "",
) -> Let:
    """The broker approves: every date is held. Without a deposit, within the group's means, that confirms it.

    `price_pence` is for one meeting; None leaves it as it was when asked. `waiver` says why no deposit is asked for.
    """
    with transaction() as session:
        let, user = moves.load(session, let_id, by)
        step, role = moves.allowed(let, Action.APPROVE, user)
        let.price_pence = let.price_pence if price_pence is None else price_pence
        if deposit_pence:
            deposits.ask(let, deposit_pence)
        else:
            let.waiver = waiver or None
        _promise(session, let, step, user, role, why=waiver)
    return let


def pre_approve(session: Session, let: Let, *, why: LazyString) -> None:
    """A standing approval fits, so the portal approves in the transaction of the request. RuleBroken: nothing was done."""
    step, role = moves.allowed(let, Action.PRE_APPROVE, None)
    _promise(session, let, step, None, role, why=why)
    notices.forget(f"let-event:{let.events[0].id}:")  # the answer says it all


def accept(by: int, let_id: int) -> Let:
    """The group accepts a price above what it had said."""
    with transaction() as session:
        let, user = moves.load(session, let_id, by)
        moves.act(session, let, Action.ACCEPT, user)
    return let


def cancel(by: int, let_id: int, *, why: str) -> Let:
    """The whole let ends early; dates ahead are free for others, those gone by stay as they were."""
    with transaction() as session:
        let, user = moves.load(session, let_id, by)
        _need_reason(why)
        # A holder may cancel because the room cannot be used: then nobody else is sent there. A broker closes or blocks
        # such a room, and what is closed or blocked is offered to nobody.
        by_holder = moves.allowed(let, Action.CANCEL, user)[1] is Role.OFFICER
        moves.act(session, let, Action.CANCEL, user, why=why)
        _give_up(session, let, offer=not by_holder)
    return let


def tick() -> int:
    """Lets whose first date has come run, those whose last has gone by end. Returns how many steps were taken.

    May run twice, late, or on two machines: each let is locked and looked at anew.
    """
    return sum(_tick_one(let_id) for let_id in _due())


def _due() -> list[int]:
    now = clock.now()
    planned = (Occurrence.let_id == Let.id) & (Occurrence.state == OccurrenceState.PLANNED)
    begun = (Let.state == LetState.CONFIRMED) & exists().where(planned, Occurrence.starts <= now)
    ends = Let.state.in_((LetState.RUNNING, LetState.DEPOSIT_DUE))
    over = ends & ~exists().where(planned, Occurrence.ends > now)
    query = select(Let.id).where(Let.area_id == current_area().id, or_(begun, over))
    return list(db.session.scalars(query.order_by(Let.id)))


def _tick_one(let_id: int) -> int:
    taken = 0
    with transaction() as session:
        let = session.get_one(Let, let_id, with_for_update=True)
        # Not the settling of an offer: that belongs to the broker's approval.
        while ready := {Action.BEGIN, Action.END} & set(
            table.open_to(let.state, {Role.PORTAL}, queries.facts_of(let))
        ):
            moves.act(session, let, ready.pop(), None)
            _forget_deposit(let)
            taken += 1
    return taken


def _promise(
    session: Session, let: Let, step: Step, user: User | None, role: Role, *, why: str | LazyString
) -> None:
    """Hold every date. What is within the group's means and needs no deposit is settled at once."""
    holding.hold(session, let)
    if user is None:
        usual.ask(let)
    offer = moves.record(session, let, let.state, step, user, role, why=why)
    if Action.SETTLE in table.open_to(let.state, {Role.PORTAL}, queries.facts_of(let)):
        # A standing approval is named in the letter about what followed from it.
        moves.act(session, let, Action.SETTLE, None, told=why if user is None else "")
    else:  # otherwise the letter about what follows says it all
        letters.tell(let, offer, why=why)


def check_terms(group: Group, insurance: Insurance, *, safeguarding: bool) -> None:
    """What every group agrees to that gets a room. Raises RuleBroken."""
    if not safeguarding:
        raise RuleBroken(
            "safeguarding",
            "A room is let only to groups that look after children and adults at risk. Say that yours will.",
        )
    if insurance is Insurance.SPONSOR and not group.sponsor:
        raise RuleBroken(
            "no-sponsor",
            "Your group has not named a body that stands behind it. Choose the venue's cover: it costs you nothing.",
        )


def _give_up(session: Session, let: Let, *, offer: bool = False) -> None:
    """Free all dates ahead; a deposit that was not paid yet is not asked for any more."""
    ahead = [o for o in let.occurrences if queries.is_ahead(o)]
    freeing.give_up(session, ahead, OccurrenceState.CANCELLED, offer=offer)
    _forget_deposit(let)


def _forget_deposit(let: Let) -> None:
    """What was not paid is not asked for any more once a let is over."""
    over = let.state not in LIVE
    if over and let.deposit and let.deposit.state is DepositState.DUE:
        money.waive(let.deposit, why=_("The let did not come about."))


def _need_reason(why: str) -> None:
    if not why:
        raise RuleBroken("reason", "Give the reason: the group will read it.")
