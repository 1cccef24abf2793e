"""Several people organise a group: one invites by letter, the other confirms; one may leave, but not the last."""

from datetime import timedelta

from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from portal import clock
from portal.areas.queries import current_area
from portal.audit.rules import Act
from portal.db import db, transaction
from portal.errors import N_, Forbidden, NotFound, RuleBroken
from portal.notices.service import write
from portal.people.audited import noted
from portal.people.models import Group, GroupInvitation, Membership, User
from portal.people.queries import organiser_emails
from portal.people.rules import check_email
from portal.people.service import hashed, new_token

INVITATION_LIVES = timedelta(days=14)
MOST_WAITING = 10
ANOTHER = N_(
    "This invitation is for another address. Sign in with the address that the letter came to."
)


def invite(user_id: int, group_id: int, email: str) -> None:
    """Write to somebody who shall organise the group too. One letter waits for one address at a time."""
    with transaction() as session:
        group = _locked(session, group_id, user_id)
        email = check_email(email)
        if email in organiser_emails(group_id):
            raise RuleBroken("organises-already", "That person organises the group already.")
        _forget_old(session, group_id)
        waiting = _waiting(session, group_id)
        if email in {one.email for one in waiting}:
            raise RuleBroken(
                "invited-already",
                "A letter has gone to that address already. Take that invitation back first to send another.",
            )
        if len(waiting) >= MOST_WAITING:
            raise RuleBroken(
                "many-invited", "Ten people have not answered yet. Take an invitation back first."
            )
        token = new_token()
        session.add(
            GroupInvitation(
                group_id=group_id,
                email=email,
                token_hash=hashed(token),
                invited_by_id=user_id,
                invited_at=clock.now(),
                expires_at=clock.now() + INVITATION_LIVES,
            )
        )
        _tell_invited(session.get_one(User, user_id), group, email, token)


def take_back(user_id: int, group_id: int, invitation_id: int) -> None:
    """The letter's link leads nowhere from now on. One that is gone stays gone."""
    with transaction() as session:
        _locked(session, group_id, user_id)
        gone = GroupInvitation.id == invitation_id, GroupInvitation.group_id == group_id
        session.execute(delete(GroupInvitation).where(*gone))


def find(token: str) -> GroupInvitation | None:
    """The live invitation of a link; None when it is unknown, used, taken back or too old."""
    query = select(GroupInvitation).where(GroupInvitation.token_hash == hashed(token))
    one = db.session.scalar(query)
    return one if one and one.expires_at > clock.now() else None


def for_me(token: str, user: User) -> None:
    """Raises Forbidden where a live invitation went to another address than this person's."""
    one = find(token)
    if one is not None and one.email != user.email:
        raise Forbidden("another-address", ANOTHER)


def accept(user_id: int, token: str) -> Group:
    """Organise the group from now on. The link works once, and for the address it was sent to."""
    with transaction() as session:
        query = select(GroupInvitation).where(GroupInvitation.token_hash == hashed(token))
        one = session.scalar(query.with_for_update())
        if one is None or one.expires_at <= clock.now():
            raise RuleBroken(
                "invitation-spent",
                "This invitation has been used, taken back, or is older than two weeks. Ask for a new one.",
            )
        user = session.get_one(User, user_id)
        if user.email != one.email:
            raise Forbidden("another-address", ANOTHER)
        group = session.get_one(Group, one.group_id, with_for_update=True)
        others = organiser_emails(group.id)
        if user.email not in others:
            session.add(Membership(user_id=user_id, group_id=group.id))
            noted(Act.ORGANISER_ADDED, user_id, group_id=group.id)
            _tell_others(group, user, others, token_hash=one.token_hash)
        session.delete(one)
    return group


def leave(user_id: int, group_id: int) -> None:
    """Organise the group no more. The last one stays, or nobody could act for it."""
    with transaction() as session:
        group = _locked(session, group_id, user_id)
        of_group = Membership.group_id == group_id
        number = session.scalar(select(func.count()).select_from(Membership).where(of_group))
        if number == 1:
            raise RuleBroken(
                "last-organiser",
                "You are the last organiser, so you cannot leave. Ask somebody to organise with you first, or withdraw what the group has asked for.",
            )
        user = session.get_one(User, user_id)
        session.execute(delete(Membership).where(of_group, Membership.user_id == user_id))
        noted(Act.ORGANISER_LEFT, user_id, group_id=group_id)
        session.flush()
        for email in organiser_emails(group_id):
            write(
                to=email,
                subject=_l(
                    "%(who)s no longer organises %(group)s", who=user.shown_name, group=group.name
                ),
                body=_l(
                    "%(who)s has left. You organise the group, so what it has asked for goes on with you:\n\n%(link)s",
                    who=user.shown_name,
                    link=_address(f"/groups/{group_id}"),
                ),
                key=f"left:{group_id}:{user_id}:{clock.now().isoformat()}:{email}",
            )


def _locked(session: Session, group_id: int, user_id: int) -> Group:
    """The group, for somebody who organises it; whoever comes second sees what the first left."""
    group = session.get(Group, group_id, with_for_update=True)
    mine = group is not None and session.get(Membership, (user_id, group_id)) is not None
    if not mine or group.area_id != current_area().id:
        raise NotFound("no-group", "There is no such group, or you do not organise it.")
    return group


def _waiting(session: Session, group_id: int) -> list[GroupInvitation]:
    query = select(GroupInvitation).where(GroupInvitation.group_id == group_id)
    return list(session.scalars(query))


def _forget_old(session: Session, group_id: int) -> None:
    old = GroupInvitation.group_id == group_id, GroupInvitation.expires_at <= clock.now()
    session.execute(delete(GroupInvitation).where(*old))


def _tell_invited(inviter: User, group: Group, email: str, token: str) -> None:
    write(
        to=email,
        subject=_l("Will you organise %(group)s too?", group=group.name),
        body=_l(
            "%(who)s asks you to organise the group “%(group)s” together.\n\n"
            "You would write its proposals, get its letters and sign for it. Open this link to say yes:\n\n%(link)s\n\n"
            "You sign in with this address, %(email)s. The link works once, for 14 days.\n"
            "If you do not want to, do nothing: then nothing happens, and we keep nothing of it.",
            who=inviter.shown_name,
            group=group.name,
            link=_address(f"/groups/join/{token}"),
            email=email,
        ),
        key=f"organise:{hashed(token)}",
    )


def _tell_others(group: Group, user: User, others: list[str], *, token_hash: str) -> None:
    for email in others:
        write(
            to=email,
            subject=_l(
                "%(who)s organises %(group)s with you", who=user.shown_name, group=group.name
            ),
            body=_l(
                "%(who)s has accepted the invitation, and can now write and sign for the group as you can:\n\n%(link)s",
                who=user.shown_name,
                link=_address(f"/groups/{group.id}"),
            ),
            key=f"organises:{token_hash}:{email}",
        )


def _address(path: str) -> str:
    return f"{current_app.config['BASE_URL']}{path}"
