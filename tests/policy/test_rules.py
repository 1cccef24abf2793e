"""A profile against the table of steps: what is shipped fits; what does not is told with its line."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from portal.areas import profile as profiles
from portal.people.rules import Role
from portal.policy.check import check
from portal.policy.rules import faults, reached, steps_of, ways_of
from portal.proposals.rules import OVER, TRANSITIONS, Action, State

SHIPPED = sorted(profiles.FOLDER.glob("*.toml"))
PILOT = (profiles.FOLDER / "pilot_compact.toml").read_text("utf-8")


def version(name: str) -> profiles.Profile:
    return profiles.versions(name)[-1]


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.name)
def test_what_is_shipped_fits_the_table(file):
    found, wrong = check(file)
    assert found is not None
    assert not wrong


def test_a_profile_has_the_steps_of_the_table_but_what_it_takes_out():
    here = {
        name: {row.action for row in steps_of(version(name))}
        for name in ("scotland_atr", "england_cat")
    }
    assert Action.DEFAULT_GRANT not in here["scotland_atr"]
    assert Action.SIGN_PETITION not in here["scotland_atr"]
    assert Action.RECORD_NOTICE in here["england_cat"]
    assert Action.RECORD_NOTICE not in {row.action for row in steps_of(version("pilot_compact"))}
    assert State.GRANTED_BY_DEFAULT not in reached(version("scotland_atr"))
    assert State.GRANTED_BY_DEFAULT in reached(version("pilot_compact"))


def test_who_takes_a_step_is_the_profiles_to_narrow():
    narrowed = replace(version("pilot_compact"), who={"hand_over": ("officer",)})
    roles = {row.roles for row in steps_of(narrowed) if row.action is Action.HAND_OVER}
    assert roles == {(Role.OFFICER,)}


@pytest.mark.parametrize("name", ["pilot_compact", "scotland_atr", "england_cat"])
def test_every_way_leads_on_until_it_is_over(name):
    ways = ways_of(version(name))
    assert len({(way.source, way.target) for way in ways}) == len(ways)
    sources = {way.source for way in ways}
    assert reached(version(name)) - sources <= set(OVER)


@pytest.mark.parametrize(
    ("old", "new", "line_says", "reason"),
    [
        ("[steps]", "[steps]\nlodg = []", "lodg", "did you mean 'lodge'"),
        ("[steps]", '[steps]\nlodge = ["mayor"]', "lodge", "'mayor' is not known"),
        ("[steps]", '[steps]\nsign = ["broker"]', "sign", "may not take it"),
        ("[steps]", "[steps]\ndecide = []", "[steps]", "could ever be granted"),
        ("[steps]", "[steps]\nset_hearing = []", "hearing_for", "'set_hearing'"),
        ("[steps]", "[steps]\nshow_sign = []", "[blocks.site_sign]", "'show_sign'"),
        ("[steps]", "[steps]\ndefault_grant = []", "silence", "'default_grant'"),
        ("[steps]", "[steps]\nregister_interest = []", "interest_first", "'register_interest'"),
        ("[steps]", "[steps]\nend = []\nrenew = []", "[steps]", "'in_use'"),
        ("may_ask = []", 'may_ask = ["choir"]', "may_ask", "'choir' is not known"),
        ('from = "lodged"', 'from = "logded"', "logded", "did you mean 'lodged'"),
        ("[periods.answers]", "[periods.replies]", "[periods.", "it is missing"),
        ("[clauses.notice]", "[clauses.noticed]", "[clauses.", "it is missing"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told_with_its_line(tmp_path, old, new, line_says, reason):
    file = tmp_path / "pilot_compact.toml"
    text = PILOT.replace(old, new, 1)
    if "noticed" in new:
        text = text.replace('clause = "notice"', 'clause = "noticed"')
    file.write_text(text, "utf-8")
    _found, wrong = check(file)
    told = [w.values for w in wrong if reason in w.values["reason"]]
    assert told, [str(w) for w in wrong]
    assert line_says in text.splitlines()[told[0]["line"] - 1]


def test_no_two_faults_hide_each_other(tmp_path):
    file = tmp_path / "pilot_compact.toml"
    file.write_text(PILOT.replace("[steps]", "[steps]\nlodg = []\nsing = []"), "utf-8")
    assert len(check(file)[1]) == 2


def test_faults_are_none_for_every_role_that_the_table_gives():
    for row in TRANSITIONS:
        same = replace(
            version("pilot_compact"), who={row.action.value: tuple(r.value for r in row.roles)}
        )
        assert not [f for f in faults(same) if "may not" in f.reason]


def portal(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "portal.cli", *words], capture_output=True, text=True, check=False
    )


def test_the_command_says_what_is_right_and_where_it_is_wrong(tmp_path):
    wrong = tmp_path / "pilot_compact.toml"
    wrong.write_text(PILOT.replace("[steps]", "[steps]\nlodg = []"), "utf-8")
    line = wrong.read_text("utf-8").splitlines().index("lodg = []") + 1
    told = portal("profile", "check", str(SHIPPED[0]), str(wrong))
    assert told.returncode == 1
    assert "right." in told.stdout
    assert told.stderr.startswith(f"{wrong}:{line}: steps.lodg: ")
    assert "Traceback" not in told.stderr
    assert portal("profile", "check", str(SHIPPED[0])).returncode == 0
    assert portal("profile", "check", str(Path(tmp_path / "none.toml"))).returncode == 1
