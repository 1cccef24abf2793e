"""Pages of one let that holders and keyholders add: the way in, keys, papers seen."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from portal import clock
from portal.errors import NotFound
from portal.lettings import queries
from portal.lettings.hosting import entry, evidence, forms, keys, words
from portal.lettings.hosting.access import RUNS
from portal.lettings.hosting.blueprint import bp
from portal.lettings.words import local
from portal.people.access import SIGNED_IN, allow
from portal.people.queries import me
from portal.people.rules import Role
from portal.web import EXPIRED, Form, attempt, render_form


@bp.get("/lets/<int:let_id>/way-in")
@allow(SIGNED_IN)
def way_in(let_id: int):
    """How one gets in: for the group from two days before a date until its end, for staff always."""
    let, roles = queries.let_for(current_user, let_id)
    rooms = entry.may_read(let, me(), roles)
    opens_at = entry.opens_at(let, clock.now())
    return render_template(
        "lettings/hosting/way_in.html",
        let=let,
        rooms=[(room, entry.notes_of(room)) for room in rooms],
        opens_at=local(opens_at) if opens_at else "",
    )


@bp.route("/lets/<int:let_id>/keys", methods=["GET", "POST"])
@allow(SIGNED_IN)
def give_key(let_id: int):
    let = keys.staffed(me(), let_id)
    form = forms.KeyForm(**keys.suggested(let, keys.of_let(let_id)))
    if form.validate_on_submit():
        said = {"what": form.key_what.data, "to": form.key_to.data, "due_on": form.key_due.data}
        if attempt(form, keys.give, me().id, let_id, **said):
            flash(_("Written down: the key is out."))
            return redirect(_after_keys(let_id))
    return render_form("lettings/hosting/key.html", form, let=let, back=_after_keys(let_id))


@bp.post("/lets/<int:let_id>/keys/<int:loan_id>/back")
@allow(SIGNED_IN)
def key_back(let_id: int, loan_id: int):
    keys.staffed(me(), let_id)
    if Form().validate_on_submit():
        keys.back(me().id, let_id, loan_id)
        flash(_("Written down: the key is back."))
    else:
        flash(str(EXPIRED), "error")
    return redirect(_after_keys(let_id))


@bp.route("/lets/<int:let_id>/papers", methods=["GET", "POST"])
@allow(SIGNED_IN)
def seen(let_id: int):
    """Write down that a paper of the group was seen."""
    let, roles = queries.let_for(current_user, let_id)
    if not roles & RUNS:
        raise NotFound("no-let", "There is no such let here, or it is not yours to see.")
    form = forms.SeenForm()
    if form.validate_on_submit():
        said = forms.dates_said(form, "seen_on", "valid_until")
        what = {"kind": form.kind.data, "what": form.what.data}
        if attempt(form, evidence.note, me().id, let_id, **what, **said):
            flash(_("Written down: what you saw, when, and until when it is good."))
            return redirect(url_for("lettings.let", let_id=let_id))
    return render_form(
        "lettings/hosting/seen.html",
        form,
        let=let,
        papers=[(row, words.PAPERS[row.kind], words.seen(row)) for row in evidence.of_group(let.group_id).values()],
    )  # fmt: skip


@bp.post("/lets/<int:let_id>/papers/<int:evidence_id>/take-back")
@allow(SIGNED_IN)
def take_back_paper(let_id: int, evidence_id: int):
    if Form().validate_on_submit():
        evidence.take_back(me().id, let_id, evidence_id)
        flash(_("Taken back: it counts no more."))
    else:
        queries.let_for(current_user, let_id)
        flash(str(EXPIRED), "error")
    return redirect(url_for("hosting.seen", let_id=let_id))


@bp.route("/lets/<int:let_id>/cover", methods=["GET", "POST"])
@allow(SIGNED_IN)
def cover(let_id: int):
    """The group says whose insurance answers and who stands behind it."""
    let, roles = queries.let_for(current_user, let_id)
    if Role.ORGANISER not in roles:
        raise NotFound("no-let", "There is no such let here, or it is not yours to see.")
    form = forms.CoverForm(insurance=let.insurance, sponsor=let.group.sponsor)
    if form.validate_on_submit():
        said = {"insurance": form.insurance.data, "sponsor": form.sponsor.data or ""}
        if attempt(form, evidence.stand_behind, me().id, let_id, **said):
            flash(_("Saved. The broker sees it before answering."))
            return redirect(url_for("lettings.let", let_id=let_id))
    return render_form("lettings/hosting/cover.html", form, let=let)


def _after_keys(let_id: int) -> str:
    """Back to the let; who only opens its room has no page of it, and goes back to the week."""
    try:
        queries.let_for(current_user, let_id)
    except NotFound:
        return url_for("hosting.week_of")
    return url_for("lettings.let", let_id=let_id)
