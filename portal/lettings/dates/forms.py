"""What is asked about single dates and about waiting: shape and wording."""

from collections.abc import Sequence
from datetime import time
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import AnyOf, InputRequired, Length, NumberRange, Optional

from portal.fields import DateParts
from portal.lettings.dates.choices import Choice
from portal.lettings.dates.words import Row, choice, value
from portal.lettings.finding.forms import MOST_PEOPLE
from portal.lettings.forms import LONGEST
from portal.web import Form, SearchForm

HOW_MANY = _l("Write how many people came, for example 15.")


class DatesForm(Form):
    """Which dates: boxes to tick, or one that a button names."""

    dates = SelectMultipleField(
        _l("Which dates?"),
        coerce=int,
        validators=[InputRequired(_l("Tick at least one date."))],
        validate_choice=False,  # what has changed since the page was opened the service says better
    )

    def __init__(self, rows: Sequence[Row], *, ticked: int | None = None) -> None:
        super().__init__(dates=[ticked] if ticked else [])
        self.dates.choices = [
            SelectChoice(str(row.id), ", ".join(filter(None, (row.full, row.times, row.room))))
            for row in rows
        ]


class GiveUpForm(DatesForm):
    """The group does not come."""

    why = StringField(
        _l("Is there a reason the broker should know?"),
        description=_l("You need not give one."),
        validators=[Optional(), Length(max=300)],
    )


class TakeBackForm(DatesForm):
    """The group comes after all."""


class CancelDatesForm(DatesForm):
    """The broker or the holder cancels."""

    why = TextAreaField(
        _l("The reason"),
        description=_l("The group reads it as you write it."),
        validators=[InputRequired(_l("Write the reason.")), Length(max=LONGEST)],
    )
    offer = BooleanField(_l("Others can use the room then: offer it to groups that wait"))


FORMS = {"give-up": GiveUpForm, "take-back": TakeBackForm, "cancel": CancelDatesForm}


class DayForm(SearchForm):
    """On which day else."""

    on = DateParts(_l("On which day?"))


class PeriodForm(SearchForm):
    """For which days figures are wanted. Empty: this month and the two before."""

    first = DateParts(_l("From"), validators=[Optional()])
    last = DateParts(_l("To"), validators=[Optional()])


class MoveForm(Form):
    """Where a date goes: one of what is free."""

    to = RadioField(
        _l("When and where instead?"),
        validators=[InputRequired(_l("Choose a time or a room."))],
        validate_choice=False,  # one that was free when the page was made may be gone: that has its own words
    )

    def __init__(self, times: Sequence[Choice], rooms: Sequence[Choice]) -> None:
        super().__init__()
        self.to.choices = [
            *(SelectChoice(value(one), choice(one, elsewhere=False)) for one in times),
            *(SelectChoice(value(one), choice(one, elsewhere=True)) for one in rooms),
        ]

    def place(self) -> tuple[int, time] | None:
        """The room and the time of day that were chosen, or None for an answer that no page of ours offers."""
        room, _at, begins = (self.to.data or "").partition("@")
        try:
            return int(room), time.fromisoformat(begins).replace(tzinfo=None)
        except ValueError:
            return None


class AttendForm(Form):
    """Whether the group came. Two buttons; the number is for those who like to count."""

    came = StringField(validators=[AnyOf(["yes", "no"], _l("Choose one of the two buttons."))])
    people = IntegerField(
        _l("How many people came?"),
        description=_l("You need not count."),
        validators=[Optional(), NumberRange(1, MOST_PEOPLE, HOW_MANY)],
    )


class AnswerForm(Form):
    """Take or pass."""

    answer = StringField(validators=[AnyOf(["take", "pass"], _l("Choose one of the two buttons."))])


def said(form: Form) -> dict[str, Any]:
    """What was answered beside the dates."""
    return {
        name: field
        for name, field in form.data.items()
        if name not in ("csrf_token", "dates") and field not in (None, "")
    }
