"""A tick whose plug is pulled, and two that run at once: each thing is done once, each letter is written once."""

import random
import re
import subprocess
import sys
from collections import Counter
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import select

from portal import clock
from portal.db import db
from portal.notices.models import Letter
from portal.proposals import service
from portal.proposals.judging import panel
from portal.proposals.models import CaseEvent, Deadline, Decision, Proposal
from portal.proposals.tick import step
from portal.register.rules import Kind
from tests import conftest, factories
from tests.proposals.stage import Stage, after_day, on_working_day

SEED = 20261121
KILLS = 20  # in all, on each engine


# A step of a case takes some hundred statements; now and then two or three are done before the plug is pulled.
LONGEST_RUN = 400

# A letter is called by its step's number, and a step that was taken back uses one up.
NUMBER = re.compile(r"(?<=/letters/)\d+")


def world() -> None:
    """Eight cases that were left alone: of all kinds, with a rival and without, some half tested, one to remind of."""
    stage = Stage()
    for number in range(4):
        _another_place(stage, number)
        if number % 4 == 3:
            stage.on_notice()
            stage.rival()
        else:
            stage.on_notice()
    for number in range(4, 6):
        _another_place(stage, number)
        stage.draft()
        service.lodge(stage.case_id, stage.organiser)
    on_working_day(28)
    _another_place(stage, 6)
    stage.on_notice()  # its holder has still to answer when all others are overdue
    after_day("holder_response", db.session.get_one(Proposal, 1))
    # Some have been tested in part, so that the night finds them at different places of the road.
    for case_id in (1, 2):
        step(case_id)
        stage.case_id = case_id
        panel.score(case_id, stage.panel, stage.sheet())
    after_day("decision", db.session.get_one(Proposal, 1))
    db.session.close()


def _another_place(stage: Stage, number: int) -> None:
    if number:
        stage.asset = factories.asset(stage.holder, name=f"Plot {number}", kind=Kind.LAND)
        stage.asset_id = stage.asset.id


def state_of_things() -> dict[str, object]:
    """All that a tick may have written, without numbers that a taken-back transaction uses up."""
    db.session.rollback()
    rows = {
        "cases": select(Proposal.id, Proposal.state, Proposal.published_on, Proposal.round),
        "history": select(
            CaseEvent.proposal_id, CaseEvent.action, CaseEvent.on, CaseEvent.to_state, CaseEvent.why
        ),
        "deadlines": select(Deadline.proposal_id, Deadline.period, Deadline.due),
        "decisions": select(Decision.proposal_id, Decision.outcome, Decision.on),
        "letters": select(Letter.to, Letter.subject, Letter.body),
    }
    found = {
        name: Counter(NUMBER.sub("", repr(tuple(row))) for row in db.session.execute(query))
        for name, query in rows.items()
    }
    db.session.close()
    return found


@pytest.fixture
def tick_once(app):
    """The machine that ticks: called with what to do, it answers with how the processes ended."""
    command = [sys.executable, "-m", "tests.proposals.ticker", app.config["DATABASE_URL"]]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:

        def ask(what: str) -> list[int]:
            process.stdin.write(f"{clock.now().isoformat()} {what}\n")
            process.stdin.flush()
            return [int(end) for end in process.stdout.readline().split()]

        yield ask
        process.stdin.close()


@pytest.fixture
def undisturbed(fresh, tick_once):
    """What one quiet night makes of the world."""
    fresh()
    world()
    assert tick_once("0") == [0]
    expected = state_of_things()
    assert sum(n for row, n in expected["cases"].items() if "GRANTED_BY_DEFAULT" in row) == 4
    assert sum("Your answer is due" in row for row in expected["letters"]) == 1
    fresh()
    return expected


@pytest.fixture
def fresh(app, engine_name, sqlite_template, monkeypatch):
    """Empties the database, so that the same world can be made again."""

    def again() -> None:
        clock.move_to(conftest.THE_DAY)
        monkeypatch.setattr(factories, "_numbers", count(1))
        db.session.close()
        db.engine.dispose()
        if engine_name == "sqlite":
            conftest._copy(sqlite_template, Path(db.engine.url.database))
        else:
            conftest._empty(db.engine)

    return again


def test_killed_anywhere_and_run_again_it_does_each_thing_once(tick_once, undisturbed, fresh):
    chance, kills = random.Random(SEED), 0
    while kills < KILLS:
        world()
        while tick_once(str(chance.randrange(1, LONGEST_RUN))) != [0]:
            kills += 1
        assert tick_once("0") == [0]
        assert state_of_things() == undisturbed
        fresh()


def test_two_machines_at_once_do_each_thing_once(tick_once, undisturbed):
    world()
    assert tick_once("both") == [0, 0]
    assert tick_once("0") == [0], "what one had to leave to the other is done by the next"
    assert state_of_things() == undisturbed
