"""Signing in by an e-mailed link, groups, and roles. One function a user action."""

import hashlib
import secrets
from datetime import timedelta

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select

from portal import clock
from portal.areas.queries import current_area
from portal.db import db, transaction
from portal.errors import RuleBroken
from portal.notices import service as notices
from portal.people.models import Group, Membership, RoleGrant, SignInLink, User
from portal.people.rules import GroupKind, Role, check_email

LINK_LIVES = timedelta(minutes=30)
# Where a person goes who signed in without wanting a certain page: the desk, two floors up, so by its address.
AFTER_SIGN_IN = "/desk"


def ask_for_link(email: str, next_url: str = AFTER_SIGN_IN) -> None:
    """Write a letter with a sign-in link; known and unknown addresses are treated alike."""
    with transaction() as session:
        token = _new_link(session, email, next_url)
        notices.write(
            to=email.strip().lower(),
            subject=_("Your link to sign in to %(name)s", name=current_area().product_name),
            body=_(
                "Open this link to sign in:\n\n%(link)s\n\nIt works once, for %(minutes)s minutes.\n"
                "If you did not ask for it, do nothing: nobody can sign in without it.",
                link=link_address(token),
                minutes=int(LINK_LIVES.total_seconds() // 60),
            ),
            key=f"sign-in:{hashed(token)}",
        )


def make_link(email: str, next_url: str = AFTER_SIGN_IN, *, lives: timedelta = LINK_LIVES) -> str:
    """A sign-in address without a letter, for the command line of whoever runs the portal."""
    with transaction() as session:
        token = _new_link(session, email, next_url, lives)
    return link_address(token)


def link_address(token: str) -> str:
    """Where a token is used."""
    return f"{current_app.config['BASE_URL'].rstrip('/')}/sign-in/{token}"


def find_link(token: str) -> SignInLink | None:
    """The live link of a token; None when it is unknown, used or too old."""
    link = db.session.scalar(select(SignInLink).where(SignInLink.token_hash == hashed(token)))
    return link if link and link.used_at is None and link.expires_at > clock.now() else None


def use_link(token: str) -> tuple[User, str]:
    """Use a link up; the person's account is made at the first one. Returns the user and where to go."""
    with transaction() as session:
        link = session.scalar(
            select(SignInLink).where(SignInLink.token_hash == hashed(token)).with_for_update()
        )
        if link is None or link.used_at is not None or link.expires_at <= clock.now():
            raise RuleBroken(
                "link-spent", "This link has been used already or is too old. Ask for a new one."
            )
        link.used_at = clock.now()
        user = session.scalar(select(User).where(User.email == link.email))
        if user is None:
            user = User(email=link.email, created_at=clock.now())
            session.add(user)
        if user.closed_at is not None:
            raise RuleBroken(
                "account-closed", "This account has been closed. Ask your broker to open it again."
            )
        session.flush()
        next_url = link.next_url
    return user, next_url


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
    return group


def give_role(
    email: str, role: Role, *, name: str | None = None, holder_id: int | None = None
) -> User:
    """Give somebody a role in this area; the account is made if need be. Twice is the same as once."""
    if (role is Role.OFFICER) != (holder_id is not None):
        raise ValueError("an officer acts for one holder, the other roles for none")
    with transaction() as session:
        email = check_email(email)
        user = session.scalar(select(User).where(User.email == email))
        if user is None:
            user = User(email=email, created_at=clock.now())
            session.add(user)
        user.name = name or user.name
        session.flush()
        key = {
            "user_id": user.id,
            "role": role,
            "area_id": current_area().id,
            "holder_id": holder_id,
        }
        if session.scalar(select(RoleGrant.id).filter_by(**key)) is None:
            session.add(RoleGrant(**key))
    return user


def new_token() -> str:
    """The secret part of a link that is sent by letter."""
    return secrets.token_urlsafe(32)


def _new_link(session, email: str, next_url: str, lives: timedelta = LINK_LIVES) -> str:
    token = new_token()
    session.add(
        SignInLink(
            token_hash=hashed(token),
            email=email.strip().lower(),
            next_url=next_url,
            expires_at=clock.now() + lives,
        )
    )
    return token


def hashed(token: str) -> str:
    """What is kept of a link: whoever reads the database cannot use it."""
    return hashlib.sha256(token.encode()).hexdigest()


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
        session.delete(grant)
