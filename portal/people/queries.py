"""Reads about people."""

from flask import g
from flask_login import current_user
from sqlalchemy import select

from portal import clock
from portal.areas.queries import current_area
from portal.db import db
from portal.errors import NotFound
from portal.people.models import Group, GroupInvitation, Holder, Membership, RoleGrant, User
from portal.people.rules import Role


def user_by_email(email: str) -> User | None:
    """The user of an address, whatever its case."""
    return db.session.scalar(select(User).where(User.email == email.strip().lower()))


def me() -> User:
    """The signed-in user, fresh from the database."""
    return db.session.get_one(User, current_user.id)


def groups_of(user: User) -> list[Group]:
    """The groups that somebody organises in this area, by name."""
    query = (
        select(Group)
        .join(Membership)
        .where(Membership.user_id == user.id, Group.area_id == current_area().id)
        .order_by(Group.name)
    )
    return list(db.session.scalars(query))


def grants_of(user: User) -> list[RoleGrant]:
    """The roles somebody holds in this area."""
    query = select(RoleGrant).where(
        RoleGrant.user_id == user.id, RoleGrant.area_id == current_area().id
    )
    return list(db.session.scalars(query.order_by(RoleGrant.role)))


def emails_with_role(role: Role, *, holder_id: int | None = None) -> list[str]:
    """Addresses of everybody with a role in this area; for officers, of one holder."""
    query = (
        select(User.email)
        .join(RoleGrant)
        .where(
            RoleGrant.role == role, RoleGrant.area_id == current_area().id, User.closed_at.is_(None)
        )
        .order_by(User.email)
    )
    if holder_id is not None:
        query = query.where(RoleGrant.holder_id == holder_id)
    return list(db.session.scalars(query))


def organiser_emails(group_id: int) -> list[str]:
    """Addresses of a group's organisers."""
    query = (
        select(User.email)
        .join(Membership)
        .where(Membership.group_id == group_id, User.closed_at.is_(None))
        .order_by(User.email)
    )
    return list(db.session.scalars(query))


def organisers(group_id: int) -> list[User]:
    """The people who organise a group, by address."""
    query = select(User).join(Membership).where(Membership.group_id == group_id)
    return list(db.session.scalars(query.order_by(User.email)))


def own_group(group_id: int, user: User) -> Group:
    """A group that somebody organises; any other is as if it were not there."""
    group = next((one for one in groups_of(user) if one.id == group_id), None)
    if group is None:
        raise NotFound("no-group", "There is no such group, or you do not organise it.")
    return group


def invitations(group_id: int) -> list[GroupInvitation]:
    """The letters that nobody has answered yet and that still can be."""
    query = select(GroupInvitation).where(
        GroupInvitation.group_id == group_id, GroupInvitation.expires_at > clock.now()
    )
    return list(db.session.scalars(query.order_by(GroupInvitation.email)))


def forget_area() -> None:
    """Drop what this context remembers of the area and the person's roles (walks and tests make new ones)."""
    for name in ("area_id", "area_roles"):
        g.pop(name, None)


def every_grant() -> list[RoleGrant]:
    """All roles in this area, by role and person."""
    query = (
        select(RoleGrant)
        .join(User)
        .where(RoleGrant.area_id == current_area().id)
        .order_by(RoleGrant.role, User.email, RoleGrant.id)
    )
    return list(db.session.scalars(query))


def holders() -> list[Holder]:
    """The holders of this area, by name."""
    return list(
        db.session.scalars(
            select(Holder).where(Holder.area_id == current_area().id).order_by(Holder.name)
        )
    )
