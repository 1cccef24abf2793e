"""The second step: typed at sign-in, set up, changed, turned off; and asked once more before what is serious."""

import segno
from flask import flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _

from portal.db import db
from portal.limits import limited
from portal.people import links, queries, second_step, sessions
from portal.people.access import BEGUN, SIGNED_IN, allow, fresh, way_in
from portal.people.blueprint import bp, local
from portal.people.forms import ResetForm, SetUpForm, StepForm
from portal.people.models import User
from portal.people.rules import Missing, Role
from portal.people.views_sign_in import marked_browser
from portal.web import Form, attempt, render_form

# What the secret that is being set up is worked out from; by itself it is worth nothing.
SALT = "second_step_salt"


def _target() -> str:
    return local(request.args.get("next"), links.AFTER_SIGN_IN)


@bp.route("/sign-in/second-step", methods=["GET", "POST"])
@limited("second-step")
@allow(BEGUN)
def second_step_code():
    """What is missing of a sign-in."""
    here, target = sessions.here(), _target()
    if here.missing is not Missing.CODE:
        return redirect(way_in(here.missing, target) if here.missing else target)
    form = StepForm()
    if key := _passed(form, here):
        sessions.remember(key)
        return redirect(target)
    return render_form("people/second_step.html", form, again=False)


@bp.route("/account/confirm", methods=["GET", "POST"])
@limited("second-step")
@allow(SIGNED_IN)
def confirm():
    """Before what is serious: the second step once more, or a letter where there is none."""
    here, target = sessions.here(), _target()
    if sessions.is_fresh(here, writes=False):
        return redirect(target)
    if second_step.of(here.user_id) is None:
        return _confirm_by_letter(target)
    form = StepForm()
    if key := _passed(form, here):
        sessions.remember(key)
        return redirect(target)
    return render_form("people/second_step.html", form, again=True)


def _confirm_by_letter(target: str):
    form, email = Form(), queries.me().email
    if form.validate_on_submit() and attempt(
        form, links.ask_for_link, email, target, browser=marked_browser()
    ):
        return redirect(url_for("people.waiting"))
    return render_form("people/confirm.html", form, email=email)


def _passed(form: StepForm, here: sessions.Here) -> str | None:
    if not form.validate_on_submit():
        return None
    return attempt(form, second_step.pass_step, here.user_id, form.code.data, here=here.id)


@bp.route("/account/second-step", methods=["GET", "POST"])
@limited("second-step")
@allow(BEGUN)
@fresh
def set_up():
    """A picture for the telephone and its first code. Staff come here before anything else is open to them."""
    here, target = sessions.here(), _target()
    if here.missing is Missing.CODE:
        return redirect(way_in(here.missing, target))
    salt = session.setdefault(SALT, second_step.new_salt())
    form = SetUpForm()
    if form.validate_on_submit() and (
        done := attempt(form, second_step.set_up, here.user_id, salt, form.code.data, here=here.id)
    ):
        codes, key = done
        sessions.remember(key)
        return _codes_once(codes, target)
    return render_form("people/set_up.html", form, **_for_the_app(here, salt))


def _for_the_app(here: sessions.Here, salt: str) -> dict[str, object]:
    """What an app is given to make codes, as a picture, an address and a key to type; and who asks for it."""
    user = db.session.get_one(User, here.user_id)
    address = second_step.address_for(user, salt)
    picture = segno.make(address, error="m", micro=False)
    return {
        "address": address,
        "picture": picture.svg_data_uri(scale=5, border=2, light="white"),
        "key": second_step.secret_of(user.id, salt),
        "must": here.missing is not None,
        "another": second_step.of(user.id) is not None,
    }


@bp.route("/account/second-step/codes", methods=["GET", "POST"])
@allow(SIGNED_IN)
@fresh
def new_codes():
    form = Form()
    if form.validate_on_submit() and (
        codes := attempt(form, second_step.new_codes, sessions.here().user_id)
    ):
        return _codes_once(codes, url_for("people.account"))
    return render_form(
        "people/sure.html",
        form,
        title=_("New recovery codes"),
        words=_("You get ten new codes. The old ones stop working at once."),
        button=_("Show me new codes"),
    )


@bp.route("/account/second-step/off", methods=["GET", "POST"])
@allow(SIGNED_IN)
@fresh
def turn_off():
    form = Form()
    if form.validate_on_submit() and attempt(form, second_step.turn_off, sessions.here().user_id):
        flash(_("Your second step is off."))
        return redirect(url_for("people.account"))
    return render_form(
        "people/sure.html",
        form,
        title=_("Turn the second step off"),
        words=_(
            "After that, whoever can read your e-mail can sign in as you. If you have a role here, you are asked to set it up again at once."
        ),
        button=_("Turn it off"),
    )


@bp.route("/people/second-step", methods=["GET", "POST"])
@allow(Role.ADMINISTRATOR)
@fresh
def reset():
    """For somebody who lost telephone and recovery codes."""
    form = ResetForm(email=request.args.get("email", ""))
    if form.validate_on_submit() and attempt(
        form, second_step.reset, form.email.data, form.why.data, by=sessions.here().user_id
    ):
        flash(_("Taken off. The person has a letter, and sets it up anew at the next sign-in."))
        return redirect(url_for("people.reset"))
    return render_form("people/reset.html", form)


def _codes_once(codes: list[str], target: str):
    return render_template("people/recovery_codes.html", codes=codes, target=target)
