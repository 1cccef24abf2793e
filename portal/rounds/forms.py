"""What is asked in a round, of the broker and of groups: shape and wording."""

from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import (
    RadioField,
    SelectChoice,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional

from portal.areas.queries import current_area
from portal.fields import DateParts
from portal.lettings import words as let_words
from portal.lettings.finding.forms import A_KM, FindForm, place_named, room_needed
from portal.lettings.forms import AskForm
from portal.lettings.rules import ACCESS
from portal.people.models import Group
from portal.rounds import words
from portal.rounds.models import Request
from portal.web import Form, SearchForm

LONGEST = 2000


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
    people, access, facilities = FindForm.people, FindForm.access, FindForm.facilities
    near = StringField(
        _l("Where do your people live?"),
        description=_l("A postcode, a ward or a street. Nearer rooms count for more."),
        validators=[Optional(), Length(max=100)],
    )
    within, pay = FindForm.within, FindForm.pay

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
        place = place_named(current_area(), self.near)
        if not readable or self.near.errors:
            return False
        self.need = room_needed(self) | {"lon": None, "lat": None} | place
        return True


class WhenForm(SearchForm):
    """A time of the week, to see which rooms would do then."""

    day, starts, ends = FindForm.day, FindForm.starts, FindForm.ends

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
