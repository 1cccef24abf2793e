"""What must be ended or handed over before somebody can be erased: others depend on it."""

from typing import NamedTuple

from flask_babel import gettext as _
from sqlalchemy import exists, func, or_, select

from portal.db import db
from portal.lettings.models import Let
from portal.lettings.rules import LIVE
from portal.money.models import Deposit
from portal.money.rules import DepositState
from portal.people.models import Group, Membership, RoleGrant
from portal.people.rules import Role
from portal.privacy.person import Person
from portal.proposals.models import Proposal
from portal.proposals.rules import OVER
from portal.register.models import Asset
from portal.venues.models import Keyholder


class Block(NamedTuple):
    """One thing that is in the way: what, what to do, and where."""

    what: str
    do: str
    path: str


def of(person: Person) -> list[Block]:
    """Everything that is in the way."""
    if person.user_id is None:
        return _doors(person)
    groups = alone_in(person.user_id)
    return [
        *_lets(groups),
        *_cases(groups),
        *_deposits(groups),
        *_doors(person),
        *_last(person.user_id),
    ]


def alone_in(user_id: int) -> list[int]:
    """The groups that nobody else organises."""
    others = select(Membership.group_id).where(Membership.user_id != user_id)
    query = select(Membership.group_id).where(
        Membership.user_id == user_id, Membership.group_id.not_in(others)
    )
    return list(db.session.scalars(query.order_by(Membership.group_id)))


def _lets(groups: list[int]) -> list[Block]:
    query = select(Let.id, Asset.name, Group.name).join(Asset, Asset.id == Let.room_id).join(Group)
    found = db.session.execute(
        query.where(Let.group_id.in_(groups), Let.state.in_(LIVE)).order_by(Let.id)
    )
    do = _("Take it back or cancel it, or ask somebody to organise the group with you.")
    return [
        Block(_("%(group)s has a room: %(room)s.", group=group, room=room), do, f"/lets/{let_id}")
        for let_id, room, group in found
    ]


def _cases(groups: list[int]) -> list[Block]:
    query = select(Proposal.id, Asset.name, Group.name).join(Asset).join(Group)
    found = db.session.execute(
        query.where(Proposal.group_id.in_(groups), Proposal.state.not_in(OVER)).order_by(
            Proposal.id
        )
    )
    do = _("Withdraw it or end the agreement, or ask somebody to organise the group with you.")
    return [
        Block(_("%(group)s has a case about %(place)s.", group=group, place=place), do, f"/cases/{case_id}")
        for case_id, place, group in found
    ]  # fmt: skip


def _deposits(groups: list[int]) -> list[Block]:
    query = select(Deposit.path, Group.name).join(Group, Group.id == Deposit.group_id)
    found = db.session.execute(
        query.where(Deposit.group_id.in_(groups), Deposit.state == DepositState.HELD)
        .where(Deposit.path != "")
        .order_by(Deposit.id)
    )
    do = _("Wait until the broker has given it back.")
    return [
        Block(_("The broker holds a deposit of %(group)s.", group=group), do, path)
        for path, group in found
    ]


def _doors(person: Person) -> list[Block]:
    query = select(Keyholder.id, Asset.name).join(Asset, Asset.id == Keyholder.asset_id)
    found = db.session.execute(
        query.where(
            or_(Keyholder.user_id == person.user_id, Keyholder.email == person.email),
            Keyholder.left_at.is_(None),
        ).order_by(Keyholder.id)
    )
    do = _("Ask those who run it to name somebody else.")
    return [Block(_("You open %(place)s.", place=place), do, "/hosting") for _id, place in found]


def _last(user_id: int) -> list[Block]:
    """Nobody could give roles any more."""
    mine = select(RoleGrant.area_id).where(
        RoleGrant.user_id == user_id, RoleGrant.role == Role.ADMINISTRATOR
    )
    number = (
        select(func.count(RoleGrant.id))
        .where(RoleGrant.role == Role.ADMINISTRATOR, RoleGrant.area_id.in_(mine))
        .group_by(RoleGrant.area_id)
        .having(func.count(RoleGrant.id) == 1)
    )
    if not db.session.scalar(select(exists(number))):
        return []
    do = _("Give the role to somebody else first.")
    return [Block(_("You are the last administrator here."), do, "/setup/roles")]
