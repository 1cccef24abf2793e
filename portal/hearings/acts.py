"""The hearing's steps in the table of a case: their forms, services and words."""

from portal.errors import RuleBroken
from portal.hearings import queries, service, words
from portal.hearings.forms import AddForm, RecordForm, SetForm, set_form
from portal.hearings.rules import Outcome
from portal.people.queries import me
from portal.proposals import words as case_words
from portal.proposals.acting import Act, sent, with_words
from portal.proposals.acts import ACTS
from portal.proposals.models import Proposal
from portal.proposals.queries import case_for
from portal.proposals.rules import Action

MEGABYTES = 26


def _set_form(case: Proposal) -> SetForm:
    return set_form(queries.of_round(case), service.version(case))


def _set(case_id: int, user_id: int, form: SetForm) -> None:
    try:
        service.set_hearing(case_id, user_id, form.plan, shown=form.shown.data or "")
    except RuleBroken as refusal:
        if refusal.code == "hearing-changed":
            # The page that comes back shows what stands now: sending it again is meant.
            form.shown.data = service.version(case_for(case_id, me()))
        raise


def _record(case_id: int, user_id: int, form: RecordForm) -> None:
    papers = sent(form.paper)
    record = service.Record(
        Outcome(form.outcome.data),
        form.minutes.data,
        form.attendance.data,
        form.conditions.data or "",
    )
    service.record_hearing(case_id, user_id, record, papers[0] if papers else None)


ACTS[Action.SET_HEARING] = Act(_set_form, _set, "hearings/set.html")
ACTS[Action.RECORD_HEARING] = Act(
    lambda _case: RecordForm(), _record, "hearings/record.html", megabytes=MEGABYTES
)
ACTS[Action.ADD_TO_MINUTES] = Act(lambda _case: AddForm(), with_words(service.add_to_minutes))
# Whoever decides reads what the hearing came to.
ACTS[Action.DECIDE] = ACTS[Action.DECIDE]._replace(template="hearings/decide.html")
case_words.ACTIONS.update(words.ACTIONS)
case_words.VARIANTS.append(
    (Action.SET_HEARING, lambda case: queries.of_round(case) is not None, words.CHANGE_IT)
)
