"""How the result of a test is told to somebody who has never heard of it. Wording only."""

from portal.errors import N_
from portal.proposals.judging.benefit import Result
from portal.proposals.rules import State

OUTCOMES = {
    State.GRANTED: N_("The use was granted on %(day)s."),
    State.GRANTED_BY_DEFAULT: N_(
        "Nobody decided in time, so the use was granted by default on %(day)s."
    ),
    State.REFUSED: N_("The use was refused on %(day)s. The ground: %(ground)s."),
}


def _other_use(result: Result) -> str:
    if result.theirs is None:
        return N_("The holder named no other use.")
    if result.theirs == result.ours:
        return N_("No: both would bring %(ours)s. Ties go to the community.")
    if result.theirs < result.ours:
        return N_("No: it would bring %(theirs)s, the proposal %(ours)s.")
    return N_("Yes: it would bring %(theirs)s, the proposal %(ours)s.")


# What a proposal must pass: (question, whether it is passed, the answer).
QUESTIONS = (
    (
        N_("Can the group do it?"),
        lambda r: r.capacity,
        lambda r: (
            N_("Yes, on every point that was checked.")
            if r.capacity
            else N_("No: not every point that was checked was shown.")
        ),
    ),
    (
        N_("Would it bring enough?"),
        lambda r: r.above_floor,
        lambda r: (
            N_("Yes: %(ours)s of %(most)s. It has to be more than %(floor)s.")
            if r.above_floor
            else N_("No: %(ours)s of %(most)s. It has to be more than %(floor)s.")
        ),
    ),
    (
        N_("Would the holder's own use bring more?"),
        lambda r: r.alternative_is_not_greater,
        _other_use,
    ),
)
