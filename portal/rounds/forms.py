"""What is asked in a round, of the broker and of groups: shape and wording."""

from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import (
    DecimalField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from portal.areas.queries import current_area
from portal.errors import PortalError
from portal.fields import DateParts, Pounds
from portal.lettings import words as let_words
from portal.lettings.finding.forms import ACCESS_CHOICES, FACILITY_CHOICES, FARTHEST_KM, MOST_PEOPLE
from portal.lettings.forms import AskForm
from portal.lettings.rules import ACCESS
from portal.people.models import Group
from portal.register.nearby import find_place
from portal.rounds import words
from portal.rounds.models import Request
from portal.web import Form, SearchForm, told

LONGEST = 2000
A_KM = 1000


class RoundForm(Form):
    """The broker opens a round."""

    name = StringField(
        _l("What shall the round be called?"),
        description=_l("For example “Spring term 2027”."),
        validators=[InputRequired(_l("Write a name for the round.")), Length(max=120)],
    )
    first = DateParts(
        _l("First day of the term"),
        validators=[InputRequired(_l("Write the first day of the term."))],
    )
    last = DateParts(
        _l("Last day of the term"),
        validators=[InputRequired(_l("Write the last day of the term."))],
    )
    closes_on = DateParts(
        _l("Until which day can groups ask?"),
        description=_l("Leave yourself some days before the term to look at the proposal."),
        validators=[InputRequired(_l("Write the last day to ask."))],
    )


class ReopenForm(Form):
    """Until when a round is open after all."""

    closes_on = DateParts(
        _l("Until which day can groups ask?"),
        validators=[InputRequired(_l("Write the last day to ask."))],
    )


class WhyForm(Form):
    """A reason that the groups read."""

    why = TextAreaField(
        _l("Why is it not held?"),
        description=_l("Every group that asked reads this."),
        validators=[InputRequired(_l("Write the reason.")), Length(max=LONGEST)],
    )


class RequestForm(AskForm):
    """What a group needs in this round; the rooms and times come after."""

    times = RadioField(
        _l("How often do you meet in a week?"),
        coerce=int,
        default=1,
        choices=[
            SelectChoice("1", _l("Once")),
            SelectChoice("2", _l("Twice")),
            SelectChoice("3", _l("Three times")),
        ],
    )
    people = IntegerField(
        _l("How many people come?"),
        validators=[
            InputRequired(_l("Write how many people come, for example 15.")),
            NumberRange(1, MOST_PEOPLE, _l("Write how many people come, for example 15.")),
        ],
    )
    access = SelectMultipleField(
        _l("What must the room have?"),
        choices=ACCESS_CHOICES,
        validators=[Optional()],
    )
    facilities = SelectMultipleField(
        _l("What must be in it?"),
        choices=FACILITY_CHOICES,
        validators=[Optional()],
    )
    near = StringField(
        _l("Where do your people live?"),
        description=_l("A postcode, a ward or a street. Nearer rooms count for more."),
        validators=[Optional(), Length(max=100)],
    )
    within = DecimalField(
        _l("How far away may it be, in kilometres?"),
        default=Decimal(3),
        validators=[InputRequired(), NumberRange(Decimal("0.1"), FARTHEST_KM)],
    )
    pay = Pounds(_l("What can you pay for one meeting?"), default=0, validators=[Optional()])

    def __init__(self, groups: list[Group], before: Request | None = None) -> None:
        super().__init__(groups)
        del self.note
        if before is not None and not self.is_submitted():
            self._fill(before)

    def _fill(self, before: Request) -> None:
        need = before.need
        self.people.data, self.near.data, self.times.data = need.people, need.near, before.times
        self.within.data, self.pay.data = Decimal(need.within_m) / A_KM, need.max_pence
        self.access.data = [name for name in ACCESS if getattr(need, name)]
        self.facilities.data = list(need.facilities)
        self.insurance.data = before.insurance.value
        if "group" in self:
            self.group.data = before.group_id

    def validate(self, extra_validators: Any = None) -> bool:
        """Read the answers into `need`; a place that nobody knows stands at its field."""
        readable = super().validate(extra_validators)
        place = {"lon": None, "lat": None}
        if self.near.data and not self.near.errors:
            try:
                found = find_place(current_area(), self.near.data)
                place = {"lon": found.lon, "lat": found.lat}
            except PortalError as refusal:
                self.near.errors = [told(refusal)]
                return False
        if readable:
            self.need = {
                "people": self.people.data,
                "facilities": tuple(self.facilities.data or ()),
                "near": self.near.data or "",
                "within_m": int(self.within.data * A_KM),
                "max_pence": self.pay.data or 0,
                **{name: name in (self.access.data or ()) for name in ACCESS},
                **place,
            }
        return readable


class WhenForm(SearchForm):
    """A time of the week, to see which rooms would do then."""

    day = SelectField(_l("Which day of the week?"), coerce=int, default=3)
    starts = TimeField(
        _l("From what time?"),
        validators=[InputRequired(_l("Write when you begin, for example 18:00."))],
    )
    ends = TimeField(
        _l("Until what time?"),
        validators=[InputRequired(_l("Write when you end, for example 20:00."))],
    )

    def __init__(self, formdata: MultiDict | None = None) -> None:
        super().__init__(formdata)
        self.day.choices = [SelectChoice(value, name) for value, name in let_words.weekdays()]

    def validate(self, extra_validators: Any = None) -> bool:
        """A meeting ends later than it begins, on the same day."""
        if not super().validate(extra_validators):
            return False
        if self.ends.data <= self.starts.data:
            self.ends.errors = [str(words.ENDS_LATER)]
            return False
        return True
