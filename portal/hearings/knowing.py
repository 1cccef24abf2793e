"""What hearings tell the guards of a case."""

from collections.abc import Mapping

from portal import clock
from portal.hearings import queries
from portal.people.models import User
from portal.proposals.doors import known
from portal.proposals.models import Proposal


@known("hearing_set", "hearing_day_over", "hearing_on", "heard")
def of_hearing(case: Proposal, _user: User | None) -> Mapping[str, object]:
    """Whether this round's hearing has its day, whether that has come, and whether everybody has been heard."""
    if case.hearing_opened_on is None:
        return {}
    hearing = queries.of_round(case)
    return {
        "hearing_set": hearing is not None,
        "hearing_day_over": hearing is not None and hearing.on <= clock.today(),
        "hearing_on": hearing and hearing.on,
        "heard": queries.was_heard(case),
    }
