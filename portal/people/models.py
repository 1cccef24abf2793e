"""Users, the groups they organise, the bodies they act for, and their roles."""

from datetime import datetime

from flask_login import UserMixin
from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Instant, Model, choice
from portal.people.rules import GroupKind, HolderKind, Role


class User(UserMixin, Model):
    """Somebody who has signed in at least once, or was given a role."""

    __tablename__ = "user_account"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)  # lower case
    name: Mapped[str | None] = mapped_column(String(120))
    created_at: Mapped[datetime] = mapped_column(Instant)
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
    signed_in_at: Mapped[datetime | None] = mapped_column(Instant)  # last

    memberships: Mapped[list["Membership"]] = relationship(back_populates="user")
    roles: Mapped[list["RoleGrant"]] = relationship(back_populates="user")

    @property
    def is_active(self) -> bool:
        return self.closed_at is None

    @property
    def shown_name(self) -> str:
        return self.name or self.email


class SignInLink(Model):
    """One e-mailed link and its code: kept as hashes, used once, for a short time, by the browser that asked."""

    __tablename__ = "sign_in_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    email: Mapped[str] = mapped_column(String(254))
    next_url: Mapped[str] = mapped_column(String(2000), default="/")
    expires_at: Mapped[datetime] = mapped_column(Instant)
    used_at: Mapped[datetime | None] = mapped_column(Instant)
    # Of the browser that asked; a link of the command line has none, and works in any.
    browser_hash: Mapped[str | None] = mapped_column(String(64), index=True)
    code_hash: Mapped[str | None] = mapped_column(String(64))
    code_tries: Mapped[int] = mapped_column(default=0)


class SignedIn(Model):
    """A browser in which somebody is signed in. Its cookie holds the key, this row the key's hash: without it the cookie
    is worth nothing.
    """

    __tablename__ = "signed_in"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    browser: Mapped[str] = mapped_column(String(60))  # "Firefox, Android"
    staff: Mapped[bool]  # lives as short as staff's do
    begun_at: Mapped[datetime] = mapped_column(Instant)
    seen_at: Mapped[datetime] = mapped_column(Instant)
    second_step_at: Mapped[datetime | None] = mapped_column(Instant)  # last passed here


class SecondStep(Model):
    """The codes of somebody's telephone. The secret is not kept: it is worked out from SECRET_KEY and the salt."""

    __tablename__ = "second_step"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    salt: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(Instant)
    last_counter: Mapped[int]  # no code of this half minute or an earlier one is taken again
    wrong: Mapped[int] = mapped_column(default=0)  # in a row
    wait_until: Mapped[datetime | None] = mapped_column(Instant)


class RecoveryCode(Model):
    """One of the codes on paper for whoever lost the telephone. All of one person share a salt."""

    __tablename__ = "recovery_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    salt: Mapped[str] = mapped_column(String(64))
    code_hash: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None] = mapped_column(Instant)


class Holder(Model):
    """A public body that holds assets."""

    __tablename__ = "holder"
    __table_args__ = (UniqueConstraint("area_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[HolderKind] = mapped_column(choice(HolderKind), default=HolderKind.OTHER)
    uri: Mapped[str | None] = mapped_column(String(300))


class Group(Model):
    """A community group. A support group is private: who meets where and when is health data."""

    __tablename__ = "community_group"
    __table_args__ = (UniqueConstraint("area_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[GroupKind] = mapped_column(choice(GroupKind))
    private: Mapped[bool] = mapped_column(default=True)
    sponsor: Mapped[str | None] = mapped_column(String(200))  # a body that stands behind it
    created_at: Mapped[datetime] = mapped_column(Instant)

    memberships: Mapped[list["Membership"]] = relationship(back_populates="group")

    @property
    def constituted(self) -> bool:
        return self.kind is not GroupKind.UNCONSTITUTED


class Membership(Model):
    """An organiser of a group."""

    __tablename__ = "membership"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("community_group.id"), primary_key=True)

    user: Mapped[User] = relationship(back_populates="memberships")
    group: Mapped[Group] = relationship(back_populates="memberships")


class GroupInvitation(Model):
    """A letter that asks somebody to organise a group too: kept as a hash, and only until it is answered."""

    __tablename__ = "group_invitation"
    __table_args__ = (UniqueConstraint("group_id", "email"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("community_group.id"))
    email: Mapped[str] = mapped_column(String(254))  # lower case
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    invited_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    invited_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)

    group: Mapped[Group] = relationship()
    invited_by: Mapped[User] = relationship()


class RoleGrant(Model):
    """A role in an area; an officer's and a holder's person's is for one holder."""

    __tablename__ = "role_grant"
    __table_args__ = (
        UniqueConstraint("user_id", "role", "area_id", "holder_id"),
        # In a unique constraint two rows without a holder count as different; here they are not.
        Index(
            "uq_role_grant_without_holder",
            "user_id",
            "role",
            "area_id",
            unique=True,
            sqlite_where=text("holder_id IS NULL"),
            postgresql_where=text("holder_id IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    role: Mapped[Role] = mapped_column(choice(Role))
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    holder_id: Mapped[int | None] = mapped_column(ForeignKey("holder.id"))

    user: Mapped[User] = relationship(back_populates="roles")
    holder: Mapped[Holder | None] = relationship()
