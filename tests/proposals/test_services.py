"""What people do to a case, through the services, on both engines."""

from datetime import date

import pytest
from sqlalchemy import func, select

from portal.db import db
from portal.notices.models import Letter
from portal.people.models import Membership
from portal.people.rules import Role
from portal.proposals import doors, service
from portal.proposals.judging import holder, panel
from portal.proposals.models import CaseEvent, Proposal
from portal.proposals.rules import Action, State
from portal.proposals.tick import tick
from portal.register.models import Asset
from portal.register.rules import Kind, Status
from tests import factories
from tests.conftest import broken
from tests.proposals.stage import BENEFITS, OFFICER, PLAN, THEIRS, Stage, after_day, on_working_day


@pytest.fixture
def stage(app):
    return Stage()


def events(stage: Stage) -> list[Action]:
    return [event.action for event in stage.case.events]


def letters_to(email: str) -> list[str]:
    return list(
        db.session.scalars(select(Letter.body).where(Letter.to == email).order_by(Letter.id))
    )


def test_a_second_press_opens_the_same_draft(stage):
    first = service.start(stage.asset_id, stage.organiser, stage.group_id).id
    assert service.start(stage.asset_id, stage.organiser, stage.group_id).id == first
    assert db.session.scalar(select(func.count(Proposal.id))) == 1


def test_only_the_group_starts_and_writes(stage):
    with broken("not-your-part"):
        service.start(stage.asset_id, stage.resident, stage.group_id)
    stage.draft()
    with broken("not-your-part"):
        service.save_draft(stage.case_id, stage.broker, {"title": "Mine"}, {})
    with broken("not-your-part"):
        service.lodge(stage.case_id, stage.broker)


def test_rooms_and_occupied_places_are_not_claimed(stage):
    room = factories.asset(db.session.get(type(stage.holder), stage.holder.id), kind=Kind.ROOM)
    with broken("rooms-are-let"):
        service.start(room.id, stage.organiser, stage.group_id)
    db.session.get(Asset, stage.asset_id).status = Status.OCCUPIED
    db.session.commit()
    with broken("not-vacant"):
        service.start(stage.asset_id, stage.organiser, stage.group_id)
    with broken("no-asset"):
        service.start(99_999, stage.organiser, stage.group_id)


def test_a_draft_keeps_whatever_is_written_and_forgets_what_is_emptied(stage):
    stage.draft()
    service.save_draft(stage.case_id, stage.organiser, {"title": ""}, {"social": ("", "")})
    assert stage.case.title is None
    assert stage.case.use == "Raised beds and a bench."
    with broken("incomplete"):
        service.lodge(stage.case_id, stage.organiser)


def test_it_is_returned_with_a_list_and_lodged_again(stage):
    stage.returned()
    assert stage.case.state is State.RETURNED
    assert "The costs, please." in letters_to(stage.emails["organiser"])[-1]
    assert "decision" not in stage.case.due  # the clock does not run
    on_working_day(3)
    service.save_draft(stage.case_id, stage.organiser, {"costs": "More"}, BENEFITS)
    service.lodge(stage.case_id, stage.organiser)
    assert stage.case.due["validation"] == date(2026, 3, 12)  # counted anew from 5 March
    on_working_day(5)
    service.validate(stage.case_id, stage.broker)
    assert stage.case.state is State.ON_NOTICE
    assert stage.case.published_on == date(2026, 3, 9)
    assert events(stage) == [
        Action.START,
        Action.LODGE,
        Action.RETURN_INCOMPLETE,
        Action.LODGE,
        Action.VALIDATE,
        Action.PUBLISH,
    ]


def test_a_return_needs_its_list(stage):
    stage.lodged()
    with broken("nothing-named"):
        service.return_incomplete(stage.case_id, stage.broker, "")
    assert stage.case.state is State.LODGED


def test_the_last_days_are_stored_on_the_case(stage):
    stage.on_notice()
    assert stage.case.due == {
        "validation": date(2026, 3, 9),
        "representations": date(2026, 3, 30),
        "answers": date(2026, 4, 15),
        "holder_response": date(2026, 4, 29),
        "decision": date(2026, 6, 5),
        "decision_latest": date(2026, 9, 2),
        "decision_with_hearing": date(2026, 7, 17),
        "site_sign": date(2026, 3, 30),
    }


def test_a_case_stays_under_the_profile_it_began_under(stage):
    stage.on_notice()
    assert (stage.case.profile, stage.case.profile_from) == ("pilot_compact", date(2010, 1, 1))


