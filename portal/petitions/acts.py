"""The petition's steps in the table of a case: their forms, services and words."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.petitions import counting, service
from portal.petitions.forms import CountForm, OpenForm
from portal.proposals import words
from portal.proposals.acting import Act, sent
from portal.proposals.acts import ACTS
from portal.proposals.models import Proposal
from portal.proposals.rules import Action

MEGABYTES = 26


def _open_form(case: Proposal) -> OpenForm:
    """What the group will do is a good beginning (the title stands above it), and the longest time the usual one."""
    return OpenForm(data={"words": case.use or case.title, "closes_on": service.longest_day(case)})


def _open(case_id: int, user_id: int, form: OpenForm) -> None:
    service.open_petition(case_id, user_id, form.words.data or "", form.closes_on.data)


def _count(case_id: int, user_id: int, form: CountForm) -> None:
    scans = sent(form.scan, _("Signatures on paper"))
    counting.count_paper(case_id, user_id, scans[0] if scans else None, form.counted)


ACTS[Action.OPEN_PETITION] = Act(_open_form, _open, "petitions/open.html")
ACTS[Action.COUNT_PAPER] = Act(
    lambda _case: CountForm(), _count, "petitions/count.html", megabytes=MEGABYTES
)

words.ACTIONS[Action.OPEN_PETITION] = words.ActionWords(
    _l("Open a petition"),
    _l("Neighbours sign by e-mail or on paper."),
    _l("Open the petition"),
)
words.ACTIONS[Action.COUNT_PAPER] = words.ActionWords(
    _l("Count signatures on paper"),
    _l(
        "Count the sheets, say what was struck out and why, and add their scan. Only numbers are published."
    ),
    _l("Count these"),
)
