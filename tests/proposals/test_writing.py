"""A proposal is written part by part, over several visits and by several hands, and nothing typed is lost."""

import pytest
from sqlalchemy import func, select

from portal.db import db
from portal.notices.models import Letter
from portal.people.models import Group, Membership
from portal.people.rules import GroupKind
from portal.proposals import files, service
from portal.proposals.models import Proposal
from portal.proposals.rules import State
from portal.proposals.writing import declaring
from portal.proposals.writing import service as writing
from portal.proposals.writing.sections import WRITTEN, Section, after, section_of
from portal.register.rules import Kind
from tests import factories
from tests.conftest import broken, csrf_token
from tests.proposals.stage import BENEFITS, Stage
from tests.proposals.stage import WRITTEN as GOOD
from tests.proposals.test_races import at_once

JSON = {"Accept": "application/json"}


@pytest.fixture
def stage(app):
    return Stage()


def text(answer) -> str:
    return answer.get_data(as_text=True)


def page(client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, text(answer)
    return text(answer)


def second_organiser(stage: Stage) -> int:
    other = factories.user("sam@example.org", name="Sam")
    db.session.add(Membership(user_id=other.id, group_id=stage.group_id))
    db.session.commit()
    return other.id


def save(stage: Stage, who: int, version: int, **answers) -> writing.Saved:
    return writing.save_section(stage.case_id, who, Section.WHAT, answers, version=version)


def begun(stage: Stage) -> Stage:
    stage.case_id = service.start(stage.asset_id, stage.organiser, stage.group_id).id
    return stage


# ---- the parts


def test_every_answer_has_one_part_and_every_part_leads_on():
    assert {section_of(name) for name in (*WRITTEN, "benefits")} == set(Section)
    assert section_of("gain_social") is section_of("evidence_other") is Section.BRINGS
    assert section_of("files") is section_of("sign") is None
    order, part = [Section.WHAT], Section.WHAT
    while part := after(part):
        order.append(part)
    assert order == list(Section)


# ---- two at once


def test_two_who_write_at_once_hear_of_each_other_and_lose_nothing(stage):
    begun(stage)
    sam = second_organiser(stage)
    first = save(stage, stage.organiser, 0, title="Beds", use="Beans.")
    assert (first.version, first.clashes) == (1, {})
    # Sam's page is older: what Rosa wrote is told and kept, and what only Sam wrote is kept too.
    second = save(stage, sam, 0, title="A pond", use_kind="nature")
    assert second.clashes == {"title": "Beds"}
    assert second.by == "Rosa"
    assert (stage.case.title, stage.case.use_kind, stage.case.use) == ("Beds", "nature", "Beans.")
    # Having read it, Sam saves again from the new version.
    third = save(stage, sam, second.version, title="A pond and beds")
    assert third.clashes == {}
    assert stage.case.title == "A pond and beds"


def test_the_same_words_twice_are_no_clash_and_no_new_version(stage):
    begun(stage)
    assert save(stage, stage.organiser, 0, title="Beds", use="Beans.\nPeas.").version == 1
    again = save(stage, stage.organiser, 0, title="Beds", use="Beans.\r\nPeas.")
    assert again == writing.Saved(1, {}, "")


def test_parts_do_not_get_in_each_others_way(stage):
    begun(stage)
    sam = second_organiser(stage)
    save(stage, stage.organiser, 0, title="Beds")
    saved = writing.save_section(stage.case_id, sam, Section.MEANS, {"costs": "£20"}, version=0)
    assert saved.clashes == {}
    assert (stage.case.title, stage.case.costs) == ("Beds", "£20")


def test_what_it_brings_clashes_box_by_box(stage):
    begun(stage)
    sam, part = second_organiser(stage), Section.BRINGS
    mine = {"gain_social": "They meet.", "evidence_social": ""}
    theirs = {"gain_social": "They sing.", "evidence_social": "A letter."}
    writing.save_section(stage.case_id, stage.organiser, part, mine, version=0)
    saved = writing.save_section(stage.case_id, sam, part, theirs, version=0)
    assert saved.clashes == {"gain_social": "They meet."}
    (benefit,) = stage.case.benefits
    assert (benefit.gain, benefit.evidence) == ("They meet.", "A letter.")


def test_two_saves_at_the_same_moment_and_one_is_told(app, stage):
    begun(stage)
    sam = second_organiser(stage)
    answers = at_once(
        app,
        lambda: save(stage, stage.__dict__["ids"]["organiser"], 0, title="Beds"),
        lambda: save(stage, sam, 0, title="A pond"),
    )
    assert sorted(len(answer.clashes) for answer in answers) == [0, 1]
    kept = next(answer for answer in answers if answer.clashes).clashes["title"]
    assert stage.case.title == kept


def test_nobody_else_writes_and_nobody_after_lodging(stage):
    begun(stage)
    with broken("not-your-part"):
        save(stage, stage.broker, 0, title="Mine")
    stage.lodged()
    with broken("not-now"):
        save(stage, stage.organiser, 0, title="Later")
    assert stage.case.title == GOOD["title"]


# ---- starting


def test_a_second_press_by_another_organiser_opens_the_same_case(app, stage):
    sam, rosa = second_organiser(stage), stage.organiser
    asset_id, group_id = stage.asset_id, stage.group_id
    cases = at_once(
        app,
        lambda: service.start(asset_id, rosa, group_id).id,
        lambda: service.start(asset_id, sam, group_id).id,
    )
    assert len(set(cases)) == 1
    assert db.session.scalar(select(func.count(Proposal.id))) == 1


def test_a_group_comes_back_to_its_case_also_when_it_is_lodged(stage):
    stage.on_notice()
    assert service.start(stage.asset_id, stage.organiser, stage.group_id).id == stage.case_id
    service.withdraw(stage.case_id, stage.organiser, "Moved.")
    assert service.start(stage.asset_id, stage.organiser, stage.group_id).id != stage.case_id


def test_the_claim_page_says_who_asks_for_the_place_already(client, stage):
    stage.on_notice()
    other = factories.user("eve@example.org")
    factories.group(stage.area, other, name="Beekeepers")
    client.sign_in("eve@example.org")
    shown = page(client, f"/assets/{stage.asset_id}/claim")
    assert "Another group asks for this place too" in shown
    assert f'href="/cases/{stage.case_id}"' in shown
    assert "Mill Lane neighbours" in shown
    assert "tested together" in shown
    db.session.get(Group, stage.group_id).private = True
    db.session.commit()
    shown = page(client, f"/assets/{stage.asset_id}/claim")
    assert "Mill Lane neighbours" not in shown
    client.sign_in(stage.emails["organiser"])
    assert "Your group asks for this place already" in page(
        client, f"/assets/{stage.asset_id}/claim"
    )


# ---- the pages


def test_a_group_claims_writes_and_lodges_over_several_visits(client, stage):
    claim = f"/assets/{stage.asset_id}/claim"
    assert client.get(claim).location.startswith("/sign-in?next=")
    client.sign_in(stage.emails["organiser"])
    answer = client.send(claim, {"group": str(stage.group_id)})
    edit = answer.location
    case_id = int(edit.split("/")[2])
    # A second press opens the same draft.
    assert client.send(claim, {"group": str(stage.group_id)}).location == edit
    assert "Not begun" in page(client, edit)
    # Half a page is saved, and the number that cannot be read is shown again beside its error.
    answer = client.send(f"{edit}/when", {"timescale": "Spring", "term_months": "three years"})
    assert answer.status_code == 422
    assert "three years" in text(answer)
    assert db.session.get(Proposal, case_id).timescale == "Spring"
    # Lodging tells what is missing, with links to where it is written.
    answer = client.send(f"/cases/{case_id}/lodge", {})
    assert answer.status_code == 409
    assert f'href="{edit}/what#use"' in text(answer)
    assert f'href="{edit}/brings#benefits"' in text(answer)
    parts = {
        "what": {"title": "A garden", "use": "Beds", "use_kind": "growing"},
        "when": {"timescale": "Spring", "term_months": "24"},
        "means": {"costs": "Ours", "insurance": "The church"},
        "who": {"responsible": "Rosa", "backing": "The school"},
        "brings": {"gain_social": "Meeting", "evidence_social": "Letters"},
    }
    order = list(parts)
    for part, answers in parts.items():
        answer = client.send(f"{edit}/{part}", answers | {"on": "1"})
        further = order[order.index(part) + 1 :]
        assert answer.location == (f"{edit}/{further[0]}" if further else f"/cases/{case_id}/files")
    assert "Everything that is needed is there" in page(client, edit)
    shown = page(client, f"/cases/{case_id}/lodge")
    for answer in ("A garden", "Growing food or plants", "The school", "Meeting", "Letters"):
        assert answer in shown
    assert client.send(f"/cases/{case_id}/lodge", {}).location == f"/cases/{case_id}"
    assert db.session.get(Proposal, case_id, populate_existing=True).state is State.LODGED
    assert client.get(edit).status_code == 302
    assert client.get(f"{edit}/what").status_code == 302


def test_the_second_to_save_sees_both_and_keeps_what_was_typed(client, app, stage):
    begun(stage)
    second_organiser(stage)
    path = f"/cases/{stage.case_id}/edit/what"
    rosa, sam = client, app.test_client()
    rosa.sign_in(stage.emails["organiser"])
    sam.sign_in("sam@example.org")
    pages = {who: text(who.get(path)) for who in (rosa, sam)}

    def sends(who, **typed):
        version = pages[who].split('name="version"')[1].split('value="')[1].split('"')[0]
        sent = {"csrf_token": csrf_token(pages[who]), "version": version, "use": "", **typed}
        answer = who.post(path, data=sent)
        pages[who] = text(answer)
        return answer

    assert sends(rosa, title="Beds").status_code == 302
    answer = sends(sam, title="A pond", use="Newts.")
    assert answer.status_code == 409
    assert "Somebody else wrote on this page meanwhile" in text(answer)
    assert 'value="A pond"' in text(answer)
    assert ">Beds</dd>" in text(answer)
    assert (stage.case.title, stage.case.use) == ("Beds", "Newts.")
    assert sends(sam, title="A pond and beds", use="Newts.").status_code == 302
    assert stage.case.title == "A pond and beds"


def test_an_expired_page_writes_nothing_and_loses_nothing(client, stage):
    stage.draft()
    client.sign_in(stage.emails["organiser"])
    path = f"/cases/{stage.case_id}/edit/what"
    answer = client.post(path, data={"title": "Newer", "csrf_token": "old"})
    assert answer.status_code == 422
    assert "Newer" in text(answer)
    assert stage.case.title == GOOD["title"]


def test_whoever_is_signed_out_sees_what_was_typed(client, stage):
    stage.draft()
    answer = client.post(f"/cases/{stage.case_id}/edit/what", data={"title": "Long words"})
    assert answer.status_code == 403
    assert "Long words" in text(answer)


def test_a_page_that_was_lodged_meanwhile_gives_its_words_back(client, stage):
    stage.draft()
    client.sign_in(stage.emails["organiser"])
    path = f"/cases/{stage.case_id}/edit/what"
    token = csrf_token(page(client, path))
    service.lodge(stage.case_id, stage.organiser)
    answer = client.post(path, data={"csrf_token": token, "title": "Later", "use": "More."})
    assert answer.status_code == 409
    assert "has been lodged" in text(answer)
    assert "Later" in text(answer)
    assert stage.case.title == GOOD["title"]


def test_the_script_saves_in_the_background_and_says_so(client, stage):
    begun(stage)
    client.sign_in(stage.emails["organiser"])
    path = f"/cases/{stage.case_id}/edit/when"
    token = csrf_token(page(client, path))

    def sent(**typed):
        return client.post(path, headers=JSON, data={"csrf_token": token, **typed})

    told = sent(version="0", timescale="March").get_json()
    assert told["said"] == "Saved at 10:00"
    assert told["version"] == 1
    told = sent(version="1", timescale="March", term_months="many").get_json()
    assert "cannot read yet" in told["said"]
    answer = client.post(path, headers=JSON, data={"csrf_token": "old", "timescale": "May"})
    assert answer.status_code == 409
    assert "open for a long time" in answer.get_json()["said"]
    fresh = answer.get_json()["token"]
    good = {"csrf_token": fresh, "version": "1", "timescale": "May"}
    assert client.post(path, headers=JSON, data=good).get_json()["version"] == 2
    clash = {"csrf_token": fresh, "version": "1", "timescale": "June"}
    answer = client.post(path, headers=JSON, data=clash)
    assert answer.status_code == 409
    assert answer.get_json()["clash"] is True
    assert stage.case.timescale == "May"
    signed_out = client.application.test_client().post(path, headers=JSON, data=good)
    assert signed_out.status_code == 403
    assert "Sign in again in another tab" in signed_out.get_json()["detail"]


def test_a_part_that_is_none_is_a_page_that_is_none(client, stage):
    stage.draft()
    client.sign_in(stage.emails["organiser"])
    assert client.get(f"/cases/{stage.case_id}/edit/nonsense").status_code == 404
    client.sign_in(stage.emails["resident"])
    assert client.get(f"/cases/{stage.case_id}/edit/what").status_code == 404


def test_a_group_without_a_constitution_reads_its_ways_to_insurance(client, stage):
    stage.draft()
    client.sign_in(stage.emails["organiser"])
    path = f"/cases/{stage.case_id}/edit/means"
    assert "You need no constitution for insurance" in page(client, path)
    group = db.session.get(Group, stage.group_id)
    group.sponsor = "St Anne's Church"
    db.session.commit()
    assert "St Anne&#39;s Church stands behind you" in page(client, path)
    group = db.session.get(Group, stage.group_id)
    group.kind = GroupKind.CHARITY
    db.session.commit()
    assert "You need no constitution" not in page(client, path)


# ---- interest


def building(stage: Stage) -> Stage:
    asset = factories.asset(stage.holder, kind=Kind.BUILDING)
    stage.asset_id = asset.id
    return begun(stage)


def test_a_building_begins_with_a_registered_interest(client, stage):
    building(stage)
    with broken("no-title"):
        declaring.register_interest(stage.case_id, stage.organiser)
    with broken("interest-first"):
        writing.save_draft(stage.case_id, stage.organiser, GOOD | {"term_months": 12}, BENEFITS)
        service.lodge(stage.case_id, stage.organiser)
    client.sign_in(stage.emails["organiser"])
    edit = f"/cases/{stage.case_id}/edit"
    assert "Tell the neighbourhood first" in page(client, edit)
    path = f"/cases/{stage.case_id}/register-interest"
    shown = page(client, path)
    assert GOOD["title"] in shown
    assert "Mill Lane neighbours" in shown
    assert client.send(path, {}).location == f"/cases/{stage.case_id}"
    assert stage.case.state is State.INTEREST
    assert stage.case.declared_on is not None
    assert "Tell the neighbourhood first" not in page(client, edit)
    service.lodge(stage.case_id, stage.organiser)
    assert stage.case.state is State.LODGED


def test_on_land_one_may_declare_ones_intention_and_may_leave_it(client, stage):
    stage.draft()
    client.sign_in(stage.emails["organiser"])
    assert "Declare your intention" in page(client, f"/cases/{stage.case_id}/edit")
    service.lodge(stage.case_id, stage.organiser)
    assert stage.case.declared_on is None


# ---- repeats, and giving up


def test_a_repeat_is_declined_or_taken_on_with_a_reason(client, stage):
    stage.refused_and_lodged_again()
    client.sign_in(stage.emails["broker"])
    path = f"/cases/{stage.case_id}"
    for slug in ("decline-repeat", "validate"):
        assert f'href="/cases/{stage.refused_id}"' in page(client, f"{path}/{slug}")
        bare = client.send(f"{path}/{slug}", {"words": " "})
        assert bare.status_code == 422
    with broken("repeat"):
        service.validate(stage.case_id, stage.broker)
    client.send(f"{path}/decline-repeat", {"words": "It is the same garden."})
    assert stage.case.state is State.LAPSED
    assert stage.case.events[-1].why == "It is the same garden."
    letters = db.session.scalars(select(Letter.to).where(Letter.body.contains("same garden")))
    assert set(letters) == {stage.emails["organiser"]}


def test_what_is_no_repeat_is_validated_without_a_word(client, stage):
    stage.lodged()
    with broken("no-repeat"):
        service.decline_repeat(stage.case_id, stage.broker, "Why not.")
    client.sign_in(stage.emails["broker"])
    assert "Why is it taken on" not in page(client, f"/cases/{stage.case_id}/validate")


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        ("draft", "Nobody else has seen it"),
        ("lodged", "The broker stops the check"),
        ("returned", "You need not send what was missing"),
        ("on_notice", "The holder no longer has to answer"),
        ("under_test", "nobody decides"),
    ],
)
def test_withdrawing_says_what_ends_and_asks_why(client, stage, state, sentence):
    getattr(stage, state)()
    client.sign_in(stage.emails["organiser"])
    path = f"/cases/{stage.case_id}/withdraw"
    assert sentence in page(client, path)
    bare = client.send(path, {"words": ""})
    assert bare.status_code == (302 if state == "draft" else 422)
    if state != "draft":
        assert client.send(path, {"words": "We found a better place."}).status_code == 302
        assert stage.case.events[-1].why == "We found a better place."
    assert stage.case.state is State.WITHDRAWN


