"""What a petition tells the guards of its case, and whether it can be signed now."""

from collections.abc import Mapping

from portal import clock
from portal.people.models import User
from portal.people.rules import Role
from portal.petitions import queries
from portal.petitions.models import Petition
from portal.petitions.rules import PAPER_LATER
from portal.proposals.doors import column, known
from portal.proposals.knowing import facts_of
from portal.proposals.models import Proposal
from portal.proposals.rules import TRANSITIONS, Action, find
from portal.proposals.standing import profile_of, roles_of

CALLS = "petition"
# Where a signature can still come in, as the table has it.
SIGNABLE = frozenset(row.state for row in TRANSITIONS if row.action is Action.SIGN_PETITION)


@known("petition_open", "may_petition", "hearing_called_by")
def of_petition(case: Proposal, user: User | None) -> Mapping[str, object]:
    """Whether one is open, whether one can be opened, and whether enough have signed to call a hearing."""
    petition, profile = queries.petition_of(case.id), profile_of(case)
    reached = petition is not None and petition.reached_at is not None
    return {
        "petition_open": petition is not None and is_open(petition, case, user),
        "may_petition": petition is None and case.track in profile.petitions,
        "hearing_called_by": {CALLS} if reached and CALLS in profile.hearing_for else (),
    }


def is_open(petition: Petition, case: Proposal, user: User | None) -> bool:
    """Whether it has not closed yet; who counts paper has some days more for what was handed in by then."""
    counts = user is not None and Role.BROKER in roles_of(case, user)
    last = petition.closes_on + PAPER_LATER if counts else petition.closes_on
    return clock.today() <= last


def opens_a_hearing(case: Proposal) -> bool:
    """Whether enough signatures bring about a hearing that there would not be without them."""
    calls = profile_of(case).hearing_for
    return CALLS in calls and case.track.value not in calls and not case.hearing_opened_on


def check_signing(case: Proposal) -> None:
    """Raise what the table says against signing now."""
    find(case.state, Action.SIGN_PETITION, {Role.RESIDENT}, facts_of(case, None))


def can_be_signed(petition: Petition) -> bool:
    """Whether its page shows a form."""
    case = petition.proposal
    return case.state in SIGNABLE and is_open(petition, case, None)


@column("PetitionSignatures")
def signatures(case_ids: list[int]) -> Mapping[int, object]:
    """How many signatures count so far, for the files of the register of cases."""
    return queries.totals(case_ids)
