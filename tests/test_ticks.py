"""One step of the clock that fails: the later ones are taken, somebody is told, and it is not noted as well done."""

import pytest

from portal import runs, ticks
from portal.cli import main
from tests import factories


def broken() -> int:
    raise ValueError("this step is broken")


def test_a_step_that_fails_holds_up_no_later_one(app, monkeypatch):
    factories.area()
    taken = []
    steps = {"cases": (broken,), "hearings": (lambda: taken.append("hearings") or 1,)}
    monkeypatch.setattr(ticks, "TICKS", steps)
    with pytest.raises(ExceptionGroup) as told:
        ticks.tick()
    assert taken == ["hearings"]
    assert [type(error) for error in told.value.exceptions] == [ValueError]
    assert "in this step of the clock: cases" in told.value.exceptions[0].__notes__


def test_the_command_sends_letters_all_the_same_and_fails(app, monkeypatch):
    factories.area()
    monkeypatch.setattr("portal.cli._app", lambda: app)
    monkeypatch.setattr(ticks, "TICKS", {"cases": (broken,)})
    sent = []
    monkeypatch.setattr("portal.notices.service.send_waiting", lambda: sent.append(1) or 0)
    result = app.test_cli_runner().invoke(main, ["tick"])
    assert (result.exit_code, sent) == (1, [1])
    assert runs.last(runs.TICK) is None, "portal check will miss it"