def test_one_person_speaks_once_while_it_is_open(stage):
    stage.on_notice()
    service.represent(stage.case_id, stage.resident, supports=True, words="Yes.")
    with broken("represented"):
        service.represent(stage.case_id, stage.resident, supports=False, words="No.")
    on_working_day(20)
    service.represent(stage.case_id, stage.panel, supports=False, words="No.")
    after_day("representations", stage.case)
    with broken("too-late"):
        service.represent(stage.case_id, stage.chair, supports=False, words="No.")


def test_an_answer_once_given_stays(stage):
    stage.on_notice()
    service.represent(stage.case_id, stage.resident, supports=False, words="Noise?")
    number = stage.case.representations[0].id
    with broken("no-words"):
        service.answer(stage.case_id, stage.organiser, {number: ""})
    service.answer(stage.case_id, stage.organiser, {number: "Only by day."})
    with broken("nothing-to-answer"):
        service.answer(stage.case_id, stage.organiser, {number: "Never."})
    assert stage.case.representations[0].answer == "Only by day."
    assert events(stage).count(Action.ANSWER) == 1


def test_the_holder_answers_once_and_in_time(stage):
    stage.on_notice()
    with broken("no-plan"):
        holder.name_alternative(
            stage.case_id,
            stage.officer,
            planned=True,
            plan=PLAN | {"budget_line": ""},
            benefits=THEIRS,
        )
    with broken("no-ground"):
        holder.object_to(
            stage.case_id,
            stage.officer,
            ground="we may need it",
            evidence="x",
            officer=OFFICER,
        )
    assert stage.case.response is None
    holder.agree(stage.case_id, stage.officer)
    with broken("holder-answered"):
        holder.object_to(
            stage.case_id, stage.officer, ground="unsafe", evidence="x", officer=OFFICER
        )


def test_an_officer_of_another_holder_cannot_answer(stage):
    stage.on_notice()
    other = factories.holder(stage.area)
    stranger = factories.with_role(stage.area, Role.OFFICER, holder=other).id
    with broken("not-your-part"):
        holder.agree(stage.case_id, stranger)


def test_nobody_scores_where_they_have_an_interest(stage):
    stage.under_test()
    panel.declare_interest(stage.case_id, stage.panel)
    with broken("interest"):
        panel.score(stage.case_id, stage.panel, stage.sheet())
    db.session.add(Membership(user_id=stage.panel2, group_id=stage.group_id))
    db.session.commit()
    with broken("two-hats"):
        panel.score(stage.case_id, stage.panel2, stage.sheet())
    assert stage.case.scores == []


def test_a_sheet_is_whole_and_final(stage):
    stage.under_test()
    sheet = stage.sheet()
    key = next(iter(sheet))
    for wrong in (sheet | {key: (5, "x")}, sheet | {key: (3, "")}, {}):
        with broken("scores-missing"):
            panel.score(stage.case_id, stage.panel, wrong)
    panel.score(stage.case_id, stage.panel, sheet)
    with broken("scored"):
        panel.score(stage.case_id, stage.panel, sheet)
    with broken("scored"):
        panel.declare_interest(stage.case_id, stage.panel)


def test_a_decision_needs_two_sheets_and_the_check(stage):
    stage.under_test()
    panel.score(stage.case_id, stage.panel, stage.sheet())
    with broken("capacity-unchecked"):
        panel.decide(stage.case_id, stage.chair)
    stage.capacity()
    with broken("scores-wanting"):
        panel.decide(stage.case_id, stage.chair)
    panel.score(stage.case_id, stage.panel2, stage.sheet())
    assert panel.decide(stage.case_id, stage.chair) is State.GRANTED
    with broken("not-now"):
        panel.decide(stage.case_id, stage.chair)


def test_a_grant_keeps_its_result_and_marks_the_place(stage):
    stage.granted()
    decision = stage.case.decision
    assert decision.result["passed"]
    assert len(decision.result["lines"]) == 7
    assert decision.result["lines"][0]["ours"] == {"median": "3", "low": 3, "high": 3}
    assert db.session.get(Asset, stage.asset_id).status is Status.GRANTED
    assert len(letters_to(stage.emails["officer"])) >= 2


def test_a_greater_alternative_is_a_refusal_with_ground_and_evidence_or_nothing(stage):
    stage.scored(ours=2, theirs=3, alternative=True)
    with broken("no-ground"):
        panel.decide(stage.case_id, stage.chair, reasons="No.")
    with broken("no-evidence"):
        panel.decide(stage.case_id, stage.chair, ground="better_alternative")
    assert stage.case.decision is None
    outcome = panel.decide(
        stage.case_id, stage.chair, ground="better_alternative", evidence="Strategy, p. 31"
    )
    assert outcome is State.REFUSED
    decision = stage.case.decision
    assert (decision.ground, decision.evidence) == ("better_alternative", "Strategy, p. 31")
    assert decision.result["lines"][0]["theirs"]["median"] == "3"
    assert db.session.get(Asset, stage.asset_id).status is Status.VACANT


