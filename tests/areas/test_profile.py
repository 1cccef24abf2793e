"""Policy profiles: what is shipped reads, and a wrong file is refused with file, place and reason."""

from datetime import date
from decimal import Decimal

import pytest

from portal.areas import profile
from portal.areas.rules import Nation
from portal.errors import BadInput

SHIPPED = (profile.FOLDER / "pilot_compact.toml").read_text("utf-8")


def test_the_pilot_compact_says_what_the_compact_says():
    held = profile.in_force("pilot_compact", date(2026, 3, 2))
    assert held.periods["holder_response"].number == 40
    assert held.periods["decision"].never_after == "decision_latest"
    assert held.petitions["building"].count == 200
    assert held.blocks["site_sign"].number == 28
    assert len(held.criteria) == 7
    assert len(held.grounds) == 7
    assert held.panel_size == 2
    assert held.floor == Decimal("1.0")
    assert held.cited(held.cite("silence")).title == "Silence"


@pytest.mark.parametrize("name", ["pilot_compact", "scotland_atr", "england_cat"])
def test_what_is_shipped_reads_and_every_number_says_whose_it_is(name):
    (held,) = profile.versions(name)
    assert held.summary
    for part in (*held.periods.values(), *held.petitions.values(), *held.blocks.values()):
        assert part.source
    assert set(held.ground_evidence) == set(held.grounds)


def test_scotland_and_england_say_what_their_law_says():
    scotland, england = profile.versions("scotland_atr")[0], profile.versions("england_cat")[0]
    assert scotland.silence == "review"
    assert "unconstituted" not in scotland.may_ask
    assert scotland.usable_in(Nation.SCOTLAND)
    assert not scotland.usable_in(Nation.ENGLAND)
    # Twenty working days beginning with the notice of Monday 2 March: that day is the first.
    asked = scotland.periods["review_request"].counted(date(2026, 3, 2), Nation.SCOTLAND)
    assert asked.due == date(2026, 3, 27)
    assert set(england.term_months.values()) == {84}
    notices = england.blocks["open_space_notices"]
    assert notices.holds_in("land", Nation.ENGLAND)
    assert not notices.holds_in("building", Nation.ENGLAND)
    assert not notices.holds_in("land", Nation.WALES)
    assert england.who["default_grant"] == ()


def test_a_nation_has_its_own_number_of_clear_days():
    notice = profile.versions("pilot_compact")[0].periods["hearing_notice"]
    on = date(2026, 3, 2)
    assert notice.counted(on, Nation.ENGLAND).due == date(2026, 3, 10)
    assert notice.counted(on, Nation.WALES).due == date(2026, 3, 6)


@pytest.mark.parametrize(
    ("count", "share", "population", "enough"),
    [
        (50, None, None, 50),
        (50, None, 10_000, 50),
        (None, Decimal("0.01"), 1_050, 11),  # 10.5 people are 11
        (None, Decimal("0.01"), 3, 1),
        (None, Decimal("0.01"), None, None),
        (200, Decimal("0.01"), 5_000, 50),
        (200, Decimal("0.01"), None, 200),
        (200, Decimal("0.01"), 90_000, 200),
    ],
)
def test_the_fewer_of_count_and_share_are_enough(count, share, population, enough):
    petition = profile.Petition(count, share, "area", "area", 6, "petition", "")
    assert petition.threshold(population) == enough


