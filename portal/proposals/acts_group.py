"""The actions of the group, its neighbours and the broker at the door: their forms and services."""

from flask import request

from portal.proposals import forms, service
from portal.proposals.acting import Act, bare, plain, with_words
from portal.proposals.conditions import refused_before
from portal.proposals.models import Proposal
from portal.proposals.rules import Action, State
from portal.proposals.standing import asked_of
from portal.proposals.words import QUESTIONS
from portal.proposals.writing import declaring, moderating
from portal.web import Form


def _return(case_id: int, user_id: int, form: Form) -> None:
    named = [f"• {QUESTIONS[name]}" for name in form.which.data or ()]
    service.return_incomplete(case_id, user_id, "\n".join([form.words.data or "", *named]).strip())


def _represent_form(_case: Proposal) -> Form:
    """A sign's page has a button for each answer; which was pressed stands in the address."""
    return forms.RepresentForm(data={"stance": request.args.get("stance")})


def _represent(case_id: int, user_id: int, form: Form) -> None:
    supports = form.stance.data == "for"
    service.represent(case_id, user_id, supports=supports, words=form.words.data)


def _answer_form(case: Proposal) -> Form:
    return forms.answer_form(
        [one for one in case.representations if not (one.answer or one.hidden_on)]
    )()


def _answer(case_id: int, user_id: int, form: Form) -> None:
    answers = {
        int(name.removeprefix("answer_")): text
        for name, text in form.data.items()
        if name.startswith("answer_") and text
    }
    service.answer(case_id, user_id, answers)


def _validate_form(case: Proposal) -> Form:
    return forms.RepeatForm() if refused_before(case) else Form()


def _validate(case_id: int, user_id: int, form: Form) -> None:
    service.validate(case_id, user_id, form.data.get("words") or "")


def _moderate_form(case: Proposal) -> Form:
    shown = [one for one in case.representations if not one.hidden_on]
    return forms.moderate_form(shown)(data={"which": request.args.get("which")})


def _moderate(case_id: int, user_id: int, form: Form) -> None:
    moderating.moderate(
        case_id, user_id, form.which.data, reason=form.reason.data, words=form.words.data
    )


GROUP: dict[Action, Act] = {
    Action.REGISTER_INTEREST: Act(
        plain, bare(declaring.register_interest), "proposals/interest.html"
    ),
    Action.LODGE: Act(plain, bare(service.lodge), "proposals/lodge.html"),
    Action.RETURN_INCOMPLETE: Act(
        lambda case: forms.return_form(asked_of(case)), _return, "proposals/check.html"
    ),
    Action.DECLINE_REPEAT: Act(
        lambda _case: forms.DeclineForm(),
        with_words(service.decline_repeat),
        "proposals/repeat.html",
    ),
    Action.VALIDATE: Act(_validate_form, _validate, "proposals/check.html"),
    Action.REPRESENT: Act(_represent_form, _represent),
    Action.MODERATE: Act(_moderate_form, _moderate),
    Action.ANSWER: Act(_answer_form, _answer),
    Action.WITHDRAW: Act(
        lambda case: forms.WordsForm() if case.state is State.DRAFT else forms.WithdrawForm(),
        with_words(service.withdraw),
        "proposals/withdraw.html",
    ),
}
