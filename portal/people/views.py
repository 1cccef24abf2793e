"""One's own page: name, groups, roles, where one is signed in."""

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _

from portal.people import queries, second_step, service, sessions, views_organisers
from portal.people import views_second_step as steps
from portal.people import views_sign_in as ways_in
from portal.people.access import SIGNED_IN, allow
from portal.people.blueprint import bp, local
from portal.people.forms import GroupForm, NameForm
from portal.people.rules import GroupKind
from portal.web import EXPIRED, Form, attempt, render_form

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


@bp.post("/account/sign-out-others")
@allow(SIGNED_IN)
def sign_out_others():
    here = sessions.here()
    if not Form().validate_on_submit():
        flash(str(EXPIRED), "error")
    elif sessions.end_others(here.user_id, but=here.id):
        flash(_("You are signed out everywhere but here."))
    else:
        flash(_("You were signed in nowhere else."))
    return redirect(url_for("people.account"))


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
