"""The public page of a case: what an interest shows, how every date was counted, the clauses of its history, what is private."""

from datetime import date, timedelta

import pytest

from portal import clock
from portal.areas.counting import how_counted
from portal.db import db
from portal.people.models import Group
from portal.petitions import service as petitions
from portal.proposals import queries, service
from portal.proposals.judging import holder, panel
from portal.proposals.recourse import more_time
from portal.proposals.rules import State
from portal.proposals.uses import UseKind
from portal.proposals.writing import declaring
from portal.register.models import Asset
from portal.register.rules import Kind
from tests.proposals.stage import OFFICER, Stage, to_day

SECRET = "Hearing Voices Circle"


@pytest.fixture
def stage(app):
    return Stage()


@pytest.fixture
def interest(stage):
    """A building's case, of which so far only the interest is registered."""
    stage.asset.kind = Kind.BUILDING
    db.session.commit()
    declaring.register_interest(stage.draft().case_id, stage.organiser)
    return stage


def page(client, stage, **more) -> str:
    answer = client.get(f"/cases/{stage.case_id}", **more)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def after(shown: str, *parts: str) -> None:
    """The parts stand on the page, one after the other."""
    at = 0
    for part in parts:
        found = shown.find(part, at)
        assert found >= 0, (part, "is not there" if part not in shown else "comes too early")
        at = found


def test_an_interest_is_told_in_short(client, interest):
    shown = page(client, interest)
    assert "Mill Lane neighbours intends to ask for" in shown
    assert "Raised beds and a bench." in shown
    assert "£600 collected." not in shown
    assert "The church" not in shown
    assert "Neighbours meet." not in shown
    client.sign_in(interest.emails["organiser"])
    assert "£600 collected." in page(client, interest)


def test_what_is_missing_is_the_groups_business_until_it_is_published(client, interest):
    service.lodge(interest.case_id, interest.organiser)
    service.return_incomplete(interest.case_id, interest.broker, "The costs, please.")
    shown = page(client, interest)
    assert "Something is missing" in shown
    assert "The broker says that this is missing" not in shown
    service.lodge(interest.case_id, interest.organiser)
    service.validate(interest.case_id, interest.broker)
    assert "£600 collected." in page(client, interest)


def test_twenty_seconds_are_enough(client, stage):
    stage.on_notice()
    after(
        page(client, stage),
        "A garden for the street",
        "On notice",
        "What happens next",
        "Anybody may speak until Monday 30 March 2026",
        "What you can do now",
        "Speak for or against",
        "Where it stands",
        "What still stands against a grant",
        "28 days",
        "What is proposed",
        "What has happened",
    )


def test_the_petition_and_the_rules_are_one_step_away(client, stage):
    stage.on_notice()
    petitions.open_petition(stage.case_id, stage.organiser, "Open it.", date(2026, 6, 1))
    shown = page(client, stage)
    assert shown.index("Sign the petition") < shown.index("Where it stands")
    assert 'href="/powers"' in shown
    assert 'href="/policy/pilot_compact/2010-01-01"' in shown


def test_every_step_of_the_history_shows_its_clause(client, stage):
    stage.on_notice()
    shown = page(client, stage)
    history = shown[shown.index('id="history"') :]
    for event in stage.case.events:
        clause = stage.profile.cited(event.clause)
        assert f"Clause {clause.number}, {clause.title}" in history
        assert clause.text[:40].replace("'", "&#39;") in history


def test_what_the_broker_took_out_is_not_counted(client, stage):
    stage.on_notice()
    service.represent(stage.case_id, stage.resident, supports=False, words="Too loud.")
    case = stage.case
    case.representations[0].hidden_on = clock.today()
    db.session.commit()
    assert "Too loud." not in page(client, stage)


# ---- how a date was counted


def due(stage, period: str) -> queries.Due:
    stops = queries.where_it_stands(stage.case)
    return next(one for stop in stops for one in stop.dues if one.period == period)


def test_a_plain_period_is_counted_by_its_own_length(stage):
    stage.on_notice()
    one = due(stage, "decision")
    assert one.counted.number == 65
    assert one.counted.due == one.day == stage.case.due["decision"]


def test_a_decision_that_a_hearing_moved_is_counted_with_the_hearing(stage):
    stage.on_notice()
    holder.object_to(
        stage.case_id, stage.officer, ground="operational_need", evidence="A plan.", officer=OFFICER
    )
    one = due(stage, "decision")
    assert stage.case.hearing_opened_on == clock.today()
    assert one.day == stage.case.due["decision_with_hearing"]
    assert one.counted.due == one.day
    assert (one.counted.number, one.counted.unit) == (95, "working days")


