"""What one cell of a register says."""

import pytest

from portal.intake.cells import hours_of


@pytest.mark.parametrize(
    ("text", "osm"),
    [
        ("Mo-Fr 08:00-18:00; PH off", "Mo-Fr 08:00-18:00; PH off"),
        ("24/7", "24/7"),
        ("Tuesdays and Fridays, 10am-2pm", "Tu,Fr 10:00-14:00"),
        # On which days? A person has to say.
        ("10:00-14:00", None),
        ("Closed", None),
        ("2023-2024", None),
        ("by appointment", None),
    ],
)
def test_opening_hours_are_read_or_left_to_a_person(text, osm):
    read = hours_of(text)
    assert read.osm == osm
    assert read.text == (None if osm == text else text)
