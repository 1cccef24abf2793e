"""Pages of the holder's part and of the test: what is due, a sheet kept for later, the result for everybody."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from portal.errors import NotFound
from portal.people.access import PUBLIC, SIGNED_IN, allow
from portal.people.queries import me
from portal.proposals import page, queries, words
from portal.proposals.acts import ACTS, signed_in
from portal.proposals.blueprint import bp
from portal.proposals.judging import page as page_judging
from portal.proposals.judging import panel
from portal.proposals.knowing import facts_of
from portal.proposals.rules import Action, find
from portal.proposals.standing import roles_of
from portal.web import Form, attempt, render_form


@bp.get("/cases/<int:case_id>/result")
@allow(PUBLIC)
def result(case_id: int):
    """The test, criterion by criterion, for somebody who has never heard of it."""
    user = signed_in(current_user)
    one = queries.case_for(case_id, user)
    return render_template(
        "proposals/result.html",
        case=one,
        name=page.group_name(one, insider=queries.is_insider(one, user)),
        **page_judging.judged(one, user),
        **page.helpers(),
    )


@bp.get("/cases/<int:case_id>/holder")
@allow(PUBLIC)
def holder(case_id: int):
    """What the holder has to do by when, how that is counted, and what its silence means."""
    user = signed_in(current_user)
    one = queries.case_for(case_id, user)
    if not one.published_on:
        raise NotFound("not-published", "The holder's part begins when the proposal is published.")
    return render_template(
        "proposals/holder.html", **page_judging.holder_page(one, user), **page.helpers()
    )


@bp.post("/cases/<int:case_id>/score/later")
@allow(SIGNED_IN)
def score_later(case_id: int):
    """Keep an unfinished sheet for its writer; the page of the sheet has the button."""
    one, user = queries.case_for(case_id, me()), me()
    find(one.state, Action.SCORE, roles_of(one, user), facts_of(one, user), input_too=False)
    form = ACTS[Action.SCORE].form(one)
    said = _typed(form)
    if not form.errors and attempt(form, panel.keep_draft, case_id, user.id, said):
        flash(_("Kept. Nobody but you sees it until you give your scores."))
        return redirect(url_for("proposals.act", case_id=case_id, slug="score"))
    shown = {"action": Action.SCORE, "said": words.ACTIONS[Action.SCORE], "uploads": 0}
    one = queries.case_for(case_id, me())
    return render_form(ACTS[Action.SCORE].template, form, **shown, **page.case_page(one, me()))


def _typed(form: Form) -> dict[str, str]:
    """What a sheet holds so far. What is missing is no mistake yet; what is too long, or an expired page, is."""
    form.validate()
    for field in form:
        if not field.data:
            field.errors = []
    return {
        field.name: str(field.data)
        for field in form
        if field.name.startswith(("points_", "reason_")) and field.data
    }
