"""Setting, changing, recording, speaking, and what the clock does, on both engines."""

from datetime import time, timedelta

import pytest
from icalendar import Calendar
from sqlalchemy import func, select

from portal.areas.models import Area
from portal.areas.rules import Nation
from portal.db import db
from portal.hearings import calendars, queries, service, speaking
from portal.hearings.models import Hearing, Speaker
from portal.hearings.rules import Coming, Outcome, Side, Stands
from portal.hearings.tick import tick
from portal.notices.models import Letter
from portal.people.models import Membership
from portal.people.rules import Role
from portal.proposals import service as cases
from portal.proposals.judging import panel
from portal.proposals.knowing import facts_of
from portal.proposals.models import CaseEvent
from portal.proposals.rules import Action, State
from portal.proposals.tick import tick as cases_tick
from tests import factories
from tests.conftest import broken
from tests.proposals.stage import after_day, to_day
from tests.proposals.test_races import at_once

DAY = timedelta(days=1)
GOOD = service.Record(Outcome.SUPPORTS, "The group spoke. A resident asked.", 31)


def count(table) -> int:
    return db.session.scalar(select(func.count()).select_from(table))


def test_notice_is_given_and_the_case_goes_before_its_hearing(stage):
    hearing = stage.set()
    case = stage.case
    assert case.state is State.HEARING
    assert (hearing.noticed_on.isoformat(), hearing.lawful_from.isoformat()) == (
        "2026-04-16",
        "2026-04-24",
    )
    assert hearing.speak_until.isoformat() == "2026-04-22"
    assert hearing.stands is Stands.COMING
    event = case.events[-1]
    assert "Friday 24 April 2026, from 18:30 to 20:30" in event.why
    told = {letter.to for letter in stage.letters(key=f"case:{case.id}:{event.id}:")}
    assert told == {
        stage.emails[who] for who in ("organiser", "officer", "broker", "chair", "panel", "panel2")
    }


def test_a_day_too_early_or_too_late_is_refused_with_the_day_that_can_be(stage):
    first = queries.window_of(stage.case)
    for day, code in ((first.notice.due - DAY, "too-early"), (first.latest + DAY, "too-late")):
        with broken(code):
            stage.set(on=day)
    assert count(Hearing) == 0
    stage.set(on=first.latest)


@pytest.mark.parametrize(
    ("nation", "first"), [(Nation.ENGLAND, "2026-04-24"), (Nation.WALES, "2026-04-22")]
)
def test_the_nation_has_its_own_number_of_days(stage, nation, first):
    db.session.get(Area, stage.area_id).nation = nation
    db.session.commit()
    assert queries.window_of(stage.case).notice.due.isoformat() == first


def test_where_both_cannot_be_kept_lawful_notice_wins(stage):
    to_day(stage.case.due["hearing"] - DAY)
    window = queries.window_of(stage.case)
    assert window.missed == ("hearing",)
    assert window.latest == stage.case.due["decision"]
    with broken("too-early"):
        stage.set(on=stage.case.due["hearing"])
    stage.set()
    to_day(stage.case.due["decision"] - DAY)
    assert queries.window_of(stage.case).missed == ("hearing", "decision")
    assert queries.window_of(stage.case).latest is None


def test_only_chair_and_broker_set_it_and_only_where_one_is_open(stage):
    for who in ("organiser", "officer", "panel", "resident"):
        with broken("not-your-part"):
            service.set_hearing(stage.case_id, stage.ids[who], stage.plan())
    service.set_hearing(stage.case_id, stage.broker, stage.plan())
    assert stage.hearing.set_by_id == stage.broker


def test_the_same_button_twice_says_nothing_new(stage):
    stage.set()
    letters, events = count(Letter), count(CaseEvent)
    service.set_hearing(stage.case_id, stage.chair, stage.hearing.plan)
    assert (count(Letter), count(CaseEvent), stage.hearing.changes) == (letters, events, 0)


def test_another_day_is_notice_again_and_everybody_hears_of_it(stage):
    uid = stage.set().uid
    stage.asks()
    to_day(stage.hearing.noticed_on + DAY)
    later = stage.plan()
    service.set_hearing(stage.case_id, stage.chair, later, shown="0")
    hearing = stage.hearing
    assert (hearing.uid, hearing.changes, hearing.on) == (uid, 1, later.on)
    assert hearing.noticed_on.isoformat() == "2026-04-17"
    assert "Changed: the day" in stage.case.events[-1].why
    changed = [letter.to for letter in stage.letters() if "changed" in letter.body]
    assert changed == [stage.emails["resident"]]  # the others have the letter of the step


