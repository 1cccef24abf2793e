"""The pages of a case through the client, for each role, with what is typed kept."""

import pytest

from portal.db import db
from portal.people.models import Group
from portal.proposals.judging import holder, panel
from portal.proposals.tick import tick
from tests.conftest import csrf_token
from tests.proposals.stage import OFFICER, Stage, after_day, on_working_day


@pytest.fixture
def stage(app):
    return Stage()


def page(client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_data(as_text=True)


def text(answer) -> str:
    return answer.get_data(as_text=True)


def test_a_draft_is_for_its_group_only(client, stage):
    stage.draft()
    path = f"/cases/{stage.case_id}"
    assert client.get(path).status_code == 404
    for who, status in (("organiser", 200), ("broker", 404), ("officer", 404), ("resident", 404)):
        client.sign_in(stage.emails[who])
        assert client.get(path).status_code == status, who
    assert "A garden for the street" not in page(client, "/cases")


def test_the_register_of_cases_filters_by_state(client, stage):
    stage.on_notice()
    assert "A garden for the street" in page(client, "/cases")
    assert "A garden for the street" in page(client, "/cases?state=on_notice")
    assert "A garden for the street" not in page(client, "/cases?state=refused")
    assert "1 case" in page(client, "/cases?state=on_notice&after=x")


def test_a_case_shows_where_it_stands_and_how_each_day_was_counted(client, stage):
    stage.on_notice()
    shown = page(client, f"/cases/{stage.case_id}")
    assert "Mill Lane neighbours" in shown
    assert "Wednesday 29 April 2026" in shown  # working day 40
    assert "Good Friday" in shown
    assert "Friday 5 June 2026" in shown  # working day 65
    assert "/cases/1/represent" in shown  # the door is open to somebody not signed in
    assert "/cases/1/object" not in shown


def test_a_private_group_is_named_to_the_sides_only(client, stage):
    stage.on_notice()
    db.session.get(Group, stage.group_id).private = True
    db.session.commit()
    path = f"/cases/{stage.case_id}"
    for address in (path, "/cases"):
        assert "Mill Lane neighbours" not in page(client, address)
    client.sign_in(stage.emails["officer"])
    assert "Mill Lane neighbours" in page(client, path)


def test_words_are_public_and_names_are_not(client, stage):
    stage.on_notice()
    path = f"/cases/{stage.case_id}"
    client.sign_in(stage.emails["resident"])
    wrong = client.send(f"{path}/represent", {"words": "Beans are better."})
    assert wrong.status_code == 422
    assert "Beans are better." in text(wrong)
    told = {"stance": "for", "words": "Beans are better."}
    assert client.send(f"{path}/represent", told).location == path
    shown = page(client, path)
    assert "Beans are better." in shown
    assert "Anil" not in shown
    assert "For it: 1. Against it: 0." in shown
    again = client.get(f"{path}/represent", follow_redirects=True)
    assert "You have already spoken" in text(again)
    client.sign_in(stage.emails["organiser"])
    number = stage.case.representations[0].id
    client.send(f"{path}/answer", {f"answer_{number}": "We think so too."})
    assert "We think so too." in page(client, path)


PAGES = [
    ("draft", "organiser", "lodge"),
    ("draft", "organiser", "withdraw"),
    ("lodged", "broker", "return-incomplete"),
    ("lodged", "broker", "validate"),
    ("on_notice", "resident", "represent"),
    ("on_notice", "officer", "agree"),
    ("on_notice", "officer", "object"),
    ("on_notice", "officer", "name-alternative"),
    ("on_notice", "panel", "declare-interest"),
    ("under_test", "panel", "score"),
    ("under_test", "broker", "check-capacity"),
    ("scored", "chair", "decide"),
    ("granted", "broker", "draft-agreement"),
    ("agreed", "organiser", "sign"),
    ("agreed", "officer", "sign"),
    ("in_use", "organiser", "end"),
]


@pytest.mark.parametrize(("state", "who", "slug"), PAGES)
def test_every_action_has_its_page_and_its_button(client, stage, state, who, slug):
    getattr(stage, state)()
    path = f"/cases/{stage.case_id}"
    client.sign_in(stage.emails[who])
    assert f'href="{path}/{slug}"' in page(client, path)
    assert "<form" in page(client, f"{path}/{slug}")


@pytest.mark.parametrize(("state", "who", "slug"), PAGES)
def test_nobody_else_gets_in(client, stage, state, who, slug):
    getattr(stage, state)()
    path = f"/cases/{stage.case_id}/{slug}"
    assert client.get(path).location.startswith("/sign-in")
    stranger = (
        "panel" if who in ("resident", "broker", "organiser", "officer", "chair") else "chair"
    )
    if slug in ("represent", "declare-interest"):
        return  # open to the stranger too
    client.sign_in(stage.emails[stranger])
    assert client.get(path).status_code in (403, 404)


def test_unknown_addresses_are_pages_too(client, stage):
    stage.on_notice()
    client.sign_in(stage.emails["broker"])
    assert client.get("/cases/999999999999").status_code == 404
    assert client.get(f"/cases/{stage.case_id}/publish").status_code == 404
    assert client.get(f"/cases/{stage.case_id}/nonsense").status_code == 404
    late = client.get(f"/cases/{stage.case_id}/validate", follow_redirects=True)
    assert "the case has moved on" in text(late)


def test_a_form_that_comes_too_late_comes_back_with_what_was_typed(client, stage):
    stage.on_notice()
    path = f"/cases/{stage.case_id}/represent"
    client.sign_in(stage.emails["resident"])
    token = csrf_token(page(client, path))
    typed = {"stance": "for", "words": "Beans are better.", "csrf_token": token}
    assert client.post(path, data=typed).status_code == 302
    second = client.post(path, data=typed)  # a double click
    assert second.status_code == 409
    assert "You have already spoken" in text(second)
    assert "Beans are better." in text(second)


def test_a_stranger_sees_no_agreement_by_sending_its_form(client, stage):
    stage.in_use()
    client.sign_in(stage.emails["resident"])
    sent = {"name": "Me", "csrf_token": csrf_token(page(client, "/account"))}
    answer = client.post(f"/cases/{stage.case_id}/sign", data=sent)
    assert answer.status_code == 409
    assert "Subject to contract and without" not in text(answer)


def test_the_whole_way_by_the_pages(client, stage):
    stage.lodged()
    path = f"/cases/{stage.case_id}"

    def does(who, slug, data):
        client.sign_in(stage.emails[who])
        answer = client.send(f"{path}/{slug}", data)
        assert answer.location == path, text(answer)
        return page(client, path)

    returned = does("broker", "return-incomplete", {"which": ["costs"], "words": "Say more."})
    assert "Say more." in returned
    assert "How the costs are covered" in returned
    client.sign_in(stage.emails["organiser"])
    assert "Say more." in page(client, f"{path}/edit")
    does("organiser", "lodge", {})
    does("broker", "validate", {})
    stage.sign_shown()
    plan = {
        "planned": "plans",
        "name": "Car park",
        "use": "Parking",
        "begins-day": "1",
        "begins-month": "2",
        "begins-year": "2028",
        "budget_line": "Line 14",
        "document": "Strategy",
        "gain_economic": "Jobs",
        "evidence_economic": "A count.",
    }
    client.sign_in(stage.emails["officer"])
    bare = client.send(f"{path}/name-alternative", plan | {"budget_line": ""})
    assert bare.status_code == 422
    assert "Car park" in text(bare)
    assert "Car park" in does("officer", "name-alternative", plan)
    after_day("answers", stage.case)
    assert len(tick()) == 1
    sheet = {}
    for criterion in stage.profile.criteria:
        for side, points in (("proposal", "3"), ("alternative", "1")):
            sheet[f"points_{side}_{criterion}"] = points
            sheet[f"reason_{side}_{criterion}"] = "Because."
    client.sign_in(stage.emails["panel"])
    partial = client.send(f"{path}/score", sheet | {"reason_proposal_social": ""})
    assert "Social wellbeing: give a reason." in text(partial)
    does("panel", "score", sheet)
    does("panel2", "score", sheet)
    checks = {f"holds_{item}": "yes" for item in stage.profile.capacity}
    checks |= {f"evidence_{item}": "Seen." for item in stage.profile.capacity}
    does("broker", "check-capacity", checks)
    shown = does("chair", "decide", {"reasons": "Well shown."})
    assert "The group would bring more: 3 against 1 of 4." in page(client, f"{path}/result")
    assert "Well shown." in shown
    terms = {
        "form": "licence",
        "rent": "0",
        "deposit": "0",
        "starts_on-day": "1",
        "starts_on-month": "9",
        "starts_on-year": "2026",
        "term_months": "36",
        "permitted_use": "A garden",
    }
    client.sign_in(stage.emails["broker"])
    assert client.send(f"{path}/draft-agreement", terms | {"term_months": "900"}).status_code == 409
    does("broker", "draft-agreement", terms)
    assert "Subject to contract and without" in page(client, path)
    stage.accept("organiser")
    stage.accept("officer")
    for who in ("organiser", "officer"):
        signs = {"name": who, "position": "Chair", "read": "y"}
        shown = does(who, "sign", signs | {"shown_hash": stage.agreement.sha256})
    assert "Subject to contract and without" not in shown
    does("broker", "hand-over", {"words": "Sound."})
    assert "In use" in page(client, f"/assets/{stage.asset_id}")
    client.sign_in(stage.emails["resident"])
    assert "Subject to contract and without" not in page(client, path)  # the text is for the sides


def test_the_decide_page_shows_a_refusal_and_keeps_what_was_typed(client, stage):
    stage.scored(ours=1, theirs=3, alternative=True)
    client.sign_in(stage.emails["chair"])
    path = f"/cases/{stage.case_id}/decide"
    assert "It does not pass the test" in page(client, path)
    answer = client.send(path, {"evidence": "Page 31 of the strategy."})
    assert answer.status_code == 422
    assert "Page 31 of the strategy." in text(answer)
    client.send(path, {"evidence": "Page 31.", "ground": "better_alternative"})
    shown = page(client, f"/cases/{stage.case_id}")
    assert "An alternative use of greater benefit" in shown


def test_scores_are_hidden_until_one_has_given_ones_own(client, stage):
    stage.under_test()
    panel.score(stage.case_id, stage.panel, stage.sheet(4))
    path = f"/cases/{stage.case_id}"
    for who, sees in (("panel", True), ("panel2", False), ("officer", False), ("chair", False)):
        client.sign_in(stage.emails[who])
        assert ("The test of benefit" in page(client, path)) is sees, who
    panel.score(stage.case_id, stage.panel2, stage.sheet(2))
    client.sign_in(stage.emails["panel2"])
    assert "2 to 4" in page(client, f"{path}/result")


def test_an_asset_leads_to_its_claim_and_its_case(client, stage):
    assert "Claim this land" in page(client, f"/assets/{stage.asset_id}")
    stage.on_notice()
    assert "See the case: A garden for the street" in page(client, f"/assets/{stage.asset_id}")


def test_the_holders_answer_is_on_the_page(client, stage):
    stage.on_notice()
    on_working_day(5)
    holder.object_to(
        stage.case_id,
        stage.officer,
        ground="unsafe",
        evidence="Survey.",
        officer=OFFICER,
    )
    shown = page(client, f"/cases/{stage.case_id}")
    assert "The holder objects." in shown
    assert "Olu Ade" in shown
