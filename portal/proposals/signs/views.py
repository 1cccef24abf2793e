"""The site sign: the sheet to print, the page of its short address, and the page that proves it is up."""

from flask import Response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from portal import clock
from portal.errors import NotFound
from portal.limits import limited
from portal.people.access import PUBLIC, allow
from portal.proposals import page, queries, words
from portal.proposals.acting import Act, sent
from portal.proposals.acts import ACTS, signed_in
from portal.proposals.blueprint import bp
from portal.proposals.models import Proposal
from portal.proposals.rules import OVER, Action
from portal.proposals.signs import sign
from portal.proposals.signs.forms import SignPhotoForm
from portal.proposals.words_group import ActionWords
from portal.proposals.writing import declaring
from portal.web import Form, stripped


@bp.get("/cases/<int:case_id>/sign.pdf")
@limited("paper")
@allow(PUBLIC)
def sign_pdf(case_id: int):
    """The sheet as the case stands now; before anybody may read of the case, its group sees what it will look like."""
    case = queries.case_for(case_id, signed_in(current_user))
    answer = Response(
        sign.pdf(case, preview=not queries.is_public(case)), mimetype="application/pdf"
    )
    answer.headers["Content-Disposition"] = f'inline; filename="sign-{case.id}.pdf"'
    answer.headers["Cache-Control"] = "private, no-cache"  # tomorrow it says another day
    return answer


@bp.get("/s")
@allow(PUBLIC)
def find_sign():
    """For whoever types the word of a sign, or mistyped it."""
    typed = stripped(request.args.get("word", ""))
    if typed:
        return redirect(url_for("proposals.street", token=typed[:40]))
    return render_template("proposals/no_sign.html", typed="")


@bp.get("/s/<token>")
@allow(PUBLIC)
def street(token: str):
    """The sign's page, for a phone in the street."""
    try:
        case = sign.case_of(token)
        queries.case_for(case.id, signed_in(current_user))
    except NotFound:
        return render_template("proposals/no_sign.html", typed=stripped(token)[:40]), 404
    return render_template(
        "proposals/street.html",
        case=case,
        who=sign.who(case),
        says=sign.shortened(case.use or "", sign.GLANCE),
        until=sign.until_when(case),
        speaks=sign.speaks(case),
        ended=case.published_on and case.state not in OVER and not sign.speaks(case),
        ways=sign.ways(case),
        **page.helpers(),
    )


# ---- the photo that proves it


def _show(case_id: int, user_id: int, form: Form) -> None:
    photos = sent(form.photo, form.shows.data or _("The site sign in its place."))
    photo = photos[0] if photos else None
    declaring.show_sign(case_id, user_id, photo, form.taken_on.data)


def _form(_case: Proposal) -> Form:
    return SignPhotoForm(data={"taken_on": clock.today()})


ACTS[Action.SHOW_SIGN] = Act(_form, _show, "proposals/show_sign.html", megabytes=16)
words.ACTIONS[Action.SHOW_SIGN] = ActionWords(
    _l("Show that the sign is up"),
    _l("Print the sign, put it where people pass by, and add a photo of it here."),
    _l("Add this photo"),
)
