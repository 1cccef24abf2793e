"""The facts of a case: looked up when a guard asks, once, and told by the rooms above by the names that they gave."""

from collections import defaultdict
from dataclasses import fields

import pytest

from portal.db import db
from portal.people.models import User
from portal.proposals import doors
from portal.proposals.facts import Facts
from portal.proposals.knowing import facts_of
from portal.proposals.models import Proposal
from tests.conftest import THE_DAY
from tests.hearings.stage import Open
from tests.proposals.stage import Stage


def test_a_fact_is_looked_up_when_it_is_asked_for_and_once():
    asked = []

    def scores():
        asked.append(1)
        return 3

    facts = Facts(today=THE_DAY.date(), scores=scores)
    assert not asked
    assert (facts.scores, facts.scores, facts.passed) == (3, 3, False)
    assert len(asked) == 1


def test_a_step_asks_for_what_its_guards_need_and_no_more(app, monkeypatch):
    stage = Stage()
    stage.on_notice()
    called = []
    for name, tell in list(doors._known.items()):

        def listening(case, user, name=name, tell=tell):
            called.append(name)
            return tell(case, user)

        monkeypatch.setitem(doors._known, name, listening)
    assert facts_of(stage.case, None).voices == 0
    assert not called


def in_use():
    return Stage().in_use()


def in_a_hearing():
    stage = Open().to_test()
    stage.set()
    return stage


@pytest.mark.parametrize(("bring", "told"), [(in_use, "signed"), (in_a_hearing, "hearing_set")])
def test_the_rooms_above_tell_what_they_said_they_would(app, bring, told):
    """What a room tells by a name that it did not give would never be asked for."""
    stage = bring()
    names = defaultdict(set)
    for name, tell in doors._known.items():
        names[tell].add(name)
    assert set(doors._known) <= {field.name for field in fields(Facts)}
    case = db.session.get(Proposal, stage.case_id)
    for user in (None, db.session.get(User, stage.organiser), db.session.get(User, stage.officer)):
        for tell, given in names.items():
            assert set(tell(case, user)) <= given
        facts = facts_of(case, user)
        assert told in {field.name for field in fields(Facts) if getattr(facts, field.name)}
