"""Pages of a petition: read and sign it, answer its letter, print it, and what the broker looks at."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from portal.areas.queries import current_area
from portal.limits import limited
from portal.people.access import PUBLIC, allow
from portal.people.queries import me
from portal.people.rules import Role
from portal.petitions import acts, counting, knowing, page, queries, service, sheet
from portal.petitions.forms import KEEP_ALL, CorrectForm, SignForm, look_form
from portal.petitions.models import Petition
from portal.petitions.service import Signer
from portal.proposals.page import group_name
from portal.proposals.standing import check_acts_as
from portal.web import Form, attempt, render_form

__all__ = ["acts", "bp"]

bp = Blueprint("petitions", __name__)
bp.add_app_template_global(knowing.opens_a_hearing)


@bp.after_request
def _kept_nowhere(answer: Response) -> Response:
    """What somebody signed with is on some of these pages: no cache may keep them."""
    answer.headers.setdefault("Cache-Control", "private, no-store")
    return answer


@bp.get("/p/<int:case_id>")
@allow(PUBLIC)
def short(case_id: int):
    """The address on paper and in a QR code."""
    return redirect(url_for("petitions.petition", case_id=queries.shown(case_id).proposal_id))


@bp.route("/cases/<int:case_id>/petition", methods=["GET", "POST"])
@limited("petition")
@allow(PUBLIC)
def petition(case_id: int):
    """What is asked and how far it is; the same page takes a signature."""
    one = queries.shown(case_id)
    form = SignForm()
    if form.validate_on_submit() and not _is_apart(form, one):
        signer = Signer(*(form[name].data for name in Signer._fields))
        if attempt(form, service.sign, case_id, signer):
            return render_template("petitions/sent.html", email=form.email.data, case=one.proposal)
    outside = bool(form.apart.errors or form.apart.data)
    return render_form(
        "petitions/petition.html", form, outside=outside, **page.about(queries.shown(case_id))
    )


def _is_apart(form: SignForm, one: Petition) -> bool:
    """Somebody from outside is told before anything is kept, and may sign all the same."""
    if form.apart.data or queries.stands(one, form.postcode.data).eligible:
        return False
    form.apart.errors = [
        _(
            "Your postcode is not one of those that count here. You are welcome to sign all the same: your signature is "
            "shown apart and does not help to open the hearing. Tick this box, or check the postcode."
        )
    ]
    return True


@bp.route("/petitions/<token>", methods=["GET", "POST"])
@allow(PUBLIC)
def link(token: str):
    """One button confirms: mail scanners open links, but do not press buttons."""
    form = Form()
    if form.validate_on_submit() and attempt(form, service.confirm, token):
        flash(_("Thank you. Your signature has been counted."))
        return redirect(url_for("petitions.link", token=token))
    one = queries.by_token(token)
    return render_form(
        "petitions/link.html", form, one=one, token=token, **page.about(one.petition)
    )


@bp.route("/petitions/<token>/withdraw", methods=["GET", "POST"])
@allow(PUBLIC)
def withdraw(token: str):
    form = Form()
    if form.validate_on_submit() and attempt(form, service.withdraw, token):
        return render_template("petitions/withdrawn.html")
    one = queries.by_token(token)
    return render_form(
        "petitions/withdraw.html", form, one=one, token=token, case=one.petition.proposal
    )


@bp.get("/cases/<int:case_id>/petition/sheet.pdf")
@limited("paper")
@allow(PUBLIC)
def paper(case_id: int):
    """A sheet to print, with lines for names."""
    one = queries.shown(case_id)
    # It goes from door to door, so it names a private group no more than the public page does.
    about = page.about(one) | {"name": group_name(one.proposal)}
    answer = Response(sheet.pdf(current_area(), about), mimetype="application/pdf")
    name = f"petition-{case_id}.pdf"
    answer.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return answer


# ---- the broker


@bp.route("/cases/<int:case_id>/petition/look", methods=["GET", "POST"])
@allow(Role.BROKER)
def look(case_id: int):
    """Signatures that are likely one person's, and every count of paper."""
    one = queries.shown(case_id)
    check_acts_as(one.proposal, me(), Role.BROKER)  # names: for no broker who organises the group
    groups = queries.doubles(one)
    forms = [look_form(group) for group in groups]
    for form, group in zip(forms, groups, strict=True):
        if form.which.name in request.form and form.validate_on_submit():
            strike = None if form.which.data == KEEP_ALL else int(form.which.data)
            ids = [signature.id for signature in group]
            if attempt(form, counting.look, case_id, me().id, ids, strike=strike):
                flash(_("Your answer has been kept."))
                return redirect(url_for("petitions.look", case_id=case_id))
    return _looked(queries.shown(case_id), forms, groups)


def _looked(one: Petition, forms, groups):
    wrong = next((form for form in forms if form.errors or form.broken), Form())
    return render_form(
        "petitions/look.html",
        wrong,
        looks=list(zip(forms, groups, strict=True)),
        unlisted=queries.unlisted(one),
        papers=queries.papers(one),
        standing={paper.id for paper in queries.standing_papers(one)},
        **page.about(one),
    )


@bp.route("/cases/<int:case_id>/petition/paper/<int:paper_id>/correct", methods=["GET", "POST"])
@allow(Role.BROKER)
def correct(case_id: int, paper_id: int):
    """A wrong count is not changed; a new one stands in its place."""
    check_acts_as(queries.shown(case_id).proposal, me(), Role.BROKER)
    wrong = queries.paper(queries.shown(case_id), paper_id)
    form = CorrectForm(obj=wrong)
    if form.validate_on_submit() and attempt(
        form, counting.correct_paper, case_id, me().id, paper_id, form.counted, form.why.data
    ):
        flash(_("The count has been corrected."))
        return redirect(url_for("petitions.look", case_id=case_id))
    one = queries.shown(case_id)
    about = page.about(one) | {"wrong": queries.paper(one, paper_id)}
    return render_form("petitions/correct.html", form, **about)
