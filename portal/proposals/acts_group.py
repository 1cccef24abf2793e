"""The actions of the group, its neighbours and the broker at the door: their forms and services."""

from flask import request

from portal.proposals import forms, service
from portal.proposals.acting import Act, bare, plain, with_words, words_form
from portal.proposals.models import Proposal
from portal.proposals.rules import Action
from portal.proposals.words import QUESTIONS
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
    return forms.answer_form([one for one in case.representations if one.answer is None])()


def _answer(case_id: int, user_id: int, form: Form) -> None:
    answers = {
        int(name.removeprefix("answer_")): text
        for name, text in form.data.items()
        if name.startswith("answer_") and text
    }
    service.answer(case_id, user_id, answers)


GROUP: dict[Action, Act] = {
    Action.LODGE: Act(plain, bare(service.lodge), "proposals/lodge.html"),
    Action.RETURN_INCOMPLETE: Act(lambda _case: forms.ReturnForm(), _return),
    Action.VALIDATE: Act(plain, bare(service.validate)),
    Action.REPRESENT: Act(_represent_form, _represent),
    Action.ANSWER: Act(_answer_form, _answer),
    Action.WITHDRAW: Act(words_form, with_words(service.withdraw)),
}
