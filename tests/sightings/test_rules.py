"""The table of a report, and the days after which things are forgotten."""

from itertools import product

import pytest

from portal.errors import PortalError
from portal.people.rules import Role
from portal.sightings.rules import (
    DECIDED,
    TABLE,
    Action,
    SightingState,
    open_to,
    step_for,
)
from tests.conftest import broken


@pytest.mark.parametrize(("state", "action"), [*product([None, *SightingState], Action)])
@pytest.mark.parametrize("role", Role)
def test_only_what_the_table_says_can_be_done(state, action, role):
    row = next(
        (r for r in TABLE if (r.state, r.action) == (state, action) and role in r.roles), None
    )
    if row is not None:
        assert step_for(state, action, {role}) is row
        return
    with pytest.raises(PortalError) as refused:
        step_for(state, action, {role})
    assert refused.value.code in {"not-yours", "not-now"}


def test_a_report_is_answered_once():
    for state in DECIDED:
        for action in (Action.SEND, Action.ACCEPT, Action.MERGE, Action.DECLINE):
            with broken("not-now"):
                step_for(state, action, {Role.RESIDENT, Role.BROKER})
    assert open_to(SightingState.REPORTED, {Role.RESIDENT}) == []
    assert open_to(SightingState.REPORTED, {Role.BROKER}) == [
        Action.ACCEPT,
        Action.MERGE,
        Action.DECLINE,
    ]
