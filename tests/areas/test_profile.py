"""Policy profiles: what is shipped reads, and a wrong file is refused with file, place and reason."""

from datetime import date
from decimal import Decimal

import pytest

from portal.areas import profile
from portal.errors import BadInput

SHIPPED = (profile.FOLDER / "pilot_compact.toml").read_text("utf-8")


def test_the_pilot_compact_says_what_the_compact_says():
    held = profile.in_force("pilot_compact", date(2026, 3, 2))
    assert held.periods["holder_response"].number == 40
    assert held.periods["decision"].never_after == "decision_latest"
    assert len(held.criteria) == 7
    assert len(held.grounds) == 7
    assert held.panel_size == 2
    assert held.floor == Decimal("1.0")
    assert held.cited(held.cite("silence")).title == "Silence"


@pytest.mark.parametrize(
    ("old", "new", "place", "reason"),
    [
        ("\npanel_size = 2 ", "\npanel_size = 0 ", "panel_size", "more than 0"),
        ("\npanel_size = 2 ", '\npanel_size = "two" ', "panel_size", "'two'"),
        ('unit = "months"', 'unit = "moons"', "periods.decision_latest.unit", "moons"),
        ('clause = "response"', 'clause = "reply"', "periods.holder_response.clause", "reply"),
        ('never_after = "decision_latest"', 'never_after = "x"', "never_after", "'x'"),
        ("weight = 1\n[criteria.other]", "[criteria.other]", "inequalities.weight", "missing"),
        ('silence = "grant"', 'silence = "maybe"', "silence", "maybe"),
        ('title = "Pilot compact"', "title = ", "the file", "Invalid value"),
        ("effective_from = 2010-01-01", "effective_from = true", "effective_from", "date"),
    ],
)
def test_a_wrong_file_is_refused_with_file_place_and_reason(tmp_path, old, new, place, reason):
    assert old in SHIPPED
    file = tmp_path / "pilot_compact.toml"
    file.write_text(SHIPPED.replace(old, new), "utf-8")
    with pytest.raises(BadInput) as caught:
        profile.read_profile(file)
    sentence = str(caught.value)
    assert "pilot_compact.toml:" in sentence
    assert place in sentence
    assert reason in sentence


def test_versions_hold_from_their_day_and_stay_findable(tmp_path, monkeypatch):
    later = SHIPPED.replace("effective_from = 2010-01-01", "effective_from = 2027-04-01")
    (tmp_path / "pilot_compact.toml").write_text(SHIPPED, "utf-8")
    (tmp_path / "pilot_compact.2027-04-01.toml").write_text(later, "utf-8")
    both = profile.versions("pilot_compact", tmp_path)
    monkeypatch.setattr(profile, "versions", lambda _name: both)
    assert profile.in_force("pilot_compact", date(2027, 3, 31)) is both[0]
    assert profile.in_force("pilot_compact", date(2027, 4, 1)) is both[1]
    assert profile.version("pilot_compact", date(2010, 1, 1)) is both[0]
    with pytest.raises(BadInput):
        profile.in_force("pilot_compact", date(2009, 12, 31))
    with pytest.raises(BadInput):
        profile.version("pilot_compact", date(2011, 1, 1))


def test_a_profile_that_is_not_there_is_told_by_name():
    with pytest.raises(BadInput) as caught:
        profile.in_force("nowhere", date(2026, 1, 1))
    assert "nowhere" in str(caught.value)
