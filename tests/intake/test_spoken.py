"""Opening hours as people write them: read where there is one way to read them, and never guessed."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opening_hours import OpeningHours, validate

from portal.intake.spoken import FITS, hear, hear_days, hours_of_days, unread, weekly_hours

# Read by eye from councils', libraries', surgeries' and halls' own pages and files.
READ = [
    ("Tuesdays, Wednesdays and Fridays, 10am-2pm", "Tu,We,Fr 10:00-14:00"),
    ("Monday to Friday, 9.30am-4pm", "Mo-Fr 09:30-16:00"),
    (
        "Mondays, Tuesdays and Thursdays, 9.30am-4pm; Wednesdays, 9.30am-6pm; Fridays, 9.30am-1pm",
        "Mo,Tu,Th 09:30-16:00; We 09:30-18:00; Fr 09:30-13:00",
    ),
    (
        "Mon-Fri: 6:30am-10:00pm, Sat-Sun: 8:00am-6:00pm",
        "Mo-Fr 06:30-22:00; Sa,Su 08:00-18:00",
    ),
    ("Mon to Thurs 9.30am - 5pm; Fri 9.30-4.30", "Mo-Th 09:30-17:00; Fr 09:30-16:30"),
    ("9-5 weekdays", "Mo-Fr 09:00-17:00"),
    ("Weekdays 9-12 & 1-5", "Mo-Fr 09:00-12:00,13:00-17:00"),
    ("Mon 10am to 1pm and 2pm to 5.30pm", "Mo 10:00-13:00,14:00-17:30"),
    ("24 hours", "24/7"),
    ("Open 24 hours a day, 7 days a week", "24/7"),
    ("Mon-Sat 24 hours", "Mo-Sa 00:00-24:00"),
    ("Sat Noon \N{EN DASH} 8pm", "Sa 12:00-20:00"),
    ("Sat 12 noon until midnight", "Sa 12:00-24:00"),
    ("Mon \N{EN DASH} Fri 9 a.m. till 5 p.m.", "Mo-Fr 09:00-17:00"),
    ("Monday: Closed\nTuesday: 10am-1pm", "Tu 10:00-13:00"),
    ("Monday - 9.00am-5.00pm\nTuesday - closed\nWed 2-4", "Mo 09:00-17:00; We 14:00-16:00"),
    ("Mon-Fri\n9-5\nSat\n10-1", "Mo-Fr 09:00-17:00; Sa 10:00-13:00"),
    ("Mon-Fri 9-5, closed for lunch 1-2", "Mo-Fr 09:00-13:00,14:00-17:00"),
    (
        "Mon-Fri 9-5 (closed 12.30-1.30 for lunch), Sat 9-12",
        "Mo-Fr 09:00-12:30,13:30-17:00; Sa 09:00-12:00",
    ),
    (
        "Mon-Thu 9-5; Fri 9-4; closed for lunch 1-2",
        "Mo-Th 09:00-13:00,14:00-17:00; Fr 09:00-13:00,14:00-16:00",
    ),
    ("Mon-Fri 9-5 (excluding bank holidays)", "Mo-Fr 09:00-17:00; PH off"),
    ("Open daily 10am-5pm, closed on bank holidays", "Mo-Su 10:00-17:00; PH off"),
    ("Mon-Fri 9-5; Bank Holidays 10-4", "Mo-Fr 09:00-17:00; PH 10:00-16:00"),
    ("Mo-Fr 08:00-18:00; PH off", "Mo-Fr 08:00-18:00; PH off"),
    ("Closed Mondays; Tue-Sun 10-4", "Tu-Su 10:00-16:00"),
    ("Mon-Sun 9-5; closed Wednesdays", "Mo,Tu,Th-Su 09:00-17:00"),
    ("Monday, Tuesday, Thursday & Friday between 9am and 1pm", "Mo,Tu,Th,Fr 09:00-13:00"),
    ("Mon 0900-1700hrs", "Mo 09:00-17:00"),
    (
        "Monday to Friday 08:00 - 18:00, Saturday 09:00-13:00, Sunday Closed",
        "Mo-Fr 08:00-18:00; Sa 09:00-13:00",
    ),
    ("M-F 8.30-5", "Mo-Fr 08:30-17:00"),
    ("We are open Monday to Friday 9am-5pm.", "Mo-Fr 09:00-17:00"),
    ("Sat/Sun 10-4", "Sa,Su 10:00-16:00"),
    ("Fri-Mon 10-4", "Mo,Fr-Su 10:00-16:00"),
    ("Fri 6pm-2am", "Fr 18:00-02:00"),
    ("Mon 6pm-12am", "Mo 18:00-24:00"),
    (
        "Mon: 9:00 AM - 5:00 PM, Tue: 9:00 AM - 7:00 PM",
        "Mo 09:00-17:00; Tu 09:00-19:00",
    ),
    ("Mon 9:00am-12:00pm, 1:00pm-5:00pm", "Mo 09:00-12:00,13:00-17:00"),
    ("Mon - Fri: 9:00 - 17:00 | Sat: closed", "Mo-Fr 09:00-17:00"),
    (
        "Monday 2pm – 7.30pm Tuesday 9.30am – 1pm and 2pm – 5pm",  # noqa: RUF001 - as on the page
        "Mo 14:00-19:30; Tu 09:30-13:00,14:00-17:00",
    ),
    ("Mon 9.00-12.30, 1.30-5.00", "Mo 09:00-12:30,13:30-17:00"),
    (
        "Monday-Thursday: 8am - 8pm\nFriday: 8am - 3.30pm\nClosed Saturdays and Sundays",
        "Mo-Th 08:00-20:00; Fr 08:00-15:30",
    ),
    ("Mondays 6.30pm to 8.00pm\nThursdays 6.30pm to 7.30pm", "Mo 18:30-20:00; Th 18:30-19:30"),
    ("WEDNESDAYS 9am to 12pm and 1pm to 6pm", "We 09:00-12:00,13:00-18:00"),
    (
        "Monday: 10-5 Tuesday: 1-8 Wednesday: 10-6 Saturday: 10-2",
        "Mo 10:00-17:00; Tu 13:00-20:00; We 10:00-18:00; Sa 10:00-14:00",
    ),
    ("Monday-Wednesday: 10-8 Thursday-Saturday: 10-5", "Mo-We 10:00-20:00; Th-Sa 10:00-17:00"),
    (
        "Weekdays 06:30-22:00\nSaturday 08:45-18:00\nSunday 08:45-22:00",
        "Mo-Fr 06:30-22:00; Sa 08:45-18:00; Su 08:45-22:00",
    ),
    (
        "Saturday - 10am to 2pm\nSunday - Closed",
        "Sa 10:00-14:00",
    ),
    (
        "Sunday to Wednesday: 9am-10.30pm\nThursday and Friday: 9am-11pm\nSaturday: 9am-12 midnight",
        "Mo-We,Su 09:00-22:30; Th,Fr 09:00-23:00; Sa 09:00-24:00",
    ),
    (
        "Monday to Friday 9.00 am – 11.00 pm Saturday 9.00 am – 10.30 pm Sunday Closed",  # noqa: RUF001
        "Mo-Fr 09:00-23:00; Sa 09:00-22:30",
    ),
    ("8.00 am to 6.30 pm, Monday to Friday", "Mo-Fr 08:00-18:30"),
]
# What only a person can read, and the part that is shown to them.
NOT_READ = [
    ("10:00-14:00", "10:00 - 14:00"),  # on which days?
    ("Noon - 8pm", "Noon - 8pm"),
    ("Monday: Closed", "Monday: Closed"),  # and the other days?
    ("Closed", "Closed"),
    ("Every second Saturday", "second"),
    ("1st and 3rd Saturday 10-12", "1st 3rd"),
    ("by appointment", "by appointment"),
    ("Mon-Fri 9-5 or by appointment", "or by appointment"),
    ("term time only", "term"),
    ("Mon-Fri 9-11", "9 - 11"),  # at noon or at night
    ("Mon 7-9pm", "7 - 9pm"),  # seven in the morning is a gym's hour
    ("Mon 10am-12am", "10am - 12am"),  # noon to some, midnight to others
    ("Mon 09:00-05:00", "09:00 - 05:00"),
    ("Mon Wed 9-5", "Mon Wed 9 - 5"),  # a comma lost, or a dash
    ("Mon-Fri 9-5; Mon 10-4", "Mon 10 - 4"),  # which of them?
    ("Mon 9-5, closed Tue, Wed 9-5", ", closed Tue , Wed 9 - 5"),
    ("Evenings, Weekends and School Holidays", "Evenings School Holidays"),
    ("Pitch bookings only: Mon-Fri: 5:00pm-10:00pm", "Pitch bookings"),
    ("Monday to Thursdays, 9-5pm for calls; 10am-2pm for collections", "for calls for collections"),
    ("Monday from 9am", "Monday 9am"),
    ("Mon 9-25", "25"),
    ("Mon 9.75-10.80", "9.75 10.80"),
    ("", "—"),
]


@pytest.mark.parametrize(("text", "osm"), READ)
def test_a_text_that_says_one_thing_is_read(text: str, osm: str) -> None:
    assert hear(text) == (osm, "")


@pytest.mark.parametrize(("text", "part"), NOT_READ)
def test_a_text_that_could_say_two_things_waits_for_a_person(text: str, part: str) -> None:
    assert weekly_hours(text) is None
    assert unread(text) == part


def test_one_text_a_day_makes_a_week() -> None:
    week = {"Mo": "9.30-5", "Tu": "9.30am – 5pm", "We": "closed", "Sa": "9-12; 1-4", "PH": "Closed"}  # noqa: RUF001
    assert hours_of_days(week) == "Mo,Tu 09:30-17:00; Sa 09:00-12:00,13:00-16:00; PH off"
    assert hours_of_days({"Sa": "Sat 10-4", "Su": "24 hours"}) == "Sa 10:00-16:00; Su 00:00-24:00"


@pytest.mark.parametrize("strange", ["", "AM Only", "Tuesday 9-5", "9-5 and Tuesday 9-5", "n/a"])
def test_one_day_that_is_not_understood_leaves_the_week_unknown(strange: str) -> None:
    heard = hear_days({"Mo": strange, "Tu": "9-5"})
    assert heard.osm is None
    assert heard.unread.startswith("Mo: ")


def test_what_the_open_data_say(open_data: Path) -> None:
    """Trafford's buildings: 12 of 15 texts. England's libraries give no clock times, so no week of theirs is made up."""
    texts = [
        row["opening_hours"]
        for name in ("community_hubs", "leisure_centres")
        for row in _rows(open_data / "trafford" / f"{name}.csv")
    ]
    assert len(texts) == 15
    assert sum(weekly_hours(text) is not None for text in texts) == 12
    columns = {day[:2].capitalize(): day for day in DAY_COLUMNS}
    libraries = _rows(open_data / "england" / "libraries_england_2023.csv")
    weeks = [hear_days({day: row[name] for day, name in columns.items()}) for row in libraries]
    assert len(weeks) == 3487
    assert not any(week.osm for week in weeks)
    assert all(week.unread for week in weeks)


DAY_COLUMNS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


WORDS = """Mon Tues Wednesdays Fri-Sun weekdays daily weekend PH bank holidays 9 9.30 5pm 10am 12 noon
    midnight 17:00 0900 24/7 24 hours closed for lunch except between and to till - – , ; : ( ) . & / open
    We 12am 00:00 2-4 9-5 99:99 ½ ٣ 12/3"""  # noqa: RUF001


@given(
    st.one_of(
        st.text(), st.lists(st.sampled_from([*WORDS.split(), "\n"]), max_size=14).map(" ".join)
    )
)
def test_whatever_is_written_gives_valid_hours_or_none_and_our_own_words_are_read_back(
    text: str,
) -> None:
    heard = hear(text)
    if heard.osm is None:
        assert heard.unread
    else:
        assert validate(heard.osm)
        assert OpeningHours(heard.osm)
        assert len(heard.osm) <= FITS
        assert weekly_hours(heard.osm) == heard.osm


@given(st.dictionaries(st.sampled_from(["Mo", "Tu", "Sa", "PH", "?"]), st.text(max_size=40)))
def test_no_cell_of_a_day_breaks_it(cells: dict[str, str]) -> None:
    week = hours_of_days(cells)
    assert week is None or validate(week)


def test_a_long_text_is_answered_soon_and_not_cut_short() -> None:
    assert weekly_hours("Mon, " * 100_000) is None
    assert weekly_hours("Mon 9-5; " + " " * 1000 + "Tue") is None
    assert weekly_hours("Mon " + "9-10, " * 200) is None
