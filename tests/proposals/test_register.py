"""The register of all cases: filters and their counts, keys for paging, the feed, the files, the figures of a year."""

import csv
import io
import json
import re
from datetime import date, timedelta
from xml.etree import ElementTree as ET

import pytest
from werkzeug.datastructures import MultiDict

from portal import clock
from portal.db import db
from portal.people.models import Group
from portal.proposals import service
from portal.proposals.docket import figures
from portal.proposals.docket import search as register
from portal.proposals.docket.words import COLUMNS
from portal.proposals.judging import panel
from portal.proposals.models import Proposal
from portal.proposals.recourse import reviewing
from portal.proposals.rules import Action, State, Track
from portal.proposals.tick import tick
from portal.proposals.writing import declaring
from portal.register.rules import Kind
from tests import factories
from tests.proposals.stage import BENEFITS, WRITTEN, Stage, after_day, to_day

SECRET = "Hearing Voices Circle"
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def stage(app):
    return Stage()


def another(stage, *, building: bool = False, title: str = "A workshop", **values) -> int:
    """Another group's published case (a building's: an interest) about another place."""
    person = factories.user()
    group = factories.group(stage.area, person, name=values.pop("name", f"Group of {title}"))
    kind = Kind.BUILDING if building else Kind.LAND
    asset = factories.asset(stage.holder, kind=kind, **values)
    case_id = service.start(asset.id, person.id, group.id).id
    service.save_draft(
        case_id, person.id, WRITTEN | {"title": title, "use_kind": "repair"}, BENEFITS
    )
    if building:
        declaring.register_interest(case_id, person.id)
    else:
        service.lodge(case_id, person.id)
        service.validate(case_id, stage.broker)
    return case_id


def search(**asked) -> register.Search:
    return register.read(MultiDict(asked)).search


def found(**asked) -> list[int]:
    return [case.id for case in register.page(search(**asked), None).cases]


def shown(client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_data(as_text=True)


def rows(client, query: str = "") -> list[dict[str, str]]:
    answer = client.get(f"/cases.csv{query}")
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.get_data(as_text=True))))


# ---- what is in it


def test_drafts_and_unpublished_cases_are_not_in_it(client, stage):
    stage.draft()
    assert found() == []
    service.lodge(stage.case_id, stage.organiser)
    assert found() == []
    assert rows(client) == []
    assert "A garden" not in shown(client, "/cases")
    assert "<entry" not in shown(client, "/cases.atom")
    service.validate(stage.case_id, stage.broker)
    assert found() == [stage.case_id]


def test_an_interest_is_in_it_from_its_first_day(client, stage):
    case_id = another(stage, building=True)
    assert found() == found(state="interest") == [case_id]
    assert "interest registered Monday 2 March 2026" in shown(client, "/cases")


def test_every_filter_finds_its_own(client, stage):
    ward = factories.ward(stage.area)
    mine = stage.on_notice().case_id
    other = another(stage, building=True, title="Repair café", ward_id=ward.id)
    for asked, ids in (
        ({"state": "on_notice"}, [mine]),
        ({"place": "building"}, [other]),
        ({"use": "growing"}, [mine]),
        ({"holder": stage.holder.id}, [other, mine]),
        ({"ward": ward.id}, [other]),
        ({"year": "2026"}, [other, mine]),
        ({"year": "2025"}, []),
        ({"words": "garden street"}, [mine]),
        ({"words": "REPAIR CAFE"}, [other]),
        ({"words": "Mill Lane neigh"}, [mine]),
        ({"words": "garden café"}, []),
        ({"outcome": "granted"}, []),
        ({"overdue": "1"}, []),
    ):
        got = found(**{name: str(value) for name, value in asked.items()})
        assert got == ids or sorted(got) == sorted(ids), (asked, got)
    assert other in found(words=str(other))
    several = register.read(MultiDict([("state", "on_notice"), ("state", "interest")])).search
    assert register.page(several, None).total == 2


def test_refusals_by_their_ground_and_outcome(stage):
    panel.decide(
        stage.scored(ours=0).case_id, stage.chair, ground="benefit_not_shown", evidence="None."
    )
    assert found(outcome="refused", ground="benefit_not_shown") == [stage.case_id]
    assert found(ground="operational_need") == []


def test_an_overdue_case_is_shown_and_found(client, stage):
    stage = stage.under_test()
    assert found(overdue="1") == []
    after_day("decision", stage.case)
    assert found(overdue="1") == [stage.case_id]  # before the clock has acted
    assert "Overdue." in shown(client, "/cases")


