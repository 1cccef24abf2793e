"""A week of hours as boxes to fill: seven days and bank holidays, three stretches each."""

from datetime import time
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import RadioField, SelectChoice, TimeField
from wtforms.validators import InputRequired, Optional

from portal.venues import weekly
from portal.venues.forms import ShownForm
from portal.venues.hours import DAYS, Stretches
from portal.venues.rules import MIDNIGHT, minute_of
from portal.venues.weekly import MOST_STRETCHES, Week
from portal.venues.words import weekdays

ROWS = (*DAYS, "PH")
WORKING = DAYS[1:5]
CLOSED, OTHER, AS_USUAL = "closed", "other", "usual"


class WeekForm(ShownForm):
    """The table. A day without times is closed."""

    holidays = RadioField(
        _l("On bank holidays"),
        choices=[
            SelectChoice(CLOSED, _l("Closed")),
            SelectChoice(OTHER, _l("Other hours, as in the last row of the table")),
            SelectChoice(AS_USUAL, _l("As on any other day")),
        ],
        default=CLOSED,
        validators=[InputRequired(_l("Choose what happens on bank holidays."))],
    )

    def __init__(self, week: Week | None, formdata: Any = None, **values: Any) -> None:
        # What is sent stands alone: a box that is missing is empty, not what it was.
        shown = _boxes(week) if week and request.method != "POST" else {}
        more = {"formdata": formdata} if formdata is not None else {}
        super().__init__(**more, **shown | values)
        for row, name in named():
            for number in range(MOST_STRETCHES):
                for end, label in ENDS.items():
                    self[f"{row}_{number}_{end}"].label.text = _(
                        "%(day)s, %(what)s", day=name, what=label
                    )

    def rows(self) -> list[tuple[str, list[tuple[Any, Any]], str]]:
        """For the page: the day's name, its pairs of boxes, and what is wrong with it."""
        return [(name, pairs := self.pairs(row), _first_wrong(pairs)) for row, name in named()]

    def pairs(self, row: str) -> list[tuple[Any, Any]]:
        """The boxes of a day, from and to."""
        return [(self[f"{row}_{n}_from"], self[f"{row}_{n}_to"]) for n in range(MOST_STRETCHES)]

    def week(self) -> Week:
        """What was written, in order; stretches that meet are one."""
        days = tuple(weekly.joined(self._stretches(row)) for row in DAYS)
        holidays = {CLOSED: (), AS_USUAL: None}
        other = weekly.joined(self._stretches("PH"))
        return Week(days, holidays.get(self.holidays.data, other))

    def validate(self, extra_validators: Any = None) -> bool:
        return super().validate(extra_validators) and all(
            [self._whole(), self._in_order(), self._bank_holidays()]
        )

    def _stretches(self, row: str) -> Stretches:
        return tuple(
            (minute_of(begins.data), minute_of(ends.data) or MIDNIGHT)
            for begins, ends in self.pairs(row)
            if begins.data is not None and ends.data is not None
        )

    def _whole(self) -> bool:
        """Each stretch has both its ends."""
        for row in ROWS:
            for begins, ends in self.pairs(row):
                if begins.data is None and ends.data is not None:
                    begins.errors = [_("Write when it begins too.")]
                if ends.data is None and begins.data is not None:
                    ends.errors = [_("Write when it ends too.")]
        return not self.errors

    def _in_order(self) -> bool:
        days = tuple(self._stretches(row) for row in DAYS)
        for row, sentence in weekly.check(Week(days, self._stretches("PH"))).items():
            self[f"{row}_0_from"].errors = [_(sentence)]
        return not self.errors

    def _bank_holidays(self) -> bool:
        """Hours for bank holidays are there when they are asked for, and are not there for nothing."""
        written = self._stretches("PH")
        if self.holidays.data == OTHER and not written:
            self["PH_0_from"].errors = [_("Write the hours of bank holidays, or choose closed.")]
        if self.holidays.data != OTHER and written:
            self.holidays.errors = [
                _("You wrote hours for bank holidays. Choose “Other hours”, or empty them.")
            ]
        return not self.errors


ENDS = {"from": _l("from"), "to": _l("to")}
for _row in ROWS:
    for _number in range(MOST_STRETCHES):
        for _end in ENDS:
            setattr(WeekForm, f"{_row}_{_number}_{_end}", TimeField("", validators=[Optional()]))


def copied(sent: MultiDict[str, str]) -> MultiDict[str, str]:
    """What was sent, with Monday's hours on Tuesday to Friday too."""
    copy = MultiDict(sent)
    for row in WORKING:
        for number in range(MOST_STRETCHES):
            for end in ENDS:
                copy[f"{row}_{number}_{end}"] = sent.get(f"Mo_{number}_{end}", "")
    return copy


def named() -> list[tuple[str, str]]:
    """The rows of the table with the names of their days."""
    return list(zip(ROWS, (*weekdays(), _("Bank holidays")), strict=True))


def _boxes(week: Week) -> dict[str, Any]:
    """A week as the boxes show it."""
    shown: dict[str, Any] = {
        "holidays": AS_USUAL if week.holidays is None else OTHER if week.holidays else CLOSED
    }
    for row, stretches in zip(ROWS, (*week.days, week.holidays or ()), strict=True):
        for number, (opens, closes) in enumerate(stretches):
            shown[f"{row}_{number}_from"] = _time(opens)
            shown[f"{row}_{number}_to"] = _time(closes)
    return shown


def _time(minute: int) -> time:
    """The end of a day is written 00:00, for no box takes 24:00."""
    return time(minute // 60 % 24, minute % 60)


def _first_wrong(pairs: list[tuple[Any, Any]]) -> str:
    return next((str(e) for pair in pairs for field in pair for e in field.errors), "")
