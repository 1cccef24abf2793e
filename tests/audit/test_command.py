"""`portal audit` as whoever runs the portal types it."""

import json
import re

import pytest
from click.testing import CliRunner

from portal import cli
from portal.audit import queries
from tests import hostile
from tests.audit.test_service import write


@pytest.fixture
def portal(app, monkeypatch):
    """Types `portal …` against this test's database."""
    monkeypatch.setattr(cli, "_app", lambda: app)
    return lambda *typed: CliRunner().invoke(cli.main, ["audit", *typed])


def test_a_whole_log_says_ok_with_its_head(portal):
    write(1, 2)
    answer = portal("verify")
    assert answer.exit_code == 0
    assert re.fullmatch(r"OK 2 [0-9a-f]{64}\n", answer.output)
    head = portal("head").output
    assert answer.output == f"OK {head}"
    write(3)
    assert portal("verify", "--against", head.split()[1]).exit_code == 0


def test_a_broken_log_says_where(portal):
    write(1, 2, 3)
    head = queries.head()[1]
    rows = hostile.everything()
    rows["audit_entry"] = [row for row in rows["audit_entry"] if row["number"] != 2]
    hostile.put_back(rows)
    answer = portal("verify")
    assert answer.exit_code == 1
    assert "entry 2 is missing" in answer.output
    rows["audit_entry"] = [row for row in rows["audit_entry"] if row["number"] == 1]
    hostile.put_back(rows)
    assert portal("verify").exit_code == 0
    answer = portal("verify", "--against", head)
    assert answer.exit_code == 1
    assert "cut off" in answer.output
    assert portal("verify", "--against", "nonsense").exit_code == 2


def test_what_is_shown(portal):
    write(1, 2, step="decide")
    lines = [json.loads(line) for line in portal("show").output.splitlines()]
    assert [line["number"] for line in lines] == [2, 1]
    assert lines[0]["detail"] == {"step": "decide"}
    for asked, numbers in (
        (("--user", "1"), [1]),
        (("--about", "case:2"), [2]),
        (("--about", "let"), []),
        (("--act", "case_step", "--since", "2026-03-02", "--until", "2026-03-02"), [2, 1]),
        (("--since", "2026-03-03"), []),
        (("--before", "2", "--most", "5"), [1]),
    ):
        shown = portal("show", *asked)
        assert [json.loads(line)["number"] for line in shown.output.splitlines()] == numbers, asked
    assert portal("show", "--about", "case:x").exit_code == 2
