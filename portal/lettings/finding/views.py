"""Pages: needs that are kept until a room becomes free, for their owner alone."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from portal import clock
from portal.areas.queries import current_area
from portal.lettings import queries
from portal.lettings.finding import links, pages, saving
from portal.lettings.finding.forms import FindForm
from portal.people.access import PUBLIC, SIGNED_IN, allow
from portal.web import EXPIRED, Form, attempt, page_with, render_form, row_id

bp = Blueprint("finding", __name__)


@bp.get("/needs")
@allow(SIGNED_IN)
def needs():
    return render_template(
        "lettings/needs.html",
        needs=[
            (saved, pages.about(queries.wish_of(saved.need)))
            for saved in saving.mine(current_user.id)
        ],
    )


@bp.route("/needs/new", methods=["GET", "POST"])
@allow(SIGNED_IN)
def new():
    """What will be kept, once more in words, and one button; or the change of one that is kept."""
    asked = FindForm(current_area())
    if not asked.validate():
        return redirect(page_with("lettings.find", request.args.to_dict(flat=False)))
    saved_id = request.args.get("saved", type=row_id)
    if saved_id is not None:
        saving.one_of(current_user.id, saved_id)
    form = Form()
    if form.validate_on_submit() and attempt(
        form, saving.save, current_user.id, asked.wish, saved_id
    ):
        flash(_("We write to you as soon as a room becomes free."))
        return redirect(url_for("finding.needs"))
    back = page_with("lettings.find", links.need_of(request.args))
    return render_form(
        "lettings/need_new.html", form, **pages.about(asked.wish), back=back, changes=saved_id
    )


@bp.get("/needs/<int:saved_id>/rooms")
@allow(SIGNED_IN)
def rooms(saved_id: int):
    """What is free now; from today on where its first days have gone by."""
    saved = saving.one_of(current_user.id, saved_id)
    wish = queries.wish_of(saved.need)
    wish = saving.ahead(wish, clock.now()) or wish
    return redirect(page_with("lettings.find", links.args_of(wish) | {"saved": [str(saved_id)]}))


@bp.post("/needs/<int:saved_id>/stop")
@allow(SIGNED_IN)
def stop(saved_id: int):
    saving.one_of(current_user.id, saved_id)
    if Form().validate_on_submit():
        saving.stop(current_user.id, saved_id)
        flash(_("You get no more letters about it, and it is deleted."))
    else:
        flash(str(EXPIRED), "error")
    return redirect(url_for("finding.needs"))


@bp.route("/needs/leave/<token>", methods=["GET", "POST"])
@allow(PUBLIC)
def leave(token: str):
    """A mail program leaves by one POST without a page (RFC 8058), a person by a button. The page tells nothing."""
    if request.form.get("List-Unsubscribe") == "One-Click":
        saving.leave(token)
        return Response(_("You get no more letters about this need."), mimetype="text/plain")
    form = Form()
    if form.validate_on_submit() and attempt(form, saving.leave, token):
        return render_template("lettings/need_left.html")
    return render_form("lettings/need_leave.html", form)
