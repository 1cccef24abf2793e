"""What holders, keyholders and brokers are asked about their rooms: shape and wording."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    HiddenField,
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

from portal import clock
from portal.fields import DateParts, Pounds
from portal.lettings.hosting import words
from portal.lettings.hosting.rules import Approval, Paper, Stretch
from portal.lettings.rules import Insurance
from portal.lettings.words import INSURANCE, weekdays
from portal.people.rules import GroupKind
from portal.register.models import Asset
from portal.web import Form

A_TIME = Optional()
LONGEST = 2000
MOST_PEOPLE = 10_000


class Days(SelectMultipleField):
    """Some weekdays; none means every day."""

    def __init__(self, label: Any, **kwargs: Any) -> None:
        super().__init__(label, coerce=int, validators=[Optional()], **kwargs)


class ApprovalForm(Form):
    """A holder's yes in advance."""

    place = SelectField(_l("For which rooms?"), coerce=int, default=0)
    most_people = IntegerField(
        _l("At most how many people?"),
        validators=[
            Optional(),
            NumberRange(1, MOST_PEOPLE, _l("Write how many people, for example 20.")),
        ],
    )
    most_pence = Pounds(
        _l("At most what price for one meeting?"),
        description=_l("0 means only lets that are free. Leave it empty for any price."),
        default=0,
        validators=[Optional()],
    )
    days = Days(_l("On which days?"), description=_l("Tick none for every day."))
    starts = TimeField(_l("Not before what time?"), validators=[A_TIME])
    ends = TimeField(_l("Until what time at the latest?"), validators=[A_TIME])
    kinds = SelectMultipleField(
        _l("For which kinds of group?"),
        description=_l("Tick none for every kind."),
        choices=[SelectChoice(kind.value, said) for kind, said in words.KINDS.items()],
        validators=[Optional()],
    )
    first = DateParts(_l("For dates from which day?"), validators=[Optional()])
    last = DateParts(_l("To which day?"), validators=[Optional()])

    def __init__(self, places: Sequence[Asset]) -> None:
        super().__init__()
        self.place.choices = [
            SelectChoice("0", _l("All rooms")),
            *(SelectChoice(str(place.id), place.name) for place in places),
        ]
        self.days.choices = [SelectChoice(value, name) for value, name in weekdays()]

    def rule(self) -> Approval:
        """What was answered."""
        return Approval(
            places=frozenset({self.place.data} - {0}),
            most_people=self.most_people.data,
            most_pence=self.most_pence.data,
            days=tuple(sorted(set(self.days.data or ()))),
            starts=self.starts.data,
            ends=self.ends.data,
            kinds=tuple(kind for kind in GroupKind if kind.value in (self.kinds.data or ())),
            first=self.first.data,
            last=self.last.data,
        )


class BlockForm(Form):
    """When a room cannot be let, and why."""

    why = StringField(
        _l("Why can it not be let?"),
        description=_l(
            "For example exams, or a broken boiler. Only the holder and the broker read it; everybody else sees “booked”."
        ),
        validators=[InputRequired(_l("Write the reason.")), Length(max=300)],
    )
    first = DateParts(_l("From which day?"), validators=[InputRequired(_l("Write the first day."))])
    last = DateParts(_l("To which day?"), validators=[InputRequired(_l("Write the last day."))])
    days = Days(_l("On which days?"), description=_l("Tick none for every day."))
    starts = TimeField(
        _l("From what time?"),
        description=_l("Leave both times empty to block whole days."),
        validators=[A_TIME],
    )
    ends = TimeField(_l("Until what time?"), validators=[A_TIME])

    def __init__(self) -> None:
        super().__init__()
        self.days.choices = [SelectChoice(value, name) for value, name in weekdays()]

    def stretch(self) -> Stretch:
        """What was answered."""
        return Stretch(
            self.first.data,
            self.last.data,
            tuple(sorted(set(self.days.data or ()))),
            self.starts.data,
            self.ends.data,
        )


class EntryForm(Form):
    """How one gets in."""

    words = TextAreaField(
        _l("How does one get in?"),
        description=_l(
            "For example the door code, where the key is, how the alarm is set. A group reads it from two days before its date until the end of it. Empty the box to take it away."
        ),
        validators=[Optional(), Length(max=LONGEST)],
    )
    version = HiddenField(default="0")

    def read_version(self) -> int:
        """What the writer had read; a number that nobody can have read is none."""
        said = self.version.data or ""
        return int(said) if said.isascii() and said.isdecimal() and len(said) < 9 else -1  # noqa: PLR2004


class KeyForm(Form):
    """A key that is given out. Filled in already, so that one tap is enough; it stands on the let's page beside others."""

    key_what = StringField(
        _l("Which key?"),
        validators=[
            InputRequired(_l("Write which key it is, for example: front door, number 3.")),
            Length(max=200),
        ],
    )
    key_to = StringField(
        _l("Who has it?"),
        validators=[InputRequired(_l("Write who of the group has it.")), Length(max=200)],
    )
    key_due = DateParts(
        _l("By which day shall it be back?"),
        validators=[InputRequired(_l("Write the day by which it shall be back."))],
    )


class SeenForm(Form):
    """A paper that somebody has seen. No copy is taken."""

    kind = RadioField(
        _l("What have you seen?"),
        coerce=Paper,
        choices=[SelectChoice(paper.value, said) for paper, said in words.PAPERS.items()],
        validators=[InputRequired(_l("Choose what you have seen."))],
    )
    what = StringField(
        _l("What does it say, in a few words?"),
        description=_l("For example: public liability, £5 million, policy number ending 417."),
        validators=[InputRequired(_l("Write what it says in a few words.")), Length(max=300)],
    )
    seen_on = DateParts(
        _l("When did you see it?"),
        default=clock.today,
        validators=[InputRequired(_l("Write the day on which you saw it."))],
    )
    valid_until = DateParts(
        _l("Until when is it good?"),
        description=_l("Leave it empty if it says no day. The broker hears four weeks before."),
        validators=[Optional()],
    )


class CoverForm(Form):
    """Whose insurance answers for a group, and who stands behind it."""

    insurance = RadioField(
        _l("Whose insurance covers your meetings?"),
        coerce=Insurance,
        choices=[SelectChoice(route.value, said) for route, said in INSURANCE.items()],
        validators=[InputRequired(_l("Choose whose insurance covers you."))],
    )
    sponsor = StringField(
        _l("Which body stands behind you?"),
        description=_l(
            "For example a charity or church that lends its insurance. Leave it empty if there is none."
        ),
        validators=[Optional(), Length(max=200)],
    )


def dates_said(form: Form, *names: str) -> dict[str, date | None]:
    """Some dates that were answered, by field."""
    return {name: form[name].data for name in names}