WRONG = [
    ("\npanel_size = 2 ", "\npanel_size = 0 ", "panel_size", "more than 0"),
    ("\npanel_size = 2 ", '\npanel_size = "two" ', "panel_size", "'two'"),
    ("\npanel_size = 2 ", "\npanel_sice = 2 ", "panel_size", "is it 'panel_sice'"),
    ("\nappeal = ", "\nappeall = ", "appeall", "did you mean 'appeal'"),
    ('unit = "months"', 'unit = "moons"', "periods.decision_latest.unit", "moons"),
    ('unit = "months"', 'units = "months"', "periods.decision_latest.unit", "missing"),
    ('clause = "response"', 'clause = "reply"', "periods.holder_response.clause", "reply"),
    ('never_after = "decision_latest"', 'never_after = "x"', "periods.decision.never_after", "'x'"),
    ("weight = 1\n[criteria.other]", "[criteria.other]", "criteria.inequalities.weight", "missing"),
    ('silence = "grant"', 'silence = "maybe"', "silence", "maybe"),
    ("effective_from = 2010-01-01", "effective_from = true", "effective_from", "date"),
    ("floor = 1.0", "floor = 4.0", "floor", "less than 4"),
    ('name = "pilot_compact"', 'name = "other"', "name", "other.toml"),
    ("count = 50", "share = 1.5", "petitions.land.share", "at most 1"),
    ("count = 50\n", "", "petitions.land.count", "a share"),
    ("[petitions.land]", "[petitions.sea]", "petitions.sea", "'sea' is not known"),
    ("[blocks.site_sign]", "[blocks.side_sign]", "blocks.side_sign", "did you mean 'site_sign'"),
    ("number = 24               # months", "number = 12", "blocks.repeat.number", "'repeat'"),
    ('unsafe = "A report', 'unsave = "A report', "ground_evidence.unsave", "'unsafe'"),
    ('\n[clauses.notice]\nnumber = "3"', '\n[clauses.notice]\nnumber = "2"', "clauses.notice.number", "already"),
    ('unit = "clear days"\n', 'unit = "clear days"\nbeginning_with = true\n', "periods.hearing_notice.beginning_with", "clear days"),
    ("number_in = { wales = 3,", "number_in = { whales = 3,", "periods.hearing_notice.number_in.whales", "'wales'"),
    ("nations = [] ", 'nations = ["narnia"] ', "nations", "narnia"),
    ('land = ["title", ', 'land = ["titel", ', "required.land", "'title'"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "place", "reason"), WRONG)
def test_a_wrong_file_is_refused_with_file_line_and_reason(tmp_path, old, new, place, reason):
    assert old in SHIPPED
    file = tmp_path / "pilot_compact.toml"
    text = SHIPPED.replace(old, new, 1)
    file.write_text(text, "utf-8")
    with pytest.raises(BadInput) as caught:
        profile.read_profile(file)
    told = caught.value.values
    assert (told["file"], told["place"]) == ("pilot_compact.toml", place)
    assert reason in told["reason"]
    key = place.rpartition(".")[2]
    line = text.splitlines()[told["line"] - 1]
    assert key in line or "missing" in told["reason"] or "share" in reason or "number_in" in line


def test_a_period_that_would_begin_with_its_own_end_is_refused(tmp_path):
    file = tmp_path / "pilot_compact.toml"
    file.write_text(SHIPPED.replace('from = "on_notice"', 'from = "answers"'), "utf-8")
    with pytest.raises(BadInput) as caught:
        profile.read_profile(file)
    assert "its own end" in str(caught.value)


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


def test_two_files_of_one_day_or_of_another_than_they_say_are_refused(tmp_path):
    (tmp_path / "pilot_compact.toml").write_text(SHIPPED, "utf-8")
    (tmp_path / "pilot_compact.2010-01-01.toml").write_text(SHIPPED, "utf-8")
    with pytest.raises(BadInput, match="same day"):
        profile.versions("pilot_compact", tmp_path)
    (tmp_path / "pilot_compact.2010-01-01.toml").rename(tmp_path / "pilot_compact.2027-04-01.toml")
    with pytest.raises(BadInput, match=r"pilot_compact\.2010-01-01\.toml"):
        profile.versions("pilot_compact", tmp_path)


def test_a_profile_that_is_not_there_is_told_by_name():
    with pytest.raises(BadInput) as caught:
        profile.in_force("nowhere", date(2026, 1, 1))
    assert "nowhere" in str(caught.value)
