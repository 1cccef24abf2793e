"""Pages about cases: the public register, one case, starting and writing a claim, and every action."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from portal.areas.queries import current_area
from portal.errors import RuleBroken
from portal.people.access import PUBLIC, SIGNED_IN, allow, to_confirm
from portal.people.models import User
from portal.people.queries import groups_of, me
from portal.proposals import forms, page, queries, rules, service, words
from portal.proposals.acts import ACTS, act_of, signed_in
from portal.proposals.blueprint import bp
from portal.proposals.docket import views as views_register
from portal.proposals.judging import views as views_judging
from portal.proposals.knowing import facts_of
from portal.proposals.models import Proposal
from portal.proposals.rules import EDITABLE, Action, Track
from portal.proposals.signs import views as views_sign
from portal.proposals.standing import roles_of
from portal.proposals.writing import page as page_writing
from portal.proposals.writing import views as views_writing
from portal.register import maps
from portal.register import queries as register
from portal.register.doors import Door, door, standing
from portal.register.models import Asset
from portal.register.rules import Status
from portal.web import attempt, render_form, state_words, told

# Pages that hang on the same blueprint: importing them is all they need.
MORE = (views_judging, views_register, views_sign, views_writing)
AROUND_METRES = 1000


@bp.get("/cases/<int:case_id>")
@allow(PUBLIC)
def case(case_id: int):
    user = signed_in(current_user)
    one = queries.case_for(case_id, user)
    return render_template(
        "proposals/case.html",
        **page.case_page(one, user),
        picture=maps.picture(current_area(), [one.asset], least_metres=AROUND_METRES),
    )


@bp.route("/assets/<int:asset_id>/claim", methods=["GET", "POST"])
@allow(SIGNED_IN)
def claim(asset_id: int):
    asset = register.asset_with_all(current_area(), asset_id)
    groups = groups_of(me())
    form = forms.claim_form(groups)
    if form.validate_on_submit():
        started = attempt(form, service.start, asset_id, me().id, int(form.group.data))
        if started:
            return redirect(url_for("proposals.edit", case_id=started.id))
    return render_form(
        "proposals/claim.html",
        form,
        asset=asset,
        groups=groups,
        **page_writing.claim_page(asset, me()),
    )


@bp.route("/cases/<int:case_id>/<slug>", methods=["GET", "POST"])
@allow(SIGNED_IN)
def act(case_id: int, slug: str):
    action = act_of(slug) or abort(404)
    user = me()
    one = queries.case_for(case_id, user)
    if (refusal := _refusal(one, action, user)) and request.method != "POST":
        flash(told(refusal), "error")
        return redirect(url_for("proposals.case", case_id=case_id))
    how, said = ACTS[action], words.said_of(action, one)
    if how.fresh and (first := to_confirm()):
        return first
    if how.megabytes:
        request.max_content_length = how.megabytes * 1_000_000
    form = how.form(one)
    if form.validate_on_submit() and attempt(form, how.run, case_id, user.id, form):
        flash(str(words.DONE.get(action) or _(queries.last_event(case_id, action).sentence)))
        return redirect(url_for("proposals.case", case_id=case_id))
    one = queries.case_for(case_id, me())
    shown = {"action": action, "said": said, "uploads": how.megabytes, **page_writing.helpers()}
    return render_form(how.template, form, **shown, **page.case_page(one, me()))


def _refusal(one: Proposal, action: Action, user: User) -> RuleBroken | None:
    """What the table says against opening the action's page; whoever has no part in it is turned away here.

    On a form that was sent a guard's refusal waits for the service, so that the page comes back with what was
    typed. In a state that does not know the action nobody's part has been checked, so there is no page to show.
    """
    try:
        rules.find(one.state, action, roles_of(one, user), facts_of(one, user), input_too=False)
    except RuleBroken as refusal:
        if request.method == "POST" and refusal.code == "not-now":
            raise
        return refusal
    return None


# ---- what an asset's page says and offers


@door
def ways_in(asset: Asset):
    """Claim a vacant place; see the cases about it."""
    if asset.kind not in list(Track):
        return
    user = signed_in(current_user)
    for one in queries.cases_of_asset(asset.id, user):
        label = (
            _("Go on writing: %(title)s") if one.state in EDITABLE else _("See the case: %(title)s")
        )
        state, _tone = state_words(one.state.value)
        yield Door(
            label % {"title": one.shown_title},
            url_for("proposals.case", case_id=one.id),
            state,
        )
    if asset.status is Status.VACANT:
        label = _("Claim this land") if asset.kind == Track.LAND else _("Claim this building")
        hint = _("For a group, with or without a constitution. A few neighbours are enough.")
        yield Door(label, url_for("proposals.claim", asset_id=asset.id), hint)


@standing
def how_it_stands(asset: Asset) -> str | None:
    """That a case holds the place, or that claims on it are open."""
    if asset.kind not in list(Track):
        return None
    if held := queries.live_case(asset.id):
        return str(words.HELD[held.state])
    return None
