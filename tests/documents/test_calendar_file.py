"""Calendar files as a calendar reads them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from portal.clock import LONDON
from portal.documents.calendar_file import CLOCKS, Meeting, meeting

STAMP = datetime(2026, 10, 1, 9, 0, tzinfo=UTC)
HEARING = Meeting(
    uid="hearing-14@gwynfa.example",
    starts=datetime(2026, 10, 24, 18, 0, tzinfo=UTC),
    ends=datetime(2026, 10, 24, 20, 0, tzinfo=UTC),
    summary="Hearing; about, Mill Lane",
    place="Neuadd y Dref\nGŵynfa",
    address="https://gwynfa.example/cases/14",
    words="Agenda\n1. Welcome",
    organiser="compact@gwynfa.example",
)


def read(told: Meeting, lang: str = "en_GB"):
    calendar = Calendar.from_ical(meeting(told, stamp=STAMP, lang=lang))
    (event,) = calendar.walk("VEVENT")
    return calendar, event


def test_a_calendar_reads_what_was_told():
    calendar, event = read(HEARING)
    assert (calendar["METHOD"], calendar["VERSION"]) == ("PUBLISH", "2.0")
    assert event["UID"] == HEARING.uid
    assert event["SUMMARY"] == HEARING.summary
    assert event["LOCATION"] == HEARING.place
    assert event["DESCRIPTION"] == HEARING.words
    assert event["DESCRIPTION"].params["LANGUAGE"] == "en-GB"
    assert event["URL"] == HEARING.address
    assert event["ORGANIZER"] == "mailto:compact@gwynfa.example"
    assert (event["SEQUENCE"], event["STATUS"]) == (0, "CONFIRMED")
    assert event["DTSTAMP"].dt == STAMP
    assert event["DTSTART"].params["TZID"] == "Europe/London"


@pytest.mark.parametrize(
    ("instant", "wall"),
    [
        ("2026-10-24T18:00+00:00", "2026-10-24T19:00"),  # the evening before the clocks go back
        ("2026-10-25T18:00+00:00", "2026-10-25T18:00"),
        ("2027-03-27T18:00+00:00", "2027-03-27T18:00"),
        ("2027-03-28T18:00+00:00", "2027-03-28T19:00"),
    ],
)
def test_times_stand_on_the_wall(instant, wall):
    starts = datetime.fromisoformat(instant)
    told = HEARING._replace(starts=starts, ends=starts + timedelta(hours=2))
    data = meeting(told, stamp=STAMP, lang="en").decode()
    stamp = datetime.fromisoformat(wall).strftime("%Y%m%dT%H%M%S")
    assert f"DTSTART;TZID=Europe/London:{stamp}" in data
    assert read(told)[1]["DTSTART"].dt == starts


def test_the_rule_for_the_clocks_is_the_machines():
    """A calendar that knows no Europe/London must find the same offsets by our rule."""
    by_rule = (
        Calendar.from_ical(f"BEGIN:VCALENDAR\n{CLOCKS}END:VCALENDAR")
        .timezones[0]
        .to_tz(lookup_tzid=False)
    )
    for hours in range(0, 3 * 366 * 24, 7):
        instant = datetime(2026, 1, 1, 0, 30, tzinfo=UTC) + timedelta(hours=hours)
        assert instant.astimezone(by_rule).utcoffset() == instant.astimezone(LONDON).utcoffset(), (
            instant
        )


def test_what_moves_or_is_cancelled_keeps_its_name_and_counts_on():
    calendar, event = read(HEARING._replace(sequence=2, cancelled=True))
    assert (calendar["METHOD"], event["STATUS"], event["SEQUENCE"]) == ("CANCEL", "CANCELLED", 2)
    assert event["UID"] == HEARING.uid


def test_another_zone_is_told_in_ours():
    starts = HEARING.starts.astimezone(ZoneInfo("America/New_York"))
    assert meeting(HEARING._replace(starts=starts), stamp=STAMP, lang="cy") == meeting(
        HEARING, stamp=STAMP, lang="cy"
    )


@given(st.text(max_size=200))
@example("x\r\nATTENDEE:mailto:a@b.example\r\nEND:VEVENT")
@example("ŵ" * 100 + '";:,\\n\ud800\x00')
@settings(max_examples=60)
def test_no_text_adds_a_line(text):
    told = HEARING._replace(
        summary=text, place=text, words=text, address=text, organiser=text, uid=text
    )
    calendar, event = read(told)
    assert len(calendar.subcomponents) == 2
    assert "ATTENDEE" not in event
    for line in meeting(told, stamp=STAMP, lang="en").split(b"\r\n"):
        assert len(line) <= 75
