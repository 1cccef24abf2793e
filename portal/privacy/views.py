"""What is held about people, for everybody to read; one's own data; leaving; how often pages are looked at."""

from flask import Blueprint, Response, current_app, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField
from wtforms.validators import InputRequired

from portal import clock
from portal.areas.queries import controller
from portal.people import queries, sessions
from portal.people.access import PUBLIC, SIGNED_IN, allow, fresh
from portal.people.rules import Role
from portal.privacy import blocks, drawing, erasing, export, telling, visits
from portal.privacy.cookies import COOKIES
from portal.privacy.kept import SPECIAL
from portal.privacy.person import Person
from portal.web import Form, attempt, render_form

bp = Blueprint("privacy", __name__)
bp.record_once(lambda state: visits.init_app(state.app))


class LeaveForm(Form):
    sure = BooleanField(
        _l("Erase my account. I know that this cannot be undone."),
        validators=[InputRequired(_l("Tick the box if you are sure."))],
    )


@bp.get("/privacy")
@allow(PUBLIC)
def notice():
    config = current_app.config
    return render_template(
        "privacy/notice.html",
        topics=telling.topics(),
        special=SPECIAL,
        cookies=[one._replace(name=config["SESSION_COOKIE_NAME"]) if one.name == "session" else one for one in COOKIES],
        controller=controller(),
        officer=config["DATA_PROTECTION_OFFICER"],
    )  # fmt: skip


@bp.route("/account/data", methods=["GET", "POST"])
@allow(SIGNED_IN)
@fresh
def my_data():
    """What is held of oneself, in short; the button gives all of it."""
    me = queries.me()
    form = Form()
    if form.validate_on_submit():
        data = export.taken(me.email, by=me.id)
        name = f"my-data-{clock.today()}.zip"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(data, mimetype="application/zip", headers=headers)
    return render_form("privacy/my_data.html", form, parts=export.parts(Person.of(me)))


@bp.route("/account/leave", methods=["GET", "POST"])
@allow(SIGNED_IN)
@fresh
def leave():
    """What goes, what stays and why, what is in the way; one box and one button."""
    form, me = LeaveForm(), queries.me()
    person = Person.of(me)
    if form.validate_on_submit() and attempt(form, erasing.request, me.email, by=me.id):
        sessions.end_here()
        flash(_("Your account has been erased."))
        return redirect(url_for("home.first_page"))
    return render_form(
        "privacy/leave.html",
        form,
        in_the_way=blocks.of(person),
        fates=telling.fates(person),
        groups=telling.groups(person),
    )


@bp.get("/setup/visits")
@allow(Role.ADMINISTRATOR)
def visited():
    days = visits.by_day()
    return render_template(
        "privacy/visits.html", days=days, bars=drawing.bars(days), pages=visits.by_page()
    )
