"""A group's page for those who organise it: who they are, inviting, confirming, leaving."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from portal.limits import limited
from portal.people import organisers, queries
from portal.people.access import SIGNED_IN, allow, fresh
from portal.people.blueprint import bp
from portal.people.forms import InviteForm
from portal.web import Form, attempt, render_form, row_id


@bp.get("/groups/<int:group_id>")
@allow(SIGNED_IN)
def group(group_id: int):
    me = queries.me()
    return render_template(
        "people/group.html",
        group=queries.own_group(group_id, me),
        me=me,
        organisers=queries.organisers(group_id),
        waiting=queries.invitations(group_id),
    )


@bp.route("/groups/<int:group_id>/invite", methods=["GET", "POST"])
@limited("invitation")
@allow(SIGNED_IN)
@fresh
def invite(group_id: int):
    """A page of its own: who found a browser open must not make themselves an organiser."""
    queries.own_group(group_id, queries.me())
    form = InviteForm()
    said = queries.me().id, group_id, form.email.data
    if form.validate_on_submit() and attempt(form, organisers.invite, *said):
        flash(_("A letter with a link has gone to %(email)s.", email=form.email.data))
        return redirect(url_for("people.group", group_id=group_id))
    group = queries.own_group(group_id, queries.me())
    return render_form("people/invite.html", form, group=group)


@bp.post("/groups/<int:group_id>/take-back")
@allow(SIGNED_IN)
def take_back(group_id: int):
    queries.own_group(group_id, queries.me())
    form, number = Form(), request.form.get("invitation", type=row_id)
    if form.validate_on_submit() and attempt(
        form, organisers.take_back, queries.me().id, group_id, number or 0
    ):
        flash(_("The invitation has been taken back."))
    return _back(form, group_id)


@bp.route("/groups/<int:group_id>/leave", methods=["GET", "POST"])
@allow(SIGNED_IN)
def leave(group_id: int):
    """One page with one button: it cannot be undone by oneself."""
    group = queries.own_group(group_id, queries.me())
    form = Form()
    if form.validate_on_submit() and attempt(form, organisers.leave, queries.me().id, group_id):
        flash(_("You no longer organise that group."))
        return redirect(url_for("people.account"))
    group = queries.own_group(group_id, queries.me())
    return render_form("people/leave.html", form, group=group)


@bp.route("/groups/join/<token>", methods=["GET", "POST"])
@limited("join")
@allow(SIGNED_IN)
def join(token: str):
    """The link of the letter: one button, for mail scanners open links, but do not press buttons."""
    form = Form()
    if request.method == "POST":
        organisers.for_me(token, queries.me())
    if form.validate_on_submit() and (
        group := attempt(form, organisers.accept, queries.me().id, token)
    ):
        flash(_("You organise %(group)s now.", group=group.name))
        return redirect(url_for("people.group", group_id=group.id))
    one, me = organisers.find(token), queries.me()
    return render_form("people/join.html", form, invitation=one, me=me)


def _back(form: Form, group_id: int):
    for sentence in form.form_errors:
        flash(sentence, "error")
    return redirect(url_for("people.group", group_id=group_id))
