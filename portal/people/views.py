"""One's own page: name, groups, roles, where one is signed in."""

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _

from portal.people import queries, second_step, service, sessions, views_organisers
from portal.people import views_second_step as steps
from portal.people import views_sign_in as ways_in
from portal.people.access import SIGNED_IN, allow, fresh
from portal.people.blueprint import bp, local
from portal.people.forms import GroupForm, NameForm
from portal.people.rules import GroupKind
from portal.web import Form, attempt, moment, render_form

__all__ = ["bp", "steps", "views_organisers", "ways_in"]


@bp.route("/account", methods=["GET", "POST"])
@allow(SIGNED_IN)
def account():
    me = queries.me()
    form = NameForm(obj=me)
    if form.validate_on_submit() and attempt(form, service.set_name, me.id, form.name.data):
        flash(_("Your name has been saved."))
        return redirect(url_for("people.account"))
    me = queries.me()
    return render_form(
        "people/account.html",
        form,
        me=me,
        groups=queries.groups_of(me),
        grants=queries.grants_of(me),
        browsers=sessions.of_user(me.id),
        here=sessions.here(),
        step=second_step.of(me.id),
        codes_left=second_step.codes_left(me.id),
    )


@bp.route("/account/sign-out-others", methods=["GET", "POST"])
@allow(SIGNED_IN)
@fresh
def sign_out_others():
    """Who found a browser open must not shut its owner out of the others."""
    here, form = sessions.here(), Form()
    if form.validate_on_submit():
        ended = sessions.end_others(here.user_id, but=here.id)
        nowhere, everywhere = (
            _("You were signed in nowhere else."),
            _("You are signed out everywhere but here."),
        )
        flash(everywhere if ended else nowhere)
        return redirect(url_for("people.account"))
    return render_form(
        "people/sure.html",
        form,
        title=_("Sign out everywhere else"),
        words=_(
            "All other browsers in which you are signed in have to sign in again. This one stays."
        ),
        button=_("Sign out everywhere else"),
    )


@bp.route("/account/sign-out/<int:browser_id>", methods=["GET", "POST"])
@allow(SIGNED_IN)
@fresh
def sign_out_another(browser_id: int):
    one, form = sessions.another(browser_id), Form()
    if form.validate_on_submit():
        sessions.end_another(browser_id)
        flash(_("You are signed out there."))
        return redirect(url_for("people.account"))
    return render_form(
        "people/sure.html",
        form,
        title=_("Sign out in one browser"),
        words=_(
            "%(browser)s, signed in since %(begun)s and last seen %(seen)s, has to sign in again. Is it lost or not yours? "
            "Then somebody may read your e-mail: change its password too.",
            browser=one.browser or _("A browser that we do not know"),
            begun=moment(one.begun_at),
            seen=moment(one.seen_at),
        ),
        button=_("Sign out there"),
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
