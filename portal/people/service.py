"""Groups and roles, and at its door the links that people sign in by. One function a user action."""

from flask import current_app
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal import clock
from portal.areas.models import Area
from portal.areas.queries import current_area
from portal.audit.rules import Act
from portal.db import transaction
from portal.errors import RuleBroken
from portal.notices import service as notices
from portal.people import sessions
from portal.people.accounts import account_of
from portal.people.audited import noted
from portal.people.links import (
    AFTER_SIGN_IN,
    LINK_LIVES,
    ask_for_link,
    hashed,
    make_link,
    new_token,
    use_link,
)
from portal.people.models import Group, Membership, RoleGrant, User
from portal.people.rules import GroupKind, Role, check_email
from portal.states import role_words

__all__ = [
    "AFTER_SIGN_IN",
    "LINK_LIVES",
    "ask_for_link",
    "hashed",
    "make_link",
    "new_token",
    "use_link",
]


def set_name(user_id: int, name: str) -> None:
    """How a person wants to be called."""
    with transaction() as session:
        session.get_one(User, user_id).name = name


def start_group(
    user_id: int, *, name: str, kind: GroupKind, private: bool, sponsor: str | None = None
) -> Group:
    """Start a group with its first organiser. A group without a constitution can do everything."""
    with transaction() as session:
        area_id = current_area().id
        # Whoever starts one of the same name at the same moment waits here, and is told.
        session.get(Area, area_id, with_for_update={"key_share": True})
        if session.scalar(select(Group.id).where(Group.area_id == area_id, Group.name == name)):
            raise RuleBroken(
                "group-exists",
                "There is already a group called “%(name)s” here. Choose another name, or ask its organiser to add you.",
                name=name,
            )
        group = Group(
            area_id=area_id,
            name=name,
            kind=kind,
            private=private,
            sponsor=sponsor,
            created_at=clock.now(),
        )
        session.add(group)
        session.flush()
        session.add(Membership(user_id=user_id, group_id=group.id))
        noted(Act.ORGANISER_ADDED, user_id, group_id=group.id)
    return group


def give_role(
    email: str, role: Role, *, name: str | None = None, holder_id: int | None = None
) -> User:
    """Give somebody a role in this area; the account is made if need be. Twice is the same as once."""
    if (role is Role.OFFICER) != (holder_id is not None):
        raise ValueError("an officer acts for one holder, the other roles for none")
    with transaction() as session:
        user = account_of(session, check_email(email))
        user.name = name or user.name
        session.flush()
        key = {
            "user_id": user.id,
            "role": role,
            "area_id": current_area().id,
            "holder_id": holder_id,
        }
        if session.scalar(select(RoleGrant.id).filter_by(**key)) is None:
            grant = RoleGrant(**key)
            session.add(grant)
            sessions.live_as_staff(session, user.id)
            session.flush()
            noted(Act.ROLE_GIVEN, user.id, given=role, **_holder(grant))
            _tell_of_role(user, grant)
    return user


def _tell_of_role(user: User, grant: RoleGrant) -> None:
    area = current_area()
    notices.write(
        to=user.email,
        subject=_l("You have a new role in %(area)s", area=area.name),
        body=_l(
            "From now on you act as %(role)s on %(name)s:\n\n%(link)s\n\n"
            "Did you not expect this? Then answer to your council, and do not sign in.",
            role=LazyString(role_words, grant.role.value),
            name=area.product_name,
            link=f"{current_app.config['BASE_URL']}{AFTER_SIGN_IN}",
        ),
        key=f"role:{grant.id}:{clock.now().isoformat()}",
    )


def _holder(grant: RoleGrant) -> dict[str, int]:
    return {"holder": grant.holder_id} if grant.holder_id else {}


def take_role(grant_id: int) -> None:
    """Take a role away; the last administrator stays, or nobody could give roles any more."""
    with transaction() as session:
        grant = session.get(RoleGrant, grant_id, with_for_update=True)
        if grant is None or grant.area_id != current_area().id:
            return  # somebody else was faster
        others = select(RoleGrant.id).where(
            RoleGrant.area_id == grant.area_id,
            RoleGrant.role == Role.ADMINISTRATOR,
            RoleGrant.id != grant.id,
        )
        if grant.role is Role.ADMINISTRATOR and session.scalar(others.limit(1)) is None:
            raise RuleBroken(
                "last-administrator",
                "This is the last administrator. Give the role to somebody else first.",
            )
        sessions.end_all(session, grant.user_id)
        noted(Act.ROLE_TAKEN, grant.user_id, taken=grant.role, **_holder(grant))
        session.delete(grant)
