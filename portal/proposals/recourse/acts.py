"""Pages of more time and of the review: which form, which service."""

from portal.proposals.acting import Act, with_words, words_form
from portal.proposals.models import Proposal
from portal.proposals.recourse import forms as forms_time
from portal.proposals.recourse import more_time, reviewing
from portal.proposals.rules import Action
from portal.web import Form


def _ask_form(case: Proposal) -> Form:
    return forms_time.more_time_form(more_time.stretches(case))()


def _ask(case_id: int, user_id: int, form: Form) -> None:
    more_time.ask(
        case_id, user_id, period=form.period.data, until=form.until.data, why=form.words.data or ""
    )


def _answer(*, given: bool):
    return with_words(
        lambda case_id, user_id, words: more_time.answer(case_id, user_id, given=given, words=words)
    )


TIME: dict[Action, Act] = {
    Action.ASK_MORE_TIME: Act(_ask_form, _ask),
    Action.GIVE_MORE_TIME: Act(words_form, _answer(given=True)),
    Action.REFUSE_MORE_TIME: Act(words_form, _answer(given=False)),
    Action.ASK_REVIEW: Act(lambda _case: forms_time.ReviewForm(), with_words(reviewing.ask_review)),
}