def test_a_date_that_both_sides_moved_says_so_and_how_it_was_counted_before(client, stage):
    stage.on_notice()
    first = stage.case.due["holder_response"]
    for weeks in (1, 2):
        until = first + timedelta(weeks=weeks)
        more_time.ask(
            stage.case_id, stage.officer, period="holder_response", until=until, why="Illness."
        )
        more_time.answer(stage.case_id, stage.organiser, given=True, words="")
    one = due(stage, "holder_response")
    assert one.counted.due == one.day == until
    assert one.counted.instead_of == first
    assert one.counted.number == 40
    assert "agreed" in how_counted(one.counted)[0]
    assert how_counted(one.counted)[0] in page(client, stage)


def test_a_refused_wish_for_time_moves_nothing(stage):
    stage.on_notice()
    first = stage.case.due["holder_response"]
    more_time.ask(
        stage.case_id,
        stage.officer,
        period="holder_response",
        until=first + timedelta(weeks=1),
        why="Illness.",
    )
    more_time.answer(stage.case_id, stage.organiser, given=False, words="")
    one = due(stage, "holder_response")
    assert one.counted.instead_of is None
    assert one.day == first


def test_a_date_nobody_can_count_any_more_stands_all_the_same(client, stage):
    stage.on_notice()
    deadline = next(d for d in stage.case.deadlines if d.period == "decision")
    deadline.due += timedelta(days=1)
    db.session.commit()
    assert due(stage, "decision").counted is None
    assert "stands as it was counted then" in page(client, stage)


# ---- what is private


PAGES = (
    "/cases/{case}",
    "/cases/{case}/result",
    "/cases/{case}/holder",
    "/cases/{case}/sign.pdf",
    "/cases",
    "/cases.csv",
    "/cases.json",
    "/cases.atom",
    "/assets/{asset}",
    "/s/{token}",
    "/cases/{rival}",
)


@pytest.mark.parametrize("bring", ["on_notice", "scored", "granted", "in_use"])
def test_a_private_group_is_named_on_no_public_page(client, stage, bring):
    from portal.proposals.signs import sign

    getattr(stage, bring)()
    rival = stage.rival() if bring == "on_notice" else stage.case_id
    group = db.session.get(Group, stage.group_id)
    group.name, group.private = SECRET, True
    db.session.commit()
    known = {
        "case": stage.case_id,
        "asset": stage.asset_id,
        "rival": rival,
        "token": sign.token_of(stage.case_id),
    }
    for who in (None, "resident", "panel"):
        if who:
            client.sign_in(stage.emails[who])
        for path in PAGES:
            answer = client.get(path.format(**known))
            assert answer.status_code == 200, path
            assert SECRET.encode() not in answer.data, (who, path)
    client.sign_in(stage.emails["officer"])
    assert SECRET in page(client, stage)


def test_who_spoke_is_nobodys_business(client, stage):
    stage.on_notice()
    service.represent(stage.case_id, stage.resident, supports=True, words="Green.")
    for path in (f"/cases/{stage.case_id}", "/cases.json", "/cases.atom"):
        body = client.get(path).get_data(as_text=True)
        assert "Anil" not in body
        assert stage.emails["resident"] not in body


def test_the_kind_of_use_is_told_in_words(client, stage):
    stage.on_notice()
    stage.case.use_kind = UseKind.GROWING
    db.session.commit()
    assert "Growing food or plants" in page(client, stage)


def test_a_case_that_is_over_keeps_its_page(client, stage):
    stage.under_test()
    service.withdraw(stage.case_id, stage.organiser, "We found another place.")
    to_day(clock.today() + timedelta(days=4000))
    shown = page(client, stage)
    assert "We found another place." in shown
    assert "What still stands against a grant" not in shown
    assert stage.case.state is State.WITHDRAWN


def test_scores_stay_closed_until_it_is_decided(client, stage):
    stage.scored()
    assert "Because." not in page(client, stage)
    panel.decide(stage.case_id, stage.chair)
    assert "The decision" in page(client, stage)


def test_a_place_that_is_withheld_takes_its_cases_along(client):
    stage = Stage().under_test()
    asset = db.session.get_one(Asset, stage.asset_id)
    asset.name, asset.withheld_why = "The refuge", "People hide there."
    db.session.commit()
    path = f"/cases/{stage.case_id}"
    for who in (None, "resident"):
        if who:
            client.sign_in(stage.emails[who])
        for public in (path, f"{path}/result", f"{path}/holder", f"{path}/sign.pdf"):
            assert client.get(public).status_code == 404, (who, public)
        for listed in ("/cases", "/cases.csv", "/cases.json", "/cases.atom", "/hearings"):
            assert "The refuge" not in client.get(listed).get_data(as_text=True), (who, listed)
    for who in ("organiser", "officer", "broker", "panel", "chair"):
        client.sign_in(stage.emails[who])
        assert client.get(path).status_code == 200, who
