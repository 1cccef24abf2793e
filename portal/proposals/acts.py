"""Every action's page: which form it shows and which service it calls. One row an action; views.py does the rest."""

from collections.abc import Callable
from typing import NamedTuple

from flask_babel import gettext as _

from portal.people.models import User
from portal.proposals import agreement, forms, holder, panel, service
from portal.proposals.benefit import Result
from portal.proposals.models import Proposal
from portal.proposals.rules import Action
from portal.proposals.standing import (
    objection_of,
    profile_of,
    result_of,
    rival_holds_place,
    sides_of,
)
from portal.proposals.words import QUESTIONS
from portal.web import Form


class Act(NamedTuple):
    """How an action is asked for and done. `form(case)` builds it, `run(case_id, user_id, form)` does it."""

    form: Callable[[Proposal], Form]
    run: Callable[[int, int, Form], object]
    template: str = "proposals/act.html"
    done: str = ""


def _plain(_case: Proposal) -> Form:
    return Form()


def _words(_case: Proposal) -> Form:
    return forms.WordsForm()


def _return(case_id: int, user_id: int, form: Form) -> None:
    named = [f"• {QUESTIONS[name]}" for name in form.which.data or ()]
    service.return_incomplete(case_id, user_id, "\n".join([form.words.data or "", *named]).strip())


def _represent(case_id: int, user_id: int, form: Form) -> None:
    supports = form.stance.data == "for"
    service.represent(case_id, user_id, supports=supports, words=form.words.data)


def _answer_form(case: Proposal) -> Form:
    return forms.answer_form([one for one in case.representations if one.answer is None])()


def _answer(case_id: int, user_id: int, form: Form) -> None:
    answers = {
        int(name.removeprefix("answer_")): text
        for name, text in form.data.items()
        if name.startswith("answer_") and text
    }
    service.answer(case_id, user_id, answers)


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
        benefits=forms.said_for(form, criteria),
    )


def _score_form(case: Proposal) -> Form:
    return forms.score_form(profile_of(case), sides_of(case))()


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
    return forms.capacity_form(profile_of(case))(data=data)


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
        return forms.ObjectionForm() if objection_of(case) else forms.GrantForm()
    return forms.with_grounds(forms.RefuseForm, profile_of(case))()


def _decide(case_id: int, user_id: int, form: Form) -> None:
    given = {name: form.data.get(name) or "" for name in ("reasons", "ground", "evidence")}
    panel.decide(case_id, user_id, upheld=form.data.get("upheld") == "yes", **given)


def _terms(case_id: int, user_id: int, form: Form) -> None:
    names = ("starts_on", "term_months", "permitted_use", "further_terms")
    agreement.draft_agreement(case_id, user_id, **{name: form[name].data for name in names})


def _sign_form(case: Proposal) -> Form:
    return forms.SignForm(shown_hash=case.agreement.sha256)


def _sign(case_id: int, user_id: int, form: Form) -> None:
    agreement.sign(case_id, user_id, name=form.name.data, shown_hash=form.shown_hash.data)


def _with_words(call: Callable[[int, int, str], object]) -> Callable[[int, int, Form], object]:
    return lambda case_id, user_id, form: call(case_id, user_id, form.words.data or "")


def _bare(call: Callable[[int, int], object]) -> Callable[[int, int, Form], object]:
    return lambda case_id, user_id, _form: call(case_id, user_id)


ACTS: dict[Action, Act] = {
    Action.LODGE: Act(_plain, _bare(service.lodge), "proposals/lodge.html"),
    Action.RETURN_INCOMPLETE: Act(lambda _case: forms.ReturnForm(), _return),
    Action.VALIDATE: Act(_plain, _bare(service.validate)),
    Action.REPRESENT: Act(lambda _case: forms.RepresentForm(), _represent),
    Action.ANSWER: Act(_answer_form, _answer),
    Action.AGREE: Act(_words, _with_words(holder.agree)),
    Action.OBJECT: Act(
        lambda case: forms.with_grounds(forms.ObjectForm, profile_of(case))(), _object
    ),
    Action.NAME_ALTERNATIVE: Act(
        lambda case: forms.alternative_form(profile_of(case))(),
        _alternative,
        "proposals/alternative.html",
    ),
    Action.DECLARE_INTEREST: Act(_plain, _bare(panel.declare_interest)),
    Action.SCORE: Act(_score_form, _score, "proposals/score.html"),
    Action.CHECK_CAPACITY: Act(_capacity_form, _capacity),
    Action.DECIDE: Act(_decide_form, _decide, "proposals/decide.html"),
    Action.WITHDRAW: Act(_words, _with_words(service.withdraw)),
    Action.DRAFT_AGREEMENT: Act(forms.terms_form, _terms),
    Action.SIGN: Act(_sign_form, _sign, "proposals/sign.html"),
    Action.HAND_OVER: Act(_words, _with_words(agreement.hand_over)),
    Action.END: Act(_words, _with_words(agreement.end)),
}


def act_of(slug: str) -> Action | None:
    """The action of an address: /cases/7/name-alternative."""
    try:
        action = Action(slug.replace("-", "_"))
    except ValueError:
        return None
    return action if action in ACTS else None


def slug_of(action: Action) -> str:
    """An action as it stands in an address."""
    return action.value.replace("_", "-")


def signed_in(user: object) -> User | None:
    """The person who reads, or None."""
    return user if getattr(user, "is_authenticated", False) else None


def score_hint() -> str:
    """What the points mean."""
    return _("0 none · 1 little · 2 some · 3 much · 4 great")