def test_another_link_needs_no_notice_and_is_told_all_the_same(stage):
    noticed = stage.set().noticed_on
    to_day(stage.hearing.on - DAY)
    plan = stage.plan(
        on=stage.hearing.on,
        remote_link="https://other.example.org/x",
        speak_until=stage.hearing.speak_until,
    )
    service.set_hearing(stage.case_id, stage.chair, plan, shown="0")
    assert (stage.hearing.changes, stage.hearing.noticed_on) == (1, noticed)
    with broken("too-early"):  # but another room on the eve is another hearing
        service.set_hearing(
            stage.case_id,
            stage.chair,
            stage.plan(on=stage.hearing.on, place="Elsewhere"),
            shown="1",
        )


def test_nobody_writes_over_what_they_have_not_seen(stage):
    stage.set()
    with broken("hearing-changed"):
        service.set_hearing(stage.case_id, stage.broker, stage.plan(place="The library"))
    service.set_hearing(stage.case_id, stage.broker, stage.plan(place="The library"), shown="0")
    assert stage.hearing.place == "The library"


def test_two_at_once_set_one_hearing_and_the_second_is_told(app, stage):
    plans = [stage.plan(place=place) for place in ("Town Hall", "Library")]
    case_id, chair, broker = stage.case_id, stage.chair, stage.broker
    answers = at_once(
        app,
        lambda: service.set_hearing(case_id, chair, plans[0]),
        lambda: service.set_hearing(case_id, broker, plans[1]),
    )
    assert sorted(answers, key=str) == [None, "hearing-changed"]
    assert count(Hearing) == 1
    assert stage.hearing.changes == 0


def test_wrong_hours_are_refused_by_the_service_too(stage):
    with broken("hours"):
        stage.set(starts=time(20), ends=time(19))
    assert stage.case.state is State.UNDER_TEST


# ---- on record


def test_it_is_on_record_once_and_then_the_case_can_be_decided(stage):
    stage.set()
    with broken("hearing-ahead"):
        service.record_hearing(stage.case_id, stage.chair, GOOD)
    to_day(stage.hearing.on)
    assert stage.hearing.stands is Stands.OVER
    stage.capacity()
    for member in (stage.panel, stage.panel2):
        panel.score(stage.case_id, member, stage.sheet())
    with broken("unheard"):
        panel.decide(stage.case_id, stage.chair)
    with broken("not-your-part"):
        service.record_hearing(stage.case_id, stage.broker, GOOD)
    service.record_hearing(stage.case_id, stage.chair, GOOD)
    assert stage.hearing.stands is Stands.HEARD
    with broken("heard"):
        service.record_hearing(stage.case_id, stage.chair, GOOD)
    with broken("heard"):
        service.set_hearing(stage.case_id, stage.chair, stage.plan(), shown="0")
    panel.decide(stage.case_id, stage.chair)
    assert stage.case.state is State.GRANTED


def test_who_stands_too_near_puts_no_hearing_on_record(stage):
    stage.held()
    db.session.add(Membership(user_id=stage.chair, group_id=stage.group_id))
    db.session.commit()
    with broken("two-hats"):
        service.record_hearing(stage.case_id, stage.chair, GOOD)
    other = factories.with_role(stage.area, Role.CHAIR)
    panel.declare_interest(stage.case_id, other.id)
    with broken("interest"):
        service.record_hearing(stage.case_id, other.id, GOOD)
    fair = factories.with_role(stage.area, Role.CHAIR)
    service.record_hearing(stage.case_id, fair.id, GOOD)


def test_conditions_belong_to_their_outcome(stage):
    stage.held()
    for record in (
        GOOD._replace(conditions="Quiet by nine."),
        GOOD._replace(outcome=Outcome.WITH_CONDITIONS),
    ):
        with broken("conditions"):
            service.record_hearing(stage.case_id, stage.chair, record)
    both = GOOD._replace(outcome=Outcome.WITH_CONDITIONS, conditions="Quiet by nine.")
    service.record_hearing(stage.case_id, stage.chair, both)
    assert stage.hearing.conditions == "Quiet by nine."


def test_two_chairs_record_at_once_and_one_does(app, stage):
    stage.held()
    case_id, chair = stage.case_id, stage.chair
    record = [GOOD, GOOD._replace(minutes="Other minutes.")]
    answers = at_once(
        app, *(lambda one=one: service.record_hearing(case_id, chair, one) for one in record)
    )
    assert sorted(answers, key=str) == [None, "heard"] or sorted(answers, key=str) == [
        "heard",
        None,
    ]


