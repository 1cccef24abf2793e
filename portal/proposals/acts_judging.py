"""The actions of the holder, the panel and its chair: their forms and services."""

from flask_babel import gettext as _

from portal.proposals import forms_judging, holder, panel
from portal.proposals.acting import Act, bare, plain, with_words, words_form
from portal.proposals.benefit import Result
from portal.proposals.forms import said_for
from portal.proposals.models import Proposal
from portal.proposals.rules import Action
from portal.proposals.standing import (
    objection_of,
    profile_of,
    result_of,
    rival_holds_place,
    sides_of,
)
from portal.web import Form


def _object(case_id: int, user_id: int, form: Form) -> None:
    holder.object_to(
        case_id,
        user_id,
        ground=form.ground.data,
        evidence=form.evidence.data,
        officer=form.officer.data,
    )


def _alternative(case_id: int, user_id: int, form: Form) -> None:
    criteria = [name.removeprefix("gain_") for name in form.data if name.startswith("gain_")]
    holder.name_alternative(
        case_id,
        user_id,
        planned=form.planned.data == "plans",
        plan={name: form[name].data for name in holder.PLAN},
        benefits=said_for(form, criteria),
    )


def _score_form(case: Proposal) -> Form:
    return forms_judging.score_form(profile_of(case), sides_of(case))()


def _score(case_id: int, user_id: int, form: Form) -> None:
    sheet = {}
    for name in form.data:
        if name.startswith("points_"):
            _points, side, criterion = name.split("_", 2)
            reason = form[f"reason_{side}_{criterion}"].data or ""
            sheet[panel.Side(side), criterion] = (int(form[name].data), reason)
    panel.score(case_id, user_id, sheet)


def _capacity_form(case: Proposal) -> Form:
    data: dict[str, str] = {}
    for check in case.capacity:
        data[f"holds_{check.item}"] = "yes" if check.holds else "no"
        data[f"evidence_{check.item}"] = check.evidence
    return forms_judging.capacity_form(profile_of(case))(data=data)


def _capacity(case_id: int, user_id: int, form: Form) -> None:
    answers = {
        name.removeprefix("holds_"): (
            value == "yes",
            form[f"evidence_{name.removeprefix('holds_')}"].data or "",
        )
        for name, value in form.data.items()
        if name.startswith("holds_")
    }
    panel.check_capacity(case_id, user_id, answers)


def would_grant(case: Proposal, result: Result | None) -> bool:
    """What the outcome is, as things stand: the decide page shows the form that belongs to it."""
    return bool(result and result.passed and not rival_holds_place(case.asset_id, case.id))


def _decide_form(case: Proposal) -> Form:
    if would_grant(case, result_of(case)):
        return forms_judging.ObjectionForm() if objection_of(case) else forms_judging.GrantForm()
    return forms_judging.with_grounds(forms_judging.RefuseForm, profile_of(case))()


def _decide(case_id: int, user_id: int, form: Form) -> None:
    given = {name: form.data.get(name) or "" for name in ("reasons", "ground", "evidence")}
    panel.decide(case_id, user_id, upheld=form.data.get("upheld") == "yes", **given)


def score_hint() -> str:
    """What the points mean."""
    return _("0 none · 1 little · 2 some · 3 much · 4 great")


JUDGING: dict[Action, Act] = {
    Action.AGREE: Act(words_form, with_words(holder.agree)),
    Action.OBJECT: Act(
        lambda case: forms_judging.with_grounds(forms_judging.ObjectForm, profile_of(case))(),
        _object,
    ),
    Action.NAME_ALTERNATIVE: Act(
        lambda case: forms_judging.alternative_form(profile_of(case))(),
        _alternative,
        "proposals/alternative.html",
    ),
    Action.DECLARE_INTEREST: Act(plain, bare(panel.declare_interest)),
    Action.SCORE: Act(_score_form, _score, "proposals/score.html"),
    Action.CHECK_CAPACITY: Act(_capacity_form, _capacity),
    Action.DECIDE: Act(_decide_form, _decide, "proposals/decide.html"),
}
