"""Every state that can be stored has words, and no words stand for a state that cannot be."""

from portal.lettings.rules import LetState, OccurrenceState
from portal.money.rules import DepositState
from portal.ownership.rules import QuestionState
from portal.people.rules import Role
from portal.proposals.rules import State
from portal.register.rules import Status
from portal.rounds.rules import RoundState
from portal.sightings.rules import SightingState
from portal.states import ROLES, STATES, state_words


def test_every_state_has_words_and_no_words_are_left_over():
    stored = {
        state.value
        for kind in (
            Status,
            State,
            LetState,
            OccurrenceState,
            QuestionState,
            SightingState,
            RoundState,
        )
        for state in kind
    }
    stored |= {f"deposit_{state.value}" for state in DepositState}
    assert set(STATES) == stored


def test_every_role_has_words():
    assert set(ROLES) == {role.value for role in Role}


def test_a_state_without_words_is_still_shown():
    assert state_words("not_yet_known") == ("Not yet known", "quiet")
