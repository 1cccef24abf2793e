"""The actions of the agreement: their forms and services."""

from portal.proposals import agreement, forms_agreement
from portal.proposals.acting import Act, with_words, words_form
from portal.proposals.models import Proposal
from portal.proposals.rules import Action
from portal.web import Form


def _terms(case_id: int, user_id: int, form: Form) -> None:
    names = ("starts_on", "term_months", "permitted_use", "further_terms")
    agreement.draft_agreement(case_id, user_id, **{name: form[name].data for name in names})


def _sign_form(case: Proposal) -> Form:
    return forms_agreement.SignForm(shown_hash=case.agreement.sha256)


def _sign(case_id: int, user_id: int, form: Form) -> None:
    agreement.sign(case_id, user_id, name=form.name.data, shown_hash=form.shown_hash.data)


AGREEMENT: dict[Action, Act] = {
    Action.DRAFT_AGREEMENT: Act(forms_agreement.terms_form, _terms),
    Action.SIGN: Act(_sign_form, _sign, "proposals/sign.html"),
    Action.HAND_OVER: Act(words_form, with_words(agreement.hand_over)),
    Action.END: Act(words_form, with_words(agreement.end)),
}