def test_nobody_hears_of_a_draft_that_is_given_up(client, stage):
    stage.draft()
    before = db.session.scalar(select(func.count(Letter.id)))
    service.withdraw(stage.case_id, stage.organiser)
    assert db.session.scalar(select(func.count(Letter.id))) == before


@pytest.mark.parametrize("who", ["resident", "officer", "panel"])
def test_who_sends_another_groups_page_reads_nothing_of_it(app, client, stage, who):
    """Of a registered interest anybody may read that it is there; what its group still writes is the group's own."""
    stage.draft()
    plan = files.ready(files.Sent(factories.photo(), "quiet-plan.jpg", "Where the beds go."))
    files.add(stage.case_id, stage.organiser, [plan])
    declaring.register_interest(stage.case_id, stage.organiser)
    client.sign_in(stage.emails[who])
    token = csrf_token(client.get("/account").get_data(as_text=True))
    for part in ("edit/what", "edit/means", "edit/who", "edit/brings", "files"):
        answer = client.post(f"/cases/{stage.case_id}/{part}", data={"csrf_token": token})
        assert answer.status_code == 403, part
        for secret in (
            "Raised beds",
            "£600",
            "Two key holders",
            "Neighbours meet",
            "quiet-plan",
            "the beds go",
        ):
            assert secret not in text(answer), part
