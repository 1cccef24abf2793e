"""The pages that explain the rules: the area's own, other versions, and addresses that are nothing."""

import pytest

from portal.areas import profile as profiles
from portal.areas.rules import Nation
from portal.policy import page, queries
from tests import factories

ALL = ["pilot_compact", "scotland_atr", "england_cat"]


@pytest.fixture
def read(client):
    def get(path: str) -> str:
        answer = client.get(path)
        assert answer.status_code == 200
        return answer.get_data(as_text=True)

    return get


@pytest.mark.parametrize("name", ALL)
def test_the_page_says_every_clause_ground_criterion_and_source(app, read, name):
    nation = {"scotland_atr": Nation.SCOTLAND}.get(name, Nation.ENGLAND)
    factories.area(profile=name, nation=nation)
    text = read("/policy").replace("&#39;", "'")
    (held,) = profiles.versions(name)
    for clause in held.clauses.values():
        assert clause.text in text
    for ground, words in held.grounds.items():
        assert words in text
        assert held.ground_evidence[ground] in text
    for part in (*held.criteria.values(), *held.blocks.values()):
        assert part.title in text
    for period in held.periods.values():
        assert period.source in text
    assert text.count("How this was counted") >= len(held.periods)


def test_what_silence_means_depends_on_the_councils_resolution(app, read):
    area = factories.area(
        resolution_reference=None, senior_officer="Ada Hill <ada@council.example>"
    )
    text = read("/policy")
    assert "Ada Hill" in text
    assert "ada@council.example" not in text
    assert "has not adopted" in text
    area.resolution_reference = "C/2026/14"
    factories.db.session.commit()
    assert "C/2026/14" in read("/policy")


def test_scotlands_page_has_no_petition_and_names_the_appeal(app, read):
    factories.area(profile="scotland_atr", nation=Nation.SCOTLAND)
    text = read("/policy")
    assert "The Scottish Ministers" in text
    assert "neighbours without a constitution" not in text
    assert "beginning with" in text
    assert "Somebody signed the petition" not in text


def test_any_version_can_be_read_and_says_that_another_holds_here(app, read):
    factories.area()
    assert "another version" not in read("/policy/pilot_compact/2010-01-01")
    text = read("/policy/scotland_atr/2017-01-23")
    assert "another version" in text
    assert "Asset transfer request (Scotland)" in text


@pytest.mark.parametrize(
    "path", ["nothing/2010-01-01", "pilot_compact/2010-01-02", "pilot_compact/tomorrow", "*/2010-01-01", "../2010-01-01", "pilot_compact/20100101"],
)  # fmt: skip
def test_an_address_of_no_version_is_not_found(app, client, path):
    factories.area()
    assert client.get(f"/policy/{path}").status_code == 404


@pytest.mark.parametrize(
    ("nation", "names"),
    [
        (Nation.ENGLAND, {"pilot_compact", "england_cat"}),
        (Nation.WALES, {"pilot_compact"}),
        (Nation.SCOTLAND, {"pilot_compact", "scotland_atr"}),
        (Nation.NORTHERN_IRELAND, {"pilot_compact"}),
    ],
)
def test_an_area_chooses_among_the_profiles_of_its_nation(app, nation, names):
    assert {p.name for p in queries.choosable(factories.area(nation=nation))} == names


@pytest.mark.parametrize("name", ALL)
def test_every_period_and_what_it_runs_from_has_words(name):
    (held,) = profiles.versions(name)
    for period in held.periods.values():
        assert period.name in page.words.PERIODS
        assert period.runs_from in page.words.FROM or period.runs_from in page.words.PERIODS
    assert not set(held.hearing_for) - set(page.words.HEARING_FOR)
    assert not {a for wanted in held.required.values() for a in wanted} - set(page.words.ANSWERS)


def test_a_petition_is_told_by_count_share_or_both(app):
    petition = profiles.versions("england_cat")[0].petitions["land"]
    with app.test_request_context():
        assert (
            page.petition_words(petition)
            == "200 signatures or 1% of the residents, whichever is fewer"
        )