def test_counts_say_what_each_choice_would_find(stage):
    stage.on_notice()
    another(stage, title="B")
    another(stage, building=True, title="C")
    counts = register.counts(search(place="land"))
    assert counts["state"] == {State.ON_NOTICE: 2}
    assert counts["place"] == {Track.LAND: 2, Track.BUILDING: 1}  # its own filter does not hold
    assert counts["holder"] == {stage.holder.id: 2}
    assert counts["year"] == {2026: 2}


# ---- the page


def test_filters_stand_in_the_address_and_can_be_taken_away(client, stage):
    stage.on_notice()
    page = shown(client, "/cases?place=land&words=garden&sort=place")
    assert "1 case" in page
    assert 'href="/cases?place=land&amp;sort=place"' in page
    assert 'href="/cases.csv?place=land&amp;words=garden&amp;sort=place"' in page
    assert "Land (1)" in page
    assert "0 cases" in shown(client, "/cases?place=building")


@pytest.mark.parametrize(
    "query",
    [
        "state=nonsense",
        "holder=-1",
        "holder=99999999999999999999",
        "ward=1e5",
        "year=99999",
        "year=²",
        "ground=%27%20OR%201%3D1",
        "outcome=draft",
        "sort=random()",
        "use=growing%00",
        "state=on_notice&state=%3Cscript%3E",
    ],
)
def test_a_hostile_address_is_told_and_finds_all_the_rest(client, stage, query):
    stage.on_notice()
    answer = client.get(f"/cases?{query}")
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert "Choose one from the list." in page
    assert "1 case" in page
    assert "<script>alert" not in page
    for ending in ("csv", "json", "atom"):
        assert client.get(f"/cases.{ending}?{query}").status_code == 400


@pytest.mark.parametrize(
    "query", ["after=x", "after=0", "after=99999999999", "words=%00%ff%3D", "words=" + "a" * 5000]
)
def test_an_odd_address_is_answered(client, stage, query):
    stage.on_notice()
    assert client.get(f"/cases?{query}").status_code == 200