def test_an_overdue_case_can_still_be_heard_and_a_review_has_one_where_none_was(stage):
    facts = facts_of(stage.case, None)
    assert (facts.hearing_set, facts.hearing_day_over, facts.heard) == (False, False, False)
    db.session.get(Area, stage.area_id).resolution_reference = None
    db.session.commit()
    after_day("decision", stage.case)
    cases_tick()
    assert stage.case.state is State.ESCALATED
    stage.set()
    assert stage.case.state is State.ESCALATED
    assert stage.case.events[-1].sentence == "The day and place of the hearing were set."
    to_day(stage.hearing.on)
    service.record_hearing(stage.case_id, stage.chair, GOOD)
    assert facts_of(stage.case, None).heard
    stage.case.round = 2  # heard once is heard: the second panel reads the minutes
    db.session.commit()
    facts = facts_of(stage.case, None)
    assert (facts.hearing_set, facts.heard) == (False, True)


# ---- who speaks


def test_each_stands_on_the_list_once_and_can_change_or_leave_it(stage):
    stage.set()
    stage.asks()
    stage.asks(side=Side.FOR, coming=Coming.VIDEO)
    assert [(one.side, one.coming) for one in stage.hearing.speakers] == [(Side.FOR, Coming.VIDEO)]
    assert len(stage.letters(key=f"hearing:{stage.hearing.id}:speaker:asked")) == 1
    speaking.step_back(stage.case_id, stage.resident)
    speaking.step_back(stage.case_id, stage.resident)
    assert count(Speaker) == 0


def test_who_may_not_ask_or_comes_too_late_is_told(stage):
    with broken("no-hearing"):
        stage.asks()
    stage.set()
    for who in ("organiser", "officer", "panel", "chair"):
        with broken("party"):
            stage.asks(who)
    with broken("no-way-in"):
        stage.asks(coming=Coming.PHONE)
    to_day(stage.hearing.speak_until)
    stage.asks()
    to_day(stage.hearing.speak_until + DAY)
    with broken("too-late"):
        stage.asks(side=Side.FOR)


def test_pressed_twice_at_once_is_one_entry(app, stage):
    stage.set()
    case_id, resident = stage.case_id, stage.resident
    wish = speaking.Wish("Anil", Side.FOR, Coming.ROOM)
    at_once(app, *(lambda: speaking.ask(case_id, resident, wish) for _n in range(2)))
    assert count(Speaker) == 1


# ---- the clock


def test_three_working_days_before_everybody_is_reminded_once(app, stage):
    stage.set()
    stage.asks()
    before = count(Letter)
    to_day(stage.hearing.on - timedelta(days=4))  # Monday; the hearing is on Friday
    assert (tick(), count(Letter)) == (0, before)
    to_day(stage.hearing.on - timedelta(days=3))
    at_once(app, tick, tick)
    assert tick() == 0
    reminded = stage.letters(key=f"hearing:{stage.hearing.id}:day:")
    assert sorted(letter.to for letter in reminded) == sorted(stage.emails.values())
    service.set_hearing(stage.case_id, stage.chair, stage.plan(), shown="0")
    to_day(stage.hearing.on - DAY)
    assert tick() == 1  # of the new day


def test_a_late_tick_reminds_of_nothing_that_is_over(stage):
    stage.held()
    assert tick() == 0
    assert not stage.letters(key=f"hearing:{stage.hearing.id}:day:")


def event_of(hearing) -> dict:
    (event,) = Calendar.from_ical(calendars.one(hearing, "en")).walk("VEVENT")
    return event


def test_a_hearing_that_is_off_is_told_once_and_calendars_hear_of_it(app, stage):
    stage.set()
    stage.asks()
    assert (event_of(stage.hearing)["STATUS"], event_of(stage.hearing)["SEQUENCE"]) == (
        "CONFIRMED",
        0,
    )
    cases.withdraw(stage.case_id, stage.organiser, "We moved.")
    assert stage.hearing.stands is Stands.OFF  # at once, whatever the clock does
    assert (event_of(stage.hearing)["STATUS"], event_of(stage.hearing)["SEQUENCE"]) == (
        "CANCELLED",
        1,
    )
    at_once(app, tick, tick)
    assert tick() == 0
    told = stage.letters(key=f"hearing:{stage.hearing.id}:off:")
    assert sorted(letter.to for letter in told) == sorted(stage.emails.values())
    assert "withdrew" in told[0].body
    assert event_of(stage.hearing)["SEQUENCE"] == 1


def test_silence_cancels_it_too(stage):
    stage.set(on=queries.window_of(stage.case).latest)
    to_day(stage.case.due["decision"] + DAY)
    cases_tick()
    assert stage.case.state is State.GRANTED_BY_DEFAULT
    assert stage.hearing.stands is Stands.OFF
    assert tick() == 1


