"""Who may do what. Every view says with `@allow` who may open it; `roles_for` says what somebody is to an object.

What a role may do to a case or a let is written in the transition tables of the wings; this file only finds the
roles. Nothing else in the portal compares a user with a role.
"""

from collections.abc import Callable
from typing import TypeVar

from flask import current_app, g, redirect, request, url_for
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response

from portal.areas.queries import current_area
from portal.db import db
from portal.errors import Forbidden
from portal.people import sessions
from portal.people.models import Membership, RoleGrant, User
from portal.people.rules import Missing, Role

PUBLIC = "public"
SIGNED_IN = "signed in"
BEGUN = "sign-in begun"  # a second step may still be missing
STAFF = (Role.BROKER, Role.ADMINISTRATOR)

View = TypeVar("View", bound=Callable[..., object])


def allow(*who: Role | str) -> Callable[[View], View]:
    """Say who may open a view: PUBLIC, BEGUN, SIGNED_IN, or any of the named roles in this area."""

    def mark(view: View) -> View:
        view.allowed = frozenset(who)  # type: ignore[attr-defined]
        return view

    return mark


def fresh(view: View) -> View:
    """Say that a view does much harm in wrong hands: who opens it must have shown lately who they are (rules.FRESH)."""
    view.fresh = True  # type: ignore[attr-defined]
    return view


def allowed_for(endpoint: str) -> frozenset[Role | str]:
    """Who may open an endpoint; static files are public. Raises LookupError where nobody has said."""
    if endpoint == "static":
        return frozenset({PUBLIC})
    allowed = getattr(current_app.view_functions[endpoint], "allowed", None)
    if allowed is None:
        raise LookupError(f"{endpoint} does not say who may open it: add @allow(...)")
    return allowed


def check_request() -> Response | None:
    """Before every request: let it pass, send the person to sign in, or refuse."""
    if request.endpoint is None:
        return None
    allowed = allowed_for(request.endpoint)
    if PUBLIC in allowed:
        return None
    here = sessions.here()
    if here is not None and here.missing and BEGUN in allowed:
        return _begun_lately(here)
    if here is None or here.missing or not current_user.is_authenticated:
        return _to_sign_in(here)
    if {SIGNED_IN, BEGUN} & allowed or allowed & area_roles():
        return to_confirm() if _must_be_fresh() else None
    raise Forbidden(
        "not-your-role",
        "This page is for people with another role. Ask your broker if it should be yours.",
    )


def _to_sign_in(here: sessions.Here | None) -> Response:
    """Send a reader to what is missing of the sign-in, and back; a writer sees what was typed, so that it is not lost."""
    if _reads():
        return redirect(way_in(here and here.missing, _here_again()))
    raise Forbidden(
        "signed-out",
        "Sign in again in another tab. Then come back here and load this page again: what you wrote is sent once more, and you can check it.",
    )


def way_in(missing: Missing | None, target: str) -> str:
    """The page with the next step of a sign-in that leads to `target`."""
    return url_for(WAYS_IN[missing], next=target)


WAYS_IN = {
    None: "people.sign_in",
    Missing.CODE: "people.second_step_code",
    Missing.SET_UP: "people.set_up",
}


def _must_be_fresh() -> bool:
    return getattr(current_app.view_functions[str(request.endpoint)], "fresh", False)


def _begun_lately(here: sessions.Here) -> Response | None:
    """A second step is set up by who signed in just now: in a browser that was left open when its owner got a role it would
    else be anybody's telephone.
    """
    lately = sessions.is_fresh(here, writes=not _reads())
    return None if lately or not _must_be_fresh() else _to_sign_in(None)


def to_confirm() -> Response | None:
    """Ask once more who it is, if that was long ago; a view says so itself where only some of its acts do much harm. What
    was typed is shown, so that it is not lost.
    """
    if sessions.is_fresh(sessions.here(), writes=not _reads()):
        return None
    if _reads():
        return redirect(url_for("people.confirm", next=_here_again()))
    raise Forbidden(
        "not-fresh",
        "This page was open for a long time, and what it does is serious. Open it again from its beginning: we ask once more who you are.",
    )


def _reads() -> bool:
    return request.method in ("GET", "HEAD")


def _here_again() -> str:
    return request.full_path.rstrip("?")


def area_roles() -> set[Role]:
    """The roles the signed-in person has anywhere in this area."""
    if not current_user or not current_user.is_authenticated:
        return set()
    if "area_roles" not in g:
        g.area_roles = {grant.role for grant in _grants(current_user)}
    return g.area_roles


def roles_for(
    user: User | None, *, group_id: int | None = None, holder_id: int | None = None
) -> set[Role]:
    """What somebody is to an object of a group and a holder in this area; everybody is at least a resident."""
    if user is None or not user.is_authenticated:
        return {Role.RESIDENT}
    roles = {Role.RESIDENT}
    for grant in _grants(user):
        if grant.role is not Role.OFFICER or grant.holder_id == holder_id:
            roles.add(grant.role)
    if group_id is not None and group_id in group_ids(user):
        roles.add(Role.ORGANISER)
    return roles


def has_interest(user: User, *, group_id: int, holder_id: int) -> bool:
    """Whether somebody belongs to the group or acts for the holder, and so may not score between them."""
    acts_for = {grant.holder_id for grant in _grants(user) if grant.role is Role.OFFICER}
    return group_id in group_ids(user) or holder_id in acts_for


def group_ids(user: User) -> set[int]:
    """The groups that somebody organises."""
    return set(db.session.scalars(select(Membership.group_id).where(Membership.user_id == user.id)))


def _grants(user: User) -> list[RoleGrant]:
    query = select(RoleGrant).where(
        RoleGrant.user_id == user.id, RoleGrant.area_id == current_area().id
    )
    return list(db.session.scalars(query))
