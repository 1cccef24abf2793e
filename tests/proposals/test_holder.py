"""The holder's side: what is due, the three answers with what each needs, open space and what stands against a grant."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from portal import clock
from portal.areas.profile import in_force
from portal.errors import BadInput
from portal.proposals import conditions, files, service
from portal.proposals.filing import FileKind
from portal.proposals.judging import holder, hurdles
from portal.proposals.rules import Action
from portal.proposals.tick import tick
from portal.proposals.uses import UseKind
from portal.proposals.writing import declaring
from tests import factories
from tests.conftest import broken
from tests.proposals.stage import (
    BENEFITS,
    OFFICER,
    PLAN,
    THEIRS,
    Stage,
    after_day,
    on_working_day,
    to_day,
)

PROFILE = in_force("pilot_compact", date(2026, 3, 2))
SCAN = "The notice in the Herald"


@pytest.fixture
def stage(app):
    return Stage()


@pytest.fixture
def english(app):
    """A case on notice where open space must be told in a newspaper."""
    stage = Stage(profile="england_cat").draft()
    more = {"use_kind": UseKind.GROWING, "safeguarding": "Two adults are always there."}
    service.save_draft(stage.case_id, stage.organiser, more, BENEFITS)
    declaring.register_interest(stage.case_id, stage.organiser)
    service.lodge(stage.case_id, stage.organiser)
    service.validate(stage.case_id, stage.broker)
    return stage


def paper(name: str = "survey.png") -> files.Sent:
    return files.Sent(factories.photo(), name, "A survey.")


def text(answer) -> str:
    return answer.get_data(as_text=True)


# ---- objecting

OBJECTION = {"ground": "unsafe", "evidence": "Survey of 2 March.", "officer": OFFICER}


@pytest.mark.parametrize(
    ("lacks", "code"),
    [
        ({"ground": "we may need it"}, "no-ground"),
        ({"ground": ""}, "no-ground"),
        ({"evidence": ""}, "no-evidence"),
        ({"officer": holder.Officer("", "Head")}, "no-officer"),
        ({"officer": holder.Officer("Olu", "")}, "no-officer"),
    ],
)
def test_an_objection_lacks_nothing(stage, lacks, code):
    stage.on_notice()
    with broken(code):
        holder.object_to(stage.case_id, stage.officer, **OBJECTION | lacks, papers=[paper()])
    assert stage.case.response is None
    assert not [f for f in stage.case.files if f.kind is FileKind.HOLDER_EVIDENCE]


def test_an_objection_keeps_its_files_and_its_officer(stage):
    stage.on_notice()
    holder.object_to(stage.case_id, stage.officer, **OBJECTION, papers=[paper(), paper("deed.png")])
    response = stage.case.response
    assert (response.officer, response.post) == ("Olu Ade", "Head of property")
    kept = [f for f in stage.case.files if f.kind is FileKind.HOLDER_EVIDENCE]
    assert [f.name for f in kept] == ["survey.png", "deed.png"]
    assert all(f.public for f in kept)


def test_a_file_that_is_none_leaves_nothing_behind(stage):
    stage.on_notice()
    with pytest.raises(BadInput):
        holder.object_to(
            stage.case_id,
            stage.officer,
            **OBJECTION,
            papers=[paper(), files.Sent(b"MZ\x90", "virus.exe")],
        )
    assert stage.case.response is None
    assert Action.OBJECT not in [e.action for e in stage.case.events]


# ---- naming another use


@pytest.mark.parametrize("lacks", holder.PLAN)
def test_a_plan_is_all_of_it(stage, lacks):
    stage.on_notice()
    with broken("no-plan"):
        holder.name_alternative(
            stage.case_id, stage.officer, planned=True, plan=PLAN | {lacks: ""}, benefits=THEIRS
        )


@pytest.mark.parametrize("benefits", [{}, {"social": ("", "")}, {"social": ("Cars.", "")}])
def test_a_plan_says_what_it_brings_and_what_shows_it(stage, benefits):
    stage.on_notice()
    with broken("no-plan"):
        holder.name_alternative(
            stage.case_id, stage.officer, planned=True, plan=PLAN, benefits=benefits
        )


def test_the_document_may_be_a_file(stage):
    stage.on_notice()
    holder.name_alternative(
        stage.case_id,
        stage.officer,
        planned=False,
        plan=PLAN | {"document": ""},
        benefits=THEIRS,
        papers=[paper("strategy.png")],
    )
    assert stage.case.response.document == "strategy.png"


# ---- the pages


def test_the_form_says_what_must_be_shown_for_each_ground(client, stage):
    stage.on_notice()
    client.sign_in(stage.emails["officer"])
    shown = text(client.get(f"/cases/{stage.case_id}/object"))
    for words in PROFILE.ground_evidence.values():
        assert str(escape(words)) in shown
    assert 'enctype="multipart/form-data"' in shown


def test_the_form_takes_files_and_the_page_leads_to_them(client, stage):
    stage.on_notice()
    client.sign_in(stage.emails["officer"])
    sent = {
        "ground": "unsafe",
        "evidence": "A survey.",
        "officer": "Olu",
        "post": "Surveyor",
        "files": (BytesIO(factories.photo()), "survey.png"),
    }
    path = f"/cases/{stage.case_id}"
    answer = client.send(f"{path}/object", sent, content_type="multipart/form-data")
    assert answer.location == path, text(answer)
    shown = text(client.get(path))
    assert "Olu, Surveyor" in shown
    number = next(f.id for f in stage.case.files if f.kind is FileKind.HOLDER_EVIDENCE)
    assert f"{path}/files/{number}" in shown


def test_an_alternative_without_document_or_evidence_keeps_what_was_typed(client, stage):
    stage.on_notice()
    client.sign_in(stage.emails["officer"])
    sent = {k: str(v) for k, v in PLAN.items() if k not in ("begins", "document")} | {
        "planned": "plans",
        "begins-day": "1",
        "begins-month": "1",
        "begins-year": "2028",
        "gain_social": "Thirty spaces.",
    }
    answer = client.send(f"/cases/{stage.case_id}/name-alternative", sent)
    assert answer.status_code == 422
    assert "Name the document that says so, or add it as a file." in text(answer)
    assert "Say what shows that it would bring this." in text(answer)
    assert "Capital, line 14" in text(answer)
    nothing = {k: v for k, v in sent.items() if k != "gain_social"}
    answer = client.send(f"/cases/{stage.case_id}/name-alternative", nothing)
    assert "for at least one of these" in text(answer)


@pytest.mark.parametrize(
    ("means", "says"),
    [
        ("grant", "granted by default: the council adopted the compact by resolution Minute 12"),
        ("escalate", "goes to the named senior officer"),
        ("review", "ask for a review by another panel"),
    ],
)
def test_the_holders_page_says_what_silence_means_here(client, stage, monkeypatch, means, says):
    monkeypatch.setattr(conditions, "silence_means", lambda _case: means)
    stage.on_notice()
    shown = text(client.get(f"/cases/{stage.case_id}/holder"))
    assert says in shown
    assert "The holder answers by the end of" in shown
    assert "Only officers of" in shown
    assert f"/cases/{stage.case_id}/object" not in shown


def test_the_holders_page_opens_its_doors_to_officers_until_the_answer(client, stage):
    stage.on_notice()
    client.sign_in(stage.emails["officer"])
    path = f"/cases/{stage.case_id}"
    shown = text(client.get(f"{path}/holder"))
    for slug in ("agree", "object", "name-alternative"):
        assert f'href="{path}/{slug}"' in shown
    on_working_day(5)
    holder.agree(stage.case_id, stage.officer)
    shown = text(client.get(f"{path}/holder"))
    assert f'href="{path}/object"' not in shown
    assert "The holder has answered" in shown


def test_the_holders_page_is_not_there_before_it_is_published(client, stage):
    stage.lodged()
    client.sign_in(stage.emails["organiser"])
    assert client.get(f"/cases/{stage.case_id}/holder").status_code == 404


# ---- open space

MONDAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("notices", "number", "running"),
    [
        ([], 1, False),
        ([("Herald", 0)], 1, True),
        ([("Herald", 0)], 2, False),
        ([("Herald", 0), ("Herald", 7)], 2, True),
        ([("Herald", 6), ("Herald", 7)], 2, True),  # Sunday and the Monday after
        ([("Herald", 0), ("Herald", 6)], 2, False),  # twice in one week
        ([("Herald", 0), ("Herald", 14)], 2, False),
        ([("Herald", 0), ("Post", 7)], 2, False),
        ([(" herald", 0), ("HERALD ", 7)], 2, True),
        ([("The  Herald", 0), ("the herald", 7)], 2, True),
        ([("Herald", 0), ("Herald", 7), ("Herald", 14)], 3, True),
    ],
)
def test_weeks_that_follow_each_other(notices, number, running):
    given_ = [(paper_, MONDAY + timedelta(days=days)) for paper_, days in notices]
    assert conditions.weeks_running(given_, number) is running


DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))
NOTICES = st.lists(st.tuples(st.sampled_from(["Herald", "Post"]), DAYS), max_size=12)


@given(NOTICES, st.integers(1, 4), st.tuples(st.sampled_from(["Herald", "Post"]), DAYS))
def test_one_notice_more_never_undoes_it(notices, number, more):
    if conditions.weeks_running(notices, number):
        assert conditions.weeks_running([*notices, more], number)
        assert conditions.weeks_running(notices[::-1], number)
        assert number == 1 or conditions.weeks_running(notices, number - 1)


@given(DAYS, st.integers(1, 6), st.integers(0, 6))
def test_a_weekly_notice_runs_as_many_weeks_as_it_appears(first, number, weekday):
    monday = first - timedelta(days=first.weekday())
    weekly = [("Herald", monday + timedelta(days=7 * n + weekday)) for n in range(number)]
    assert conditions.weeks_running(weekly, number)
    assert not conditions.weeks_running(weekly, number + 1)


def notice(on: date, newspaper: str = "Herald") -> holder.Notice:
    return holder.Notice(newspaper, on, files.Sent(factories.photo(), "page.png", SCAN))


def test_open_space_stands_against_a_grant_until_two_weeks_of_notices(english):
    case, who = english.case_id, english.broker
    english.sign_shown()
    open_space = "open_space_notices"
    assert open_space in conditions.blocks_of(english.case)
    assert "Nobody has said yet" in hurdles.hurdles(english.case)[-1].stands
    holder.record_notice(case, who, open_space=True)
    assert open_space in conditions.blocks_of(english.case)
    holder.record_notice(case, who, open_space=True, notice=notice(clock.today()))
    stands = next(h for h in hurdles.hurdles(english.case) if "Herald" in h.stands)
    assert "2 weeks that follow each other" in stands.to_do
    to_day(clock.today() + timedelta(days=7))
    holder.record_notice(case, who, open_space=True, notice=notice(clock.today()))
    assert open_space not in conditions.blocks_of(english.case)
    assert len([f for f in english.case.files if f.kind is FileKind.SPACE_NOTICE]) == 2


def test_what_is_no_open_space_needs_no_notices(english):
    holder.record_notice(english.case_id, english.broker, open_space=False, words="The register.")
    assert "open_space_notices" not in conditions.blocks_of(english.case)
    assert "It is not open space. The register." in english.case.events[-1].why


@pytest.mark.parametrize(
    ("days", "scan", "code"),
    [(1, True, "too-late"), (-400, True, "too-early"), (0, False, "no-paper")],
)
def test_a_notice_has_appeared_and_is_shown(english, days, scan, code):
    on = clock.today() + timedelta(days=days)
    one = notice(on) if scan else notice(on)._replace(scan=None)
    with broken(code):
        holder.record_notice(english.case_id, english.broker, open_space=True, notice=one)
    assert english.case.open_space is None


def test_a_notice_is_recorded_once(english):
    for _again in range(2):
        holder.record_notice(english.case_id, english.broker, open_space=True)
    assert [e.action for e in english.case.events].count(Action.RECORD_NOTICE) == 1
    today = notice(clock.today())
    holder.record_notice(english.case_id, english.broker, open_space=True, notice=today)
    with broken("notice-there"):
        holder.record_notice(english.case_id, english.broker, open_space=True, notice=today)
    assert len(english.case.notices) == 1


def test_only_where_the_profile_asks_for_it(stage):
    stage.on_notice()
    with broken("no-notices"):
        holder.record_notice(stage.case_id, stage.broker, open_space=True)


def test_the_notice_by_the_page(client, english):
    client.sign_in(english.emails["broker"])
    path = f"/cases/{english.case_id}"
    half = {"open_space": "yes", "newspaper": "Herald"}
    answer = client.send(f"{path}/record-notice", half)
    assert answer.status_code == 422
    assert "Write the day on which the notice appeared." in text(answer)
    assert "Add a scan or a photo of the notice." in text(answer)
    assert 'value="Herald"' in text(answer)
    answer = client.send(f"{path}/record-notice", {"open_space": "no"})
    assert "Say how you know" in text(answer)
    on = clock.today()
    whole = half | {
        "on-day": str(on.day),
        "on-month": str(on.month),
        "on-year": str(on.year),
        "scan": (BytesIO(factories.photo()), "page.png"),
    }
    answer = client.send(f"{path}/record-notice", whole, content_type="multipart/form-data")
    assert answer.location == path, text(answer)
    client.sign_in(english.emails["resident"])
    shown = text(client.get(path))
    assert "What still stands against a grant" in shown
    assert "Herald" in shown


def test_what_stands_against_a_grant_is_told_with_what_to_do(client, stage):
    stage.on_notice()
    shown = text(client.get(f"/cases/{stage.case_id}"))
    assert "What still stands against a grant" in shown
    assert "The sign went up on Monday 2 March 2026." in shown
    after_day("holder_response", stage.case)
    tick()
    shown = text(client.get(f"/cases/{stage.case_id}"))
    assert "The members of the panel score the test." in shown
    assert "The sign went up" not in shown
