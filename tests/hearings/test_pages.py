"""The pages of a hearing through the client, for each who reads them."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from icalendar import Calendar
from pypdf import PdfReader

from portal.db import db
from portal.people.models import Group
from portal.proposals import service as cases
from portal.proposals.judging import panel
from portal.proposals.rules import State
from tests.conftest import csrf_token
from tests.factories import photo
from tests.hearings.stage import PLAN
from tests.proposals.stage import to_day


def day(name: str, when: date) -> dict[str, str]:
    return {f"{name}-{part}": str(getattr(when, part)) for part in ("day", "month", "year")}


def typed(stage, **changes) -> dict[str, object]:
    plan = stage.plan()
    return {
        "starts": "18:30",
        "ends": "20:30",
        "place": PLAN.place,
        "access": ["step_free", "bsl"],
        "access_note": "Ring at the side door.",
        "remote_link": PLAN.remote_link,
        "phone_in": "0161 496 0000, code 123",
        "agenda": "1. Opening\n2. The group",
        "side_minutes": "10",
        "other_minutes": "3",
        "shown": "",
        **day("on", plan.on),
        **changes,
    }


def page(client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_data(as_text=True)


def path(stage, tail: str = "") -> str:
    return f"/cases/{stage.case_id}{tail}"


def test_the_chair_sets_it_from_the_desk_to_the_published_page(client, stage):
    assert "The day is not set yet" in page(client, path(stage))
    assert "The day is not set yet" in page(client, path(stage, "/hearing"))
    assert client.get(path(stage, "/hearing.ics")).status_code == 404
    client.sign_in(stage.emails["chair"])
    assert "Set the public hearing" in page(client, "/desk")
    asked = page(client, path(stage, "/set-hearing"))
    assert "Friday 24 April 2026" in asked  # the first lawful day
    assert "5 clear days after Thursday 16 April 2026" in asked
    assert "The group presents its proposal" in asked  # a usual agenda is there
    answer = client.send(path(stage, "/set-hearing"), typed(stage))
    assert answer.location == path(stage), answer.get_data(as_text=True)
    assert "Set the public hearing" not in page(client, "/desk")
    assert client.get("/account").status_code == 200
    shown = page(client, path(stage, "/hearing"))
    for text in (
        "Friday 24 April 2026, from 18:30 to 20:30", "Small hall", "Step-free way in", "Not checked: Hearing loop; Accessible toilet; Parking.",
        "Ring at the side door.", PLAN.remote_link, "0161 496 0000, code 123", "<li>The group</li>",
        "The group: 10 minutes", "Notice was given on Thursday 16 April 2026.", "5 clear days after",
    ):  # fmt: skip
        assert text in shown, text
    assert "Everything about the hearing" in page(client, path(stage))
    assert "A garden for the street" in page(client, "/hearings")


def test_what_is_wrong_is_told_at_its_question_and_nothing_typed_is_lost(client, stage):
    client.sign_in(stage.emails["chair"])
    wrong = typed(
        stage, ends="18:00", remote_link="javascript:alert(1)", agenda=" ", place="The old mill"
    )
    answer = client.send(path(stage, "/set-hearing"), wrong)
    shown = answer.get_data(as_text=True)
    assert answer.status_code == 422
    for text in ('href="#ends"', 'href="#remote_link"', 'href="#agenda"', "The old mill", "javascript:alert(1)"):  # fmt: skip
        assert text in shown, text
    early = typed(stage, **day("on", stage.plan().on - timedelta(days=1)))
    answer = client.send(path(stage, "/set-hearing"), early)
    assert answer.status_code == 409
    assert "The first day that can be is Friday 24 April 2026" in answer.get_data(as_text=True)
    assert stage.case.state is State.UNDER_TEST


def test_two_chairs_the_second_sees_what_stands_and_can_send_again(client, stage):
    client.sign_in(stage.emails["broker"])
    token = csrf_token(page(client, path(stage, "/set-hearing")))
    stage.set()
    mine = typed(stage, place="The library", csrf_token=token)
    answer = client.post(path(stage, "/set-hearing"), data=mine)
    shown = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "Somebody else set the hearing" in shown
    assert "The library" in shown  # what was typed
    assert "Small hall" in shown  # what stands
    assert 'name="shown" type="hidden" value="0"' in shown
    again = client.post(path(stage, "/set-hearing"), data=mine | {"shown": "0"})
    assert again.status_code == 302
    assert stage.hearing.place == "The library"


def test_lawful_notice_that_does_not_fit_is_told_with_the_reason(client, stage):
    to_day(stage.case.due["hearing"])
    client.sign_in(stage.emails["chair"])
    shown = page(client, path(stage, "/set-hearing"))
    assert "Lawful notice does not fit any more" in shown
    assert "The hearing should have been held by Monday 1 June 2026." in shown


def test_who_speaks_is_public_by_side_only(client, stage):
    stage.set()
    assert client.get(path(stage, "/hearing/speak")).location.startswith("/sign-in")
    client.sign_in(stage.emails["resident"])
    form = {"name": "Anil Shah", "side": "against", "coming": "room", "needs": "A chair with arms."}
    wrong = client.send(path(stage, "/hearing/speak"), form | {"side": ""})
    assert wrong.status_code == 422
    assert "A chair with arms." in wrong.get_data(as_text=True)
    assert client.send(path(stage, "/hearing/speak"), form).location == path(stage, "/hearing")
    for who in ("resident", "organiser", "officer", "panel"):
        client.sign_in(stage.emails[who])
        shown = page(client, path(stage, "/hearing")) + page(client, path(stage))
        assert "A resident, against: 3 minutes" in shown
        for private in ("Anil Shah", "arms", stage.emails["resident"]):
            assert private not in shown, (who, private)
        if who != "resident":
            assert client.get(path(stage, "/hearing/speakers")).status_code == 403
    for who in ("chair", "broker"):
        client.sign_in(stage.emails[who])
        listed = page(client, path(stage, "/hearing/speakers"))
        assert all(text in listed for text in ("Anil Shah", "arms", stage.emails["resident"]))
    client.sign_in(stage.emails["resident"])
    mine = page(client, path(stage, "/hearing/speak"))
    assert "Anil Shah" in mine
    gone = client.send(path(stage, "/hearing/speak"), {"leave": "1"})
    assert gone.status_code == 302
    assert "A resident" not in page(client, path(stage, "/hearing"))


def test_an_old_page_takes_nobody_off_the_list(client, stage):
    stage.set()
    stage.asks()
    client.sign_in(stage.emails["resident"])
    answer = client.post(path(stage, "/hearing/speak"), data={"leave": "1", "csrf_token": "old"})
    assert answer.status_code == 422
    assert len(stage.hearing.speakers) == 1


def test_minutes_are_published_with_their_file(client, stage):
    stage.held()
    client.sign_in(stage.emails["chair"])
    assert "Record the hearing" in page(client, "/desk")
    form = {"outcome": "with_conditions", "conditions": "Quiet by nine.", "attendance": "31", "minutes": "The group spoke."}  # fmt: skip
    answer = client.send(path(stage, "/record-hearing"), form | {"conditions": ""})
    assert answer.status_code == 409
    assert "The group spoke." in answer.get_data(as_text=True)
    sent = form | {"paper": (BytesIO(photo()), "minutes.jpg")}
    assert client.send(path(stage, "/record-hearing"), sent).status_code == 302
    client.get("/sign-out")
    shown = page(client, path(stage, "/hearing"))
    for text in ("It supports the proposal, with conditions", "Quiet by nine.", "31 people came.", "The group spoke."):  # fmt: skip
        assert text in shown, text
    link = f"/cases/{stage.case_id}/files/{stage.hearing.file_id}"
    assert link in shown
    assert client.get(link).status_code == 200
    assert "It supports the proposal, with conditions" in page(client, path(stage))


def test_what_was_withdrawn_is_shown_as_cancelled_everywhere(client, stage):
    stage.set()
    cases.withdraw(stage.case_id, stage.organiser, "We moved.")
    assert "This hearing does not take place" in page(client, path(stage, "/hearing"))
    assert "does not take place" in page(client, path(stage))
    assert "Cancelled" in page(client, "/hearings")
    for address in (path(stage, "/hearing.ics"), "/hearings.ics"):
        (event,) = Calendar.from_ical(client.get(address).data).walk("VEVENT")
        assert (event["STATUS"], event["SEQUENCE"]) == ("CANCELLED", 1)
    assert client.get("/hearings.json").json["hearings"][0]["status"] == "off"


def test_calendars_and_programs_read_them(client, stage):
    stage.set()
    answer = client.get("/hearings.ics")
    assert answer.mimetype == "text/calendar"
    calendar = Calendar.from_ical(answer.data)
    (event,) = calendar.walk("VEVENT")
    assert event["UID"] == stage.hearing.uid
    assert f"{event['DTSTART'].dt:%Y-%m-%d %H:%M %z}" == "2026-04-24 18:30 +0100"
    assert calendar.walk("VTIMEZONE")[0]["TZID"] == "Europe/London"
    assert client.get("/hearings.ics", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304  # fmt: skip
    (one,) = client.get("/hearings.json").json["hearings"]
    assert (one["starts"], one["case"]) == ("2026-04-24T18:30:00+01:00", stage.case_id)
    to_day(stage.hearing.on + timedelta(days=1))
    assert client.get("/hearings.json").json == {"hearings": []}
    assert len(Calendar.from_ical(client.get("/hearings.ics").data).walk("VEVENT")) == 1


def test_the_notice_for_the_door_is_one_page_with_everything(client, stage):
    stage.set()
    answer = client.get(path(stage, "/hearing/notice.pdf"))
    assert answer.mimetype == "application/pdf"
    (sheet,) = PdfReader(BytesIO(answer.data)).pages
    told = " ".join(sheet.extract_text().split())
    for text in (
        "Notice of a public hearing",
        "24 April 2026",
        "Small hall",
        "Mill Lane neighbours",
    ):
        assert text in told, text
    assert client.get(path(stage, "/hearing/notice.pdf")).data == answer.data


@pytest.mark.parametrize("tail", ["/hearing", "/hearing.ics", "/hearing/notice.pdf"])
def test_a_private_group_is_named_nowhere(client, stage, tail):
    stage.set()
    db.session.get(Group, stage.group_id).private = True
    db.session.commit()
    answer = client.get(path(stage, tail))
    told = answer.data
    if answer.mimetype == "application/pdf":
        told = PdfReader(BytesIO(told)).pages[0].extract_text().encode()
    assert b"Mill Lane" not in told.replace(b"mill-lane", b"")
    for address in ("/hearings", "/hearings.ics", "/hearings.json"):
        assert b"Mill Lane neighbours" not in client.get(address).data


def test_there_is_no_hearing_where_none_was_opened(client, app):
    from tests.proposals.stage import Stage

    other = Stage().on_notice()
    for tail in ("/hearing", "/hearing.ics", "/hearing/notice.pdf"):
        assert client.get(f"/cases/{other.case_id}{tail}").status_code == 404
    assert "The public hearing" not in page(client, f"/cases/{other.case_id}")
    assert "None is set now." in page(client, "/hearings")


def test_the_chair_orders_the_speakers_without_a_script(client, stage):
    stage.set()
    stage.asks()
    there = path(stage, "/hearing/speakers")
    number = stage.hearing.speakers[0].id
    for who, seen in (("chair", True), ("broker", False)):
        client.sign_in(stage.emails[who])
        assert ("Earlier" in page(client, there)) is seen
        answer = client.send(there, {"speaker": str(number), "to": "later"})
        assert answer.status_code == (302 if seen else 422)
    client.sign_in(stage.emails["chair"])
    for junk in ("", "x", "999999999999", "-1"):
        answer = client.send(there, {"speaker": junk, "to": "later"})
        assert answer.status_code == 409
        assert "not on the list of speakers any more" in answer.get_data(as_text=True)


def test_what_is_added_stands_below_the_minutes_with_its_day(client, stage):
    stage.held()
    client.sign_in(stage.emails["chair"])
    client.send(path(stage, "/record-hearing"), {"outcome": "supports", "minutes": "All spoke."})
    stage.capacity()
    for member in (stage.panel, stage.panel2):
        panel.score(stage.case_id, member, stage.sheet())
    assert "What the public hearing came to" in page(client, path(stage, "/decide"))
    assert "Everybody was heard in public." in page(client, path(stage))
    answer = client.send(path(stage, "/add-to-minutes"), {"words": "Two were absent."})
    assert answer.status_code == 302
    shown = page(client, path(stage, "/hearing"))
    assert shown.index("All spoke.") < shown.index("Added on") < shown.index("Two were absent.")


def test_what_is_set_is_changed_by_its_name_and_its_day_is_told(client, stage):
    client.sign_in(stage.emails["chair"])
    assert "Set the public hearing" in page(client, path(stage))
    assert "A public hearing is held by" in page(client, path(stage))
    stage.set()
    shown = page(client, path(stage))
    assert "Change what is set for the hearing" in shown
    assert "Everybody is heard in public on" in shown