def test_who_spoke_is_forgotten_after_thirty_days(stage):
    stage.set()
    stage.asks()
    to_day(stage.hearing.on)
    service.record_hearing(stage.case_id, stage.chair, GOOD)
    to_day(stage.hearing.on + timedelta(days=30))
    assert tick() == 0
    to_day(stage.hearing.on + timedelta(days=31))
    assert (tick(), tick()) == (1, 0)
    assert count(Speaker) == 0
    assert not stage.letters(key=f"hearing:{stage.hearing.id}:speaker:")
    assert stage.case.events[-1].action is Action.RECORD_HEARING


@pytest.mark.parametrize(
    ("day", "utc"), [((2026, 3, 30), "17:30"), ((2026, 10, 24), "17:30"), ((2026, 10, 26), "18:30")]
)
def test_half_past_six_stays_half_past_six(stage, day, utc):
    from datetime import UTC, date

    hearing = stage.set()
    hearing.on = date(*day)
    event = event_of(hearing)
    start = event["DTSTART"].dt
    assert f"{start:%H:%M}" == "18:30"
    assert f"{start.astimezone(UTC):%H:%M}" == utc
    db.session.rollback()


# ---- minutes that were wrong, and the chair's own order


def test_minutes_are_added_to_and_stay_as_they_were(stage):
    stage.held()
    with broken("no-minutes"):
        service.add_to_minutes(stage.case_id, stage.chair, "The holder said May.")
    service.record_hearing(stage.case_id, stage.chair, GOOD)
    before = stage.hearing.minutes
    with broken("no-words"):
        service.add_to_minutes(stage.case_id, stage.chair, "")
    with broken("not-your-part"):
        service.add_to_minutes(stage.case_id, stage.broker, "The holder said May.")
    service.add_to_minutes(stage.case_id, stage.chair, "The holder said May.")
    with broken("added"):  # the same button twice
        service.add_to_minutes(stage.case_id, stage.chair, "The holder said May.")
    assert stage.hearing.minutes == before
    [added] = queries.added_to_minutes(stage.case)
    assert (added.why, added.on) == ("The holder said May.", stage.hearing.on)


def test_minutes_are_added_to_after_the_decision_too(stage):
    stage.held()
    service.record_hearing(stage.case_id, stage.chair, GOOD)
    stage.capacity()
    for member in (stage.panel, stage.panel2):
        panel.score(stage.case_id, member, stage.sheet())
    panel.decide(stage.case_id, stage.chair)
    service.add_to_minutes(stage.case_id, stage.chair, "One more spoke.")
    assert stage.case.state == "granted"


def three_ask(stage):
    stage.set()
    people = {"resident": stage.resident}
    for name in ("bo", "cy"):
        user = factories.user(f"{name}@example.org", name=name)
        stage.ids[name], stage.emails[name] = user.id, user.email
        people[name] = user.id
    stage.asks("resident", side=Side.FOR)
    stage.asks("bo", side=Side.AGAINST)
    stage.asks("cy", side=Side.FOR)
    return {one.user_id: one.id for one in stage.hearing.speakers}, people


def order(stage):
    return [slot.number for slot in stage.hearing.slots if slot.number]


def test_the_chair_puts_speakers_into_another_order(stage):
    rows, people = three_ask(stage)
    first, second, third = order(stage)
    assert third == rows[people["cy"]]
    speaking.move(stage.case_id, stage.chair, third, later=False)
    assert order(stage) == [first, third, second]
    speaking.move(stage.case_id, stage.chair, first, later=False)  # at the end it stays
    assert order(stage) == [first, third, second]
    late = factories.user("di@example.org", name="di")
    stage.ids["di"] = late.id
    stage.asks("di", side=Side.FOR)
    assert order(stage)[:3] == [first, third, second]
    speaking.step_back(stage.case_id, people["bo"])
    assert second not in order(stage)
    with broken("no-speaker"):
        speaking.move(stage.case_id, stage.chair, second, later=True)
    with broken("not-your-part"):
        speaking.move(stage.case_id, stage.broker, first, later=True)


def test_a_withheld_place_is_told_of_to_nobody_who_spoke(stage):
    stage.set()
    stage.asks()
    before = len(stage.letters())
    stage.case.asset.withheld_why = "People hide there."
    db.session.commit()
    told = {letter.to for letter in stage.letters()[before:]}
    service.set_hearing(stage.case_id, stage.chair, stage.plan(place="Elsewhere"), shown="0")
    told |= {letter.to for letter in stage.letters(key="")[before:] if "Elsewhere" in letter.body}
    assert stage.emails["resident"] not in told
    assert stage.emails["organiser"] in told


def test_no_subject_names_the_case(stage):
    db.session.rollback()
    stage.set()
    stage.asks()
    subjects = {letter.subject for letter in stage.letters()}
    assert subjects == {f"Case {stage.case_id}: The public hearing"}
