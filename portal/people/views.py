"""Sign in, sign out, and one's own page."""

import re

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import login_user, logout_user

from portal.people import queries, service, views_organisers
from portal.people.access import PUBLIC, SIGNED_IN, allow
from portal.people.blueprint import bp
from portal.people.forms import GroupForm, NameForm, SignInForm
from portal.people.rules import GroupKind
from portal.web import EXPIRED, Form, attempt, limiter, render_form, stripped

__all__ = ["bp", "views_organisers"]

# One slash: browsers read two, or a slash and a backslash, even with a tab between, as another host.
LOCAL = re.compile(r"/(?![/\\])[^\s\\]{0,1999}")


def local(target: str | None, fallback: str) -> str:
    """A path of this portal to go on to; anything that leads elsewhere becomes the fallback."""
    target = stripped(target or "")
    return target if LOCAL.fullmatch(target) else fallback


def _address() -> str:
    return stripped(request.form.get("email", "")).lower()


@bp.route("/sign-in", methods=["GET", "POST"])
@limiter.limit("30 per hour", methods=["POST"])
@limiter.limit("10 per hour", methods=["POST"], key_func=_address)
@allow(PUBLIC)
def sign_in():
    form = SignInForm(next=local(request.args.get("next"), ""))
    if form.validate_on_submit():
        target = local(form.next.data, service.AFTER_SIGN_IN)
        if attempt(form, service.ask_for_link, form.email.data, target):
            return render_template(
                "people/link_sent.html", email=form.email.data, demo=current_app.config["DEMO"]
            )
    return render_form("people/sign_in.html", form)


@bp.route("/sign-in/<token>", methods=["GET", "POST"])
@allow(PUBLIC)
def use_link(token: str):
    """The link opens a page with one button: mail scanners open links, but do not press buttons."""
    form = Form()
    if form.validate_on_submit() and (used := attempt(form, service.use_link, token)):
        user, target = used
        login_user(user, remember=False)
        return redirect(target)
    link = service.find_link(token)
    return render_form("people/use_link.html", form, link=link)


@bp.post("/sign-out")
@allow(PUBLIC)
def sign_out():
    if Form().validate_on_submit():
        logout_user()
        flash(_("You are signed out."))
    else:
        flash(str(EXPIRED), "error")
    return redirect(url_for("home.first_page"))


@bp.route("/account", methods=["GET", "POST"])
@allow(SIGNED_IN)
def account():
    me = queries.me()
    form = NameForm(obj=me)
    if form.validate_on_submit() and attempt(form, service.set_name, me.id, form.name.data):
        flash(_("Your name has been saved."))
        return redirect(url_for("people.account"))
    return render_form(
        "people/account.html",
        form,
        me=queries.me(),
        groups=queries.groups_of(me),
        grants=queries.grants_of(me),
    )


@bp.route("/groups/new", methods=["GET", "POST"])
@allow(SIGNED_IN)
def new_group():
    form = GroupForm()
    target = local(request.args.get("next"), url_for("people.account"))
    if form.validate_on_submit():
        group = attempt(
            form,
            service.start_group,
            queries.me().id,
            name=form.name.data,
            kind=GroupKind(form.kind.data),
            private=form.private.data,
            sponsor=form.sponsor.data or None,
        )
        if group:
            flash(_("Your group has been added."))
            return redirect(target)
    return render_form("people/new_group.html", form, target=target)