@pytest.mark.parametrize("sort", list(register.Sort))
def test_pages_follow_each_other_by_keys_in_every_order(stage, sort):
    stage.on_notice()
    for number in range(6):
        to_day(date(2026, 3, 2) + timedelta(days=number // 2))
        another(stage, title=f"N{number}", name_key=f"{number % 2}", building=number == 3)
    whole = found(sort=sort.value)
    assert len(whole) == 7
    after, got = None, []
    while True:
        page = register.page(search(sort=sort.value), after, size=2)
        assert page.total == 7
        got += [case.id for case in page.cases]
        after = page.after
        if after is None:
            break
    assert got == whole


def test_a_case_that_comes_between_two_pages_moves_nothing(stage):
    first = stage.on_notice().case_id
    second = another(stage, title="B")
    page = register.page(search(), None, size=1)
    assert [case.id for case in page.cases] == [second]
    another(stage, title="C")
    assert [case.id for case in register.page(search(), page.after).cases] == [first]


def test_the_next_to_be_decided_comes_first(stage):
    early = stage.on_notice().case_id
    to_day(date(2026, 3, 9))
    late = another(stage)
    none = another(stage, building=True, title="B")
    assert found(sort="due") == [early, late, none]


# ---- private groups


def test_a_private_group_is_named_nowhere(client, stage):
    stage.on_notice()
    group = db.session.get(Group, stage.group_id)
    group.name, group.private = SECRET, True
    db.session.commit()
    for email in (None, stage.emails["organiser"], stage.emails["broker"]):
        if email:
            client.sign_in(email)
        for path in ("/cases", "/cases.csv", "/cases.json", "/cases.atom"):
            body = shown(client, path)
            assert "A garden for the street" in body
            assert SECRET not in body, (email, path)
    assert found(words="Hearing Voices") == []  # and cannot be guessed by looking for it


# ---- files


def test_the_csv_has_a_row_a_case_with_its_days(client, stage):
    panel.decide(stage.scored().case_id, stage.chair)
    row = rows(client)[0]
    assert list(row) == list(COLUMNS)
    decided = clock.today()
    assert (
        row
        | {
            "Number": str(stage.case_id),
            "Title": "A garden for the street",
            "Kind": "land",
            "GroupKind": "unconstituted",
            "LodgedOn": "2026-03-02",
            "PublishedOn": "2026-03-02",
            "SignShownOn": "2026-03-02",
            "DecidedOn": decided.isoformat(),
            "DaysToDecision": str((decided - date(2026, 3, 2)).days),
            "Outcome": "granted",
            "GrantedByDefault": "No",
            "ReviewOutcome": "",
            "Rules": "pilot_compact 2010-01-01",
        }
        == row
    )


def test_the_json_says_the_same_and_what_its_columns_are(client, stage):
    stage.on_notice()
    whole = json.loads(shown(client, "/cases.json"))
    assert whole["columns"].keys() == COLUMNS.keys()
    (case,) = whole["cases"]
    assert list(case) == list(COLUMNS)
    assert case["LodgedOn"] == "2026-03-02"
    assert case["Outcome"] is None
    page = shown(client, "/cases/columns")
    assert all(name in page for name in COLUMNS)


def test_signatures_of_a_petition_are_counted_in_the_file(client, stage):
    from portal.petitions import service as petitions

    stage.on_notice()
    assert rows(client)[0]["PetitionSignatures"] == ""
    petitions.open_petition(stage.case_id, stage.organiser, "Open it.", date(2026, 6, 1))
    assert rows(client)[0]["PetitionSignatures"] == "0"


def test_a_formula_stays_a_text(client, stage):
    stage.on_notice()
    stage.case.title = '=HYPERLINK("http://evil.example")'
    db.session.commit()
    assert rows(client)[0]["Title"].startswith("'=")


def test_files_hold_what_the_filters_leave(client, stage):
    stage.on_notice()
    another(stage, building=True)
    assert len(rows(client)) == 2
    assert [row["Kind"] for row in rows(client, "?place=building")] == ["building"]
    answer = client.get("/cases.csv")
    assert 'filename="testing-cases-2026-03-02.csv"' in answer.headers["Content-Disposition"]


# ---- the feed


def test_the_feed_tells_each_step_once(client, stage):
    stage.on_notice()
    answer = client.get("/cases.atom")
    feed = ET.fromstring(answer.data)
    ids = [entry.findtext(f"{ATOM}id") for entry in feed.iter(f"{ATOM}entry")]
    assert len(ids) == len(set(ids))
    titles = [entry.findtext(f"{ATOM}title") for entry in feed.iter(f"{ATOM}entry")]
    assert "The proposal was published" in " ".join(titles)
    again = client.get("/cases.atom", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert "<entry" not in shown(client, "/cases.atom?place=building")
    assert ":cases?place=building<" in shown(client, "/cases.atom?place=building")


# ---- the figures of a year


def step(case_id: int, action: Action, to: State, on: date, track: Track = Track.LAND):
    return figures.Step(case_id, track, action, to, on)


def test_a_year_begins_on_the_first_of_april():
    assert figures.year_of(date(2026, 3, 31)) == 2025
    assert figures.year_of(date(2026, 4, 1)) == 2026


def test_steps_are_counted_in_the_year_of_their_day():
    since, before, later = date(2026, 4, 1), date(2026, 3, 31), date(2026, 4, 1)
    steps = [
        step(1, Action.LODGE, State.LODGED, before),
        step(1, Action.LODGE, State.LODGED, later),  # returned, and lodged again
        step(2, Action.LODGE, State.LODGED, later, Track.BUILDING),
        step(1, Action.DECIDE, State.REFUSED, before),
        step(1, Action.ASK_REVIEW, State.REVIEW, later),
        step(1, Action.DECIDE, State.GRANTED, later),
        step(2, Action.DEFAULT_GRANT, State.GRANTED_BY_DEFAULT, later, Track.BUILDING),
    ]
    got = figures.counted(steps, since)
    assert got.received == {Track.LAND: 0, Track.BUILDING: 1}
    assert +got.refused == {}
    assert got.reviews[Track.LAND] == got.reviews_agreed[Track.LAND] == 1
    assert got.agreed == got.by_default == {Track.BUILDING: 1}


def test_the_page_of_a_year(client, stage):
    panel.decide(
        stage.scored(ours=0).case_id, stage.chair, ground="benefit_not_shown", evidence="None."
    )
    reviewing.ask_review(stage.case_id, stage.organiser, "Look again.")
    got = figures.of_year(2026)
    assert got.refused[Track.LAND] == got.reviews[Track.LAND] == 1
    assert figures.of_year(2025).received[Track.LAND] == 1
    other = factories.holder(stage.area)
    assert not +figures.of_year(2025, other.id).received
    page = shown(client, "/cases/figures?year=2025")
    assert "1 April 2025 to 31 March 2026" in page
    assert re.search(r"Requests received</th>\s*<td[^>]*>1</td>", page)
    for odd in (
        "year=0",
        "year=x",
        "year=99999999999",
        "holder=7777",
        "holder=x",
        "holder=" + str(other.id),
    ):
        assert client.get(f"/cases/figures?{odd}").status_code == 200


def test_a_grant_by_silence_is_counted_as_one(stage):
    stage.under_test()
    after_day("decision", stage.case)
    tick()
    assert db.session.get(Proposal, stage.case_id).state is State.GRANTED_BY_DEFAULT
    got = figures.of_year(2026)
    assert got.agreed[Track.LAND] == got.by_default[Track.LAND] == 1