def objected(stage, ground):
    """Passed by the panel, objected to by the holder."""
    stage.on_notice()
    holder.object_to(
        stage.case_id,
        stage.officer,
        ground=ground,
        evidence="Deed of 1921.",
        officer=OFFICER,
    )
    after_day("answers", stage.case)
    tick()
    stage.capacity()
    for member in (stage.panel, stage.panel2):
        panel.score(stage.case_id, member, stage.sheet())
    return stage.case_id


@pytest.fixture
def heard(monkeypatch):
    """An objection calls a hearing; here it has been held."""
    monkeypatch.setitem(doors._known, "heard", lambda _case, _user: {"heard": True})


@pytest.mark.usefixtures("heard")
def test_a_legal_bar_that_the_chair_upholds_refuses_a_passed_test(stage):
    case_id = objected(stage, "legal_bar")
    with broken("no-evidence"):
        panel.decide(case_id, stage.chair, upheld=True)
    assert panel.decide(case_id, stage.chair, upheld=True, evidence="Seen.") is State.REFUSED
    assert stage.case.decision.ground == "legal_bar"


@pytest.mark.usefixtures("heard")
def test_an_objection_that_the_chair_does_not_uphold_is_granted(stage):
    assert panel.decide(objected(stage, "unsafe"), stage.chair) is State.GRANTED


@pytest.mark.usefixtures("heard")
def test_what_the_test_decides_cannot_be_upheld_against_it(stage):
    case_id = objected(stage, "capacity_not_shown")
    with broken("test-passed"):
        panel.decide(case_id, stage.chair, upheld=True, evidence="We doubt it.")


def test_a_tie_is_granted(stage):
    stage.scored(ours=2, theirs=2, alternative=True)
    assert panel.decide(stage.case_id, stage.chair) is State.GRANTED


def test_without_capacity_it_is_refused(stage):
    stage.scored()
    stage.capacity(holds=False)
    with broken("no-ground"):
        panel.decide(stage.case_id, stage.chair)
    refused = panel.decide(
        stage.case_id, stage.chair, ground="capacity_not_shown", evidence="No insurer found."
    )
    assert refused is State.REFUSED


def test_after_the_last_day_nobody_can_refuse_any_more(stage):
    stage.scored(ours=0)
    after_day("decision", stage.case)  # the tick is late
    with broken("too-late"):
        panel.decide(stage.case_id, stage.chair, ground="unsafe", evidence="x")


@pytest.mark.parametrize(
    ("on_record", "shown"),
    [
        ("Ada Hill <ada.hill@council.example>", "It is now with Ada Hill."),
        ("ada.hill@council.example", "It is now with the senior officer."),
        ("The director of place", "It is now with The director of place."),
    ],
)
def test_the_public_learns_no_address_of_the_senior_officer(client, on_record, shown):
    stage = Stage(resolution=False, senior_officer=on_record).escalated()
    for path in (f"/cases/{stage.case_id}", "/policy"):
        page = client.get(path).get_data(as_text=True)
        assert "ada.hill@" not in page
        assert shown in page or path == "/policy"


def test_an_escalated_case_can_still_be_decided(app):
    stage = Stage(resolution=False).escalated()
    stage.capacity()
    for member in (stage.panel, stage.panel2):
        panel.score(stage.case_id, member, stage.sheet())
    assert panel.decide(stage.case_id, stage.chair) is State.GRANTED


@pytest.mark.parametrize("state", ["draft", "lodged", "returned", "on_notice", "under_test"])
def test_a_group_withdraws_any_time_before_the_decision(stage, state):
    getattr(stage, state)()
    service.withdraw(stage.case_id, stage.organiser, "We found another plot.")
    assert stage.case.state is State.WITHDRAWN
    with broken("not-now"):
        service.withdraw(stage.case_id, stage.organiser, "Moved.")


def test_a_grant_is_not_withdrawn(stage):
    stage.granted()
    with broken("not-now"):
        service.withdraw(stage.case_id, stage.organiser, "Moved.")


def test_names_of_groups_people_stay_out_of_the_history(stage):
    stage.in_use()
    shown = " ".join(e.why + e.sentence for e in db.session.scalars(select(CaseEvent)))
    assert "Rosa" not in shown
    assert "example.org" not in shown


def test_a_case_of_another_area_is_not_there(stage):
    stage.on_notice()
    other = factories.area(slug="elsewhere", name="Elsewhere")
    place = factories.asset(factories.holder(other))
    stage.case.asset_id = place.id
    db.session.commit()
    with broken("no-case"):
        service.withdraw(stage.case_id, stage.organiser, "Moved.")
