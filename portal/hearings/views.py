"""Pages of hearings: one, all that are coming, its calendar and notice, and who speaks."""

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_login import current_user

from portal.areas.queries import current_area
from portal.errors import Forbidden, NotFound
from portal.hearings import (
    acts,
    calendars,
    forms,
    knowing,
    notice,
    page,
    queries,
    rules,
    speaking,
    words,
)
from portal.hearings.models import Hearing
from portal.limits import limited
from portal.people.access import PUBLIC, SIGNED_IN, allow
from portal.people.queries import me
from portal.people.rules import Role
from portal.proposals import queries as cases
from portal.proposals.acts import signed_in
from portal.proposals.models import Proposal
from portal.proposals.standing import roles_of
from portal.web import Form, attempt, render_form

__all__ = ["acts", "bp", "knowing"]

bp = Blueprint("hearings", __name__)
bp.add_app_template_global(page.first_days, "hearing_days")
bp.add_app_template_global(page.about, "about_hearing")

CALENDAR = "text/calendar"


def _case(case_id: int) -> Proposal:
    one = cases.case_for(case_id, signed_in(current_user))
    if one.hearing_opened_on is None:
        raise NotFound("no-hearing", "No hearing is due in this case.")
    return one


def _hearing(case_id: int) -> Hearing:
    found = queries.of_case(_case(case_id))
    if found is None:
        raise NotFound("no-hearing", "The hearing has no day yet.")
    return found


def _answer(body: bytes, mimetype: str, name: str) -> Response:
    """A file that may be kept, and must be asked for each time."""
    answer = Response(body, mimetype=mimetype)
    answer.headers["Content-Disposition"] = f'inline; filename="{name}"'
    answer.headers["Cache-Control"] = "no-cache"
    answer.headers["Vary"] = "Accept-Language, Cookie"
    answer.add_etag()
    return answer.make_conditional(request)


# ---- all that are coming


@bp.get("/hearings")
@allow(PUBLIC)
def coming():
    return render_template("hearings/list.html", hearings=queries.coming(), stands=words.STANDS)


@bp.get("/hearings.ics")
@allow(PUBLIC)
def coming_ics():
    """A calendar to follow; it goes on telling for some weeks that a hearing was off."""
    name = _("Public hearings in %(area)s", area=current_area().name)
    body = calendars.all_of(queries.in_feed(), name, str(get_locale()))
    return _answer(body, CALENDAR, "hearings.ics")


@bp.get("/hearings.json")
@allow(PUBLIC)
def coming_json():
    return jsonify(hearings=[calendars.as_json(one) for one in queries.coming()])


# ---- one


@bp.get("/cases/<int:case_id>/hearing")
@allow(PUBLIC)
def hearing(case_id: int):
    about = page.about(_case(case_id), signed_in(current_user))
    return render_template("hearings/hearing.html", **about)


@bp.get("/cases/<int:case_id>/hearing.ics")
@allow(PUBLIC)
def hearing_ics(case_id: int):
    body = calendars.one(_hearing(case_id), str(get_locale()))
    return _answer(body, CALENDAR, f"hearing-{case_id}.ics")


@bp.get("/cases/<int:case_id>/hearing/notice.pdf")
@limited("paper")
@allow(PUBLIC)
def notice_pdf(case_id: int):
    body = notice.pdf(_hearing(case_id))
    return _answer(body, "application/pdf", f"hearing-{case_id}.pdf")


# ---- who speaks


def _number(name: str) -> int:
    """A number that a button sent; 0 for what is none."""
    text = request.form.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0  # noqa: PLR2004


@bp.route("/cases/<int:case_id>/hearing/speak", methods=["GET", "POST"])
@allow(SIGNED_IN)
def speak(case_id: int):
    """Ask to speak, change it, or step back: one page, one entry."""
    there, user = _hearing(case_id), me()
    if request.method != "POST" and rules.NO_SPEAKERS & roles_of(there.case, user):
        return redirect(url_for("hearings.hearing", case_id=case_id, _anchor="speak"))
    mine = queries.speaker(there, user)
    form = forms.speak_form(there, mine, user.name or "")
    if "leave" in request.form and form.csrf_token.validate(form):
        if attempt(form, speaking.step_back, case_id, user.id):
            flash(_("You are not on the list of speakers any more."))
            return redirect(url_for("hearings.hearing", case_id=case_id))
    elif form.validate_on_submit() and attempt(form, speaking.ask, case_id, user.id, form.wish):
        flash(_("You are on the list of speakers."))
        return redirect(url_for("hearings.hearing", case_id=case_id))
    return render_form("hearings/speak.html", form, **page.about(_case(case_id), me()))


@bp.route("/cases/<int:case_id>/hearing/speakers", methods=["GET", "POST"])
@allow(Role.CHAIR, Role.BROKER)
def speakers(case_id: int):
    """Names and needs, for those who lead the hearing; made to be printed. The chair can put them into another order."""
    there, form = _hearing(case_id), Form()
    mine = roles_of(there.case, me())
    if not page.SEE_NAMES & mine:
        raise Forbidden("not-your-part", "Only the chair and the broker see who speaks.")
    which, later = _number("speaker"), request.form.get("to") == "later"
    if form.validate_on_submit() and attempt(
        form, speaking.move, case_id, me().id, which, later=later
    ):
        flash(_("The order has been changed."))
        return redirect(url_for("hearings.speakers", case_id=case_id))
    about = page.speakers(_hearing(case_id))
    about["may_move"] = about["may_move"] and Role.CHAIR in mine
    return render_form("hearings/speakers.html", form, **about)
